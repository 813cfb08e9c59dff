"""Seats that polls foretell: each party's mean and nine in ten draws, with the majority as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .marks import distinct, names_axis

if TYPE_CHECKING:
    from whipcount.theory.polls import PollOdds

DRAWS = ("whipcount.theory.polls.PollOdds",)


def draw(result: PollOdds) -> Chart:
    """A bar for nine in ten draws of each party's seats, a dot for the mean, how surely it wins any beside."""
    import altair as alt

    names = distinct([shortened(one.party, 26) for one in result.parties])
    frame = pl.DataFrame(
        [
            {
                "name": name, "low": float(one.seats_low), "high": float(one.seats_high), "seats": one.seats,
                "note": f"{one.seats_low}–{one.seats_high}"
                + ("" if one.enters > 0.995 else " · " + say("enters {chance}", chance=percent(one.enters))),
            }
            for name, one in zip(names, result.parties, strict=True)
        ]
    )  # fmt: skip
    majority = result.total // 2 + 1
    top = max(majority, *(one.seats_high for one in result.parties)) * 1.02
    seats = alt.X("low:Q", title=say("seats"), scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=names_axis())
    line = alt.Chart(pl.DataFrame({"at": [majority], "text": [say("majority: {seats}", seats=majority)]}))
    layers = (
        base.mark_bar(height=14, color=theme.MODEL_LIGHT).encode(x=seats, x2="high:Q"),
        base.mark_point(filled=True, size=64, color=theme.POWER, opacity=1).encode(x="seats:Q"),
        base.mark_text(align="left", dx=8).encode(x="high:Q", text="note:N"),
        line.mark_rule(color=theme.OPPONENTS, strokeDash=[6, 3], strokeWidth=1.5).encode(x="at:Q"),
        line.mark_text(align="right", dx=-6, dy=-6, color=theme.OPPONENTS).encode(
            x="at:Q", y=alt.value(0), text="text:N"
        ),
    )
    first = max(result.parties, key=lambda one: one.largest)
    return charted(
        result,
        "poll-odds",
        alt.layer(*layers).properties(width=560, height=alt.Step(26)),
        say("{party} has most seats with {chance}", party=shortened(first.party, 40), chance=percent(first.largest)),
        say("Seats of {total} on {day}, from {polls} polls", total=result.total, day=result.day, polls=result.polls),
        say("Dots: the mean over draws. Bars: nine in ten draws; the error that all polls share is in them."),
    )

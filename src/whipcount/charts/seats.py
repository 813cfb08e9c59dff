"""Votes to seats as a dot chart: each party's share of the seats beside its share of the votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .known_parties import own_colours
from .marks import distinct, kinds_legend, names_axis

if TYPE_CHECKING:
    from whipcount.theory.apportionment import Apportionment

DRAWS = ("whipcount.theory.apportionment.Apportionment",)
MOST = 40


def draw(result: Apportionment) -> Chart:
    """The parties with most votes: a bar for the share of the seats, ties shared, and a dot for that of the votes."""
    import altair as alt

    votes = sum(result.votes)
    shown = sorted(range(len(result.parties)), key=lambda row: (-result.votes[row], result.parties[row]))[:MOST]
    seats_kind, votes_kind = say("share of the seats"), say("share of the votes")
    kinds = [
        (seats_kind, theme.MODEL_LIGHT, theme.MODEL_LIGHT, "square"),
        (votes_kind, theme.POWER, theme.POWER, "circle"),
    ]
    names = distinct([shortened(result.parties[row], 26) for row in shown])
    shares = [
        (100 * float(result.shared[row] / result.total), 100 * result.votes[row] / votes, float(result.shared[row]))
        for row in shown
    ]
    frame = pl.DataFrame(
        [
            {"name": name, "kind": kind, "share": share, "seats": number(seats)}
            for name, (of_seats, of_votes, seats) in zip(names, shares, strict=True)
            for kind, share in ((seats_kind, of_seats), (votes_kind, of_votes))
        ]
    )
    looks = kinds_legend(kinds)
    own = own_colours(result.parties)
    tint = [(own.colours[row] if own.colours else None) or theme.MODEL_LIGHT for row in shown]
    frame = frame.with_columns(own=pl.col("name").replace_strict(dict(zip(names, tint, strict=True))))
    filled = {"color": alt.Color("own:N", scale=None)} if own.colours else {"fill": looks["fill"]}
    share = alt.X("share:Q", title=say("per cent"), axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=names_axis())
    bars = base.transform_filter(alt.datum.kind == seats_kind).mark_bar(height=14).encode(x=share, **filled)
    labels = base.mark_text(align="left", dx=12).encode(x="max(share):Q", text="seats:N")
    spans = base.mark_rule(color=theme.MUTED).encode(x="min(share):Q", x2="max(share):Q")
    dots = base.transform_filter(alt.datum.kind == votes_kind).mark_point(size=64, strokeWidth=2, opacity=1)
    first = shown[0]
    return charted(
        result,
        "seats",
        alt.layer(bars, spans, dots.encode(x=share, **looks), labels).properties(width=590, height=alt.Step(24)),
        say(
            "{party}: {seats} of the seats for {votes} of the votes",
            party=shortened(result.parties[first], 40),
            seats=percent(float(result.shared[first] / result.total)),
            votes=percent(result.votes[first] / votes),
        ),
        shortened(result.sentences(), 110),
        say("Bars: shares of the seats, with how many they are; dots: shares of the votes. Tied seats are shared.")
        + (f" {own.whose}" if own.whose else ""),
    )

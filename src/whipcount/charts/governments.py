"""The governments that polls make likely: how probable each is, and how far that hangs on how the seats fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .marks import distinct, names_axis

if TYPE_CHECKING:
    from whipcount.theory.polls_governments import GovernmentForecast

DRAWS = ("whipcount.theory.polls_governments.GovernmentForecast",)


def draw(result: GovernmentForecast) -> Chart:
    """A bar of each government's chance, with a line for its chances in nine in ten parliaments."""
    import altair as alt

    names = distinct([shortened(" + ".join(one.members), 44) for one in result.governments])
    frame = pl.DataFrame(
        [
            {
                "name": name, "chance": 100 * one.chance, "low": 100 * one.low, "high": 100 * one.high,
                "note": say("{chance} · majority {majority}", chance=percent(one.chance),
                            majority=percent(one.majority)),
            }
            for name, one in zip(names, result.governments, strict=True)
        ]
    )  # fmt: skip
    chance = alt.X("chance:Q", title=say("probability, per cent"), axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=names_axis())
    end = alt.datum.high
    layers = (
        base.mark_bar(height=14, color=theme.MODEL_LIGHT).encode(x=chance),
        base.mark_rule(color=theme.POWER, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        base.transform_calculate(end=alt.expr.max(end, alt.datum.chance))
        .mark_text(align="left", dx=8)
        .encode(x="end:Q", text="note:N"),
    )
    first = result.governments[0]
    return charted(
        result,
        "governments",
        alt.layer(*layers).properties(width=470, height=alt.Step(26)),
        say(
            "{members} with {chance}", members=shortened(" + ".join(first.members), 50), chance=percent(first.chance)
        ),
        say(
            "Who governs after {day}; the seats, were they known, would settle {settled} of the doubt",
            day=result.polls.day, settled=percent(result.settled),
        ),
        say(
            "Bars: the chance of each government. Lines: its chances in nine in ten of the parliaments that the polls "
            "make likely. Majority: how often it has one."
        ),
    )  # fmt: skip

"""The chart of an outlook: each question's probability with its interval, beside the base rate of the population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.table import Table
from whipcount.text import percent, say

from . import svg, theme
from .chart import Chart, finished, table_of

if TYPE_CHECKING:
    from whipcount.theory.outlook import Odds, Outlook

DRAWS = ("whipcount.theory.outlook.Outlook",)
ROW = 22


def draw(result: Outlook) -> Chart:
    """The questions from the likeliest down; a tick is the base rate."""
    from whipcount.theory.outlook import beside_usual
    from whipcount.theory.outlook_model import POPULATIONS

    odds = sorted(result.odds, key=lambda one: -one.probability)
    farthest = max(odds, key=lambda one: abs(one.probability - one.base_rate))
    title = f"{str(say(farthest.label)).capitalize()}: {beside_usual(farthest)}"
    subtitle = say(
        "{name}: calibrated for {population}",
        name=result.name,
        population=say(POPULATIONS.get(result.population, result.population)),
    )
    legend = say("Point: probability; line: 95% interval; tick: base rate of the population.")
    return Chart(
        name="outlook",
        title=title,
        caption=legend,
        alt=result.words(),
        table=_numbers(odds),
        spec=_spec(odds, title, [subtitle, legend]),
    )


def _spec(odds: list[Odds], title: str, subtitle: list[str]) -> dict[str, Any]:
    import altair as alt

    frame = pl.DataFrame(
        {
            "name": [str(say(one.label)) for one in odds],
            "line": [index * ROW + ROW / 2 for index in range(len(odds))],
            "probability": [100 * one.probability for one in odds],
            "low": [100 * one.low for one in odds],
            "high": [100 * one.high for one in odds],
            "base": [100 * one.base_rate for one in odds],
        }
    )
    y = alt.Y("line:Q", scale=None, axis=None)
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(frame).encode(y=y)
    layers = [
        base.mark_rule(strokeWidth=3, color=theme.MODEL_LIGHT).encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        base.mark_tick(thickness=2, size=14, color=theme.HISTORY, opacity=1).encode(x=alt.X("base:Q", scale=scale)),
        base.mark_point(filled=True, size=60, color=theme.MODEL, opacity=1).encode(
            x=alt.X("probability:Q", scale=scale, title=say("per cent"))
        ),
        base.mark_text(align="right", dx=-12, fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(0), text="name:N"
        ),
    ]
    shift = -svg.widest(frame["name"], theme.TEXT) - 16
    return finished(
        alt.layer(*layers).properties(
            width=theme.WIDTH - 300, height=len(odds) * ROW, title=alt.Title(title, subtitle=subtitle, dx=shift)
        )
    )


def _numbers(odds: list[Odds]) -> Table:
    columns = (say("What may happen"), say("Probability"), "95%", say("Base rate"))
    rows = tuple(
        (
            say(one.label),
            percent(one.probability),
            f"{percent(one.low)} … {percent(one.high)}",
            percent(one.base_rate),
        )
        for one in odds
    )
    return table_of(columns, rows)

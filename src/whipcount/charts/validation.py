"""The chart of a validation: by how much each source of forecasts is better than base rates, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.table import Table
from whipcount.text import number, say

from . import svg, theme
from .chart import Chart, finished, table_of

if TYPE_CHECKING:
    from whipcount.theory.validation import Source, Validation

DRAWS = ("whipcount.theory.validation.Validation",)
ROW = 26


def draw(result: Validation) -> Chart:
    """Gains in mean log score, the best first, around the line of base rates."""
    shown = sorted((one for one in result.sources if one.name != "base_rate"), key=lambda one: -one.gain.mean)
    best = shown[0]
    found = say("{source}: {gain:+.3f} over base rates", source=_named(best).capitalize(), gain=best.gain.mean)
    title = found if best.gain.low > 0 else say("No forecast is shown to beat base rates")
    legend = [
        say("Right of the line: better than the base rates of the other crises; 95% intervals over crises."),
        say("Pale: the interval holds zero."),
    ]
    if result.population == "crisis":
        legend.append(say("Upper bounds: the answers were known to those who set signs and coded first days."))
    subtitle = say("{crises} quarrels, each left out; mean log score", crises=len(result.crises))
    return Chart(
        name="validation",
        title=title,
        caption=" ".join(legend),
        alt=result.words(),
        table=_numbers(shown),
        spec=_spec(shown, title, [subtitle, *legend]),
    )


def _named(one: Source) -> str:
    from whipcount.theory.validation import NAMES

    return str(say(NAMES[one.name]))


def _spec(shown: list[Source], title: str, subtitle: list[str]) -> dict[str, Any]:
    import altair as alt

    frame = pl.DataFrame(
        {
            "name": [_named(one) for one in shown],
            "line": [index * ROW + ROW / 2 for index in range(len(shown))],
            "gain": [one.gain.mean for one in shown],
            "low": [one.gain.low for one in shown],
            "high": [one.gain.high for one in shown],
            "clear": [one.gain.low > 0 or one.gain.high < 0 for one in shown],
            "crises": [str(one.gain.crises) for one in shown],
        }
    )
    colour = alt.condition("datum.clear", alt.value(theme.MODEL), alt.value(theme.MODEL_LIGHT))
    base = alt.Chart(frame).encode(y=alt.Y("line:Q", scale=None, axis=None))
    layers = [
        alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=theme.FAINT).encode(x="zero:Q"),
        base.mark_rule(strokeWidth=3).encode(x="low:Q", x2="high:Q", color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            x=alt.X("gain:Q", title=say("gain over base rates")), color=colour
        ),
        base.mark_text(align="right", dx=-12, fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(0), text="name:N"
        ),
    ]
    shift = -svg.widest(frame["name"], theme.TEXT) - 16
    return finished(
        alt.layer(*layers).properties(
            width=theme.WIDTH - 300, height=len(shown) * ROW, title=alt.Title(title, subtitle=subtitle, dx=shift)
        )
    )


def _numbers(shown: list[Source]) -> Table:
    columns = (say("Source"), say("Log score"), say("Over base rates"), "95%", say("Crises"))
    rows = tuple(
        (
            _named(one),
            number(one.scores.log, 3),
            f"{one.gain.mean:+.3f}",
            f"{one.gain.low:+.3f} … {one.gain.high:+.3f}",
            str(one.gain.crises),
        )
        for one in shown
    )
    return table_of(columns, rows)

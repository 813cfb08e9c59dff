"""What forecasts of documented crises gain by each mechanism: differences of Brier scores with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.text import mark, number, say

from . import theme
from .chart import Chart, charted
from .marks import names_axis

if TYPE_CHECKING:
    from whipcount.questions.ablation import Ablation

DRAWS = ("whipcount.questions.ablation.Ablation",)
TITLE = mark("Forecasts gain most by {name}; {sure} of {all} mechanisms surely help")


def draw(result: Ablation) -> Chart:
    """A dot for what a mechanism takes from the Brier score, its 95% interval, a line at nothing."""
    import altair as alt

    rows = []
    for one in sorted(result.worth, key=lambda one: -one.brier.mean):
        sure = one.brier.low > 0.0 or one.brier.high < 0.0
        note = number(one.brier.mean, 3)
        rows.append(
            {"name": one.mechanism, "low": one.brier.low, "worth": one.brier.mean, "high": one.brier.high,
             "note": note, "sure": sure}
        )  # fmt: skip
    base = alt.Chart(pl.DataFrame(rows)).encode(y=names_axis())
    look: dict[str, Any] = {"size": 60, "opacity": 1, "stroke": theme.POWER, "strokeWidth": 2}
    worth = alt.X("low:Q", title=say("taken from the Brier score (0 is best)"))
    layers = (
        alt.Chart(pl.DataFrame({"at": [0.0]})).mark_rule(color=theme.FAINT, strokeDash=[6, 3]).encode(x="at:Q"),
        base.mark_rule(color=theme.POWER, strokeWidth=2).encode(x=worth, x2="high:Q"),
        base.transform_filter(alt.datum.sure).mark_point(fill=theme.POWER, **look).encode(x="worth:Q"),
        base.transform_filter(~alt.datum.sure).mark_point(fill=theme.PAPER, **look).encode(x="worth:Q"),
        base.mark_text(align="left", dx=8).encode(x="high:Q", text="note:N"),
    )
    helps = sum(one.brier.low > 0.0 for one in result.worth)
    best = max(result.worth, key=lambda one: one.brier.mean).mechanism
    return charted(
        result,
        "worth",
        alt.layer(*layers).properties(width=500, height=alt.Step(20)),
        say(TITLE, name=best, sure=helps, all=len(result.worth)),
        say(
            "Each mechanism idle in its turn, all else as it was; {crises} crises, {runs} runs of each",
            crises=len(result.crises),
            runs=result.runs,
        ),
        say("Right of 0: forecasts are better with it. Lines: 95% intervals over crises; hollow dots hold 0."),
    )

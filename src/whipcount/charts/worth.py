"""What forecasts of documented crises gain by each mechanism: differences of Brier scores with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import mark, number, say

from .chart import Chart, charted
from .marks import dots_with_intervals

if TYPE_CHECKING:
    from whipcount.questions.ablation import Ablation

DRAWS = ("whipcount.questions.ablation.Ablation",)
TITLE = mark("Forecasts gain most by {name}; {sure} of {all} mechanisms surely help")


def draw(result: Ablation) -> Chart:
    """A dot for what a mechanism takes from the Brier score, its 95% interval, a line at nothing."""
    import altair as alt

    rows = [
        {
            "name": one.mechanism, "low": one.brier.low, "value": one.brier.mean, "high": one.brier.high,
            "note": number(one.brier.mean, 3), "sure": one.brier.low > 0.0 or one.brier.high < 0.0,
        }
        for one in sorted(result.worth, key=lambda one: -one.brier.mean)
    ]  # fmt: skip
    across = alt.X("low:Q", title=say("taken from the Brier score (0 is best)"))
    helps = sum(one.brier.low > 0.0 for one in result.worth)
    best = max(result.worth, key=lambda one: one.brier.mean).mechanism
    return charted(
        result,
        "worth",
        dots_with_intervals(rows, across, 0.0).properties(width=500, height=alt.Step(20)),
        say(TITLE, name=best, sure=helps, all=len(result.worth)),
        say(
            "Each mechanism idle in its turn, all else as it was; {crises} crises, {runs} runs of each",
            crises=len(result.crises),
            runs=result.runs,
        ),
        say("Right of 0: forecasts are better with it. Lines: 95% intervals over crises; hollow dots hold 0."),
    )

"""A rare outcome's probability with its interval, beside what as many plain runs would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import count, localised, say

from .chart import Chart, charted
from .marks import dots_with_intervals

if TYPE_CHECKING:
    from whipcount.questions.rare import Rare

DRAWS = ("whipcount.questions.rare.Rare",)


def draw(result: Rare) -> Chart:
    """Two dots with their intervals, and a line at the estimate."""
    import altair as alt

    low, high = result.plain_interval()
    rows = [
        {
            "name": name, "low": one[0], "value": result.probability, "high": one[1],
            "note": localised(f"{one[0]:.2g} – {one[1]:.2g}"), "sure": sure,
        }
        for name, one, sure in (
            (say("importance splitting"), (result.low, result.high), True),
            (say("as many plain runs"), (low, high), False),
        )
    ]  # fmt: skip
    across = alt.X("low:Q", title=say("probability"), axis=alt.Axis(format="~g", tickCount=5))
    return charted(
        result,
        "rare",
        dots_with_intervals(rows, across, result.probability).properties(width=460, height=alt.Step(32)),
        say("{outcome}: {share}", outcome=result.outcome, share=localised(f"{result.probability:.3g}")),
        say("{runs} runs, seed {seed}", runs=count(result.runs), seed=result.seed),
        say("Lines: 95% intervals; the lower one is what an ensemble of that size can be expected to say."),
    )

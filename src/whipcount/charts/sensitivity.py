"""What moves an outcome: each factor alone and with its interactions, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .marks import distinct, kinds_legend, names_axis

if TYPE_CHECKING:
    from whipcount.questions.sensitivity import Sensitivity

DRAWS = ("whipcount.questions.sensitivity.Sensitivity",)
MOST = 25


def draw(result: Sensitivity) -> Chart:
    """Bars: with all interactions (Morris: mean size of the effect); rings: alone (mean effect)."""
    import altair as alt

    shown, sobol = result.ranked()[:MOST], result.method == "sobol"
    # far tails of an interval of Sobol's indices say only that there are too few points
    least, most = (-0.5, 1.5) if sobol else (float("-inf"), float("inf"))
    bar, ring = (say("with interactions"), say("alone")) if sobol else (say("mean size"), say("mean effect"))
    frame = pl.DataFrame(
        {
            "name": distinct([shortened(one.factor, 34) for one in shown]),
            "first": [one.first for one in shown],
            "total": [one.total for one in shown],
            "low": [max(one.total - one.total_half, least) for one in shown],
            "high": [min(one.total + one.total_half, most) for one in shown],
            "clear": [one.total > one.total_half for one in shown],
            "kind": [ring for _ in shown],
        }
    )
    looks = kinds_legend([(bar, theme.MODEL, theme.MODEL, "square"), (ring, theme.PAPER, theme.INK, "circle")])
    pale = alt.condition("datum.clear", alt.value(theme.MODEL), alt.value(theme.MODEL_LIGHT))
    base = alt.Chart(frame).encode(y=names_axis())
    layers = (
        base.mark_bar(height=14).encode(x=alt.X("total:Q", title=None), color=pale),
        base.mark_rule(color=theme.MUTED).encode(x="low:Q", x2="high:Q"),
        base.mark_point(size=64, opacity=1).encode(x="first:Q", **looks),
    )
    caption = say(
        "Bars: the factor with all its interactions, with a 95% interval; rings: alone. Pale: not told from nothing."
    )
    if not sobol:
        caption = say(
            "Bars: mean size of the effect of moving across two thirds of the prior; rings: mean effect with its sign."
        )
    return charted(
        result,
        "sensitivity",
        alt.layer(*layers).properties(width=550, height=alt.Step(26)),
        shortened(say("What moves: {outcome}", outcome=result.label.in_language()), 80),
        say("{chance} of a single run's variance is chance and what was not varied", chance=percent(result.chance)),
        caption,
    )

"""What raises and what lowers the risk that a cabinet falls: hazard ratios with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from whipcount.text import mark, number, say
from whipcount.text.fitting import shortened

from .chart import Chart, charted
from .marks import distinct, dots_with_intervals

if TYPE_CHECKING:
    from whipcount.theory.survival_cox import CoxFit

DRAWS = ("whipcount.theory.survival_cox.CoxFit",)
TICKS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
SURE = {
    True: mark("{name} speaks most surely for an early end"),
    False: mark("{name} speaks most surely for a long life"),
}


def draw(result: CoxFit) -> Chart:
    """A dot for the ratio that a standard deviation of each covariate makes, its 95% interval, a line at no change."""
    import altair as alt

    from whipcount.theory.intervals import Z95

    order = sorted(result.hazards, key=lambda one: -one.value * one.deviation)
    rows, reached = [], [0.95, 1.05]
    for name, one in zip(distinct([shortened(one.name, 30) for one in order]), order, strict=True):
        middle, width = one.value * one.deviation, Z95 * one.told_error * one.deviation
        low, ratio, high = (math.exp(max(min(middle + by, 50.0), -50.0)) for by in (-width, 0.0, width))
        sure = abs(one.value) > Z95 * one.told_error
        note = f"{number(ratio, 2)} ({number(low, 2)}–{number(high, 2)})"
        reached += [low, high]
        rows.append({"name": name, "low": low, "value": ratio, "high": high, "note": note, "sure": sure})
    ends = [min(reached) * 0.97, max(reached) * 1.03]
    risk = alt.X(
        "low:Q",
        title=say("risk of falling, times, for a standard deviation more"),
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[tick for tick in TICKS if ends[0] <= tick <= ends[1]], format="~g"),
    )
    return charted(
        result,
        "hazards",
        dots_with_intervals(rows, risk, 1.0).properties(width=500, height=alt.Step(28)),
        _title(result, Z95),
        say(
            "Hazard ratios; {cabinets} cabinets, {events} ends seen, the rest censored",
            cabinets=result.cabinets, events=result.events,
        ),
        say(
            "Right of 1: falls sooner. Lines: 95% intervals, of clustered errors where there are groups; hollow dots "
            "are not told from no change."
        ),
    )  # fmt: skip


def _title(result: CoxFit, most: float) -> str:
    surest = max(result.hazards, key=lambda one: abs(one.value) / max(one.told_error, 1e-12))
    if abs(surest.value) <= most * surest.told_error:
        return say("Nothing that shortens or prolongs the life of cabinets is told from chance")
    return say(SURE[surest.value > 0], name=shortened(surest.name, 40))

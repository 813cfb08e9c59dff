"""How many cabinets are still alive at each age: observed, and as the fitted model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.text import mark, say

from . import theme
from .chart import Chart, charted

if TYPE_CHECKING:
    from whipcount.theory.survival import SurvivalFit

DRAWS = ("whipcount.theory.survival.SurvivalFit",)
MODELS = {"exponential": mark("Exponential"), "weibull": mark("Weibull"), "lognormal": mark("Log-normal")}


def draw(result: SurvivalFit) -> Chart:
    """The Kaplan-Meier curve with its limits, and the fitted curve."""
    import altair as alt

    observed, fitted = say("observed"), say(MODELS[result.model])
    steps = [(0.0, 1.0, 1.0, 1.0, 1.0), *result.curve]
    frame = pl.DataFrame(steps, schema=["age", "share", "low", "high", "fitted"], orient="row").with_columns(
        pl.col(name) * 100 for name in ("share", "low", "high", "fitted")
    )
    looks = alt.Legend(title=None, orient="right", symbolSize=700, symbolStrokeWidth=2)
    domain = [observed, fitted]
    look: dict[str, Any] = {
        "color": alt.Color(
            "kind:N", scale=alt.Scale(domain=domain, range=[theme.HISTORY, theme.OPPONENTS]), legend=looks
        ),
        "strokeDash": alt.StrokeDash("kind:N", scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3]]), legend=looks),
    }
    age = alt.X(
        "age:Q", title=say("age, in the units of the table"), scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=6)
    )
    percent = alt.Scale(domain=[0, 100])
    base = alt.Chart(frame).encode(x=age)
    band = base.mark_area(interpolate="step-after", color=theme.MODEL_LIGHT, opacity=0.6)
    rows = pl.concat(
        frame.select("age", pl.col(key).alias("share"), pl.lit(name).alias("kind"))
        for key, name in (("share", observed), ("fitted", fitted))
    )
    curves = alt.Chart(rows).encode(x=age, y=alt.Y("share:Q", scale=percent), **look)
    layers = (
        band.encode(y=alt.Y("low:Q", scale=percent, title=say("per cent"), axis=alt.Axis(tickCount=6)), y2="high:Q"),
        curves.transform_filter(alt.datum.kind == observed).mark_line(interpolate="step-after", strokeWidth=2),
        curves.transform_filter(alt.datum.kind == fitted).mark_line(strokeWidth=2),
    )
    return charted(
        result,
        "survival",
        alt.layer(*layers).properties(width=594, height=300),
        say("How long cabinets last"),
        say(
            "Share still in office; {cabinets} cabinets, {events} ends seen, the rest censored",
            cabinets=result.cabinets,
            events=result.events,
        ),
        say(
            "Solid: the share surviving each age (Kaplan-Meier) with 95% limits. Dashed: the mean of the fitted "
            "survival of all cabinets."
        ),
    )

"""What the forecast of a bargain hangs on, who gains by moving, and how far uncertain inputs spread it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from whipcount.table import Result
from whipcount.text import count, percent, say
from whipcount.text.fitting import shortened
from whipcount.theory.forecasts import MODEL_TITLES
from whipcount.theory.leverage import INPUTS, LeverageResult, MovesResult, UncertainForecast

from . import theme
from .chart import Chart, charted
from .marks import distinct, names_axis

DRAWS = tuple(f"whipcount.theory.leverage.{name}" for name in ("LeverageResult", "MovesResult", "UncertainForecast"))
MOST_LEVERS = 18


def draw(result: LeverageResult | MovesResult | UncertainForecast) -> Chart:
    """Bars of shifts, bars of gains, or a distribution by its quantiles."""
    if isinstance(result, LeverageResult):
        rows = [
            (f"{one.actor}: {say(INPUTS[one.what])}"
             + (f" ({one.dimension})" if one.dimension and len(result.dimensions) > 1 else ""), one.shift)
            for one in result.levers[:MOST_LEVERS]
        ]  # fmt: skip
        model = say(MODEL_TITLES[result.model])
        heading = say("Shift of the forecast ({model}) when one input changes by itself", model=model)
        return _bars(result, "leverage", say("What the forecast hangs on"), heading, rows)
    if isinstance(result, MovesResult):
        rows = [(one.actor, one.gain) for one in result.gains[:MOST_LEVERS]]
        heading = say("How much nearer the outcome comes to an actor's true position if it declares the best other one")
        return _bars(result, "moves", say("Who gains by moving"), heading, rows)
    return _quantiles(result)


def _bars(result: Result, name: str, title: str, heading: str, rows: Sequence[tuple[str, float]]) -> Chart:
    import altair as alt

    frame = pl.DataFrame(
        {
            "name": distinct([shortened(label, 36) for label, _ in rows]),
            "value": [100 * value for _, value in rows],
            "text": [percent(value) for _, value in rows],
        }
    )
    x = alt.X("value:Q", title=say("per cent of the scale"), axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=names_axis(), x=x)
    texts = base.mark_text(align="left", dx=6).encode(text="text:N")
    layers = alt.layer(base.mark_bar(height=16, color=theme.MODEL), texts)
    return charted(result, name, layers.properties(width=550, height=alt.Step(25)), title, heading, heading)


def _quantiles(result: UncertainForecast) -> Chart:
    """Nine tenths as a line, one half as a bar, the middle as a mark: a dimension a row, each on its own scale."""
    import altair as alt

    panels = []
    for dimension, row in zip(result.dimensions, result.quantiles, strict=True):
        frame = pl.DataFrame({key: [value] for key, value in zip(("a", "b", "c", "d", "e"), row, strict=True)})
        base = alt.Chart(frame).encode(y=alt.value(28))
        x = alt.X("a:Q", title=dimension, scale=alt.Scale(zero=False, padding=80), axis=alt.Axis(tickCount=6))
        layers = (
            base.mark_rule(color=theme.MODEL, strokeWidth=3).encode(x=x, x2="e:Q"),
            base.mark_bar(color=theme.MODEL, height=22).encode(x="b:Q", x2="d:Q"),
            base.mark_tick(color=theme.HISTORY, thickness=3, height=28, orient="vertical").encode(x="c:Q"),
        )
        panels.append(alt.layer(*layers).properties(width=theme.WIDTH, height=56))
    model, draws = say(MODEL_TITLES[result.model]), count(result.draws)
    heading = say(
        "{model}, {draws} draws: line: nine in ten; box: one in two; mark: the middle one", model=model, draws=draws
    )
    drawn = alt.vconcat(*panels).resolve_scale(x="independent")
    return charted(result, "uncertain", drawn, say("The forecast under uncertainty"), heading, heading)

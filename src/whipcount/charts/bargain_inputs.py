"""What the forecast of a bargain hangs on, who gains by moving, and how far uncertain inputs spread it."""

from __future__ import annotations

from collections.abc import Sequence

from whipcount.text import count, number, percent, say
from whipcount.text.fitting import shortened
from whipcount.theory.forecasts import MODEL_TITLES
from whipcount.theory.leverage import INPUTS, LeverageResult, MovesResult, UncertainForecast

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below, nice_scale

DRAWS = tuple(f"whipcount.theory.leverage.{name}" for name in ("LeverageResult", "MovesResult", "UncertainForecast"))
WIDTH = 860.0
TOP = 104.0
MOST_LEVERS = 18


def draw(result: LeverageResult | MovesResult | UncertainForecast) -> Chart:
    """Bars of shifts, arrows of gains, or a distribution by its quantiles."""
    if isinstance(result, LeverageResult):
        rows = [
            (f"{one.actor}: {say(INPUTS[one.what])}"
             + (f" ({one.dimension})" if one.dimension and len(result.dimensions) > 1 else ""), one.shift)
            for one in result.levers[:MOST_LEVERS]
        ]  # fmt: skip
        title = say("What the forecast hangs on")
        heading = say(
            "Shift of the forecast ({model}) when one input changes by itself", model=say(MODEL_TITLES[result.model])
        )
        return _bars("leverage", title, heading, rows, result.words())
    if isinstance(result, MovesResult):
        rows = [(one.actor, one.gain) for one in result.gains[:MOST_LEVERS]]
        title = say("Who gains by moving")
        heading = say("How much nearer the outcome comes to an actor's true position if it declares the best other one")
        return _bars("moves", title, heading, rows, result.words())
    return _quantiles(result)


def _bars(name: str, title: str, heading: str, rows: Sequence[tuple[str, float]], words: str) -> Chart:
    left, step = 250.0, 25.0
    bottom = TOP + step * len(rows)
    most = max(100 * max(value for _, value in rows), 1e-9)
    across = Scale(0.0, most * 1.08, left, WIDTH - 60)
    parts = svg.heading(title, heading)
    parts += axis_below(across, bottom, TOP - 6, say("per cent of the scale"))
    for turn, (label, value) in enumerate(rows):
        y = TOP + step * turn + step / 2
        parts.append(svg.text(shortened(label, 36), left - 10, y + 4, theme.SMALL, "end"))
        parts.append(
            svg.element("rect", x=left, y=y - 8, width=across(100 * value) - left, height=16.0, fill=theme.MODEL)
        )
        parts.append(svg.text(percent(value), across(100 * value) + 6, y + 4, theme.SMALL))
    numbers = table_of(
        (say("input"), say("shift")),
        tuple((label, percent(value)) for label, value in rows),
    )
    return Chart(name, title, heading, words, numbers, drawing=svg.document(parts, WIDTH, bottom + 56))


def _quantiles(result: UncertainForecast) -> Chart:
    """Nine tenths as a line, one half as a bar, the middle as a mark: a dimension a row, each on its own scale."""
    title = say("The forecast under uncertainty")
    model, draws = say(MODEL_TITLES[result.model]), count(result.draws)
    heading = say(
        "{model}, {draws} draws: line: nine in ten; box: one in two; mark: the middle one", model=model, draws=draws
    )
    parts, top = svg.heading(title, heading), TOP
    for dimension, row in zip(result.dimensions, result.quantiles, strict=True):
        across = nice_scale(row, 60.0, WIDTH - 60, 0.15)
        y = top + 26
        parts += axis_below(across, top + 56, top, dimension)
        parts.append(
            svg.element("line", x1=across(row[0]), x2=across(row[4]), y1=y, y2=y, stroke=theme.MODEL, stroke_width=3.0)
        )
        box = {"x": across(row[1]), "width": max(1.0, across(row[3]) - across(row[1]))}
        parts.append(svg.element("rect", x=box["x"], width=box["width"], y=y - 11, height=22.0, fill=theme.MODEL))
        middle = across(row[2])
        parts.append(
            svg.element("line", x1=middle, x2=middle, y1=y - 14, y2=y + 14, stroke=theme.HISTORY, stroke_width=3.0)
        )
        top += 120
    numbers = table_of(
        (say("dimension"), "5%", "25%", "50%", "75%", "95%"),
        tuple(
            (dimension, *(number(value, 3) for value in row))
            for dimension, row in zip(result.dimensions, result.quantiles, strict=True)
        ),
    )
    return Chart("uncertain", title, heading, result.words(), numbers, drawing=svg.document(parts, WIDTH, top))

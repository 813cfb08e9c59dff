"""Bargains drawn: positions round by round, forecasts of rival models on one scale, and what a forecast hangs on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from whipcount.report import svg, theme
from whipcount.report.chart import Chart, Numbers
from whipcount.report.count_charts.marks import Scale, apart, axis_below, axis_left, label_of, nice_scale, party_colours
from whipcount.report.words import shortened
from whipcount.text import count, number, percent, say
from whipcount.theory.bargain import BargainResult
from whipcount.theory.expected_utility import ExpectedUtilityResult
from whipcount.theory.forecasts import MODEL_TITLES
from whipcount.theory.ktab import SmpResult
from whipcount.theory.leverage import INPUTS, LeverageResult, MovesResult, UncertainForecast

WIDTH = 860.0
LEFT = 70.0
NAMES = 150.0
TOP = 104.0
MOST_LEVERS = 18


def draw(result: Any) -> Chart:
    """Rounds or turns where one model of that kind was asked for, else the models side by side; or its inputs."""
    if isinstance(result, (LeverageResult, MovesResult, UncertainForecast)):
        return draw_inputs(result)
    if len(result.forecasts) == 1 and result.rounds:
        return _rounds(result.rounds, result.words())
    if len(result.forecasts) == 1 and result.turns is not None:
        return _turns(result.turns)
    return _forecasts(result)


# -- rounds -----------------------------------------------------------------------------------------------------------


def _rounds(results: Sequence[ExpectedUtilityResult], words: str) -> Chart:
    """Every actor's position by round, and the weighted median and mean over them."""
    title = say("The expected-utility model, round by round")
    if results[0].denominator == "all":
        heading = say("Votes count as a share of those on all pairs")
    else:
        heading = say("Votes count as a share of those on the pair")
    parts = svg.heading(title, heading)
    top = TOP
    for result in results:
        lines = {name: [places[row] for places in result.positions] for row, name in enumerate(result.names)}
        extra = {
            say("median"): list(result.medians),
            say("mean"): list(result.means),
        }
        parts += _panel(lines, extra, result.dimension, top, say("round"))
        top += 420
    drawing = svg.document(parts, WIDTH, top)
    first = results[0]
    numbers = Numbers(
        (say("round"), say("median"), say("mean")),
        tuple(
            (str(turn), number(median, 4), number(mean, 4))
            for turn, (median, mean) in enumerate(zip(first.medians, first.means, strict=True))
        ),
    )
    caption = say("Thin lines: actors. Thick: the weighted median, which is the forecast, and the mean.")
    return Chart("rounds", title, caption, words, numbers, drawing=drawing)


def _turns(result: SmpResult) -> Chart:
    """KTAB's model: positions by turn, a panel a dimension."""
    title = say("KTAB's spatial model of politics, turn by turn")
    options = result.options
    parts = svg.heading(title, f"{options.election}, {options.voting}, {options.interpolation}, {options.bargains}")
    top = TOP
    for axis, dimension in enumerate(result.dimensions):
        lines = {name: [turn[row][axis] for turn in result.positions] for row, name in enumerate(result.names)}
        parts += _panel(lines, {}, dimension, top, say("turn"), 250)
        top += 330
    drawing = svg.document(parts, WIDTH, top)
    numbers = Numbers(
        (say("actor"), say("chance"), *result.dimensions),
        tuple(
            (name, percent(chance), *(number(value, 2) for value in place))
            for name, chance, place in zip(result.names, result.chances, result.positions[-1], strict=True)
        ),
    )
    caption = say("Each line is an actor's position.")
    return Chart("turns", title, caption, result.words(), numbers, drawing=drawing)


def _panel(
    lines: dict[str, list[float]],
    extra: dict[str, list[float]],
    dimension: str,
    top: float,
    across_title: str,
    height: float = 320.0,
) -> list[str]:
    """One dimension over time: a thin line an actor, thick lines for the whole, names at the right end."""
    values = [value for line in (*lines.values(), *extra.values()) for value in line]
    steps = len(next(iter(lines.values())))
    right = WIDTH - 170
    across, up = Scale(0.0, float(max(1, steps - 1)), LEFT, right), nice_scale(values, top + height, top)
    parts = axis_left(up, LEFT, right, dimension, 5)
    for step in range(0, steps, max(1, steps // 12)):
        parts.append(svg.text(str(step), across(step), top + height + 18, theme.SMALL, "middle"))
    parts.append(svg.text(across_title, (LEFT + right) / 2, top + height + 38, theme.SMALL, "middle", theme.MUTED))
    colours = party_colours(len(lines), [line[0] for line in lines.values()])
    for colour, line in zip(colours, lines.values(), strict=True):
        parts.append(svg.element("path", d=_path(across, up, line), fill="none", stroke=colour, stroke_width=1.6))
    for turn, line in enumerate(extra.values()):
        dashes = None if turn == 0 else "7 4"
        parts.append(
            svg.element("path", d=_path(across, up, line), fill="none", stroke=theme.HISTORY, stroke_width=3.5,
                        stroke_dasharray=dashes, stroke_linejoin="round")
        )  # fmt: skip
    return parts + _ends(lines, extra, colours, up, right, top, height)


def _ends(
    lines: dict[str, list[float]],
    extra: dict[str, list[float]],
    colours: Sequence[str],
    up: Scale,
    right: float,
    top: float,
    height: float,
) -> list[str]:
    """Names at the ends of lines; actors who end in one place share a line of text."""
    groups: dict[float, list[int]] = {}
    names = list(lines)
    for row, name in enumerate(names):
        groups.setdefault(round(up(lines[name][-1])), []).append(row)
    labels = [
        (height_, ", ".join(names[row] for row in rows), colours[rows[0]], False) for height_, rows in groups.items()
    ]
    labels += [(up(line[-1]), name, theme.HISTORY, True) for name, line in extra.items()]
    spots = apart([label[0] for label in labels], 15, top, top + height)
    parts = []
    for (wished, name, colour, bold), spot in zip(labels, spots, strict=True):
        parts.append(svg.element("line", x1=right + 3, y1=wished, x2=right + 18, y2=spot, stroke=theme.FAINT))
        parts.append(svg.element("circle", cx=right + 23, cy=spot, r=3.0, fill=colour))
        parts.append(svg.text(name, right + 31, spot + 4, theme.SMALL, bold=bold))
    return parts


def _together(names: Sequence[str]) -> str:
    """The names that have room, and how many more there are."""
    shown = [shortened(names[0], 18)]
    for name in names[1:]:
        if svg.width_of(", ".join([*shown, name]), theme.SMALL) > 100:
            return f"{', '.join(shown)} +{len(names) - len(shown)}"
        shown.append(name)
    return ", ".join(shown)


def _path(across: Scale, up: Scale, line: Sequence[float]) -> str:
    return "M" + "L".join(f"{across(step):.1f} {up(value):.1f}" for step, value in enumerate(line))


# -- models side by side ----------------------------------------------------------------------------------------------


def _forecasts(result: BargainResult) -> Chart:
    """A panel a dimension: where the actors stand, as large as power times salience, and what each model says."""
    title = say("What the models forecast")
    heading = say("Circles: actors, as large as power times salience; diamonds: forecasts")
    parts, top = svg.heading(title, heading), TOP
    for axis in range(len(result.table.dimensions)):
        drawn, top = _strip(result, axis, top)
        parts += drawn
    drawing = svg.document(parts, WIDTH, top)
    numbers = Numbers(
        (say("model"), *result.table.dimensions),
        tuple(
            (_model(model), *(number(value, 3) for value in point))
            if point is not None
            else (_model(model), *("–" for _ in result.table.dimensions))
            for model, point in result.forecasts
        ),
    )
    return Chart("forecasts", title, heading, result.words(), numbers, drawing=drawing)


def _strip(result: BargainResult, axis: int, top: float) -> tuple[list[str], float]:
    table = result.table
    places = table.points[:, axis]
    stakes = table.powers * table.saliences[:, axis]
    models = [(model, point[axis]) for model, point in result.forecasts if point is not None]
    low, high = (float(end) for end in table.ends[axis])
    across = nice_scale([low, high, *(value for _, value in models)], NAMES + 30, WIDTH - 40, 0.04)
    longest = svg.widest([shortened(name, 14) for name in table.names], theme.SMALL)
    base = top + 50 + 0.87 * longest
    bottom = base + 14 + 24 * len(models)
    parts = axis_below(across, bottom, base - 44, table.dimensions[axis])
    order = sorted(range(len(places)), key=lambda row: places[row])
    spots = apart([across(places[row]) for row in order], 15, NAMES + 30, WIDTH - 40)
    for row, spot in zip(order, spots, strict=True):
        size = max(3.0, 16 * math.sqrt(stakes[row] / max(stakes.max(), 1e-300)))
        x = across(places[row])
        parts.append(
            svg.element("circle", cx=x, cy=base - 22, r=size, fill=theme.POWER, fill_opacity=0.45, stroke=theme.PAPER)
        )
        name = svg.text(shortened(table.names[row], 14), 0, 0, theme.SMALL)
        parts.append(svg.element("line", x1=x, x2=spot, y1=base - 22 - size, y2=base - 44, stroke=theme.FAINT))
        parts.append(svg.element("g", name, transform=f"translate({spot + 3:.1f} {base - 47:.1f}) rotate(-60)"))
    parts.append(svg.text(say("actors"), NAMES + 10, base - 18, theme.SMALL, "end", theme.MUTED))
    for turn, (model, value) in enumerate(models):
        y, x = base + 14 + 24 * turn, across(value)
        parts.append(svg.text(shortened(_model(model), 24), NAMES + 10, y + 4, theme.SMALL, "end"))
        parts.append(svg.element("line", x1=across.start, x2=x, y1=y, y2=y, stroke=theme.RULE))
        path = f"M{x:.1f} {y - 7:.1f}L{x + 7:.1f} {y:.1f}L{x:.1f} {y + 7:.1f}L{x - 7:.1f} {y:.1f}Z"
        parts.append(svg.element("path", d=path, fill=theme.OPPONENTS))
        parts.append(svg.text(label_of(round(value, 3)), x + 11, y + 4, theme.SMALL, colour=theme.MUTED))
    return parts, bottom + 64


def _model(model: str) -> str:
    return say(MODEL_TITLES[model])


# -- what a forecast hangs on -----------------------------------------------------------------------------------------


def draw_inputs(result: LeverageResult | MovesResult | UncertainForecast) -> Chart:
    """Bars of shifts, arrows of gains, or a distribution by its quantiles."""
    if isinstance(result, LeverageResult):
        rows = [
            (f"{one.actor}: {say(INPUTS[one.what])}"
             + (f" ({one.dimension})" if one.dimension and len(result.dimensions) > 1 else ""), one.shift)
            for one in result.levers[:MOST_LEVERS]
        ]  # fmt: skip
        title = say("What the forecast hangs on")
        heading = say("Shift of the forecast ({model}) when one input changes by itself", model=_model(result.model))
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
    numbers = Numbers(
        (say("input"), say("shift")),
        tuple((label, percent(value)) for label, value in rows),
    )
    return Chart(name, title, heading, words, numbers, drawing=svg.document(parts, WIDTH, bottom + 56))


def _quantiles(result: UncertainForecast) -> Chart:
    """Nine tenths as a line, one half as a bar, the middle as a mark: a dimension a row, each on its own scale."""
    title = say("The forecast under uncertainty")
    model, draws = _model(result.model), count(result.draws)
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
    numbers = Numbers(
        (say("dimension"), "5%", "25%", "50%", "75%", "95%"),
        tuple(
            (dimension, *(number(value, 3) for value in row))
            for dimension, row in zip(result.dimensions, result.quantiles, strict=True)
        ),
    )
    return Chart("uncertain", title, heading, result.words(), numbers, drawing=svg.document(parts, WIDTH, top))

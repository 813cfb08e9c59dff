"""Bargains drawn: positions round by round, forecasts of rival models on one scale, and what a forecast hangs on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened
from whipcount.theory.bargain import BargainResult
from whipcount.theory.expected_utility import ExpectedUtilityResult
from whipcount.theory.forecasts import MODEL_TITLES
from whipcount.theory.ktab import SmpResult

from . import svg, theme
from .chart import Chart, table_of
from .known_parties import own_colours
from .marks import Scale, apart, axis_below, axis_left, label_of, nice_scale, party_colours

DRAWS = (
    "whipcount.theory.bargain.BargainResult",
    "whipcount.theory.expected_utility.ExpectedUtilityResult",
    "whipcount.theory.ktab.SmpResult",
)
WIDTH = 860.0
LEFT = 70.0
NAMES = 150.0
TOP = 104.0


def draw(result: BargainResult | ExpectedUtilityResult | SmpResult) -> Chart:
    """Rounds or turns where one model of that kind was asked for, else the models side by side."""
    if isinstance(result, ExpectedUtilityResult):
        return _rounds([result], result.words())
    if isinstance(result, SmpResult):
        return _turns(result)
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
    numbers = table_of(
        (say("round"), say("median"), say("mean")),
        tuple(
            (str(turn), number(median, 4), number(mean, 4))
            for turn, (median, mean) in enumerate(zip(first.medians, first.means, strict=True))
        ),
    )
    caption = say("Thin lines: actors. Thick: the weighted median, which is the forecast, and the mean.")
    told = [one.ending_told() for one in results]
    if any(one.settled is None for one in results):
        caption = say("Thin lines: actors. Thick: the weighted median and the mean.")
    caption = " ".join([caption, *filter(None, told)])
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
    numbers = table_of(
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
    colours = party_colours(len(lines), [line[0] for line in lines.values()], own_colours(list(lines)).colours)
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
    numbers = table_of(
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
    own = own_colours(table.names).colours or (None,) * len(table.names)
    for row, spot in zip(order, spots, strict=True):
        size = max(3.0, 16 * math.sqrt(stakes[row] / max(stakes.max(), 1e-300)))
        x = across(places[row])
        parts.append(
            svg.element(
                "circle",
                cx=x,
                cy=base - 22,
                r=size,
                fill=own[row] or theme.POWER,
                stroke=theme.PAPER,
                fill_opacity=0.8 if own[row] else 0.45,
            )
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

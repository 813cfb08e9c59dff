"""The map of ideal points: medians, yolk, core, uncovered set, and what would beat the status quo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whipcount.errors import TableError
from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .known_parties import own_colours
from .marks import Scale, apart, axis_below, axis_left, label_of

if TYPE_CHECKING:
    from whipcount.theory.spatial import SpatialResult

DRAWS = ("whipcount.theory.spatial.SpatialResult",)
SIDE = 620.0
LEFT = 74.0
TOP = 100.0
LEGEND = 240.0
LARGEST = 17.0
WIN = "#e69f00"
YOLK = theme.OPPONENTS
UNCOVERED = theme.MODEL_LIGHT


def draw(result: SpatialResult) -> Chart:
    """A map of two dimensions, or a line of one."""
    if len(result.dimensions) > 2:
        hint = "name two with --positions"
        raise TableError.one("WC516", f"a map of {len(result.dimensions)} dimensions cannot be drawn", hint)
    title = say("The map and what a majority can do on it")
    heading = say(
        "{quota} of {sum} votes are needed; points are as large as their weight",
        quota=result.quota,
        sum=sum(result.weights),
    )
    drawn, width, height = _plane(result) if len(result.dimensions) == 2 else _line(result)
    drawing = svg.document([*svg.heading(title, heading), *drawn], width, height)
    numbers = table_of(
        (say("member"), say("weight"), *result.dimensions),
        tuple(
            (name, str(weight), *(label_of(value) for value in point))
            for name, weight, point in zip(result.names, result.weights, result.points, strict=True)
        ),
    )
    caption = say(
        "The win set holds every point that beats the status quo; the yolk is the smallest circle that meets "
        "every median line; uncovered points are not beaten by one that also beats all their victims."
    )
    caption = f"{caption} {own_colours(result.names).whose}".rstrip()
    return Chart("map", title, caption, result.words(), numbers, drawing=drawing)


def _scales(result: SpatialResult) -> tuple[Scale, Scale]:
    """Both dimensions over a square in the same units (stretched by saliences), with room for all that is drawn."""
    stretch = _stretch(result)
    outline = [*result.points, *result.win_set.edge, result.status_quo]
    if result.yolk is not None:
        radii = [result.yolk.radius / factor for factor in stretch]
        for side in (-1, 1):
            outline.append(tuple(at + side * radius for at, radius in zip(result.yolk.centre, radii, strict=True)))
    ends = [(min(point[axis] for point in outline), max(point[axis] for point in outline)) for axis in (0, 1)]
    half = 0.55 * max((high - low) * factor for (low, high), factor in zip(ends, stretch, strict=True)) or 0.5
    scales = []
    for (low, high), factor, (start, end) in zip(ends, stretch, ((LEFT, LEFT + SIDE), (TOP + SIDE, TOP)), strict=True):
        middle = (low + high) / 2
        scales.append(Scale(middle - half / factor, middle + half / factor, start, end))
    return scales[0], scales[1]


def _plane(result: SpatialResult) -> tuple[list[str], float, float]:
    across, up = _scales(result)
    parts = axis_below(across, TOP + SIDE, TOP, result.dimensions[0])
    parts += axis_left(up, LEFT, LEFT + SIDE, result.dimensions[1])
    cells = result.uncovered.cell
    wide, high = (max(2.0, across.per_unit * cells[0]), max(2.0, up.per_unit * cells[1]))
    squares = "".join(
        svg.element("rect", x=across(x) - wide / 2, y=up(y) - high / 2, width=wide, height=high)
        for x, y in result.uncovered.points
    )
    parts.append(svg.element("g", squares, fill=UNCOVERED, opacity=0.75))
    if result.win_set.edge:
        path = "M" + "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in result.win_set.edge) + "Z"
        parts.append(svg.element("path", d=path, fill=WIN, fill_opacity=0.35, stroke=WIN, stroke_width=1.5))
    for axis, (low, top) in enumerate(result.medians):
        for value in sorted({low, top}):
            path = f"M{across(value):.1f} {TOP}V{TOP + SIDE}" if axis == 0 else f"M{LEFT} {up(value):.1f}H{LEFT + SIDE}"
            parts.append(svg.element("path", d=path, stroke=theme.MUTED, stroke_dasharray="6 4", fill="none"))
    parts += _yolk(result, across, up)
    if result.core is not None and result.core.corners:
        path = "M" + "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in result.core.corners) + "Z"
        look = {"fill": theme.WINDOW, "stroke": theme.WINDOW, "stroke_linejoin": "round"}
        parts.append(svg.element("path", d=path, fill_opacity=0.35, stroke_width=4.0, **look))
    parts += _members(result, across, up)
    parts.append(_cross(across(result.status_quo[0]), up(result.status_quo[1])))
    parts += _legend(result)
    return parts, LEFT + SIDE + LEGEND, TOP + SIDE + 56


def _yolk(result: SpatialResult, across: Scale, up: Scale) -> list[str]:
    if result.yolk is None:
        return []
    stretch = _stretch(result)
    x, y = across(result.yolk.centre[0]), up(result.yolk.centre[1])
    radii = (result.yolk.radius / stretch[0] * across.per_unit, result.yolk.radius / stretch[1] * up.per_unit)
    return [
        svg.element("ellipse", cx=x, cy=y, rx=max(radii[0], 1.5), ry=max(radii[1], 1.5), fill="none", stroke=YOLK,
                    stroke_width=2.5),
        svg.element("circle", cx=x, cy=y, r=2.5, fill=YOLK),
    ]  # fmt: skip


def _stretch(result: SpatialResult) -> tuple[float, float]:
    """By how much the dimensions were stretched when the yolk was found: the roots of their saliences."""
    if result.salience is None or len(result.salience) != 1:
        return 1.0, 1.0
    return math.sqrt(result.salience[0][0]), math.sqrt(result.salience[0][1])


def _members(result: SpatialResult, across: Scale, up: Scale) -> list[str]:
    """Points as large as their weight, and the names of those that have room, the heaviest first."""
    heaviest = max(result.weights)
    order = sorted(range(len(result.names)), key=lambda row: -result.weights[row])
    parts, taken = [], []
    dots = {row: (across(result.points[row][0]), up(result.points[row][1]),
                  max(3.0, LARGEST * math.sqrt(result.weights[row] / heaviest))) for row in order}  # fmt: skip
    own = own_colours(result.names).colours or (None,) * len(order)
    for row in order:
        x, y, size = dots[row]
        fill = own[row] or theme.POWER
        parts.append(svg.element("circle", cx=x, cy=y, r=size, fill=fill, fill_opacity=0.8, stroke=theme.PAPER))
        taken.append((x - size, y - size, x + size, y + size))
    for row in order:
        x, y, size = dots[row]
        name = shortened(result.names[row], 20)
        width = svg.width_of(name, theme.SMALL, bold=True)
        for left, middle in _spots(x, y, size, width):
            box = (left, middle - 7, left + width, middle + 7)
            inside = box[0] > LEFT and box[2] < LEFT + SIDE and box[1] > TOP and box[3] < TOP + SIDE
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                parts.append(_haloed(name, left, middle + 4))
                break
    return parts


def _spots(x: float, y: float, size: float, width: float) -> list[tuple[float, float]]:
    """Where a name may stand beside its point: left end and middle height."""
    gap = size + 5
    return [
        (x + gap, y), (x - gap - width, y), (x - width / 2, y - gap - 5), (x - width / 2, y + gap + 6),
        (x + gap - 2, y - gap), (x + gap - 2, y + gap), (x - gap - width, y - gap), (x - gap - width, y + gap),
    ]  # fmt: skip


def _touch(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _haloed(name: str, x: float, y: float) -> str:
    """A name on a white edge, readable over what lies below."""
    edge = svg.text(name, x, y, theme.SMALL, bold=True).replace(
        "<text ", f'<text stroke="{theme.PAPER}" stroke-width="3" stroke-linejoin="round" ', 1
    )
    return edge + svg.text(name, x, y, theme.SMALL, bold=True)


def _cross(x: float, y: float) -> str:
    path = f"M{x - 6:.1f} {y - 6:.1f}L{x + 6:.1f} {y + 6:.1f}M{x - 6:.1f} {y + 6:.1f}L{x + 6:.1f} {y - 6:.1f}"
    return svg.element("path", d=path, stroke=theme.HISTORY, stroke_width=2.5, fill="none")


def _legend(result: SpatialResult) -> list[str]:
    """What the marks mean, with their numbers, right of the map."""
    x, y = LEFT + SIDE + 24, TOP + 8
    rows: list[tuple[str, str, str]] = [(_cross(x + 8, 0), say("status quo"), "")]
    if result.win_set.edge:
        box = svg.element("rect", x=x, y=-7.0, width=16.0, height=14.0, fill=WIN, fill_opacity=0.35, stroke=WIN)
        size = number(result.win_set.size, 3)
        rows.append((box, say("beats the status quo"),
                     say("area {size}", size=size)))  # fmt: skip
    else:
        rows.append(("", say("nothing beats it"), ""))
    if result.yolk is not None:
        ring = svg.element("circle", cx=x + 8, cy=0.0, r=6.5, fill="none", stroke=YOLK, stroke_width=2.5)
        radius = number(result.yolk.radius, 3)
        rows.append((ring, say("yolk"), say("radius {radius}", radius=radius)))
    dashes = svg.element("line", x1=x, x2=x + 18, y1=0.0, y2=0.0, stroke=theme.MUTED, stroke_dasharray="6 4")
    rows.append((dashes, say("median of a dimension"), ""))
    cell = svg.element("rect", x=x, y=-7.0, width=16.0, height=14.0, fill=UNCOVERED)
    share = percent(result.uncovered.share)
    rows.append((cell, say("uncovered set"),
                 say("{share} of the map", share=share)))  # fmt: skip
    if result.core is not None and result.core.corners:
        dot = svg.element("circle", cx=x + 8, cy=0.0, r=5.0, fill=theme.WINDOW)
        rows.append((dot, say("core"), ""))
    parts = []
    for mark, name, detail in rows:
        parts.append(svg.element("g", mark, transform=f"translate(0 {y:.1f})"))
        parts.append(svg.text(name, x + 28, y + 4))
        if detail:
            parts.append(svg.text(detail, x + 28, y + 19, theme.SMALL, colour=theme.MUTED))
        y += 40 if detail else 26
    return parts


def _line(result: SpatialResult) -> tuple[list[str], float, float]:
    """One dimension: members on a line, the win set as a band, the median as a rule."""
    width, base = 860.0, 220.0
    values = (
        [point[0] for point in result.points] + [point[0] for point in result.win_set.edge] + [result.status_quo[0]]
    )
    low, high = min(values), max(values)
    room = (high - low or 1.0) * 0.06
    across = Scale(low - room, high + room, 40.0, width - 40)
    parts = axis_below(across, base, 90, result.dimensions[0])
    if result.win_set.edge:
        start, end = (across(point[0]) for point in result.win_set.edge)
        parts.append(
            svg.element("rect", x=start, y=base - 46, width=end - start, height=46.0, fill=WIN, fill_opacity=0.35)
        )
    for value in sorted(set(result.medians[0])):
        parts.append(
            svg.element(
                "line", x1=across(value), x2=across(value), y1=base - 46, y2=base + 7, stroke=YOLK, stroke_width=3.0
            )
        )
    heaviest, order = max(result.weights), sorted(range(len(result.names)), key=lambda row: result.points[row][0])
    spots = apart([across(result.points[row][0]) for row in order], 17, 48, width - 48)
    own = own_colours(result.names).colours or (None,) * len(order)
    for row, spot in zip(order, spots, strict=True):
        x, size = across(result.points[row][0]), max(3.0, LARGEST * math.sqrt(result.weights[row] / heaviest))
        parts.append(
            svg.element(
                "circle", cx=x, cy=base - 22, r=size, fill=own[row] or theme.POWER, fill_opacity=0.8, stroke=theme.PAPER
            )
        )
        name = svg.text(shortened(result.names[row], 22), 0, 0, theme.SMALL)
        parts.append(svg.element("g", name, transform=f"translate({spot + 4:.1f} {base - 74:.1f}) rotate(-60)"))
        parts.append(svg.element("line", x1=x, y1=base - 22 - size, x2=spot, y2=base - 72, stroke=theme.FAINT))
    parts.append(_cross(across(result.status_quo[0]), base))
    legend = say("upright line: median · cross: status quo · band: what beats it")
    parts.append(svg.text(legend, 40, base + 62, theme.SMALL, colour=theme.MUTED))
    return parts, width, base + 84

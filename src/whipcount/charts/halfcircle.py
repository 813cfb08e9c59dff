"""Half circles of dots: where the seats of a body are drawn, and how a seat looks that is taken in some runs only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from . import svg, theme

FILL = 0.42  # radius of a dot, as a share of the distance to its neighbour
LARGEST = 0.085  # radius of a dot in a half circle of radius 1


def seat_places(seats: int) -> tuple[list[tuple[float, float]], float]:
    """Places of `seats` dots in a half circle of radius 1, from left to right, and the dots' radius.

    Of all numbers of rows and widths of the ring, those are taken that leave the dots farthest apart; each row has its
    share of seats by length.
    """
    if seats <= 0:
        return [], 0.0
    best: tuple[float, list[tuple[float, float]]] = (-1.0, [])
    for rows in range(1, 24):
        for inner in (0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4):
            placed = _rows(seats, rows, inner)
            # dots have a largest size, and among equals the fewest rows win
            if placed is not None and min(placed[0], LARGEST / FILL) > best[0] + 1e-9:
                best = (min(placed[0], LARGEST / FILL), placed[1])
    closest, places = best
    places.sort(key=lambda place: (-round(place[0], 6), place[1]))
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle, radius in places], FILL * closest


def _rows(seats: int, rows: int, inner: float) -> tuple[float, list[tuple[float, float]]] | None:
    """Angles and radii of seats in so many rows, and how close the closest two are; none where a row stays empty."""
    radii = [0.92] if rows == 1 else [inner + (1 - inner) * row / (rows - 1) for row in range(rows)]
    filled = _by_length(radii, seats)
    if min(filled) < 1 or (rows > 1 and min(filled) < 2):
        return None
    closest = 0.4 if rows == 1 else radii[1] - radii[0]
    places = []
    for radius, number in zip(radii, filled, strict=True):
        places += [(math.pi * (0.5 if number == 1 else 1 - seat / (number - 1)), radius) for seat in range(number)]
        if number > 1:
            closest = min(closest, 2 * radius * math.sin(math.pi / (number - 1) / 2))
    return closest, places


def _by_length(lengths: Sequence[float], total: int) -> list[int]:
    """`total` shared out in proportion to `lengths`, by largest remainders."""
    exact = [total * length / sum(lengths) for length in lengths]
    whole = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def glyph(x: float, y: float, size: float, ring: str, sectors: Sequence[tuple[str, float]], label: str = "") -> str:
    """A ring with a disc in it whose area is the share of runs in which the place is taken.

    sectors: colours with their shares; several split the disc, the first from the top, clockwise.
    """
    title = f"<title>{escape(label)}</title>" if label else ""
    share = sum(part for _, part in sectors)
    if share >= 0.9995 and len(sectors) == 1:
        return svg.element("circle", title, cx=x, cy=y, r=size, fill=sectors[0][0], class_="seat taken")
    stroke = max(1.0, min(1.6, size / 6))
    kind = "seat vacated" if share < 0.0005 else "seat partly"
    circle = svg.element(
        "circle",
        title,
        cx=x,
        cy=y,
        r=size - stroke / 2,
        fill=theme.PAPER,
        stroke=ring,
        stroke_width=stroke,
        class_=kind,
    )
    if share < 0.0005:
        return circle
    inner = max((size - stroke - 0.5) * math.sqrt(share), 0.4)
    return circle + _disc(x, y, inner, [(colour, part / share) for colour, part in sectors])


def _disc(x: float, y: float, radius: float, sectors: Sequence[tuple[str, float]]) -> str:
    """A disc, split into sectors where there are several."""
    if len(sectors) == 1:
        return svg.element("circle", cx=x, cy=y, r=radius, fill=sectors[0][0], class_="share")
    parts, turn = [], 0.0
    for colour, share in sectors:
        start, end = 2 * math.pi * turn, 2 * math.pi * (turn + share)
        x1, y1 = x + radius * math.sin(start), y - radius * math.cos(start)
        x2, y2 = x + radius * math.sin(end), y - radius * math.cos(end)
        numbers = " ".join(svg.number(value) for value in (radius, radius, 0, int(share > 0.5), 1, x2, y2))
        path = f"M{svg.number(x)} {svg.number(y)}L{svg.number(x1)} {svg.number(y1)}A{numbers}Z"
        parts.append(svg.element("path", d=path, fill=colour, class_="share"))
        turn += share
    return "".join(parts)

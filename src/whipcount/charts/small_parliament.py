"""A parliament as a small half circle, a group of dots a party: to be seen beside what is counted of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from whipcount.text import count, say

from . import svg, theme
from .halfcircle import seat_places
from .marks import party_colours

WIDTH, RADIUS, TOP = 420.0, 180.0, 22.0
MOST_DOTS = 400


def small_parliament(
    names: Sequence[str], seats: Sequence[int], places: Sequence[float] | None, own: Sequence[str | None], needed: int
) -> str:
    """The drawing; each party's dots are a group that is called by its number (`data-party`).

    places: positions, from left to right; none: by size. own: colours of the parties; none: the palette's.
    """
    order = sorted(range(len(names)), key=lambda row: (places[row] if places else 0.0, -seats[row]))
    colours = party_colours(len(names), places, own)
    per_dot = -(-sum(seats) // MOST_DOTS)
    dots = [max(1, round(seats[row] / per_dot)) if seats[row] else 0 for row in order]
    points, size = seat_places(sum(dots))
    centre, base, at, parts = WIDTH / 2, TOP + RADIUS, 0, []
    for row, number in zip(order, dots, strict=True):
        title = svg.element("title", f"{escape(names[row])}: {count(seats[row])}")
        circles = [
            svg.element("circle", cx=centre + RADIUS * x, cy=base - RADIUS * y, r=max(1.5, RADIUS * size))
            for x, y in points[at : at + number]
        ]
        edge = svg.edge_of(colours[row])
        parts.append(svg.element("g", title + "".join(circles), fill=colours[row], stroke=edge, data_party=row))
        at += number
    parts.append(svg.text(count(sum(seats)), centre, base - 20, 26, "middle", bold=True))
    parts.append(svg.text(f"≥ {count(needed)}", centre, base - 2, theme.TEXT, "middle", theme.MUTED))
    drawing = svg.document(parts, WIDTH, base + 12)
    told = say("{seats} seats; {needed} are a majority", seats=count(sum(seats)), needed=count(needed))
    return drawing.replace("<svg ", f'<svg role="img" aria-label="{escape(told)}" ', 1)

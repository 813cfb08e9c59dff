"""Coalitions drawn: the parliament as a half circle, and below it the coalitions as columns of joined parties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whipcount.text import count, listing, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .halfcircle import seat_places
from .known_parties import Coloured, own_colours
from .marks import Scale, apart, party_colours

if TYPE_CHECKING:
    from whipcount.theory.coalitions import Coalition, CoalitionsResult

DRAWS = ("whipcount.theory.coalitions.CoalitionsResult",)
WIDTH = 900.0
RADIUS = 240.0
MOST_DOTS = 800
MOST_COLUMNS = 22
ROW = 24.0
NAMES = 250.0
BARS = 110.0


def draw(result: CoalitionsResult) -> Chart:
    """The half circle, and the minimal winning coalitions, the closest or (without positions) the smallest first."""
    order = _order(result)
    places = [result.table.measure(result.dimensions[0])[row] or 0.0 for row in order] if result.dimensions else None
    known = Coloured() if any(result.table.colours) else own_colours(result.table.names)
    given = result.table.colours if any(result.table.colours) else known.colours
    own = [given[row] for row in order] if given else []
    colours = dict(zip(order, party_colours(len(order), places, own), strict=True))
    title = say("Who can govern together")
    minimal = count(result.count("minimal_winning"))
    counted = (
        say("{rule}; minimal winning coalitions: {count}", rule=result.rule.describe(), count=minimal)
        if result.quota is None
        else say(
            "{quota} of {total} seats are needed; minimal winning coalitions: {count}",
            quota=result.quota,
            total=result.table.total,
            count=minimal,
        )
    )
    parts = svg.heading(title, counted)
    drawn, top = _half_circle(result, order, colours, 92.0)
    parts += drawn
    chosen = _chosen(result)
    if chosen:
        drawn, top = _matrix(result, order, colours, chosen, top + 36)
        parts += drawn
    drawing = svg.document(parts, WIDTH, top + 24)
    numbers = table_of(
        (say("coalition"), say("seats")),
        tuple((", ".join(result.names_of(one.parties)), str(one.seats)) for one in chosen),
    )
    caption = f"{_caption(result, chosen)} {known.whose}".rstrip()
    return Chart("coalitions", title, caption, result.words(), numbers, drawing=drawing)


def _caption(result: CoalitionsResult, chosen: Sequence[Coalition]) -> str:
    """How the drawing is read; of policy only where positions are given."""
    if result.dimensions:
        read = say(
            "Each column is a coalition without a party to spare, those closest in policy first; dots joined by "
            "a line govern together. Dark: connected, no party between them is left out."
        )
    else:
        read = say(
            "Each column is a coalition without a party to spare, those of fewest parties and seats first; dots "
            "joined by a line govern together. Parties stand by size, not from left to right: the table has no "
            "positions."
        )
    shown, known = sum(one.kind == "minimal_winning" for one in chosen), result.count("minimal_winning")
    return (
        read if shown >= known else f"{read} {say('{shown} of {known} shown.', shown=count(shown), known=count(known))}"
    )


def _order(result: CoalitionsResult) -> list[int]:
    """Parties that count: along the first dimension, or by seats."""
    rows = result.rule.counting
    if not result.dimensions:
        return sorted(rows, key=lambda row: -result.table.seats[row])
    place = result.table.measure(result.dimensions[0])
    return sorted(rows, key=lambda row: (place[row] or 0.0, -result.table.seats[row]))


def _chosen(result: CoalitionsResult) -> list[Coalition]:
    """The coalitions that are drawn: minimal winning and minimal connected ones, closest first, none twice."""
    seen: dict[int, Coalition] = {one.mask: one for one in result.minimal_winning[: MOST_COLUMNS - 4]}
    for one in result.connected[:4]:
        seen.setdefault(one.mask, one)
    return sorted(seen.values(), key=lambda one: (sum(one.ranges), len(one.parties), one.seats))[:MOST_COLUMNS]


def _half_circle(
    result: CoalitionsResult, order: Sequence[int], colours: dict[int, str], top: float
) -> tuple[list[str], float]:
    """The parliament; of large ones a dot stands for several seats."""
    per_dot = -(-result.table.total // MOST_DOTS)
    dots = [max(1, round(result.table.seats[row] / per_dot)) if result.table.seats[row] else 0 for row in order]
    seats, size = seat_places(sum(dots))
    centre_x, centre_y = WIDTH / 2, top + RADIUS
    parts, at = [], 0
    for row, number in zip(order, dots, strict=True):
        circles = [
            svg.element("circle", cx=centre_x + RADIUS * x, cy=centre_y - RADIUS * y, r=max(1.5, RADIUS * size))
            for x, y in seats[at : at + number]
        ]
        # pale colours of parties' own need an edge to be seen on paper
        edge = svg.edge_of(colours[row])
        parts.append(svg.element("g", "".join(circles), fill=colours[row], stroke=edge, data_party=row))
        at += number
    parts += _around(result, order, dots, centre_x, centre_y)
    parts.append(svg.text(str(result.table.total), centre_x, centre_y - 24, 34, "middle", bold=True))
    if result.quota is not None:
        parts.append(svg.text(f"≥ {result.quota}", centre_x, centre_y - 2, theme.TEXT, "middle", theme.MUTED))
    return parts, centre_y + 10


def _around(result: CoalitionsResult, order: Sequence[int], dots: Sequence[int], x: float, y: float) -> list[str]:
    """Names and seats around the half circle, each side's moved apart where they would touch."""
    total, at = sum(dots), 0
    labels: list[tuple[int, float]] = []
    for row, number in zip(order, dots, strict=True):
        labels.append((row, math.pi * (1 - (at + number / 2) / total)))
        at += number
    parts = []
    for left in (True, False):
        side = [(row, angle) for row, angle in labels if (angle > math.pi / 2) == left]
        if not side:
            continue
        wished = [y - (RADIUS + 26) * math.sin(angle) for _, angle in side]
        for (row, angle), height in zip(side, apart(wished, 18, y - RADIUS - 22, y + 4), strict=True):
            reach = math.sqrt(max(0.0, (RADIUS + 26) ** 2 - (y - height) ** 2))
            label_x = x + (-1 if left else 1) * max(reach, 14)
            edge = (x + (RADIUS + 9) * math.cos(angle), y - (RADIUS + 9) * math.sin(angle))
            parts.append(svg.element("line", x1=edge[0], y1=edge[1], x2=label_x, y2=height - 4, stroke=theme.FAINT))
            name = shortened(result.table.names[row], 22)
            seats = str(result.table.seats[row])
            wide = svg.width_of(name, theme.TEXT, bold=True)
            start = label_x - 8 - wide - svg.width_of(seats, theme.TEXT) - 6 if left else label_x + 5
            parts.append(svg.text(name, start, height, theme.TEXT, bold=True))
            parts.append(svg.text(seats, start + wide + 6, height, theme.TEXT, colour=theme.MUTED))
    return parts


def _matrix(
    result: CoalitionsResult, order: Sequence[int], colours: dict[int, str], chosen: Sequence[Coalition], top: float
) -> tuple[list[str], float]:
    """Columns of coalitions over rows of parties, with bars of seats above and at the left."""
    step = min(46.0, (WIDTH - NAMES - 30) / len(chosen))
    bars = Scale(0.0, float(max(one.seats for one in chosen)), top + BARS, top + 16)
    first = top + BARS + 28
    parts = _needed(result, bars, step * len(chosen))
    wide = NAMES + step * len(chosen) - 6
    for place, row in enumerate(order):
        y = first + ROW * place
        if place % 2 == 0:
            parts.append(svg.element("rect", x=14.0, y=y - ROW / 2, width=wide, height=ROW, fill=theme.WASH))
        parts.append(svg.text(shortened(result.table.names[row], 20), NAMES - 92, y + 4, theme.SMALL, "end"))
        length = 52 * result.table.seats[row] / max(result.table.seats)
        parts.append(svg.element("rect", x=NAMES - 84, y=y - 6, width=length, height=12.0, fill=colours[row]))
        marks = [number for number, rows in enumerate(result.medians) if row in rows]
        if marks:
            parts.append(svg.text("M" if len(result.medians) == 1 else "M" + ",".join(str(n + 1) for n in marks),
                                  NAMES - 27, y + 4, theme.SMALL, colour=theme.MUTED))  # fmt: skip
    for column, one in enumerate(chosen):
        x = NAMES + step * (column + 0.5)
        # dark says connected: where that is not known all columns are alike
        ink = theme.MUTED if not result.dimensions else theme.INK if one.connected else theme.FAINT
        width = min(16.0, step * 0.6)
        parts.append(
            svg.element(
                "rect", x=x - width / 2, y=bars(one.seats), width=width, height=bars(0) - bars(one.seats), fill=ink
            )
        )
        parts.append(svg.text(str(one.seats), x, bars(one.seats) - 5, 10, "middle", theme.MUTED))
        rows = [order.index(party) for party in one.parties]
        ends = (first + ROW * min(rows), first + ROW * max(rows))
        for place in range(len(order)):
            y, held = first + ROW * place, place in rows
            parts.append(svg.element("circle", cx=x, cy=y, r=5.5 if held else 2.5, fill=ink if held else theme.RULE))
        parts.append(svg.element("line", x1=x, x2=x, y1=ends[0], y2=ends[1], stroke=ink, stroke_width=2.0))
    bottom = first + ROW * len(order)
    return parts + _notes(result, bottom), bottom + 12


def _needed(result: CoalitionsResult, bars: Scale, width: float) -> list[str]:
    """The line of the quota across the bars."""
    title = svg.text(say("seats"), NAMES - 12, bars.end - 10, theme.SMALL, "end", theme.MUTED)
    if result.quota is None:
        return [title]
    y = bars(result.quota)
    text = say("{quota} needed", quota=result.quota)
    return [
        title,
        svg.element("line", x1=NAMES, x2=NAMES + width, y1=y, y2=y, stroke=theme.OPPONENTS, stroke_dasharray="4 3"),
        svg.text(text, NAMES - 12, y + 4, theme.SMALL, "end", theme.OPPONENTS),
    ]


def _notes(result: CoalitionsResult, bottom: float) -> list[str]:
    """What the marks mean, and who is core."""
    if not result.dimensions:
        told = say("parties stand by size: no positions are given")
        return [svg.text(told, 14, bottom + 8, theme.SMALL, colour=theme.MUTED)]
    parts = [say("M: median party on {dimensions}", dimensions=listing(result.dimensions))]  # fmt: skip
    if result.core:
        core = listing(result.names_of(result.core))
        parts.append(say("core: {core}", core=core))
    parts.append(say("dark columns: connected"))
    return [svg.text("  ·  ".join(parts), 14, bottom + 8, theme.SMALL, colour=theme.MUTED)]

"""Ideal points from roll calls: a map of members in two dimensions with cutting lines, or a strip for each party."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .known_parties import own_colours
from .marks import Scale, axis_below, axis_left, nice_scale, party_colours

if TYPE_CHECKING:
    from whipcount.theory.rollcall_ideal import IdealPoints, MemberPoint

DRAWS = ("whipcount.theory.rollcall_ideal.IdealPoints",)
WIDTH = 860.0
STRIP = 64.0
TOP = 108.0
NAMES = 150.0
SIDE = 520.0
CUTS = 60  # cutting lines drawn


def draw(result: IdealPoints) -> Chart:
    """Members by party; parties in the order of their means on the first dimension."""
    title = say("Ideal points from roll calls")
    share = percent(result.correct)
    subtitle = say(
        "{many_members} members, {many_motions} contested motions; {share} of the votes classified",
        many_members=len(result.members),
        many_motions=len(result.motions),
        share=share,
    )
    parties = _by_party(result)
    parts = svg.heading(title, subtitle)
    body, width, height = _map(result, parties) if result.dimensions > 1 else _strips(result, parties)
    numbers = table_of(
        (say("party"), say("members"), say("mean")),
        tuple((name, str(len(members)), f"{_mean(members):.2f}") for name, members in parties),
    )
    caption = say(
        "Distances count, not ends: which side is called right is a convention. Bars: 95% of a member's uncertainty."
    )
    caption = f"{caption} {own_colours([name for name, _ in parties]).whose}".rstrip()
    return Chart(
        "rollcall-ideal", title, caption, result.words(), numbers, drawing=svg.document(parts + body, width, height)
    )


def _by_party(result: IdealPoints) -> list[tuple[str, list[MemberPoint]]]:
    names = dict.fromkeys(one.party for one in result.members)
    groups = [(name, [one for one in result.members if one.party == name]) for name in names]
    return sorted(groups, key=lambda group: _mean(group[1]))


def _mean(members: list[MemberPoint]) -> float:
    return sum(one.point[0] for one in members) / len(members)


def _strips(result: IdealPoints, parties: list[tuple[str, list[MemberPoint]]]) -> tuple[list[str], float, float]:
    bottom = TOP + STRIP * len(parties)
    ends = [end for one in result.members for end in (one.low[0], one.high[0])]
    x = nice_scale(ends, NAMES, WIDTH - 40, 0.03)
    parts = axis_below(x, bottom + 4, TOP - 6, say("ideal point"))
    colours = party_colours(len(parties), None, own_colours([name for name, _ in parties]).colours)
    for place, (name, members) in enumerate(parties):
        colour = colours[place]
        top = TOP + STRIP * place
        parts.append(
            svg.text(
                shortened(name or say("no party"), 18),
                NAMES - 14,
                top + STRIP / 2 + 4,
                theme.TEXT,
                "end",
            )
        )
        ordered = sorted(members, key=lambda one: one.point[0])
        faint = min(0.3, 9.0 / len(members))  # many bars together are still to be seen through
        for rank, one in enumerate(ordered):
            y = top + 6 + (STRIP - 12) * ((rank * 0.61803) % 1.0)  # spread evenly without a pattern
            low, high = x(one.low[0]), x(one.high[0])
            parts.append(svg.element("line", x1=low, x2=high, y1=y, y2=y, stroke=colour, stroke_opacity=faint))
            parts.append(svg.element("circle", cx=x(one.point[0]), cy=y, r=2.3, fill=colour, fill_opacity=0.75))
        parts.append(svg.element("line", x1=NAMES, x2=WIDTH - 40, y1=top + STRIP, y2=top + STRIP, stroke=theme.RULE))
    return parts, WIDTH, bottom + 60


def _map(result: IdealPoints, parties: list[tuple[str, list[MemberPoint]]]) -> tuple[list[str], float, float]:
    left = 70.0
    across = [one.point[0] for one in result.members]
    upward = [one.point[1] for one in result.members]
    x = nice_scale(across, left, left + SIDE)
    y = nice_scale(upward, TOP + SIDE, TOP)
    parts = axis_below(x, y.start, y.end, say("first dimension"))
    parts += axis_left(y, x.start, x.end, say("second dimension"))
    for one in result.motions[:: max(len(result.motions) // CUTS, 1)]:
        line = _clipped(one.difficulty, one.discrimination[0], one.discrimination[1], x, y)
        if line is not None:
            x1, y1, x2, y2 = line
            parts.append(svg.element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=theme.FAINT, stroke_opacity=0.28))
    colours = party_colours(len(parties), None, own_colours([name for name, _ in parties]).colours)
    for place, (name, group) in enumerate(parties):
        colour = colours[place]
        for member in group:
            parts.append(
                svg.element(
                    "circle", cx=x(member.point[0]), cy=y(member.point[1]), r=3.0, fill=colour, fill_opacity=0.7
                )
            )
        at = TOP + 10 + 22 * place
        parts.append(svg.element("circle", cx=x.end + 34, cy=at, r=5.0, fill=colour))
        parts.append(svg.text(shortened(name or say("no party"), 20), x.end + 48, at + 4))
    at = TOP + 22 + 22 * len(parties)
    parts.append(svg.element("line", x1=x.end + 22, x2=x.end + 44, y1=at, y2=at, stroke=theme.FAINT))
    parts.append(svg.text(say("cutting lines"), x.end + 48, at + 4))
    return parts, x.end + 220, y.start + 58


def _clipped(a: float, b1: float, b2: float, x: Scale, y: Scale) -> tuple[float, float, float, float] | None:
    """The part of the line a + b1 x + b2 y = 0 inside the map, in pixels."""
    points: list[tuple[float, float]] = []
    if abs(b2) > 1e-9:
        for end in (x.low, x.high):
            at = -(a + b1 * end) / b2
            if y.low <= at <= y.high:
                points.append((end, at))
    if abs(b1) > 1e-9:
        for end in (y.low, y.high):
            at = -(a + b2 * end) / b1
            if x.low <= at <= x.high:
                points.append((at, end))
    if len(points) < 2 or math.dist(points[0], points[1]) < 1e-9:
        return None
    (x1, y1), (x2, y2) = points[0], points[1]
    return x(x1), y(y1), x(x2), y(y2)

"""Whip counts put to the test: yes votes of each held-out motion, counted beforehand and as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import number, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below

if TYPE_CHECKING:
    from whipcount.theory.rollcall_validation import MotionScore, WhipTest

DRAWS = ("whipcount.theory.rollcall_validation.WhipTest",)
WIDTH = 1060.0
NAMES = 480.0
TOP = 146.0
ROW = 22.0
LEAST_SPAN = 20.0


def draw(result: WhipTest) -> Chart:
    """Differences from the party lines: the count with its 90% range, uniform rebellion, and what happened."""
    rows = result.motions
    off = [
        value - one.line
        for one in rows
        for value in (float(one.low), float(one.high), float(one.yes), one.uniform, one.expected)
    ]
    span = max(*(abs(value) for value in off), LEAST_SPAN)
    x = Scale(min(-span / 3, *off) * 1.05, max(span / 3, *off) * 1.05, NAMES, WIDTH - 60)
    bottom = TOP + ROW * len(rows)
    own, line, uniform, _ = result.scores
    title = say("Whip counts on motions not yet seen")
    subtitle = say(
        "Yes votes more or fewer than by the party lines; mean error {own} votes (party lines {line}, "
        "uniform rebellion "
        "{uniform})",
        own=number(own.tally),
        line=number(line.tally),
        uniform=number(uniform.tally),
    )
    parts = svg.heading(title, subtitle)
    parts += _key()
    parts += axis_below(x, bottom + 4, TOP - 8, say("votes"), 9)
    parts.append(svg.element("line", x1=x(0), x2=x(0), y1=TOP - 8, y2=bottom + 4, stroke=theme.MUTED))
    for place, one in enumerate(rows):
        parts += _row(x, one, TOP + ROW * place + ROW / 2)
    numbers = table_of(
        (
            say("motion"),
            say("yes"),
            say("counted"),
            say("range"),
            say("by the lines"),
        ),
        tuple(
            (f"{one.date} {one.title}", str(one.yes), f"{one.expected:.1f}", f"{one.low}–{one.high}", f"{one.line:.1f}")
            for one in rows
        ),
    )
    caption = say(
        "Each motion was counted from those before it, with the parties' lines and the attendance as they were."
    )
    return Chart(
        "rollcall-test", title, caption, result.words(), numbers, drawing=svg.document(parts, WIDTH, bottom + 60)
    )


def _row(x: Scale, one: MotionScore, y: float) -> list[str]:
    name = shortened(one.title, 58)
    low, high = x(one.low - one.line), x(one.high - one.line)
    uniform = x(one.uniform - one.line)
    return [
        svg.text(one.date, 16, y + 4, theme.SMALL, colour=theme.MUTED),
        svg.text(name, 92, y + 4, theme.SMALL),
        svg.element("rect", x=low, y=y - 5, width=max(high - low, 1.0), height=10.0, fill=theme.MODEL_LIGHT),
        svg.element("circle", cx=uniform, cy=y, r=3.6, fill=theme.PAPER, stroke=theme.OPPONENTS, stroke_width=1.6),
        svg.element("circle", cx=x(one.expected - one.line), cy=y, r=3.8, fill=theme.POWER),
        _diamond(x(one.yes - one.line), y),
    ]


def _diamond(x: float, y: float) -> str:
    path = f"M{x:.1f} {y - 6:.1f}L{x + 6:.1f} {y:.1f}L{x:.1f} {y + 6:.1f}L{x - 6:.1f} {y:.1f}Z"
    return svg.element("path", d=path, fill=theme.HISTORY, stroke=theme.PAPER, stroke_width=0.8)


def _key() -> list[str]:
    y, x = 92.0, NAMES
    parts = [_diamond(x + 6, y), svg.text(say("as it was"), x + 20, y + 4)]
    x += 130
    parts += [
        svg.element("rect", x=x - 8, y=y - 5, width=28.0, height=10.0, fill=theme.MODEL_LIGHT),
        svg.element("circle", cx=x + 6, cy=y, r=3.8, fill=theme.POWER),
        svg.text(say("counted, 90%"), x + 28, y + 4),
    ]
    x += 150
    parts += [
        svg.element("circle", cx=x + 6, cy=y, r=3.6, fill=theme.PAPER, stroke=theme.OPPONENTS, stroke_width=1.6),
        svg.text(say("uniform rebellion"), x + 18, y + 4),
    ]
    return parts

"""What moves an outcome: each factor alone and with its interactions, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.table import Table
from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of

if TYPE_CHECKING:
    from whipcount.questions.sensitivity import Index, Sensitivity

DRAWS = ("whipcount.questions.sensitivity.Sensitivity",)
MOST = 25
ROW, TOP = 26.0, 110.0
LEFT, WIDTH = 240.0, 820.0


def draw(result: Sensitivity) -> Chart:
    """Bars: with all interactions (Morris: mean size of the effect); dots: alone (mean effect)."""
    shown = result.ranked()[:MOST]
    sobol = result.method == "sobol"
    low = min(0.0, *(one.first - one.first_half for one in shown))
    high = max(0.05, *(max(one.total + one.total_half, one.first + one.first_half) for one in shown))
    if sobol:  # far tails of an interval say only that there are too few points
        low, high = max(low, -0.5), min(high, 1.5)
    title = say("What moves: {outcome}", outcome=result.label.in_language())
    subtitle = say(
        "{chance} of a single run's variance is chance and what was not varied", chance=percent(result.chance)
    )
    parts = svg.heading(shortened(title, 80), subtitle) + _legend(sobol)
    bottom = TOP + ROW * len(shown)

    def x(value: float) -> float:
        return LEFT + (WIDTH - 30 - LEFT) * (min(max(value, low), high) - low) / (high - low)

    for tick in _ticks(low, high):
        parts.append(svg.element("line", x1=x(tick), x2=x(tick), y1=TOP - 6, y2=bottom, stroke=theme.RULE))
        label = number(tick, 2)
        parts.append(svg.text(label, x(tick), bottom + 16, anchor="middle", colour=theme.MUTED))
    for place, one in enumerate(shown):
        y = TOP + ROW * place + ROW / 2
        clear = one.total > one.total_half
        parts.append(svg.text(shortened(one.factor, 34), LEFT - 10, y + 4, anchor="end"))
        fill = theme.MODEL if clear else theme.MODEL_LIGHT
        parts.append(
            svg.element("rect", x=x(0.0), y=y - 7, width=max(x(one.total) - x(0.0), 0.0), height=14.0, fill=fill)
        )
        ends = x(one.total - one.total_half), x(one.total + one.total_half)
        parts.append(svg.element("line", x1=ends[0], x2=ends[1], y1=y, y2=y, stroke=theme.MUTED))
        parts.append(
            svg.element("circle", cx=x(one.first), cy=y, r=4.5, fill=theme.PAPER, stroke=theme.INK, stroke_width=1.6)
        )
    caption = say(
        "Bars: the factor with all its interactions, with a 95% interval; rings: alone. Pale: not told from nothing."
    )
    if not sobol:
        caption = say(
            "Bars: mean size of the effect of moving across two thirds of the prior; rings: mean effect with its sign."
        )
    return Chart(
        "sensitivity", title, caption, result.words(), _numbers(shown), drawing=svg.document(parts, WIDTH, bottom + 36)
    )


def _legend(sobol: bool) -> list[str]:
    y = 80.0
    bar = say("with interactions") if sobol else say("mean size")
    ring = say("alone") if sobol else say("mean effect")
    after = LEFT + 30 + svg.width_of(bar, theme.SMALL) + 30
    return [
        svg.element("rect", x=LEFT, y=y - 7, width=22.0, height=14.0, fill=theme.MODEL),
        svg.text(bar, LEFT + 30, y + 4),
        svg.element("circle", cx=after, cy=y, r=4.5, fill=theme.PAPER, stroke=theme.INK, stroke_width=1.6),
        svg.text(ring, after + 14, y + 4),
    ]


def _ticks(low: float, high: float) -> list[float]:
    step = next(size for size in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 1e9) if (high - low) / size <= 8)
    first = int(low / step) if low >= 0 else -int(-low / step)
    return [step * number for number in range(first, int(high / step) + 1)]


def _numbers(shown: tuple[Index, ...]) -> Table:
    heads = (say("factor"), say("alone"), say("in all"))
    rows = tuple(
        (
            one.factor,
            f"{number(one.first, 2)} ± {number(one.first_half, 2)}",
            f"{number(one.total, 2)} ± {number(one.total_half, 2)}",
        )
        for one in shown
    )
    return table_of(heads, rows)

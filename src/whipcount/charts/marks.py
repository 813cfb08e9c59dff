"""Marks that the charts of counted tables share: colours of parties, scales, axes, dots with room for their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whipcount.text import localised

from . import svg, theme

# from one end of a dimension to the other; neighbours differ in hue and in lightness
RAMP = ((158, 18, 50), (222, 84, 54), (232, 168, 56), (104, 160, 138), (58, 124, 184), (40, 52, 116))


def party_colours(number: int, places: Sequence[float] | None = None) -> list[str]:
    """Colours of `number` parties: along their places from one end to the other, or the palette's in turn."""
    if places is not None and len(set(places)) > 1:
        order = sorted(range(number), key=lambda row: places[row])
        ranks = {row: rank / max(1, number - 1) for rank, row in enumerate(order)}
        return [ramp(ranks[row]) for row in range(number)]
    return [theme.CATEGORIES[row % len(theme.CATEGORIES)] for row in range(number)]


def ramp(share: float) -> str:
    """A colour from one end of a dimension (0) to the other (1)."""
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    first = min(int(place), len(RAMP) - 2)
    part = place - first
    mixed = (round(a + (b - a) * part) for a, b in zip(RAMP[first], RAMP[first + 1], strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def per_unit(self) -> float:
        """Pixels of one unit."""
        return abs((self.end - self.start) / (self.high - self.low))


def nice_scale(values: Sequence[float], start: float, end: float, margin: float = 0.06) -> Scale:
    """A scale that holds all values with a margin on both sides."""
    low, high = min(values), max(values)
    room = (high - low or 1.0) * margin
    return Scale(low - room, high + room, start, end)


def ticks(scale: Scale, about: int = 6) -> list[float]:
    """Round numbers along a scale."""
    import math

    span = scale.high - scale.low
    raw = span / max(1, about)
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw)
    first = math.ceil(scale.low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(scale.high / step + 1e-9) + 1)]


def label_of(value: float) -> str:
    """A tick's label."""
    return localised(f"{value:.6g}".replace("-", "−"))


def axis_below(scale: Scale, y: float, top: float, title: str, about: int = 6) -> list[str]:
    """A horizontal axis with fine lines up to `top`."""
    parts = []
    for value in ticks(scale, about):
        x = scale(value)
        parts.append(svg.element("line", x1=x, x2=x, y1=top, y2=y, stroke=theme.RULE, stroke_dasharray="1 3"))
        parts.append(svg.text(label_of(value), x, y + 16, theme.SMALL, "middle"))
    parts.append(svg.element("line", x1=scale.start, x2=scale.end, y1=y, y2=y, stroke=theme.FAINT))
    parts.append(svg.text(title, (scale.start + scale.end) / 2, y + 36, theme.SMALL, "middle", theme.MUTED))
    return parts


def axis_left(scale: Scale, x: float, right: float, title: str, about: int = 6) -> list[str]:
    """A vertical axis with fine lines to `right`; its title stands above it."""
    parts = []
    for value in ticks(scale, about):
        y = scale(value)
        parts.append(svg.element("line", x1=x, x2=right, y1=y, y2=y, stroke=theme.RULE, stroke_dasharray="1 3"))
        parts.append(svg.text(label_of(value), x - 8, y + 4, theme.SMALL, "end"))
    parts.append(svg.element("line", x1=x, x2=x, y1=scale.start, y2=scale.end, stroke=theme.FAINT))
    parts.append(svg.text(title, x, min(scale.start, scale.end) - 10, theme.SMALL, "start", theme.MUTED))
    return parts


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The places moved as little as needed to stand at least `gap` apart between `low` and `high`."""
    order = sorted(range(len(places)), key=lambda row: places[row])
    gap = min(gap, (high - low) / max(1, len(places) - 1)) if len(places) > 1 else gap
    blocks: list[list[float]] = []  # each: sum of wished first places, members, start
    members: list[list[int]] = []
    for row in order:
        blocks.append([places[row], 1.0])
        members.append([row])
        while len(blocks) > 1:
            before, last = blocks[-2], blocks[-1]
            start, next_start = before[0] / before[1], last[0] / last[1]
            if start + gap * before[1] <= next_start:
                break
            # two blocks that would touch become one, wishing what all its members wish
            before[0] += last[0] - gap * before[1] * last[1]
            before[1] += last[1]
            blocks.pop()
            joined = members.pop()
            members[-1] += joined
    found = [0.0] * len(places)
    for (wish, number), rows in zip(blocks, members, strict=True):
        start = min(max(wish / number, low), high - gap * (number - 1))
        for step, row in enumerate(rows):
            found[row] = start + gap * step
    return _pushed(found, order, gap, low, high)


def _pushed(found: list[float], order: Sequence[int], gap: float, low: float, high: float) -> list[float]:
    """Blocks held back by an end may have met others: push them apart once more."""
    at = low
    for row in order:
        found[row] = at = max(found[row], at)
        at += gap
    at = high
    for row in reversed(order):
        found[row] = at = min(found[row], at)
        at -= gap
    return found

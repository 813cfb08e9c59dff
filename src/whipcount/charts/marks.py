"""Marks that the charts of counted tables share: colours of parties, scales, axes, dots with room for their labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.text import localised

from . import svg, theme

# from one end of a dimension to the other; neighbours differ in hue and in lightness
RAMP = ((158, 18, 50), (222, 84, 54), (232, 168, 56), (104, 160, 138), (58, 124, 184), (40, 52, 116))


def party_colours(number: int, places: Sequence[float] | None = None, own: Sequence[str | None] = ()) -> list[str]:
    """Colours of `number` parties: their own where any has one, and the palette's for the others; else along their
    places from one end to the other, or the palette's in turn."""
    if any(own):
        given = {str(row): colour for row, colour in enumerate(own)}
        return list(theme.party_colours([str(row) for row in range(number)], given).values())
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


def names_axis(names: bool = True, size: int = theme.SMALL) -> Any:
    """Rows in the order of their data, each with its `name` at the left, or without where a panel beside has them."""
    import altair as alt

    axis = alt.Axis(domain=False, ticks=False, labels=names, labelLimit=420, labelFontSize=size, labelPadding=10)
    return alt.Y("name:N", sort=None, title=None, axis=axis)


def distinct(names: Sequence[str]) -> list[str]:
    """The names, those that stand there twice told apart by blanks that nobody sees, so that each has its row."""
    return [name + "\u200b" * names[:row].count(name) for row, name in enumerate(names)]


def kinds_legend(kinds: Sequence[tuple[str, str, str, str]]) -> dict[str, Any]:
    """Encodings of a column `kind` with one legend above: each kind's name, fill, stroke and shape."""
    import altair as alt

    names, fills, strokes, shapes = (list(column) for column in zip(*kinds, strict=True))
    legend = alt.Legend(orient="top", title=None, symbolSize=90, symbolOpacity=1, columnPadding=26)
    channels = (("fill", alt.Fill, fills), ("stroke", alt.Stroke, strokes), ("shape", alt.Shape, shapes))
    return {
        key: channel("kind:N", scale=alt.Scale(domain=names, range=looks), legend=legend)
        for key, channel, looks in channels
    }


def histogram(
    bars: Any,
    name: str,
    below: tuple[str, str, str],
    highest: float,
    even: float,
    band: tuple[float, float] | None = None,
) -> Any:
    """A small histogram under its name: bars by `height` and `colour`, a line where even bars end, a band around it.

    below: texts at the left end, the middle and the right end of the axis.
    """
    import altair as alt

    bins = len(bars)
    texts = dict(zip((0, bins / 2, bins), below, strict=True))
    labels = " : ".join(f"datum.value == {place} ? {json.dumps(text)}" for place, text in texts.items())
    ends = alt.Axis(values=list(texts), labelExpr=f"{labels} : ''", ticks=False, grid=False, labelColor=theme.MUTED)
    placed = bars.with_row_index("bin").with_columns(left=pl.col("bin") + 0.04, right=pl.col("bin") + 0.96)
    x = alt.X("left:Q", scale=alt.Scale(domain=[0, bins], nice=False), axis=ends, title=None)
    y = alt.Y("height:Q", scale=alt.Scale(domain=[0, highest], nice=False), axis=None)
    low, high = band or (even, even)
    line = alt.Chart(pl.DataFrame({"low": [low], "high": [high], "even": [even]}))
    layers = (
        line.mark_rect(color=theme.WASH).encode(y=alt.Y("low:Q", axis=None), y2="high:Q"),
        alt.Chart(placed)
        .mark_bar()
        .encode(x=x, x2="right:Q", y=y, y2=alt.datum(0), color=alt.Color("colour:N", scale=None)),
        line.mark_rule(color=theme.HISTORY, strokeDash=[1, 0] if band else [4, 3]).encode(y=alt.Y("even:Q", axis=None)),
    )
    title = alt.Title(name, fontSize=theme.TEXT, offset=4, frame="group")
    return alt.layer(*layers).properties(width=222, height=88, title=title)


def dots_with_intervals(rows: Sequence[dict[str, Any]], across: Any, nothing: float) -> Any:
    """Layers of a chart: for each row a dot at its value with a line from low to high and its note; a line at nothing.

    rows: name, low, value, high, note, sure. Dots that are not sure are hollow. across: the axis, of the field `low`.
    """
    import altair as alt

    base = alt.Chart(pl.DataFrame(rows)).encode(y=names_axis())
    look: dict[str, Any] = {"size": 70, "opacity": 1, "stroke": theme.POWER, "strokeWidth": 2}
    return alt.layer(
        alt.Chart(pl.DataFrame({"at": [nothing]})).mark_rule(color=theme.FAINT, strokeDash=[6, 3]).encode(x="at:Q"),
        base.mark_rule(color=theme.POWER, strokeWidth=2).encode(x=across, x2="high:Q"),
        base.transform_filter(alt.datum.sure).mark_point(fill=theme.POWER, **look).encode(x="value:Q"),
        base.transform_filter(~alt.datum.sure).mark_point(fill=theme.PAPER, **look).encode(x="value:Q"),
        base.mark_text(align="left", dx=9).encode(x="high:Q", text="note:N"),
    )

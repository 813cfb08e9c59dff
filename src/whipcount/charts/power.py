"""Voting power as a dot chart: each member's share of the weights beside its power by two indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below

if TYPE_CHECKING:
    from whipcount.theory.power import PowerResult

DRAWS = ("whipcount.theory.power.PowerResult",)
WIDTH = 820.0
ROW = 24.0
TOP = 110.0
MOST = 40
NAMES = 190.0


def draw(result: PowerResult) -> Chart:
    """The members with most power, their weight as a bar, indices as dots."""
    order = sorted(range(len(result.names)), key=lambda row: (-result.indices[0].values[row], row))
    shown = order[:MOST]
    keys = [key for key in ("shapley_shubik", "banzhaf") if any(index.key == key for index in result.indices)]
    series = [(result.index(key), colour, key == "shapley_shubik") for key, colour in zip(keys, _COLOURS, strict=False)]
    shares = result.shares()
    on_map = result.on_map.pivotal if result.on_map is not None else None
    most = max(max(shares[row] for row in shown), *(max(index.values[row] for row in shown) for index, _, _ in series))
    if on_map is not None:
        most = max(most, max(on_map[row] for row in shown))
    bottom = TOP + ROW * len(shown)
    scale = Scale(0.0, 100 * most * 1.04 or 1.0, NAMES, WIDTH - 40)
    title = say("Weight and power")
    parts = svg.heading(title, shortened(result.rule.describe(), 110))
    parts += _legend([(say(index.title), colour, full) for index, colour, full in series],
                     on_map is not None)  # fmt: skip
    parts += axis_below(scale, bottom, TOP - 8, say("per cent"))
    for place, row in enumerate(shown):
        y = TOP + ROW * place + ROW / 2
        parts.append(svg.text(shortened(result.names[row], 26), NAMES - 12, y + 4, theme.SMALL, "end"))
        width = scale(100 * shares[row]) - scale(0)
        parts.append(svg.element("rect", x=scale(0), y=y - 7, width=width, height=14.0, fill=theme.MODEL_LIGHT))
        values = [index.values[row] for index, _, _ in series]
        ends = sorted([*values, shares[row]])
        parts.append(
            svg.element("line", x1=scale(100 * ends[0]), x2=scale(100 * ends[-1]), y1=y, y2=y, stroke=theme.MUTED)
        )
        if on_map is not None:
            parts.append(_diamond(scale(100 * on_map[row]), y))
        for (_, colour, full), value in zip(series, values, strict=True):
            fill = colour if full else theme.PAPER
            parts.append(
                svg.element("circle", cx=scale(100 * value), cy=y, r=4.5, fill=fill, stroke=colour, stroke_width=2.0)
            )
    drawing = svg.document(parts, WIDTH, bottom + 56)
    numbers = table_of(
        (
            say("member"),
            say("weight"),
            *(say(i.title) for i, _, _ in series),
        ),
        tuple(
            (
                result.names[row],
                percent(shares[row]),
                *(percent(index.values[row]) for index, _, _ in series),
            )
            for row in shown
        ),
    )
    caption = say("Bars: share of the weights. Dots: share of decisions that a member turns, by two ways of counting.")
    return Chart("power", title, caption, result.words(), numbers, drawing=drawing)


_COLOURS = (theme.POWER, theme.OPPONENTS)


def _diamond(x: float, y: float) -> str:
    path = f"M{x:.1f} {y - 6:.1f}L{x + 6:.1f} {y:.1f}L{x:.1f} {y + 6:.1f}L{x - 6:.1f} {y:.1f}Z"
    return svg.element("path", d=path, fill=theme.WINDOW)


def _legend(series: list[tuple[str, str, bool]], on_map: bool) -> list[str]:
    """Marks and their meanings in one line below the heading."""
    x, y = NAMES, 78.0
    parts = [svg.element("rect", x=x, y=y - 7, width=22.0, height=14.0, fill=theme.MODEL_LIGHT)]
    label = say("share of weights")
    parts.append(svg.text(label, x + 30, y + 4))
    x += 30 + svg.width_of(label, theme.SMALL) + 26
    for name, colour, full in series:
        fill = colour if full else theme.PAPER
        parts.append(svg.element("circle", cx=x + 5, cy=y, r=4.5, fill=fill, stroke=colour, stroke_width=2.0))
        parts.append(svg.text(name, x + 18, y + 4))
        x += 18 + svg.width_of(name, theme.SMALL) + 26
    if on_map:
        name = say("pivotal on the map")
        parts += [_diamond(x + 6, y), svg.text(name, x + 20, y + 4)]
    return parts

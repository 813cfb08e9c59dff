"""Rank histograms of simulation-based calibration, with the band in which even ranks would lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.table import Table
from whipcount.text import number, percent, probability, say

from . import svg, theme
from .chart import Chart, table_of

if TYPE_CHECKING:
    from whipcount.questions.check_inference import Check, InferenceCheck

DRAWS = ("whipcount.questions.check_inference.InferenceCheck",)
COLUMNS = 3
CELL, HEIGHT = 262.0, 110.0
TOP, LEFT = 92.0, 22.0


def draw(result: InferenceCheck) -> Chart:
    """A histogram for each parameter; the band holds 99% of the bars if the inference is right."""
    title = say("Ranks of the true parameters")
    subtitle = say(
        "{datasets} data sets of {each} crises; even bars mean honest posteriors",
        datasets=result.datasets,
        each=result.each,
    )
    parts = svg.heading(title, subtitle)
    for place, one in enumerate(result.parameters):
        row, column = divmod(place, COLUMNS)
        parts += _cell(one, LEFT + column * CELL, TOP + row * (HEIGHT + 58))
    rows = -(-len(result.parameters) // COLUMNS)
    return Chart(
        "ranks",
        title,
        say(
            "The band holds 99% of bars of even ranks. A heap in the middle: posteriors too wide; at the "
            "ends: too narrow; a slope: biased."
        ),
        result.words(),
        _numbers(result),
        drawing=svg.document(parts, LEFT + COLUMNS * CELL + 14, TOP + rows * (HEIGHT + 58) + 6),
    )


def _cell(one: Check, x: float, y: float) -> list[str]:
    from scipy import stats

    bins, total = len(one.histogram), sum(one.histogram)
    low, high = (float(stats.binom.ppf(level, total, 1 / bins)) for level in (0.005, 0.995))
    top = max(*one.histogram, high) * 1.05
    width = (CELL - 40) / bins
    floor, room = y + HEIGHT, HEIGHT - 22

    def at(count: float) -> float:
        return floor - room * count / top

    parts = [svg.text(one.name, x, y + 4, theme.TEXT, bold=True)]
    parts.append(svg.element("rect", x=x, y=at(high), width=bins * width, height=at(low) - at(high), fill=theme.WASH))
    for place, count in enumerate(one.histogram):
        fill = theme.MODEL if low <= count <= high else theme.OPPONENTS
        height = max(floor - at(count), 0.0)
        parts.append(svg.element("rect", x=x + place * width, y=at(count), width=width - 1.5, height=height, fill=fill))
    even = at(total / bins)
    parts.append(svg.element("line", x1=x, x2=x + bins * width, y1=even, y2=even, stroke=theme.HISTORY))
    told = f"p {probability(one.p)}"
    parts.append(svg.text(told, x, floor + 15, colour=theme.MUTED))
    ratio = f"× {number(one.contraction, 2)}"
    parts.append(svg.text(ratio, x + bins * width, floor + 15, anchor="end", colour=theme.MUTED))
    return parts


def _numbers(result: InferenceCheck) -> Table:
    heads = (
        say("parameter"),
        "p",
        say("50% covers"),
        say("90% covers"),
        say("sd / prior sd"),
    )
    rows = tuple(
        (
            one.name,
            probability(one.p),
            percent(one.coverage_50),
            percent(one.coverage_90),
            number(one.contraction, 2),
        )
        for one in result.parameters
    )
    return table_of(heads, rows)

"""Rank histograms of simulation-based calibration, with the band in which even ranks would lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.report import svg, theme
from whipcount.report.chart import Chart, Numbers
from whipcount.report.words import say

if TYPE_CHECKING:
    from whipcount.questions.checks import Check, InferenceCheck

COLUMNS = 3
CELL, HEIGHT = 262.0, 110.0
TOP, LEFT = 92.0, 22.0


def draw(result: InferenceCheck, language: str = "en") -> Chart:
    """A histogram for each parameter; the band holds 99% of the bars if the inference is right."""
    title = say(language, "Ranks of the true parameters", "Ранги истинных параметров")
    subtitle = say(
        language,
        f"{result.datasets} data sets of {result.each} crises; even bars mean honest posteriors",
        f"Наборов данных {result.datasets}, кризисов в каждом {result.each}; ровные столбцы — честный вывод",
    )
    parts = svg.heading(title, subtitle)
    for place, one in enumerate(result.parameters):
        row, column = divmod(place, COLUMNS)
        parts += _cell(one, LEFT + column * CELL, TOP + row * (HEIGHT + 58), language)
    rows = -(-len(result.parameters) // COLUMNS)
    return Chart(
        "ranks",
        title,
        say(
            language,
            "The band holds 99% of bars of even ranks. A heap in the middle: posteriors too wide; at the ends: too "
            "narrow; a slope: biased.",
            "В полосе лежат 99 % столбцов при ровных рангах. Горб посередине: вывод слишком широк; по краям: слишком "
            "узок; наклон: смещён.",
        ),
        result.words(language),
        _numbers(result, language),
        language,
        drawing=svg.document(parts, LEFT + COLUMNS * CELL + 14, TOP + rows * (HEIGHT + 58) + 6),
    )


def _cell(one: Check, x: float, y: float, language: str) -> list[str]:
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
    told = f"p {theme.probability(one.p, language)}"
    parts.append(svg.text(told, x, floor + 15, colour=theme.MUTED))
    ratio = f"× {theme.number(one.contraction, language, 2)}"
    parts.append(svg.text(ratio, x + bins * width, floor + 15, anchor="end", colour=theme.MUTED))
    return parts


def _numbers(result: InferenceCheck, language: str) -> Numbers:
    heads = (
        say(language, "parameter", "параметр"),
        "p",
        say(language, "50% covers", "50 % покрывает"),
        say(language, "90% covers", "90 % покрывает"),
        say(language, "sd / prior sd", "откл. / априорное"),
    )
    rows = tuple(
        (
            one.name,
            theme.probability(one.p, language),
            theme.percent(one.coverage_50, language),
            theme.percent(one.coverage_90, language),
            theme.number(one.contraction, language, 2),
        )
        for one in result.parameters
    )
    return Numbers(heads, rows)

"""Prior and posterior of each calibrated parameter, on the scale of the prior's quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whipcount.table import Table
from whipcount.text import number, say

from . import svg, theme
from .chart import Chart, table_of

if TYPE_CHECKING:
    from whipcount.questions.calibration import Calibration, ParameterPosterior

DRAWS = ("whipcount.questions.calibration.Calibration",)
COLUMNS = 3
CELL, HEIGHT = 262.0, 118.0
TOP, LEFT = 92.0, 22.0
BINS = 16


def draw(result: Calibration) -> Chart:
    """A small histogram for each parameter: the posterior's share of each sixteenth of the prior."""
    from scipy import special

    unit = special.ndtr(result.posterior.z)
    title = say("What the patterns say about the parameters")
    subtitle = say("Share of the posterior in each sixteenth of the prior; the line is the prior itself")
    shares = [
        np.histogram(unit[:, place], bins=BINS, range=(0, 1), weights=result.posterior.weights)[0]
        for place in range(unit.shape[1])
    ]
    highest = max(float(max(share.max() for share in shares)), 2 / BINS)
    parts = svg.heading(title, subtitle)
    for place, (one, share) in enumerate(zip(result.parameters, shares, strict=True)):
        row, column = divmod(place, COLUMNS)
        parts += _cell(one, share.tolist(), highest, LEFT + column * CELL, TOP + row * (HEIGHT + 58))
    rows = -(-len(result.parameters) // COLUMNS)
    return Chart(
        "calibration",
        title,
        say(
            "A flat histogram says nothing beyond the prior. Below each: the prior's ends (5 and 95%) and "
            "the ratio of standard deviations, posterior over prior."
        ),
        result.words(),
        _numbers(result),
        drawing=svg.document(parts, LEFT + COLUMNS * CELL + 14, TOP + rows * (HEIGHT + 58) + 6),
    )


def _cell(one: ParameterPosterior, shares: list[float], highest: float, x: float, y: float) -> list[str]:
    width = (CELL - 40) / BINS
    floor = y + HEIGHT
    even = floor - (1 / BINS) / highest * (HEIGHT - 24)
    narrowed = one.verdict == "narrowed"
    parts = [svg.text(one.name, x, y + 4, theme.TEXT, bold=True)]
    for place, share in enumerate(shares):
        tall = share / highest * (HEIGHT - 24)
        fill = theme.MODEL if narrowed else theme.MODEL_LIGHT
        parts.append(
            svg.element("rect", x=x + place * width, y=floor - tall, width=width - 1, height=max(tall, 0.0), fill=fill)
        )
    parts.append(
        svg.element("line", x1=x, x2=x + BINS * width, y1=even, y2=even, stroke=theme.HISTORY, stroke_dasharray="4 3")
    )
    parts.append(svg.element("line", x1=x, x2=x + BINS * width, y1=floor, y2=floor, stroke=theme.FAINT))
    parts.append(svg.text(_short(one.prior[0]), x, floor + 15))
    parts.append(svg.text(_short(one.prior[-1]), x + BINS * width, floor + 15, anchor="end"))
    ratio = number(one.contraction, 2)
    parts.append(svg.text(f"× {ratio}", x + BINS * width / 2, floor + 15, anchor="middle", colour=theme.MUTED))
    return parts


def _short(value: float) -> str:
    return number(value, 3 if abs(value) < 1 else 1)


def _numbers(result: Calibration) -> Table:
    heads = (
        say("parameter"),
        say("prior 5–95%"),
        say("posterior 5–95%"),
        say("sd / prior sd"),
    )
    rows = tuple(
        (
            one.name,
            f"{_short(one.prior[0])} – {_short(one.prior[-1])}",
            f"{_short(one.posterior[0])} – {_short(one.posterior[-1])}",
            number(one.contraction, 2),
        )
        for one in result.parameters
    )
    return table_of(heads, rows)

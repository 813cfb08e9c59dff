"""Whether forecasts of cabinets mean what they say: probability told against how often it came true."""

from __future__ import annotations

import math

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.theory.formation import Comparison, Evaluation
from whipcount.theory.formation_scores import Bin
from whipcount.theory.intervals import wilson

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, label_of

DRAWS = ("whipcount.theory.formation.Evaluation", "whipcount.theory.formation.Comparison")
SIZE = 330.0
TOP = 116.0
LEFT = 78.0
GAP = 116.0
LEAST = 0.0005  # the logarithmic scale of the cabinets starts here


def draw(result: Evaluation | Comparison) -> Chart:
    """Two panels: parties in the cabinet on a linear scale, whole cabinets on a logarithmic one."""
    if isinstance(result, Comparison):
        result = result.best
    title = say("Do the forecasts mean what they say?")
    subtitle = say(
        "Probability told against the share that came true, {opportunities} formations; bars: 95% limits; "
        "the line: perfect",
        opportunities=result.means.opportunities,
    )
    parts = svg.heading(title, subtitle)
    ends = (0.0, 1.0)
    linear = Scale(*ends, LEFT, LEFT + SIZE), Scale(*ends, TOP + SIZE, TOP)
    parts += _panel(linear, result.party_bins, say("Parties in the cabinet"), False)
    second = LEFT + SIZE + GAP
    powers = math.log10(LEAST), 0.0
    logs = Scale(*powers, second, second + SIZE), Scale(*powers, TOP + SIZE, TOP)
    parts += _panel(logs, result.cabinet_bins, say("Whole cabinets"), True)
    caption = say(
        "Each disc is a group of forecasts of about the same probability, as large as the group; both scales "
        "of the right panel are logarithmic."
    )
    return Chart(
        "formation-calibration",
        title,
        caption,
        result.words(),
        _numbers(result),
        drawing=svg.document(parts, second + SIZE + 40, TOP + SIZE + 62),
    )


def _panel(scales: tuple[Scale, Scale], bins: tuple[Bin, ...], title: str, logs: bool) -> list[str]:
    x, y = scales
    parts = [svg.text(title, x.start, TOP - 18, theme.TEXT, bold=True)]
    marks = (0.001, 0.01, 0.1, 1.0) if logs else (0.0, 0.25, 0.5, 0.75, 1.0)
    for mark in marks:
        at = math.log10(mark) if logs else mark
        label = label_of(100 * mark) + "%"
        parts.append(
            svg.element("line", x1=x(at), x2=x(at), y1=y.start, y2=y.end, stroke=theme.RULE, stroke_dasharray="1 3")
        )
        parts.append(
            svg.element("line", x1=x.start, x2=x.end, y1=y(at), y2=y(at), stroke=theme.RULE, stroke_dasharray="1 3")
        )
        parts.append(svg.text(label, x(at), y.start + 18, theme.SMALL, "middle"))
        parts.append(svg.text(label, x.start - 8, y(at) + 4, theme.SMALL, "end"))
    for x2, y2 in ((x.end, y.start), (x.start, y.end)):
        parts.append(svg.element("line", x1=x.start, y1=y.start, x2=x2, y2=y2, stroke=theme.FAINT))
    parts.append(
        svg.element("line", x1=x.start, y1=y.start, x2=x.end, y2=y.end, stroke=theme.MUTED, stroke_dasharray="5 4")
    )
    most = max((one.number for one in bins), default=1)
    for one in bins:
        parts += _mark(x, y, one, most, logs)
    middle = (x.start + x.end) / 2
    parts.append(svg.text(say("told"), middle, y.start + 40, theme.SMALL, "middle", theme.MUTED))
    parts.append(svg.text(say("came true"), x.start - 8, y.end - 10, theme.SMALL, "end", theme.MUTED))
    return parts


def _mark(x: Scale, y: Scale, one: Bin, most: int, logs: bool) -> list[str]:
    low, high = wilson(one.happened, one.number)
    if logs and (one.happened == 0 or one.forecast < LEAST):
        return []

    def at(value: float) -> float:
        return max(math.log10(max(value, 1e-12)), x.low) if logs else value

    size = 3.5 + 6.5 * math.sqrt(one.number / most)
    cx, cy = x(at(one.forecast)), y(at(one.share))
    return [
        svg.element("line", x1=cx, x2=cx, y1=y(at(low)), y2=y(at(high)), stroke=theme.MODEL, stroke_width=1.6),
        svg.element("circle", cx=cx, cy=cy, r=size, fill=theme.MODEL, stroke=theme.PAPER, stroke_width=1.0),
    ]


def _numbers(result: Evaluation) -> Table:
    columns = (
        say("forecasts of"),
        say("told"),
        say("came true"),
        say("number"),
    )
    kinds = (
        (say("parties"), result.party_bins),
        (say("cabinets"), result.cabinet_bins),
    )
    rows = tuple(
        (name, percent(one.forecast), percent(one.share), str(one.number)) for name, bins in kinds for one in bins
    )
    return table_of(columns, rows)

"""How many cabinets are still alive at each age: observed, and as the fitted model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.table import Table
from whipcount.text import mark, percent, say

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below, axis_left

if TYPE_CHECKING:
    from whipcount.theory.survival import SurvivalFit

DRAWS = ("whipcount.theory.survival.SurvivalFit",)
WIDTH = 820.0
LEFT = 76.0
TOP = 108.0
HEIGHT = 300.0
LABELS = 150.0


def draw(result: SurvivalFit) -> Chart:
    """The Kaplan-Meier curve with its limits, and the fitted curve."""
    last = max((point[0] for point in result.curve), default=1.0)
    x = Scale(0.0, last * 1.02, LEFT, WIDTH - LABELS)
    y = Scale(0.0, 100.0, TOP + HEIGHT, TOP)
    title = say("How long cabinets last")
    subtitle = say(
        "Share still in office; {cabinets} cabinets, {events} ends seen, the rest censored",
        cabinets=result.cabinets,
        events=result.events,
    )
    parts = svg.heading(title, subtitle)
    age = say("age, in the units of the table")
    parts += axis_below(x, y.start, y.end, age, 8)
    parts += axis_left(y, x.start, x.end, say("per cent"), 5)
    steps = [(0.0, 1.0, 1.0, 1.0, 1.0), *result.curve]
    upper, lower = _stairs(x, y, [(p[0], p[3]) for p in steps]), _stairs(x, y, [(p[0], p[2]) for p in steps])
    band = f"M{_joined(upper)}L{_joined(list(reversed(lower)))}Z"
    parts.append(svg.element("path", d=band, fill=theme.MODEL_LIGHT, fill_opacity=0.6))
    observed = _stairs(x, y, [(p[0], p[1]) for p in steps])
    parts.append(svg.element("path", d=f"M{_joined(observed)}", fill="none", stroke=theme.HISTORY, stroke_width=1.8))
    fitted = [(x(p[0]), y(100 * p[4])) for p in steps]
    parts.append(
        svg.element(
            "path",
            d=f"M{_joined(fitted)}",
            fill="none",
            stroke=theme.OPPONENTS,
            stroke_width=2.0,
            stroke_dasharray="6 3",
        )
    )
    parts += _key(x.end + 14, y, result)
    caption = say(
        "Solid: the share surviving each age (Kaplan-Meier) with 95% limits. Dashed: the mean of the fitted "
        "survival of all cabinets."
    )
    return Chart(
        "survival",
        title,
        caption,
        result.words(),
        _numbers(result),
        drawing=svg.document(parts, WIDTH, TOP + HEIGHT + 58),
    )


def _stairs(x: Scale, y: Scale, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A step curve: each share holds until the next age."""
    found: list[tuple[float, float]] = []
    for age, share in points:
        if found:
            found.append((x(age), found[-1][1]))
        found.append((x(age), y(100 * share)))
    return found


def _joined(points: list[tuple[float, float]]) -> str:
    return "L".join(f"{a:.1f} {b:.1f}" for a, b in points)


def _key(x: float, y: Scale, result: SurvivalFit) -> list[str]:
    rows = (
        (say("observed"), theme.HISTORY, None),
        (say(MODELS[result.model]), theme.OPPONENTS, "6 3"),
    )
    parts = []
    for place, (name, colour, dash) in enumerate(rows):
        at = y.end + 12 + 22 * place
        parts.append(
            svg.element("line", x1=x, x2=x + 26, y1=at, y2=at, stroke=colour, stroke_width=2.0, stroke_dasharray=dash)
        )
        parts.append(svg.text(name, x + 34, at + 4))
    return parts


MODELS = {"exponential": mark("Exponential"), "weibull": mark("Weibull")}


def _numbers(result: SurvivalFit) -> Table:
    columns = (
        say("age"),
        say("surviving"),
        say("fitted"),
    )
    rows = tuple((f"{point[0]:g}", percent(point[1]), percent(point[4])) for point in result.curve)
    return table_of(columns, rows)

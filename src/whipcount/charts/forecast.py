"""How the odds of what is still open moved day by day, as facts came in."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of

if TYPE_CHECKING:
    from whipcount.questions.forecast_result import Forecast, Odds

DRAWS = ("whipcount.questions.forecast_result.Forecast",)
MOST = 10
WIDTH = 1_000.0
LEFT, RIGHT = 56.0, 430.0
TOP, HEIGHT = 96.0, 340.0
GAP = 17.0  # between two labels, at least


def draw(result: Forecast) -> Chart:
    """A line for each of the outcomes that moved most; a dot at its end if it came about, a ring if it did not."""
    moved = sorted(result.outcomes, key=lambda one: -abs(one.probability - one.prior))[:MOST]
    title = say("How the odds moved as facts came in")
    subtitle = say(
        "{slug}, known by {until}; effective sample {effective_size:.0f} of {runs} worlds",
        slug=result.slug,
        until=result.until,
        effective_size=result.effective_size,
        runs=result.runs,
    )
    parts = svg.heading(title, subtitle) + _frame(result)
    right = WIDTH - RIGHT
    places = _spread([_y(one.probability) for one in moved])
    for number, (one, y) in enumerate(zip(moved, places, strict=True)):
        colour = theme.CATEGORIES[number % len(theme.CATEGORIES)]
        dash = None if number % 3 == 0 else "7 3" if number % 3 == 1 else "2 3"
        points = [(_x(0, result), _y(one.prior))]
        points += [(_x(day + 1, result), _y(odds.odds[one.name])) for day, odds in enumerate(result.days)]
        path = " ".join(f"{'M' if place == 0 else 'L'}{x:.1f} {height:.1f}" for place, (x, height) in enumerate(points))
        parts.append(svg.element("path", d=path, fill="none", stroke=colour, stroke_width=2.0, stroke_dasharray=dash))
        parts.append(svg.element("line", x1=right, x2=right + 18, y1=_y(one.probability), y2=y, stroke=theme.RULE))
        if one.happened is not None:
            fill = theme.HISTORY if one.happened else theme.PAPER
            parts.append(svg.element("circle", cx=right + 26, cy=y, r=4.0, fill=fill, stroke=theme.HISTORY))
        name = shortened(_label(one), 52)
        parts.append(svg.text(f"{percent(one.probability)} {name}", right + 36, y + 4))
    return Chart(
        "forecast",
        title,
        say("Ticks below mark days on which facts came in. Full dots: came about in the end; rings: did not."),
        result.words(),
        _numbers(result),
        drawing=svg.document(parts, WIDTH, max(TOP + HEIGHT + 60, max(places, default=0.0) + 40)),
    )


def _label(one: Odds) -> str:
    return one.label.in_language()


def _x(step: int, result: Forecast) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * step / max(len(result.days), 1)


def _y(share: float) -> float:
    return TOP + HEIGHT * (1.0 - (share if share == share else 0.0))


def _spread(wanted: list[float]) -> list[float]:
    """Heights of labels near those wanted, none closer to another than a line."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    places = list(wanted)
    for before, after in itertools.pairwise(order):
        places[after] = max(places[after], places[before] + GAP)
    return places


def _frame(result: Forecast) -> list[str]:
    parts = []
    right = WIDTH - RIGHT
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        parts.append(svg.element("line", x1=LEFT, x2=right, y1=y, y2=y, stroke=theme.RULE))
        parts.append(svg.text(percent(share), LEFT - 8, y + 4, anchor="end", colour=theme.MUTED))
    for day, odds in enumerate(result.days):
        if odds.facts:
            x = _x(day + 1, result)
            parts.append(svg.element("line", x1=x, x2=x, y1=_y(0) + 2, y2=_y(0) + 10, stroke=theme.HISTORY))
    first = say("before any fact")
    parts.append(svg.text(first, LEFT, _y(0) + 26, colour=theme.MUTED))
    parts.append(svg.text(result.until.isoformat(), right, _y(0) + 26, anchor="end", colour=theme.MUTED))
    return parts


def _numbers(result: Forecast) -> Table:
    heads = (
        say("outcome"),
        say("before any fact"),
        say("now"),
        "95%",
    )
    rows = tuple(
        (
            _label(one),
            percent(one.prior),
            percent(one.probability),
            f"{percent(one.low)} – {percent(one.high)}",
        )
        for one in result.outcomes
    )
    return table_of(heads, rows)

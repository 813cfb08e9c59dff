"""A run's curves over its days, with the documented days on the same axis and a mark that a page can move."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from whipcount.table import Table
from whipcount.text import number, say
from whipcount.text.dates import DayLabels

from . import svg, theme
from .chart import Chart, table_of
from .days import busy_window
from .material import Material
from .readiness import reference_settlement

LEFT = 34.0
RIGHT = 10.0
TOP = 12.0
PANEL = 150.0
GAP = 26.0
DANGER = 74.0
AXIS = 34.0
STRIP = 34.0
KEY = 78.0  # where the names of the lines stand, below the heading
WIDE, NARROW = 760.0, 356.0


@dataclass(frozen=True)
class Curve:
    """A measure of the run by step, with the ensemble's median beside it; none where it is not defined."""

    measure: str
    name: str
    colour: str
    dash: str
    values: tuple[float | None, ...]
    median: tuple[float | None, ...]


@dataclass(frozen=True)
class Field:
    """The drawing's width and the steps that it shows, first and last."""

    width: float
    low: int
    high: int

    def x(self, step: float) -> float:
        """Where a step lies, in pixels."""
        return LEFT + (step - self.low) / max(self.high - self.low, 1) * (self.width - LEFT - RIGHT)

    def shows(self, step: float) -> bool:
        """Whether a step lies inside."""
        return self.low <= step <= self.high


def draw_curves(
    curves: Sequence[Curve],
    labels: DayLabels,
    steps: int,
    history: Sequence[int],
    step: int = 0,
    width: float = WIDE,
) -> str:
    """Readiness above, danger below, documented steps as ticks on the axis; the ensemble's medians are drawn thin.

    Where most of the record lies in a short stretch, that stretch is drawn large and the whole as a strip below it.
    `step` is where the mark stands; a page moves every mark by the steps in its data-low and data-high.
    """
    parts, height = _drawn(curves, labels, steps, history, step, width)
    kind = "wide" if width == WIDE else "narrow"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curves {kind}" viewBox="0 0 {svg.number(width)} '
        f'{svg.number(height)}" data-left="{svg.number(LEFT)}" data-right="{svg.number(width - RIGHT)}" role="img" '
        f'aria-label="{escape(_alt(curves))}" font-family="{escape(theme.FONT_FAMILY)}">'
        f"{''.join(parts)}</svg>"
    )


def curves_chart(material: Material, run: int) -> Chart | None:
    """The same of one run as a chart of its own, without a mark; none where the run's measures were not kept."""
    curves = curves_of(material, run)
    if not curves:
        return None
    labels = material.labels()
    parts, height = _drawn(curves, labels, steps_of(material), documented_steps(material), None, WIDE)
    title = say("Readiness and danger in run {run}", run=run)
    caption = say("Bold: this run. Thin: the median of all runs. Ticks: documented days.")
    key, x = [], LEFT
    for curve in curves:
        dash = {"stroke_dasharray": curve.dash or None}
        key.append(
            svg.element("line", x1=x, x2=x + 26, y1=KEY - 4, y2=KEY - 4, stroke=curve.colour, stroke_width=2.2, **dash)
        )
        key.append(svg.text(curve.name, x + 32, KEY))
        x += 48 + svg.width_of(curve.name, theme.SMALL)
    moved = svg.element("g", "".join(parts), transform=f"translate(0 {svg.number(KEY + 10)})")
    drawing = svg.document([*svg.heading(title, caption), *key, moved], WIDE, KEY + 10 + height)
    return Chart(
        name=f"curves_run_{run}",
        title=title,
        caption=caption,
        alt=_alt(curves),
        table=_numbers(curves, labels),
        drawing=drawing,
    )


def _numbers(curves: Sequence[Curve], labels: DayLabels) -> Table:
    """Every value, day by day."""
    size = labels.step_days
    rows = []
    for step in range(len(curves[0].values)):
        shown = (number(curve.values[step], 2) for curve in curves)
        rows.append((labels.short(labels.date_of(step * size)), *shown))
    return table_of((say("Day"), *(curve.name for curve in curves)), tuple(rows))


def _drawn(
    curves: Sequence[Curve], labels: DayLabels, steps: int, history: Sequence[int], step: int | None, width: float
) -> tuple[list[str], float]:
    """The parts of the drawing, and its height; without a mark where no step is given."""
    size = labels.step_days
    days = [int(one * size) for one in history]
    low, high = (int(day / size) for day in busy_window(days, 0, int((steps - 1) * size)))
    field, whole = Field(width, low, high), Field(width, 0, steps - 1)
    readiness = [curve for curve in curves if curve.measure != "danger"]
    danger = [curve for curve in curves if curve.measure == "danger"]
    top = TOP
    parts: list[str] = []
    for group, height in ((readiness, PANEL), (danger, DANGER)):
        if group:
            parts += _panel(group, field, top, height, half=group is readiness)
            top += height + GAP
    foot = top - GAP + 6
    parts += [*_history(history, field, foot), *_axis(labels, field, foot + 12), _mark(field, step, foot + 10)]
    height = foot + 12 + AXIS
    if field != whole:
        parts += _overview(danger, labels, (whole, field), history, height, step)
        height += STRIP + AXIS + 18
    return parts, height


def _mark(field: Field, step: int | None, foot: float, top: float = TOP - 8) -> str:
    """The mark of the day that is shown, and the surface on which another can be chosen; neither without a day."""
    if step is None:
        return ""
    x = field.x(step)
    surface = svg.element(
        "rect", x=LEFT, y=top, width=field.width - LEFT - RIGHT, height=foot - top + 30, fill="none",
        pointer_events="all", class_="surface", data_low=field.low, data_high=field.high,
    )  # fmt: skip
    line = svg.element(
        "line", x1=x, x2=x, y1=top, y2=foot, stroke=theme.INK, stroke_width=1.5, class_="cursor",
        data_low=field.low, data_high=field.high, visibility=None if field.shows(step) else "hidden",
    )  # fmt: skip
    return line + surface


def _overview(
    danger: Sequence[Curve],
    labels: DayLabels,
    fields: tuple[Field, Field],
    history: Sequence[int],
    top: float,
    step: int | None,
) -> list[str]:
    """The whole span as a strip, with the stretch that is drawn large shaded."""
    whole, field = fields
    left, right = whole.x(field.low), whole.x(field.high)
    parts = [svg.element("rect", x=left, y=top, width=right - left, height=STRIP, fill=theme.WASH)]
    for curve in danger:
        path = _path(curve.values, whole, top, STRIP)
        parts.append(svg.element("path", d=path, fill="none", stroke=curve.colour, stroke_width=1.2))
    foot = top + STRIP + 6
    return [
        *parts,
        *_history(history, whole, foot),
        *_axis(labels, whole, foot + 12),
        _mark(whole, step, foot + 8, top - 4),
    ]


def _panel(curves: Sequence[Curve], field: Field, top: float, height: float, half: bool) -> list[str]:
    """A frame from 0 to 1 with its lines; a line at one half where crossing it means something."""
    parts = []
    right = field.width - RIGHT
    for share in (0.0, 0.5, 1.0):
        y = top + (1 - share) * height
        strong = half and share == 0.5
        parts.append(
            svg.element(
                "line", x1=LEFT, x2=right, y1=y, y2=y, stroke=theme.FAINT if strong else theme.RULE,
                stroke_dasharray=None if share == 0 else "1 3" if not strong else "4 3",
            )
        )  # fmt: skip
        parts.append(svg.text(number(share, 1), LEFT - 6, y + 4, theme.SMALL, "end", theme.MUTED))
    for curve in curves:
        for values, wide, opacity in ((curve.median, 1.0, 0.55), (curve.values, 2.2, 1.0)):
            path = _path(values, field, top, height)
            if path:
                parts.append(
                    svg.element(
                        "path", d=path, fill="none", stroke=curve.colour, stroke_width=wide, stroke_opacity=opacity,
                        stroke_dasharray=curve.dash or None, stroke_linejoin="round",
                        class_="median" if wide == 1.0 else "own", data_measure=curve.measure,
                    )
                )  # fmt: skip
    return parts


def _path(values: Sequence[float | None], field: Field, top: float, height: float) -> str:
    """A line through the values that are there, broken where one is missing."""
    parts, pen = [], "M"
    for step, value in enumerate(values):
        if value is None or not field.shows(step):
            pen = "M"
            continue
        y = top + (1 - min(max(value, 0.0), 1.0)) * height
        parts.append(f"{pen}{svg.number(field.x(step))} {svg.number(y)}")
        pen = "L"
    return "".join(parts)


def _history(steps: Sequence[int], field: Field, top: float) -> list[str]:
    """A tick for each documented step."""
    return [
        svg.element(
            "rect", x=field.x(step) - 1, y=top - 5, width=2.0, height=9.0, fill=theme.HISTORY, class_="documented",
            data_step=step,
        )
        for step in sorted(set(steps))
        if field.shows(step)
    ]  # fmt: skip


def _axis(labels: DayLabels, field: Field, top: float) -> list[str]:
    """Days that read well, in two lines where both styles are shown."""
    first, last = (int(step * labels.step_days) for step in (field.low, field.high))
    parts = [svg.element("line", x1=LEFT, x2=field.width - RIGHT, y1=top, y2=top, stroke=theme.FAINT)]
    for day in labels.ticks(first, last, 9 if field.width == WIDE else 5):
        x = field.x(day / labels.step_days)
        parts.append(svg.element("line", x1=x, x2=x, y1=top, y2=top + 4, stroke=theme.FAINT))
        near_end = x > field.width - 34
        anchor = "end" if near_end else "start" if x < LEFT + 14 else "middle"
        for turn, line in enumerate(_two_lines(labels.short(labels.date_of(day)))):
            parts.append(svg.text(line, x, top + 16 + 12 * turn, theme.SMALL, anchor, theme.MUTED))
    return parts


def _two_lines(text: str) -> list[str]:
    old, _, new = text.partition(" (")
    return [old, f"({new}"] if new.endswith(")") else text.rsplit(" ", 1)


def _alt(curves: Sequence[Curve]) -> str:
    """What the curves say at their ends."""
    parts = []
    for curve in curves:
        there = [value for value in curve.values if value is not None]
        if there:
            first, last = (number(value, 2) for value in (there[0], there[-1]))
            parts.append(say("{name}: from {first} to {last}", name=curve.name, first=first, last=last))
    return "; ".join(parts) or say("No measures were kept.")


def steps_of(material: Material) -> int:
    """Number of steps."""
    calendar = material.scenario.calendar
    return math.floor((calendar.end - calendar.start).days / calendar.step_days) + 1


def documented_steps(material: Material) -> list[int]:
    """The steps of which something is documented, each once."""
    calendar = material.scenario.calendar
    steps = {math.floor((fact.date - calendar.start).days / calendar.step_days) for fact in material.scenario.record}
    return sorted(step for step in steps if 0 <= step < steps_of(material))


def curves_of(material: Material, run: int) -> tuple[Curve, ...]:
    """Both sides' readiness and the danger in one run; none where its measures were not kept."""
    return tuple(_curves(material, material.path(run), steps_of(material)))


def _curves(material: Material, paths: pl.DataFrame, steps: int) -> Iterator[Curve]:
    """Both sides' readiness for the settlement that the talks favour most, and the danger."""
    reference = reference_settlement(material)
    wanted = [("danger", say("danger to the government"), theme.DANGER, "")]
    if reference is not None:
        power = say("readiness of those in power")
        opponents = say("readiness of their opponents")
        wanted = [
            (f"readiness_power:{reference}", power, theme.POWER, ""),
            (f"readiness_opponents:{reference}", opponents, theme.OPPONENTS, "6 3"),
            *wanted,
        ]
    open_steps = _steps_of_table(material, steps)
    for measure, name, colour, dash in wanted:
        if measure not in paths.columns:
            continue
        kept = open_steps if measure.startswith("readiness") else range(steps)
        own = dict(paths.select("step", measure).iter_rows())
        size = material.scenario.calendar.step_days
        middle = {
            math.floor(day / size): value for day, value in material.measure(measure).select("day", "q50").iter_rows()
        }
        yield Curve(measure, name, colour, dash, _within(own, kept, steps), _within(middle, kept, steps))


def _steps_of_table(material: Material, steps: int) -> range:
    """Steps on which the table is set; there is no readiness on others."""
    table, calendar = material.scenario.table, material.scenario.calendar
    if table is None:
        return range(0)
    first, last = ((day - calendar.start).days / calendar.step_days for day in (table.opens, table.closes))
    return range(max(math.floor(first), 0), min(math.floor(last) + 1, steps))


def _within(values: Mapping[int, float | None], kept: range, steps: int) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for step in range(steps):
        value = values.get(step) if step in kept else None
        found.append(None if value is None or math.isnan(value) else round(float(value), 4))
    return tuple(found)

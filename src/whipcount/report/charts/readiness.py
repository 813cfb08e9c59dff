"""Readiness of both sides to settle, and the danger, by day: are the two ever ready at the same time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.report import theme
from whipcount.report.chart import Chart, Numbers, finished
from whipcount.report.dates import DayLabels
from whipcount.report.material import Material
from whipcount.report.words import runs, say

from .days import MarkedDay, apart, busy_window, day_axis, documented_days, key_rows, record_days

ORDER = 10
HEIGHT = 230
DANGER_HEIGHT = 96
OVERVIEW_HEIGHT = 64


@dataclass(frozen=True)
class _Line:
    """One measure of the chart: how it is called, coloured and dashed."""

    measure: str
    name: str
    colour: str
    dash: tuple[int, ...] = (1, 0)


def draw(material: Material, language: str = "en") -> Chart | None:
    """The chart, where both readinesses were kept."""
    sides = [
        _Line("readiness_power", say(language, "those in power", "власть"), theme.POWER),
        _Line("readiness_opponents", say(language, "their opponents", "её противники"), theme.OPPONENTS, (6, 3)),
    ]
    danger = _Line("danger", say(language, "danger", "опасность"), theme.DANGER)
    kept = [line for line in [*sides, danger] if not material.measure(line.measure).is_empty()]
    if not all(line in kept for line in sides):
        return None
    labels = material.labels(language)
    table = pl.concat([material.measure(line.measure) for line in kept])
    first, last = int(table["day"].min()), int(table["day"].max())  # type: ignore[arg-type]
    low, high = busy_window(record_days(material, labels), first, last)
    marked = documented_days(material, labels, low, high)
    title = say(language, "Readiness to settle, and the danger", "Готовность договориться и опасность")
    parts = [_panel(table, sides, marked, labels, (low, high), HEIGHT, numbered=True)]
    if danger in kept:
        parts.append(_panel(table, [danger], marked, labels, (low, high), DANGER_HEIGHT, numbered=False))
    if (low, high) != (first, last):
        parts.append(_overview(table, kept, labels, (first, last), (low, high)))
    if marked:
        parts.append(_key(marked))
    subtitle = say(
        language,
        f"Median of {runs(material.runs, language)}; dark band: the middle half of them, light band: nine in ten.",
        f"Медиана, {runs(material.runs, language)}; тёмная полоса — средняя половина, светлая — девять десятых.",
    )
    return Chart(
        name="readiness",
        title=title,
        caption=_caption(language),
        alt=_alt(table, sides, labels, language),
        numbers=_numbers(table, kept, labels, (low, high), language),
        language=language,
        spec=_stacked(parts, title, subtitle),
    )


def _stacked(parts: list[Any], title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    return finished(
        alt.vconcat(*parts, spacing=14)
        .resolve_scale(x="independent", y="independent", color="independent")
        .properties(title=alt.Title(title, subtitle=subtitle))
    )


def _panel(
    table: pl.DataFrame,
    lines: list[_Line],
    marked: list[MarkedDay],
    labels: DayLabels,
    window: tuple[int, int],
    height: int,
    numbered: bool,
) -> Any:
    """Lines with their bands over the window, documented days as numbered rules."""
    import altair as alt

    names = {line.measure: line.name for line in lines}
    inside = table.filter(pl.col("measure").is_in(list(names)), pl.col("day").is_between(*window))
    inside = inside.with_columns(pl.col("measure").replace_strict(names).alias("line"))
    colour = alt.Color("line:N", legend=None).scale(
        domain=[line.name for line in lines], range=[line.colour for line in lines]
    )
    dash = alt.StrokeDash("line:N", legend=None).scale(
        domain=[line.name for line in lines], range=[list(line.dash) for line in lines]
    )
    axis = day_axis(labels, *window, 10, labels=len(lines) == 1, ticks=True)
    x = alt.X("day:Q", axis=alt.Axis(**axis)).scale(domain=list(window), nice=False)

    def y(field: str) -> alt.Y:
        axis_y = alt.Axis(title=None, format="%", values=[0, 0.5, 1])
        return alt.Y(f"{field}:Q", axis=axis_y).scale(domain=[0, 1])

    base = alt.Chart(inside).encode(x=x)
    layers: list[Any] = [
        base.mark_area(opacity=0.13).encode(y=y("q05"), y2="q95:Q", color=colour),
        base.mark_area(opacity=0.26).encode(y=y("q25"), y2="q75:Q", color=colour),
        base.mark_line(strokeWidth=2.2).encode(y=y("q50"), color=colour, strokeDash=dash),
    ]
    if marked:
        layers = [*_rules(marked, x, height, numbered), *layers]
    layers.append(_ends(inside, lines, x, height))
    return alt.layer(*layers).properties(width=theme.WIDTH - 130, height=height)


def _rules(marked: list[MarkedDay], x: Any, height: int, numbered: bool) -> list[Any]:
    """Thin rules at documented days, with their numbers above."""
    import altair as alt

    frame = pl.DataFrame(
        {
            "day": [one.day for one in marked],
            "number": [str(one.number) for one in marked],
            "lift": _lifts(marked) if numbered else [0] * len(marked),
            "foot": [height] * len(marked),
        }
    )
    y = alt.Y("lift:Q", scale=None, axis=None)
    raised = alt.Chart(frame).encode(x=x, y=y)
    rules = raised.mark_rule(color=theme.FAINT, strokeWidth=0.8, strokeDash=[2, 2], clip=False).encode(
        y2=alt.Y2("foot:Q")
    )
    if not numbered:
        return [rules]
    return [
        rules,
        raised.mark_point(size=190, filled=True, color=theme.HISTORY, opacity=1, clip=False),
        raised.mark_text(fontSize=9.5, fontWeight="bold", color=theme.PAPER, clip=False, baseline="middle").encode(
            text="number:N"
        ),
    ]


def _lifts(marked: list[MarkedDay]) -> list[int]:
    """Heights of the numbers: neighbouring days alternate between two, so that the circles do not touch."""
    lifts: list[int] = []
    for before, one in zip([None, *marked], marked, strict=False):
        near = before is not None and one.day - before.day < 2
        lifts.append(-26 if near and lifts[-1] == -9 else -9)
    return lifts


def _ends(inside: pl.DataFrame, lines: list[_Line], x: Any, height: int) -> Any:
    """Names of the lines at their right ends, pushed apart where they would overlap."""
    import altair as alt

    last = inside.filter(pl.col("day") == pl.col("day").max())
    values = dict(last.select("line", "q50").iter_rows())
    pixels = apart({name: height * (1 - value) for name, value in values.items()}, 15, 6, height - 6)
    frame = pl.DataFrame(
        {"day": [int(last["day"][0])] * len(pixels), "line": list(pixels), "pixel": list(pixels.values())}
    )
    colours = {line.name: line.colour for line in lines}
    return (
        alt.Chart(frame)
        .mark_text(align="left", dx=8, fontSize=theme.TEXT, fontWeight="bold", clip=False)
        .encode(
            x=x,
            y=alt.Y("pixel:Q", scale=None, axis=None),
            text="line:N",
            color=alt.Color("line:N", legend=None).scale(domain=list(colours), range=list(colours.values())),
        )
    )


def _overview(
    table: pl.DataFrame, lines: list[_Line], labels: DayLabels, whole: tuple[int, int], window: tuple[int, int]
) -> Any:
    """The same medians over the whole time, with the window above marked."""
    import altair as alt

    names = {line.measure: line.name for line in lines}
    frame = table.filter(pl.col("measure").is_in(list(names))).with_columns(
        pl.col("measure").replace_strict(names).alias("line")
    )
    x = alt.X("day:Q", axis=alt.Axis(**day_axis(labels, *whole, 10))).scale(domain=list(whole), nice=False)
    shade = (
        alt.Chart(pl.DataFrame({"day": [window[0]], "until": [window[1]]}))
        .mark_rect(color=theme.WASH, opacity=1)
        .encode(x=x, x2="until:Q")
    )
    medians = (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=alt.Y("q50:Q", axis=alt.Axis(title=None, format="%", values=[0, 1])).scale(domain=[0, 1]),
            color=alt.Color("line:N", legend=None).scale(
                domain=[line.name for line in lines], range=[line.colour for line in lines]
            ),
            strokeDash=alt.StrokeDash("line:N", legend=None).scale(
                domain=[line.name for line in lines], range=[list(line.dash) for line in lines]
            ),
        )
    )
    title = say(labels.language, "The whole time (medians)", "Всё время (медианы)")
    return (shade + medians).properties(
        width=theme.WIDTH - 130,
        height=OVERVIEW_HEIGHT,
        title=alt.Title(title, fontSize=theme.SMALL, fontWeight="normal", color=theme.MUTED, offset=4),
    )


def _key(marked: list[MarkedDay]) -> Any:
    """What happened on the numbered days."""
    import altair as alt

    rows = key_rows(marked, theme.WIDTH)
    frame = pl.DataFrame(rows).with_columns((pl.col("x") + 14).alias("text_x"))
    y = alt.Y("y:Q", scale=None, axis=None)
    base = alt.Chart(frame).encode(x=alt.X("x:Q", scale=None, axis=None), y=y)
    return alt.layer(
        base.mark_point(size=190, filled=True, color=theme.HISTORY, opacity=1),
        base.mark_text(fontSize=9.5, fontWeight="bold", color=theme.PAPER, baseline="middle").encode(text="number:N"),
        alt.Chart(frame)
        .mark_text(align="left", baseline="middle", fontSize=theme.SMALL)
        .encode(x=alt.X("text_x:Q", scale=None, axis=None), y=y, text="text:N"),
    ).properties(width=theme.WIDTH, height=19 * (-(-len(marked) // 2)))


def _caption(language: str) -> str:
    return say(
        language,
        "Readiness is the chance that a side would accept the settlement the talks favour that day rather than go on "
        "without one. A common window needs both lines high at once. Numbered days are documented, not modelled.",
        "Готовность — вероятность того, что сторона предпочтёт соглашение дня жизни без него. Общее окно есть, когда "
        "высоки обе линии. Пронумерованные дни документированы, а не смоделированы.",
    )


def _alt(table: pl.DataFrame, sides: list[_Line], labels: DayLabels, language: str) -> str:
    parts = []
    for line in sides:
        one = table.filter(pl.col("measure") == line.measure).sort("day")
        start, end = (theme.percent(one["q50"][index], language) for index in (0, -1))
        parts.append(
            say(
                language,
                f"{line.name}: median {start} on the first day, {end} on the last",
                f"{line.name}: медиана {start} в первый день, {end} в последний",
            )
        )
    span = labels.span(labels.date_of(int(table["day"].min())), labels.date_of(int(table["day"].max())))  # type: ignore[arg-type]
    head = say(language, f"Lines of readiness by day, {span}. ", f"Линии готовности по дням, {span}. ")
    return head + "; ".join(parts) + "."


def _numbers(
    table: pl.DataFrame, lines: list[_Line], labels: DayLabels, window: tuple[int, int], language: str
) -> Numbers:
    """Medians and middle halves at the ticks of the window and of the whole time."""
    first, last = int(table["day"].min()), int(table["day"].max())  # type: ignore[arg-type]
    days = sorted({*labels.ticks(*window, most=10), *labels.ticks(first, last, most=10), first, last})
    columns = (say(language, "Day", "День"), *(line.name for line in lines))
    rows = []
    for day in days:
        cells = [labels.short(labels.date_of(day))]
        for line in lines:
            at = table.filter(pl.col("measure") == line.measure, pl.col("day") == day)
            cells.append(_with_half(at, language))
        rows.append(tuple(cells))
    return Numbers(columns, tuple(rows))


def _with_half(at: pl.DataFrame, language: str) -> str:
    if at.is_empty():
        return "–"
    low, middle, high = (theme.percent(at[name][0], language) for name in ("q25", "q50", "q75"))
    return f"{middle} ({low} – {high})"

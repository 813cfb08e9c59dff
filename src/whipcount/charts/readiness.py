"""Readiness of both sides to settle, and the danger, by day: are the two ever ready at the same time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.text.dates import DayLabels
from whipcount.text.fitting import runs, shortened, wrapped

from . import theme
from .chart import Chart, finished, table_of
from .days import MarkedDay, apart, busy_window, day_axis, documented_days, key_rows, record_days
from .material import Material

DRAWS = ("whipcount.charts.material.Material",)
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


def draw(material: Material) -> Chart | None:
    """The chart for the settlement that the talks favour most, the other settlements of the menu as small panels."""
    menu = _menu(material)
    reference = reference_settlement(material)
    if reference is None:
        return None
    names, labels = material.names(), material.labels()
    opens, closes = _table_days(material, labels)
    danger = _Line("danger", say("danger"), theme.DANGER)
    lines = [*_sides(reference), danger]
    table = pl.concat([_kept(material, line, opens, closes) for line in lines])
    if table.filter(pl.col("measure") == danger.measure).is_empty():
        lines.remove(danger)
    last = labels.day_of(labels.end)
    low, high = busy_window(record_days(material, labels), max(opens - 3, 0), min(closes + 2, last))
    marked = documented_days(material, labels, low, high)
    parts = [_panel(table, lines[:2], marked, labels, (low, high), HEIGHT, numbered=True, foot=danger not in lines)]
    if danger in lines:
        parts.append(_panel(table, [danger], marked, labels, (low, high), DANGER_HEIGHT, numbered=False, foot=True))
    if (low, high) != (0, last):
        parts.append(_overview(table, lines, labels, (0, last), (low, high)))
    others = [name for name in menu if name != reference]
    if others:
        parts.append(_others(material, others, labels, (low, high), (opens, closes)))
    if marked:
        parts.append(_key(marked))
    about = names.settlement(reference)
    title = say("Readiness to settle, and the danger")
    subtitle = [
        say("Settlement: “{about}”, nearest to agreement most often.", about=about),
        say("Median of {runs}; dark band: the middle half of them, light band: nine in ten.", runs=runs(material.runs)),
    ]
    return Chart(
        name="readiness",
        title=f"{title}: {about}",
        caption=_caption(),
        alt=_alt(table, lines[:2], about),
        table=_numbers(table, lines, labels, (low, high)),
        spec=_stacked(parts, title, subtitle),
    )


def _menu(material: Material) -> list[str]:
    """The settlements of the table for which runs keep both sides' readiness."""
    table = material.scenario.table
    return [] if table is None else [name for name in table.menu if _has_both(material, name)]


def reference_settlement(material: Material) -> str | None:
    """The settlement for which readiness is shown first: what the talks favour most; none where there is no table."""
    menu = _menu(material)
    return _most_favoured(material, menu) if menu else None


def _has_both(material: Material, settlement: str) -> bool:
    return all(not material.measure(line.measure).is_empty() for line in _sides(settlement))


def _sides(settlement: str) -> list[_Line]:
    """The two sides' readiness for a settlement."""
    return [
        _Line(f"readiness_power:{settlement}", say("those in power"), theme.POWER),
        _Line(
            f"readiness_opponents:{settlement}",
            say("their opponents"),
            theme.OPPONENTS,
            (6, 3),
        ),
    ]


def _most_favoured(material: Material, menu: list[str]) -> str:
    """The settlement that sessions come closest to most often; the first of the menu where none was held or kept."""
    if not material.logged:
        return menu[0]
    times = dict(material.happenings("favoured").group_by("object").len().iter_rows())
    return max(menu, key=lambda name: (times.get(name, 0), -menu.index(name)))


def _table_days(material: Material, labels: DayLabels) -> tuple[int, int]:
    """First and last day on which the table is set; there is no readiness on other days."""
    table = material.scenario.table
    assert table is not None
    return max(labels.day_of(table.opens), 0), min(labels.day_of(table.closes), labels.day_of(labels.end))


def _kept(material: Material, line: _Line, opens: int, closes: int) -> pl.DataFrame:
    series = material.measure(line.measure).drop_nulls("q50")
    if line.measure.startswith("readiness"):
        series = series.filter(pl.col("day").is_between(opens, closes))
    return series


def _stacked(parts: list[Any], title: str, subtitle: list[str]) -> dict[str, Any]:
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
    foot: bool,
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
    axis = day_axis(labels, *window, 10, labels=foot, ticks=True)
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
        raised.mark_point(size=240, filled=True, color=theme.HISTORY, opacity=1, clip=False),
        raised.mark_text(fontSize=9, fontWeight="bold", color=theme.PAPER, clip=False, baseline="middle").encode(
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
    title = say("The whole time (medians)")
    return (shade + medians).properties(
        width=theme.WIDTH - 130,
        height=OVERVIEW_HEIGHT,
        title=alt.Title(title, fontSize=theme.SMALL, fontWeight="normal", color=theme.MUTED, offset=4),
    )


def _others(
    material: Material, settlements: list[str], labels: DayLabels, window: tuple[int, int], table_days: tuple[int, int]
) -> Any:
    """Medians and middle halves for the other settlements, small, side by side."""
    import altair as alt

    names = material.names()
    panels = []
    in_row = min(max(len(settlements), 2), 4)
    width = (theme.WIDTH - 130 - (in_row - 1) * 22) // in_row
    for place, settlement in enumerate(settlements):
        sides = _sides(settlement)
        frame = pl.concat(
            [_kept(material, line, *table_days).with_columns(pl.lit(line.name).alias("line")) for line in sides]
        )
        frame = frame.filter(pl.col("day").is_between(*window))
        colour = alt.Color("line:N", legend=None).scale(
            domain=[line.name for line in sides], range=[line.colour for line in sides]
        )
        dash = alt.StrokeDash("line:N", legend=None).scale(
            domain=[line.name for line in sides], range=[list(line.dash) for line in sides]
        )
        axis = alt.Axis(title=None, format="%", values=[0, 1], labels=place % in_row == 0)
        x = alt.X("day:Q", axis=alt.Axis(**day_axis(labels, *window, 3))).scale(domain=list(window), nice=False)
        base = alt.Chart(frame).encode(x=x, color=colour)
        heading = wrapped(shortened(names.settlement(settlement), 80), width // 6)
        panels.append(
            alt.layer(
                base.mark_area(opacity=0.2).encode(y=alt.Y("q25:Q", axis=axis).scale(domain=[0, 1]), y2="q75:Q"),
                base.mark_line(strokeWidth=1.6).encode(
                    y=alt.Y("q50:Q", axis=axis).scale(domain=[0, 1]), strokeDash=dash
                ),
            ).properties(
                width=width,
                height=60,
                title=alt.Title(heading, fontSize=10, fontWeight="normal", offset=5, lineHeight=12, color=theme.INK),
            )
        )
    rows = [alt.hconcat(*panels[at : at + in_row], spacing=22) for at in range(0, len(panels), in_row)]
    return alt.vconcat(*rows, spacing=10).properties(
        title=alt.Title(
            say("The same for the other settlements of the table"),
            fontSize=theme.SMALL,
            fontWeight="normal",
            color=theme.MUTED,
            offset=4,
        )
    )


def _key(marked: list[MarkedDay]) -> Any:
    """What happened on the numbered days."""
    import altair as alt

    rows, height = key_rows(marked, theme.WIDTH)
    frame = pl.DataFrame(rows).with_columns((pl.col("x") + 16).alias("text_x"))
    y = alt.Y("y:Q", scale=None, axis=None)
    numbered = alt.Chart(frame.filter(pl.col("number") != "")).encode(x=alt.X("x:Q", scale=None, axis=None), y=y)
    return alt.layer(
        numbered.mark_point(size=240, filled=True, color=theme.HISTORY, opacity=1),
        numbered.mark_text(fontSize=9, fontWeight="bold", color=theme.PAPER, baseline="middle").encode(text="number:N"),
        alt.Chart(frame)
        .mark_text(align="left", baseline="middle", fontSize=10.5)
        .encode(x=alt.X("text_x:Q", scale=None, axis=None), y=y, text="text:N"),
    ).properties(width=theme.WIDTH, height=height)


def _caption() -> str:
    return say(
        "Readiness is the chance that a side would accept the settlement, if asked that day, rather than go "
        "on without one (mean over its parties); it exists while the table is set. A common window needs "
        "both lines high at once. Numbered days are documented, not modelled."
    )


def _alt(table: pl.DataFrame, sides: list[_Line], about: str) -> str:
    parts = []
    for line in sides:
        one = table.filter(pl.col("measure") == line.measure).sort("day")
        start, end = (percent(one["q50"][index]) for index in (0, -1))
        parts.append(
            say(
                "{name}: median {start} when the talks open, {end} when they close",
                name=line.name,
                start=start,
                end=end,
            )
        )
    head = say("Lines of readiness for “{about}” by day. ", about=about)
    return head + "; ".join(parts) + "."


def _numbers(table: pl.DataFrame, lines: list[_Line], labels: DayLabels, window: tuple[int, int]) -> Table:
    """Medians and middle halves at the ticks of the window."""
    days = sorted({*labels.ticks(*window, most=14), *window})
    columns = (say("Day"), *(line.name for line in lines))
    rows = []
    for day in days:
        cells = [labels.short(labels.date_of(day))]
        for line in lines:
            at = table.filter(pl.col("measure") == line.measure, pl.col("day") == day)
            cells.append(_with_half(at))
        rows.append(tuple(cells))
    return table_of(columns, tuple(rows))


def _with_half(at: pl.DataFrame) -> str:
    if at.is_empty():
        return "–"
    low, middle, high = (percent(at[name][0]) for name in ("q25", "q50", "q75"))
    return f"{middle} ({low} – {high})"

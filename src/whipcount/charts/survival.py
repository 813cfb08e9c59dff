"""Survival of the government: the chance to outlast the horizon, day by day, and how many have fallen by each day."""

from __future__ import annotations

from typing import Any

import polars as pl

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.text.dates import DayLabels
from whipcount.text.fitting import runs

from . import theme
from .chart import Chart, finished, table_of
from .days import day_axis
from .material import Material

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 60
HEIGHT = 170
FALL_HEIGHT = 96


def draw(material: Material) -> Chart | None:
    """Survival above, falls so far below; none where survival was not kept."""
    series = material.measure("survival")
    if series.is_empty():
        return None
    labels = material.labels()
    fallen = fallen_by_day(material, int(series["day"].to_numpy().min()), int(series["day"].to_numpy().max()))
    given = material.scenario.parameters.get("survival.horizon")
    days = 30 if given is None or given.value is None else round(given.value)
    title = say("Chance that the government lasts another {days} days", days=days)
    subtitle = say(
        "Median of {runs}, middle half and nine in ten; below, the share fallen so far", runs=runs(material.runs)
    )
    return Chart(
        name="survival",
        title=title,
        caption=say(
            "Survival is the chance that the government outlasts the horizon (thirty days unless the "
            "scenario says otherwise), as its breadth, capacity, unity and the danger give it that day."
        ),
        alt=_alt(series, fallen),
        table=_numbers(series, fallen, labels),
        spec=_spec(series, fallen, labels, title, subtitle),
    )


def fallen_by_day(material: Material, first: int, last: int) -> pl.DataFrame:
    """Share of logged runs in which the government has fallen by each day."""
    falls = material.happenings("fall").group_by("run").agg(pl.col("day").min())
    per_day = dict(falls.group_by("day").len().iter_rows())
    days = list(range(first, last + 1))
    share, total = [], 0
    for day in days:
        total += per_day.get(day, 0)
        share.append(total / max(material.logged, 1))
    return pl.DataFrame({"day": days, "fallen": share})


def _spec(series: pl.DataFrame, fallen: pl.DataFrame, labels: DayLabels, title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    first, last = int(series["day"].to_numpy().min()), int(series["day"].to_numpy().max())

    def x(shown: bool) -> alt.X:
        axis = day_axis(labels, first, last, 10, labels=shown)
        return alt.X("day:Q", axis=alt.Axis(**axis)).scale(domain=[first, last], nice=False)

    def y(field: str) -> alt.Y:
        axis = alt.Axis(title=None, format="%", values=[0, 0.5, 1])
        return alt.Y(f"{field}:Q", axis=axis).scale(domain=[0, 1])

    base = alt.Chart(series).encode(x=x(fallen["fallen"].max() == 0))
    upper = alt.layer(
        base.mark_area(color=theme.WINDOW, opacity=0.13).encode(y=y("q05"), y2="q95:Q"),
        base.mark_area(color=theme.WINDOW, opacity=0.26).encode(y=y("q25"), y2="q75:Q"),
        base.mark_line(color=theme.WINDOW, strokeWidth=2.2).encode(y=y("q50")),
        _end(last, float(series["q50"][-1]), HEIGHT, say("chance"), theme.WINDOW),
    ).properties(width=theme.WIDTH - 130, height=HEIGHT)
    parts = [upper]
    top = float(fallen["fallen"].drop_nulls().to_numpy().max())
    if top > 0:
        parts.append(_falls(fallen, top, x(True), last))
    return finished(
        alt.vconcat(*parts, spacing=16)
        .resolve_scale(x="independent", y="independent")
        .properties(title=alt.Title(title, subtitle=subtitle))
    )


def _falls(fallen: pl.DataFrame, top: float, x: Any, last: int) -> Any:
    """The share of runs in which the government has fallen so far."""
    import altair as alt

    axis = alt.Axis(title=None, format="%" if top > 0.05 else ".1%", tickCount=3)
    return alt.layer(
        alt.Chart(fallen)
        .mark_area(color=theme.DANGER, opacity=0.35, interpolate="step-after", line={"color": theme.DANGER})
        .encode(x=x, y=alt.Y("fallen:Q", axis=axis).scale(domain=[0, top])),
        _end(last, float(fallen["fallen"][-1]) / top, FALL_HEIGHT, say("fallen"), theme.DANGER),
    ).properties(width=theme.WIDTH - 130, height=FALL_HEIGHT)


def _end(day: int, height_share: float, height: float, name: str, colour: str) -> Any:
    """A name at the right end of a line."""
    import altair as alt

    pixel = min(max(height * (1 - height_share), 8), height - 6)
    return (
        alt.Chart(pl.DataFrame({"day": [day], "pixel": [pixel], "name": [name]}))
        .mark_text(align="left", dx=8, fontSize=theme.TEXT, fontWeight="bold", color=colour, clip=False)
        .encode(x="day:Q", y=alt.Y("pixel:Q", scale=None, axis=None), text="name:N")
    )


def _alt(series: pl.DataFrame, fallen: pl.DataFrame) -> str:
    start, end = percent(series["q50"][0]), percent(series["q50"][-1])
    share = percent(fallen["fallen"][-1])
    return say(
        "Median survival {start} on the first day, {end} on the last; the government has fallen in {share} of runs.",
        start=start,
        end=end,
        share=share,
    )


def _numbers(series: pl.DataFrame, fallen: pl.DataFrame, labels: DayLabels) -> Table:
    first, last = int(series["day"].to_numpy().min()), int(series["day"].to_numpy().max())
    shown = sorted({*labels.ticks(first, last, 10), first, last})
    falls = dict(fallen.iter_rows())
    rows = []
    for day in shown:
        at = series.filter(pl.col("day") == day)
        if at.is_empty():
            continue
        q25, q50, q75 = (percent(at[name][0]) for name in ("q25", "q50", "q75"))
        rows.append((labels.short(labels.date_of(day)), q50, f"{q25} – {q75}", percent(falls.get(day))))
    columns = (
        say("Day"),
        say("Median survival"),
        say("Middle half"),
        say("Fallen so far"),
    )
    return table_of(columns, tuple(rows))

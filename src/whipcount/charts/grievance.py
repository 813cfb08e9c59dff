"""Grievance of each party's majority against its dissenters: small multiples on one scale."""

from __future__ import annotations

from typing import Any

import polars as pl

from whipcount.table import Table
from whipcount.text import number, say
from whipcount.text.dates import DayLabels
from whipcount.text.fitting import runs, shortened

from . import theme
from .chart import Chart, finished, table_of
from .days import day_axis
from .material import Material

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 70
COLUMNS = 2
PANEL_WIDTH = 340
PANEL_HEIGHT = 120
QUIET = 0.05  # parties whose grievance never goes higher (mean) are left out


def draw(material: Material) -> Chart | None:
    """A panel for each party that ever holds a grievance."""
    names = material.names()
    labels = material.labels()
    panels = []
    for measure in material.measures("grievance"):
        series = material.measure(measure)
        if (series["mean"] > QUIET).any():
            panels.append((names.party(measure.partition(":")[2]), series))
    if not panels:
        return None
    title = say("Grievance of the majority")
    subtitle = say(
        "Decayed sum of breaches of the line: mean of {runs}, middle half, nine in ten", runs=runs(material.runs)
    )
    return Chart(
        name="grievance",
        title=title,
        caption=say(
            "Every act against the binding line adds to it, and it fades with its half-life; breaches before "
            "the start count. Parties that never hold a grievance are left out."
        ),
        alt=_alt(panels, labels),
        table=_numbers(panels, labels),
        spec=_spec(panels, labels, title, subtitle),
    )


def _spec(panels: list[tuple[str, pl.DataFrame]], labels: DayLabels, title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    top = max(float(series["q95"].drop_nulls().to_numpy().max()) for _, series in panels) or 1.0
    drawn = []
    for name, series in panels:
        first, last = int(series["day"].to_numpy().min()), int(series["day"].to_numpy().max())
        axis = day_axis(labels, first, last, 5)
        x = alt.X("day:Q", axis=alt.Axis(**axis)).scale(domain=[first, last], nice=False)

        def y(field: str) -> alt.Y:
            return alt.Y(f"{field}:Q", axis=alt.Axis(title=None, tickCount=3)).scale(domain=[0, top], clamp=True)

        base = alt.Chart(series).encode(x=x)
        drawn.append(
            alt.layer(
                base.mark_area(color=theme.OPPONENTS, opacity=0.13).encode(y=y("q05"), y2="q95:Q"),
                base.mark_area(color=theme.OPPONENTS, opacity=0.26).encode(y=y("q25"), y2="q75:Q"),
                base.mark_line(color=theme.OPPONENTS, strokeWidth=2).encode(y=y("mean")),
            ).properties(
                width=PANEL_WIDTH,
                height=PANEL_HEIGHT,
                title=alt.Title(shortened(name, 40), fontSize=theme.TEXT, offset=6),
            )
        )
    columns = min(COLUMNS, len(drawn))
    return finished(
        alt.concat(*drawn, columns=columns, spacing={"row": 22, "column": 26})
        .resolve_scale(x="independent", y="independent")
        .properties(title=alt.Title(title, subtitle=subtitle))
    )


def _peak(series: pl.DataFrame) -> tuple[int, float]:
    at = series.sort("mean", descending=True).head(1)
    return int(at["day"][0]), float(at["mean"][0])


def _alt(panels: list[tuple[str, pl.DataFrame]], labels: DayLabels) -> str:
    parts = []
    for name, series in panels:
        day, height = _peak(series)
        date, value = labels.short(labels.date_of(day)), number(height, 2)
        parts.append(say("{name}: highest mean {value} on {date}", name=name, value=value, date=date))
    return "; ".join(parts) + "."


def _numbers(panels: list[tuple[str, pl.DataFrame]], labels: DayLabels) -> Table:
    rows = []
    for name, series in panels:
        day, height = _peak(series)
        values = (float(series["mean"][0]), height, float(series["mean"][-1]))
        start, peak, end = (number(value, 2) for value in values)
        rows.append((name, start, peak, labels.short(labels.date_of(day)), end))
    columns = (
        say("Party"),
        say("Mean at the start"),
        say("Highest mean"),
        say("When"),
        say("Mean at the end"),
    )
    return table_of(columns, tuple(rows))

"""Outcomes that are days: when the model has things happen for the first time, and when they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.text.dates import DayLabels
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, finished, table_of
from .days import day_axis
from .material import Material
from .shares import numbers

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 35
ROW = 26
PLOT_WIDTH = 400


@dataclass(frozen=True)
class _Timing:
    """Quantiles of a first day among the runs in which it comes, their share, and the documented day."""

    name: str
    share: float
    quantiles: tuple[float, ...]
    happened: float | None


def _timings(material: Material) -> list[_Timing]:
    found = []
    for outcome in material.scenario.outcomes:
        if outcome.measure.is_binary or outcome.measure.form != "first" or outcome.id not in material.table.columns:
            continue
        column = material.table[outcome.id]
        days = numbers(column)
        quantiles: tuple[float, ...] = ()
        if len(days):
            quantiles = tuple(np.quantile(days, (0.05, 0.25, 0.5, 0.75, 0.95), method="nearest").tolist())
        happened = None if outcome.happened is None or isinstance(outcome.happened, bool) else float(outcome.happened)
        name = outcome.name.in_language()
        found.append(_Timing(name, len(days) / max(len(column), 1), quantiles, happened))
    return found


def draw(material: Material) -> Chart | None:
    """Intervals of first days, one a row."""
    rows = _timings(material)
    if not rows:
        return None
    labels = material.labels()
    title = say("When: the model's days and history's")
    subtitle = say("First days among the runs in which it happens: median, middle half, nine in ten")
    return Chart(
        name="timing",
        title=title,
        caption=say(
            "The share at the right says in how many runs it happens at all. A diamond marks the documented day."
        ),
        alt=_alt(rows, labels),
        table=_numbers(rows, labels),
        spec=_spec(rows, labels, title, subtitle),
    )


def _spec(rows: list[_Timing], labels: DayLabels, title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    last = labels.day_of(labels.end)
    frame = pl.DataFrame(
        [
            {
                "name": shortened(row.name, 46),
                "y": line * ROW + ROW / 2,
                "share": percent(row.share),
                "history": row.happened,
                **dict(zip(("q05", "q25", "q50", "q75", "q95"), row.quantiles or (None,) * 5, strict=True)),
            }
            for line, row in enumerate(rows)
        ],
        infer_schema_length=None,
    )
    y = alt.Y("y:Q", scale=None, axis=None)
    axis = day_axis(labels, 0, last, 7, grid=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=alt.Axis(**axis)).scale(domain=[0, last], nice=False)

    drawn = frame.filter(pl.col("q50").is_not_null())
    known = frame.filter(pl.col("history").is_not_null())
    base = alt.Chart(drawn).encode(y=y)
    layers: list[Any] = [
        base.mark_rule(color=theme.MODEL, strokeWidth=1.4).encode(x=x("q05"), x2="q95:Q"),
        base.mark_bar(height=10, color=theme.MODEL_LIGHT, stroke=theme.MODEL, strokeWidth=0.8).encode(
            x=x("q25"), x2="q75:Q"
        ),
        base.mark_tick(thickness=3, size=14, color=theme.POWER, opacity=1).encode(x=x("q50")),
    ]
    if not known.is_empty():
        layers.append(
            alt.Chart(known)
            .mark_point(shape="diamond", size=95, fill=theme.HISTORY, stroke=theme.PAPER, strokeWidth=1, opacity=1)
            .encode(x=x("history"), y=y)
        )
    names = alt.Chart(frame).encode(y=y)
    layers += [
        names.mark_text(align="right", dx=-14, fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(0), text="name:N"
        ),
        names.mark_text(align="right", fontWeight="bold", fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(PLOT_WIDTH + 62), text="share:N"
        ),
    ]
    return finished(
        alt.layer(*layers).properties(
            width=PLOT_WIDTH,
            height=len(rows) * ROW,
            title=alt.Title(title, subtitle=subtitle, dx=-svg.widest(frame["name"], theme.TEXT) - 18),
        )
    )


def _day(labels: DayLabels, value: float | None) -> str:
    return "–" if value is None else labels.short(labels.date_of(value))


def _alt(rows: list[_Timing], labels: DayLabels) -> str:
    parts = []
    for row in rows:
        median = _day(labels, row.quantiles[2] if row.quantiles else None)
        history = _day(labels, row.happened)
        parts.append(
            say(
                "{name}: in {share} of runs, median {median}, history {history}",
                name=row.name,
                share=percent(row.share),
                median=median,
                history=history,
            )
        )
    return "; ".join(parts) + "."


def _numbers(rows: list[_Timing], labels: DayLabels) -> Table:
    columns = (
        say("Outcome"),
        say("Runs in which it happens"),
        say("Median day"),
        say("Middle half"),
        say("History"),
    )
    table = []
    for row in rows:
        half = "–"
        if row.quantiles:
            half = f"{_day(labels, row.quantiles[1])} – {_day(labels, row.quantiles[3])}"
        median = _day(labels, row.quantiles[2] if row.quantiles else None)
        table.append((row.name, percent(row.share), median, half, _day(labels, row.happened)))
    return table_of(columns, tuple(table))

"""Outcomes that are levels: daily measures at the end of the time, as intervals between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from whipcount.table import Table
from whipcount.text import number, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, finished, table_of
from .material import Material
from .shares import numbers

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 65
ROW = 26
PLOT_WIDTH = 330


@dataclass(frozen=True)
class _Level:
    """Quantiles (5, 25, 50, 75, 95 per cent) of a final value, and history's where it is known."""

    name: str
    quantiles: tuple[float, ...]
    happened: float | None


def draw(material: Material) -> Chart | None:
    """Intervals of final values, one a row."""
    rows = []
    for outcome in material.scenario.outcomes:
        if outcome.measure.is_binary or outcome.measure.form != "final" or outcome.id not in material.table.columns:
            continue
        values = numbers(material.table[outcome.id])
        if len(values):
            quantiles = tuple(np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist())
            happened = None if outcome.happened is None else float(outcome.happened)
            rows.append(_Level(outcome.name.in_language(), quantiles, happened))
    if not rows:
        return None
    title = say("Where it ends")
    subtitle = say("Final values: median, middle half, nine in ten")
    return Chart(
        name="levels",
        title=title,
        caption=say("Measures of the last day, over all runs. A diamond marks a documented value."),
        alt="; ".join(f"{row.name}: {number(row.quantiles[2], 2)}" for row in rows) + ".",
        table=_numbers(rows),
        spec=_spec(rows, title, subtitle),
    )


def _spec(rows: list[_Level], title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    names = ("q05", "q25", "q50", "q75", "q95")
    frame = pl.DataFrame(
        [
            {
                "name": shortened(row.name, 76),
                "y": line * ROW + ROW / 2,
                "history": row.happened,
                **dict(zip(names, row.quantiles, strict=True)),
            }
            for line, row in enumerate(rows)
        ],
        infer_schema_length=None,
        schema_overrides={"history": pl.Float64},
    )
    low, high = min(0.0, float(frame["q05"].to_numpy().min())), max(1.0, float(frame["q95"].to_numpy().max()))
    y = alt.Y("y:Q", scale=None, axis=None)
    axis = alt.Axis(title=None, tickCount=5, domain=False, ticks=False, orient="top", labelFlush=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=axis).scale(domain=[low, high])

    base = alt.Chart(frame).encode(y=y)
    layers: list[Any] = [
        base.mark_rule(color=theme.MODEL, strokeWidth=1.4).encode(x=x("q05"), x2="q95:Q"),
        base.mark_bar(height=10, color=theme.MODEL_LIGHT, stroke=theme.MODEL, strokeWidth=0.8).encode(
            x=x("q25"), x2="q75:Q"
        ),
        base.mark_tick(thickness=3, size=14, color=theme.POWER, opacity=1).encode(x=x("q50")),
        base.mark_text(align="right", dx=-14, fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(0), text="name:N"
        ),
    ]
    known = frame.filter(pl.col("history").is_not_null())
    if not known.is_empty():
        layers.append(
            alt.Chart(known)
            .mark_point(shape="diamond", size=95, fill=theme.HISTORY, stroke=theme.PAPER, strokeWidth=1, opacity=1)
            .encode(x=x("history"), y=y)
        )
    margin = svg.widest(frame["name"], theme.TEXT) + 18
    return finished(
        alt.layer(*layers).properties(
            width=PLOT_WIDTH, height=len(rows) * ROW, title=alt.Title(title, subtitle=subtitle, dx=-margin)
        )
    )


def _numbers(rows: list[_Level]) -> Table:
    columns = (
        say("Outcome"),
        say("Median"),
        say("Middle half"),
        say("Nine in ten"),
        say("History"),
    )
    table = []
    for row in rows:
        q05, q25, q50, q75, q95 = (number(value, 2) for value in row.quantiles)
        history = "–" if row.happened is None else number(row.happened, 2)
        table.append((row.name, q50, f"{q25} – {q75}", f"{q05} – {q95}", history))
    return table_of(columns, tuple(table))

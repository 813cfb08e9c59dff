"""Outcomes that are levels: daily measures at the end of the time, as densities, so that two peaks are seen as two."""

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
ROW = 36
POINTS = 90  # at which a density is drawn
PLOT_WIDTH = 330
HILL = 22.0  # height of the densest place


@dataclass(frozen=True)
class _Level:
    """Quantiles (5, 25, 50, 75, 95 per cent) of a final value, its density, and history's where it is known.

    density: values, and how dense they lie there, 1 at the densest.
    """

    name: str
    quantiles: tuple[float, ...]
    density: tuple[tuple[float, float], ...]
    happened: float | None


def draw(material: Material) -> Chart | None:
    """Densities of final values, one a row."""
    rows = []
    for outcome in material.scenario.outcomes:
        if outcome.measure.is_binary or outcome.measure.form != "final" or outcome.id not in material.table.columns:
            continue
        values = numbers(material.table[outcome.id])
        if len(values):
            quantiles = tuple(np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist())
            happened = None if outcome.happened is None else float(outcome.happened)
            rows.append(_Level(outcome.name.in_language(), quantiles, _density(values), happened))
    if not rows:
        return None
    title = say("Where it ends")
    subtitle = say("Final values: the higher, the more runs end there; line: median; bar: nine in ten")
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
    ends = [at for row in rows for at, _ in row.density]
    low, high = min(0.0, *ends), max(1.0, *ends)
    y = alt.Y("y:Q", scale=None, axis=None)
    title_of = say("on the last day, as a share (1: whole)")
    axis = alt.Axis(title=title_of, tickCount=5, domain=False, ticks=False, orient="top", labelFlush=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=axis).scale(domain=[low, high])

    base = alt.Chart(frame).encode(y=y)
    layers: list[Any] = [
        *(
            alt.Chart(_hill(row, line * ROW + ROW / 2))
            .mark_area(color=theme.MODEL_LIGHT, line={"color": theme.MODEL, "strokeWidth": 1.0})
            .encode(x=x("value"), y=y, y2="foot:Q")
            for line, row in enumerate(rows)
        ),
        base.mark_rule(color=theme.MODEL, strokeWidth=3, yOffset=HILL / 2 + 2).encode(x=x("q05"), x2="q95:Q"),
        base.mark_tick(thickness=3, size=HILL, color=theme.POWER, opacity=1).encode(x=x("q50")),
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


def _density(values: Any) -> tuple[tuple[float, float], ...]:
    """How dense values lie, by a Gaussian kernel of Silverman's width, at places from the least to the largest."""
    low, high = (float(end) for end in np.quantile(values, (0.01, 0.99)))  # what lies further out is rare
    spread = min(float(values.std()), float(np.subtract(*np.quantile(values, (0.75, 0.25)))) / 1.34) or float(
        values.std()
    )
    width = max(0.9 * spread * len(values) ** -0.2, 0.006)
    places = np.linspace(low, high, POINTS) if high > low else np.array([low - 0.01, low, low + 0.01])
    heights = np.exp(-0.5 * ((places[:, None] - values[None, :]) / width) ** 2).sum(axis=1)
    return tuple(zip(places.tolist(), (heights / heights.max()).tolist(), strict=True))


def _hill(row: _Level, middle: float) -> pl.DataFrame:
    """A density in pixels, standing on a line below the middle of its row."""
    foot = middle + HILL / 2
    return pl.DataFrame([{"value": at, "y": foot - HILL * height, "foot": foot} for at, height in row.density])


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

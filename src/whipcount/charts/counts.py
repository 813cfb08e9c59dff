"""Outcomes that are counts: how many runs give each number, and the number that history gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.table import Table
from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, finished, table_of
from .material import Material
from .shares import numbers, shares

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 30
CELL = 37
ROW = 30
MOST = 12  # numbers from here on share the last cell


@dataclass(frozen=True)
class Distribution:
    """Shares of runs by number, the last cell for all from `MOST` on; and the documented number."""

    name: str
    shares: tuple[float, ...]
    mean: float
    happened: float | None


def distributions(material: Material) -> list[Distribution]:
    """The distribution of every outcome that counts something."""
    found = []
    for outcome in material.scenario.outcomes:
        if outcome.measure.is_binary or outcome.measure.form != "count" or outcome.id not in material.table.columns:
            continue
        values = numbers(material.table[outcome.id])
        if not len(values):
            continue
        happened = None if outcome.happened is None else float(outcome.happened)
        name = outcome.name.in_language()
        found.append(Distribution(name, shares(values, MOST), float(values.mean()), happened))
    return found


def draw(material: Material) -> Chart | None:
    """The distributions as strips, one a row."""
    rows = distributions(material)
    if not rows:
        return None
    title = say("How many: the model's numbers and history's")
    subtitle = say("Share of runs with each number, in per cent (darker: more); the framed number is history's")
    return Chart(
        name="counts",
        title=title,
        caption=say(
            "Numbers from {MOST} on share the last cell. Shares under half a per cent are left blank.", MOST=MOST
        ),
        alt=_alt(rows),
        table=_numbers(rows),
        spec=_spec(rows, title, subtitle),
    )


def _spec(rows: list[Distribution], title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    last = max(
        [3]
        + [many for row in rows for many, share in enumerate(row.shares) if share >= 0.005]
        + [int(min(row.happened, MOST)) for row in rows if row.happened is not None]
    )
    cells = []
    for line, row in enumerate(rows):
        for many, share in enumerate(row.shares[: last + 1]):
            cells.append(
                {
                    "x": many * CELL,
                    "x2": (many + 1) * CELL - 2,
                    "mid": (many + 0.5) * CELL - 1,
                    "y": line * ROW,
                    "y2": (line + 1) * ROW - 4,
                    "centre": line * ROW + (ROW - 4) / 2,
                    "share": share,
                    "text": number(100 * share, 0) if round(100 * share) else "",
                    "light": share > 0.45,
                    "history": row.happened is not None and min(row.happened, MOST) == many,
                }
            )
    frame = pl.DataFrame(cells)
    y = alt.Y("y:Q", scale=None, axis=None)
    box = alt.Chart(frame).encode(x=alt.X("x:Q", scale=None, axis=None), x2="x2:Q", y=y, y2="y2:Q")
    fill = alt.Color("share:Q", legend=None).scale(
        domain=[0, 0.02, 0.5, 1], range=["#f7f7f5", "#dbe7ef", theme.MODEL, "#1f4e70"]
    )
    names = pl.DataFrame(
        {
            "name": [shortened(row.name, 50) for row in rows],
            "centre": [line * ROW + (ROW - 4) / 2 for line in range(len(rows))],
            "mean": [say("mean ") + number(row.mean, 1) for row in rows],
        }
    )
    heads = pl.DataFrame(
        {
            "mid": [(many + 0.5) * CELL - 1 for number in range(last + 1)],
            "head": [f"{number}+" if number == MOST else str(number) for number in range(last + 1)],
        }
    )
    centre = alt.Y("centre:Q", scale=None, axis=None)
    middle = alt.X("mid:Q", scale=None, axis=None)
    layers = [
        box.mark_rect().encode(color=fill),
        box.transform_filter("datum.history").mark_rect(
            fillOpacity=0, stroke=theme.HISTORY, strokeWidth=2.4, clip=False
        ),
        alt.Chart(frame)
        .mark_text(fontSize=theme.SMALL, baseline="middle")
        .encode(
            x=middle, y=centre, text="text:N", color=alt.condition("datum.light", alt.value("#fff"), alt.value("#111"))
        ),
        alt.Chart(names)
        .mark_text(align="right", dx=-12, fontSize=theme.TEXT, baseline="middle")
        .encode(x=alt.value(0), y=centre, text="name:N"),
        alt.Chart(names)
        .mark_text(align="left", fontSize=theme.SMALL, color=theme.MUTED, baseline="middle")
        .encode(x=alt.value((last + 1) * CELL + 8), y=centre, text="mean:N"),
        alt.Chart(heads)
        .mark_text(fontSize=theme.SMALL, color=theme.MUTED, baseline="middle")
        .encode(x=middle, y=alt.value(-10), text="head:N"),
    ]
    return finished(
        alt.layer(*layers).properties(
            width=(last + 1) * CELL,
            height=len(rows) * ROW,
            title=alt.Title(title, subtitle=subtitle, dx=-svg.widest(names["name"], theme.TEXT) - 16),
        )
    )


def _alt(rows: list[Distribution]) -> str:
    parts = []
    for row in rows:
        history = "–" if row.happened is None else number(row.happened, 1)
        parts.append(
            say("{name}: mean {mean}, history {history}", name=row.name, mean=number(row.mean, 1), history=history)
        )
    return "; ".join(parts) + "."


def _numbers(rows: list[Distribution]) -> Table:
    heads = [f"{number}+" if number == MOST else str(number) for number in range(MOST + 1)]
    return table_of(
        (
            say("Outcome"),
            *heads,
            say("Mean"),
            say("History"),
        ),
        tuple(
            (
                row.name,
                *(percent(share) if share else "" for share in row.shares),
                number(row.mean, 1),
                "–" if row.happened is None else number(row.happened, 1),
            )
            for row in rows
        ),
    )

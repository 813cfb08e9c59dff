"""Outcomes that are counts: how many runs give each number, and the number that history gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.report import svg, theme
from whipcount.report.chart import Chart, Numbers, finished
from whipcount.report.material import Material
from whipcount.report.words import say, shortened

from .shares import numbers, shares

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


def distributions(material: Material, language: str) -> list[Distribution]:
    """The distribution of every outcome that counts something."""
    found = []
    for outcome in material.scenario.outcomes:
        if outcome.measure.is_binary or outcome.measure.form != "count" or outcome.id not in material.table.columns:
            continue
        values = numbers(material.table[outcome.id])
        if not len(values):
            continue
        happened = None if outcome.happened is None else float(outcome.happened)
        name = outcome.name.in_language(language)
        found.append(Distribution(name, shares(values, MOST), float(values.mean()), happened))
    return found


def draw(material: Material, language: str = "en") -> Chart | None:
    """The distributions as strips, one a row."""
    rows = distributions(material, language)
    if not rows:
        return None
    title = say(language, "How many: the model's numbers and history's", "Сколько: числа модели и истории")
    subtitle = say(
        language,
        "Share of runs with each number, in per cent (darker: more); the framed number is history's",
        "Доля прогонов с каждым числом, в процентах (темнее — больше); в рамке — число истории",
    )
    return Chart(
        name="counts",
        title=title,
        caption=say(
            language,
            f"Numbers from {MOST} on share the last cell. Shares under half a per cent are left blank.",
            f"Числа от {MOST} собраны в последней клетке. Доли меньше половины процента не подписаны.",
        ),
        alt=_alt(rows, language),
        numbers=_numbers(rows, language),
        language=language,
        spec=_spec(rows, title, subtitle, language),
    )


def _spec(rows: list[Distribution], title: str, subtitle: str, language: str) -> dict[str, Any]:
    import altair as alt

    last = max(
        [3]
        + [number for row in rows for number, share in enumerate(row.shares) if share >= 0.005]
        + [int(min(row.happened, MOST)) for row in rows if row.happened is not None]
    )
    cells = []
    for line, row in enumerate(rows):
        for number, share in enumerate(row.shares[: last + 1]):
            cells.append(
                {
                    "x": number * CELL,
                    "x2": (number + 1) * CELL - 2,
                    "mid": (number + 0.5) * CELL - 1,
                    "y": line * ROW,
                    "y2": (line + 1) * ROW - 4,
                    "centre": line * ROW + (ROW - 4) / 2,
                    "share": share,
                    "text": theme.number(100 * share, language, 0) if round(100 * share) else "",
                    "light": share > 0.45,
                    "history": row.happened is not None and min(row.happened, MOST) == number,
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
            "mean": [say(language, "mean ", "среднее ") + theme.number(row.mean, language) for row in rows],
        }
    )
    heads = pl.DataFrame(
        {
            "mid": [(number + 0.5) * CELL - 1 for number in range(last + 1)],
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


def _alt(rows: list[Distribution], language: str) -> str:
    parts = []
    for row in rows:
        history = "–" if row.happened is None else theme.number(row.happened, language)
        parts.append(
            say(
                language,
                f"{row.name}: mean {theme.number(row.mean, language)}, history {history}",
                f"{row.name}: среднее {theme.number(row.mean, language)}, в истории {history}",
            )
        )
    return "; ".join(parts) + "."


def _numbers(rows: list[Distribution], language: str) -> Numbers:
    heads = [f"{number}+" if number == MOST else str(number) for number in range(MOST + 1)]
    return Numbers(
        (
            say(language, "Outcome", "Исход"),
            *heads,
            say(language, "Mean", "Среднее"),
            say(language, "History", "История"),
        ),
        tuple(
            (
                row.name,
                *(theme.percent(share, language) if share else "" for share in row.shares),
                theme.number(row.mean, language),
                "–" if row.happened is None else theme.number(row.happened, language),
            )
            for row in rows
        ),
    )

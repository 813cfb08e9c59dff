"""Outcomes that either happen or do not: the model's probability with its interval, and what history did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from whipcount.table import Table
from whipcount.text import language, percent, say
from whipcount.text.fitting import halved, runs, wrapped

from . import svg, theme
from .chart import Chart, finished, table_of
from .material import Material

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 20
ROW = 23
NAME = 11.5  # size of the names
LINE = 13.5
LETTERS = 54  # of a name in one line
BAR_WIDTH = 330


@dataclass(frozen=True)
class Row:
    """One outcome: its name in lines, place (pixels), probability with interval, and history (None where unknown)."""

    lines: tuple[str, ...]
    use: str
    y: float
    probability: float
    low: float
    high: float
    happened: bool | None

    @property
    def name(self) -> str:
        """The whole name."""
        return " ".join(self.lines)


USES = ("calibrate", "holdout", "report", "questionnaire")


def use_heading(use: str) -> str:
    """What an outcome's documented value is used for."""
    return {
        "calibrate": say("May be used to calibrate"),
        "holdout": say("Held out: the model is checked on these"),
        "report": say("Reported only"),
        "questionnaire": say("The questions that are asked of every crisis"),
    }[use]


def draw(material: Material) -> Chart | None:
    """The bars of every outcome that is yes or no."""
    rows, headings, height = rows_of(material)
    if not rows:
        return None
    title = say("What the model expects, and what happened")
    subtitle = say("Share of {runs} in which it happens, with 95% interval of the simulation", runs=runs(material.runs))
    return Chart(
        name="outcomes",
        title=title,
        caption=caption_of(),
        alt=_alt(rows),
        table=numbers_of(rows),
        spec=spec_of(rows, headings, height, title, subtitle),
    )


def rows_of(material: Material) -> tuple[list[Row], list[tuple[str, float]], float]:
    """Rows and headings with their heights in pixels, in the scenario's order within each use."""
    values = {row["name"]: row for row in material.outcomes.iter_rows(named=True)}
    rows: list[Row] = []
    headings: list[tuple[str, float]] = []
    y = 0.0
    for use in USES:
        group = [
            outcome
            for outcome in material.scenario.outcomes
            if outcome.use == use and outcome.measure.is_binary and outcome.id in values
        ]
        if not group:
            continue
        headings.append((use_heading(use), y + 12))
        y += 26
        for outcome in group:
            value = values[outcome.id]
            happened = None if outcome.happened is None else bool(outcome.happened)
            lines = tuple(_lines(outcome.name.in_language()))
            height = ROW + LINE * (len(lines) - 1)
            rows.append(Row(lines, use, y + height / 2, value["probability"], value["low"], value["high"], happened))
            y += height
        y += 10
    return rows, headings, y


def laid_out(rows: Sequence[Row]) -> tuple[list[Row], float]:
    """Some rows one below the other, without headings, and how high they are together."""
    found, y = [], 0.0
    for row in rows:
        height = ROW + LINE * (len(row.lines) - 1)
        found.append(replace(row, y=y + height / 2))
        y += height
    return found, y + 10


def _lines(name: str) -> list[str]:
    """A name in one line, in two even ones, or in as many as it needs."""
    if len(name) <= LETTERS:
        return [name]
    even = halved(name)
    return even if max(map(len, even)) <= LETTERS else wrapped(name, LETTERS)


def spec_of(
    rows: list[Row], headings: list[tuple[str, float]], height: float, title: str, subtitle: str
) -> dict[str, Any]:
    """Bars, intervals, names and what history did."""
    import altair as alt

    frame = pl.DataFrame(
        {
            "name": ["\n".join(row.lines) for row in rows],
            "y": [row.y for row in rows],
            "probability": [row.probability for row in rows],
            "low": [max(row.low, 0.0) for row in rows],
            "high": [min(row.high, 1.0) for row in rows],
            "text": [percent(row.probability) for row in rows],
            "happened": ["" if row.happened is None else "yes" if row.happened else "no" for row in rows],
            "history": [None if row.happened is None else float(row.happened) for row in rows],
        }
    )
    margin = svg.widest((line for row in rows for line in row.lines), NAME) + 18
    y = alt.Y("y:Q", scale=None, axis=None)
    ticks = alt.Axis(
        title=None,
        format="%",
        values=[0, 0.25, 0.5, 0.75, 1],
        orient="top",
        domain=False,
        ticks=False,
        labelFlush=False,
    )
    x = alt.X("probability:Q", axis=ticks).scale(domain=[0, 1])
    base = alt.Chart(frame).encode(y=y)
    layers = [
        base.mark_bar(height=11, color=theme.MODEL_LIGHT, align="left").encode(x=x, x2=alt.datum(0)),
        base.mark_rule(color=theme.POWER, strokeWidth=2.2).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(shape="stroke", angle=90, size=90, color=theme.POWER, strokeWidth=2.2, opacity=1).encode(x=x),
        *_history(frame, y),
        alt.Chart(_name_lines(rows))
        .mark_text(align="right", dx=-14, fontSize=NAME, baseline="middle")
        .encode(x=alt.value(0), y=y, text="line:N"),
        base.mark_text(align="right", fontWeight="bold", fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(BAR_WIDTH + 62), text="text:N"
        ),
        *(
            alt.Chart(pl.DataFrame([one], schema=["heading", "y"], orient="row"))
            .mark_text(align="left", fontWeight="bold", fontSize=theme.TEXT, color=theme.MUTED, baseline="middle")
            .encode(x=alt.value(-margin), y=y, text="heading:N")
            for one in headings
        ),
        _legend(height),
    ]
    chart = (
        alt.layer(*layers)
        .properties(width=BAR_WIDTH, height=height + 12)
        .properties(title=alt.Title(title, subtitle=subtitle, dx=-margin))
    )
    return finished(chart)


def _name_lines(rows: list[Row]) -> pl.DataFrame:
    """The names line by line, centred on their rows."""
    lines = [
        (line, row.y + LINE * (place - (len(row.lines) - 1) / 2))
        for row in rows
        for place, line in enumerate(row.lines)
    ]
    return pl.DataFrame(lines, schema=["line", "y"], orient="row")


def _history(frame: pl.DataFrame, y: Any) -> list[Any]:
    """Diamonds: filled at 100% where it happened, hollow at 0% where it did not."""
    import altair as alt

    known = frame.filter(pl.col("happened") != "")
    layers = []
    for value, fill in (("yes", theme.HISTORY), ("no", theme.PAPER)):
        part = known.filter(pl.col("happened") == value)
        if not part.is_empty():
            layers.append(
                alt.Chart(part)
                .mark_point(
                    shape="diamond", size=95, fill=fill, stroke=theme.HISTORY, strokeWidth=1.4, opacity=1, clip=False
                )
                .encode(y=y, x=alt.X("history:Q"))
            )
    return layers


def _legend(height: float) -> Any:
    """What the marks mean, below the bars."""
    import altair as alt

    texts = [
        ("yes", 0.0, say("it happened")),
        ("no", 110.0 if language() == "en" else 100.0, say("it did not happen")),
    ]
    layers = []
    for value, x, label in texts:
        frame = pl.DataFrame({"x": [x], "tx": [x + 11], "y": [height + 4], "label": [label]})
        at = alt.Y("y:Q", scale=None, axis=None)
        point: dict[str, Any] = {
            "shape": "diamond",
            "size": 95,
            "stroke": theme.HISTORY,
            "strokeWidth": 1.4,
            "opacity": 1,
        }
        fill = theme.HISTORY if value == "yes" else theme.PAPER
        layers.append(
            alt.Chart(frame).mark_point(fill=fill, **point).encode(x=alt.X("x:Q", scale=None, axis=None), y=at)
        )
        layers.append(
            alt.Chart(frame)
            .mark_text(align="left", baseline="middle", color=theme.MUTED)
            .encode(x=alt.X("tx:Q", scale=None, axis=None), y=at, text="label:N")
        )
    return alt.layer(*layers)


def caption_of() -> str:
    """How the bars are read."""
    return say(
        "Bars are the model's probabilities under the parameters and priors of this run; the interval is "
        "that of the simulation, not of the model. A diamond marks history: one course among those possible."
    )


def _alt(rows: list[Row]) -> str:
    known = [row for row in rows if row.happened is not None]
    likely = sum((row.probability >= 0.5) == row.happened for row in known)
    return say(
        "Bars of {many_rows} outcomes. Of {many_known} with known history the model leans to what happened "
        "in {likely}.",
        many_rows=len(rows),
        many_known=len(known),
        likely=likely,
    )


def numbers_of(rows: list[Row]) -> Table:
    """The numbers of the bars."""
    yes, no = say("happened"), say("did not")
    return table_of(
        (
            say("Outcome"),
            say("Model"),
            say("95% interval"),
            say("History"),
        ),
        tuple(
            (
                row.name,
                percent(row.probability),
                f"{percent(row.low)} – {percent(row.high)}",
                "–" if row.happened is None else yes if row.happened else no,
            )
            for row in rows
        ),
    )

"""One intervention over the library: its effect in each crisis, their mean, and what to expect of one more.

The forest plot of meta-analyses (Lewis & Clarke 2001), without its boxes: every crisis counts for about as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from whipcount.table import Table
from whipcount.text import localised, say, signed

from . import svg, theme
from .chart import Chart, finished, table_of

if TYPE_CHECKING:
    from whipcount.questions.ask_library import Across, LibraryAnswer

DRAWS = ("whipcount.questions.ask_library.LibraryAnswer",)
ROW = 24
RIGHT = 150  # pixels for the figures at the right
MEANS: tuple[tuple[str, Literal["normal", "bold"]], ...] = (("false", "normal"), ("true", "bold"))
Row = tuple[str, float, float, float, float, float, str]  # name, effect, low, high, predicted ends, kind


def draw(result: LibraryAnswer) -> Chart:
    """Crises from the largest effect to the smallest and their mean; of several questions, their means."""
    from whipcount.questions.ask_library import finding

    one = result.questions[0] if len(result.questions) == 1 else None
    rows = _crises(one) if one is not None else _questions(result)
    title = finding(one).rstrip(".") if one is not None else say("What it changes over all crises")
    legend = [
        say("Change of the probability in percentage points, with 95% intervals; pale: the interval holds zero."),
        say("Thin line: where 95% of the effects in further crises would lie."),
    ]
    return Chart(
        name="across_crises",
        title=title,
        caption=" ".join(legend),
        alt=result.words(),
        table=_numbers(rows),
        spec=_spec(rows, title, ["; ".join(result.do), *legend]),
    )


def _crises(one: Across) -> list[Row]:
    ordered = sorted(one.by_crisis, key=lambda at: -at.effect.effect)
    nan = float("nan")
    rows = [(at.crisis, at.effect.effect, at.effect.low, at.effect.high, nan, nan, "crisis") for at in ordered]
    return [*rows, _mean(one, say("mean over crises"))] if one.pooled is not None else rows


def _questions(result: LibraryAnswer) -> list[Row]:
    asked = [one for one in result.questions if one.pooled is not None]
    return [_mean(one, one.label) for one in sorted(asked, key=lambda one: -(one.pooled.mean if one.pooled else 0.0))]


def _mean(one: Across, name: str) -> Row:
    pooled = one.pooled
    assert pooled is not None
    return (name, pooled.mean, pooled.low, pooled.high, pooled.predicted_low, pooled.predicted_high, "mean")


def _frame(rows: list[Row]) -> pl.DataFrame:
    several = {row[-1] for row in rows} == {"crisis", "mean"}
    lines = [(place + 0.5 + (0.5 if several and row[-1] == "mean" else 0.0)) * ROW for place, row in enumerate(rows)]
    return pl.DataFrame(
        {
            "name": [row[0] for row in rows],
            "line": lines,
            "effect": [100 * row[1] for row in rows],
            "low": [100 * row[2] for row in rows],
            "high": [100 * row[3] for row in rows],
            "farthest_low": [100 * row[4] for row in rows],
            "farthest_high": [100 * row[5] for row in rows],
            "clear": [row[2] > 0 or row[3] < 0 for row in rows],
            "mean": [row[-1] == "mean" for row in rows],
            "told": [f"{_points(row[1])}  ({_points(row[2])} … {_points(row[3])})" for row in rows],
        },
        schema_overrides=dict.fromkeys(("effect", "low", "high", "farthest_low", "farthest_high"), pl.Float64),
    ).with_columns(pl.col("farthest_low", "farthest_high").fill_nan(None))


def _spec(rows: list[Row], title: str, subtitle: list[str]) -> dict[str, Any]:
    import altair as alt

    frame = _frame(rows)
    height = (len(rows) + 1) * ROW
    colour = alt.condition("datum.clear", alt.value(theme.MODEL), alt.value(theme.MODEL_LIGHT))
    base = alt.Chart(frame).encode(y=alt.Y("line:Q", scale=alt.Scale(domain=[0, height], range=[0, height]), axis=None))
    x = alt.X("effect:Q", title=say("percentage points"))
    predicted = base.transform_filter("isValid(datum.farthest_low)")
    layers = [
        alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=theme.FAINT).encode(x="zero:Q"),
        predicted.mark_rule(strokeWidth=1, color=theme.HISTORY).encode(x=alt.X("farthest_low:Q"), x2="farthest_high:Q"),
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q", color=colour),
        base.transform_filter("!datum.mean").mark_point(filled=True, size=60, opacity=1).encode(x=x, color=colour),
        base.transform_filter("datum.mean")
        .mark_point(filled=True, size=130, opacity=1, shape="diamond")
        .encode(x=x, color=colour),
        *(
            base.transform_filter(f"datum.mean == {mean}")
            .mark_text(align="right", dx=-12, fontSize=theme.TEXT, baseline="middle", fontWeight=weight)
            .encode(x=alt.value(0), text="name:N")
            for mean, weight in MEANS
        ),
        base.mark_text(align="left", dx=12, fontSize=theme.SMALL, color=theme.MUTED, baseline="middle").encode(
            x=alt.value(theme.WIDTH - RIGHT - 100), text="told:N"
        ),
    ]
    shift = -svg.widest(frame["name"], theme.TEXT) - 16
    return finished(
        alt.layer(*layers).properties(
            width=theme.WIDTH - RIGHT - 100, height=height, title=alt.Title(title, subtitle=subtitle, dx=shift)
        )
    )


def _points(share: float) -> str:
    """A difference with one decimal, so that figures stand under each other."""
    return localised(f"{100 * share:+.1f}".replace("-", "−"))


def _numbers(rows: list[Row]) -> Table:
    columns = (say("Crisis"), say("Effect"), "95%", say("One more crisis"))
    told = []
    for name, effect, low, high, least, most, _ in rows:
        further = "" if least != least else f"{signed(100 * least, 1)} … {signed(100 * most, 1)}"
        told.append((name, signed(100 * effect, 1), f"{signed(100 * low, 1)} … {signed(100 * high, 1)}", further))
    return table_of(columns, tuple(told))

"""The chart of a counterfactual: by how much each outcome moves, with its interval, around the line of no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.table import Table
from whipcount.text import percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, finished, table_of

if TYPE_CHECKING:
    from whipcount.counterfactual.effects import Effect
    from whipcount.questions.ask import Answer

DRAWS = ("whipcount.questions.ask.Answer",)
ROW = 24


def draw(answer: Answer) -> Chart:
    """Effects on yes-or-no outcomes in percentage points, the largest first."""
    effects = sorted((one for one in answer.effects if one.binary), key=lambda one: -abs(one.effect))
    title = say("What it changes")
    subtitle = "; ".join(answer.do)
    return Chart(
        name="effects",
        title=title,
        caption=say(
            "Change of each outcome's probability in percentage points, with the 95% interval of the pairs; "
            "pale: the interval holds zero. Right: in how many pairs the outcome comes about, or is lost."
        ),
        alt=answer.words(),
        table=_numbers(effects),
        spec=_spec(effects, title, subtitle),
    )


def _spec(effects: list[Effect], title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    frame = pl.DataFrame(
        {
            "name": [shortened(one.name.in_language(), 60) for one in effects],
            "line": [index * ROW + ROW / 2 for index in range(len(effects))],
            "effect": [100 * one.effect for one in effects],
            "low": [100 * one.low for one in effects],
            "high": [100 * one.high for one in effects],
            "clear": [one.clear for one in effects],
            "flips": [f"+{one.flips_up} −{one.flips_down}" for one in effects],
        },
        schema_overrides={"effect": pl.Float64, "low": pl.Float64, "high": pl.Float64},
    )
    y = alt.Y("line:Q", scale=None, axis=None)
    x = alt.X("effect:Q", title=say("percentage points"))
    colour = alt.condition("datum.clear", alt.value(theme.MODEL), alt.value(theme.MODEL_LIGHT))
    base = alt.Chart(frame).encode(y=y)
    layers = [
        alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=theme.FAINT).encode(x="zero:Q"),
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q", color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x, color=colour),
        base.mark_text(align="right", dx=-12, fontSize=theme.TEXT, baseline="middle").encode(
            x=alt.value(0), text="name:N"
        ),
        base.mark_text(align="left", dx=12, fontSize=theme.SMALL, color=theme.MUTED, baseline="middle").encode(
            x=alt.value(theme.WIDTH - 200), text="flips:N"
        ),
    ]
    shift = -svg.widest(frame["name"], theme.TEXT) - 16
    return finished(
        alt.layer(*layers).properties(
            width=theme.WIDTH - 200,
            height=max(len(effects), 1) * ROW,
            title=alt.Title(title, subtitle=subtitle, dx=shift),
        )
    )


def _numbers(effects: list[Effect]) -> Table:
    columns = (
        say("Outcome"),
        say("Before"),
        say("After"),
        say("Effect"),
        "95%",
    )
    rows = tuple(
        (
            one.name.in_language(),
            percent(one.before),
            percent(one.after),
            f"{100 * one.effect:+.1f}",
            f"{100 * one.low:+.1f} … {100 * one.high:+.1f}",
        )
        for one in effects
    )
    return table_of(columns, rows)

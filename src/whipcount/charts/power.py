"""Voting power as a dot chart: each member's share of the weights beside its power by two indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .known_parties import own_colours
from .marks import distinct, kinds_legend, names_axis

if TYPE_CHECKING:
    from whipcount.theory.power import PowerResult

DRAWS = ("whipcount.theory.power.PowerResult",)
MOST = 40
LOOKS = {
    "shapley_shubik": (theme.POWER, theme.POWER, "circle"),
    "banzhaf": (theme.PAPER, theme.OPPONENTS, "circle"),
}


def draw(result: PowerResult) -> Chart:
    """The members with most power: a bar for the weight, dots for the indices."""
    import altair as alt

    shown = sorted(range(len(result.names)), key=lambda row: (-result.indices[0].values[row], row))[:MOST]
    weights = say("share of weights")
    kinds = [(weights, theme.MODEL_LIGHT, theme.MODEL_LIGHT, "square")]
    values = [result.shares()]
    for index in result.indices:
        if index.key in LOOKS:
            kinds.append((say(index.title), *LOOKS[index.key]))
            values.append(index.values)
    if result.on_map is not None:
        kinds.append((say("pivotal on the map"), theme.WINDOW, theme.WINDOW, "diamond"))
        values.append(result.on_map.pivotal)
    names = distinct([shortened(result.names[row], 26) for row in shown])
    frame = pl.DataFrame(
        [
            {"name": name, "kind": kind[0], "share": 100 * float(value[row])}
            for name, row in zip(names, shown, strict=True)
            for kind, value in zip(kinds, values, strict=True)
        ]
    )
    looks = kinds_legend(kinds)
    own = own_colours(result.names)
    tint = [(own.colours[row] if own.colours else None) or theme.MODEL_LIGHT for row in shown]
    frame = frame.with_columns(own=pl.col("name").replace_strict(dict(zip(names, tint, strict=True))))
    filled = {"color": alt.Color("own:N", scale=None)} if own.colours else {"fill": looks["fill"]}
    share = alt.X("share:Q", title=say("per cent"), axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=names_axis())
    bars = base.transform_filter(alt.datum.kind == weights).mark_bar(height=14).encode(x=share, **filled)
    spans = base.mark_rule(color=theme.MUTED).encode(x="min(share):Q", x2="max(share):Q")
    dots = base.transform_filter(alt.datum.kind != weights).mark_point(size=64, strokeWidth=2, opacity=1)
    return charted(
        result,
        "power",
        alt.layer(bars, spans, dots.encode(x=share, **looks)).properties(width=590, height=alt.Step(24)),
        say("Weight and power"),
        shortened(result.rule.describe(), 110),
        say("Bars: share of the weights. Dots: share of decisions that a member turns, by two ways of counting.")
        + (f" {own.whose}" if own.whose else ""),
    )

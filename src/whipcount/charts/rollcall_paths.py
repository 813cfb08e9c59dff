"""Ideal points that move: every member's path, those who moved most by name, with 95% of their uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import number, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .marks import apart

if TYPE_CHECKING:
    from whipcount.theory.rollcall_dynamic import DynamicPoints, MovingPoint

DRAWS = ("whipcount.theory.rollcall_dynamic.DynamicPoints",)
NAMED = 5
HEIGHT = 380.0


def draw(result: DynamicPoints) -> Chart:
    """Paths over the periods, grey but for those who moved most."""
    import altair as alt

    movers = [one.member for one in result.moves[:NAMED]]
    order = {name: place for place, name in enumerate(result.periods)}
    rows = [
        {
            "member": one.member, "period": one.period, "at": order[one.period], "point": one.point, "low": one.low,
            "high": one.high, "mover": one.member in movers,
        }
        for one in sorted(result.points, key=lambda one: (one.member, order[one.period]))
    ]  # fmt: skip
    frame = pl.DataFrame(rows)
    colours = alt.Color(
        "member:N", legend=None, scale=alt.Scale(domain=movers, range=list(theme.CATEGORIES[: len(movers)]))
    )
    low, high = min(one.low for one in result.points), max(one.high for one in result.points)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    axis = alt.Axis(title=say("period"), labelAngle=0, labelOverlap=True)
    time = alt.X("period:N", sort=list(result.periods), axis=axis, scale=alt.Scale(padding=0.5))
    place = alt.Y("point:Q", title=say("ideal point"), scale=scale, axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(x=time)
    others = base.transform_filter(~alt.datum.mover).encode(y=place, detail="member:N")
    named = base.transform_filter(alt.datum.mover)
    layers = [
        others.mark_line(color=theme.RULE, strokeWidth=1),
        named.mark_area(opacity=0.12).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q", color=colours),
        named.mark_line(strokeWidth=2.4, point=alt.OverlayMarkDef(size=36, filled=True)).encode(y=place, color=colours),
    ]
    if movers:
        layers.append(_names(result, movers, low, high, time, colours))
    return charted(
        result,
        "rollcall-paths",
        alt.layer(*layers).properties(width=600, height=HEIGHT),
        _title(result),
        say(
            "{members} members over {periods} periods; in colour those who moved most",
            members=frame["member"].n_unique(), periods=len(result.periods),
        ),
        say(
            "One scale holds all periods. Bands: 95% of the uncertainty of those named; which side is right is a "
            "convention."
        ),
    )  # fmt: skip


def _title(result: DynamicPoints) -> str:
    """Who moved most; nothing of the kind where the chains tell different things."""
    from whipcount.theory.rollcall_ideal import WORST_RHAT

    if result.rhat > WORST_RHAT:
        return say("Ideal points that move: too few draws to tell who (R-hat {rhat})", rhat=number(result.rhat, 2))
    if not result.moves:
        return say("Ideal points that move")
    most = result.moves[0]
    return say("{member} moved most: {moved}", member=shortened(most.member, 36), moved=number(most.moved, 2))


def _names(result: DynamicPoints, movers: list[str], low: float, high: float, time: object, colours: object) -> object:
    """The movers' names at the ends of their paths, moved apart where they would meet."""
    import altair as alt

    order = {name: place for place, name in enumerate(result.periods)}
    ends: list[MovingPoint] = []
    for name in movers:
        ends.append(max((one for one in result.points if one.member == name), key=lambda one: order[one.period]))
    pixels = [HEIGHT * (high - one.point) / max(high - low, 1e-9) for one in ends]
    moved = apart(pixels, 15.0, 6.0, HEIGHT - 6.0)
    frame = pl.DataFrame(
        [
            {"member": one.member, "name": shortened(one.member, 24), "period": one.period, "pixel": pixel}
            for one, pixel in zip(ends, moved, strict=True)
        ]
    )
    return (
        alt.Chart(frame)
        .mark_text(align="left", dx=10, fontSize=theme.SMALL, fontWeight="bold", clip=False)
        .encode(x=time, y=alt.Y("pixel:Q", scale=None, axis=None), text="name:N", color=colours)
    )

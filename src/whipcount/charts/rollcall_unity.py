"""Unity of parties: the agreement index of each, and the share of its votes against its own line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from whipcount.text import localised, percent, say
from whipcount.text.fitting import shortened

from . import theme
from .chart import Chart, charted
from .known_parties import own_colours
from .marks import distinct, names_axis

if TYPE_CHECKING:
    from whipcount.theory.rollcall_unity import Unity

DRAWS = ("whipcount.theory.rollcall_unity.Unity",)


def draw(result: Unity) -> Chart:
    """Two panels: agreement (1 is united), and rebel votes in per cent of the votes cast."""
    import altair as alt

    parties = sorted(result.parties, key=lambda one: (-one.agreement, one.party))
    own = own_colours([one.party for one in parties])
    frame = pl.DataFrame(
        {
            "name": distinct([shortened(one.party, 22) for one in parties]),
            "agreement": [one.agreement for one in parties],
            "agrees": [localised(f"{one.agreement:.3f}") for one in parties],
            "rebel": [100 * one.rebel_share for one in parties],
            "own": [colour or theme.POWER for colour in own.colours or (None,) * len(parties)],
            "rebels": [f"{percent(one.rebel_share)} ({one.rebellions})" for one in parties],
        }
    )
    left = alt.Chart(frame.filter(pl.col("agreement").is_not_nan())).encode(y=names_axis(size=theme.TEXT))
    right = alt.Chart(frame.filter(pl.col("rebel").is_not_nan())).encode(y=names_axis(names=False))
    least = min([one.agreement for one in parties if one.agreement == one.agreement] + [0.95])
    scale = alt.Scale(domain=[max(0.0, least - (1 - least) * 0.3), 1.0], nice=False)
    agreement = alt.X("agreement:Q", title=say("agreement index"), scale=scale, axis=alt.Axis(tickCount=5))
    rebel = alt.X("rebel:Q", title=say("votes against the line, per cent"), axis=alt.Axis(tickCount=5))
    united = (
        left.mark_rule(color=theme.MODEL_LIGHT, strokeWidth=3).encode(x=agreement, x2=alt.datum(1.0)),
        left.mark_circle(size=110, opacity=1).encode(x=agreement, color=alt.Color("own:N", scale=None)),
        left.mark_text(dy=-12).encode(x=agreement, text="agrees:N"),
    )
    against = (
        right.mark_bar(color=theme.OPPONENTS, height=18).encode(x=rebel),
        right.mark_text(align="left", dx=8).encode(x=rebel, text="rebels:N"),
    )
    panels = [alt.layer(*layers).properties(width=300, height=alt.Step(34)) for layers in (united, against)]
    return charted(
        result,
        "rollcall-unity",
        alt.hconcat(*panels, spacing=40),
        say("How united the parties vote"),
        say(
            "{motions} motions; agreement over yes, no and abstention, and votes against the party's own line",
            motions=result.motions,
        ),
        say("Agreement is 1 where all who vote do the same and 0 where they split in three equal parts.")
        + (f" {own.whose}" if own.whose else ""),
    )

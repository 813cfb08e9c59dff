"""Unity of parties: the agreement index of each, and the share of its votes against its own line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import localised, percent, say
from whipcount.text.fitting import shortened

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below

if TYPE_CHECKING:
    from whipcount.theory.rollcall_unity import Unity

DRAWS = ("whipcount.theory.rollcall_unity.Unity",)
WIDTH = 860.0
NAMES = 170.0
TOP = 112.0
ROW = 34.0
HALF = 300.0
GAP = 70.0


def draw(result: Unity) -> Chart:
    """Two panels: agreement (1 is united), and rebel votes in per cent of the votes cast."""
    parties = sorted(result.parties, key=lambda one: (-one.agreement, one.party))
    bottom = TOP + ROW * len(parties)
    least = min([one.agreement for one in parties if one.agreement == one.agreement] + [0.95])
    first = Scale(max(0.0, least - (1 - least) * 0.3), 1.0, NAMES, NAMES + HALF)
    most = max([one.rebel_share for one in parties if one.rebel_share == one.rebel_share] + [0.01])
    second = Scale(0.0, 100 * most * 1.1, NAMES + HALF + GAP, NAMES + 2 * HALF + GAP)
    title = say("How united the parties vote")
    subtitle = say(
        "{motions} motions; agreement over yes, no and abstention, and votes against the party's own line",
        motions=result.motions,
    )
    parts = svg.heading(title, subtitle)
    parts += axis_below(first, bottom, TOP - 10, say("agreement index"), 5)
    against = say("votes against the line, per cent")
    parts += axis_below(second, bottom, TOP - 10, against, 5)
    for place, one in enumerate(parties):
        y = TOP + ROW * place + ROW / 2
        parts.append(svg.text(shortened(one.party, 22), NAMES - 14, y + 4, theme.TEXT, "end"))
        if one.agreement == one.agreement:
            at = first(one.agreement)
            parts.append(
                svg.element("line", x1=first.end, x2=at, y1=y, y2=y, stroke=theme.MODEL_LIGHT, stroke_width=3.0)
            )
            parts.append(svg.element("circle", cx=at, cy=y, r=6.0, fill=theme.POWER))
            parts.append(svg.text(localised(f"{one.agreement:.3f}"), at, y - 10, theme.SMALL, "middle"))
        if one.rebel_share == one.rebel_share:
            width = second(100 * one.rebel_share) - second.start
            parts.append(
                svg.element("rect", x=second.start, y=y - 9, width=max(width, 0.5), height=18.0, fill=theme.OPPONENTS)
            )
            label = f"{percent(one.rebel_share)} ({one.rebellions})"
            parts.append(svg.text(label, second.start + width + 8, y + 4))
    numbers = table_of(
        (
            say("party"),
            "Rice",
            say("agreement"),
            say("against"),
        ),
        tuple((one.party, f"{one.rice:.3f}", f"{one.agreement:.3f}", f"{percent(one.rebel_share)}") for one in parties),
    )
    caption = say("Agreement is 1 where all who vote do the same and 0 where they split in three equal parts.")
    return Chart(
        "rollcall-unity",
        title,
        caption,
        result.words(),
        numbers,
        drawing=svg.document(parts, second.end + 110, bottom + 56),
    )

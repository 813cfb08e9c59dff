"""The house style of every chart and page: one type family, one palette, one set of sizes and number formats.

The categorical colours are Okabe and Ito's (2008), chosen to stay apart under the common kinds of colour blindness;
charts never tell things apart by colour alone (labels, dashes, shapes and hollow marks go with it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# Verdana has the widths of DejaVu Sans, so that text set here still fits on machines without it
FONT: Final = '"DejaVu Sans", Verdana, Geneva, "Noto Sans", sans-serif'
FONT_FAMILY: Final = "DejaVu Sans, Verdana, Geneva, Noto Sans, sans-serif"

INK: Final = "#1a1a1a"
MUTED: Final = "#5c5c5c"
FAINT: Final = "#8c8c8c"
RULE: Final = "#d9d9d9"
WASH: Final = "#f3f1ec"
PAPER: Final = "#ffffff"

POWER: Final = "#0072b2"  # those in power
OPPONENTS: Final = "#d55e00"  # their opponents at the table
DANGER: Final = "#4d4d4d"
MODEL: Final = "#5a8fb5"  # what the model says
MODEL_LIGHT: Final = "#bcd3e2"
HISTORY: Final = "#111111"  # what happened
WINDOW: Final = "#009e73"
LINK: Final = "#00558a"
OFF: Final = "#9c3a00"  # what is wrong, or other than the model leans
FINE: Final = "#00734f"
SHADES: Final = ("#dbe7ef", "#a9c8dd", "#2a6a97", "#0b4f7d")  # from little to much
# what pages make of these on dark paper, by the names of their style sheets; text has a contrast of 4.5 to 1 at least
DARK: Final = {
    "paper": "#15181c", "ink": "#ececea", "muted": "#a9b0b8", "rule": "#3a4048", "wash": "#20252b", "blue": "#0072b2",
    "link": "#7cc4f0", "off": "#ff9a5c", "fine": "#5fd3a9", "pale": "#3b5566", "model": "#7fb0d3",
    "opponents": "#ff8c4a", "shade-1": "#243440", "shade-2": "#2f4d63", "shade-3": "#2a6a97", "shade-4": "#0b4f7d",
}  # fmt: skip

CATEGORIES: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#7a5195",
    "#8c8c8c",
    "#a6761d",
    "#f0e442",
)

WIDTH: Final = 760  # of a chart's plotting area, pixels
TEXT: Final = 12
SMALL: Final = 11
TITLE: Final = 16
PNG_SCALE: Final = 2.0


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of the house style."""
    return {
        "font": FONT_FAMILY,
        "background": PAPER,
        "padding": 14,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "group",
            "color": INK,
            "fontSize": TITLE,
            "fontWeight": "bold",
            "subtitleColor": MUTED,
            "subtitleFontSize": TEXT,
            "subtitlePadding": 6,
            "subtitleLineHeight": 16,
            "offset": 14,
            "lineHeight": 20,
        },
        "axis": {
            "labelColor": INK,
            "labelFontSize": SMALL,
            "titleColor": MUTED,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "domainColor": FAINT,
            "tickColor": FAINT,
            "tickSize": 4,
            "gridColor": RULE,
            "gridDash": [1, 3],
            "labelPadding": 4,
            "titlePadding": 8,
        },
        "header": {
            "labelColor": INK,
            "labelFontSize": TEXT,
            "labelFontWeight": "bold",
            "labelAnchor": "start",
            "titleColor": MUTED,
        },
        "legend": {
            "labelColor": INK,
            "labelFontSize": SMALL,
            "titleColor": MUTED,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "symbolStrokeWidth": 2,
            "labelLimit": 320,
        },
        "text": {"font": FONT_FAMILY, "fontSize": SMALL, "color": INK},
        "range": {"category": list(CATEGORIES)},
        "concat": {"spacing": 18},
    }


def party_colours(
    parties: Sequence[str], given: Mapping[str, str | None], neutral: Sequence[str] = ()
) -> dict[str, str]:
    """A colour for each party: the scenario's own where it gives one, else the next free one of the palette."""
    taken = {colour.lower() for colour in given.values() if colour}
    free = iter([colour for colour in CATEGORIES if colour not in taken] * (1 + len(parties) // len(CATEGORIES)))
    colours: dict[str, str] = {}
    for party in parties:
        own = given.get(party)
        if own:
            colours[party] = own
        elif party in neutral:
            colours[party] = FAINT
        else:
            colours[party] = next(free, FAINT)
    return colours

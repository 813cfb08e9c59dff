"""A whip count: the distribution of the yes votes against what is needed, and the parties' expected votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.text import number, percent, say
from whipcount.text.fitting import shortened, wrapped

from . import svg, theme
from .chart import Chart, table_of
from .marks import Scale, axis_below, label_of

if TYPE_CHECKING:
    from whipcount.theory.rollcall_whip import WhipCount

DRAWS = ("whipcount.theory.rollcall_whip.WhipCount",)
WIDTH = 860.0
LEFT = 60.0
TOP = 128.0
HEIGHT = 190.0
ROW = 26.0
NAMES = 150.0
LEAST = 0.0005  # probability below which a tally is not drawn


def draw(result: WhipCount) -> Chart:
    """The tally's distribution above, one bar a party below: yes, abstentions and no, with rebels told."""
    title = say("Counting the votes before they are cast")
    parts = svg.heading(title, shortened(result.title, 105) or say("a coming motion"))
    parts += _tally(result)
    parties = _parties(result)
    top = TOP + HEIGHT + 104
    most = max(sum(row[2:5]) for row in parties)
    x = Scale(0.0, most, LEFT + NAMES, WIDTH - 190)
    parts.append(
        svg.text(
            say("Expected votes by party"),
            LEFT,
            top - 24,
            theme.TEXT,
            bold=True,
        )
    )
    parts += _key(WIDTH - 190, top - 24)
    for place, (name, line, yes, abstain, no, breaks) in enumerate(parties):
        y = top + ROW * place
        parts.append(
            svg.text(
                shortened(name or say("no party"), 20),
                LEFT + NAMES - 12,
                y + 12,
                theme.SMALL,
                "end",
            )
        )
        start = x.start
        for value, colour in ((yes, YES), (abstain, ABSTAIN), (no, NO)):
            width = value * x.per_unit
            parts.append(svg.element("rect", x=start, y=y, width=max(width, 0.0), height=16.0, fill=colour))
            start += width
        told = (
            say("no line")
            if line == "free"
            else say("line {line}, {breaks} break it", line=say(line), breaks=number(breaks, 1))
        )
        parts.append(svg.text(told, start + 8, y + 12, theme.SMALL, colour=theme.MUTED))
    height = top + ROW * len(parties) + 20
    caption = say("Every wave of rebellion that the record makes likely is averaged over; attendance as in the record.")
    numbers = table_of(
        (
            say("party"),
            say("yes"),
            say("abstain"),
            say("no"),
        ),
        tuple((name, f"{yes:.1f}", f"{abstain:.1f}", f"{no:.1f}") for name, _, yes, abstain, no, _ in parties),
    )
    return Chart("rollcall-whip", title, caption, result.words(), numbers, drawing=svg.document(parts, WIDTH, height))


YES, ABSTAIN, NO = theme.POWER, "#c9c9c9", theme.OPPONENTS


def _tally(result: WhipCount) -> list[str]:
    """Bars of the number of yes votes, the limit that has to be reached, and the chance to pass."""
    shown = [yes for yes, chance in enumerate(result.tally) if chance >= LEAST]
    low, high = (min(shown), max(shown)) if shown else (0, len(result.tally) - 1)
    low_at, high_at = low - 0.5, high + 0.5
    if result.needed:
        low_at, high_at = min(low_at, result.needed - 1.5), max(high_at, result.needed + 1.5)
    x = Scale(low_at, high_at, LEFT, WIDTH - 40)
    most = max(result.tally[low : high + 1])
    y = Scale(0.0, most * 1.05, TOP + HEIGHT, TOP)
    parts = axis_below(x, y.start, y.end, say("yes votes"), 9)
    first, last = result.interval()
    for yes in range(low, high + 1):
        left, right = x(yes - 0.5), x(yes + 0.5)
        inside = first <= yes <= last
        fill = theme.MODEL if inside else theme.MODEL_LIGHT
        top = y(result.tally[yes])
        gap = 0.6 if right - left > 3 else 0.0
        parts.append(
            svg.element("rect", x=left + gap, y=top, width=right - left - 2 * gap, height=y.start - top, fill=fill)
        )
    told = say(
        "passes with {passes}; nine of ten: {first} to {last}; expected {label_of}",
        passes=percent(result.passes),
        first=first,
        last=last,
        label_of=label_of(round(result.expected, 1)),
    )
    for place, line in enumerate(wrapped(told, 110)):
        parts.append(svg.text(line, LEFT, TOP - 36 + 16 * place, theme.TEXT, bold=True))
    if result.needed:
        at = x(result.needed - 0.5)
        parts.append(
            svg.element(
                "line",
                x1=at,
                x2=at,
                y1=y.start,
                y2=y.end - 12,
                stroke=theme.HISTORY,
                stroke_width=1.6,
                stroke_dasharray="5 3",
            )
        )
        label = say("{needed} needed", needed=result.needed)
        parts.append(svg.text(label, at + 6, y.end - 4, theme.SMALL))
    return parts


def _parties(result: WhipCount) -> list[tuple[str, str, float, float, float, float]]:
    """Party, line, expected yes, abstentions and no, expected rebels; most yes votes first."""
    rows = []
    for party in dict.fromkeys(one.party for one in result.members):
        here = [one for one in result.members if one.party == party]
        sums = [sum(getattr(one, kind) * one.attends for one in here) for kind in ("yes", "abstain", "no", "breaks")]
        rows.append((party, here[0].line, sums[0], sums[1], sums[2], sums[3]))
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _key(x: float, y: float) -> list[str]:
    parts = []
    names = (
        (say("yes"), YES),
        (say("abstain"), ABSTAIN),
        (say("no"), NO),
    )
    for name, colour in reversed(names):
        x -= svg.width_of(name, theme.SMALL) + 8
        parts.append(svg.text(name, x, y))
        x -= 18
        parts.append(svg.element("rect", x=x, y=y - 10, width=12.0, height=12.0, fill=colour))
        x -= 14
    return parts

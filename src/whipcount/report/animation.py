"""A run as a picture that moves: a frame for each day of its story, the bodies that change beside what happens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from whipcount.charts import svg, theme
from whipcount.charts.benches import (
    HEIGHT,
    WIDTH,
    colours_of,
    draw_benches,
    faction_chips,
    faction_marks,
    party_chips,
)
from whipcount.charts.names import Names
from whipcount.text import say
from whipcount.text.fitting import halved, wrapped

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

    from .replay import Replay, SeatedBody
    from .story import StoryDay

SIZE = (1200.0, 675.0)
SHADES = 128  # colours of the picture
SCALES = (1.9, 1.3, 1.08, 1.08, 0.8, 0.8)  # of half circles, by how many there are
LINES = 17  # of text in a frame
LETTERS = 52  # in a line
NAME = 15.0  # size of a body's name
BRIEF, LONG, WORD = 600, 4000, 110  # milliseconds: the shortest and the longest frame, and what a word adds


def animated(replay: Replay, scenario: Scenario, made: str) -> bytes:
    """The run as a GIF. made: who made it, in the last line. Raises ImportError where Pillow is not installed."""
    from PIL import Image

    from whipcount.charts.publishing import png

    pictures, times = [], []
    for drawing, milliseconds in frames(replay, scenario, made):
        picture = Image.open(io.BytesIO(png(drawing))).convert("RGB")
        pictures.append(picture.quantize(SHADES, dither=Image.Dither.NONE))
        times.append(milliseconds)
    held = io.BytesIO()
    pictures[0].save(held, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0, disposal=1)
    return held.getvalue()


def frames(replay: Replay, scenario: Scenario, made: str) -> Iterator[tuple[str, int]]:
    """The drawings, a day of the story each, and for how many milliseconds each is shown."""
    names, colours, marks = Names(scenario), colours_of(scenario), faction_marks(scenario)
    moving = sorted((one for one in replay.bodies if changes(one)), key=changes, reverse=True)[: len(SCALES)]
    shown = moving or list(replay.bodies[: len(SCALES)])
    legend = [(chip.name, chip.colour, "", "") for chip in party_chips(scenario, names)]
    legend += [(chip.name, chip.colour, chip.mark, chip.tone) for chip in faction_chips(scenario, names)]
    for place, day in enumerate(replay.story.days):
        step = max(at for at in range(replay.steps) if replay.told[at] <= place)
        parts = [*_told(scenario.title.in_language(), day), *_key(legend), *_progress(place, len(replay.story.days))]
        columns = 1 if len(shown) < 3 else 2
        for number, one in enumerate(shown):
            wide = (SIZE[0] - 600) / columns
            left, top = 590 + number % columns * wide, 70 + number // columns * (480 / -(-len(shown) // columns))
            scale = SCALES[len(shown) - 1]
            name = names.body(one.body.id)
            drawing = draw_benches(one.benches, one.states[step], colours, names, name, marks=marks)
            box = f'x="{left:.1f}" y="{top:.1f}" width="{WIDTH * scale:.1f}" height="{HEIGHT * scale:.1f}"'
            parts.append(drawing.replace("<svg ", f"<svg {box} ", 1))
            parts += _headed(name, left + WIDTH * scale / 2, top - 10, WIDTH * scale)
        parts.append(svg.text(made, SIZE[0] - 24, SIZE[1] - 16, 12, "end", theme.MUTED))
        words = sum(len(text.split()) for text in (*day.sentences, *day.history))
        yield svg.document(parts, *SIZE), BRIEF if day.is_quiet else min(max(BRIEF, words * WORD), LONG)


def changes(seated: SeatedBody) -> int:
    """On how many steps somebody comes or goes in a body."""
    return sum(one != other for one, other in zip(seated.states, seated.states[1:], strict=False))


def _told(title: str, day: StoryDay) -> list[str]:
    """Title, date, and what happens, as much of it as there is room for."""
    parts = [
        svg.text(line, 40, 44 + 24 * row, 17, colour=theme.MUTED)
        for row, line in enumerate(wrapped(title, LETTERS)[:2])
    ]
    parts.append(svg.text(day.heading, 40, 112, 27, bold=True))
    lines = [(line, theme.INK) for one in day.sentences for line in _item(one)]
    for one in day.history:
        lines += [(line, theme.HISTORY) for line in _item(say("Documented:") + " " + one)]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], ("…", theme.MUTED)]
    return parts + [svg.text(line, 40, 150 + 25 * row, 17, colour=colour) for row, (line, colour) in enumerate(lines)]


def _headed(name: str, middle: float, bottom: float, width: float) -> list[str]:
    """A body's name in one line, or two, above its seats."""
    lines = [name] if svg.width_of(name, NAME, bold=True) <= width else halved(name)
    size = min(NAME, NAME * width / svg.widest(lines, NAME, bold=True))
    return [
        svg.text(line, middle, bottom - 17 * (len(lines) - 1 - row), size, "middle", bold=True)
        for row, line in enumerate(lines)
    ]


def _item(sentence: str) -> list[str]:
    first, *rest = wrapped(sentence, LETTERS)
    return [first, *(f"  {line}" for line in rest)]


def _key(legend: list[tuple[str, str, str, str]]) -> list[str]:
    """The parties and their colours, the factions and their marks, in lines below."""
    parts, x, y = [], 40.0, SIZE[1] - 78
    for name, colour, mark, tone in legend:
        width = 34 + svg.width_of(name, 14)
        if x > 40 and x + width > SIZE[0] - 40:
            x, y = 40.0, y + 22
        if y > SIZE[1] - 50:
            break
        parts.append(svg.element("circle", cx=x + 7, cy=y - 5, r=6.0, fill=colour, stroke=svg.edge_of(colour)))
        if mark:
            place = f"translate({x + 7:.1f} {y - 5:.1f}) scale(6)"
            parts.append(svg.element("path", d=mark, fill=tone, transform=place))
        parts.append(svg.text(name, x + 18, y, 14))
        x += width
    return parts


def _progress(place: int, whole: int) -> list[str]:
    """How far the story is, as a line along the lower edge."""
    share = (place + 1) / whole
    return [
        svg.element("rect", x=0.0, y=SIZE[1] - 5, width=SIZE[0], height=5.0, fill=theme.WASH),
        svg.element("rect", x=0.0, y=SIZE[1] - 5, width=SIZE[0] * share, height=5.0, fill=theme.MODEL),
    ]

"""The widths of a table's columns in a terminal: no word and no number is split, and what does not fit folds away."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

GAP = 2  # between two columns
EASE = 14  # what a column of words would like to have, where its words are shorter
EASE_OF_LISTS = 26

Span = tuple[str, str]  # a text and its style


@dataclass(frozen=True)
class Field:
    """A column as it is laid out: its heading, its cells, what it holds.

    whole: its cells are numbers, and stay on one line. long: it holds lists or sentences. priority: columns of the
    highest fold away first; the first column of a table never does. joined: it means nothing without the column before
    it, as the upper end of an interval; the two are shown or folded away together.
    """

    heading: str
    cells: tuple[str, ...]
    whole: bool = False
    long: bool = False
    priority: int = 1
    joined: bool = False

    @property
    def least(self) -> int:
        """The narrowest it can be: its longest word, or its longest cell where cells stay whole."""
        cells = [line for cell in self.cells for line in cell.splitlines()] if self.whole else _words(self.cells)
        return max(1, *map(cells_of, [*cells, *_words([self.heading.replace("-", "- ")])]))

    @property
    def natural(self) -> int:
        """Its width where nothing is broken into lines."""
        return max(1, *map(cells_of, [line for cell in (self.heading, *self.cells) for line in cell.split("\n")]))

    @property
    def easy(self) -> int:
        """The width from which it reads well."""
        return max(self.least, min(self.natural, EASE_OF_LISTS if self.long else EASE))

    def lines(self, cell: str, width: int) -> list[str]:
        """A cell in lines of its width, broken between words alone."""
        return [part for line in cell.splitlines() for part in _broken(line, width, self.whole)] or [""]

    def heading_lines(self, width: int) -> list[str]:
        """The heading in lines of its width, broken between words and after hyphens."""
        return textwrap.wrap(self.heading, width, break_long_words=False) or [""]


@dataclass(frozen=True)
class Layout:
    """Which columns are shown, by place, and how wide; the headings of those that are folded away."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    folded: tuple[str, ...] = ()


def lay_out(fields: Sequence[Field], width: int, *, folding: bool = True) -> Layout:
    """The columns that fit into a width, and the width of each; all of them, at least as wide, without `folding`.

    First go the columns of priority 2 and more that keep the others from reading well, then whatever does not fit at
    its longest word, the highest priority and the rightmost first.
    """
    shown = list(range(len(fields)))
    while folding and len(shown) > 1:
        crowded = _taken([fields[place].easy for place in shown]) > width
        full = _taken([fields[place].least for place in shown]) > width
        last = max(shown[1:], key=lambda place: (fields[place].priority, place))
        if not full and not (crowded and fields[last].priority > 1):
            break
        first = last - 1 if fields[last].joined else last
        joined = {first, first + 1} if first + 1 < len(fields) and fields[first + 1].joined else {last}
        shown = [place for place in shown if place == 0 or place not in joined]
    kept = [fields[place] for place in shown]
    widths = [one.least for one in kept]
    spare = width - _taken(widths)
    # who wants little gets it, and the longest share what is left
    wanting = sorted(range(len(kept)), key=lambda place: kept[place].natural - widths[place])
    for number, place in enumerate(wanting):
        more = max(0, min(kept[place].natural - widths[place], spare // (len(wanting) - number)))
        widths[place] += more
        spare -= more
    folded = tuple(one.heading for place, one in enumerate(fields) if place not in shown)
    return Layout(tuple(shown), tuple(widths), folded)


def paragraphs(text: str, width: int) -> str:
    """Each line of a text broken between words to a width, its indentation kept; longer words stand as they are."""
    told = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        told += textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(told)


def cells_of(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text
    )


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _words(texts: Sequence[str]) -> list[str]:
    return [word for text in texts for word in text.replace("\n", " ").split(" ")]


def _broken(line: str, width: int, whole: bool) -> list[str]:
    if whole or cells_of(line) <= width:
        return [line]
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def drawn(
    fields: Sequence[Field], width: int, *, folding: bool = True, style: Callable[[int, int], str] | None = None
) -> tuple[list[list[Span]], tuple[str, ...]]:
    """A table as lines of spans, each a text with its style, and the headings of the columns that are folded away.

    style: that of a cell, by row and column.
    """
    layout = lay_out(fields, width, folding=folding)
    kept = [fields[place] for place in layout.shown]

    def line_up(blocks: Sequence[Sequence[str]], styles: Sequence[str]) -> Iterator[list[Span]]:
        """A row of the table in lines, without blanks at their ends."""
        for part in range(max(map(len, blocks))):
            spans: list[Span] = []
            for one, block, wide, look in zip(kept, blocks, layout.widths, styles, strict=True):
                text = block[part] if part < len(block) else ""
                room = " " * (wide - cells_of(text))
                spans += [(room, ""), (text, look)] if one.whole else [(text, look), (room, "")]
                spans.append((" " * GAP, ""))
            while spans and not spans[-1][0].strip():
                del spans[-1]
            yield spans

    headings = [one.heading_lines(wide) for one, wide in zip(kept, layout.widths, strict=True)]
    tallest = max(map(len, headings))
    lines = list(line_up([[""] * (tallest - len(one)) + one for one in headings], ["bold"] * len(kept)))
    lines.append([("─" * _taken(layout.widths), "")])
    for row in range(len(kept[0].cells)):
        blocks = [one.lines(one.cells[row], wide) for one, wide in zip(kept, layout.widths, strict=True)]
        lines += line_up(blocks, [style(row, place) if style else "" for place in layout.shown])
    return lines, layout.folded

"""Text of separated values as rows of cells with the line each stands on; titles, `sep=` lines and footnotes known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .words import words

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 60  # rows by which a separator is told
_SEP_LINE = re.compile(r'^\s*"?sep=(.|\\t)"?\s*$', re.IGNORECASE)

Row = tuple[int, tuple[str, ...]]  # the line, its cells


@dataclass(frozen=True)
class Separated:
    """Rows that hold anything, with their lines, and the separator."""

    rows: tuple[Row, ...]
    separator: str


class OpenQuotationError(ValueError):
    """A quotation mark is never closed; `line` is where it opens."""

    def __init__(self, line: int) -> None:
        super().__init__("a quotation mark is never closed")
        self.line = line


def separated(text: str, separator: str | None = None) -> Separated:
    """Split text into rows; the separator is the one named, that of a `sep=` line, or the one that fits best."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = lines.partition("\n")
    skipped = 0
    if match := _SEP_LINE.match(first):
        separator = separator or ("\t" if match.group(1) == "\\t" else match.group(1))
        lines, skipped = rest, 1
    chosen = separator or _separator(lines)
    return Separated(tuple(_rows(lines, chosen, skipped)), chosen)


def _rows(text: str, separator: str, skipped: int) -> list[Row]:
    """Every row that holds anything; a quotation mark inside a cell is taken as it is, unless it swallows a line."""
    try:
        return _split(text, separator, skipped, strict=True)
    except csv.Error as error:
        found = _split(text, separator, skipped, strict=False)
        if "unexpected end" in str(error):
            raise OpenQuotationError(found[-1][0] if found else skipped + 1) from None
    for line, cells in found:
        if any("\n" in cell for cell in cells):
            raise OpenQuotationError(line)
    return found


def _split(text: str, separator: str, skipped: int, strict: bool) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=strict)
    found: list[Row] = []
    line = skipped + 1
    for row in reader:
        cells = tuple(cell.strip() for cell in row)
        if any(cells):
            found.append((line, cells))
        line = skipped + reader.line_num + 1
    return found


def _separator(text: str) -> str:
    """The separator under which most rows have as many cells as the first full one, and more than one cell."""
    sample = "\n".join(text.split("\n")[: 4 * SAMPLE])
    best, most = ",", (0.0, 0)
    for candidate in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=candidate) if any(row)]
        except csv.Error:
            continue
        widths = widths[:SAMPLE]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)
        if score > most:
            best, most = candidate, score
    return best


_MARKED = re.compile(
    r"(\*+|[†‡§¹²³⁴⁵⁶⁷⁸⁹]|\[\w{1,3}\]|\d\)|\w\))\s*\S+.*\s\S+|©.*|\(c\)\s.*", re.IGNORECASE | re.DOTALL
)


@cache
def _first_word() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, words('rows', 'notes')))})\s*[:.].*", re.DOTALL)


def is_note(cells: Sequence[str], width: int) -> bool:
    """Whether a row is a footnote: it begins as one, or is one sentence where a row of `width` cells would stand."""
    filled = [cell for cell in cells if cell]
    if not filled or width < 2:
        return False
    if _MARKED.fullmatch(cells[0]) or _first_word().fullmatch(cells[0].casefold()):
        return True
    return len(filled) == 1 and bool(cells[0]) and len(cells[0].split()) >= 4

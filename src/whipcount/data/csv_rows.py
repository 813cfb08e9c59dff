"""Reading small tables of comma-, semicolon- or tab-separated values with the line each row stands on."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Place, Problem, TableError

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "-", "–", "?")


@dataclass(frozen=True)
class Rows:
    """A file's rows of stripped cells, each with its line; blank lines are left out."""

    path: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        """The first row."""
        return self.rows[0][1]

    @property
    def body(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The rows below the first one."""
        return self.rows[1:]

    def place(self, line: int) -> Place:
        """Where a line is."""
        return Place(self.path, line, 1)

    def number(self, text: str) -> float | None:
        """A cell as a number; None where it is missing, not a number (nan) where it is something else."""
        if text in MISSING:
            return None
        plain = text.replace("−", "-").replace("\u00a0", "").replace(" ", "")
        if self.decimal_comma:
            plain = plain.replace(",", ".")
        try:
            value = float(plain)
        except ValueError:
            return math.nan
        return value if math.isfinite(value) else math.nan


def read_rows(path: Path, expected: str) -> Rows:
    """The rows of a file; `expected` is the header it should have, for the error (WC540, WC541, WC543)."""
    hint = f"expected a CSV file with the header {expected}"
    if not path.is_file():
        raise TableError.one("WC540", "no such file", hint, Place(str(path)))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        where = Place(str(path))
        raise TableError.one("WC543", f"not UTF-8 text: {error.reason}", "save the table as UTF-8", where) from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    if text.count('"') % 2:
        raise TableError.one("WC543", "not readable as CSV: a quotation mark is never closed", hint, Place(str(path)))
    reader = csv.reader(text.splitlines(), delimiter=separator, skipinitialspace=True)
    rows = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    filled = tuple((line, row) for line, row in rows if any(row))
    if len(filled) < 2:
        raise TableError.one("WC541", "the file holds no rows below its header", hint, Place(str(path)))
    return Rows(str(path), filled, separator == ";")


def records(rows: Rows) -> list[tuple[int, dict[str, str]]]:
    """Each row as a dictionary by column; rows of another length than the header are errors (WC510)."""
    header = [name.lower() for name in rows.header]
    while header and not header[-1]:
        header.pop()
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise TableError.one("WC542", f"column {twice[0]!r} stands twice", "rename one of them", rows.place(1))
    problems, found = [], []
    for line, row in rows.body:
        cells = list(row)
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if len(cells) != len(header):
            hint = "give every column a cell, empty where nothing is known; quote names that hold the separator"
            problems.append(Problem("WC510", f"{len(cells)} cells under {len(header)} columns", hint, rows.place(line)))
        else:
            found.append((line, dict(zip(header, cells, strict=True))))
    if problems:
        raise TableError(*problems)
    return found


def pick(header: Sequence[str], known: Sequence[str]) -> str | None:
    """The first of some known names that a header holds (in lower case), or None."""
    lower = [name.lower() for name in header]
    return next((name for name in known if name in lower), None)


def numbers(
    rows: Rows, entries: Sequence[tuple[int, dict[str, str]]], column: str, needed: bool = True
) -> list[float | None]:
    """A column as numbers; cells that are none are errors, and so are empty ones where `needed` (WC543)."""
    problems: list[Problem] = []
    values: list[float | None] = []
    for line, entry in entries:
        value = rows.number(entry[column])
        if value is None and needed:
            problems.append(Problem("WC543", f"{column} is empty", "give a number", rows.place(line)))
        elif value is not None and math.isnan(value):
            problems.append(Problem("WC543", f"{column} is {entry[column]!r}", "give a number", rows.place(line)))
        values.append(value)
    if problems:
        raise TableError(*problems)
    return values

"""Tables from files and from what Python holds: the header is found; titles, footnotes, repeated headers left out."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ...errors import Place, Problem, TableError
from ...session import notice
from ...text import say
from .binary import FIRST, Cell, Grid, grid_of, read_binary
from .content import decode, load
from .delimited import OpenQuotationError, is_note, separated
from .table import Remark, Table, fold
from .words import words

LARGE = 40_000_000  # characters from which text is read without looking for titles and footnotes
LONG = 10_000_000  # bytes from which it is told how long reading lasts
# Megabytes of roll calls in long form that a second of one processor reads, above LARGE and below
MANY_A_SECOND, FEW_A_SECOND = 8.0, 4.0
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "strokes"}

Rows = list[tuple[int, tuple[Cell, ...]]]


Source = Any  # a path, or what Python holds: records, columns, rows, a data frame, a mapping of names to numbers


def read_table(
    source: Source,
    *,
    expected: str = "",
    sheet: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
) -> Table:
    """Read a table from a file of any usual kind, or from Python's own.

    expected: the header, for errors. sheet: of a workbook (the first with rows by default). separator, decimal (".",
    "," or "point", "comma"), encoding: declared, where they are not to be told from evidence. WC510, WC521 to WC543.
    """
    if isinstance(source, Table):
        return source
    if isinstance(source, (str, os.PathLike)):
        table = from_file(Path(source), expected, sheet, separator, encoding)
    else:
        table = from_python(source, expected)
    return replace(table, decimal={"point": ".", "comma": ","}.get(decimal or "", decimal))


def from_file(path: Path, expected: str, sheet: str | None, separator: str | None, encoding: str | None) -> Table:
    """A table from a file."""
    content, kind = load(path, expected)
    if len(content) > LONG and kind == "text":
        seconds = round(len(content) / 1e6 / (MANY_A_SECOND if len(content) > LARGE else FEW_A_SECOND))
        text = say("{file}: {size} MB take about {seconds} s to read", file=path.name, size=len(content) // 10**6,
                   seconds=seconds)  # fmt: skip
        notice(text)
    if kind == "text":
        return _from_text(content, path, expected, separator, encoding)
    found = read_binary(content, kind, path, sheet)
    if isinstance(found, pl.DataFrame):
        return from_frame(found, str(path), expected)
    return _from_grid(found, str(path), expected)


def from_python(source: Any, expected: str) -> Table:
    """A table from records, columns, rows, a mapping, or a data frame of polars, pandas or pyarrow (WC543)."""
    name = "table"
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if isinstance(source, pl.DataFrame):
        return from_frame(source, name, expected)
    if hasattr(source, "iloc") and hasattr(source, "to_dict"):  # pandas
        if hasattr(source, "columns"):
            plain = source if _numbered(source.index) else source.reset_index()
            source = {str(column): plain[column].tolist() for column in plain.columns}
        else:
            source = {str(key): value for key, value in source.to_dict().items()}
    elif hasattr(source, "__arrow_c_stream__"):
        return from_frame(pl.DataFrame(source), name, expected)
    elif isinstance(source, np.ndarray):
        source = source.tolist()
    return _from_grid(grid_of(source, name), name, expected)


def _numbered(index: Any) -> bool:
    """Whether an index only counts the rows."""
    return list(index) == list(range(len(index))) and index.name is None


def from_frame(frame: pl.DataFrame, source: str, expected: str) -> Table:
    """A table from a data frame, its kinds of columns kept; categories and lists as text."""
    if frame.is_empty():
        raise _no_rows(source, expected)
    plain = frame.with_columns(pl.selectors.categorical().cast(pl.String), pl.selectors.decimal().cast(pl.Float64))
    names, titles, twice = _folded(plain.columns)
    kept = [place for place, name in enumerate(names) if name]
    plain = pl.DataFrame([plain[plain.columns[place]].alias(names[place]) for place in kept])
    lines = np.arange(FIRST, frame.height + FIRST, dtype=np.int64)
    return Table(source, plain, lines, titles, twice)


def _folded(header: Sequence[str]) -> tuple[list[str], dict[str, str], frozenset[str]]:
    """Folded names, the later of two alike made different; titles by folded name; those that stand twice."""
    names: list[str] = []
    titles: dict[str, str] = {}
    twice: set[str] = set()
    for title in header:
        name = fold(title)
        if name in titles:
            twice.add(name)
            name = f"{name}_{len(names) + 1}"
        if name:
            titles[name] = title.strip()
        names.append(name)
    return names, titles, frozenset(twice)


def _no_rows(source: str, expected: str) -> TableError:
    hint = f"expected the header {expected}, and rows below it" if expected else "give a header and rows below it"
    found = TableError.one("WC541", "the file holds no rows below its header", hint, Place(source))
    assert isinstance(found, TableError)
    return found


def _from_text(content: bytes, path: Path, expected: str, separator: str | None, encoding: str | None) -> Table:
    text, told = decode(content, path, encoding)
    remarks = []
    if told is not None:
        remarks.append(
            Remark(say("not UTF-8: read as {told}; look whether the names are right", told=told), Place(str(path)))
        )
    if len(text) > LARGE:
        return _from_large(text, path, expected, separator, remarks)
    try:
        found = separated(text, separator)
    except OpenQuotationError as error:
        hint = "close it, or write two of them where one is meant"
        where = Place(str(path), error.line, 1)
        raise TableError.one("WC543", "not readable as CSV: a quotation mark is never closed", hint, where) from None
    rows: Rows = [(line, tuple(cells)) for line, cells in found.rows]
    table = _table_of(rows, str(path), expected, ragged=True, separator=found.separator)
    table.remarks[:0] = remarks
    return table


def _from_large(text: str, path: Path, expected: str, separator: str | None, remarks: list[Remark]) -> Table:
    """Text of many rows, split by polars; titles and footnotes are not looked for."""
    first = text.partition("\n")[0]
    chosen = separator or max(SEPARATOR_NAMES, key=first.count)
    try:
        frame = pl.read_csv(io.BytesIO(text.encode()), separator=chosen, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        message = str(error).splitlines()[0]
        raise TableError.one("WC543", f"not readable as CSV: {message}", "save it again", Place(str(path))) from None
    table = from_frame(frame.with_columns(pl.all().str.strip_chars()), str(path), expected)
    if text.rstrip("\n").count("\n") != frame.height:
        table.lines[:] = 0  # cells that hold line breaks, or empty lines: where a row stands is not known
    table.remarks.extend(remarks)
    table.remark(say("the table is large: titles, footnotes and repeated headers are not looked for"))
    return table


def _from_grid(grid: Grid, source: str, expected: str) -> Table:
    """A table from rows of typed cells."""
    if grid.header is not None:
        if not grid.rows:
            raise _no_rows(source, expected)
        table = _build(grid.header, list(grid.rows), source)
    else:
        table = _table_of(list(grid.rows), source, expected, ragged=False, separator="")
    table.remarks[:0] = [Remark(text, Place(source)) for text in grid.remarks]
    if grid.labels:
        labels = {fold(name): dict(found) for name, found in grid.labels.items()}
        table = Table(table.source, table.frame, table.lines, table.titles, table.twice, labels, None, table.remarks)
    return table


def _table_of(rows: Rows, source: str, expected: str, ragged: bool, separator: str) -> Table:
    """A table from rows that hold anything: the first one that is no title is the header."""
    remarks: list[Remark] = []
    widths = [len([cell for cell in cells if cell not in (None, "")]) for _, cells in rows]
    usual = sorted(widths)[len(widths) // 2] if widths else 0
    while len(rows) > 2 and usual > 1 and widths and widths[0] == 1:
        line, cells = rows.pop(0)
        widths.pop(0)
        title = next(cell for cell in cells if cell not in (None, ""))
        remarks.append(
            Remark(say("the line {title!r} above the header is left out", title=title), Place(source, line, 1))
        )
    if len(rows) < 2:
        raise _no_rows(source, expected)
    header_line, head = rows[0]
    header = [_header_text(cell) for cell in head]
    body = rows[1:]
    while len(body) > 1 and is_note([_header_text(cell) for cell in body[-1][1]], len(header)):
        line, cells = body.pop()
        shown = next(str(cell) for cell in cells if cell not in (None, ""))[:40]
        remarks.append(Remark(say("the footnote {shown!r} is left out", shown=shown), Place(source, line, 1)))
    again = [line for line, cells in body if [_header_text(cell) for cell in cells] == header]
    if again:
        body = [row for row in body if row[0] not in again]
        remarks.append(Remark(say("the header stands again and is left out there"), Place(source, again[0], 1)))
    if not body:
        raise _no_rows(source, expected)
    while (
        header
        and not header[-1]
        and not any(len(cells) >= len(header) and cells[len(header) - 1] not in (None, "") for _, cells in body)
    ):
        header.pop()
    if separator in ("\t", ";") and _names_rows(header, body):
        header.insert(0, "row")
        remarks.append(
            Remark(say("the first column has no name and is taken for names of rows"), Place(source, header_line, 1))
        )
    table = _build(header, _fitted(header, len(head), body, source, ragged), source)
    table.remarks.extend(remarks)
    return table


def _names_rows(header: Sequence[str], body: Rows) -> bool:
    """Whether rows have one cell more than the header since their first is a name without a title, as R writes them.

    Where the header begins with a column of names, that cell can only be the row's number; else the last column may as
    well be the one without a title.
    """
    if not all(len(cells) == len(header) + 1 and cells[-1] not in (None, "") for _, cells in body):
        return False
    called = header[0].casefold() in words("columns", "name")
    return not called or [cells[0] for _, cells in body] == [str(row) for row in range(1, len(body) + 1)]


def _header_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _fitted(header: Sequence[str], written: int, body: Rows, source: str, ragged: bool) -> Rows:
    """Rows with as many cells as the header; in text, rows of another length are errors (WC510).

    Where lines end with needless separators, the header's too (`written`: its cells), one without them has lost a cell.
    """
    problems: list[Problem] = []
    found: Rows = []
    lengths = Counter([written, *(len(row) for _, row in body)])
    usual = max(lengths, key=lambda length: (lengths[length], length)) if ragged else len(header)
    for line, row in body:
        cells = list(row)
        if ragged and len(header) <= len(row) < usual:
            hint = "a cell is missing, or a separator at the end"
            message = f"{len(row)} cells where other rows have {usual}"
            problems.append(Problem("WC510", message, hint, Place(source, line, 1)))
            continue
        while len(cells) > len(header) and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) < len(header) and not ragged:
            cells += [None] * (len(header) - len(cells))
        if len(cells) != len(header):
            hint = (
                "give every column a cell, empty where nothing is known; quote names that hold the separator, and "
                "numbers with decimal commas"
            )
            message = f"{len(cells)} cells under {len(header)} columns"
            problems.append(Problem("WC510", message, hint, Place(source, line, 1)))
        else:
            found.append((line, tuple(cells)))
    if problems:
        raise TableError(*problems[:20])
    return found


def _build(header: Sequence[str], rows: Rows, source: str) -> Table:
    """The table of rows that fit their header; columns without a name are kept only if nothing else names the rows."""
    names, titles, twice = _folded(header)
    if names and not names[0] and any(cells[0] not in (None, "") for _, cells in rows):
        names[0], titles["row"] = "row", "row"
    columns = {name: _series(name, [cells[place] for _, cells in rows]) for place, name in enumerate(names) if name}
    lines = np.array([line for line, _ in rows], dtype=np.int64)
    table = Table(source, pl.DataFrame(list(columns.values())), lines, titles, twice)
    nameless = [
        place
        for place, name in enumerate(names)
        if not name and any(cells[place] not in (None, "") for _, cells in rows)
    ]
    if nameless:
        shown = ", ".join(str(place + 1) for place in nameless)
        table.remark(say("columns without a name are left out: column {shown}", shown=shown))
    return table


_DOUBTFUL = re.compile(r"-?\d{1,3}\.\d{3}")


def _series(name: str, cells: list[Cell]) -> pl.Series:
    """A column of its kind; one of several kinds becomes text in which numbers keep their decimal point."""
    kinds = {type(cell) for cell in cells if cell is not None and cell != ""}
    if kinds <= {str}:
        return pl.Series(name, [cell if cell != "" else None for cell in cells], dtype=pl.String)
    if kinds <= {int, float}:
        return pl.Series(
            name, [float(cell) if isinstance(cell, (int, float)) else None for cell in cells], dtype=pl.Float64
        )
    if kinds == {bool}:
        return pl.Series(name, [None if cell in (None, "") else cell for cell in cells], dtype=pl.Boolean)
    if kinds == {dt.date}:
        return pl.Series(name, [None if cell in (None, "") else cell for cell in cells], dtype=pl.Date)
    return pl.Series(name, [_mixed(cell) for cell in cells], dtype=pl.String)


def _mixed(cell: Cell) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and not isinstance(cell, bool):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return f"{text}0" if _DOUBTFUL.fullmatch(text) else text
    return str(cell)

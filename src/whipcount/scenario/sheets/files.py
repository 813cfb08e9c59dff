"""Sheets as files: CSV (one a sheet) and XLSX, written as values only and read without trusting them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.data.reading.content import BROKEN_ARCHIVE
from whipcount.errors import Place, Problem, ScenarioError

from ..reading import decode, read_bytes
from .cells import Cell

MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 256  # a scenario's sheets have some tens
MOST_TAGS = 1_000_000  # of a workbook's XML: some 250,000 cells, and as many seconds as one likes to wait
MOST_STYLE_TAGS = 50_000  # of what is neither a sheet nor its texts
MOST_CHARACTERS = 32_767  # of one cell, in every spreadsheet program
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet as they were read: header and rows, each row with its number in the file."""

    name: str
    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]

    def place(self, row: int, column: int) -> Place:
        """The place of a cell; rows and columns count from 1."""
        return Place(self.file, row, column)


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A sheet as CSV in UTF-8, with the mark that lets spreadsheet programs see that it is."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(
            ["" if cell is None else _guarded(cell) if isinstance(cell, str) else repr(cell) for cell in row]
        )
    return stream.getvalue().encode("utf-8-sig")


def _guarded(text: str) -> str:
    """Text that a spreadsheet program would take for a formula, with an apostrophe before it."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def xlsx_bytes(sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[Cell]]]]) -> bytes:
    """Sheets as one XLSX workbook; text is stored as text, whatever it begins with."""
    import xlsxwriter

    stream = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(stream, plain) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, header, rows in sheets:
            page = book.add_worksheet(name)
            page.freeze_panes(1, 1)
            for column, title in enumerate(header):
                page.write_string(0, column, title, bold)
                page.set_column(column, column, _width(title, [row[column] for row in rows]), wrapped)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) or (cell is not None and float(f"{cell:.16G}") != cell):
                        # the format keeps 16 digits of a number; the rare one that needs 17 is kept as text
                        page.write_string(number, column, str(cell))
                    elif cell is not None:
                        page.write_number(number, column, cell)
    return stream.getvalue()


def _width(title: str, cells: Sequence[Cell]) -> float:
    longest = max((len(line) for cell in cells if cell is not None for line in str(cell).split("\n")), default=0)
    return float(min(max(len(title), longest) + 2, 60))


def read_sheets(path: Path) -> list[Grid]:
    """The sheets of a folder of CSV files, of one CSV file, or of an XLSX workbook."""
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix.lower() == ".csv")
        if not files:
            raise ScenarioError.one("WC150", "the folder holds no CSV files", "export one first", Place(str(path)))
    elif path.suffix.lower() in (".xlsx", ".csv"):
        files = [path]
    else:
        raise ScenarioError.one(
            "WC150",
            "neither a folder of CSV files nor an XLSX workbook",
            "give a folder, or a file .xlsx",
            Place(str(path)),
        )
    grids: list[Grid] = []
    problems: list[Problem] = []
    for file in files:
        if file.name.startswith("_"):
            continue
        try:
            content = read_bytes(file, MOST_BYTES)
            if file.suffix.lower() == ".csv":
                grids.append(_read_csv(content, file))
            else:
                grids += _read_xlsx(content, file)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(*problems)
    return grids


def _read_csv(content: bytes, file: Path) -> Grid:
    text = decode(content, str(file))
    first = text.split("\n", 1)[0]
    # spreadsheet programs of countries with a decimal comma separate by semicolons
    delimiter = max(",;\t", key=first.count)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        line = 1
        for row in reader:
            rows.append((line, tuple(_unguarded(cell) if cell != "" else None for cell in row)))
            line = reader.line_num + 1
            if len(rows) > MOST_ROWS:
                raise ScenarioError.one("WC101", f"more than {MOST_ROWS} rows", "", Place(str(file), line))
    except csv.Error as error:
        hint = "a quotation mark may be missing: save the sheet as CSV again"
        raise ScenarioError.one("WC152", f"not valid CSV: {error}", hint, Place(str(file), reader.line_num)) from None
    return _grid(file.stem, str(file), rows)


def _read_xlsx(content: bytes, file: Path) -> list[Grid]:
    """Every sheet of a workbook; a formula is refused, since its value is whatever the last program made of it."""
    import openpyxl

    _check_archive(content, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        pages = [(page.title, _rows(page, file)) for page in book.worksheets]
    except (ScenarioError, MemoryError):
        raise
    except Exception as error:  # the library raises whatever its parsers raise
        hint = "open it in a spreadsheet program and save it again as XLSX"
        what = f"not a readable XLSX workbook ({type(error).__name__})"
        raise ScenarioError.one("WC152", what, hint, Place(str(file))) from None
    grids: list[Grid] = []
    problems: list[Problem] = []
    for title, cells in pages:
        if title.startswith("_"):
            continue
        name = f"{file}[{title}]"
        rows: list[tuple[int, tuple[Cell, ...]]] = []
        for number, row in enumerate(cells, start=1):
            values: list[Cell] = []
            for column, cell in enumerate(row, start=1):
                kind = getattr(cell, "data_type", "n")
                if kind in ("f", "e"):
                    what = "a formula" if kind == "f" else f"the error {cell.value}"
                    hint = "paste the value in its place: formulas are never computed"
                    problems.append(Problem("WC153", f"the cell holds {what}", hint, Place(name, number, column)))
                values.append(_cell(cell.value))
            rows.append((number, tuple(values)))
        grids.append(_grid(title, name, rows))
    if problems:
        raise ScenarioError(*problems)
    return grids


def _rows(page: Any, file: Path) -> list[list[Any]]:
    """The rows of a sheet, as long as it is one that people write: each is as wide as its last cell stands."""
    rows: list[list[Any]] = []
    for row in page.iter_rows(max_row=MOST_ROWS + 1):
        place = Place(f"{file}[{page.title}]", len(rows) + 1)
        if len(row) > MOST_COLUMNS:
            hint = "remove what is not part of the scenario: also formatted cells far to the right"
            raise ScenarioError.one("WC101", f"a row of {len(row)} columns; at most {MOST_COLUMNS}", hint, place)
        if len(rows) == MOST_ROWS:
            raise ScenarioError.one("WC101", f"more than {MOST_ROWS} rows", "", place)
        rows.append(list(row))
    return rows


def _check_archive(content: bytes, file: Path) -> None:
    """A workbook is a zip archive: refuse what is none, and what would unpack to far more than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            tags = {entry.filename: _tags(archive, entry) for entry in archive.infolist() if unpacked <= MOST_UNPACKED}
    except BROKEN_ARCHIVE:
        hint = "save it as XLSX, or export to CSV"
        raise ScenarioError.one("WC152", "not an XLSX workbook", hint, Place(str(file))) from None
    if unpacked > MOST_UNPACKED:
        what = f"the workbook unpacks to {unpacked / 1e6:.0f} MB"
        raise ScenarioError.one("WC101", what, "remove what is not part of the scenario", Place(str(file)))
    styles = sum(count for name, count in tags.items() if "worksheets/" not in name and "sharedStrings" not in name)
    if sum(tags.values()) > MOST_TAGS or styles > MOST_STYLE_TAGS:
        hint = "copy the cells that hold something into a new workbook, or export to CSV"
        raise ScenarioError.one("WC101", "the workbook has far too many cells, texts or styles", hint, Place(str(file)))


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """How many tags a file of an archive has: it is what reading it costs, whatever its size."""
    if not entry.filename.lower().endswith((".xml", ".rels")):
        return 0
    with archive.open(entry) as stream:
        return sum(piece.count(b"<") for piece in iter(lambda: stream.read(1 << 20), b""))


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float)):
        return value if value != "" else None
    return str(value)


def _grid(name: str, file: str, rows: list[tuple[int, tuple[Cell, ...]]]) -> Grid:
    header = tuple(re.sub(r"\s+", "", str(cell or "")).lower() for cell in rows[0][1]) if rows else ()
    return Grid(
        name.strip().lower(), file, header, tuple(row for row in rows[1:] if any(c is not None for c in row[1]))
    )

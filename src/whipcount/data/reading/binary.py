"""Tables of other programs: workbooks, Stata, SPSS and SAS files, Parquet, Feather and JSON, by well-kept libraries.

What needs a library that is not installed is refused with the command that installs it (WC522).
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ...errors import Place, TableError
from ...text import say

Cell = str | float | int | bool | dt.date | None
MOST_CELLS = 10_000_000  # of a sheet, empty ones counted: a parliament's roll calls have a tenth of them
FIRST = 2  # the line of the first row where a file has none: the header counts as line 1


@dataclass(frozen=True)
class Grid:
    """Rows of cells as a file holds them, each with its line; the header among them where `header` is None."""

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    header: tuple[str, ...] | None = None
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_binary(content: bytes, kind: str, path: Path, sheet: str | None = None) -> Grid | pl.DataFrame:
    """A file of one of the kinds of `content.KINDS` but text."""
    if kind == "xlsx":
        return _xlsx(content, path, sheet)
    if kind in ("xls", "ods"):
        return _old_workbook(content, path, sheet)
    if kind in ("stata", "spss", "sas"):
        return _statistics(content, kind, path)
    if kind == "json":
        return read_json(content, path)
    try:
        reader = pl.read_parquet if kind == "parquet" else pl.read_ipc
        return reader(io.BytesIO(content))
    except Exception as error:  # the libraries raise whatever their parsers raise
        raise _damaged(path, kind, error) from None


def _damaged(path: Path, kind: str, error: Exception) -> TableError:
    first = (str(error).splitlines() or [type(error).__name__])[0]
    found = TableError.one("WC543", f"not readable as {kind}: {first}", "save it again, or as CSV", Place(str(path)))
    assert isinstance(found, TableError)
    return found


def _needs(package: str, kind: str, path: Path) -> TableError:
    hint = f"pip install 'whipcount[tables]' (or: pip install {package}), or save the table as CSV"
    found = TableError.one("WC522", f"{kind} files need the package {package}", hint, Place(str(path)))
    assert isinstance(found, TableError)
    return found


def _pick_sheet(names: Sequence[str], filled: Sequence[str], wanted: str | None, path: Path) -> tuple[str, str | None]:
    """The sheet to read and a remark where others with rows are left aside."""
    if wanted is not None:
        if wanted not in names:
            raise TableError.one(
                "WC546", f"no sheet {wanted!r} here", f"there are {', '.join(names)}", Place(str(path))
            )
        return wanted, None
    if not filled:
        raise TableError.one(
            "WC541", "no sheet of the workbook holds rows", "give a sheet with a header", Place(str(path))
        )
    others = [name for name in filled if name != filled[0]]
    told = (
        say("sheet {sheet!r} is read; {others} left aside", sheet=filled[0], others=", ".join(map(repr, others)))
        if others
        else None
    )
    return filled[0], told


def _xlsx(content: bytes, path: Path, wanted: str | None) -> Grid:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        pages = {page.title: _rows(page, path) for page in book.worksheets}
        hidden = [page.title for page in book.worksheets if page.sheet_state != "visible"]
    except (TableError, MemoryError):
        raise
    except Exception as error:
        raise _damaged(path, "an Excel workbook", error) from None
    filled = [name for name, rows in pages.items() if name not in hidden and sum(any(_filled(row)) for row in rows) > 1]
    name, told = _pick_sheet(list(pages), filled, wanted, path)
    rows = [(line, tuple(_cell(cell) for cell in row)) for line, row in enumerate(pages[name], 1) if any(_filled(row))]
    _no_empty_formulas(content, name, pages[name], path)
    hidden_rows = _hidden_rows(content, book[name])
    remarks = [told] if told else []
    if hidden_rows:
        remarks.append(say("{hidden_rows} hidden rows of the sheet are read like the others", hidden_rows=hidden_rows))
    return Grid(tuple(rows), remarks=tuple(remarks))


def _rows(page: Any, path: Path) -> list[tuple[Any, ...]]:
    """The rows of a sheet, each as wide as its last cell stands: refused where that is not of a table."""
    rows: list[tuple[Any, ...]] = []
    cells = 0
    for row in page.iter_rows(values_only=True):
        rows.append(tuple(row))
        cells += len(row)
        if cells > MOST_CELLS:
            hint = "copy what is the table into a new workbook, or save it as CSV"
            message = f"the sheet has more than {MOST_CELLS:,} cells, empty ones counted"
            raise TableError.one("WC543", message, hint, Place(f"{path}[{page.title}]", len(rows), len(row)))
    return rows


def _hidden_rows(content: bytes, page: Any) -> int:
    """How many rows of a sheet are hidden, by hand or by a filter; openpyxl does not tell it of what it streams."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = archive.read(str(getattr(page, "_worksheet_path", "")).lstrip("/"))
    return len(re.findall(rb'<row\b[^>]*\bhidden="(?:1|true)"', inside))


def _filled(row: Sequence[Any]) -> list[bool]:
    return [cell is not None and cell != "" for cell in row]


def _cell(value: Any) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.isoformat(" ")
    if value is None or isinstance(value, (str, bool, int, float, dt.date)):
        return value
    return str(value)


def _no_empty_formulas(content: bytes, name: str, rows: Sequence[Sequence[Any]], path: Path) -> None:
    """Refuse formulas whose values were never computed: they would be read as empty cells."""
    import openpyxl

    width = max((len(row) for row in rows), default=0)
    if all(cell is not None for row in rows for cell in row) or not width:
        return
    page = openpyxl.load_workbook(io.BytesIO(content), read_only=True)[name]
    for line, row in enumerate(page.iter_rows(values_only=True)):
        for column, cell in enumerate(row):
            shown = rows[line][column] if line < len(rows) and column < len(rows[line]) else None
            if shown is None and isinstance(cell, str) and cell.startswith("="):
                hint = "open the workbook in a spreadsheet program and save it, so that the values are there"
                place = Place(f"{path}[{name}]", line + 1, column + 1)
                raise TableError.one("WC543", "the cell holds a formula without a value", hint, place)


def _old_workbook(content: bytes, path: Path, wanted: str | None) -> Grid:
    try:
        import fastexcel
    except ImportError:
        raise _needs("fastexcel", "old Excel and OpenDocument", path) from None
    try:
        book = fastexcel.read_excel(content)
        names = book.sheet_names
        pages = {
            name: book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0).to_polars().rows()
            for name in names
        }
    except Exception as error:
        raise _damaged(path, "a workbook", error) from None
    filled = [name for name, rows in pages.items() if sum(any(_filled(row)) for row in rows) > 1]
    name, told = _pick_sheet(names, filled, wanted, path)
    rows = [(line, tuple(row)) for line, row in enumerate(pages[name], 1) if any(_filled(row))]
    return Grid(tuple(rows), remarks=(told,) if told else ())


def _statistics(content: bytes, kind: str, path: Path) -> Grid:
    """A file of Stata, SPSS or SAS: codes as numbers, their labels beside them."""
    titles = {"stata": "Stata", "spss": "SPSS", "sas": "SAS"}
    try:
        import pyreadstat
    except ImportError:
        raise _needs("pyreadstat", titles[kind], path) from None
    readers: dict[str, Callable[..., Any]] = {
        "stata": pyreadstat.read_dta,
        "spss": pyreadstat.read_sav,
        "sas": pyreadstat.read_sas7bdat,
    }
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"table.{ {'stata': 'dta', 'spss': 'sav', 'sas': 'sas7bdat'}[kind] }"
        copy.write_bytes(content)
        try:
            columns, meta = readers[kind](str(copy), output_format="dict", apply_value_formats=False)
        except Exception as error:
            raise _damaged(path, titles[kind], error) from None
    header = tuple(columns)
    values = [[_cell(_missing(cell)) for cell in columns[name]] for name in header]
    rows = tuple((line, row) for line, row in enumerate(zip(*values, strict=True), FIRST))
    labels = {name: dict(found) for name, found in (meta.variable_value_labels or {}).items()}
    return Grid(rows, header, labels)


def _missing(cell: Any) -> Any:
    """Stata and SPSS write what is missing as nan."""
    if isinstance(cell, float) and cell != cell:
        return None
    return cell.item() if hasattr(cell, "item") else cell


class _TwiceError(ValueError):
    """A name that stands twice in one record."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a name that stands twice in it is no object, of which Python would take the last value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one record")
    return found


def read_json(content: bytes, path: Path) -> Grid:
    """Records, columns, lines of records, or one number a name."""
    text = content.decode("utf-8-sig", errors="replace")
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise _damaged(path, "JSON", error) from None
    except ValueError:
        try:
            value = [json.loads(line, object_pairs_hook=_once) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise _damaged(path, "JSON", error) from None
    return grid_of(value, str(path))


def grid_of(value: Any, source: str) -> Grid:
    """A table from what Python holds: records, columns, rows under a header, one number a name (WC543)."""
    if isinstance(value, Mapping):
        inner = [item for item in value.values() if isinstance(item, (list, tuple, Mapping))]
        records = [item for item in inner if isinstance(item, list) and any(isinstance(one, Mapping) for one in item)]
        if len(inner) == 1 and (records or len(value) > 1) and not any(isinstance(item, Mapping) for item in inner):
            value = inner[0]  # records, perhaps beside words about them
        elif inner and len(inner) == len(value):
            return _of_columns(value, source)
        elif not inner:
            rows = tuple((line, (str(name), _scalar(item))) for line, (name, item) in enumerate(value.items(), FIRST))
            return Grid(rows, ("name", "value"))
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(item, Mapping) for item in value):
            header = tuple(dict.fromkeys(str(name) for item in value for name in item))
            plain = [{str(name): _scalar(cell) for name, cell in item.items()} for item in value]
            return Grid(
                tuple((line, tuple(item.get(name) for name in header)) for line, item in enumerate(plain, FIRST)),
                header,
            )
        if all(isinstance(item, (list, tuple)) for item in value):
            return Grid(tuple((line, tuple(map(_scalar, item))) for line, item in enumerate(value, 1)))
        if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value):
            return Grid(tuple((line, (str(line), item)) for line, item in enumerate(value, 1)), ("name", "value"))
    hint = "give records [{party: A, seats: 10}, ...], columns {party: [A], seats: [10]}, or {A: 10}"
    raise TableError.one("WC543", "not a table: neither records nor columns", hint, Place(source))


def _of_columns(value: Mapping[Any, Any], source: str) -> Grid:
    """Columns by name: lists, or mappings from row to cell as data frames write themselves."""
    columns = {
        str(name): list(item.values()) if isinstance(item, Mapping) else list(item) for name, item in value.items()
    }
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        told = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise TableError.one("WC514", f"columns of different lengths: {told}", "give one cell a row", Place(source))
    rows = zip(*columns.values(), strict=True)
    return Grid(tuple((line, tuple(map(_scalar, row))) for line, row in enumerate(rows, FIRST)), tuple(columns))


def _scalar(value: Any) -> Cell:
    return _cell(_missing(value)) if not isinstance(value, (list, tuple, Mapping)) else str(value)

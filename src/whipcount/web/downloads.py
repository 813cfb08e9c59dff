"""Answers to take away: tables as CSV and Parquet, drawings as PNG, SVG and a page of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    import polars as pl

    from whipcount.table import Table

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "yaml": "application/yaml; charset=utf-8",
}
TABLES = ("csv", "parquet")
DRAWINGS = ("png", "svg", "html")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take what begins so for a formula
_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(name: str, kind: str, content: bytes) -> Response:
    """A file to be saved. Its name is made of plain letters, whatever it was asked with."""
    plain = _FORBIDDEN.sub("-", name).strip("-.")[:80] or "whipcount"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{kind}"'}
    return Response(content, media_type=KINDS[kind], headers=headers)


def frame_of(grid: Table) -> pl.DataFrame:
    """A result's table with a column for each of its measures; lists are joined."""
    import polars as pl

    columns = {column.key: [_plain(row[place]) for row in grid.rows] for place, column in enumerate(grid.columns)}
    return pl.DataFrame({key: pl.Series(key, values, strict=False) for key, values in columns.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    if hasattr(value, "item") and not isinstance(value, str):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_csv(grid: Table) -> bytes:
    """The table as CSV, safe to be opened in a spreadsheet: a text that looks like a formula is marked as text."""
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in grid.columns])
    writer.writerows([[_cell(_plain(value)) for value in row] for row in grid.rows])
    return stream.getvalue().encode()


def _cell(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_parquet(grid: Table) -> bytes:
    """The table as Parquet."""
    stream = io.BytesIO()
    frame_of(grid).write_parquet(stream)
    return stream.getvalue()


def table(grids: Sequence[Table], name: str, kind: str) -> bytes | None:
    """One of a result's tables (the first where none is named) in one of the kinds; none if there is none such."""
    found = next((grid for grid in grids if not name or grid.name == name), None)
    if found is None or kind not in TABLES:
        return None
    return as_csv(found) if kind == "csv" else as_parquet(found)

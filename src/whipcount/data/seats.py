"""Plain tables of seats: a name, seats, and any further numbers (populations, positions) in a row each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from ..errors import TableError
from ..theory.tables import SeatsTable, check_whole
from .csv_rows import Rows, numbers, pick, read_rows, records

EXPECTED = "party,seats (and further columns of numbers, if any)"
NAMES = ("party", "name", "member", "actor", "state", "country", "party_name_short", "bloc", "group")
SEATS = ("seats", "weight", "weights", "votes", "mandates")
POSITIONS = ("left_right", "position", "x", "y", "z")


def load_seats(path: str | Path, seats: str | None = None) -> SeatsTable:
    """Read a table of seats; the first column is the name if none is called so.

    seats: the column that holds them; "members" gives everyone one seat. Columns without numbers are left out.
    """
    rows = read_rows(Path(path), EXPECTED)
    entries = records(rows)
    header = list(entries[0][1])
    name = pick(header, NAMES) or header[0]
    column = (seats or "").lower() or pick(header, SEATS)
    if column is None or (column != "members" and column not in header):
        what = f"no column {seats!r}" if seats else "no column of seats"
        hint = f"expected header: {EXPECTED}; or name the column with --seats, or --seats members for one seat each"
        raise TableError.one("WC542", f"{what}; the file has {', '.join(header)}", hint, rows.place(1))
    names = tuple(entry[name] for _, entry in entries)
    held = [1.0] * len(names) if column == "members" else numbers(rows, entries, column)
    measures = [
        (other, tuple(numbers(rows, entries, other, needed=False)))
        for other in header
        if other and other not in (name, column) and _numeric(rows, [entry[other] for _, entry in entries])
    ]
    return SeatsTable(names, check_whole(held, names, column), tuple(measures), Path(path).stem)


def _numeric(rows: Rows, cells: Sequence[str]) -> bool:
    """Whether a column is one of numbers: most of its filled cells are."""
    values = [rows.number(cell) for cell in cells]
    filled = [value for value in values if value is not None]
    return bool(filled) and 2 * sum(math.isnan(value) for value in filled) < len(filled)


def position_columns(table: SeatsTable, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns asked for, or those whose names say that they are positions."""
    if asked:
        return tuple(name.lower() for name in asked)
    return tuple(name for name, _ in table.measures if name in POSITIONS or name.startswith(("position", "dim")))

"""Plain tables of actors with power, positions and salience; KTAB's files are recognised and read as they are.

One dimension: `actor,power,position,salience`. Several: `actor,power,tax_position,tax_salience,...`. Saliences may be
left out (everybody cares fully) and may be percentages. A column with `_sd` at its end says how uncertain another is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import TableError
from ..theory.tables import PositionsTable, Row
from .csv_rows import Rows, numbers, pick, read_rows, records
from .ktab import from_rows, is_ktab
from .seats import NAMES

EXPECTED = "actor,power,position,salience or actor,power,tax_position,tax_salience,..."
POWER = ("power", "capability", "capabilities", "influence", "clout", "resources", "weight", "seats")
Columns = dict[str, tuple[float, ...]]


def load_positions(path: str | Path) -> PositionsTable:
    """Read a table of actors; the first column is the name if none is called so (WC540 to WC543)."""
    rows = read_rows(Path(path), EXPECTED)
    if is_ktab(rows):
        return from_rows(rows)
    entries = records(rows)
    header = list(entries[0][1])
    power = pick(header, POWER)
    dimensions = _dimensions(header)
    if power is None or not dimensions:
        what = "power" if power is None else "positions"
        listed = ", ".join(header)
        hint = f"expected header: {EXPECTED}"
        raise TableError.one("WC542", f"no column of {what}; the file has {listed}", hint, rows.place(1))
    name = pick(header, ("actor", *NAMES)) or header[0]
    wanted = {power: True, f"{power}_sd": False} | {
        column: "_sd" not in column
        for _, place, care in dimensions
        for column in (place, care, f"{place}_sd", f"{care}_sd")
    }
    columns = {column: _column(rows, entries, column, needed) for column, needed in wanted.items() if column in header}
    saliences = [columns.get(care, (1.0,) * len(entries)) for _, _, care in dimensions]
    percent = any(value > 1 for column in saliences for value in column)
    share = 0.01 if percent else 1.0
    spread = [columns.get(f"{care}_sd", (0.0,) * len(entries)) for _, _, care in dimensions]
    return PositionsTable(
        names=tuple(entry[name] for _, entry in entries),
        power=columns[power],
        ideal=_by_row([columns[place] for _, place, _ in dimensions]),
        salience=_by_row([tuple(share * value for value in column) for column in saliences]),
        dimensions=tuple(dimension for dimension, _, _ in dimensions),
        power_sd=columns.get(f"{power}_sd", ()),
        ideal_sd=_spread(columns, [place for _, place, _ in dimensions], len(entries)),
        salience_sd=_by_row([tuple(share * value for value in column) for column in spread])
        if any(f"{care}_sd" in columns for _, _, care in dimensions)
        else (),
        title=Path(path).stem,
    )


def _dimensions(header: Sequence[str]) -> list[tuple[str, str, str]]:
    """The dimensions of a header: name, column of positions, column of saliences (which need not be there)."""
    found = []
    for column in header:
        if column == "position":
            found.append(("position", column, "salience"))
        elif column.endswith("_position"):
            stem = column.removesuffix("_position")
            found.append((stem, column, f"{stem}_salience"))
        elif column.startswith("position_") and not column.endswith("_sd"):
            stem = column.removeprefix("position_")
            found.append((stem, column, f"salience_{stem}"))
    return found


def _column(rows: Rows, entries: Sequence[tuple[int, dict[str, str]]], column: str, needed: bool) -> tuple[float, ...]:
    """A column of numbers; empty cells of an uncertainty count as none."""
    return tuple(0.0 if value is None else value for value in numbers(rows, entries, column, needed))


def _by_row(columns: Sequence[Sequence[float]]) -> tuple[Row, ...]:
    return tuple(tuple(row) for row in zip(*columns, strict=True))


def _spread(columns: Columns, places: Sequence[str], actors: int) -> tuple[Row, ...]:
    if not any(f"{place}_sd" in columns for place in places):
        return ()
    return _by_row([columns.get(f"{place}_sd", (0.0,) * actors) for place in places])

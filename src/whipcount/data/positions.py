"""Plain tables of actors with power, positions and salience; KTAB's files are recognised and read as they are.

One dimension: `actor,power,position,salience`. Several: `actor,power,tax_position,tax_salience,...`. Saliences may be
left out (everybody cares fully) and may go from 0 to 1, to 10 or to 100. A column with `_sd` at its end says how
uncertain another is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..text import say
from ..theory.tables import PositionsTable, Row
from .chapel_hill import positions, read_chapel_hill
from .ktab import find_ktab
from .reading import Table, read_table
from .scales import salience_end
from .seats import name_column, without_totals

EXPECTED = "actor,power,position,salience or actor,power,tax_position,tax_salience,..."
POWER = ("power", "capability", "capabilities", "influence", "clout", "resources", "weight", "seats")
Columns = dict[str, tuple[float, ...]]


def load_positions(
    source: Any, salience_scale: float | None = None, country: str | None = None, **declared: str | None
) -> PositionsTable:
    """Read a table of actors; the first column is the name if none is called so (WC519 to WC523, WC540 to WC543).

    salience_scale: the upper end of the scale of saliences, where it is not to be told from the numbers. country: of a
    file of the Chapel Hill survey, which is known by its columns (WC546).
    """
    if isinstance(source, PositionsTable):
        return source
    if isinstance(source, (str, os.PathLike)) and (found := find_ktab(Path(source))) is not None:
        return found.table
    table = read_table(source, expected=EXPECTED, **declared)
    if {"party_id", "lrgen"} <= set(table.columns):
        return positions(read_chapel_hill(table), country or "", path=Path(table.source))
    power = table.need(POWER, "column of power", EXPECTED)
    dimensions = _dimensions(table.columns)
    if not dimensions:
        table.need(("position",), "column of positions", EXPECTED)
    name = name_column(table, ("actor",))
    names = table.text(name)
    cares = [care for _, _, care in dimensions if care in table.columns]
    kept = without_totals(table, names, table.numbers(power, needed=False), power, name)
    table = table.only(kept)
    wanted = {power: True, f"{power}_sd": False} | {
        column: "_sd" not in column
        for _, place, care in dimensions
        for column in (place, care, f"{place}_sd", f"{care}_sd")
    }
    columns = {column: _column(table, column, needed) for column, needed in wanted.items() if table.pick([column])}
    end, told = salience_end(
        [value for care in cares for value in columns[care]],
        any(table.percent(care) for care in cares),
        salience_scale,
        table.top,
    )
    if told is not None:
        table.remark(told)
    careless = [dimension for dimension, _, care in dimensions if care not in table.columns]
    if careless:
        table.remark(say("no column of salience for {columns}: everybody cares fully", columns=", ".join(careless)))
    saliences = [columns.get(care, (end,) * table.height) for _, _, care in dimensions]
    spread = [columns.get(f"{care}_sd", (0.0,) * table.height) for _, _, care in dimensions]
    return PositionsTable(
        names=tuple(names[row] for row in kept),
        power=columns[power],
        ideal=_by_row([columns[place] for _, place, _ in dimensions]),
        salience=_by_row([tuple(value / end for value in column) for column in saliences]),
        dimensions=tuple(dimension for dimension, _, _ in dimensions),
        power_sd=columns.get(f"{power}_sd", ()),
        ideal_sd=_spread(columns, [place for _, place, _ in dimensions], table.height),
        salience_sd=_by_row([tuple(value / end for value in column) for column in spread])
        if any(f"{care}_sd" in columns for _, _, care in dimensions)
        else (),
        title=table.stem,
        remarks=tuple(map(str, table.remarks)),
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


def _column(table: Table, column: str, needed: bool) -> tuple[float, ...]:
    """A column of numbers; empty cells of an uncertainty count as none."""
    low, high = (0.0, 100.0) if "salience" in column else (None, None)
    values = table.numbers(column, needed=needed, low=low, high=high)
    return tuple(0.0 if value is None else value for value in values)


def _by_row(columns: Sequence[Sequence[float]]) -> tuple[Row, ...]:
    return tuple(tuple(row) for row in zip(*columns, strict=True))


def _spread(columns: Columns, places: Sequence[str], actors: int) -> tuple[Row, ...]:
    if not any(f"{place}_sd" in columns for place in places):
        return ()
    return _by_row([columns.get(f"{place}_sd", (0.0,) * actors) for place in places])

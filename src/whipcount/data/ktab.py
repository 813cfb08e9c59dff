"""KTAB's CSV files: a line about the scenario, a header, and an actor a row, as the toolkit reads them."""

from __future__ import annotations

import math
from pathlib import Path

from ..errors import Problem, TableError
from ..theory.tables import PositionsTable
from .csv_rows import Rows, read_rows

EXPECTED = "name,description,actors,dimensions and below it Actor,Description,Power,Pstn1,Sal1,..."
SCALE = (0.0, 100.0)


def is_ktab(rows: Rows) -> bool:
    """Whether rows look like KTAB's: two counts in the first line, a header that starts with Actor in the second."""
    first, second = rows.rows[0][1], rows.rows[1][1]
    counts = len(first) >= 4 and all(cell.isdigit() for cell in first[2:4])
    return counts and second[0].lower() == "actor"


def load_ktab(path: str | Path) -> PositionsTable:
    """Read a KTAB CSV file: positions stay on 0..100, saliences become shares of 1 (WC511 where counts do not fit)."""
    rows = read_rows(Path(path), EXPECTED)
    if not is_ktab(rows):
        raise TableError.one("WC511", "not a KTAB file", f"expected {EXPECTED}", rows.place(rows.rows[0][0]))
    return from_rows(rows)


def from_rows(rows: Rows) -> PositionsTable:
    """The table that KTAB rows hold."""
    (line, first), (header_line, header), *body = rows.rows
    actors, dimensions = int(first[2]), int(first[3])
    if len(body) != actors or dimensions < 1:
        raise TableError.one(
            "WC511",
            f"the first line tells of {actors} actors and {dimensions} dimensions, {len(body)} actors follow",
            "make the counts and the rows agree",
            rows.place(line),
        )
    width = 3 + 2 * dimensions
    if len([cell for cell in header if cell]) < width:
        raise TableError.one(
            "WC511",
            f"the header has too few columns for {dimensions} dimensions",
            f"expected Actor,Description,Power and {dimensions} times position,salience",
            rows.place(header_line),
        )
    names, power, ideal, salience = [], [], [], []
    problems: list[Problem] = []
    for number, cells in body:
        values = [rows.number(cell) for cell in cells[2:width]]
        if len(cells) < width or any(value is None or math.isnan(value) for value in values):
            hint = f"power and {dimensions} times position,salience"
            problems.append(Problem("WC543", f"{cells[0]}: a number is missing or wrong", hint, rows.place(number)))
            continue
        known = [value for value in values if value is not None]
        names.append(cells[0])
        power.append(known[0])
        ideal.append(tuple(known[1::2]))
        salience.append(tuple(value / SCALE[1] for value in known[2::2]))
    if problems:
        raise TableError(*problems)
    return PositionsTable(
        names=tuple(names),
        power=tuple(power),
        ideal=tuple(ideal),
        salience=tuple(salience),
        dimensions=tuple(_short(name) for name in header[3:width:2]),
        scale=(SCALE,) * dimensions,
        title=first[0],
    )


def _short(name: str) -> str:
    """The name of a dimension without the word that says that the column holds positions."""
    return name.removesuffix(" Position").removesuffix(" position").strip() or name

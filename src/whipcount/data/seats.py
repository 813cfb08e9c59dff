"""Plain tables of seats: a name, seats, and any further numbers (populations, positions) in a row each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from ..errors import Problem, TableError
from ..text import say
from ..theory.tables import SeatsTable, check_length, check_names, check_whole, whole_weights
from .reading import Table, fold, read_table
from .reading.names import key
from .reading.numerals import is_missing, written
from .reading.totals import rows_of_totals
from .reading.words import words

EXPECTED = "party,seats (and further columns of numbers, if any)"
_MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек)"
    "[a-zäé]*[а-я]*"
)
# as spreadsheets show a name that they took for a day: 1-Mar, Mar-14, 2024-03-01
_DATE = re.compile(rf"\d{{1,2}}[-./ ]+{_MONTH}\.?|{_MONTH}[-./ ]+\d{{1,4}}|\d{{4}}-\d{{2}}-\d{{2}}(?:[ t].*)?")
_COLOUR = re.compile("[0-9a-f]{6}")
POSITIONS = ("left_right", "position", "x", "y", "z", "rile", "lrgen")


def name_column(table: Table, first: Sequence[str] = ()) -> str:
    """The column of names: one that is called so, else the first."""
    return table.pick((*first, *words("columns", "name"))) or table.columns[0]


def without_totals(
    table: Table, names: Sequence[str], values: Sequence[float | None], what: str, named: str = ""
) -> list[int]:
    """The rows that are no totals; what is left out is told among the table's remarks (WC520).

    named: the column of names. Names that only case or signs tell apart are refused (WC503); columns that say that the
    rows are those of several years or bodies are told.
    """
    lines = [int(line) for line in table.lines]
    _no_twins(table, names)
    if dated := [name for name in names if _DATE.fullmatch(name.casefold())]:
        table.remark(say("{name!r} looks like a date: a spreadsheet may have made it of a name", name=dated[0]))
    for column in words("columns", "panels"):
        if column != named and column in table.columns and (many := table.frame[column].drop_nulls().n_unique()) > 1:
            table.remark(
                say(
                    "{column} has {many} values: all rows are taken together",
                    column=table.titles.get(column, column),
                    many=many,
                )
            )
    left, remarks = rows_of_totals(names, values, lines, table.source, what)
    for text in remarks:
        table.remark(text)
    return [row for row in range(len(names)) if row not in left]


def _no_twins(table: Table, names: Sequence[str]) -> None:
    """Refuse names that are one but for case, dashes or apostrophes (WC503); the same ones are found later."""
    seen: dict[str, int] = {}
    for row, name in enumerate(names):
        other = seen.setdefault(key(name), row)
        if names[other] != name:
            hint = "write them in one way, or tell them apart"
            message = f"{names[other]!r} and {name!r} differ in case or signs alone"
            raise TableError.one("WC503", message, hint, table.place(row))


def load_seats(
    source: Any, seats: str | None = None, fractions: bool = False, *, of: str | None = None, **declared: str | None
) -> SeatsTable:
    """Read a table of seats from a file or from Python's own; the first column is the name if none is called so.

    seats: the column that holds them; "members" gives everyone one seat. of: what is counted, seats (None) or
    "votes". Further columns are kept as measures where they are numbers; where they are not, asking for them tells why.
    fractions: whether weights may be fractions; they are then multiplied until they are whole. declared: as
    `read_table` takes it.
    """
    if isinstance(source, SeatsTable):
        return source
    expected, option = (EXPECTED, "--seats") if of is None else (f"party,{of}", f"--{of}")
    table = read_table(source, expected=expected, **declared)
    name = name_column(table)
    wanted = fold(seats) if seats else None
    usual = (*words("columns", "seats"), *words("columns", "weights"), "value")
    known = (wanted,) if wanted else usual if of is None else (*words("columns", "ballots"), "value")
    column = "members" if wanted == "members" and "members" not in table.columns else None
    if column is None:
        what = f"column {seats!r}" if seats else f"column of {of or 'seats'}"
        hint = f"{expected}; or name the column with {option}"
        hint += ", or --seats members for one seat each" if of is None else ""
        column = table.need(known, what, hint)
        also = [table.titles[name] for name in words("columns", "seats") if name in table.columns and name != column]
        if also and wanted is None and of is None:
            table.remark(
                say(
                    "{column} is read; there is {others} too (--seats takes another)",
                    column=table.titles[column],
                    others=", ".join(also),
                )
            )
    names = table.text(name)
    held: list[float | None] = [1.0] * len(names)
    if column in table.columns:
        called = [row for row, text in enumerate(names) if text]
        held = table.numbers(column, whole=True, needed=bool(called))
    kept = without_totals(table, names, held, column, name)
    tinted = next((other for other in table.columns if other in words("columns", "colour")), None)
    aside = [name, *(() if column != "seats" else ("seats",)), *(() if tinted is None else (tinted,))]
    measures, faults = _measures(table, aside, kept)
    _name_unread(table, {*aside, column, *(one for one, _ in (*measures, *faults)), *words("columns", "panels")})
    colours = () if tinted is None else _colours(table, tinted, kept)
    rows = tuple(names[row] for row in kept)
    weights, unit = [held[row] for row in kept], 1
    if fractions:
        weights, unit = whole_weights(weights, rows, column)
        if unit > 1:
            table.remark(say("{column} are multiplied by {unit}, so that they are whole", column=column, unit=unit))
    return SeatsTable(
        rows,
        check_whole(weights, rows, column),
        measures,
        table.stem,
        faults=faults,
        remarks=tuple(map(str, table.remarks)),
        unit=unit,
        colours=colours,
    )


def _name_unread(table: Table, read: Collection[str]) -> None:
    """Name the columns that nothing is read of."""
    if unread := [table.titles.get(column, column) for column in table.columns if column not in read]:
        table.remark(say("not read, since they hold no numbers: {columns}", columns=", ".join(unread)))


def _colours(table: Table, column: str, kept: Sequence[int]) -> tuple[str | None, ...]:
    """The parties' own colours as #rrggbb; what is none is told, and left to the palette."""
    found: list[str | None] = []
    cells = table.text(column)
    for row in kept:
        cell = cells[row].casefold().removeprefix("#")
        plain = "".join(2 * digit for digit in cell) if len(cell) == 3 else cell
        found.append(f"#{plain}" if _COLOUR.fullmatch(plain) else None)
        if cell and found[-1] is None:
            table.remark(say("{colour!r} is no colour: write it as #0072b2", colour=cells[row]))
    return tuple(found)


def weighed(values: Sequence[float], names: Sequence[str] = (), fractions: bool = False) -> SeatsTable:
    """A table of weights alone; without names members are numbered from 1 (WC506, WC514)."""
    rows = tuple(names) or tuple(str(number) for number in range(1, len(values) + 1))
    check_names(rows, "members")
    check_length(values, rows, "weights")
    weights: list[float | None] = list(values)
    unit = 1
    if fractions:
        weights, unit = whole_weights(weights, rows, "weights")
    remarks = (say("weights are multiplied by {unit}, so that they are whole", unit=unit),) if unit > 1 else ()
    return SeatsTable(rows, check_whole(weights, rows, "weights"), remarks=remarks, unit=unit)


def _measures(
    table: Table, aside: Sequence[str], kept: Sequence[int]
) -> tuple[tuple[tuple[str, tuple[float | None, ...]], ...], tuple[tuple[str, Problem], ...]]:
    """The further columns of numbers, and for those that are mostly numbers why they cannot be read."""
    measures, faults = [], []
    for other in table.columns:
        if other in aside or not (_numeric(table, other) or _is_position(other)):
            continue
        try:
            values = table.numbers(other, needed=False)
        except TableError as error:
            faults.append((other, error.problems[0]))
            if _is_position(other):
                why = error.problems[0].message
                table.remark(say("positions in the column {column} are not read: {why}", column=other, why=why))
        else:
            measures.append((other, tuple(values[row] for row in kept)))
    return tuple(measures), tuple(faults)


def _numeric(table: Table, name: str) -> bool:
    """Whether a column is one of numbers: at least half of its filled cells are."""
    if table.frame[name].dtype != pl.String:
        return table.frame[name].dtype.is_numeric()
    cells = [text for text in table.frame[name].drop_nulls() if not is_missing(text)]
    return bool(cells) and 2 * sum(written(text).form == "none" for text in cells) <= len(cells)


def position_columns(table: SeatsTable, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns asked for, or those whose names say that they are positions."""
    if asked:
        return tuple(fold(name) for name in asked)
    return tuple(name for name, _ in table.measures if _is_position(name))


def _is_position(name: str) -> bool:
    """Whether a column is called as if it held positions, which are then taken unasked."""
    return name in POSITIONS or name.startswith(("position", "dim"))


def unplaced(table: SeatsTable, used: Sequence[str]) -> tuple[str, ...]:
    """A remark on columns of numbers that no positions were taken from, where there are such."""
    left = [name for name, _ in table.measures if name not in used]
    if not left:
        return ()
    told = ", ".join(left)
    return (say("not taken for positions: {columns} (--positions, or the field for them, takes them)", columns=told),)

"""The columns that a known table must have and may have, read in their kinds; mistakes tell the header expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import Problem, TableError
from .reading import Table, fold, read_table

# Kinds of columns: text, word (a text in which no mark says that it is missing), whole number, number, date, flag
KINDS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "word": pl.String(),
    "whole": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "flag": pl.Boolean(),
}
LINE = "_line"  # the column that says on which line of its file a row stands


@dataclass(frozen=True)
class Header:
    """The columns a file must have (name -> kind) and may have; `of` says what file this is."""

    of: str
    required: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The header as it should stand in the file's first line."""
        return ",".join(self.required)


def find_table(folder: Path, *names: str) -> Path | None:
    """The first of these files that a folder holds, plain or gzipped; None where it holds none."""
    for name in names:
        for candidate in (folder / name, folder / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    return None


def typed(
    source: Any,
    header: Header,
    aliases: Mapping[str, str] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    declared: Mapping[str, str | None] | None = None,
) -> tuple[pl.DataFrame, Table]:
    """The columns of `header` in their kinds and the line of each row (`LINE`), and the table as it was read.

    aliases: other names under which a column may stand, used where its own name is not there. bounds: of numbers, to
    settle doubtful marks. declared: as `read_table` takes it. A missing or empty file, missing columns and values of
    the wrong kind are errors (WC519, WC521 to WC543).
    """
    try:
        table = read_table(source, expected=header.line, **(declared or {}))
    except TableError as error:
        raise _of(header, error) from None
    others = {name: [other for other, meant in (aliases or {}).items() if meant == name] for name in header.required}
    others |= {name: [other for other, meant in (aliases or {}).items() if meant == name] for name in header.optional}
    columns: list[pl.Series] = []
    problems: list[Problem] = []
    for name, kind in {**header.required, **header.optional}.items():
        known = (name, *others[name])
        place = table.need(known, f"column {name!r}", header.line) if name in header.required else table.pick(known)
        if place is None:
            columns.append(pl.Series(name, [None] * table.height, dtype=KINDS[kind]))
            continue
        low, high = (bounds or {}).get(name, (None, None))
        try:
            values = _values(table, place, kind, low, high)
        except TableError as error:
            problems += error.problems
        else:
            columns.append(pl.Series(name, values, dtype=KINDS[kind]))
    if problems:
        raise TableError(*problems)
    return pl.DataFrame(columns).with_columns(pl.Series(LINE, table.lines)), table


def _values(table: Table, name: str, kind: str, low: float | None, high: float | None) -> Sequence[Any]:
    if kind == "number":
        return table.numbers(name, needed=False, low=low, high=high)
    if kind == "whole":
        values = table.numbers(name, needed=False, whole=True)
        broken = [row for row, value in enumerate(values) if value is not None and value != int(value)]
        if broken:
            hint = "a whole number is expected"
            what = f"{table.titles.get(name, name)} is {values[broken[0]]:g}"
            raise TableError.one("WC543", what, hint, table.place(broken[0]))
        return [None if value is None else int(value) for value in values]
    if kind == "word":
        return [text or None for text in table.text(name)]
    readers: dict[str, Callable[[str], Sequence[Any]]] = {"date": table.dates, "flag": table.flags}
    return readers.get(kind, table.text_or_none)(name)


def _of(header: Header, error: TableError) -> TableError:
    """The error of an unreadable file, told with what file it should have been."""
    from dataclasses import replace

    return TableError(*(replace(one, message=f"{header.of}: {one.message}") for one in error.problems))


def read_columns(source: Any, header: Header, aliases: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The columns of `header` in their kinds, with the line of each row."""
    return typed(source, header, aliases)[0]


def folded(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns as a table looks them up."""
    return tuple(fold(name) for name in names)


def choose(value: str, known: Sequence[str], what: str) -> str:
    """`value`, if it is one of `known` (any case); else an error that lists them (WC546)."""
    for name in known:
        if name.casefold() == value.casefold():
            return name
    listed = ", ".join(known[:40]) + (" ..." if len(known) > 40 else "")
    raise TableError.one("WC546", f"no {what} {value!r} here", f"there are {listed}")

"""Numbers about members, beside their votes: age, time in the house, margin at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TableError
from ..text import say
from .reading import read_table
from .reading.names import key
from .seats import name_column

EXPECTED = "member,age,seniority"
NAMED = 5


def read_covariates(
    source: Any, members: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.float64], tuple[str, ...]]:
    """The columns of numbers of a table of members: their names, their values (members, columns), and remarks.

    Columns of other kinds, and those that say the same of everybody, are left out with a remark. Raises TableError
    (WC568) where a member has no row or two, or a cell is empty.
    """
    table = read_table(source, expected=EXPECTED)
    by = name_column(table, ("member",))
    rows: dict[str, int] = {}
    for row, name in enumerate(table.text(by)):
        if key(name) in rows:
            raise TableError.one("WC568", f"{name!r} stands twice", "give each member one row", table.place(row))
        rows[key(name)] = row
    missing = [name for name in members if key(name) not in rows]
    if missing:
        shown = ", ".join(missing[:NAMED]) + (" ..." if len(missing) > NAMED else "")
        hint = "give each member of the votes a row, or leave those out of the votes"
        raise TableError.one("WC568", f"{len(missing)} members of the votes have no row here: {shown}", hint, table.top)
    order = [rows[key(name)] for name in members]
    kept, values, left_out = [], [], []
    for name in table.columns:
        if name == by:
            continue
        if table.number_problem(name) is not None:
            left_out.append(name)
            continue
        column = [table.numbers(name, needed=False)[row] for row in order]
        empty = next((place for place, value in enumerate(column) if value is None), None)
        if empty is not None:
            hint = "give every member a number, or leave the column out"
            raise TableError.one("WC568", f"{name} of {members[empty]} is empty", hint, table.place(order[empty]))
        if len(set(column)) == 1:
            left_out.append(name)
            continue
        kept.append(table.titles.get(name, name))
        values.append(np.array(column, dtype=float))
    if not kept:
        raise TableError.one("WC568", "no column of numbers tells members apart", f"expected {EXPECTED}", table.top)
    remarks = tuple(str(one) for one in table.remarks)
    if left_out:
        told = say("columns without numbers that tell members apart are left out: {names}", names=", ".join(left_out))
        remarks = (*remarks, told)
    return tuple(kept), np.column_stack(values), remarks

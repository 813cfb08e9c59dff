"""Rows of totals: told by their name and by their numbers, left out with a word, or asked about (WC520)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ...errors import Place, TableError
from .words import words

NEAR = 1e-6


def is_total_name(name: str) -> bool:
    """Whether a row is called a total."""
    return bool(_total().fullmatch(name.casefold()))


@cache
def _total() -> re.Pattern[str]:
    totals, summed = ("|".join(map(re.escape, words("rows", kind))) for kind in ("totals", "summed"))
    return re.compile(rf"\W*(?:{totals})(?: of)?(?: all)?(?: (?:{summed}))?\W*")


def rows_of_totals(
    names: Sequence[str], values: Sequence[float | None], lines: Sequence[int], source: str, what: str
) -> tuple[list[int], list[str]]:
    """Rows that are totals, and remarks on them and on rows that may be some.

    A row called a total that holds as much as all others together is left out; one that holds something else is asked
    about (WC520). A row of another name that holds as much as all others is told, and stays.
    """
    known = [0.0 if value is None else value for value in values]
    called = [row for row, name in enumerate(names) if is_total_name(name)]
    rest = sum(known) - sum(known[row] for row in called)
    left, remarks = [], []
    for row in called:
        if values[row] is not None and abs(known[row] - rest) > NEAR * max(1.0, rest):
            raise TableError.one(
                "WC520",
                f"the row {names[row]!r} holds {known[row]:g} {what}, the others {rest:g} together",
                "take the row out, or mend the numbers; a party of that name needs another one",
                Place(source, lines[row], 1),
            )
        left.append(row)
        remarks.append(f"the row {names[row]!r} (line {lines[row]}) is a total and is left out")
    kept = [row for row in range(len(names)) if row not in left]
    for row in (kept[0], kept[-1]) if len(kept) > 3 and not left else ():
        if known[row] > 0 and abs(2 * known[row] - rest) <= NEAR * rest:
            remarks.append(
                f"{names[row]!r} holds as many {what} as all others together: if its row is a total, take it out"
            )
    return left, remarks

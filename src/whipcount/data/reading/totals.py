"""Rows that are no members: totals, told by their name and by their numbers, are left out with a word; others asked.

Vacant seats, thresholds, averages, parts of the row above and sums of a block of rows are refused (WC520); those who
need not act as one ("Others") are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ...errors import Place, TableError
from ...text import say
from .words import words

NEAR = 1e-6
HINT = "take the row out, or mend the numbers; a party of that name needs another one"


def is_total_name(name: str) -> bool:
    """Whether a row is called a total."""
    return bool(_total().fullmatch(name.casefold()))


def is_nobody(name: str) -> bool:
    """Whether a row is called something that is no member: vacant, majority, turnout, average."""
    return bool(_called("nobody").fullmatch(name.casefold()))


@cache
def _total() -> re.Pattern[str]:
    totals, summed = ("|".join(map(re.escape, words("rows", kind))) for kind in ("totals", "summed"))
    return re.compile(rf"\W*(?:{totals})(?: of)?(?: all)?(?: (?:{summed}))?\W*")


@cache
def _called(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, words('rows', kind)))})\W*")


@cache
def _part() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, words('rows', 'parts')))})[\s:].+")


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
    kept = [row for row in range(len(names)) if row not in called]
    _no_members([names[row] for row in kept], [known[row] for row in kept], [lines[row] for row in kept], source, what)
    left, remarks = [], []
    for row in called:
        if values[row] is not None and abs(known[row] - rest) > NEAR * max(1.0, rest):
            message = f"the row {names[row]!r} holds {known[row]:g} {what}, the others {rest:g} together"
            raise TableError.one("WC520", message, HINT, Place(source, lines[row], 1))
        left.append(row)
        remarks.append(
            say("the row {name!r} (line {line}) is a total and is left out", name=names[row], line=lines[row])
        )
    last = kept[-1:] if len(kept) > 2 else []
    for row in sorted({*last, *(kept[:1] if len(kept) > 3 else [])}) if not left else ():
        if known[row] > 0 and abs(2 * known[row] - rest) <= NEAR * rest:
            remarks.append(
                say(
                    "{name!r} holds as many {what} as all others together: if its row is a total, take it out",
                    name=names[row],
                    what=what,
                )
            )
    for row in kept:
        if len(kept) > 1 and _called("crowds").fullmatch(names[row].casefold()):
            remarks.append(
                say("{name!r} counts as one member; if they do not act as one, give each a row", name=names[row])
            )
    return left, remarks


def _no_members(names: Sequence[str], values: Sequence[float], lines: Sequence[int], source: str, what: str) -> None:
    """Refuse rows that are nobody's, a part of the one above, or the sum of those beside them (WC520)."""
    for row, name in enumerate(names):
        message = ""
        if is_nobody(name):
            message = f"the row {name!r} is called as if it were no member"
        elif row and _part().fullmatch(name.casefold()):
            message = f"the row {name!r} is called as if it were a part of {names[row - 1]!r}"
        elif _called("groups").fullmatch(name.casefold()) and (many := _summed(values, row)):
            message = f"the row {name!r} holds as many {what} as the {many} rows beside it together"
        if message:
            hint = HINT if row and not is_nobody(name) else f"{HINT}; say with --quota what is needed of all seats"
            raise TableError.one("WC520", message, hint, Place(source, lines[row], 1))


def _summed(values: Sequence[float], row: int) -> int:
    """How many rows below, or else above, have together what a row has; 0 where none have."""
    for beside in (values[row + 1 :], values[:row][::-1]):
        total = 0.0
        for many, value in enumerate(beside, 1):
            total += value
            if many > 1 and total > 0 and abs(total - values[row]) <= NEAR * total:
                return many
    return 0

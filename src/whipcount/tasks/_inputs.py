"""Inputs that many tasks share, and what they come to: tables of seats, quotas, decision rules, days."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import NUMBERS, TABLE, TEXT, TEXTS, WORDS, Option
from whipcount.text import mark, say

if TYPE_CHECKING:
    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import SeatsTable

Weights = Annotated[Any, Option("weights or seats, instead of a table", NUMBERS, "N,N,...")]
Names = Annotated[Any, Option("names, in the order of the weights", WORDS, "A,B,...")]
Quota = Annotated[
    Any,
    Option(
        "what is needed: a number, a percentage, or majority (the default)", TEXT, "N|N%|majority",
        title=mark("Votes needed"), example="51% · 62 · majority",
    ),
]  # fmt: skip
Seats = Annotated[Any, Option("column of seats or weights; members gives everyone one", TEXT, "COLUMN")]
Positions = Annotated[
    Any,
    Option(
        "columns of positions, the first one orders the parties", WORDS, "COLUMN,...",
        title=mark("Columns of positions"), example="left_right,europe",
    ),
]  # fmt: skip


def table(help: str) -> Option:
    """A table as the first argument: a file, or what Python holds."""
    return Option(help, TABLE, "TABLE", argument=True)


Majorities = Annotated[Any, Option("a majority that is needed too; may be repeated", TEXTS, "COLUMN:QUOTA")]
Alternatives = Annotated[Any, Option("a majority that is enough by itself", TEXTS, "COLUMN:QUOTA[+...]", flag="--or")]


def seats_of(
    given: Any, weights: Sequence[float] | None = None, names: Sequence[str] = (), seats: str | None = None
) -> SeatsTable:
    """The table that a count is about: from a file or from Python's own, or from weights (WC624)."""

    if (given is None) == (weights is None):
        what = "nothing to count" if given is None else "a table and --weights"
        raise UsageError.one("WC624", what, "give either TABLE or --weights 10,10,...")
    if weights is None and names and isinstance(given, (list, tuple)):
        weights, given = given, None  # a bare list with its names
    if weights is None:
        from whipcount.data.seats import load_seats

        return load_seats(given, seats)
    from whipcount.theory.tables import SeatsTable, check_length, check_names, check_whole

    rows = tuple(names) or tuple(str(number) for number in range(1, len(weights) + 1))
    check_names(rows, "members")
    check_length(weights, rows, "weights")
    return SeatsTable(rows, check_whole(weights, rows, "weights"))


def quota_of(text: str | None, total: int) -> int:
    """A quota: a whole number, a percentage rounded up, or more than half (WC508, WC625)."""
    from whipcount.errors import TableError
    from whipcount.theory.rules import percentage
    from whipcount.theory.tables import check_quota, majority

    if not text or text == "majority":
        return majority(total)
    share = text.endswith("%")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise UsageError.one("WC625", f"quota {text!r}", "write a number, 65% or majority")
    if share:
        if not 0 < value <= 100:
            raise TableError.one("WC508", f"a quota of {text}", "give more than 0%, and 100% at most")
        return percentage(value, total)
    if value != int(value):
        hint = "weights are whole; give the next whole number"
        raise TableError.one("WC508", f"a quota of {text} is not whole", hint)
    return check_quota(int(value), total)


def majority_of(text: str, seats: SeatsTable) -> Majority:
    """One majority, `COLUMN:QUOTA`; without a column it is one of seats."""
    from whipcount.theory.rules import Majority

    column, colon, quota = text.rpartition(":")
    weights = seats.weights(column.strip().lower() if colon else "seats")
    return Majority(weights, quota_of(quota.strip(), sum(weights)), column.strip().lower() if colon else "seats")


def rule_of(
    seats: SeatsTable,
    quota: str | None,
    majorities: Sequence[str],
    alternatives: Sequence[str],
    blocked: Sequence[tuple[str, str]],
) -> DecisionRule:
    """The decision rule that the options describe.

    majorities: all needed. alternatives: each enough by itself; several majorities in one are joined by `+`.
    """
    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import pairs_of as rows_of

    needed = [majority_of(text, seats) for text in majorities]
    if quota is not None or not needed:
        needed.insert(0, Majority(seats.seats, quota_of(quota, seats.total)))
    others = [tuple(majority_of(part, seats) for part in text.split("+")) for text in alternatives]
    return DecisionRule(seats.names, (tuple(needed), *others), rows_of(blocked, seats.names))


def ends_of(scale: Any) -> tuple[float, float]:
    """The two ends of a scale (WC623)."""
    parts = scale.split(",") if isinstance(scale, str) else scale
    try:
        low, high = (float(part) for part in parts)
    except (TypeError, ValueError):
        raise UsageError.one("WC623", f"--scale {scale}: not two numbers", "write --scale 0,10") from None
    if not low < high:
        raise UsageError.one("WC623", f"--scale {scale}: the first end is not below the second", "write --scale 0,10")
    return low, high


def written(path: Path, what: str) -> None:
    """Tell what is written into which file; `what` has a place for the path."""
    from whipcount.session import notice

    notice(say(what, path=path))

"""Arguments that the commands on weighted bodies share: a table or a list of weights, quotas, pairs, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from whipcount.text import mark, say

if TYPE_CHECKING:
    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import SeatsTable


def option(name: str, text: str, metavar: str | None = None) -> Any:
    """An option without a shown default, its help in the reader's language."""
    return typer.Option(name, help=say(text), metavar=metavar, show_default=False)


def with_default(name: str, text: str, metavar: str) -> Any:
    """An option that shows its default, its help in the reader's language."""
    return typer.Option(name, help=say(text), metavar=metavar)


def table_argument(text: str) -> Any:
    """`TABLE`: a file."""
    return typer.Argument(help=say(text), metavar="TABLE", show_default=False)


def weights_option() -> Any:
    """`--weights`: instead of a table."""
    return option("--weights", "weights or seats, instead of a table", "N,N,...")


def names_option() -> Any:
    """`--names`: of the weights."""
    return option("--names", "names, in the order of the weights", "A,B,...")


def quota_option() -> Any:
    """`--quota`: what is needed."""
    return option("--quota", "what is needed: a number, a percentage, or majority (the default)", "N|N%|majority")


def seats_option() -> Any:
    """`--seats`: the column that holds them."""
    return option("--seats", mark("column of seats or weights; members gives everyone one"), "COLUMN")


def positions_option() -> Any:
    """`--positions`: the columns of ideal points."""
    return option("--positions", mark("columns of positions, the first one orders the parties"), "COLUMN,...")


def words_of(text: str | None) -> tuple[str, ...]:
    """A list written with commas."""
    return tuple(part.strip() for part in text.split(",")) if text else ()


def numbers_of(text: str, name: str) -> tuple[float, ...]:
    """A list of numbers written with commas (WC625)."""
    from whipcount.errors import UsageError

    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError.one("WC625", f"{name} {text}: not a list of numbers", "write it as 10,10,8.5") from None


def pairs_of(texts: Sequence[str] | None, name: str) -> tuple[tuple[str, str], ...]:
    """Pairs written as A+B (WC625)."""
    from whipcount.errors import UsageError

    found = []
    for text in texts or ():
        first, plus, second = text.partition("+")
        if not plus:
            raise UsageError.one("WC625", f"{name} {text}: not a pair", "write it as A+B")
        found.append((first.strip(), second.strip()))
    return tuple(found)


def seats_of(table: Path | None, weights: str | None, names: str | None, seats: str | None) -> SeatsTable:
    """The table that a command is about: from a file, or from `--weights` (WC624)."""
    from whipcount.errors import UsageError

    if (table is None) == (weights is None):
        what = "nothing to count" if table is None else "a table and --weights"
        raise UsageError.one("WC624", what, "give either TABLE or --weights 10,10,...")
    if table is not None:
        from whipcount.data.seats import load_seats

        return load_seats(table, seats)
    from whipcount.theory.tables import SeatsTable, check_length, check_names, check_whole

    values = numbers_of(weights or "", "--weights")
    rows = words_of(names) or tuple(str(number) for number in range(1, len(values) + 1))
    check_names(rows, "members")
    check_length(values, rows, "weights")
    return SeatsTable(rows, check_whole(values, rows, "weights"))


def quota_of(text: str | None, total: int) -> int:
    """A quota: a whole number, a percentage rounded up, or more than half (WC508, WC625)."""
    from whipcount.errors import TableError, UsageError
    from whipcount.theory.rules import percentage
    from whipcount.theory.tables import check_quota, majority

    if text is None or text == "majority":
        return majority(total)
    share = text.endswith("%")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise UsageError.one("WC625", f"quota {text!r}", "write a number, 65% or majority") from None
    if share:
        if not 0 < value <= 100:
            raise TableError.one("WC508", f"a quota of {text}", "give more than 0%, and 100% at most")
        return percentage(value, total)
    if value != int(value):
        raise TableError.one(
            "WC508", f"a quota of {text} is not whole", "weights are whole; give the next whole number"
        )
    return check_quota(int(value), total)


def majority_of(text: str, table: SeatsTable) -> Majority:
    """One majority, `COLUMN:QUOTA`; without a column it is one of seats."""
    from whipcount.theory.rules import Majority

    column, colon, quota = text.rpartition(":")
    weights = table.weights(column.strip().lower() if colon else "seats")
    return Majority(weights, quota_of(quota.strip(), sum(weights)), column.strip().lower() if colon else "seats")


def rule_of(
    table: SeatsTable,
    quota: str | None,
    majorities: Sequence[str] | None,
    alternatives: Sequence[str] | None,
    blocked: Sequence[str] | None,
) -> DecisionRule:
    """The decision rule that the options describe.

    majorities: all needed. alternatives: each enough by itself; several majorities in one are joined by `+`.
    """
    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import pairs_of as rows_of

    needed = [majority_of(text, table) for text in majorities or ()]
    if quota is not None or not needed:
        needed.insert(0, Majority(table.seats, quota_of(quota, table.total)))
    others = [tuple(majority_of(part, table) for part in text.split("+")) for text in alternatives or ()]
    pairs = rows_of(pairs_of(blocked, "--blocked"), table.names)
    return DecisionRule(table.names, (tuple(needed), *others), pairs)

"""Inputs that many tasks share, and what they come to: tables of seats, quotas, decision rules, days."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import NUMBERS, PAIRS, TABLE, TEXT, TEXTS, WORDS, Option
from whipcount.text import mark, say

if TYPE_CHECKING:
    from fractions import Fraction

    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import SeatsTable

Weights = Annotated[Any, Option("weights or seats, instead of a table", NUMBERS, "N,N,...")]
Names = Annotated[Any, Option("names, in the order of the weights", WORDS, "A,B,...")]
Quota = Annotated[
    Any,
    Option(
        "what is needed: a number, a share as 2/3 or 65%, or majority (the default)", TEXT, "N|N/N|N%|majority",
        title=mark("Votes needed"), example="2/3 · 51% · 62",
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


Rule = Annotated[
    Any,
    Option(
        "a rule in words: 2/3 of seats and majority of members; veto: A; casting: B", TEXT, "RULE",
        title=mark("Or: a rule in words"), example="2/3 of seats and majority of members; veto: Labour",
    ),
]  # fmt: skip


def table(help: str) -> Option:
    """A table as the first argument: a file, or what Python holds."""
    return Option(help, TABLE, "TABLE", argument=True)


Majorities = Annotated[Any, Option("a majority that is needed too; may be repeated", TEXTS, "COLUMN:QUOTA")]
Alternatives = Annotated[Any, Option("a majority that is enough by itself", TEXTS, "COLUMN:QUOTA[+...]", flag="--or")]


Election = Annotated[
    Any,
    Option(
        "of ParlGov's folder, the Manifesto Project or the Chapel Hill survey: the day or year", TEXT, "[COUNTRY:]DATE"
    ),
]
Country = Annotated[Any, Option("the country of the election", TEXT, "NAME")]
Excluded = Annotated[
    Any,
    Option(
        "two that will not govern together; may be repeated",
        PAIRS,
        "A+B",
        title=mark("Who will not govern together, a pair a line"),
        example="Nation+Labour",
        rows=True,
    ),
]
Decimal = Annotated[
    str | None, Option("decimal mark of the table, where its numbers do not show it", metavar="point|comma")
]
Sheet = Annotated[str | None, Option("sheet of a workbook (default: the first with rows)", metavar="NAME")]


def seats_of(
    given: Any,
    weights: Sequence[float] | None = None,
    names: Sequence[str] = (),
    seats: str | None = None,
    fractions: bool = False,
    country: str | None = None,
    election: str | None = None,
    **declared: str | None,
) -> SeatsTable:
    """The table that a count is about: a file or Python's own, one election of a collection, or weights (WC624).

    fractions: whether weights may be fractions; they are then multiplied until they are whole.
    """
    from whipcount.data.elections import one_election
    from whipcount.data.seats import load_seats, weighed

    if (given is None) == (weights is None):
        what = "nothing to count" if given is None else "a table and --weights"
        raise UsageError.one("WC624", what, "give either TABLE or --weights 10,10,...")
    if weights is None and names and isinstance(given, (list, tuple)):
        weights, given = given, None  # a bare list with its names
    elected = one_election(given, country, election) if weights is None else None
    if elected is not None:
        if seats and seats != "population":
            raise UsageError.one("WC624", f"--seats {seats} with a collection of elections", "its seats are known")
        return elected
    if weights is None:
        return load_seats(given, seats, fractions, **declared)
    return weighed(tuple(weights), tuple(names), fractions)


def quota_of(text: str | None, total: int, unit: int = 1) -> int:
    """A quota: more than half, a share as 2/3 or 65%, a whole number (WC508, WC625).

    unit: by how much the weights were multiplied to be whole; a number is meant in the weights as given.
    """
    from fractions import Fraction

    from whipcount.errors import TableError
    from whipcount.session import notice
    from whipcount.theory.rule_grammar import near_fraction, parse_rule
    from whipcount.theory.tables import check_quota, majority

    plain = (text or "").strip()
    if not plain:
        return majority(total)
    if plain.replace(".", "", 1).isdigit():
        number = Fraction(plain) * unit
        if number.denominator != 1:
            hint = "weights are whole; give the next whole number"
            raise TableError.one("WC508", f"a quota of {plain} is not whole", hint)
        return check_quota(int(number), total)
    if plain.endswith("%") and plain[:-1].strip().replace(".", "", 1).isdigit() and not 0 < float(plain[:-1]) <= 100:
        raise TableError.one("WC508", f"a quota of {plain}", "give more than 0%, and 100% at most")
    single = parse_rule(plain, "all").single
    if single is None or single.column or single.of != "all":
        raise UsageError.one("WC625", f"quota {plain!r}", "write a number, 2/3, 65% or majority")
    if (told := near_fraction(plain, total)) is not None:
        notice(told, kept=True)
    return check_quota(single.quota(total), total)


def majority_of(text: str, seats: SeatsTable) -> Majority:
    """One majority, `COLUMN:QUOTA`; without a column it is one of seats."""
    from whipcount.data.columns import folded
    from whipcount.theory.rules import Majority

    given, colon, quota = text.rpartition(":")
    column = folded([given])[0] if colon else "seats"
    weights = seats.weights(column)
    return Majority(weights, quota_of(quota.strip(), sum(weights), seats.unit if column == "seats" else 1), column)


def pairs_among(pairs: Sequence[tuple[str, str]], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of known names, of which a plus may be part: `+Europa+Lega` (WC513)."""
    from whipcount.data.reading.names import split_names

    found = []
    for first, second in pairs:
        one, other = split_names(f"{first}+{second}", names, parts=2)
        found.append((one, other))
    return tuple(found)


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
        needed.insert(0, Majority(seats.seats, quota_of(quota, seats.total, seats.unit)))
    others = [tuple(majority_of(part, seats) for part in text.split("+")) for text in alternatives]
    rows = rows_of(pairs_among(blocked, seats.names), seats.names)
    return DecisionRule(seats.names, (tuple(needed), *others), rows)


def rule_in_words(text: str, seats: SeatsTable, blocked: Sequence[tuple[str, str]]) -> DecisionRule:
    """The decision rule that a text describes: "55% of members and 65% of population; veto: A" (WC625)."""
    from whipcount.theory.rule_grammar import parse_rule
    from whipcount.theory.rules_written import written_rule
    from whipcount.theory.tables import pairs_of as rows_of

    written = parse_rule(text, "all", ("members", "seats", *(name for name, _ in seats.measures)))
    rows = rows_of(pairs_among(blocked, seats.names), seats.names)
    return written_rule(written, seats.names, lambda column: seats.weights(column or "seats"), rows, seats.unit)


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


def share_of(text: Any) -> Fraction:
    """A share of votes: 5%, 1/20, 0.05 (WC625)."""
    from fractions import Fraction

    if text is None or text == "":
        return Fraction(0)
    plain = str(text).strip()
    try:
        share = Fraction(plain[:-1].strip()) / 100 if plain.endswith("%") else Fraction(plain)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share < 1:
        raise UsageError.one("WC625", f"threshold {plain!r}", "write a share as 5%, 1/20 or 0.05")
    return share

"""Coalitions of a parliament that can govern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import Form, Option, task
from whipcount.text import mark

from ._inputs import (
    Country,
    Decimal,
    Election,
    Excluded,
    Names,
    Positions,
    Quota,
    Rule,
    Seats,
    Sheet,
    Weights,
    pairs_among,
    quota_of,
    rule_in_words,
    seats_of,
    table,
)
from .power import PARLIAMENT

if TYPE_CHECKING:
    from whipcount.theory.coalitions import CoalitionsResult


@task(
    "coalitions",
    mark("Coalitions of a parliament: minimal winning, connected, oversized, minorities with support."),
    "whipcount coalitions parliament.csv --positions left_right",
    "whipcount coalitions parliament.csv --excluded Left+Right --chart coalitions.png",
    "whipcount coalitions parliament.csv --rule '2/3 of seats and majority of members; veto: Labour'",
    "whipcount coalitions --weights 40,25,20,15 --names A,B,C,D --json",
    order=71,
    drawn=True,
    form=Form(
        mark("Coalitions"), mark("Who can govern with whom, and how far apart would they stand?"),
        "party,seats,left_right", PARLIAMENT, order=10, parliament=True, excluded="excluded",
    ),
)  # fmt: skip
def coalitions(
    table: Annotated[Any, table("parties: party,seats and positions (CSV)")] = None,
    weights: Weights = None,
    names: Names = None,
    quota: Quota = None,
    rule: Rule = None,
    seats: Seats = None,
    positions: Positions = None,
    excluded: Excluded = None,
    limit: Annotated[int, Option("coalitions of each kind that are listed", metavar="N", shown=True)] = 20,
    minority: Annotated[int, Option("parties of a minority cabinet, at most", metavar="N", shown=True)] = 3,
    country: Country = None,
    election: Election = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> CoalitionsResult:  # fmt: skip
    """The coalitions of a parliament by kind, the smallest and most compact first (WC508 to WC516, WC625)."""
    from whipcount.data.seats import position_columns, unplaced
    from whipcount.theory.coalitions import coalitions as list_coalitions

    if rule is not None and quota is not None:
        raise UsageError.one("WC625", "--rule and --quota", "give one of them")
    given = seats_of(table, weights, names, seats, False, country, election, decimal=decimal, sheet=sheet)
    columns = position_columns(given, positions)
    pairs = pairs_among(excluded, given.names)
    written = None if rule is None else rule_in_words(rule, given, ())
    needed = quota_of(quota, given.total) if written is None else None
    result = list_coalitions(given, needed, columns, pairs, limit, minority, written)
    return result.told((*given.remarks, *unplaced(given, columns)))

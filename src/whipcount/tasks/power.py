"""Voting power: how often each member of a weighted body turns a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import PAIRS, TEXTS, Form, Option, task
from whipcount.text import mark

from ._inputs import (
    Alternatives,
    Country,
    Decimal,
    Election,
    Majorities,
    Names,
    Positions,
    Quota,
    Seats,
    Sheet,
    Weights,
    rule_in_words,
    rule_of,
    seats_of,
    table,
)
from ._lasting import beforehand, of_power

if TYPE_CHECKING:
    from whipcount.theory.power import PowerResult

PARLIAMENT = """party,seats,left_right,europe
Left,69,1.2,4.0
Greens,67,2.9,8.9
Labour,153,3.8,8.6
Centre,246,6.3,7.9
Liberals,80,6.7,7.0
Nation,92,9.2,1.5
"""


@task(
    "power",
    mark("Voting power under any rule: Shapley-Shubik, Banzhaf, Coleman, Deegan-Packel, Holler, Johnston."),
    "whipcount power --quota 62 --weights 10,10,10,10,8,5,5,5,5,4,4,3,3,3,2",
    "whipcount power parliament.csv --chart power.png",
    "whipcount power council.csv --rule eu2014",
    "whipcount power fund.csv --quota 85% --index banzhaf",
    "whipcount power house.csv --rule '2/3 of seats and majority of members; veto: President'",
    "whipcount power council.csv --majority members:55% --majority population:65% --or members:24",
    "whipcount power parlgov/ --country Germany --election 2005-09-18",
    "whipcount power parliament.csv --blocked Left+Right --positions left_right,europe --json",
    order=70,
    drawn=True,
    form=Form(
        mark("Voting power"), mark("Who is pivotal: how often does each member's vote turn a decision?"), "party,seats",
        PARLIAMENT, order=12, parliament=True, excluded="blocked",
    ),
)  # fmt: skip
def power(
    table: Annotated[Any, table("members and weights: party,seats (CSV)")] = None,
    weights: Weights = None,
    names: Names = None,
    quota: Quota = None,
    seats: Seats = None,
    majority: Majorities = None,
    alternative: Alternatives = None,
    rule: Annotated[
        str | None,
        Option("a rule in words (2/3 of seats and majority of members; veto: A), or eu2014", metavar="RULE"),
    ] = None,
    blocked: Annotated[
        Any,
        Option(
            "two who never join; may be repeated", PAIRS, "A+B",
            title=mark("Who never join, a pair a line"), example="Nation+Left", rows=True,
        ),
    ] = None,
    positions: Positions = None,
    index: Annotated[Any, Option("only this index; may be repeated, one alone may be quicker", TEXTS, "NAME")] = None,
    country: Country = None,
    election: Election = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
    samples: Annotated[int, Option("draws where counting is out of reach", metavar="N", shown=True)] = 100_000,
    seed: Annotated[int, Option("of the draws", metavar="N", shown=True)] = 1,
) -> PowerResult:  # fmt: skip
    """The voting power of every member of a body that decides by weights (WC501 to WC516, WC624, WC625)."""
    from whipcount.data.columns import folded
    from whipcount.theory.map_power import map_power
    from whipcount.theory.power import power as count_power
    from whipcount.theory.rule_grammar import parse_rule
    from whipcount.theory.rules import council_2014

    eu = rule == "eu2014"
    if rule is not None and (quota or majority or alternative or (eu and blocked)):
        raise UsageError.one("WC625", f"--rule {rule} with other parts of a rule", "give either --rule or the others")
    if rule is not None and not eu:
        parse_rule(rule, "all")  # what is no rule is told before a table is read
    column = "population" if eu and not seats else seats
    given = seats_of(table, weights, names, column, not eu, country, election, decimal=decimal, sheet=sheet)
    if rule is None:
        decision = rule_of(given, quota, majority, alternative, blocked)
    else:
        decision = council_2014(given.names, given.seats) if eu else rule_in_words(rule, given, blocked)
    columns = folded(positions)
    on_map = map_power(decision, given.places(columns), columns, seed=seed) if columns else None
    beforehand(of_power(decision, index, samples))
    return count_power(decision, samples, seed, on_map, tuple(index)).told(given.remarks)

"""Votes to seats: the seats of each party by a method of apportionment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import GIVEN, NUMBERS, TEXT, WORDS, Form, Option, task
from whipcount.text import mark

from ._inputs import Decimal, Names, Sheet, share_of, table

if TYPE_CHECKING:
    from whipcount.theory.apportionment import Apportionment

ELECTION = """party,votes
Yellows,47000
Whites,16000
Reds,15900
Greens,12000
Blues,6000
Pinks,3100
"""


@task(
    "seats",
    mark("Votes to seats: divisor methods (D'Hondt, Sainte-Laguë) and quotas (Hare, Droop), thresholds, ties told."),
    "whipcount seats election.csv --seats 10 --chart seats.svg",
    "whipcount seats election.csv --seats 120 --method sainte_lague --threshold 5% --exempt SSW",
    "whipcount seats --weights 47000,16000,15900,12000 --names A,B,C,D --seats 10 --method hare --json",
    order=70.5,
    drawn=True,
    form=Form(
        mark("Votes to seats"), mark("How many seats does each party get for its votes?"), "party,votes", ELECTION,
        {"seats": "10"}, order=20, parliament=True,
    ),
)  # fmt: skip
def seats(
    table: Annotated[Any, table("parties and votes: party,votes (CSV)")] = None,
    weights: Annotated[Any, Option("votes, instead of a table", NUMBERS, "N,N,...")] = None,
    names: Names = None,
    seats: Annotated[
        int | None, Option("seats to give", metavar="N", low=1, title=mark("Seats to give"), example="10")
    ] = None,
    method: Annotated[
        str,
        Option(
            "dhondt, sainte_lague, modified_sainte_lague, imperiali, hare, droop, imperiali_quota; or who found it: "
            "Jefferson, Webster, Hamilton",
            metavar="NAME", shown=True, title=mark("Method: dhondt, sainte_lague, hare, droop ..."), example="dhondt",
        ),
    ] = "dhondt",
    threshold: Annotated[
        Any,
        Option(
            "share of all votes that a party needs, as 5% or 1/20; exactly so much is enough", GIVEN, "N%",
            title=mark("Share of the votes that a party needs"), example="5%",
        ),
    ] = None,
    exempt: Annotated[
        Any,
        Option("parties that need no threshold", WORDS, "A,B,...", title=mark("Who needs no threshold"), example="SSW"),
    ] = None,
    votes: Annotated[str | None, Option("column of votes", TEXT, "COLUMN")] = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> Apportionment:  # fmt: skip
    """Seats for votes; what is tied for is told and shared, never given by the order of rows (WC590 to WC593)."""
    from whipcount.data.reading.names import find_name
    from whipcount.data.seats import load_seats, weighed
    from whipcount.theory.apportionment import apportion, method_named

    if (table is None) == (weights is None):
        what = "nothing to count" if table is None else "a table and --weights"
        raise UsageError.one("WC624", what, "give either TABLE or --weights 47000,16000,...")
    if seats is None:
        raise UsageError.one("WC624", "no number of seats", "say how many there are to give: --seats 10")
    least = share_of(threshold)
    if weights is None:
        given = load_seats(table, votes, True, of="votes", decimal=decimal, sheet=sheet)
    else:
        given = weighed(weights, names, True)
    found = method_named(method)
    if found == "droop" and given.unit > 1:
        hint = "give whole numbers of votes, or take hare, which knows shares too"
        raise UsageError.one("WC625", "the quota of Droop with fractions of votes", hint)
    free = [find_name(name, given.names) for name in exempt]
    return apportion(given.seats, seats, found, parties=given.names, threshold=least, exempt=free).told(given.remarks)

"""From polls to the odds of seats, majorities and coalitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import DAY, GIVEN, PAIRS, TABLE, WORDS, Form, Option, task
from whipcount.text import mark

from ._inputs import Decimal, Excluded, Sheet, ends_of, pairs_among, share_of, table

if TYPE_CHECKING:
    from whipcount.theory.polls import PollOdds
    from whipcount.theory.polls_governments import GovernmentForecast

POLLED = """date,pollster,size,party,share
2025-03-01,Institute A,1000,Reds,31
2025-03-01,Institute A,1000,Blues,29
2025-03-01,Institute A,1000,Greens,17
2025-03-01,Institute A,1000,Gold,14
2025-03-01,Institute A,1000,Greys,9
2025-03-08,Institute B,1200,Reds,33
2025-03-08,Institute B,1200,Blues,27
2025-03-08,Institute B,1200,Greens,18
2025-03-08,Institute B,1200,Gold,13
2025-03-08,Institute B,1200,Greys,9
"""

ToGive = Annotated[int | None, Option("seats to give", metavar="N", low=1, title=mark("Seats to give"), example="150")]
Method = Annotated[
    str,
    Option(
        "as `whipcount seats` has it",
        metavar="NAME",
        shown=True,
        title=mark("Method: dhondt, sainte_lague, hare, droop ..."),
        example="sainte_lague",
    ),
]
Threshold = Annotated[
    Any,
    Option(
        "share of all votes that a party needs, as 5% or 1/20",
        GIVEN,
        "N%",
        title=mark("Share of the votes that a party needs"),
        example="5%",
    ),
]


@task(
    "polls",
    mark("Polls to the odds of seats, of majorities, of coalitions and, with --parties, of governments."),
    "whipcount polls polls.csv --seats 598 --threshold 5%",
    "whipcount polls polls.csv --seats 150 --method dhondt --day 2025-11-30 --excluded A+B --json",
    "whipcount polls polls.csv --seats 150 --parties parties.csv --chart governments.svg",
    order=70.7,
    tables=True,
    drawn=True,
    form=Form(
        mark("Polls"), mark("How likely are seats, majorities and coalitions, given the polls and their error?"),
        "date,pollster,size,party,share", POLLED, {"seats": "100"}, order=22, excluded="excluded",
    ),
)  # fmt: skip
def polls(
    table: Annotated[Any, table("polls: date,party,share; pollster,size where known (CSV)")] = None,
    seats: ToGive = None,
    method: Method = "sainte_lague",
    threshold: Threshold = None,
    exempt: Annotated[Any, Option("parties that need no threshold", WORDS, "A,B,...")] = None,
    day: Annotated[Any, Option("the day of the election (that of the last poll)", DAY, "DATE")] = None,
    off: Annotated[
        float,
        Option(
            "how far all polls may be off together: .04 is two points for half of the votes",
            low=0.0,
            high=0.5,
            shown=True,
        ),
    ] = 0.04,
    draws: Annotated[int, Option("draws", low=100, high=100_000, shown=True)] = 1_000,
    excluded: Excluded = None,
    parties: Annotated[
        Any, Option("parties: party, position; incumbent, premier, family, last where known (CSV)", TABLE, "FILE")
    ] = None,
    history: Annotated[Any, Option("with --parties: past cabinets (CSV)", TABLE, "FILE")] = None,
    scale: Annotated[Any, Option("with --parties: ends of the positions [0,10]", GIVEN, "LOW,HIGH")] = None,
    cordon: Annotated[Any, Option("with --parties: those that nobody governs with", WORDS, "A,B,...")] = None,
    pact: Annotated[
        Any, Option("with --parties: two that govern together or not at all; may be repeated", PAIRS, "A+B")
    ] = None,
    seed: Annotated[int, Option("of the draws", low=0, shown=True)] = 1,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> PollOdds | GovernmentForecast:
    """Odds of seats, majorities and governments on the day of the election (WC590 to WC596, WC625)."""
    from whipcount.data.polls import read_polls
    from whipcount.data.reading.names import find_name
    from whipcount.theory.apportionment import method_named
    from whipcount.theory.polls import drawn_seats, odds_of

    if table is None or seats is None:
        what = "no polls" if table is None else "no number of seats"
        raise UsageError.one("WC624", what, "give a table of polls, and how many seats there are: --seats 150")
    given = read_polls(table, decimal=decimal, sheet=sheet)
    free = [find_name(name, given.parties) for name in exempt]
    pairs = pairs_among(excluded, given.parties)
    least = share_of(threshold)
    found = drawn_seats(given, seats, method_named(method), least, free, day, off, draws, seed)
    odds = odds_of(found, given, seats, day, pairs)
    if parties is None:
        if history is not None or scale is not None or cordon or pact:
            hint = "give --parties, a table of the parties' positions, or leave these out"
            raise UsageError.one("WC625", "--history, --scale, --cordon and --pact are of governments", hint)
        return odds
    from whipcount.data.parties import read_profiles
    from whipcount.theory.polls_governments import government_odds

    ends = ends_of(scale) if scale else None
    known = read_profiles(parties, given.parties, ends, history, day or given.days[-1], decimal=decimal, sheet=sheet)
    behind = [find_name(name, given.parties) for name in cordon]
    return government_odds(found, odds, known, pairs, behind, pairs_among(pact, given.parties)).told(known.remarks)

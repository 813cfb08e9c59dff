"""From polls to the odds of seats, majorities and coalitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import DAY, GIVEN, PAIRS, WORDS, Option, task
from whipcount.text import mark

from ._inputs import Decimal, Sheet, pairs_among, share_of, table

if TYPE_CHECKING:
    from whipcount.theory.polls import PollOdds


@task(
    "polls",
    mark("Polls to the odds of seats, of majorities and of coalitions, by the method that gives the seats."),
    "whipcount polls polls.csv --seats 598 --threshold 5%",
    "whipcount polls polls.csv --seats 150 --method dhondt --day 2025-11-30 --excluded A+B --json",
    order=70.7,
    tables=True,
)
def polls(
    table: Annotated[Any, table("polls: date,party,share; pollster,size where known (CSV)")] = None,
    seats: Annotated[int | None, Option("seats to give", metavar="N", low=1)] = None,
    method: Annotated[str, Option("as `whipcount seats` has it", metavar="NAME", shown=True)] = "sainte_lague",
    threshold: Annotated[Any, Option("share of all votes that a party needs, as 5% or 1/20", GIVEN, "N%")] = None,
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
    excluded: Annotated[Any, Option("two that will not govern together; may be repeated", PAIRS, "A+B")] = None,
    seed: Annotated[int, Option("of the draws", low=0, shown=True)] = 1,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> PollOdds:
    """Odds of seats and of majorities on the day of the election (WC590 to WC595)."""
    from whipcount.data.polls import read_polls
    from whipcount.data.reading.names import find_name
    from whipcount.theory.apportionment import method_named
    from whipcount.theory.polls import poll_odds

    if table is None or seats is None:
        what = "no polls" if table is None else "no number of seats"
        raise UsageError.one("WC624", what, "give a table of polls, and how many seats there are: --seats 150")
    given = read_polls(table, decimal=decimal, sheet=sheet)
    free = [find_name(name, given.parties) for name in exempt]
    pairs = pairs_among(excluded, given.parties)
    least = share_of(threshold)
    return poll_odds(given, seats, method_named(method), least, free, day, off, draws, pairs, seed)

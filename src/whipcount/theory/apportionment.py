"""From votes to seats: divisor and quota methods, thresholds, and ties that are said instead of broken by chance.

Divisor methods give each seat to the highest quotient of votes and divisor (D'Hondt 1878; Sainte-Lague 1910; Balinski &
Young 1982); quota methods give a seat for each full quota and the rest by largest remainders (Hare 1859; Droop 1868).
All arithmetic is exact, on whole numbers of votes, so equal claims are known to be equal.
"""

from __future__ import annotations

import heapq
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, say

from ..errors import Problem, TableError

DIVISORS: dict[str, tuple[Fraction, Fraction, Fraction]] = {  # first divisor, second, distance of the further ones
    "dhondt": (Fraction(1), Fraction(2), Fraction(1)),
    "sainte_lague": (Fraction(1), Fraction(3), Fraction(2)),
    "modified_sainte_lague": (Fraction(7, 5), Fraction(3), Fraction(2)),
    "imperiali": (Fraction(2), Fraction(3), Fraction(1)),
}
QUOTAS = ("hare", "droop", "imperiali_quota")
METHODS = (*DIVISORS, *QUOTAS)
TITLES = {
    "dhondt": mark("D'Hondt (highest averages, divisors 1, 2, 3 ...)"),
    "sainte_lague": mark("Sainte-Laguë (divisors 1, 3, 5 ...)"),
    "modified_sainte_lague": mark("modified Sainte-Laguë (divisors 1.4, 3, 5 ...)"),
    "imperiali": mark("Imperiali (divisors 2, 3, 4 ...)"),
    "hare": mark("quota of Hare, largest remainders"),
    "droop": mark("quota of Droop, largest remainders"),
    "imperiali_quota": mark("quota of Imperiali, largest remainders"),
}
ALSO = {  # found again under other names; the two of each pair give the same seats to any votes
    "jefferson": "dhondt",
    "hagenbach_bischoff": "dhondt",
    "webster": "sainte_lague",
    "schepers": "sainte_lague",
    "hamilton": "hare",
    "hare_niemeyer": "hare",
    "vinton": "hare",
}
MOST_SEATS = 1_000_000


@dataclass(frozen=True)
class Tie:
    """Parties with an equal claim to fewer seats than they are."""

    parties: tuple[str, ...]
    seats: int


@dataclass(frozen=True)
class Apportionment(Result):
    """Seats by party. Where the last seats are tied for, `seats` holds what is certain and `tie` says what is left."""

    references: ClassVar[tuple[str, ...]] = (
        "Balinski & Young 1982, Fair representation",
        "Gallagher 1991, Electoral Studies 10, 33-51",
        "Gallagher 1992, Comparing proportional representation electoral systems",
    )
    method: str
    parties: tuple[str, ...]
    votes: tuple[int, ...]
    seats: tuple[int, ...]
    total: int
    admitted: tuple[bool, ...]
    tie: Tie | None = None

    @property
    def shared(self) -> tuple[Fraction, ...]:
        """Seats with what is tied for shared equally among those tied: what a fair lot gives on average."""
        if self.tie is None:
            return tuple(Fraction(seats) for seats in self.seats)
        each = Fraction(self.tie.seats, len(self.tie.parties))
        return tuple(
            seats + (each if name in self.tie.parties else Fraction(0))
            for name, seats in zip(self.parties, self.seats, strict=True)
        )

    @property
    def disproportionality(self) -> float:
        """Gallagher's least-squares index, 0 to 1: shares of seats against shares of votes."""
        votes = sum(self.votes)
        gaps = [
            float(seats / self.total - Fraction(vote, votes))
            for seats, vote in zip(self.shared, self.votes, strict=True)
        ]
        return math.sqrt(sum(gap * gap for gap in gaps) / 2)

    def tables(self) -> tuple[Table, ...]:
        """Votes and seats by party."""
        columns = (
            Column("party", "Party"),
            figure("votes", "Votes", "d"),
            figure("seats", "Seats", "d"),
            figure("expected", "With ties shared", ".2f"),
        )
        rows = tuple(
            (name, vote, seats, float(shared))
            for name, vote, seats, shared in zip(self.parties, self.votes, self.seats, self.shared, strict=True)
        )
        return (Table("seats", "Seats", columns, rows),)

    def sentences(self) -> str:
        """How many seats were given, who failed a threshold, what is tied for."""
        text = say("By {method}: ", method=say(TITLES[self.method]))
        text += say("{given} of {total} seats.", given=sum(self.seats), total=self.total)
        below = [name for name, fit in zip(self.parties, self.admitted, strict=True) if not fit]
        if below:
            text += say(" Below the threshold: {names}.", names=listing(below))
        if self.tie is not None:
            text += say(
                " Tied for {left} more: {names}; the law draws lots.",
                left=self.tie.seats,
                names=listing(self.tie.parties),
            )
        return text

    def record(self) -> dict[str, Any]:
        """The result as JSON can carry it."""
        tie = None if self.tie is None else {"parties": list(self.tie.parties), "seats": self.tie.seats}
        return {
            "method": self.method,
            "total": self.total,
            "parties": self.tables()[0].records(),
            "tie": tie,
            "disproportionality": self.disproportionality,
        }


def method_named(text: str) -> str:
    """The method that a text names, in any spelling: "Sainte-Laguë", "D'Hondt", "Webster" (WC590)."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’")
    plain = "_".join(plain.replace("-", " ").replace("/", " ").replace("_", " ").split())
    found = ALSO.get(plain, plain)
    if found not in METHODS:
        hint = f"one of {', '.join(METHODS)}; also {', '.join(ALSO)}"
        raise TableError.one("WC590", f"no method {text!r} of apportionment", hint)
    return found


def apportion(
    votes: Sequence[int],
    seats: int,
    method: str = "dhondt",
    *,
    parties: Sequence[str] = (),
    threshold: float | Fraction = 0,
    exempt: Sequence[str] = (),
) -> Apportionment:
    """Seats for votes by a method of `METHODS`.

    threshold: the share of all votes that a party needs (0.05: five per cent; exactly that much is enough); parties of
    `exempt` need none. Refuses (WC590 to WC593) an unknown method, votes that are no whole numbers of 0 or more, seats
    below 1, an Imperiali quota that gives away more seats than there are,
    and (WC515) more than `MOST_SEATS` seats.
    """
    names = tuple(parties) or tuple(f"{number + 1}" for number in range(len(votes)))
    _check(votes, seats, method, names)
    limit = Fraction(str(threshold)) if isinstance(threshold, float) else Fraction(threshold)
    least = limit * sum(votes)
    admitted = tuple(vote > 0 and (vote >= least or name in exempt) for name, vote in zip(names, votes, strict=True))
    if not any(admitted):
        raise TableError.one("WC592", "no party has the votes that the threshold asks for", "lower the threshold")
    counted = [vote if fit else 0 for vote, fit in zip(votes, admitted, strict=True)]
    given, tied, left = (_by_divisors if method in DIVISORS else _by_quota)(counted, seats, method)
    tie = Tie(tuple(names[row] for row in tied), left) if left else None
    return Apportionment(method, names, tuple(votes), tuple(given), seats, admitted, tie)


def _check(votes: Sequence[int], seats: int, method: str, names: Sequence[str]) -> None:
    problems = []
    if method not in METHODS:
        problems.append(Problem("WC590", f"no method {method!r} of apportionment", "one of " + ", ".join(METHODS)))
    bad = [vote for vote in votes if not isinstance(vote, int) or isinstance(vote, bool) or vote < 0]
    if bad or not votes or len(names) != len(votes):
        what = f"votes of {bad[0]!r}" if bad else f"{len(votes)} numbers of votes for {len(names)} parties"
        problems.append(Problem("WC591", what, "give each party a whole number of votes, 0 or more"))
    if seats > MOST_SEATS:
        problems.append(Problem("WC515", f"{seats:,} seats to give", f"at most {MOST_SEATS:,} are"))
    if seats < 1:
        problems.append(Problem("WC592", f"{seats} seats to give", "give at least one"))
    if problems:
        raise TableError(*problems)


def _by_divisors(votes: Sequence[int], seats: int, method: str) -> tuple[list[int], list[int], int]:
    """Highest quotients: seats that are certain, the rows tied for the rest, and how many are left for them."""
    first, second, step = DIVISORS[method]
    given = _surely(votes, seats, method)

    def claim(row: int) -> Fraction:
        number = given[row]
        return Fraction(votes[row]) / (first if number == 0 else second + (number - 1) * step)

    claims = [(-claim(row), row) for row in range(len(votes))]
    heapq.heapify(claims)
    left = seats - sum(given)
    while left:
        top = claims[0][0]
        best = []
        while claims and claims[0][0] == top:
            best.append(heapq.heappop(claims)[1])
        if len(best) > left:
            return given, best, left
        for row in best:
            given[row] += 1
            heapq.heappush(claims, (-claim(row), row))
        left -= len(best)
    return given, [], 0


def _surely(votes: Sequence[int], seats: int, method: str) -> list[int]:
    """The seats of all quotients above a price at which no more are given than there are.

    Divisors lie at least half a step below `step` times the number of the seat, so that at a price of votes over
    `step` times (seats less parties) everybody gets at most half a seat more than their share of these.
    """
    first, second, step = DIVISORS[method]
    fewer = seats - len(votes)
    if fewer <= 0:
        return [0] * len(votes)
    quotients = [Fraction(vote) * step * fewer / sum(votes) for vote in votes]
    return [0 if one < first else 1 + max(0, math.floor((one - second) / step) + 1) for one in quotients]


def _by_quota(votes: Sequence[int], seats: int, method: str) -> tuple[list[int], list[int], int]:
    """Full quotas, then largest remainders."""
    total = sum(votes)
    quota = {
        "hare": Fraction(total, seats),
        "droop": Fraction(total // (seats + 1) + 1),
        "imperiali_quota": Fraction(total, seats + 2),
    }[method]
    given = [int(vote // quota) for vote in votes]
    left = seats - sum(given)
    if left < 0:
        hint = "take the quota of Droop, which never does"
        raise TableError.one("WC593", f"the quota gives {sum(given)} seats where there are {seats}", hint)
    remainders = [vote - number * quota if vote else Fraction(-1) for vote, number in zip(votes, given, strict=True)]
    while left:  # once, unless there are fewer votes than seats
        for value in sorted(set(remainders) - {Fraction(-1)}, reverse=True):
            rows = [row for row, remainder in enumerate(remainders) if remainder == value]
            if len(rows) > left:
                return given, rows if left else [], left
            for row in rows:
                given[row] += 1
            left -= len(rows)
    return given, [], 0

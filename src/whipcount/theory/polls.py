"""From polls to the odds of seats, majorities and coalitions.

Shares of parties walk at random from day to day; a poll sees them with the error of its sample and an effect of its
house (Jackman 2005). All errors have the covariance of a multinomial sample, diag(s) - s s', times a number: so the
walk, the houses and the samples are weighed once for all parties. On the day of the election all polls may be off
together, as far as they have been (Shirani-Mehr, Rothschild, Goel & Gelman 2018). Each draw of shares is turned into
seats by the law's own method.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import percent, say

from ..errors import TableError
from .apportionment import apportion
from .tables import Floats

OFF = 0.04  # standard deviation of what all polls err together, as a share of that of one answer
SIZE = 1_000.0  # answers of a poll that does not tell how many
WALKS = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)  # standard deviations of a day's step that are tried
HOUSES = (0.0, 0.01, 0.02, 0.04, 0.08)  # and of the effect of a house
MOST_PARTIES = 12  # of which all coalitions are gone through
SHOWN = 15
PARTS = 1_000_000  # votes that a share is turned into


@dataclass(frozen=True, eq=False)
class Polls:
    """Polls in order of time: days, houses (empty where unknown), sizes, shares (polls, parties), which sum to 1.

    The last of the shares is that of all others, who win no seats; it has no name among the parties.
    """

    parties: tuple[str, ...]
    days: tuple[dt.date, ...]
    houses: tuple[str, ...]
    sizes: Floats
    shares: Floats


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the election: shares of the votes and seats, both (draws, parties)."""

    parties: tuple[str, ...]
    shares: Floats
    won: Floats
    walk: float
    house: float


@dataclass(frozen=True)
class PartyOdds:
    """A party's share and seats with the ends of nine in ten draws, and its chances: to enter, to be the largest."""

    party: str
    share: float
    share_low: float
    share_high: float
    seats: float
    seats_low: int
    seats_high: int
    enters: float
    largest: float


@dataclass(frozen=True)
class CoalitionOdds:
    """A coalition's chance of a majority, of one that needs all its parties, and its seats."""

    parties: tuple[str, ...]
    majority: float
    minimal: float
    seats: float


@dataclass(frozen=True)
class PollOdds(Result):
    """What polls say of seats and majorities. walk, house: learnt standard deviations, in those of one answer."""

    references: ClassVar[tuple[str, ...]] = (
        "Jackman 2005, Pooling the polls over an election campaign",
        "Shirani-Mehr, Rothschild, Goel & Gelman 2018, Disentangling bias and variance in election polls",
    )
    parties: tuple[PartyOdds, ...]
    coalitions: tuple[CoalitionOdds, ...]
    day: str
    polls: int
    walk: float
    house: float
    draws: int
    total: int

    def tables(self) -> tuple[Table, ...]:
        """Parties; coalitions that may have a majority."""
        parties = (
            Column("party", "Party"),
            figure("share", "Share", ".3f"),
            figure("share_low", "90% from", ".3f"),
            figure("share_high", "to", ".3f"),
            figure("seats", "Seats", ".1f"),
            Column("seats_low", "90% from", right=True),
            Column("seats_high", "to", right=True),
            figure("enters", "Wins seats", ".3f"),
            figure("largest", "Largest", ".3f"),
        )
        coalitions = (
            Column("parties", "Coalition"),
            figure("majority", "Majority", ".3f"),
            figure("minimal", "Majority that needs all", ".3f"),
            figure("seats", "Seats", ".1f"),
        )
        rows = tuple(tuple(getattr(one, column.key) for column in parties) for one in self.parties)
        listed = tuple((" + ".join(one.parties), one.majority, one.minimal, one.seats) for one in self.coalitions)
        return (
            Table("parties", "Odds of seats", parties, rows),
            Table("coalitions", "Odds of a majority", coalitions, listed),
        )

    def sentences(self) -> str:
        """The odds in plain words."""
        first = max(self.parties, key=lambda one: one.largest)
        told = say(
            "From {polls} polls, for {day}: {party} has most seats with {chance}.",
            polls=self.polls, day=self.day, party=first.party, chance=percent(first.largest),
        )  # fmt: skip
        if not self.coalitions:
            return told
        best = self.coalitions[0]
        return say(
            "{told} {parties} have a majority with {chance}.",
            told=told, parties=" + ".join(best.parties), chance=percent(best.majority),
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The odds as JSON can carry them."""
        plain = {name: getattr(self, name) for name in ("day", "polls", "walk", "house", "draws", "total")}
        return {**plain, **{grid.name: grid.records() for grid in self.tables()}}


def pooled(polls: Polls, day: dt.date) -> tuple[Floats, float, float, float]:
    """Shares on a day and their variance (in that of one answer); the learnt steps of a day and effects of a house."""
    middle = np.average(polls.shares, axis=0, weights=polls.sizes)
    grid = list(itertools.product(WALKS, HOUSES if len(set(polls.houses)) > 1 else (0.0,)))
    walk, house = max(grid, key=lambda one: _evidence(polls, middle, *one))
    weights, variance = _weights(polls, day, walk, house)
    return np.asarray(weights @ polls.shares), variance, walk, house


def _covariance(polls: Polls, walk: float, house: float, days: Floats) -> Floats:
    """Of polls with each other: a walk from the first day on, houses, and samples."""
    shared = walk**2 * np.minimum.outer(days, days)
    same = np.array([[one == other for other in polls.houses] for one in polls.houses])
    return np.asarray(shared + house**2 * same + np.diag(1 / polls.sizes))


def _since(polls: Polls, day: dt.date) -> tuple[Floats, float]:
    first = polls.days[0]
    return np.array([(one - first).days for one in polls.days], dtype=float), float((day - first).days)


def _weights(polls: Polls, day: dt.date, walk: float, house: float) -> tuple[Floats, float]:
    """Weights of the polls for the shares on a day, best linear and unbiased (kriging), and the variance left."""
    days, now = _since(polls, day)
    inverse = np.linalg.inv(_covariance(polls, walk, house, days))
    toward = walk**2 * np.minimum(days, now)
    ones = np.ones(len(days))
    surplus = (1 - ones @ inverse @ toward) / (ones @ inverse @ ones)
    weights = inverse @ (toward + surplus * ones)
    variance = float(walk**2 * now - toward @ weights + surplus)
    return np.asarray(weights), max(variance, 0.0)


def _evidence(polls: Polls, middle: Floats, walk: float, house: float) -> float:
    """The restricted log-likelihood of the polls, whose deviations have a multinomial's covariance."""
    days, _ = _since(polls, polls.days[-1])
    covariance = _covariance(polls, walk, house, days)
    inverse = np.linalg.inv(covariance)
    ones = np.ones(len(days))
    known = float(ones @ inverse @ ones)
    level = ones @ inverse @ polls.shares / known
    off = polls.shares - level
    # sum over parties of off' inverse off / share: the quadratic form of diag(s) - s s' within the simplex
    form = float((np.einsum("tp,tu,up->p", off, inverse, off) / np.maximum(middle, 1e-4)).sum())
    free = polls.shares.shape[1] - 1
    sizes = float(np.linalg.slogdet(covariance)[1]) + math.log(known)
    return float(-0.5 * (free * sizes + form))


def drawn_seats(
    polls: Polls,
    seats: int,
    method: str = "sainte_lague",
    threshold: Fraction | float = Fraction(0),
    exempt: Sequence[str] = (),
    day: dt.date | None = None,
    off: float = OFF,
    draws: int = 1_000,
    seed: int = 1,
) -> Draws:
    """Draws of the shares and seats of an election, on the last poll's day by default (WC594 before the last poll).

    method, threshold, exempt: as `apportion` takes them. off: how far all polls may be off together, in standard
    deviations of one answer: .04 is two points for a party of half of the votes. Ties for seats are drawn by lot.
    """
    day = day or polls.days[-1]
    if day < polls.days[-1]:
        raise TableError.one("WC594", f"{day} lies before the last poll", "give a later day, or leave later polls out")
    limit = Fraction(str(threshold)) if isinstance(threshold, float) else Fraction(threshold)
    shares, variance, walk, house = pooled(polls, day)
    random = np.random.default_rng(seed)
    spread = np.sqrt(variance + off**2)
    noise = random.standard_normal((draws, len(shares))) * np.sqrt(np.maximum(shares, 0))
    # diag(s) - s s': independent noise of variance s, less its sum in proportion to s
    drawn = np.maximum(shares + spread * (noise - noise.sum(axis=1, keepdims=True) * shares), 0)
    drawn /= drawn.sum(axis=1, keepdims=True)
    won = np.array([_seats(one, polls.parties, seats, method, limit, exempt, random) for one in drawn])
    return Draws(polls.parties, drawn[:, :-1], won, walk, house)


def odds_of(
    draws: Draws, polls: Polls, seats: int, day: dt.date | None = None, excluded: Sequence[tuple[str, str]] = ()
) -> PollOdds:
    """The odds that draws amount to."""
    drawn, won = draws.shares, draws.won
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    few, many = np.quantile(won, [0.05, 0.95], axis=0, method="inverted_cdf")
    most = won == won.max(axis=1, keepdims=True)
    largest = (most / most.sum(axis=1, keepdims=True)).mean(axis=0)
    told = [
        PartyOdds(
            name, float(drawn[:, at].mean()), float(low[at]), float(high[at]), float(won[:, at].mean()), int(few[at]),
            int(many[at]), float((won[:, at] > 0).mean()), float(largest[at]),
        )
        for at, name in enumerate(polls.parties)
    ]  # fmt: skip
    return PollOdds(
        parties=tuple(sorted(told, key=lambda one: (-one.share, one.party))),
        coalitions=_coalitions(polls.parties, won, seats, excluded),
        day=(day or polls.days[-1]).isoformat(), polls=len(polls.days), walk=draws.walk, house=draws.house,
        draws=len(won), total=seats,
    )  # fmt: skip


def _seats(
    shares: Floats, parties: Sequence[str], seats: int, method: str, limit: Fraction,
    exempt: Sequence[str], random: np.random.Generator,
) -> list[int]:  # fmt: skip
    *votes, others = (int(value) for value in np.rint(shares * PARTS))
    # all votes count towards the threshold, also those of parties that win no seats
    limit = limit * (sum(votes) + others) / sum(votes)
    found = apportion(votes, seats, method, parties=parties, threshold=limit, exempt=exempt)
    won = list(found.seats)
    if found.tie is not None:
        for name in random.permutation(list(found.tie.parties))[: found.tie.seats]:
            won[list(parties).index(str(name))] += 1
    return won


def _coalitions(
    parties: Sequence[str], won: np.ndarray, seats: int, excluded: Sequence[tuple[str, str]]
) -> tuple[CoalitionOdds, ...]:
    """Coalitions that may have a majority which needs all of them, the likeliest first."""
    ever = [at for at in np.argsort(-won.mean(axis=0), kind="stable") if won[:, at].any()][:MOST_PARTIES]
    found = []
    for size in range(1, len(ever) + 1):
        for one in itertools.combinations(ever, size):
            names = tuple(parties[at] for at in one)
            if any(first in names and second in names for first, second in excluded):
                continue
            held = won[:, list(one)]
            whole = held.sum(axis=1)
            majority = 2 * whole > seats
            minimal = majority & (2 * (whole - held.min(axis=1)) <= seats)
            if minimal.any():
                chances = float(majority.mean()), float(minimal.mean())
                found.append(CoalitionOdds(names, *chances, float(whole.mean())))
    return tuple(sorted(found, key=lambda one: (-one.minimal, -one.majority, one.parties))[:SHOWN])

"""From polls to the odds of governments: each draw of seats is a parliament, in which the formation model is asked.

What is open splits in two: how the seats fall (polls, their error, houses, and what all are off together), and what the
parties make of them (Martin & Stevenson 2001). The chance of a government is its mean over draws; how much of the
doubt the seats would settle is the mutual information of seats and government over the entropy of governments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, percent, say

from ..errors import TableError
from .formation import KINDS, excluding, kind_of
from .formation_covariates import Cabinets
from .formation_model import Model, shipped
from .formation_table import HALF, MOST_PARTIES, Opportunity, Record
from .polls import Draws, PollOdds
from .tables import Floats

SHOWN = 10


@dataclass(frozen=True, eq=False)
class Profiles:
    """Parties before an election: positions 0..1, families, past, and shares at the last election (nan: unknown)."""

    parties: tuple[str, ...]
    place: Floats
    family: tuple[str, ...]
    record: Record
    last: Floats
    remarks: tuple[str, ...] = ()

    def parliament(self, kept: Sequence[int], seats: Floats, shares: Floats) -> Opportunity:
        """The parliament in which these parties have won seats: shares of all seats, and of votes, in their order."""
        rows = list(kept)
        swing = np.nan_to_num(shares - self.last[rows])
        return Opportunity(
            parties=tuple(self.parties[row] for row in rows), seats=seats, place=self.place[rows], swing=swing,
            family=tuple(self.family[row] for row in rows), record=among(self.record, rows),
        )  # fmt: skip


def among(record: Record, rows: Sequence[int]) -> Record:
    """The record of some of the parties; a past cabinet is told by those of its members that are left."""
    kept = list(rows)
    past: dict[tuple[bool, ...], float] = {}
    for members, years in record.precedents:
        left = tuple(members[row] for row in kept)
        if any(left):
            past[left] = past.get(left, 0.0) + years
    single = ("incumbent", "premier", "regular", "present", "governed", "led")
    pairs = ("together", "both", "apart")
    return replace(
        record, precedents=tuple(past.items()),
        **{name: getattr(record, name)[kept] for name in single},
        **{name: getattr(record, name)[np.ix_(kept, kept)] for name in pairs},
    )  # fmt: skip


@dataclass(frozen=True)
class GovernmentOdds:
    """A government: its chance, with the ends of nine in ten parliaments; seats and chance of a majority where it could
    form; its kind."""

    members: tuple[str, ...]
    chance: float
    low: float
    high: float
    seats: float
    majority: float
    kind: str


@dataclass(frozen=True)
class Governing:
    """A party's chances: to win seats, to govern, to govern alone."""

    party: str
    enters: float
    governs: float
    alone: float


@dataclass(frozen=True)
class GovernmentForecast(Result):
    """What polls say of governments. settled: the share of the doubt about who governs that the seats would settle."""

    references: ClassVar[tuple[str, ...]] = (
        "Jackman 2005, Pooling the polls over an election campaign",
        "Shirani-Mehr, Rothschild, Goel & Gelman 2018, Disentangling bias and variance in election polls",
        "Martin & Stevenson 2001, Government formation in parliamentary democracies",
    )

    governments: tuple[GovernmentOdds, ...]
    parties: tuple[Governing, ...]
    settled: float
    candidates: int
    polls: PollOdds

    def tables(self) -> tuple[Table, ...]:
        """Governments, parties, and the odds of seats and majorities that they come from."""
        governments = (
            Column("members", "Government", wide=True),
            figure("chance", "Chance", ".3f"),
            figure("low", "90% of parliaments from", ".3f"),
            figure("high", "to", ".3f"),
            figure("seats", "Seats", ".1f"),
            figure("majority", "Has a majority", ".3f"),
            Column("kind", "Kind", names=KINDS, priority=2),
        )
        parties = (
            Column("party", "Party"),
            figure("enters", "Wins seats", ".3f"),
            figure("governs", "In the cabinet", ".3f"),
            figure("alone", "Alone", ".3f"),
        )
        rows = tuple(
            (" + ".join(one.members), one.chance, one.low, one.high, one.seats, one.majority, one.kind)
            for one in self.governments
        )
        told = tuple((one.party, one.enters, one.governs, one.alone) for one in self.parties)
        return (
            Table("governments", "Odds of governments", governments, rows),
            Table("governing", "Who governs", parties, told),
            *self.polls.tables(),
        )

    def sentences(self) -> str:
        """The likeliest government, who governs most surely, and what the seats would settle."""
        first, surest = self.governments[0], max(self.parties, key=lambda one: one.governs)
        return say(
            "The likeliest government is {members} ({chance}); {party} governs with {governs}. Were the seats known, "
            "{settled} of the doubt about who governs would be gone; the rest is the parties' to settle. From {polls} "
            "polls, for {day}.",
            members=listing(first.members), chance=percent(first.chance), party=surest.party,
            governs=percent(surest.governs), settled=percent(self.settled), polls=self.polls.polls, day=self.polls.day,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The odds as JSON can carry them."""
        plain = {"settled": self.settled, "candidates": self.candidates}
        own = {grid.name: grid.records() for grid in self.tables()[:2]}
        return {**plain, **own, "polls": self.polls.record()}


def government_odds(
    draws: Draws,
    odds: PollOdds,
    profiles: Profiles,
    excluded: Sequence[tuple[str, str]] = (),
    cordon: Sequence[str] = (),
    pacts: Sequence[tuple[str, str]] = (),
    model: Model | None = None,
    shown: int = SHOWN,
) -> GovernmentForecast:
    """The odds of governments over draws of shares and seats, by the shipped formation model or another.

    profiles: all parties of the polls, in their order. A party with a majority of its own governs alone: the model was
    trained where there was none.
    """
    number, total = len(draws.parties), odds.total
    if (draws.won > 0).any(axis=0).sum() > MOST_PARTIES:
        hint = f"at most {MOST_PARTIES} parties may win seats: leave the smallest out"
        raise TableError.one("WC515", "too many parties to list their cabinets", hint)
    chosen, weights = model or shipped(), 2 ** np.arange(number)
    chances: list[dict[int, float]] = []
    known: dict[bytes, dict[int, float]] = {}
    voted = np.isfinite(profiles.last).any()
    for shares, won in zip(draws.shares, draws.won, strict=True):
        key = won.tobytes() + (shares.tobytes() if voted else b"")
        if key not in known:
            known[key] = _governments(chosen, profiles, shares, won / total, (excluded, cordon, pacts), weights)
        chances.append(known[key])
    return _told(chances, draws, odds, shown)


def _governments(
    model: Model, profiles: Profiles, shares: Floats, seats: Floats, limits: tuple[Any, Any, Any], weights: np.ndarray
) -> dict[int, float]:
    """The chance of each government, by the bits of its members, in one parliament."""
    kept = np.flatnonzero(seats > 0)
    if seats.max() > HALF:
        return {int(weights[int(seats.argmax())]): 1.0}
    parliament = profiles.parliament(kept.tolist(), seats[kept], shares[kept])
    here = set(parliament.parties)
    excluded = [pair for pair in limits[0] if here.issuperset(pair)]
    pacts = [pair for pair in limits[2] if here.issuperset(pair)]
    behind = [name for name in limits[1] if name in here]
    chance = excluding(parliament, model.probabilities(parliament), excluded, behind, pacts)
    bits = Cabinets(parliament).inside.astype(int) @ weights[kept]
    return {bits: value for bits, value in zip(bits.tolist(), chance.tolist(), strict=True) if value > 0}


def _told(chances: Sequence[dict[int, float]], draws: Draws, odds: PollOdds, shown: int) -> GovernmentForecast:
    every = sorted({bits for told in chances for bits in told})
    column = {bits: place for place, bits in enumerate(every)}
    grid = np.zeros((len(chances), len(every)))
    for row, told in enumerate(chances):
        grid[row, [column[bits] for bits in told]] = list(told.values())
    mean = grid.mean(axis=0)
    inside = (np.array(every)[:, None] >> np.arange(len(draws.parties))) & 1
    doubt = _entropy(mean)
    settled = 1 - float(np.mean([_entropy(row) for row in grid])) / doubt if doubt > 0 else 1.0
    order = sorted(range(len(every)), key=lambda place: (-round(mean[place], 12), every[place]))[:shown]
    governs, alone = mean @ inside, mean @ (inside * (inside.sum(axis=1, keepdims=True) == 1))
    enters = (draws.won > 0).mean(axis=0)
    parties = [
        Governing(name, float(enters[at]), float(governs[at]), float(alone[at]))
        for at, name in enumerate(draws.parties)
    ]
    return GovernmentForecast(
        governments=tuple(_government(grid[:, place], inside[place], draws, odds.total) for place in order),
        parties=tuple(sorted(parties, key=lambda one: (-one.governs, one.party))),
        settled=max(settled, 0.0), candidates=len(every), polls=odds,
    )  # fmt: skip


def _government(chance: Floats, inside: np.ndarray, draws: Draws, total: int) -> GovernmentOdds:
    members = np.flatnonzero(inside)
    held = draws.won[:, members]
    here = (held > 0).all(axis=1)
    whole = held[here].sum(axis=1) / total
    kinds = [kind_of(float(share), float(least)) for share, least in
             zip(whole, held[here].min(axis=1) / total, strict=True)]  # fmt: skip
    low, high = np.quantile(chance, [0.05, 0.95])
    return GovernmentOdds(
        members=tuple(draws.parties[at] for at in members), chance=float(chance.mean()), low=float(low),
        high=float(high), seats=float(whole.mean() * total), majority=float((whole > HALF).mean()),
        kind=max(KINDS, key=kinds.count),
    )  # fmt: skip


def _entropy(chance: Floats) -> float:
    some = chance[chance > 0]
    return float(-(some * np.log(some)).sum())

"""Who gets which ministries: Gamson's law, and the portfolio allocation lattice of Laver and Shepsle."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, percent, say

from ..errors import TableError
from .tables import SeatsTable

MOST_POINTS = 4_096


@dataclass(frozen=True)
class PortfolioShares(Result):
    """Shares of portfolios in a cabinet: in proportion to seats, and with the small parties' bonus as observed.

    Gamson 1961; the line with a bonus is Warwick & Druckman's (2006) kind: share = bonus + slope x seat share.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Gamson 1961, A theory of coalition formation",
        "Warwick & Druckman 2006, The portfolio allocation paradox",
    )
    undrawn: ClassVar[str] = "its table gives a share for each party"

    members: tuple[str, ...]
    seats: tuple[float, ...]
    gamson: tuple[float, ...]
    with_bonus: tuple[float, ...]

    def tables(self) -> tuple[Table, ...]:
        """Shares by party."""
        rows = zip(self.members, self.seats, self.gamson, self.with_bonus, strict=True)
        columns = (
            Column("party", "Party"),
            figure("seats", "Seats", ".0f"),
            figure("gamson", "Gamson", ".3f"),
            figure("with_bonus", "With small parties' bonus", ".3f"),
        )
        return (Table("portfolios", "Portfolio shares", columns, tuple(rows)),)

    def sentences(self) -> str:
        """The shares in plain words."""
        shares = [f"{name} {percent(share, 1)}" for name, share in zip(self.members, self.gamson, strict=True)]
        return say("By Gamson's law: ") + listing(shares) + "."

    def record(self) -> dict[str, Any]:
        """The shares as JSON can carry them."""
        return {"portfolios": self.tables()[0].records()}


def portfolio_shares(members: Sequence[str], seats: Sequence[float], slope: float = 0.8) -> PortfolioShares:
    """Gamson's shares of a cabinet's members, and those with the slope observed in portfolio counts (about .8)."""
    held = np.asarray(seats, dtype=float)
    if not len(held) or held.min() <= 0:
        raise TableError.one("WC505", "a cabinet's member needs seats", "leave out parties without seats")
    share = held / held.sum()
    bonus = slope * share + (1 - slope) / len(held)
    return PortfolioShares(
        tuple(members), tuple(float(x) for x in held), tuple(float(x) for x in share), tuple(float(x) for x in bonus)
    )


@dataclass(frozen=True)
class Allocation:
    """A point of the lattice: who holds each key portfolio, the policy that follows, and what beats it."""

    holders: tuple[str, ...]
    policy: tuple[float, ...]
    beaten_by: int
    stable: bool

    @property
    def members(self) -> tuple[str, ...]:
        """The cabinet: every party that holds a key portfolio."""
        return tuple(dict.fromkeys(self.holders))


@dataclass(frozen=True)
class Lattice(Result):
    """The portfolio allocation model: equilibrium cabinets, the strong party, the dimension-by-dimension median.

    An allocation is in equilibrium if no other is preferred to it by a majority, or if each of those is vetoed by a
    party that would have to serve in it and prefers the allocation at hand. A party is strong if it serves in every
    cabinet that beats the one in which it holds every portfolio; very strong if none beats that.
    """

    references: ClassVar[tuple[str, ...]] = ("Laver & Shepsle 1996, Making and breaking governments",)
    undrawn: ClassVar[str] = "its tables list the cabinets that would survive"

    dimensions: tuple[str, ...]
    median: Allocation
    allocations: tuple[Allocation, ...]
    strong: str | None
    very_strong: bool

    @property
    def equilibria(self) -> tuple[Allocation, ...]:
        """The allocations from which no cabinet can lead away."""
        return tuple(one for one in self.allocations if one.stable)

    def tables(self) -> tuple[Table, ...]:
        """Allocations, the equilibria first."""
        order = sorted(self.allocations, key=lambda one: (not one.stable, one.beaten_by))
        columns = (
            *(Column(f"holder_{name}", name) for name in self.dimensions),
            *(figure(f"policy_{name}", say("{name}: policy", name=name), ".3g") for name in self.dimensions),
            Column("beaten_by", "Beaten by", right=True),
            Column("stable", "Equilibrium"),
        )
        rows = tuple((*one.holders, *one.policy, one.beaten_by, one.stable) for one in order)
        return (Table("allocations", "Portfolio allocations", columns, rows),)

    def sentences(self) -> str:
        """The lattice in plain words."""
        stable = [" + ".join(one.members) for one in self.equilibria]
        known = list(dict.fromkeys(stable))
        text = say("Equilibrium cabinets: {cabinets}. ", cabinets=listing(known) or say("none"))
        if self.strong is None:
            return text + say("No party is strong.")
        degree = say("very strong") if self.very_strong else say("strong")
        return text + say("{strong} is {degree}.", strong=self.strong, degree=degree)

    def record(self) -> dict[str, Any]:
        """The lattice as JSON can carry it."""
        return {
            "strong": self.strong,
            "very_strong": self.very_strong,
            "median": list(self.median.holders),
            "equilibria": [list(one.holders) for one in self.equilibria],
            "allocations": self.tables()[0].records(),
        }


def portfolio_lattice(
    table: SeatsTable, dimensions: Sequence[str], salience: Sequence[Sequence[float]] | None = None
) -> Lattice:
    """The lattice of a parliament on two or more dimensions, each under one key portfolio.

    salience: weight of each dimension for each party (rows as in the table); equal where not given. Preferences fall
    with the weighted Euclidean distance; a majority is more than half of all seats.
    """
    number, axes = len(table.names), len(dimensions)
    if number**axes > MOST_POINTS:
        hint = f"at most {MOST_POINTS} allocations are compared: leave out small parties or a dimension"
        raise TableError.one("WC515", f"{number} parties on {axes} dimensions make {number**axes} allocations", hint)
    ideal = table.places(dimensions)
    weight = np.ones((number, axes)) if salience is None else np.asarray(salience, dtype=float)
    seats = np.array(table.seats, dtype=float)
    holders = np.array(list(itertools.product(range(number), repeat=axes)))
    policies = np.stack([ideal[holders[:, axis], axis] for axis in range(axes)], axis=1)
    away = ((policies[None] - ideal[:, None]) ** 2 * weight[:, None]).sum(axis=2)  # (parties, allocations)
    # beats[a, b]: a majority of seats strictly prefers allocation b to allocation a
    votes = np.einsum("p,pab->ab", seats, (away[:, None, :] < away[:, :, None] - 1e-12).astype(float))
    beats = votes > seats.sum() / 2
    serves = np.zeros((number, len(holders)), dtype=bool)
    for axis in range(axes):
        serves[holders[:, axis], np.arange(len(holders))] = True
    # a member of the challenger that prefers the allocation at hand vetoes the challenge
    vetoed = (
        np.einsum("pb,pab->ab", serves.astype(float), (away[:, :, None] < away[:, None, :] - 1e-12).astype(float)) > 0
    )
    stable = ~(beats & ~vetoed).any(axis=1)
    points = tuple(
        Allocation(
            tuple(table.names[party] for party in holders[row]),
            tuple(float(value) for value in policies[row]),
            int(beats[row].sum()),
            bool(stable[row]),
        )
        for row in range(len(holders))
    )
    strong, very = _strong(number, axes, beats, serves)
    median = [_median(ideal[:, axis], seats) for axis in range(axes)]
    return Lattice(
        tuple(dimensions),
        points[int(np.ravel_multi_index(median, (number,) * axes))],
        points,
        None if strong is None else table.names[strong],
        very,
    )


def _strong(number: int, axes: int, beats: np.ndarray, serves: np.ndarray) -> tuple[int | None, bool]:
    """The strong party, if there is one, and whether it is very strong."""
    for party in range(number):
        own = int(np.ravel_multi_index((party,) * axes, (number,) * axes))
        if not beats[own].any():
            return party, True
    for party in range(number):
        own = int(np.ravel_multi_index((party,) * axes, (number,) * axes))
        if serves[party][beats[own]].all():
            return party, False
    return None, False


def _median(places: np.ndarray, seats: np.ndarray) -> int:
    order = np.argsort(places, kind="stable")
    reached = np.cumsum(seats[order])
    return int(order[np.argmax(reached >= reached[-1] / 2 - 1e-12)])

"""Power on a map of ideal points: how often each member is pivotal when issues come from every direction.

Owen (1971) and Shapley (1977): an issue is a direction of the policy space, members support it in the order of their
ideal points along it, and the one who completes the quota is pivotal. In the plane the share of directions is exact;
with more dimensions directions are sampled.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, percent, say

from ..errors import TableError
from .directions import Floats, Integers, Merged, critical_angles, merge, unit
from .rules import DecisionRule

DEFAULT_DIRECTIONS = 100_000
FEW = 6  # members in one place whose orders are gone through one by one
ARRANGED_CELLS = 30_000_000


@dataclass(frozen=True)
class MapPower(Result):
    """The share of directions in which each member is pivotal; `error` holds standard errors where sampled."""

    undrawn: ClassVar[str] = "the chart of power shows it beside the indices: power(rule, on_map=...).chart()"

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    pivotal: tuple[float, ...]
    error: tuple[float, ...] | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Owen, G. (1971), Naval Research Logistics Quarterly 18, 345-354",
        "Shapley, L. S. (1977), in Henn & Moeschlin (eds.), Mathematical Economics and Game Theory, 37-47",
    )

    def tables(self) -> tuple[Table, ...]:
        columns = [Column("name", "member"), figure("pivotal", "pivotal")]
        rows: list[tuple[Any, ...]] = list(zip(self.names, self.pivotal, strict=True))
        if self.error is not None:
            columns.append(figure("error", "±", ".1g"))
            rows = [(*row, error) for row, error in zip(rows, self.error, strict=True)]
        return (Table("on_map", "Power on the map", tuple(columns), tuple(rows)),)

    def sentences(self) -> str:
        order = sorted(range(len(self.names)), key=lambda row: -self.pivotal[row])
        leaders = [f"{self.names[row]} {percent(self.pivotal[row], 1)}" for row in order[:3]]
        map_of = listing(self.dimensions)
        return say(
            "On the map of {map_of}, the pivot is most often {leaders}.", map_of=map_of, leaders=listing(leaders)
        )

    def record(self) -> dict[str, Any]:
        return {"dimensions": self.dimensions, "pivotal": self.pivotal, "errors": self.error}


def map_power(
    rule: DecisionRule,
    points: Floats,
    dimensions: Sequence[str],
    samples: int = DEFAULT_DIRECTIONS,
    seed: int = 1,
) -> MapPower:
    """How often each member is pivotal; `points` has shape (members, dimensions).

    Members who stand in one place arrive in random order among themselves.
    """
    if points.shape != (rule.members, len(dimensions)) or not dimensions:
        raise TableError.one("WC509", "one position per member and dimension is needed", "name the position columns")
    merged = merge(points, (1,) * rule.members)
    if len(dimensions) == 1:
        vectors, widths = np.array([[1.0], [-1.0]]), np.array([0.5, 0.5])
    elif len(dimensions) == 2:
        edges = critical_angles(merged.points)
        vectors, widths = unit((edges[:-1] + edges[1:]) / 2), np.diff(edges) / (2 * np.pi)
    else:
        vectors = np.random.default_rng([seed, rule.members]).normal(size=(samples, len(dimensions)))
        widths = np.full(samples, 1 / samples)
    pivotal = np.zeros(rule.members)
    step = max(1, 2_000_000 // rule.members)
    for start in range(0, len(vectors), step):
        part = slice(start, start + step)
        for orders, weight in _orders(merged, vectors[part]):
            pivotal += np.bincount(rule.pivots(orders), weights=weight * widths[part], minlength=rule.members)
    error = None
    if len(dimensions) > 2:
        error = tuple(float(value) for value in np.sqrt(pivotal * (1 - pivotal) / samples))
    return MapPower(rule.names, tuple(dimensions), tuple(float(value) for value in pivotal), error)


def _orders(merged: Merged, vectors: Floats) -> Iterator[tuple[Integers, float]]:
    """Orders of arrival along each direction, with the share of each way of arranging those in one place."""
    level = (vectors @ merged.points.T)[:, merged.place]
    crowds = [np.flatnonzero(merged.place == place) for place in range(len(merged.points))]
    ways = _arrangements(crowds, most=max(1, ARRANGED_CELLS // level.size))
    for way in ways:
        # a stable sort keeps members in one place in the order in which they are given
        yield way[np.argsort(-level[:, way], axis=1, kind="stable")], 1 / len(ways)


def _arrangements(crowds: Sequence[Integers], most: int) -> list[Integers]:
    """Orders of all members in which those of one place stand in every order among themselves equally often.

    The crowds need not be crossed with each other: an order along a direction never mixes two places, and only the
    crowd of the pivot matters. Large crowds, and many, are arranged at random.
    """
    rounds = min(most, max(factorial(min(len(rows), FEW)) for rows in crowds))
    random = np.random.default_rng(0)
    ways: list[list[Sequence[int]]] = []
    for rows in crowds:
        if len(rows) <= FEW and rounds % factorial(len(rows)) == 0:
            ways.append(list(itertools.permutations(rows.tolist())))
        else:
            ways.append([random.permutation(rows).tolist() for _ in range(rounds)])
    turns = ([way[turn % len(way)] for way in ways] for turn in range(rounds))
    return [np.array(list(itertools.chain.from_iterable(turn)), dtype=np.int64) for turn in turns]

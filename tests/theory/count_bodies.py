"""Bodies that the tests count: published games, actors of a bargain, and slow ways of counting to compare with."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from fractions import Fraction
from math import factorial
from pathlib import Path

import numpy as np

from whipcount.theory.rules import DecisionRule
from whipcount.theory.tables import PositionsTable

SHARED = Path(os.environ.get("WHIPCOUNT_SHARED", Path(__file__).resolve().parents[3] / "shared"))
KTAB_3 = SHARED / "data" / "bargaining" / "ktab_3dim.csv"
KTAB_6 = SHARED / "data" / "bargaining" / "ktab_6dim.csv"
KTAB_GOLDEN = SHARED / "golden" / "ktab_smp_3dim_positions.csv"

EEC_1958 = ([4, 4, 4, 2, 2, 1], 12)
SECURITY_COUNCIL = ([7] * 5 + [1] * 10, 39)
EC_1973 = ([10] * 4 + [5] * 2 + [3] * 2 + [2], 41)
EU_15 = ([10] * 4 + [8] + [5] * 4 + [4] * 2 + [3] * 3 + [2], 62)

# EC emission standards: capability, position, salience
EMISSIONS = {
    "NL": (0.08, 4, 0.8),
    "BE": (0.08, 7, 0.4),
    "LU": (0.03, 4, 0.2),
    "DE": (0.16, 4, 0.8),
    "FR": (0.16, 10, 0.6),
    "IT": (0.16, 10, 0.6),
    "UK": (0.16, 10, 0.9),
    "IE": (0.05, 7, 0.1),
    "DK": (0.05, 4, 1.0),
    "GR": (0.08, 7, 0.7),
}


def emissions() -> PositionsTable:
    """The ten governments and the years they asked for."""
    rows = EMISSIONS.values()
    return PositionsTable(
        names=tuple(EMISSIONS),
        power=tuple(row[0] for row in rows),
        ideal=tuple((float(row[1]),) for row in rows),
        salience=tuple((row[2],) for row in rows),
        dimensions=("years",),
    )


def every_subset(members: int) -> np.ndarray:
    """All subsets as membership, shape (2^n, n)."""
    return np.array(list(itertools.product([False, True], repeat=members)), dtype=bool).reshape(-1, members)


def slow_shapley(rule: DecisionRule) -> tuple[Fraction, ...]:
    """Shapley-Shubik from its definition: the pivots of every order."""
    found = [0] * rule.members
    for order in itertools.permutations(range(rule.members)):
        present = np.zeros((1, rule.members), dtype=bool)
        for row in order:
            present[0, row] = True
            if rule.wins(present)[0]:
                found[row] += 1
                break
    return tuple(Fraction(number, factorial(rule.members)) for number in found)


def slow_swings(rule: DecisionRule) -> tuple[int, ...]:
    """How many coalitions each member turns, by trying all."""
    everyone = every_subset(rule.members)
    found = []
    for row in range(rule.members):
        with_member = everyone[everyone[:, row]]
        without = with_member.copy()
        without[:, row] = False
        found.append(int((rule.wins(with_member) & ~rule.wins(without)).sum()))
    return tuple(found)


def slow_minimal(rule: DecisionRule) -> list[tuple[int, ...]]:
    """The minimal winning coalitions, by trying all."""
    found = []
    for present in every_subset(rule.members):
        if not rule.wins(present[None])[0]:
            continue
        rows = np.flatnonzero(present)
        smaller = np.repeat(present[None], len(rows), axis=0)
        smaller[np.arange(len(rows)), rows] = False
        if not rule.wins(smaller).any():
            found.append(tuple(int(row) for row in rows))
    return found


def naive_minimal(seats: Sequence[int], quota: int) -> set[int]:
    """Minimal winning coalitions of a weighted majority as bit masks, size by size."""
    found = set()
    for size in range(1, len(seats) + 1):
        for rows in itertools.combinations(range(len(seats)), size):
            total = sum(seats[row] for row in rows)
            if total >= quota and all(total - seats[row] < quota for row in rows):
                found.add(sum(1 << row for row in rows))
    return found

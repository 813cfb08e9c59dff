"""Which coalitions win under any decision rule, as bit masks over its members: minimal ones, all, one asked for.

One weighted majority is counted by its weights; for every other rule a table over all subsets tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import TableError
from .counting import winning_subsets
from .minimal import minimal_masks
from .rules import DecisionRule

Masks = NDArray[np.int64]

MOST_MEMBERS = 25  # whose coalitions are listed
BLOCK = 20  # members whose subsets are held at once


class Winning:
    """The winning coalitions of a rule; members who count nowhere are in none of those that are listed (WC515)."""

    def __init__(self, rule: DecisionRule) -> None:
        self.rule = rule
        self.rows = rule.counting
        if len(self.rows) > MOST_MEMBERS:
            raise TableError.one(
                "WC515",
                f"{len(self.rows)} parties that count; coalitions are listed for {MOST_MEMBERS} at most",
                "merge the smallest into blocs, or use `whipcount power`, which counts without listing",
            )

    def wins(self, mask: int) -> bool:
        """Whether a coalition wins."""
        if self.rule.simple:
            needed = self.rule.first
            return sum(needed.weights[row] for row in self.rows if mask >> row & 1) >= needed.quota
        return bool(self._table[sum(1 << place for place, row in enumerate(self.rows) if mask >> row & 1)])

    def wins_each(self, masks: Masks) -> NDArray[np.bool_]:
        """Whether each coalition wins."""
        return self.rule.wins((masks[:, None] >> np.arange(self.rule.members) & 1).astype(bool))

    @cached_property
    def _table(self) -> NDArray[np.bool_]:
        """Whether each subset of `rows` wins; subset number b holds the i-th of them if bit i of b is set."""
        alternatives = tuple(
            tuple(type(one)(tuple(one.weights[row] for row in self.rows), one.quota, one.what) for one in alternative)
            for alternative in self.rule.alternatives
        )
        places = {row: place for place, row in enumerate(self.rows)}
        blocked = tuple((places[a], places[b]) for a, b in self.rule.blocked if a in places and b in places)
        names = tuple(self.rule.names[row] for row in self.rows)
        return winning_subsets(DecisionRule(names, alternatives, blocked))

    def minimal(self) -> Masks:
        """Every minimal winning coalition."""
        if self.rule.simple:
            return minimal_masks(self.rule.first.weights, self.rule.first.quota)
        table = self._table
        minimal = table.copy()
        for place in range(len(self.rows)):
            halves = table.reshape(-1, 2, 1 << place)
            minimal.reshape(-1, 2, 1 << place)[:, 1] &= ~halves[:, 0]
        return self._spread(np.flatnonzero(minimal))

    def _spread(self, subsets: Masks) -> Masks:
        """Numbers of subsets of `rows` as masks over all members."""
        found = np.zeros(len(subsets), dtype=np.int64)
        for place, row in enumerate(self.rows):
            found |= (subsets >> place & 1) << row
        return found

    def count(self, banned: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """How many coalitions win, and how many of these hold no excluded pair."""
        if not self.rule.simple:
            masks = self._spread(np.flatnonzero(self._table))
            return len(masks), int(free_of(masks, banned).sum())
        weights, quota = self.rule.first.weights, self.rule.first.quota
        low, high = self.rows[:BLOCK], self.rows[BLOCK:]
        sums, masks = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        for row in low:
            sums, masks = np.concatenate([sums, sums + weights[row]]), np.concatenate([masks, masks | (1 << row)])
        winning = allowed = 0
        for block in range(1 << len(high)):
            chosen = [row for place, row in enumerate(high) if block >> place & 1]
            reached = sums >= quota - sum(weights[row] for row in chosen)
            winning += int(reached.sum())
            if banned:
                reached &= free_of(masks | sum(1 << row for row in chosen), banned)
            allowed += int(reached.sum())
        return winning, allowed


def free_of(masks: Masks, banned: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which coalitions hold no excluded pair."""
    free = np.ones(len(masks), dtype=bool)
    for a, b in banned:
        pair = (1 << a) | (1 << b)
        free &= (masks & pair) != pair
    return free

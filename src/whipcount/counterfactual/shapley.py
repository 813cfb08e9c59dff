"""Shares of a joint effect among rival causes: Shapley values over interventions, and how the causes interact.

The game: a set of interventions is worth the effect that they have together. A cause's share is its marginal effect
averaged over all orders in which the causes could be added (Shapley 1953); the shares sum to the joint effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np

from whipcount.results.interfaces import Floats

Worth = Mapping[frozenset[int], Floats]


def subsets(players: int) -> list[frozenset[int]]:
    """Every set of players but the empty one, the small ones first."""
    return [frozenset(chosen) for size in range(1, players + 1) for chosen in combinations(range(players), size)]


def shapley_values(players: int, worth: Worth) -> list[Floats]:
    """Each player's value, run by run; `worth` holds every set of `subsets`, the empty one counts nothing."""
    zero = np.zeros_like(next(iter(worth.values())))
    values = []
    for player in range(players):
        rest = [other for other in range(players) if other != player]
        total = zero.copy()
        for size in range(players):
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            for chosen in combinations(rest, size):
                others = frozenset(chosen)
                without = worth[others] if others else zero
                total += weight * (worth[others | {player}] - without)
        values.append(total)
    return values


def interaction(players: int, worth: Worth) -> Floats:
    """What the causes do together beyond the sum of what each does alone."""
    beyond = worth[frozenset(range(players))].copy()
    for player in range(players):
        beyond -= worth[frozenset({player})]
    return beyond

"""The right values of the cases, by arithmetic of their own: orders and coalitions counted one by one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

Wins = Callable[[Sequence[int]], bool]


def shapley(members: int, wins: Wins) -> list[Fraction]:
    """Shapley & Shubik (1954): in which share of all orders each member is the one with whom those before it win."""
    turned = [0] * members
    orders = list(itertools.permutations(range(members)))
    for order in orders:
        turned[next(order[place] for place in range(members) if wins(order[: place + 1]))] += 1
    return [Fraction(times, len(orders)) for times in turned]


def weighted(weights: Sequence[int], quota: int) -> Wins:
    """Whether some have the quota together."""
    return lambda some: sum(weights[member] for member in some) >= quota


def rice(votes: Sequence[str]) -> Fraction:
    """Rice (1924): how far yes and no are apart, as a share of both."""
    yes, no = votes.count("yes"), votes.count("no")
    return Fraction(abs(yes - no), yes + no)


def agreement(votes: Sequence[str]) -> Fraction:
    """Hix, Noury & Roland (2005): the largest of yes, no and abstentions less half of the others, as a share of all."""
    counts = [votes.count(kind) for kind in ("yes", "no", "abstain")]
    return (max(counts) - Fraction(sum(counts) - max(counts), 2)) / sum(counts)


def weighted_mean(actors: Mapping[str, tuple[float, float]]) -> float:
    """The mean of positions (power, position) by power."""
    power = sum(one for one, _ in actors.values())
    return sum(one * place for one, place in actors.values()) / power

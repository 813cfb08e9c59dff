"""Minimal winning coalitions: those that lose if any one member leaves. Counted for any rule, listed for seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .counting import MOST_CELLS, MOST_IN_ALL, SizeCounts, count_subsets, winning_subsets
from .rules import DecisionRule

MACHINE = 55  # members whose counts fit in 64 bits


def count_minimal(rule: DecisionRule) -> SizeCounts | None:
    """Minimal winning coalitions by size, all and with each member; None where no exact way is affordable."""
    if rule.simple:
        majority = rule.first
        # the lightest member of a minimal winning coalition tells it: the others have no majority, all have one
        if majority.quota * (rule.members + 1) <= MOST_CELLS:
            return _count_by_lightest(majority.weights, majority.quota)
    if rule.members > MOST_IN_ALL:
        return None
    table = winning_subsets(rule)
    minimal = table.copy()
    for row in range(rule.members):
        wins = table.reshape(-1, 2, 1 << row)
        minimal.reshape(-1, 2, 1 << row)[:, 1] &= ~wins[:, 0]
    winning, containing = count_subsets(minimal, rule.members)
    return SizeCounts(winning, containing, "every coalition")


def _count_by_lightest(weights: Sequence[int], quota: int) -> SizeCounts:
    """Count by the lightest member: members join from the heaviest on, each closes the coalitions it completes."""
    members = len(weights)
    order = sorted(range(members), key=lambda row: -weights[row])
    sorted_weights = [weights[row] for row in order]
    # one member of each weight stands for all of that weight, which are in as many coalitions
    stand_ins = {weight: place for place, weight in reversed(list(enumerate(sorted_weights)))}
    kind = np.int64 if members <= MACHINE else object
    below: NDArray[Any] = np.zeros((members + 1, quota), dtype=kind)
    below[0] = 1 + below[0]
    total = np.zeros(members + 1, dtype=object)
    held = {weight: np.zeros(members + 1, dtype=object) for weight in stand_ins}
    for place, weight in enumerate(sorted_weights):
        if weight == 0:
            break
        cut = max(0, quota - weight)
        closed = below[: place + 1, quota - 1] - (below[: place + 1, cut - 1] if cut else 0)
        total[1 : place + 2] += closed
        for other, first in stand_ins.items():
            if first > place:
                continue
            with_other = closed
            if first < place:
                without = _kept_out(below[: place + 1], quota, other)
                if cut:
                    without = without - _kept_out(below[: place + 1], cut, other)
                with_other = closed - without
            held[other][1 : place + 2] += with_other
        if weight < quota:
            # cumulative counts obey the same recursion as the counts themselves
            below[1 : place + 2, weight:] += below[: place + 1, :-weight].copy()
        # a member heavier than the quota wins alone and can be in no losing coalition
    containing = {weight: tuple(map(int, row)) for weight, row in held.items()}
    return SizeCounts(tuple(map(int, total)), tuple(containing[weight] for weight in weights), "by the lightest member")


def _kept_out(below: NDArray[Any], threshold: int, weight: int) -> NDArray[Any]:
    """Coalitions of each size lighter than a threshold that leave one member of a weight out."""
    found: NDArray[Any] = below[:, threshold - 1].copy()
    sign = 1
    for step in range(1, min(len(below) - 1, (threshold - 1) // weight) + 1):
        sign = -sign
        found[step:] += sign * below[:-step, threshold - 1 - step * weight]
    return found


def minimal_masks(seats: Sequence[int], quota: int) -> NDArray[np.int64]:
    """Every minimal winning coalition of a weighted majority as a bit mask over the rows of `seats`.

    Parties stand in falling order of seats; the highest bit of a subset is then its lightest party, so that the
    subsets closed by one party lie side by side, and two comparisons find the minimal winning ones among them.
    """
    order = sorted((row for row in range(len(seats)) if seats[row] > 0), key=lambda row: -seats[row])
    total = sum(seats)
    sums: NDArray[Any] = np.zeros(1 << len(order), dtype=np.int32 if total < 2**30 else np.int64)
    found = []
    for place, row in enumerate(order):
        half = 1 << place
        np.add(sums[:half], seats[row], out=sums[half : 2 * half])
        block = sums[half : 2 * half]
        # all of them hold this party as the lightest: winning, and losing without it
        inside = (block >= quota) & (block < quota + seats[row])
        found.append(np.flatnonzero(inside) + half)
    sorted_masks = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return _relabelled(sorted_masks, order)


def _relabelled(masks: NDArray[np.int64], order: Sequence[int]) -> NDArray[np.int64]:
    """Masks over places in the order of seats as masks over the rows of the table."""
    result = np.zeros(len(masks), dtype=np.int64)
    for place, row in enumerate(order):
        result |= ((masks >> place) & 1) << row
    return result

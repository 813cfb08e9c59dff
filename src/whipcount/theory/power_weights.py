"""Swings of a weighted majority counted by weight alone, for thousands of members: Banzhaf's and Coleman's indices.

The number of coalitions of each weight below the quota is one table of exact counts, in limbs of 40 bits; a member is
added by one shifted addition. A coalition of others that a member turns lies in the last steps below the quota; counts
without a member follow from those of all by an alternating sum (Brams & Affuso 1976; Bilbao et al. 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LIMB = 40
CARRIES = 20  # additions after which limbs are made small again: they have 23 bits of room
MOST_CELLS = 24_000_000  # limbs of the table: 200 MB
MOST_SLOTS = 2**22  # weights told apart, so that sums over them keep within 63 bits
MOST_WORK = 8_000_000_000  # limbs added in all


@dataclass(frozen=True)
class WeightCounts:
    """Of a weighted majority: all winning coalitions, and the swings of each member."""

    winning: int
    swings: tuple[int, ...]


def can_count(weights: Sequence[int], quota: int) -> bool:
    """Whether the table and the work of `count_weights` are affordable."""
    slots = min(quota, sum(weights) - quota + 1)
    cells = slots * (len(weights) // LIMB + 1)
    return slots <= MOST_SLOTS and cells <= MOST_CELLS and limbs_added(weights, quota) <= MOST_WORK


def limbs_added(weights: Sequence[int], quota: int) -> int:
    """How many limbs `count_weights` adds at most: its work."""
    return min(quota, sum(weights) - quota + 1) * (len(weights) // LIMB + 1) * len(weights)


def count_weights(weights: Sequence[int], quota: int) -> WeightCounts:
    """Count winning coalitions and swings; a quota above half is counted through its dual, with the same swings."""
    members, total = len(weights), sum(weights)
    dual = total - quota + 1
    top = min(quota, dual)
    lost, by_weight = _losing(weights, top)
    swings = tuple(2 * by_weight[weight] - lost for weight in weights)
    # a coalition wins exactly if the others, with the dual quota, do not
    winning = 2**members - lost if top == quota else lost
    return WeightCounts(winning, swings)


def _losing(weights: Sequence[int], top: int) -> tuple[int, dict[int, int]]:
    """Coalitions lighter than `top`, and for each weight those of them that leave one member of that weight out."""
    limbs = len(weights) // LIMB + 1
    table = np.zeros((limbs, top), dtype=np.int64)
    table[0, 0] = 1
    filled = 1
    for number, weight in enumerate(sorted(weights), 1):
        reach = min(top, filled + weight)
        if weight == 0:
            table[:, :filled] *= 2
        elif weight < top:
            used = number // LIMB + 1
            table[:used, weight:reach] += table[:used, : reach - weight].copy()
        filled = reach
        if number % CARRIES == 0:
            _carry(table[:, :filled])
    _carry(table)
    below = np.cumsum(table, axis=1)  # fewer than 2^23 slots: sums of limbs keep within 63 bits
    _carry(below)
    lost = _whole(below[:, top - 1])
    found = {}
    for weight in set(weights):
        if weight == 0:
            found[weight] = lost // 2
            continue
        parts = below[:, top - 1 :: -weight]
        found[weight] = _whole(parts[:, 0::2].sum(axis=1)) - _whole(parts[:, 1::2].sum(axis=1))
    return lost, found


def _carry(table: Integers) -> None:
    """Bring every limb below 2^40, what is above into the next one."""
    for limb in range(len(table) - 1):
        over = table[limb] >> LIMB
        table[limb] -= over << LIMB
        table[limb + 1] += over


def _whole(limbs: Integers) -> int:
    """The exact number that limbs stand for."""
    return sum(int(value) << LIMB * place for place, value in enumerate(limbs))

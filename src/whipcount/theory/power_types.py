"""Winning coalitions counted by types of members: those who weigh the same in every majority are counted once.

A coalition of types is a number of members of each type; it stands for the product of binomials of real coalitions. A
President, 100 senators and 435 representatives are three types and 2 * 101 * 436 coalitions of types instead of 2^536.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .counting import SizeCounts
from .rules import DecisionRule

MOST_TYPED = 400_000  # coalitions of types that are visited
METHOD = "types of members"


@dataclass(frozen=True)
class TypeCounts:
    """What coalitions of types add up to: winning and minimal winning ones, and Johnston's shares by member."""

    winning: SizeCounts
    minimal: SizeCounts
    johnston: tuple[Fraction, ...]


def types_of(rule: DecisionRule) -> tuple[tuple[int, ...], ...]:
    """The rows of each type: members with the same weight in every majority; those in blocked pairs stand alone."""
    columns = [needed.weights for needed in itertools.chain.from_iterable(rule.alternatives)]
    alone = {row for pair in rule.blocked for row in pair}
    found: dict[tuple[int, ...], list[int]] = {}
    for row in range(rule.members):
        key = (*(column[row] for column in columns), row if row in alone else -1)
        found.setdefault(key, []).append(row)
    return tuple(tuple(rows) for rows in found.values())


def coalitions_of_types(rule: DecisionRule) -> int:
    """How many coalitions of types there are: what counting by types costs."""
    return prod(len(rows) + 1 for rows in types_of(rule))


def count_types(rule: DecisionRule) -> TypeCounts | None:
    """Count a rule by its types; None where that is more than `MOST_TYPED` coalitions of types."""
    types = types_of(rule)
    if prod(len(rows) + 1 for rows in types) > MOST_TYPED or len(types) == rule.members:
        return None
    numbers = [len(rows) for rows in types]
    grid = np.indices([number + 1 for number in numbers]).reshape(len(types), -1)
    shape = tuple(number + 1 for number in numbers)
    won = _wins(rule, types, grid).reshape(shape)
    ways = reduce(np.multiply.outer, [np.array([comb(n, k) for k in range(n + 1)], dtype=object) for n in numbers])
    sizes = grid.sum(axis=0).reshape(shape)
    # whoever of a type in the coalition leaves makes it lose
    critical = [won & ~_one_less(won, axis) for axis in range(len(types))]
    turned = np.zeros(shape, dtype=np.int64)
    for axis in range(len(types)):
        turned += _along(grid, axis, shape) * critical[axis]
    minimal = won & (turned == sizes)
    members = rule.members
    johnston = [Fraction(0)] * members
    for axis, rows in enumerate(types):
        share = Fraction(0)
        inside = _along(grid, axis, shape)
        for many in np.unique(turned[critical[axis]]):
            here = critical[axis] & (turned == many)
            share += Fraction(int((ways[here] * inside[here]).sum()), int(many) * numbers[axis])
        for row in rows:
            johnston[row] = share
    total = sum(johnston, start=Fraction(0))
    return TypeCounts(
        _by_size(won, ways, grid, sizes, types, members),
        _by_size(minimal, ways, grid, sizes, types, members),
        tuple(share / total for share in johnston),
    )


def _along(grid: NDArray[Any], axis: int, shape: Sequence[int]) -> NDArray[Any]:
    """How many members of one type each coalition of types has."""
    return np.asarray(grid[axis].reshape(shape))


def _wins(rule: DecisionRule, types: Sequence[Sequence[int]], grid: NDArray[Any]) -> NDArray[np.bool_]:
    """Which coalitions of types win; a type that is blocked by another is one member."""
    first = [rows[0] for rows in types]
    won = np.zeros(grid.shape[1], dtype=bool)
    for group in rule.compatible:
        inside = grid * np.array([group[row] for row in first], dtype=np.int64)[:, None]
        for alternative in rule.alternatives:
            reached = np.ones(grid.shape[1], dtype=bool)
            for needed in alternative:
                weights = np.array([needed.weights[row] for row in first], dtype=np.int64)
                reached &= weights @ inside >= needed.quota
            won |= reached
    return won


def _one_less(won: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Whether each coalition of types wins without one member of a type; never mind where it has none."""
    found = np.ones_like(won)
    upper = [slice(None)] * won.ndim
    lower = [slice(None)] * won.ndim
    upper[axis], lower[axis] = slice(1, None), slice(None, -1)
    found[tuple(upper)] = won[tuple(lower)]
    return found


def _by_size(
    marked: NDArray[np.bool_],
    ways: NDArray[Any],
    grid: NDArray[Any],
    sizes: NDArray[Any],
    types: Sequence[Sequence[int]],
    members: int,
) -> SizeCounts:
    """The real coalitions behind the marked ones: by size, and by size with each member."""
    flat = marked.ravel()
    numbers, size = ways.ravel()[flat], sizes.ravel()[flat]
    order = np.argsort(size, kind="stable")
    ends = np.searchsorted(size[order], np.arange(members + 2))
    numbers = numbers[order]

    def summed(values: NDArray[Any]) -> tuple[int, ...]:
        return tuple(int(values[ends[one] : ends[one + 1]].sum()) for one in range(members + 1))

    containing: list[tuple[int, ...]] = [()] * members
    for axis, rows in enumerate(types):
        inside = grid[axis][flat][order]
        held = summed(numbers * inside)
        each = tuple(number // len(rows) for number in held)  # every member of a type is in as many
        for row in rows:
            containing[row] = each
    return SizeCounts(summed(numbers), tuple(containing), METHOD)

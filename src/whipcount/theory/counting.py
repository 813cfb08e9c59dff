"""How many winning coalitions of each size there are, and how many of them hold each member: counted exactly.

Every index of voting power follows from these counts. Three ways of counting, each exact and chosen by what it costs:

- heads: a generating function over size and weight. One big integer per size holds the number of coalitions of each
  weight side by side (Kronecker substitution), so that adding a member is one shift and one addition. Coalitions
  without a member follow from the same table by an alternating sum over copies of the member taken out again.
- halves: all subsets of either half of the members, joined by binary search; weights may be as large as they like.
- all: every subset; for rules with several weighted majorities or blocked pairs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from .rules import DecisionRule

Integers = NDArray[np.int64]
Counts = tuple[int, ...]

MOST_CELLS = 6_000_000  # sizes times weights that a table of heads may have
LIMB = 40  # bits of a part of a large count; a sum over all cells of a table stays in 63
MOST_IN_HALVES = 34
MOST_IN_ALL = 28
LOW = 20  # members whose subsets are held at once where all subsets are visited


@dataclass(frozen=True)
class SizeCounts:
    """Winning coalitions: `winning[s]` of size s, `containing[i][s]` of these with member i; `method` says how."""

    winning: Counts
    containing: tuple[Counts, ...]
    method: str

    def swings(self, member: int) -> Counts:
        """Coalitions of each size s (member not counted) that lose without the member and win with them."""
        held = self.containing[member]
        return tuple(held[s + 1] - (self.winning[s] - held[s]) for s in range(len(self.winning) - 1))


def count_winning(rule: DecisionRule) -> SizeCounts | None:
    """The counts of a rule by the cheapest exact way, or None where no exact way is affordable."""
    if rule.blocked:
        return _count_all(rule) if rule.members <= MOST_IN_ALL else None
    columns = _weighted_columns(rule)
    if len(columns) <= 1:
        weights = columns[0] if columns else (0,) * rule.members
        thresholds = _thresholds(rule, weights)
        if _head_slots(rule, columns) * (rule.members + 1) <= MOST_CELLS:
            return _count_one(rule, weights, thresholds)
        if rule.members <= MOST_IN_HALVES:
            return _count_halves(weights, thresholds)
        return None
    if _head_slots(rule, columns) * (rule.members + 1) <= MOST_CELLS:
        return _count_several(rule, columns)
    return _count_all(rule) if rule.members <= MOST_IN_ALL else None


def _weighted_columns(rule: DecisionRule) -> list[tuple[int, ...]]:
    """The distinct weightings of a rule that are not mere head counts (those need no table: sizes are known)."""
    columns: list[tuple[int, ...]] = []
    for needed in itertools.chain.from_iterable(rule.alternatives):
        if len(set(needed.weights)) > 1 and needed.weights not in columns:
            columns.append(needed.weights)
    return columns


def _heads_needed(rule: DecisionRule, alternative: int, column: tuple[int, ...] | None) -> int:
    """The largest quota that an alternative sets on a column (None: on the number of members), 0 where it sets none."""
    quotas = [0]
    for needed in rule.alternatives[alternative]:
        equal = len(set(needed.weights)) == 1
        if column is None and equal:
            quotas.append(-(-needed.quota // needed.weights[0]))
        elif column is not None and needed.weights == column:
            quotas.append(needed.quota)
    return max(quotas)


def _thresholds(rule: DecisionRule, column: tuple[int, ...]) -> list[int | None]:
    """For each size, the weight on `column` from which a coalition of that size wins; None where none of it can."""
    numbers = range(len(rule.alternatives))
    needed = [(_heads_needed(rule, number, None), _heads_needed(rule, number, column)) for number in numbers]
    found: list[int | None] = []
    for size in range(rule.members + 1):
        open_to = [quota for heads, quota in needed if size >= heads]
        found.append(min(open_to) if open_to else None)
    return found


def _head_slots(rule: DecisionRule, columns: list[tuple[int, ...]]) -> int:
    """How many weights a table of heads has to tell apart."""
    if not columns:
        return 1
    if rule.simple:
        needed = rule.first
        return min(needed.quota, needed.total - needed.quota + 1)
    return int(np.prod([sum(column) + 1 for column in columns], dtype=object))


# -- heads ------------------------------------------------------------------------------------------------------------


class Heads:
    """For each size, the coalitions of members added so far by weight, packed into one integer per size."""

    def __init__(self, members: int, slots: int) -> None:
        self.members = members
        self.slots = slots
        self.limbs = members // LIMB + 1  # a count, and a sum of counts, is below 2**members
        self.bytes = LIMB // 8 * self.limbs
        self.bits = 8 * self.bytes
        self.limit = slots * self.bits
        self.packed = [1] + [0] * members
        self.added = 0

    def add(self, slot: int) -> None:
        """Add a member whose weight moves a coalition `slot` slots up; weights beyond the last slot are dropped."""
        self.added += 1
        if slot >= self.slots:
            return
        shift, mask, limit = slot * self.bits, (1 << self.limit) - 1, self.limit
        packed = self.packed
        for size in range(self.added, 0, -1):
            if below := packed[size - 1]:
                total = packed[size] + (below << shift)
                packed[size] = total & mask if total.bit_length() > limit else total

    def table(self) -> Integers:
        """Counts by size and slot in limbs of 40 bits, the lowest first: shape (sizes, slots, limbs).

        Limbs have room above them: sums over slots and sizes need no carry until they are made whole again.
        """
        rows = b"".join(number.to_bytes(self.slots * self.bytes, "little") for number in self.packed)
        shape = (self.members + 1, self.slots, self.limbs)
        padded = np.zeros((*shape, 8), dtype=np.uint8)
        padded[..., : LIMB // 8] = np.frombuffer(rows, dtype=np.uint8).reshape(*shape, LIMB // 8)
        return padded.view("<i8")[..., 0].astype(np.int64, copy=False)


def _whole(limbs: Integers) -> int:
    """The exact number that limbs, which may have grown or be negative, stand for."""
    return sum(value << LIMB * place for place, value in enumerate(limbs.tolist()))


def _without(cumulative: Integers, threshold: Sequence[int], weight: int) -> list[int]:
    """Coalitions without a member below a threshold per size, from the cumulative table of all of them.

    Those of size s without the member are those of size s less those of size s - 1 without the member, at a threshold
    lower by the weight; unrolled, an alternating sum that ends when size or threshold runs out.
    """
    sizes, tops = np.arange(len(threshold)), np.array(threshold, dtype=np.int64)
    last = sizes if weight == 0 else np.minimum(sizes, (tops - 1) // weight)
    lengths = np.where(tops > 0, last + 1, 0)
    some = np.flatnonzero(lengths)
    if not len(some):
        return [0] * len(threshold)
    size = np.repeat(sizes, lengths)
    starts = np.cumsum(lengths) - lengths
    steps = np.arange(len(size)) - np.repeat(starts, lengths)
    terms = cumulative[size - steps, tops[size] - 1 - steps * weight]
    terms[steps % 2 == 1] *= -1
    found = [0] * len(threshold)
    for row, limbs in zip(some.tolist(), np.add.reduceat(terms, starts[some], axis=0), strict=True):
        found[row] = _whole(limbs)
    return found


def _count_one(rule: DecisionRule, weights: Sequence[int], thresholds: list[int | None]) -> SizeCounts:
    """Count with one weighting; thresholds may differ by size."""
    members, total = rule.members, sum(weights)
    if rule.simple and len(set(weights)) > 1 and 2 * rule.first.quota > total + 1:
        return _count_dual(weights, total - rule.first.quota + 1)
    tops = [total + 1 if threshold is None else threshold for threshold in thresholds]
    heads = Heads(members, max(1, *tops))
    for weight in sorted(weights):  # light ones first: sums stay short for longer
        heads.add(weight)
    cumulative = np.cumsum(heads.table(), axis=1)
    winning = tuple(
        comb(members, size) - (_whole(cumulative[size, top - 1]) if top > 0 else 0) for size, top in enumerate(tops)
    )
    of_others = [comb(members - 1, size) for size in range(members + 1)]
    by_weight: dict[int, Counts] = {}
    for weight in set(weights):
        lost = _without(cumulative, tops, weight)
        # winning coalitions with the member are all winning ones less those without: of the others, not losing
        parts = zip(winning, of_others, lost, strict=True)
        by_weight[weight] = tuple(won - (others - losing) for won, others, losing in parts)
    return SizeCounts(winning, tuple(by_weight[weight] for weight in weights), "generating function")


def _count_dual(weights: Sequence[int], dual_quota: int) -> SizeCounts:
    """Count a high quota through its dual: a coalition wins exactly if the others, with the dual quota, do not."""
    from .rules import weighted_majority

    members = len(weights)
    dual = count_winning(weighted_majority(weights, dual_quota))
    assert dual is not None  # its table is no larger than the one that was found affordable
    winning = tuple(comb(members, size) - dual.winning[members - size] for size in range(members + 1))
    containing = tuple(
        tuple(
            (comb(members - 1, size - 1) if size else 0) - (dual.winning[members - size] - held[members - size])
            for size in range(members + 1)
        )
        for held in dual.containing
    )
    return SizeCounts(winning, containing, dual.method)


def _count_several(rule: DecisionRule, columns: list[tuple[int, ...]]) -> SizeCounts:
    """Count with several weightings in one table, alternatives and majorities by inclusion and exclusion."""
    members = rule.members
    widths = [sum(column) + 1 for column in columns]
    strides = [int(np.prod(widths[number + 1 :], dtype=np.int64)) for number in range(len(columns))]
    heads = Heads(members, int(np.prod(widths, dtype=np.int64)))
    for row in range(members):
        heads.add(sum(column[row] * stride for column, stride in zip(columns, strides, strict=True)))
    table = heads.table().reshape(members + 1, *widths, heads.limbs)
    for axis in range(1, table.ndim - 1):
        # tails: coalitions with at least this weight on every column
        table = np.flip(np.cumsum(np.flip(table, axis), axis=axis), axis)
    terms = _union_terms(rule, columns)
    sizes = range(members + 1)
    winning = tuple(sum(sign * _tail(table, size, corner(size)) for sign, corner in terms) for size in sizes)
    known: dict[tuple[int, ...], Counts] = {}
    containing = []
    for row in range(members):
        weight = tuple(column[row] for column in columns)
        if weight not in known:
            without = [
                sum(sign * _tail_without(table, size, corner(size), weight) for sign, corner in terms) for size in sizes
            ]
            known[weight] = tuple(winning[size] - without[size] for size in sizes)
        containing.append(known[weight])
    return SizeCounts(winning, tuple(containing), "generating function")


Corner = Callable[[int], "tuple[int, ...] | None"]


def _union_terms(rule: DecisionRule, columns: list[tuple[int, ...]]) -> list[tuple[int, Corner]]:
    """The signed terms of a union of alternatives: for each set of them, the highest quota on every column."""
    terms: list[tuple[int, Corner]] = []
    numbers = range(len(rule.alternatives))
    for size in range(1, len(rule.alternatives) + 1):
        for chosen in itertools.combinations(numbers, size):
            heads = max(_heads_needed(rule, number, None) for number in chosen)
            quotas = tuple(max(_heads_needed(rule, number, column) for number in chosen) for column in columns)
            terms.append(((-1) ** (size + 1), _corner(heads, quotas)))
    return terms


def _corner(heads: int, quotas: tuple[int, ...]) -> Corner:
    """The quotas of coalitions of at least so many members; none for smaller ones."""
    return lambda count: quotas if count >= heads else None


def _tail(table: Integers, size: int, corner: tuple[int, ...] | None) -> int:
    if corner is None or size < 0:
        return 0
    return _whole(table[(size, *(max(0, quota) for quota in corner))])


def _tail_without(table: Integers, size: int, corner: tuple[int, ...] | None, weight: tuple[int, ...]) -> int:
    """Coalitions at or beyond a corner without a member, by the alternating sum over copies taken out."""
    if corner is None:
        return 0
    total = 0
    for step in range(size + 1):
        below = tuple(quota - step * one for quota, one in zip(corner, weight, strict=True))
        total += (-1) ** step * _tail(table, size - step, below)
    return total


# -- halves -----------------------------------------------------------------------------------------------------------


def _subset_sums(weights: Sequence[int]) -> tuple[Integers, Integers]:
    """Sum and size of every subset; subset number b holds member i if bit i of b is set."""
    sums = np.zeros(1, dtype=np.int64)
    sizes = np.zeros(1, dtype=np.int64)
    for weight in weights:
        sums = np.concatenate([sums, sums + weight])
        sizes = np.concatenate([sizes, sizes + 1])
    return sums, sizes


def _count_halves(weights: Sequence[int], thresholds: list[int | None]) -> SizeCounts | None:
    """Count by joining subsets of either half of the members."""
    if sum(weights) >= 2**62:
        return None
    cut = len(weights) // 2
    winning, first = _join(weights[:cut], weights[cut:], thresholds)
    _, second = _join(weights[cut:], weights[:cut], thresholds)
    return SizeCounts(winning, (*first, *second), "joined halves")


def _join(near: Sequence[int], far: Sequence[int], thresholds: list[int | None]) -> tuple[Counts, tuple[Counts, ...]]:
    """Winning coalitions by size, and those with each member of the `near` half."""
    near_sums, near_sizes = _subset_sums(near)
    far_sums, far_sizes = _subset_sums(far)
    far_by_size = [np.sort(far_sums[far_sizes == size]) for size in range(len(far) + 1)]
    winning = [0] * len(thresholds)
    containing = [[0] * len(thresholds) for _ in near]
    bits = np.arange(len(near))
    for near_size in range(len(near) + 1):
        subsets = np.flatnonzero(near_sizes == near_size)
        sums = near_sums[subsets]
        holds = (subsets[:, None] >> bits & 1).astype(np.int64)
        for far_size, candidates in enumerate(far_by_size):
            size = near_size + far_size
            threshold = thresholds[size]
            if threshold is None:
                continue
            partners = len(candidates) - np.searchsorted(candidates, threshold - sums, side="left")
            winning[size] += int(partners.sum())
            for member, number in enumerate(partners @ holds):
                containing[member][size] += int(number)
    return tuple(winning), tuple(tuple(row) for row in containing)


# -- all subsets ------------------------------------------------------------------------------------------------------


def winning_subsets(rule: DecisionRule) -> NDArray[np.bool_]:
    """Whether each subset of the members wins; subset number b holds member i if bit i of b is set."""
    members = rule.members
    low = min(members, LOW)
    table = np.zeros(1 << members, dtype=bool)
    sums = {
        needed.weights: _subset_sums(needed.weights[:low])[0]
        for needed in itertools.chain.from_iterable(rule.alternatives)
    }
    apart = _compatible_subsets(rule)
    for block in range(1 << (members - low)):
        held = [row for row in range(low, members) if block >> (row - low) & 1]
        part = slice(block << low, (block + 1) << low)
        for alternative in rule.alternatives:
            reached = np.ones(1 << low, dtype=bool)
            for needed in alternative:
                base = sum(needed.weights[row] for row in held)
                reached &= sums[needed.weights] >= needed.quota - base
            table[part] |= reached
    if apart is not None:
        table &= apart
        for row in range(members):
            # a set wins if any of its subsets that can stand together wins
            view = table.reshape(-1, 2, 1 << row)
            view[:, 1] |= view[:, 0]
    return table


def _compatible_subsets(rule: DecisionRule) -> NDArray[np.bool_] | None:
    """Whether each subset is free of blocked pairs; None where no pair is blocked."""
    if not rule.blocked:
        return None
    numbers = np.arange(1 << rule.members, dtype=np.int64)
    free = np.ones(len(numbers), dtype=bool)
    for a, b in rule.blocked:
        pair = (1 << a) | (1 << b)
        free &= (numbers & pair) != pair
    return free


def count_subsets(table: NDArray[np.bool_], members: int) -> tuple[Counts, tuple[Counts, ...]]:
    """The subsets marked in a table over all subsets: by size, and by size with each member."""
    low = min(members, LOW)
    _, sizes = _subset_sums((0,) * low)
    numbers = np.arange(1 << low)
    total = np.zeros(members + 1, dtype=np.int64)
    containing = np.zeros((members, members + 1), dtype=np.int64)
    for block in range(1 << (members - low)):
        marked = numbers[table[block << low : (block + 1) << low]]
        if not len(marked):
            continue
        offset = block.bit_count()
        marked_sizes = sizes[marked]
        by_size = np.bincount(marked_sizes, minlength=low + 1)
        total[offset : offset + low + 1] += by_size
        for row in range(low):
            held = np.bincount(marked_sizes, weights=(marked >> row) & 1, minlength=low + 1)
            containing[row, offset : offset + low + 1] += np.rint(held).astype(np.int64)
        for row in range(low, members):
            if block >> (row - low) & 1:
                containing[row, offset : offset + low + 1] += by_size
    return tuple(map(int, total)), tuple(tuple(map(int, row)) for row in containing)


def _count_all(rule: DecisionRule) -> SizeCounts:
    """Count by visiting every subset."""
    winning, containing = count_subsets(winning_subsets(rule), rule.members)
    return SizeCounts(winning, containing, "every coalition")

"""Decision rules of bodies: one weighted majority, several at once, alternatives to them, pairs that never join.

A rule is a list of alternatives; each alternative is a list of majorities that must all be reached. The Council of the
European Union since 2014 is the standard example: 55% of the members and 65% of the population, or all but three.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from whipcount.text import mark, say

from ..errors import TableError
from .tables import check_length, check_names, check_quota, check_whole, index_of, majority, pairs_of

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]

WHAT = (mark("seats"), mark("members"), mark("population"), mark("weights"))  # names of columns that are translated
MOST_WEIGHT = 2**62  # sums of weights stay in machine integers
PIVOT_CELLS = 2_000_000  # places of orders looked through at once
MOST_BLOCKED = 16  # members in blocked pairs; their compatible groups are listed one by one


@dataclass(frozen=True)
class Majority:
    """A weighted majority: reached by those whose weights sum to `quota` or more. `what` names the weights.

    casting: who decides an even vote; weights are then doubled, and that member's is 1 more. veto: whether it is one
    member, called `what`, without whom nothing passes.
    """

    weights: tuple[int, ...]
    quota: int
    what: str = "seats"
    casting: str = ""
    veto: bool = False

    def __post_init__(self) -> None:
        check_quota(self.quota, sum(self.weights), self.what)
        if self.total >= MOST_WEIGHT:
            raise TableError.one("WC515", f"{self.what} sum to {self.total}", "divide them all by a common factor")

    @property
    def total(self) -> int:
        """All weights."""
        return sum(self.weights)

    @property
    def held(self) -> tuple[int, ...]:
        """The weights as the members hold them."""
        return tuple(weight // 2 for weight in self.weights) if self.casting else self.weights

    @property
    def asked(self) -> int:
        """The quota in weights as they are held; half of them are enough with the one who decides an even vote."""
        return majority(sum(self.held)) if self.casting else self.quota

    def describe(self) -> str:
        """The majority in words."""
        if self.veto:
            return say("{name} not against", name=self.what)
        text = f"{say(self.what)} ≥ {self.asked}/{sum(self.held)}"
        return text + say(" (an even vote is decided by {name})", name=self.casting) if self.casting else text


@dataclass(frozen=True)
class DecisionRule:
    """Who wins: any one of the `alternatives`, each a tuple of majorities that are all needed.

    blocked: pairs of rows that never join. A set of members then wins if those of it who can stand together win
    (Bergantinos, Carreras & Garcia-Jurado 1993), which keeps every index well defined.
    """

    names: tuple[str, ...]
    alternatives: tuple[tuple[Majority, ...], ...]
    blocked: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        check_names(self.names, "members")
        if not self.alternatives or not all(self.alternatives):
            raise TableError.one("WC508", "a decision rule without a majority", "give at least one quota")
        for alternative in self.alternatives:
            for needed in alternative:
                check_length(needed.weights, self.names, f"weights of {needed.what}")
                check_whole(needed.weights, self.names, needed.what)
        if len({row for pair in self.blocked for row in pair}) > MOST_BLOCKED:
            hint = "merge those who always stand together"
            raise TableError.one("WC515", f"more than {MOST_BLOCKED} members stand in blocked pairs", hint)
        if not self.wins(np.ones((1, self.members), dtype=bool))[0]:
            hint = "block fewer pairs, or lower the quota"
            raise TableError.one("WC517", f"no coalition can win: {self.describe()}", hint)

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.names)

    @property
    def simple(self) -> bool:
        """Whether it is one weighted majority and nothing else."""
        return len(self.alternatives) == 1 and len(self.alternatives[0]) == 1 and not self.blocked

    @property
    def counting(self) -> tuple[int, ...]:
        """The rows of members who count in some majority."""
        columns = [needed.weights for needed in itertools.chain.from_iterable(self.alternatives)]
        return tuple(row for row in range(self.members) if any(column[row] for column in columns))

    @property
    def first(self) -> Majority:
        """The first majority of the first alternative: the one whose weights are shown beside the power."""
        return self.alternatives[0][0]

    @cached_property
    def compatible(self) -> tuple[tuple[bool, ...], ...]:
        """The largest groups free of blocked pairs, as membership over all members; one group where none is blocked."""
        involved = sorted({row for pair in self.blocked for row in pair})
        groups: list[set[int]] = []
        for size in range(len(involved), -1, -1):
            for chosen in itertools.combinations(involved, size):
                kept = set(chosen)
                if any(kept <= larger for larger in groups):
                    continue
                if not any(a in kept and b in kept for a, b in self.blocked):
                    groups.append(kept)
        others = set(range(self.members)) - set(involved)
        return tuple(tuple(row in group or row in others for row in range(self.members)) for group in groups)

    def ordered(self, names: Sequence[str]) -> DecisionRule:
        """The same rule with its members in another order (WC513)."""
        rows = [index_of(name, self.names) for name in names]
        place = {row: new for new, row in enumerate(rows)}
        alternatives = tuple(
            tuple(replace(one, weights=tuple(one.weights[row] for row in rows)) for one in alternative)
            for alternative in self.alternatives
        )
        blocked = tuple(sorted((min(pair), max(pair)) for pair in ((place[a], place[b]) for a, b in self.blocked)))
        return DecisionRule(tuple(names), alternatives, blocked)

    def wins(self, present: Bools) -> Bools:
        """Which sets of members win; `present` has shape (..., members)."""
        won = np.zeros(present.shape[:-1], dtype=bool)
        for group in self.compatible:
            won |= self._reached(present & np.array(group))
        return won

    def _reached(self, present: Bools) -> Bools:
        won = np.zeros(present.shape[:-1], dtype=bool)
        for alternative in self.alternatives:
            all_reached = np.ones(present.shape[:-1], dtype=bool)
            for needed in alternative:
                all_reached &= present @ np.array(needed.weights, dtype=np.int64) >= needed.quota
            won |= all_reached
        return won

    def pivots(self, orders: Integers) -> Integers:
        """The member whose arrival makes the growing coalition win, for each order of arrival (a row of `orders`)."""
        found = np.empty(len(orders), dtype=np.int64)
        step = max(1, PIVOT_CELLS // self.members)
        for start in range(0, len(orders), step):
            part = orders[start : start + step]
            won = np.zeros(part.shape, dtype=bool)
            for group in self.compatible:
                here = np.array(group)[part]
                for alternative in self.alternatives:
                    reached = np.ones(part.shape, dtype=bool)
                    for needed in alternative:
                        arriving = np.array(needed.weights, dtype=np.int64)[part] * here
                        reached &= np.cumsum(arriving, axis=1) >= needed.quota
                    won |= reached
            found[start : start + step] = part[np.arange(len(part)), won.argmax(axis=1)]
        return found

    def describe(self) -> str:
        """The rule in words."""
        parts = [say(" and ").join(one.describe() for one in alternative) for alternative in self.alternatives]
        text = say(" or ").join(parts)
        if self.blocked:
            pairs = ", ".join(f"{self.names[a]}+{self.names[b]}" for a, b in self.blocked)
            text += say("; never together: {pairs}", pairs=pairs)
        return text


def weighted_majority(
    weights: Sequence[int],
    quota: int | None = None,
    names: Sequence[str] | None = None,
    blocked: Sequence[tuple[str, str]] = (),
    what: str = "seats",
) -> DecisionRule:
    """One weighted majority; without a quota more than half is needed, without names members are numbered from 1."""
    rows = tuple(names) if names is not None else tuple(str(number) for number in range(1, len(weights) + 1))
    check_names(rows, "members")
    check_length(weights, rows, "weights")
    whole = check_whole(weights, rows, what)
    needed = Majority(whole, majority(sum(whole)) if quota is None else quota, what)
    return DecisionRule(rows, ((needed,),), pairs_of(blocked, rows))


def council_2014(names: Sequence[str], population: Sequence[int]) -> DecisionRule:
    """The Council of the EU since 2014 (Treaty on European Union, article 16(4)).

    At least 55% of the members (and at least fifteen, where there are that many) with 65% of the population; a
    blocking minority needs at least four members, so that all but three decide whatever their population.
    """
    rows = check_names(tuple(names), "members")
    check_length(population, rows, "populations")
    people = check_whole(population, rows, "population")
    heads = (1,) * len(rows)
    needed = max(min(15, len(rows)), percentage(55, len(rows)))
    double = (Majority(people, percentage(65, sum(people)), "population"), Majority(heads, needed, "members"))
    unblocked = (Majority(heads, max(1, len(rows) - 3), "members"),)
    return DecisionRule(rows, (double, unblocked))


def percentage(percent: float, total: int) -> int:
    """The smallest whole number that is at least `percent` of `total`, the percentage taken as it is written."""
    share = Fraction(repr(percent)) / 100
    return max(1, -((-share * total).__floor__()))

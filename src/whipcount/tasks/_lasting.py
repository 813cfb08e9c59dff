"""How long a count is going to last, told before it starts: seconds by rows, members and options.

The rates are processor time of one core of the machine of `docs/reference/limits.md`, as `benchmarks/limits.py`
measures them; a busy machine takes longer. They err to the long side, and are told as "about".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.theory.rollcall_table import RollCalls
    from whipcount.theory.rules import DecisionRule

TOLD = 2.0  # seconds from which the time is told
SUBSET = 1.8e-8  # a coalition visited under one weighted majority
TYPED = 3e-6  # a coalition of types
CELL = 8e-7  # a cell of the table of sizes and weights
LIMB = 1.5e-9  # a limb added in the table of weights
DRAW = 6e-8  # a member in a sampled coalition or order
MAP = {1: (5e-6, 2), 2: (4.5e-6, 3), 3: (9e-6, 3)}  # seconds and the power of the members, by dimensions
KTAB = 2e-5  # times the cube of the actors, a dimension
GAME = 4e-6  # expected utility: times the square of the actors
IDEAL = {1: 8e-6, 2: 8e-5, 3: 1.2e-4}  # a vote, by dimensions
POINT = 2e-7  # a vote in a draw from the posterior, a dimension
ABSENT = -1  # as `theory.rollcall_table` codes it
ORDER = 9e-6  # a vote, put in order
WHIP = 3e-7  # a vote times a motion


def beforehand(seconds: float) -> None:
    """Say, before it starts, about how long a count is going to last, where that is more than a few seconds."""
    from whipcount.session import notice
    from whipcount.text import number, say

    if seconds < TOLD:
        return
    for unit, words in ((60, say("{n} s")), (3600, say("{n} min")), (0, say("{n} h"))):
        if seconds < 1.5 * unit or not unit:
            size = {60: 1, 3600: 60, 0: 3600}[unit]
            notice(say("this takes about {time}", time=words.format(n=number(seconds / size, 2))))
            return


def of_power(rule: DecisionRule, indices: Sequence[str], samples: int) -> float:
    """Seconds of the voting power of a body, by the way in which it will be counted."""
    from whipcount.theory.counting import MOST_CELLS, MOST_IN_ALL, MOST_IN_HALVES
    from whipcount.theory.power_types import MOST_TYPED, coalitions_of_types
    from whipcount.theory.power_weights import can_count, limbs_added

    members = rule.members
    types = coalitions_of_types(rule)
    if types <= MOST_TYPED and types < 2**members:
        return TYPED * types
    first = rule.first
    cells = min(first.quota, sum(first.weights) - first.quota + 1) * (members + 1) if rule.simple else MOST_CELLS + 1
    orders = not indices or "shapley_shubik" in indices
    by_weight = rule.simple and can_count(first.weights, first.quota)
    if rule.simple and cells <= MOST_CELLS and (orders or not by_weight):
        return CELL * cells
    if rule.simple and members <= MOST_IN_HALVES:
        return 1.0
    if not rule.simple and members <= MOST_IN_ALL:
        return SUBSET * 2.0**members * max(1, sum(map(len, rule.alternatives)) / 2)
    if by_weight:
        found = LIMB * limbs_added(first.weights, first.quota)
        return found + (DRAW * samples * members / 2 if orders else 0)
    return DRAW * samples * members


def of_map(members: int, dimensions: int) -> float:
    """Seconds of the places on a map where a body can settle."""
    rate, power = MAP[min(max(dimensions, 1), 3)]
    return float(rate * members**power)


def of_bargain(actors: int, dimensions: int, models: Sequence[str], times: int = 1) -> float:
    """Seconds of a bargain that is solved so many times; all models where none is named."""
    found = 0.0
    if not models or "ktab" in models:
        found += KTAB * actors**3 * dimensions
    if not models or "expected_utility" in models:
        found += GAME * actors**2 * dimensions
    return found * times


def of_points(calls: RollCalls, dimensions: int, draws: int, bootstrap: int = 0) -> float:
    """Seconds of ideal points: draws from their posterior, or their mode with so many samples for its errors."""
    seen = int((calls.votes != ABSENT).sum())
    return seen * (POINT * draws * dimensions + IDEAL[min(max(dimensions, 1), 3)] * (1 + bootstrap))


def of_order(calls: RollCalls) -> float:
    """Seconds of an optimal classification."""
    return ORDER * calls.votes.size


def of_whip(calls: RollCalls) -> float:
    """Seconds of learning how a party's members follow its line."""
    return WHIP * calls.votes.size * len(calls.motions)

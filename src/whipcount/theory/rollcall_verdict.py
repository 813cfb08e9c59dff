"""Whether a coming vote carries under a rule as it is written, and who would decide it: exactly, or by simulated votes.

A rule of one need is a sum over members: 2/3 of the votes cast is reached where yes counts 1, no counts -2, and the sum
is not below 0. Its distribution is found exactly. Rules of several needs, casting votes and vetoes are simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..errors import TableError
from .rollcall_attendance import Attendance
from .rollcall_rebellion import Chances
from .rollcall_table import ABSTAIN, NO, YES, Bools, Floats
from .rule_grammar import Need, WrittenRule
from .tables import index_of

SMALL = 60  # members up to which the chance of being pivotal is computed without the member
SIMULATED = 20_000  # votes of the whole body that are simulated
MOST_UNITS = 40  # by which one vote may move a sum; beyond it, sums have too many values
SEED = 1


@dataclass(frozen=True)
class Verdict:
    """The chance that the motion carries and its standard error (0 where exact), who is pivotal, yes votes needed.

    needed: of all members, where a number is; else 0. margin: distribution of yes minus no, from minus all members on.
    """

    passes: float
    error: float
    pivotal: Floats
    needed: int
    margin: Floats


@dataclass(frozen=True)
class _Score:
    """A need as a sum: what a yes, a no, an abstention adds, and from what sum on it is met."""

    yes: int
    no: int
    abstain: int
    enough: int


def judge(
    rule: WrittenRule, names: Sequence[str], chances: Chances, present: Floats, blocks: Sequence[np.ndarray]
) -> Verdict:
    """The verdict on a coming motion (WC508 for a number of yes that cannot be, WC513 for unknown names)."""
    members = len(present)
    for need in (need for one in rule.alternatives for need in one):
        if isinstance(need.amount, int) and not 0 < need.quota(members) <= members:
            raise TableError.one(
                "WC508", f"{need.amount} yes votes of {members} members cannot be right", "ask for fewer"
            )
        if need.column:
            hint = "a whip count knows votes cast, members present and all members"
            raise TableError.one("WC564", f"no weights {need.column!r} here", hint)
    cast = _Score(1, -1, 0, 1)
    margin = _distribution(cast, chances, present, blocks)
    single = rule.single
    needed = (
        single.quota(members) if single is not None and (single.of == "all" or isinstance(single.amount, int)) else 0
    )
    score = None if single is None else _score(single, members)
    if score is None:
        passes, pivotal = _simulated(rule, names, chances, present, blocks)
        error = float(np.sqrt(max(passes * (1 - passes), 1 / SIMULATED) / SIMULATED))
        return Verdict(passes, error, pivotal, needed, margin)
    spread = margin if score == cast else _distribution(score, chances, present, blocks)
    passes = float(spread[max(score.enough - _lowest(score, members), 0) :].sum())
    if score.enough == 0:
        # where nobody votes, no share is reached
        nobody = _Score(1, 1, int(score.abstain != 0), 1)
        passes -= float(_distribution(nobody, chances, present, blocks)[0])
    pivotal = _pivotal(score, chances, present, blocks, spread)
    return Verdict(passes, 0.0, pivotal, needed, margin)


def averaged(verdicts: Sequence[Verdict], present: Attendance) -> Verdict:
    """The verdict over waves of attendance, from that under each."""
    weights = present.weights

    def mean(values: Sequence[Floats] | Sequence[float]) -> Floats:
        return np.asarray(np.tensordot(weights, np.array(values), axes=1))

    return Verdict(
        passes=float(mean([one.passes for one in verdicts])),
        error=float(np.sqrt(weights**2 @ np.square([one.error for one in verdicts]))),
        pivotal=mean([one.pivotal for one in verdicts]),
        needed=verdicts[0].needed,
        margin=mean([one.margin for one in verdicts]),
    )


def _score(need: Need, members: int) -> _Score | None:
    """A need as a sum; None where its fraction is too fine for one."""
    if isinstance(need.amount, int):
        return _Score(1, 0, 0, need.quota(members))
    if need.of == "all":
        return _Score(1, 0, 0, need.quota(members))
    above, below = need.amount.numerator, need.amount.denominator
    if below > MOST_UNITS:
        return None
    # yes / (yes + no) >= a/b where (b - a) yes - a no >= 0; and somebody has to say yes
    abstain = -above if need.of == "present" else 0
    return _Score(below - above, -above, abstain, 1 if need.strict else 0)


def _lowest(score: _Score, members: int) -> int:
    return members * min(score.yes, score.no, score.abstain, 0)


def cast_votes(chances: Chances, present: Floats, members: np.ndarray) -> tuple[Floats, Floats]:
    """Chances of a no, a yes and an abstention that is cast, shape (waves, members, 3); the weights of the waves."""
    votes, weights = chances.of(members)
    return np.asarray(votes * present[members][:, None]), weights


def _sum_of(score: _Score, votes: Floats) -> Floats:
    """Distribution of the sum over members, for each wave; the first place is the lowest sum they can have."""
    steps = {NO: score.no, YES: score.yes, ABSTAIN: score.abstain}
    low, high = min(*steps.values(), 0), max(*steps.values(), 0)
    waves, members, _ = votes.shape
    spread = np.zeros((waves, members * (high - low) + 1))
    spread[:, 0] = 1.0
    width = 1
    for place in range(members):
        moved = np.zeros((waves, width + high - low))
        rest = 1 - votes[:, place].sum(axis=1)
        for step, chance in ((0, rest), *((steps[kind], votes[:, place, kind]) for kind in steps)):
            moved[:, step - low : step - low + width] += spread[:, :width] * chance[:, None]
        width += high - low
        spread[:, :width] = moved
    return spread


def _distribution(score: _Score, chances: Chances, present: Floats, blocks: Sequence[np.ndarray]) -> Floats:
    """Distribution of the sum over all members, whose blocks share waves."""
    spread = np.ones(1)
    for block in blocks:
        if len(block):
            votes, weights = cast_votes(chances, present, block)
            spread = np.convolve(spread, weights @ _sum_of(score, votes))
    return spread


def _pivotal(score: _Score, chances: Chances, present: Floats, blocks: Sequence[np.ndarray], spread: Floats) -> Floats:
    """The chance that each member's yes rather than no decides, the others voting as they will.

    In small bodies exactly, by leaving the member out; in larger ones the others are taken to vote as all do.
    """
    members = len(present)
    if members > SMALL:
        # the sum of the others as that of all, once with the member's yes in it, once with its no
        start, step = score.enough - _lowest(score, members), score.yes - score.no
        window, middle = spread[start : start + step], spread[max(start - step, 0) : start]
        return np.full(members, float((window.sum() + middle.sum()) / 2))
    found = np.zeros(members)
    for one in range(members):
        others = _distribution(score, chances, present, [block[block != one] for block in blocks])
        start = score.enough - _lowest(score, members - 1)
        found[one] = others[max(start - score.yes, 0) : max(start - score.no, 0)].sum()
    return found


def _simulated(
    rule: WrittenRule, names: Sequence[str], chances: Chances, present: Floats, blocks: Sequence[np.ndarray]
) -> tuple[float, Floats]:
    """The share of simulated votes that carry, and of those in which each member's yes rather than no decides."""
    random = np.random.default_rng(SEED)
    members = len(present)
    votes = np.full((SIMULATED, members), -1, dtype=np.int8)
    for block in blocks:
        each, weights = cast_votes(chances, present, block)
        wave = random.choice(len(weights), size=SIMULATED, p=weights / weights.sum())
        edges = np.cumsum(each, axis=2)[wave]
        drawn = random.random((SIMULATED, len(block)))
        kinds = (drawn[..., None] >= edges).sum(axis=2)  # 0 no, 1 yes, 2 abstain, 3 absent
        votes[:, block] = np.where(kinds == 3, -1, kinds)
    counts = {kind: (votes == kind).sum(axis=1) for kind in (NO, YES, ABSTAIN)}
    vetoes = [index_of(name, names) for name in rule.vetoes]
    chair = index_of(rule.casting, names) if rule.casting else None
    passes = _carried(rule, counts, members, votes, vetoes, chair)
    pivotal = np.zeros(members)
    for one in range(members):
        found = []
        for vote in (YES, NO):
            own = votes[:, one]
            here = {kind: counts[kind] - (own == kind) + (vote == kind) for kind in counts}
            cast = votes.copy() if one in vetoes or one == chair else votes
            if one in vetoes or one == chair:
                cast[:, one] = vote
            found.append(_carried(rule, here, members, cast, vetoes, chair))
        pivotal[one] = float((found[0] & ~found[1]).mean())
    return float(passes.mean()), pivotal


def _carried(
    rule: WrittenRule,
    counts: dict[int, np.ndarray],
    members: int,
    votes: np.ndarray,
    vetoes: Sequence[int],
    chair: int | None,
) -> Bools:
    """Whether each simulated vote carries."""
    won = np.zeros(len(votes), dtype=bool)
    tied = np.zeros(len(votes), dtype=bool)
    for alternative in rule.alternatives:
        reached, even = np.ones(len(votes), dtype=bool), np.ones(len(votes), dtype=bool)
        for need in alternative:
            met, at_edge = _met(need, counts, members)
            reached &= met
            even &= met | at_edge
        won |= reached
        tied |= even & ~reached
    if chair is not None:
        won |= tied & (votes[:, chair] == YES)
    if rule.quorum is not None:
        there = counts[NO] + counts[YES] + counts[ABSTAIN]
        won &= there >= rule.quorum.quota(members)
    for one in vetoes:
        won &= votes[:, one] != NO
    return np.asarray(won)


def _met(need: Need, counts: dict[int, np.ndarray], members: int) -> tuple[Bools, Bools]:
    """Whether a need is met, and whether it is missed by nothing but an even vote."""
    yes = counts[YES]
    if isinstance(need.amount, int):
        return yes >= need.quota(members), np.zeros(len(yes), dtype=bool)
    base = {
        "cast": yes + counts[NO],
        "present": yes + counts[NO] + counts[ABSTAIN],
        "all": np.full(len(yes), members),
    }[need.of]
    above, below = Fraction(need.amount).numerator, Fraction(need.amount).denominator
    difference = below * yes - above * base
    return (difference > 0) if need.strict else (difference >= 0) & (yes > 0), difference == 0

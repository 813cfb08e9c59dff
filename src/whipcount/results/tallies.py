"""Tallies as measures: votes for and against, abstentions and defections in the divisions of a block of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from whipcount.scenario.measures import Query, Tally
from whipcount.scenario.schema import Scenario

from .interfaces import Floats
from .queries import BlockEvents, ResolvedQuery, Resolver, nearest

if TYPE_CHECKING:
    from whipcount.engine import Plan

Ints = npt.NDArray[np.int64]
VOTE = "vote"
MOTION_VERBS = ("carried", "defeated")
NO, YES, ABSTAIN = 1.0, 2.0, 3.0  # values of a recorded vote
_SORTS = {"no": NO, "yes": YES, "abstaining": ABSTAIN}


@dataclass(frozen=True)
class ResolvedTally:
    """A tally in numbers: whose votes count, with what weight, in which divisions."""

    of: str
    which: str
    votes: ResolvedQuery
    motion: ResolvedQuery | None
    body: Ints  # of each seat
    weight: Floats

    def evaluate(self, events: BlockEvents) -> Floats:
        """The number of votes in each run; NaN where no division fits."""
        run, step, division, value, weight = self._cast(events)
        result = np.full(events.runs, np.nan)
        if not len(run):
            return result
        _, first, inverse = np.unique(division, return_index=True, return_inverse=True)
        sums = {sort: np.bincount(inverse, weight * (value == code), len(first)) for sort, code in _SORTS.items()}
        if self.of == "defectors":
            # of those who vote, all but the largest camp
            counted = sums["yes"] + sums["no"] + sums["abstaining"]
            counted = counted - np.maximum.reduce(list(sums.values()))
        else:
            counted = sums[self.of]
        order = {"first": -step[first], "last": step[first], "most": counted}[self.which]
        chosen = np.argsort(order, kind="stable")  # what is assigned last stays
        result[run[first][chosen]] = counted[chosen]
        return result

    def _cast(self, events: BlockEvents) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        """Run, step, division, value and weight of each vote that counts."""
        bodies = int(self.body.max(initial=0)) + 1
        put = self._put(events)
        parts = []
        for number, part in enumerate(self.votes.parts):
            found = self.votes.matches(events, part)
            value = _values(events, self.votes, number)
            moment = found.run * events.steps + found.step
            if put is not None:
                keep = np.isin(moment, put)
                found_run, found_step, entity = found.run[keep], found.step[keep], found.entity[keep]
                value, moment = value[keep], moment[keep]
            else:
                found_run, found_step, entity = found.run, found.step, found.entity
            division = (moment * bodies + self.body[entity]) * len(self.votes.parts) + number
            parts.append((found_run, found_step, division, value, self.weight[entity]))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return columns[0], columns[1], columns[2], columns[3], columns[4]

    def _put(self, events: BlockEvents) -> Ints | None:
        """The moments (run and step as one number) on which the motion is put; none where any division fits."""
        if self.motion is None:
            return None
        found = [self.motion.matches(events, part) for part in self.motion.parts]
        return np.concatenate([one.run * events.steps + one.step for one in found])


def _values(events: BlockEvents, query: ResolvedQuery, number: int) -> Floats:
    """The values of the votes that match, in the order of the matches."""
    part = query.parts[number]
    _, step, entity, value = events.of(part.verb)
    keep = np.ones(len(step), dtype=np.bool_) if part.allowed is None else part.allowed[entity].copy()
    keep &= (step >= query.first_step) & (step <= query.last_step)
    return np.asarray(value[keep], dtype=np.float64)


def resolve_tally(tally: Tally, resolver: Resolver, plan: Plan, scenario: Scenario) -> ResolvedTally | None:
    """The tally in numbers; none, with the problems noted, if a name in it is unknown."""
    motions = {motion.id: motion.body for motion in scenario.motions}
    if tally.motion is not None and tally.motion not in motions:
        resolver.problem("WC305", f"no motion is called {tally.motion!r}", nearest(tally.motion, motions))
        return None
    body = tally.body or motions.get(tally.motion or "")
    verbs = _vote_verbs(plan, of_motions=tally.motion is not None)
    votes = resolver.resolve(
        Query(verb=verbs, actor=tally.actor, party=tally.party, object=body, after=tally.after, before=tally.before)
    )
    motion = None
    if tally.motion is not None:
        motion = resolver.resolve(Query(verb=MOTION_VERBS, object=tally.motion, after=tally.after, before=tally.before))
    if votes is None or (tally.motion is not None and motion is None):
        return None
    seats = [(seat, number) for number, each in enumerate(scenario.bodies) for seat in each.seats]
    return ResolvedTally(
        tally.of,
        tally.which,
        votes,
        motion,
        np.array([number for _, number in seats], dtype=np.int64),
        np.array([seat.weight for seat, _ in seats], dtype=np.float64),
    )


def _vote_verbs(plan: Plan, *, of_motions: bool) -> tuple[str, ...]:
    """The verbs under which votes are recorded; of motions alone, those of the mechanism that puts them."""
    putting: Sequence[str] = [verb.mechanism for verb in plan.verbs if verb.name in MOTION_VERBS]
    if not of_motions or not putting:
        return (VOTE,)
    return (f"{putting[0]}.{VOTE}",)

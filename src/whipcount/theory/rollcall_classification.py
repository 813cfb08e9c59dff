"""Optimal classification (Poole 2000): the order of members, or their places on a plane, that get the most votes right.

Nothing is assumed of errors: for a given order each motion gets its best cutting point; for given cutting points each
member gets the place with the fewest errors; the two take turns until nothing improves. On a plane
(`rollcall_plane`) lines stand for points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import percent, say

from .rollcall_ideal import informative
from .rollcall_mode import scale_votes
from .rollcall_plane import best_cuts, classify_plane
from .rollcall_table import NO, YES, Bools, Floats, Integers, RollCalls

TURNS = 60


@dataclass(frozen=True)
class Classification(Result):
    """The order of members, how many votes it classifies, and the reduction in error against the larger side.

    points: places on a plane, where one was asked for; ranks are then those of the first coordinate.
    """

    references: ClassVar[tuple[str, ...]] = ("Poole 2000, Nonparametric unfolding of binary choice data",)
    undrawn: ClassVar[str] = "the chart of ideal points shows an order of members: ideal_points(...).chart()"

    members: tuple[str, ...]
    parties: tuple[str, ...]
    ranks: tuple[float, ...]
    errors: tuple[int, ...]
    votes: tuple[int, ...]
    correct: float
    apre: float
    points: tuple[tuple[float, float], ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Members in their order."""
        order = sorted(range(len(self.members)), key=lambda member: self.ranks[member])
        axes = [figure(name, say("Ideal point {name}", name=name), ".3f") for name in ("x1", "x2")]
        columns = (
            figure("rank", "Rank", ".1f"),
            Column("member", "Member"),
            Column("party", "Party"),
            Column("votes", "Votes", right=True),
            Column("errors", "Errors", right=True),
            *(axes if self.points else []),
        )
        rows = tuple(
            (
                self.ranks[one], self.members[one], self.parties[one], self.votes[one], self.errors[one],
                *(self.points[one] if self.points else ()),
            )
            for one in order
        )  # fmt: skip
        return (Table("members", "Order of members", columns, rows),)

    def sentences(self) -> str:
        """The classification in plain words."""
        if self.points:
            return say(
                "Places of {many_members} members on a plane classify {correct} of the votes (aggregate proportional "
                "reduction in error {apre:.3f}).",
                many_members=len(self.members),
                correct=percent(self.correct, 1),
                apre=self.apre,
            )
        return say(
            "One order of {many_members} members classifies {correct} of the votes (aggregate proportional "
            "reduction in error {apre:.3f}).",
            many_members=len(self.members),
            correct=percent(self.correct, 1),
            apre=self.apre,
        )

    def record(self) -> dict[str, Any]:
        """The classification as JSON can carry it."""
        return {"correct": self.correct, "apre": self.apre, "members": self.tables()[0].records()}


def _places(cut: Integers, upward: Bools, yes: Bools, seen: Bools) -> Floats:
    """For given cuts: the middle of each member's best stretch of the line, as a number of cuts below it."""
    order = np.argsort(cut, kind="stable")
    wants_above = np.where(upward, yes, ~yes)[:, order]
    here = seen[:, order].astype(np.int64)
    above = (wants_above * here).astype(np.int64)
    below = here - above
    zero = np.zeros((len(yes), 1), dtype=np.int64)
    # at place k the first k cuts lie below: those who should be below them are wrong, and so on above
    wrong = np.concatenate([zero, below.cumsum(axis=1)], axis=1) + above.sum(axis=1, keepdims=True)
    wrong = wrong - np.concatenate([zero, above.cumsum(axis=1)], axis=1)
    best = wrong == wrong.min(axis=1, keepdims=True)
    line = np.concatenate([[0.0], cut[order]]) / 2 + np.concatenate([cut[order], [len(yes)]]) / 2
    return np.asarray((best * line).sum(axis=1) / best.sum(axis=1))


def optimal_classification(
    calls: RollCalls, lopsided: float = 0.0, fewest: int = 1, dimensions: int = 1
) -> Classification:
    """The best order, or places on a plane, found from the item-response ones; abstentions and absences are missing.

    lopsided, fewest: as `rollcall_ideal.informative` takes them; who and what is left out is told among the remarks.
    """
    kept, contested, remarks = informative(calls, lopsided, fewest)
    yes, seen = calls.votes == YES, (calls.votes == YES) | (calls.votes == NO)
    yes, seen = yes[np.ix_(kept, contested)], seen[np.ix_(kept, contested)]
    start = scale_votes(yes, seen, dimensions, steps=200).points
    if dimensions == 1:
        rank, said = _ordered(start[:, 0], yes, seen)
        points: tuple[tuple[float, float], ...] = ()
    else:
        plane = classify_plane(yes, seen, start)
        said = plane.says()
        rank = np.argsort(np.argsort(plane.points[:, 0], kind="stable"), kind="stable").astype(np.float64) + 1
        points = tuple((float(first), float(second)) for first, second in plane.points)
    errors = (said != yes) & seen
    minority = np.minimum((yes & seen).sum(axis=0), (~yes & seen).sum(axis=0)).sum()
    return Classification(
        members=tuple(calls.members[member] for member in kept),
        parties=tuple(calls.parties[member] for member in kept),
        ranks=tuple(float(value) for value in rank),
        errors=tuple(int(value) for value in errors.sum(axis=1)),
        votes=tuple(int(value) for value in seen.sum(axis=1)),
        correct=float(1 - errors.sum() / seen.sum()),
        apre=float(1 - errors.sum() / minority),
        points=points,
    ).told(remarks)


def _ordered(place: Floats, yes: Bools, seen: Bools) -> tuple[Floats, Bools]:
    """The best order found from places on a line: ranks, and what each member should vote on each motion."""
    best, best_errors = place, np.iinfo(np.int64).max
    for _ in range(TURNS):
        order = np.argsort(place, kind="stable")
        cut, upward, wrong = best_cuts(order, yes, seen)
        if wrong.sum() >= best_errors:
            break
        best, best_errors = place, int(wrong.sum())
        place = _places(cut, upward, yes, seen)
    order = np.argsort(best, kind="stable")
    rank = np.empty(len(best))
    rank[order] = np.arange(1, len(best) + 1)
    cut, upward, _ = best_cuts(order, yes, seen)
    return rank, (rank[:, None] > cut) == upward

"""Optimal classification in one dimension (Poole 2000): the order of members that gets the most votes right.

Nothing is assumed of errors: for a given order each motion gets its best cutting point; for given cutting points each
member gets the place with the fewest errors; the two take turns until nothing improves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import percent, say

from .rollcall_ideal import informative
from .rollcall_mode import scale_votes
from .rollcall_table import NO, YES, Bools, Floats, Integers, RollCalls

TURNS = 60


@dataclass(frozen=True)
class Classification(Result):
    """The order of members, how many votes it classifies, and the reduction in error against the larger side."""

    references: ClassVar[tuple[str, ...]] = ("Poole 2000, Nonparametric unfolding of binary choice data",)
    undrawn: ClassVar[str] = "the chart of ideal points shows an order of members: ideal_points(...).chart()"

    members: tuple[str, ...]
    parties: tuple[str, ...]
    ranks: tuple[float, ...]
    errors: tuple[int, ...]
    votes: tuple[int, ...]
    correct: float
    apre: float

    def tables(self) -> tuple[Table, ...]:
        """Members in their order."""
        order = sorted(range(len(self.members)), key=lambda member: self.ranks[member])
        columns = (
            figure("rank", "Rank", ".1f"),
            Column("member", "Member"),
            Column("party", "Party"),
            Column("votes", "Votes", right=True),
            Column("errors", "Errors", right=True),
        )
        rows = tuple(
            (self.ranks[one], self.members[one], self.parties[one], self.votes[one], self.errors[one]) for one in order
        )
        return (Table("members", "Order of members", columns, rows),)

    def sentences(self) -> str:
        """The classification in plain words."""
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


def best_cuts(order: Integers, yes: Bools, seen: Bools) -> tuple[Integers, Bools, Integers]:
    """For an order of members: each motion's cut (members below it), whether those above vote yes, and its errors."""
    ayes = (yes & seen)[order].astype(np.int64)
    noes = (~yes & seen)[order].astype(np.int64)
    zero = np.zeros((1, yes.shape[1]), dtype=np.int64)
    yes_below = np.concatenate([zero, ayes.cumsum(axis=0)])
    no_below = np.concatenate([zero, noes.cumsum(axis=0)])
    wrong_up = yes_below + (no_below[-1] - no_below)  # those above should vote yes
    wrong_down = no_below + (yes_below[-1] - yes_below)
    up, down = wrong_up.argmin(axis=0), wrong_down.argmin(axis=0)
    columns = np.arange(yes.shape[1])
    upward = wrong_up[up, columns] <= wrong_down[down, columns]
    cut = np.where(upward, up, down)
    return cut, upward, np.where(upward, wrong_up[up, columns], wrong_down[down, columns])


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


def optimal_classification(calls: RollCalls, lopsided: float = 0.0, fewest: int = 1) -> Classification:
    """The best one-dimensional order found from the item-response one; abstentions and absences are missing.

    lopsided, fewest: as `rollcall_ideal.informative` takes them; who and what is left out is told among the remarks.
    """
    kept, contested, remarks = informative(calls, lopsided, fewest)
    yes, seen = calls.votes == YES, (calls.votes == YES) | (calls.votes == NO)
    yes, seen = yes[np.ix_(kept, contested)], seen[np.ix_(kept, contested)]
    place = scale_votes(yes, seen, 1, steps=200).points[:, 0]
    best, best_errors = place, np.iinfo(np.int64).max
    for _ in range(TURNS):
        order = np.argsort(place, kind="stable")
        cut, upward, wrong = best_cuts(order, yes, seen)
        if wrong.sum() >= best_errors:
            break
        best, best_errors = place, int(wrong.sum())
        place = _places(cut, upward, yes, seen)
    order = np.argsort(best, kind="stable")
    rank = np.empty(len(kept))
    rank[order] = np.arange(1, len(kept) + 1)
    cut, upward, wrong = best_cuts(order, yes, seen)
    said = (rank[:, None] > cut) == upward
    errors = (said != yes) & seen
    minority = np.minimum((yes & seen).sum(axis=0), (~yes & seen).sum(axis=0)).sum()
    return Classification(
        members=tuple(calls.members[member] for member in kept),
        parties=tuple(calls.parties[member] for member in kept),
        ranks=tuple(float(value) for value in rank),
        errors=tuple(int(value) for value in errors.sum(axis=1)),
        votes=tuple(int(value) for value in seen.sum(axis=1)),
        correct=float(1 - wrong.sum() / seen.sum()),
        apre=float(1 - wrong.sum() / minority),
    ).told(remarks)

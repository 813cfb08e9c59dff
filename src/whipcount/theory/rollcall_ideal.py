"""Ideal points from roll calls: item response by expectation-maximisation, with standard errors and cutting lines.

Imai, Lo & Olmsted 2016; the model is Clinton, Jackman & Rivers's (2004): a member votes yes with probability
Phi(a_j + b_j x_i). Ideal points have a standard normal prior, items a normal one. Abstentions and absences are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtr

from whipcount.table import Column, Result, Table, figure
from whipcount.text import percent, say

from ..errors import TableError
from .rollcall_mode import STEPS, Scaling, scale_votes
from .rollcall_table import NO, YES, Bools, Floats, RollCalls

FEWEST_VOTES = 10  # yes and no votes below which a member's point is the prior's
LOPSIDED = 0.005  # share of the losing side up to which a motion tells nothing
NAMED = 5  # members whose names are told when they are left out


@dataclass(frozen=True)
class MemberPoint:
    """A member's ideal point with its standard error, by dimension."""

    member: str
    party: str
    votes: int
    point: tuple[float, ...]
    error: tuple[float, ...]


@dataclass(frozen=True)
class Cutting:
    """A motion's cutting point (or line): who should vote yes, and how many votes that gets right.

    a + b x = 0 on the line; side is +1 where those above vote yes. pre: proportional reduction in error.
    """

    motion: str
    title: str
    difficulty: float
    discrimination: tuple[float, ...]
    cut: float
    yes: int
    no: int
    correct: float
    pre: float


@dataclass(frozen=True)
class IdealPoints(Result):
    """Ideal points of members and cutting lines of motions.

    steps: until the points no longer moved; its limit where they still did, which `converged` tells.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Imai, Lo & Olmsted 2016, Fast estimation of ideal points with massive data",
        "Clinton, Jackman & Rivers 2004, The statistical analysis of roll call data",
    )

    members: tuple[MemberPoint, ...]
    motions: tuple[Cutting, ...]
    dimensions: int
    correct: float
    apre: float
    loglik: float
    bootstrap: int = 0
    steps: int = 0
    converged: bool = True

    def tables(self) -> tuple[Table, ...]:
        """Members from one end to the other; motions."""
        axes = range(self.dimensions)
        names = [f"x{axis + 1}" for axis in axes] if self.dimensions > 1 else ["x"]
        member_columns = (
            Column("member", "Member"),
            Column("party", "Party"),
            Column("votes", "Votes", right=True),
            *(figure(name, say("Ideal point {name}", name=name), ".3f") for name in names),
            *(figure(f"{name}_error", "Standard error", ".3f") for name in names),
        )
        order = sorted(self.members, key=lambda one: one.point)
        motion_columns = (
            Column("motion", "Motion"),
            Column("title", "Title"),
            Column("yes", "Yes", right=True),
            Column("no", "No", right=True),
            figure("cut", "Cut", ".3f"),
            *(figure(f"slope_{name}", say("Slope {name}", name=name), ".3f") for name in names),
            figure("correct", "Classified", ".3f"),
            figure("pre", "PRE", ".3f"),
        )
        return (
            Table(
                "members",
                "Ideal points",
                member_columns,
                tuple((one.member, one.party, one.votes, *one.point, *one.error) for one in order),
            ),
            Table(
                "motions",
                "Cutting lines",
                motion_columns,
                tuple(
                    (one.motion, one.title, one.yes, one.no, one.cut, *one.discrimination, one.correct, one.pre)
                    for one in self.motions
                ),
            ),
        )

    def sentences(self) -> str:
        """The scaling in plain words."""
        ends = sorted(self.members, key=lambda one: one.point)
        return say(
            "{dimensions} dimension{value} classify {correct} of the votes (proportional reduction in error "
            "{apre:.3f}). At the ends {member} and {member_2}.",
            dimensions=self.dimensions,
            value="s" if self.dimensions > 1 else "",
            correct=percent(self.correct, 1),
            apre=self.apre,
            member=ends[0].member,
            member_2=ends[-1].member,
        )

    def record(self) -> dict[str, Any]:
        """The scaling as JSON can carry it."""
        return {
            "dimensions": self.dimensions,
            "correct": self.correct,
            "apre": self.apre,
            "loglik": self.loglik,
            "bootstrap": self.bootstrap,
            "steps": self.steps,
            "converged": self.converged,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def informative(calls: RollCalls, lopsided: float, fewest: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Members and motions that a scaling can learn from, and remarks on those it leaves out (WC516, WC561).

    lopsided: the share of the losing side, of yes and no, up to which a motion is left out. fewest: yes and no votes on
    the other motions below which a member is.
    """
    if not 0 <= lopsided < 0.5 or fewest < 1:
        hint = "give --lopsided 0.025 (0 to below 0.5) and --min-votes 10 (1 or more)"
        raise TableError.one("WC516", f"lopsided {lopsided:g}, fewest votes {fewest}", hint)
    yes, seen = calls.votes == YES, (calls.votes == YES) | (calls.votes == NO)
    ayes, noes = (yes & seen).sum(axis=0), (~yes & seen).sum(axis=0)
    motions = np.flatnonzero(np.minimum(ayes, noes) > lopsided * np.maximum(ayes + noes, 1))
    if not len(motions):
        hint = "a scaling needs motions with votes on both sides"
        raise TableError.one("WC561", "no motion divided the members", hint)
    enough = seen[:, motions].sum(axis=1) >= min(fewest, len(motions))
    remarks = []
    if len(motions) < len(calls.motions):
        share = percent(lopsided, 1)
        remarks.append(
            say(
                "{gone} of {whole} motions are left out: the losing side has at most {share} of yes and no",
                gone=len(calls.motions) - len(motions), whole=len(calls.motions), share=share,
            )
        )  # fmt: skip
    gone = [calls.members[row] for row in np.flatnonzero(~enough)]
    if gone:
        names = ", ".join(gone[:NAMED]) + (" ..." if len(gone) > NAMED else "")
        remarks.append(
            say(
                "{gone} members are left out, with fewer than {fewest} votes of yes and no on the others: {names}",
                gone=len(gone), fewest=min(fewest, len(motions)), names=names,
            )
        )  # fmt: skip
    return np.flatnonzero(enough), motions, tuple(remarks)


def ideal_points(
    calls: RollCalls,
    dimensions: int = 1,
    bootstrap: int = 0,
    right: str | None = None,
    seed: int = 1,
    lopsided: float = LOPSIDED,
    fewest: int = FEWEST_VOTES,
) -> IdealPoints:
    """Ideal points of all members who voted often enough, cutting lines of all motions that were contested.

    bootstrap: so many parametric bootstrap samples for the standard errors; 0: the information matrix, which takes the
    motions' parameters as known. right: a member or party to stand on the positive side of the first dimension.
    lopsided, fewest: as `informative` takes them; who and what is left out is told among the remarks.
    """
    enough, kept, remarks = informative(calls, lopsided, fewest)
    yes, seen = calls.votes == YES, (calls.votes == YES) | (calls.votes == NO)
    if len(enough) < 2:
        raise TableError.one("WC561", "fewer than two members voted often enough", "give more motions")
    inner_yes, inner_seen = yes[np.ix_(enough, kept)], seen[np.ix_(enough, kept)]
    found = _oriented(scale_votes(inner_yes, inner_seen, dimensions), calls, enough, right)
    errors = found.errors
    if bootstrap:
        errors = _bootstrapped(found, inner_seen, bootstrap, seed)
    cuttings = _cuttings(calls, found, kept, inner_yes, inner_seen)
    right_votes = sum(one.correct * (one.yes + one.no) for one in cuttings)
    total = sum(one.yes + one.no for one in cuttings)
    minority = sum(min(one.yes, one.no) for one in cuttings)
    return IdealPoints(
        members=tuple(
            MemberPoint(
                calls.members[member],
                calls.parties[member],
                int(inner_seen[row].sum()),
                tuple(float(value) for value in found.points[row]),
                tuple(float(value) for value in errors[row]),
            )
            for row, member in enumerate(enough)
        ),
        motions=cuttings,
        dimensions=dimensions,
        correct=right_votes / total,
        apre=1 - (total - right_votes) / minority if minority else float("nan"),
        loglik=found.loglik,
        bootstrap=bootstrap,
        steps=found.steps,
        converged=found.steps < STEPS,
    ).told((*remarks, _stopped(found.steps)))


def _stopped(steps: int) -> str:
    if steps < STEPS:
        return say("the points stood still after {steps} steps", steps=steps)
    return say("after {steps} steps the points still moved: take them with caution", steps=steps)


def _oriented(found: Scaling, calls: RollCalls, members: np.ndarray, right: str | None) -> Scaling:
    """Turn the dimensions: `right` (else the largest party) on the positive side of the first."""
    if right is not None and right in calls.members:
        reference = np.flatnonzero(members == calls.member(right))
    else:
        names = list(calls.party_names)
        place = names.index(right) if right in names else 0
        reference = np.flatnonzero(calls.party_of[members] == place)
    signs = np.ones(found.points.shape[1])
    for axis in range(len(signs)):
        if len(reference) and found.points[reference, axis].mean() < 0:
            signs[axis] = -1.0
    return Scaling(
        found.points * signs, found.errors, found.difficulty, found.discrimination * signs, found.loglik, found.steps
    )


def _bootstrapped(found: Scaling, seen: Bools, samples: int, seed: int) -> Floats:
    """Standard errors by refitting votes drawn from the fitted model; drawn points are turned back to the fit."""
    random = np.random.default_rng(seed)
    chance = ndtr(found.difficulty + found.points @ found.discrimination.T)
    drawn = []
    for _ in range(samples):
        again = scale_votes(random.random(chance.shape) < chance, seen, found.points.shape[1], start=found.points)
        fit, *_ = np.linalg.lstsq(again.points, found.points, rcond=None)
        drawn.append(again.points @ fit)
    return np.asarray(np.std(drawn, axis=0, ddof=1))


def _cuttings(calls: RollCalls, found: Scaling, motions: np.ndarray, yes: Bools, seen: Bools) -> tuple[Cutting, ...]:
    told = (found.difficulty + found.points @ found.discrimination.T) > 0
    cuttings = []
    for column, motion in enumerate(motions):
        here = seen[:, column]
        ayes, noes = int((yes[:, column] & here).sum()), int((~yes[:, column] & here).sum())
        wrong = int((told[here, column] != yes[here, column]).sum())
        slope = found.discrimination[column]
        size = float(np.linalg.norm(slope))
        side = slope[0] if len(slope) == 1 else size
        cuttings.append(
            Cutting(
                motion=calls.motions[motion].id,
                title=calls.motions[motion].title,
                difficulty=float(found.difficulty[column]),
                discrimination=tuple(float(value) for value in slope),
                cut=float(-found.difficulty[column] / side) if size > 1e-6 else float("nan"),
                yes=ayes,
                no=noes,
                correct=1 - wrong / max(ayes + noes, 1),
                pre=1 - wrong / min(ayes, noes) if min(ayes, noes) else float("nan"),
            )
        )
    return tuple(cuttings)

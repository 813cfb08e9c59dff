"""Ideal points from roll calls: item response with uncertainty, cutting lines and fit.

The model is Clinton, Jackman & Rivers's (2004): a member votes yes with probability Phi(a_j + b_j x_i). Ideal points
have a standard normal prior, items a normal one. Abstentions and absences are missing. The points are those of highest
posterior density (`rollcall_mode`), or means of draws from the posterior (`rollcall_posterior`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtr

from whipcount.table import Column, Result, Table, figure
from whipcount.text import percent, say

from ..errors import TableError
from .intervals import Z95
from .rollcall_abstention import Abstention, abstention_table, sides_taken
from .rollcall_fit import Fit, fit_table, fits_of
from .rollcall_hierarchy import Hierarchy, Shared, hierarchy_of, shared_of, shared_sentence, shared_table
from .rollcall_mode import STEPS, Scaling, scale_ballots, scale_votes
from .rollcall_ordered import Cuts, abstained, cuts_table, of_sides
from .rollcall_posterior import Posterior, sample_posterior
from .rollcall_table import NO, YES, Bools, Floats, RollCalls
from .rollcall_votes import Ballots, ballots_of

WORST_RHAT = 1.05  # above which chains are taken to tell different things
UNSURE = 0.01  # share of votes without a reliable answer from which on it is told
FEWEST_VOTES = 10  # yes and no votes below which a member's point is the prior's
LOPSIDED = 0.005  # share of the losing side up to which a motion tells nothing
TELLING = 10  # motions listed as telling most
NAMED = 5  # members whose names are told when they are left out


@dataclass(frozen=True)
class MemberPoint:
    """A member's ideal point with its standard error and the ends of its 95% interval, by dimension."""

    member: str
    party: str
    votes: int
    point: tuple[float, ...]
    error: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


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
    """Ideal points of members, cutting lines of motions, and the fit.

    steps: until the points no longer moved; its limit where they still did, which `converged` tells. draws: from the
    posterior, 0 where the points are its mode; then waic is a deviance with a penalty (Watanabe 2010: smaller is
    better), loo the same by leaving out votes one at a time (Vehtari, Gelman & Gabry 2017) with its standard error,
    unsure the share of votes for which that cannot be relied on; rhat and ess the largest R-hat and the smallest
    effective number of draws of a point, where ArviZ is there. shared: what members have in common, where that was
    asked for, on the scale of the points; within is the standard deviation of points around it. abstentions: who
    abstained, where that was asked for. cuts: where abstaining lies between no and yes, where that was asked for; then
    loglik, waic and loo are of all three answers, and the fit is that of yes against no.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Imai, Lo & Olmsted 2016, Fast estimation of ideal points with massive data",
        "Clinton, Jackman & Rivers 2004, The statistical analysis of roll call data",
        "Johnson & Albert 1999, Ordinal data modeling",
        "Bafumi, Gelman, Park & Kaplan 2005, Practical issues in implementing and understanding Bayesian ideal points",
        "Vehtari, Gelman & Gabry 2017, Practical Bayesian model evaluation using leave-one-out cross-validation",
        "Varadhan & Roland 2008, Simple and globally convergent methods for accelerating the convergence of any EM",
    )

    members: tuple[MemberPoint, ...]
    motions: tuple[Cutting, ...]
    dimensions: int
    correct: float
    apre: float
    loglik: float
    fits: tuple[Fit, ...] = ()
    bootstrap: int = 0
    steps: int = 0
    converged: bool = True
    draws: int = 0
    waic: float = float("nan")
    loo: float = float("nan")
    loo_error: float = float("nan")
    unsure: float = float("nan")
    rhat: float = float("nan")
    ess: float = float("nan")
    shared: tuple[Shared, ...] = ()
    within: float = float("nan")
    abstentions: tuple[Abstention, ...] = ()
    cuts: tuple[Cuts, ...] = ()

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
            *(figure(f"{name}_low", "95% from", ".3f", 2) for name in names),
            *(figure(f"{name}_high", "to", ".3f", 2) for name in names),
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
                tuple((one.member, one.party, one.votes, *one.point, *one.error, *one.low, *one.high) for one in order),
            ),
            Table("motions", "Cutting lines", motion_columns, self._rows(self.motions)),
            Table("discriminating", "Motions that the line tells most of", motion_columns, self._rows(self.telling)),
            fit_table(self.fits),
            *([shared_table(self.shared)] if self.shared else []),
            *([abstention_table(self.abstentions, names)] if self.abstentions else []),
            *([cuts_table(self.cuts)] if self.cuts else []),
        )

    def _rows(self, motions: tuple[Cutting, ...]) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            (one.motion, one.title, one.yes, one.no, one.cut, *one.discrimination, one.correct, one.pre)
            for one in motions
        )

    @property
    def telling(self) -> tuple[Cutting, ...]:
        """The motions on which the points save most errors against the larger side, the most first."""

        def saved(one: Cutting) -> int:
            return round(min(one.yes, one.no) - (1 - one.correct) * (one.yes + one.no))

        return tuple(sorted(self.motions, key=lambda one: (-saved(one), one.motion))[:TELLING])

    def sentences(self) -> str:
        """The scaling in plain words."""
        ends = sorted(self.members, key=lambda one: one.point)
        text = say(
            "{dimensions} dimension{value} classify {correct} of the votes (proportional reduction in error "
            "{apre:.3f}). At the ends {member} and {member_2}.",
            dimensions=self.dimensions,
            value="s" if self.dimensions > 1 else "",
            correct=percent(self.correct, 1),
            apre=self.apre,
            member=ends[0].member,
            member_2=ends[-1].member,
        )
        if self.draws and math.isfinite(self.loo):
            text += say(
                " Left out one at a time, votes have a deviance of {loo:.0f} (± {error:.0f}; WAIC {waic:.0f}).",
                loo=self.loo, error=self.loo_error, waic=self.waic,
            )  # fmt: skip
            if self.unsure > UNSURE:
                text += say(" For {share} of them that cannot be relied on.", share=percent(self.unsure, 1))
        return text + (shared_sentence(self.shared, self.within) if self.shared else "")

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
            "draws": self.draws,
            "waic": self.waic,
            "loo": self.loo,
            "loo_error": self.loo_error,
            "unsure": self.unsure,
            "rhat": self.rhat,
            "ess": self.ess,
            "within": self.within,
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
    draws: int = 0,
    spread: float | None = None,
    by_party: bool = False,
    covariates: tuple[str, ...] = (),
    values: Floats | None = None,
    abstentions: bool = False,
    ordered: bool = False,
) -> IdealPoints:
    """Ideal points of all members who voted often enough, cutting lines of all motions that were contested.

    draws: so many draws from the posterior, whose means, deviations and quantiles are told; 0: its mode. spread:
    standard deviation of the prior of motions' parameters that draws are made with; learnt where it is None. bootstrap:
    so many parametric bootstrap samples for the standard errors of the mode; 0: the information matrix, which takes the
    motions' parameters as known, so that intervals are too short. by_party: members are drawn around their party's
    mean, which is learnt; covariates, values: names and (members, columns) of what else may go with their points; both
    are for draws in one dimension (WC516). abstentions: abstaining is a choice that tells of points; ordered: it stands
    between yes and no, with two cut points a motion; otherwise it is missing, as absence is (WC516 for both, and for
    bootstrap samples of ordered answers). right: a member or party to stand on the positive side of the first
    dimension. lopsided, fewest: as `informative` takes them; who and what is left out is told among the remarks.
    """
    enough, kept, remarks = informative(calls, lopsided, fewest)
    yes, seen = calls.votes == YES, (calls.votes == YES) | (calls.votes == NO)
    if len(enough) < 2:
        raise TableError.one("WC561", "fewer than two members voted often enough", "give more motions")
    inner_yes, inner_seen = yes[np.ix_(enough, kept)], seen[np.ix_(enough, kept)]
    told = sides_taken(calls.votes[enough], lopsided if abstentions else 1.0)
    all_seen = np.hstack([inner_seen, told[2]])
    ballots = ballots_of(np.hstack([inner_yes, told[1]]), all_seen)
    if ordered:
        ballots = _ordered_ballots(abstentions, bootstrap, inner_yes, inner_seen, abstained(calls.votes, enough, kept))
    hierarchy = _hierarchy(calls, enough, by_party, covariates, values, draws, dimensions)
    found, posterior = scale_ballots(ballots, dimensions), None
    if draws:
        posterior = sample_posterior(ballots, found, draws, seed, spread, hierarchy=hierarchy)
        found = replace(
            found, points=posterior.mean, errors=posterior.spread, difficulty=posterior.items[:, 0],
            discrimination=posterior.items[:, 1:], loglik=posterior.loglik, half=posterior.half,
        )  # fmt: skip
    signs = _signs(found, calls, enough, right)
    errors = found.errors if posterior or not bootstrap else _bootstrapped(found, all_seen, bootstrap, seed)
    low, high = found.points - Z95 * errors, found.points + Z95 * errors
    if posterior:
        low, high = posterior.interval()
    low, high = np.where(signs > 0, low, -high), np.where(signs > 0, high, -low)
    found = replace(found, points=found.points * signs, discrimination=found.discrimination * signs)
    found, took_none = _apart(calls, found, len(kept), *told)
    cuttings = _cuttings(calls, found, kept, inner_yes, inner_seen)
    utility = found.difficulty + found.points @ found.discrimination.T
    utility = utility if found.half is None else of_sides(utility, found.half)
    mixing = (posterior.mixing if posterior else None) or (float("nan"), float("nan"))
    shared, within = shared_of(hierarchy, posterior.shared if posterior else None, float(np.ravel(signs)[0]))
    return IdealPoints(
        members=_members(calls, enough, inner_seen.sum(axis=1), found.points, errors, low, high),
        motions=cuttings,
        dimensions=dimensions,
        **_classified(cuttings),
        loglik=found.loglik,
        fits=fits_of(utility, inner_yes, inner_seen, [calls.parties[member] for member in enough]),
        bootstrap=0 if posterior else bootstrap,
        steps=found.steps,
        converged=found.steps < STEPS,
        draws=posterior.points.shape[0] * posterior.points.shape[1] if posterior else 0,
        **_predictive(posterior),
        rhat=mixing[0],
        ess=mixing[1],
        shared=shared,
        within=within,
        abstentions=took_none,
        cuts=_cuts(calls, found, kept, enough),
    ).told((*remarks, _stopped(found.steps) if posterior is None else mixed(posterior)))


def _members(calls: RollCalls, rows: np.ndarray, votes: np.ndarray, *tables: Floats) -> tuple[MemberPoint, ...]:
    """Members with their votes of yes and no; tables: points, errors, ends of intervals, each (members, d)."""
    return tuple(
        MemberPoint(
            calls.members[member], calls.parties[member], int(votes[row]),
            *(tuple(float(value) for value in table[row]) for table in tables),
        )
        for row, member in enumerate(rows)
    )  # fmt: skip


def _ordered_ballots(abstentions: bool, bootstrap: int, yes: Bools, seen: Bools, middle: Bools) -> Ballots:
    """Votes of three ordered answers (WC516 with what does not go with them)."""
    if abstentions or bootstrap:
        hint = "give one of --ordered and --abstentions; for intervals of ordered answers --draws, not --bootstrap"
        raise TableError.one("WC516", "ordered answers, and what does not go with them", hint)
    return ballots_of(yes, seen | middle, abstained=middle)


def _cuts(calls: RollCalls, found: Scaling, motions: np.ndarray, members: np.ndarray) -> tuple[Cuts, ...]:
    """Where abstaining lies, on motions on which somebody abstained; nothing where that was not asked for."""
    if found.half is None:
        return ()
    count = abstained(calls.votes, members, motions).sum(axis=0)
    told = []
    for column in np.flatnonzero(found.half > 0):
        half, level, slope = found.half[column], found.difficulty[column], found.discrimination[column]
        plain = len(slope) == 1 and abs(slope[0]) > 1e-6
        ends = [float(-(level + way * half) / slope[0]) if plain else float("nan") for way in (1, -1)]
        one = calls.motions[motions[column]]
        told.append(Cuts(one.id, one.title, int(count[column]), float(half), *ends))
    return tuple(told)


def _classified(cuttings: tuple[Cutting, ...]) -> dict[str, float]:
    """The share of votes on the right side, and by how much that lessens the errors of telling the larger side."""
    right = sum(one.correct * (one.yes + one.no) for one in cuttings)
    total = sum(one.yes + one.no for one in cuttings)
    minority = sum(min(one.yes, one.no) for one in cuttings)
    return {"correct": right / total, "apre": 1 - (total - right) / minority if minority else float("nan")}


def _apart(
    calls: RollCalls, found: Scaling, number: int, motions: np.ndarray, side: Bools, seen: Bools
) -> tuple[Scaling, tuple[Abstention, ...]]:
    """The items of yes and no, and those of taking a side, which stand behind them."""
    abstained = tuple(
        Abstention(
            calls.motions[motion].id, calls.motions[motion].title,
            int((seen[:, column] & ~side[:, column]).sum()), float(found.difficulty[number + column]),
            tuple(float(value) for value in found.discrimination[number + column]),
        )
        for column, motion in enumerate(motions)
    )  # fmt: skip
    difficulty, discrimination = found.difficulty[:number], found.discrimination[:number]
    return replace(found, difficulty=difficulty, discrimination=discrimination), abstained


def _hierarchy(
    calls: RollCalls,
    rows: np.ndarray,
    by_party: bool,
    covariates: tuple[str, ...],
    values: Floats | None,
    draws: int,
    dimensions: int,
) -> Hierarchy | None:
    """What the members that are kept have in common; None where nothing was asked for."""
    if not by_party and not covariates:
        return None
    if dimensions > 1 or not draws:
        hint = "what members have in common is learnt in one dimension, from draws: --dimensions 1 --draws 1000"
        raise TableError.one("WC516", f"{dimensions} dimensions, {draws} draws", hint)
    parties = [calls.parties[row] for row in rows] if by_party else None
    return hierarchy_of(len(rows), parties, covariates, None if values is None else values[rows])


def _predictive(posterior: Posterior | None) -> dict[str, float]:
    """What draws tell of votes that they did not know."""
    names = ("waic", "loo", "loo_error", "unsure")
    return {name: getattr(posterior, name) for name in names} if posterior else {}


def _stopped(steps: int) -> str:
    if steps < STEPS:
        return say("the points stood still after {steps} steps", steps=steps)
    return say("after {steps} steps the points still moved: take them with caution", steps=steps)


def mixed(posterior: Posterior) -> str:
    """How well chains of draws mixed, in words."""
    draws = posterior.points.shape[0] * posterior.points.shape[1]
    told = posterior.mixing
    if told is None:
        return say("{draws} draws from the posterior; how well they mix is told where ArviZ is installed", draws=draws)
    if told[0] > WORST_RHAT:
        return say(
            "{draws} draws from the posterior, largest R-hat {rhat:.3f}: the chains do not agree, give more --draws",
            draws=draws, rhat=told[0],
        )  # fmt: skip
    return say(
        "{draws} draws from the posterior, largest R-hat {rhat:.3f}, worth at least {ess:.0f} independent ones",
        draws=draws, rhat=told[0], ess=told[1],
    )  # fmt: skip


def _signs(found: Scaling, calls: RollCalls, members: np.ndarray, right: str | None) -> Floats:
    """Which way each dimension is turned: `right` (else the largest party) on the positive side."""
    if right is not None and right in calls.members:
        reference = np.flatnonzero(members == calls.member(right))
    else:
        names = list(calls.party_names)
        place = names.index(right) if right in names else 0
        reference = np.flatnonzero(calls.party_of[members] == place)
    return np.where(len(reference) and found.points[reference].mean(axis=0) < 0, -1.0, 1.0)


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

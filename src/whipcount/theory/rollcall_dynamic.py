"""Ideal points that move: a member's points of successive periods are a random walk (Martin & Quinn 2002) or on a line.

A line is the linear drift of DW-NOMINATE (Poole & Rosenthal 1997; Poole 2005), here with a prior on its slope. Whoever
sits in several periods, or in several bodies, bridges them: the points of all stand on one scale as far as such members
hold it together. How far a point may go from one period to the next is given, not learnt.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import say

from ..errors import TableError
from .intervals import Z95
from .rollcall_chains import Chains
from .rollcall_ideal import informative, mixed
from .rollcall_mode import Scaling, guess_by_period, scale_ballots
from .rollcall_posterior import Posterior, sample_posterior
from .rollcall_table import NO, YES, Floats, Integers, RollCalls
from .rollcall_votes import Ballots, from_votes

DRIFT = 0.1  # standard deviation of a point's step from one period to the next
SHOWN = 15  # members listed as having moved most
LEAST_SHARED = 5  # members of two periods below which these are held together loosely


@dataclass(frozen=True)
class MovingPoint:
    """A member's point in a period, with its standard error and the ends of its 95% interval. votes: of yes and no."""

    member: str
    party: str
    period: str
    votes: int
    point: float
    error: float
    low: float
    high: float


@dataclass(frozen=True)
class Move:
    """How far a member went from the first period to the last, and the chance that it was to the right."""

    member: str
    party: str
    first: str
    last: str
    moved: float
    rightward: float


@dataclass(frozen=True)
class DynamicPoints(Result):
    """Points of members by period, on one scale: over all of them the mean is 0 and the standard deviation 1.

    drift: the standard deviation of a step, in units of the prior of first points; where the points are on lines
    (linear) that of a line's slope, per period, in units of the prior of its level. loo: the deviance of votes left out
    one at a time (PSIS-LOO) with its standard error, by which walks, lines, and small and large steps compare. draws:
    from the posterior; 0 where the points are its mode and errors take the motions as known.
    """

    brief: ClassVar[tuple[str, ...]] = ("moves", "parties")
    references: ClassVar[tuple[str, ...]] = (
        "Martin & Quinn 2002, Dynamic ideal point estimation via Markov chain Monte Carlo",
        "Poole 2005, Spatial models of parliamentary voting",
        "Bailey 2007, Comparable preference estimates across time and institutions",
    )
    points: tuple[MovingPoint, ...]
    moves: tuple[Move, ...]
    parties: tuple[tuple[str, str, int, float], ...]
    periods: tuple[str, ...]
    drift: float
    draws: int
    rhat: float = float("nan")
    ess: float = float("nan")
    linear: bool = False
    loo: float = float("nan")
    loo_error: float = float("nan")

    def tables(self) -> tuple[Table, ...]:
        """Who moved most; means of parties; all points."""
        moves = (
            Column("member", "Member"),
            Column("party", "Party"),
            Column("first", "From"),
            Column("last", "To"),
            figure("moved", "Moved", ".3f"),
            figure("rightward", "Chance of a move right", ".3f"),
        )
        parties = (
            Column("party", "Party"),
            Column("period", "Period"),
            Column("members", "Members", right=True),
            figure("mean", "Mean", ".3f"),
        )
        points = (
            Column("member", "Member"),
            Column("party", "Party"),
            Column("period", "Period"),
            Column("votes", "Votes", right=True),
            figure("point", "Ideal point", ".3f"),
            figure("error", "Standard error", ".3f"),
            figure("low", "95% from", ".3f", 2),
            figure("high", "to", ".3f", 2),
        )

        def rows(columns: tuple[Column, ...], told: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
            return tuple(tuple(getattr(one, column.key) for column in columns) for one in told)

        return (
            Table("moves", "Who moved most", moves, rows(moves, self.moves[:SHOWN])),
            Table("parties", "Means of parties", parties, self.parties),
            Table("points", "Ideal points by period", points, rows(points, self.points)),
        )

    def sentences(self) -> str:
        """The paths in plain words."""
        members = len({one.member for one in self.points})
        told = say(
            "{members} members over {periods} periods, from {first} to {last}.",
            members=members, periods=len(self.periods), first=self.periods[0], last=self.periods[-1],
        )  # fmt: skip
        if self.linear:
            told += say(" Each member's points lie on a line.")
        if math.isfinite(self.loo):
            told += say(
                " Left out one at a time, votes have a deviance of {loo:.0f} (± {error:.0f}).",
                loo=self.loo, error=self.loo_error,
            )  # fmt: skip
        if not self.moves:
            return told
        most = self.moves[0]
        return say(
            "{told} {member} moved most: {moved:+.2f} from {start} to {end}.",
            told=told, member=most.member, moved=most.moved, start=most.first, end=most.last,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The paths as JSON can carry them."""
        return {
            "periods": list(self.periods),
            "drift": self.drift,
            "linear": self.linear,
            "draws": self.draws,
            "rhat": self.rhat,
            "ess": self.ess,
            "loo": self.loo,
            "loo_error": self.loo_error,
            **{grid.name: grid.records() for grid in self.tables()},
        }


@dataclass(frozen=True, eq=False)
class Paths:
    """Which point is whose and when: member and period of each point, in the order of chains; the votes of all."""

    ballots: Ballots
    member: Integers
    period: Integers
    names: tuple[str, ...]


def periods_of(days: list[dt.date], months: int) -> tuple[Integers, tuple[str, ...]]:
    """The period of each day, and the periods' names: so many months each, counted from January of the first year."""
    first = min(days).year * 12
    place = np.array([(day.year * 12 + day.month - 1 - first) // months for day in days])
    kept, found = np.unique(place, return_inverse=True)

    def name(start: int) -> str:
        return str(start // 12) if months % 12 == 0 else f"{start // 12}-{start % 12 + 1:02d}"

    return np.asarray(found, dtype=np.int64), tuple(name(first + int(one) * months) for one in kept)


def paths_of(calls: RollCalls, months: int, drift: float, linear: bool = False) -> Paths:
    """Points for each member and each period with votes of it; a gap of k periods lets a point go k steps.

    linear: a member's points lie on a line, whose slope has the standard deviation `drift`, per period.
    """
    days = [motion.date for motion in calls.motions]
    if dt.date.min in days:
        raise TableError.one("WC567", "a motion has no date", "points that move need the date of every motion")
    first = min(days).year * 12
    absolute = np.array([(day.year * 12 + day.month - 1 - first) // months for day in days])
    period, names = periods_of(days, months)
    seen = (calls.votes == YES) | (calls.votes == NO)
    member, motion = np.nonzero(seen)
    when = period[motion]
    pairs, point = np.unique(member * len(names) + when, return_inverse=True)
    owner, at = pairs // len(names), pairs % len(names)
    start = np.flatnonzero(np.diff(owner, prepend=-1))
    clock = np.unique(absolute)[at]
    steps = np.maximum(np.diff(clock, prepend=clock[0]), 1)
    chains = Chains(
        np.concatenate([start, [len(pairs)]]).astype(np.int64),
        np.zeros(len(start)),
        np.ones(len(start)),
        steps * drift**2,
    )
    if linear:
        chain, last = chains.of_point, chains.start[1:] - 1
        middle = (clock[chains.heads] + clock[last]) / 2
        chains = replace(
            chains, time=drift * (clock - middle[chain]), clock=drift * (clock - (clock.min() + clock.max()) / 2)
        )
    ballots = from_votes(point, motion, calls.votes[member, motion] == YES, chains, len(calls.motions))
    return Paths(ballots, np.asarray(owner), np.asarray(at), names)


def dynamic_points(
    calls: RollCalls,
    months: int = 12,
    drift: float = DRIFT,
    draws: int = 1000,
    right: str | None = None,
    seed: int = 1,
    lopsided: float = 0.025,
    fewest: int = 10,
    linear: bool = False,
) -> DynamicPoints:
    """Points of members by period of so many months, a random walk or a line each (WC567: a motion has no date).

    drift: standard deviation of a step, where first points have 1; 0.1 lets a point go .3 in ten steps. linear:
    the points of a member lie on a line, and `drift` is the standard deviation of its slope (0.1 lets a point go 1 in
    ten periods). That all move together cannot be seen in votes: the prior takes it that they do not. draws: from the
    posterior; 0: its mode. right: a member or party to stand on the positive side. lopsided, fewest: as
    `rollcall_ideal.informative` takes them.
    """
    enough, kept, remarks = informative(calls, lopsided, fewest)
    inner = calls.only_motions(kept.tolist()).only_members(enough.tolist())
    paths = paths_of(inner, months, drift, linear)
    mode = scale_ballots(paths.ballots, start=guess_by_period(paths.ballots, paths.period))
    posterior = None
    if draws:
        towards = (mode.points - mode.points.mean()) / mode.points.std()
        posterior = sample_posterior(paths.ballots, replace(mode, points=towards), draws, seed)
    found, error, low, high, sign = _told(paths, mode, posterior, inner, right)
    votes = np.diff(paths.ballots.by_point.start)
    told = tuple(
        MovingPoint(
            inner.members[paths.member[row]], inner.parties[paths.member[row]], paths.names[paths.period[row]],
            int(votes[row]), float(found[row]), float(error[row]), float(low[row]), float(high[row]),
        )
        for row in range(len(found))
    )  # fmt: skip
    mixing = (posterior.mixing if posterior else None) or (float("nan"), float("nan"))
    return DynamicPoints(
        points=told,
        moves=_moves(told, paths.ballots.chains, posterior, sign),
        parties=_parties(told, paths.names),
        periods=paths.names,
        drift=drift,
        draws=posterior.points.shape[0] * posterior.points.shape[1] if posterior else 0,
        rhat=mixing[0],
        ess=mixing[1],
        linear=linear,
        loo=posterior.loo if posterior else float("nan"),
        loo_error=posterior.loo_error if posterior else float("nan"),
    ).told((*remarks, *_loose(paths), *([mixed(posterior)] if posterior else [])))


def _told(
    paths: Paths, mode: Scaling, posterior: Posterior | None, calls: RollCalls, right: str | None
) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Points, errors, ends of intervals, turned so that `right` (else the largest party) has the higher mean."""
    if posterior is not None:
        found, error = posterior.mean[:, 0], posterior.spread[:, 0]
        low, high = (end[:, 0] for end in posterior.interval())
    else:
        width = mode.points.std()
        found, error = (mode.points[:, 0] - mode.points.mean()) / width, mode.errors[:, 0] / width
        low, high = found - Z95 * error, found + Z95 * error
    if right is not None and right in calls.members:
        reference = paths.member == calls.member(right)
    else:
        names = list(calls.party_names)
        place = names.index(right) if right in names else 0
        reference = calls.party_of[paths.member] == place
    if reference.any() and found[reference].mean() < 0:
        return -found, error, -high, -low, -1.0
    return found, error, low, high, 1.0


def _moves(
    points: tuple[MovingPoint, ...], chains: Chains, posterior: Posterior | None, sign: float
) -> tuple[Move, ...]:
    found = []
    for first, after in zip(chains.start[:-1], chains.start[1:], strict=True):
        if after - first > 1:
            start, end = points[first], points[after - 1]
            chance = float("nan")
            if posterior is not None:
                gone = sign * (posterior.points[..., after - 1, 0] - posterior.points[..., first, 0])
                chance = float((gone > 0).mean())
            found.append(Move(start.member, start.party, start.period, end.period, end.point - start.point, chance))
    return tuple(sorted(found, key=lambda one: (-abs(one.moved), one.member)))


def _parties(points: tuple[MovingPoint, ...], names: tuple[str, ...]) -> tuple[tuple[str, str, int, float], ...]:
    by: dict[tuple[str, str], list[float]] = {}
    for one in points:
        if one.party:
            by.setdefault((one.party, one.period), []).append(one.point)
    order = {name: place for place, name in enumerate(names)}
    return tuple(
        (party, period, len(here), float(np.mean(here)))
        for (party, period), here in sorted(by.items(), key=lambda item: (item[0][0], order[item[0][1]]))
    )


def _loose(paths: Paths) -> list[str]:
    """A remark on neighbouring periods that few members hold together."""
    sat = [set(paths.member[paths.period == place].tolist()) for place in range(len(paths.names))]
    loose = [
        f"{paths.names[place]} – {paths.names[place + 1]} ({len(one & other)})"
        for place, (one, other) in enumerate(pairwise(sat))
        if len(one & other) < LEAST_SHARED
    ]
    if not loose:
        return []
    return [
        say(
            "few members sat in both of {pairs}: how the two compare hangs on them alone",
            pairs=", ".join(loose[:3]) + (" ..." if len(loose) > 3 else ""),
        )
    ]

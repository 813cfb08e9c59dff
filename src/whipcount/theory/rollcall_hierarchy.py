"""Ideal points of members who have something in common: a party, an age, a margin at home.

A member's point is drawn around a mean, the sum of the party's mean and what the covariates add, with a spread that is
learnt too (Bafumi, Gelman, Park & Kaplan 2005). Who voted seldom is told by those beside them instead of by the middle
of the house; what goes with the points is estimated with them, so that its interval knows how little they are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from whipcount.table import Column, Table, figure
from whipcount.text import number, say, signed

from .rollcall_table import Floats
from .rollcall_votes import Ballots, sample, sliced

EVERYBODY = "everybody"
LEAST = 0.05  # spread around the means that a chain begins with at least
TURNS = 2  # times that what is in common is drawn for each draw of points that is kept


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Whose prior mean is the sum of which coefficients.

    names: of the coefficients. table: (members, coefficients). groups: the first so many columns, of which each member
    has one 1: the parties, or everybody. The prior of coefficients is a standard normal, that of the precision of
    points around their means is exponential with mean 1.
    """

    names: tuple[str, ...]
    table: Floats
    groups: int

    def start(self, points: Floats) -> Floats:
        """Coefficients and spread (k + 1,) to begin with: the ridge regression of the points."""
        sure = self.table.T @ self.table + np.eye(self.table.shape[1])
        found = np.linalg.solve(sure, self.table.T @ points)
        return np.append(found, max(float((points - self.table @ found).std()), LEAST))

    def settled(self, shared: Floats, raw: Floats, told: Floats) -> Floats:
        """Coefficients and spreads (draws, k + 1) on the scale of points `told` that were `raw`, both (draws, points).

        Each draw's points were moved, stretched and perhaps turned; group means go with them, slopes are stretched.
        """
        centre = raw.mean(axis=1, keepdims=True)
        by = ((raw - centre) * told).sum(axis=1, keepdims=True) / ((raw - centre) ** 2).sum(axis=1, keepdims=True)
        found: Floats = shared * by
        found[:, : self.groups] -= by * centre
        found[:, -1] = np.abs(found[:, -1])
        return found


@dataclass(frozen=True)
class Shared:
    """What members have in common: the mean of a party, or what one standard deviation of a covariate adds.

    value: the mean of its draws; error: their standard deviation; low, high: the ends of its 95% interval; all in
    standard deviations of the points. chance: of the sign that it has.
    """

    name: str
    kind: str
    value: float
    error: float
    low: float
    high: float
    chance: float


def hierarchy_of(
    members: int, parties: list[str] | None = None, covariates: tuple[str, ...] = (), values: Floats | None = None
) -> Hierarchy:
    """What members have in common: their parties, where given, and columns of numbers in standard deviations."""
    groups = sorted(set(parties)) if parties else [EVERYBODY]
    place = [groups.index(one) for one in parties] if parties else [0] * members
    table = np.eye(len(groups))[place]
    if values is not None:
        spread = values.std(axis=0)
        table = np.hstack([table, (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)])
    return Hierarchy((*groups, *covariates), np.ascontiguousarray(table), len(groups))


def sample_shared(
    ballots: Ballots,
    items: Floats,
    points: Floats,
    precision: Floats,
    learn: bool,
    seed: tuple[int, ...],
    kept: int,
    thin: int,
    hierarchy: Hierarchy,
    shared: Floats,
    halves: Floats | None = None,
) -> tuple[Floats, Floats, Floats]:
    """As `rollcall_votes.sample`, with what members have in common drawn in between.

    Points have one dimension, and their chains one point each. shared: coefficients and spread, where they stand;
    changed in place. Gives points, items, and shared (kept, k + 1), each draw after `thin` sweeps or a few more.
    """
    random, chains, table = np.random.default_rng([*seed, 1]), ballots.chains, hierarchy.table
    drawn = np.empty((kept, *points.shape)), np.empty((kept, *items.shape)), np.empty((kept, len(shared)))
    for draw in range(kept):
        for turn in range(TURNS):
            chains.mean[:], chains.variance[:] = table @ shared[:-1], shared[-1] ** 2
            sample(ballots, items, points, precision, learn, (*seed, draw, turn), 1, -(-thin // TURNS))
            _draw_shared(points[:, 1], table, shared, random)
            _move_together(items, points, precision, hierarchy, shared, random)
        drawn[0][draw], drawn[1][draw], drawn[2][draw] = points, items, shared
        if halves is not None and ballots.half is not None:
            halves[draw] = ballots.half
    return drawn


def _draw_shared(points: Floats, table: Floats, shared: Floats, random: Generator) -> None:
    """Coefficients given points and spread, then the spread given both: a Bayesian regression, in place."""
    sure = table.T @ table / shared[-1] ** 2 + np.eye(table.shape[1])
    root = np.linalg.cholesky(sure)
    middle = np.linalg.solve(sure, table.T @ points / shared[-1] ** 2)
    shared[:-1] = middle + np.linalg.solve(root.T, random.standard_normal(len(middle)))
    off = points - table @ shared[:-1]
    shared[-1] = (random.gamma(1 + 0.5 * len(points)) / (1 + 0.5 * off @ off)) ** -0.5


def _move_together(
    items: Floats, points: Floats, precision: Floats, hierarchy: Hierarchy, shared: Floats, random: Generator
) -> None:
    """Shift and stretch everything together, which changes no chance of a vote (Liu & Sabatti 2000), in place."""
    groups, slope = shared[: hierarchy.groups], items[:, 1]
    sure = len(groups) + precision[0] * slope @ slope
    shift = (precision[0] * items[:, 0] @ slope - groups.sum()) / sure + random.standard_normal() / np.sqrt(sure)
    points[:, 1] += shift
    groups += shift
    items[:, 0] -= slope * shift
    # The spread has the density of an exponential precision, and is stretched beside coefficients and points.
    free, size = len(shared) - 3 - len(items), float(shared[:-1] @ shared[:-1])
    least = shared[-1] ** -2 + 0.5 * precision[1] * slope @ slope
    stretch = np.exp(sliced(lambda at: free * at - 0.5 * size * np.exp(2 * at) - least * np.exp(-2 * at), random))
    points[:, 1] *= stretch
    shared *= stretch
    items[:, 1] /= stretch


def shared_of(hierarchy: Hierarchy | None, draws: Floats | None, sign: float) -> tuple[tuple[Shared, ...], float]:
    """What was learnt: the coefficients, and the spread of points around them; nothing where nothing was asked."""
    if hierarchy is None or draws is None:
        return (), float("nan")
    flat = draws.reshape(-1, draws.shape[-1])
    found = []
    for place, name in enumerate(hierarchy.names):
        if name is EVERYBODY:
            continue
        drawn = sign * flat[:, place]
        low, high = np.quantile(drawn, [0.025, 0.975])
        above = float((drawn > 0).mean())
        kind = "party" if place < hierarchy.groups else "covariate"
        numbers = (drawn.mean(), drawn.std(ddof=1), low, high, max(above, 1 - above))
        found.append(Shared(name, kind, *map(float, numbers)))
    return tuple(found), float(flat[:, -1].mean())


def shared_table(shared: tuple[Shared, ...]) -> Table:
    """Parties and covariates, a row each."""
    columns = (
        Column("name", "What members have in common"),
        Column("kind", "Kind", priority=2),
        figure("value", "Estimate", ".3f"),
        figure("error", "Standard error", ".3f", 3),
        figure("low", "95% from", ".3f"),
        figure("high", "to", ".3f"),
        figure("chance", "Chance of its sign", ".3f", 2),
    )
    kinds = {"party": say("mean of a party"), "covariate": say("one standard deviation more")}
    rows = tuple(
        (one.name or say("no party"), kinds[one.kind], one.value, one.error, one.low, one.high, one.chance)
        for one in shared
    )
    return Table("shared", "What members have in common", columns, rows)


def shared_sentence(shared: tuple[Shared, ...], within: float) -> str:
    """In plain words: how far members stand from what they have in common, and the surest covariate."""
    text = say(
        " Around what members have in common, points have a standard deviation of {within}; that of all is 1.",
        within=number(within),
    )
    covariates = [one for one in shared if one.kind == "covariate"]
    if not covariates:
        return text
    surest = max(covariates, key=lambda one: abs(one.value) / one.error)
    if surest.low < 0 < surest.high:
        return text + say(" No covariate's part is told from chance.")
    return text + say(
        " One standard deviation more of {name} goes with {value} ({low} to {high}).",
        name=surest.name, value=signed(surest.value), low=signed(surest.low), high=signed(surest.high),
    )  # fmt: skip

"""Passes over votes cast: a sampler must leave its own model as it is, a climb must end where nothing is steeper.

The first is Geweke's (2004) test: parameters drawn from the prior, votes from them, and some sweeps later the
parameters must still be draws from the prior. Whatever is wrong in a sweep moves them away from it.
"""

from __future__ import annotations

import numpy as np
import pytest
from formation_bodies import numerical_gradient
from scipy import stats

from whipcount.theory import rollcall_votes
from whipcount.theory.rollcall_votes import (
    Ballots,
    Chains,
    ascend,
    ballots_of,
    from_votes,
    items_pass,
    likelihood,
    points_pass,
    sample,
    sliced,
    utilities,
)

WALK = Chains(
    np.array([0, 1, 4, 5, 7]),
    np.array([0.5, -0.4, 0.0, 0.3]),
    np.array([0.5, 1.5, 1.0, 2.0]),
    np.array([1.0, 1.0, 0.3, 0.6, 1.0, 1.0, 0.2]),
)
APART = Chains(np.arange(6), np.array([0.6, -0.5, 0.0, 0.2, -0.2]), np.array([0.4, 1.6, 1.0, 0.7, 1.2]), np.ones(5))


def from_prior(chains: Chains, dimensions: int, random: np.random.Generator) -> np.ndarray:
    """Points from their prior: heads of chains, and steps."""
    found = np.empty((int(chains.start[-1]), dimensions))
    for chain, (first, after) in enumerate(zip(chains.start[:-1], chains.start[1:], strict=True)):
        found[first] = chains.mean[chain] + np.sqrt(chains.variance[chain]) * random.standard_normal(dimensions)
        for point in range(first + 1, after):
            found[point] = found[point - 1] + np.sqrt(chains.drift[point]) * random.standard_normal(dimensions)
    return found


def standardised(points: np.ndarray, chains: Chains) -> np.ndarray:
    """What is N(0, 1) of points under their prior."""
    heads, later = chains.heads, chains.followers
    first = (points[heads] - chains.mean[:, None]) / np.sqrt(chains.variance)[:, None]
    return np.concatenate([first, (points[later] - points[later - 1]) / np.sqrt(chains.drift[later])[:, None]])


def draw(chains: Chains, motions: int, dimensions: int, random: np.random.Generator, lines: bool = False,
         precision: np.ndarray | None = None) -> tuple[Ballots, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Votes with the items, points and precisions that they were drawn from."""
    if precision is None:
        precision = np.r_[random.exponential(), np.full(dimensions, random.exponential())]
    size = int(chains.start[-1])
    points = np.column_stack([np.ones(size), from_prior(chains, dimensions, random)])
    items = random.standard_normal((motions, 1 + dimensions)) / np.sqrt(precision)
    point, motion = np.nonzero(random.random((size, motions)) < 0.8)
    pulled = np.where(random.random(len(point)) < 0.5, 1.0, -1.0) if lines else None
    utility = (items[motion] * points[point]).sum(axis=1) + (0.4 * pulled if pulled is not None else 0.0)
    yes = utility + random.standard_normal(len(point)) > 0
    return from_votes(point, motion, yes, chains, motions, pulled), items, points, precision


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("chains", "dimensions", "learn"), [(WALK, 1, True), (APART, 2, True), (APART, 1, False)])
def test_a_sweep_leaves_prior_and_votes_as_they_are(
    chains: Chains, dimensions: int, learn: bool, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.setattr(rollcall_votes, "library", lambda: None)
    random = np.random.default_rng(8)
    normal: list[np.ndarray] = []
    squares: list[list[float]] = []
    rates: list[np.ndarray] = []
    fixed = None if learn else np.array([0.5, 2.0])
    for number in range(350):
        ballots, items, points, precision = draw(chains, 4, dimensions, random, precision=fixed)
        before = points.copy()
        drawn = sample(ballots, items, points, precision, learn, (number, 1), 1, 3)
        np.testing.assert_array_equal(drawn[0][0], points)
        np.testing.assert_array_equal(drawn[1][0], items)
        assert (points[:, 0] == 1).all()
        assert not np.isclose(points[:, 1:], before[:, 1:]).any()
        free, level = standardised(points[:, 1:], chains), items * np.sqrt(precision)
        normal.append(np.concatenate([free[:, 0], level[:, 0], level[:, 1]]))
        squares.append([float((part**2).sum()) for part in (free, level[:, :1], level[:, 1:])])
        rates.append(precision[:2].copy())
    for column in np.array(normal).T:
        assert stats.kstest(column, "norm").pvalue > 1e-4
    for column, freedom in zip(np.array(squares).T, (free.size, 4, 4 * dimensions), strict=True):
        assert stats.kstest(column, "chi2", (freedom,)).pvalue > 1e-4
    if learn:
        for column in np.array(rates).T:
            assert stats.kstest(column, "expon").pvalue > 1e-4


def test_points_keep_their_prior_where_nobody_voted() -> None:
    """Without votes one pass draws each chain from its prior alone."""
    random = np.random.default_rng(5)
    none = np.empty(0, dtype=np.int64)
    ballots = from_votes(none, none, none, WALK, 2)
    found = []
    for _ in range(1500):
        points = np.column_stack([np.ones(7), np.zeros(7)])
        points_pass(ballots, np.ones((2, 2)), points, 0.0, random)
        found.append(standardised(points[:, 1:], WALK)[:, 0])
    every = np.array(found)
    for column in every.T:
        assert stats.kstest(column, "norm").pvalue > 1e-4
    assert np.abs(np.corrcoef(every.T) - np.eye(7)).max() < 0.11


def test_what_is_moved_together_keeps_the_prior_and_every_chance() -> None:
    """Shifts and stretches alone: no utility changes, and what they move stays a draw from the prior."""
    random = np.random.default_rng(9)
    heads, sizes = [], []
    for _ in range(1200):
        ballots, items, points, precision = draw(WALK, 3, 1, random)
        before, place = utilities(ballots, items, points), points.copy()
        for _ in range(3):
            rollcall_votes._group_moves(ballots, items, points, precision, random)
        assert utilities(ballots, items, points) == pytest.approx(before)
        assert not np.isclose(points[:, 1], place[:, 1]).any()
        free = standardised(points[:, 1:], WALK)[:, 0]
        heads.append((points[WALK.heads, 1] - WALK.mean) @ (1 / WALK.variance) / np.sqrt((1 / WALK.variance).sum()))
        sizes.append([(free**2).sum(), (items[:, 1] ** 2 * precision[1]).sum()])
    assert stats.kstest(heads, "norm").pvalue > 1e-3
    for column, freedom in zip(np.array(sizes).T, (7, 3), strict=True):
        assert stats.kstest(column, "chi2", (freedom,)).pvalue > 1e-3


class TestClimb:
    """The log posterior, written out vote by vote, is what climbs, and at the top nothing is steeper."""

    @staticmethod
    def worth(ballots: Ballots, items: np.ndarray, points: np.ndarray, pull: float, precision: np.ndarray) -> float:
        total = -0.5 * float((items**2 @ precision).sum())
        total += float(stats.norm.logpdf(standardised(points[:, 1:], ballots.chains)).sum())
        side = ballots.by_motion
        for motion in range(ballots.motions):
            for vote in range(side.start[motion], side.start[motion + 1]):
                person, yes = int(side.code[vote]) >> 1, int(side.code[vote]) & 1
                utility = float(items[motion] @ points[person])
                if side.line is not None:
                    utility += pull * float(side.line[vote])
                total += float(stats.norm.logcdf(utility if yes else -utility))
        return total

    @pytest.mark.parametrize("compiled", [False, True])
    @pytest.mark.parametrize(("chains", "dimensions"), [(WALK, 1), (APART, 2)])
    def test_to_the_top(self, chains: Chains, dimensions: int, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        if not compiled:
            monkeypatch.setattr(rollcall_votes, "library", lambda: None)
        precision = np.array([0.5, *[1.5] * dimensions])
        ballots, items, points, _ = draw(chains, 5, dimensions, np.random.default_rng(2), True, precision)
        last = -np.inf
        for _ in range(300):
            before = self.worth(ballots, items, points, 0.3, precision) if last < 0 else last
            logs, _, _ = likelihood(ballots, items, points, 0.3)
            assert ascend(ballots, items, points, 0.3, precision) == pytest.approx(logs)
            last = self.worth(ballots, items, points, 0.3, precision)
            assert last >= before - 1e-9
        size = items.size

        def at(place: np.ndarray) -> float:
            own = np.column_stack([points[:, :1], place[size:].reshape(len(points), dimensions)])
            return self.worth(ballots, place[:size].reshape(items.shape), own, 0.3, precision)

        slope = numerical_gradient(at, np.concatenate([items.ravel(), points[:, 1:].ravel()]), 1e-5)
        assert np.abs(slope).max() < 1e-4

    @pytest.mark.parametrize("compiled", [False, True])
    def test_likelihood_and_its_slopes(self, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        if not compiled:
            monkeypatch.setattr(rollcall_votes, "library", lambda: None)
        precision = np.array([0.5, 1.5])
        ballots, items, points, _ = draw(WALK, 5, 1, np.random.default_rng(4), True, precision)
        prior = self.worth(ballots, items, points, 0.3, precision) - likelihood(ballots, items, points, 0.3)[0]
        for pull in (-0.5, 0.0, 0.7):
            logs, slope, curvature = likelihood(ballots, items, points, pull)
            assert logs == pytest.approx(self.worth(ballots, items, points, pull, precision) - prior)
            up, down = (likelihood(ballots, items, points, pull + step) for step in (1e-5, -1e-5))
            assert slope == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-6)
            assert curvature == pytest.approx(-(up[1] - down[1]) / 2e-5, rel=1e-6)
        free, *_ = draw(WALK, 5, 1, np.random.default_rng(4), False, precision)
        assert likelihood(free, items, points, 0.7) == (likelihood(free, items, points, 0.0)[0], 0.0, 0.0)
        assert utilities(free, items, points, 0.7) == pytest.approx(utilities(free, items, points))

    def test_one_newton_step_solves_a_flat_problem_at_once(self) -> None:
        """Without votes the log posterior is a parabola: one pass and everything is at its prior's middle."""
        none = np.empty(0, dtype=np.int64)
        ballots = from_votes(none, none, none, WALK, 2)
        items, points = np.full((2, 2), 3.0), np.column_stack([np.ones(7), np.arange(7.0)])
        items_pass(ballots, items, points, 0.0, np.array([0.5, 2.0]))
        points_pass(ballots, items, points, 0.0)
        assert items == pytest.approx(np.zeros((2, 2)))
        assert points[:, 1] == pytest.approx(np.repeat(WALK.mean, np.diff(WALK.start)))

    def test_the_first_newton_step_from_nothing(self) -> None:
        """Where nothing is known a vote has slope sqrt(2 / pi) and curvature 2 / pi: one weighted regression."""
        ballots, items, points, precision = draw(APART, 3, 1, np.random.default_rng(7))
        items[:] = 0.0
        side = ballots.by_motion
        expected = []
        for motion in range(3):
            votes = slice(side.start[motion], side.start[motion + 1])
            rows, sign = points[side.other[votes]], side.sign[votes]
            curvature = 2 / np.pi * rows.T @ rows + np.diag(precision)
            expected.append(np.linalg.solve(curvature, np.sqrt(2 / np.pi) * rows.T @ sign))
        items_pass(ballots, items, points, 0.0, precision)
        assert items == pytest.approx(np.array(expected))

    def test_a_step_too_far_is_halved_for_each_group_alone(self) -> None:
        own, step = np.zeros((4, 1)), np.array([[1.0], [7.0], [-3.0], [0.5]])
        group = np.array([0, 1, 2, 0])

        def worth(tried: np.ndarray) -> np.ndarray:
            return np.bincount(group, -((tried[:, 0] - 1.0) ** 2))  # the best place is 1

        found = rollcall_votes._climbed(own, step, group, worth)
        # a quarter of 7 is as near to 1 as 0 is; away from 1 nothing is taken
        assert found[:, 0] == pytest.approx([1.0, 1.75, 0.0, 0.5])


def test_votes_are_the_same_seen_by_motion_and_by_point() -> None:
    random = np.random.default_rng(1)
    yes, seen = random.random((6, 5)) < 0.5, random.random((6, 5)) < 0.7
    lines = random.choice([-1.0, 1.0], size=(6, 5))
    ballots = ballots_of(yes, seen, lines)
    expected = sorted((p, m, bool(yes[p, m]), lines[p, m]) for p, m in zip(*np.nonzero(seen), strict=True))
    motions, points = ballots.by_motion, ballots.by_point
    told = zip(motions.other, motions.block, motions.sign > 0, motions.line, strict=True)
    assert sorted((p, m, bool(y), v) for p, m, y, v in told) == expected
    told = zip(points.block, points.other, points.sign > 0, points.line, strict=True)
    assert sorted((p, m, bool(y), v) for p, m, y, v in told) == expected
    assert (ballots.votes, ballots.points, ballots.motions) == (len(expected), 6, 5)
    assert standardised(random.random((6, 1)), ballots.chains).shape == (6, 1)
    assert (ballots.chains.mean == 0).all()
    assert (ballots.chains.variance == 1).all()


def test_the_prior_of_chains_is_normal() -> None:
    random = np.random.default_rng(3)
    one, other = random.normal(size=(7, 1)), random.normal(size=(7, 1))

    def logs(points: np.ndarray) -> np.ndarray:
        each = stats.norm.logpdf(standardised(points, WALK)).sum(axis=1)
        order = np.concatenate([np.arange(4), WALK.of_point[WALK.followers]])
        return np.bincount(order, each)

    assert WALK.log_priors(one) - WALK.log_priors(other) == pytest.approx(logs(one) - logs(other))


@pytest.mark.parametrize("turns", [1, 4])
def test_slices_keep_what_they_are_taken_of(turns: int) -> None:
    """From a draw of a distribution one arrives at a draw of it: a skewed one, by narrow and by wide first slices."""
    random = np.random.default_rng(6)
    found = []
    for number in range(1500):
        start = float(np.log(random.gamma(2.0)))

        def logs(at: float, start: float = start) -> float:
            return 2.0 * (start + at) - float(np.exp(start + at))

        found.append(start + sliced(logs, random, reach=0.3 if number % 2 else 3.0, turns=turns))
    assert stats.kstest(np.exp(found), "gamma", (2.0,)).pvalue > 1e-3

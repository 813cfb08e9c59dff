"""Points on lines: the two ways of computing, the prior, closed forms, simulated members, and the limit of no slope."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, norm

from whipcount.session import using
from whipcount.theory import rollcall_votes
from whipcount.theory.rollcall_chains import Chains
from whipcount.theory.rollcall_dynamic import dynamic_points, paths_of
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.rollcall_mode import Scaling, scale_ballots
from whipcount.theory.rollcall_posterior import sample_posterior
from whipcount.theory.rollcall_table import Motion, RollCalls
from whipcount.theory.rollcall_votes import Ballots, ascend, from_votes

PERIODS = 6


def chamber(seed: int, steep: float = 0.25, members: int = 40, motions: int = 40) -> tuple[RollCalls, np.ndarray]:
    """Members whose points drift from year to year, each by an amount of its own around 0; the amounts."""
    random = np.random.default_rng(seed)
    level, slope = random.normal(size=members), random.normal(size=members) * steep
    slope -= slope.mean()
    votes, days = [], []
    for year in range(PERIODS):
        here = level + slope * (year - (PERIODS - 1) / 2)
        for number in range(motions):
            utility = random.normal() * 0.7 + random.normal() * 1.5 * here
            votes.append(utility + random.normal(size=members) > 0)
            days.append(Motion(f"m{year}-{number}", date=dt.date(2000 + year, 1 + number % 12, 1)))
    names = tuple(f"member {row}" for row in range(members))
    parties = tuple("Left" if one < 0 else "Right" for one in level)
    return RollCalls(names, parties, tuple(days), np.array(votes).T.astype(np.int8)), slope


def lined(seed: int = 0) -> Ballots:
    """Eight members on lines over four periods, of whom the last sits in one only."""
    calls, _ = chamber(seed, members=8, motions=12)
    votes = calls.votes.copy()
    votes[-1, 12:] = -1
    ballots = paths_of(replace(calls, votes=votes), 12, 0.3, linear=True).ballots
    return replace(
        ballots,
        chains=replace(ballots.chains, mean=np.linspace(-1, 1, 8), variance=np.full(8, 0.5)),
    )


def slopes(calls: RollCalls, drift: float = 0.25, draws: int = 0, right: str = "Right") -> np.ndarray:
    """By member, how far it moved from the first period to the last."""
    found = dynamic_points(calls, drift=drift, draws=draws, right=right, linear=True)
    gone = {one.member: one.moved for one in found.moves}
    return np.array([gone[name] for name in calls.members])


class TestTwoWaysOfComputing:
    def test_rounds_are_the_same_in_c_and_numpy(self) -> None:
        ballots = lined()
        told = []
        for name in ("compiled", "numpy"):
            with using(backend=name):
                if name == "compiled" and rollcall_votes.library() is None:
                    pytest.skip("no C compiler")
                points = np.column_stack(
                    [np.ones(ballots.points), ballots.chains.fitting(np.linspace(-1, 1, ballots.points)[:, None])]
                )
                items = np.zeros((ballots.motions, 2))
                for _ in range(5):
                    ascend(ballots, items, points, 0.0, np.array([0.04, 0.04]))
                told.append((points, items))
        assert told[0][0] == pytest.approx(told[1][0], abs=1e-6)
        assert told[0][1] == pytest.approx(told[1][1], abs=1e-6)

    @pytest.mark.usefixtures("backend")
    def test_at_the_mode_no_line_can_be_bettered(self) -> None:
        ballots = lined(1)
        found = scale_ballots(ballots)
        side, chains = ballots.by_point, ballots.chains

        def worth(points: np.ndarray) -> float:
            utility = found.difficulty[side.other] + found.discrimination[side.other, 0] * points[side.block]
            return float(norm.logcdf(side.sign * utility).sum() + chains.log_priors(points[:, None]).sum())

        points = found.points[:, 0]
        assert chains.on_lines(*chains.lines(points)) == pytest.approx(points, abs=1e-9)
        for chain in range(8):
            for along in (np.ones(ballots.points), chains.by_time):
                step = 1e-3 * along * (chains.of_point == chain)
                assert (worth(points + step) - worth(points - step)) / 2e-3 == pytest.approx(0, abs=5e-3)

    def test_without_votes_the_posterior_is_the_prior(self, backend: str) -> None:
        time = np.array([0.0, -1.0, 0.5, 1.0])
        chains = Chains(
            np.array([0, 1, 4]), np.array([0.0, 1.0]), np.array([1.0, 0.5]), np.full(4, 1.0), time, time + 0.3
        )
        nobody = np.zeros(0, dtype=np.int64)
        ballots = from_votes(nobody, nobody, nobody, chains, 3)
        points = np.column_stack([np.ones(4), np.zeros(4)])
        drawn, _ = rollcall_votes.sample(
            ballots, np.ones((3, 2)), points, np.ones(2), False, (1,), 2000, 2 if backend == "numpy" else 8
        )
        level, slope = np.array([chains.lines(one) for one in drawn[:, :, 1]]).transpose(1, 2, 0)
        thinned = slice(None, None, 5)
        assert kstest(level[0][thinned], norm(0, 1).cdf).pvalue > 0.001
        assert kstest(level[1][thinned], norm(1, 0.5**0.5).cdf).pvalue > 0.001
        assert kstest(slope[1][thinned], norm(0, 1).cdf).pvalue > 0.001

    def test_errors_of_the_mode_are_those_of_level_and_slope(self) -> None:
        ballots = lined(2)
        found = scale_ballots(ballots)
        side, chains = ballots.by_point, ballots.chains
        slope = found.discrimination[side.other, 0]
        utility = found.difficulty[side.other] + slope * found.points[side.block, 0]
        told = norm.pdf(utility) ** 2 / (norm.cdf(utility) * norm.cdf(-utility)) * slope**2
        for chain in range(8):
            mine = chains.of_point[side.block] == chain
            row = np.column_stack([np.ones(mine.sum()), chains.by_time[side.block[mine]]])
            inverse = np.linalg.inv((row * told[mine, None]).T @ row + np.diag([1 / chains.variance[chain], 1.0]))
            here = np.flatnonzero(chains.of_point == chain)
            row = np.column_stack([np.ones(len(here)), chains.by_time[here]])
            expected = np.sqrt(np.einsum("pa,ab,pb->p", row, inverse, row))
            assert found.errors[here, 0] == pytest.approx(expected)


class TestSimulatedMembers:
    @pytest.mark.slow
    def test_true_slopes_are_found_and_intervals_hold_them(self) -> None:
        held, near = [], []
        for seed in range(3):
            calls, slope = chamber(seed)
            paths = paths_of(calls, 12, 0.25, linear=True)
            chains, mode = paths.ballots.chains, scale_ballots(paths.ballots)
            found = sample_posterior(paths.ballots, mode, 400, seed, settled=lambda points, items: (points, items))
            # the points' own scale; a slope is per unit of time, which is .25 of a period
            drawn = np.array([chains.lines(one)[1] for one in found.points.reshape(-1, paths.ballots.points)]) * 0.25
            truth = slope * np.sign(np.corrcoef(drawn.mean(axis=0), slope)[0, 1])
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
            held.append(((low <= truth) & (truth <= high)).mean())
            near.append(np.corrcoef(drawn.mean(axis=0), truth)[0, 1])
        assert min(near) > 0.8
        assert 0.88 <= np.mean(held) <= 0.99  # of 120 lines, of which about .95 should be held

    def test_the_mode_finds_them_too_on_either_side(self) -> None:
        calls, slope = chamber(7)
        found = slopes(calls)
        assert np.corrcoef(found, slope)[0, 1] > 0.85
        assert slopes(calls, right="Left") == pytest.approx(-found, abs=1e-6)

    def test_time_run_backwards_turns_every_slope(self) -> None:
        calls, _ = chamber(8, members=20)
        days = [replace(one, date=one.date.replace(year=4005 - one.date.year)) for one in calls.motions]
        assert slopes(replace(calls, motions=tuple(days))) == pytest.approx(-slopes(calls), abs=1e-3)

    def test_a_wider_prior_lets_lines_be_steeper(self) -> None:
        calls, _ = chamber(9, members=20)
        steep = [np.abs(slopes(calls, drift=one)).mean() for one in (0.02, 0.1, 0.5)]
        assert steep[0] < steep[1] < steep[2]

    def test_without_a_slope_points_are_the_static_ones(self) -> None:
        calls, _ = chamber(10, members=20)
        found = dynamic_points(calls, drift=1e-4, draws=0, right="Right", linear=True)
        still = {one.member: one.point[0] for one in ideal_points(calls, right="Right", lopsided=0.025).members}
        pairs = np.array([(one.point, still[one.member]) for one in found.points])
        assert max(abs(one.moved) for one in found.moves) < 1e-3
        assert np.corrcoef(pairs.T)[0, 1] > 0.9999
        assert pairs[:, 0] == pytest.approx(pairs[:, 1], abs=0.02)

    def test_steps_are_equal_and_told(self) -> None:
        calls, _ = chamber(11, members=12, motions=20)
        found = dynamic_points(calls, drift=0.25, draws=100, linear=True)
        path = [one.point for one in found.points if one.member == "member 3"]
        assert np.diff(path) == pytest.approx(np.full(PERIODS - 1, (path[-1] - path[0]) / (PERIODS - 1)))
        assert found.record()["linear"] is True
        assert np.isfinite(found.loo)
        assert "on a line" in found.sentences()

    @pytest.mark.slow
    def test_votes_left_out_tell_lines_from_points_that_stay(self) -> None:
        # the deviance of votes left out is smaller for the model that made them
        calls, _ = chamber(12, steep=0.4)
        moving, still = (dynamic_points(calls, drift=one, draws=200, linear=True).loo for one in (0.4, 1e-3))
        assert moving < still - 50


def test_a_line_is_read_as_it_was_written() -> None:
    ballots = lined(3)
    chains = ballots.chains
    level, slope = np.linspace(-1, 1, 8), np.where(chains.several, np.linspace(2, -2, 8), 0.0)
    told = chains.lines(chains.on_lines(level, slope))
    assert told[0] == pytest.approx(level)
    assert told[1] == pytest.approx(slope)
    assert isinstance(scale_ballots(ballots), Scaling)

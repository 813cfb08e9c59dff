"""Abstaining between yes and no: chances, the two ways of computing, simulated bodies, and the limit of nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, norm, truncnorm

from whipcount.errors import TableError
from whipcount.session import using
from whipcount.theory import rollcall_votes
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.rollcall_mode import scale_ballots
from whipcount.theory.rollcall_ordered import log_chances, of_sides, residuals, slopes
from whipcount.theory.rollcall_posterior import sample_posterior
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from whipcount.theory.rollcall_votes import ascend, ballots_of, likelihood


def body(
    seed: int, members: int = 30, motions: int = 60, wide: float = 0.6
) -> tuple[RollCalls, np.ndarray, np.ndarray]:
    """Votes of three ordered answers drawn from the model; points, half widths."""
    random = np.random.default_rng(seed)
    points, half = np.sort(random.normal(size=members)), random.exponential(wide, size=motions)
    level, slope = random.normal(size=motions) * 0.6, random.normal(size=motions) * 1.3
    utility = level + np.outer(points, slope) + random.normal(size=(members, motions))
    votes = np.where(utility > half, YES, np.where(utility < -half, NO, ABSTAIN)).astype(np.int8)
    names = tuple(f"member {row}" for row in range(members))
    parties = tuple("Left" if one < 0 else "Right" for one in points)
    return RollCalls(names, parties, tuple(Motion(f"m{one}") for one in range(motions)), votes), points, half


def told(calls: RollCalls) -> rollcall_votes.Ballots:
    """The votes as the model of three answers takes them."""
    return ballots_of(calls.votes == YES, calls.votes != ABSENT, abstained=calls.votes == ABSTAIN)


class TestChances:
    def test_the_three_answers_sum_to_one(self) -> None:
        utility, width = np.meshgrid(np.linspace(-12, 12, 25), [1e-3, 0.2, 1.0, 5.0])
        utility, width = utility.ravel(), width.ravel()
        yes, no = (log_chances(np.full(100, way), np.zeros(100, bool), utility, width) for way in (1.0, -1.0))
        middle = log_chances(np.ones(100), np.ones(100, bool), utility, width)
        assert np.exp(yes) + np.exp(no) + np.exp(middle) == pytest.approx(np.ones(100))
        # far out, where the chance is too small to be a difference of chances near 1
        assert middle[width == 1.0][0] == pytest.approx(norm.logcdf(-11.0), rel=1e-3)

    def test_slopes_and_bends_are_those_of_finite_differences(self) -> None:
        random = np.random.default_rng(1)
        sign, mid = random.choice([-1.0, 1.0], 60), random.random(60) < 0.5
        utility, width = random.normal(size=60) * 3, random.exponential(1.0, 60) + 0.05
        found = slopes(sign, mid, utility, width)
        step = 1e-4

        def logs(along: float, wide: float) -> np.ndarray:
            return log_chances(sign, mid, utility + along, width + wide)

        here = logs(0, 0)
        assert found[0] == pytest.approx((logs(step, 0) - logs(-step, 0)) / 2 / step, abs=1e-5)
        assert found[1] == pytest.approx(-(logs(step, 0) + logs(-step, 0) - 2 * here) / step**2, abs=1e-4)
        assert found[2] == pytest.approx((logs(0, step) - logs(0, -step)) / 2 / step, abs=1e-5)
        assert found[3] == pytest.approx((logs(0, step) + logs(0, -step) - 2 * here) / step**2, abs=1e-4)
        assert (found[1] >= 0).all()  # the likelihood has one top (Pratt 1981)

    @pytest.mark.parametrize(("utility", "width"), [(0.3, 0.5), (4.0, 0.5), (-3.0, 2.0)])
    def test_drawn_errors_are_normal_between_the_cut_points(self, utility: float, width: float) -> None:
        many = np.full(4000, utility)
        drawn = residuals(np.ones(4000), np.ones(4000, bool), many, np.full(4000, width), np.random.default_rng(2))
        assert kstest(drawn, truncnorm(-width - utility, width - utility).cdf).pvalue > 0.001

    def test_the_chance_of_yes_among_yes_and_no(self) -> None:
        utility, half = np.array([[-2.0, 0.1], [0.5, 30.0]]), np.array([0.5, 0.0])
        expected = norm.cdf(utility - half) / (norm.cdf(utility - half) + norm.cdf(-utility - half))
        assert norm.cdf(of_sides(utility, half)) == pytest.approx(expected)


class TestTwoWaysOfComputing:
    def test_rounds_are_the_same_in_c_and_numpy(self) -> None:
        calls, _, _ = body(1)
        found = []
        for name in ("compiled", "numpy"):
            with using(backend=name):
                if name == "compiled" and rollcall_votes.library() is None:
                    pytest.skip("no C compiler")
                ballots = told(calls)
                points = np.column_stack([np.ones(30), np.linspace(-1, 1, 30)])
                items = np.zeros((60, 2))
                for _ in range(5):
                    ascend(ballots, items, points, 0.0, np.array([0.04, 0.04]))
                found.append((points, items, ballots.half, likelihood(ballots, items, points)[0]))
        for one, other in zip(*found, strict=True):
            assert one == pytest.approx(other, abs=1e-6)

    @pytest.mark.usefixtures("backend")
    def test_a_round_never_lessens_the_density(self) -> None:
        ballots = told(body(2)[0])
        assert ballots.half is not None
        points, items = np.column_stack([np.ones(30), np.linspace(-1, 1, 30)]), np.zeros((60, 2))
        before = -np.inf
        for _ in range(12):
            ascend(ballots, items, points, 0.0, np.array([0.04, 0.04]))
            prior = 0.02 * (items**2).sum() + 0.5 * (points[:, 1] ** 2).sum() + ballots.half.sum()
            worth = likelihood(ballots, items, points)[0] - prior
            assert worth >= before - 1e-6
            before = worth

    @pytest.mark.slow
    def test_both_ways_draw_from_one_posterior(self) -> None:
        calls, _, _ = body(3, 12, 30)
        found = []
        for name in ("compiled", "numpy"):
            with using(backend=name):
                ballots = told(calls)
                found.append(sample_posterior(ballots, scale_ballots(ballots), 800, 4))
        one, other = found
        assert one.mean == pytest.approx(other.mean, abs=0.12)
        assert one.half is not None
        assert other.half is not None
        assert one.half == pytest.approx(other.half, abs=0.15)
        assert one.spread == pytest.approx(other.spread, rel=0.3)


class TestBodies:
    def test_points_and_half_widths_are_found(self) -> None:
        calls, points, half = body(4, 40, 120)
        found = scale_ballots(told(calls))
        assert abs(np.corrcoef(found.points[:, 0], points)[0, 1]) > 0.97
        assert found.half is not None
        assert np.corrcoef(found.half, half)[0, 1] > 0.9
        assert found.half.mean() == pytest.approx(half.mean(), abs=0.12)

    def test_without_abstentions_it_is_the_model_of_two_answers(self) -> None:
        calls, _, _ = body(5, wide=1e-9)
        assert not (calls.votes == ABSTAIN).any()
        three, two = (ideal_points(calls, ordered=one, right="Right") for one in (True, False))
        assert [one.point for one in three.members] == [pytest.approx(one.point, abs=1e-6) for one in two.members]
        assert three.cuts == ()
        assert three.fits[0].gmp == pytest.approx(two.fits[0].gmp, abs=1e-9)

    def test_more_abstentions_widen_the_middle(self) -> None:
        calls, _, _ = body(6, 40, 40)
        votes = calls.votes.copy()
        # on the first motion the least sure of the yes side abstain too
        yes = np.flatnonzero(votes[:, 0] == YES)
        votes[yes[: len(yes) // 2], 0] = ABSTAIN
        before, after = (
            {one.motion: one.half for one in ideal_points(replace(calls, votes=one), ordered=True, lopsided=0.0).cuts}
            for one in (calls.votes, votes)
        )
        assert after["m0"] > before["m0"] + 0.1

    def test_yes_and_no_exchanged_turn_slopes_and_leave_the_rest(self) -> None:
        calls, _, _ = body(7)
        turned = np.where(calls.votes == YES, NO, np.where(calls.votes == NO, YES, calls.votes)).astype(np.int8)
        one, other = (
            ideal_points(replace(calls, votes=votes), ordered=True, right="Right") for votes in (calls.votes, turned)
        )
        assert [row.point[0] for row in one.members] == pytest.approx([row.point[0] for row in other.members], abs=1e-3)
        assert [row.half for row in one.cuts] == pytest.approx([row.half for row in other.cuts], abs=1e-3)
        assert one.motions[0].discrimination[0] == pytest.approx(-other.motions[0].discrimination[0], abs=1e-2)

    def test_cut_points_stand_around_the_cutting_line(self) -> None:
        found = ideal_points(body(8)[0], ordered=True)
        lines = {one.motion: one.cut for one in found.motions}
        assert len(found.cuts) > 40
        for one in found.cuts:
            assert (one.no_ends + one.yes_ends) / 2 == pytest.approx(lines[one.motion], abs=1e-6)
        assert any(table.name == "cuts" for table in found.tables())

    def test_points_come_nearer_than_with_abstentions_missing(self) -> None:
        calls, points, _ = body(9, 40, 120)
        errors = []
        for ordered in (False, True):
            found = ideal_points(calls, ordered=ordered, right="Right", fewest=1)
            by = {one.member: one.point[0] for one in found.members}
            truth = (points - points.mean()) / points.std()
            errors.append(np.mean([(by[name] - place) ** 2 for name, place in zip(calls.members, truth, strict=True)]))
        assert errors[1] < errors[0]

    def test_what_does_not_go_with_it_is_refused(self) -> None:
        calls, _, _ = body(10)
        for wrong in ({"abstentions": True}, {"bootstrap": 5}):
            with pytest.raises(TableError, match="WC516"):
                ideal_points(calls, ordered=True, **wrong)

    @pytest.mark.slow
    def test_intervals_cover(self) -> None:
        held = []
        for seed in range(8):
            calls, points, _ = body(100 + seed, 20, 40)
            ballots = told(calls)
            mode = scale_ballots(ballots)
            found = sample_posterior(ballots, mode, 400, seed)
            truth = (points - points.mean()) / points.std()
            truth = truth if np.corrcoef(mode.points[:, 0], truth)[0, 1] > 0 else -truth
            low, high = (one[:, 0] for one in found.interval())
            held.append(((low <= truth) & (truth <= high)).mean())
        assert 0.88 <= np.mean(held) <= 0.995  # of 160 points

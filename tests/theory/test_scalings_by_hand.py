"""Scalings of roll calls by hand: what is told of members and motions, fits, draws, what members share, whip tests."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import one_dimension, rebellious
from scipy import stats
from scipy.special import ndtr

from whipcount.errors import TableError
from whipcount.theory import rollcall_validation as whip_test
from whipcount.theory import rollcall_votes
from whipcount.theory.intervals import Z95
from whipcount.theory.rollcall_attendance import Attendance
from whipcount.theory.rollcall_classification import _places, optimal_classification
from whipcount.theory.rollcall_dimensions import held_out
from whipcount.theory.rollcall_fit import fits_of
from whipcount.theory.rollcall_hierarchy import EVERYBODY, _move_together, hierarchy_of, sample_shared, shared_of
from whipcount.theory.rollcall_ideal import ideal_points, informative
from whipcount.theory.rollcall_mode import Scaling, first_guess, scale_ballots, scale_votes
from whipcount.theory.rollcall_plane import best_cuts
from whipcount.theory.rollcall_posterior import Posterior, _Fit, sample_posterior
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from whipcount.theory.rollcall_votes import ballots_of, utilities
from whipcount.theory.smoothed_importance import leave_one_out, reliable, smoothed_weights


def small(seed: int = 3) -> RollCalls:
    """Twelve members, twenty motions, of which one is unanimous; one member nearly always away."""
    calls, _ = one_dimension(12, 20, seed)
    votes = calls.votes.copy()
    votes[:, 5] = YES
    votes[7, 2:] = ABSENT
    votes[2, 3] = ABSTAIN
    return replace(calls, votes=votes)


class TestInformative:
    def test_who_and_what_tells_enough(self) -> None:
        calls = small()
        cast = np.isin(calls.votes, (YES, NO))
        for lopsided, fewest in ((0.0, 1), (0.2, 3), (0.3, 15)):
            rows, kept, remarks = informative(calls, lopsided, fewest)
            expected = []
            for motion in range(20):
                ayes = sum(calls.votes[:, motion] == YES)
                noes = sum(calls.votes[:, motion] == NO)
                if min(ayes, noes) > lopsided * (ayes + noes):
                    expected.append(motion)
            assert kept.tolist() == expected
            least = min(fewest, len(expected))
            assert rows.tolist() == [row for row in range(12) if cast[row, expected].sum() >= least]
            assert len(remarks) == (len(expected) < 20) + (len(rows) < 12)
        for wrong in ((-0.1, 1), (0.5, 1), (0.1, 0)):
            with pytest.raises(TableError, match="WC516"):
                informative(calls, *wrong)
        with pytest.raises(TableError, match="WC561"):
            informative(replace(calls, votes=np.ones_like(calls.votes)), 0.0, 1)


class TestIdealPoints:
    def test_what_is_told_of_the_mode(self) -> None:
        calls = small()
        found = ideal_points(calls, right="Left", lopsided=0.0, fewest=3)
        rows, kept, _ = informative(calls, 0.0, 3)
        yes, seen = calls.votes == YES, np.isin(calls.votes, (YES, NO))
        mode = scale_votes(yes[np.ix_(rows, kept)], seen[np.ix_(rows, kept)])
        points, slope = mode.points[:, 0], mode.discrimination[:, 0]
        left = [calls.parties[row] == "Left" for row in rows]
        sign = 1.0 if points[left].mean() > 0 else -1.0
        assert [one.member for one in found.members] == [calls.members[row] for row in rows]
        assert [one.votes for one in found.members] == seen[np.ix_(rows, kept)].sum(axis=1).tolist()
        for one, point, error in zip(found.members, sign * points, mode.errors[:, 0], strict=True):
            assert one.point[0] == pytest.approx(point)
            assert one.error[0] == pytest.approx(error)
            assert (one.low[0], one.high[0]) == (pytest.approx(point - Z95 * error), pytest.approx(point + Z95 * error))
        wrongs, minorities, votes = 0, 0, 0
        for one, motion, a, b in zip(found.motions, kept, mode.difficulty, sign * slope, strict=True):
            said = a + b * sign * points > 0
            here = seen[rows, motion]
            wrong = int((said != yes[rows, motion])[here].sum())
            ayes, noes = int(yes[rows, motion][here].sum()), int((~yes[rows, motion])[here].sum())
            assert (one.yes, one.no, one.motion) == (ayes, noes, calls.motions[motion].id)
            assert one.cut == pytest.approx(-a / b)
            assert one.discrimination == pytest.approx((b,))
            assert one.correct == pytest.approx(1 - wrong / (ayes + noes))
            assert one.pre == pytest.approx(1 - wrong / min(ayes, noes))
            wrongs, minorities, votes = wrongs + wrong, minorities + min(ayes, noes), votes + ayes + noes
        assert found.correct == pytest.approx(1 - wrongs / votes)
        assert found.apre == pytest.approx(1 - wrongs / minorities)
        assert found.converged
        assert found.steps < 2000
        assert (found.draws, found.bootstrap) == (0, 0)
        saved = [round(min(one.yes, one.no) - (1 - one.correct) * (one.yes + one.no)) for one in found.telling]
        assert saved == sorted(saved, reverse=True)
        order = [row["x"] for row in found.tables()[0].records()]
        assert order == sorted(order)

    def test_a_member_may_be_the_right_one(self) -> None:
        calls = small()
        for name in ("member 0", "member 11"):
            found = ideal_points(calls, right=name, fewest=3)
            assert next(one.point[0] for one in found.members if one.member == name) > 0
        plain = ideal_points(calls, fewest=3)
        largest = calls.party_names[0]
        assert np.mean([one.point[0] for one in plain.members if one.party == largest]) > 0

    def test_columns_are_numbered_where_there_are_several(self) -> None:
        calls, _ = one_dimension(20, 40, 1)
        one, two = ideal_points(calls, 1), ideal_points(calls, 2)
        assert [key for key in one.tables()[0].records()[0] if key.startswith("x")] == [
            "x",
            "x_error",
            "x_low",
            "x_high",
        ]
        keys = [key for key in two.tables()[0].records()[0] if key.startswith("x")]
        assert keys == ["x1", "x2", "x1_error", "x2_error", "x1_low", "x2_low", "x1_high", "x2_high"]
        assert "1 dimension classify" in one.words()
        assert "2 dimensions classify" in two.words()
        for cutting in two.motions:  # along the slope, as far from the middle
            assert cutting.cut == pytest.approx(-cutting.difficulty / np.linalg.norm(cutting.discrimination))

    def test_bootstrapped_errors_leave_the_points(self) -> None:
        calls, _ = one_dimension(15, 40, 2)
        plain, drawn = ideal_points(calls), ideal_points(calls, bootstrap=4)
        assert [one.point for one in drawn.members] == [one.point for one in plain.members]
        assert drawn.bootstrap == 4
        for one in drawn.members:
            assert one.high[0] - one.point[0] == pytest.approx(Z95 * one.error[0])

    def test_fits_of_all_and_of_each_party(self) -> None:
        random = np.random.default_rng(4)
        utility, yes, seen = random.normal(size=(6, 5)), random.random((6, 5)) < 0.5, random.random((6, 5)) < 0.8
        told = fits_of(utility, yes, seen, ["A", "B", "B", "", "A", "B"])
        assert [(one.party, one.members) for one in told] == [("all", 6), ("B", 3), ("A", 2)]
        for one, rows in zip(told, (range(6), (1, 2, 5), (0, 4)), strict=True):
            cells = [(row, column) for row in rows for column in range(5) if seen[row, column]]
            assert one.votes == len(cells)
            wrong = sum((utility[cell] > 0) != yes[cell] for cell in cells)
            minority = sum(
                min(sum(yes[cell] == side for cell in cells if cell[1] == column) for side in (True, False))
                for column in range(5)
            )
            assert one.correct == pytest.approx(1 - wrong / len(cells))
            assert one.apre == pytest.approx(1 - wrong / minority)
            logs = [math.log(ndtr(utility[cell] if yes[cell] else -utility[cell])) for cell in cells]
            assert one.gmp == pytest.approx(math.exp(np.mean(logs)))


class TestClassification:
    def test_a_members_place_is_where_fewest_votes_are_wrong(self) -> None:
        random = np.random.default_rng(5)
        yes, seen = random.random((8, 6)) < 0.5, random.random((8, 6)) < 0.8
        cut, upward, wrong = best_cuts(np.arange(8), yes, seen)
        told = _places(cut, upward, yes, seen)
        edges = np.sort(cut)
        for member in range(8):

            def errors(place: int, member: int = member) -> int:
                # with so many cuts below, in their order
                above = np.argsort(np.argsort(cut, kind="stable"), kind="stable") < place
                return int(((above == upward) != yes[member])[seen[member]].sum())

            least = min(errors(place) for place in range(7))
            best = [place for place in range(7) if errors(place) == least]
            middles = [((edges[place - 1] if place else 0) + (edges[place] if place < 6 else 8)) / 2 for place in best]
            assert told[member] == pytest.approx(np.mean(middles))
        assert wrong.sum() >= 0

    def test_what_is_told(self) -> None:
        calls = small()
        found = optimal_classification(calls)
        cast = np.isin(calls.votes, (YES, NO))
        _, kept, _ = informative(calls, 0.0, 1)
        assert sorted(found.ranks) == list(range(1, 13))
        assert list(found.votes) == cast[:, kept].sum(axis=1).tolist()
        assert found.correct == pytest.approx(1 - sum(found.errors) / sum(found.votes))
        minority = sum(min((calls.votes[:, one] == side).sum() for side in (YES, NO)) for one in kept)
        assert found.apre == pytest.approx(1 - sum(found.errors) / minority)
        # in this order no other cut errs less
        order = np.argsort(found.ranks)
        _, _, wrong = best_cuts(order, (calls.votes == YES)[:, kept], cast[:, kept])
        assert wrong.sum() == sum(found.errors)


class TestHeldOut:
    def test_bets_on_the_larger_side_by_hand(self) -> None:
        calls, _ = one_dimension(24, 24, 6)
        found = held_out(calls, most=1, seed=3)
        yes, cast = calls.votes == YES, np.isin(calls.votes, (YES, NO))
        rows, kept, _ = informative(calls, 0.025, 20)
        yes, cast = yes[np.ix_(rows, kept)], cast[np.ix_(rows, kept)]
        parties = [calls.parties[row] for row in rows]
        fold = np.random.default_rng(3).integers(0, 10, cast.shape)
        assert found.votes == cast.sum()
        for name in ("side", "party"):
            logs, wrong, again = [], 0, []
            for one in range(10):
                seen = cast & (fold != one)
                inside = []
                for row, motion in np.argwhere(cast):
                    ayes, votes = (yes & seen)[:, motion].sum(), seen[:, motion].sum()
                    share = (ayes + 0.5) / (votes + 1)
                    if name == "party":
                        own = [other for other in range(len(rows)) if parties[other] == parties[row]]
                        share = ((yes & seen)[own, motion].sum() + share) / (seen[own, motion].sum() + 1)
                    chance = share if yes[row, motion] else 1 - share
                    if fold[row, motion] == one:
                        logs.append(math.log(chance))
                        wrong += chance <= 0.5
                    else:
                        inside.append(math.log(chance))
                again.append((np.mean(np.array(inside) > math.log(0.5)), math.exp(np.mean(inside))))
            told = next(model for model in found.models if model.name == name)
            assert told.correct == pytest.approx(1 - wrong / len(logs))
            minority = np.minimum((yes & cast).sum(axis=0), (~yes & cast).sum(axis=0)).sum()
            assert told.apre == pytest.approx(1 - wrong / minority)
            assert told.gmp == pytest.approx(math.exp(np.mean(logs)))
            assert (told.seen_correct, told.seen_gmp) == tuple(pytest.approx(one) for one in np.mean(again, axis=0))
            assert told.dimensions == 0
        assert found.models[-1].dimensions == 1
        with pytest.raises(TableError, match="WC561"):
            held_out(calls, most=24)


class TestPosterior:
    def test_fits_by_their_formulas(self) -> None:
        random = np.random.default_rng(7)
        logs = np.log(random.uniform(0.2, 0.9, (150, 40)))
        fit = _Fit(40, 1)
        for draw in logs:
            fit.add(draw)
        loglik, waic, complexity, loo, error, unsure = fit.told()
        chances = np.exp(logs).mean(axis=0)
        variance = logs.var(axis=0, ddof=1)
        assert loglik == pytest.approx(np.log(chances).sum())
        assert complexity == pytest.approx(variance.sum())
        assert waic == pytest.approx(-2 * (np.log(chances) - variance).sum())
        parts, shape = leave_one_out(logs.T)
        assert loo == pytest.approx(-2 * parts.sum())
        assert error == pytest.approx(2 * math.sqrt(40 * parts.var()))
        assert unsure == (shape > reliable(150)).mean()

    def test_some_votes_stand_for_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The difference estimator: what WAIC says of all, corrected by the mean miss of those left out."""
        monkeypatch.setattr("whipcount.theory.rollcall_posterior.LEFT_OUT", 10)
        random = np.random.default_rng(8)
        logs = np.log(random.uniform(0.2, 0.9, (150, 40)))
        fit = _Fit(40, 1)
        for draw in logs:
            fit.add(draw)
        *_, loo, error, _ = fit.told()
        assert len(fit.picked) == 10
        parts = np.log(np.exp(logs).mean(axis=0)) - logs.var(axis=0, ddof=1)
        left, _ = leave_one_out(logs.T[fit.picked])
        off = left - parts[fit.picked]
        assert loo == pytest.approx(-2 * (parts.sum() + 40 * off.mean()))
        variance = 40 * left.var() + 40**2 * (1 - 10 / 40) * off.var() / 10
        assert error == pytest.approx(2 * math.sqrt(variance))

    def test_what_draws_tell(self) -> None:
        draws = np.random.default_rng(9).normal(size=(4, 50, 3, 2))
        told = Posterior(draws, np.zeros((1, 3)), 0.0, 0.0, 0.0)
        flat = draws.reshape(200, 3, 2)
        assert told.mean == pytest.approx(flat.mean(axis=0))
        assert told.spread == pytest.approx(flat.std(axis=0, ddof=1))
        low, high = told.interval(0.8)
        assert low == pytest.approx(np.quantile(flat, 0.1, axis=0))
        assert high == pytest.approx(np.quantile(flat, 0.9, axis=0))

    @pytest.mark.parametrize("asked", [(1, 100), (100, 100), (101, 104), (203, 204)])
    def test_draws_are_of_four_chains_and_at_least_a_hundred(self, asked: tuple[int, int]) -> None:
        ballots = ballots_of(np.array([[True], [False]]), np.ones((2, 1), dtype=bool))
        mode = Scaling(np.array([[1.0], [-1.0]]), np.ones((2, 1)), np.zeros(1), np.ones((1, 1)), 0.0, 1)
        found = sample_posterior(ballots, mode, asked[0], seed=2, spread=2.0)
        assert found.points.shape == (4, asked[1] // 4, 2, 1)
        # standardised two points are one and minus one, turned as the mode is
        assert found.points[..., 0, 0] == pytest.approx(np.ones((4, asked[1] // 4)))
        assert found.mean[:, 0] == pytest.approx([1.0, -1.0])

    def test_a_tail_is_the_fifth_or_three_roots_and_all_weights_sum_to_one(self) -> None:
        random = np.random.default_rng(10)
        for draws in (20, 100, 1000):
            weights, shape = smoothed_weights(random.normal(size=(3, draws)) * 2)
            assert np.exp(weights).sum(axis=1) == pytest.approx(np.ones(3))
            assert np.isinf(shape).all() == (draws < 25)
        plain = random.normal(size=(2, 20))
        assert smoothed_weights(plain)[0] == pytest.approx(plain - np.log(np.exp(plain).sum(axis=1))[:, None])
        assert reliable(10**4) == 0.7
        assert reliable(100) == 0.5


class TestMode:
    @pytest.mark.parametrize("lines", [False, True])
    def test_at_the_top_nothing_is_steeper(self, lines: bool) -> None:
        """Items and the pull of lines: slopes of the log posterior, by differences."""
        random = np.random.default_rng(11)
        calls, _ = one_dimension(14, 16, 4)
        yes, seen = calls.votes == YES, np.isin(calls.votes, (YES, NO))
        line = random.choice([-1.0, 1.0], size=yes.shape) if lines else None
        if lines:
            yes = np.where(random.random(yes.shape) < 0.25, line > 0, yes)  # type: ignore[operator]
        ballots = ballots_of(yes, seen, line)
        found = scale_ballots(ballots)
        points = np.column_stack([np.ones(14), found.points])
        items = np.column_stack([found.difficulty, found.discrimination])
        logs = rollcall_votes.likelihood(ballots, items, points, found.pull)
        assert found.loglik == pytest.approx(logs[0])
        assert found.points.mean() == pytest.approx(0, abs=1e-12)
        assert found.points.std() == pytest.approx(1)
        if lines:
            assert found.pull > 0.1
            assert abs(logs[1]) < 0.02 * math.sqrt(logs[2])
        else:
            assert found.pull == 0.0

        def gain(a: float, b: float, motion: int) -> float:
            other = items.copy()
            other[motion] += a, b
            return float(rollcall_votes.likelihood(ballots, other, points, found.pull)[0])

        for motion in range(16):
            # the prior of items is wide: at its top a shift of an item gains next to nothing, and a large one loses
            for step in (1e-3, -1e-3):
                assert abs(gain(step, 0, motion) - logs[0]) < 2e-3
            assert gain(0.7, 0, motion) < logs[0] + 0.1
            assert gain(-0.7, 0, motion) < logs[0] + 0.1

    def test_the_first_guess_is_the_leading_direction(self) -> None:
        calls, _ = one_dimension(20, 30, 5)
        yes, seen = calls.votes == YES, np.isin(calls.votes, (YES, NO))
        value = np.where(seen, np.where(yes, 1.0, -1.0), np.nan)
        centred = np.nan_to_num(value - np.nanmean(value, axis=0))
        for dimensions in (1, 2):
            guess = first_guess(ballots_of(yes, seen), dimensions)
            left = np.linalg.svd(centred)[0][:, :dimensions]
            assert guess.std(axis=0) == pytest.approx(np.ones(dimensions))
            away = guess - left @ np.linalg.lstsq(left, guess, rcond=None)[0]
            assert np.abs(away).max() < (0.01 if dimensions == 1 else 0.25)


class TestShared:
    def test_columns_and_a_start(self) -> None:
        values = np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]])
        told = hierarchy_of(3, ["B", "A", "B"], ("age", "same"), values)
        assert told.names == ("A", "B", "age", "same")
        assert told.groups == 2
        assert told.table == pytest.approx(
            np.array([[0, 1, -math.sqrt(1.5), 0], [1, 0, 0, 0], [0, 1, math.sqrt(1.5), 0]])
        )
        nobody = hierarchy_of(2)
        assert (nobody.names, nobody.table.tolist(), nobody.groups) == ((EVERYBODY,), [[1.0], [1.0]], 1)
        points = np.array([1.0, -1.0, 2.0])
        start = told.start(points)
        best = np.linalg.solve(told.table.T @ told.table + np.eye(4), told.table.T @ points)
        assert start[:-1] == pytest.approx(best)
        assert start[-1] == pytest.approx((points - told.table @ best).std())
        assert nobody.start(np.zeros(2)).tolist() == [0.0, 0.05]

    def test_what_is_shared_goes_where_the_points_go(self) -> None:
        """Moved, stretched and turned, the points are still what they have in common and the same residuals."""
        random = np.random.default_rng(12)
        told = hierarchy_of(6, list("AABBBA"), ("age",), random.normal(size=(6, 1)))
        shared, raw = np.column_stack([random.normal(size=(5, 3)), random.random(5) + 0.1]), random.normal(size=(5, 6))
        stretch, move = np.array([2.0, -0.5, 3.0, -1.0, 1.0])[:, None], random.normal(size=(5, 1))
        points = stretch * (raw - raw.mean(axis=1, keepdims=True)) + 0 * move
        settled = told.settled(shared.copy(), raw, points)
        for draw in range(5):
            before = raw[draw] - told.table @ shared[draw, :-1]
            after = points[draw] - told.table @ settled[draw, :-1]
            assert after == pytest.approx(stretch[draw] * before)
            assert settled[draw, -1] == pytest.approx(abs(stretch[draw, 0]) * shared[draw, -1])

    def test_what_is_told_of_draws(self) -> None:
        told = hierarchy_of(4, list("ABAB"), ("age",), np.arange(4.0)[:, None])
        draws = np.random.default_rng(13).normal(size=(4, 50, 4)) + np.array([0.0, 1.0, -2.0, 5.0])
        for sign in (1.0, -1.0):
            rows, within = shared_of(told, draws, sign)
            flat = sign * draws.reshape(200, 4)
            assert [(one.name, one.kind) for one in rows] == [("A", "party"), ("B", "party"), ("age", "covariate")]
            for place, one in enumerate(rows):
                column = flat[:, place]
                assert (one.value, one.error) == (pytest.approx(column.mean()), pytest.approx(column.std(ddof=1)))
                assert (one.low, one.high) == tuple(pytest.approx(np.quantile(column, at)) for at in (0.025, 0.975))
                assert one.chance == max((column > 0).mean(), 1 - (column > 0).mean())
            assert within == pytest.approx(draws[..., -1].mean())
        assert shared_of(hierarchy_of(2), draws[..., :2], 1.0)[0] == ()
        assert shared_of(None, draws, 1.0)[0] == ()

    @pytest.mark.parametrize("compiled", [False, True])
    def test_a_sweep_leaves_the_model_as_it_is(self, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """From the prior of everything, with votes drawn from it: some sweeps later it still is a draw of the prior."""
        if not compiled:
            monkeypatch.setattr(rollcall_votes, "library", lambda: None)
        random = np.random.default_rng(14)
        hierarchy = hierarchy_of(5, list("AABBB"), ("age",), random.normal(size=(5, 1)))
        told = []
        for number in range(300):
            shared = np.append(random.normal(size=3), random.exponential() ** -0.5)
            points = np.column_stack([np.ones(5), hierarchy.table @ shared[:3] + shared[3] * random.normal(size=5)])
            precision = random.exponential(size=2)
            items = random.normal(size=(3, 2)) / np.sqrt(precision)
            yes = random.random((5, 3)) < ndtr(points @ items.T)
            ballots = ballots_of(yes, random.random((5, 3)) < 0.8)
            sample_shared(ballots, items, points, precision, True, (number,), 1, 4, hierarchy, shared)
            for _ in range(2):
                before = utilities(ballots, items, points)
                _move_together(items, points, precision, hierarchy, shared, random)
                assert utilities(ballots, items, points) == pytest.approx(before)
            free = (points[:, 1] - hierarchy.table @ shared[:3]) / shared[3]
            told.append([*shared[:3], *free, *(items * np.sqrt(precision)).ravel(), shared[3] ** -2, *precision])
        every = np.array(told)
        for column in every.T[:-3]:
            assert stats.kstest(column, "norm").pvalue > 1e-4
        for column in every.T[-3:]:
            assert stats.kstest(column, "expon").pvalue > 1e-4


class TestWhipTest:
    def told(self) -> whip_test._Told:
        votes = np.array([YES, NO, YES, ABSTAIN])
        chances = np.array([[0.1, 0.8, 0.1], [0.5, 0.4, 0.1], [0.7, 0.2, 0.1], [0.2, 0.2, 0.6]])
        tally = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
        broken, under = np.array([False, False, True, False]), np.array([True, True, True, False])
        return whip_test._Told(chances, tally, np.array([0.2, 0.3, 0.9, 0.0]), votes, broken, under)

    def test_scores_by_hand(self) -> None:
        one = self.told()
        assert (one.yes, one.expected, one.off) == (2, pytest.approx(2.0), 0.0)
        assert one.squares == pytest.approx([0.04, 0.16, 0.64, 0.04])
        assert one.crps == pytest.approx(0.1**2 + 0.3**2 + 0.3**2 + 0.1**2)
        assert one.interval(0.5) == (1, 3)
        other = replace(one, tally=np.array([0.0, 0.0, 0.0, 0.0, 1.0]))
        assert (other.off, other.crps) == (2.0, 2.0)
        score = whip_test._score("x", [one, other])
        assert (score.tally, score.crps) == (1.0, pytest.approx(1.1))
        assert score.coverage == 0.5
        assert score.brier == pytest.approx(0.22)
        assert score.loglik == pytest.approx(np.mean(np.log([0.8, 0.5, 0.2, 0.6])))
        # a tenth of six votes under a line is 0.6 of a vote: the most suspected rebelled, twice
        assert score.rebels == pytest.approx(0.6 / 2)

    def test_differences_are_means_over_drawn_motions(self) -> None:
        one = self.told()
        off = [replace(one, tally=np.eye(5)[place]) for place in (0, 1, 2, 3)]
        found = whip_test._differences({"whip_count": off, "party_line": [one] * 4})
        tally = next(row for row in found if row.score == "tally")
        assert tally.difference == pytest.approx(np.mean([2, 1, 0, 1]))
        assert 0.0 <= tally.low < tally.difference < tally.high <= 2.0
        spread = np.std([2, 1, 0, 1]) / 2
        assert tally.high - tally.low == pytest.approx(2 * 1.96 * spread, rel=0.25)
        brier = next(row for row in found if row.score == "brier")
        assert (brier.difference, brier.low, brier.high) == pytest.approx((0.0, 0.0, 0.0))
        assert {row.baseline for row in found} == {"party_line"}

    def test_who_came_is_scored_by_sums_of_independent_chances(self) -> None:
        calls = small()
        waves = Attendance(np.vstack([np.full(12, 0.9), np.full(12, 0.5)]), np.array([0.3, 0.7]))
        squares, members, off, within = whip_test._came(calls, 3, waves)
        came = calls.votes[:, 3] != ABSENT
        number = 0.3 * stats.binom.pmf(range(13), 12, 0.9) + 0.7 * stats.binom.pmf(range(13), 12, 0.5)
        middle = int(np.searchsorted(np.cumsum(number), 0.5))
        low, high = np.searchsorted(np.cumsum(number), [0.05, 0.95])
        assert squares == pytest.approx(((0.3 * 0.9 + 0.7 * 0.5 - came) ** 2).sum())
        assert (members, off, within) == (12, abs(middle - came.sum()), low <= came.sum() <= high)
        score = whip_test._attendance_score("x", [(2.0, 10, 3.0, True), (1.0, 5, 1.0, False)])
        assert (score.brier, score.present, score.coverage) == (0.2, 2.0, 0.5)

    def test_the_own_record_is_shrunk_to_the_houses(self) -> None:
        calls = small()
        told = whip_test._comers(calls, dt.date(2001, 1, 1))
        came = (calls.votes != ABSENT).sum(axis=1)
        house = came.sum() / (12 * 20)
        assert told["house"].mean == pytest.approx(np.full(12, house))
        assert told["record"].mean == pytest.approx((came + 20 * house) / 40)

    def test_a_drifting_rate_by_its_definition(self) -> None:
        calls = rebellious(20, 30)
        seen, broken = calls.under_line.sum(axis=0), calls.rebelled.sum(axis=0)
        age = [0.5 ** ((29 - place) / 10) for place in range(30)]
        usual = broken.sum() / seen.sum()
        told = (sum(a * b for a, b in zip(age, broken, strict=True)) + seen.mean() * usual) / (
            sum(a * s for a, s in zip(age, seen, strict=True)) + seen.mean()
        )
        assert whip_test.drifting_rate(calls) == pytest.approx(told)

    def test_motions_are_counted_in_the_order_of_time_whatever_the_order_of_columns(self) -> None:
        calls = rebellious(16, 24)
        told = whip_test.validate_whip_counts(calls, share=0.25)
        turned = whip_test.validate_whip_counts(calls.only_motions(range(23, -1, -1)), share=0.25)
        assert told.motions == turned.motions
        assert (told.learnt, told.tested) == (18, 6)
        assert [one.motion for one in told.motions] == [f"m{place}" for place in range(18, 24)]
        assert told.votes == sum((calls.votes[:, place] != ABSENT).sum() for place in range(18, 24))
        assert told.rebels == sum(one.rebels for one in told.motions) == calls.rebelled[:, 18:].sum()
        for one, place in zip(told.motions, range(18, 24), strict=True):
            assert one.yes == (calls.votes[:, place] == YES).sum()
            here = calls.votes[:, place] != ABSENT
            assert one.line == pytest.approx((calls.member_lines[here, place] == YES).sum())
        assert told.labelled == told.scores  # everybody's party is given
        with pytest.raises(TableError, match="WC562"):
            whip_test.validate_whip_counts(calls, start=13)
        assert whip_test.validate_whip_counts(calls, start=24).tested == 1
        lone = replace(calls, parties=(*calls.parties[:-1], ""))
        assert whip_test.validate_whip_counts(lone, share=0.25).labelled != told.scores


def test_the_top_tenth_counts_ties_in_proportion() -> None:
    happened = np.array([True, False, True, False, False])
    suspicion = np.array([0.9, 0.9, 0.5, 0.1, 0.1])
    for tenth, told in ((0.2, 0.25), (0.4, 0.5), (0.6, 1.0), (1.0, 1.0), (0.1, 0.125)):
        assert whip_test.top_share(suspicion, happened, tenth) == pytest.approx(told)


def test_a_motion_without_a_date_is_no_hindrance() -> None:
    assert Motion("x").date == dt.date.min

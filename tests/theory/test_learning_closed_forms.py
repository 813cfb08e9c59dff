"""What is learnt from documented crises and from polls, by sums, by conditioning a normal, and by plain counting."""

from __future__ import annotations

import datetime as dt
import itertools
import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import betaln, expit, logit

from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.theory import polls as of_polls
from whipcount.theory.first_day import REGIMES
from whipcount.theory.politics import (
    SPREADS,
    Learnt,
    Simulated,
    Surrogate,
    chosen_spread,
    fit,
    learn,
    left_out,
    moving,
    surrogate,
    temper,
)
from whipcount.theory.polls import Polls, pooled
from whipcount.theory.probability_scores import brier_score, calibration, log_score, paired, scores
from whipcount.theory.quarrel_models import (
    COLUMNS,
    SIGNS,
    base_rates,
    coin,
    columns_of,
    control,
    logit_map,
    middles,
    moments,
    ridge_logit,
    shrunk_base_rates,
    sign_matrix,
    signed_sums,
    standardised,
)
from whipcount.theory.questionnaire import KEYS

NAN = math.nan


def crisis(seed: int, questions: int = 5, parameters: int = 2) -> Surrogate:
    """Logits with answers that hang together; the last question cannot be put."""
    random = np.random.default_rng(seed)
    intercepts, slopes = random.normal(size=questions), random.normal(size=(questions, parameters))
    intercepts[-1], slopes[-1] = NAN, 0.0
    root = random.normal(size=(questions, questions)) * 0.2
    return Surrogate(f"c{seed}", expit(intercepts), intercepts, slopes, root @ root.T + 0.1 * np.eye(questions))


class TestPolitics:
    def test_chances_under_the_prior_count_half_a_history_either_way(self) -> None:
        answers = np.array([[1, 0, NAN, NAN], [1, 1, NAN, 1.0], [1, 0, NAN, NAN]])
        told = Simulated("x", np.zeros((3, 1)), answers).chances
        assert told[[0, 1, 3]] == pytest.approx([3.5 / 4, 1.5 / 4, 1.5 / 2])
        assert np.isnan(told[2])

    def test_a_chance_is_the_mean_of_its_logistic(self) -> None:
        """What is learnt moves the log odds of each chance as it moves the mean over the parameters."""
        one = crisis(1)
        mean, covariance = np.array([0.7, -0.4]), np.array([[0.5, 0.2], [0.2, 0.9]])

        def average(middle: float, variance: float) -> float:
            return float(
                integrate.quad(lambda z: expit(middle + math.sqrt(variance) * z) * stats.norm.pdf(z), -9, 9)[0]
            )

        for question in range(4):
            slope, start = one.slopes[question], one.intercepts[question]
            before = average(start, float(slope @ slope))
            after = average(start + float(slope @ mean), float(slope @ covariance @ slope))
            told = expit(logit(one.chances[question]) + logit(after) - logit(before))
            assert one.adjusted(mean, covariance)[question] == pytest.approx(told, abs=1e-5)
        assert np.isnan(one.adjusted(mean, covariance)[4])
        assert Learnt(mean, covariance, 0.5).of_a_crisis() == pytest.approx(covariance + 0.25 * np.eye(2))

    def test_what_moves_answers_is_told_by_squared_correlations(self) -> None:
        random = np.random.default_rng(2)
        crises = []
        for number in range(2):
            deviates = random.normal(size=(300, 5))
            line = deviates @ random.normal(size=(5, 4)) * [1.0, 0.5, 0.2, 0.0]
            answers = (random.random((300, 4)) < expit(line)).astype(float)
            answers[:, 3] = 1.0  # always yes: tells nothing, whatever else is known
            answers[number::3, 1] = NAN
            answers = np.column_stack([answers, np.full(300, NAN)])
            crises.append(Simulated(str(number), deviates, answers))
        total = np.zeros(5)
        for one in crises:
            for question in range(3):
                known = ~np.isnan(one.answers[:, question])
                for place in range(5):
                    y = one.answers[known, question]
                    z = one.deviates[known, place]
                    total[place] += (np.mean(z * (y - y.mean())) / y.std()) ** 2
        for most in (1, 3, 5):
            assert moving(crises, most).tolist() == sorted(np.argsort(-total)[:most].tolist())
        rare = np.zeros((300, 1))
        rare[0] = 1.0  # one in three hundred moves nothing that could be learnt
        assert moving([Simulated("r", np.eye(300)[:, :2], rare)], 1).tolist() == [0]
        assert moving([Simulated("r", np.column_stack([np.zeros(300), np.eye(300)[:, 0]]), rare)], 1).tolist() == [0]

    def test_a_surrogate_is_a_penalised_logit_and_the_covariance_of_what_it_leaves(self) -> None:
        random = np.random.default_rng(3)
        deviates = random.normal(size=(400, 2))
        answers = (random.random((400, 3)) < expit(deviates @ random.normal(size=(2, 3)) + 0.3)).astype(float)
        answers[::4, 1] = NAN
        found = surrogate(Simulated("x", deviates, answers))
        left = np.zeros((400, 3))
        for question in range(3):
            known = ~np.isnan(answers[:, question])
            rows, told = np.column_stack([np.ones(known.sum()), deviates[known]]), answers[known, question]

            def loss(at: np.ndarray, rows: np.ndarray = rows, told: np.ndarray = told) -> float:
                # the prior of a slope has a standard deviation of one half, that of the intercept is nearly flat
                shrunk = 0.5 * 1e-3 * at[0] ** 2 + 0.5 * 4.0 * (at[1:] ** 2).sum()
                return float(np.logaddexp(0, rows @ at).sum() - told @ rows @ at + shrunk)

            best = optimize.minimize(loss, np.zeros(3), tol=1e-12).x
            assert [found.intercepts[question], *found.slopes[question]] == pytest.approx(best, abs=1e-4)
            left[known, question] = told - expit(rows @ best)
        assert found.covariance == pytest.approx(np.cov(left.T), abs=1e-4)

    def test_the_temper_is_a_ratio_of_two_information_matrices(self) -> None:
        crises = [crisis(seed) for seed in range(3)]
        curvature, score = 1e-3 * np.eye(2), 1e-3 * np.eye(2)
        for one in crises:
            for a in range(4):
                curvature += one.covariance[a, a] * np.outer(one.slopes[a], one.slopes[a])
                for b in range(4):
                    score += one.covariance[a, b] * np.outer(one.slopes[a], one.slopes[b])
        eigen = np.linalg.eigvals(np.linalg.inv(curvature) @ score)
        assert temper(crises) == pytest.approx(min(1.0, 2 / eigen.sum().real))

    @pytest.mark.parametrize("spread", [0.3, 0.8])
    def test_crises_that_differ_teach_as_their_joint_mode_does(self, spread: float) -> None:
        """Each crisis' own parameters are at their best beside the mean, and the mean beside them."""
        crises = [crisis(seed) for seed in range(3)]
        random = np.random.default_rng(4)
        answers = (random.random((3, 5)) < 0.5).astype(float)
        answers[1, 2] = NAN

        def loss(place: np.ndarray) -> float:
            mean, own = place[:2], place[2:].reshape(3, 2)
            total = 0.5 * mean @ mean / (1 - spread**2)
            for one, told, at in zip(crises, answers, own, strict=True):
                total += 0.5 * (at - mean) @ (at - mean) / spread**2
                for question in range(4):
                    if not np.isnan(told[question]):
                        odds = one.intercepts[question] + one.slopes[question] @ at
                        total += 0.7 * (np.logaddexp(0, odds) - told[question] * odds)
            return float(total)

        best = optimize.minimize(loss, np.zeros(8), method="BFGS", options={"gtol": 1e-9})
        found = learn(crises, answers, spread, 0.7)
        assert found.mean == pytest.approx(best.x[:2], abs=1e-5)
        # the curvature of the joint mode, other parameters integrated out
        bend = np.zeros((8, 8))
        step = 1e-4
        for a, b in itertools.product(range(8), repeat=2):
            one, other = np.eye(8)[a] * step, np.eye(8)[b] * step
            here = best.x
            bend[a, b] = (loss(here + one + other) - loss(here + one - other) - loss(here - one + other)
                          + loss(here - one - other)) / (4 * step**2)  # fmt: skip
        assert found.covariance == pytest.approx(np.linalg.inv(bend)[:2, :2], abs=1e-4)
        assert found.spread == spread

    def test_the_spread_is_the_one_that_foresees_best(self) -> None:
        crises = [crisis(seed, 8) for seed in range(4)]
        for seed in range(4):
            answers = (np.random.default_rng(seed).random((4, 8)) < 0.5).astype(float)
            totals = {}
            for spread in SPREADS:
                totals[spread] = 0.0
                for place, one in enumerate(crises):
                    rest = [row for row in range(4) if row != place]
                    known = learn([crises[row] for row in rest], answers[rest], spread, 0.6)
                    told = one.adjusted(known.mean, known.of_a_crisis())
                    totals[spread] += sum(
                        math.log(p if yes else 1 - p) for p, yes in zip(told[:7], answers[place], strict=False)
                    )
            assert chosen_spread(crises, answers, 0.6) == max(SPREADS, key=lambda spread: (totals[spread], spread))
        power = temper(crises)
        assert fit(crises, answers).mean == pytest.approx(
            learn(crises, answers, chosen_spread(crises, answers, power), power).mean
        )
        told = left_out(crises, answers)
        known = fit(crises[1:], answers[1:])
        assert told[0] == pytest.approx(crises[0].adjusted(known.mean, known.of_a_crisis()), nan_ok=True)
        # tied with nothing learnt: nothing is learnt
        silent = np.full((4, 8), NAN)
        assert chosen_spread(crises, silent, 0.6) == 1.0


class TestScores:
    def test_by_hand(self) -> None:
        told, came = np.array([0.2, 1.0, 0.0, 0.5, NAN]), np.array([1.0, 1.0, 1.0, NAN, 1.0])
        logs = log_score(told, came)
        assert logs[:3] == pytest.approx([math.log(0.2), math.log1p(-1e-9), math.log(1e-9)])
        assert np.isnan(logs[3:]).all()
        assert brier_score(told, came)[:3] == pytest.approx([0.64, 0.0, 1.0])
        found = scores(told, came)
        assert (found.answers, found.large) == (3, pytest.approx(0.4 - 1))
        assert found.sharpness == pytest.approx((0.3 + 0.5 + 0.5) / 3)

    def test_crises_are_resampled_whole(self) -> None:
        """Where crises count alike, the interval is that of the mean of their gains; alone, one says nothing."""
        random = np.random.default_rng(5)
        gains = random.normal(0.3, 1.0, 40)
        scores_of = np.repeat(gains[:, None], 3, axis=1)
        found = paired(scores_of + 1.0, np.ones((40, 3)))
        error = gains.std() / math.sqrt(40)
        assert found.mean == pytest.approx(gains.mean())
        assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.05)
        assert found.low == pytest.approx(gains.mean() - 1.96 * error, abs=0.2 * error)
        assert (found.better, found.crises) == (int((gains > 0).sum()), 40)
        # a crisis with more answers counts more, one without any not at all
        uneven = paired(np.array([[1.0, NAN], [2.0, 4.0], [NAN, NAN]]), np.zeros((3, 2)))
        assert uneven.mean == pytest.approx(7 / 3)
        assert (uneven.better, uneven.crises) == (2, 2)
        assert 1.0 <= uneven.low <= uneven.high <= 3.0
        alone = paired(np.array([[1.0, 0.0]]), np.zeros((1, 2)))
        assert (alone.mean, alone.crises) == (0.5, 1)
        assert np.isnan([alone.low, alone.high]).all()
        assert np.isnan(paired(np.full((2, 2), NAN), np.zeros((2, 2))).mean)

    def test_groups_of_probabilities(self) -> None:
        bins = calibration(np.array([0.0, 0.1, 0.19, 0.95, 1.0, NAN]), np.array([0.0, 1.0, 0.0, 1.0, 1.0, 1.0]))
        told = [(one.low, one.high, one.number, one.happened) for one in bins]
        assert told == [(0.0, 0.1, 1, 0), (0.1, 0.2, 2, 1), (0.9, 1.0, 2, 2)]
        assert [one.share for one in bins] == [0.0, 0.5, 1.0]
        assert bins[2].forecast == pytest.approx(0.975)


QUARRELS = shipped_quarrels()


class TestQuarrels:
    def learn(self) -> np.ndarray:
        return np.arange(len(QUARRELS)) % 3 > 0

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        told = [
            [one for one in QUARRELS.answers[self.learn(), place] if not np.isnan(one)] for place in range(len(KEYS))
        ]
        return np.array([len(one) for one in told], dtype=float), np.array([sum(one) for one in told])

    def test_rates(self) -> None:
        known, yes = self.counts()
        assert (coin(QUARRELS, self.learn()) == 0.5).all()
        assert base_rates(QUARRELS, self.learn())[0] == pytest.approx((yes + 0.5) / (known + 1))
        found = shrunk_base_rates(QUARRELS, self.learn())[0]

        def surprise(at: np.ndarray) -> float:
            mean, weight = expit(at[0]), math.exp(at[1])
            a, b = mean * weight, (1 - mean) * weight
            return -float((betaln(yes + a, known - yes + b) - betaln(a, b)).sum())

        best = optimize.minimize(surprise, np.array([-1.0, 0.5]), method="Nelder-Mead").x
        mean, weight = expit(best[0]), math.exp(best[1])
        assert found == pytest.approx((yes + mean * weight) / (known + weight), abs=1e-3)

    def test_columns_are_made_of_judgements(self) -> None:
        values = middles(QUARRELS.first_days)
        made = dict(zip(COLUMNS, columns_of(values).T, strict=True))
        kind = dict(enumerate(REGIMES))
        for row in range(len(QUARRELS)):
            one = {key: float(column[row]) for key, column in values.items()}
            assert made["stake"][row] == pytest.approx(one["k_importance"] * one["dist_D"], nan_ok=True)
            assert made["log_posts"][row] == pytest.approx(math.log(1 + one["d_posts"]), nan_ok=True)
            if not np.isnan(one["regime"]):
                regime = kind[int(one["regime"])]
                assert made["governs"][row] == float(regime not in ("committee", "opposition"))
                partner = one["partner_n"] > 0 and regime != "minority"
                told = NAN if np.isnan(one["partner_n"]) else float(partner)
                assert made["cabinet_partner"][row] == pytest.approx(told, nan_ok=True)
            if not np.isnan(one["threat_already"]):
                assert made["threat_up"][row] == float(one["threat_already"] in (1.0, 3.0))
        assert {name for terms in SIGNS.values() for name in (term[1:] for term in terms.split())} == set(COLUMNS)
        signs = sign_matrix()
        for row, key in enumerate(KEYS):
            told = {term[1:]: -1.0 if term[0] == "-" else 1.0 for term in SIGNS[key].split()}
            assert dict(zip(COLUMNS, signs[row], strict=True)) == {name: told.get(name, 0.0) for name in COLUMNS}
        some = np.random.default_rng(1).normal(size=(3, len(COLUMNS)))
        assert signed_sums(some) == pytest.approx(np.einsum("rc,qc->rq", some, signs))

    def test_standardised_by_what_is_learnt_from(self) -> None:
        values = np.array([[1.0, 5.0, NAN], [3.0, 5.0, 2.0], [5.0, 5.0, 4.0], [100.0, 7.0, NAN]])
        known = np.array([True, True, True, False])
        centre, spread = moments(values[known])
        assert centre == pytest.approx([3.0, 5.0, 3.0])
        assert spread == pytest.approx([math.sqrt(8 / 3), 1.0, 1.0])
        told = standardised(values, known)
        assert told[:, 0] == pytest.approx((values[:, 0] - 3) / math.sqrt(8 / 3))
        assert told[:, 1].tolist() == [0.0, 0.0, 0.0, 2.0]
        assert told[:, 2].tolist() == [0.0, -1.0, 1.0, 0.0]

    def test_the_control_is_one_logit_with_an_offset_for_each_question(self) -> None:
        known = self.learn()
        sums = signed_sums(standardised(columns_of(middles(QUARRELS.first_days)), known))
        rows = [(row, place) for row in np.flatnonzero(known) for place in range(len(KEYS))
                if not np.isnan(QUARRELS.answers[row, place])]  # fmt: skip
        told = np.array([QUARRELS.answers[one] for one in rows])
        line = np.array([sums[one] for one in rows])
        which = np.array([place for _, place in rows])

        def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
            level, slope, offsets = at[0], at[1], at[2:]
            odds = level + slope * line + offsets[which]
            prior = level**2 / 8 + (slope - 0.7) ** 2 / (2 * 0.35**2) + offsets @ offsets / 2
            off = expit(odds) - told
            bend = np.r_[off.sum() + level / 4, off @ line + (slope - 0.7) / 0.35**2,
                         np.bincount(which, off, len(KEYS)) + offsets]  # fmt: skip
            return float(np.logaddexp(0, odds).sum() - told @ odds + prior), bend

        best = optimize.minimize(loss, np.zeros(2 + len(KEYS)), jac=True, tol=1e-12).x
        assert control(QUARRELS, known) == pytest.approx(expit(best[0] + best[1] * sums + best[2:]), abs=1e-4)

    def test_the_ridge_tells_all_from_all_that_is_judged(self) -> None:
        found = ridge_logit(QUARRELS, self.learn())
        assert found.shape == QUARRELS.answers.shape
        # slopes of variance 1 / k on k standardised columns: log odds move by about 1, and seldom by 4
        odds = logit(found)
        level = logit(base_rates(QUARRELS, self.learn()))
        assert 0.3 < (odds - odds.mean(axis=0)).std() < 2.0
        assert np.abs(odds.mean(axis=0) - level[0]).mean() < 0.8

    def test_a_penalised_logit_by_another_route(self) -> None:
        random = np.random.default_rng(6)
        design, told = random.normal(size=(50, 3)) * [1, 4, 0.2], (random.random(50) < 0.3).astype(float)
        mean, precision = np.array([0.5, -1.0, 0.0]), np.array([2.0, 0.1, 5.0])

        def loss(at: np.ndarray) -> float:
            odds = design @ at
            return float(np.logaddexp(0, odds).sum() - told @ odds + 0.5 * precision @ (at - mean) ** 2)

        place, covariance = logit_map(design, told, mean, precision)
        assert place == pytest.approx(optimize.minimize(loss, mean, tol=1e-12).x, abs=1e-5)
        chance = expit(design @ place)
        bend = (design.T * chance * (1 - chance)) @ design + np.diag(precision)
        assert covariance == pytest.approx(np.linalg.inv(bend), rel=1e-5)


class TestPolls:
    @pytest.fixture
    def polls(self) -> Polls:
        random = np.random.default_rng(7)
        days = tuple(dt.date(2024, 1, 1) + dt.timedelta(int(day)) for day in (0, 3, 3, 10, 18, 25))
        sizes = np.array([900.0, 1200.0, 700.0, 1000.0, 2000.0, 1500.0])
        return Polls(("A", "B"), days, ("x", "y", "x", "y", "x", "x"), sizes, random.dirichlet([30, 20, 10], 6))

    @pytest.mark.parametrize("now", [25, 40])
    def test_the_best_guess_is_a_normal_that_is_conditioned(self, polls: Polls, now: int) -> None:
        """A walk that began anywhere (a start of huge variance), seen through houses and samples."""
        walk, house, anywhere = 0.02, 0.03, 1e4
        days = [float((day - polls.days[0]).days) for day in polls.days]

        def shared(one: float, other: float) -> float:
            return anywhere + walk**2 * min(one, other)

        seen = np.array([[shared(a, b) + house**2 * (polls.houses[i] == polls.houses[j]) + (i == j) / polls.sizes[i]
                          for j, b in enumerate(days)] for i, a in enumerate(days)])  # fmt: skip
        toward = np.array([shared(now, day) for day in days])
        day = polls.days[0] + dt.timedelta(now)
        weights, variance = of_polls._weights(polls, day, walk, house)
        assert weights.sum() == pytest.approx(1)
        assert weights == pytest.approx(np.linalg.solve(seen, toward), abs=1e-5)
        assert variance == pytest.approx(shared(now, now) - toward @ np.linalg.solve(seen, toward), abs=1e-5)

    def test_the_evidence_is_that_of_what_is_told_beside_the_level(self, polls: Polls) -> None:
        """Restricted likelihood: of contrasts between polls, whichever are taken; a party's scale is its share."""
        middle = polls.shares.mean(axis=0)
        contrast = np.linalg.svd(np.eye(6) - 1 / 6)[0][:, :5]

        def told(walk: float, house: float) -> float:
            days, _ = of_polls._since(polls, polls.days[-1])
            covariance = contrast.T @ of_polls._covariance(polls, walk, house, days) @ contrast
            off = contrast.T @ polls.shares
            form = sum(float(off[:, party] @ np.linalg.solve(covariance, off[:, party])) / middle[party]
                       for party in range(3))  # fmt: skip
            return -0.5 * (2 * np.linalg.slogdet(covariance)[1] + form)

        places = [(0.0, 0.0), (0.02, 0.0), (0.01, 0.05), (0.05, 0.02)]
        ours = [of_polls._evidence(polls, middle, *place) for place in places]
        theirs = [told(*place) for place in places]
        assert np.diff(ours) == pytest.approx(np.diff(theirs), rel=1e-8)

    def test_what_is_learnt_is_the_best_of_the_grid(self, polls: Polls) -> None:
        day = polls.days[-1] + dt.timedelta(5)
        shares, variance, walk, house = pooled(polls, day)
        middle = np.average(polls.shares, axis=0, weights=polls.sizes)
        best = max(
            ((one, other) for one in of_polls.WALKS for other in of_polls.HOUSES),
            key=lambda one: of_polls._evidence(polls, middle, *one),
        )
        assert (walk, house) == best
        weights, left = of_polls._weights(polls, day, walk, house)
        assert shares == pytest.approx(weights @ polls.shares)
        assert shares.sum() == pytest.approx(1)
        assert variance == left
        alone = Polls(polls.parties, polls.days, ("x",) * 6, polls.sizes, polls.shares)
        assert pooled(alone, day)[3] == 0.0  # one house cannot be told from all

"""What crises teach of shared parameters: limits, an oracle, tempering, and calibration on crises made by the model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from whipcount.theory.politics import (
    Learnt,
    Simulated,
    Surrogate,
    fit,
    learn,
    left_out,
    moving,
    surrogate,
    temper,
)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def _crisis(seed: int, questions: int = 24, parameters: int = 3, copies: int = 1) -> Surrogate:
    """A crisis whose answers are logits of the parameters, each question asked so many times."""
    random = np.random.default_rng(seed)
    slopes = np.repeat(random.normal(0.0, 1.0, (questions, parameters)), copies, axis=0)
    intercepts = np.repeat(random.normal(0.0, 1.0, questions), copies)
    chances = _logistic(intercepts)
    one = np.repeat(np.repeat(np.eye(questions), copies, axis=0), copies, axis=1)
    spread = np.sqrt(chances * (1 - chances))
    return Surrogate(f"c{seed}", chances, intercepts, slopes, one * spread[:, None] * spread[None, :])


def _answers(crisis: Surrogate, at: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return (random.random(len(crisis.intercepts)) < _logistic(crisis.intercepts + crisis.slopes @ at)).astype(float)


def test_the_logits_of_a_simulation_are_found_again() -> None:
    random = np.random.default_rng(1)
    deviates = random.normal(size=(20_000, 2))
    line = -0.5 + deviates @ np.array([[1.0, 0.0], [-0.7, 0.0]]) + np.array([0.0, 0.5])
    answers = (random.random(line.shape) < _logistic(line)).astype(float)
    found = surrogate(Simulated("one", deviates, np.column_stack([answers, np.full(len(answers), np.nan)])))
    np.testing.assert_allclose(found.intercepts[:2], [-0.5, 0.0], atol=0.06)
    np.testing.assert_allclose(found.slopes, [[1.0, -0.7], [0.0, 0.0], [0.0, 0.0]], atol=0.06)
    assert np.isnan(found.intercepts[2])
    assert np.isnan(found.chances[2])


def test_nothing_learnt_leaves_every_chance_as_it_is() -> None:
    crises = [_crisis(seed) for seed in range(4)]
    random = np.random.default_rng(2)
    answers = np.array([_answers(one, np.ones(3), random) for one in crises])
    known = learn(crises, answers, 1.0)
    for one in crises:
        np.testing.assert_allclose(one.adjusted(known.mean, known.of_a_crisis()), one.chances, rtol=1e-9)


def test_alike_crises_teach_as_one_penalised_logit_does() -> None:
    """With no spread between crises the mean is the maximum of the penalised likelihood, found by another route."""
    crises = [_crisis(seed) for seed in range(3)]
    random = np.random.default_rng(3)
    answers = np.array([_answers(one, np.array([0.8, -0.5, 0.1]), random) for one in crises])
    answers[0, :4] = np.nan

    def loss(at: np.ndarray) -> float:
        total = 0.5 * at @ at
        for one, told in zip(crises, answers, strict=True):
            line, known = one.intercepts + one.slopes @ at, ~np.isnan(told)
            total -= (told[known] * line[known] - np.logaddexp(0, line[known])).sum()
        return float(total)

    oracle = optimize.minimize(loss, np.zeros(3), tol=1e-12)
    found = learn(crises, answers, 0.0, power=1.0)
    np.testing.assert_allclose(found.mean, oracle.x, atol=1e-4)
    np.testing.assert_allclose(found.covariance, oracle.hess_inv, atol=0.02)


def test_the_more_crises_differ_the_less_they_teach() -> None:
    crises = [_crisis(seed) for seed in range(6)]
    random = np.random.default_rng(4)
    answers = np.array([_answers(one, np.array([1.0, 1.0, 1.0]), random) for one in crises])
    sizes = [float(np.linalg.norm(learn(crises, answers, spread, 1.0).mean)) for spread in (0.0, 0.5, 0.9, 1.0)]
    assert sizes == sorted(sizes, reverse=True)
    widths = [float(np.trace(learn(crises, answers, spread, 1.0).of_a_crisis())) for spread in (0.0, 0.5, 0.9)]
    assert widths == sorted(widths)


@pytest.mark.parametrize("copies", [1, 2, 5])
def test_questions_that_say_the_same_count_once(copies: int) -> None:
    assert temper([_crisis(seed, copies=copies) for seed in range(8)]) == pytest.approx(1.0 / copies, rel=0.05)


def test_parameters_that_move_answers_are_found_without_what_happened() -> None:
    random = np.random.default_rng(5)
    deviates = random.normal(size=(2_000, 6))
    answers = (random.random((2_000, 4)) < _logistic(2.0 * deviates[:, [1, 4, 1, 4]])).astype(float)
    assert moving([Simulated("one", deviates, answers)], 2).tolist() == [1, 4]


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_ranks_of_the_truth_are_uniform_on_crises_made_by_the_model(spread: float) -> None:
    """Simulation-based calibration (Talts et al. 2018): parameters from the prior, answers from them, ranks even."""
    random, crises, ranks = np.random.default_rng(6), [_crisis(seed) for seed in range(8)], []
    for _ in range(300):
        truth = random.normal(0.0, np.sqrt(1.0 - spread**2), 3)
        own = truth + random.normal(0.0, spread, (len(crises), 3)) if spread else np.tile(truth, (len(crises), 1))
        answers = np.array([_answers(one, at, random) for one, at in zip(crises, own, strict=True)])
        found = learn(crises, answers, spread, 1.0)
        ranks.append(stats.norm.cdf((truth - found.mean) / np.sqrt(np.diag(found.covariance))))
    for column in np.array(ranks).T:
        assert stats.kstest(column, "uniform").pvalue > 0.001


def test_what_is_learnt_foresees_a_crisis_left_out_better_than_the_prior() -> None:
    random, crises = np.random.default_rng(7), [_crisis(seed) for seed in range(10)]
    truth = np.array([1.2, -1.0, 0.8])
    answers = np.array([_answers(one, truth, random) for one in crises])
    told = left_out(crises, answers)

    def score(chances: np.ndarray) -> float:
        return float(np.log(np.where(answers > 0.5, chances, 1 - chances)).mean())

    assert score(told) > score(np.array([one.chances for one in crises])) + 0.1


def test_crises_that_are_never_learnt_from_change_nothing() -> None:
    random, crises = np.random.default_rng(8), [_crisis(seed) for seed in range(6)]
    answers = np.array([_answers(one, np.ones(3), random) for one in crises])
    other = answers.copy()
    other[5] = 1.0 - other[5]
    teaching = np.arange(6) < 5
    np.testing.assert_array_equal(left_out(crises, answers, teaching)[:5], left_out(crises, other, teaching)[:5])


def test_answers_without_a_pattern_teach_little() -> None:
    """Where each crisis goes another way, the spread that is chosen leaves the prior nearly as it is."""
    random, crises = np.random.default_rng(9), [_crisis(seed) for seed in range(10)]
    answers = np.array([_answers(one, random.normal(0.0, 1.0, 3), random) for one in crises])
    found = fit(crises, answers)
    assert isinstance(found, Learnt)
    assert found.spread >= 0.5

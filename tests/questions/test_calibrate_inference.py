"""The inference itself, where the answer is known in closed form or on a grid."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.counterfactual import weighted_samples as weighted
from whipcount.inference.generations import Posterior, Worlds, posterior_of, search
from whipcount.inference.parameter_space import Space
from whipcount.inference.patterns import Pattern, distances, misses, scaled
from whipcount.inference.population import Generation, Proposal, log_weights, sizes
from whipcount.inference.rejection import adjusted, keep
from whipcount.inference.scores import paired, smoothed
from whipcount.inference.simulator import Computing, Counter, Ready, Values
from whipcount.questions.calibrate import learned
from whipcount.vocabulary.priors import LogUniform, Prior, Uniform

NAMES = tuple(f"p{number}" for number in range(8))
TARGETS = (1, 1, 1, 1, 1, 1, 0, 1)


def bernoulli(values: Values, first_run: int, _: int, /) -> np.ndarray:
    """Eight patterns: four with chance a, four with chance a x b."""
    a, b = values["a"].astype(float), values["b"].astype(float)
    chance = np.column_stack([a] * 4 + [a * b] * 4)
    return (np.random.default_rng(first_run).random(chance.shape) < chance).astype(float)


def found(least: float, simulations: int = 60_000) -> tuple[Worlds, Posterior]:
    space = Space(("a", "b"), (Uniform(0.0, 1.0), Uniform(0.0, 1.0)))
    patterns = [Pattern(name, float(target)) for name, target in zip(NAMES, TARGETS, strict=True)]
    divided = sizes(simulations, 4)
    computing = Computing(Ready(bernoulli), None, Counter(simulations))
    worlds, fitted = search(space, computing, NAMES, patterns, divided, 5, least)
    return worlds, posterior_of(space, worlds, fitted, least)


def on_grid() -> tuple[np.ndarray, np.ndarray]:
    """Exact posterior means and deviations of a and b: likelihood a^4 (ab)^3 (1 - ab)."""
    middle = (np.arange(600) + 0.5) / 600
    a, b = np.meshgrid(middle, middle, indexing="ij")
    likelihood = a**4 * (a * b) ** 3 * (1 - a * b)
    likelihood /= likelihood.sum()
    means = np.array([(a * likelihood).sum(), (b * likelihood).sum()])
    squares = np.array([(a**2 * likelihood).sum(), (b**2 * likelihood).sum()])
    return means, np.sqrt(squares - means**2)


def test_exact_matches_give_the_exact_posterior() -> None:
    worlds, posterior = found(least=400)
    assert posterior.tolerance == 0
    natural = posterior.space.natural(posterior.z)
    means, deviations = on_grid()
    error = deviations / np.sqrt(posterior.effective_size)
    assert np.all(np.abs(weighted.mean(natural, posterior.weights) - means) < 4 * error)
    assert weighted.deviation(natural, posterior.weights) == pytest.approx(deviations, rel=0.1)
    assert posterior.effective_size > 1_000
    assert len(worlds.z) == 60_000


def test_later_generations_come_nearer_than_the_priors() -> None:
    worlds, posterior = found(least=400)
    share = np.bincount(np.searchsorted(np.cumsum(sizes(60_000, 4)), posterior.run, side="right"), minlength=4)
    rates = share / np.array(sizes(60_000, 4))
    assert rates[-1] > 2 * rates[0]
    assert np.exp(worlds.log_weights()).mean() == pytest.approx(1.0, abs=0.02)


def test_regression_brings_a_loose_tolerance_nearer_to_the_exact_posterior() -> None:
    _, posterior = found(least=12_000)
    assert posterior.tolerance >= 1
    exact, _ = on_grid()
    space = posterior.space
    before = np.abs(weighted.mean(space.natural(posterior.unadjusted), posterior.weights) - exact)
    after = np.abs(weighted.mean(space.natural(posterior.z), posterior.weights) - exact)
    assert after.sum() < 0.6 * before.sum()


def test_weights_of_a_mixture_give_back_the_prior() -> None:
    narrow = Proposal(np.array([1.0, -0.5]), np.array([[0.5, 0.0], [0.2, 0.4]]), 0.15)
    prior = Proposal.prior(2)
    z = np.concatenate([prior.draw(4_000, 1, 0), narrow.draw(12_000, 1, 1)])
    weights = np.exp(log_weights(z, [Generation(prior, 4_000), Generation(narrow, 12_000)]))
    assert weights.max() < 1 / (0.25 + 0.75 * 0.15) + 1e-9
    assert weighted.mean(z, weights) == pytest.approx([0, 0], abs=0.05)
    assert weighted.deviation(z, weights) == pytest.approx([1, 1], abs=0.05)


def test_a_design_is_the_same_again_and_fills_the_priors_evenly() -> None:
    prior = Proposal.prior(3)
    assert np.array_equal(prior.draw(1_000, 7, 0), prior.draw(1_000, 7, 0))
    assert not np.array_equal(prior.draw(64, 7, 0), prior.draw(64, 7, 1))
    space = Space(("a", "b", "c"), (Uniform(0, 1), LogUniform(1, 100), Prior("normal", (5.0, 2.0))))
    natural = space.natural(prior.draw(1_024, 7, 0))
    assert natural.mean(axis=0) == pytest.approx([0.5, 99 / np.log(100), 5.0], rel=0.01)


def test_learning_nothing_is_told_so() -> None:
    space = Space(("a", "b"), (Uniform(0.0, 1.0), LogUniform(1.0, 100.0)))
    z = Proposal.prior(2).draw(4_096, 3, 0)
    flat = Posterior(space, z, z, np.full(4_096, 1 / 4_096), np.arange(4_096), np.zeros(4_096), 0.0)
    parameters = learned(space, flat)
    assert [one.verdict for one in parameters] == ["silent", "silent"]
    assert [one.contraction for one in parameters] == pytest.approx([1, 1], abs=0.02)
    assert parameters[0].prior == pytest.approx(parameters[0].posterior, abs=0.01)


def test_numbers_miss_by_distance_and_missing_ones_wholly() -> None:
    pattern = Pattern("day", 10.0, binary=False, weight=2.0)
    values = {"day": np.array([10.0, 12.0, 8.0, np.nan])}
    (fitted,) = scaled([pattern], {"day": np.array([6.0, 14.0, 6.0, 14.0, np.nan])})
    assert fitted.scale == 4.0
    missed = misses([fitted], values)
    assert missed[:, 0].tolist() == [0.0, 0.5, 0.5, 1.0]
    assert distances([fitted], missed).tolist() == [0.0, 1.0, 1.0, 2.0]
    assert Pattern("it", 1.0).missed(np.array([1.0, 0.0, np.nan])).tolist() == [0.0, 1.0, 1.0]


def test_keeping_takes_the_smallest_tolerance_that_suffices() -> None:
    distance = np.repeat([0.0, 1.0, 2.0], [5, 20, 100])
    flat = np.zeros(125)
    assert keep(distance, flat, 5).tolerance == 0
    assert keep(distance, flat, 15).tolerance == 1
    assert keep(distance, flat, 1_000).tolerance == 2
    kept = keep(distance, flat, 15)
    assert kept.weights.sum() == pytest.approx(1.0)
    assert kept.weights[0] > kept.weights[-1]
    fine = np.linspace(0, 1, 500)
    assert keep(fine, np.zeros(500), 50, kernel=False).tolerance == pytest.approx(fine[49])


def test_nothing_missed_is_nothing_adjusted() -> None:
    z = np.random.default_rng(1).normal(size=(50, 2))
    assert adjusted(z, np.zeros((50, 3)), np.full(50, 0.02)) is z


def test_weighted_quantiles_and_resampling() -> None:
    values, weights = np.arange(5.0), np.array([0.0, 0.0, 1.0, 1.0, 2.0])
    assert weighted.quantiles(values, weights, np.array([0.5]))[0] == pytest.approx(3.25, abs=0.5)
    drawn = weighted.resample(weights, 400, 3)
    assert np.bincount(drawn, minlength=5).tolist() == [0, 0, 100, 100, 200]
    assert weighted.effective_size(np.ones(7)) == pytest.approx(7)
    assert weighted.normalised(np.array([-np.inf, -np.inf])).tolist() == [0, 0]


def test_paired_scores_have_an_interval_over_outcomes() -> None:
    first = np.log(np.array([0.2, 0.3, 0.4, 0.5]))
    score = paired(first, first + 0.1)
    assert score.difference == pytest.approx(0.1)
    assert score.low == pytest.approx(0.1)
    assert score.high == pytest.approx(0.1)
    assert np.isnan(paired(np.zeros(0), np.zeros(0)).difference)
    assert float(smoothed(0.0, 99.0)) == pytest.approx(0.005)

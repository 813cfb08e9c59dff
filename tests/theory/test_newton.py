"""Newton's method where it is used: it ends in a few steps, at the value that it tells, and in time where data are
separated."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.theory import formation_logit, nash
from whipcount.theory.formation_logit import SEPARATED_AT, ChoiceSets, _newton, probabilities


@pytest.mark.parametrize("seed", range(6))
def test_the_nash_solution_is_found_in_a_few_steps(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second derivative is exact, so errors are squared with each step: ten do what two hundred do."""
    random = np.random.default_rng(seed)
    points, care = random.uniform(size=(4, 3)), random.uniform(0.2, 1.0, size=(4, 3))
    weights = random.uniform(0.5, 2.0, size=4)
    disagreement = -nash.policy_losses(random.uniform(size=3), points, care) - 0.15
    whole = nash.nash_policy(points, care, weights, disagreement)
    monkeypatch.setattr(nash, "MOST_STEPS", 10)
    short = nash.nash_policy(points, care, weights, disagreement)
    assert whole is not None
    assert short is not None
    np.testing.assert_allclose(short, whole, atol=1e-10)
    # At the solution the weighted sum of relative slopes is nothing (Nash 1950).
    gains = -nash.policy_losses(short, points, care) - disagreement
    slope = (weights / weights.sum()) @ (2 * care * (points - short) / gains[:, None])
    np.testing.assert_allclose(slope, 0.0, atol=1e-5)


def _sets(seed: int, covariates: int = 3) -> ChoiceSets:
    random = np.random.default_rng(seed)
    tables = [random.normal(size=(random.integers(2, 7), covariates)) for _ in range(60)]
    truth = np.linspace(-1.0, 1.0, covariates)
    chosen = [int(np.argmax(table @ truth + random.gumbel(size=len(table)))) for table in tables]
    return ChoiceSets.stack(tables, chosen)


@pytest.mark.parametrize("start", [0.0, 1.5, -2.0])
@pytest.mark.parametrize("ridge", [0.0, 2.0])
def test_a_fit_tells_its_own_value_wherever_it_began(start: float, ridge: float) -> None:
    """Log-likelihood less ridge / 2 times the squared coefficients, the same from every start: the sum is concave."""
    sets, strength = _sets(1), np.full(3, ridge)
    place, chance, value = _newton(sets, strength, np.full(3, start))
    own_chance, logs = probabilities(place, sets)
    assert value == pytest.approx(float(logs.sum() - 0.5 * strength @ place**2), abs=1e-8)
    np.testing.assert_allclose(chance, own_chance)
    from_nothing, _, _ = _newton(sets, strength, np.zeros(3))
    np.testing.assert_allclose(place, from_nothing, atol=1e-3)


def test_a_fit_needs_a_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    sets, strength = _sets(2), np.full(3, 0.5)
    whole, _, _ = _newton(sets, strength, np.zeros(3))
    monkeypatch.setattr(formation_logit, "STEPS", 8)
    short, _, _ = _newton(sets, strength, np.zeros(3))
    np.testing.assert_allclose(short, whole, atol=1e-6)


def test_where_data_are_separated_it_does_not_climb_for_ever() -> None:
    """The first is always chosen and always has the larger of one covariate, not of the other: the maximum lies at
    infinity, and each step goes one further. With so many choices the gain alone would not end it before 27."""
    random = np.random.default_rng(3)
    sign = random.choice([-0.1, 0.1], size=40_000)
    tables = [np.array([[1.0, x], [0.0, -x]]) for x in sign]
    place, _, _ = _newton(ChoiceSets.stack(tables, [0] * len(tables)), np.array([0.0, 5.0]), np.zeros(2))
    assert 2 * SEPARATED_AT < abs(place[0]) < 2 * SEPARATED_AT + 1.7
    assert abs(place[1]) < 1.0

"""Effects pooled over places: published figures, closed forms, limits, and intervals that cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from whipcount.theory.pooling import between_places, generalised_q, pool

# Thirteen trials of the BCG vaccine (Colditz et al. 1994): cases and others, vaccinated and not.
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
])  # fmt: skip


def risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T.astype(float)
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_vaccine_trials_give_their_published_figures() -> None:
    """Viechtbauer (2010): Q = 152.23; tau^2 by the empirical Bayes (Paule-Mandel) estimator .318, mean -.715."""
    effects, errors = risk_ratios()
    found = pool(effects, errors)
    assert found.q == pytest.approx(152.233, abs=1e-3)
    assert found.tau**2 == pytest.approx(0.3180, abs=5e-4)
    assert found.mean == pytest.approx(-0.7150, abs=5e-4)
    assert found.clear
    assert found.predicted_low < found.low < found.high < found.predicted_high
    assert generalised_q(effects, errors**2, found.tau**2) == pytest.approx(12.0)


def test_equal_errors_have_a_closed_form() -> None:
    """Then the mean is the plain one, tau^2 the variance less that of the errors, the interval Student's."""
    effects, error = np.array([0.3, -0.1, 0.5, 0.2, -0.4]), 0.1
    found = pool(effects, [error] * 5)
    assert found.mean == pytest.approx(effects.mean())
    assert found.tau**2 == pytest.approx(effects.var(ddof=1) - error**2)
    half = stats.t.ppf(0.975, 4) * effects.std(ddof=1) / math.sqrt(5)
    assert (found.low, found.high) == pytest.approx((effects.mean() - half, effects.mean() + half))
    away = stats.t.ppf(0.975, 3) * math.sqrt(found.tau**2 + effects.var(ddof=1) / 5)
    assert found.predicted_high == pytest.approx(effects.mean() + away)


def test_places_that_agree_differ_by_nothing() -> None:
    found = pool([0.2, 0.21, 0.19, 0.2], [0.1, 0.05, 0.1, 0.2])
    assert found.tau == 0.0
    weights = np.array([0.1, 0.05, 0.1, 0.2]) ** -2.0
    assert found.mean == pytest.approx(np.average([0.2, 0.21, 0.19, 0.2], weights=weights))
    assert found.high - found.mean == pytest.approx(stats.t.ppf(0.975, 3) / math.sqrt(weights.sum()))
    assert found.p > 0.9


def test_one_place_has_its_own_interval_and_nothing_to_compare() -> None:
    found = pool([0.2], [0.1])
    assert (found.low, found.high) == pytest.approx((0.2 - 1.96 * 0.1, 0.2 + 1.96 * 0.1), abs=1e-3)
    assert math.isnan(found.tau)
    two = pool([0.2, 0.4], [0.1, 0.1])
    assert math.isnan(two.predicted_low)
    with pytest.raises(ValueError, match="at least one place"):
        pool([], [])


@pytest.mark.parametrize("tau", [0.0, 0.3])
def test_intervals_cover_what_they_say(tau: float) -> None:
    """Twelve places with unequal errors: the mean's interval and the prediction interval hold nineteen of twenty."""
    random, errors = np.random.default_rng(3), np.linspace(0.05, 0.2, 12)
    mean, further = 0, 0
    for _ in range(800):
        found = pool(0.1 + random.normal(0, tau, 12) + random.normal(0, errors), errors)
        mean += found.low <= 0.1 <= found.high
        further += found.predicted_low <= 0.1 + random.normal(0, tau) <= found.predicted_high
    assert 0.93 <= mean / 800 <= 0.99
    assert 0.92 <= further / 800 <= 1.0


def test_the_spread_is_found_again() -> None:
    random, errors = np.random.default_rng(4), np.full(400, 0.1)
    effects = random.normal(0.0, 0.3, 400) + random.normal(0, errors)
    assert math.sqrt(between_places(effects, errors**2)) == pytest.approx(0.3, abs=0.03)

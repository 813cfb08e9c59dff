"""Draws from priors: each form's quantile is that of its distribution; larger numbers never draw smaller values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from whipcount.vocabulary.priors import Prior
from whipcount.world.draws import draw, quantile, unit_draws

FORMS = {
    "uniform": ((-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    "loguniform": ((0.1, 20.0), stats.loguniform(0.1, 20.0)),
    "normal": ((0.5, 2.0), stats.norm(0.5, 2.0)),
    "lognormal": ((0.08, 0.6), stats.lognorm(0.6, scale=0.08)),
    "triangular": ((0.0, 0.3, 1.0), stats.triang(0.3)),
    "beta": ((10.5, 204.5), stats.beta(10.5, 204.5)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_prior_is_inverted_exactly(form: str) -> None:
    numbers, exact = FORMS[form]
    u = np.linspace(0.001, 0.999, 199)
    values = quantile(Prior(form, numbers), u)
    np.testing.assert_allclose(values, exact.ppf(u), rtol=1e-6, atol=1e-9)
    assert np.all(np.diff(values) > 0.0)


def test_a_fixed_value_is_always_the_same() -> None:
    assert set(quantile(Prior("fixed", (0.7,)), np.array([0.1, 0.9]))) == {0.7}


def test_numbers_are_even_and_never_at_the_ends() -> None:
    u = unit_draws(1, np.arange(4000), "some.parameter")
    assert stats.kstest(u, "uniform").pvalue > 0.001
    assert 0.0 < u.min() < u.max() < 1.0
    other = unit_draws(1, np.arange(4000), "another.parameter")
    assert abs(np.corrcoef(u, other)[0, 1]) < 0.06


def test_draws_stay_within_what_the_input_may_be() -> None:
    values = draw(Prior("normal", (0.5, 2.0)), 1, np.arange(500), "x", 0.0, 1.0)
    assert (values.min(), values.max()) == (0.0, 1.0)

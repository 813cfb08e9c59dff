"""What cabinets of one group share: clustered errors and gamma frailty in closed forms, by quadrature, by recovery."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import numerical_gradient
from scipy.integrate import quad
from scipy.stats import gamma, lognorm

import whipcount
from whipcount.errors import TableError, UsageError
from whipcount.theory.survival import Durations, fit_survival, log_likelihood
from whipcount.theory.survival_cox import fit_cox
from whipcount.theory.survival_families import MODELS, likelihood
from whipcount.theory.survival_frailty import marginal, variance_curvature

FITS = (lambda table: fit_survival(table, "weibull", frailty=True), lambda table: fit_cox(table, frailty=True))


def grouped(variance: float, groups: int = 40, each: int = 20, shape: float = 1.3, seed: int = 1) -> Durations:
    """Durations whose hazards are multiplied by a gamma frailty of their group, some censored; slope .5."""
    random = np.random.default_rng(seed)
    shared = random.gamma(1 / variance, variance, groups) if variance else np.ones(groups)
    of = np.repeat(np.arange(groups), each)
    covariate = random.normal(size=len(of))
    time = np.exp(3 + 0.5 * covariate) * (random.exponential(size=len(of)) / shared[of]) ** (1 / shape)
    limit = random.exponential(80, size=len(of))
    names = tuple(f"{group:02d}" for group in of)
    return Durations(("x",), np.minimum(time, limit), time <= limit, covariate[:, None], groups=names)


def test_the_rate_of_clustered_ends_by_hand() -> None:
    # the constant of an exponential model is log(time / ends); its clustered error gathers d - t / mean by group
    table = grouped(0.5, groups=6, each=5)
    bare = replace(table, names=(), covariates=np.zeros((30, 0)))
    mean = table.duration.sum() / table.ended.sum()
    short = [
        sum(table.ended[row] - table.duration[row] / mean for row in range(30) if table.groups[row] == name)
        for name in sorted(set(table.groups))
    ]
    found = fit_survival(bare).coefficients[0]
    assert found.error == pytest.approx(1 / math.sqrt(table.ended.sum()))
    assert found.clustered == pytest.approx(math.sqrt(sum(np.square(short))) / table.ended.sum())


@pytest.mark.parametrize("model", MODELS)
def test_what_stands_twice_tells_once(model: str) -> None:
    table = grouped(0.0, groups=60, each=1)
    twice = Durations(
        table.names, np.tile(table.duration, 2), np.tile(table.ended, 2), np.tile(table.covariates, (2, 1)),
        groups=table.groups * 2,
    )  # fmt: skip
    one, both = fit_survival(table, model), fit_survival(twice, model)
    for single, double in zip(one.coefficients, both.coefficients, strict=True):
        assert double.clustered == pytest.approx(single.clustered, rel=1e-6)
        assert double.error == pytest.approx(single.error / math.sqrt(2), rel=1e-6)


@pytest.mark.parametrize("model", ["weibull", "lognormal"])
def test_frailty_is_integrated_out(model: str) -> None:
    table, place, variance = grouped(0.5, groups=3, each=4), np.array([2.5, 0.3, 0.2]), 0.7
    ended, of = table.ended.astype(float), np.repeat([0.0, 1.0, 2.0], 4)

    def plain(burden: np.ndarray | float, at: np.ndarray = place) -> object:
        return likelihood(at, table.design, table.duration, ended, model, burden)

    def with_frailty(shared: float, group: int) -> float:
        here = of == group
        told = likelihood(place, table.design[here], table.duration[here], ended[here], model, shared).value
        return math.exp(told) * shared ** ended[here].sum() * float(gamma.pdf(shared, 1 / variance, scale=variance))

    by_hand = sum(math.log(quad(with_frailty, 0, np.inf, args=(group,), epsabs=0)[0]) for group in range(3))
    assert marginal(plain, ended, of, variance).value == pytest.approx(by_hand, rel=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_slopes_of_the_integral_against_finite_differences(model: str) -> None:
    table, variance = grouped(0.5, groups=4, each=6), 0.4
    ended, of = table.ended.astype(float), np.repeat(np.arange(4.0), 6)
    place = np.array([2.5, 0.3, 0.2])[: 2 if model == "exponential" else 3]

    def told(at: np.ndarray, variance: float = variance) -> object:
        return marginal(
            lambda burden: likelihood(at, table.design, table.duration, ended, model, burden), ended, of, variance
        )

    found = told(place)
    assert found.slope == pytest.approx(numerical_gradient(lambda at: told(at).value, place), rel=1e-5)
    for axis in range(len(place)):
        bend = numerical_gradient(lambda at, axis=axis: told(at).slope[axis], place)
        assert found.bend[axis] == pytest.approx(bend, rel=1e-4, abs=1e-4)
    cross, twice = variance_curvature(found, ended, of, variance)
    width = 1e-4
    assert cross == pytest.approx(
        (told(place, variance + width).slope - told(place, variance - width).slope) / (2 * width), rel=1e-4
    )
    values = [told(place, variance + by).value for by in (-width, 0, width)]
    assert twice == pytest.approx((values[0] - 2 * values[1] + values[2]) / width**2, rel=1e-3)


@pytest.mark.parametrize("fit", FITS)
def test_frailty_is_recovered(fit: object) -> None:
    found = fit(grouped(0.6, groups=60, each=12))  # type: ignore[operator]
    slope = found.coefficients[1] if hasattr(found, "coefficients") else found.hazards[0]
    assert found.frailty.variance == pytest.approx(0.6, abs=0.25)
    assert found.frailty.chance < 1e-6
    assert slope.value == pytest.approx(0.5 if hasattr(found, "coefficients") else -0.65, abs=3.5 * slope.error)
    first = found.frailty.groups[0]
    assert first.low < first.frailty < first.high
    assert "times as fast" in found.words()


@pytest.mark.parametrize("fit", FITS)
def test_where_nothing_is_shared_none_is_found(fit: object) -> None:
    table = grouped(0.0, groups=25, each=12, seed=7)
    found, plain = fit(table), fit_survival(table, "weibull")  # type: ignore[operator]
    assert found.frailty.variance < 1e-4
    assert found.frailty.chance == 1
    if hasattr(found, "coefficients"):
        assert found.values == pytest.approx(plain.values, abs=1e-4)


def test_without_frailty_durations_look_as_if_the_risk_fell() -> None:
    # Lancaster 1979: what is left unseen pulls the shape towards a falling risk
    table = grouped(1.0, groups=80)
    assert fit_survival(table, "weibull").shape < fit_survival(table, "weibull", frailty=True).shape - 0.1


def test_log_normal_lives_are_those_of_scipy() -> None:
    found = fit_survival(replace(grouped(0.0), groups=()), "lognormal")
    law = lognorm(1 / found.shape, scale=math.exp(found.values[0]))
    assert float(found.median([0.0])) == pytest.approx(law.median())
    assert float(found.expected([0.0])) == pytest.approx(law.mean())
    assert float(found.survives([0.0], 30.0)) == pytest.approx(law.sf(30.0))
    assert float(found.expected_within([0.0], 50.0)) == pytest.approx(law.expect(ub=50.0) + 50 * law.sf(50.0), rel=1e-3)


def test_uncensored_log_normal_is_the_regression_of_logs() -> None:
    table = grouped(0.0, each=5)
    whole = Durations(table.names, table.duration, np.ones(200, dtype=bool), table.covariates)
    found = fit_survival(whole, "lognormal")
    least, rest, *_ = np.linalg.lstsq(whole.design, np.log(whole.duration), rcond=None)
    assert found.values == pytest.approx(least)
    assert 1 / found.shape == pytest.approx(math.sqrt(rest[0] / 200))


def test_likelihood_is_that_without_a_burden() -> None:
    table = grouped(0.0, groups=3, each=4)
    place = np.array([2.5, 0.3, 0.1])
    told = likelihood(place, table.design, table.duration, table.ended.astype(float), "weibull", 1.0)
    assert told.value == log_likelihood(place, table, "weibull").value


@pytest.mark.parametrize("fit", FITS)
def test_one_group_shares_nothing(fit: object) -> None:
    with pytest.raises(TableError, match="WC555"):
        fit(replace(grouped(0.0, groups=2, each=9), groups=("one",) * 18))  # type: ignore[operator]


@pytest.mark.parametrize(
    "asked",
    [
        {"weibull": True, "lognormal": True},
        {"frailty": "country", "clustered_by": "country"},
        {"cox": True, "at": "x=1"},
        {"parlgov": "nowhere", "clustered_by": "continent"},
    ],
)
def test_what_does_not_go_together(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="WC625"):
        whipcount.survival({"duration": [1.0], "ended": [1]}, **asked)


def test_the_call_learns_frailty() -> None:
    table = grouped(0.8, groups=10, each=10)
    rows = {
        "duration": table.duration.tolist(),
        "ended": table.ended.astype(int).tolist(),
        "x": table.covariates[:, 0].tolist(),
    }
    told = whipcount.survival({**rows, "land": list(table.groups)}, covariates="x", weibull=True, frailty="land")
    assert told.frailty is not None
    assert [one.key for one in told.tables()[2].columns][:2] == ["group", "cabinets"]
    assert told.record()["frailty"]["variance"] == told.frailty.variance
    wide = whipcount.survival({**rows, "land": list(table.groups)}, covariates="x", weibull=True, clustered_by="land")
    assert wide.groups == 10
    assert "clustered" in [column.key for column in wide.tables()[0].columns]

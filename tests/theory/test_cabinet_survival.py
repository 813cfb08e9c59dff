"""Durations of cabinets: published numbers, closed forms, derivatives, separation, bad tables."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from formation_bodies import DURATIONS, PARLGOV, needs_durations, needs_parlgov, numerical_gradient
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.survival import Durations, fit_survival, kaplan_meier, log_likelihood
from whipcount.theory.survival_cabinets import TRAITS, SurvivalModel, read_survival, shipped_survival, traits
from whipcount.theory.survival_families import MODELS

FIVE = ("invest", "fract", "polar", "numst2", "crisis")


def drawn(seed: int = 1, number: int = 600, shape: float = 1.0, slope: float = 0.5) -> Durations:
    """Durations with one covariate and a given shape, a third of them censored."""
    random = np.random.default_rng(seed)
    covariate = random.normal(size=number)
    time = np.exp(3 + slope * covariate) * random.exponential(size=number) ** (1 / shape)
    limit = random.exponential(60, size=number)
    return Durations(("x",), np.minimum(time, limit), time <= limit, covariate[:, None])


@needs_durations
class TestPublished:
    @pytest.fixture
    def table(self) -> Callable[[tuple[str, ...]], Durations]:
        from whipcount.data.durations import read_durations

        return lambda names: read_durations(DURATIONS, "duration", "ciep12", names)

    def test_two_covariates(self, table: Callable[[tuple[str, ...]], Durations]) -> None:
        found = fit_survival(table(("fract", "numst2")))
        assert found.values == pytest.approx([5.535875, -0.003909, 0.461179], abs=5e-6)
        assert [one.error for one in found.coefficients] == pytest.approx([0.5474, 0.00074, 0.1239], abs=5e-5)
        assert found.loglik == pytest.approx(-1077.387, abs=5e-4)
        assert (found.cabinets, found.events) == (314, 271)

    def test_five_covariates(self, table: Callable[[tuple[str, ...]], Durations]) -> None:
        found = fit_survival(table(FIVE))
        told = [4.82673, -0.50476, -0.00225, -0.02880, 0.46132, 0.00559]
        assert found.values == pytest.approx(told, abs=1e-5)
        assert found.loglik == pytest.approx(-1046.286, abs=5e-4)

    def test_weibull(self, table: Callable[[tuple[str, ...]], Durations]) -> None:
        found = fit_survival(table(FIVE), "weibull")
        assert found.shape == pytest.approx(1.1693, abs=5e-5)
        assert found.loglik == pytest.approx(-1041.669, abs=5e-4)


def test_without_covariates_the_rate_is_ends_over_time() -> None:
    table = drawn()
    bare = Durations((), table.duration, table.ended, np.zeros((len(table.duration), 0)))
    found = fit_survival(bare)
    assert math.exp(found.values[0]) == pytest.approx(table.duration.sum() / table.ended.sum())
    assert found.expected([]) == pytest.approx(table.duration.sum() / table.ended.sum())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), model=st.sampled_from(MODELS))
def test_derivatives_against_finite_differences(seed: int, model: str) -> None:
    table = drawn(seed, number=30)
    place = np.array([2.5, 0.3] if model == "exponential" else [2.5, 0.3, 0.2])
    found = log_likelihood(place, table, model)

    def value(at: np.ndarray) -> float:
        return log_likelihood(at, table, model).value

    assert found.slope == pytest.approx(numerical_gradient(value, place), rel=1e-4, abs=1e-4)
    for axis in range(len(place)):
        told = numerical_gradient(lambda at, axis=axis: log_likelihood(at, table, model).slope[axis], place)
        assert found.bend[axis] == pytest.approx(told, rel=1e-4, abs=1e-3)


def test_recovers_shape_and_slope() -> None:
    found = fit_survival(drawn(seed=4, number=4_000, shape=1.6), "weibull")
    assert found.shape == pytest.approx(1.6, abs=4 * found.shape_error)
    assert found.values[1] == pytest.approx(0.5, abs=4 * found.coefficients[1].error)


def test_expectations_agree_with_each_other() -> None:
    found = fit_survival(drawn(seed=4, shape=1.6), "weibull")
    median = float(found.median([0.3]))
    assert float(found.survives([0.3], median)) == pytest.approx(0.5)
    assert float(found.expected_within([0.3], 400.0)) == pytest.approx(float(found.expected([0.3])), rel=1e-3)
    assert float(found.expected_within([0.3], 5.0)) < 5.0


def test_separation_is_held() -> None:
    duration = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    ended = np.array([True] * 4 + [False] * 4)
    table = Durations(("x",), duration, ended, np.where(ended, 0.0, 1.0)[:, None])
    found = fit_survival(table)
    assert found.separated
    assert np.isfinite(found.values).all()


def test_kaplan_meier_by_hand() -> None:
    table = Durations((), np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, True]), np.zeros((4, 0)))
    points = kaplan_meier(table)
    assert [point[0] for point in points] == [1.0, 2.0, 3.0]
    assert [point[1] for point in points] == pytest.approx([0.75, 0.5, 0.0])


@pytest.mark.parametrize(
    ("duration", "ended", "covariate", "code"),
    [
        ([], [], [], "WC501"),
        ([1.0, 0.0], [True, True], [0.0, 1.0], "WC550"),
        ([1.0, float("nan")], [True, True], [0.0, 1.0], "WC550"),
        ([1.0, 2.0], [False, False], [0.0, 1.0], "WC551"),
        ([1.0, 2.0], [True, False], [0.0, float("nan")], "WC504"),
    ],
)
def test_bad_tables(duration: list[float], ended: list[bool], covariate: list[float], code: str) -> None:
    with pytest.raises(TableError, match=code):
        Durations(("x",), np.array(duration), np.array(ended, dtype=bool), np.array(covariate).reshape(-1, 1))


def test_no_such_model() -> None:
    with pytest.raises(TableError, match="WC552"):
        fit_survival(drawn(), "gompertz")


class TestShipped:
    def test_expected_lives_make_sense(self) -> None:
        model = shipped_survival()
        seats, place = np.array([0.45, 0.3, 0.25]), np.array([0.3, 0.6, 0.8])
        inside = np.array([[1.0, 0, 0], [1, 1, 0], [1, 1, 1]])
        months = model.months(inside, seats, place)
        assert ((months > 6) & (months < 48)).all()
        assert months[1] > months[0]  # a majority lives longer than a minority
        assert months[1] > months[2]  # fewer parties, longer life

    def test_names_are_those_it_was_trained_with(self) -> None:
        assert tuple(one.name for one in shipped_survival().fit.coefficients[1:]) == TRAITS
        assert traits(np.ones((1, 2)), np.array([0.6, 0.4]), np.array([0.2, 0.5])).shape == (1, len(TRAITS))

    def test_saved_and_read_again(self, tmp_path: object) -> None:
        path = tmp_path / "survival.json"  # type: ignore[operator]
        shipped_survival().save(path)
        again = read_survival(path.read_text(encoding="utf-8"), "here")
        assert again.fit.values == pytest.approx(shipped_survival().fit.values)
        with pytest.raises(TableError, match="WC534"):
            read_survival("{}", "here")

    @needs_parlgov
    def test_trained_on_these_cabinets(self) -> None:
        from whipcount.data.durations import parlgov_durations
        from whipcount.data.parlgov import read_parlgov

        found = fit_survival(parlgov_durations(read_parlgov(PARLGOV)), "weibull")
        shipped = shipped_survival()
        assert isinstance(shipped, SurvivalModel)
        assert found.values == pytest.approx(shipped.fit.values, abs=1e-4)
        assert found.shape == pytest.approx(shipped.fit.shape, abs=1e-4)


def test_words_in_both_languages() -> None:
    found = fit_survival(drawn(), "weibull")
    assert "Shape" in found.words()
    assert "Форма" in found.words("ru")
    assert found.record()["events"] == found.events

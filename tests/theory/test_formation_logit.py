"""Conditional and mixed logit: derivatives, known limits, recovery, separation."""

from __future__ import annotations

import numpy as np
import pytest
from formation_bodies import numerical_gradient
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.session import using
from whipcount.theory.formation_logit import (
    ChoiceSets,
    choose_ridge,
    fit,
    fold_of,
    gradient,
    information,
    probabilities,
)
from whipcount.theory.formation_mixed import compare_mixed, fit_mixed, normal_draws, simulated


def drawn(
    seed: int, sets: int = 40, covariates: int = 3, coefficients: np.ndarray | None = None
) -> tuple[list[np.ndarray], list[int]]:
    """Choice sets of 2 to 9 alternatives, and choices drawn from the logit model."""
    random = np.random.default_rng(seed)
    truth = np.zeros(covariates) if coefficients is None else coefficients
    tables, chosen = [], []
    for _ in range(sets):
        table = random.normal(size=(random.integers(2, 10), covariates))
        weight = np.exp(table @ truth)
        tables.append(table)
        chosen.append(int(random.choice(len(table), p=weight / weight.sum())))
    return tables, chosen


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), covariates=st.integers(1, 5))
def test_gradient_and_information_against_finite_differences(seed: int, covariates: int) -> None:
    tables, chosen = drawn(seed, sets=8, covariates=covariates)
    sets = ChoiceSets.stack(tables, chosen)
    place = np.random.default_rng(seed).normal(size=covariates)

    def value(at: np.ndarray) -> float:
        return float(probabilities(at, sets)[1].sum())

    def slope(at: np.ndarray) -> np.ndarray:
        return gradient(sets, probabilities(at, sets)[0])

    assert slope(place) == pytest.approx(numerical_gradient(value, place), rel=1e-4, abs=1e-5)
    bend = np.array([numerical_gradient(lambda at, axis=axis: slope(at)[axis], place) for axis in range(covariates)])
    assert information(sets, probabilities(place, sets)[0]) == pytest.approx(-bend, rel=1e-4, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_probabilities_sum_to_one_in_each_set(seed: int) -> None:
    tables, chosen = drawn(seed)
    sets = ChoiceSets.stack(tables, chosen)
    chance, logs = probabilities(np.random.default_rng(seed).normal(size=3) * 20, sets)
    assert np.add.reduceat(chance, sets.starts) == pytest.approx(np.ones(len(tables)))
    assert np.isfinite(logs).all()


def test_recovers_the_coefficients_it_was_drawn_from() -> None:
    truth = np.array([1.0, -0.5, 0.25])
    tables, chosen = drawn(5, sets=3_000, coefficients=truth)
    found = fit(ChoiceSets.stack(tables, chosen))
    assert np.abs(found.coefficients - truth).max() < 4 * found.errors.max()
    assert found.errors.max() < 0.06
    assert not found.separated


def test_the_scale_of_a_covariate_does_not_matter() -> None:
    tables, chosen = drawn(6, sets=200, coefficients=np.array([1.0, 0.0, -1.0]))
    plain = fit(ChoiceSets.stack(tables, chosen), 5.0)
    stretched = fit(ChoiceSets.stack([table * [1.0, 1_000.0, 1e-3] for table in tables], chosen), 5.0)
    assert stretched.coefficients * [1.0, 1_000.0, 1e-3] == pytest.approx(plain.coefficients, abs=1e-5)
    assert stretched.loglik == pytest.approx(plain.loglik, abs=1e-6)


def test_even_chances_without_information() -> None:
    found = fit(ChoiceSets.stack([np.zeros((4, 2))] * 10, [0] * 10))
    assert found.loglik == pytest.approx(-10 * np.log(4))


def test_a_strong_ridge_shrinks_everything() -> None:
    tables, chosen = drawn(7, sets=100, coefficients=np.array([2.0, 2.0, 2.0]))
    sets = ChoiceSets.stack(tables, chosen)
    sizes = [np.abs(fit(sets, ridge).coefficients).max() for ridge in (0.0, 10.0, 1e6)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[2] < 1e-3


def test_perfect_separation_is_found_out_and_held() -> None:
    random = np.random.default_rng(1)
    tables = [random.normal(size=(4, 2)) for _ in range(30)]
    chosen = [int(np.argmax(table[:, 0])) for table in tables]  # the first covariate decides every choice
    found = fit(ChoiceSets.stack(tables, chosen))
    assert found.separated
    assert np.isfinite(found.coefficients).all()
    assert np.isfinite(found.errors).all()
    assert found.coefficients[0] > 0


def test_choices_that_are_not_there() -> None:
    with pytest.raises(TableError, match="WC533"):
        ChoiceSets.stack([], [])


def test_ridge_is_chosen_by_groups_left_out() -> None:
    random = np.random.default_rng(2)
    tables, chosen = drawn(8, sets=60, covariates=25)  # 25 covariates that mean nothing
    groups = [f"country {random.integers(12)}" for _ in tables]
    assert choose_ridge(tables, chosen, groups, (0.1, 1_000.0)) == 1_000.0
    assert choose_ridge(tables, chosen, ["one"] * len(tables), (1.0, 2.0, 3.0)) == 2.0


def test_no_group_is_divided_among_folds() -> None:
    groups = [f"country {number % 13}" for number in range(100)]
    place = fold_of(groups, 5)
    assert set(place) == set(range(5))
    assert all(len({int(place[row]) for row in range(100) if groups[row] == group}) == 1 for group in groups)


class TestMixed:
    def sets(self, seed: int = 3, number: int = 40) -> ChoiceSets:
        return ChoiceSets.stack(*drawn(seed, sets=number, coefficients=np.array([1.0, 0.5, 0.0])))

    def test_gradient_against_finite_differences(self) -> None:
        sets = self.sets()
        normal = normal_draws(len(sets.starts), 2, 12)
        place = np.array([0.4, -0.3, 0.2, 0.5, 0.8])
        value, slope, _ = simulated(place, sets, (0, 2), normal)

        def at(parameters: np.ndarray) -> float:
            return float(simulated(parameters, sets, (0, 2), normal)[0].sum())

        assert value.sum() == pytest.approx(at(place))
        assert slope == pytest.approx(numerical_gradient(at, place), rel=1e-4, abs=1e-5)

    def test_without_deviations_it_is_the_conditional_logit(self) -> None:
        sets = self.sets()
        normal = normal_draws(len(sets.starts), 1, 6)
        place = np.array([0.4, -0.3, 0.2, 0.0])
        logs, slope, mean = simulated(place, sets, (1,), normal)
        chance, plain = probabilities(place[:3], sets)
        assert logs == pytest.approx(plain)
        assert mean == pytest.approx(chance)
        assert slope[:3] == pytest.approx(gradient(sets, chance))
        assert slope[3] == pytest.approx(0.0, abs=1e-9)  # mirrored draws: no first-order effect

    def test_compiled_and_numpy_agree(self) -> None:
        sets, random = self.sets(), np.random.default_rng(6)
        normal = normal_draws(len(sets.starts), 2, 9)
        for _ in range(4):
            place = random.normal(size=5) * 3
            told = []
            for name in ("compiled", "numpy"):
                with using(backend=name):
                    told.append(simulated(place, sets, (0, 2), normal))
            for one, other in zip(*told, strict=True):
                assert one == pytest.approx(other, rel=1e-9, abs=1e-12)

    def test_recovers_a_deviation(self) -> None:
        random = np.random.default_rng(9)
        tables, chosen = [], []
        for _ in range(2_500):
            table = random.normal(size=(5, 2))
            weight = np.exp(table @ [random.normal(1.0, 1.5), -0.5])
            tables.append(table)
            chosen.append(int(random.choice(5, p=weight / weight.sum())))
        found = fit_mixed(ChoiceSets.stack(tables, chosen), (0,), draws=60)
        assert found.deviations[0] == pytest.approx(1.5, abs=0.35)
        assert found.coefficients == pytest.approx([1.0, -0.5], abs=0.2)
        assert found.loglik > fit(ChoiceSets.stack(tables, chosen)).loglik

    def test_beside_the_conditional_logit(self) -> None:
        told = compare_mixed(self.sets(), ("a", "b", "c"), ("b",), draws=10)
        assert [one > 0 for one in told.deviations][0::2] == [False, False]
        assert told.loglik_mixed >= told.loglik_conditional - 0.5
        assert "mixing" in told.words()
        assert "смешивание" in told.words("ru")
        assert told.record()["choices"] == 40
        with pytest.raises(TableError, match="WC502"):
            compare_mixed(self.sets(), ("a", "b", "c"), ("d",))

    def test_draws_mirror_each_other(self) -> None:
        normal = normal_draws(7, 3, 10)
        assert normal.shape == (10, 7, 3)
        assert normal[:5] == pytest.approx(-normal[5:])

"""Definitions that leave nothing to the machine: signs of zero and NaN, and runs that do not depend on each other."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.engine.numpy.runtime import Collector, Tally, Weigher, highest
from whipcount.vocabulary import numerics

ZEROS = np.array([[0.0, -0.0, 0.0, -0.0]], np.float32)
TURNED = np.array([[-0.0, 0.0, 0.0, -0.0]], np.float32)


@pytest.mark.parametrize("extreme", [numerics.maximum, numerics.minimum])
def test_of_two_zeros_the_positive_one(extreme: object) -> None:
    assert not np.signbit(extreme(ZEROS, TURNED)).any()  # type: ignore[operator]


def test_extremes_pass_nan_on() -> None:
    nan = np.array([[np.nan, 1.0]], np.float32)
    other = np.array([[1.0, np.nan]], np.float32)
    assert np.isnan(numerics.maximum(nan, other)).all()
    assert np.isnan(numerics.minimum(nan, other)).all()
    assert np.isnan(highest(np.concatenate((nan, other)))).all()


def test_highest_of_nothing_and_of_zeros() -> None:
    assert highest(np.zeros((0, 2), np.float32)).tolist() == [[-np.inf, -np.inf]]
    assert not np.signbit(highest(np.concatenate((ZEROS, TURNED)))).any()


def test_sums_of_negative_zeros() -> None:
    minus = np.full((5, 3), -0.0, np.float32)
    assert not np.signbit(numerics.row_sum(minus)).any()
    assert not np.signbit(numerics.row_sum(minus[:, :1])).any()
    for groups in (2, 5):
        grouping = numerics.Grouping(np.array([0, 0, 1, 1, 1]), groups)
        assert not np.signbit(grouping.sum(minus)).any()


def test_logarithm_and_root_outside_their_range() -> None:
    x = np.array([[np.nan, -np.nan, -1.0, 0.0, -0.0]], np.float32)
    smallest = numerics.log(np.array([[numerics.SMALLEST]], np.float32))
    assert (numerics.log(x) == smallest).all()
    roots = numerics.sqrt(x)
    assert np.isnan(roots[0, :2]).all()
    assert (roots[0, 2:] == 0).all()
    assert not np.signbit(roots[0, 2:]).any()


def test_missing_ties_have_no_influence() -> None:
    matrix = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0]], np.float32)
    x = np.array([[np.inf, 1.0], [5.0, np.nan], [-1.0, 2.0]], np.float32)
    assert np.array_equal(Weigher(matrix)(x), [[10.0, np.nan], [np.inf, 7.0], [0.0, 0.0]], equal_nan=True)


def test_weighing_is_a_matrix_product() -> None:
    rng = np.random.default_rng(1)
    matrix = np.where(rng.random((7, 5)) < 0.5, rng.random((7, 5)), 0).astype(np.float32)
    x = rng.random((5, 4)).astype(np.float32)
    assert np.allclose(Weigher(matrix)(x), matrix @ x, rtol=1e-6)


def test_a_forecast_does_not_depend_on_the_runs_beside_it() -> None:
    """A body of 40 of whom 20 are present in one run and all in the other: the first is counted exactly in both."""
    rng = np.random.default_rng(2)
    members = np.zeros(40, np.int64)
    yes = rng.random((40, 2)).astype(np.float32)
    weight = np.ones((40, 2), np.float32)
    weight[20:, 0] = 0.0
    variance = weight * (1 - (2 * yes - 1) ** 2)  # of one vote that is a yes or a no
    tally = Tally(members, 1)
    together = tally(yes, 1 - yes, weight, variance)
    for run in range(2):
        one = slice(run, run + 1)
        alone = tally(yes[:, one], (1 - yes)[:, one], weight[:, one], variance[:, one])
        assert alone.tobytes() == np.ascontiguousarray(together[:, one]).tobytes()


def test_what_is_recorded_has_one_zero_and_one_nan() -> None:
    collector = Collector(1, 1, 2)
    odd = np.array([[-0.0, -np.nan]], np.float32)
    collector.record(0, np.ones((1, 2), np.bool_), odd, None, None, 0)
    collector.measure(0, odd, 0)
    canonical = np.array([0.0, np.nan], np.float32).tobytes()
    assert collector.events(0).value.tobytes() == canonical
    assert collector.series.tobytes() == canonical

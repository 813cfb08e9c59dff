"""Daily summaries: accurate, and the same in whatever order runs arrive."""

from __future__ import annotations

import numpy as np
import pytest
from invented_engine import MEASURES

from whipcount.results.series import GRID, QUANTILES, SeriesTally

STEPS = 3


def draws(runs: int) -> np.ndarray:
    random = np.random.default_rng(2)
    shape = (STEPS, len(MEASURES), runs)
    return (random.beta(2, 5, shape) * np.array([1, 1, 4])[:, None]).astype(np.float32)


def tally(*blocks: np.ndarray) -> SeriesTally:
    made = SeriesTally(MEASURES, STEPS)
    for block in blocks:
        made.add(block)
    return made


def test_quantiles_and_means_are_accurate() -> None:
    series = draws(3000)
    summary = tally(series).summary()
    assert summary.mean == pytest.approx(series.astype(float).mean(axis=2), abs=1e-6)
    for column, share in enumerate(QUANTILES):
        exact = np.quantile(series, share, axis=2, method="inverted_cdf")
        unit = np.array([measure.high - measure.low for measure in MEASURES]) / GRID
        assert (abs(summary.quantiles[:, :, column] - exact) <= 0.501 * unit).all()


def test_order_and_blocks_do_not_show() -> None:
    series = draws(500)
    whole = tally(series)
    shuffled = series[:, :, np.random.default_rng(1).permutation(500)]
    pieces = tally(*np.split(shuffled, [3, 100, 101, 400], axis=2))
    assert (whole.counts == pieces.counts).all()
    assert (whole.sums == pieces.sums).all()
    merged = tally(series[:, :, :200])
    other = tally(series[:, :, 200:])
    merged.merge(*other.sparse(), other.sums)
    assert (whole.counts == merged.counts).all()
    assert whole.summary().mean.tobytes() == merged.summary().mean.tobytes()


@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 1.0])
def test_round_values_are_exact(value: float) -> None:
    summary = tally(np.full((STEPS, len(MEASURES), 7), value, np.float32)).summary()
    assert (summary.quantiles == value).all()
    assert (summary.mean == value).all()


def test_values_beyond_the_ends_count_at_the_ends() -> None:
    series = np.full((STEPS, len(MEASURES), 4), 9.0, np.float32)
    summary = tally(series).summary()
    assert summary.quantiles[0, :, 2].tolist() == [1.0, 1.0, 4.0]
    assert (summary.mean == 9.0).all()


def test_missing_values_are_left_out() -> None:
    series = draws(10)
    series[1, 0, :] = np.nan
    series[2, 1, :5] = np.nan
    summary = tally(series).summary()
    assert summary.count[1, 0] == 0
    assert np.isnan(summary.mean[1, 0])
    assert np.isnan(summary.quantiles[1, 0]).all()
    assert summary.count[2, 1] == 5
    assert summary.mean[2, 1] == pytest.approx(series[2, 1, 5:].mean(), abs=1e-6)


def test_measures_that_stand_still_are_counted_as_those_that_move() -> None:
    """What is the same in all runs takes a shorter way; missing and very large values a longer one."""
    random = np.random.default_rng(3)
    series = random.random((4, 3, 50)).astype(np.float32)
    series[:, 0] = np.float32(0.3)
    series[1, 2] = np.float32(7.5)
    series[2, 1, :5] = np.nan
    series[3, 2, 4] = np.float32(1e9)
    whole, single = SeriesTally(MEASURES, 4), SeriesTally(MEASURES, 4)
    whole.add(series)
    for run in range(50):
        single.add(series[:, :, run : run + 1])
    assert (whole.counts == single.counts).all()
    assert (whole.sums == single.sums).all()
    summary = whole.summary()
    assert summary.mean[0, 0] == pytest.approx(0.3, abs=1e-7)
    assert summary.count[2, 1] == 45

"""Intervals against published and hand-computed values."""

from __future__ import annotations

import math

import pytest

from whipcount.theory.intervals import Z95, normal_interval, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), table I, method 3: the score interval without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_the_ends() -> None:
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_normal_interval() -> None:
    assert normal_interval(2.0, 10.0, 100) == pytest.approx((0.040036, 3.959964))
    assert all(math.isnan(end) for end in normal_interval(1.0, 0.0, 1))


@pytest.mark.parametrize(("successes", "trials"), [(1, 4), (3, 7), (40, 100), (0.5, 3)])
@pytest.mark.parametrize("z", [1.0, Z95])
def test_the_ends_are_where_the_score_test_just_rejects(successes: float, trials: int, z: float) -> None:
    share = successes / trials
    low, high = wilson(successes, trials, z)
    for end in (low, high):
        assert abs(share - end) == pytest.approx(z * math.sqrt(end * (1 - end) / trials))
    assert 0 < low < share < high < 1


def test_two_runs_are_enough_for_an_interval() -> None:
    low, high = normal_interval(5.0, 2.0, 2, z=1.0)
    assert (low, high) == pytest.approx((5 - math.sqrt(2), 5 + math.sqrt(2)))
    assert math.isnan(normal_interval(5.0, 2.0, 1)[0])
    assert wilson(1, 1)[1] == 1.0
    assert wilson(0, 1)[0] == 0.0

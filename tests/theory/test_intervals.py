"""Intervals against published and hand-computed values."""

from __future__ import annotations

import math

import pytest

from whipcount.theory.intervals import normal_interval, wilson


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

"""Power on a map: who is pivotal when issues come from every direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.map_power import map_power
from whipcount.theory.rules import council_2014, weighted_majority

TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 3**0.5 / 2]])


def test_corners_of_a_triangle_share_evenly() -> None:
    assert map_power(weighted_majority([1, 1, 1]), TRIANGLE, ["x", "y"]).pivotal == pytest.approx((1 / 3,) * 3)


def test_angles_of_a_triangle_are_shares() -> None:
    """With three equal members, each is pivotal over the share of directions that its corner's angle gives."""
    points = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    angles = np.array([np.pi / 2, np.arctan(0.5), np.arctan(2.0)])
    assert map_power(weighted_majority([1, 1, 1]), points, ["x", "y"]).pivotal == pytest.approx(angles / np.pi)


def test_on_a_line_the_median_decides() -> None:
    line = np.array([[0.0], [1.0], [5.0]])
    assert map_power(weighted_majority([1, 1, 1]), line, ["x"]).pivotal == (0.0, 1.0, 0.0)


def test_those_in_one_place_share_what_the_place_has() -> None:
    points = np.vstack([TRIANGLE, TRIANGLE[:1], TRIANGLE[:1]])
    shares = map_power(weighted_majority([1] * 5), points, ["x", "y"]).pivotal
    assert shares == pytest.approx((1 / 3, 0, 0, 1 / 3, 1 / 3))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_sum_to_one_and_agree_with_sampling(seed: int) -> None:
    random = np.random.default_rng(seed)
    points, weights = random.random((7, 2)), [int(weight) for weight in random.integers(1, 9, 7)]
    rule = weighted_majority(weights)
    exact = map_power(rule, points, ["x", "y"]).pivotal
    assert sum(exact) == pytest.approx(1)
    angles = np.linspace(0, 2 * np.pi, 4001)[:-1] + 1e-5
    orders = np.argsort(-(np.stack([np.cos(angles), np.sin(angles)], axis=1) @ points.T), axis=1)
    sampled = np.bincount(rule.pivots(orders), minlength=7) / len(angles)
    assert np.abs(sampled - exact).max() < 0.02


def test_three_dimensions_are_sampled_with_errors() -> None:
    points = np.hstack([TRIANGLE, np.zeros((3, 1))])
    result = map_power(weighted_majority([1, 1, 1]), points, ["x", "y", "z"], samples=20_000)
    assert result.error is not None
    assert all(abs(share - 1 / 3) < 5 * error for share, error in zip(result.pivotal, result.error, strict=True))


def test_any_rule_goes() -> None:
    random = np.random.default_rng(1)
    rule = council_2014([f"m{row}" for row in range(20)], [int(size) for size in random.integers(1, 80, 20)])
    assert sum(map_power(rule, random.random((20, 2)), ["x", "y"]).pivotal) == pytest.approx(1)


def test_missing_positions() -> None:
    with pytest.raises(TableError, match="WC509"):
        map_power(weighted_majority([1, 1, 1]), TRIANGLE[:2], ["x", "y"])

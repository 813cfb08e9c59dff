"""Pressures: the exact Ornstein-Uhlenbeck transition, reflected at 0 and 1, moved by events."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, run, two_party_tree

DAYS, SPEED = 10, 0.2


def _tree(level: float, target: float, noise: float = 0.0, step: float = 1.0, **more: Any) -> Tree:
    tree = two_party_tree()
    del tree["table"]
    tree["calendar"] = {"start": "2000-01-01", "end": "2000-01-10", "step_days": step}
    war = {"id": "war", "name": "w", "level": level, "target": target, "reversion": SPEED, "noise": noise}
    tree["pressures"] = [{**war, "assumed": "test", **more}]
    return tree


def _ran(tree: Tree, runs: int = 2, **more: float) -> Ran:
    return run(tree, {"pressure.noise": 1.0, "survival.horizon": 1e12, **more}, runs=runs)


@pytest.mark.parametrize("step", [0.5, 1.0, 3.0])
def test_it_returns_to_its_target_exponentially_whatever_the_step(step: float) -> None:
    levels = _ran(_tree(0.9, 0.3, step=step)).measure("pressure:war")[:, 0]
    days = step * np.arange(1, len(levels) + 1)
    np.testing.assert_allclose(levels, 0.3 + 0.6 * np.exp(-SPEED * days), atol=1e-5)


@pytest.mark.parametrize("step", [1.0, 3.0])
def test_its_noise_has_the_variance_of_the_process(step: float) -> None:
    """s^2 (1 - exp(-2 r t)) / (2 r) about the mean."""
    levels = _ran(_tree(0.5, 0.5, noise=0.05, step=step), runs=1500).measure("pressure:war")
    for place in (0, len(levels) - 1):
        t = step * (place + 1)
        variance = 0.05**2 * (1 - np.exp(-2 * SPEED * t)) / (2 * SPEED)
        assert levels[place].var() == pytest.approx(variance, rel=0.12)
        assert levels[place].mean() == pytest.approx(0.5, abs=4 * np.sqrt(variance / 1500))


def test_without_return_it_is_a_random_walk() -> None:
    levels = _ran(_tree(0.5, 0.5, noise=0.03, reversion=0.0), runs=1500).measure("pressure:war")
    assert levels[-1].var() == pytest.approx(0.03**2 * DAYS, rel=0.12)


@pytest.mark.parametrize(("end", "inside"), [(0.0, 1.0), (1.0, -1.0)])
def test_at_the_ends_it_is_reflected(end: float, inside: float) -> None:
    """From an end that is its target it can only go inside: half-normal, of mean s sqrt(2 / pi), after a step."""
    levels = _ran(_tree(end, end, noise=0.05), runs=1500).measure("pressure:war")
    assert levels.min() >= 0.0
    assert levels.max() <= 1.0
    spread = np.sqrt(0.05**2 * (1 - np.exp(-2 * SPEED)) / (2 * SPEED))
    assert inside * (levels[0].mean() - end) == pytest.approx(spread * np.sqrt(2 / np.pi), rel=0.1)


def test_an_event_sets_level_and_target() -> None:
    tree = _tree(0.2, 0.2)
    change = {"pressures": [{"pressure": "war", "level": 0.9, "target": 0.6}]}
    tree["events"] = [{"id": "e", "name": "e", "date": "2000-01-04", "effects": change, "assumed": "test"}]
    levels = _ran(tree).measure("pressure:war")[:, 0]
    np.testing.assert_allclose(levels[:3], 0.2, atol=1e-6)
    np.testing.assert_allclose(levels[3:], 0.6 + 0.3 * np.exp(-SPEED * np.arange(1, 8)), atol=1e-5)

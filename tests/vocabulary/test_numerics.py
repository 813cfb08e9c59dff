"""The shared numbers: accuracy of exp, log and cos; sums in entity order; uniform and independent streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from whipcount.vocabulary import numerics


def test_exp_log_and_cos_are_accurate() -> None:
    x = np.linspace(-80, 80, 200_001).astype(np.float32)
    assert np.max(np.abs(numerics.exp(x) / np.exp(x.astype(np.float64)) - 1)) < 2e-7
    y = np.exp(np.linspace(-80, 80, 200_001)).astype(np.float32)
    error = np.abs(numerics.log(y) - np.log(y.astype(np.float64)))
    assert np.max(error / np.maximum(1.0, np.abs(np.log(y)))) < 2e-7
    u = np.linspace(0, 1, 200_001, endpoint=False).astype(np.float32)
    assert np.max(np.abs(numerics.cos2pi(u) - np.cos(2 * np.pi * u.astype(np.float64)))) < 4e-7


@pytest.mark.parametrize("members", [1, 2, 7, 48, 240])
@pytest.mark.parametrize(("chance", "common"), [(0.9, 0.0), (0.5, 0.0), (0.5, 0.1), (0.03, 0.2), (0.7, 0.95)])
def test_heads_are_beta_binomial(members: int, chance: float, common: float) -> None:
    strength = (1 - common) / max(common, 1e-6)
    u = np.linspace(0, 1, 20_001, endpoint=False).astype(np.float32)
    a, b = np.float32(chance * strength), np.float32((1 - chance) * strength)
    heads = numerics.beta_binomial(u, np.float32(members), a, b)
    expected = members - stats.betabinom(members, (1 - chance) * strength, chance * strength).ppf(u.astype(np.float64))
    expected[0] = heads[0]
    assert np.mean(heads != expected) < 2e-3
    assert np.max(np.abs(heads - expected)) <= 1


def test_extreme_arguments_do_not_overflow() -> None:
    wild = np.array([-np.inf, -1e30, 1e30, np.inf], np.float32)
    assert np.all(np.isfinite(numerics.exp(wild)))
    assert np.all(np.isfinite(numerics.log(np.array([0.0, -1.0], np.float32))))
    np.testing.assert_array_equal(numerics.sqrt(np.array([-1.0, 4.0], np.float32)), [0.0, 2.0])


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_column_sums_alone_as_it_does_beside_others(rows: int, groups: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = (generator.normal(size=(rows, 5)) * 10 ** generator.uniform(-3, 3, (rows, 5))).astype(np.float32)
    column = np.ascontiguousarray(x[:, 2:3])
    assert numerics.row_sum(x)[0, 2] == numerics.row_sum(column)[0, 0]
    grouping = numerics.Grouping(generator.integers(-1, groups, rows), groups)
    np.testing.assert_array_equal(grouping.sum(x)[:, 2:3], grouping.sum(column))


def test_sums_are_taken_in_entity_order() -> None:
    x = np.array([[1e8], [1.0], [-1e8], [1.0]], np.float32)
    expected = np.float32(np.float32(np.float32(1e8) + np.float32(1)) - np.float32(1e8)) + np.float32(1)
    assert numerics.row_sum(np.repeat(x, 3, axis=1))[0, 1] == expected


def _draws(seed: int = 7, runs: int = 400, entities: int = 20, days: int = 20) -> np.ndarray:
    key, increment = numerics.run_keys(seed, np.arange(runs))
    streams = numerics.stream_keys("test/stream", tuple(f"e{k}" for k in range(entities)))
    return np.stack([numerics.uniform_at(streams, day, key, increment) for day in range(days)])


def test_draws_are_uniform() -> None:
    u = _draws().ravel()
    assert u.min() >= 0.0
    assert u.max() < 1.0
    counts = np.histogram(u, bins=256, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_draws_of_neighbours_are_independent() -> None:
    """Pairs of days, entities, runs, streams and seeds fill the unit square evenly."""
    u = _draws()
    key, increment = numerics.run_keys(7, np.arange(400))
    other = numerics.uniform_at(
        numerics.stream_keys("test/other", tuple(f"e{k}" for k in range(20))), 0, key, increment
    )
    pairs = {
        "days": (u[:-1], u[1:]),
        "entities": (u[:, :-1], u[:, 1:]),
        "runs": (u[:, :, :-1], u[:, :, 1:]),
        "streams": (u[0], other),
        "seeds": (u, _draws(seed=8)),
    }
    for name, (first, second) in pairs.items():
        counts = np.histogram2d(first.ravel(), second.ravel(), bins=16, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(counts.ravel()).pvalue > 1e-3, name


def test_runs_never_share_a_sequence() -> None:
    """No run's draws are another's, shifted: runs have keys and increments of their own."""
    key, increment = numerics.run_keys(1, np.arange(100_000))
    assert len(np.unique(key)) == len(key)
    assert len(np.unique(increment)) == len(increment)
    assert np.all(increment % np.uint64(2) == 1)


def test_an_entity_keeps_its_draws_when_others_are_added() -> None:
    key, increment = numerics.run_keys(3, np.arange(5))
    few = numerics.uniform_at(numerics.stream_keys("s", ("a", "b")), 4, key, increment)
    many = numerics.uniform_at(numerics.stream_keys("s", ("x", "a", "b", "c")), 4, key, increment)
    np.testing.assert_array_equal(few, many[1:3])


@pytest.mark.parametrize("epoch", [0.0, 1.0, 7.0])
def test_an_epoch_fixes_the_draw(epoch: float) -> None:
    key, increment = numerics.run_keys(3, np.arange(50))
    streams = numerics.stream_keys("s", ("a", "b"))
    at = np.full((2, 50), epoch, np.float32)
    first = numerics.uniform_at(streams, at, key, increment)
    np.testing.assert_array_equal(first, numerics.uniform_at(streams, at, key, increment))
    assert not np.array_equal(first, numerics.uniform_at(streams, at + 1, key, increment))

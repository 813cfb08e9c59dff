"""A run is the same alone, in a batch, in any block, and with any other runs beside it."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.engine import BlockResult, NumpyBackend, build_plan
from whipcount.scenario import load
from whipcount.world import build_world

COLUMNS = ("run", "step", "verb", "entity", "value", "probability")


LARGE = ("november-1917", "after-1918")  # seconds a run; what the compiled backend makes of them is tested beside


@pytest.fixture(scope="module", params=["two-bodies", *(pytest.param(one, marks=pytest.mark.slow) for one in LARGE)])
def backend(request: pytest.FixtureRequest) -> NumpyBackend:
    return NumpyBackend(build_plan(build_world(load(request.param))))


@pytest.fixture(scope="module")
def whole(backend: NumpyBackend) -> BlockResult:
    """The batch that everything is compared with."""
    return backend.run(5, 0, 24)


def _assert_same(first: BlockResult, second: BlockResult) -> None:
    for column in COLUMNS:
        np.testing.assert_array_equal(getattr(first.events, column), getattr(second.events, column), err_msg=column)
    np.testing.assert_array_equal(first.series, second.series)
    for name, values in first.parameters.items():
        np.testing.assert_array_equal(values, second.parameters[name])


def _part(whole: BlockResult, first: int, runs: int) -> BlockResult:
    rows = (whole.events.run >= first) & (whole.events.run < first + runs)
    events = type(whole.events)(*(getattr(whole.events, column)[rows] for column in COLUMNS))
    span = slice(first - whole.first_run, first - whole.first_run + runs)
    parameters = {name: values[span] for name, values in whole.parameters.items()}
    return BlockResult(first, runs, parameters, events, whole.series[:, :, span])


def test_two_runs_of_one_seed_are_identical(backend: NumpyBackend, whole: BlockResult) -> None:
    _assert_same(whole, backend.run(5, 0, 24))


def test_another_seed_is_another_history(backend: NumpyBackend, whole: BlockResult) -> None:
    assert not np.array_equal(whole.series, backend.run(6, 0, 24).series)


@pytest.mark.parametrize(("first", "runs"), [(0, 1), (17, 1), (3, 2), (8, 16)])
def test_a_slice_run_alone_equals_the_batch(backend: NumpyBackend, whole: BlockResult, first: int, runs: int) -> None:
    _assert_same(_part(whole, first, runs), backend.run(5, first, runs))


def test_given_parameters_take_the_place_of_draws(backend: NumpyBackend, whole: BlockResult) -> None:
    drawn = _part(whole, 0, 12)
    _assert_same(drawn, backend.run(5, 0, 12, drawn.parameters))


def test_explaining_a_run_does_not_change_it(backend: NumpyBackend, whole: BlockResult) -> None:
    watched = NumpyBackend(backend.plan, watch=True).run(5, 3, 1)
    _assert_same(_part(whole, 3, 1), watched)


def test_a_pressure_without_a_target_returns_to_the_level_that_was_drawn() -> None:
    world = build_world(load("two-bodies"))
    numbers = np.arange(20)
    given = NumpyBackend(build_plan(world)).inputs.given(3, numbers)
    np.testing.assert_array_equal(given["pressure.level"], given["pressure.target"])


@pytest.mark.parametrize("name", ["numpy", "compiled"])
def test_a_world_can_be_met_by_new_chance(name: str) -> None:
    """All that was drawn in a world is taken over; what happens in it is not."""
    from whipcount.engine.backends import make_backend

    backend = make_backend(build_plan(build_world(load("two-bodies"))), name)
    usual = backend.run(1, 0, 64)
    itself = backend.run(1, 0, 64, None, np.arange(64))
    again = backend.run(1, 1_000, 64, None, np.arange(64))
    assert np.array_equal(usual.series, itself.series)
    for parameter, drawn in usual.parameters.items():
        assert np.array_equal(drawn, again.parameters[parameter])
    # an input that is drawn shows through what the first day makes of it
    started = [measure.label for measure in backend.plan.measures].index("support:north")
    anew = backend.run(1, 1_000, 64).series[0, started]
    first = usual.series[0, started]
    assert np.corrcoef(first, again.series[0, started])[0, 1] > 0.9
    assert abs(np.corrcoef(first, anew)[0, 1]) < 0.5
    assert not np.array_equal(usual.series[-1], again.series[-1])

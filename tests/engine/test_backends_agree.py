"""The compiled backend gives what NumPy gives, run by run, to the last bit: over all scenarios, blocks and threads."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
import pytest
from agreement import assert_same, part

from whipcount.engine import BlockResult, NumpyBackend, Plan, build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.engine.c.build import PORTABLE, CompilationError, build, find_compiler
from whipcount.errors import RunError
from whipcount.scenario import load, names
from whipcount.vocabulary import numerics
from whipcount.world import build_world

SEED, FIRST, RUNS = 11, 3, 133
SMALL = "two-bodies"
EVERY_MECHANISM = (SMALL, "after-1918", "november-1917")  # what these do not do, between them, no mechanism can
OTHERS = sorted(set(names()) - set(EVERY_MECHANISM))
SCENARIOS = [*EVERY_MECHANISM, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]


def _has_compiler() -> bool:
    try:
        find_compiler()
    except CompilationError:
        return False
    return True


pytestmark = pytest.mark.skipif(not _has_compiler(), reason="no C compiler")


@cache
def plan(scenario: str) -> Plan:
    """A scenario's plan."""
    return build_plan(build_world(load(scenario)))


@cache
def reference(scenario: str) -> BlockResult:
    """What NumPy gives."""
    return NumpyBackend(plan(scenario)).run(SEED, FIRST, RUNS)


@pytest.fixture(params=SCENARIOS)
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, CompiledBackend]:
    """A scenario and its compiled backend: of few runs each, so the others' is compiled as fast as can be."""
    if request.param in OTHERS:
        monkeypatch.setenv("CC", f"{os.environ['CC']} -O0")
    return request.param, CompiledBackend(plan(request.param))


def test_all_runs_at_once(compiled: tuple[str, CompiledBackend]) -> None:
    scenario, backend = compiled
    assert_same(reference(scenario), backend.run(SEED, FIRST, RUNS))


@pytest.mark.parametrize("block", [1, 7, 32, 33, 100])
def test_in_blocks_of_any_size(compiled: tuple[str, CompiledBackend], block: int) -> None:
    scenario, backend = compiled
    whole = reference(scenario)
    for first in (FIRST, FIRST + RUNS - block):
        assert_same(part(whole, first, block), backend.run(SEED, first, block))


@pytest.mark.parametrize("threads", [2, 5])
def test_on_several_threads(compiled: tuple[str, CompiledBackend], threads: int) -> None:
    scenario, backend = compiled
    parallel = CompiledBackend(backend.plan, threads=threads)
    assert_same(reference(scenario), parallel.run(SEED, FIRST, RUNS))


@pytest.mark.parametrize("groups", [1, 3])
def test_with_fewer_groups_of_lanes_side_by_side(compiled: tuple[str, CompiledBackend], groups: int) -> None:
    """Fewer groups means that other lanes are brought together."""
    scenario, backend = compiled
    assert_same(reference(scenario), CompiledBackend(backend.plan, groups=groups).run(SEED, FIRST, RUNS))


def test_with_given_parameters(compiled: tuple[str, CompiledBackend]) -> None:
    _, backend = compiled
    rng = np.random.default_rng(3)
    given = {"choice.lam": rng.uniform(5, 60, 40).astype(np.float32), "breach.half_life": np.full(40, 9, np.float32)}
    assert_same(NumpyBackend(backend.plan).run(1, 0, 40, given), backend.run(1, 0, 40, given))


def test_draws_of_other_runs_by_class(compiled: tuple[str, CompiledBackend]) -> None:
    """Where all classes of draws are a run's own it is that run; where some are another's, both backends agree."""
    scenario, backend = compiled
    own = np.tile(np.arange(FIRST, FIRST + RUNS), (numerics.CLASSES, 1))
    assert_same(reference(scenario), backend.run(SEED, FIRST, RUNS, chances=own))
    mixed = np.where(np.random.default_rng(4).random(own.shape) < 0.3, own + 1_000, own)
    expected = NumpyBackend(backend.plan).run(SEED, FIRST, RUNS, chances=mixed)
    assert len(expected.events) != len(reference(scenario).events)
    assert_same(expected, backend.run(SEED, FIRST, RUNS, chances=mixed))
    assert_same(expected, CompiledBackend(backend.plan, threads=3).run(SEED, FIRST, RUNS, chances=mixed))
    assert_same(NumpyBackend(backend.plan).run(SEED, FIRST, RUNS, chances=own), reference(scenario))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", EVERY_MECHANISM)
@pytest.mark.parametrize("flags", [PORTABLE, ("-march=x86-64-v3",)])
def test_without_wide_vectors(scenario: str, flags: tuple[str, ...]) -> None:
    try:
        library = build(plan(scenario), flags)
    except CompilationError:
        pytest.skip(f"the compiler does not know {' '.join(flags)}")
    assert_same(reference(scenario), CompiledBackend(plan(scenario), library=library).run(SEED, FIRST, RUNS))


def test_refuses_the_same_as_numpy() -> None:
    backend = CompiledBackend(plan(SMALL))
    with pytest.raises(RunError, match="WC310"):
        backend.run(1, 0, 4, {"choice.lam": np.ones(3)})
    with pytest.raises(RunError, match="WC311"):
        backend.run(1, 0, 4, {"no.such": np.ones(4)})


def test_a_longer_series_of_runs_fills_several_buffers() -> None:
    """More events than fit into the first buffer of a thread: it grows, nothing is dropped."""
    backend = CompiledBackend(plan(SMALL))
    result = backend.run(2, 0, 320)
    assert len(result.events) > 4096
    for first in (0, 100, 288):
        assert_same(part(result, first, 32), backend.run(2, first, 32))

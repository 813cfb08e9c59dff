"""Random programs, infinities and all, give the same bits on both backends."""

from __future__ import annotations

import pytest
from agreement import assert_same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_programs import mechanism, world

from whipcount.engine import NumpyBackend, build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.engine.c.build import NATIVE, PORTABLE, CompilationError, build, find_compiler

try:
    find_compiler()
except CompilationError:
    pytest.skip("no C compiler", allow_module_level=True)


def _agree(seed: int, flags: tuple[str, ...]) -> None:
    plan = build_plan(world(seed, [mechanism("first", 2 * seed + 1), mechanism("second", 2 * seed + 2)]))
    compiled = CompiledBackend(plan, library=build(plan, (*flags, "-O1")), groups=1 + seed % 3)
    assert_same(NumpyBackend(plan).run(seed, 5, 45), compiled.run(seed, 5, 45))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(0, 10_000))
def test_random_programs_agree(seed: int) -> None:
    _agree(seed, NATIVE)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1_000_000), st.booleans())
def test_many_random_programs_agree(seed: int, native: bool) -> None:
    _agree(seed, NATIVE if native else PORTABLE)

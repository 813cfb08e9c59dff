"""Random valid crises run the same on both backends."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from test_random_worlds import Tree, trees

from whipcount.engine import NumpyBackend, build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.engine.c.build import CompilationError, find_compiler
from whipcount.scenario.schema import Scenario
from whipcount.world import build

COLUMNS = ("run", "step", "verb", "entity", "value", "probability")

try:
    find_compiler()
except CompilationError:
    pytest.skip("no C compiler", allow_module_level=True)


@pytest.mark.slow
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(trees())
def test_random_crises_agree(tree: Tree) -> None:
    plan = build_plan(build(Scenario.model_validate(tree), slug="random"))
    one, other = NumpyBackend(plan).run(2, 1, 37), CompiledBackend(plan).run(2, 1, 37)
    for column in COLUMNS:
        assert getattr(one.events, column).tobytes() == getattr(other.events, column).tobytes(), column
    assert one.series.tobytes() == other.series.tobytes()

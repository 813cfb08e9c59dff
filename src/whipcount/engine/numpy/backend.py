"""The NumPy backend: runs a plan's program over blocks of runs with array operations."""

from __future__ import annotations

import functools
import linecache
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary import numerics
from whipcount.vocabulary.program import DAILY, Block, Decision, Node, StateSpec, walk

from ..api import BlockResult
from ..arithmetic import usual_arithmetic
from ..inputs import Inputs, stream_words
from ..plan import Plan
from . import runtime
from .code import generate, generate_static


class NumpyBackend:
    """Runs a plan. One instance serves any number of blocks; it holds no state between them."""

    name = "numpy"

    def __init__(self, plan: Plan, *, watch: bool = False, profile: bool = False) -> None:
        self.plan = plan
        self.inputs = Inputs(plan)
        self.source, self.decisions = generate(plan.program, watch=watch, profile=profile)
        self._simulate = self._load()

    # -- once a plan ---------------------------------------------------------------------------------------------

    def _load(self) -> Callable[..., None]:
        names = _namespace(self.plan)
        _execute(self.source, f"<whipcount program {self.plan.digest}>", names)
        with np.errstate(all="ignore"):
            names.update(names["static"]())
        simulate: Callable[..., None] = names["simulate"]
        return simulate

    # -- once a block --------------------------------------------------------------------------------------------

    def run(
        self,
        seed: int,
        first_run: int,
        runs: int,
        parameters: Mapping[str, NDArray[Any]] | None = None,
        worlds: NDArray[np.int64] | None = None,
        chances: NDArray[np.int64] | None = None,
    ) -> BlockResult:
        """Simulate `runs` runs from number `first_run` on; `parameters` overrides draws of the priors, by run.

        worlds: the runs whose parameters and inputs each one has, in place of its own: what was drawn there, met by
        new chance. chances: (numerics.CLASSES, runs) the runs whose draws of each class each one meets.
        """
        collector = runtime.Collector(self.plan.steps, len(self.plan.measures), runs)
        drawn = self.simulate(collector, seed, first_run, runs, parameters, worlds, chances)
        return BlockResult(first_run, runs, drawn, collector.events(first_run), collector.series)

    @usual_arithmetic()
    def simulate(
        self,
        collector: runtime.Collector,
        seed: int,
        first_run: int,
        runs: int,
        parameters: Mapping[str, NDArray[Any]] | None = None,
        worlds: NDArray[np.int64] | None = None,
        chances: NDArray[np.int64] | None = None,
    ) -> dict[str, NDArray[np.float32]]:
        """As `run`, into a given collector; returns the parameters drawn."""
        numbers = np.arange(first_run, first_run + runs, dtype=np.int64)
        world = self.plan.world
        drawn_as = numbers if worlds is None else worlds
        drawn = self.inputs.parameters(seed, drawn_as, parameters or {})
        given = {**world.static, **self.inputs.given(seed, drawn_as)}
        params = {name: np.array([[value]], np.float32) for name, value in world.fixed_parameters.items()}
        params.update({name: values.reshape(1, -1) for name, values in drawn.items()})
        states = {name: self._initial(spec, given, runs) for name, spec in self.plan.program.states.items()}
        drawers = numbers if chances is None else numerics.check_chances(chances, runs)
        key, increment = numerics.run_keys(seed, drawers)
        with np.errstate(all="ignore"):
            self._simulate(collector, states, params, given, key, increment, range(world.steps))
        return drawn

    def _initial(self, spec: StateSpec, given: Mapping[str, NDArray[Any]], runs: int) -> NDArray[Any]:
        axes = self.plan.world.structure.axes
        rows = len(axes[spec.axis]) if spec.axis else 1
        kind = np.bool_ if spec.dtype == "mask" else np.float32
        state: NDArray[Any] = np.zeros((rows, runs), kind)
        state[...] = given[spec.initial] if isinstance(spec.initial, str) else spec.initial
        return state


def _namespace(plan: Plan) -> dict[str, Any]:
    """What the generated code refers to by name."""
    world = plan.world
    axes = world.structure.axes
    streams = stream_words(plan)
    names: dict[str, Any] = {
        "np": np,
        "given": world.static,
        "param": {name: np.array([[value]], np.float32) for name, value in world.fixed_parameters.items()},
        "stream": [streams[slot] for slot in range(len(streams))],
        "table": {name: [row.reshape(-1, 1) for row in rows] for name, rows in world.tables.items()},
        "weigh": {name: runtime.Weigher(matrix) for name, matrix in world.matrices.items()},
        "days": [np.array([[step * world.step_days]], np.float32) for step in range(world.steps)],
        "take": _PerMap(lambda fine, coarse: runtime.Taker(world.maps[fine, coarse])),
        "group": _PerMap(lambda fine, coarse: numerics.Grouping(world.maps[fine, coarse], len(axes[coarse]))),
        "tally": _PerMap(lambda fine, coarse: runtime.Tally(world.maps[fine, coarse], len(axes[coarse]))),
    }
    for module in (numerics, runtime):
        names.update({key: value for key, value in vars(module).items() if not key.startswith("_")})
    return names


def _execute(source: str, file: str, names: dict[str, Any]) -> None:
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(_code(source, file), names)


@functools.lru_cache(maxsize=4)
def _code(source: str, file: str) -> CodeType:
    """Worlds that differ in numbers alone have the same program: its text is compiled once for all of them."""
    return compile(source, file, "exec")


def static_values(plan: Plan) -> dict[int, NDArray[Any]]:
    """The values that no run and no day changes, by number of their node: (entities, 1)."""
    names = _namespace(plan)
    _execute(generate_static(plan.program), f"<whipcount facts {plan.digest}>", names)
    with np.errstate(all="ignore"):
        values: dict[str, NDArray[Any]] = names["static"]()
    return {int(name[1:]): value for name, value in values.items()}


class _PerMap(dict[tuple[str, str], Any]):
    """Makes what belongs to a map between axes when it is first asked for."""

    def __init__(self, make: Callable[[str, str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: tuple[str, str]) -> Any:
        self[key] = made = self._make(*key)
        return made


def daily_nodes(block: Block) -> int:
    """How many values a block computes daily."""
    return sum(isinstance(s, Node) and s.reach == DAILY for s in walk(block))


__all__ = ["Decision", "NumpyBackend", "daily_nodes"]

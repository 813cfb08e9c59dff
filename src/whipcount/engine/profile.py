"""Where the time goes: how long each mechanism takes in a run, on NumPy and compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from .backends import make_backend
from .c.backend import CompiledBackend
from .numpy.backend import NumpyBackend
from .numpy.runtime import Collector
from .plan import Plan

RUNS_NUMPY = 256
RUNS_COMPILED = 1_024
REPEATS = 3  # of which the quickest counts: what else a machine does only adds


@dataclass(frozen=True)
class Cost:
    """Microseconds a run of one mechanism; NaN where a backend was not measured. No name: draws, and sorting events."""

    mechanism: str
    numpy: float
    compiled: float


@dataclass(frozen=True)
class Profile:
    """What each mechanism costs, the dearest first; whether there was a compiler."""

    costs: tuple[Cost, ...]
    compiled: bool

    @property
    def total_numpy(self) -> float:
        """Microseconds a run on NumPy, one core."""
        return sum(cost.numpy for cost in self.costs)

    @property
    def total_compiled(self) -> float:
        """Microseconds a run compiled, one core."""
        return sum(cost.compiled for cost in self.costs)


class _Clock(Collector):
    """Collects as ever, and takes the time between one mechanism and the next."""

    def __init__(self, plan: Plan, runs: int) -> None:
        super().__init__(plan.steps, len(plan.measures), runs)
        self.spent = np.zeros(len(plan.mechanisms))
        self._place = {name: place for place, name in enumerate(plan.step_names)}
        self._current = -1
        self._since = perf_counter()

    def enter(self, mechanism: str) -> None:
        """A mechanism's step begins, and the one before it ends."""
        self.step_done(0)
        self._current = self._place[mechanism]

    def step_done(self, step: int) -> None:  # noqa: ARG002 - as the collector has it
        """The last mechanism of a step ends."""
        now = perf_counter()
        if self._current >= 0:
            self.spent[self._current] += now - self._since
        self._since, self._current = now, -1


def profile(
    plan: Plan,
    seed: int = 1,
    *,
    runs_numpy: int | None = None,
    runs_compiled: int | None = None,
    on_notice: Callable[[str], None] | None = None,
) -> Profile:
    """Run a plan on both backends, on one core, and tell what each mechanism took."""
    slow = _numpy(plan, seed, runs_numpy or RUNS_NUMPY)
    backend = make_backend(plan, "compiled", on_notice=on_notice)
    there = isinstance(backend, CompiledBackend)
    quick = (
        _compiled(backend, seed, runs_compiled or RUNS_COMPILED)
        if isinstance(backend, CompiledBackend)
        else slow * np.nan
    )
    costs = [
        Cost(name, *pair) for name, *pair in zip((*plan.step_names, ""), slow.tolist(), quick.tolist(), strict=True)
    ]
    costs.sort(key=lambda cost: -(cost.compiled if there else cost.numpy))
    return Profile(tuple(costs), there)


def _numpy(plan: Plan, seed: int, runs: int) -> NDArray[np.float64]:
    """Microseconds a run by mechanism, and at the end those of all else."""
    backend = NumpyBackend(plan, profile=True)

    def once() -> tuple[NDArray[np.float64], float]:
        clock, started = _Clock(plan, runs), perf_counter()
        backend.simulate(clock, seed, 0, runs)
        clock.events(0)
        return clock.spent, perf_counter() - started

    return _quickest(once, runs)


def _compiled(backend: CompiledBackend, seed: int, runs: int) -> NDArray[np.float64]:
    def once() -> tuple[NDArray[np.float64], float]:
        before, started = backend.spent.copy(), perf_counter()
        backend.run(seed, 0, runs)
        return np.asarray((backend.spent - before) * 1e-9, np.float64), perf_counter() - started

    return _quickest(once, runs)


def _quickest(once: Callable[[], tuple[NDArray[np.float64], float]], runs: int) -> NDArray[np.float64]:
    once()  # the first time has pages and caches to fill
    found = []
    for _ in range(REPEATS):
        spent, whole = once()
        found.append(np.append(spent, max(whole - spent.sum(), 0.0)))
    return np.asarray(np.min(found, axis=0) / runs * 1e6)


__all__ = ["Cost", "Profile", "profile"]

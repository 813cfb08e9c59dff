"""Which backend runs a plan: NumPy's, the compiled one, or whichever is sooner done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, get_args

from numpy.typing import NDArray

from ..errors import RunError
from .api import BlockResult
from .plan import Plan

BackendName = Literal["auto", "numpy", "compiled"]
BACKENDS: tuple[str, ...] = get_args(BackendName)
PAYS = 100_000  # simulated steps of runs from which compiling costs less than it saves


class Backend(Protocol):
    """Runs a plan for a block of runs; the same numbers whichever it is."""

    @property
    def name(self) -> str:
        """numpy or compiled."""

    @property
    def plan(self) -> Plan:
        """What it runs."""

    def run(
        self, seed: int, first_run: int, runs: int, parameters: Mapping[str, NDArray[Any]] | None = None, /
    ) -> BlockResult:
        """Simulate `runs` runs from number `first_run` on."""


def make_backend(
    plan: Plan,
    name: str = "auto",
    *,
    runs: int = 0,
    threads: int = 1,
    on_notice: Callable[[str], None] | None = None,
) -> Backend:
    """A backend for a plan. runs: about how many are to come; threads: for the compiled one.

    auto: compiled if the library is in the cache, or if so many runs are to come that compiling pays. Where compiling
    is not possible NumPy takes its place, with the same results, and `on_notice` is told why.
    """
    if name not in BACKENDS:
        raise RunError.one("WC342", f"backend is {name!r}", "give one of " + ", ".join(BACKENDS))
    if name == "compiled" or (name == "auto" and _pays(plan, runs)):
        compiled = _compiled(plan, threads, on_notice)
        if compiled is not None:
            return compiled
    from .numpy_backend import NumpyBackend

    return NumpyBackend(plan)


def _pays(plan: Plan, runs: int) -> bool:
    from .c_build import is_cached

    return runs * plan.steps >= PAYS or is_cached(plan)


def _compiled(plan: Plan, threads: int, on_notice: Callable[[str], None] | None) -> Backend | None:
    from .c_build import CompilationError
    from .compiled_backend import CompiledBackend

    try:
        backend = CompiledBackend(plan, threads=threads)
    except CompilationError as reason:
        if on_notice is not None:
            on_notice(f"running on NumPy, which is slower but gives the same results: {reason}")
        return None
    if on_notice is not None:
        for note in backend.notes:
            on_notice(note)
    return backend


__all__ = ["BACKENDS", "Backend", "BackendName", "make_backend"]

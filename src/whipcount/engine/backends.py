"""Which backend runs a plan: NumPy's, the compiled one, or whichever is sooner done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from whipcount import session
from whipcount.errors import RunError
from whipcount.session import BACKENDS

from .api import BlockResult
from .plan import Plan

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
        self,
        seed: int,
        first_run: int,
        runs: int,
        parameters: Mapping[str, NDArray[Any]] | None = None,
        worlds: NDArray[Any] | None = None,
        chances: NDArray[Any] | None = None,
        /,
    ) -> BlockResult:
        """Simulate `runs` runs from number `first_run` on.

        worlds: (runs,) the runs whose parameters and inputs each one has. chances: (numerics.CLASSES, runs) the runs
        whose draws of each class each one meets; draws fall into classes by chance, by stream and moment. Where all
        numbers are a run's own, it is that run.
        """


def make_backend(
    plan: Plan,
    name: str | None = None,
    *,
    runs: int = 0,
    threads: int = 1,
    on_notice: Callable[[str], None] | None = None,
) -> Backend:
    """A backend for a plan: the one named, else the session's. runs: about how many are to come.

    auto: compiled if the library is in the cache, or if so many runs are to come that compiling pays. Where compiling
    is not possible NumPy takes its place, with the same results, and `on_notice` (else the session) is told why.
    threads: for the compiled one.
    """
    if name is None:
        name = session.current().backend
    if on_notice is None:
        on_notice = session.notice
    if name not in BACKENDS:
        raise RunError.one("WC342", f"backend is {name!r}", "give one of " + ", ".join(BACKENDS))
    if name == "compiled" or (name == "auto" and _pays(plan, runs)):
        compiled = _compiled(plan, threads, on_notice)
        if compiled is not None:
            return compiled
    from .numpy.backend import NumpyBackend

    return NumpyBackend(plan)


def _pays(plan: Plan, runs: int) -> bool:
    from .c.build import is_cached

    return runs * plan.steps >= PAYS or is_cached(plan)


def _compiled(plan: Plan, threads: int, on_notice: Callable[[str], None]) -> Backend | None:
    from .c.backend import CompiledBackend
    from .c.build import CompilationError

    try:
        backend = CompiledBackend(plan, threads=threads)
    except CompilationError as reason:
        session.without_compiler()
        on_notice(f"running on NumPy, which is slower but gives the same results: {reason}")
        return None
    for note in backend.notes:
        on_notice(note)
    return backend


__all__ = ["BACKENDS", "Backend", "make_backend"]

"""The benchmark model's whipcount mechanisms, as machine code: the same source and the same numbers as on NumPy."""

from __future__ import annotations

from functools import cache

import numpy as np
from peer import Simulated
from peer_whipcount import numpy_backend, plan, simulated

from whipcount.engine.c.backend import CompiledBackend


@cache
def compiled_backend() -> CompiledBackend:
    """The compiled backend of the benchmark model; loading it compiles it, unless that was done before."""
    return CompiledBackend(plan())


def simulate(runs: int, seed: int = 1, first: int = 0) -> Simulated:
    """`runs` histories from number `first` on."""
    backend = compiled_backend()
    return simulated(backend.plan, backend.run(seed, first, runs))


def differences(runs: int, seed: int = 1) -> list[str]:
    """What differs, run by run and bit by bit, from the NumPy backend: nothing."""
    ours, theirs = compiled_backend().run(seed, 0, runs), numpy_backend().run(seed, 0, runs)
    found = [] if np.array_equal(ours.series, theirs.series) else ["daily measures"]
    for name in ("run", "step", "verb", "entity", "value", "probability"):
        if not np.array_equal(
            getattr(ours.events, name), getattr(theirs.events, name), equal_nan=name in ("value", "probability")
        ):
            found.append(f"events.{name}")
    return found

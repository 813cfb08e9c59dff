"""Libraries of the shipped crises that many tests use, compiled once for all processes of a test run.

Without a compiler nothing is compiled, and NumPy gives the same numbers later.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from whipcount.engine import build_plan
from whipcount.engine.c.build import CompilationError, build
from whipcount.results import Results, run_ensemble
from whipcount.scenario import LoadedScenario, load
from whipcount.world import build_world


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: whoever comes second finds in the cache what the first one has compiled."""
    with (Path(tempfile.gettempdir()) / f"whipcount-tests-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def compiled(name: str) -> LoadedScenario:
    """A shipped crisis whose library is in the cache, so that the backend `auto` takes it for any number of runs."""
    loaded = load(name)
    with _alone(), contextlib.suppress(CompilationError):
        build(build_plan(build_world(loaded)))
    return loaded


def ensemble(name: str, runs: int, seed: int, **more: Any) -> Results:
    """An ensemble of a shipped crisis as it stands."""
    return run_ensemble(compiled(name), runs, seed, **more)

"""Decisions of a run, taken apart in a process of its own: it computes the run again, which takes seconds."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount import session

if TYPE_CHECKING:
    from whipcount.engine import Decision

KEPT = 24  # runs whose decisions are held in memory
WAITING = 8  # runs that may wait to be taken apart


class Explainer:
    """Asks one worker process at a time, and remembers what it said."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._asked: dict[tuple[str, int], Future[list[Decision]]] = {}

    def ask(self, folder: Path, run: int) -> Future[list[Decision]] | None:
        """Every decision of a run, in order of time, once they are computed; none where too many wait already."""
        key = (str(folder), run)
        with self._lock:
            known = self._asked.get(key)
            if known is not None and not (known.done() and known.exception()):
                return known
            if sum(not one.done() for one in self._asked.values()) >= WAITING:
                return None
            try:
                future = self._submit(str(folder), run)
            except BrokenExecutor:  # the worker was killed: another takes its place
                self._pool = None
                future = self._submit(str(folder), run)
            self._asked.pop(key, None)
            self._asked[key] = future
            for old in [one for one, asked in self._asked.items() if asked.done()][: max(len(self._asked) - KEPT, 0)]:
                del self._asked[old]
            return future

    def _submit(self, folder: str, run: int) -> Future[list[Decision]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, multiprocessing.get_context("spawn"), initializer=session.begin, initargs=(session.for_workers(),)
            )
        return self._pool.submit(decisions_of, folder, run)

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None


def decisions_of(folder: str, run: int) -> list[Decision]:
    """The decisions of one run of a run folder."""
    from whipcount.counterfactual.engines import changed_world
    from whipcount.counterfactual.interventions import parse_interventions
    from whipcount.engine import explain_run
    from whipcount.results import open_run

    results = open_run(folder)
    loaded = results.loaded()
    world = changed_world(loaded, parse_interventions(results.manifest.interventions, loaded))
    return explain_run(world, results.seed, run, _given(results, run))


def _given(results: Any, run: int) -> dict[str, Any] | None:
    """The parameters that were given to this run, where they were not drawn from priors."""
    import numpy as np

    names = results.manifest.parameters_given
    if not names:
        return None
    row = results.table(["run", *names]).row(run, named=True)
    return {name: np.array([row[name]], dtype=np.float32) for name in names}

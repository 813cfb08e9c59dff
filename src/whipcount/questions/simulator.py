"""What inference asks of a model: outcomes of runs at given parameters, batch by batch, kept in files if wished."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import QuestionError
from whipcount.pool import Job, spread
from whipcount.results.ensemble import outcome_values
from whipcount.results.files import clear_temporaries, make_folder, write_whole
from whipcount.results.interfaces import Engine
from whipcount.results.outcomes import OutcomeEvaluator

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Outcome

Floats = NDArray[np.float64]
Values = Mapping[str, NDArray[np.float32]]
Progress = Callable[[int, int], None]
SLICES = 8  # of a generation, at least: something for several workers, and something to resume from
BATCH = 4_000  # simulations between two saved files: some seconds of work are lost at most


class Simulate(Protocol):
    """Outcomes of runs first_run, first_run + 1, ... at the given parameters, shaped (runs, outcomes)."""

    def __call__(self, values: Values, first_run: int, runs: int, /) -> Floats: ...


Order = tuple[Values, int, int]


@dataclass(frozen=True)
class Ready:
    """A simulator that is at hand in this process, as a job for `pool.spread`."""

    simulate: Simulate

    def begin(self) -> Callable[[Order], Floats]:
        """The function that answers an order."""
        return lambda order: self.simulate(*order)


@dataclass(frozen=True)
class OutcomesJob:
    """Outcomes of a scenario as a job for other processes, which build their own engines."""

    loaded: LoadedScenario
    outcomes: tuple[Outcome, ...]
    seed: int
    runs: int = 0

    def begin(self) -> Callable[[Order], Floats]:
        """Build the engine, and answer orders with it."""
        from .engines import engine_of

        engine = engine_of(self.loaded, runs=self.runs)
        evaluator = OutcomeEvaluator(engine.plan, engine.world, self.loaded.scenario, outcomes=self.outcomes)
        return Ready(EngineSimulator(engine, evaluator, self.seed)).begin()


@dataclass(frozen=True)
class EngineSimulator:
    """A scenario's engine as a function from parameters to outcomes."""

    engine: Engine
    evaluator: OutcomeEvaluator
    seed: int

    def __call__(self, values: Values, first_run: int, runs: int, /) -> Floats:
        """Outcomes by column, in the evaluator's order."""
        found = outcome_values(self.engine, self.evaluator, self.seed, runs, first_run, parameters=values)
        return np.column_stack([found[name] for name in self.evaluator.names])


class Batches:
    """Simulated batches in a folder that belongs to one key: what is there is not computed again."""

    def __init__(self, folder: Path | None, key: str) -> None:
        self.folder = folder
        if folder is None:
            return
        marker = folder / "key"
        if folder.exists() and any(folder.iterdir()) and (not marker.exists() or marker.read_text() != key):
            raise QuestionError.one(
                "WC443", f"{folder} holds something else than this calculation", "give another or an empty --out folder"
            )
        make_folder(folder)
        clear_temporaries(folder)
        write_whole(marker, key.encode())

    def load(self, generation: int, batch: int) -> Floats | None:
        """The outcomes of a batch, if they were saved whole."""
        path = self._path(generation, batch)
        if path is None or not path.exists():
            return None
        try:
            return np.asarray(np.load(io.BytesIO(path.read_bytes()), allow_pickle=False), np.float64)
        except (ValueError, OSError, EOFError):
            return None  # damaged: computed again

    def save(self, generation: int, batch: int, outcomes: Floats) -> None:
        """Keep the outcomes of a batch."""
        path = self._path(generation, batch)
        if path is not None:
            stream = io.BytesIO()
            np.save(stream, outcomes.astype(np.float32))
            write_whole(path, stream.getvalue())

    def _path(self, generation: int, batch: int) -> Path | None:
        return None if self.folder is None else self.folder / f"generation-{generation:02d}-{batch:04d}.npy"


@dataclass
class Counter:
    """Counts simulations for whoever watches."""

    total: int
    progress: Progress | None = None
    done: int = 0

    def add(self, simulations: int) -> None:
        """Some more are done."""
        self.done += simulations
        if self.progress is not None:
            self.progress(self.done, self.total)


@dataclass(frozen=True)
class Computing:
    """Where batches are computed, where they are kept, and who counts them."""

    job: Job[Order, Floats]
    batches: Batches
    counter: Counter
    workers: int = 1

    def generation(self, number: int, values: Values, first_run: int, runs: int) -> Floats:
        """Outcomes of a whole generation, batch by batch; batches that were kept are read instead."""
        size = max(min(BATCH, -(-runs // SLICES)), 1)
        starts = range(0, runs, size)
        found: dict[int, Floats] = {}
        missing: list[int] = []
        for batch, start in enumerate(starts):
            outcomes = self.batches.load(number, batch)
            if outcomes is not None and len(outcomes) == min(size, runs - start):
                found[batch] = outcomes
                self.counter.add(len(outcomes))
            else:
                missing.append(batch)
        orders: list[Order] = []
        for batch in missing:
            span = slice(starts[batch], min(starts[batch] + size, runs))
            chosen = {name: column[span] for name, column in values.items()}
            orders.append((chosen, first_run + span.start, span.stop - span.start))
        for place, outcomes in spread(self.job, orders, self.workers):
            self.batches.save(number, missing[place], outcomes)
            found[missing[place]] = outcomes
            self.counter.add(len(outcomes))
        return np.concatenate([found[batch] for batch in range(len(starts))])

"""What inference asks of a model: outcomes of runs at given parameters, batch by batch, kept in files if wished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import QuestionError
from whipcount.objects import at_hand
from whipcount.pool import Job, spread
from whipcount.results.ensemble import outcome_values
from whipcount.results.interfaces import Engine
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.results.structure import Structure, structure_from
from whipcount.store import DamagedError, Store, clear_temporaries, make_folder, sealed, unsealed, write_whole

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
        from whipcount.counterfactual.engines import engine_of

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


NOTE = "calculation.json"  # what the pieces of a folder belong to, in words


def kept_batches(
    folder: Path | None, key: str, structure: Structure | None = None, settings: Mapping[str, object] | None = None
) -> Store | None:
    """Where the simulated batches of one calculation are kept.

    key: all that their numbers depend on. structure, settings: the same as far as it has names, kept beside them, so
    that another calculation's folder can be refused by name. Raises QuestionError (WC443) for another's folder.
    """
    if folder is None:
        return None
    folder = at_hand(folder)
    store = Store(folder, key)
    make_folder(folder)
    clear_temporaries(folder)
    told = {
        "key": key,
        "settings": {name: str(value) for name, value in (settings or {}).items()},
        "structure": structure.record() if structure is not None else None,
    }
    there = _noted(folder / NOTE)
    mine = there.get("key") == key
    owners = store.owners()
    if owners - {key} or (any(folder.iterdir()) and not owners and not mine):
        differs = _differences(there, told, structure)
        raise QuestionError.one(
            "WC443",
            f"{folder} holds something else than this calculation" + (f": {differs}" if differs else ""),
            "give another or an empty --out folder; what is there goes on with the scenario, the settings and the "
            "version of whipcount that it was begun with",
        )
    if not mine:
        write_whole(folder / NOTE, sealed(told))
    return store


def _noted(path: Path) -> dict[str, Any]:
    """What a folder says of its calculation; nothing if it says nothing that can be read."""
    try:
        return unsealed(path.read_bytes())
    except (OSError, DamagedError):
        return {}


def _differences(there: Mapping[str, Any], here: Mapping[str, Any], structure: Structure | None) -> str:
    """In what the calculation of a folder differs from the one asked for."""
    then = structure_from(there.get("structure"))
    found = then.differences(structure) if then is not None and structure is not None else []
    settings = {"there": there.get("settings"), "here": here["settings"]}
    if isinstance(settings["there"], dict):
        for name in sorted({*settings["there"], *settings["here"]}):
            old, new = settings["there"].get(name, "-"), settings["here"].get(name, "-")
            if old != new:
                found.append(f"{name} {old}, not {new}")
    if not found and there:
        found = ["made by other code"]
    return "; ".join(found)


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
    batches: Store | None
    counter: Counter
    workers: int = 1

    def generation(self, number: int, values: Values, first_run: int, runs: int) -> Floats:
        """Outcomes of a whole generation, batch by batch; batches that were kept are read instead."""
        size = max(min(BATCH, -(-runs // SLICES)), 1)
        starts = range(0, runs, size)
        found: dict[int, Floats] = {}
        missing: list[int] = []
        for batch, start in enumerate(starts):
            outcomes = self._kept(number, batch)
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
            if self.batches is not None:
                self.batches.put_columns(_name(number, missing[place]), {"outcomes": outcomes.astype(np.float32)})
            found[missing[place]] = outcomes
            self.counter.add(len(outcomes))
        return np.concatenate([found[batch] for batch in range(len(starts))])

    def _kept(self, generation: int, batch: int) -> Floats | None:
        kept = self.batches.get_columns(_name(generation, batch)) if self.batches is not None else None
        return None if kept is None else kept["outcomes"].astype(np.float64)


def _name(generation: int, batch: int) -> str:
    return f"generation-{generation:02d}-{batch:04d}"

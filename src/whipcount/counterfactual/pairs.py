"""Pairs of worlds: the same runs with and without interventions, block by block; when and in what they part.

Random draws are keyed by names, so a pair shares every draw of what is not touched; it parts on the first day on
which its event logs differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whipcount.pool import spread
from whipcount.results.interfaces import Engine, Floats
from whipcount.results.manifest import run_key
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.store import Store
from whipcount.vocabulary import numerics

from .conditions import Condition, met
from .engines import Parameters, engine_of, own_parameters
from .world_changes import Intervention

if TYPE_CHECKING:
    from whipcount.engine import EventColumns
    from whipcount.scenario import LoadedScenario

BLOCK = 1_000  # pairs computed at once
SMALL = 1_000  # up to so many pairs, starting workers costs more than it saves
NEVER = -1  # the step on which a pair parts that never does
HASHES = "."  # the column of a piece that holds the days' hashes: no outcome can be called so

Progress = Callable[[int, int], None]
EngineMaker = Callable[[Any, Sequence[Intervention], int], Engine]  # of a scenario, changed, for about so many runs
Steps = NDArray[np.int32]
Numbers = NDArray[np.int64]
Told = tuple[dict[str, Floats], NDArray[np.uint64]]  # outcomes, and a hash of each day's events, run by run


@dataclass(frozen=True)
class Pairs:
    """Outcomes of worlds with and without the interventions, run by run; the step on which each pair parts.

    numbers: the run of each pair, as the engine counts them; those that do not meet the conditions are left out.
    """

    without: dict[str, Floats]
    within: dict[str, Floats]
    parted: Steps
    drawn: int
    numbers: Numbers

    @property
    def worlds(self) -> int:
        """Pairs that meet the conditions."""
        return len(self.parted)


@dataclass(frozen=True)
class PairJob:
    """Pairs of one question: what is drawn, what is changed, on what it is conditioned."""

    loaded: LoadedScenario
    first: tuple[Intervention, ...]
    second: tuple[Intervention, ...]
    given: tuple[Condition, ...]
    seed: int
    runs: int
    parameters: Parameters | None = None
    engine_maker: EngineMaker = engine_of
    store: Store | None = None
    resumable: bool = False  # the changed worlds are kept too

    def prepare(self) -> None:
        """Compile, before workers start, what each of them would else compile for itself."""
        for interventions in (self.first, self.second):
            self.engine_maker(self.loaded, interventions, self.runs)

    def begin(self) -> Callable[[tuple[int, int]], Pairs]:
        """Make both engines; an order is (first run, runs)."""
        sides = self._sides()

        def compute(order: tuple[int, int]) -> Pairs:
            first, runs = order
            before = sides[0].told(first, runs)
            kept = met(self.given, before[0], runs)
            numbers = first + np.flatnonzero(kept)
            if not kept.any():
                empty = {name: values[:0] for name, values in before[0].items()}
                return Pairs(empty, empty, np.zeros(0, np.int32), runs, numbers)
            after = sides[1].told(first, runs)
            parted = first_difference(before[1], after[1])
            return Pairs(
                {name: values[kept] for name, values in before[0].items()},
                {name: values[kept] for name, values in after[0].items()},
                parted[kept],
                runs,
                numbers,
            )

        return compute

    def kept(self, orders: Sequence[tuple[int, int]]) -> list[int]:
        """The places of orders both of whose worlds are in the store, so that nothing is left to compute."""
        if not self.resumable:
            return []
        sides = self._sides()
        return [place for place, order in enumerate(orders) if all(side.keeps(*order) for side in sides)]

    def _sides(self) -> tuple[_Side, _Side]:
        store = self.store
        return _Side(self, self.first, store), _Side(self, self.second, store if self.resumable else None)


class _Side:
    """One of the two worlds of each pair; its engine is made when it is first needed."""

    def __init__(self, job: PairJob, interventions: tuple[Intervention, ...], store: Store | None) -> None:
        self.job = job
        self.interventions = interventions
        self.store = store
        self.key = ""
        if store:
            self.key = run_key(
                job.loaded, runs=0, seed=job.seed, interventions=interventions, parameters=job.parameters
            )

    def told(self, first: int, runs: int) -> Told:
        """Outcomes, and a hash of each day's events, of a block of runs; from the store where it has them."""
        if self.store is None:
            return self.engine.run(first, runs)
        name = self._name(first, runs)
        kept = self.store.get_columns(name)
        if kept is None:
            values, hashes = self.engine.run(first, runs)
            self.store.put_columns(name, {HASHES: hashes, **values})
            return values, hashes
        return {key: column for key, column in kept.items() if key != HASHES}, kept[HASHES]

    def keeps(self, first: int, runs: int) -> bool:
        """Whether the store has a block of runs."""
        return self.store is not None and self.store.path(self._name(first, runs)).exists()

    def _name(self, first: int, runs: int) -> str:
        return f"{self.key[:32]}-{first}-{runs}"

    @cached_property
    def engine(self) -> _Worlds:
        """What computes this side."""
        return _Worlds(self.job, self.interventions)


class _Worlds:
    """The engine of one side, with what its events and outcomes are read by."""

    def __init__(self, job: PairJob, interventions: tuple[Intervention, ...]) -> None:
        self.job = job
        self.engine = job.engine_maker(job.loaded, interventions, job.runs)
        self.evaluator = OutcomeEvaluator.of(job.loaded, self.engine.plan, self.engine.world)
        self.marks = entity_marks(self.engine)
        self.offsets = np.concatenate([[0], np.cumsum([len(marks) for marks in self.marks])[:-1]]).astype(np.int64)
        self.flat = np.concatenate(self.marks) if self.marks else np.zeros(0, np.uint64)

    def run(self, first: int, runs: int) -> Told:
        """Simulate a block of runs."""
        world: Any = self.engine.world
        rows = slice(first, first + runs)
        block = self.engine.backend.run(self.job.seed, first, runs, own_parameters(world, self.job.parameters, rows))
        values = self.evaluator.evaluate(block).values
        steps = self.engine.plan.steps
        return values, day_hashes(block.events, self.flat, self.offsets, first, runs, steps)


def entity_marks(engine: Engine) -> list[NDArray[np.uint64]]:
    """For each verb, a 64-bit mark of every entity: equal in two worlds if and only if the names are."""
    marks = []
    for verb in engine.plan.verbs:
        names = engine.world.structure.axes[verb.axis] if verb.axis else ("",)
        texts = (f"{verb.mechanism}.{verb.name}/{name}" for name in names)
        marks.append(
            np.array([int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "big") for t in texts], "u8")
        )
    return marks


def day_hashes(
    events: EventColumns, marks: NDArray[np.uint64], offsets: NDArray[np.int64], first: int, runs: int, steps: int
) -> NDArray[np.uint64]:
    """A hash of each run's events of each day, whatever their order: shaped (runs, steps)."""
    hashes = np.zeros(runs * steps, np.uint64)
    if len(events.run):
        cells = offsets[events.verb] + events.entity
        values = numerics.mix(events.value.view(np.uint32).astype(np.uint64))
        words = numerics.mix(marks[cells] ^ values)
        days = (events.run - first) * steps + events.step
        starts = np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]]))
        hashes[days[starts]] = np.add.reduceat(words, starts)
    return hashes.reshape(runs, steps)


def first_difference(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> Steps:
    """The first step on which two event logs differ, run by run; NEVER where they do not."""
    differs = before != after
    return np.where(differs.any(axis=1), differs.argmax(axis=1), NEVER).astype(np.int32)


def compute_pairs(job: PairJob, workers: int = 1, progress: Progress | None = None, block: int = BLOCK) -> Pairs:
    """All pairs of a job, in the order of their runs."""
    runs = job.runs
    orders = [(start, min(block, runs - start)) for start in range(0, runs, block)]
    kept = job.kept(orders)
    missing = sorted({*range(len(orders))} - {*kept})
    found: dict[int, Pairs] = {}
    done = 0
    workers = min(workers, len(orders)) if runs > SMALL else 1
    # what is kept is read here: workers elsewhere may not see the folder
    for places, processes in ((kept, 1), (missing, workers)):
        for number, part in spread(job, [orders[place] for place in places], processes):
            found[places[number]] = part
            done += part.drawn
            if progress is not None:
                progress(done, runs)
    return joined([found[place] for place in range(len(orders))])


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Blocks of pairs, one after the other."""
    names = parts[0].without

    def column(side: Callable[[Pairs], Mapping[str, Floats]], name: str) -> Floats:
        return np.concatenate([side(part)[name] for part in parts])

    return Pairs(
        {name: column(lambda part: part.without, name) for name in names},
        {name: column(lambda part: part.within, name) for name in names},
        np.concatenate([part.parted for part in parts]),
        sum(part.drawn for part in parts),
        np.concatenate([part.numbers for part in parts]),
    )

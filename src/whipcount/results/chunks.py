"""Chunks: fixed ranges of runs, computed block by block and kept as one self-checking file each.

Where a chunk begins is the same in every ensemble, and only the last one's end depends on the number of runs: neither
the block size nor the number of workers shows in any file, and more runs begin with the same chunks. A chunk is a piece
of the store: Arrow streams, one after another.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from whipcount import pool
from whipcount.errors import RunError
from whipcount.store import DamagedError, Store

from .columns import column, numbers, table
from .interfaces import Engine, EngineMaker, Parameters
from .names import EventNames
from .outcomes import EXITS, OutcomeEvaluator, binary_outcomes
from .series import SeriesTally

if TYPE_CHECKING:
    from whipcount.engine import BlockResult, EventColumns

FEW = 1_000  # runs of a chunk: little is lost when a run is interrupted
MANY = 5_120  # of one beyond the first LARGE_ENSEMBLE runs
LARGE_ENSEMBLE = 100_000
WHOLE_EVENTS = 10_000  # up to so many runs every event is kept
FIRST_RUNS = 1_000  # beyond that, the events of the first runs; also those whose daily paths are kept
TABLES = ("runs", "events", "paths", "counts", "places", "sums")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chunk:
    """Runs first .. first + runs - 1, and up to which run events and daily paths are kept."""

    index: int
    first: int
    runs: int
    events_until: int
    paths_until: int

    @property
    def name(self) -> str:
        """Its name among the pieces that are kept."""
        return f"{self.index:06d}"

    def key(self, store: Store) -> str:
        """What its file belongs to: the ensemble, and these runs of it."""
        return f"{store.key} {self.index} {self.first} {self.runs}"

    @property
    def label(self) -> str:
        """What people call it."""
        return f"chunk {self.index} (runs {self.first} to {self.first + self.runs - 1})"


def chunks_of(runs: int, events: str) -> tuple[Chunk, ...]:
    """The chunks of an ensemble; `events` is auto, all or none."""
    if events == "none":
        until = 0
    elif events == "all" or runs <= WHOLE_EVENTS:
        until = runs
    else:
        until = FIRST_RUNS
    few = [(first, FEW) for first in range(0, min(runs, LARGE_ENSEMBLE), FEW)]
    many = [(first, MANY) for first in range(LARGE_ENSEMBLE, runs, MANY)]
    return tuple(
        Chunk(index, first, min(size, runs - first), until, min(runs, FIRST_RUNS))
        for index, (first, size) in enumerate(few + many)
    )


class ChunkRecorder:
    """Computes chunks of one ensemble: runs blocks, evaluates outcomes, keeps what is to be kept."""

    def __init__(
        self, engine: Engine, evaluator: OutcomeEvaluator, names: EventNames, binary: Mapping[str, bool]
    ) -> None:
        self.engine = engine
        self.evaluator = evaluator
        self.names = names
        self.binary = binary

    def compute(
        self,
        chunk: Chunk,
        seed: int,
        block: int,
        parameters: Parameters | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, pa.Table]:
        """The tables of a chunk; `parameters` are the values of its runs only."""
        plan = self.engine.plan
        tally = SeriesTally(plan.measures, plan.steps)
        parts: dict[str, list[pa.Table]] = {name: [] for name in ("runs", "events", "paths", "counts")}
        for start in range(0, chunk.runs, block):
            runs = min(block, chunk.runs - start)
            given = None if parameters is None else {key: v[start : start + runs] for key, v in parameters.items()}
            result = self.engine.backend.run(seed, chunk.first + start, runs, given)
            parts["runs"].append(self._runs(result))
            parts["events"].append(_events(result.events, chunk.events_until))
            parts["paths"].append(self._paths(result, chunk.paths_until))
            parts["counts"].append(self._counts(result))
            tally.add(result.series)
            del result  # before the next one is computed
            if progress is not None:
                progress(runs)
        places, counts = tally.sparse()
        return {
            "runs": pa.concat_tables(parts["runs"]).combine_chunks(),
            "events": pa.concat_tables(parts["events"]).combine_chunks(),
            "paths": pa.concat_tables(parts["paths"]).combine_chunks(),
            "counts": merge_counts(pa.concat_tables(parts["counts"])),
            "places": table({"place": places, "count": counts}),
            "sums": table({"sum": tally.sums}),
        }

    def _runs(self, result: BlockResult) -> pa.Table:
        outcomes = self.evaluator.evaluate(result)
        columns: dict[str, Any] = {"run": np.arange(result.first_run, result.first_run + result.runs, dtype=np.int64)}
        for name in sorted(result.parameters):
            values = np.broadcast_to(np.asarray(result.parameters[name], dtype=np.float32), (result.runs,))
            columns[name] = values
        columns[EXITS] = outcomes.exits.astype(np.int32)
        for name, outcome in outcomes.values.items():
            kind = np.int8 if self.binary[name] else np.float64
            missing = np.isnan(outcome)
            columns[name] = column(np.where(missing, 0.0, outcome).astype(kind), missing)
        return table(columns)

    def _paths(self, result: BlockResult, until: int) -> pa.Table:
        plan = self.engine.plan
        runs = max(0, min(result.runs, until - result.first_run))
        steps = plan.steps
        numbers = np.arange(result.first_run, result.first_run + runs, dtype=np.int64)
        columns: dict[str, Any] = {
            "run": np.repeat(numbers, steps),
            "step": np.tile(np.arange(steps, dtype=np.int32), runs),
        }
        for row, measure in enumerate(plan.measures):
            columns[measure.label] = np.ascontiguousarray(result.series[:, row, :runs].T).ravel()
        return table(columns)

    def _counts(self, result: BlockResult) -> pa.Table:
        """Events, and runs with at least one, by cell and code."""
        events, names = result.events, self.names
        keys = names.cell(events.verb, events.entity)
        keys *= names.code_span
        keys += names.code(events.verb, events.value) + 1
        totals = np.bincount(keys, minlength=names.cells * names.code_span)
        found = np.flatnonzero(totals)
        place = np.zeros(len(totals), np.int32)
        place[found] = np.arange(len(found))
        seen = np.zeros((len(found), result.runs), np.bool_)
        seen[place[keys], events.run - result.first_run] = True
        return table({"key": found, "events": totals[found], "runs": np.count_nonzero(seen, axis=1)})


@dataclass(frozen=True)
class ChunkOrder:
    """One chunk to compute, with the given parameters of its runs."""

    chunk: Chunk
    parameters: Parameters | None


@dataclass(frozen=True)
class ChunkJob:
    """The chunks of an ensemble as a job: each is written whole, and answered with its SHA-256."""

    loaded: Any
    interventions: Sequence[object]
    engine_maker: EngineMaker
    seed: int
    runs: int
    block: int
    store: Store

    def prepare(self) -> None:
        """Nothing: who runs an ensemble has made its engine before, and so has compiled it."""

    def begin(self) -> Callable[[ChunkOrder], str]:
        """Make the engine and resolve the outcomes."""
        return self.on(self.engine_maker(self.loaded, self.interventions, self.runs))

    def on(self, engine: Engine) -> Callable[[ChunkOrder], str]:
        """Resolve the outcomes on an engine that is made."""
        names = EventNames(engine.plan, engine.world)
        evaluator = OutcomeEvaluator.of(self.loaded, engine.plan, engine.world, names)
        recorder = ChunkRecorder(engine, evaluator, names, binary_outcomes(self.loaded.scenario))

        def compute(order: ChunkOrder) -> str:
            tables = recorder.compute(order.chunk, self.seed, self.block, order.parameters, pool.tell)
            return write_chunk(self.store, order.chunk, tables)

        return compute


@dataclass(frozen=True)
class ChunksHere:
    """The same job in the process that has the engine."""

    job: ChunkJob
    engine: Engine

    def begin(self) -> Callable[[ChunkOrder], str]:
        """Resolve the outcomes."""
        return self.job.on(self.engine)


def merge_counts(counts: pa.Table) -> pa.Table:
    """Add up the counts of the same key; keys ascend."""
    keys, inverse = np.unique(numbers(counts["key"]), return_inverse=True)
    merged: dict[str, Ints] = {"key": keys}
    for name in ("events", "runs"):
        total = np.zeros(len(keys), dtype=np.int64)
        np.add.at(total, inverse, numbers(counts[name]))
        merged[name] = total
    return table(merged)


def _events(events: EventColumns, until: int) -> pa.Table:
    """The events of runs below `until` (events are sorted by run)."""
    end = int(np.searchsorted(events.run, until))
    return table(
        {
            "run": np.asarray(events.run[:end], dtype=np.int64),
            "step": np.asarray(events.step[:end], dtype=np.int32),
            "verb": np.asarray(events.verb[:end], dtype=np.int16),
            "entity": np.asarray(events.entity[:end], dtype=np.int32),
            "value": np.asarray(events.value[:end], dtype=np.float32),
            "probability": np.asarray(events.probability[:end], dtype=np.float32),
        }
    )


# -- files -----------------------------------------------------------------------------------------------------


def chunk_store(folder: Path, key: str) -> Store:
    """The chunks of the ensemble of this key."""
    return Store(folder, key, suffix=".chunk")


def write_chunk(store: Store, chunk: Chunk, tables: Mapping[str, pa.Table]) -> str:
    """Write a chunk file whole; gives the SHA-256 of its tables."""
    buffer = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    for name in TABLES:
        with pa.ipc.new_stream(buffer, tables[name].schema, options=options) as writer:
            writer.write_table(tables[name])
    return store.put(chunk.name, buffer.getvalue(), chunk.key(store))


def check_chunk(store: Store, chunk: Chunk) -> str | None:
    """The SHA-256 of a sound chunk file; none if it is missing. Raises RunError (WC326) if it is damaged."""
    found = _piece(store, chunk)
    return None if found is None else found[1]


def read_chunk(store: Store, chunk: Chunk) -> dict[str, pa.Table]:
    """The tables of a chunk file, its checksum verified."""
    found = _piece(store, chunk)
    if found is None:
        raise _damaged(store, chunk, "it is missing")
    stream = pa.BufferReader(found[0])
    return {name: pa.ipc.open_stream(stream).read_all() for name in TABLES}


def read_runs(store: Store, chunk: Chunk) -> pa.Table | None:
    """Only the table of runs of a chunk file; none if the file is missing. Raises RunError (WC326) if it is damaged."""
    found = _piece(store, chunk)
    return None if found is None else pa.ipc.open_stream(pa.BufferReader(found[0])).read_all()


def move_chunk(source: Store, chunk: Chunk, store: Store, fewer: Chunk) -> None:
    """Keep a chunk in another store, as what it is there: the same runs, with events of no more of them."""
    if fewer.events_until == chunk.events_until or fewer.events_until >= chunk.first + chunk.runs:
        found = _piece(source, chunk)
        if found is not None:
            store.put(fewer.name, found[0], fewer.key(store))
            return
    tables = read_chunk(source, chunk)
    events = tables["events"]
    end = int(np.searchsorted(numbers(events["run"]), fewer.events_until))
    cut = table({name: numbers(events[name])[:end] for name in events.column_names})
    write_chunk(store, fewer, tables | {"events": pa.concat_tables([cut]).combine_chunks()})


def _piece(store: Store, chunk: Chunk) -> tuple[bytes, str] | None:
    try:
        return store.get(chunk.name, chunk.key(store))
    except DamagedError as damage:
        raise _damaged(store, chunk, str(damage)) from damage


def _damaged(store: Store, chunk: Chunk, reason: str) -> RunError:
    message = f"{chunk.label} of {store.folder.parent} is damaged: {reason}"
    return RunError.one("WC326", message, "run the same command again to recompute it")

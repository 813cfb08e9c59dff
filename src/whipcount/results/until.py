"""An ensemble that goes on until outcomes are known as precisely as is wanted, and no longer.

It is looked at after every chunk. The intervals are of a confidence sequence, so looking does no harm. Chunks wait in a
folder `until` of the run folder, since what they belong to (an ensemble of so many runs) is known only at the end; then
they are put where a plain run of that number has them, and the rest is such a run: the same folder byte for byte.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from whipcount.errors import RunError
from whipcount.objects import drop
from whipcount.pool import spread
from whipcount.store import Store, clear_temporaries, locked, make_folder
from whipcount.text import say

from .chunks import (
    WHOLE_EVENTS,
    Chunk,
    ChunkJob,
    ChunkOrder,
    ChunksHere,
    check_chunk,
    chunk_store,
    chunks_of,
    move_chunk,
    read_runs,
)
from .ensemble import (
    BLOCK,
    IF_KILLED,
    STAGE,
    EnsembleInterrupted,
    Progress,
    backend_of,
    check_sizes,
    in_folder,
    run_ensemble,
)
from .interfaces import EngineMaker, scenario_engine
from .manifest import CHUNKS, MANIFEST, note, outcome_records, read_manifest, run_key
from .names import EventNames
from .outcomes import OutcomeEvaluator
from .precision import Wanted, parse_wanted
from .reading import Results

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

Notice = Callable[[str], None]


@dataclass(frozen=True)
class _Order:
    """What is asked for; `folder` is where."""

    loaded: LoadedScenario
    wanted: tuple[Wanted, ...]
    seed: int
    events: str
    most: int
    workers: int
    folder: Path
    progress: Progress | None
    tell: Notice
    engine_maker: EngineMaker

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks of the largest number; of a small one all events are kept, and it may become one."""
        found = chunks_of(self.most, self.events)
        if self.events != "auto":
            return found
        return tuple(dataclasses.replace(chunk, events_until=WHOLE_EVENTS) for chunk in found)

    @property
    def stage(self) -> Store:
        """Where chunks wait: for the same scenario and seed, whatever is wanted."""
        return chunk_store(self.folder / STAGE, self.key(0))

    def key(self, runs: int) -> str:
        """The key of the ensemble of so many runs."""
        return run_key(
            self.loaded, runs=runs, seed=self.seed, events=self.events, backend=backend_of(self.engine_maker)
        )


def run_until(
    loaded: LoadedScenario,
    until: str | Sequence[str],
    most: int,
    seed: int = 1,
    out: str | Path | None = None,
    events: str = "auto",
    workers: int = 2,
    progress: Progress | None = None,
    on_notice: Notice | None = None,
    engine_maker: EngineMaker = scenario_engine,
) -> Results:
    """Run a loaded scenario until each outcome is known within its half-width, and give the results.

    until: `OUTCOME ± 0.005`, one or several. most: runs after which it stops all the same. The number of runs is the
    end of the first chunk (of 1,000 runs, beyond 100,000 of 5,120) at which the confidence sequence of every outcome
    is narrow enough; on_notice is told after the first chunk about how many runs and how long it will take. The same
    call with the same folder goes on where it was interrupted. `Results.precision` gives the intervals.

    Raises RunError as `run_ensemble` does, and WC322 where the folder holds another number of runs.
    """
    check_sizes(most, BLOCK, workers, seed, events)
    wanted = parse_wanted(until, outcome_records(loaded.scenario.outcomes))
    tell: Notice = on_notice or (lambda _: None)

    def order(folder: Path) -> _Order:
        return _Order(loaded, wanted, seed, events, most, workers, folder, progress, tell, engine_maker)

    return in_folder(out, lambda folder: _run(order(folder)))


def _run(order: _Order) -> Results:
    folder = order.folder
    kept = _kept_runs(order)
    if kept is None:
        make_folder(folder)
        with locked(folder):
            make_folder(folder / STAGE)
            clear_temporaries(folder / STAGE)
            kept = _enough(order)
            _settle(order, kept)
    results = run_ensemble(
        order.loaded, kept, order.seed, folder, order.events, workers=order.workers, progress=order.progress,
        on_notice=order.tell, engine_maker=order.engine_maker,
    )  # fmt: skip
    if kept != _stops_at(order, results):
        raise _another(order, kept)
    if (folder / STAGE).exists():
        with locked(folder):
            note(folder, "enough", until=[str(one) for one in order.wanted], runs=kept)
            shutil.rmtree(folder / STAGE, ignore_errors=True)
            drop(folder / STAGE)
    return results


def _kept_runs(order: _Order) -> int | None:
    """The number of runs of the folder, where it has been settled; none where that is still to be found out."""
    folder = order.folder
    try:
        manifest = read_manifest(folder) if (folder / MANIFEST).exists() else None
    except RunError as damage:
        if damage.problems[0].code != "WC325":
            raise
        return None  # found out again, and then the manifest is made again
    if manifest is None:
        return None
    if manifest.key != order.key(manifest.runs) or not (manifest.complete or (folder / STAGE).exists()):
        raise _another(order, manifest.runs)
    return manifest.runs


def _another(order: _Order, runs: int) -> RunError:
    wanted = ", ".join(map(str, order.wanted))
    return RunError.one(
        "WC322", f"{order.folder} holds another ensemble (of {runs} runs, not until {wanted})", "give another --out"
    )


# -- how many are enough ---------------------------------------------------------------------------------------------


@dataclass
class _Tally:
    """What the chunks so far, in their order, say of each outcome."""

    wanted: tuple[Wanted, ...]
    most: int
    runs: int = 0
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)  # by outcome: happened, has it at all

    def add(self, runs: int, counts: dict[str, tuple[int, int]]) -> None:
        """Count another chunk."""
        self.runs += runs
        for name, (happened, used) in counts.items():
            before = self.counts.get(name, (0, 0))
            self.counts[name] = before[0] + happened, before[1] + used

    @property
    def is_enough(self) -> bool:
        """Whether every outcome is known as precisely as it is wanted, or no more runs are allowed."""
        if self.runs >= self.most:
            return True
        return all(one.found(*self.counts.get(one.outcome, (0, 0)), self.runs).reached for one in self.wanted)

    @property
    def expected(self) -> int:
        """About how many runs it will be."""
        needed = (one.runs_needed(*self.counts.get(one.outcome, (0, 0)), self.runs) for one in self.wanted)
        return min(self.most, max(self.runs, *needed))


def _enough(order: _Order) -> int:
    """Compute chunks until they are enough; gives the number of runs."""
    tally = _Tally(order.wanted, order.most)
    engine = order.engine_maker(order.loaded, (), tally.expected)
    OutcomeEvaluator.of(order.loaded, engine.plan, engine.world, EventNames(engine.plan, engine.world))
    job = ChunkJob(order.loaded, (), order.engine_maker, order.seed, order.most, BLOCK, order.stage)
    began, planned = perf_counter(), False

    def advance(done: int, _: int = 0) -> None:
        if order.progress is not None:
            order.progress(done, tally.expected)

    try:
        for chunk, computed in _in_order(order, job, ChunksHere(job, engine)):
            tally.add(chunk.runs, _counts(order, chunk))
            if computed and not planned and not tally.is_enough:
                _tell_plan(order, tally, (perf_counter() - began) / chunk.runs)
            planned = planned or computed
            advance(tally.runs)
            if tally.is_enough:
                break
    except KeyboardInterrupt:
        raise EnsembleInterrupted(order.folder, tally.runs, tally.expected) from None
    return tally.runs


def _in_order(order: _Order, job: ChunkJob, here: ChunksHere) -> Iterator[tuple[Chunk, bool]]:
    """The chunks from the first on, each once it is there and sound, and whether it was computed now.

    The first that is missing is computed here, so that it can be told how long the others will take.
    """
    sound = {chunk.index for chunk in order.chunks if _is_sound(order, chunk)}
    missing = [chunk for chunk in order.chunks if chunk.index not in sound]
    finished: set[int] = set()
    answers = _computed(order, job, here, missing)
    for chunk in order.chunks:
        while chunk.index not in sound and chunk.index not in finished:
            finished.add(missing[next(answers)].index)
        yield chunk, chunk.index in finished
    answers.close()


def _computed(order: _Order, job: ChunkJob, here: ChunksHere, missing: Sequence[Chunk]) -> Generator[int, None, None]:
    orders = [ChunkOrder(chunk, None) for chunk in missing]
    for place, _ in spread(here, orders[:1]):
        yield place
    rest = orders[1:]
    several = min(order.workers, len(rest)) > 1
    for place, _ in spread(job if several else here, rest, order.workers, if_killed=IF_KILLED):
        yield place + 1


def _is_sound(order: _Order, chunk: Chunk) -> bool:
    try:
        return check_chunk(order.stage, chunk) is not None
    except RunError as damage:  # or of another `most`, which ends the last chunk elsewhere
        order.tell(f"{damage.problems[0].message}; it is computed again")
        return False


def _counts(order: _Order, chunk: Chunk) -> dict[str, tuple[int, int]]:
    """How often each wanted outcome happened in a chunk, and in how many runs there is such an outcome."""
    runs = read_runs(order.stage, chunk)
    if runs is None:
        raise RunError.one("WC326", f"{chunk.label} of {order.folder} is gone", "run the same command again")
    columns = {one.outcome: runs[one.outcome].to_numpy() for one in order.wanted}  # a null becomes NaN
    return {name: (int(np.nansum(one)), int(np.count_nonzero(~np.isnan(one)))) for name, one in columns.items()}


def _tell_plan(order: _Order, tally: _Tally, seconds: float) -> None:
    """How many runs it will be, and how long, as the first chunk has it."""
    left = (tally.expected - tally.runs) * seconds / order.workers
    text = say(
        "about {runs:,} runs in all (at most {most:,}), about {minutes:.0f} more minutes",
        runs=tally.expected, most=order.most, minutes=left / 60,
    ) if left >= 90 else say(
        "about {runs:,} runs in all (at most {most:,}), about {seconds:.0f} more seconds",
        runs=tally.expected, most=order.most, seconds=left,
    )  # fmt: skip
    order.tell(text)


def _settle(order: _Order, runs: int) -> None:
    """Put the chunks where a plain run of this number has them."""
    folder = order.folder / CHUNKS
    make_folder(folder)
    store = chunk_store(folder, order.key(runs))
    by_index = {chunk.index: chunk for chunk in order.chunks}
    for chunk in chunks_of(runs, order.events):
        move_chunk(order.stage, by_index[chunk.index], store, chunk)


def _stops_at(order: _Order, results: Results) -> int:
    """Where the folder's own runs are enough; more than it has if they are not."""
    table = results.table(list(dict.fromkeys(one.outcome for one in order.wanted)))
    tally = _Tally(order.wanted, order.most)
    for chunk in chunks_of(results.runs, order.events):
        rows = table.slice(chunk.first, chunk.runs)
        columns = {name: rows[name].drop_nulls() for name in rows.columns}
        tally.add(chunk.runs, {name: (int(one.sum()), len(one)) for name, one in columns.items()})
        if tally.is_enough:
            return tally.runs
    return results.runs + 1


__all__ = ["run_until"]

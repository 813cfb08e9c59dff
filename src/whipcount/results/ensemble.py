"""Running an ensemble: chunk by chunk into a run folder that can be interrupted, resumed and repaired.

A folder belongs to one key (scenario, account, overrides, interventions, seed, runs, code). Running the same key
again continues where it was left, recomputes what is damaged, and ends with the same bytes as a run without a break.
"""

from __future__ import annotations

import dataclasses
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whipcount.errors import RunError
from whipcount.objects import at_hand
from whipcount.pool import spread
from whipcount.store import LOCK, clear_temporaries, is_temporary, locked, make_folder, sha256_of, write_whole

from .assembly import TABLE_FILES, Assembler
from .chunks import Chunk, ChunkJob, ChunkOrder, ChunksHere, check_chunk, chunk_store, chunks_of
from .interfaces import Engine, EngineMaker, Floats, Parameters, scenario_engine
from .manifest import (
    AS_RUN,
    CHUNKS,
    FORMAT,
    JOURNAL,
    MANIFEST,
    Manifest,
    code_fingerprint,
    damaged_journal,
    mechanism_records,
    mend_journal,
    note,
    outcome_records,
    overrides_of,
    read_manifest,
    run_key,
    versions,
    write_manifest,
)
from .names import EventNames
from .outcomes import OutcomeEvaluator
from .reading import Results, open_run
from .structure import rules, unlike

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

BLOCK = 1_024  # runs computed at once: more is hardly faster; any number gives the same results
SMALL = 500  # up to so many runs, starting workers costs more than it saves
MOST_RUNS = 10**9
LARGEST_SEED = 2**63 - 1  # a longer one would be cut, and so be another's
STAGE = "until"  # where chunks wait while it is not known how many runs are enough
EVENTS = ("auto", "all", "none")
IF_KILLED = "what is finished is kept: run the same command again, with fewer --workers if memory is short"
Progress = Callable[[int, int], None]


class EnsembleInterrupted(KeyboardInterrupt):
    """Ctrl-C while an ensemble ran: what was finished is kept in `folder`, if one was named."""

    def __init__(self, folder: Path | None, done: int, runs: int) -> None:
        super().__init__(f"interrupted after {done} of {runs} runs")
        self.folder, self.done, self.runs = folder, done, runs


@dataclass(frozen=True)
class _Order:
    """An ensemble as ordered, with the engine to compute it."""

    loaded: LoadedScenario
    runs: int
    seed: int
    events: str
    block: int
    workers: int
    parameters: Parameters | None
    interventions: tuple[object, ...]
    engine_maker: EngineMaker
    key: str
    chunks: tuple[Chunk, ...]


def run_ensemble(
    loaded: LoadedScenario,
    runs: int = 10_000,
    seed: int = 1,
    out: str | Path | None = None,
    events: str = "auto",
    block: int = BLOCK,
    workers: int = 2,
    parameters: Mapping[str, npt.ArrayLike] | None = None,
    progress: Progress | None = None,
    interventions: Sequence[object] = (),
    engine_maker: EngineMaker = scenario_engine,
    on_notice: Callable[[str], None] | None = None,
) -> Results:
    """Run a loaded scenario `runs` times and give its results.

    out: the run folder; without one the results live in a temporary folder for as long as they are used. events:
    "auto" keeps every event up to 10,000 runs and those of the first 1,000 beyond, "all" and "none" as they say.
    parameters: values run by run, by name (a design, a posterior); others are drawn from their priors. progress is
    called with the runs done and the runs in all; on_notice with what was repaired.

    Raises RunError: WC300 wrong arguments, WC301..WC309 and WC313 outcomes, WC320 and WC321 the folder cannot be
    written, WC322 it belongs to another key, WC327 another process is writing to it. Ctrl-C raises
    EnsembleInterrupted.
    """
    order = _ordered(loaded, runs, seed, events, block, workers, parameters, interventions, engine_maker)
    return in_folder(out, lambda folder: _run_into(folder, order, progress, on_notice))


def in_folder(out: str | Path | None, run: Callable[[Path], Results]) -> Results:
    """Run into a folder; without one into one that goes away with the results, or with the failure."""
    if out is not None:
        return run(at_hand(out))
    scratch = tempfile.TemporaryDirectory(prefix="whipcount-", ignore_cleanup_errors=True)
    try:
        results = run(Path(scratch.name))
    except EnsembleInterrupted as stopped:
        scratch.cleanup()
        raise EnsembleInterrupted(None, stopped.done, stopped.runs) from None
    except BaseException:
        scratch.cleanup()
        raise
    weakref.finalize(results, scratch.cleanup)
    return results


def outcome_values(
    engine: Engine,
    evaluator: OutcomeEvaluator,
    seed: int,
    runs: int,
    first_run: int = 0,
    block: int = BLOCK,
    parameters: Parameters | None = None,
    worlds: npt.NDArray[np.int64] | None = None,
) -> dict[str, Floats]:
    """Outcomes of runs by name, in memory and in this process: what questions about many variants need.

    worlds: the runs whose drawn parameters and inputs each one takes over, to meet them with new chance.
    """
    collected: dict[str, list[Floats]] = {name: [] for name in evaluator.names}
    for start in range(0, runs, block):
        size = min(block, runs - start)
        given = None if parameters is None else {key: v[start : start + size] for key, v in parameters.items()}
        taken = None if worlds is None else worlds[start : start + size]
        values = evaluator.evaluate(engine.backend.run(seed, first_run + start, size, given, taken)).values
        for name, column in values.items():
            collected[name].append(column)
    return {name: np.concatenate(columns) if columns else np.zeros(0) for name, columns in collected.items()}


def check_sizes(runs: int, block: int, workers: int, seed: int, events: str) -> None:
    """Refuse numbers that no ensemble can have (WC300)."""
    for name, value, least, most in (
        ("runs", runs, 1, MOST_RUNS), ("block", block, 1, MOST_RUNS), ("workers", workers, 1, MOST_RUNS),
        ("seed", seed, 0, LARGEST_SEED),
    ):  # fmt: skip
        if not least <= value <= most:
            raise RunError.one("WC300", f"{name} is {value}", f"give a number from {least} to {most}")
    if events not in EVENTS:
        raise RunError.one("WC300", f"events is {events!r}", "give one of " + ", ".join(EVENTS))


def backend_of(engine_maker: EngineMaker) -> str:
    """What a key says of an engine's numbers: engines of the house give the same."""
    own = engine_maker.__module__.partition(".")[0] == __name__.partition(".")[0]
    return "auto" if own else f"{engine_maker.__module__}.{engine_maker.__qualname__}"


def _ordered(
    loaded: LoadedScenario,
    runs: int,
    seed: int,
    events: str,
    block: int,
    workers: int,
    parameters: Mapping[str, npt.ArrayLike] | None,
    interventions: Sequence[object],
    engine_maker: EngineMaker,
) -> _Order:
    check_sizes(runs, block, workers, seed, events)
    given: dict[str, npt.NDArray[Any]] | None = None
    if parameters:
        given = {name: np.asarray(values, dtype=np.float32) for name, values in parameters.items()}
        for name, values in given.items():
            if values.shape != (runs,):
                raise RunError.one(
                    "WC300", f"parameter {name!r} has shape {values.shape}", f"give one value for each of {runs} runs"
                )
    key = run_key(
        loaded, runs=runs, seed=seed, events=events, interventions=interventions, parameters=given,
        backend=backend_of(engine_maker),
    )  # fmt: skip
    chunks = chunks_of(runs, events)
    if runs <= SMALL:
        workers = 1
    return _Order(
        loaded, runs, seed, events, block, workers, given, tuple(interventions), engine_maker, key, chunks
    )  # fmt: skip


def _run_into(
    folder: Path, order: _Order, progress: Progress | None, on_notice: Callable[[str], None] | None
) -> Results:
    """Run an order into a folder: refuse another's, continue one's own, repair what is damaged."""
    tell = on_notice or _unheard
    existing = _existing(folder, order, tell)
    if existing is not None and existing.complete:
        damaged = _damaged_tables(folder, existing)
        if not damaged and _chunks_sound(folder, order):
            if progress is not None:
                progress(order.runs, order.runs)
            if damaged_journal(folder):
                with locked(folder):
                    _mend_journal(folder, tell)
            return open_run(folder)
        for name in damaged:
            tell(f"{folder / name} is damaged; it is made again")
    engine = order.engine_maker(order.loaded, order.interventions, order.runs)
    names = EventNames(engine.plan, engine.world)
    OutcomeEvaluator.of(order.loaded, engine.plan, engine.world, names)  # unknown names end it before any is written
    make_folder(folder)
    make_folder(folder / CHUNKS)
    with locked(folder):
        _existing(folder, order, _unheard)
        clear_temporaries(folder, folder / CHUNKS)
        _mend_journal(folder, tell)
        begun = _begun(order, engine)
        texts = {
            begun.scenario_file: write_whole(folder / begun.scenario_file, order.loaded.text.encode()),
            AS_RUN: write_whole(folder / AS_RUN, order.loaded.scenario.model_dump_json(indent=1).encode()),
        }
        write_manifest(folder, begun)  # not complete: tables are not trusted before the manifest has their sums
        sums: dict[int, str] = {}
        try:
            _compute(folder, order, engine, sums, progress, on_notice)
            clear_temporaries(folder / CHUNKS)  # of workers elsewhere that were ended while they wrote
            files = Assembler(engine, names).assemble(folder, order.chunks, chunk_store(folder / CHUNKS, order.key))
        except KeyboardInterrupt:
            kept = sum(chunk.runs for chunk in order.chunks if chunk.index in sums)
            note(folder, "interrupted", runs_kept=kept)
            raise EnsembleInterrupted(folder, kept, order.runs) from None
        written = tuple(
            {"chunk": chunk.index, "first": chunk.first, "runs": chunk.runs, "sha256": sums[chunk.index]}
            for chunk in order.chunks
        )
        write_manifest(folder, dataclasses.replace(begun, complete=True, chunks=written, files=texts | files))
        note(folder, "finished")
    return open_run(folder)


def _compute(
    folder: Path,
    order: _Order,
    engine: Engine,
    sums: dict[int, str],
    progress: Progress | None,
    on_notice: Callable[[str], None] | None,
) -> None:
    """Compute the chunks that are missing or damaged; puts every chunk's SHA-256 into `sums`."""
    sums.update(_kept(folder, order, on_notice))
    what = "resumed" if sums else "started"
    note(folder, what, chunks_kept=len(sums), chunks=len(order.chunks), backend=engine.name, **versions())
    missing = [chunk for chunk in order.chunks if chunk.index not in sums]
    done = order.runs - sum(chunk.runs for chunk in missing)

    def advance(runs: int) -> None:
        nonlocal done
        done += runs
        if progress is not None:
            progress(done, order.runs)

    advance(0)
    job = ChunkJob(
        order.loaded, order.interventions, order.engine_maker, order.seed, order.runs, order.block,
        chunk_store(folder / CHUNKS, order.key),
    )  # fmt: skip
    orders = [ChunkOrder(chunk, _of_chunk(order.parameters, chunk)) for chunk in missing]
    several = min(order.workers, len(orders)) > 1
    spreading = spread(
        job if several else ChunksHere(job, engine), orders, order.workers, progress=advance, if_killed=IF_KILLED
    )
    for place, digest in spreading:
        sums[missing[place].index] = digest


def _of_chunk(parameters: Parameters | None, chunk: Chunk) -> Parameters | None:
    if parameters is None:
        return None
    return {name: values[chunk.first : chunk.first + chunk.runs] for name, values in parameters.items()}


def _kept(folder: Path, order: _Order, on_notice: Callable[[str], None] | None) -> dict[int, str]:
    """SHA-256 of the chunks that are there and sound; damaged ones are named, and will be recomputed."""
    sums: dict[int, str] = {}
    store = chunk_store(folder / CHUNKS, order.key)
    for chunk in order.chunks:
        try:
            digest = check_chunk(store, chunk)
        except RunError as damage:
            note(folder, "damaged", chunk=chunk.index)
            if on_notice is not None:
                on_notice(str(damage.problems[0].message) + "; it is computed again")
            continue
        if digest is not None:
            sums[chunk.index] = digest
    return sums


def _mend_journal(folder: Path, tell: Callable[[str], None]) -> None:
    lost = mend_journal(folder)
    if lost:
        tell(f"{folder / JOURNAL} is damaged; it goes on without line {', '.join(map(str, lost))}")


def _unheard(_: str) -> None:
    """Where nobody listens to notices."""


def _manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; none if there is none, or if it is damaged."""
    try:
        return read_manifest(folder) if (folder / MANIFEST).exists() else None
    except RunError as damage:
        if damage.problems[0].code != "WC325":
            raise
        return None


def _existing(folder: Path, order: _Order, tell: Callable[[str], None]) -> Manifest | None:
    """The manifest of a folder of this key; none if the folder is new. Refuses a folder of anything else."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise RunError.one("WC320", f"{folder} is a file, not a folder", "give another --out")
    manifest = _manifest(folder)
    if manifest is None:
        owners = {owner.split()[0] for owner in chunk_store(folder / CHUNKS, order.key).owners()}
        strangers = [entry.name for entry in sorted(folder.iterdir()) if not _is_own(entry, order)]
        if (folder / MANIFEST).exists() and (order.key in owners or not strangers):
            tell(f"{folder / MANIFEST} is damaged; it is made again")
        elif strangers or owners - {order.key}:
            raise RunError.one(
                "WC322",
                f"{folder} holds other files ({', '.join(strangers[:3]) or CHUNKS}) and no run of this key",
                "give a new or an empty folder with --out; nothing was changed",
            )
        return None
    if manifest.key != order.key:
        raise RunError.one(
            "WC322",
            f"{folder} holds another ensemble ({_difference(manifest, order)})",
            "give another --out, or remove that folder first; nothing was changed",
        )
    return manifest


OWN = frozenset({LOCK, CHUNKS, JOURNAL, MANIFEST, AS_RUN, STAGE, *TABLE_FILES})


def _difference(manifest: Manifest, order: _Order) -> str:
    """In what a folder's ensemble differs from the one ordered, in a few words."""
    loaded = order.loaded
    code = code_fingerprint()
    pairs = (
        ("scenario", manifest.slug, loaded.slug),
        ("file", manifest.scenario_hash[:8], loaded.hash[:8]),
        ("account", manifest.account, loaded.account),
        ("overrides", manifest.overrides, overrides_of(loaded)),
        ("interventions", manifest.interventions, tuple(str(change) for change in order.interventions)),
        ("runs", manifest.runs, order.runs),
        ("seed", manifest.seed, order.seed),
        ("events", manifest.events, order.events),
        ("given parameters", manifest.parameters_given, tuple(sorted(order.parameters or ()))),
        ("mechanisms", manifest.mechanisms, mechanism_records()),
        ("version of whipcount", manifest.versions.get("whipcount"), versions()["whipcount"]),
    )
    found = [
        f"{name}" if isinstance(there, (dict, tuple)) else f"{name} {there}, not {here}"
        for name, there, here in pairs
        if there != here
    ]
    changed = unlike(manifest.rules, rules())
    if manifest.rules and changed:
        found.append(f"other rules: {changed}")
    if not found:
        found = ["made by other code" if manifest.code != code else "other values of given parameters"]
    return "; ".join(found)


def _is_own(entry: Path, order: _Order) -> bool:
    """Whether a file in a folder without a manifest is what an ensemble of this order leaves there."""
    if entry.name == f"{order.loaded.slug}.yaml":
        return entry.is_file() and entry.read_bytes() == order.loaded.text.encode()
    return entry.name in OWN or is_temporary(entry.name)


def _damaged_tables(folder: Path, manifest: Manifest) -> list[str]:
    """The tables of a finished folder that are missing or do not have their checksum."""
    return [
        name
        for name, digest in manifest.files.items()
        if not (folder / name).is_file() or sha256_of(folder / name) != digest
    ]


def _chunks_sound(folder: Path, order: _Order) -> bool:
    store = chunk_store(folder / CHUNKS, order.key)
    try:
        return all(check_chunk(store, chunk) is not None for chunk in order.chunks)
    except RunError:
        return False


def _begun(order: _Order, engine: Engine) -> Manifest:
    """The manifest of an ensemble that has been begun."""
    loaded, scenario = order.loaded, order.loaded.scenario
    return Manifest(
        format=FORMAT,
        key=order.key,
        slug=loaded.slug,
        scenario_file=f"{loaded.slug}.yaml",
        scenario_hash=loaded.hash,
        account=loaded.account,
        overrides=overrides_of(loaded),
        interventions=tuple(str(intervention) for intervention in order.interventions),
        start=scenario.calendar.start.isoformat(),
        step_days=scenario.calendar.step_days,
        steps=engine.plan.steps,
        seed=order.seed,
        runs=order.runs,
        events=order.events,
        events_until=order.chunks[0].events_until,
        parameters_given=tuple(sorted(order.parameters or ())),
        code=code_fingerprint(),
        versions=versions(),
        step_order=tuple(engine.plan.step_names),
        outcomes=outcome_records(scenario.outcomes),
        mechanisms=mechanism_records(),
        rules=rules(),
        program=engine.plan.digest,
    )

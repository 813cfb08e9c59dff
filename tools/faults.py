"""Faults put into everything that is kept on disk, and what becomes of it: lost, silently wrong, tracebacks must be 0.

    python tools/faults.py --damage 60 --writes 20 --kills 4
    python tools/faults.py --damage 500 --writes 200 --kills 500 --out build/faults.md

Damage: a file is flipped in one bit, cut short, emptied, zeroed for 512 bytes or gone. What is then read must be what
was written, or a coded error that says so; and the same command must end in the same bytes. Writes: one of the calls
by which files come to be (open, sync, rename) is refused, with a reason that systems have. Kills: a run is ended by
SIGKILL or SIGTERM at a random time.

Ensembles are of an engine made up for the tests, which takes a thousandth of the time: what is tried here is how
results are kept, which no engine has a part in. The cached build is of a small program, compiled in truth.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

PROJECT = Path(__file__).resolve().parents[1]
TESTS = PROJECT / "tests"
sys.path[:0] = [str(TESTS / "results"), str(TESTS / "engine")]
from invented_engine import loaded_scenario, make_engine  # noqa: E402

from whipcount import store  # noqa: E402
from whipcount.errors import WhipcountError  # noqa: E402
from whipcount.results import EnsembleInterrupted, chunks, ensemble, open_run, run_ensemble, run_until  # noqa: E402

RUNS = 60
WANTED = "party_left ± 0.2"
NOT_COMPARED = ("journal.jsonl", ".lock")  # they tell when, and so differ
KINDS = {
    "chunk": "chunks/*.chunk", "table": "*.parquet", "manifest": "manifest.json", "journal": "journal.jsonl",
    "scenario as run": "scenario.json", "scenario's copy": "*.yaml",
}  # fmt: skip
REASONS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
COLUMNS = ("tried", "told", "harmless", "same end", "lost", "silently wrong", "tracebacks")


@dataclass
class Tally:
    """What became of the trials of one kind; the first failures, with what would repeat them."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    failures: list[str] = field(default_factory=list)

    def add(self, *what: str) -> None:
        """Count a trial, or what came of it."""
        for one in what:
            self.counts[one] += 1

    def fail(self, what: str, trial: str) -> None:
        """Count what must not be."""
        self.add(what)
        self.failures.append(f"{what}: {trial}")


class Kept(Protocol):
    """Something that is kept in a folder."""

    kinds: dict[str, str]  # pattern of its files by kind

    def make(self, folder: Path) -> object:
        """Make it there, or go on where it was left; called again, this mends it."""

    def told(self, folder: Path) -> object:
        """All that a reader is told of it. Raises a coded error where it is damaged."""


class RunFolder:
    """A finished ensemble."""

    kinds = KINDS

    def make(self, folder: Path, workers: int = 1) -> object:
        return run_ensemble(loaded_scenario(), RUNS, 3, out=folder, workers=workers, engine_maker=make_engine)

    def told(self, folder: Path) -> object:
        results = open_run(folder)
        results.verify()
        tables = (results.table(), results.events(), results.series(), results.counts(), results.paths())
        return results.manifest, results.scenario, tuple(table.rows() for table in tables)


class Waiting:
    """An ensemble that goes on until it is enough, interrupted in the middle."""

    kinds = {"chunk that waits": "until/*.chunk"}  # noqa: RUF012

    def make(self, folder: Path, interrupt: bool = False) -> object:
        def stop(done: int, _: int) -> None:
            if interrupt and done >= 30:
                raise KeyboardInterrupt

        with contextlib.suppress(EnsembleInterrupted):
            return run_until(
                loaded_scenario(), WANTED, 300, 3, out=folder, workers=1, engine_maker=make_engine, progress=stop
            )

    def told(self, folder: Path) -> object:
        return None if folder.exists() else folder  # nobody reads it before it is done


class Worlds:
    """Worlds of a question: columns that are computed again where they are damaged."""

    kinds = {"kept world": "*.piece"}  # noqa: RUF012

    def make(self, folder: Path) -> object:
        import numpy as np

        kept = store.Store(folder, "worlds")
        for name in ("first", "second"):
            if kept.get_columns(name) is None:
                draws = np.random.default_rng(len(name))
                kept.put_columns(name, {"a": draws.random(50), "b": draws.integers(0, 9, 50)})

    def told(self, folder: Path) -> object:
        kept = store.Store(folder, "worlds")
        found = {name: kept.get_columns(name) for name in ("first", "second")}
        if None in found.values():
            raise store.DamagedError("a world is computed again")
        return {name: [column.tolist() for column in columns.values()] for name, columns in found.items() if columns}


class Build:
    """A compiled program in the cache."""

    kinds = {"cached record": "*.json", "cached library": "*.so"}  # noqa: RUF012

    def __init__(self) -> None:
        from random_programs import mechanism, world

        from whipcount.engine import build_plan

        self.plan = build_plan(world(4, [mechanism("first", 9), mechanism("second", 10)]))

    def make(self, folder: Path) -> object:
        from whipcount.engine import NumpyBackend, make_backend
        from whipcount.engine.c import build

        os.environ["WHIPCOUNT_CACHE"] = str(folder)
        build._loaded.clear()
        compiled = make_backend(self.plan, "compiled", on_notice=lambda _: None).run(1, 0, 9)
        if not (compiled.series == NumpyBackend(self.plan).run(1, 0, 9).series).all():
            raise AssertionError("other numbers than NumPy's")

    def told(self, folder: Path) -> object:
        from whipcount.engine.c import build

        os.environ["WHIPCOUNT_CACHE"] = str(folder)
        found = build._cached(folder, next(folder.glob("*.json"), Path("none")).stem)
        if found is None:
            raise store.DamagedError("it is compiled anew")
        return found.shape


# -- damage ----------------------------------------------------------------------------------------------------------


def damaged(path: Path, draws: random.Random) -> str:
    """Damage a file; says how."""
    content = path.read_bytes()
    path.unlink()  # what is loaded or mapped stays as it is: what follows is another file
    how = draws.choice(("flip", "flip", "flip", "cut", "empty", "zeros", "gone"))
    place = draws.randrange(max(1, len(content)))
    changed = bytearray(content)
    if how == "flip":
        changed[place] ^= 1 << draws.randrange(8)
    elif how == "cut":
        del changed[place:]
    elif how == "empty":
        changed.clear()
    elif how == "zeros":
        changed[place : place + 512] = bytes(len(changed[place : place + 512]))
    if how != "gone":
        path.write_bytes(changed)
        path.chmod(0o600)
    return f"{path.name}: {how} at {place} of {len(content)}"


def contents(folder: Path) -> dict[str, bytes]:
    """All files that must be the same."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if path.name not in NOT_COMPARED}


def try_damage(kept: Kept, template: Path, end: Path, work: Path, trials: int, seed: int) -> dict[str, Tally]:
    """Damage copies of a template, kind by kind; `end` is what the same command must come to."""
    tallies = {}
    # a library is another each time that it is compiled: that one is compared by its numbers, in `make`
    whole = None if isinstance(kept, Build) else contents(end)
    sound = kept.told(template)
    for kind, pattern in kept.kinds.items():
        tally = tallies[kind] = Tally()
        for number in range(trials):
            draws = random.Random(f"{seed} {kind} {number}")
            folder = work / "damaged"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(template, folder)
            trial = f"{kind} {number}, seed {seed}: {damaged(draws.choice(sorted(folder.glob(pattern))), draws)}"
            tally.add("tried")
            _judge_reading(tally, lambda folder=folder: kept.told(folder) == sound, trial)
            _judge_end(tally, lambda folder=folder: kept.make(folder), folder, whole, trial)
    return tallies


def _judge_reading(tally: Tally, reads_as_before: Callable[[], bool], trial: str) -> None:
    try:
        if reads_as_before():
            tally.add("harmless")
        else:
            tally.fail("silently wrong", trial)
    except (WhipcountError, store.DamagedError):
        tally.add("told")
    except Exception as error:
        tally.fail("tracebacks", f"{trial}: {type(error).__name__}: {error}")


def _judge_end(
    tally: Tally, make: Callable[[], object], folder: Path, whole: dict[str, bytes] | None, trial: str
) -> None:
    try:
        make()
    except AssertionError as error:
        tally.fail("silently wrong", f"{trial}: {error}")
    except (WhipcountError, store.DamagedError) as error:
        tally.fail("lost", f"{trial}: {error}")
    except Exception as error:
        tally.fail("tracebacks", f"{trial}: {type(error).__name__}: {error}")
    else:
        if whole is None or contents(folder) == whole:
            tally.add("same end")
        else:
            tally.fail("lost", f"{trial}: other bytes at the end")


def try_scenarios(work: Path, trials: int, seed: int) -> Tally:
    """Damaged scenario files: a coded error, or another scenario, which is never taken for the one it was."""
    from whipcount.scenario import load, scaffold

    path, tally = work / "demo.yaml", Tally()
    path.write_text(scaffold("demo"), encoding="utf-8")
    sound = load(path).hash
    for number in range(trials):
        draws = random.Random(f"{seed} scenario {number}")
        path.write_text(scaffold("demo"), encoding="utf-8")
        trial = f"scenario {number}, seed {seed}: {damaged(path, draws)}"
        tally.add("tried")
        _judge_reading(tally, lambda: load(path).hash != sound, trial)
        path.write_text(scaffold("demo"), encoding="utf-8")
        tally.add("same end") if load(path).hash == sound else tally.fail("lost", trial)
    return tally


# -- refused writes --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def refusing(call: str, after: int, reason: int) -> Iterator[list[int]]:
    """Within the block a call of the system fails once it has been made `after` times; the list counts the calls."""
    owner: Any = Path if call == "replace" else os
    original, calls = getattr(owner, call), [0]

    def refuse(*arguments: Any, **more: Any) -> Any:
        writes = call != "open" or arguments[1] & (os.O_WRONLY | os.O_RDWR)
        calls[0] += bool(writes)
        if writes and calls[0] > after:
            raise OSError(reason, os.strerror(reason))
        return original(*arguments, **more)

    setattr(owner, call, refuse)
    try:
        yield calls
    finally:
        setattr(owner, call, original)


def try_writes(work: Path, end: Path, trials: int, seed: int) -> Tally:
    """Refuse one call of a run after another; then let it go on."""
    tally, kept, whole = Tally(), RunFolder(), contents(end)
    most = {}
    for call in ("open", "fsync", "replace"):
        with refusing(call, 10**9, 0) as calls:
            kept.make(work / f"counted-{call}")
        most[call] = calls[0]
    for number in range(trials):
        draws = random.Random(f"{seed} writes {number}")
        call, reason = draws.choice(sorted(most)), draws.choice(REASONS)
        after, folder = draws.randrange(most[call]), work / f"refused-{number}"
        trial = f"write {number}, seed {seed}: {call} number {after + 1} fails with {errno.errorcode[reason]}"
        tally.add("tried")
        try:
            with refusing(call, after, reason):
                kept.make(folder)
            tally.fail("silently wrong", trial)
        except WhipcountError:
            tally.add("told")
        except Exception as error:
            tally.fail("tracebacks", f"{trial}: {type(error).__name__}: {error}")
        if list(folder.rglob(f"*{store.TEMPORARY}")):
            tally.fail("lost", f"{trial}: half-written files")
        _judge_end(tally, lambda folder=folder: kept.make(folder), folder, whole, trial)
        shutil.rmtree(folder, ignore_errors=True)
    return tally


# -- kills -----------------------------------------------------------------------------------------------------------

SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {tools!r})
import faults
faults.small()
faults.COMMANDS[{command!r}](Path({out!r}))
"""


def small() -> None:
    """Small chunks, so that a run has several."""
    chunks.FEW = 10
    ensemble.SMALL = 0


COMMANDS: dict[str, Callable[[Path], object]] = {
    "run": RunFolder().make,
    "run with two workers": lambda folder: RunFolder().make(folder, 2),
    "run until": Waiting().make,
}


def begin(command: str, out: Path, pause: float) -> subprocess.Popen[bytes]:
    """A command in a process of its own, slowed so that it can be ended in the middle."""
    script = SCRIPT.format(tools=str(Path(__file__).parent), command=command, out=str(out))
    environment = {**os.environ, "INVENTED_PAUSE": str(pause)}
    return subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE)


def _wait(process: subprocess.Popen[bytes], folder: Path, number: int) -> None:
    """Wait until so many chunks are there, however slow the machine is: then it is in the middle of the next."""
    while process.poll() is None and len(list(folder.rglob("*.chunk"))) < number:
        time.sleep(0.01)


def try_kills(command: str, work: Path, end: Path, trials: int, seed: int) -> Tally:
    """End a command at random times, and let it go on in this process."""
    tally, whole = Tally(), contents(end)
    for number in range(trials):
        draws = random.Random(f"{seed} {command} {number}")
        folder, how = work / f"killed-{number}", draws.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
        process = begin(command, folder, 0.05)
        _wait(process, folder, draws.randrange(RUNS // chunks.FEW))
        time.sleep(draws.uniform(0.0, 0.06))
        process.send_signal(how)
        _, told = process.communicate()
        trial = f"{command} {number}, seed {seed}: {how.name}"
        tally.add("tried")
        if b"Traceback" in told:
            tally.fail("tracebacks", f"{trial}: {told.decode(errors='replace')[-300:]}")
        _judge_reading(tally, lambda folder=folder: not folder.exists() or bool(open_run(folder)), trial)
        _judge_end(tally, lambda folder=folder: COMMANDS[command](folder), folder, whole, trial)
        shutil.rmtree(folder, ignore_errors=True)
    return tally


# -- all of it -------------------------------------------------------------------------------------------------------


def harness(damage: int, writes: int, kills: int, seed: int, work: Path) -> dict[str, Tally]:
    """Every fault so many times: damage of each kind of file, refused writes, kills of each command."""
    small()
    found: dict[str, Tally] = {}
    ends = {"run": work / "run", "until": work / "until"}
    RunFolder().make(ends["run"])
    Waiting().make(ends["until"])
    Waiting().make(work / "waiting", interrupt=True)
    Worlds().make(work / "worlds")
    (work / "trials").mkdir()
    folders: list[tuple[Kept, Path, Path]] = [
        (RunFolder(), ends["run"], ends["run"]), (Waiting(), work / "waiting", ends["until"]),
        (Worlds(), work / "worlds", work / "worlds"),
    ]  # fmt: skip
    if any(shutil.which(name) for name in ("cc", "gcc", "clang")):
        build = Build()
        build.make(work / "cache")
        folders.append((build, work / "cache", work / "cache"))
    for kept, template, end in folders:
        found |= try_damage(kept, template, end, work / "trials", damage, seed)
    found["scenario"] = try_scenarios(work / "trials", damage, seed)
    found["refused writes"] = try_writes(work / "trials", ends["run"], writes, seed)
    if kills:
        for command in COMMANDS:
            end = ends["until" if command == "run until" else "run"]
            found[f"killed: {command}"] = try_kills(command, work / "trials", end, kills, seed)
    return found


def table(found: dict[str, Tally]) -> str:
    """The counts as a table."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * len(COLUMNS)]
    total = {column: sum(tally.counts[column] for tally in found.values()) for column in COLUMNS}
    for name, counts in [*((name, tally.counts) for name, tally in found.items()), ("all", total)]:
        lines.append(f"| {name} | " + " | ".join(str(counts[column]) for column in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the harness and print its table; exit code 1 if anything was lost, silently wrong or a traceback."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--damage", type=int, default=30, help="damaged files of each kind")
    parser.add_argument("--writes", type=int, default=20, help="refused writes")
    parser.add_argument("--kills", type=int, default=3, help="kills of each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the table there too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whipcount-faults-") as work:
        found = harness(asked.damage, asked.writes, asked.kills, asked.seed, Path(work))
    sys.stdout.write(table(found))
    if asked.out is not None:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(table(found), encoding="utf-8")
    failures = [failure for tally in found.values() for failure in tally.failures]
    sys.stdout.writelines(f"{failure}\n" for failure in failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

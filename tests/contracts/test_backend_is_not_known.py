"""No question, report or command knows which backend ran: none names one, and all print and write the same on each."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from source_tree import PACKAGE, python_files

from whipcount import session
from whipcount.cli import main
from whipcount.engine.c import build as c_build
from whipcount.results import EnsembleInterrupted, chunks, ensemble, run_ensemble
from whipcount.results.manifest import read_journal, run_key
from whipcount.scenario import load

ROOMS = ("results", "questions", "charts", "report", "web", "cli")
# where the answer is noted down, and where the whole program is asked
MAY = {"results/interfaces.py", "counterfactual/engines.py"}
NAMED = re.compile(r"NumpyBackend|CompiledBackend|backend\.name|engine\.name|\b(?:numpy|compiled)_backend")
SCENARIO = "two-bodies"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def test_no_later_room_names_a_backend() -> None:
    naming = [
        f"{path.relative_to(PACKAGE).as_posix()}: {found}"
        for path in python_files(*(PACKAGE / room for room in ROOMS if (PACKAGE / room).is_dir()))
        if path.relative_to(PACKAGE).as_posix() not in MAY
        for found in NAMED.findall(path.read_text(encoding="utf-8"))
    ]
    # the journal says which one computed, and the key leaves the house's own out
    assert sorted(naming) == ["questions/calibrate.py: engine.name", "results/ensemble.py: engine.name"]


def test_keys_leave_the_backend_out() -> None:
    loaded = load(SCENARIO)
    keys = {run_key(loaded, runs=9, seed=1, backend=name) for name in session.BACKENDS}
    assert len(keys) == 1
    assert run_key(loaded, runs=9, seed=1, backend="somebody else's") not in keys


def files(folder: Path) -> dict[str, bytes]:
    """What a run folder holds; its journal tells of days and backends."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("journal.jsonl", ".lock")
    }


def backends_of(folder: Path) -> list[str]:
    return [entry["backend"] for entry in read_journal(folder) if "backend" in entry]


WEEKLY = ["--set", "calendar.step_days=7", "--set", "calendar.beat_days=7"]  # NumPy takes its time by the step
COMMANDS = (
    # a report is drawn from the folder alone, which is compared byte by byte
    ["run", SCENARIO, *WEEKLY, "-n", "300", "--workers", "2", "--out", "run", "--json", "--no-report"],
    ["ask", SCENARIO, *WEEKLY, "--do", "param.leave.voice = 0", "-n", "60", "--workers", "1", "--json"],
    # interventions that change numbers only: others are programs of their own, each to be compiled
    ["claims", SCENARIO, *WEEKLY, "--claim", "past_breach", "-n", "40", "--workers", "1", "--json"],
    ["why", SCENARIO, *WEEKLY, "--outcome", "talks_fail", "--run", "1", "--flips", "0", "--json"],
    ["transcript", SCENARIO, *WEEKLY, "--run", "2"],
    ["explain", SCENARIO, *WEEKLY, "--run", "2", "--json"],
)


@pytest.mark.skipif(COMPILER is None, reason="no C compiler here")
def test_commands_print_and_write_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: dict[str, list[tuple[int, str]]] = {}
    for backend in ("numpy", "compiled"):
        (tmp_path / backend).mkdir()
        monkeypatch.chdir(tmp_path / backend)
        told[backend] = []
        for command in COMMANDS:
            code = main([*command, "--backend", backend])
            told[backend].append((code, capsys.readouterr().out))
    for command, one, other in zip(COMMANDS, told["numpy"], told["compiled"], strict=True):
        assert one == other, command
    assert {backend: backends_of(tmp_path / backend / "run") for backend in told} == {
        "numpy": ["numpy"],
        "compiled": ["compiled"],
    }
    assert files(tmp_path / "numpy" / "run") == files(tmp_path / "compiled" / "run")
    assert [code for code, _ in told["numpy"]] == [0] * len(COMMANDS)


@pytest.mark.skipif(COMPILER is None, reason="no C compiler here")
def test_a_run_begun_on_numpy_is_resumed_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FEW", 10)

    def interrupt(done: int, _: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with session.using(backend="numpy"), pytest.raises(EnsembleInterrupted):
        run_ensemble(load(SCENARIO), 40, 3, out=tmp_path / "run", workers=1, progress=interrupt)
    with session.using(backend="compiled"):
        run_ensemble(load(SCENARIO), 40, 3, out=tmp_path / "run", workers=1)
    with session.using(backend="numpy"):
        run_ensemble(load(SCENARIO), 40, 3, out=tmp_path / "whole", workers=1)
    assert backends_of(tmp_path / "run") == ["numpy", "compiled"]
    assert files(tmp_path / "run") == files(tmp_path / "whole")


def test_without_a_compiler_it_is_said_once_and_workers_do_not_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = []

    def none() -> None:
        tried.append(True)
        raise c_build.CompilationError("no C compiler was found")

    monkeypatch.setattr(c_build, "find_compiler", none)
    monkeypatch.setattr(session, "_failed", [])
    monkeypatch.setattr(ensemble, "SMALL", 0)
    monkeypatch.setattr(chunks, "FEW", 10)
    monkeypatch.chdir(tmp_path)
    arguments = ["run", SCENARIO, "-n", "20", "--workers", "2", "--out", "run", "--json", "--no-report"]
    assert main([*arguments, "--backend", "compiled"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["runs"] == 20
    assert printed.err.count("no C compiler was found") == 1
    assert backends_of(tmp_path / "run") == ["numpy"]
    assert session.for_workers().backend == "numpy"
    assert tried

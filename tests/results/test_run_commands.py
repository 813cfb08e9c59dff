"""`run`, `sql` and `prior` from outside: what they print, where they write, how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from whipcount.cli import main
from whipcount.results import open_run

SCENARIO = "two-bodies"
QUICK = ["-n", "12", "--workers", "1", "--no-report"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run folder."""
    out = tmp_path_factory.mktemp("commands") / "run"
    assert main(["run", SCENARIO, *QUICK, "--out", str(out), "--json"]) == 0
    return out


def test_run_prints_one_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", SCENARIO, *QUICK, "--out", str(folder), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["scenario"], answer["account"], answer["runs"], answer["seed"]) == (SCENARIO, None, 12, 1)
    assert answer["folder"] == str(folder)
    for outcome in answer["outcomes"]:
        assert {"name", "probability", "low", "high", "happened", "source"} <= set(outcome)
        assert 0 <= outcome["low"] <= outcome["probability"] <= outcome["high"] <= 1


def test_run_prints_a_table_and_where_the_files_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", SCENARIO, *QUICK, "--out", str(folder)]) == 0
    printed = capsys.readouterr().out
    for outcome in open_run(folder).outcomes:
        assert outcome.name in printed
    assert f"run folder: {folder}" in printed
    assert main(["run", SCENARIO, *QUICK, "--out", str(folder), "--lang", "ru"]) == 0
    assert "прогонов" in capsys.readouterr().out


def test_a_narrow_terminal_keeps_the_names_whole(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["run", SCENARIO, *QUICK, "--out", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert all(outcome.name in printed for outcome in open_run(folder).outcomes)
    assert "no room for: what it is" in printed


def test_the_default_folder_is_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["run", SCENARIO, *QUICK]) == 0
    assert main(["run", SCENARIO, *QUICK, "--seed", "0"]) == 0  # nought is a seed as good as any
    capsys.readouterr()
    folders = sorted(Path("runs").iterdir())
    assert len(folders) == 2
    assert all(found.name.startswith(f"{SCENARIO}-") for found in folders)
    assert {open_run(found).seed for found in folders} == {0, 1}


def test_resume_needs_something_to_resume(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", SCENARIO, *QUICK, "--resume"]) == 2
    assert "WC329" in capsys.readouterr().err
    assert not Path("runs").exists()


def test_another_seed_into_the_same_folder_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", SCENARIO, *QUICK, "--seed", "9", "--out", str(folder)]) == 2
    said = capsys.readouterr()
    assert "WC322" in said.err
    assert said.out == ""


def test_sql_prints_a_table_json_or_csv(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "select count(*) as n, min(day) as first from paths"
    assert main(["sql", str(folder), query]) == 0
    assert "first" in capsys.readouterr().out
    assert main(["sql", str(folder), query, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["columns"] == ["n", "first"]
    assert answer["rows"][0]["first"] == open_run(folder).manifest.start
    assert main(["sql", str(folder), query, "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "n,first"
    assert main(["sql", str(folder), query, "--csv", "--json"]) == 2
    assert main(["sql", str(folder), "select nothing"]) == 2
    assert main(["sql", str(folder), "drop table runs"]) == 2
    assert main(["sql", "nowhere", query]) == 2
    assert [line[:5] for line in capsys.readouterr().err.splitlines()] == ["WC609", "WC330", "WC331", "WC324"]


def test_prior_prints_and_writes_the_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["prior", SCENARIO, "-n", "12", "--workers", "1", "--folder", str(folder)]
    assert main([*arguments, "--out", "page.md"]) == 0
    printed = capsys.readouterr().out
    page = Path("page.md").read_text(encoding="utf-8")
    documented = [outcome for outcome in open_run(folder).outcomes if outcome.happened is not None]
    for outcome in documented:
        assert outcome.name in printed
        assert f"| `{outcome.name}` |" in page
    assert main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["outcomes"]) == len(documented)
    assert {entry["name"] for entry in answer["extremes"]} == {entry.name for entry in documented if entry.is_extreme}
    assert all(entry["meaning"] for entry in answer["extremes"])


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "whipcount", "run", SCENARIO, "-n", "3000", "--workers", "2", "--no-report"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/journal.jsonl")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert printed == ""
    assert "of 3000 runs are kept in runs/" in said
    assert "--resume" in said
    assert "Traceback" not in said


def test_a_run_does_without_pandas(tmp_path: Path) -> None:
    """Arrow would load it for every column: half a second, and 40 MB in each process."""
    run = (
        f"main(['run', {SCENARIO!r}, '-n', '5', '--workers', '1', '--no-report', '--json', '--out', {str(tmp_path)!r}])"
    )
    code = f"import sys\nfrom whipcount.cli import main\n{run}\nsys.exit(7 if 'pandas' in sys.modules else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_workers_import_nothing_from_the_folder_they_stand_in(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('a stray file was imported')\n")
    command = [str(Path(sys.executable).parent / "whipcount"), "run", SCENARIO, "-n", "2500", "--workers", "2"]
    done = subprocess.run([*command, "--no-report"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "failure",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        OSError("ZSTD compression failed: Allocation error : not enough memory"),
        RuntimeError("can't start new thread"),
        ImportError("lib.so: failed to map segment from shared object"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_little_memory_is_told_as_such(
    failure: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise failure

    monkeypatch.setattr("whipcount.results.open_run", fail)
    assert main(["sql", "somewhere", "select 1"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("WC341 memory is short")
    assert "WC600" not in told


def test_a_half_loaded_library_is_a_matter_of_memory_only_where_there_is_little(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise NameError("name 'PyLazyFrame' is not defined")

    monkeypatch.setattr("whipcount.results.open_run", fail)
    assert main(["sql", "somewhere", "select 1"]) == 1
    assert "WC600" in capsys.readouterr().err
    monkeypatch.setattr("whipcount.errors._room", lambda: 1e7)
    assert main(["sql", "somewhere", "select 1"]) == 1
    assert "WC341" in capsys.readouterr().err

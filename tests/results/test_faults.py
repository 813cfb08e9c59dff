"""Interrupted, killed, damaged, full, read-only, locked, foreign: what is done is kept and what is wrong is named."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from invented_engine import loaded_scenario, make_engine

from whipcount import store
from whipcount.errors import RunError
from whipcount.results import EnsembleInterrupted, Results, chunks, ensemble, open_run, run_ensemble

RUNS = 130
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FEW", 10)
    monkeypatch.setattr(ensemble, "SMALL", 0)


def make(folder: Path, **settings: Any) -> Results:
    settings = {"seed": 3, "workers": 1, "engine_maker": make_engine, **settings}
    return run_ensemble(loaded_scenario(), settings.pop("runs", RUNS), out=folder, **settings)


def contents(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in ("journal.jsonl", ".lock")}


@pytest.fixture
def reference(tmp_path: Path) -> dict[str, bytes]:
    """The folder that an uninterrupted run leaves."""
    return contents(make(tmp_path / "reference").folder)


def journal(folder: Path) -> list[str]:
    return [json.loads(line)["what"] for line in (folder / "journal.jsonl").read_text().splitlines()]


def flip(path: Path, draws: random.Random) -> None:
    """Turn over one bit of a file."""
    content = bytearray(path.read_bytes())
    content[draws.randrange(len(content))] ^= 1 << draws.randrange(8)
    path.write_bytes(content)


def code_of(failure: pytest.ExceptionInfo[RunError]) -> str:
    return failure.value.problems[0].code


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from invented_engine import loaded_scenario, make_engine
from whipcount.results import chunks, ensemble, run_ensemble
chunks.FEW = 10
ensemble.SMALL = 0
run_ensemble(loaded_scenario(), {runs}, 3, out=Path({out!r}), workers={workers}, engine_maker=make_engine)
"""


def begin(out: Path, workers: int, pause: str = "0.15") -> subprocess.Popen[bytes]:
    """An ensemble in a process of its own, slowed so that it can be stopped in the middle.

    The script has no `if __name__ == "__main__"`: worker processes must not need one.
    """
    script = SCRIPT.format(here=str(HERE), runs=RUNS, out=str(out), workers=workers)
    return subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "INVENTED_PAUSE": pause}, stderr=subprocess.PIPE
    )


def wait_for_chunks(out: Path, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(list(out.glob("chunks/*.chunk"))) < number:
        assert time.monotonic() < deadline, "no chunk appeared"
        time.sleep(0.02)


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_in_the_middle_and_resumed_is_the_same(
    tmp_path: Path, reference: dict[str, bytes], workers: int
) -> None:
    out = tmp_path / "run"
    process = begin(out, workers)
    wait_for_chunks(out, 3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with pytest.raises(RunError) as failure:
        open_run(out)
    assert code_of(failure) == "WC328"
    kept = len(list(out.glob("chunks/*.chunk")))
    assert 3 <= kept < 13
    (out / "chunks" / f"000012.chunk.77{store.TEMPORARY}").write_bytes(b"half")
    seen: list[int] = []
    make(out, progress=lambda done, _: seen.append(done))
    assert seen[0] >= kept * 10  # what was finished is not computed again
    assert contents(out) == reference
    assert journal(out) == ["started", "resumed", "finished"]


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, reference: dict[str, bytes]) -> None:
    out = tmp_path / "run"

    def interrupt(done: int, _: int) -> None:
        if done >= 55:
            raise KeyboardInterrupt

    with pytest.raises(EnsembleInterrupted) as stopped:
        make(out, block=5, progress=interrupt)
    assert (stopped.value.folder, stopped.value.done, stopped.value.runs) == (out, 50, RUNS)
    assert journal(out)[-1] == "interrupted"
    make(out)
    assert contents(out) == reference


def test_ctrl_c_ends_the_workers(tmp_path: Path, reference: dict[str, bytes]) -> None:
    out = tmp_path / "run"
    process = begin(out, workers=2)
    wait_for_chunks(out, 2)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert b"EnsembleInterrupted" in complaint
    assert complaint.count(b"Traceback") <= 2  # this process's own; the workers say nothing
    make(out, workers=2)
    assert contents(out) == reference


def test_without_a_folder_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(EnsembleInterrupted) as stopped:
        run_ensemble(loaded_scenario(), 20, workers=1, engine_maker=make_engine, progress=interrupt)
    assert stopped.value.folder is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "remove", "swap"])
def test_a_damaged_chunk_is_named_and_computed_again(tmp_path: Path, reference: dict[str, bytes], change: str) -> None:
    out = make(tmp_path / "run").folder
    path = out / "chunks" / "000004.chunk"
    content = path.read_bytes()
    if change == "flip":
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    elif change == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif change == "empty":
        path.write_bytes(b"")
    elif change == "remove":
        path.unlink()
    else:
        path.write_bytes((out / "chunks" / "000005.chunk").read_bytes())
    notices: list[str] = []
    computed: list[int] = []
    make(out, on_notice=notices.append, progress=lambda done, _: computed.append(done))
    assert computed[0] == RUNS - 10
    assert contents(out) == reference
    if change != "remove":
        assert "chunk 4 (runs 40 to 49)" in notices[0]
        assert "damaged" in journal(out)


@pytest.mark.parametrize("name", ["runs.parquet", "events.parquet", "series.parquet", "paths.parquet"])
def test_a_damaged_table_is_named_and_made_again(tmp_path: Path, reference: dict[str, bytes], name: str) -> None:
    out = make(tmp_path / "run").folder
    content = (out / name).read_bytes()
    middle = len(content) // 2
    (out / name).write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])
    results = open_run(out)
    with pytest.raises(RunError) as failure:
        results.sql("select 1")
    assert code_of(failure) == "WC325"
    assert name in str(failure.value)
    notices: list[str] = []
    make(out, on_notice=notices.append)
    assert name in notices[0]
    assert contents(out) == reference


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1, "checksum": ""}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_manifest_is_named_and_made_again(
    tmp_path: Path, reference: dict[str, bytes], content: bytes
) -> None:
    out = make(tmp_path / "run").folder
    (out / "manifest.json").write_bytes(content)
    with pytest.raises(RunError) as failure:
        open_run(out)
    assert code_of(failure) == "WC325"
    computed: list[int] = []
    notices: list[str] = []
    make(out, progress=lambda done, _: computed.append(done), on_notice=notices.append)
    assert computed[0] == RUNS  # sound chunks are kept
    assert notices == [f"{out / 'manifest.json'} is damaged; it is made again"]
    assert contents(out) == reference


def test_a_damaged_manifest_lets_nobody_else_in(tmp_path: Path) -> None:
    out = make(tmp_path / "run").folder
    (out / "report.html").write_text("what was drawn")
    (out / "manifest.json").write_bytes(b"{")
    before = contents(out)
    with pytest.raises(RunError) as failure:
        make(out, seed=4)
    assert code_of(failure) == "WC322"
    assert contents(out) == before
    make(out)
    assert (out / "report.html").read_text() == "what was drawn"


@pytest.mark.parametrize("seed", range(3))
def test_no_flipped_bit_of_a_manifest_goes_unseen(tmp_path: Path, reference: dict[str, bytes], seed: int) -> None:
    """Labels, what happened, sums, seed, versions: a word that is another one is never believed."""
    out = make(tmp_path / "run").folder
    draws = random.Random(seed)
    for turn in range(60):
        flip(out / "manifest.json", draws)
        with pytest.raises(RunError) as failure:
            open_run(out)
        assert code_of(failure) == "WC325"
        if turn % 20 == 0:
            make(out)
            assert contents(out) == reference
        (out / "manifest.json").write_bytes(reference["manifest.json"])


def test_a_damaged_line_of_the_journal_is_named_and_left_out(tmp_path: Path) -> None:
    out = make(tmp_path / "run").folder
    path = out / "journal.jsonl"
    whole = path.read_bytes()
    sound = open_run(out).created
    assert sound
    path.write_bytes(whole.replace(b'"started"', b'"stanted"'))
    assert open_run(out).created == ""
    with pytest.raises(RunError) as failure:
        open_run(out).verify()
    assert code_of(failure) == "WC325"
    assert "line 1" in str(failure.value)
    notices: list[str] = []
    make(out, on_notice=notices.append)
    assert notices == [f"{path} is damaged; it goes on without line 1"]
    assert journal(out) == ["finished", "damaged"]
    open_run(out).verify()
    path.write_bytes(whole[:-9])  # cut short by a crash: no damage, the line was never finished
    open_run(out).verify()
    assert open_run(out).created == sound


@pytest.mark.parametrize("seed", range(2))
def test_no_flipped_bit_of_a_journal_ends_in_another_time(tmp_path: Path, seed: int) -> None:
    out = make(tmp_path / "run").folder
    path = out / "journal.jsonl"
    whole, sound = path.read_bytes(), open_run(out).created
    draws = random.Random(seed)
    for _ in range(60):
        flip(path, draws)
        assert open_run(out).created in (sound, "")
        path.write_bytes(whole)


def test_a_folder_of_another_format_is_named_and_left_alone(tmp_path: Path) -> None:
    out = make(tmp_path / "run").folder
    manifest = store.unsealed((out / "manifest.json").read_bytes(), indent=1)
    (out / "manifest.json").write_bytes(store.sealed({**manifest, "format": 7}, indent=1))
    before = contents(out)
    for attempt in (lambda: open_run(out), lambda: make(out)):
        with pytest.raises(RunError) as failure:
            attempt()
        assert code_of(failure) == "WC323"
        assert "format 7" in str(failure.value)
    assert contents(out) == before


def test_another_key_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    out = make(tmp_path / "run").folder
    before = contents(out)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"seed": 4}, "seed 3, not 4"),
        ({"runs": 20}, "runs 130, not 20"),
        ({"events": "none"}, "events auto, not none"),
        ({"interventions": ("without fall",)}, "interventions"),
    ]
    for change, told in changes:
        with pytest.raises(RunError) as failure:
            make(out, **change)
        assert code_of(failure) == "WC322"
        assert f"({told})" in str(failure.value)
    assert contents(out) == before


def test_other_code_does_not_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = make(tmp_path / "run").folder
    monkeypatch.setattr("whipcount.results.manifest.code_fingerprint", lambda: "other")
    monkeypatch.setattr(ensemble, "code_fingerprint", lambda: "other")
    with pytest.raises(RunError) as failure:
        make(out)
    assert "other code" in str(failure.value)


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunError) as failure:
        make(tmp_path)
    assert code_of(failure) == "WC322"
    assert "thesis.txt" in str(failure.value)
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("name", ["invented.yaml", "other.yaml", "film.part"])
def test_files_that_look_like_ours_are_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("something else")
    with pytest.raises(RunError) as failure:
        make(tmp_path)
    assert code_of(failure) == "WC322"
    assert contents(tmp_path) == {name: b"something else"}


def test_chunks_of_another_ensemble_are_not_overwritten(tmp_path: Path) -> None:
    out = make(tmp_path / "run").folder
    (out / "manifest.json").unlink()
    with pytest.raises(RunError) as failure:
        make(out, seed=4)
    assert code_of(failure) == "WC322"
    make(out)


def test_a_file_or_nothing_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    for path in (tmp_path / "file", tmp_path / "missing", tmp_path):
        with pytest.raises(RunError) as failure:
            open_run(path)
        assert code_of(failure) == "WC324"
    with pytest.raises(RunError) as failure:
        make(tmp_path / "file")
    assert code_of(failure) == "WC320"
    with pytest.raises(RunError) as failure:
        make(tmp_path / "file" / "below")
    assert code_of(failure) == "WC320"


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "WC321"), (errno.EDQUOT, "WC321"), (errno.EROFS, "WC320")])
@pytest.mark.parametrize("after", [0, 4, 9, 21, 33, 36, 41])
def test_a_full_or_read_only_folder_is_told_and_nothing_is_half_written(
    tmp_path: Path, reference: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, number: int, code: str, after: int
) -> None:
    out = tmp_path / "run"
    calls = 0

    def refuse(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("whipcount.store.os.fsync", refuse)
        with pytest.raises(RunError) as failure:
            make(out)
    assert code_of(failure) == code
    assert str(out) in str(failure.value)
    assert not list(out.rglob(f"*{store.TEMPORARY}"))
    make(out)
    assert contents(out) == reference


def test_a_limit_of_the_system_is_told(tmp_path: Path) -> None:
    """A real refusal in the middle of a file, in a worker process too: no file may grow beyond 4 KB."""
    resource = pytest.importorskip("resource")
    script = SCRIPT.format(here=str(HERE), runs=RUNS, out=str(tmp_path / "run"), workers=2)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )  # fmt: skip
    assert b"WC321" in done.stderr
    assert not list(tmp_path.rglob(f"*{store.TEMPORARY}"))


def test_a_read_only_place_is_told() -> None:
    place = Path("/proc/whipcount-run")
    if not place.parent.is_dir():
        pytest.skip("this system has no place that nobody may write to")
    with pytest.raises(RunError) as failure:
        make(place)
    assert code_of(failure) == "WC320"


def test_a_finished_folder_may_be_read_where_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = make(tmp_path / "run").folder

    def refuse(_: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("whipcount.store.os.fsync", refuse)
    assert open_run(out).sql("select count(*) as n from runs")["n"].to_list() == [RUNS]
    assert make(out).runs == RUNS


def test_two_processes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = begin(out, workers=1)
    wait_for_chunks(out, 1)
    with pytest.raises(RunError) as failure:
        make(out)
    assert code_of(failure) == "WC327"
    process.kill()
    process.communicate()
    assert make(out).runs == RUNS  # the lock died with its holder


def test_a_fault_in_a_worker_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTED_FAILURE", "77")
    with pytest.raises(RuntimeError, match="ZeroDivisionError: made to fail"):
        make(tmp_path / "run", workers=2)
    monkeypatch.delenv("INVENTED_FAILURE")
    assert make(tmp_path / "run").runs == RUNS


def pool_workers() -> list[int]:
    """Worker processes of this process."""
    asked = ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    return [int(line.split()[0]) for line in lines if "whipcount.pool" in line]


def test_a_worker_that_is_killed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTED_PAUSE", "0.1")
    others = set(pool_workers())  # of an explorer that another test of this process began
    killed = False

    def kill_one(done: int, _: int) -> None:
        nonlocal killed
        if done >= 20 and not killed:
            killed = True
            os.kill(next(one for one in pool_workers() if one not in others), signal.SIGKILL)

    with pytest.raises(RunError) as failure:
        make(tmp_path / "run", workers=2, progress=kill_one)
    assert code_of(failure) == "WC340"
    monkeypatch.delenv("INVENTED_PAUSE")
    assert make(tmp_path / "run").runs == RUNS

"""A job over a cluster: the same answers and files as here, whatever becomes of its workers."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster_jobs import Deadly, Keeping, Squares, Within

from ensembles import compiled
from whipcount import pool, session
from whipcount.cli import main
from whipcount.errors import QuestionError, RunError
from whipcount.pool import cluster as cluster_module
from whipcount.pool import deployments
from whipcount.questions.ask import ask
from whipcount.results import run_ensemble
from whipcount.store import Store

pytest.importorskip("distributed")
LOCAL = "local:2"


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """A cluster of two workers, started when the first test needs it and ended with the last."""
    with session.using(cluster=LOCAL):
        yield


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder by its checksum, without the journal, which tells when things happened."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in ("journal.jsonl", ".lock"))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def worker_processes() -> list[int]:
    """The process ids of the workers."""
    found = deployments.reached(session.current().cluster).client.run(os.getpid, on_error="ignore")
    return [process for process in found.values() if isinstance(process, int)]


def code_of(call: Callable[[], object]) -> str:
    """The error that a call ends with."""
    with pytest.raises(RunError) as failure:
        call()
    return str(failure.value)


# -- the same answers ------------------------------------------------------------------------------------------------


def test_answers_come_from_other_processes_and_are_told() -> None:
    told: list[int] = []
    found = dict(pool.spread(Squares(), range(40), 2, progress=told.append))
    assert {place: answer for place, (answer, _) in found.items()} == {number: number**2 for number in range(40)}
    assert os.getpid() not in {process for _, process in found.values()}
    assert told == [1] * 80
    here = dict(pool.spread(Squares(), range(40), 1))
    assert {process for _, process in here.values()} == {os.getpid()}


def test_what_goes_wrong_far_away_goes_wrong_here() -> None:
    with pytest.raises(QuestionError) as failure:
        list(pool.spread(Squares(), [1, 2, -3], 2))
    assert failure.value.problems[0].code == "WC401"
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a thousand"):
        list(pool.spread(Squares(), [1_000, 1_000], 2))
    assert [answer[0] for _, answer in pool.spread(Squares(), [3, 3], 2)] == [9, 9]


def test_workers_have_the_session_and_spread_nothing_further() -> None:
    with session.using(backend="numpy"):
        for _, (found, answers) in pool.spread(Within(), [1, 2], 2):
            assert (found.backend, found.cluster) == ("numpy", "")
            assert len({process for _, process in answers}) == 1


def test_as_many_workers_as_the_address_says() -> None:
    assert pool.workers_of() == 2
    assert pool.workers_of(1) == 1
    with session.using(cluster="slurm:40"):
        assert pool.workers_of() == 40
    with session.using(cluster="local:1"):
        assert pool.workers_of() == 2  # one would be taken for this process


def test_an_ensemble_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = compiled("two-bodies")
    monkeypatch.chdir(tmp_path)
    run_ensemble(loaded, 2_500, 7, Path("far"), workers=2)  # workers stand elsewhere
    with session.using(cluster=""):
        run_ensemble(loaded, 2_500, 7, tmp_path / "one", workers=1)
    assert files(tmp_path / "far") == files(tmp_path / "one")


def test_a_question_has_the_same_answer() -> None:
    loaded = compiled("two-bodies")
    far_away = ask(loaded, ["param.leave.voice = 0"], (), (), 1_500, 3, workers=2)
    with session.using(cluster=""):
        here = ask(loaded, ["param.leave.voice = 0"], (), (), 1_500, 3, workers=1)
    assert far_away.record() == here.record()


# -- where pieces are kept -------------------------------------------------------------------------------------------


def test_pieces_are_written_where_the_work_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "put", lambda *_: pytest.fail("written here"))
    stands = {answer for _, answer in pool.spread(Keeping(Store(tmp_path / "kept", "mine")), [1, 2, 3], 2)}
    assert str(Path.cwd()) not in stands
    monkeypatch.undo()
    kept = Store(tmp_path / "kept", "theirs")
    assert [kept.get(f"piece-{number}") is not None for number in (1, 2, 3)] == [True] * 3
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [f"piece-{n}.piece" for n in (1, 2, 3)]


def test_pieces_come_with_the_answer_where_no_folder_is_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module.Path, "touch", _refuse)  # no mark can be left, so no worker finds one
    put = Store.put
    written: list[str] = []
    monkeypatch.setattr(Store, "put", lambda *given: written.append(given[1]) or put(*given))
    loaded = compiled("two-bodies")
    run_ensemble(loaded, 2_500, 7, tmp_path / "streamed", workers=2)
    assert written == sorted(written, key=written.index)
    assert len(written) == 3
    with session.using(cluster=""):
        run_ensemble(loaded, 2_500, 7, tmp_path / "one", workers=1)
    assert files(tmp_path / "streamed") == files(tmp_path / "one")


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["nowhere", "local:0", "tcp://host", "slurm:many", "http://host:80", "tcp://h:8/x"])
def test_a_bad_address(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "two-bodies", "--cluster", address]) == 2
    assert "WC350" in capsys.readouterr().err


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = code_of(lambda: deployments.reached("local:3"))
    assert told.startswith("WC351")
    assert "whipcount[cluster]" in told


def test_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployments, "SECONDS", 0.5)
    assert code_of(lambda: deployments.reached("tcp://127.0.0.1:9")).startswith("WC352")
    monkeypatch.setenv("PATH", "")
    assert "sbatch" in code_of(lambda: deployments.reached("slurm:2"))
    assert "kubectl" in code_of(lambda: deployments.reached("k8s:2"))
    assert "kubectl" in code_of(lambda: deployments.reached("k8s"))


def test_workers_with_another_whipcount_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known = deployments.reached(LOCAL)
    address, name = next(iter(known.workers().items()))
    monkeypatch.setattr(deployments, "about", lambda: "0.0 (code of tomorrow)")
    told = code_of(known.refuse_others)
    assert told.startswith("WC353")
    assert f"{name} at {address}" in told
    monkeypatch.setattr(cluster_module, "about", lambda: "0.0 (code of tomorrow)")  # one that comes later
    assert code_of(lambda: list(pool.spread(Squares(), [1, 2], 2))).startswith("WC353")
    monkeypatch.undo()
    monkeypatch.setattr(deployments, "PROBE", "__import__('no_such_package')")
    assert "has whipcount none" in code_of(known.refuse_others)


# -- how clusters are started ----------------------------------------------------------------------------------------


def _program(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_slurm_is_asked_for_an_array_of_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(deployments.SBATCH, "--partition='a b'")
    monkeypatch.setenv(deployments.HOST, deployments.LOOPBACK)
    asked = tmp_path / "asked"
    submit = f'printf "%s\\n" "$@" > {asked}; for last in "$@"; do :; done; '
    submit += f"setsid sh -c \"$last\" > /dev/null 2>&1 & echo $! > {tmp_path}/pid; echo '41;one'"
    _program(tmp_path, "sbatch", submit, monkeypatch)
    _program(tmp_path, "scancel", f'echo "$1" >> {asked}; kill -9 -$(cat {tmp_path}/pid)', monkeypatch)
    with session.using(cluster="slurm:3"):
        assert [answer for _, (answer, _) in sorted(pool.spread(Squares(), [4, 5], 2))] == [16, 25]
    words = asked.read_text(encoding="utf-8").splitlines()
    assert {"--array=1-3", "--partition=a b", "41"} <= set(words)


def test_kubernetes_is_reached_through_a_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = deployments.reached(LOCAL).client.scheduler.address.rpartition(":")[2]
    answer = f'echo "$@" >> {tmp_path}/asked; case $1 in port-forward) '
    answer += f'echo "Forwarding from 127.0.0.1:{port} -> 8786"; exec sleep 60;; esac'
    _program(tmp_path, "kubectl", answer, monkeypatch)
    with session.using(cluster="k8s:5"):
        assert pool.workers_of() == 5
        assert [answer for _, (answer, _) in sorted(pool.spread(Squares(), [4, 5], 2))] == [16, 25]
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == [
        "scale deployment/whipcount-worker --replicas=5",
        "port-forward service/whipcount-scheduler :8786",
    ]


# -- deaths ----------------------------------------------------------------------------------------------------------


def test_work_of_a_worker_that_dies_is_done_by_another(tmp_path: Path) -> None:
    found = dict(pool.spread(Deadly(os.getpid(), tmp_path / "sign"), range(8), 2))
    assert found == {number: number for number in range(8)}
    assert (tmp_path / "sign").exists()


@pytest.mark.slow
def test_work_that_ends_every_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CHANCES", 1)
    told = code_of(lambda: list(pool.spread(Deadly(os.getpid()), [1, 2], 2, if_killed="take less")))
    assert told.startswith("WC340")
    assert "take less" in told


@pytest.mark.slow
def test_an_ensemble_whose_workers_are_killed_at_random_has_the_same_bytes(tmp_path: Path) -> None:
    loaded = compiled("two-bodies")
    draw = random.Random(5)
    killed: list[int] = []

    def watch(runs: int, _: int) -> None:
        if 0 < runs < 10_000 and draw.random() < 0.4:
            killed.append(draw.choice(worker_processes()))
            os.kill(killed[-1], signal.SIGKILL)

    run_ensemble(loaded, 12_000, 7, tmp_path / "far", workers=2, progress=watch)
    assert len(set(killed)) > 1
    with session.using(cluster=""):
        run_ensemble(loaded, 12_000, 7, tmp_path / "one", workers=1)
    assert files(tmp_path / "far") == files(tmp_path / "one")


@pytest.mark.slow
def test_the_loss_of_the_scheduler_keeps_what_is_done(tmp_path: Path) -> None:
    loaded = compiled("two-bodies")
    command = [sys.executable, "-m", "whipcount.pool.trial", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as trial:
        assert trial.stdout is not None
        address = trial.stdout.readline().strip()
        done: list[int] = []

        def watch(runs: int, _: int) -> None:
            done.append(runs)
            if len(set(done)) == 4:
                trial.kill()

        with session.using(cluster=address):
            told = code_of(lambda: run_ensemble(loaded, 12_000, 7, tmp_path / "far", workers=2, progress=watch))
        assert told.startswith("WC354")
    kept = len(list((tmp_path / "far" / "chunks").glob("*.chunk")))
    assert 3 <= kept < 12
    with session.using(cluster=""):
        run_ensemble(loaded, 12_000, 7, tmp_path / "far", workers=2)
        run_ensemble(loaded, 12_000, 7, tmp_path / "one", workers=1)
    assert files(tmp_path / "far") == files(tmp_path / "one")

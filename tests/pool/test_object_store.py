"""Run folders in an object store: the same bytes as on a disk, written by those who compute them, and coded refusals.

The store is moto's, which speaks S3 over a socket of this machine, and checks who asks.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ensembles import compiled
from whipcount import objects, open_run, session
from whipcount.cli import main
from whipcount.errors import RunError
from whipcount.pool import remote
from whipcount.questions.ask import ask
from whipcount.results import run_ensemble, run_until
from whipcount.store import Store, sending

moto_server = pytest.importorskip("moto.server")
boto3 = pytest.importorskip("boto3")
pytest.importorskip("distributed")
NOT_COMPARED = ("journal.jsonl", ".lock")
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::votes", "arn:aws:s3:::votes/*"]}],
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server with the bucket `votes`; who may use it, and nothing else, is in the environment."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    before = dict(os.environ)
    os.environ |= {"AWS_ACCESS_KEY_ID": "first", "AWS_SECRET_ACCESS_KEY": "first", "AWS_DEFAULT_REGION": "us-east-1"}
    client(address, "s3").create_bucket(Bucket="votes")
    client(address, "s3").create_bucket(Bucket="others")
    people = client(address, "iam")
    people.create_user(UserName="clerk")
    people.put_user_policy(UserName="clerk", PolicyName="votes", PolicyDocument=json.dumps(ALLOWED))
    key = people.create_access_key(UserName="clerk")["AccessKey"]
    os.environ |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    os.environ["AWS_ENDPOINT_URL"] = address
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0)  # from now on it asks who one is
    yield address
    monkeypatch.undo()
    server.stop()
    os.environ.clear()
    os.environ.update(before)


def client(address: str, what: str) -> Any:
    """One that speaks with the server by itself."""
    return boto3.Session().client(what, endpoint_url=address)  # a session reads the environment anew


@pytest.fixture(autouse=True)
def another_process(endpoint: str) -> None:  # noqa: ARG001
    """Each test is like a process of its own, which has seen nothing yet."""
    objects._at_hand.clear()
    objects._seen.clear()
    objects._store.cache_clear()


def stored(name: str) -> dict[str, str]:
    """Every object under a name, by its checksum."""
    store = client(os.environ["AWS_ENDPOINT_URL"], "s3")
    found = store.list_objects_v2(Bucket="votes", Prefix=f"{name}/").get("Contents", [])
    contents = {one["Key"].removeprefix(f"{name}/"): store.get_object(Bucket="votes", Key=one["Key"]) for one in found}
    return {
        key: hashlib.sha256(content["Body"].read()).hexdigest()
        for key, content in contents.items()
        if key and key not in NOT_COMPARED  # one without a name stands for the folder
    }


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder by its checksum."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_COMPARED)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def code_of(call: Callable[[], object]) -> str:
    """The error that a call ends with."""
    with pytest.raises(RunError) as failure:
        call()
    return str(failure.value)


# -- the same folder ---------------------------------------------------------------------------------------------------


def test_a_cluster_writes_where_the_work_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = compiled("two-bodies")
    put = objects.put
    monkeypatch.setattr(objects, "put", lambda *_: pytest.fail("written by who asked"))
    with session.using(cluster="local:2"):
        results = run_ensemble(loaded, 2_500, 7, "s3://votes/far", workers=2)
    monkeypatch.setattr(objects, "put", put)
    run_ensemble(loaded, 2_500, 7, tmp_path / "one", workers=1)
    assert stored("far") == files(tmp_path / "one")
    assert not list(results.folder.rglob("*.chunk"))
    results.verify()


@pytest.mark.slow
def test_processes_and_until_write_there_too(tmp_path: Path) -> None:
    loaded = compiled("two-bodies")
    run_until(loaded, "leavers_return ± 0.03", 4_000, 7, "s3://votes/until", workers=2)
    run_until(loaded, "leavers_return ± 0.03", 4_000, 7, tmp_path / "until", workers=2)
    assert stored("until") == files(tmp_path / "until")


def test_what_is_damaged_or_gone_is_computed_again_and_no_more() -> None:
    loaded = compiled("two-bodies")
    run_ensemble(loaded, 2_500, 7, "s3://votes/again", workers=1)
    whole = stored("again")
    store = client(os.environ["AWS_ENDPOINT_URL"], "s3")
    content = store.get_object(Bucket="votes", Key="again/chunks/000001.chunk")["Body"].read()
    store.put_object(Bucket="votes", Key="again/chunks/000001.chunk", Body=content[:-7])
    store.delete_object(Bucket="votes", Key="again/chunks/000002.chunk")
    store.put_object(Bucket="votes", Key="again/runs.parquet", Body=b"PAR1")
    assert code_of(lambda: open_run("s3://votes/again").table()).startswith("WC325")
    told: list[str] = []
    done: list[int] = []
    run_ensemble(
        loaded, 2_500, 7, "s3://votes/again", workers=1, progress=lambda runs, _: done.append(runs),
        on_notice=told.append,
    )  # fmt: skip
    assert stored("again") == whole
    assert done[0] == 1_000
    assert len(told) == 2
    assert code_of(lambda: run_ensemble(loaded, 2_500, 8, "s3://votes/again")).startswith("WC322")


@pytest.mark.slow
def test_a_question_keeps_its_worlds_there() -> None:
    loaded = compiled("two-bodies")
    asked = (["param.leave.voice = 0"], (), (), 1_500, 3)
    with session.using(cluster="local:2"):
        there = ask(loaded, *asked, workers=2, out="s3://votes/asked")
    assert there.record() == ask(loaded, *asked, workers=1).record()
    assert stored("asked")


@pytest.mark.slow
def test_commands_take_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    compiled("two-bodies")
    assert main(["run", "two-bodies", "-n", "600", "--out", "s3://votes/shown", "--no-report", "--workers", "1"]) == 0
    assert "run folder: s3://votes/shown" in capsys.readouterr().out
    objects._at_hand.clear()  # as for another process
    assert main(["sql", "s3://votes/shown", "select count(*) as n from runs", "--json"]) == 0
    assert "600" in capsys.readouterr().out
    assert main(["run", "two-bodies", "-n", "600", "--out", "s3://votes/new", "--resume"]) == 2
    assert "WC329" in capsys.readouterr().err


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_who_may_not_write_there(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = compiled("two-bodies")
    told = code_of(lambda: run_ensemble(loaded, 600, 1, "s3://others/mine"))
    assert told.startswith("WC355")
    assert "AWS_ACCESS_KEY_ID" in told
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    objects._store.cache_clear()
    assert "AWS_ACCESS_KEY_ID" in code_of(lambda: run_ensemble(loaded, 600, 1, "s3://votes/mine"))
    assert code_of(lambda: objects.put("s3://votes/mine", "a", b"1")).startswith("WC355")
    monkeypatch.undo()
    assert not stored("mine")


def test_no_such_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", float("inf"))  # who may do all learns that
    told = code_of(lambda: open_run("s3://nobodys/run"))
    assert told.startswith("WC355")
    assert "correct the name of the bucket" in told


def test_nobody_answers_or_nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(lambda: open_run("s3://votes/nothing")).startswith("WC324")
    assert "endpont" in code_of(lambda: open_run("s3://votes/run?endpont=here"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    told = code_of(lambda: open_run("s3://votes/run"))
    assert told.startswith("WC355")
    assert "AWS_ENDPOINT_URL" in told


def test_a_worker_that_may_not_write_sends_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(Path("anywhere"), "mine", address="s3://votes/sent")
    with monkeypatch.context() as worker, sending(lambda one: remote._shares({}, one)) as pieces:
        worker.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        objects._store.cache_clear()
        store.put("first", b"content")
    assert [piece.content for piece in pieces] == [b"content"]
    objects._store.cache_clear()
    with sending(lambda one: remote._shares({}, one)) as pieces:
        store.put("second", b"content")
    assert [piece.content for piece in pieces] == [None]
    assert set(stored("sent")) == {"second.piece"}


def test_what_can_only_be_a_folder_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["replicate", "two-bodies", "-n", "600", "--out", "s3://votes/package"]) == 2
    assert list(tmp_path.iterdir()) == []

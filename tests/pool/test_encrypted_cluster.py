"""A cluster whose members show certificates: the same answers over `tls://`, and nothing for who has none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_jobs import Squares

from whipcount import pool, session
from whipcount.errors import RunError
from whipcount.pool import deployments

pytest.importorskip("distributed")
pytest.importorskip("cryptography")
SETTINGS = ("ca-file", *(f"{who}.{what}" for who in ("client", "scheduler", "worker") for what in ("cert", "key")))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate and its key for everybody, as settings of Dask."""
    from distributed.security import Security

    made = Security.temporary()
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "cert.pem").write_text(str(made.tls_ca_file), encoding="utf-8")
    (folder / "key.pem").write_text(str(made.tls_client_key), encoding="utf-8")
    kinds = {one: "key.pem" if one.endswith("key") else "cert.pem" for one in SETTINGS}
    files = {f"distributed.comm.tls.{one}": str(folder / name) for one, name in kinds.items()}
    return files | {"distributed.comm.require-encryption": "True"}


@pytest.fixture(scope="module")
def address(settings: dict[str, str]) -> Iterator[str]:
    """A scheduler that speaks TLS alone, and a worker of it."""
    environment = deployments.worker_environment()
    environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
    environment |= {deployments.variable_of(key): value for key, value in settings.items()}
    command = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler", "--protocol", "tls", "--host", "127.0.0.1",
               "--port", "0", "--no-dashboard"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as scheduler:
        assert scheduler.stderr is not None
        found = next(match for line in scheduler.stderr if (match := re.search(r"tls://[\d.]+:\d+", line)))[0]
        worker = subprocess.Popen(
            deployments.worker_command(found), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        yield found
        for process in (worker, scheduler):
            process.kill()
            process.wait()


def test_answers_come_over_an_encrypted_cluster(address: str, settings: dict[str, str]) -> None:
    import dask

    with dask.config.set(settings), session.using(cluster=address):
        client = deployments.reached(address).client
        client.wait_for_workers(1, timeout=60)
        found = dict(pool.spread(Squares(), range(10), 2))
        assert all(one.startswith("tls://") for one in client.scheduler_info()["workers"])
    assert {place: answer for place, (answer, _) in found.items()} == {number: number**2 for number in range(10)}


def test_who_has_no_certificate_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployments, "SECONDS", 3.0)
    for one in (address, address.replace("tls://", "tcp://")):
        with pytest.raises(RunError) as failure:
            deployments.reached(one)
        assert str(failure.value).startswith("WC352")

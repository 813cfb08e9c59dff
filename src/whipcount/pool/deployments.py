"""Clusters: how one is started on this machine, under SLURM and in Kubernetes, how one is reached, and what it says.

A cluster is a scheduler and workers of dask.distributed, which is loaded when the first order goes to one.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount import session
from whipcount.errors import RunError
from whipcount.text import say

from .processes import SINGLE_THREADED
from .remote import PROBE, about

if TYPE_CHECKING:
    from distributed import Client

SLURM_WORKERS = 8  # of `slurm` without a number
SBATCH = "WHIPCOUNT_SBATCH"  # further options of sbatch, as "--partition=short --time=2:00:00"
HOST = "WHIPCOUNT_CLUSTER_HOST"  # how workers elsewhere reach this machine, where it has several addresses
SERVICE, DEPLOYMENT, PORT = "service/whipcount-scheduler", "deployment/whipcount-worker", 8786
LOOPBACK = "127.0.0.1"
SECONDS = 20.0  # to reach a scheduler, or to be told by a command that it has begun
STARTING = 60.0  # for the first worker on this machine
ORPHANED = 60  # seconds after which a worker without a scheduler ends
# what a process of dask does beside its work costs time: it samples stacks a hundred times a second, and watches itself
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.tick.interval": "1s",
}
# dask has workers give memory back at once; blocks of runs take it again and again, and fetching it costs as much again
KEEPING = {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
AS_THIS = "give every worker the same whipcount as this machine has: the same release, or the same commit"


@dataclass
class Cluster:
    """A cluster that has been reached: who speaks with its scheduler, and what ends what was started for it."""

    address: str
    client: Client
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def workers(self) -> dict[str, str]:
        """The names of the workers by address, as far as they have come."""
        known = self.client.scheduler_info(n_workers=-1)["workers"]
        return {address: str(one["name"]) for address, one in known.items()}

    def refuse_others(self) -> None:
        """Ask all workers which whipcount they have. Raises RunError (WC353) for one that has another, or none."""
        names = self.workers()
        found: Mapping[str, Any] = self.client.run(eval, PROBE, on_error="return") if names else {}
        others = {}
        for address, told in found.items():
            if isinstance(told, OSError):
                continue  # it has just ended
            if told != about():
                others[f"{names.get(address, '?')} at {address}"] = told if isinstance(told, str) else "none"
        if others:
            raise self.another(others)

    def another(self, others: Mapping[str, str]) -> RunError:
        """What is said of workers that have another whipcount, by name."""
        told = "; ".join(f"the worker {name} has whipcount {one}" for name, one in sorted(others.items())[:5])
        return RunError.one("WC353", f"{told}, and this is {about()}", AS_THIS)

    def unable(self, error: object) -> RunError:
        """What is said where a worker could not even read what it was sent."""
        return RunError.one("WC353", f"a worker of {self.address} cannot take the work ({error})", AS_THIS)

    def lost(self) -> RunError:
        """What is said where the scheduler has gone; it is spoken with no more."""
        self.close()
        message = f"the scheduler of the cluster {self.address} is gone"
        return RunError.one("WC354", message, "what is finished is kept: run the same command again when it is back")

    def close(self) -> None:
        """End what was started for it, and speak with it no more."""
        _open.pop(self.address, None)
        self.stack.close()


_open: dict[str, Cluster] = {}


def size(address: str) -> int:
    """How many workers a cluster has: as its address says, else as have come."""
    kind, _, number = address.partition(":")
    if kind in ("local", "slurm") or (kind == "k8s" and number):
        return int(number) if number else {"local": _cores(), "slurm": SLURM_WORKERS}[kind]
    return len(reached(address).workers())


def reached(address: str) -> Cluster:
    """The cluster at an address, started if that is asked for; the same one until the session's block ends.

    Raises RunError: WC351 where dask.distributed is not installed, WC352 where it cannot be started or reached, WC353
    where a worker has another version of whipcount.
    """
    if address not in _open:
        _load()
        with contextlib.ExitStack() as stack:
            kind, _, number = address.partition(":")
            start = {"local": _local, "slurm": _slurm, "k8s": _kubernetes}.get(kind)
            at = address if start is None else start(stack, int(number) if number else None)
            client = _client(at, address, stack)
            cluster = Cluster(address, client, stack.pop_all())
        try:
            if not cluster.workers():
                if kind == "local":
                    _wait_for_first(cluster)
                else:
                    session.notice(say("no worker has come to {cluster} yet: waiting for one", cluster=address))
            cluster.refuse_others()
        except BaseException:
            cluster.close()
            raise
        _open[address] = cluster
        session.at_end(cluster.close)
        atexit.register(cluster.close)
    return _open[address]


def _load() -> None:
    try:
        import distributed
    except ImportError:
        raise RunError.one(
            "WC351", "a cluster needs the package dask.distributed", "pip install 'whipcount[cluster]'"
        ) from None
    for name in (distributed.__name__, f"{distributed.__name__}.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # deaths of workers are no news: work goes on


def _client(at: str, address: str, stack: contextlib.ExitStack) -> Client:
    from distributed import Client

    try:
        client = Client(at, timeout=SECONDS, set_as_default=False, name="whipcount")
    except (
        OSError,
        ValueError,
        RuntimeError,
        TimeoutError,
        TypeError,
    ) as error:  # the last where a certificate is wanted
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _unreachable(address, reason) from None
    stack.callback(_quietly, client.close)
    return client


def _unreachable(address: str, reason: str) -> RunError:
    hint = "see that its scheduler runs, and that this machine reaches it (docs/how-to/cluster.md)"
    return RunError.one("WC352", f"the cluster {address} cannot be reached: {reason}", hint)


def _quietly(close: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# -- started here ----------------------------------------------------------------------------------------------------


def started_scheduler(stack: contextlib.ExitStack, host: str, port: int = 0) -> str:
    """A scheduler in this process; gives its address. port: 0 for any that is free."""
    _load()
    import dask
    from distributed import LocalCluster

    try:
        with dask.config.set(QUIET):
            cluster = LocalCluster(
                n_workers=0, processes=False, protocol="tcp", host=host, scheduler_port=port,
                dashboard_address=f"{LOOPBACK}:0", silence_logs=logging.CRITICAL,
            )  # fmt: skip
    except (OSError, RuntimeError) as error:
        raise _unreachable(f"tcp://{host}:{port}", str(error)) from None
    stack.callback(_quietly, cluster.close)
    return str(cluster.scheduler_address)


def worker_command(address: str, workers: int = 1) -> list[str]:
    """The command of `workers` workers of one thread each; they end by themselves when the scheduler is gone."""
    return [
        sys.executable, "-P", "-m", "distributed.cli.dask_worker", address, "--nworkers", str(workers),
        "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--death-timeout", str(ORPHANED),
    ]  # fmt: skip


def worker_environment() -> dict[str, str]:
    """Workers find packages where this process finds them, compute in one thread, and do little beside."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
    for name in SINGLE_THREADED:
        environment.setdefault(name, "1")
    for name, value in {**KEEPING, **{variable_of(key): str(value) for key, value in QUIET.items()}}.items():
        environment.setdefault(name, value)
    return environment


def variable_of(key: str) -> str:
    """The environment's name of a setting of dask."""
    return "DASK_" + key.replace("-", "_").replace(".", "__").upper()


def local_workers(stack: contextlib.ExitStack, address: str, number: int) -> None:
    """Workers on this machine. They are ended with all that they started; files are written whole."""
    folder = Path(tempfile.mkdtemp(prefix="whipcount-cluster-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
    process = subprocess.Popen(
        [*worker_command(address, number), "--local-directory", str(folder)], env=worker_environment(), cwd=folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **group,
    )  # fmt: skip
    stack.callback(_end, process)


def _local(stack: contextlib.ExitStack, number: int | None) -> str:
    address = started_scheduler(stack, LOOPBACK)
    local_workers(stack, address, number or _cores())
    return address


def _end(process: subprocess.Popen[Any]) -> None:
    """End a process, with what it started where the system has groups."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            import signal

            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_for_first(cluster: Cluster) -> None:
    try:
        cluster.client.wait_for_workers(1, timeout=STARTING)
    except TimeoutError:
        raise _unreachable(cluster.address, "no worker has started") from None


# -- SLURM -------------------------------------------------------------------------------------------------------------


def _slurm(stack: contextlib.ExitStack, number: int | None) -> str:
    """Workers as an array of jobs of one core; the scheduler is in this process, reached over the network."""
    from distributed.utils import get_ip

    address = started_scheduler(stack, os.environ.get(HOST) or get_ip())
    told = _asked(
        "slurm",
        ["sbatch", "--parsable", f"--array=1-{number or SLURM_WORKERS}", "--ntasks=1", "--cpus-per-task=1",
         "--job-name=whipcount", "--output=/dev/null", *shlex.split(os.environ.get(SBATCH, "")),
         "--wrap", "exec " + shlex.join([*worker_command(address), "--local-directory", "/tmp"])],
    )  # fmt: skip
    job = told.strip().partition(";")[0]
    stack.callback(_quietly, lambda: _asked("slurm", ["scancel", job]))
    return address


def _asked(address: str, command: Sequence[str]) -> str:
    """What a command of the cluster's says."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, env=worker_environment(), check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unreachable(address, f"{command[0]}: {getattr(error, 'strerror', None) or error}") from None
    if done.returncode:
        raise _unreachable(address, f"{command[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


# -- Kubernetes --------------------------------------------------------------------------------------------------------


def _kubernetes(stack: contextlib.ExitStack, number: int | None) -> str:
    """The scheduler that runs there (docs/how-to/kubernetes.yaml), through a tunnel; number: workers wished for."""
    if number:
        _asked("k8s", ["kubectl", "scale", DEPLOYMENT, f"--replicas={number}"])
    try:
        tunnel = subprocess.Popen(
            ["kubectl", "port-forward", SERVICE, f":{PORT}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
    except OSError as error:
        raise _unreachable("k8s", f"kubectl: {error.strerror}") from None
    stack.callback(tunnel.wait)
    stack.callback(tunnel.kill)
    assert tunnel.stdout is not None
    alarm = threading.Timer(SECONDS, tunnel.kill)  # a tunnel that says nothing is none
    alarm.start()
    line = tunnel.stdout.readline()  # Forwarding from 127.0.0.1:40123 -> 8786
    alarm.cancel()
    port = line.partition("->")[0].strip().rpartition(":")[2]
    if not port.isdigit():
        raise _unreachable("k8s", f"kubectl port-forward {SERVICE} has opened no tunnel")
    return f"tcp://127.0.0.1:{port}"

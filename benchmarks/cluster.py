"""What a cluster costs: `python benchmarks/cluster.py`. Writes RESULTS.md (its parts about this).

- `overhead`: one ensemble of 64 chunks on two processes and on a local cluster of two workers, in turn; by the clock
  and in processor time of all that takes part, which other programs of the machine disturb less.
- `fleet`: a scheduler alone in its process, and many workers that have nothing to do in others. What an order costs
  the scheduler, and what it does while nothing is asked, say how busy it is when each worker takes its time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import machine
import measured

from whipcount import pool, session
from whipcount.pool.deployments import reached, worker_environment
from whipcount.results import run_ensemble
from whipcount.results.chunks import FEW, MANY
from whipcount.scenario import load

HERE = Path(__file__).resolve().parent
HEADINGS = {"overhead": "A cluster beside processes", "fleet": "The scheduler of a fleet"}
CHUNKS, WORKERS = 64, 2
SECONDS = 10.0  # in which the scheduler is looked at while nothing is asked
HOSTS = 2  # processes that hold the workers of a fleet
CALM = 15.0  # seconds after the last worker has come


def processor_seconds(process: int) -> float:
    """What a process has used, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- overhead ----------------------------------------------------------------------------------------------------------


def ended() -> float:
    """Processor time of this process, and of those that it has waited for."""
    return sum(os.times()[:4])


def over_cluster() -> float:
    """The same, and that of the workers of the cluster at hand."""
    workers = reached(session.current().cluster).client.run(time.process_time).values()
    return ended() + sum(workers)


def taken(seed: int, folder: Path, spent: Callable[[], float]) -> tuple[float, float]:
    """Seconds by the clock and of the processor that the ensemble takes."""
    began, before = time.perf_counter(), spent()
    run_ensemble(load("two-bodies"), CHUNKS * FEW, seed, folder, workers=WORKERS)
    return time.perf_counter() - began, spent() - before


def overhead(rounds: int) -> list[str]:
    """The same ensembles on processes and on a cluster, in turn."""
    times: dict[str, list[tuple[float, float]]] = {"processes": [], "cluster": []}
    with tempfile.TemporaryDirectory() as name, session.using(cluster=f"local:{WORKERS}"):
        began = time.perf_counter()
        reached(session.current().cluster)
        start = time.perf_counter() - began
        for number in range(rounds + 1):
            order = ("processes", "cluster") if number % 2 else ("cluster", "processes")
            for kind in order:
                with session.using(cluster="") if kind == "processes" else session.using():
                    spent = ended if kind == "processes" else over_cluster
                    found = taken(number + 1, Path(name) / f"{kind}-{number}", spent)
                if number:  # the first round makes ready
                    times[kind].append(found)
                    print(kind, *(f"{one:.2f}" for one in found), flush=True)
    what = f"{CHUNKS} chunks of {FEW:,} runs of `two-bodies`, {WORKERS} workers"
    lines = [f"| {what} | seconds | processor |", "|---|---|---|"]
    for kind, pairs in times.items():
        clock, busy = (statistics.median(column) for column in zip(*pairs, strict=True))
        lines.append(f"| {kind} | {clock:.2f} | {busy:.2f} |")
    clock, busy = (
        statistics.median(b[place] / a[place] for a, b in zip(times["processes"], times["cluster"], strict=True))
        for place in (0, 1)
    )
    return [
        *lines,
        f"| cluster over processes, median of {rounds} rounds | {clock:.3f} | {busy:.3f} |",
        "",
        f"The cluster runs already: to start a local one takes {start:.1f} s more, once. Processes are started "
        "for each ensemble.",
    ]


# -- fleet -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Empty:
    """A job with nothing to do."""

    def begin(self) -> Callable[[int], int]:
        """The function that gives the order back."""
        return int


def fleet_of(workers: int, orders: int) -> tuple[float, float, float]:
    """Scheduler's processor time for an order, its share of a core while nothing is asked, and orders done a second."""
    import cluster as own  # by a name under which workers find it too

    command = [sys.executable, "-m", "whipcount.pool.trial", "--port", "0", "--workers", "0"]
    environment = worker_environment() | {"PYTHONPATH": f"{HERE}{os.pathsep}{worker_environment()['PYTHONPATH']}"}
    # many workers in one process answer late; none of them is to be given up for that
    patient = {"SCHEDULER__WORKER_TTL": "1h", "COMM__TIMEOUTS__CONNECT": "300s"}
    environment |= {f"DASK_DISTRIBUTED__{name}": value for name, value in patient.items()}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as scheduler:
        assert scheduler.stdout is not None
        address = scheduler.stdout.readline().strip()
        told = "asyncio.run(light_workers.fleet({!r}, {}, {}))"
        hosts = [
            subprocess.Popen(
                [sys.executable, "-c", f"import asyncio, light_workers; {told.format(address, place, part)}"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for place, part in enumerate(workers // HOSTS + (place < workers % HOSTS) for place in range(HOSTS))
            if part
        ]  # fmt: skip
        try:
            with session.using(cluster=address):
                client = reached(address).client
                client.wait_for_workers(workers, timeout=600)
                time.sleep(CALM)
                before = processor_seconds(scheduler.pid)
                time.sleep(SECONDS)
                idle = (processor_seconds(scheduler.pid) - before) / SECONDS
                began, before = time.perf_counter(), processor_seconds(scheduler.pid)
                assert (
                    sum(answer for _, answer in pool.spread(own.Empty(), range(orders), 2))
                    == orders * (orders - 1) // 2
                )
                clock = time.perf_counter() - began
                busy = processor_seconds(scheduler.pid) - before
        finally:
            for host in hosts:
                host.kill()
            scheduler.kill()
            for host in hosts:
                host.wait()
    return max(busy - idle * clock, 0.0) / orders, idle, orders / clock


def fleet(sizes: list[int], each: float) -> list[str]:
    """How busy the scheduler is for fleets of several sizes. each: runs a second of one worker."""
    lines = [
        f"| workers | an order | nothing asked | chunks of {FEW:,} runs | of {MANY:,} runs |",
        "|---|---|---|---|---|",
    ]
    for workers in sizes:
        cost, idle, rate = fleet_of(workers, max(4_000, 4 * workers))
        print(workers, f"{cost * 1000:.3f} ms, idle {idle:.3f}, {rate:.0f} orders/s", flush=True)
        shares = [idle + workers * each / runs * cost for runs in (FEW, MANY)]
        lines.append(
            f"| {workers:,} | {1000 * cost:.2f} ms | {idle:.1%} | " + " | ".join(f"{one:.0%}" for one in shares) + " |"
        )
    return [
        *lines,
        "",
        "What the scheduler uses of one core: for an order of empty work, for workers that wait, and so for workers of "
        f"{each:,.0f} runs a second each in chunks of either size (from a hundred per cent on it cannot keep up). The "
        f"workers are simulated (light_workers.py), in {HOSTS} processes beside it.",
    ]


def main() -> int:
    """Measure what is asked for, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("overhead", "fleet"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fleet", type=int, nargs="+", default=[64, 1_000], metavar="WORKERS")
    parser.add_argument("--rate", type=float, default=1_500.0, help="runs a second of one worker of the fleet")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()
    measures: dict[str, Callable[[], list[str]]] = {
        "overhead": lambda: overhead(arguments.rounds),
        "fleet": lambda: fleet(arguments.fleet, arguments.rate),
    }
    for key, measure in measures.items():
        if arguments.only in (None, key):
            others = machine.Others()
            lines = measure()
            print("\n".join(lines), flush=True)
            place = [*machine.description("whipcount", "distributed"), f"- Shared machine: {others.used()}"]
            measured.write(arguments.out, HEADINGS[key], lines, place)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

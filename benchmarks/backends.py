"""`november-1917` on both backends: `python benchmarks/backends.py`.

The two run in turn, in processor time, and the ratio is the median over the rounds. Threads are measured by the clock
and in processor time. Compiling is measured with an empty cache, starting with a full one and against a Python that
only imports NumPy, memory by the most that a process ever held. Writes RESULTS.md (its part about this).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import machine
import measured

from whipcount.engine import NumpyBackend, Plan, build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.scenario import load
from whipcount.world import build_world

HERE = Path(__file__).resolve().parent
HEADING = "november-1917 on both backends"
SCENARIO = "november-1917"
BLOCK = 1_024  # runs at once, as the commands take them
START = """
import sys
from whipcount.engine import build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.scenario import load
from whipcount.world import build_world
backend = CompiledBackend(build_plan(build_world(load(sys.argv[1]))))
runs = int(sys.argv[2])
if runs:
    backend.run(1, 0, runs)
"""


def plan_of(scenario: str) -> Plan:
    """A scenario's plan."""
    return build_plan(build_world(load(scenario)))


def ratios(plan: Plan, rounds: int) -> list[tuple[float, float]]:
    """Microseconds of processor time a run, on NumPy and compiled, in each round."""
    numpy, compiled = NumpyBackend(plan), CompiledBackend(plan)
    found = []
    for backend in (numpy, compiled):
        backend.run(1, 0, 32)
    for number in range(rounds):
        taken = []
        for backend, size, blocks in ((numpy, BLOCK, 1), (compiled, BLOCK, 8)):
            started = time.process_time()
            for block in range(blocks):
                backend.run(number, block * size, size)
            taken.append((time.process_time() - started) / (size * blocks) * 1e6)
        found.append((taken[0], taken[1]))
        print(f"  round {number + 1}: NumPy {taken[0]:,.0f}, compiled {taken[1]:,.1f} us a run", flush=True)
    return found


def threads(plan: Plan, rounds: int, cores: int) -> tuple[float, float]:
    """Gain of threads on all cores over one: by the clock, and by what processor time allows at most."""
    alone, together = CompiledBackend(plan), CompiledBackend(plan, threads=cores)
    clock, busy = [], []
    for number in range(rounds):
        taken = []
        for backend in (alone, together):
            started, used = time.perf_counter(), time.process_time()
            backend.run(number, 0, 4 * BLOCK)
            taken.append((time.perf_counter() - started, time.process_time() - used))
        clock.append(taken[0][0] / taken[1][0])
        busy.append(cores * taken[0][1] / taken[1][1])
    return statistics.median(clock), statistics.median(busy)


def compiling() -> tuple[float, float]:
    """Seconds to compile over starting with the library made, by the clock and of the processor."""
    with tempfile.TemporaryDirectory(prefix="compiling-") as folder:
        first, second = (machine.used(START, SCENARIO, "0", WHIPCOUNT_CACHE=folder) for _ in range(2))
    return first.clock - second.clock, first.processor - second.processor


def starts(rounds: int) -> tuple[float, float, float]:
    """Seconds to start and load a cached library, over Python and NumPy: clock, processor; the same over scenario
    and plan alone, which both backends need."""
    planned = START.replace("backend = CompiledBackend(build_plan", "backend = (build_plan")
    over, busy, loading = [], [], []
    for _ in range(rounds):
        bare = machine.used("import numpy")
        plan, whole = machine.used(planned, SCENARIO, "0"), machine.used(START, SCENARIO, "0")
        over.append(whole.clock - bare.clock)
        busy.append(whole.processor - bare.processor)
        loading.append(whole.processor - plan.processor)
    return statistics.median(over), statistics.median(busy), statistics.median(loading)


def memory() -> tuple[float, float]:
    """Kilobytes that a run of a block adds, and megabytes that a block of the commands' size takes in all."""
    small, large = (machine.used(START, SCENARIO, str(blocks * BLOCK)).megabytes for blocks in (1, 5))
    return (large - small) / (4 * BLOCK) * 1000, small


def lines_of(rounds: int, cores: int) -> list[str]:
    """The section."""
    others = machine.Others()
    plan = plan_of(SCENARIO)
    seconds, used = compiling()
    taken = ratios(plan, rounds)
    clock, busy = threads(plan, rounds, cores)
    over, start, loading = starts(rounds)
    each, whole = memory()
    rate = 1e6 / statistics.median(one for _, one in taken)
    gain = statistics.median(one / other for one, other in taken)
    return [
        f"Median of {rounds} rounds; {others.used()}.",
        "",
        "| | |",
        "|---|---|",
        f"| NumPy, a core | {1e6 / statistics.median(one for one, _ in taken):,.0f} runs/s |",
        f"| compiled, a core | {rate:,.0f} runs/s |",
        f"| compiled over NumPy, in processor time | {gain:.1f} times |",
        f"| {cores} threads over one, by the clock | {clock:.2f} times |",
        f"| {cores} threads over one, if the processor time that they need is all theirs | {busy:.2f} times |",
        f"| a million runs on {cores} cores, simulation alone, at that rate | {1e6 / rate / busy / 60:.1f} minutes |",
        f"| compiling, by the clock | {seconds:.1f} s |",
        f"| compiling, processor time of the compiler | {used:.1f} s |",
        f"| start with a cached library, over Python with NumPy, by the clock | {over:.2f} s |",
        f"| the same in processor time | {start:.2f} s |",
        f"| of that, to find, check and load the library | {loading:.2f} s |",
        f"| memory a run of a block | {each:,.1f} kB |",
        f"| memory of a process with a block of {BLOCK:,} runs | {whole:,.0f} MB |",
    ]


def main(given: Sequence[str] | None = None) -> int:
    """Measure and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=machine.cores())
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args(given)
    lines = lines_of(arguments.rounds, arguments.cores)
    print("\n".join(lines))
    measured.write(arguments.out, HEADING, lines, machine.description("whipcount", "numpy"))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    raise SystemExit(main())

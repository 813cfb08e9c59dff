"""The benchmark model in every implementation, interleaved: `python benchmarks/run.py`.

First all implementations must agree on the outcomes. Then, in each round, each simulates for a while in turn, on one
core and on all of them; the ratio of two implementations is the median over the rounds of their ratios within a round,
so that a machine whose speed wanders does not decide. Then follow `november-1917` on both backends (backends.py) and
how cost grows with size (growth.py). Writes RESULTS.md.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import machine
import measured
import numpy as np
from peer import ACTORS, BODIES, DAYS, DIMENSIONS, outcomes

from whipcount.errors import WhipcountError

HERE = Path(__file__).resolve().parent
MOST_SIGMA = 4.5  # of some 14 outcomes in four implementations, none should stray this far by chance
LANES = 32
BATCH = 4096  # results are let go batch by batch: the measure is of simulating, not of asking for memory


@dataclass(frozen=True)
class Implementation:
    """One way to run the model: the module, its name in tables, runs for the check, why it may be missing."""

    module: str
    name: str
    check: int
    needs: str = ""


IMPLEMENTATIONS = (
    Implementation("peer_mesa", "Mesa 3", 400, "pip install -e .[bench]"),
    Implementation("peer_python", "plain Python", 400),
    Implementation("peer_whipcount", "whipcount, NumPy", 8_000),
    Implementation("peer_compiled", "whipcount, compiled", 40_000, "a C compiler"),
    Implementation("peer_kernel", "C++ by hand, 32 lanes", 100_000, "a C++ compiler"),
)


def simulate(module: str, runs: int, seed: int) -> tuple[float, float]:
    """Seconds that an implementation takes for so many runs: by the clock, and of the processor."""
    implementation = importlib.import_module(module)
    started, busy = time.perf_counter(), time.process_time()
    for first in range(0, runs, BATCH):
        implementation.simulate(min(BATCH, runs - first), seed=seed, first=first)
    return time.perf_counter() - started, time.process_time() - busy


def present() -> list[Implementation]:
    """The implementations that can run here; says which cannot."""
    found = []
    for implementation in IMPLEMENTATIONS:
        try:
            importlib.import_module(implementation.module).simulate(2)
        except (ImportError, RuntimeError, WhipcountError) as error:
            print(f"left out: {implementation.name} ({error}; needs {implementation.needs})", file=sys.stderr)
        else:
            found.append(implementation)
    return found


def disagreements(chosen: Sequence[Implementation]) -> tuple[list[str], dict[str, dict[str, float]]]:
    """Outcomes whose means differ from those of the largest sample by more than chance, and all means."""
    samples = {one.name: outcomes(importlib.import_module(one.module).simulate(one.check, seed=7)) for one in chosen}
    means = {name: {key: float(values.mean()) for key, values in sample.items()} for name, sample in samples.items()}
    reference = max(chosen, key=lambda one: one.check).name
    found = []
    for name, sample in samples.items():
        for key, values in sample.items():
            base = samples[reference][key]
            error = float(np.sqrt(values.var() / len(values) + base.var() / len(base)))
            difference = abs(means[name][key] - means[reference][key])
            if difference > MOST_SIGMA * error and difference > 1e-6:
                found.append(f"{name}: {key} {means[name][key]:.4f}, {reference}: {means[reference][key]:.4f}")
    return found, means


@dataclass
class Rates:
    """Runs a second of each implementation in each round: by the clock, and of processor time."""

    clock: dict[str, list[float]]
    processor: dict[str, list[float]]


def rates(chosen: Sequence[Implementation], rounds: int, seconds: float, cores: int) -> Rates:
    """Runs a second, on so many processes at once."""
    context = multiprocessing.get_context("spawn")
    found = Rates({one.name: [] for one in chosen}, {one.name: [] for one in chosen})
    with ProcessPoolExecutor(cores, mp_context=context) as pool:

        def times(module: str, runs: int, first_seed: int) -> tuple[float, float]:
            """The slowest by the clock, and the processor time of one of them."""
            seeds = range(first_seed, first_seed + cores)
            clock, busy = zip(*pool.map(simulate, [module] * cores, [runs] * cores, seeds), strict=True)
            return max(clock), sum(busy) / cores

        sizes = {}
        for one in chosen:
            pilot = 2 if one.check < 1_000 else one.check // 8
            times(one.module, pilot, 0)  # the first call of a process also loads, records and compiles
            sizes[one.name] = max(2, round(pilot * seconds / times(one.module, pilot, 0)[1]))
        for number in range(rounds):
            for one in chosen:
                clock, busy = times(one.module, sizes[one.name], 100 * number)
                found.clock[one.name].append(cores * sizes[one.name] / clock)
                found.processor[one.name].append(cores * sizes[one.name] / busy)
                rate = found.processor[one.name][-1]
                print(f"  round {number + 1}, {cores} at once: {one.name}: {rate:,.0f} runs/s", flush=True)
    return found


START = """
import importlib, sys
module = importlib.import_module(sys.argv[1])
runs = int(sys.argv[2])
if runs:
    module.simulate(runs)
"""


def starts(chosen: Sequence[Implementation]) -> list[str]:
    """Cold start, compiling and memory of each implementation, as a Markdown table."""
    lines = ["| | start, s | of that compiling, s | memory a run, kB |", "|---|---|---|---|"]
    bare = machine.used("import numpy")
    for one in chosen:
        few, many = (100, 600) if one.check < 1_000 else (one.check // 8, one.check // 2)
        with tempfile.TemporaryDirectory(prefix="start-") as cache:
            cold, cached, small, large = (
                machine.used(START, one.module, str(runs), folder=HERE, WHIPCOUNT_CACHE=cache)
                for runs in (1, 1, few, many)
            )
        started = cold.processor - bare.processor
        compiling = f"{cold.processor - cached.processor:.1f}" if one.module == "peer_compiled" else ""
        if one.module == "peer_kernel":
            compiling = f"{started:.1f}"
        memory = (large.megabytes - small.megabytes) / (many - few) * 1000
        lines.append(f"| {one.name} | {started:.1f} | {compiling} | {memory:.1f} |")
    return lines


def median_ratio(measured: dict[str, list[float]], name: str, base: str) -> float:
    """Median over the rounds of the ratio within a round."""
    if base not in measured:
        return float("nan")
    return statistics.median(a / b for a, b in zip(measured[name], measured[base], strict=True))


def floor(seated: float, steps: int = 400_000) -> dict[str, float]:
    """The least a core needs a run: counted exponentials and draws, at the rate that this machine does each."""
    kernel = importlib.import_module("peer_kernel")
    built = kernel.build()
    if built is None:
        return {}
    nanoseconds = {}
    for name in ("exponential", "stream"):
        measure = getattr(built.library, f"peer_rate_{name}")
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            measure(steps)
            best = min(best, time.process_time() - started)
        nanoseconds[name] = best / (steps * 8 * LANES // 2) * 1e9
    exponentials = DAYS * (ACTORS * 3 + seated)
    draws = ACTORS * DIMENSIONS + DAYS * (ACTORS + seated + BODIES)
    microseconds = (exponentials * nanoseconds["exponential"] + draws * nanoseconds["stream"]) / 1000
    return {
        "exponentials": exponentials,
        "draws": draws,
        "exponential_ns": nanoseconds["exponential"],
        "draw_ns": nanoseconds["stream"],
        "runs_per_second": 1e6 / microseconds,
    }


def table(one_core: Rates, all_cores: Rates, cores: int) -> list[str]:
    """Rates and ratios as a Markdown table."""
    kernel, mesa = "C++ by hand, 32 lanes", "Mesa 3"
    against = "times Mesa | of the C++"
    lines = [
        f"| | runs/s, a core | {against} | runs/s, {cores} cores | {against} | gain, clock | gain, processor |",
        "|---" * 9 + "|",
    ]
    for name, alone in one_core.processor.items():
        together = all_cores.clock[name]
        cells = [f"{statistics.median(alone):,.0f}", *ratio_cells(one_core.processor, name, mesa, kernel)]
        cells += [f"{statistics.median(together):,.0f}", *ratio_cells(all_cores.processor, name, mesa, kernel)]
        gains = (
            statistics.median(together) / statistics.median(one_core.clock[name]),
            statistics.median(all_cores.processor[name]) / statistics.median(alone),
        )
        lines.append(f"| {name} | {' | '.join([*cells, *(f'{gain:.2f}' for gain in gains)])} |")
    return lines


def ratio_cells(measured: dict[str, list[float]], name: str, mesa: str, kernel: str) -> list[str]:
    """An implementation against Mesa and against the kernel."""
    against_mesa, against_kernel = median_ratio(measured, name, mesa), median_ratio(measured, name, kernel)
    return [
        "" if np.isnan(against_mesa) else f"{against_mesa:,.1f}",
        "" if np.isnan(against_kernel) else f"{against_kernel:.4f}",
    ]


def report(
    one_core: Rates,
    all_cores: Rates,
    costs: list[str],
    used: str,
    means: dict[str, dict[str, float]],
    least: dict[str, float],
    arguments: argparse.Namespace,
) -> list[str]:
    """The section of RESULTS.md about this model."""
    lines = [
        "The model of [peer_model.md](peer_model.md). Interleaved, median of "
        f"{arguments.rounds} rounds of about {arguments.seconds:g} s each; ratios are medians of the rounds' ratios.",
        "Runs a second of a core and all ratios are in processor time, runs a second of all cores by the clock; the "
        f"gain of {arguments.cores} cores over one is given by the clock, and by what the processor time that the runs "
        f"need allows if they get all of it: {used}.",
        "",
        *table(one_core, all_cores, arguments.cores),
        "",
        *costs,
        "",
        "Start: processor time until the first run is done with an empty cache, over Python with NumPy.",
        "",
    ]
    if least:
        lines += [
            f"Floor: a run needs about {least['exponentials']:,.0f} exponentials and {least['draws']:,.0f} draws. By "
            f"themselves, lanes side by side on one core, they take {least['exponential_ns']:.2f} ns and "
            f"{least['draw_ns']:.2f} ns each: at most {least['runs_per_second']:,.0f} runs/s, all else free.",
            "",
        ]
    names = list(means)
    lines += ["Means of the outcomes, agreeing within Monte Carlo error:", ""]
    lines += [f"| outcome | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [
        f"| {key.replace('_', ' ')} | {' | '.join(f'{means[name][key]:.3f}' for name in names)} |"
        for key in means[names[0]]
    ]
    return lines


def main() -> int:
    """Check, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--cores", type=int, default=machine.cores())
    parser.add_argument("--only-model", action="store_true", help="leave out november-1917 and how cost grows")
    parser.add_argument("--check", action="store_true", help="only compare the outcomes")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    chosen = present()
    wrong, means = disagreements(chosen)
    if any(one.module == "peer_compiled" for one in chosen):
        differing = importlib.import_module("peer_compiled").differences(2_000)
        wrong += [f"the two backends of whipcount differ in {name}" for name in differing]
    if wrong:
        print("the implementations disagree:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{len(chosen)} implementations agree on {len(next(iter(means.values())))} outcomes")
    if arguments.check:
        return 0
    others = machine.Others()
    one_core = rates(chosen, arguments.rounds, arguments.seconds, 1)
    all_cores = rates(chosen, arguments.rounds, arguments.seconds, arguments.cores)
    least = floor(means[chosen[-1].name]["seated"])
    section = report(one_core, all_cores, starts(chosen), others.used(), means, least, arguments)
    print("\n".join(section))
    measured.write(arguments.out, "The benchmark model", section, machine.description("numpy", "mesa"))
    if arguments.only_model:
        return 0
    import backends
    import growth

    options = ["--rounds", str(arguments.rounds), "--out", str(arguments.out)]
    return backends.main([*options, "--cores", str(arguments.cores)]) or growth.main(options)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    raise SystemExit(main())

"""The benchmark model in every implementation, interleaved: `python benchmarks/run.py`.

First all implementations must agree on the outcomes. Then, in each round, each simulates for a while in turn, on one
core and on all of them; the ratio of two implementations is the median over the rounds of their ratios within a round,
so that a machine whose speed wanders does not decide. Writes RESULTS.md (its part about this model).
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import statistics
import sys
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


def rates(chosen: Sequence[Implementation], rounds: int, seconds: float, cores: int) -> dict[str, list[float]]:
    """Runs a second of each implementation in each round, on so many processes at once.

    One process is measured in processor time, so that what else runs on the machine counts less; several by the clock.
    """
    context = multiprocessing.get_context("spawn")
    measured: dict[str, list[float]] = {one.name: [] for one in chosen}
    with ProcessPoolExecutor(cores, mp_context=context) as pool:

        def slowest(module: str, runs: int, first_seed: int) -> float:
            times = list(pool.map(simulate, [module] * cores, [runs] * cores, range(first_seed, first_seed + cores)))
            return times[0][1] if cores == 1 else max(wall for wall, _ in times)

        sizes = {}
        for one in chosen:
            pilot = 2 if one.check < 1_000 else one.check // 8
            slowest(one.module, pilot, 0)  # the first call of a process also loads, records and compiles
            sizes[one.name] = max(2, round(pilot * seconds / slowest(one.module, pilot, 0)))
        for number in range(rounds):
            for one in chosen:
                rate = cores * sizes[one.name] / slowest(one.module, sizes[one.name], 100 * number)
                measured[one.name].append(rate)
                print(f"  round {number + 1}, {cores} at once: {one.name}: {rate:,.0f} runs/s", flush=True)
    return measured


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


def table(one_core: dict[str, list[float]], all_cores: dict[str, list[float]], cores: int) -> list[str]:
    """Rates and ratios as a Markdown table."""
    kernel, mesa = "C++ by hand, 32 lanes", "Mesa 3"
    against = "times Mesa | of the C++"
    lines = [
        f"| | runs/s, a core | {against} | runs/s, {cores} cores | {against} | gain of {cores} cores |",
        "|---" * 8 + "|",
    ]
    for name, alone in one_core.items():
        together = all_cores[name]
        cells = [f"{statistics.median(alone):,.0f}", *ratio_cells(one_core, name, mesa, kernel)]
        cells += [f"{statistics.median(together):,.0f}", *ratio_cells(all_cores, name, mesa, kernel)]
        lines.append(f"| {name} | {' | '.join(cells)} | {statistics.median(together) / statistics.median(alone):.2f} |")
    return lines


def ratio_cells(measured: dict[str, list[float]], name: str, mesa: str, kernel: str) -> list[str]:
    """An implementation against Mesa and against the kernel."""
    against_mesa, against_kernel = median_ratio(measured, name, mesa), median_ratio(measured, name, kernel)
    return [
        "" if np.isnan(against_mesa) else f"{against_mesa:,.1f}",
        "" if np.isnan(against_kernel) else f"{against_kernel:.4f}",
    ]


def report(
    one_core: dict[str, list[float]],
    all_cores: dict[str, list[float]],
    means: dict[str, dict[str, float]],
    least: dict[str, float],
    arguments: argparse.Namespace,
) -> list[str]:
    """The section of RESULTS.md about this model."""
    lines = [
        "The model of [peer_model.md](peer_model.md). Interleaved, median of "
        f"{arguments.rounds} rounds of about {arguments.seconds:g} s each; ratios are medians of the rounds' ratios.",
        "A core is measured in processor time, all cores by the clock.",
        "",
        *table(one_core, all_cores, arguments.cores),
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
    one_core = rates(chosen, arguments.rounds, arguments.seconds, 1)
    all_cores = rates(chosen, arguments.rounds, arguments.seconds, arguments.cores)
    least = floor(means[chosen[-1].name]["seated"])
    section = report(one_core, all_cores, means, least, arguments)
    print("\n".join(section))
    measured.write(arguments.out, "The benchmark model", section, machine.description("numpy", "mesa"))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    raise SystemExit(main())

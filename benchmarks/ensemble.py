"""What ensembles cost: time, memory and start of the commands, as a user meets them: `python benchmarks/ensemble.py`.

- `november-1917`: ten thousand runs on all cores, with and without the report.
- `two-bodies`: a million runs; memory must be bounded by the size of a block, so it is compared with that of 10,000.
- `start`: `whipcount --help` over the start of Python itself.

Writes RESULTS.md (its parts about these).
"""

from __future__ import annotations

import argparse
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

HERE = Path(__file__).resolve().parent
COMMAND = [sys.executable, "-m", "whipcount"]
EVERY = 0.2  # seconds between two looks at the memory
PACKAGES = ("whipcount", "numpy", "polars", "pyarrow")


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds, and the most memory of all its processes together, in MB."""

    seconds: float
    megabytes: float


def tree(root: int) -> list[int]:
    """A process and all that it started, by the parents that /proc tells."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        children.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def resident(process: int) -> float:
    """A process's share of memory in MB: pages that several processes use are counted once among them."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


def cost(arguments: list[str], folder: Path) -> Cost:
    """Run a command to its end, looking at its memory as it goes."""
    started = time.perf_counter()
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        running = subprocess.Popen([*COMMAND, *arguments], stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        most = 0.0
        while running.poll() is None:
            most = max(most, sum(map(resident, tree(running.pid))))
            time.sleep(EVERY)
    seconds = time.perf_counter() - started
    if running.returncode:
        tail = (folder / "output.txt").read_text(encoding="utf-8").splitlines()[-5:]
        raise SystemExit("\n".join([f"whipcount {' '.join(arguments)} ended with {running.returncode}:", *tail]))
    return Cost(seconds, most)


def run_cost(scenario: str, runs: int, *options: str) -> Cost:
    """The cost of one ensemble in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="ensemble-") as name:
        folder = Path(name)
        return cost(["run", scenario, "-n", str(runs), "--out", str(folder / "run"), *options], folder)


def november(rounds: int) -> list[str]:
    """Ten thousand runs, as `make run` does them."""
    lines = ["| 10,000 runs of `november-1917` | seconds | runs/s | memory |", "|---|---|---|---|"]
    for name, options in (("tables only", ["--no-report"]), ("with the report", [])):
        taken = [run_cost("november-1917", 10_000, *options) for _ in range(rounds)]
        seconds, most = statistics.median(one.seconds for one in taken), max(one.megabytes for one in taken)
        lines.append(f"| {name} | {seconds:.1f} | {10_000 / seconds:,.0f} | {most:,.0f} MB |")
    return lines


def two_bodies(runs: int) -> list[str]:
    """Memory of a small and of a very large ensemble."""
    lines = ["| runs of `two-bodies` | seconds | runs/s | memory |", "|---|---|---|---|"]
    for number in sorted({min(10_000, runs), runs}):
        taken = run_cost("two-bodies", number, "--no-report")
        lines.append(
            f"| {number:,} | {taken.seconds:.1f} | {number / taken.seconds:,.0f} | {taken.megabytes:,.0f} MB |"
        )
    return lines


def start(rounds: int) -> list[str]:
    """Starting the command line, over starting Python, interleaved."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
        "whipcount --help": [*COMMAND, "--help"],
        "whipcount run --help": [*COMMAND, "run", "--help"],
        "whipcount list": [*COMMAND, "list"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            taken[name].append(time.perf_counter() - started)
    bare = next(iter(taken))
    lines = ["| command | seconds | over Python's own start |", "|---|---|---|"]
    for name, times in taken.items():
        over = statistics.median(a - b for a, b in zip(times, taken[bare], strict=True))
        lines.append(f"| `{name}` | {statistics.median(times):.3f} | {over:.3f} |")
    return lines


def main() -> int:
    """Measure what is asked for, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("november-1917", "two-bodies", "start"), action="append")
    parser.add_argument(
        "--rounds", type=int, default=3, help="ensembles of november-1917; starts are taken five times as often"
    )
    parser.add_argument("--million", type=int, default=1_000_000, metavar="N", help="runs of two-bodies")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[], list[str]]]] = {
        "start": ("Starting a command", lambda: start(5 * arguments.rounds)),
        "november-1917": ("An ensemble of november-1917", lambda: november(arguments.rounds)),
        "two-bodies": ("Memory and the number of runs", lambda: two_bodies(arguments.million)),
    }
    for key, (heading, measure) in parts.items():
        if arguments.only and key not in arguments.only:
            continue
        lines = measure()
        print("\n".join(lines), flush=True)
        measured.write(arguments.out, heading, lines, machine.description(*PACKAGES))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

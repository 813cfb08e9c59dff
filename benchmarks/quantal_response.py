"""Logit equilibria beside Gambit's, in turns on one core: seconds of processor, and the largest difference.

    python benchmarks/quantal_response.py [--golden DIR] [--write]

The games of the reference table (--golden), else random ones of 2 to 6 options, each at lambda .5, 2 and 10. Needs
pygambit (`pip install pygambit==17.0.0b2`); it stands among no requirements.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import machine
import measured
import numpy as np
import pygambit

from whipcount.theory.quantal_response import NormalForm, branch_points

RESULTS = Path(__file__).with_name("RESULTS.md")
ROUNDS = 7
LAMBDAS = (0.5, 2.0, 10.0)
Pair = tuple[np.ndarray, np.ndarray]


def games(golden: Path | None) -> dict[str, list[Pair]]:
    """Sets of games, each as the payoffs of the two players."""
    random = np.random.default_rng(1)
    found = {}
    if golden is not None:
        told = json.loads((golden / "qre_logit.json").read_text(encoding="utf-8"))["games"]
        found["reference table"] = [(np.array(one["row_payoffs"]), np.array(one["column_payoffs"])) for one in told]
    for size in (2, 4, 6):
        shape = (12, 2, size, size)
        found[f"random, {size} by {size}"] = [(one[0], one[1]) for one in random.normal(size=shape).round(2)]
    return found


def ours(pairs: list[Pair]) -> list[list[np.ndarray]]:
    """Mixes of both players at each lambda, game by game."""
    return [[np.concatenate(mixes) for mixes in branch_points(NormalForm((a, b)), LAMBDAS)] for a, b in pairs]


def theirs(pairs: list[Pair]) -> list[list[np.ndarray]]:
    """The same by Gambit."""
    found = []
    for first, second in pairs:
        game = pygambit.StrategicGame.from_arrays(first.astype(float), second.astype(float))
        points = pygambit.qre.logit_solve_lambda(game, list(LAMBDAS))
        found.append([np.array([chance for mix in point.profile for _, chance in mix]) for point in points])
    return found


def beside(golden: Path | None) -> list[str]:
    """A table of seconds, ratios within rounds, and how many points agree."""
    lines = ["| games | points | whipcount, s | Gambit, s | whipcount's against it | the same to 1e-6 |"]
    lines.append("|---|---|---|---|---|---|")
    for name, pairs in games(golden).items():
        times: dict[str, list[float]] = {"ours": [], "theirs": []}
        told: dict[str, list[list[np.ndarray]]] = {}
        for turn in range(ROUNDS + 1):
            for who, work in (("ours", ours), ("theirs", theirs)):
                started = time.process_time()
                told[who] = work(pairs)
                if turn:  # the first one warms up
                    times[who].append(time.process_time() - started)
        near = [
            float(np.abs(one - other).max()) < 1e-6
            for mine, other_game in zip(told["ours"], told["theirs"], strict=True)
            for one, other in zip(mine, other_game, strict=True)
        ]
        ratio = statistics.median(a / b for a, b in zip(times["ours"], times["theirs"], strict=True))
        seconds = [statistics.median(times[who]) for who in ("ours", "theirs")]
        lines.append(
            f"| {len(pairs)}, {name} | {len(near)} | {seconds[0]:.3f} | {seconds[1]:.3f} | {ratio:.2f} | {sum(near)} |"
        )
    return lines


def main() -> None:
    """Measure, print, and keep with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=Path, default=None)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    lines = beside(given.golden)
    print("\n".join(lines))
    if given.write:
        heading = "Logit equilibria beside Gambit"
        measured.write(RESULTS, heading, lines, machine.description("numpy", "scipy", "pygambit"))


if __name__ == "__main__":
    main()

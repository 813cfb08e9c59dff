"""The mixed logit beside xlogit, in turns on one core: processor time and log-likelihood.

    python benchmarks/mixed_logit.py [--golden DIR] [--write]

On made-up choices among ten alternatives, and on the cabinets of the reference table (--golden) among up to 127. Needs
xlogit (`pip install xlogit`); it stands among no requirements.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import machine
import measured
import numpy as np
from xlogit import MixedLogit

from whipcount.session import using
from whipcount.theory.formation_logit import ChoiceSets
from whipcount.theory.formation_mixed import fit_mixed

RESULTS = Path(__file__).with_name("RESULTS.md")
ROUNDS = 5
DRAWS = 200


def made_up() -> tuple[list[np.ndarray], list[int], tuple[int, ...]]:
    """Five hundred choices among ten alternatives of four covariates, of which two weigh differently for each."""
    random = np.random.default_rng(1)
    tables = [random.normal(size=(10, 4)) for _ in range(500)]
    weights = np.array([1.0, -0.5, 0.8, 0.3]) + random.normal(size=(500, 4)) * np.array([1.0, 0.0, 0.7, 0.0])
    chosen = [
        int(np.argmax(table @ weight + random.gumbel(size=10))) for table, weight in zip(tables, weights, strict=True)
    ]
    return tables, chosen, (0, 2)


def cabinets(golden: Path) -> tuple[list[np.ndarray], list[int], tuple[int, ...]]:
    """The cabinets of the reference table; minority and range vary."""
    with gzip.open(golden / "formation_choices.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name not in ("opportunity", "cabinet", "chosen")]
    tables: dict[str, list[list[float]]] = {}
    chosen: dict[str, int] = {}
    for row in rows:
        table = tables.setdefault(row["opportunity"], [])
        if row["chosen"] == "1":
            chosen[row["opportunity"]] = len(table)
        table.append([float(row[name]) for name in names])
    return [np.array(one) for one in tables.values()], [chosen[name] for name in tables], (0, 3)


def measure(tables: list[np.ndarray], chosen: list[int], random: tuple[int, ...]) -> list[str]:
    """Seconds and log-likelihoods of both, in turns."""
    sets = ChoiceSets.stack(tables, chosen)
    choices, most, number = len(tables), max(map(len, tables)), tables[0].shape[1]
    rows, there, taken = np.zeros((choices, most, number)), np.zeros((choices, most)), np.zeros((choices, most))
    for place, table in enumerate(tables):
        rows[place, : len(table)], there[place, : len(table)], taken[place, chosen[place]] = table, 1, 1
    names = [f"x{place}" for place in range(number)]
    ids, alts = np.repeat(np.arange(choices), most), np.tile(np.arange(most), choices)
    fit_mixed(sets, random, draws=2)
    seconds: dict[str, list[float]] = {"compiled": [], "numpy": [], "xlogit": []}
    logs: dict[str, float] = {}
    for _ in range(ROUNDS):
        for backend in ("compiled", "numpy"):
            started = time.process_time()
            with using(backend=backend):
                logs[backend] = fit_mixed(sets, random, draws=DRAWS).loglik
            seconds[backend].append(time.process_time() - started)
        model = MixedLogit()
        started = time.process_time()
        model.fit(
            rows.reshape(-1, number), taken.ravel(), varnames=names, ids=ids, alts=alts, avail=there.ravel(),
            randvars={names[place]: "n" for place in random}, n_draws=DRAWS, verbose=0,
        )  # fmt: skip
        seconds["xlogit"].append(time.process_time() - started)
        logs["xlogit"] = float(model.loglikelihood)
    titles = {"compiled": "whipcount, compiled", "numpy": "whipcount, NumPy", "xlogit": "xlogit"}
    found = ["| | seconds | xlogit's against it, within each round | log-likelihood |", "|---|---|---|---|"]
    for name, title in titles.items():
        ratio = statistics.median(b / a for a, b in zip(seconds[name], seconds["xlogit"], strict=True))
        found.append(f"| {title} | {statistics.median(seconds[name]):.3f} | {ratio:.2f} | {logs[name]:.3f} |")
    return found


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=Path, default=None)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    lines = [f"500 choices among 10 alternatives, two coefficients vary, {DRAWS} draws:", "", *measure(*made_up())]
    if given.golden:
        title = f"190 formations among up to 127 cabinets, two coefficients vary, {DRAWS} draws:"
        lines += ["", title, "", *measure(*cabinets(given.golden))]
    print("\n".join(lines))
    if given.write:
        measured.write(RESULTS, "Mixed logit beside xlogit", lines, machine.description("numpy", "scipy", "xlogit"))


if __name__ == "__main__":
    main()

"""What importance splitting saves: how far estimates of several seeds scatter, beside what as many plain runs would.

python benchmarks/rare.py --runs 50000 --seeds 10
"""

from __future__ import annotations

import argparse

import numpy as np

from whipcount.questions.rare import rare
from whipcount.scenario import load

OUTCOMES = (
    ("two-bodies", "q07_posts_resigned_3 >= 5"),
    ("two-bodies", "q07_posts_resigned_3 >= 6"),
    ("two-bodies", "q07_posts_resigned_3 >= 7"),
    ("two-bodies", "signers >= 6"),
    ("two-bodies", "signers >= 7"),
)


def main() -> None:
    """Print a row for each outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    print("| crisis | outcome | probability | runs | scatter of seeds, relative | of as many plain runs | runs saved |")
    print("|---|---|---|---|---|---|---|")
    for crisis, outcome in OUTCOMES:
        loaded = load(crisis)
        found = [rare(loaded, outcome, asked.runs, seed=seed, workers=asked.workers) for seed in range(asked.seeds)]
        estimates = np.array([one.probability for one in found])
        runs = np.mean([one.runs for one in found])
        mean, scatter = estimates.mean(), estimates.std(ddof=1)
        plain = np.sqrt(mean * (1 - mean) / runs) if mean else np.nan
        row = (crisis, outcome, f"{mean:.2e}", f"{runs:,.0f}", f"{scatter / mean:.3f}", f"{plain / mean:.3f}")
        print("| " + " | ".join((*row, f"{(plain / scatter) ** 2:.1f} times")) + " |", flush=True)


if __name__ == "__main__":
    main()

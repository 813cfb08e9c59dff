"""How far each command goes and how long it takes there: processor time, one core, at sizes up to the limit.

    python benchmarks/limits.py [--only power] [--json]

The page docs/reference/limits.md holds what this printed; run it on your own machine to know how long yours takes.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import whipcount
from whipcount.theory.rollcall_table import Motion, RollCalls

SEED = 7
Row = tuple[str, str, Callable[[], Any]]


def body(members: int, most: int = 1000) -> dict[str, int]:
    """A body of members with weights up to `most`."""
    random = np.random.default_rng(SEED)
    return {f"M{row}": int(weight) for row, weight in enumerate(random.integers(1, most, members))}


def parliament(parties: int) -> list[dict[str, Any]]:
    """Parties with seats and places on two dimensions."""
    random = np.random.default_rng(SEED)
    return [
        {
            "party": f"P{row}",
            "seats": int(random.integers(5, 60)),
            "x": float(random.random()),
            "y": float(random.random()),
        }
        for row in range(parties)
    ]


def actors(many: int) -> list[dict[str, Any]]:
    """Actors with power, a position on one dimension and salience."""
    random = np.random.default_rng(SEED)
    return [
        {
            "actor": f"A{row}",
            "power": float(random.random()),
            "position": float(100 * random.random()),
            "salience": float(random.random()),
        }
        for row in range(many)
    ]


def calls(members: int, motions: int) -> RollCalls:
    """Votes along a line by two parties, a few of whose members rebel."""
    random = np.random.default_rng(SEED)
    place = np.sort(random.normal(size=members))
    odds = random.normal(size=motions) * 0.5 + np.outer(place, random.choice([-2.0, 2.0], motions))
    votes = (random.random(odds.shape) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    parties = tuple("AB"[int(one > 0)] for one in place)
    return RollCalls(
        tuple(f"m{row}" for row in range(members)), parties, tuple(Motion(f"v{k}") for k in range(motions)), votes
    )


def work() -> Iterator[Row]:
    """Every command with its size and what is done there."""
    yield (
        "power",
        "34 members, any weights",
        lambda: whipcount.power(body(34, 10**9), index=["banzhaf", "shapley_shubik"]),
    )
    yield "power", "28 members, two majorities", lambda: whipcount.power(body(28), rule="2/3 and majority of members")
    yield (
        "power",
        "190 members, Banzhaf and Coleman",
        lambda: whipcount.power(body(190, 5000), index=["banzhaf", "coleman_prevent"]),
    )
    yield "power", "2,000 members, Banzhaf", lambda: whipcount.power(body(2000, 20), index=["banzhaf"])
    yield "power", "190 members, all indices (Shapley-Shubik sampled)", lambda: whipcount.power(body(190, 5000))
    yield (
        "power",
        "3,000 members, weights up to 800, Banzhaf",
        lambda: whipcount.power(body(3000, 800), index=["banzhaf"]),
    )
    yield "power", "5,000 members, any weights (sampled)", lambda: whipcount.power(body(5000, 500_000))
    yield "coalitions", "20 parties", lambda: whipcount.coalitions(parliament(20), positions="x,y")
    yield "coalitions", "25 parties", lambda: whipcount.coalitions(parliament(25), positions="x,y")
    yield "spatial", "100 members, 2 dimensions", lambda: whipcount.spatial(parliament(100), positions="x,y")
    yield "spatial", "150 members, 2 dimensions", lambda: whipcount.spatial(parliament(150), positions="x,y")
    yield "spatial", "1,000 members, 1 dimension", lambda: whipcount.spatial(parliament(1000), positions="x")
    for many in (60, 120):
        yield "bargain --model ktab", f"{many} actors", lambda many=many: whipcount.bargain(actors(many), model="ktab")
    yield (
        "bargain, other models",
        "120 actors",
        lambda: whipcount.bargain(actors(120), model="mean,median,nash,expected_utility"),
    )
    yield (
        "formation",
        "16 parties",
        lambda: whipcount.formation(
            [{"party": one["party"], "seats": one["seats"], "left_right": 10 * one["x"]} for one in parliament(16)],
            scale=(0, 10),
        ),
    )
    for members, motions in ((100, 500), (700, 1000)):
        size, given = f"{members} members, {motions:,} motions", calls(members, motions)
        yield "rollcall ideal", size, lambda given=given: whipcount.rollcall.ideal(given)
        yield "rollcall unity", size, lambda given=given: whipcount.rollcall.unity(given)
    given = calls(100, 100)
    yield "rollcall whip", "100 members, 100 motions", lambda: whipcount.rollcall.whip(given, like="v99")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="commands whose names begin so")
    parser.add_argument("--json", action="store_true", help="print a list of records")
    asked = parser.parse_args()
    found = []
    for command, size, job in work():
        if command.startswith(asked.only):
            started = time.process_time()
            job()
            found.append({"command": command, "size": size, "seconds": round(time.process_time() - started, 2)})
            if not asked.json:
                print("| `{command}` | {size} | {seconds:.2f} s |".format(**found[-1]), flush=True)
    if asked.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

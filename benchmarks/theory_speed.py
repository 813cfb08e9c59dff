"""How fast the solvers are, as ratios in one run against other ways of computing the same.

    python benchmarks/theory_speed.py --peers FOLDER [--write]

FOLDER holds the peers, which are no dependencies of the project: `pip install --target FOLDER powerindex` and
`pip download --no-deps --only-binary=:all: --python-version 3.12 --dest DOWNLOADS electoral-sim==0.2.0` unpacked into
FOLDER (it asks for Python 3.12; the one file that is measured runs on 3.11 too). A peer that is missing is left out,
and its algorithm, written here in the same style, is measured instead where there is one. Every comparison first
checks that both sides give the same numbers. `--json` prints one object; `--write` puts voting power into RESULTS.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
import types
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import machine
import measured
import numpy as np

from whipcount.theory.counting import count_winning
from whipcount.theory.expected_utility_play import play_rounds
from whipcount.theory.minimal import minimal_masks
from whipcount.theory.power import power, shapley_shubik
from whipcount.theory.rules import weighted_majority

RESULTS = Path(__file__).with_name("RESULTS.md")
MEMBERS = 100
PARTIES = 20
DRAWS = 400
ROUNDS = 10
PLAIN_DRAWS = 2
TURNS = 7
TIE = 1e-9  # of the scale: offers that ask for the same
SEED = 20


def seconds(work: Callable[[], Any], repeat: int = 5) -> tuple[float, Any]:
    """The best of several times, and the result: processor time, so that other work on the machine weighs little."""
    best, result = float("inf"), None
    for _ in range(repeat):
        started = time.process_time()
        result = work()
        best = min(best, time.process_time() - started)
    return best, result


# -- Shapley-Shubik ---------------------------------------------------------------------------------------------------


def shapley(peers: Path | None) -> dict[str, Any]:
    """Exact Shapley-Shubik of 100 members with weights 1 to 50, against `powerindex`."""
    random = np.random.default_rng(SEED)
    weights = [int(weight) for weight in random.integers(1, 51, MEMBERS)]
    quota = sum(weights) // 2 + 1
    ours, exact = seconds(lambda: shapley_shubik(weights, quota))
    found: dict[str, Any] = {"members": MEMBERS, "weights": sum(weights), "seconds": ours}
    peer = load(peers, "powerindex", "powerindex/powerindex.py")
    if peer is None:
        return found | {"peer": None}

    def theirs() -> list[float]:
        game = peer.Game(quota, list(weights))
        game.calc_shapley_shubik()
        return list(game.shapley_shubik)

    slow, values = seconds(theirs, repeat=2)
    assert np.allclose(values, [float(value) for value in exact], rtol=1e-6), "the two disagree"
    return found | {"peer": "powerindex", "peer_seconds": slow, "ratio": slow / ours}


def banzhaf(peers: Path | None) -> dict[str, Any]:
    """Exact Banzhaf alone of the same members, from the rule to the index, in turns with `powerindex`."""
    random = np.random.default_rng(SEED)
    weights = [int(weight) for weight in random.integers(1, 51, MEMBERS)]
    quota = sum(weights) // 2 + 1
    peer = load(peers, "powerindex", "powerindex/powerindex.py")

    def ours() -> list[float]:
        return list(power(weighted_majority(weights, quota), indices=("banzhaf",)).indices[0].values)

    def theirs() -> list[float]:
        game = peer.Game(quota, list(weights))
        game.calc_banzhaf()
        return list(game.banzhaf)

    times, values = {"ours": float("inf"), "theirs": float("inf")}, {}
    for _ in range(TURNS):
        for name, work in (("ours", ours), ("theirs", theirs)):
            if name == "ours" or peer is not None:
                spent, values[name] = seconds(work, repeat=1)
                times[name] = min(times[name], spent)
    found: dict[str, Any] = {"members": MEMBERS, "weights": sum(weights), "seconds": times["ours"]}
    if peer is None:
        return found | {"peer": None}
    assert np.allclose(values["ours"], values["theirs"], rtol=1e-9), "the two disagree"
    ratio = times["theirs"] / times["ours"]
    return found | {"peer": "powerindex", "peer_seconds": times["theirs"], "ratio": ratio}


def voting_power(results: dict[str, dict[str, Any]]) -> list[str]:
    """A table of the indices beside `powerindex`."""
    lines = ["| 100 members, exact | whipcount, ms | powerindex, ms | times as fast |", "|---|---|---|---|"]
    for name, label in (("shapley_shubik", "Shapley-Shubik"), ("banzhaf", "Banzhaf")):
        one = results[name]
        if one["peer"] is not None:
            times = f"{1000 * one['seconds']:.1f} | {1000 * one['peer_seconds']:.0f}"
            lines.append(f"| {label} | {times} | {one['ratio']:.0f} |")
    return lines


# -- coalition formation ----------------------------------------------------------------------------------------------


def formation_fit(folder: Path) -> dict[str, Any]:
    """The model of coalition formation fitted to every opportunity of a ParlGov folder."""
    from whipcount.data.parlgov import opportunities, read_parlgov
    from whipcount.theory.formation_logit import ChoiceSets, fit
    from whipcount.theory.formation_model import WHOLE, tables_of

    cases = opportunities(read_parlgov(folder))
    tables, _ = tables_of(cases, WHOLE.blocks)
    sets = ChoiceSets.stack(tables, [case.choice for case in cases])
    spent, _ = seconds(lambda: fit(sets, 20.0), repeat=2)
    return {"opportunities": len(cases), "cabinets": sum(case.cabinets for case in cases), "seconds": spent}


# -- minimal winning coalitions ---------------------------------------------------------------------------------------


def listed_by_size(seats: list[int], quota: int) -> list[tuple[int, ...]]:
    """Every coalition, size by size, kept if it wins and no member can be spared."""
    found = []
    for size in range(1, len(seats) + 1):
        for rows in combinations(range(len(seats)), size):
            total = sum(seats[row] for row in rows)
            if total >= quota and all(total - seats[row] < quota for row in rows):
                found.append(rows)
    return found


def minimal(peers: Path | None) -> dict[str, Any]:
    """All minimal winning coalitions of 20 parties, against `electoral-sim` 0.2, or enumeration in its style."""
    random = np.random.default_rng(SEED)
    seats = [int(one) for one in random.integers(5, 60, PARTIES)]
    quota = sum(seats) // 2 + 1
    ours, masks = seconds(lambda: minimal_masks(seats, quota))
    peer = load(peers, "electoral_sim_coalition", "electoral_sim/engine/coalition.py", strain=True)
    if peer is None:
        name, slow_work = "enumeration by size", lambda: listed_by_size(seats, quota)
    else:
        name = "electoral-sim 0.2.0"
        slow_work = lambda: [tuple(rows) for rows, _ in peer.minimum_winning_coalitions(np.array(seats))]  # noqa: E731
    slow, listed = seconds(slow_work, repeat=2)
    assert {sum(1 << row for row in rows) for rows in listed} == set(masks.tolist()), "the two disagree"
    return {
        "parties": PARTIES, "coalitions": len(masks), "seconds": ours, "peer": name, "peer_seconds": slow,
        "ratio": slow / ours,
    }  # fmt: skip


# -- expected utility -------------------------------------------------------------------------------------------------


class PlainModel:
    """The expected-utility model in plain Python: its equations, number by number.

    tuned: keep the bent distances of a round instead of working them out for every vote.
    """

    def __init__(
        self,
        places: list[float],
        capability: list[float],
        salience: list[float],
        denominator: str = "all",
        tuned: bool = False,
    ) -> None:
        self.places, self.salience, self.denominator = list(places), list(salience), denominator
        self.tuned = tuned
        self.stake = [c * s for c, s in zip(capability, salience, strict=True)]
        self.width = max(places) - min(places)
        self.everyone = range(len(places))

    def success(self, attitude: list[float]) -> list[list[float]]:
        """P(i beats j) for all pairs."""
        places, everyone, width = self.places, self.everyone, self.width
        kept = [[(abs(places[k] - places[i]) / width) ** attitude[k] for i in everyone] for k in everyone]
        backing = [[0.0] * len(places) for _ in everyone]
        cast = [[0.0] * len(places) for _ in everyone]
        for i in everyone:
            for j in everyone:
                for k in everyone:
                    if self.tuned:
                        vote = self.stake[k] * (kept[k][j] - kept[k][i])
                    else:
                        to_j, to_i = abs(places[k] - places[j]) / width, abs(places[k] - places[i]) / width
                        vote = self.stake[k] * (to_j ** attitude[k] - to_i ** attitude[k])
                    cast[i][j] += abs(vote)
                    if vote > 0:
                        backing[i][j] += vote
        total = sum(map(sum, cast))
        found = [[0.0] * len(places) for _ in everyone]
        for i in everyone:
            for j in everyone:
                out_of = total if self.denominator == "all" else cast[i][j]
                if places[i] != places[j] and out_of > 0:
                    found[i][j] = backing[i][j] / out_of
        return found

    def apart(self, i: int, j: int) -> bool:
        """Whether two stand in different places, whatever the rounding of their positions says."""
        return abs(self.places[i] - self.places[j]) >= TIE * self.width

    def gain(self, i: int, j: int, chance: list[list[float]], risk: float) -> float:
        """What i expects from challenging j, seen with an attitude to risk."""
        distance = abs(self.places[i] - self.places[j]) / self.width
        won, lost = 2 - 4 * (0.5 - 0.5 * distance) ** risk, 2 - 4 * (0.5 + 0.5 * distance) ** risk
        resist = self.salience[j] * (chance[i][j] * won + (1 - chance[i][j]) * lost)
        return resist + (1 - self.salience[j]) * won - (2 - 4 * 0.5**risk)

    def attitudes(self) -> list[float]:
        """Exponents of risk from the danger each is in."""
        chance = self.success([1.0] * len(self.places))
        danger = [sum(self.gain(j, i, chance, 1.0) for j in self.everyone if j != i) for i in self.everyone]
        low, high = min(danger), max(danger)
        if high - low <= 1e-12:
            return [1.0] * len(danger)
        levels = [(2 * one - high - low) / (high - low) for one in danger]
        return [(1 - level / 3) / (1 + level / 3) for level in levels]

    def play(self) -> None:
        """One round."""
        attitude = self.attitudes()
        chance = self.success(attitude)
        self.places = [self.moved(i, chance, attitude[i]) for i in self.everyone]

    def moved(self, i: int, chance: list[list[float]], risk: float) -> float:
        """Where i stands after taking the best offer it sees."""
        here = self.places[i]
        offers: dict[str, list[tuple[float, float]]] = {"confront": [], "compromise": [], "capitulate": []}
        for j in self.everyone:
            there = self.places[j]
            if not self.apart(i, j):
                continue
            mine, theirs = self.gain(i, j, chance, risk), self.gain(j, i, chance, risk)
            if theirs > mine > 0:
                offers["confront"].append((abs(here - there), there))
            elif theirs > 0 > mine and theirs > -mine:
                weighted = (abs(mine) * here + abs(theirs) * there) / (abs(mine) + abs(theirs))
                offers["compromise"].append((weighted, here + (there - here) * abs(mine / theirs)))
            elif theirs > 0 > mine:
                offers["capitulate"].append((abs(here - there), there))
        for kind in ("confront", "compromise", "capitulate"):
            if offers[kind]:
                least = min(asked for asked, _ in offers[kind])
                equals = [end for asked, end in offers[kind] if asked <= least + TIE * self.width]
                return sum(equals) / len(equals)
        return here


def expected_utility() -> dict[str, Any]:
    """Rounds of the expected-utility model for many draws of 27 actors, against plain Python, time per draw."""
    random = np.random.default_rng(SEED)
    actors = 27
    places, capability, salience = random.random((3, DRAWS, actors))
    width = np.ptp(places, axis=1)
    ours, play = seconds(lambda: play_rounds(places, capability, salience, width, ROUNDS))

    def plain(tuned: bool) -> list[list[float]]:
        found = []
        for draw in range(PLAIN_DRAWS):
            given = (places[draw].tolist(), capability[draw].tolist(), salience[draw].tolist())
            model = PlainModel(*given, tuned=tuned)
            for _ in range(ROUNDS):
                model.play()
            found.append(model.places)
        return found

    each = ours / DRAWS
    found: dict[str, Any] = {"actors": actors, "rounds": ROUNDS, "draws": DRAWS, "seconds_per_draw": each}
    for name, tuned in (("", False), ("tuned_", True)):
        slow, ends = seconds(lambda tuned=tuned: plain(tuned), repeat=2)  # type: ignore[misc]
        assert np.allclose(ends, play.positions[-1][:PLAIN_DRAWS], atol=1e-6), "the two disagree"
        found[f"{name}plain_seconds_per_draw"] = slow / PLAIN_DRAWS
        found["ratio" if not tuned else "ratio_to_tuned"] = slow / PLAIN_DRAWS / each
    return found


def load(folder: Path | None, name: str, file: str, strain: bool = False) -> Any:
    """One file of a peer as a module; None where it is not there."""
    path = folder / file if folder is not None else None
    if path is None or not path.is_file():
        return None
    if strain:
        # the file imports a neighbour by its package's name, whose own imports are not needed here
        neighbour = path.with_name("strain.py")
        for parent in ("electoral_sim", "electoral_sim.engine"):
            sys.modules.setdefault(parent, types.ModuleType(parent))
        module = run_file("electoral_sim.engine.strain", neighbour)
        sys.modules["electoral_sim.engine.strain"] = module
    return run_file(name, path)


def run_file(name: str, path: Path) -> types.ModuleType:
    """A module from a file."""
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=None, help="folder that holds the peers")
    parser.add_argument("--parlgov", type=Path, default=None, help="folder of ParlGov: fit the formation of coalitions")
    parser.add_argument("--write", action="store_true", help="put voting power into RESULTS.md")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    count_winning(weighted_majority([1, 1, 1]))  # load everything before the clock starts
    results = {
        "shapley_shubik": shapley(given.peers),
        "banzhaf": banzhaf(given.peers),
        "minimal_winning": minimal(given.peers),
        "expected_utility": expected_utility(),
    }
    if given.parlgov is not None:
        results["formation_fit"] = formation_fit(given.parlgov)
    if given.write:
        heading = "Voting power beside powerindex"
        measured.write(RESULTS, heading, voting_power(results), machine.description("numpy"))
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for name, values in results.items():
        print(name)
        for key, value in values.items():
            print(f"  {key:24s} {value:.4g}" if isinstance(value, float) else f"  {key:24s} {value}")


if __name__ == "__main__":
    main()

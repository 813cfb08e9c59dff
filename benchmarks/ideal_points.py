"""Ideal points: agreement with the field's programs, speed beside pscl's, how often intervals cover.

    python benchmarks/ideal_points.py [--golden DIR] [--pscl] [--cover 500] [--bodies 9x45,25x60] [--keep FILE]
        [--large] [--write]

--golden: the folder of votes and reference estimates of two Senates. --pscl: run R's pscl beside it, in turns on one
core. --cover: so many made-up bodies of each size, or of the sizes of --bodies; --keep: a table of those that are done,
from which an interrupted run goes on. --large: 705 members by 10,000 motions, fifty bridged congresses.
What was measured is printed, and put into RESULTS.md with --write.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import resource
import shutil
import statistics
import subprocess
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import machine
import measured
import numpy as np
from scipy.special import ndtr

from whipcount.theory.rollcall_chains import Chains
from whipcount.theory.rollcall_mode import guess_by_period, scale_ballots, scale_votes
from whipcount.theory.rollcall_posterior import sample_posterior
from whipcount.theory.rollcall_table import Floats
from whipcount.theory.rollcall_votes import ballots_of, from_votes

RESULTS = Path(__file__).with_name("RESULTS.md")
BODIES = ((9, 45), (25, 60), (100, 60), (100, 300))
ROUNDS = 5
PSCL_SWEEPS = 2000
# pscl's own votes of the same Senate, motions with a losing side of more than 2.5%, one draw a sweep, points only
PSCL = f"""
suppressMessages(library(pscl)); library(coda); data(s109)
started <- proc.time()
found <- ideal(s109, d=1, maxiter={PSCL_SWEEPS + 200}, burnin=200, thin=1, normalize=FALSE, store.item=FALSE,
               dropList=list(codes="notInLegis", lop=floor(0.025*102)), verbose=FALSE)
took <- (proc.time() - started)[["user.self"]]
x <- found$x[,,1]; z <- t(apply(x, 1, function(r) (r - mean(r)) / sd(r)))
cat("\\nTOLD", found$n, found$m, took, nrow(z), median(effectiveSize(mcmc(z))), "\\n")
"""


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def senate(golden: Path, name: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Members, yes and seen of a Senate's motions that every reference fit has used."""
    with gzip.open(golden / f"{name}_votes.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = [one["motion"] for one in read(golden / f"{name}_motions.csv") if one["kept"] == "1"]
    motions = {motion: place for place, motion in enumerate(kept)}
    members = {member: place for place, member in enumerate(dict.fromkeys(row["member"] for row in rows))}
    yes = np.zeros((len(members), len(motions)), dtype=bool)
    seen = np.zeros_like(yes)
    for row in rows:
        if row["motion"] in motions:
            where = members[row["member"]], motions[row["motion"]]
            seen[where], yes[where] = True, row["vote"] == "yes"
    return list(members), yes, seen


def agreement(golden: Path) -> list[str]:
    """A table of points and fit beside W-NOMINATE, oc, binIRT and pscl."""
    lines = [
        "| | dimensions | errors | W-NOMINATE's | oc's | GMP | binIRT's | correlation with pscl's means |",
        "|---|---|---|---|---|---|---|---|",
    ]
    fits = {(one["data"], one["package"], one["dims"]): one for one in read(golden / "fits.csv")}
    for name in ("s109", "sen90"):
        members, yes, seen = senate(golden, name)
        rows = {row["member"]: float(row["mean"]) for row in read(golden / f"{name}_ideal.csv")}
        for dims in (1, 2):
            found = scale_votes(yes, seen, dims)
            utility = found.difficulty + found.points @ found.discrimination.T
            wrong = int((((utility > 0) != yes) & seen).sum())
            theirs = np.array([rows[member] for member in members])
            same = f"{abs(np.corrcoef(found.points[:, 0], theirs)[0, 1]):.4f}" if dims == 1 else ""
            variational = f"{float(fits[name, 'binIRT', '1']['gmp']):.4f}" if dims == 1 else ""
            lines.append(
                f"| {name} | {dims} | {wrong:,} | {int(fits[name, 'wnominate', str(dims)]['errors']):,} "
                f"| {int(fits[name, 'oc', str(dims)]['errors']):,} | {np.exp(found.loglik / seen.sum()):.4f} "
                f"| {variational} | {same} |"
            )
    return lines


def drawn(golden: Path) -> list[str]:
    """The posterior beside pscl's, with its priors and with a spread of items that is learnt."""
    lines = ["| | spread of items | sd against pscl's, median | R-hat | WAIC |", "|---|---|---|---|---|"]
    for name in ("s109", "sen90"):
        members, yes, seen = senate(golden, name)
        rows = {row["member"]: float(row["sd"]) for row in read(golden / f"{name}_ideal.csv")}
        spread = np.array([rows[member] for member in members])
        ballots = ballots_of(yes, seen)
        mode = scale_ballots(ballots)
        for given in (5.0, None):
            found = sample_posterior(ballots, mode, 1000, spread=given)
            mixing = found.mixing[0] if found.mixing else float("nan")
            ratio = float(np.median(found.spread[:, 0] / spread))
            label = "5, as pscl" if given else "learnt"
            lines.append(f"| {name} | {label} | {ratio:.3f} | {mixing:.3f} | {found.waic:,.0f} |")
    return lines


def effective(draws: Floats) -> float:
    """The effective number of draws of a series: Geyer's (1992) initial positive sequence."""
    centred = draws - draws.mean()
    spectrum = np.fft.rfft(centred, 2 * len(draws))
    kept = np.fft.irfft(spectrum * spectrum.conj())[: len(draws)]
    pairs = (kept / kept[0])[1 : len(draws) // 2 * 2 - 1].reshape(-1, 2).sum(axis=1)
    stop = int(np.argmax(pairs < 0)) if (pairs < 0).any() else len(pairs)
    return len(draws) / (1 + 2 * float(pairs[:stop].sum()))


def speed(golden: Path, pscl: bool) -> list[str]:
    """Seconds of processor for the mode and the draws of the 109th Senate; pscl in turns where it is there."""
    _, yes, seen = senate(golden, "s109")
    scale_votes(yes, seen)  # compile before the clock starts
    modes, own, theirs = [], [], []
    for turn in range(ROUNDS):
        started = time.process_time()
        scale_votes(yes, seen)
        modes.append(time.process_time() - started)
        ballots = ballots_of(yes, seen)
        started = time.process_time()
        found = sample_posterior(ballots, scale_ballots(ballots), 1000, turn, spread=5.0)
        took = time.process_time() - started
        sizes = [sum(effective(chain[:, one]) for chain in found.points[..., 0]) for one in range(ballots.points)]
        own.append((took, float(np.median(sizes))))
        if pscl and shutil.which("Rscript"):
            told = subprocess.run(["Rscript", "-e", PSCL], capture_output=True, text=True, check=True).stdout
            fields = told.split("TOLD")[1].split()
            theirs.append((float(fields[2]), float(fields[4])))
    mode = statistics.median(modes)
    rate = statistics.median(size / took for took, size in own)
    lines = [f"- Mode, one dimension, s109 (102 members, 520 motions, {seen.sum():,} votes): {mode:.3f} s"]
    lines.append(
        f"- 1,000 draws of four chains: {statistics.median(one for one, _ in own):.1f} s, {rate:.0f} effective a second"
    )
    if theirs:
        other = statistics.median(size / took for took, size in theirs)
        again = statistics.median(took for took, _ in theirs)
        lines.append(f"- pscl {PSCL_SWEEPS + 200:,} sweeps: {again:.1f} s, {other:.1f} effective draws a second")
        ratio = [size / took / (b / a) for (took, size), (a, b) in zip(own, theirs, strict=True)]
        long = [(a * 20_000 / (PSCL_SWEEPS + 200)) / took for took, (a, _) in zip(modes, theirs, strict=True)]
        lines.append(
            f"- Effective draws a second, as a multiple of pscl's, within each round: {statistics.median(ratio):.1f}"
        )
        lines.append(
            f"- Mode against pscl's 20,000 sweeps, within each round: {statistics.median(long):.0f} times as fast"
        )
    return lines


def body(members: int, motions: int, seed: int) -> tuple[Floats, np.ndarray, np.ndarray]:
    """A body drawn from the model: points N(0, 1), slopes N(0, 1.5), constants N(0, .7), a tenth absent."""
    random = np.random.default_rng(seed)
    points = np.sort(random.normal(size=members))
    slope, level = random.normal(size=motions) * 1.5, random.normal(size=motions) * 0.7
    yes = random.random((members, motions)) < ndtr(level + np.outer(points, slope))
    return points, yes, random.random(yes.shape) >= 0.1


def covered(members: int, motions: int, seed: int) -> tuple[float, float]:
    """In one made-up body, the share of members whose standardised truth 95% intervals hold: of draws, of the mode."""
    points, yes, seen = body(members, motions, seed)
    told = (yes & seen).any(axis=0) & (~yes & seen).any(axis=0)
    ballots = ballots_of(yes[:, told], seen[:, told])
    mode = scale_ballots(ballots)
    found = sample_posterior(ballots, mode, 400, seed)
    truth = (points - points.mean()) / points.std()
    truth = truth if np.corrcoef(mode.points[:, 0], truth)[0, 1] > 0 else -truth
    low, high = (one[:, 0] for one in found.interval())
    near = np.abs(mode.points[:, 0] - truth) <= 1.96 * mode.errors[:, 0]
    return float(((low <= truth) & (truth <= high)).mean()), float(near.mean())


def coverage(sets: int, sizes: list[tuple[int, int]], keep: Path | None = None) -> list[str]:
    """How often 95% intervals hold the standardised truth: draws, and the mode with its information.

    The interval is of the mean over bodies, which allows for the likeness of members of one body.
    """
    lines = ["| members, motions | bodies | draws | 95% | mode | sd of a body's share |", "|---|---|---|---|---|---|"]
    done: dict[tuple[int, ...], tuple[float, float]] = {}
    if keep is not None and keep.exists():
        for row in csv.reader(keep.read_text(encoding="utf-8").splitlines()):
            done[int(row[0]), int(row[1]), int(row[2])] = float(row[3]), float(row[4])
    for members, motions in sizes:
        for seed in range(sets):
            where = members, motions, seed
            if where in done:
                continue
            done[where] = covered(*where)
            if keep is not None:
                with keep.open("a", encoding="utf-8") as stream:
                    csv.writer(stream).writerow([*where, *done[where]])
        shares = np.array([done[members, motions, seed] for seed in range(sets)])
        (share, plain), spread = shares.mean(axis=0), shares[:, 0].std(ddof=1)
        wide = 1.96 * spread / np.sqrt(sets)
        lines.append(
            f"| {members} x {motions} | {sets} | {share:.3f} | {share - wide:.3f} to {share + wide:.3f} | {plain:.3f} "
            f"| {spread:.3f} |"
        )
        print(lines[-1], flush=True)
    return lines


def large() -> list[str]:
    """A dense table of 705 by 10,000, and fifty congresses of 100 members and 600 votes each, bridged by who stays."""
    random = np.random.default_rng(1)
    points = random.normal(size=705)
    yes = random.random((705, 10_000)) < ndtr(
        random.normal(size=10_000) * 0.7 + np.outer(points, random.normal(size=10_000))
    )
    started = time.process_time()
    found = scale_votes(yes, np.ones(yes.shape, dtype=bool))
    lines = [
        f"- 705 members, 10,000 motions, 7,050,000 votes: {time.process_time() - started:.1f} s, {found.steps} rounds, "
        f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB; correlation with the truth "
        f"{abs(np.corrcoef(found.points[:, 0], points)[0, 1]):.4f}"
    ]
    del yes
    # each seat changes hands after about five congresses
    start, truth, seat_point = [0], [], np.zeros((50, 100), dtype=int)
    for seat in range(100):
        for congress in range(50):
            if congress and random.random() < 0.2:
                start.append(len(truth))
            elif congress:
                truth.append(truth[-1] + random.normal() * 0.1)
                seat_point[congress, seat] = len(truth) - 1
                continue
            truth.append(random.normal())
            seat_point[congress, seat] = len(truth) - 1
        if seat < 99:
            start.append(len(truth))
    starts = np.array([*start, len(truth)])
    chains = Chains(starts, np.zeros(len(start)), np.ones(len(start)), np.full(len(truth), 0.01))
    place = np.array(truth)
    period = np.empty(len(truth), dtype=int)
    period[seat_point] = np.arange(50)[:, None]
    motion = np.repeat(np.arange(50 * 600), 100)
    point = np.repeat(seat_point, 600, axis=0).ravel()
    slope, level = random.normal(size=30_000), random.normal(size=30_000) * 0.7
    said = random.random(len(point)) < ndtr(level[motion] + slope[motion] * place[point])
    started = time.process_time()
    ballots = from_votes(point, motion, said, chains, 30_000)
    found = scale_ballots(ballots, start=guess_by_period(ballots, period))
    lines.append(
        f"- 50 bridged congresses of 100 members and 600 votes, {len(point):,} votes, {len(truth):,} points: "
        f"{time.process_time() - started:.1f} s, {found.steps} rounds; correlation with the truth "
        f"{abs(np.corrcoef(found.points[:, 0], place)[0, 1]):.4f}"
    )
    return lines


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=Path, default=None)
    parser.add_argument("--pscl", action="store_true")
    parser.add_argument("--cover", type=int, default=0)
    parser.add_argument("--bodies", default=",".join(f"{members}x{motions}" for members, motions in BODIES))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    for heading, lines in sections(given):
        print(f"## {heading}\n\n" + "\n".join(lines) + "\n", flush=True)
        if given.write:
            measured.write(RESULTS, heading, lines, machine.description("numpy", "scipy"))


def sections(given: argparse.Namespace) -> list[tuple[str, list[str]]]:
    """What is asked for, measured one by one."""
    found = []
    if given.golden:
        found.append(("Ideal points beside the field's programs", [*agreement(given.golden), "", *drawn(given.golden)]))
        found.append(("Speed of ideal points", speed(given.golden, given.pscl)))
    if given.large:
        found.append(("Large tables of votes", large()))
    if given.cover:
        sizes = [(int(one.partition("x")[0]), int(one.partition("x")[2])) for one in given.bodies.split(",")]
        which = "" if given.bodies.count(",") == len(BODIES) - 1 else f", {given.bodies}"
        found.append((f"How often intervals of ideal points cover{which}", coverage(given.cover, sizes, given.keep)))
    return found


if __name__ == "__main__":
    main()

"""Parliaments and roll calls for the tests of formation, survival and whip counts; and the folder of real data."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from whipcount.theory.formation_logit import ChoiceSets
from whipcount.theory.formation_table import Opportunity, Record, Spell, record_of
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls

SHARED = Path(os.environ.get("WHIPCOUNT_SHARED", Path(__file__).resolve().parents[3] / "shared"))
PARLGOV = SHARED / "data" / "parlgov"
BUNDESTAG = SHARED / "data" / "bundestag"
DURATIONS = SHARED / "data" / "durations" / "coalition_1945_1987.csv"
GOLDEN = SHARED / "golden" / "rollcall"

needs_parlgov = pytest.mark.skipif(not PARLGOV.is_dir(), reason="no ParlGov folder beside the repository")
needs_bundestag = pytest.mark.skipif(not BUNDESTAG.is_dir(), reason="no roll calls beside the repository")
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no reference estimates beside the repository")
needs_durations = pytest.mark.skipif(not DURATIONS.is_file(), reason="no table of durations beside the repository")


def formation_choices() -> tuple[list[str], ChoiceSets, list[str]]:
    """The cabinets that could form in the reference table: covariates, choices, and the opportunity of each."""
    with gzip.open(GOLDEN / "formation_choices.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name not in ("opportunity", "cabinet", "chosen")]
    tables: dict[str, list[list[float]]] = {}
    chosen: dict[str, int] = {}
    for row in rows:
        table = tables.setdefault(row["opportunity"], [])
        if row["chosen"] == "1":
            chosen[row["opportunity"]] = len(table)
        table.append([float(row[name]) for name in names])
    sets = ChoiceSets.stack([np.array(one) for one in tables.values()], [chosen[name] for name in tables])
    return names, sets, list(tables)


def parliament(
    seats: tuple[float, ...] = (40, 30, 20, 10),
    place: tuple[float, ...] = (0.3, 0.7, 0.5, 0.9),
    chosen: tuple[bool, ...] | None = (True, False, True, False),
    record: Record | None = None,
    date: dt.date = dt.date(2000, 1, 1),
    country: str = "AAA",
) -> Opportunity:
    """A small parliament: four parties, shares of seats, no known past unless one is given."""
    number = len(seats)
    return Opportunity(
        parties=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:number]),
        seats=np.array(seats, dtype=float) / sum(seats),
        place=np.array(place),
        swing=np.zeros(number),
        family=("none",) * number,
        record=record or Record.none(number),
        country=country,
        date=date,
        chosen=chosen,
    )


def history() -> Record:
    """A and C governed six years together, then B alone for two; D never did."""
    seats = {"A": 35.0, "B": 35.0, "C": 20.0, "D": 10.0}
    spells = [
        Spell(dt.date(1992, 1, 1), dt.date(1992, 1, 1), frozenset("AC"), frozenset("A"), seats, 100.0),
        Spell(dt.date(1998, 1, 1), dt.date(1998, 1, 1), frozenset("B"), frozenset("B"), seats, 100.0),
    ]
    return record_of(spells, [frozenset(name) for name in "ABCD"], dt.date(2000, 1, 1), half_life=1e9)


def one_dimension(
    members: int = 100, motions: int = 200, seed: int = 0, absent: float = 0.1
) -> tuple[RollCalls, np.ndarray]:
    """Roll calls drawn from a one-dimensional probit model, with the true points; parties are halves of the line."""
    random = np.random.default_rng(seed)
    points = np.sort(random.normal(size=members))
    slope, level = random.normal(size=motions) * 1.5, random.normal(size=motions) * 0.7
    yes = random.random((members, motions)) < ndtr(level + np.outer(points, slope))
    votes = np.where(random.random(yes.shape) < absent, ABSENT, np.where(yes, YES, NO)).astype(np.int8)
    days = tuple(
        Motion(f"m{motion}", f"motion {motion}", dt.date(2000, 1, 1) + dt.timedelta(motion))
        for motion in range(motions)
    )
    names = tuple(f"member {member}" for member in range(members))
    parties = tuple("Left" if point < 0 else "Right" for point in points)
    return RollCalls(names, parties, days, votes), points


def rebellious(members: int = 60, motions: int = 60, seed: int = 3) -> RollCalls:
    """Two parties whose members follow the line but for a known few, who break it on every third motion."""
    random = np.random.default_rng(seed)
    party = np.array(["Left", "Right"])[np.arange(members) % 2]
    lines = random.integers(0, 2, size=(2, motions))
    votes = lines[np.arange(members) % 2].astype(np.int8)
    rebels = np.arange(members) < 6
    for motion in range(motions):
        chance = np.where(rebels & (motion % 3 == 0), 0.7, 0.004)
        breaks = random.random(members) < chance
        votes[breaks, motion] = np.where(random.random(int(breaks.sum())) < 0.5, ABSTAIN, 1 - votes[breaks, motion])
    votes[random.random(votes.shape) < 0.05] = ABSENT
    days = tuple(
        Motion(f"m{motion}", "deployment abroad" if motion % 3 == 0 else f"budget item {motion}",
               dt.date(2000, 1, 1) + dt.timedelta(motion))
        for motion in range(motions)
    )  # fmt: skip
    return RollCalls(tuple(f"member {member}" for member in range(members)), tuple(party), days, votes)


def numerical_gradient(function: object, place: np.ndarray, width: float = 1e-6) -> np.ndarray:
    """Central differences of a function of a vector."""
    slope = np.zeros(len(place))
    for axis in range(len(place)):
        step = np.zeros(len(place))
        step[axis] = width
        slope[axis] = (function(place + step) - function(place - step)) / (2 * width)  # type: ignore[operator]
    return slope

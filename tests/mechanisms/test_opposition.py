"""A party outside the government votes against it for the sake of opposing, whatever comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from small import run
from test_agenda import SHARP
from test_formation_of_governments import APART, FALLING, SEATS, house

GOVERNMENTS = {"ab": (0.0, "ab"), "bc": (0.7, "bc")}


def _noes(opposition: float, kind: str = "confidence") -> float:
    """Share of runs in which the party outside votes against the government, which it would rather keep."""
    tree = house("ab", {"a": 0.0, "b": 0.0, "c": 0.0}, GOVERNMENTS, days=3)
    tree["motions"][0].update(kind=kind, proposers=["a1"] if kind == "confidence" else ["c1"])
    told = {**SHARP, "agenda.cost": -1e3, "agenda.meetings": 1e3, "choice.lam": 40.0, "ballot.opposition": opposition}
    ran = run(tree, {**told, "ballot.abstention": 0.0, "ballot.discipline": 0.0}, runs=200)
    counted = ran.events("noes" if kind == "confidence" else "ayes", "ballot")
    first = counted["step"] == 0
    assert first.sum() == 200
    return float(np.mean(counted["value"][first] >= SEATS["c"]))


@pytest.mark.parametrize("kind", ["confidence", "no_confidence"])
def test_a_party_outside_votes_against_where_opposing_is_worth_more_than_the_government(kind: str) -> None:
    none, some, much = (_noes(worth, kind) for worth in (0.0, 0.1, 1.0))
    assert none <= some <= much
    assert none < 0.6  # all are indifferent, and abstaining costs nothing
    assert much > 0.95


def test_a_government_that_all_like_is_not_approved_by_all() -> None:
    """Those who are not in it vote against it, unless its coming is worth more to them than opposing it."""
    told = {name: value for name, value in FALLING.items() if name != "ballot.discipline"}
    against = [run(APART, {**told, "ballot.opposition": worth}, runs=40).events("noes", "formation")["value"].mean()
               for worth in (0.0, 2.0)]  # fmt: skip
    assert against[1] >= against[0]

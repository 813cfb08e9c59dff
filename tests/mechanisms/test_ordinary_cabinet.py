"""An ordinary cabinet under the priors as they are: all its ends together come as often as among real cabinets."""

from __future__ import annotations

import copy

import pytest
from small import Ran, Tree
from test_formation_of_governments import ORDER, house

from whipcount.engine import NumpyBackend, build_plan
from whipcount.scenario.schema import Scenario
from whipcount.theory.survival_causes import shipped_endings
from whipcount.world import build

RUNS = 4000
SEATS = {"a": 40, "b": 17, "c": 43}


def ordinary() -> Tree:
    """Two of three parties govern with 57 of 100 seats, not far from each other; a motion of no confidence and an early
    election are possible; nothing happens from outside for a year."""
    governments = {"ab": (0.46, "ab"), "bc": (0.68, "bc"), "a_alone": (0.42, "a")}
    tree = house("ab", {"a": 0.4, "b": 0.55, "c": 0.8}, governments)
    tree["calendar"] = {"start": "2000-01-01", "end": "2000-12-30", "step_days": 7}
    for name, seats in SEATS.items():
        next(seat for seat in tree["bodies"][0]["seats"] if seat["actor"] == f"{name}1")["weight"] = seats
        next(one for one in tree["actors"] if one["id"] == f"{name}1")["size"] = seats
    tree["posts"][0]["holder"] = tree["government"]["head"] = "a2"
    polls = {name: seats / 100 for name, seats in SEATS.items()}
    tree["election"] = {"body": "house", "polls": polls, "assumed": "test"}
    return tree


@pytest.fixture(scope="module")
def ran() -> Ran:
    plan = build_plan(build(Scenario.model_validate(copy.deepcopy(ordinary())), slug="small"))
    return Ran(plan, NumpyBackend(plan).run(1, 0, RUNS, None))


def _ended(ran: Ran, *verbs: str) -> float:
    return len({int(of) for verb in verbs for of in ran.events(verb)["run"]}) / RUNS


def test_all_ends_together_are_those_of_real_cabinets(ran: Ran) -> None:
    """Falls, partners gone, heads changed, elections called, of whatever cause: within three in a hundred in a year."""
    expected = 1 - shipped_endings().outlasts(365)
    assert _ended(ran, "fall", "withdraw", "dissolve", "succeeds") == pytest.approx(expected, abs=0.03)


def test_most_ends_are_decided_by_somebody(ran: Ran) -> None:
    undecided = len(set(ran.events("fall", "survival")["run"].tolist())) / RUNS
    assert undecided < 0.15 * _ended(ran, "fall", "withdraw", "dissolve", "succeeds")


def test_after_most_falls_another_government_is_formed_within_the_year(ran: Ran) -> None:
    assert ran.share("formed") > 0.7 * ran.share("fall")
    assert {ORDER[entity] for entity in ran.events("in_government")["entity"]} == set(ORDER)

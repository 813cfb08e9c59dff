"""Tallies as measures: each number is what counting the recorded votes one by one gives."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import numpy as np
import pytest

from whipcount.engine import NumpyBackend, build_plan
from whipcount.errors import RunError, ScenarioError
from whipcount.results import OutcomeEvaluator
from whipcount.results.names import EventNames
from whipcount.scenario import load
from whipcount.scenario.measures import Measure, Tally
from whipcount.scenario.schema import Outcome
from whipcount.scenario.values import Text
from whipcount.world import build_world

RUNS = 40
CODES = {1: "no", 2: "yes", 3: "abstaining"}


@cache
def ran() -> tuple[Any, Any, Any]:
    loaded = load("two-bodies")
    plan = build_plan(build_world(loaded))
    return loaded, plan, NumpyBackend(plan).run(5, 0, RUNS)


def number(tally: Tally) -> np.ndarray:
    loaded, plan, block = ran()
    outcome = Outcome(id="asked", name=Text(en="asked", ru="asked"), measure=Measure(tally=tally))
    evaluator = OutcomeEvaluator(plan, plan.world, loaded.scenario, outcomes=[outcome])
    return evaluator.evaluate(block).values["asked"]


@cache
def divisions() -> dict[tuple[int, int, int, str], list[tuple[str, float, str]]]:
    """Every recorded vote by run, step, kind of event and body: (actor, weight, vote)."""
    loaded, plan, block = ran()
    weights = {(seat.actor, body.id): seat.weight for body in loaded.scenario.bodies for seat in body.seats}
    names = EventNames(plan, plan.world)
    found: dict[tuple[int, int, int, str], list[tuple[str, float, str]]] = defaultdict(list)
    events = block.events
    for run, step, verb, entity, value in zip(
        events.run, events.step, events.verb, events.entity, events.value, strict=True
    ):
        if plan.verbs[verb].name == "vote":
            who = names.entities("seat")[entity]
            vote = (str(who.actor), weights[str(who.actor), str(who.object)], CODES[int(value)])
            found[int(run), int(step), int(verb), str(who.object)].append(vote)
    return found


@pytest.mark.parametrize("of", ["yes", "no", "abstaining", "defectors"])
@pytest.mark.parametrize("which", ["first", "last", "most"])
@pytest.mark.parametrize("body", ["executive", "assembly"])
def test_it_counts_what_was_recorded(of: Any, which: Any, body: str) -> None:
    loaded, _, _ = ran()
    party_of = {actor.id: actor.party for actor in loaded.scenario.actors}
    by_run: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (run, step, _, here), votes in divisions().items():
        mine = [(weight, vote) for actor, weight, vote in votes if party_of[actor] == "union"]
        if here != body or not mine:
            continue
        sums = Counter[str]()
        for weight, vote in mine:
            sums[vote] += weight  # type: ignore[assignment]
        counted = sum(sums.values()) - max(sums.values()) if of == "defectors" else sums[of]
        by_run[run].append((step, float(counted)))
    given = number(Tally(of=of, body=body, party="union", which=which))
    assert by_run, "nothing to compare"
    for run in range(RUNS):
        if not by_run[run]:
            assert math.isnan(given[run])
        elif which == "most":
            assert given[run] == max(counted for _, counted in by_run[run])
        else:
            step = (min if which == "first" else max)(step for step, _ in by_run[run])
            assert given[run] in {counted for when, counted in by_run[run] if when == step}


def test_a_motion_is_counted_when_it_is_put() -> None:
    """The votes on a motion are at most those of its body, and as many as its ayes where nobody else is asked."""
    _, plan, block = ran()
    given = number(Tally(of="yes", motion="new_speaker"))
    names = EventNames(plan, plan.world)
    expected: dict[int, set[float]] = defaultdict(set)
    put = {
        (int(run), int(step))
        for run, step, verb, entity in zip(
            block.events.run, block.events.step, block.events.verb, block.events.entity, strict=True
        )
        if plan.verbs[verb].name in ("carried", "defeated") and names.entities("motion")[entity].object == "new_speaker"
    }
    for (run, step, verb, here), votes in divisions().items():
        if (run, step) in put and here == "assembly" and plan.verbs[verb].mechanism == "ballot":
            expected[run].add(sum(weight for _, weight, vote in votes if vote == "yes"))
    for run in range(RUNS):
        assert math.isnan(given[run]) if not expected[run] else given[run] == max(expected[run])


def test_faults_are_coded() -> None:
    with pytest.raises(RunError, match="WC305"):
        number(Tally(of="yes", motion="none"))
    with pytest.raises(RunError, match="WC303"):
        number(Tally(of="yes", party="none"))
    with pytest.raises(ValueError, match="defectors are those of a party"):
        Tally(of="defectors")
    for measure, code in (
        ({"tally": {"of": "yes", "body": "nowhere"}}, "WC120"),
        ({"tally": {"of": "yes", "motion": "nothing"}}, "WC120"),
        ({"tally": {"of": "yes", "party": "nobody"}}, "WC120"),
        ({"tally": {"of": "maybe"}}, "WC114"),
        ({"tally": {"of": "defectors"}}, "WC118"),
    ):
        with pytest.raises(ScenarioError, match=code):
            load("two-bodies", set={"outcomes.government_falls.measure": measure})

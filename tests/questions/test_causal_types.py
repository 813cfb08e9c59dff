"""Counterfactual queries whose answers are known exactly: by counting types, and by the machinery of `ask` itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from causal_types import CausalModel, Variable

from whipcount import load
from whipcount.engine import NumpyBackend, build_plan
from whipcount.errors import QuestionError
from whipcount.questions.ask import ask
from whipcount.results import Engine
from whipcount.scenario.schema import Outcome, Scenario
from whipcount.vocabulary import Array, Day, Mechanism, Param, Verb
from whipcount.world import build

DIRECT = CausalModel((Variable("x"), Variable("y", ("x",))))
CHAIN = CausalModel((Variable("x"), Variable("m", ("x",), monotone=True), Variable("y", ("m",), monotone=True)))


def test_flat_types_on_one_arrow() -> None:
    assert DIRECT.caused("x", "y", {"x": 1, "y": 1}) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("facts", "answer"),
    [({}, Fraction(1, 5)), ({"m": 1}, Fraction(1, 4)), ({"m": 0}, Fraction(0))],
)
def test_monotone_chain(facts: dict[str, int], answer: Fraction) -> None:
    assert CHAIN.caused("x", "y", {"x": 1, "y": 1, **facts}) == answer


def test_types_are_counted_and_facts_must_agree() -> None:
    assert len(Variable("y", ("a", "b")).types()) == 16
    assert len(Variable("y", ("a", "b"), monotone=True).types()) == 6  # Dedekind's number for two
    assert len(Variable("m", ("x",), monotone=True).types()) == 3
    stuck = CausalModel((Variable("x"), Variable("y", ("x",), monotone=True)))
    with pytest.raises(QuestionError, match="WC411"):
        stuck.caused("x", "y", {"x": 2})
    with pytest.raises(QuestionError, match="WC419"):
        CausalModel((Variable("y", ("x",)), Variable("x")))


class Chain(Mechanism):
    """X -> M -> Y with one of three monotone types each, drawn once a run: never, with the cause, always."""

    id = "chain"
    verbs = (Verb("x", doc="the cause"), Verb("m", doc="what lies between"), Verb("y", doc="the effect"))

    def step(self, day: Day) -> None:
        """The first day decides everything."""
        first = day.number == 0.0
        cause = day.choose("cause", who=first, lam=day.parameter("chain_parameters.even"), yes={}, no={}).is_("yes")
        between = self._follows(day, "m", cause)
        day.record("x", cause)
        day.record("m", between & first)
        day.record("y", self._follows(day, "y", between) & first)

    def _follows(self, day: Day, name: str, cause: Array) -> Array:
        kind = day.uniform(name)
        return (kind < 1.0 / 3.0) | (cause & (kind < 2.0 / 3.0))


class Even(Mechanism):
    """Even chances."""

    id = "chain_parameters"
    even = Param(1.0)

    def step(self, day: Day) -> None:
        """Nothing."""


def toy_engine(loaded: Any, interventions: Sequence[Any], runs: int) -> Engine:
    """The three-node model, changed as ever."""
    assert runs
    world = build(loaded.scenario, slug="toy", mechanisms=(Chain, Even))
    for intervention in interventions:
        world = intervention.apply(world)
    plan = build_plan(world)
    return Engine(world, plan, NumpyBackend(plan))


def toy() -> Any:
    loaded = load("two-bodies")
    outcomes = tuple(
        Outcome.model_validate(
            {"id": name, "name": {"en": name, "ru": name}, "measure": {"ever": {"verb": name}}, "assumed": "test"}
        )
        for name in ("x", "m", "y")
    )
    scenario: Scenario = loaded.scenario.model_copy(update={"outcomes": outcomes, "claims": ()})
    return replace(loaded, scenario=scenario)


@pytest.mark.parametrize(
    ("given", "answer"), [(["x", "y"], 0.2), (["x", "y", "m"], 0.25), (["x", "y", "m = no"], 0.0), (["x"], 1 / 9)]
)
def test_abduction_action_and_prediction_find_the_same(
    given: list[str], answer: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given X and Y, take X away: Y is lost in as many worlds as counting says."""
    from whipcount.counterfactual import choices, interventions

    spec = choices.ChoiceSpec("chain.cause", None, ("yes", "no"))
    monkeypatch.setattr(interventions.Choices, "of", lambda world: choices.Choices(world, {"chain.cause": spec}))
    found = ask(toy(), ["chain.cause = no"], given, ["y"], runs=9_000, engine_maker=toy_engine)
    lost = found["y"].flips_down / found.worlds
    assert found["y"].flips_up == 0
    assert math.isclose(lost, answer, abs_tol=3 * math.sqrt(max(answer * (1 - answer), 1e-9) / found.worlds))

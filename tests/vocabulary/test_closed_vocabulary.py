"""Mechanisms use nothing but the vocabulary: they are run with recording arrays, which refuse everything else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from whipcount.errors import MechanismError
from whipcount.mechanisms import all_mechanisms
from whipcount.scenario import load
from whipcount.vocabulary import Day, Mechanism, Param, State, Structure, Verb, record_program
from whipcount.vocabulary.program import OPERATIONS, Decision, Node, Record, Write, walk
from whipcount.vocabulary.structure import Given
from whipcount.world import build_world


@pytest.mark.parametrize("scenario", ["two-bodies", "november-1917", "after-1918"])
def test_every_mechanism_records_with_the_closed_set_of_operations(scenario: str) -> None:
    world = build_world(load(scenario))
    program = record_program(world.structure, world.mechanisms)
    statements = [statement for block in program.blocks() for statement in walk(block)]
    nodes = [statement for statement in statements if isinstance(statement, Node)]
    assert {node.op for node in nodes} <= OPERATIONS
    assert {node.dtype for node in nodes} <= {"number", "mask"}
    assert {name for name, _ in program.steps} == set(all_mechanisms())


def test_the_tutorial_scenario_reaches_every_mechanism() -> None:
    """Each mechanism acts, records or measures there; one of them only where the consent of members is enough."""
    reached: set[str] = set()
    for changes in ({}, {"table.consent": "members"}):
        world = build_world(load("two-bodies", set=changes))
        program = record_program(world.structure, world.mechanisms)
        reached |= {
            name for name, block in program.steps if any(not isinstance(statement, Node) for statement in walk(block))
        }
    assert reached == set(all_mechanisms())


def test_utilities_are_sums_of_named_terms() -> None:
    world = build_world(load("two-bodies"))
    program = record_program(world.structure, world.mechanisms)
    decisions = [s for _, block in program.steps for s in walk(block) if isinstance(s, Decision)]
    assert len(decisions) > 20
    for decision in decisions:
        names = [name for option in decision.options for name, _ in option.terms]
        assert names, decision.name


def test_only_owners_and_named_writers_assign() -> None:
    world = build_world(load("two-bodies"))
    program = record_program(world.structure, world.mechanisms)
    for mechanism, block in program.steps:
        for statement in walk(block):
            if isinstance(statement, Write):
                spec = program.states[statement.state]
                assert mechanism == spec.mechanism or mechanism in spec.writers
            if isinstance(statement, Record):
                assert program.verbs[statement.verb].mechanism == mechanism


STRUCTURE = Structure(
    axes={"actor": ("a", "b"), "party": ("p",), "dimension": ("x",)},
    maps=frozenset({("actor", "party")}),
    given={"actor.size": Given("actor"), "party.support": Given("party")},
    tables={},
    matrices={},
    parameters={"probe.weight": False},
)


def _probe(step: Callable[[Mechanism, Day], None]) -> type[Mechanism]:
    class Probe(Mechanism):
        """A mechanism for one test."""

        id = "probe"
        verbs = (Verb("seen", per="actor"),)
        weight = Param(1.0)
        count = State(per="actor")

        def step(self, day: Day) -> None:
            step(self, day)

    return Probe


class Other(Mechanism):
    """Owns a state that the probe may not write."""

    id = "other"
    mine = State(per="actor")

    def step(self, day: Day) -> None:
        """Count the days."""
        self.mine.set(day.number)


def _branch(_: Mechanism, day: Day) -> None:
    if day.given("actor.size") > 1.0:
        pass


def _numpy(_: Mechanism, day: Day) -> None:
    np.exp(day.given("actor.size"))  # type: ignore[call-overload]


def _loop(_: Mechanism, day: Day) -> None:
    for _entry in day.given("actor.size"):
        pass


def _index(_: Mechanism, day: Day) -> None:
    day.given("actor.size")[0]


def _axes(_: Mechanism, day: Day) -> None:
    day.given("actor.size") + day.given("party.support")


def _types(_: Mechanism, day: Day) -> None:
    day.given("actor.size") & day.given("actor.size")


def _twice(_: Mechanism, day: Day) -> None:
    day.uniform("once", "actor")
    day.uniform("once", "actor")


def _foreign(_: Mechanism, day: Day) -> None:
    day.mine.set(2.0)


def _leak(probe: Mechanism, day: Day) -> None:
    with day.when(day.any(probe.count > 0.0)):  # type: ignore[attr-defined]
        inside = day.uniform("inside", "actor")
    probe.count.set(inside)  # type: ignore[attr-defined]


def _verb(_: Mechanism, day: Day) -> None:
    day.record("unseen", day.given("actor.size") > 0.0)


def _method(_: Mechanism, day: Day) -> None:
    day.given("actor.size").cumsum()


def _power(_: Mechanism, day: Day) -> None:
    day.given("actor.size") ** 3


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (_branch, "WC201"),
        (_numpy, "WC2"),
        (_loop, "WC201"),
        (_index, "WC201"),
        (_power, "WC201"),
        (_method, "WC201"),
        (_axes, "WC203"),
        (_types, "WC204"),
        (_leak, "WC206"),
        (_verb, "WC207"),
        (_foreign, "WC208"),
        (_twice, "WC209"),
    ],
)
def test_what_is_outside_the_vocabulary_is_refused_at_its_line(
    step: Callable[[Mechanism, Day], None], code: str
) -> None:
    with pytest.raises((MechanismError, TypeError)) as caught:
        record_program(STRUCTURE, [_probe(step), Other])
    if isinstance(caught.value, TypeError):  # NumPy's own refusal, since arrays opt out of its functions
        assert step is _numpy
        return
    problem = caught.value.problems[0]
    assert problem.code.startswith(code)
    assert problem.hint
    assert problem.place.file == __file__
    assert problem.place.line >= step.__code__.co_firstlineno


def test_squares_are_allowed() -> None:
    program = record_program(STRUCTURE, [_probe(lambda probe, day: probe.count.set(day.given("actor.size") ** 2))])
    assert any(node.op == "mul" for block in program.blocks() for node in walk(block) if isinstance(node, Node))

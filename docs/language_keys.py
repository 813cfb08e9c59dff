"""Which keys of a scenario feed which mechanism, found by trying: each key is changed, and what of the world changes is
what it feeds; what each mechanism reads is seen while its program is recorded."""

from __future__ import annotations

import datetime as dt
import sys
import types
import typing
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from whipcount.scenario import load
from whipcount.scenario.references import REFERENCES, SECTIONS
from whipcount.scenario.schema import Scenario
from whipcount.scenario.values import Model, Text, UncertainRecord
from whipcount.vocabulary import Mechanism
from whipcount.vocabulary.program import DAILY, Block, Decision, Node, Program, Record, Repeat, When, Write
from whipcount.vocabulary.recording import record_program
from whipcount.world import World, build

TRIED = 2  # places of the same key in the scenarios that come with the program
MAPPED = ("take", "sum_to", "any_to", "best_in", "tally")
LEAVES = (UncertainRecord, Text)
SHOWN = ("id", "name", "title", "text", "note", "evidence", "assumed", "summary", "low", "high", "aliases", "colour")
ASKED = (
    "outcomes",
    "claims",
    "record",
    "variants",
    "accounts",
    "sources",
    "roles",
    "answers",
    "first_day",
    "parameters",
)


# -- what of the world a key feeds ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """A place of a key in a scenario: its value there, and the scenario with another."""

    pattern: str
    value: Any
    annotation: Any
    changed: Callable[[Any], Scenario]


def spots(scenario: Scenario) -> Iterator[Spot]:
    """Every key of a scenario at every place."""

    def walk(model: Model, path: str, put: Callable[[Any], Scenario]) -> Iterator[Spot]:
        for name, info in type(model).model_fields.items():
            value = getattr(model, name)
            key = f"{path}.{info.alias or name}" if path else (info.alias or name)

            def here(new: Any, name: str = name) -> Scenario:
                return put(model.model_copy(update={name: new}))

            yield Spot(key, value, info.annotation, here)
            if isinstance(value, Model) and not isinstance(value, LEAVES):
                yield from walk(value, key, here)
            if isinstance(value, tuple):
                for index, entry in enumerate(value):
                    if isinstance(entry, Model) and not isinstance(entry, LEAVES):

                        def inside(new: Any, value: Any = value, index: int = index, here: Any = here) -> Scenario:
                            return here((*value[:index], new, *value[index + 1 :]))

                        yield from walk(entry, f"{key}.*", inside)

    yield from walk(scenario, "", lambda new: new)


def others(spot: Spot, scenario: Scenario) -> Iterator[Any]:
    """Other values that could stand there."""
    value, kinds = spot.value, dict(REFERENCES)
    kind = kinds.get(spot.pattern) or kinds.get(f"{spot.pattern}.*")
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value * 0.5 + 0.125 if isinstance(value, float) else value + 1
    elif isinstance(value, dt.date):
        yield value + dt.timedelta(days=4)
    elif isinstance(value, UncertainRecord):
        yield UncertainRecord(value=value.centre * 0.5 + 0.125)
    elif isinstance(value, dict) and value:
        first = next(iter(value))
        if isinstance(value[first], (float, int, UncertainRecord)):
            number = value[first].centre if isinstance(value[first], UncertainRecord) else value[first]
            new = number * 0.5 + 0.125
            yield {**value, first: UncertainRecord(value=new) if isinstance(value[first], UncertainRecord) else new}
        yield {key: entry for key, entry in value.items() if key != first}
    elif isinstance(value, tuple) and value and not isinstance(value[0], Model):
        yield value[1:]
        yield value[:-1]
    elif isinstance(value, str) and kind is None:
        yield from (one for one in choices(spot.annotation) if one != value)
    if kind is not None and not isinstance(value, (dict, Model)):
        ids = [entry.id for entry in getattr(scenario, SECTIONS[kind])]
        for one in ids[:8]:
            if one != value:
                yield (one,) if isinstance(value, tuple) or "tuple" in str(spot.annotation) else one
    if value is None and kind is None:
        yield from invented(spot.annotation, scenario)


def choices(annotation: Any) -> Iterator[str]:
    """The words among which a key chooses."""
    for argument in typing.get_args(annotation):
        if isinstance(argument, str):
            yield argument
        else:
            yield from choices(argument)


def invented(annotation: Any, scenario: Scenario) -> Iterator[Any]:
    """A value for a key that is not given."""
    kinds = str(annotation)
    middle = scenario.calendar.start + (scenario.calendar.end - scenario.calendar.start) / 2
    if "UncertainRecord" in kinds:
        yield UncertainRecord(value=0.37)
    elif "datetime.date" in kinds:
        yield middle
    elif "dict" in kinds:
        yield {
            axis.id: 1.0 / len(scenario.dimensions) * (0.5 if n else 1.5) for n, axis in enumerate(scenario.dimensions)
        }
    elif "float" in kinds:
        yield 0.37
    elif "bool" in kinds:
        yield True


def parts(world: World) -> dict[str, Any]:
    """Everything that mechanisms can read of a world, by kind and name."""
    found: dict[str, Any] = {f"given:{name}": value for name, value in world.static.items()}
    found |= {f"given:{name}": repr(value) for name, value in world.per_run.items()}
    found |= {f"table:{name}": value for name, value in world.tables.items()}
    found |= {f"matrix:{name}": value for name, value in world.matrices.items()}
    found |= {f"map:{fine}>{coarse}": value for (fine, coarse), value in world.maps.items()}
    found |= {f"fact:{name}": value for name, value in world.structure.facts.items()}
    found |= {f"parameter:{name}": value for name, value in world.fixed_parameters.items()}
    found |= {f"parameter:{name}": repr(value) for name, value in world.drawn_parameters.items()}
    found["steps"] = (world.steps, world.step_days)
    return found


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Names of the parts that differ."""
    return {name for name in one.keys() | other.keys() if not _same(one.get(name), other.get(name))}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    return bool(type(one) is type(other) and one == other)


def fed(scenarios: dict[str, Scenario]) -> dict[str, set[str]]:
    """By key of the language: which parts of a world change with it."""
    found: dict[str, set[str]] = defaultdict(set)
    tried: dict[str, int] = defaultdict(int)  # places at which the key fed something
    in_vain: dict[tuple[str, str], int] = defaultdict(int)
    for slug, scenario in scenarios.items():
        before = parts(build(scenario, slug=slug))
        ids = sorted({entry.id for section in SECTIONS.values() for entry in getattr(scenario, section)}, key=len)[::-1]
        for spot in spots(scenario):
            words = spot.pattern.split(".")
            if words[0] in ASKED or not {*words}.isdisjoint(SHOWN) or tried[spot.pattern] >= TRIED:
                continue
            if in_vain[slug, spot.pattern] >= TRIED:
                continue
            in_vain[slug, spot.pattern] += 1
            for value in others(spot, scenario):
                try:
                    after = parts(build(spot.changed(value), slug=slug))
                except Exception:  # a value from which no world can be built says nothing
                    continue
                changed = differing(before, after)
                if changed:
                    found[spot.pattern] |= {general(name, ids) for name in changed}
                    tried[spot.pattern] += 1
                    in_vain[slug, spot.pattern] -= 1
                    break
    return found


def general(name: str, ids: list[str]) -> str:
    """A part's name with ids of the scenario in it replaced by a star."""
    words = name.split(":", 1)
    if len(words) == 2 and words[0] in ("fact", "given", "table"):
        return words[0] + ":" + ".".join("*" if part in ids else part for part in words[1].split("."))
    return name


# -- what mechanisms read ------------------------------------------------------------------------------------------


class Noticing(dict[str, Any]):
    """Facts that notice which mechanism asks for them."""

    def __init__(self, facts: dict[str, Any], noticed: dict[str, set[str]], ids: list[str]) -> None:
        super().__init__(facts)
        self.noticed, self.ids = noticed, ids

    def get(self, name: str, default: Any = None) -> Any:
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            owner = frame.f_locals.get("self")
            if isinstance(owner, Mechanism):
                self.noticed[owner.id].add(general(f"fact:{name}", self.ids))
                break
            frame = frame.f_back
        return super().get(name, default)


@dataclass
class Reading:
    """What mechanisms read, and what each event rests on: inputs, choices, states of others."""

    inputs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    event_inputs: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    event_choices: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    event_states: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    writers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def reading(scenarios: dict[str, Scenario]) -> Reading:
    """What the mechanisms of these scenarios read."""
    found = Reading()
    for slug, scenario in scenarios.items():
        world = build(scenario, slug=slug)
        ids = sorted({entry.id for section in SECTIONS.values() for entry in getattr(scenario, section)}, key=len)[::-1]
        facts = Noticing(world.structure.facts, found.inputs, ids)
        program = record_program(replace(world.structure, facts=facts), _ordered(world))
        for mechanism, block in program.steps:
            _read_block(found, mechanism, block, (), program, ids, {})
    return found


def _ordered(world: World) -> list[type[Mechanism]]:
    from whipcount.engine import build_plan

    return list(build_plan(world).mechanisms)


def _read_block(
    found: Reading, mechanism: str, block: Block, within: tuple[Node, ...], program: Program, ids: list[str],
    chosen: dict[int, Decision],
) -> None:  # fmt: skip
    for statement in block.statements:
        if isinstance(statement, Node):
            found.inputs[mechanism] |= _inputs(statement, ids)
            for arg in statement.args:  # what is the same on all days is computed outside the step
                if arg.reach < DAILY:
                    found.inputs[mechanism] |= _all_inputs(arg, ids)
        elif isinstance(statement, Decision):
            chosen |= dict.fromkeys((node.number for node in statement.chosen), statement)
        elif isinstance(statement, (When, Repeat)):
            inside = (*within, statement.mask) if isinstance(statement, When) else within
            _read_block(found, mechanism, statement.body, inside, program, ids, chosen)
        elif isinstance(statement, Record):
            event = program.verbs[statement.verb].name, mechanism
            found.inputs[mechanism] |= _all_inputs(statement.where, ids) if statement.where.reach < DAILY else set()
            _rests_on(found, event, (statement.where, *within), statement.value, ids, chosen, program)
        elif isinstance(statement, Write):
            found.writers[statement.state.split(".")[0]].add(mechanism)
            for node in (statement.value, statement.where):
                if node is not None and node.reach < DAILY:
                    found.inputs[mechanism] |= _all_inputs(node, ids)


def _all_inputs(node: Node, ids: list[str]) -> set[str]:
    """Inputs of a value and of what it is made from."""
    found: set[str] = set()
    seen: set[int] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one.number not in seen:
            seen.add(one.number)
            found |= _inputs(one, ids)
            stack += one.args
    return found


def _rests_on(
    found: Reading, event: tuple[str, str], start: tuple[Node, ...], value: Node | None, ids: list[str],
    chosen: dict[int, Decision], program: Program,
) -> None:  # fmt: skip
    seen: set[int] = set()
    stack = [(node, True) for node in start]
    if value is not None:
        stack.insert(0, (value, False))
    while stack:
        node, outside = stack.pop()
        if node.number in seen:
            continue
        seen.add(node.number)
        found.event_inputs[event] |= _inputs(node, ids)
        decision = chosen.get(node.number)
        if decision is not None:
            found.event_choices[event].add(f"{decision.mechanism}.{decision.name}")
            stack.append((decision.who, outside))
            stack += [(arg, False) for arg in node.args]
            continue
        if node.op == "read" and outside:
            state = str(node.attrs[0])
            if program.states[state].mechanism != event[1]:
                found.event_states[event].add(state.split(".")[0])
        stack += [(arg, outside) for arg in node.args]


def _inputs(node: Node, ids: list[str]) -> set[str]:
    name = str(node.attrs[0]) if node.attrs else ""
    if node.op == "given":
        return {general(f"given:{name}", ids)}
    if node.op == "today":
        return {general(f"table:{name}", ids)}
    if node.op == "matmul":
        return {f"matrix:{name}"}
    if node.op == "param":
        return {f"parameter:{name}"}
    if node.op in MAPPED and len(node.attrs) >= 2:
        return {f"map:{node.attrs[0]}>{node.attrs[1]}"}
    return set()


def shipped() -> dict[str, Scenario]:
    """Scenarios that between them have every key: the invented one, the same by consent, and one of a parliament."""
    found = {name: load(name).scenario for name in ("two-bodies", "germany-1982")}
    found["two-bodies, by consent"] = load("two-bodies", set={"table.consent": "members"}).scenario
    return found

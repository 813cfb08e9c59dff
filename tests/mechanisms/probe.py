"""Formulas of mechanisms asked one by one: in a small world whose states a test sets, and in which nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from small import Ran, Tree, world_of

from whipcount.engine import NumpyBackend, Plan
from whipcount.engine.plan import order_of
from whipcount.mechanisms.formation import Formation
from whipcount.vocabulary import Array, Day, Measure, Mechanism, record_program
from whipcount.vocabulary.program import Measured, walk

MOST = 4  # values that one probe can ask for
Ask = Callable[[Any, Day], "Array | tuple[Array, ...] | None"]


def _still(kind: type[Mechanism]) -> type[Mechanism]:
    """A mechanism with its states and without its step."""
    return type(kind.__name__, (kind,), {"step": _nothing})


def _nothing(_self: Mechanism, _day: Day) -> None:
    pass


def _asking(kind: type[Mechanism], ask: Ask, axes: list[str]) -> type[Mechanism]:
    def step(self: Mechanism, day: Day) -> None:
        told = ask(self, day)
        for number, value in enumerate(told if isinstance(told, tuple) else () if told is None else (told,)):
            one = day.number_of(value) if value.is_mask else value + 0.0
            day.measure(f"probe{number}_{one.axis}", one)

    names = [*axes, None]
    measures = tuple(Measure(f"probe{k}_{axis}", per=axis) for k in range(MOST) for axis in names)
    return type(kind.__name__, (kind,), {"step": step, "measures": (*kind.measures, *measures)})


@dataclass(frozen=True)
class Acted:
    """What has happened on a day: the program's results, and every state at its end, by name: (entities, runs)."""

    ran: Ran
    states: dict[str, NDArray[Any]]
    values: list[NDArray[Any]]


def act(
    tree: Tree,
    ask: Ask,
    parameters: Mapping[str, float] | None = None,
    states: Mapping[str, ArrayLike] | None = None,
    kind: type[Mechanism] = Formation,
    runs: int = 1,
) -> Acted:
    """Do `ask(mechanism, day)` on the first day and nothing else; it may tell values, or act only.

    parameters: of the scenario. states: what they are at the start, by name, for all entities or one after another.
    kind: the mechanism in whose place it is done; every other one keeps its states and does nothing.
    """
    world = world_of(tree, dict(parameters or {}))
    axes = list(world.structure.axes)
    kinds = [_asking(one, ask, axes) if one.id == kind.id else _still(one) for one in order_of(world.mechanisms)]
    plan = Plan(world, tuple(kinds), record_program(world.structure, kinds))
    backend = NumpyBackend(plan)
    simulate, kept = backend._simulate, {}

    def prepared(collector: Any, given: dict[str, NDArray[Any]], *rest: Any) -> None:
        for name, value in (states or {}).items():
            given[name][...] = np.asarray(value).reshape(-1, 1)
        kept.update(given)
        simulate(collector, given, *rest[:-1], range(1))  # the first day of all

    backend._simulate = prepared
    block = backend.run(1, 0, runs)
    labels = [measure.label for measure in plan.measures]
    found = []
    for taken in (one for _, program in plan.program.steps for one in walk(program) if isinstance(one, Measured)):
        if not labels[taken.first].startswith("probe"):
            continue
        size = len(world.structure.axes[taken.value.axis]) if taken.value.axis else 1
        found.append(block.series[0, taken.first : taken.first + size, :])
    return Acted(Ran(plan, block), kept, found)


def probe(tree: Tree, ask: Ask, *given: Any, **more: Any) -> list[NDArray[Any]]:
    """The values that `ask(mechanism, day)` tells, one or several arrays: (entities,) each. Arguments as of `act`."""
    return [value[:, 0] for value in act(tree, ask, *given, **more).values]

"""Decisions of a run, taken apart: options, named terms of utility, probabilities, the draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary.program import Decision as Recorded

from .numpy.backend import NumpyBackend
from .numpy.runtime import Collector
from .plan import build_plan

if TYPE_CHECKING:
    from whipcount.world import World


@dataclass(frozen=True)
class Decision:
    """One entity's choice in one step: every option's named terms, their sum, its probability; the draw; the choice."""

    step: int
    mechanism: str
    decision: str
    axis: str | None
    entity: int
    actor: str | None
    object: str | None
    options: Mapping[str, Mapping[str, float]]
    utilities: Mapping[str, float]
    probabilities: Mapping[str, float]
    draw: float
    choice: str

    @property
    def margin(self) -> float:
        """Probability of the option taken."""
        return self.probabilities[self.choice]


def explain_run(
    world: World, seed: int, run: int, parameters: Mapping[str, NDArray[Any]] | None = None
) -> list[Decision]:
    """Every decision of one run, in order of time. The run is simulated again, alone; it is the same run."""
    backend = NumpyBackend(build_plan(world), watch=True)
    collector = Collector(world.steps, len(backend.plan.measures), 1)
    backend.simulate(collector, seed, run, 1, parameters)
    found: list[Decision] = []
    for index, step, values in collector.watched:
        found.extend(_unfold(world, backend.decisions[index], step, values))
    return found


def _unfold(world: World, recorded: Recorded, step: int, values: Mapping[int, NDArray[Any]]) -> list[Decision]:
    asked = values[recorded.who.number]
    rows = len(world.structure.axes[recorded.axis]) if recorded.axis else 1
    asked = np.broadcast_to(asked, (rows, asked.shape[1]))[:, 0]

    def value(number: int, entity: int) -> float:
        array = values[number]
        return float(array[entity if array.shape[0] > 1 else 0, 0])

    decisions = []
    for entity in np.flatnonzero(asked).tolist():
        chosen = [o.name for o, m in zip(recorded.options, recorded.chosen, strict=True) if value(m.number, entity)]
        actor, thing = world.decode(recorded.axis, entity)
        decisions.append(
            Decision(
                step,
                recorded.mechanism,
                recorded.name,
                recorded.axis,
                entity,
                actor,
                thing,
                {o.name: {term: value(node.number, entity) for term, node in o.terms} for o in recorded.options},
                {o.name: value(o.utility.number, entity) for o in recorded.options},
                {o.name: value(o.probability.number, entity) for o in recorded.options},
                value(recorded.draw.number, entity),
                chosen[0] if chosen else "",
            )
        )
    return decisions

"""From a scenario and interventions to an engine: the one place where a question gets its backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whipcount.results.interfaces import Engine

from .world_changes import Edition, Intervention

if TYPE_CHECKING:
    from whipcount.engine import Plan
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

Parameters = Mapping[str, NDArray[Any]]


_recorded: list[Plan] = []  # the programs recorded last: most interventions change numbers, and no formula
RECORDED = 4


def plan_of(world: World) -> Plan:
    """The world's plan; a program that was recorded on a world of the same structure is taken again."""
    from whipcount.engine import build_plan

    for plan in _recorded:
        if plan.world.structure == world.structure and plan.world.mechanisms == world.mechanisms:
            return replace(plan, world=world)
    plan = build_plan(world)
    _recorded.insert(0, plan)
    del _recorded[RECORDED:]
    return plan


def engine_of(loaded: LoadedScenario, interventions: Sequence[Intervention] = (), runs: int = 0) -> Engine:
    """The engine of a scenario so changed; `runs`: about how many are to come, which decides whether compiling pays.

    The backend is the session's: no question knows which one answers it.
    """
    from whipcount.engine import make_backend

    world = changed_world(loaded, interventions)
    plan = plan_of(world)
    backend = make_backend(plan, runs=runs)
    return Engine(world, plan, backend, backend.name)


def changed_world(loaded: LoadedScenario, interventions: Sequence[Intervention] = ()) -> World:
    """The world of a scenario under interventions: first those on the file, then those on the world, by date."""
    from whipcount.world import build_world

    world = build_world(reread(loaded, interventions))
    for intervention in sorted(interventions, key=lambda one: one.start):
        world = intervention.apply(world)
    return replace(world, interventions=tuple(one.text for one in interventions)) if interventions else world


def reread(loaded: LoadedScenario, interventions: Sequence[Intervention]) -> LoadedScenario:
    """The edition of the scenario that the interventions ask for; the same object if they ask for none."""
    before = edition_of(loaded)
    after = before
    for intervention in interventions:
        after = intervention.reread(after)
    if after == before:
        return loaded
    from whipcount.errors import ScenarioError
    from whipcount.scenario.loader import assemble
    from whipcount.scenario.yaml_nodes import parse

    tree = parse(loaded.text, str(loaded.path))
    built, problems = assemble(tree, after.account, after.choices, after.settings)
    if built is None or problems:
        raise ScenarioError(*problems)
    scenario, overrides, changed = built
    return replace(loaded, scenario=scenario, account=after.account, overrides=overrides, tree=changed)


def edition_of(loaded: LoadedScenario) -> Edition:
    """Account, versions chosen against it, and the reader's overrides, as the loaded scenario tells them."""
    return Edition(*loaded.edition())


def own_parameters(world: World, parameters: Parameters | None, rows: slice | None = None) -> Parameters | None:
    """Those of the given parameters that differ between runs of this world (and are not fixed in it), for some runs."""
    if parameters is None:
        return None
    return {
        name: np.asarray(values[rows] if rows is not None else values, np.float32)
        for name, values in parameters.items()
        if name in world.drawn_parameters and world.drawn_parameters[name].form != "fixed"
    }

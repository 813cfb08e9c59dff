"""An engine to be recorded: a world, its plan, and any backend that runs it.

A backend must give the same numbers for a run whatever block it is computed in: the recording relies on it and on
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whipcount.errors import RunError

if TYPE_CHECKING:
    from whipcount.engine import Backend, Plan
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

Floats = npt.NDArray[np.float64]
Parameters = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Engine:
    """A world, its plan and the backend that runs it."""

    world: World
    plan: Plan
    backend: Backend
    name: str = "numpy"


EngineMaker = Callable[[Any, Sequence[Any], int], Engine]
"""Makes an engine of a loaded scenario and interventions, for about so many runs; must be importable by name, since
workers call it too."""


def scenario_engine(loaded: LoadedScenario, interventions: Sequence[object] = (), runs: int = 0) -> Engine:
    """The engine of a scenario as it stands, on the session's backend.

    Raises RunError (WC300) for interventions, which questions apply: their `engine_of` takes them.
    """
    from whipcount.engine import build_plan, make_backend
    from whipcount.world import build_world

    if interventions:
        raise RunError.one(
            "WC300", "this engine takes a scenario as it stands, without interventions",
            "give engine_maker=whipcount.counterfactual.engines.engine_of",
        )  # fmt: skip
    plan = build_plan(build_world(loaded))
    backend = make_backend(plan, runs=runs)
    return Engine(plan.world, plan, backend, backend.name)

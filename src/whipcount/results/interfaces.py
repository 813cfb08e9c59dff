"""What results ask of a world, a plan and a backend: shapes only, so that any engine that fits can be recorded.

Runs are the last axis everywhere. A backend must give the same numbers for a run whatever block it is computed in:
the recording below relies on it and on nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from whipcount.errors import Place, RunError
from whipcount.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Parameters = Mapping[str, npt.NDArray[Any]]


class Calendar(Protocol):
    """Dates of the steps."""

    def date_of(self, step: int) -> dt.date:
        """The (Gregorian) date on which a step begins."""


class Structure(Protocol):
    """The shape of a world."""

    @property
    def axes(self) -> Mapping[str, Sequence[str]]:
        """Entities by axis, in the order in which the backend numbers them."""


class World(Protocol):
    """A scenario as arrays: its axes, and whom and what an entity of an axis stands for."""

    @property
    def calendar(self) -> Calendar: ...
    @property
    def structure(self) -> Structure: ...
    def decode(self, axis: str | None, entity: int, /) -> tuple[str | None, str | None]:
        """Actor (or party) and object of an entity."""


class VerbSpec(Protocol):
    """A kind of event; two mechanisms may record a verb of the same name."""

    @property
    def name(self) -> str: ...
    @property
    def mechanism(self) -> str: ...
    @property
    def axis(self) -> str | None: ...
    @property
    def codes(self) -> Mapping[int, str]: ...


class MeasureSpec(Protocol):
    """A daily measure: `label` is its column (`measure` or `measure:entity`), summarised between low and high."""

    @property
    def label(self) -> str: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Plan(Protocol):
    """The order of a step and what is recorded in it."""

    @property
    def verbs(self) -> Sequence[VerbSpec]: ...
    @property
    def measures(self) -> Sequence[MeasureSpec]: ...
    @property
    def steps(self) -> int: ...
    @property
    def step_names(self) -> Sequence[str]: ...


class EventColumns(Protocol):
    """Events of a block of runs, sorted by run, step, verb and entity; `verb` indexes the plan's verbs."""

    @property
    def run(self) -> npt.NDArray[np.int64]: ...
    @property
    def step(self) -> npt.NDArray[np.int32]: ...
    @property
    def verb(self) -> npt.NDArray[np.int16]: ...
    @property
    def entity(self) -> npt.NDArray[np.int32]: ...
    @property
    def value(self) -> npt.NDArray[np.float32]: ...
    @property
    def probability(self) -> npt.NDArray[np.float32]: ...


class BlockResult(Protocol):
    """Runs first_run .. first_run + runs - 1; series shaped (steps, measures, runs)."""

    @property
    def first_run(self) -> int: ...
    @property
    def runs(self) -> int: ...
    @property
    def parameters(self) -> Mapping[str, npt.NDArray[np.float32]]: ...
    @property
    def events(self) -> EventColumns: ...
    @property
    def series(self) -> npt.NDArray[np.float32]: ...


class Backend(Protocol):
    """Runs a plan for a block of runs."""

    def run(
        self, seed: int, first_run: int, runs: int, parameters: Any = None, worlds: Any = None, /
    ) -> BlockResult: ...


class Loaded(Protocol):
    """A scenario read from its file and checked, with one account and the reader's overrides applied."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def slug(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def text(self) -> str: ...
    def place(self, path: str, /) -> Place: ...


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


def scenario_engine(loaded: Any, interventions: Sequence[object] = (), runs: int = 0) -> Engine:
    """The engine of a scenario as it stands, on the session's backend.

    Raises RunError (WC300) for interventions, which questions apply: their `engine_of` takes them.
    """
    from whipcount.engine import build_plan, make_backend
    from whipcount.world import build_world

    if interventions:
        raise RunError.one(
            "WC300", "this engine takes a scenario as it stands, without interventions",
            "give engine_maker=whipcount.questions.engines.engine_of",
        )  # fmt: skip
    plan = build_plan(build_world(loaded))
    backend = make_backend(plan, runs=runs)
    return Engine(plan.world, plan, backend, backend.name)

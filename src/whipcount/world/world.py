"""A scenario as arrays: what the engine runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..scenario.schema import Calendar as CalendarRecord
from ..scenario.schema import Scenario
from ..vocabulary import Mechanism, Prior, Structure
from .uncertain import Drawn


@dataclass(frozen=True)
class Calendar:
    """Steps and dates of a scenario."""

    start: dt.date
    end: dt.date
    step_days: float
    beat_days: float = 1.0
    old_style_until: dt.date | None = None

    @classmethod
    def of(cls, record: CalendarRecord) -> Calendar:
        """The calendar that a scenario file declares."""
        return cls(record.start, record.end, record.step_days, record.tempo, record.old_style_until)

    @property
    def steps(self) -> int:
        """Number of steps, the first and the last day included."""
        return int((self.end - self.start).days / self.step_days) + 1

    def date_of(self, step: int) -> dt.date:
        """Date on which a step begins."""
        return self.start + dt.timedelta(days=int(step * self.step_days))

    def nearest_step(self, date: dt.date) -> int:
        """Step that begins nearest to a date: where a dated event takes place, so that long steps do not hasten it."""
        return int(np.floor((date - self.start).days / self.step_days + 0.5))

    def step_of(self, date: dt.date) -> int:
        """Step that a date lies in; before the start negative."""
        return int(np.floor((date - self.start).days / self.step_days))


@dataclass(frozen=True)
class World:
    """A scenario under one account, as arrays and tables by name; immutable, and picklable for worker processes."""

    scenario: Scenario
    slug: str
    account: str | None
    calendar: Calendar
    mechanisms: tuple[type[Mechanism], ...]
    structure: Structure
    maps: Mapping[tuple[str, str], NDArray[np.int64]]
    static: Mapping[str, NDArray[Any]]
    per_run: Mapping[str, Drawn]
    tables: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, NDArray[np.float32]]
    fixed_parameters: Mapping[str, float]
    drawn_parameters: Mapping[str, Prior]
    interventions: tuple[str, ...] = ()
    seat_pairs: tuple[tuple[str, str], ...] = ()
    tenure_pairs: tuple[tuple[str, str], ...] = ()
    party_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return self.calendar.steps

    @property
    def step_days(self) -> float:
        """Length of a step in days."""
        return self.calendar.step_days

    def decode(self, axis: str | None, entity: int) -> tuple[str | None, str | None]:
        """Who and what a row of an axis stands for: (actor or party, object)."""
        if axis is None:
            return None, None
        if axis == "seat":
            return self.seat_pairs[entity]
        if axis == "tenure":
            return self.tenure_pairs[entity]
        name = self.structure.axes[axis][entity]
        if axis == "actor":
            return name, self.party_of[name]
        if axis == "party":
            return name, None
        return None, name

"""What a mechanism may know of a scenario before any run: its axes, maps, tables and matrices, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Given:
    """An input by name: its axis, whether it is a mask, and whether it is drawn anew for each run."""

    axis: str | None
    dtype: Literal["number", "mask"] = "number"
    per_run: bool = False


@dataclass(frozen=True)
class Structure:
    """The shape of a world: enough to record a program, and nothing that changes from run to run.

    axes: ids of the entities by axis. maps: (from, to) pairs of axes for which each entity of the first belongs to at
    most one of the second. given: inputs. tables: name -> axis of values by day. matrices: name -> (rows, columns).
    parameters: mechanism.name -> whether it differs between runs. forced: decisions on which an intervention acts.
    """

    axes: dict[str, tuple[str, ...]]
    maps: frozenset[tuple[str, str]]
    given: dict[str, Given]
    tables: dict[str, str | None]
    matrices: dict[str, tuple[str, str]]
    parameters: dict[str, bool]
    forced: frozenset[str] = frozenset()
    step_days: float = 1.0
    beat_days: float = 1.0  # the tempo, and by parameter what it multiplies the value by
    pace: dict[str, float] = field(default_factory=dict)
    facts: dict[str, str | float | bool | tuple[str, ...] | None] = field(default_factory=dict)

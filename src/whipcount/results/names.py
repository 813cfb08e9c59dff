"""Names behind the numbers of events: who and what an entity of a verb is, and what its value is called.

An event carries the index of its verb and of an entity of that verb's axis. A *cell* is such a pair as one number,
so that a name is one look-up for a whole column of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from whipcount.engine import Plan
    from whipcount.world import World


Ints = npt.NDArray[np.int64]
NOBODY = -1
SETTLEMENT_VALUED = ("line",)  # events whose value is the number of a settlement, counted from 1


@dataclass(frozen=True)
class Entity:
    """Whom and what an entity of an axis stands for."""

    actor: str | None
    object: str | None


class EventNames:
    """Look-up tables of a plan's verbs: cell -> actor, object; verb and value -> code."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan = plan
        self.world = world
        self._entities: dict[str | None, tuple[Entity, ...]] = {None: (Entity(None, None),)}
        sizes = [len(self.entities(verb.axis)) for verb in plan.verbs]
        self.offsets: Ints = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.cells = int(self.offsets[-1])
        self.verb_names = tuple(verb.name for verb in plan.verbs)
        self.mechanism_names = tuple(verb.mechanism for verb in plan.verbs)
        flat = [entity for verb in plan.verbs for entity in self.entities(verb.axis)]
        self.actors, self.actor_of = _dictionary([entity.actor for entity in flat])
        self.objects, self.object_of = _dictionary([entity.object for entity in flat])
        settlements = dict(enumerate(world.structure.axes.get("settlement", ()), start=1))
        self.codes_of: tuple[Mapping[int, str], ...] = tuple(
            settlements if verb.name in SETTLEMENT_VALUED and not verb.codes else verb.codes for verb in plan.verbs
        )
        self.codes, self.code_of = self._code_table()
        self.code_span = len(self.codes) + 1  # a cell and a code as one number: cell * span + code + 1

    def entities(self, axis: str | None) -> tuple[Entity, ...]:
        """Everyone on an axis, in its order; one nobody for events without an axis."""
        if axis is not None and axis not in self._entities:
            decoded = (self.world.decode(axis, index) for index in range(len(self.world.structure.axes[axis])))
            self._entities[axis] = tuple(Entity(actor, object_) for actor, object_ in decoded)
        return self._entities[axis]

    def cell(self, verb: npt.NDArray[Any], entity: npt.NDArray[Any]) -> Ints:
        """The cells of a column of events."""
        cells: Ints = self.offsets[verb] + entity
        return cells

    def code(self, verb: npt.NDArray[Any], value: npt.NDArray[np.float32]) -> Ints:
        """Index into `codes` of each event's value, `NOBODY` where the value has no name."""
        width = self.code_of.shape[1]
        with np.errstate(invalid="ignore"):
            whole = value.astype(np.int32)  # what has no such number equals none
        known = (whole == value) & (whole >= 0) & (whole < width)
        if not known.all():
            whole = np.where(known, whole, 0)
        found = self.code_of.take(np.multiply(verb, width, dtype=np.int64) + whole)
        return found if known.all() else np.where(known, found, NOBODY)

    def _code_table(self) -> tuple[tuple[str, ...], Ints]:
        width = 1 + max((value for codes in self.codes_of for value in codes), default=0)
        names: dict[str, int] = {}
        table = np.full((max(len(self.codes_of), 1), width), NOBODY, dtype=np.int64)
        for row, codes in enumerate(self.codes_of):
            for value, code in codes.items():
                table[row, value] = names.setdefault(code, len(names))
        return tuple(names), table


def _dictionary(labels: list[str | None]) -> tuple[tuple[str, ...], Ints]:
    """Distinct labels in order of appearance, and the index of each label (`NOBODY` for none)."""
    known: dict[str, int] = {}
    indices = [NOBODY if label is None else known.setdefault(label, len(known)) for label in labels]
    return tuple(known), np.array(indices, dtype=np.int64)

"""A plan: which mechanisms run in which order on a world, and the program that they recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.errors import MechanismError
from whipcount.session import not_collecting
from whipcount.vocabulary import Mechanism, record_program
from whipcount.vocabulary.program import MeasureSpec, Program, VerbSpec

if TYPE_CHECKING:
    from whipcount.world import World


@dataclass(frozen=True)
class Plan:
    """A world, the mechanisms in the order of a day, and their program."""

    world: World
    mechanisms: tuple[type[Mechanism], ...]
    program: Program

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return self.world.steps

    @property
    def step_names(self) -> tuple[str, ...]:
        """Mechanisms in the order in which a day calls them."""
        return tuple(mechanism.id for mechanism in self.mechanisms)

    @property
    def verbs(self) -> tuple[VerbSpec, ...]:
        """Kinds of event, in the order of their numbers."""
        return self.program.verbs

    @property
    def measures(self) -> tuple[MeasureSpec, ...]:
        """Daily measures, in the order of the series' rows."""
        return self.program.measures

    @property
    def digest(self) -> str:
        """A hash of the program: equal programs compute the same from the same inputs."""
        return self.program.digest


def order_of(mechanisms: Sequence[type[Mechanism]]) -> tuple[type[Mechanism], ...]:
    """The order of a day: each mechanism after those that it names; else in alphabetical order of their ids."""
    by_id = {mechanism.id: mechanism for mechanism in mechanisms}
    if len(by_id) != len(mechanisms):
        raise MechanismError.one("WC210", "two mechanisms have the same id", "rename one")
    placed: list[type[Mechanism]] = []
    waiting = dict(sorted(by_id.items()))
    while waiting:
        ready = next((m for m in waiting.values() if not any(name in waiting for name in m.after)), None)
        if ready is None:
            raise MechanismError.one(
                "WC212", f"mechanisms wait for each other: {', '.join(waiting)}", "look at `after`"
            )
        placed.append(waiting.pop(ready.id))
    return tuple(placed)


@not_collecting()
def build_plan(world: World, mechanisms: Sequence[type[Mechanism]] | None = None) -> Plan:
    """Record the program of the world's mechanisms."""
    ordered = order_of(mechanisms if mechanisms is not None else world.mechanisms)
    return Plan(world, ordered, record_program(world.structure, ordered))

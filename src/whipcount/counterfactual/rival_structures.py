"""Rival structures of the model: other ways in which it could work, as fixed parameters, against which verdicts are
held. A verdict that does not survive them rests on a modeller's choice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from whipcount.text import mark

from .world_changes import FixParameter, Intervention


@dataclass(frozen=True)
class Structure:
    """A rival structure: its name, and the parameters that make it."""

    id: str
    name: str
    settings: tuple[tuple[str, float], ...]

    def interventions(self, parameters: Collection[str]) -> tuple[Intervention, ...]:
        """As interventions; none if the scenario's mechanisms do not have what it switches."""
        return tuple(
            FixParameter(f"param.{name} = {value:g}", name, value)
            for name, value in self.settings
            if name in parameters
        )


def _structure(id: str, name: str, **settings: float) -> Structure:
    return Structure(id, name, tuple((name.replace("__", "."), value) for name, value in settings.items()))


RIVALS: tuple[Structure, ...] = (
    _structure(
        "myopic",
        mark("nobody foresees the others' answers"),
        ultimatum__foresight=0.0,
        reply__foresight=0.0,
        sanction__foresight=0.0,
    ),
    _structure(
        "farsighted",
        mark("everybody reckons fully with the others' answers"),
        ultimatum__foresight=1.0,
        reply__foresight=1.0,
        sanction__foresight=1.0,
    ),
    _structure(
        "true_beliefs", mark("the others' positions are known as they are"), belief__bias=0.0, belief__noise=0.0
    ),
    _structure(
        "no_cascade",
        mark("exits and signatures do not draw others after them"),
        leave__solidarity=0.0,
        reply__solidarity=0.0,
        ultimatum__bandwagon=0.0,
    ),
    _structure(
        "danger_only",
        mark("only danger decides whether the government lasts"),
        survival__breadth=0.0,
        survival__capacity=0.0,
        survival__unity=0.0,
    ),
    _structure("no_optimism", mark("both sides see the odds as they are"), survival__optimism=0.0),
    _structure("no_whip", mark("nobody pays for acting against the line"), ballot__discipline=0.0),
    _structure("nearly_best_reply", mark("choices are nearly best replies"), choice__lam=60.0),
    _structure("loose_choice", mark("choices are loose"), choice__lam=8.0),
)

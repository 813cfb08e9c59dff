"""Rival structures of the model: other ways in which it could work, as fixed parameters, against which verdicts are
held. A verdict that does not survive them rests on a modeller's choice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from whipcount.scenario.values import Text

from .changes import FixParameter, Intervention


@dataclass(frozen=True)
class Structure:
    """A rival structure: its name, and the parameters that make it."""

    id: str
    name: Text
    settings: tuple[tuple[str, float], ...]

    def interventions(self, parameters: Collection[str]) -> tuple[Intervention, ...]:
        """As interventions; none if the scenario's mechanisms do not have what it switches."""
        return tuple(
            FixParameter(f"param.{name} = {value:g}", name, value)
            for name, value in self.settings
            if name in parameters
        )


def _structure(id: str, en: str, ru: str, **settings: float) -> Structure:
    return Structure(
        id, Text(en=en, ru=ru), tuple((name.replace("__", "."), value) for name, value in settings.items())
    )


RIVALS: tuple[Structure, ...] = (
    _structure(
        "myopic", "nobody foresees the others' answers", "никто не предвидит ответов других",
        ultimatum__foresight=0.0, reply__foresight=0.0, sanction__foresight=0.0,
    ),
    _structure(
        "farsighted", "everybody reckons fully with the others' answers", "все вполне учитывают ответы других",
        ultimatum__foresight=1.0, reply__foresight=1.0, sanction__foresight=1.0,
    ),
    _structure(
        "true_beliefs", "the others' positions are known as they are", "позиции других известны верно",
        belief__bias=0.0, belief__noise=0.0,
    ),
    _structure(
        "no_cascade", "exits and signatures do not draw others after them", "уходы и подписи никого не увлекают",
        leave__solidarity=0.0, reply__solidarity=0.0, ultimatum__bandwagon=0.0,
    ),
    _structure(
        "danger_only", "only danger decides whether the government lasts", "устойчивость решает лишь опасность",
        survival__breadth=0.0, survival__capacity=0.0, survival__unity=0.0,
    ),
    _structure("no_optimism", "both sides see the odds as they are", "обе стороны оценивают шансы верно",
        survival__optimism=0.0),
    _structure("no_whip", "nobody pays for acting against the line", "за действия против линии никто не платит",
        ballot__discipline=0.0),
    _structure("nearly_best_reply", "choices are nearly best replies", "выборы почти наилучшие", choice__lam=60.0),
    _structure("loose_choice", "choices are loose", "выборы весьма случайны", choice__lam=8.0),
)  # fmt: skip

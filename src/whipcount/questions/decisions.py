"""Coming decisions: what is decided within some days after a date, by whom and how, in every simulated world.

A decision is a kind of event (mechanism and verb), who takes it (a party; of what is done to a body, post, motion or
settlement, that), and how (the code). Steps of nature, single votes and bookkeeping are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.results.names import EventNames

if TYPE_CHECKING:
    from whipcount.engine import BlockResult, Plan
    from whipcount.world import World

Floats = NDArray[np.float64]
# fmt: off
VERBS = frozenset((
    "mandate", "accept", "decline", "agreement", "ratify", "reneged", "breakdown", "carry", "backed", "tabled",
    "carried", "defeated", "removed", "elected", "draft", "sign", "ultimatum", "lapse", "reply", "sanction",
    "stripped", "expelled", "concession", "statement", "joint_statement", "leave_seat", "leave_post", "leave_party",
    "stay_signed", "appeal", "call", "convene", "verdict", "new_party", "confidence", "forced_concession", "appoint",
    "dismiss", "invite", "enter", "refuse_entry", "withdraw", "remain", "return", "readmit",
))
# fmt: on
OF_THINGS = frozenset(("body", "settlement", "motion"))


@dataclass(frozen=True)
class Decision:
    """A decision that may come: verb, who or what, and how."""

    verb: str
    who: str | None
    how: str | None

    def __str__(self) -> str:
        return " ".join(part for part in (self.who, self.verb, self.how) if part)


class Decisions:
    """Whether each decision comes between two steps (both included), world by world."""

    def __init__(self, plan: Plan, world: World, party_of: dict[str, str], first: int, last: int) -> None:
        names = EventNames(plan, world)
        self.first, self.last = first, last
        numbers: dict[Decision, int] = {}
        self._columns: dict[int, NDArray[np.int64]] = {}
        for verb, spec in enumerate(plan.verbs):
            if spec.name not in VERBS:
                continue
            codes = names.codes_of[verb] if spec.codes else {}
            rows = []
            for entity in names.entities(spec.axis):
                actor = entity.actor and party_of.get(entity.actor, entity.actor)
                who = entity.object if spec.axis in OF_THINGS or actor is None else actor
                row = [numbers.setdefault(Decision(spec.name, who, None), len(numbers))] if not codes else []
                for value in range(max(codes, default=-1) + 1):
                    known = codes.get(value)
                    row.append(-1 if known is None else self._number(numbers, spec.name, who, known))
                rows.append(row)
            self._columns[verb] = np.array(rows, np.int64)
        self.all = tuple(numbers)

    @staticmethod
    def _number(numbers: dict[Decision, int], verb: str, who: str | None, how: str) -> int:
        return numbers.setdefault(Decision(verb, who, how), len(numbers))

    def taken(self, block: BlockResult) -> Floats:
        """1 where a decision comes, shaped (runs, decisions)."""
        found = np.zeros((block.runs, len(self.all)))
        events = block.events
        inside = (events.step >= self.first) & (events.step <= self.last)
        for verb, columns in self._columns.items():
            chosen = np.flatnonzero(inside & (events.verb == verb))
            if not len(chosen):
                continue
            value = np.zeros(len(chosen), np.int64)
            if columns.shape[1] > 1:
                value = np.clip(np.nan_to_num(events.value[chosen]).astype(np.int64), 0, columns.shape[1] - 1)
            column = columns[events.entity[chosen], value]
            run = events.run[chosen] - block.first_run
            found[run[column >= 0], column[column >= 0]] = 1.0
        return found

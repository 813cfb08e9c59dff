"""Conditions on outcomes: only those worlds that went as these say (abduction, before anything is changed in them)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import Place, Problem, QuestionError, WhipcountError
from whipcount.results.interfaces import Floats
from whipcount.scenario.hints import did_you_mean
from whipcount.scenario.schema import Outcome, Scenario

_RELATIONS: dict[str, Callable[[Any, float], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_FORM = re.compile(r"\s*(?P<name>[^<>=!\s]+)\s*(?:(?P<relation>>=|<=|!=|>|<|=)\s*(?P<value>.*\S)\s*)?")
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


@dataclass(frozen=True)
class Condition:
    """An outcome and what it must be."""

    text: str
    outcome: str
    relation: str
    value: float

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Where it holds; a missing value meets no condition."""
        return np.asarray(_RELATIONS[self.relation](values, self.value), np.bool_) & ~np.isnan(values)


def parse_given(texts: Iterable[str], scenario: Scenario, origin: Place | None = None) -> tuple[Condition, ...]:
    """Read conditions: `NAME`, `NAME = no`, `NAME >= 3`. Raises QuestionError (WC410, WC413) with every wrong one."""
    outcomes = {outcome.id: outcome for outcome in scenario.outcomes}
    found: list[Condition] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found.append(_condition(text, outcomes, origin))
        except QuestionError as error:
            problems.extend(error.problems)
    if problems:
        raise QuestionError(*problems)
    return tuple(found)


def _condition(text: str, outcomes: Mapping[str, Outcome], origin: Place | None) -> Condition:
    match = _FORM.fullmatch(text)

    def refuse(code: str, column: int, message: str, hint: str) -> WhipcountError:
        return QuestionError.one(code, message, hint, origin or Place(f"--given {text!r}", 1, column + 1))

    if match is None:
        raise refuse("WC410", 0, f"'{text}' is no condition", "write NAME, NAME = no, or NAME >= 3")
    name, relation, value = match.group("name", "relation", "value")
    if name not in outcomes:
        raise refuse("WC413", match.start("name"), f"there is no outcome '{name}'", did_you_mean(name, outcomes))
    binary = outcomes[name].measure.is_binary
    if relation is None:
        if not binary:
            raise refuse(
                "WC410", match.start("name"), f"'{name}' is a number, not yes or no", f"for instance {name} >= 3"
            )
        return Condition(text, name, "=", 1.0)
    number = _WORDS.get(value.lower())
    if number is None:
        try:
            number = float(value)
        except ValueError:
            raise refuse("WC410", match.start("value"), f"'{value}' is not a number", "yes, no, or a number") from None
    if binary and (number not in (0.0, 1.0) or relation not in ("=", "!=")):
        raise refuse("WC410", match.start("value"), f"'{name}' is yes or no", f"write {name} = yes, or {name} = no")
    return Condition(text, name, relation, number)


def met(conditions: Sequence[Condition], values: Mapping[str, Floats], runs: int) -> NDArray[np.bool_]:
    """Runs that meet all conditions."""
    kept = np.ones(runs, np.bool_)
    for condition in conditions:
        kept &= condition.holds(values[condition.outcome])
    return kept


def impossible(conditions: Sequence[Condition], drawn: int) -> WhipcountError:
    """The error where no run went as the conditions say."""
    said = ", ".join(condition.text for condition in conditions)
    return QuestionError.one(
        "WC411",
        f"given {said}: none of {drawn:,} runs drawn went so",
        "draw more runs (-n), ask for less, or use a posterior: under these priors such worlds are too rare",
    )

"""Histories of documented crises as what teaches the parameters that politics shares: their deviates and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from whipcount.inference.parameter_space import deviates, has_width
from whipcount.mechanisms import all_mechanisms
from whipcount.theory.politics import Simulated, moving
from whipcount.theory.questionnaire import KEYS
from whipcount.vocabulary.priors import Prior

if TYPE_CHECKING:
    from whipcount.results import Results


def shared_parameters() -> dict[str, Prior]:
    """The parameters that crises have in common, by full name, each with its shipped prior."""
    return {
        f"{mechanism.id}.{name}": param.prior
        for mechanism in all_mechanisms().values()
        for name, param in mechanism.parameters().items()
        if param.level == "politics" and has_width(param.prior)
    }


def histories(name: str, results: Results) -> Simulated:
    """The runs of a crisis: deviates of all shared parameters on the scale of their shipped priors, and the answers.

    A parameter that the scenario fixes has one deviate in all runs; what no question can be put to is nan.
    """
    priors, table = shared_parameters(), results.table()
    known = [key for key in KEYS if key in table.columns]
    answers = np.full((len(table), len(KEYS)), np.nan)
    for key in known:
        answers[:, KEYS.index(key)] = table[key].cast(float).to_numpy()
    columns = [
        deviates(prior, table[one].to_numpy().astype(float)) if one in table.columns else np.zeros(len(table))
        for one, prior in priors.items()
    ]
    return Simulated(name, np.column_stack(columns), answers)


def moving_parameters(crises: Sequence[Simulated]) -> tuple[list[Simulated], list[str]]:
    """The crises with the parameters that move their answers most, and the names of these."""
    kept = moving(crises)
    names = list(shared_parameters())
    return [Simulated(one.name, one.deviates[:, kept], one.answers) for one in crises], [names[place] for place in kept]

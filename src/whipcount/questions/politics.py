"""What documented crises teach of the parameters that politics shares: from their histories to the shipped table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import deviates, has_width
from whipcount.mechanisms import all_mechanisms
from whipcount.scenario.hints import did_you_mean
from whipcount.table import Column, Result, Table, figure
from whipcount.text import say
from whipcount.theory.politics import Simulated, moving
from whipcount.theory.politics_table import PoliticsTable, learn_table
from whipcount.theory.questionnaire import KEYS
from whipcount.vocabulary.priors import Prior
from whipcount.world.draws import quantile

if TYPE_CHECKING:
    from whipcount.results import Results

Floats = NDArray[np.float64]
LEVELS = (0.05, 0.5, 0.95)
GRID = (np.arange(4_000) + 0.5) / 4_000  # quantiles over which means and spreads are taken
MOVED = 0.25  # prior standard deviations: a parameter that has moved less is told as hardly moved


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


def learn_politics(crises: Sequence[Simulated], answers: Floats, provenance: Mapping[str, Any]) -> PoliticsTable:
    """The table that histories of crises teach; answers: (crises, questions), nan where unknown."""
    from whipcount.results.structure import rules

    kept, names = moving_parameters(crises)
    priors = shared_parameters()
    parameters = [(name, (priors[name].form, priors[name].numbers)) for name in names]
    return learn_table(kept, answers, parameters, rules(), provenance)


@dataclass(frozen=True)
class Shared:
    """A parameter that politics shares: what it is, its prior, and what crises teach of its value in a further crisis.

    before, after: mean, standard deviation, and the 5, 50 and 95% quantiles, in its own units. shift, deviation: mean
    and standard deviation on the normal scale of the prior, where these are 0 and 1.
    """

    name: str
    meaning: str
    unit: str
    prior: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    shift: float
    deviation: float


@dataclass(frozen=True, eq=False)
class LearntPriors(Result):
    """The parameters that politics shares, as the library of crises teaches them.

    crises: those that they were learnt from. without: the crisis left out, if one is. spread: of a parameter between
    crises, in standard deviations of its prior: 0 all alike, 1 nothing learnt. provenance: how the table was made.
    """

    references: ClassVar[tuple[str, ...]] = (
        "beaumont_2002",
        "Chandler & Bate 2007, Inference for clustered data using the independence loglikelihood",
        "Gelman & Hill 2007, Data analysis using regression and multilevel models",
    )

    parameters: tuple[Shared, ...]
    crises: tuple[str, ...]
    without: str | None
    spread: float
    provenance: Mapping[str, Any]

    def __getitem__(self, name: str) -> Shared:
        """A parameter by its full name."""
        return next(one for one in self.parameters if one.name == name)

    def tables(self) -> tuple[Table, ...]:
        """The parameters, those that moved most first; how the table was made."""
        columns = (
            Column("parameter", "Parameter", priority=0),
            Column("meaning", "What it is", wide=True, priority=3),
            Column("unit", "Unit", priority=4),
            Column("prior", "Prior", priority=1),
            figure("prior_mean", "Mean before", ".3g", 2),
            figure("prior_sd", "Spread before", ".3g", 2),
            figure("mean", "Mean", ".3g", 0),
            figure("sd", "Spread", ".3g", 0),
            figure("low", "5%", ".3g"),
            figure("median", "Median", ".3g", 2),
            figure("high", "95%", ".3g"),
            figure("shift", "Moved by", "+.2f", 1),
        )
        rows = tuple(
            (one.name, one.meaning, one.unit, one.prior, *one.before[:2], *one.after, one.shift)
            for one in sorted(self.parameters, key=lambda one: -abs(one.shift))
        )
        note = say("moved by: of the mean, in standard deviations of the prior")
        made = tuple((key, _plain(value)) for key, value in self.provenance.items())
        how = (Column("what", "What"), Column("value", "Value", wide=True))
        return (
            Table("parameters", "Parameters that politics shares", columns, rows, note),
            Table("provenance", "How it was made", how, made),
        )

    def sentences(self) -> str:
        """What was learnt, in a few sentences."""
        moved = sorted((one for one in self.parameters if abs(one.shift) >= MOVED), key=lambda one: -abs(one.shift))
        lines = [
            say(
                "{count} parameters, learnt from {crises} crises; between crises each keeps {spread:.0%} of its "
                "prior's spread.",
                count=len(self.parameters),
                crises=len(self.crises),
                spread=self.spread,
            )
        ]
        up = [one.name for one in moved if one.shift > 0][:5]
        down = [one.name for one in moved if one.shift < 0][:5]
        if up:
            lines.append(say("Higher than thought: {names}.", names=", ".join(up)))
        if down:
            lines.append(say("Lower than thought: {names}.", names=", ".join(down)))
        if not moved:
            lines.append(say("None has moved by a quarter of its prior's standard deviation."))
        lines.append(say("These crises became famous, and few answers move few parameters: a direction, not a law."))
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        grid, _ = self.tables()
        return {
            "crises": list(self.crises),
            "without": self.without,
            "spread": self.spread,
            "provenance": dict(self.provenance),
            "parameters": grid.records(),
        }


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def learnt_priors(table: PoliticsTable, without: str | None = None) -> LearntPriors:
    """What a table says of its parameters in a further crisis; without: as learnt from the others.

    Raises QuestionError (WC442) where no such crisis was learnt from.
    """
    from scipy import special

    if without is not None and without not in table.without:
        raise QuestionError.one("WC442", f"nothing was learnt from '{without}'", did_you_mean(without, table.crises))
    learnt = table.of(without)
    spread = np.sqrt(np.diag(learnt.of_a_crisis()))
    described = {
        f"{mechanism.id}.{name}": param
        for mechanism in all_mechanisms().values()
        for name, param in mechanism.parameters().items()
    }
    found = []
    for place, (name, (form, numbers)) in enumerate(zip(table.names, table.priors, strict=True)):
        prior = Prior(form, numbers)
        even = special.ndtr(learnt.mean[place] + spread[place] * special.ndtri(GRID))
        before, after = (_moments(quantile(prior, u)) for u in (GRID, even))
        known = described.get(name)
        meaning, unit = (known.doc, known.unit) if known is not None else ("", "")
        found.append(
            Shared(name, meaning, unit, str(prior), before, after, float(learnt.mean[place]), float(spread[place]))
        )
    crises = tuple(one for one in table.crises if one != without)
    return LearntPriors(tuple(found), crises, without, learnt.spread, table.provenance)


def _moments(values: Floats) -> tuple[float, ...]:
    """Mean, standard deviation, and the quantiles of values that are equally likely, in order."""
    return (float(values.mean()), float(values.std()), *np.quantile(values, LEVELS).tolist())

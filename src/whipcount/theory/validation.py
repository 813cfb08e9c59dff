"""Forecasts of documented quarrels, each left out: scores by source, question and crisis, calibration, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, say

from . import outlook, politics
from .added_value import LEAST, Weight, mean_of_logits, stacked, weight, with_offsets
from .first_day import Quarrels
from .outlook_model import fit_outlook
from .politics import Simulated, moving, surrogate
from .probability_scores import Bin, Difference, Scores, calibration, log_score, paired, scores
from .quarrel_models import Forecaster, base_rates, coin, control, left_out, ridge_logit, shrunk_base_rates
from .questionnaire import HAPPENED

Floats = NDArray[np.float64]
SIMULATION = "simulation"
NAMES = {
    "coin": mark("a coin"),
    "base_rate": mark("base rates of the other crises"),
    "shrunk": mark("base rates, shrunk"),
    "ridge": mark("ridge logit on all columns"),
    "control": mark("control without dynamics"),
    "outlook": mark("outlook, both populations"),
    SIMULATION: mark("simulation"),
    "learnt": mark("simulation, shared parameters learnt from the others"),
    "stacked": mark("simulation and base rates, weighed"),
    "offsets": mark("simulation with offsets of questions"),
    "mean": mark("mean of outlook and simulation"),
}
FITTED: Mapping[str, Forecaster] = {
    "coin": coin,
    "base_rate": base_rates,
    "shrunk": shrunk_base_rates,
    "ridge": ridge_logit,
    "control": control,
}


@dataclass(frozen=True)
class Source:
    """What one source of forecasts is worth, and its gain over base rates on the same answers."""

    name: str
    scores: Scores
    gain: Difference


def _rows(sources: tuple[Source, ...]) -> tuple[tuple[Any, ...], ...]:
    """Sources as rows of their table, the best first."""
    return tuple(
        (
            one.name, one.scores.answers, one.scores.log, one.gain.mean, one.gain.low, one.gain.high,
            one.gain.better, one.gain.crises, one.scores.brier, one.scores.sharpness, one.scores.large,
        )
        for one in sorted(sources, key=lambda one: -one.scores.log)
    )  # fmt: skip


@dataclass(frozen=True)
class Validation(Result):
    """Forecasts from several sources, scored on quarrels that they were not learnt from.

    judged: the source that is told first: the simulation where it covers three crises, else the outlook. by_question
    and by_crisis: its score and that of base rates, with the number of answers.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
        "Brier 1950, Verification of forecasts expressed in terms of probability",
    )
    brief: ClassVar[tuple[str, ...]] = ("sources", "also", "by_crisis")

    population: str
    crises: tuple[str, ...]
    also: tuple[str, ...]
    simulated: tuple[str, ...]
    judged: str
    sources: tuple[Source, ...]
    also_sources: tuple[Source, ...]
    by_question: tuple[tuple[str, int, float, float, float], ...]
    by_crisis: tuple[tuple[str, int, float, float], ...]
    bins: tuple[Bin, ...]
    added: Weight | None
    certain_only: bool = False

    def source(self, name: str) -> Source:
        """A source of forecasts by name."""
        return next(one for one in self.sources if one.name == name)

    def tables(self) -> tuple[Table, ...]:
        """Scores of each source, the best first; by crisis; by question; calibration."""
        columns = (
            Column("source", "Source", priority=0, names=NAMES),
            figure("answers", "Answers", "d"),
            figure("score", "Log score", priority=0),
            figure("difference", "Over base rates", "+.4f", priority=0),
            figure("low", "95% from", "+.4f"),
            figure("high", "to", "+.4f"),
            figure("better", "Better in", "d", priority=2),
            figure("crises", "Crises", "d", priority=2),
            figure("brier", "Brier score", priority=2),
            figure("sharpness", "Sharpness", priority=3),
            figure("large", "Probability less share", "+.3f", priority=3),
        )
        more = (Table("also", "Forecasts of further crises", columns, _rows(self.also_sources)),) if self.also else ()
        told = (figure("answers", "Answers", "d"), figure("score", "Log score"), figure("base_rate", "Base rates"))
        return (
            Table("sources", "Forecasts of quarrels left out", columns, _rows(self.sources)),
            *more,
            Table("by_crisis", "By crisis", (Column("crisis", "Crisis"), *told), self.by_crisis),
            Table(
                "by_question",
                "By question",
                (Column("question", "What may happen", names=HAPPENED), *told, figure("share", "Share of yes", ".2f")),
                self.by_question,
            ),
            Table(
                "calibration",
                "Calibration",
                (
                    figure("forecast", "Probability told", ".3f"),
                    figure("share", "Came true", ".3f"),
                    figure("number", "Answers", "d"),
                ),
                tuple((one.forecast, one.share, one.number) for one in self.bins),
            ),
        )

    def sentences(self) -> str:
        """The comparison in plain words."""
        own = self.source(self.judged)
        lines = [
            say(
                "{source}: log score {score} on {crises} crises; over base rates {gain:+.3f} (95% {low:+.3f} to "
                "{high:+.3f}).",
                source=say(NAMES[self.judged]),
                score=number(own.scores.log, 3),
                crises=own.gain.crises,
                gain=own.gain.mean,
                low=own.gain.low,
                high=own.gain.high,
            )
        ]
        if self.added is not None:
            told = mark("Its weight beside base rates: {weight:.2f} ({low:+.2f} to {high:+.2f}).")
            nothing = mark(
                "Its weight beside base rates: {weight:.2f} ({low:+.2f} to {high:+.2f}): that it adds anything "
                "is not shown."
            )
            text = told if self.added.low > 0 else nothing
            lines.append(say(text, weight=self.added.weight, low=self.added.low, high=self.added.high))
        if self.judged != SIMULATION:
            lines.append(
                say(
                    "Scenarios of {simulated} crises are simulated; three are needed to weigh the simulation.",
                    simulated=len(self.simulated),
                )
            )
        if self.population == "crisis":
            lines.append(
                say(
                    "Whoever set the signs of control and outlook had seen the answers of the crises, and the first "
                    "days were coded by somebody who knew how they ended: their scores are upper bounds."
                )
            )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        own = self.source(self.judged)
        empty = (None, None, None)
        weights = empty if self.added is None else (self.added.weight, self.added.low, self.added.high)
        return {
            "population": self.population,
            "source": self.judged,
            "crises": list(self.crises),
            "further": list(self.also),
            "simulated": list(self.simulated),
            "questions": len(self.by_question),
            "answers": own.scores.answers,
            "score": own.scores.log,
            "base_rate": own.scores.log - own.gain.mean,
            "coin": float(np.log(0.5)),
            "difference": own.gain.mean,
            "low": own.gain.low,
            "high": own.gain.high,
            "brier": own.scores.brier,
            "sharpness": own.scores.sharpness,
            "weight": weights[0],
            "weight_low": weights[1],
            "weight_high": weights[2],
            **{grid.name: grid.records() for grid in self.tables()},
        }


def validate(
    quarrels: Quarrels,
    population: str,
    simulated: Mapping[str, Floats] | None = None,
    also: Quarrels | None = None,
    certain_only: bool = False,
    histories: Sequence[Simulated] = (),
) -> Validation:
    """Score every source of forecasts on the quarrels of a population, each left out.

    simulated: probabilities by crisis, (questions) with nan where one cannot be put. also: further quarrels, scored and
    never learnt from. certain_only: doubtful answers count as unknown. histories: simulated ones with their parameters,
    of crises from which the shared parameters are learnt.
    """
    if certain_only:
        quarrels, also = quarrels.certain(), also.certain() if also is not None else None
    told, own = _forecasts(quarrels, population, also)
    answers = own.answers
    chances = np.array([(simulated or {}).get(name, np.full(answers.shape[1], np.nan)) for name in own.names])
    covered = tuple(name for row, name in enumerate(own.names) if not np.isnan(chances[row]).all())
    learn = np.arange(len(own)) < len(own) - (len(also) if also is not None else 0)
    if covered:
        told[SIMULATION] = chances
        if not np.isnan(both := stacked(chances, answers, learn)).all():
            told["stacked"], told["offsets"] = both, with_offsets(chances, answers, learn)
        told["mean"] = mean_of_logits(told["outlook"], chances)
    if len(histories) > LEAST:
        told["learnt"] = _learnt(histories, own.names, answers, learn)
    judged = SIMULATION if (~np.isnan(chances[learn])).any(axis=1).sum() >= LEAST else "outlook"
    base = log_score(told["base_rate"], answers)
    best = log_score(told[judged], answers)
    shared = np.where(np.isnan(best), np.nan, base)
    asked = ~np.isnan(best)
    by_question = tuple(
        (
            key,
            int(asked[learn, place].sum()),
            _mean(best[learn, place]),
            _mean(shared[learn, place]),
            _mean(answers[learn, place]),
        )
        for place, key in enumerate(own.questions)
    )
    by_crisis = tuple(
        (name, int(asked[row].sum()), _mean(best[row]), _mean(shared[row])) for row, name in enumerate(own.names)
    )
    return Validation(
        population,
        tuple(name for name, one in zip(own.names, learn, strict=True) if one),
        tuple(name for name, one in zip(own.names, learn, strict=True) if not one),
        covered,
        judged,
        _sources(told, answers, learn),
        () if learn.all() else _sources(told, answers, ~learn),
        by_question,
        by_crisis,
        calibration(told[judged][learn], answers[learn]),
        weight(told[judged][learn], answers[learn]),
        certain_only,
    )


def _learnt(histories: Sequence[Simulated], names: Sequence[str], answers: Floats, learn: NDArray[np.bool_]) -> Floats:
    """Each crisis foreseen by its simulation with the shared parameters that the other crises teach."""
    rows = [list(names).index(one.name) for one in histories]
    kept = moving(histories)
    crises = [surrogate(Simulated(one.name, one.deviates[:, kept], one.answers)) for one in histories]
    found = np.full(answers.shape, np.nan)
    found[rows] = politics.left_out(crises, answers[rows], learn[rows])
    return found


def _forecasts(quarrels: Quarrels, population: str, also: Quarrels | None) -> tuple[dict[str, Floats], Quarrels]:
    """What each statistical source says of the quarrels of a population and of further ones, and those quarrels."""
    learnt = quarrels.of(population)
    told = {name: left_out(forecaster, learnt) for name, forecaster in FITTED.items()}
    rows = [row for row, one in enumerate(quarrels.population) if one == population]
    told["outlook"] = outlook.left_out(quarrels)[rows]
    if also is None or not len(also):
        return told, learnt
    both = learnt.joined(also)
    known = np.arange(len(both)) < len(learnt)
    model = fit_outlook(quarrels)
    for name, chance in told.items():
        more = (
            outlook.told(model, also.first_days, population)
            if name == "outlook"
            else FITTED[name](both, known)[len(learnt) :]
        )
        told[name] = np.concatenate([chance, more])
    return told, both


def _sources(told: Mapping[str, Floats], answers: Floats, rows: NDArray[np.bool_]) -> tuple[Source, ...]:
    """Each source scored on some of the crises."""
    base = log_score(told["base_rate"][rows], answers[rows])
    return tuple(
        Source(
            name,
            scores(chance[rows], answers[rows]),
            paired(log_score(chance[rows], answers[rows]), base),
        )
        for name, chance in told.items()
        if not np.isnan(chance[rows]).all()
    )


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")

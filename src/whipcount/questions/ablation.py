"""What each mechanism is worth to forecasts of documented crises: their scores with it, and with it idle.

An idle mechanism does nothing, and all else is as it was: the same draws, the same days. That is a test of a rule by
what it adds where all others stand, the one that a reader asks for; two rules that can stand in for each other are each
worth little by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual.engines import engine_of
from whipcount.counterfactual.world_changes import SwitchMechanism
from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.errors import QuestionError
from whipcount.mechanisms import all_mechanisms
from whipcount.objects import at_hand
from whipcount.pool import spread, tell
from whipcount.results import OutcomeEvaluator, outcome_values
from whipcount.results.structure import rules
from whipcount.scenario.hints import did_you_mean
from whipcount.session import progressing
from whipcount.store import Store
from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, say
from whipcount.theory.politics import Simulated
from whipcount.theory.probability_scores import Difference, brier_score, log_score, paired
from whipcount.theory.questionnaire import KEYS
from whipcount.vocabulary.recording import switch_of

from .library import POPULATION, documented

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """What a mechanism adds to the mean log and Brier score over answers (above 0: forecasts are better with it), with
    95% intervals over crises, and the largest change of a probability that it makes in any crisis."""

    mechanism: str
    answers: int
    log: Difference
    brier: Difference
    largest: float


@dataclass(frozen=True)
class Ablation(Result):
    """Mechanisms by what their absence does to forecasts of documented crises.

    The probability of a yes is (k + 1/2) / (n + 1) for k of n runs, with and without; so no forecast is surer than the
    runs allow, and what a mechanism alone can bring about is worth more the more runs there are.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
    )

    runs: int
    crises: tuple[str, ...]
    score: float
    worth: tuple[Worth, ...]

    def tables(self) -> tuple[Table, ...]:
        """A row a mechanism, that worth most first."""
        columns = (
            Column("mechanism", "Mechanism", priority=0),
            figure("log", "Adds to log score", "+.4f", priority=0),
            figure("log_low", "95% from", "+.4f"),
            figure("log_high", "to", "+.4f"),
            figure("better", "Better in", "d", priority=2),
            figure("brier", "Takes from Brier score", "+.4f", priority=1),
            figure("brier_low", "95% from", "+.4f", priority=3),
            figure("brier_high", "to", "+.4f", priority=3),
            figure("largest", "Largest change", ".2f", priority=1),
        )
        rows = tuple(
            (
                one.mechanism, one.log.mean, one.log.low, one.log.high, one.log.better,
                one.brier.mean, one.brier.low, one.brier.high, one.largest,
            )
            for one in self.worth
        )  # fmt: skip
        return (Table("worth", "What forecasts gain by each mechanism", columns, rows),)

    def sentences(self) -> str:
        """Which mechanisms are worth something, which cost, of which nothing can be told."""
        gains = [one.mechanism for one in self.worth if one.log.low > 0.0]
        costs = [one.mechanism for one in self.worth if one.log.high < 0.0]
        idle = [one.mechanism for one in self.worth if one.largest == 0.0]
        open_ones = len(self.worth) - len(gains) - len(costs) - len(idle)
        lines = []
        if gains:
            lines.append(say("Forecasts are better with: {names}.", names=listing(gains)))
        if costs:
            lines.append(say("Forecasts are worse with: {names}.", names=listing(costs)))
        if open_ones:
            lines.append(say("Of {n} the intervals hold both.", n=open_ones))
        if idle:
            lines.append(say("In no crisis does anything hang on: {names}.", names=listing(idle)))
        lines.append(
            say(
                "{crises} crises, {runs} runs of each; log score with all: {score:.3f}.",
                crises=len(self.crises), runs=self.runs, score=self.score,
            )
        )  # fmt: skip
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        return {
            "runs": self.runs,
            "crises": list(self.crises),
            "score": self.score,
            "mechanisms": [asdict(one) for one in self.worth],
        }


@dataclass(frozen=True)
class _Idling:
    """Chances of a yes in crises, with all mechanisms and with one after the other idle: an order is a crisis's place,
    its answer an array (1 + mechanisms, questions)."""

    crises: tuple[LoadedScenario, ...]
    mechanisms: tuple[str, ...]
    runs: int
    seed: int

    def prepare(self) -> None:
        """Nothing that all orders share is to be made."""

    def begin(self) -> Callable[[int], Floats]:
        """The function that answers an order."""
        return self._chances

    def _chances(self, place: int) -> Floats:
        loaded = self.crises[place]
        every = list(all_mechanisms())
        switches = [SwitchMechanism(switch_of(one), one) for one in every]
        engine = engine_of(loaded, switches, self.runs * (1 + len(self.mechanisms)))
        evaluator = OutcomeEvaluator.of(loaded, engine.plan, engine.world)
        rows = []
        for done, name in enumerate((None, *self.mechanisms), 1):
            acting = {switch_of(one): np.full(self.runs, float(one != name)) for one in every}
            values = outcome_values(engine, evaluator, self.seed, self.runs, parameters=acting)
            answers = np.column_stack([values.get(key, np.full(self.runs, np.nan)) for key in KEYS])
            rows.append(Simulated(loaded.slug, np.zeros((self.runs, 0)), answers).chances)
            tell(done, 1 + len(self.mechanisms))
        return np.array(rows)


def crises_named(names: Sequence[str] = ()) -> list[LoadedScenario]:
    """Documented crises by name (default: all). Raises QuestionError (WC454) for one that there is not."""
    known = {one.slug: one for one in documented()}
    for name in names:
        if name not in known:
            raise QuestionError.one("WC454", say("no documented crisis '{name}'", name=name), did_you_mean(name, known))
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def ablation(
    crises: Sequence[LoadedScenario],
    mechanisms: Sequence[str] = (),
    runs: int = 300,
    seed: int = 1,
    out: Path | None = None,
    workers: int = 1,
) -> Ablation:
    """Score forecasts of the crises with all mechanisms, and with each of those named (default: each) idle.

    Raises QuestionError (WC454) for a mechanism that does not exist. out: folder in which what is finished is kept.
    """
    known = all_mechanisms()
    for name in mechanisms:
        if name not in known:
            raise QuestionError.one("WC454", say("no mechanism '{name}'", name=name), did_you_mean(name, known))
    job = _Idling(tuple(crises), tuple(dict.fromkeys(mechanisms)) or tuple(known), runs, seed)
    found = dict(_computed(job, None if out is None else at_hand(out), workers))
    chances = np.array([found[place] for place in range(len(crises))])
    known_answers = shipped_quarrels().of(POPULATION)
    answers = known_answers.answers[[list(known_answers.names).index(one.slug) for one in crises]]
    worths = [_worth(name, chances[:, 0], chances[:, row], answers) for row, name in enumerate(job.mechanisms, 1)]
    worths.sort(key=lambda one: -one.log.mean)
    score = float(np.nanmean(log_score(chances[:, 0], answers)))
    return Ablation(runs, tuple(one.slug for one in crises), score, tuple(worths))


def _worth(name: str, whole: Floats, without: Floats, answers: Floats) -> Worth:
    log = paired(log_score(whole, answers), log_score(without, answers))
    brier = paired(brier_score(without, answers), brier_score(whole, answers))
    asked = ~np.isnan(answers) & ~np.isnan(whole)
    return Worth(name, int(asked.sum()), log, brier, float(np.nanmax(np.abs(whole - without))))


def _computed(job: _Idling, out: Path | None, workers: int) -> Iterator[tuple[int, Floats]]:
    """The chances in all crises by place; those kept in the folder are read, and the others kept there."""
    each = 1 + len(job.mechanisms)
    done, missing = 0, []
    with progressing(each * len(job.crises)) as progress:
        for place in range(len(job.crises)):
            kept = None if out is None else _store(job, place, out).get_columns(_name(job, place))
            if kept is None:
                missing.append(place)
            else:
                done += each
                yield place, kept["chances"]

        def told(_: int) -> None:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done, each * len(job.crises))

        for order, chances in spread(job, missing, workers, progress=told):
            place = missing[order]
            if out is not None:
                _store(job, place, out).put_columns(_name(job, place), {"chances": chances})
            yield place, chances


def _store(job: _Idling, place: int, out: Path) -> Store:
    """Where a crisis's answer is kept: it belongs to the crisis's file, the rules, and the mechanisms asked for."""
    return Store(out, f"{job.crises[place].hash} {sorted(rules().items())} {job.mechanisms}")


def _name(job: _Idling, place: int) -> str:
    return f"{job.crises[place].slug}-{job.runs}-{job.seed}"

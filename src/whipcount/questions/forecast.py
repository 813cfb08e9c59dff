"""Forecast: an unfinished crisis. Worlds are weighted by what is known up to a date, then tell what follows.

A world that misses m known facts has weight slack^m: `slack` stands for the chance that the model, not the world, is
wrong about a fact (model error turns rejection into weighting: Wilkinson 2013). It is the smallest with which the
weighted worlds are worth enough equal ones; 0 where enough worlds agree with every fact.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted
from whipcount.counterfactual.engines import Parameters, own_parameters
from whipcount.errors import QuestionError
from whipcount.inference.generations import Worlds, search
from whipcount.inference.parameter_space import Space, calibrated_space
from whipcount.inference.patterns import Pattern
from whipcount.inference.population import sizes
from whipcount.inference.simulator import Computing, Counter, Order, Progress, kept_batches
from whipcount.results.ensemble import BLOCK
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.results.structure import structure_of
from whipcount.store import Store

from .decisions import Decisions
from .facts import Fact, check_consistent, decided, documented, once, read_facts, settled
from .forecast_result import DayOdds, FactSeen, Forecast, Given, Odds, label_of, odds_of, scored, watched

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Outcome

Floats = NDArray[np.float64]
RUNS = 20_000
LEAST = 200
HORIZON = 7  # days in which the decision to watch comes
GENERATIONS = 3


@dataclass(frozen=True)
class ForecastJob:
    """Worlds with outcomes, facts and coming decisions as columns, computed in any process."""

    loaded: LoadedScenario
    facts: tuple[Fact, ...]
    until: dt.date
    horizon: int
    seed: int
    runs: int = 0
    parameters: Parameters | None = None  # world by world, as learnt elsewhere

    def begin(self) -> Callable[[Order], Floats]:
        """Build the engine, and answer orders with it."""
        return _Prepared(self).answer

    def columns(self) -> tuple[str, ...]:
        """Names of the columns in order, without those of decisions, which follow."""
        numbers = range(len(self.facts))
        outcomes = (outcome.id for outcome in self.loaded.scenario.outcomes)
        return (*outcomes, *(f"fact_{n}" for n in numbers), *(f"holds_{n}" for n in numbers))


class _Prepared:
    """The engine of a job, ready to answer."""

    def __init__(self, job: ForecastJob) -> None:
        from whipcount.counterfactual.engines import engine_of

        scenario = job.loaded.scenario
        self.job = job
        self.engine = engine_of(job.loaded, runs=job.runs)
        asked: list[Outcome] = [fact.column(number) for number, fact in enumerate(job.facts)]
        outcomes = [*scenario.outcomes, *asked]
        self.evaluator = OutcomeEvaluator(self.engine.plan, self.engine.world, scenario, outcomes=outcomes)
        self.day = float((job.until - scenario.calendar.start).days)
        self.decisions = decisions_of(job, self.engine.plan, self.engine.world)

    def answer(self, order: Order) -> Floats:
        """Columns of the worlds of an order."""
        values, first_run, runs = order
        found = []
        for start in range(0, runs, BLOCK):
            size = min(BLOCK, runs - start)
            given = {name: column[start : start + size] for name, column in values.items()}
            rows = slice(first_run + start, first_run + start + size)
            given.update(own_parameters(self.engine.world, self.job.parameters, rows) or {})
            block = self.engine.backend.run(self.job.seed, first_run + start, size, given)
            told = self.evaluator.evaluate(block).values
            facts = [told[f"fact_{number}"] for number in range(len(self.job.facts))]
            holds = [1.0 - fact.missed(column, self.day) for fact, column in zip(self.job.facts, facts, strict=True)]
            outcomes = [told[outcome.id] for outcome in self.job.loaded.scenario.outcomes]
            found.append(np.column_stack([*outcomes, *facts, *holds, self.decisions.taken(block)]))
        return np.concatenate(found)


def decisions_of(job: ForecastJob, plan: object, world: object) -> Decisions:
    """The decisions that may come within the horizon after the date."""
    from whipcount.engine import Plan
    from whipcount.world import World

    assert isinstance(plan, Plan)
    assert isinstance(world, World)
    first = world.calendar.step_of(job.until + dt.timedelta(days=1))
    last = world.calendar.step_of(job.until + dt.timedelta(days=job.horizon))
    return Decisions(plan, world, dict(world.party_of), first, max(first, last))


def forecast(
    loaded: LoadedScenario,
    until: dt.date,
    runs: int = RUNS,
    seed: int = 1,
    *,
    facts: str | Path | None = None,
    documented_facts: bool = True,
    horizon: int = HORIZON,
    least: float = LEAST,
    parameters: Parameters | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Forecast:
    """What follows, given what is known up to the end of a day.

    facts: a YAML file of facts of one's own, added to those that the scenario documents (or instead of them, with
    documented_facts=False). Worlds are drawn from the priors first, then around those that agree with the facts, if the
    scenario names parameters to calibrate; weights make up for that. parameters: values world by world, by name (a
    posterior); all worlds are then drawn from it, and from the priors what it does not hold. `least` is the effective
    sample size asked for. out: a folder in which finished batches are kept, from which an interrupted forecast goes on.

    Raises QuestionError: WC443 the folder holds something else, WC450 a date outside the calendar or wrong numbers,
    WC451 a faulty file of facts, WC452 facts that contradict each other, WC453 nothing is known by the date.
    """
    scenario = loaded.scenario
    _check(loaded, until, runs, least, horizon)
    known = documented(scenario, until) if documented_facts else []
    known += read_facts(facts, scenario, until) if facts is not None else []
    check_consistent(known, scenario.calendar.start)
    known = once(known)
    if not known:
        raise QuestionError.one(
            "WC453", f"nothing is known by {until}", "give a file of facts, or run the scenario as it is"
        )
    job = ForecastJob(loaded, tuple(known), until, horizon, seed, runs, parameters)
    batches = kept_batches(
        None if out is None else Path(out),
        _key(job, least),
        structure_of(loaded),
        {
            "question": "forecast", "until": until, "horizon": horizon, "runs": runs, "seed": seed, "least": least,
            "facts": ", ".join(fact.name for fact in known),
        },
    )  # fmt: skip
    worlds, decisions = _simulated(job, runs, least, workers, progress, batches)
    return _told(job, worlds, decisions, least)


def _check(loaded: LoadedScenario, until: dt.date, runs: int, least: float, horizon: int) -> None:
    calendar = loaded.scenario.calendar
    if not calendar.start <= until < calendar.end:
        raise QuestionError.one(
            "WC450", f"{until} is not within the calendar of {loaded.slug}",
            f"give a day from {calendar.start} to before {calendar.end}",
        )  # fmt: skip
    for name, value, smallest in (("runs", runs, 100), ("least", least, 10), ("horizon", horizon, 1)):
        if value < smallest:
            raise QuestionError.one("WC450", f"{name} is {value:g}", f"give {smallest} or more")


def _key(job: ForecastJob, least: float) -> str:
    """Everything that the numbers of a forecast depend on, as one SHA-256."""
    from whipcount.results.manifest import run_key

    base = run_key(job.loaded, runs=job.runs, seed=job.seed, events="none", parameters=job.parameters)
    return hashlib.sha256(f"forecast {base} {job.until} {job.horizon} {least} {job.facts}".encode()).hexdigest()


def _simulated(
    job: ForecastJob, runs: int, least: float, workers: int, progress: Progress | None, batches: Store | None
) -> tuple[Worlds, Decisions]:
    """Worlds from the priors, then around those that agree best with the facts."""
    from whipcount.counterfactual.engines import engine_of

    engine = engine_of(job.loaded)  # only for its world and plan
    decisions = decisions_of(job, engine.plan, engine.world)
    named = job.parameters is None and any(entry.calibrate for entry in job.loaded.scenario.parameters.values())
    space = calibrated_space(job.loaded, engine.world) if named else Space((), ())
    divided = sizes(runs, GENERATIONS if named else 1, first_share=0.5)
    patterns = [Pattern(f"holds_{number}", 1.0) for number in range(len(job.facts))]
    names = (*job.columns(), *(f"next_{number}" for number in range(len(decisions.all))))
    computing = Computing(job, batches, Counter(runs, progress), workers)
    worlds, _ = search(space, computing, names, patterns, divided, job.seed, least)
    return worlds, decisions


# -- weighting by what is known on a day -------------------------------------------------------------------------------


def missed_on(job: ForecastJob, worlds: Worlds, date: dt.date) -> Floats:
    """How many of the facts known on a date each world misses."""
    day = float((date - job.loaded.scenario.calendar.start).days)
    total = np.zeros(len(worlds.outcomes))
    for number, fact in enumerate(job.facts):
        if fact.holds_from(date):
            total += fact.missed(worlds.column(f"fact_{number}"), day)
    return total


def slackened(log_weight: Floats, missed: Floats, least: float) -> tuple[Floats, float]:
    """Weights slack^missed with the smallest slack that leaves `least` effective worlds, and that slack."""
    least *= 1.0 - 1e-9  # equal weights do not sum to quite their number

    def weights(slack: float) -> Floats:
        if slack <= 0.0:
            return weighted.normalised(np.where(missed > 0, -np.inf, log_weight))
        return weighted.normalised(log_weight + missed * np.log(slack))

    if weighted.effective_size(weights(0.0)) >= least:
        return weights(0.0), 0.0
    low, high = np.log(1e-6), 0.0
    for _ in range(40):
        middle = (low + high) / 2
        if weighted.effective_size(weights(float(np.exp(middle)))) >= least:
            high = middle
        else:
            low = middle
    return weights(float(np.exp(high))), float(np.exp(high))


def _told(job: ForecastJob, worlds: Worlds, decisions: Decisions, least: float) -> Forecast:
    scenario = job.loaded.scenario
    start, end = scenario.calendar.start, scenario.calendar.end
    log_weight = worlds.log_weights()
    prior = weighted.normalised(log_weight)
    missed = missed_on(job, worlds, job.until)
    weights, slack = slackened(log_weight, missed, least)
    size = weighted.effective_size(weights)
    later = [
        outcome
        for outcome in scenario.outcomes
        if outcome.measure.is_binary
        and decided(outcome.measure, start, end, outcome.happened if isinstance(outcome.happened, bool) else None)
        > job.until
    ]
    known = {outcome.id: settled(outcome.measure, job.facts, start) for outcome in later}
    given = tuple(Given(one.id, label_of(one), value) for one in later if (value := known[one.id]) is not None)
    later = [outcome for outcome in later if known[outcome.id] is None]
    outcomes = tuple(odds_of(outcome, worlds.column(outcome.id), prior, weights, size) for outcome in later)
    seen = tuple(
        FactSeen(
            fact.name,
            fact.label,
            job.until if fact.absent is not None else fact.known,
            fact.absent is not None,
            float(prior @ (holds := worlds.column(f"holds_{number}"))),
            float(weights @ holds),
        )
        for number, fact in enumerate(job.facts)
    )
    return Forecast(
        slug=job.loaded.slug,
        account=job.loaded.account,
        until=job.until,
        seed=job.seed,
        runs=len(worlds.outcomes),
        agreeing=int((missed == 0).sum()),
        effective_size=size,
        slack=slack,
        facts=seen,
        outcomes=outcomes,
        days=_days(job, worlds, later, log_weight, least),
        watch=watched(decisions, worlds, later, weights, size),
        score=scored(outcomes),
        given=given,
    )


def _days(
    job: ForecastJob, worlds: Worlds, later: Sequence[Outcome], log_weight: Floats, least: float
) -> tuple[DayOdds, ...]:
    """Odds as they stood at the end of each day up to the date; nothing is known before the first."""
    start = job.loaded.scenario.calendar.start
    days: list[DayOdds] = []
    told: set[str] = set()
    for number in range((job.until - start).days + 1):
        date = start + dt.timedelta(days=number)
        weights, slack = slackened(log_weight, missed_on(job, worlds, date), least)
        size = weighted.effective_size(weights)
        new = [fact.name for fact in job.facts if fact.absent is None and fact.known <= date and fact.name not in told]
        told |= set(new)
        odds = {one.id: _share(worlds.column(one.id), weights) for one in later}
        days.append(DayOdds(date, size, slack, tuple(new), odds))
    return tuple(days)


def _share(values: Floats, weights: Floats) -> float:
    known = ~np.isnan(values)
    total = float(weights[known].sum())
    return float(weights[known] @ values[known]) / total if total > 0 else float("nan")


__all__ = ["Forecast", "ForecastJob", "Odds", "forecast"]

"""How likely a rare outcome is, in far fewer runs than it takes to see it: importance splitting, unbiased."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whipcount.counterfactual.engines import engine_of
from whipcount.errors import QuestionError
from whipcount.inference.nearness import Ladder
from whipcount.inference.parameter_space import Space, all_drawn
from whipcount.inference.splitting import (
    CHAIN,
    HAPPENED,
    Climb,
    Floats,
    Histories,
    Nearness,
    Plan,
    Source,
    climb,
    histories_of,
    plan,
)
from whipcount.pool import spread, tell
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.results.queries import nearest
from whipcount.table import Column, Result, Table, figure
from whipcount.text import count, listing, localised, say
from whipcount.theory.intervals import wilson

if TYPE_CHECKING:
    from whipcount.results.interfaces import Engine
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Outcome

Progress = Callable[[int, int], None]
LEAST = 2_000
GROUPS = 20
TRIAL = 0.04  # of the runs, in each of a trial's groups
LEAST_TRIAL = 500
BLOCK = 4_000
NUMERIC = ("count", "first", "final", "tally")
_BOUND = re.compile(r"\s*(?P<name>[^\s<>=≤≥]+)\s*(?:(?P<side>>=|<=|≥|≤)\s*(?P<bound>-?[0-9.]+)\s*)?")


@dataclass(frozen=True)
class Step:
    """A step on the way: how near a run has to come (nothing for the outcome itself), the share of the histories before
    it that do, and of the moves on the way there that were accepted (1 for the first, where there are none)."""

    nearness: float | None
    share: float
    accepted: float


@dataclass(frozen=True)
class Rare(Result):
    """The probability of a rare outcome, without bias, with its interval (95%).

    `runs` were simulated, `trial` of them to find the way, which are not counted. `estimates` of independent groups
    give `probability` (their mean), `error` (its standard error) and the interval, one of the logarithm (Student's t).
    moved: parameters that were drawn elsewhere than their priors have them, by how many standard deviations; what was
    seen is weighted accordingly. Where no group came as far as the outcome, the probability is 0, and `high` what three
    such histories at the last step would make it.
    """

    references: ClassVar[tuple[str, ...]] = ("au_beck_2001", "cerou_2012", "dau_chopin_2022", "rubinstein_kroese_2004")

    slug: str
    outcome: str
    seed: int
    runs: int
    trial: int
    estimates: tuple[float, ...]
    steps: tuple[Step, ...]
    moved: dict[str, float]
    probability: float
    error: float
    low: float
    high: float

    @property
    def plain_runs(self) -> int:
        """How many runs a plain ensemble takes to be as sure; 0 where nothing is known of that."""
        p = self.probability
        return round(p * (1 - p) / self.error**2) if self.error > 0 else 0

    def plain_interval(self) -> tuple[float, float]:
        """About the interval that as many plain runs would give (Wilson)."""
        return wilson(self.probability * self.runs, self.runs)

    def tables(self) -> tuple[Table, ...]:
        """The steps to the outcome."""
        columns = (
            figure("step", "Step", "d", priority=0),
            Column("nearness", "How near", ".3f", right=True, priority=0),
            figure("share", "Reached by", ".4f", priority=0),
            figure("accepted", "Moves accepted", ".2f"),
        )
        rows = tuple((place, one.nearness, one.share, one.accepted) for place, one in enumerate(self.steps, 1))
        return (Table("steps", "The way to the outcome", columns, rows),)

    def sentences(self) -> str:
        """The probability, its interval, and what it has cost."""
        numbers = {
            name: localised(f"{value:.{digits}g}")
            for name, value, digits in (("share", self.probability, 3), ("low", self.low, 2), ("high", self.high, 2))
        }
        if not self.probability:
            return say(
                "{outcome} was not reached in {runs} runs: below about {high} (95%).",
                outcome=self.outcome, runs=count(self.runs), high=numbers["high"],
            )  # fmt: skip
        lines = [say("{outcome}: {share}, between {low} and {high} (95%).", outcome=self.outcome, **numbers)]
        lines.append(
            say(
                "{runs} runs, of which {trial} looked for the way and are not counted; a plain ensemble as sure as "
                "that takes about {plain}.",
                runs=count(self.runs), trial=count(self.trial), plain=count(self.plain_runs),
            )
        )  # fmt: skip
        if self.moved:
            names = [f"{name} {localised(f'{value:+.1f}')}" for name, value in self.moved.items()]
            lines.append(say("Drawn where it is likelier, in standard deviations: {names}.", names=listing(names)))
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The estimate as JSON can carry it."""
        return {
            "scenario": self.slug,
            "outcome": self.outcome,
            "seed": self.seed,
            "runs": self.runs,
            "trial": self.trial,
            "probability": self.probability,
            "error": self.error,
            "low": self.low,
            "high": self.high,
            "plain_runs": self.plain_runs,
            "estimates": list(self.estimates),
            "steps": [[one.nearness, one.share, one.accepted] for one in self.steps],
            "moved": self.moved,
        }


@dataclass(frozen=True)
class Wayward:
    """A scenario's engine as a function from histories to how near they came to an outcome."""

    engine: Engine
    evaluator: OutcomeEvaluator
    ladder: Ladder
    by: str | None
    space: Space
    seed: int

    @classmethod
    def of(cls, loaded: LoadedScenario, outcome: Outcome, by: str | None, seed: int, runs: int) -> Wayward:
        """Of an outcome; by: a daily measure whose highest value says how near a run came, or another outcome."""
        engine = engine_of(loaded, runs=runs)
        ladder = Ladder(outcome)
        named = [one for one in loaded.scenario.outcomes if one.id == by]
        labels = [one.label for one in engine.plan.measures]
        if by is not None and not named and by not in labels:
            known = [*(one.id for one in loaded.scenario.outcomes), *labels]
            raise QuestionError.one("WC465", f"--by {by}: no outcome and no daily measure", nearest(by, known))
        ladder.grade()
        outcomes = [outcome, *ladder.steps.values(), *(one for one in named if one.id != outcome.id)]
        evaluator = OutcomeEvaluator(engine.plan, engine.world, loaded.scenario, outcomes=outcomes)
        return cls(engine, evaluator, ladder, by, all_drawn(engine.world), seed)

    def __call__(self, histories: Histories) -> Floats:
        """How near each came; HAPPENED where it happened."""
        found = []
        grade = Ladder(self.ladder.outcome).grade()
        for start in range(0, len(histories), BLOCK):
            part = histories.take(slice(start, start + BLOCK))
            block = self.engine.backend.run(
                self.seed, 0, len(part), self.space.values(part.z), part.worlds, part.chances
            )
            values = self.evaluator.evaluate(block).values
            if self.by is None:
                near = grade(values)
            elif self.by in values:
                near = np.nan_to_num(values[self.by], nan=-1.0)
            else:
                labels = [one.label for one in self.engine.plan.measures]
                near = block.series[:, labels.index(self.by)].max(axis=0).astype(np.float64)
            found.append(np.where(values[self.ladder.outcome.id] == 1.0, HAPPENED, near))
            tell(len(part))
        return np.concatenate(found)


_Order = tuple[int, int, Plan | None]  # a group's number and size, and the plan, which the trial finds


@dataclass(frozen=True)
class _Climbing:
    """Groups as a job for other processes, which build their own engines."""

    loaded: LoadedScenario
    outcome: Outcome
    by: str | None
    seed: int
    runs: int

    def begin(self) -> Callable[[_Order], Plan | Climb]:
        """The function that answers an order."""
        way = Wayward.of(self.loaded, self.outcome, self.by, self.seed, self.runs)
        return lambda order: answered(way, way.space.dimensions, self.seed, order)


def answered(way: Nearness, parameters: int, seed: int, order: _Order) -> Plan | Climb:
    """A trial's plan, or one group's way up by it."""
    group, size, found = order
    source = Source.of(seed, group)
    if found is None:
        return plan(way, source, size, parameters)
    return climb(way, source, size, found.proposal, found.levels)


def rare(
    loaded: LoadedScenario,
    outcome: str,
    runs: int = 100_000,
    by: str | None = None,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> Rare:
    """The probability of an outcome by importance splitting; runs: about how many are simulated in all.

    outcome: by name, or a number with a bound (`signers >= 9`). by: what says how near a run came, where the outcome's
    own measure has no steps. Raises QuestionError: WC465 no such outcome, a number without a bound, fewer than 2,000
    runs, nothing to go by.
    """
    if runs < LEAST:
        raise QuestionError.one("WC465", f"{runs} runs", f"give at least {LEAST:,}")
    asked = outcome_asked(loaded, outcome)
    job = _Climbing(loaded, asked, by, seed, runs)
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(min(done, runs), runs)

    size = max(LEAST_TRIAL, int(runs * TRIAL)) // CHAIN * CHAIN
    found = next(answer for _, answer in spread(job, [(0, size, None)], 1, progress=told))
    assert isinstance(found, Plan)
    size = _group_size(runs - found.histories, len(found.levels))
    orders: list[_Order] = [(group, size, found) for group in range(1, GROUPS + 1)]
    climbs: dict[int, Climb] = {}
    for place, answer in spread(job, orders, workers, progress=told):
        assert isinstance(answer, Climb)
        climbs[place] = answer
    names = all_drawn(engine_of(loaded).world).names if not found.proposal.is_prior else ()
    return _result(loaded.slug, outcome, seed, found, [climbs[place] for place in range(GROUPS)], names, size)


def _group_size(runs: int, levels: int) -> int:
    size = CHAIN
    while GROUPS * histories_of(size + CHAIN, levels) <= runs:
        size += CHAIN
    return max(size, 5 * CHAIN)


def outcome_asked(loaded: LoadedScenario, text: str) -> Outcome:
    """The outcome of a text, `NAME` or `NAME >= 9` (WC465)."""
    parts = _BOUND.fullmatch(text)
    known = {one.id: one for one in loaded.scenario.outcomes}
    if parts is None or parts["name"] not in known:
        hint = nearest(text.split()[0] if text.split() else text, list(known))
        raise QuestionError.one("WC465", f"no outcome {text!r}", hint)
    found = known[parts["name"]]
    if parts["side"] is None:
        if not found.measure.is_binary:
            raise QuestionError.one("WC465", f"{found.id} is a number", f"give a bound, as '{found.id} >= 9'")
        return found
    try:
        bound = float(parts["bound"])
    except ValueError:
        raise QuestionError.one("WC465", f"{text!r}: no number", "write a bound as 'signers >= 9'") from None
    if found.measure.form not in NUMERIC:
        raise QuestionError.one("WC465", f"{found.id} happens or does not", "give it without a bound")
    side = "at_least" if parts["side"] in (">=", "≥") else "at_most"
    bounds = {"between": None, "at_least": None, "at_most": None, side: bound}
    return found.model_copy(update={"measure": found.measure.model_copy(update=bounds)})


def _result(
    slug: str, outcome: str, seed: int, found: Plan, climbs: list[Climb], names: tuple[str, ...], size: int
) -> Rare:
    estimates = np.array([one.probability if len(one.shares) == len(found.levels) else 0.0 for one in climbs])
    shares = [[one.shares[place] for one in climbs if len(one.shares) > place] for place in range(len(found.levels))]
    taken = [[one.accepted[place] for one in climbs if len(one.accepted) > place] for place in range(len(found.levels))]
    steps = tuple(
        Step(None if level == HAPPENED else level, float(np.mean(share)), float(np.mean(accepted or [0.0])))
        for level, share, accepted in zip(found.levels, shares, taken, strict=True)
        if share
    )
    mean, error, low, high = interval_of(estimates)
    if not mean:
        reached = np.prod([one.share for one in steps if one.share > 0])
        high = min(1.0, float(reached) * 3.0 / (size * len(climbs)))
    moved = {names[place]: float(found.proposal.mean[place]) for place in np.flatnonzero(found.proposal.mean)}
    ordered = dict(sorted(moved.items(), key=lambda pair: -abs(pair[1])))
    spent = found.histories + sum(one.histories for one in climbs)
    return Rare(
        slug,
        outcome,
        seed,
        spent,
        found.histories,
        tuple(map(float, estimates)),
        steps,
        ordered,
        mean,
        error,
        low,
        high,
    )


def interval_of(estimates: Floats) -> tuple[float, float, float, float]:
    """Mean, standard error and 95% interval of independent estimates of one probability, on the scale of logarithms."""
    from scipy import stats

    mean = float(estimates.mean())
    if mean == 0.0:
        return 0.0, 0.0, 0.0, math.nan
    error = float(estimates.std(ddof=1) / math.sqrt(len(estimates)))
    factor = math.exp(float(stats.t.ppf(0.975, len(estimates) - 1)) * error / mean)
    return mean, error, mean / factor, min(1.0, mean * factor)


__all__ = ["Rare", "Step", "rare"]

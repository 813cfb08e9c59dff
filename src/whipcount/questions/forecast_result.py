"""A forecast as a result: odds of what is still open, how they moved, what to watch, and the score afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.inference.scores import PairedScore, log_scores, paired, smoothed
from whipcount.scenario.measures import queries_of
from whipcount.table import Column, Result, Table, figure
from whipcount.text import Label, listing, say
from whipcount.theory.intervals import wilson

if TYPE_CHECKING:
    from whipcount.inference.generations import Worlds
    from whipcount.scenario.schema import Outcome

    from .decisions import Decisions

Floats = NDArray[np.float64]
WATCHED = 5
RARE = 0.03  # decisions rarer (or surer) than that are nothing to wait for
TOLD = 3
FEW = 100  # histories that agree with the facts: from fewer, odds are rough


@dataclass(frozen=True)
class Odds:
    """An outcome that is still open: its probability before and after the facts, with an interval of the weights."""

    name: str
    label: Label
    use: str
    prior: float
    probability: float
    low: float
    high: float
    happened: bool | None


@dataclass(frozen=True)
class FactSeen:
    """A fact with the share of worlds that agree with it, before and after weighting."""

    name: str
    label: Label
    known: dt.date
    absent: bool
    prior: float
    weighted: float


@dataclass(frozen=True)
class Given:
    """An outcome that the facts have settled: it is known, and no forecast."""

    name: str
    label: Label
    happened: bool


@dataclass(frozen=True)
class DayOdds:
    """How the odds stood at the end of a day, and which facts came in on it."""

    date: dt.date
    effective_size: float
    slack: float
    facts: tuple[str, ...]
    odds: Mapping[str, float]


@dataclass(frozen=True)
class Watch:
    """A decision that may come: how likely, and the outcome that it moves most.

    moves: the share of the open outcomes' variance that would be settled by seeing it come or not.
    """

    decision: str
    probability: float
    moves: float
    outcome: str
    if_taken: float
    if_not: float


@dataclass(frozen=True)
class Forecast(Result):
    """What follows, given what is known at the end of a day."""

    references: ClassVar[tuple[str, ...]] = ("wilkinson_2013", "cornuet_2012")

    slug: str
    account: str | None
    until: dt.date
    seed: int
    runs: int
    agreeing: int
    effective_size: float
    slack: float
    facts: tuple[FactSeen, ...]
    outcomes: tuple[Odds, ...]
    days: tuple[DayOdds, ...]
    watch: tuple[Watch, ...]
    score: PairedScore
    given: tuple[Given, ...] = ()

    @property
    def is_rough(self) -> bool:
        """Whether too few histories agree with the facts to rely on the odds."""
        return self.agreeing < FEW

    def roughness_told(self) -> str:
        """A plain warning where few histories agree with the facts, else nothing."""
        if not self.is_rough:
            return ""
        if self.slack > 0:
            return say(
                "Only {agreeing} of {runs} histories agree with all that is known, so that others which miss some of "
                "it are counted too: these odds are rough. Run more.",
                agreeing=self.agreeing, runs=self.runs,
            )  # fmt: skip
        return say(
            "Only {agreeing} of {runs} histories agree with all that is known: these odds are rough. Run more.",
            agreeing=self.agreeing, runs=self.runs,
        )  # fmt: skip

    def __getitem__(self, outcome: str) -> Odds:
        """An open outcome by name."""
        return next(one for one in self.outcomes if one.name == outcome)

    def tables(self) -> tuple[Table, ...]:
        """Odds, what to watch, and the facts."""
        odds = Table(
            "outcomes", "What follows", (
                Column("outcome", "outcome"),
                figure("prior", "before any fact", ".3f"),
                figure("probability", "now", ".3f"),
                figure("low", "from", ".3f"),
                figure("high", "to", ".3f"),
                Column("happened", "happened"),
            ),
            tuple((one.name, one.prior, one.probability, one.low, one.high, one.happened) for one in self.outcomes),
        )  # fmt: skip
        watch = Table(
            "watch", "What to watch next", (
                Column("decision", "decision"),
                figure("probability", "comes", ".2f"),
                figure("moves", "settles", ".3f"),
                Column("outcome", "moves most"),
                figure("if_taken", "if so", ".2f"),
                figure("if_not", "if not", ".2f"),
            ),
            tuple((w.decision, w.probability, w.moves, w.outcome, w.if_taken, w.if_not) for w in self.watch),
        )  # fmt: skip
        facts = Table(
            "facts", "What is known", (
                Column("fact", "fact"),
                Column("known", "known"),
                Column("absent", "nothing so far"),
                figure("prior", "worlds that agree", ".3f"),
                figure("weighted", "after weighting", ".3f"),
            ),
            tuple((f.name, f.known, f.absent, f.prior, f.weighted) for f in self.facts))  # fmt: skip
        return odds, watch, facts

    def sentences(self) -> str:
        """The forecast in a few sentences."""
        exact = self.slack == 0
        lines = [
            say(
                "{runs} worlds of {slug}, weighted by {facts} facts known on {until}: {agreeing} agree with "
                "all of them; "
                "the weighted worlds are worth {size:.0f}{slack}. ",
                runs=self.runs,
                slug=self.slug,
                facts=len(self.facts),
                until=self.until,
                agreeing=self.agreeing,
                size=self.effective_size,
                slack="" if exact else say(", with slack {slack:.3g} for each fact missed", slack=self.slack),
            )
        ]
        if self.is_rough:
            lines.append(self.roughness_told())
        if self.given:
            told = listing([one.label.in_language() for one in self.given if one.happened])
            lines += [say("Given, and no forecast: {told}.", told=told)] if told else []
            told = listing([one.label.in_language() for one in self.given if not one.happened])
            lines += [say("Given, and no forecast, did not come about: {told}.", told=told)] if told else []
        moved = sorted(self.outcomes, key=lambda one: -abs(one.probability - one.prior))[:TOLD]
        for one in moved:
            label = one.label.in_language()
            lines.append(f"{label}: {one.prior:.2f} → {one.probability:.2f} ({one.low:.2f}–{one.high:.2f}).")
        if self.watch:
            first = self.watch[0]
            lines.append(
                say(
                    "Watch: {decision} ({probability:.2f}); {outcome} is then {if_taken:.2f}, otherwise {if_not:.2f}.",
                    decision=first.decision,
                    probability=first.probability,
                    outcome=first.outcome,
                    if_taken=first.if_taken,
                    if_not=first.if_not,
                )
            )
        score = self.score
        if score.outcomes:
            lines.append(
                say(
                    "Against what came: mean log score {second:.3f}, before the facts {first:.3f} "
                    "(difference {difference:+.3f}, 95% {low:+.3f} to {high:+.3f}, {outcomes} outcomes).",
                    second=score.second,
                    first=score.first,
                    difference=score.difference,
                    low=score.low,
                    high=score.high,
                    outcomes=score.outcomes,
                )
            )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Everything as JSON can carry it."""
        return asdict(self)


def label_of(outcome: Outcome) -> Label:
    """An outcome's name in both languages."""
    return Label(outcome.name.in_language("en"), outcome.name.in_language("ru"))


def odds_of(outcome: Outcome, values: Floats, prior: Floats, weights: Floats, size: float) -> Odds:
    """An outcome's odds; the interval counts the weighted worlds as so many equal ones."""
    known = ~np.isnan(values)
    shares = []
    for given in (prior, weights):
        total = float(given[known].sum())
        share = float(given[known] @ values[known]) / total if total > 0 else float("nan")
        shares.append(min(share, 1.0) if share == share else share)  # sums of weights differ in their last bits
    count = max(round(size), 1)
    low, high = wilson(shares[1] * count, count) if shares[1] == shares[1] else (float("nan"), float("nan"))
    label = label_of(outcome)
    happened = None if outcome.happened is None else bool(outcome.happened)
    return Odds(outcome.id, label, outcome.use, shares[0], shares[1], low, high, happened)


def scored(outcomes: Sequence[Odds], runs: int = 1_000) -> PairedScore:
    """Log scores of the open outcomes whose end is documented: before any fact, and now."""
    known = [one for one in outcomes if one.happened is not None and one.prior == one.prior and one.low == one.low]
    happened = np.array([one.happened for one in known], np.bool_)
    before, now = (
        log_scores(smoothed(np.array(shares) * runs, runs), happened)
        for shares in ([one.prior for one in known], [one.probability for one in known])
    )
    return paired(before, now)


def watched(
    decisions: Decisions, worlds: Worlds, later: Sequence[Outcome], weights: Floats, size: float
) -> tuple[Watch, ...]:
    """The coming decisions that would settle most of what is open.

    A decision settles sum over outcomes of P(1 - P)(p1 - p0)^2 of their variance, where p1 and p0 are the outcome's
    odds if it comes and if not; what sampling noise alone would show is taken off. An outcome that asks for the very
    kind of event is left out: that it decides about itself is no news.
    """
    kept = np.flatnonzero(weights > 0)
    share = weights[kept]
    taken = np.column_stack([worlds.column(f"next_{number}")[kept] for number in range(len(decisions.all))])
    chance = share @ taken
    columns = np.nan_to_num(np.column_stack([worlds.column(one.id)[kept] for one in later])) if later else None
    asked = [{verb for query in queries_of(one.measure) for verb in query.verbs} for one in later]
    if columns is None:
        return ()
    spread = np.maximum(share @ columns - np.square(share @ columns), 0.0)
    found: list[Watch] = []
    for place in np.flatnonzero((chance > RARE) & (chance < 1 - RARE)):
        p = float(chance[place])
        if_taken = (share * taken[:, place]) @ columns / p
        if_not = (share * (1.0 - taken[:, place])) @ columns / (1.0 - p)
        settled = p * (1 - p) * np.square(if_taken - if_not) - spread / size
        other = np.array([decisions.all[place].verb not in verbs for verbs in asked])
        settled = np.where(other, np.maximum(settled, 0.0), 0.0)
        if not settled.any():
            continue
        most = int(np.argmax(settled))
        moves = float(settled.sum() / max(float(spread[other].sum()), 1e-12))
        found.append(
            Watch(str(decisions.all[place]), p, moves, later[most].id, float(if_taken[most]), float(if_not[most]))
        )
    return tuple(sorted(found, key=lambda one: -one.moves)[:WATCHED])

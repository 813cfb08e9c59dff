"""An outlook as a result: 24 probabilities with intervals, what each judgement adds, what to find out next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Shown, Table, figure
from whipcount.text import listing, percent, say

from .first_day import BY_KEY, FirstDay, Quarrels
from .outlook_model import POPULATIONS, OutlookModel, fit_outlook
from .quarrel_models import USED, columns_of
from .questionnaire import HAPPENED, KEYS, QUESTIONS

Floats = NDArray[np.float64]
SEED = 1
INNER = 100  # draws for each quarrel of the population from which unknown judgements are taken
TOLD = 3
SMALL = 0.02  # a judgement that moves a probability by less is not named as its reason
POINTS = (0.1, 0.3, 0.5, 0.7, 0.9)  # places between the two ends of a judgement that might be made more exactly


@dataclass(frozen=True)
class Odds:
    """A question's probability with a 95% interval, beside the base rate of the population.

    reasons: judgements by key, with what the probability would lose without them, the largest first.
    """

    question: str
    label: str
    base_rate: float
    probability: float
    low: float
    high: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Worth:
    """What making a judgement, or making it more exactly, would tell.

    change: expected absolute change of a probability, mean over the 24. information: expected loss of entropy in nats,
    summed over them (Lindley 1956). most: the question that it moves most, by `by`.
    """

    judgement: str
    change: float
    information: float
    most: str
    by: float


@dataclass(frozen=True)
class Outlook(Result):
    """The outlook of a quarrel as of its first day, for the population that it is said to belong to."""

    references: ClassVar[tuple[str, ...]] = (
        "Gelman & Hill 2007, Data analysis using regression and multilevel/hierarchical models",
        "Lindley 1956, On a measure of the information provided by an experiment",
    )
    brief: ClassVar[tuple[str, ...]] = ("questions", "next")

    name: str
    population: str
    population_yes: float
    odds: tuple[Odds, ...]
    first_day: FirstDay
    next: tuple[Worth, ...]
    scores: Mapping[str, float]

    @property
    def judged(self) -> int:
        """How many of the judgements that count have been made."""
        return len(USED) - len(self.first_day.missing(USED))

    def tables(self) -> tuple[Table, ...]:
        """The questions; what each judgement adds to each; what to find out next."""
        return self._questions(), self._added(), self._next()

    def _questions(self) -> Table:
        rows = tuple(
            (
                one.question,
                one.base_rate,
                one.probability,
                one.low,
                one.high,
                Shown([key for key, _ in one.reasons[:TOLD]], _because(one)),
            )
            for one in self.odds
        )
        columns = (
            Column("question", "What may happen", priority=0, names=HAPPENED),
            figure("base_rate", "Base rate", ".2f", priority=0),
            figure("probability", "Chance", ".2f", priority=0),
            figure("low", "95% from", ".2f"),
            figure("high", "to", ".2f"),
            Column("because", "Because of", wide=True, priority=2),
        )
        return Table("questions", "The outlook", columns, rows)

    def _added(self) -> Table:
        rows = tuple((one.question, key, 100 * by) for one in self.odds for key, by in one.reasons)
        columns = (
            Column("question", "What may happen", names=HAPPENED),
            Column("judgement", "Judgement"),
            figure("points", "Percentage points", "+.1f"),
        )
        return Table("added", "What each judgement adds", columns, rows)

    def _next(self) -> Table:
        rows = tuple(
            (
                one.judgement,
                self._state(one.judgement),
                100 * one.change,
                one.information,
                one.most,
                100 * one.by,
            )
            for one in self.next
        )
        columns = (
            Column("judgement", "Judgement", priority=0),
            Column("now", "Now"),
            figure("change", "Points", ".2f", priority=0),
            figure("information", "Nats", ".3f", priority=2),
            Column("most", "Most of all", priority=2, names=HAPPENED),
            figure("by", "Its points", ".1f", priority=2),
        )
        note = say("By how many points a probability would change, on the mean of all and most of all.")
        return Table("next", "What to find out next", columns, rows, note)

    def _state(self, key: str) -> str:
        pair = self.first_day.ends.get(key)
        if pair is None:
            return say("not judged")
        low, high = (BY_KEY[key].text(value) for value in pair)
        return low if low == high else f"{low} … {high}"

    def sentences(self) -> str:
        """The outlook in plain words."""
        lines = [
            say(
                "Calibrated for {population}: there {share} of the answers are yes.",
                population=say(POPULATIONS.get(self.population, self.population)),
                share=percent(self.population_yes),
            ),
            say("{made} of {all} judgements that count are made.", made=self.judged, all=len(USED)),
        ]
        moved = sorted(self.odds, key=lambda one: one.base_rate - one.probability)
        above = [one for one in moved if one.probability > one.base_rate + SMALL][:TOLD]
        below = [one for one in reversed(moved) if one.probability < one.base_rate - SMALL][:TOLD]
        if above:
            lines.append(say("Likelier than usual: {what}.", what=_list(above)))
        if below:
            lines.append(say("Less likely than usual: {what}.", what=_list(below)))
        if self.next:
            lines.append(say("Most would be learnt from: {what}.", what=self.next[0].judgement))
        if self.scores:
            lines.append(
                say(
                    "Tested on {quarrels} of this kind, each left out: log score {score:.3f} against {base_rate:.3f} "
                    "of base rates (difference {difference:+.3f}, 95% {low:+.3f} to {high:+.3f}).",
                    **dict(self.scores),
                )
            )
        lines.append(
            say(
                "A full simulation has not been shown to tell more about these questions; write a scenario to ask "
                "what a change would do, who does what, and when."
            )
        )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The outlook as JSON can carry it."""
        ends = {key: list(pair) for key, pair in self.first_day.ends.items()}
        return {
            "name": self.name,
            "population": self.population,
            "population_yes": self.population_yes,
            "judged": self.judged,
            "judgements": ends,
            "scores": dict(self.scores),
            **{grid.name: grid.records() for grid in self.tables()},
        }


def _list(odds: list[Odds]) -> str:
    return listing([f"{say(one.label)} ({beside_usual(one)})" for one in odds])


def beside_usual(one: Odds) -> str:
    """A probability beside the base rate of its population, in words."""
    chances = {"chance": percent(one.probability), "usual": percent(one.base_rate)}
    return say("{chance}, usually {usual}", **chances)


def _because(one: Odds) -> str:
    told = [f"{key} {100 * by:+.0f}" for key, by in one.reasons[:TOLD] if abs(by) >= SMALL]
    return ", ".join(told)


class _Draws:
    """Draws of the judgements and coefficients of one quarrel: (quarrels of the population x inner draws)."""

    def __init__(self, model: OutlookModel, first_day: FirstDay, population: str, seed: int) -> None:
        self.model, self.first_day = model, first_day
        place = model.row(population)
        self.donors = model.donors[population]
        random = np.random.default_rng(seed)
        rows = len(self.donors) * INNER
        self.row = np.repeat(np.arange(len(self.donors)), INNER)
        inner = np.tile(np.arange(INNER), len(self.donors))  # the same chances with each quarrel
        uniform = random.random((INNER, len(USED)))[inner]
        self.values: dict[str, Floats] = {}
        for column, key in enumerate(USED):
            if key in first_day.ends:
                low, high = first_day.ends[key]
                self.values[key] = low + (high - low) * uniform[:, column]
            else:
                self.values[key] = self.donors[self.row, column]
        chance = random.standard_normal((2, INNER, len(KEYS)))[:, inner]
        self.slope = model.slope + model.slope_error * chance[0]
        tied = model.shared[place] / model.slope_error
        rest = np.sqrt(np.maximum(model.offset_error[place] ** 2 - tied**2, 0.0))
        self.offset = model.offset[place] + tied * chance[0] + rest * chance[1]
        assert self.slope.shape[0] == rows

    def chances(self, key: str = "", values: Floats | float = 0.0) -> Floats:
        """Probabilities (draws, questions); with one judgement put at other values, if its key is given."""
        changed = {**self.values, key: np.broadcast_to(values, self.row.shape)} if key else self.values
        sums = self.model.sums_of(columns_of(changed))
        return np.asarray(1 / (1 + np.exp(-(self.offset + self.slope * sums))))

    def donated(self, key: str) -> Floats:
        """What the quarrels of the population have in place of a judgement."""
        return np.asarray(self.donors[self.row, USED.index(key)])

    def possible(self, key: str) -> Floats:
        """Values that a judgement may turn out to have: those of the population, or places between its two ends."""
        if key in self.first_day.ends:
            low, high = self.first_day.ends[key]
            return low + (high - low) * np.array(POINTS)
        return np.asarray(self.donors[:, USED.index(key)])


def outlook(model: OutlookModel, first_day: FirstDay, population: str | None, seed: int = SEED) -> Outlook:
    """The outlook of a quarrel (WC580 if its population is not named).

    Judgements are drawn between their ends, unknown ones from the quarrels of the population, coefficients from their
    normal approximation; a probability is the mean over draws, its interval holds 95% of them.
    """
    row = model.row(population)
    named = model.populations[row]
    draws = _Draws(model, first_day, named, seed)
    chances = draws.chances()
    mean = chances.mean(axis=0)
    low, high = np.quantile(chances, [0.025, 0.975], axis=0)
    made = [key for key in USED if key in first_day.ends]
    lost = {key: mean - draws.chances(key, draws.donated(key)).mean(axis=0) for key in made}
    odds = tuple(
        Odds(
            key,
            QUESTIONS[place].happened,
            float(model.base[row, place]),
            float(mean[place]),
            float(low[place]),
            float(high[place]),
            _reasons({name: float(by[place]) for name, by in lost.items()}),
        )
        for place, key in enumerate(KEYS)
    )
    open_ones = [key for key in USED if key not in first_day.ends or first_day.ends[key][0] < first_day.ends[key][1]]
    worth = sorted((_worth(draws, key) for key in open_ones), key=lambda one: -one.change)
    yes = float(model.base[row].mean())
    scores = dict(model.scores.get(named, {}))
    if scores:
        yes = scores.pop("share_of_yes", yes)
    return Outlook(first_day.name, named, yes, odds, first_day, tuple(worth), scores)


def told(model: OutlookModel, first_days: Sequence[FirstDay], population: str) -> Floats:
    """The probabilities (quarrels, questions) that outlooks tell: means over draws, as `outlook` gives them."""
    return np.array([_Draws(model, day, population, SEED).chances().mean(axis=0) for day in first_days])


def left_out(quarrels: Quarrels) -> Floats:
    """What is told of each quarrel, the model fitted to all others of both populations."""
    found = np.empty(quarrels.answers.shape)
    for row in range(len(quarrels)):
        others = quarrels.only([one for one in range(len(quarrels)) if one != row])
        found[row] = told(fit_outlook(others), quarrels.first_days[row : row + 1], quarrels.population[row])[0]
    return found


def _reasons(lost: dict[str, float]) -> tuple[tuple[str, float], ...]:
    ranked = sorted(lost.items(), key=lambda one: -abs(one[1]))
    return tuple((key, by) for key, by in ranked if abs(by) > 1e-12)


def _worth(draws: _Draws, key: str) -> Worth:
    """What learning a judgement would change, over the values that it may turn out to have."""
    values, times = np.unique(draws.possible(key), return_counts=True)
    each = np.array([draws.chances(key, value).mean(axis=0) for value in values])
    share = times / times.sum()
    mean = share @ each
    change = share @ np.abs(each - mean)
    most = int(change.argmax())
    gained = float((_entropy(mean) - share @ _entropy(each)).sum())
    return Worth(key, float(change.mean()), gained, KEYS[most], float(change[most]))


def _entropy(chance: Floats) -> Floats:
    sure = np.clip(chance, 1e-12, 1 - 1e-12)
    return np.asarray(-(sure * np.log(sure) + (1 - sure) * np.log(1 - sure)))

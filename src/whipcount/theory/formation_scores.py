"""How good forecasts of cabinets are: first choice, first five, likelihood, parties right; calibration; leanings."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .formation_covariates import Cabinets, incumbency, kind, size
from .formation_logit import Floats
from .formation_table import Opportunity

FIRST = 5
TIED = 1e-12


@dataclass(frozen=True)
class Score:
    """One opportunity scored; ties for a place are counted as drawn by lot.

    first, five: whether the cabinet that formed is the most probable one, or among the first five. loglik: log of its
    probability. parties: share of parties whose membership is right (in where its probability is above half).
    rank: cabinets that were more probable.
    """

    country: str
    date: str
    formed: str
    expected: str
    probability: float
    loglik: float
    uniform: float
    first: float
    five: float
    parties: float
    rank: int


def membership(probabilities: Floats, parties: int) -> Floats:
    """Each party's probability of being in the cabinet."""
    rows = np.arange(1, 2**parties)
    return np.asarray(probabilities @ ((rows[:, None] >> np.arange(parties)) & 1))


def score(opportunity: Opportunity, probabilities: Floats) -> Score:
    """Score a forecast against the cabinet that formed."""
    row = opportunity.choice
    own = float(probabilities[row])
    better = int((probabilities > own * (1 + TIED)).sum())
    tied = int((np.abs(probabilities - own) <= own * TIED).sum())
    inside = membership(probabilities, opportunity.size) > 0.5
    formed = np.array(opportunity.chosen, dtype=bool)
    return Score(
        country=opportunity.country,
        date=opportunity.date.isoformat(),
        formed=" + ".join(opportunity.members(row)),
        expected=" + ".join(opportunity.members(int(np.argmax(probabilities)))),
        probability=own,
        loglik=float(np.log(max(own, 1e-300))),
        uniform=-float(np.log(opportunity.cabinets)),
        first=1.0 / tied if better == 0 else 0.0,
        five=float(np.clip((FIRST - better) / tied, 0.0, 1.0)),
        parties=float((inside == formed).mean()),
        rank=better + 1,
    )


@dataclass(frozen=True)
class Means:
    """Means over opportunities; a share of parties is counted within each opportunity first."""

    opportunities: int
    first_choice: float
    top_five: float
    mean_loglik: float
    party_accuracy: float
    uniform: float

    @classmethod
    def over(cls, scores: Sequence[Score]) -> Means:
        """The means of these scores (nan where there are none)."""
        if not scores:
            nan = float("nan")
            return cls(0, nan, nan, nan, nan, nan)
        table = np.array([[one.first, one.five, one.loglik, one.parties, one.uniform] for one in scores])
        return cls(len(scores), *(float(value) for value in table.mean(axis=0)))


@dataclass(frozen=True)
class Bin:
    """A bin of forecasts: mean probability, how many, how many came true."""

    low: float
    high: float
    forecast: float
    number: int
    happened: int

    @property
    def share(self) -> float:
        """Share that came true."""
        return self.happened / self.number if self.number else float("nan")


CABINET_EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 1.0)
PARTY_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def calibration(
    opportunities: Sequence[Opportunity],
    forecasts: Sequence[Floats],
    parties: bool,
    edges: Sequence[float] | None = None,
) -> tuple[Bin, ...]:
    """Forecast against what happened, for parties' membership or for whole cabinets."""
    edges = edges or (PARTY_EDGES if parties else CABINET_EDGES)
    told, true = [], []
    for opportunity, forecast in zip(opportunities, forecasts, strict=True):
        if parties:
            told.append(membership(forecast, opportunity.size))
            true.append(np.array(opportunity.chosen, dtype=bool))
        else:
            told.append(forecast)
            happened = np.zeros(len(forecast), dtype=bool)
            happened[opportunity.choice] = True
            true.append(happened)
    if not told:
        return ()
    chance, came = np.concatenate(told), np.concatenate(true)
    bins = []
    for low, high in itertools.pairwise(edges):
        inside = (chance >= low) & ((chance < high) | (high == edges[-1]))
        if inside.any():
            bins.append(Bin(low, high, float(chance[inside].mean()), int(inside.sum()), int(came[inside].sum())))
    return tuple(bins)


@dataclass(frozen=True)
class Leaning:
    """Where the forecasts of one country were off: observed minus expected sums of a trait, in standard deviations."""

    trait: str
    observed: float
    expected: float
    deviations: float


TRAITS = ("minority", "parties", "superfluous", "largest_party", "median_party", "range", "connected", "overlap")


def leanings(opportunities: Sequence[Opportunity], forecasts: Sequence[Floats]) -> tuple[Leaning, ...]:
    """Every plain trait of the cabinets that formed against its expectation, the most surprising first."""
    observed, expected, variance = np.zeros(len(TRAITS)), np.zeros(len(TRAITS)), np.zeros(len(TRAITS))
    for opportunity, forecast in zip(opportunities, forecasts, strict=True):
        cabinets = Cabinets(opportunity)
        columns = {**kind(cabinets), **incumbency(cabinets), **size(cabinets)}
        values = np.stack([columns[trait] for trait in TRAITS], axis=1)
        mean = forecast @ values
        observed += values[opportunity.choice]
        expected += mean
        variance += forecast @ values**2 - mean**2
    number = max(len(opportunities), 1)
    off = (observed - expected) / np.sqrt(np.maximum(variance, 1e-9))
    order = np.argsort(-np.abs(off))
    return tuple(
        Leaning(TRAITS[row], float(observed[row] / number), float(expected[row] / number), float(off[row]))
        for row in order
    )

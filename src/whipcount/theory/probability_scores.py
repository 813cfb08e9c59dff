"""Scores of probabilities and distributions against what happened, over questions of several crises, with intervals.

Arrays have shape (crises, questions); nan marks what was not asked. A log score is a natural logarithm, nearer 0 is
better; a Brier score is a squared error, 0 is best (Brier 1950; Gneiting & Raftery 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 10_000
FLOOR = 1e-9  # no forecast is taken as surer than that, so that one miss costs much and not everything
EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def log_score(probability: Floats, answer: Floats) -> Floats:
    """Log of the probability given to what happened; nan where there is no answer or no forecast."""
    sure = np.clip(probability, FLOOR, 1 - FLOOR)
    told = np.where(answer == 1, np.log(sure), np.log1p(-sure))
    return np.asarray(np.where(np.isnan(answer) | np.isnan(probability), np.nan, told))


def brier_score(probability: Floats, answer: Floats) -> Floats:
    """Squared distance of the probability from 1 if it happened, from 0 if not."""
    return np.asarray((probability - answer) ** 2)


def crps(quantiles: Floats, levels: Floats, value: float) -> float:
    """Continuous ranked probability score of a distribution told by quantiles, 0 is best; in the units of the value.

    Between quantiles the distribution is taken as uniform; what lies beyond the outer ones sits on them. The score is
    the integral of (F(x) - 1[x >= value])^2 (Matheson & Winkler 1976), exact piece by piece.
    """
    places = np.r_[quantiles[0], quantiles, quantiles[-1]]
    heights = np.r_[0.0, levels, 1.0]
    total = max(quantiles[0] - value, 0.0) + max(value - quantiles[-1], 0.0)
    for left, right, low, high in zip(places[:-1], places[1:], heights[:-1], heights[1:], strict=True):
        if right <= left:
            continue
        cut = min(max(value, left), right)
        middle = low + (high - low) * (cut - left) / (right - left)
        total += (cut - left) * (low * low + low * middle + middle * middle) / 3
        rest, end = 1 - middle, 1 - high
        total += (right - cut) * (rest * rest + rest * end + end * end) / 3
    return float(total)


@dataclass(frozen=True)
class Difference:
    """A mean with a 95% interval over crises, and in how many of them it is above 0."""

    mean: float
    low: float
    high: float
    better: int
    crises: int


def paired(scores: Floats, others: Floats, seed: int = 1) -> Difference:
    """By how much one forecast scores better than another on the same answers; crises are resampled whole.

    The mean is over answers; a resampled crisis brings all of its answers, since they hang together.
    """
    gain = scores - others
    asked = ~np.isnan(gain)
    kept = asked.any(axis=1)
    sums, counts = np.where(asked, gain, 0.0).sum(axis=1)[kept], asked.sum(axis=1)[kept]
    if not len(sums):
        return Difference(float("nan"), float("nan"), float("nan"), 0, 0)
    picks = np.random.default_rng(seed).integers(0, len(sums), (RESAMPLES, len(sums)))
    low, high = np.quantile(sums[picks].sum(axis=1) / counts[picks].sum(axis=1), [0.025, 0.975])
    if len(sums) < 2:  # one crisis says nothing of others
        low = high = float("nan")
    return Difference(float(sums.sum() / counts.sum()), float(low), float(high), int((sums > 0).sum()), len(sums))


@dataclass(frozen=True)
class Bin:
    """Forecasts of about the same probability: how many, their mean, how many came true."""

    low: float
    high: float
    number: int
    forecast: float
    happened: int

    @property
    def share(self) -> float:
        """The share that came true."""
        return self.happened / self.number if self.number else float("nan")


def calibration(probability: Floats, answer: Floats, edges: Sequence[float] = EDGES) -> tuple[Bin, ...]:
    """Forecasts in groups by probability, empty groups left out."""
    known = ~np.isnan(answer) & ~np.isnan(probability)
    told, true = probability[known], answer[known]
    place = np.clip(np.searchsorted(np.asarray(edges), told, side="right") - 1, 0, len(edges) - 2)
    found = []
    for group in range(len(edges) - 1):
        inside = place == group
        if inside.any():
            number, mean, yes = int(inside.sum()), float(told[inside].mean()), int(true[inside].sum())
            found.append(Bin(float(edges[group]), float(edges[group + 1]), number, mean, yes))
    return tuple(found)


@dataclass(frozen=True)
class Scores:
    """What a set of forecasts is worth: mean log score, Brier, sharpness, and calibration in the large.

    sharpness: mean distance of the probabilities from one half, 0 a coin and .5 certainty (Gneiting &
    others 2007). large: mean probability less the share of yes.
    """

    answers: int
    log: float
    brier: float
    sharpness: float
    large: float


def scores(probability: Floats, answer: Floats) -> Scores:
    """The means over all answers."""
    known = ~np.isnan(answer) & ~np.isnan(probability)
    told, true = probability[known], answer[known]
    if not len(told):
        nan = float("nan")
        return Scores(0, nan, nan, nan, nan)
    return Scores(
        len(told),
        float(log_score(told, true).mean()),
        float(brier_score(told, true).mean()),
        float(np.abs(told - 0.5).mean()),
        float(told.mean() - true.mean()),
    )

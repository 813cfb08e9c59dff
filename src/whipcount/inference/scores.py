"""Scores of probabilities against what happened, and paired differences with an interval over outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 10_000


@dataclass(frozen=True)
class PairedScore:
    """Mean log scores (natural logarithm; nearer 0 is better) of two forecasts of the same outcomes.

    difference = second - first; the interval is a 95% bootstrap over outcomes, so it speaks of other outcomes of the
    kind and not only of the noise of simulation. Outcomes of one history are not independent: it is rather too short.
    """

    outcomes: int
    first: float
    second: float
    difference: float
    low: float
    high: float


def smoothed(hits: Floats | float, runs: Floats | float) -> Floats:
    """Probability from hits among runs, with half a run added to either side: never exactly 0 or 1 (Jeffreys)."""
    return np.asarray((np.asarray(hits) + 0.5) / (np.asarray(runs) + 1.0))


def log_scores(probability: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Log of the probability given to what happened."""
    return np.asarray(np.log(np.where(happened, probability, 1.0 - probability)))


def paired(first: Floats, second: Floats, seed: int = 1) -> PairedScore:
    """Compare two arrays of scores outcome by outcome."""
    if not len(first):
        missing = float("nan")
        return PairedScore(0, missing, missing, missing, missing, missing)
    difference = second - first
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, len(difference), (RESAMPLES, len(difference)))
    low, high = np.quantile(difference[picks].mean(axis=1), [0.025, 0.975])
    return PairedScore(
        len(first), float(first.mean()), float(second.mean()), float(difference.mean()), float(low), float(high)
    )

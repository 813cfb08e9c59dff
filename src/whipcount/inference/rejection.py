"""Approximate Bayesian computation: which worlds are kept, with what weight, and the adjustment of what is left.

Kept are worlds within the smallest tolerance at which the effective sample is large enough, weighted by the kernel of
Epanechnikov; their parameters are then moved to where a weighted linear regression on the misses says that they would
be had nothing been missed (Beaumont, Zhang & Balding 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted

Floats = NDArray[np.float64]
RIDGE = 1e-2  # of a pattern's variance: keeps the regression sound where two patterns are missed together


@dataclass(frozen=True)
class Kept:
    """Worlds within the tolerance: their indices and their weights, which sum to 1."""

    index: NDArray[np.int64]
    weights: Floats
    tolerance: float

    @property
    def effective_size(self) -> float:
        """What the kept worlds are worth in equally weighted ones."""
        return weighted.effective_size(self.weights)


def keep(distance: Floats, log_weight: Floats, least: float, kernel: bool = True) -> Kept:
    """The nearest worlds that are worth at least `least` (or all worlds, if they are not)."""
    least *= 1.0 - 1e-9  # equal weights do not sum to quite their number
    levels = np.unique(distance)
    step = float(np.diff(levels).min()) if len(levels) > 1 else 1.0
    kept = Kept(np.zeros(0, np.int64), np.zeros(0), 0.0)
    low, high = 0, len(levels) - 1
    if len(levels) > 64:  # numeric patterns: many levels, so the smallest good one is bisected
        while low < high:
            middle = (low + high) // 2
            if _within(distance, log_weight, levels[middle], step, kernel).effective_size >= least:
                high = middle
            else:
                low = middle + 1
        return _within(distance, log_weight, levels[low], step, kernel)
    for level in levels:
        kept = _within(distance, log_weight, float(level), step, kernel)
        if kept.effective_size >= least:
            break
    return kept


def _within(distance: Floats, log_weight: Floats, tolerance: float, step: float, kernel: bool) -> Kept:
    index = np.flatnonzero(distance <= tolerance)
    weights = weighted.normalised(log_weight[index])
    if kernel and tolerance > 0:
        weights = weights * (1.0 - np.square(distance[index] / (tolerance + step)))
        weights = weights / weights.sum()
    return Kept(index, weights, float(tolerance))


def adjusted(z: Floats, missed: Floats, weights: Floats) -> Floats:
    """Parameters of kept worlds, moved along a weighted ridge regression to where nothing is missed."""
    if len(z) <= missed.shape[1] + 1 or not np.any(missed):
        return z
    centred = missed - weighted.mean(missed, weights)
    gram = (centred * weights[:, None]).T @ centred
    penalty = RIDGE * np.maximum(np.diag(gram), 1e-12)
    slopes = np.linalg.solve(gram + np.diag(penalty), (centred * weights[:, None]).T @ z)
    return np.asarray(z - missed @ slopes)

"""Simulation-based calibration of approximate posteriors, of any simulator (Talts et al. 2018).

Parameters are drawn from the prior and a data set from the parameters; if the inference is right, the rank of the true
value among draws of the posterior is uniform. Data sets are compared by summaries that a regression learns on other
worlds (semi-automatic ABC: Fearnhead & Prangle 2012); the nearest reference worlds are kept and adjusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted

from .parameter_space import Space

Floats = NDArray[np.float64]
BINS = 20
DRAWS = 99
RIDGE = 1e-3


@dataclass(frozen=True)
class Draws:
    """Points on the normal scale (rows, parameters) and summaries of data drawn there (rows, summaries)."""

    z: Floats
    summaries: Floats


@dataclass(frozen=True)
class Ranked:
    """For each data set and parameter: rank among draws, share of the posterior below the truth, mean, spread.

    spread is the posterior's standard deviation over the prior's, on the parameters' own scales.
    """

    ranks: NDArray[np.int64]
    below: Floats
    means: Floats
    spread: Floats


@dataclass(frozen=True)
class Learned:
    """A linear map from summaries to the expected point."""

    centre: Floats
    scale: Floats
    slopes: Floats

    @classmethod
    def of(cls, table: Draws) -> Learned:
        """Ridge regression of points on standardised summaries; those that never vary are left out."""
        centre, scale = table.summaries.mean(axis=0), table.summaries.std(axis=0)
        scale = np.where(scale > 0, scale, np.inf)
        standard = (table.summaries - centre) / scale
        gram = standard.T @ standard / len(standard)
        slopes = np.linalg.solve(gram + RIDGE * np.eye(len(gram)), standard.T @ table.z / len(standard))
        return cls(centre, scale, slopes)

    def __call__(self, summaries: Floats) -> Floats:
        """Expected points of data sets."""
        return np.asarray(((summaries - self.centre) / self.scale) @ self.slopes)


def posterior(point: Floats, reference: Draws, expected: Floats, kept: int) -> tuple[Floats, Floats]:
    """Draws and weights for one data set: the nearest reference worlds, adjusted by a local regression.

    point: the data set's expected parameters; expected: the same of the reference worlds.
    """
    distance = np.sqrt(np.square((expected - point) / np.maximum(expected.std(axis=0), 1e-12)).sum(axis=1))
    index = np.argpartition(distance, kept - 1)[:kept]
    weights = 1.0 - np.square(distance[index] / (distance[index].max() * (1 + 1e-9) + 1e-300))
    weights = np.maximum(weights, 1e-9)
    weights /= weights.sum()
    away = expected[index] - point
    design = np.column_stack([np.ones(len(index)), away])
    gram = (design * weights[:, None]).T @ design
    gram += np.diag([0.0, *([1e-6] * away.shape[1])])
    slopes = np.linalg.solve(gram, (design * weights[:, None]).T @ reference.z[index])
    return reference.z[index] - away @ slopes[1:], weights


def ranked(space: Space, learn: Draws, reference: Draws, truth: Draws, kept: int, seed: int) -> Ranked:
    """Infer every data set of `truth` and rank its parameters in its posterior."""
    learned = Learned.of(learn)
    expected, points = learned(reference.summaries), learned(truth.summaries)
    prior_spread = space.scaled(space.natural(reference.z)).std(axis=0)
    ranks, below, means, spread = [], [], [], []
    for number, (point, true) in enumerate(zip(points, truth.z, strict=True)):
        z, weights = posterior(point, reference, expected, kept)
        draws = z[weighted.resample(weights, DRAWS, seed + number)]
        ranks.append((draws < true).sum(axis=0))
        below.append(weights @ (z < true))
        means.append(weights @ z)
        spread.append(weighted.deviation(space.scaled(space.natural(z)), weights) / prior_spread)
    return Ranked(np.array(ranks), np.array(below), np.array(means), np.array(spread))


def uniformity(ranks: NDArray[np.int64]) -> tuple[NDArray[np.int64], float, float]:
    """Counts of ranks in equal bins, chi-square, and its p-value (at least five data sets to a bin)."""
    from scipy import stats

    bins = int(np.clip(len(ranks) // 5, 2, BINS))
    while (DRAWS + 1) % bins:
        bins -= 1
    counts = np.bincount(ranks * bins // (DRAWS + 1), minlength=bins)
    told = stats.chisquare(counts)
    return counts, float(told.statistic), float(told.pvalue)

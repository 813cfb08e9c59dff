"""Weighted samples: effective size, moments, quantiles, resampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def normalised(log_weights: Floats) -> Floats:
    """Weights that sum to 1, from logarithms of which some may be minus infinity."""
    top = float(np.max(log_weights, initial=-np.inf))
    if not np.isfinite(top):
        return np.zeros_like(log_weights)
    weights = np.exp(log_weights - top)
    return np.asarray(weights / weights.sum())


def effective_size(weights: Floats) -> float:
    """How many equally weighted draws a weighted sample is worth: (sum w)^2 / sum w^2 (Kish 1965)."""
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def mean(values: Floats, weights: Floats) -> Floats:
    """The weighted mean of each column."""
    return np.asarray(weights @ values / weights.sum())


def deviation(values: Floats, weights: Floats) -> Floats:
    """The weighted standard deviation of each column."""
    centred = values - mean(values, weights)
    return np.asarray(np.sqrt(weights @ np.square(centred) / weights.sum()))


def covariance(values: Floats, weights: Floats) -> Floats:
    """The weighted covariance matrix of the columns."""
    centred = values - mean(values, weights)
    return np.asarray((centred * (weights / weights.sum())[:, None]).T @ centred)


def quantiles(values: Floats, weights: Floats, levels: Floats) -> Floats:
    """Weighted quantiles of one column, interpolated between the middles of the draws' weights."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    middle = (cumulative - 0.5 * weights[order]) / cumulative[-1]
    return np.asarray(np.interp(levels, middle, values[order]))


def resample(weights: Floats, draws: int, seed: int) -> NDArray[np.int64]:
    """Indices of equally weighted draws: systematic resampling (Kitagawa 1996), then shuffled."""
    generator = np.random.default_rng(seed)
    points = (np.arange(draws) + generator.random()) / draws
    cumulative = np.cumsum(weights) / weights.sum()
    cumulative[-1] = 1.0  # rounding must leave no point above the last
    chosen = np.searchsorted(cumulative, points, side="right")
    return np.asarray(generator.permutation(chosen), np.int64)

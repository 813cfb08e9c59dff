"""Leave-one-out fit from draws that knew everything: importance sampling whose heaviest weights are smoothed.

Vehtari, Gelman & Gabry 2017; Vehtari, Simpson, Gelman, Yao & Gabry 2024. Each draw is weighed by one over the chance it
gave what is left out; the largest weights are replaced by quantiles of a generalised Pareto law fitted to them (Zhang &
Stephens 2009), whose shape tells whether the answer can be relied on.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 5  # weights in a tail that anything is fitted to
PRIOR_OF_TAIL, PRIOR_OF_SHAPE, SHAPE = 3.0, 10.0, 0.5  # weakly informative, as Zhang & Stephens and Vehtari have them
AT_ONCE = 2_000  # rows worked on together


def reliable(draws: int) -> float:
    """The shape of the tail up to which so many draws suffice."""
    return min(1 - 1 / math.log10(draws), 0.7)


def leave_one_out(logs: Floats) -> tuple[Floats, Floats]:
    """Of each observation the log chance that all others give it, and the shape of its tail; logs (observations, draws)
    are its log chances in draws from the posterior of all."""
    parts = [_some(logs[start : start + AT_ONCE]) for start in range(0, len(logs), AT_ONCE)]
    return np.concatenate([told for told, _ in parts]), np.concatenate([shape for _, shape in parts])


def _some(logs: Floats) -> tuple[Floats, Floats]:
    weights, shape = smoothed_weights(-logs)
    return _total(weights + logs), shape


def smoothed_weights(ratios: Floats) -> tuple[Floats, Floats]:
    """Log weights from log ratios (observations, draws), summing to 1 in each row; and the shapes of their tails."""
    rows, draws = ratios.shape
    weights = ratios - ratios.max(axis=1, keepdims=True)
    length = int(min(0.2 * draws, 3 * math.sqrt(draws)))
    shape = np.full(rows, np.inf)
    if length >= FEWEST and length < draws:
        order = np.argsort(weights, axis=1, kind="stable")
        tail = order[:, -length:]
        at = np.take_along_axis(weights, order[:, -length - 1 : -length], axis=1)
        at = np.maximum(at, math.log(np.finfo(float).tiny))
        above = np.exp(np.take_along_axis(weights, tail, axis=1)) - np.exp(at)
        fitted = above[:, length // 4] > 0  # where all weights are alike there is nothing to smooth
        shape[~fitted] = -np.inf
        if fitted.any():
            found, scale = generalised_pareto(above[fitted])
            level = (np.arange(length) + 0.5) / length
            spread = np.where(found == 0, 1.0, found)[:, None]
            above_at = scale[:, None] * np.expm1(-spread * np.log1p(-level)) / spread
            smooth = np.log(above_at + np.exp(at[fitted]))
            inside = weights[fitted]
            np.put_along_axis(inside, tail[fitted], smooth, axis=1)
            weights[fitted] = np.minimum(inside, 0.0)
            shape[fitted] = found
    return weights - _total(weights)[:, None], shape


def _total(logs: Floats) -> Floats:
    top = logs.max(axis=1, keepdims=True)
    return np.asarray(top[:, 0] + np.log(np.exp(logs - top).sum(axis=1)))


def generalised_pareto(values: Floats) -> tuple[Floats, Floats]:
    """Shape and scale of a generalised Pareto law for each row of sorted values above 0 (Zhang & Stephens 2009)."""
    number = values.shape[1]
    grid = 30 + int(math.sqrt(number))
    quarter = values[:, int(number / 4 + 0.5) - 1]
    steps = 1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    rates = steps / (PRIOR_OF_TAIL * quarter[:, None]) + 1 / values[:, -1:]
    shapes = np.log1p(-rates[:, :, None] * values[:, None, :]).mean(axis=2)
    fit = number * (np.log(-rates / shapes) - shapes - 1)
    weight = np.exp(fit - fit.max(axis=1, keepdims=True))
    rate = (rates * weight).sum(axis=1) / weight.sum(axis=1)
    shape = np.log1p(-rate[:, None] * values).mean(axis=1)
    scale = -shape / rate
    return (number * shape + PRIOR_OF_SHAPE * SHAPE) / (number + PRIOR_OF_SHAPE), scale

"""An effect as a smooth function of the parameters: where it is likely to be strong, weak or reversed.

A draw's true effect is decided by its parameters, so other draws tell of it. Ridge regression on ranks, with the
penalty that predicts left-out draws best (Hoerl & Kennard 1970; Allen 1974 on leaving one out).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.results.interfaces import Floats

PENALTIES = 10.0 ** np.arange(0.0, 5.5, 0.5)


def expected_effects(effect: Floats, draws: NDArray[np.int64], parameters: Mapping[str, NDArray[Any]]) -> Floats:
    """Each draw's effect as predicted from the others; their mean where the parameters tell nothing."""
    if not len(effect):
        return np.zeros(0)
    columns = [_ranks(np.asarray(values)[draws]) for values in parameters.values() if np.ptp(values[draws]) > 0.0]
    if len(effect) < 10 or not columns or np.ptp(effect) == 0.0:
        return np.full(len(effect), float(effect.mean()))
    left, singular, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
    centred = effect - effect.mean()
    shadow = left.T @ centred
    best, prediction = float((centred**2).sum()) * (1.0 + 2.0 / len(effect)), np.zeros_like(centred)
    for penalty in PENALTIES:
        shrink = singular**2 / (singular**2 + penalty)
        leverage = (left**2 * shrink).sum(axis=1) + 1.0 / len(effect)
        missed = (centred - left @ (shrink * shadow)) / (1.0 - np.minimum(leverage, 0.99))
        error = float((missed**2).sum())
        if error < best:
            best, prediction = error, centred - missed
    return np.asarray(prediction + effect.mean(), np.float64)


def _ranks(values: NDArray[Any]) -> Floats:
    """Ranks scaled to mean 0 and variance 1."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)
    return np.asarray((ranks - ranks.mean()) / ranks.std())


def layers(prediction: Floats, most: int = 5, least: int = 20) -> NDArray[np.int64]:
    """Draws in layers of like prediction, the lowest first: as many as leave enough draws in each."""
    many = int(np.clip(len(prediction) // least, 1, most))
    if np.ptp(prediction) == 0.0 if len(prediction) else True:
        many = 1
    order = np.argsort(prediction, kind="stable")
    layer = np.zeros(len(prediction), np.int64)
    layer[order] = np.arange(len(prediction)) * many // max(len(prediction), 1)
    return layer

"""What the members of a cabinet give up for a common policy: the compromise model's distance, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def compromise(inside: Floats, weight: Floats, place: Floats) -> Floats:
    """The compromise of each coalition: the mean position of its members, weighted by power times salience.

    inside: membership, shape (coalitions, actors); weight: power times salience. Van den Bos 1991, Achen 2006.
    """
    total = inside @ weight
    return np.asarray((inside @ (weight * place)) / np.where(total > 0, total, 1.0))


def compromise_distance(inside: Floats, weight: Floats, place: Floats) -> Floats:
    """How far the compromise of each coalition is from its most distant member."""
    away = np.abs(place - compromise(inside, weight, place)[:, None])
    return np.asarray(np.where(inside > 0, away, 0.0).max(axis=1))

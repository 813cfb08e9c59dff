"""The uncovered set (Miller 1980, McKelvey 1986) on a grid: points not beaten by one that beats all their victims too.

A point covers another if it beats it and whatever beats the first beats the second as well. Only points of the grid
are compared, so the set is known to about the width of a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .directions import Floats, Integers

MOST_POINTS = 3000


@dataclass(frozen=True)
class Uncovered:
    """The uncovered points of a grid; `cell` is the grid's spacing on each dimension, `share` theirs of the grid."""

    points: tuple[tuple[float, ...], ...]
    cell: tuple[float, ...]
    share: float


def uncovered_set(
    points: Floats,
    weights: Sequence[int] | Integers,
    quota: int,
    salience: Floats | None = None,
    per_axis: int | None = None,
) -> Uncovered:
    """The uncovered set over a grid that spans the ideal points, `per_axis` points along each dimension."""
    dimensions = points.shape[1]
    number = per_axis or {1: 401, 2: 45, 3: 13}.get(dimensions, max(3, int(MOST_POINTS ** (1 / dimensions))))
    low, high = points.min(axis=0), points.max(axis=0)
    axes = [np.linspace(a, b, number) if b > a else np.array([a]) for a, b in zip(low, high, strict=True)]
    grid = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)
    beats = majority_relation(grid, points, np.asarray(weights, dtype=np.int64), quota, salience)
    covered = _covered(beats)
    kept = grid[~covered]
    cell = tuple(float(axis[1] - axis[0]) if len(axis) > 1 else 0.0 for axis in axes)
    return Uncovered(tuple(map(tuple, kept.tolist())), cell, float((~covered).mean()))


def majority_relation(
    options: Floats, points: Floats, weights: Integers, quota: int, salience: Floats | None = None
) -> NDArray[np.bool_]:
    """Which option beats which: [a, b] is true if members with the quota like a strictly better than b."""
    care = np.ones(points.shape[1]) if salience is None else np.asarray(salience, dtype=float)
    rows = np.broadcast_to(care, points.shape) if care.ndim == 1 else care
    votes = np.zeros((len(options), len(options)), dtype=np.int64)
    for point, row, weight in zip(points, rows, weights, strict=True):
        distance = ((options - point) ** 2 * row).sum(axis=1)
        slack = 1e-12 * max(float(distance.max()), 1e-300)
        votes += weight * (distance[:, None] < distance[None, :] - slack)
    return votes >= quota


def _covered(beats: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which options some other option covers."""
    beaten_by = beats.astype(np.float32)
    # how many options beat a but not b; a covers b if it beats b and there is none
    spared = beaten_by.T @ (1 - beaten_by)
    return np.asarray((beats & (spared == 0)).any(axis=0))

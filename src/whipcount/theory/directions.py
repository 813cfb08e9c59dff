"""The directions of a policy plane, and who is pivotal in each: the geometry that spatial solvers share.

Turning a direction through the plane changes the order of the ideal points only where two of them lie level, that is
perpendicular to the line through them. Between two such critical directions the pivot stays the same, so that
integrals over all directions are finite sums, and exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SAME = 1e-9  # points closer than this, on a map of unit size, are one point


@dataclass(frozen=True)
class Merged:
    """Ideal points with those in one place merged: points (k, d), their weights, and each member's place."""

    points: Floats
    weights: Integers
    place: Integers


def merge(points: Floats, weights: Sequence[int] | Integers) -> Merged:
    """Members who stand in the same place as one."""
    size = float(np.ptp(points, axis=0).max(initial=0.0)) or 1.0
    keys = np.round((points - points.min(axis=0)) / (size * SAME)).astype(np.int64)
    _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    heavy = np.bincount(place, weights=np.asarray(weights, dtype=float), minlength=len(first))
    return Merged(points[first], np.rint(heavy).astype(np.int64), place.astype(np.int64))


def unit(angles: Floats) -> Floats:
    """Unit vectors of the plane, shape (..., 2)."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def critical_angles(points: Floats) -> Floats:
    """The directions in which two different points lie level, ascending in [0, 2 pi), with the first one repeated."""
    a, b = np.triu_indices(len(points), 1)
    gap = points[b] - points[a]
    apart = np.hypot(gap[:, 0], gap[:, 1]) > 0
    level = np.arctan2(gap[apart, 1], gap[apart, 0]) + np.pi / 2
    angles = np.sort(np.mod(np.concatenate([level, level + np.pi]), 2 * np.pi))
    if len(angles) == 0:
        return np.array([0.0, 2 * np.pi])
    angles = angles[np.concatenate([[True], np.diff(angles) > 1e-12])]
    return np.append(angles, angles[0] + 2 * np.pi)


@dataclass(frozen=True)
class Sectors:
    """Sectors of directions with the same pivot: `edges` (m + 1 angles) and the pivot's row in each of the m."""

    edges: Floats
    pivot: Integers

    @property
    def widths(self) -> Floats:
        """The angle of each sector."""
        return np.diff(self.edges)


def pivot_sectors(points: Floats, weights: Integers, quota: int) -> Sectors:
    """In each direction, the member with whom those furthest along it first have the quota; points are distinct."""
    edges = critical_angles(points)
    middle = unit((edges[:-1] + edges[1:]) / 2)
    return Sectors(edges, pivots_along(points, weights, quota, middle))


def pivot_lines(points: Floats, sectors: Sectors) -> tuple[Floats, Floats]:
    """The pivot's line at both edges and in the middle of every sector: unit vectors, and how far the pivot reaches.

    The middle matters where points stand in one row: there a sector is half a turn, and its edges alone span a line.
    """
    pivots = points[sectors.pivot]
    start, end = sectors.edges[:-1], sectors.edges[1:]
    vectors = np.concatenate([unit(start), unit((start + end) / 2), unit(end)])
    return vectors, np.einsum("ij,ij->i", vectors, np.concatenate([pivots, pivots, pivots]))


def pivots_along(points: Floats, weights: Integers, quota: int, vectors: Floats) -> Integers:
    """The pivot for each direction of `vectors` (m, d): members join from the furthest along it."""
    found = np.empty(len(vectors), dtype=np.int64)
    step = max(1, 4_000_000 // len(points))
    for start in range(0, len(vectors), step):
        reach = vectors[start : start + step] @ points.T
        order = np.argsort(-reach, axis=1, kind="stable")
        joined = np.cumsum(weights[order], axis=1) >= quota
        found[start : start + step] = np.take_along_axis(order, joined.argmax(axis=1)[:, None], axis=1)[:, 0]
    return found

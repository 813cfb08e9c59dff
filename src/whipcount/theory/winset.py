"""The win set: what would beat a given point. In any direction it reaches as far as the pivot prefers.

A voter with a Euclidean preference likes a point better than the status quo while it is less than twice as far along a
direction as the voter's ideal point. So the win set is star-shaped about the status quo, its edge along a direction is
twice the reach of the pivot, and in the plane its area is a finite sum of circular arcs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .directions import Floats, Integers, critical_angles, pivots_along, unit

ARC_STEP = np.pi / 90  # between the points drawn on an arc
NUMERIC_DIRECTIONS = 7200
SAMPLED_DIRECTIONS = 50_000


@dataclass(frozen=True)
class WinSet:
    """The win set of a point.

    size: length, area or volume. edge: its outline (in the plane: a closed polygon on the arcs, empty where nothing
    wins; on a line: its two ends). error: standard error of a sampled size, 0 where it is exact or nearly so.
    """

    point: tuple[float, ...]
    size: float
    edge: tuple[tuple[float, ...], ...]
    exact: bool
    error: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing beats the point."""
        return self.size <= 0


def win_set(
    point: Floats, points: Floats, weights: Sequence[int] | Integers, quota: int, salience: Floats | None = None
) -> WinSet:
    """The win set of `point` among members at `points` (n, d).

    salience: none (all dimensions count the same), one value per dimension, or one row per member; with saliences a
    member dislikes a distance by the sum over dimensions of salience times its square.
    """
    heavy = np.asarray(weights, dtype=np.int64)
    dimensions = points.shape[1]
    care = np.ones(dimensions) if salience is None else np.asarray(salience, dtype=float)
    start = tuple(float(value) for value in point)
    if dimensions == 1:
        return _on_line(float(point[0]), points[:, 0], heavy, quota, start)
    if care.ndim == 1 and dimensions == 2:
        return _in_plane(point, points, heavy, quota, care, start)
    rows = np.broadcast_to(care, points.shape) if care.ndim == 1 else care
    if dimensions == 2:
        angles = np.linspace(0, 2 * np.pi, NUMERIC_DIRECTIONS, endpoint=False)
        vectors = unit(angles)
        reach = np.maximum(accepted_reach(vectors, points - point, rows, heavy, quota), 0.0)
        area = float((reach**2).sum() / 2 * (2 * np.pi / len(angles)))
        edge = tuple(map(tuple, (point + reach[::10, None] * vectors[::10]).tolist())) if area > 0 else ()
        return WinSet(start, area, edge, exact=False)
    vectors = np.random.default_rng(0).normal(size=(SAMPLED_DIRECTIONS, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    reach = np.maximum(accepted_reach(vectors, points - point, rows, heavy, quota), 0.0)
    ball = _unit_ball(dimensions)
    volumes = ball * reach**dimensions
    error = float(volumes.std(ddof=1) / np.sqrt(len(volumes)))
    return WinSet(start, float(volumes.mean()), (), exact=False, error=error)


def _on_line(point: float, line: Floats, weights: Integers, quota: int, start: tuple[float, ...]) -> WinSet:
    ends = []
    for side in (-1.0, 1.0):
        pivot = pivots_along(line[:, None], weights, quota, np.array([[side]]))[0]
        ends.append(point + side * max(0.0, 2 * side * (line[pivot] - point)))
    edge = ((float(ends[0]),), (float(ends[1]),)) if ends[1] > ends[0] else ()
    return WinSet(start, float(ends[1] - ends[0]), edge, exact=True)


def _in_plane(
    point: Floats, points: Floats, weights: Integers, quota: int, care: Floats, start: tuple[float, ...]
) -> WinSet:
    """Exact in the plane: stretched by the common saliences, every member is a circle through the status quo."""
    stretch = np.sqrt(care)
    gaps = (points - point) * stretch
    edges = critical_angles(np.vstack([np.zeros((1, 2)), gaps]))
    pivots = pivots_along(gaps, weights, quota, unit((edges[:-1] + edges[1:]) / 2))
    centre = gaps[pivots]
    length = np.hypot(centre[:, 0], centre[:, 1])
    lean = np.arctan2(centre[:, 1], centre[:, 0])
    ahead = np.cos((edges[:-1] + edges[1:]) / 2 - lean) * length > 0
    turn = np.sin(2 * (edges[1:] - lean)) - np.sin(2 * (edges[:-1] - lean))
    area = float((2 * length**2 * (np.diff(edges) / 2 + turn / 4))[ahead].sum()) / float(stretch.prod())
    if area <= 0:
        return WinSet(start, 0.0, (), exact=True)
    outline = []
    for number in range(len(pivots)):
        steps = max(2, int(np.ceil((edges[number + 1] - edges[number]) / ARC_STEP)) + 1)
        angles = np.linspace(edges[number], edges[number + 1], steps)[:-1]
        reach = 2 * length[number] * np.cos(angles - lean[number]) if ahead[number] else np.zeros(len(angles))
        outline.append(point + np.maximum(reach, 0.0)[:, None] * unit(angles) / stretch)
    return WinSet(start, area, tuple(map(tuple, np.vstack(outline).tolist())), exact=True)


def accepted_reach(vectors: Floats, gaps: Floats, care: Floats, weights: Floats | Integers, needed: float) -> Floats:
    """How far along each direction voters of `needed` weight prefer to go; below 0 where they do not go there at all.

    vectors (m, d): unit vectors from the status quo; gaps (n, d): ideal points as seen from it; care: saliences. Where
    all the weight together is not enough, no step is accepted.
    """
    towards = 2 * (vectors @ (care * gaps).T) / np.maximum(vectors**2 @ care.T, 1e-300)
    order = np.argsort(-towards, axis=1, kind="stable")
    joined = np.cumsum(weights[order], axis=1) >= needed
    pivot = np.take_along_axis(order, joined.argmax(axis=1)[:, None], axis=1)
    reach = np.take_along_axis(towards, pivot, axis=1)[:, 0]
    return np.asarray(np.where(joined.any(axis=1), reach, -1.0))


def _unit_ball(dimensions: int) -> float:
    """The volume of the unit ball."""
    from math import gamma, pi

    return float(pi ** (dimensions / 2) / gamma(dimensions / 2 + 1))

"""Weighted medians, and the points that no winning coalition can improve on: the core and Plott's symmetry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from .directions import SAME, Floats, Integers, critical_angles, merge, pivot_lines, pivot_sectors, pivots_along, unit

TOLERANCE = 1e-9
SAMPLED_DIRECTIONS = 20_000


def weighted_median(place: Floats, weights: Sequence[int] | Integers) -> tuple[float, float]:
    """The weighted median as an interval: its two ends differ only where exactly half the weight lies on each side."""
    heavy = np.asarray(weights, dtype=np.int64)
    order = np.argsort(place, kind="stable")
    order = order[heavy[order] > 0]
    joined = np.cumsum(heavy[order])
    total = int(joined[-1])
    low = order[int(np.searchsorted(2 * joined, total, side="left"))]
    high = order[int(np.searchsorted(2 * joined, total, side="right"))] if (2 * joined == total).any() else low
    return float(place[low]), float(place[high])


Wins = Callable[[NDArray[np.bool_]], NDArray[np.bool_]]


def core_members(points: Floats, rows: Sequence[int], wins: Wins) -> tuple[int, ...]:
    """Those of some members whose ideal points are in the core: no direction in which a winning coalition would move.

    wins: which sets of members win, given as membership of shape (sets, members).
    """
    return tuple(row for row in rows if undominated(points[row], points, wins))


def undominated(point: Floats, points: Floats, wins: Wins) -> bool:
    """Whether no direction from a point is preferred by those who win. Exact on a line and in a plane; with more
    dimensions it holds against many sampled directions and those towards each member.
    """
    gaps = points - point
    if points.shape[1] == 1:
        vectors = np.array([[1.0], [-1.0]])
    elif points.shape[1] == 2:
        edges = critical_angles(np.vstack([np.zeros((1, 2)), gaps]))
        vectors = unit((edges[:-1] + edges[1:]) / 2)
    else:
        random = np.random.default_rng(0)
        towards = gaps[np.abs(gaps).max(axis=1) > 0]
        vectors = np.vstack([random.normal(size=(SAMPLED_DIRECTIONS, points.shape[1])), towards, -towards])
    size = max(float(np.abs(gaps).max(initial=0.0)), 1e-300)
    return not wins(vectors @ gaps.T > TOLERANCE * size).any()


@dataclass(frozen=True)
class Core:
    """The core of a plane or line: the corners of the region (one corner where it is a point), none where empty.

    depth: how far inside the deepest point lies; below 0 where the core is empty, and then by how much it is missed.
    """

    corners: tuple[tuple[float, ...], ...]
    depth: float

    @property
    def empty(self) -> bool:
        """Whether every point can be beaten."""
        return not self.corners


def core(points: Floats, weights: Sequence[int] | Integers, quota: int) -> Core:
    """The core of a one- or two-dimensional map: points from which no quota wants to move in any one direction.

    In each direction the core lies beyond the pivot. Within a sector of directions with one pivot it suffices to ask
    this at both edges, since every direction between is a positive combination of the two.
    """
    merged = merge(points, weights)
    span = max(float(np.ptp(points, axis=0).max()), 1e-300)
    if points.shape[1] == 1:
        line = merged.points[:, 0]
        ends = [
            float(line[pivots_along(merged.points, merged.weights, quota, np.array([[side]]))[0]]) for side in (1, -1)
        ]
        low, high = ends
        found = () if low > high + TOLERANCE * span else tuple((end,) for end in sorted({low, high}))
        return Core(found, (high - low) / 2)
    if len(merged.points) == 1:
        return Core((tuple(map(float, merged.points[0])),), 0.0)
    # linear programmes are solved to an absolute tolerance: on a map of size 1, whatever the units
    origin = merged.points.min(axis=0)
    plane = _in_plane((merged.points - origin) / span, merged.weights, quota)
    return Core(tuple(tuple(map(float, origin + span * np.array(one))) for one in plane.corners), span * plane.depth)


def _in_plane(points: Floats, weights: Integers, quota: int) -> Core:
    """The core of different points in a plane of size 1."""
    vectors, reach = pivot_lines(points, pivot_sectors(points, weights, quota))
    # the point with the largest least margin (a linear programme in its place and the margin)
    rows = np.hstack([-vectors, np.ones((len(vectors), 1))])
    solved = linprog([0, 0, -1], A_ub=rows, b_ub=-reach, bounds=[(None, None), (None, None), (None, 10)])
    best = np.asarray(solved.x, dtype=float)
    place, depth = best[:2], float(best[2])
    if depth < -TOLERANCE:
        return Core((), depth)
    if depth <= TOLERANCE:
        return Core(_flat(vectors, reach, place), depth)
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 20 + place
    return Core(tuple(tuple(map(float, corner)) for corner in _clip(box, vectors, reach)), depth)


def _flat(vectors: Floats, reach: Floats, place: Floats) -> tuple[tuple[float, ...], ...]:
    """A core without an inside: a point, or a stretch of a line; found by going as far as it lasts."""
    corners = []
    for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False):
        towards = unit(np.array(angle))
        solved = linprog(-towards, A_ub=-vectors, b_ub=-reach + TOLERANCE, bounds=[(None, None)] * 2)
        reached = place if solved.status else np.round(np.asarray(solved.x, dtype=float), 5)
        corners.append(tuple(reached))
    distinct = sorted({(float(x), float(y)) for x, y in corners})
    if len(distinct) > 1 and np.ptp(np.array(distinct), axis=0).max() > 1e-5:
        return (distinct[0], distinct[-1])
    return ((float(place[0]), float(place[1])),)


def _clip(corners: Floats, vectors: Floats, reach: Floats) -> Floats:
    """A convex polygon cut to the half-planes on which a point reaches at least `reach` along each vector."""
    for vector, needed in zip(vectors, reach, strict=True):
        inside = corners @ vector - needed
        if (inside >= 0).all():
            continue
        kept = []
        for here, there, a, b in zip(corners, np.roll(corners, -1, axis=0), inside, np.roll(inside, -1), strict=True):
            if a >= 0:
                kept.append(here)
            if (a >= 0) != (b >= 0):
                kept.append(here + (there - here) * a / (a - b))
        corners = np.array(kept)
    kept = [corner for corner, before in zip(corners, np.roll(corners, 1, axis=0), strict=True)
            if np.abs(corner - before).max() > SAME]  # fmt: skip
    if not kept:
        return corners[:1]
    distinct = np.array(kept)
    before, after = distinct - np.roll(distinct, 1, axis=0), np.roll(distinct, -1, axis=0) - distinct
    # a line that only touches the region leaves a corner where there is none
    turns = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > SAME
    return distinct[turns] if turns.any() else distinct


def pairwise_symmetric(point: Floats, points: Floats, weights: Sequence[int] | Integers) -> bool:
    """Plott's (1967) condition at a point: on every line through it, as much weight on one side as on the other."""
    heavy = np.asarray(weights, dtype=np.int64)
    gaps = points - point
    size = np.linalg.norm(gaps, axis=1)
    scale = max(float(size.max(initial=0.0)), 1e-300)
    away = (size > TOLERANCE * scale) & (heavy > 0)
    rays: list[Floats] = []
    balance: list[int] = []
    for gap, weight in zip(gaps[away] / size[away, None], heavy[away], strict=True):
        for number, ray in enumerate(rays):
            side = _side(gap, ray)
            if side:
                balance[number] += side * int(weight)
                break
        else:
            rays.append(gap)
            balance.append(int(weight))
    return not any(balance)


def _side(a: Floats, b: Floats) -> int:
    """1 where two unit vectors agree, -1 where they are opposed, 0 otherwise."""
    if np.abs(a - b).max() < 1e-7:
        return 1
    return -1 if np.abs(a + b).max() < 1e-7 else 0

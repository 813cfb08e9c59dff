"""The yolk: the smallest ball that meets every median hyperplane (Ferejohn, McKelvey & Packel 1984).

A median line through two ideal points does not always decide (Stone & Tovey 1992), so in the plane every median line is
asked: within a sector of directions with one pivot the line that lies furthest from a centre is known in closed form.
The centre is found by linear programmes, each with the lines that the one before fell short of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from .directions import Floats, Integers, Sectors, merge, pivot_lines, pivot_sectors, pivots_along, unit
from .medians import weighted_median

TOLERANCE = 1e-10
ROUNDS = 200
SAMPLED_DIRECTIONS = 4000
REFINED = 20  # rounds in which directions are sampled around the worst


@dataclass(frozen=True)
class Yolk:
    """Centre and radius; `exact` is false with three dimensions or more, where directions are sampled."""

    centre: tuple[float, ...]
    radius: float
    exact: bool


def yolk(points: Floats, weights: Sequence[int] | Integers) -> Yolk:
    """The yolk of members at `points` (n, d) under a weighted majority.

    A hyperplane is median if each closed side holds at least half the weight; where exactly half can lie on a side,
    a direction has a whole band of them, and the yolk meets its two outer ones.
    """
    merged = merge(points, weights)
    places, heavy = merged.points[merged.weights > 0], merged.weights[merged.weights > 0]
    half = -(-int(heavy.sum()) // 2)
    if points.shape[1] == 1:
        low, high = weighted_median(places[:, 0], heavy)
        return Yolk(((low + high) / 2,), (high - low) / 2, exact=True)
    if len(places) == 1:
        return Yolk(tuple(map(float, places[0])), 0.0, exact=points.shape[1] == 2)
    # linear programmes are solved to an absolute tolerance: on a map of size 1, whatever the units
    origin, span = places.mean(axis=0), float(np.ptp(places, axis=0).max())
    found = (_in_plane if points.shape[1] == 2 else _in_space)((places - origin) / span, heavy, half)
    return Yolk(tuple(map(float, origin + span * np.array(found.centre))), span * found.radius, found.exact)


def _in_plane(points: Floats, weights: Integers, half: int) -> Yolk:
    """In a plane of size 1."""
    sectors = pivot_sectors(points, weights, half)
    pivots = points[sectors.pivot]
    vectors, reach = pivot_lines(points, sectors)
    centre, radius = _smallest(vectors, reach)
    for _ in range(ROUNDS):
        furthest, distance = _furthest(sectors, pivots, centre)
        worst = distance.max()
        if worst <= radius + TOLERANCE:
            break
        added = np.flatnonzero(distance > radius + TOLERANCE)
        added = added[np.argsort(-distance[added])][:50]
        more = unit(furthest[added])
        vectors = np.concatenate([vectors, more])
        reach = np.concatenate([reach, np.einsum("ij,ij->i", more, pivots[added])])
        centre, radius = _smallest(vectors, reach)
    return Yolk((float(centre[0]), float(centre[1])), max(0.0, radius), exact=True)


def _furthest(sectors: Sectors, pivots: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """In each sector the direction whose median line lies furthest ahead of a centre, and how far."""
    gaps = pivots - centre
    lean = np.arctan2(gaps[:, 1], gaps[:, 0])
    start, end = sectors.edges[:-1], sectors.edges[1:]
    # the pivot itself is furthest straight towards it; outside its sector, at the nearer edge
    ahead = start + np.mod(lean - start, 2 * np.pi)
    nearer = np.where(np.mod(start - lean, 2 * np.pi) < np.mod(lean - end, 2 * np.pi), start, end)
    best = np.where(ahead <= end, ahead, nearer)
    return best, np.hypot(gaps[:, 0], gaps[:, 1]) * np.cos(best - lean)


def _smallest(vectors: Floats, reach: Floats) -> tuple[Floats, float]:
    """The ball of least radius that reaches every given median hyperplane."""
    dimensions = vectors.shape[1]
    rows = np.hstack([-vectors, -np.ones((len(vectors), 1))])
    solved = linprog(
        [0.0] * dimensions + [1.0], A_ub=rows, b_ub=-reach, bounds=[(None, None)] * dimensions + [(0, None)]
    )
    best = np.asarray(solved.x, dtype=float)
    return best[:dimensions], float(best[dimensions])


def _in_space(points: Floats, weights: Integers, half: int) -> Yolk:
    """In a space of size 1: sampled directions, and more around those whose hyperplanes lie furthest off."""
    dimensions, random = points.shape[1], np.random.default_rng(0)
    vectors = random.normal(size=(SAMPLED_DIRECTIONS, dimensions))
    vectors = np.vstack([vectors, np.eye(dimensions), -np.eye(dimensions)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    reach = _pivot_reach(points, weights, half, vectors)
    centre, radius = _smallest(vectors, reach)
    for spread in np.geomspace(0.2, 1e-3, REFINED):
        # the furthest hyperplane lies straight towards its pivot, or where the pivot changes: near one that is known
        worst = vectors[np.argsort(-(reach - vectors @ centre))[:200]]
        towards = points[pivots_along(points, weights, half, worst)] - centre
        near = (worst + spread * random.normal(size=(5, *worst.shape))).reshape(-1, dimensions)
        turned = np.vstack([towards[np.abs(towards).max(axis=1) > 0], near])
        turned /= np.linalg.norm(turned, axis=1, keepdims=True)
        further = _pivot_reach(points, weights, half, turned)
        short = further - turned @ centre > radius + TOLERANCE
        if short.any():
            vectors, reach = np.vstack([vectors, turned[short]]), np.concatenate([reach, further[short]])
            centre, radius = _smallest(vectors, reach)
    return Yolk(tuple(map(float, centre)), max(0.0, radius), exact=False)


def _pivot_reach(points: Floats, weights: Integers, half: int, vectors: Floats) -> Floats:
    pivots = points[pivots_along(points, weights, half, vectors)]
    found: Floats = np.einsum("ij,ij->i", vectors, pivots)
    return found

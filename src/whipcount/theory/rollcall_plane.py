"""Optimal classification in two dimensions (Poole 2000, 2005): points and cutting lines that get the most votes right.

Points and lines take turns. For given points each motion gets the best line of many directions, exactly in each; for
given lines each member goes along several directions to the nearest stretch with the fewest errors. Nothing is assumed
of errors, and no start is sure to lead to the best of all: the one from the item-response points is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rollcall_table import Bools, Floats, Integers

DIRECTIONS = 240  # of cutting lines that are tried for each motion
PATHS = 12  # directions in which a member is moved
TURNS = 40
PATIENCE = 4  # turns without a gain after which nothing more is looked for


@dataclass(frozen=True, eq=False)
class Plane:
    """Points (members, 2); of each motion the normal of its line, the cut, and whether yes lies above; all errors."""

    points: Floats
    normals: Floats
    cuts: Floats
    upward: Bools
    errors: int

    def says(self) -> Bools:
        """What each member should vote on each motion, shape (members, motions)."""
        return np.asarray((self.points @ self.normals.T > self.cuts) == self.upward)


def best_cuts(order: Integers, yes: Bools, seen: Bools) -> tuple[Integers, Bools, Integers]:
    """For an order of members: each motion's cut (members below it), whether those above vote yes, and its errors."""
    ayes = (yes & seen)[order].astype(np.int64)
    noes = (~yes & seen)[order].astype(np.int64)
    zero = np.zeros((1, yes.shape[1]), dtype=np.int64)
    yes_below = np.concatenate([zero, ayes.cumsum(axis=0)])
    no_below = np.concatenate([zero, noes.cumsum(axis=0)])
    wrong_up = yes_below + (no_below[-1] - no_below)  # those above should vote yes
    wrong_down = no_below + (yes_below[-1] - yes_below)
    up, down = wrong_up.argmin(axis=0), wrong_down.argmin(axis=0)
    columns = np.arange(yes.shape[1])
    upward = wrong_up[up, columns] <= wrong_down[down, columns]
    cut = np.where(upward, up, down)
    return cut, upward, np.where(upward, wrong_up[up, columns], wrong_down[down, columns])


def classify_plane(yes: Bools, seen: Bools, start: Floats) -> Plane:
    """The best points and lines found from a start, shape (members, 2)."""
    plane = best = _lined((start - start.mean(axis=0)) / np.maximum(start.std(axis=0), 1e-9), yes, seen)
    waited = 0
    for _ in range(TURNS):
        plane = _lined(_moved(plane, yes, seen), yes, seen)
        waited = 0 if plane.errors < best.errors else waited + 1
        best = min(best, plane, key=lambda one: one.errors)
        if waited >= PATIENCE:
            break
    return best


def _lined(points: Floats, yes: Bools, seen: Bools) -> Plane:
    """Points with the best line of each motion."""
    motions = yes.shape[1]
    least = np.full(motions, np.iinfo(np.int64).max)
    normals, cuts, upward = np.zeros((motions, 2)), np.zeros(motions), np.zeros(motions, dtype=bool)
    for angle in np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
        normal = np.array([np.cos(angle), np.sin(angle)])
        place = points @ normal
        order = np.argsort(place, kind="stable")
        cut, up, wrong = best_cuts(order, yes, seen)
        sorted_places = place[order]
        edges = np.concatenate([[sorted_places[0] - 1], sorted_places, [sorted_places[-1] + 1]])
        middle = (edges[cut] + edges[cut + 1]) / 2
        better = wrong < least
        least[better], cuts[better], upward[better] = wrong[better], middle[better], up[better]
        normals[better] = normal
    wrong = (((points @ normals.T > cuts) == upward) != yes) & seen
    return Plane(points, normals, cuts, upward, int(wrong.sum()))


def _moved(plane: Plane, yes: Bools, seen: Bools) -> Floats:
    """Each member on the way that leads to the fewest errors, along each direction in turn."""
    points = plane.points.copy()
    for member in range(len(points)):
        here = seen[member]
        normals, cuts = plane.normals[here], plane.cuts[here]
        wants_above = yes[member, here] == plane.upward[here]
        for step in range(PATHS):
            angle = np.pi * step / PATHS
            points[member] = along(points[member], np.array([np.cos(angle), np.sin(angle)]), normals, cuts, wants_above)
    return points


def along(point: Floats, way: Floats, normals: Floats, cuts: Floats, wants_above: Bools) -> Floats:
    """The point moved along a way into the nearest stretch between lines where the fewest votes are wrong."""
    slope = normals @ way
    crossing = np.abs(slope) > 1e-9
    if not crossing.any():
        return point
    at = (cuts - normals @ point)[crossing] / slope[crossing]
    # beyond a crossing a vote turns right where the way leads to the side that it wants
    gains = np.where((slope[crossing] > 0) == wants_above[crossing], -1, 1)
    order = np.argsort(at, kind="stable")
    at, wrong = at[order], np.concatenate([[0], gains[order].cumsum()])
    edges = np.concatenate([[min(at[0], 0.0) - 0.2], at, [max(at[-1], 0.0) + 0.2]])
    low, high = edges[:-1], edges[1:]
    fewest = (wrong == wrong.min()) & (high > low)
    if not fewest.any() or (fewest & (low < 0) & (high > 0)).any():
        return point
    middle = ((low + high) / 2)[fewest]
    return np.asarray(point + middle[np.argmin(np.abs(middle))] * way)

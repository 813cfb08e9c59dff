"""Labels beside points without overlaps: each label takes the cheapest of many places, again and again.

The cost of a place counts the area it shares with other labels and with points, leaving the paper, and the length of
the leader that a far label needs. Sweeps of coordinate descent are enough for a hundred labels; the order is fixed, so
the same map is drawn every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ANGLES = tuple(
    math.radians(angle) for angle in (0, 180, 35, -35, 145, -145, 90, -90, 62, -62, 118, -118, 15, -15, 165, -165)
)
REACHES = (3.0, 12.0, 24.0, 38.0, 54.0, 74.0, 98.0, 126.0)
SWEEPS = 12
STARTS = 3
ALONG = np.linspace(0.1, 0.95, 9)  # where along a leader crossings are looked for


@dataclass(frozen=True)
class Point:
    """A point with a label: its place, the radius to keep clear, and the label's size (all in pixels)."""

    x: float
    y: float
    radius: float
    width: float
    height: float
    guard: float = 1.3  # cost of each square pixel of the mark that a label covers


@dataclass(frozen=True)
class Placed:
    """Where a label stands: the left top corner of its box, and whether a leader should lead to it."""

    left: float
    top: float
    far: bool


def place(points: Sequence[Point], width: float, height: float, obstacles: Sequence[Point] = ()) -> list[Placed]:
    """A place for each point's label within a paper of this size; earlier points choose first.

    obstacles: marks without a label, to keep clear of.
    """
    if not points:
        return []
    boxes = [_candidates(point) for point in points]
    fixed = [
        _fixed_cost(own, point, points, obstacles, width, height) for own, point in zip(boxes, points, strict=True)
    ]
    random = np.random.default_rng(1917)
    largest_first = sorted(range(len(points)), key=lambda index: -points[index].width * points[index].height)
    best: tuple[float, list[int]] = (math.inf, [])
    for start in range(STARTS):
        order = largest_first if start == 0 else random.permutation(len(points)).tolist()
        total, chosen = _settled(points, boxes, fixed, order)
        if total < best[0]:
            best = (total, chosen)
    chosen = best[1]
    placed = []
    for index, candidates in enumerate(boxes):
        left, top, _, _ = candidates[chosen[index]]
        placed.append(Placed(float(left), float(top), chosen[index] // len(ANGLES) >= 2))
    return placed


def _settled(
    points: Sequence[Point], boxes: Sequence[Floats], fixed: Sequence[Floats], order: Sequence[int]
) -> tuple[float, list[int]]:
    """Places taken in turn until nobody moves, and what they cost together."""
    chosen = [int(np.argmin(cost)) for cost in fixed]
    total = math.inf
    for _ in range(SWEEPS):
        before = list(chosen)
        total = 0.0
        for index in order:
            others = [other for other in range(len(points)) if other != index]
            standing = np.array([boxes[other][chosen[other]] for other in others]).reshape(-1, 4)
            own = _leaders([points[index]] * len(boxes[index]), boxes[index])
            theirs = _leaders([points[other] for other in others], standing)
            cost: Floats = (
                fixed[index]
                + 3.0 * _overlaps(boxes[index], standing).sum(axis=1)
                + 60.0 * _crossings(own, standing).sum(axis=1)
                + 60.0 * _crossings(theirs, boxes[index]).sum(axis=0)
            )
            chosen[index] = int(np.argmin(cost))
            total += float(cost[chosen[index]])
        if chosen == before:
            break
    return total, chosen


def _candidates(point: Point) -> Floats:
    """Boxes around the point, near ones first: left, top, right, bottom."""
    boxes = []
    for reach in REACHES:
        for angle in ANGLES:
            distance = point.radius + reach
            anchor_x = point.x + distance * math.cos(angle)
            anchor_y = point.y - distance * math.sin(angle)
            # the box hangs on the side that faces the point
            left = anchor_x - point.width * (1 - math.cos(angle)) / 2
            top = anchor_y - point.height * (1 + math.sin(angle)) / 2
            boxes.append((left, top, left + point.width, top + point.height))
    return np.array(boxes)


def _fixed_cost(
    boxes: Floats, point: Point, points: Sequence[Point], obstacles: Sequence[Point], width: float, height: float
) -> Floats:
    """What a place costs whatever the other labels do."""
    marks = np.array(
        [
            (one.x - one.radius, one.y - one.radius, one.x + one.radius, one.y + one.radius)
            for one in [*points, *obstacles]
        ]
    )
    outside = (
        np.maximum(0, -boxes[:, 0]) + np.maximum(0, -boxes[:, 1])
        + np.maximum(0, boxes[:, 2] - width) + np.maximum(0, boxes[:, 3] - height)
    )  # fmt: skip
    reach = np.repeat(np.array(REACHES), len(ANGLES))
    turn = np.tile(np.arange(len(ANGLES)) * 0.6, len(REACHES))
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    away = np.hypot(middle_x - point.x, middle_y - point.y)
    guards = np.array([one.guard for one in [*points, *obstacles]])
    covered = (_overlaps(boxes, marks) * guards).sum(axis=1)
    cost: Floats = covered + 400 * outside + 1.1 * reach + 0.012 * reach**2 + turn + 0.02 * away
    return cost


def _leaders(points: Sequence[Point], boxes: Floats) -> Floats:
    """Samples along the leader from each point to its box: shaped (leaders, samples, 2)."""
    if not len(boxes):
        return np.zeros((0, len(ALONG), 2))
    x = np.array([point.x for point in points])
    y = np.array([point.y for point in points])
    near_x = np.clip(x, boxes[:, 0], boxes[:, 2])
    near_y = np.clip(y, boxes[:, 1], boxes[:, 3])
    xs = x[:, None] + (near_x - x)[:, None] * ALONG
    ys = y[:, None] + (near_y - y)[:, None] * ALONG
    return np.stack([xs, ys], axis=2)


def _crossings(leaders: Floats, boxes: Floats) -> Floats:
    """Whether each leader (rows) runs through each box (columns), as 0 or 1."""
    if not len(leaders) or not len(boxes):
        return np.zeros((len(leaders), len(boxes)))
    xs, ys = leaders[:, :, 0, None], leaders[:, :, 1, None]
    inside = (xs > boxes[:, 0]) & (xs < boxes[:, 2]) & (ys > boxes[:, 1]) & (ys < boxes[:, 3])
    crossed: Floats = np.asarray(inside.any(axis=1), dtype=np.float64)
    return crossed


def _overlaps(boxes: Floats, others: Floats) -> Floats:
    """Shared areas of each box (rows) with each other box (columns)."""
    if others.size == 0:
        return np.zeros((len(boxes), 1))
    wide = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    tall = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    shared: Floats = np.maximum(wide, 0) * np.maximum(tall, 0)
    return shared

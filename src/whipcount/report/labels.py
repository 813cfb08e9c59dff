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

ANGLES = tuple(math.radians(angle) for angle in (0, 180, 35, -35, 145, -145, 90, -90, 62, -62, 118, -118))
REACHES = (3.0, 12.0, 26.0, 44.0, 66.0, 92.0, 122.0)
SWEEPS = 8


@dataclass(frozen=True)
class Point:
    """A point with a label: its place, the radius to keep clear, and the label's size (all in pixels)."""

    x: float
    y: float
    radius: float
    width: float
    height: float


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
        _fixed_cost(candidates, point, points, obstacles, width, height)
        for candidates, point in zip(boxes, points, strict=True)
    ]
    chosen = [int(np.argmin(cost)) for cost in fixed]
    for _ in range(SWEEPS):
        before = list(chosen)
        for index in range(len(points)):
            others = np.array([boxes[other][chosen[other]] for other in range(len(points)) if other != index])
            cost = fixed[index] + 3.0 * _overlaps(boxes[index], others.reshape(-1, 4)).sum(axis=1)
            cost = cost + 60.0 * _crossings(points[index], boxes[index], others.reshape(-1, 4))
            chosen[index] = int(np.argmin(cost))
        if chosen == before:
            break
    placed = []
    for index, candidates in enumerate(boxes):
        left, top, _, _ = candidates[chosen[index]]
        placed.append(Placed(float(left), float(top), chosen[index] // len(ANGLES) >= 2))
    return placed


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
    cost: Floats = 2.0 * _overlaps(boxes, marks).sum(axis=1) + 400 * outside + 1.1 * reach + turn + 0.02 * away
    return cost


def _crossings(point: Point, boxes: Floats, others: Floats) -> Floats:
    """How many other labels the leader to each box (rows) would cross, by samples along it."""
    if others.size == 0:
        return np.zeros(len(boxes))
    near_x = np.clip(point.x, boxes[:, 0], boxes[:, 2])
    near_y = np.clip(point.y, boxes[:, 1], boxes[:, 3])
    along = np.linspace(0.1, 0.95, 9)
    xs = point.x + (near_x - point.x)[:, None] * along
    ys = point.y + (near_y - point.y)[:, None] * along
    inside = (
        (xs[:, :, None] > others[:, 0]) & (xs[:, :, None] < others[:, 2])
        & (ys[:, :, None] > others[:, 1]) & (ys[:, :, None] < others[:, 3])
    )  # fmt: skip
    crossed: Floats = inside.any(axis=1).sum(axis=1).astype(np.float64)
    return crossed


def _overlaps(boxes: Floats, others: Floats) -> Floats:
    """Shared areas of each box (rows) with each other box (columns)."""
    if others.size == 0:
        return np.zeros((len(boxes), 1))
    wide = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    tall = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    shared: Floats = np.maximum(wide, 0) * np.maximum(tall, 0)
    return shared

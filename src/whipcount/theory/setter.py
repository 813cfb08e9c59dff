"""The agenda setter: the best proposal that enough power prefers to the status quo (Romer & Rosenthal 1978).

Along any direction from the status quo a voter accepts up to twice the reach of its ideal point, so that the acceptable
proposals form a star, and the best one on each ray is known. On a line there are two rays; in a plane and beyond many
are tried, and more of them around the best.
"""

from __future__ import annotations

import numpy as np

from .tables import Floats
from .winset import accepted_reach

RAYS = 7200
REFINED = 400
ROUNDS = 6


def best_accepted(stay: Floats, setter: int, points: Floats, care: Floats, power: Floats, needed: float) -> Floats:
    """The place nearest to the setter's ideal point, by its own saliences, that more than `needed` power accepts.

    stay: the status quo. points, care (actors, dimensions): ideal points and saliences; who cares about nothing takes
    no part.
    """
    voters = care.sum(axis=1) > 0
    if not voters[setter]:
        return stay
    gaps, weights = points - stay, care
    random = np.random.default_rng(0)
    dimensions = points.shape[1]
    if dimensions == 1:
        rays = np.array([[1.0], [-1.0]])
    elif dimensions == 2:
        angles = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
        rays = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    else:
        rays = random.normal(size=(RAYS, dimensions))
    length = np.linalg.norm(gaps[setter])
    if length > 0:
        rays = np.vstack([rays, gaps[setter] / length])
    best, spread = stay, 0.05
    for _ in range(1 if dimensions == 1 else ROUNDS):
        rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        reach = accepted_reach(rays, gaps[voters], weights[voters], power[voters], needed)
        own = weights[setter]
        wished = rays @ (own * gaps[setter]) / (rays**2 @ own)
        steps = np.clip(wished, 0.0, np.maximum(reach, 0.0))
        places = stay + steps[:, None] * rays
        losses = ((places - points[setter]) ** 2) @ own
        chosen = int(losses.argmin())
        if losses[chosen] < ((best - points[setter]) ** 2) @ own:
            best = places[chosen]
        # look closer around the best ray
        rays = rays[chosen] + spread * random.normal(size=(REFINED, dimensions))
        spread /= 4
    return best

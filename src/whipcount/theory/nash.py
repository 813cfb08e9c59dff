"""Nash bargaining: over a policy space with disagreement points and weights, and over a pie that can be split.

Nash (1950), with weights as in Roth (1979). In a policy space an actor loses by the squared distance from its ideal
point, each dimension by its salience; the product of gains over disagreement is maximised by Newton steps, which suits
it: its logarithm is concave wherever everybody gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..errors import TableError
from .tables import Floats

MOST_STEPS = 200
TOLERANCE = 1e-12


def policy_losses(place: Floats, points: Floats, care: Floats) -> Floats:
    """What each actor loses at a place: the sum over dimensions of care times squared distance."""
    losses: Floats = (care * (points - place) ** 2).sum(axis=1)
    return losses


def nash_policy(points: Floats, care: Floats, weights: Floats, disagreement: Floats) -> Floats | None:
    """The Nash solution in a policy space, or None where no place gives every actor more than disagreement.

    points, care (actors, dimensions): ideal points on a common scale, and saliences. weights: bargaining weights.
    disagreement: the utility (0 or less) of each actor if there is no deal. Actors without weight have no veto.
    """
    has_say = (weights > 0) & (care.sum(axis=1) > 0)
    points, care, weights, disagreement = points[has_say], care[has_say], weights[has_say], disagreement[has_say]
    place = _start(points, care, disagreement)
    if place is None:
        return None
    share = weights / weights.sum()
    for _ in range(MOST_STEPS):
        gains = -policy_losses(place, points, care) - disagreement
        slopes = 2 * care * (points - place) / gains[:, None]
        gradient = share @ slopes
        bend = -np.diag(share @ (2 * care / gains[:, None])) - (share[:, None] * slopes).T @ slopes
        move = np.linalg.lstsq(bend, -gradient, rcond=None)[0]
        if gradient @ move < TOLERANCE:
            break
        place = _step(place, move, points, care, share, disagreement)
    return place


def _step(place: Floats, move: Floats, points: Floats, care: Floats, share: Floats, disagreement: Floats) -> Floats:
    """As far along a Newton step as everybody still gains and the product does not fall."""

    def product(at: Floats) -> float:
        gains = -policy_losses(at, points, care) - disagreement
        return float(share @ np.log(gains)) if (gains > 0).all() else -np.inf

    now, length = product(place), 1.0
    while product(place + length * move) < now and length > 1e-12:
        length /= 2
    return place + length * move


def _start(points: Floats, care: Floats, disagreement: Floats) -> Floats | None:
    """A place where everybody gains, the one with the largest least gain; None where there is none."""
    middle = (care * points).sum(axis=0) / np.maximum(care.sum(axis=0), 1e-300)
    if (-policy_losses(middle, points, care) > disagreement + TOLERANCE).all():
        return np.asarray(middle)
    dimensions = points.shape[1]

    def least(at: Floats) -> Floats:
        return np.asarray(-policy_losses(at[:dimensions], points, care) - disagreement - at[dimensions])

    def slope(at: Floats) -> Floats:
        return np.hstack([2 * care * (points - at[:dimensions]), -np.ones((len(points), 1))])

    begin = np.append(middle, (-policy_losses(middle, points, care) - disagreement).min())
    towards = np.append(np.zeros(dimensions), -1.0)
    solve: Any = minimize  # its stubs know no single-valued objective with its own slope
    solved = solve(
        lambda at: -at[dimensions],
        begin,
        jac=lambda _: towards,
        constraints={"type": "ineq", "fun": least, "jac": slope},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )
    best = np.asarray(solved.x, dtype=float)[:dimensions]
    gains = -policy_losses(best, points, care) - disagreement
    return best if (gains > 1e-9).all() else None


def nash_pie(disagreement: Sequence[float], weights: Sequence[float] | None = None) -> tuple[float, ...] | None:
    """Shares of a pie of size 1: what each gets without a deal, and its weight's part of the rest; None if no deal."""
    shares = [float(value) for value in disagreement]
    strength = [1.0] * len(shares) if weights is None else [float(value) for value in weights]
    if not shares or len(strength) != len(shares):
        raise TableError.one("WC514", f"{len(shares)} disagreement points and {len(strength)} weights", "give one each")
    if any(value < 0 for value in strength) or sum(strength) <= 0:
        raise TableError.one("WC505", "bargaining weights below 0, or all 0", "give weights of 0 or more")
    rest = 1 - sum(shares)
    if rest < -1e-12:
        return None
    return tuple(share + weight / sum(strength) * rest for share, weight in zip(shares, strength, strict=True))

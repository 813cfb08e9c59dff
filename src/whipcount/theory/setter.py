"""The agenda setter: the best proposal that enough power prefers to the status quo (Romer & Rosenthal 1978).

Along any direction from the status quo a voter accepts up to twice the reach of its ideal point, so that the acceptable
proposals form a star, and the best one on each ray is known. On a line there are two rays; in a plane and beyond many
are tried, and more of them around the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from ..errors import TableError
from .rule_grammar import Need, WrittenRule
from .tables import Floats, index_of
from .winset import accepted_reach

RAYS = 7200
REFINED = 400
ROUNDS = 6


Needs = Sequence[Sequence[tuple[Floats, float]]]


def needs_of(rule: WrittenRule, names: Sequence[str], power: Floats) -> Needs:
    """A rule as alternatives of weights and how much of them has to accept: of power, or of members one each.

    A veto is a need of one member. Refuses (WC564) what a proposal that is taken or left knows nothing of: casting
    votes, quorums and further weights; and names that nobody has (WC513).
    """
    if rule.casting or rule.quorum is not None:
        raise TableError.one("WC564", "a casting vote or a quorum for an agenda setter", "leave it out")
    columns: Mapping[str, Floats] = {"": power, "power": power, "members": np.ones(len(names))}

    def need(one: Need) -> tuple[Floats, float]:
        if one.column not in columns:
            raise TableError.one("WC564", f"no weights {one.column!r} here", "an agenda setter knows power and members")
        weights = columns[one.column]
        share = float(one.amount) * (weights.sum() if isinstance(one.amount, Fraction) else 1.0)
        return weights, share * (1 + 1e-12 if one.strict else 1 - 1e-12)

    rows = [index_of(name, names) for name in rule.vetoes]
    vetoes = [((np.arange(len(names)) == row).astype(float), 1.0) for row in rows]
    return [[*(need(one) for one in alternative), *vetoes] for alternative in rule.alternatives]


def best_accepted(stay: Floats, setter: int, points: Floats, care: Floats, needs: Needs) -> Floats:
    """The place nearest to the setter's ideal point, by its own saliences, that enough others accept.

    stay: the status quo. points, care (actors, dimensions): ideal points and saliences; who cares about nothing takes
    no part. needs: as `needs_of` gives them.
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
        # who prefers a step prefers all shorter ones: all needs of an alternative reach as far as the least of them
        reach = np.max(
            [
                np.min(
                    [accepted_reach(rays, gaps[voters], weights[voters], held[voters], much) for held, much in one],
                    axis=0,
                )
                for one in needs
            ],
            axis=0,
        )
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

"""The inference itself, of any simulator: generations of worlds, those kept, the posterior of the parameters.

It knows nothing of crises: it is given a space, a function that simulates, and patterns, so that it can be tested
where the answer is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted

from .parameter_space import Space
from .patterns import Pattern, distances, misses, scaled
from .population import Generation, Proposal, log_weights
from .rejection import Kept, adjusted, keep
from .simulator import Computing

Floats = NDArray[np.float64]
LEAST_TO_AIM = 150  # effective worlds around which a generation is drawn, at least (or a fifth of what is asked)


@dataclass(frozen=True, eq=False)
class Worlds:
    """Simulated worlds: points (worlds, parameters) on the normal scale, outcomes (worlds, names), generations."""

    z: Floats
    outcomes: Floats
    names: tuple[str, ...]
    generations: tuple[Generation, ...]

    def column(self, name: str) -> Floats:
        """An outcome of every world."""
        return np.asarray(self.outcomes[:, self.names.index(name)])

    def columns(self) -> dict[str, Floats]:
        """Every outcome by name."""
        return {name: self.outcomes[:, place] for place, name in enumerate(self.names)}

    @property
    def from_prior(self) -> slice:
        """The first generation, which is a sample of the priors."""
        return slice(0, self.generations[0].size)

    def log_weights(self) -> Floats:
        """Log of prior over proposal, up to a constant."""
        return log_weights(self.z, self.generations)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weighted draws of parameters on the normal scale, before and after regression adjustment.

    `run` numbers the world of each draw: with the seed it regenerates everything else that the world drew.
    """

    space: Space
    z: Floats
    unadjusted: Floats
    weights: Floats
    run: NDArray[np.int64]
    distance: Floats
    tolerance: float

    @property
    def effective_size(self) -> float:
        """What the draws are worth in equally weighted ones."""
        return weighted.effective_size(self.weights)

    def draws(self, count: int, seed: int) -> tuple[Floats, NDArray[np.int64]]:
        """Equally weighted points, and the worlds that they come from."""
        index = weighted.resample(self.weights, count, seed)
        return self.z[index], self.run[index]


def search(
    space: Space,
    computing: Computing,
    names: tuple[str, ...],
    patterns: Sequence[Pattern],
    sizes: Sequence[int],
    seed: int,
    least: float,
) -> tuple[Worlds, list[Pattern]]:
    """Simulate generation after generation, each drawn around the nearest worlds of those before it."""
    z = np.zeros((0, space.dimensions))
    outcomes = np.zeros((0, len(names)))
    generations: list[Generation] = []
    fitted = list(patterns)
    for number, size in enumerate(sizes):
        proposal = Proposal.prior(space.dimensions)
        if number:
            kept = _nearest(z, outcomes, names, fitted, generations, min(least, max(LEAST_TO_AIM, least / 5)))
            proposal = Proposal.around(z[kept.index], kept.weights)
        points = proposal.draw(size, seed, number)
        found = computing.generation(number, space.values(points), len(z), size)
        z, outcomes = np.concatenate([z, points]), np.concatenate([outcomes, found])
        generations.append(Generation(proposal, size))
        if not number:
            fitted = scaled(patterns, {name: found[:, place] for place, name in enumerate(names)})
    return Worlds(z, outcomes, names, tuple(generations)), fitted


def _nearest(
    z: Floats,
    outcomes: Floats,
    names: tuple[str, ...],
    patterns: Sequence[Pattern],
    generations: Sequence[Generation],
    least: float,
) -> Kept:
    missed = misses(patterns, {name: outcomes[:, place] for place, name in enumerate(names)})
    return keep(distances(patterns, missed), log_weights(z, generations), least)


def posterior_of(space: Space, worlds: Worlds, patterns: Sequence[Pattern], least: float) -> Posterior:
    """The worlds kept at the smallest tolerance that leaves `least` effective ones, adjusted by regression."""
    missed = misses(patterns, worlds.columns())
    distance = distances(patterns, missed)
    kept = keep(distance, worlds.log_weights(), least)
    z = worlds.z[kept.index]
    return Posterior(
        space,
        adjusted(z, missed[kept.index], kept.weights),
        z,
        kept.weights,
        kept.index,
        distance[kept.index],
        kept.tolerance,
    )

"""Population Monte Carlo over generations of simulated worlds, of which none is thrown away.

The first generation is a scrambled Sobol design of the priors; each later one is drawn around the worlds that came
nearest so far. Every world is weighted by prior density over the density of the mixture of all generations (the
deterministic mixture of Veach & Guibas 1995; adaptive multiple importance sampling, Cornuet et al. 2012; population
Monte Carlo ABC, Beaumont et al. 2009). A share of each generation still comes from the priors, so no weight can run
away: the largest is bounded by the share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted

Floats = NDArray[np.float64]
PRIOR_SHARE = 0.15
INFLATION = 1.4  # of the covariance: a proposal should be wider than what it aims at


@dataclass(frozen=True)
class Proposal:
    """A mixture of the prior N(0, I) and one Gaussian; `share` is the prior's part."""

    mean: Floats
    root: Floats
    share: float

    @classmethod
    def prior(cls, dimensions: int) -> Proposal:
        """The priors alone."""
        return cls(np.zeros(dimensions), np.eye(dimensions), 1.0)

    @classmethod
    def around(cls, z: Floats, weights: Floats, share: float = PRIOR_SHARE) -> Proposal:
        """A proposal around weighted worlds; with few of them the covariance is drawn towards the prior's."""
        dimensions = z.shape[1]
        doubt = dimensions / (dimensions + weighted.effective_size(weights))
        covariance = (1.0 - doubt) * weighted.covariance(z, weights) + doubt * np.eye(dimensions)
        return cls(weighted.mean(z, weights), np.linalg.cholesky(INFLATION * covariance), share)

    def draw(self, points: int, seed: int, generation: int) -> Floats:
        """Points of a scrambled Sobol sequence carried over to this distribution, shaped (points, dimensions)."""
        from scipy import special
        from scipy.stats import qmc

        dimensions = len(self.mean)
        if not dimensions:
            return np.zeros((points, 0))
        stream = np.random.SeedSequence([seed, generation])
        sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(stream))
        whole = 1 << max(points - 1, 1).bit_length()  # the sequence is balanced only at powers of two
        unit = sobol.random(whole)[:points]
        z = np.asarray(special.ndtri(np.clip(unit, 1e-12, 1.0 - 1e-12)))
        from_prior = np.random.default_rng(stream.spawn(1)[0]).random(points) < self.share
        return np.where(from_prior[:, None], z, self.mean + z @ self.root.T)

    def log_ratio(self, z: Floats) -> Floats:
        """Log density of this proposal over that of the prior."""
        if self.share >= 1.0:
            return np.zeros(len(z))
        from scipy import linalg

        standard = linalg.solve_triangular(self.root, (z - self.mean).T, lower=True)
        gaussian = -0.5 * np.square(standard).sum(axis=0) - float(np.log(np.diag(self.root)).sum())
        gaussian += 0.5 * np.square(z).sum(axis=1)  # over the prior; the constants cancel
        return np.asarray(np.logaddexp(np.log(self.share), np.log1p(-self.share) + gaussian))


@dataclass(frozen=True)
class Generation:
    """A generation: what it was drawn from, and how many worlds of it."""

    proposal: Proposal
    size: int


def log_weights(z: Floats, generations: Sequence[Generation]) -> Floats:
    """Log of prior over mixture of the generations, at points of any of them."""
    total = sum(generation.size for generation in generations)
    terms = [
        np.log(generation.size / total) + generation.proposal.log_ratio(z)
        for generation in generations
        if generation.size
    ]
    return np.asarray(-np.logaddexp.reduce(np.stack(terms), axis=0))


def sizes(simulations: int, generations: int, first_share: float = 0.4) -> tuple[int, ...]:
    """How a number of simulations is divided: the Sobol design first, then equal generations."""
    if generations < 2:
        return (simulations,)
    first = max(round(simulations * first_share), 1)
    rest = simulations - first
    each = rest // (generations - 1)
    later = [each] * (generations - 1)
    later[-1] += rest - sum(later)
    return (first, *(size for size in later if size))

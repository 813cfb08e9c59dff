"""Draws of ideal points from their posterior: intervals that know what is not known of the motions too.

The prior of points is a standard normal (Clinton, Jackman & Rivers 2004), a random walk (Martin & Quinn 2002) or a
line; the spread of the motions' parameters is learnt beside them, or given. A spread of 5, as the field's programs have
it, makes motions look sharper than they are where members are few, and intervals too short.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from whipcount.session import progressing

from .rollcall_hierarchy import Hierarchy, sample_shared
from .rollcall_mode import Scaling
from .rollcall_table import Floats
from .rollcall_votes import Ballots, chances, sample
from .smoothed_importance import leave_one_out, reliable

CHAINS = 4
THIN = 4  # sweeps for each draw that is kept
WARMING = 300  # sweeps of each chain before the first
JOLT = 0.5  # how far from the mode chains begin, in standard deviations of the points
# Where parties vote as one, a member who begins among another's finds the way back slowly: motions cut between parties.
NEAR = 0.05
FEW_CHANCES = 100_000_000  # of votes in draws; beyond, every fourth draw tells the fit
LEFT_OUT = 10_000  # votes that are left out one by one; of more, so many are drawn
FEWEST_DRAWS = 100  # below which no interval is told


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of points (chains, draws, points, d), means of items (motions, 1 + d), and the fit.

    waic: the widely applicable information criterion (Watanabe 2010), as a deviance: smaller is better. loglik: of the
    votes at the means of their chances. complexity: the effective number of parameters that it counts. loo: the same
    deviance by leaving out one vote at a time (PSIS-LOO), loo_error its standard error, unsure the share of votes whose
    importance weights are too heavy to rely on. shared: draws of what members have in common, (chains, draws, k + 1):
    coefficients, and the spread of points around what they add up to. half: means of the half widths of abstaining,
    (motions,), where it stands between yes and no.
    """

    points: Floats
    items: Floats
    loglik: float
    waic: float
    complexity: float
    loo: float = float("nan")
    loo_error: float = float("nan")
    unsure: float = float("nan")
    shared: Floats | None = None
    half: Floats | None = None

    @property
    def mean(self) -> Floats:
        """The mean of each point, (points, d)."""
        return np.asarray(self.points.mean(axis=(0, 1)))

    @property
    def spread(self) -> Floats:
        """The standard deviation of each point."""
        return np.asarray(self.points.std(axis=(0, 1), ddof=1))

    def interval(self, share: float = 0.95) -> tuple[Floats, Floats]:
        """Between which numbers each point lies with this probability."""
        low, high = np.quantile(self.points, [(1 - share) / 2, (1 + share) / 2], axis=(0, 1))
        return low, high

    @functools.cached_property
    def mixing(self) -> tuple[float, float] | None:
        """The largest R-hat and the smallest effective size of a point (Vehtari et al. 2021); None without ArviZ."""
        try:
            from arviz_stats.base import array_stats
        except ImportError:
            return None
        axes = {"chain_axis": 0, "draw_axis": 1}
        rhat, size = array_stats.rhat(self.points, **axes), array_stats.ess(self.points, **axes)
        return float(np.max(rhat)), float(np.min(size))


Settled = Callable[[Floats, Floats], tuple[Floats, Floats]]


def sample_posterior(
    ballots: Ballots,
    mode: Scaling,
    draws: int,
    seed: int = 1,
    spread: float | None = None,
    settled: Settled | None = None,
    hierarchy: Hierarchy | None = None,
) -> Posterior:
    """Draw points and items from their posterior, from around the mode on.

    draws: in all, of four chains. spread: standard deviation of the items' prior; learnt where it is None. settled:
    what is done with points (draws, points, 1 + d) and items (draws, motions, 1 + d) because location, scale and
    rotation mean nothing; by default each draw's points get mean 0 and standard deviation 1, turned towards the mode.
    hierarchy: what members have in common, for points of one dimension that stand alone.
    """
    each = -(-max(draws, FEWEST_DRAWS) // CHAINS)
    settle = settled or (lambda points, items: standardised(points, items, mode.points))
    found, shared, items = [], [], np.zeros((ballots.motions, mode.points.shape[1] + 1))
    halves = np.zeros((each, ballots.motions))
    ballots = replace(ballots, half=None if mode.half is None else mode.half.copy())
    means = np.zeros(ballots.motions)
    fit = _Fit(ballots.votes, seed)
    with progressing(CHAINS) as advance:
        for chain in range(CHAINS):
            raw, drawn, common = _chain(ballots, mode, each, seed, chain, spread, hierarchy, halves)
            means += halves.mean(axis=0) / CHAINS
            points, drawn = settle(raw, drawn)
            found.append(points[..., 1:])
            if hierarchy is not None:
                shared.append(hierarchy.settled(common, raw[..., 1], points[..., 1]))
            items += drawn.mean(axis=0) / CHAINS
            for draw in range(0, each, 1 if ballots.votes * draws <= FEW_CHANCES else 4):
                if ballots.half is not None:
                    ballots.half[:] = halves[draw]
                fit.add(chances(ballots, drawn[draw], points[draw]))
            if advance is not None:
                advance(chain + 1, CHAINS)
    return Posterior(
        np.stack(found),
        items,
        *fit.told(),
        np.stack(shared) if shared else None,
        means if mode.half is not None else None,
    )


def _chain(
    ballots: Ballots,
    mode: Scaling,
    draws: int,
    seed: int,
    chain: int,
    spread: float | None,
    hierarchy: Hierarchy | None,
    halves: Floats,
) -> tuple[Floats, Floats, Floats]:
    random = np.random.default_rng([seed, chain])
    jolt = (JOLT if hierarchy is None else NEAR) * mode.points.std(axis=0) * random.standard_normal(mode.points.shape)
    points = np.column_stack([np.ones(ballots.points), ballots.chains.fitting(mode.points + jolt)])
    items = np.column_stack([mode.difficulty, mode.discrimination])
    precision = np.full(items.shape[1], 1.0 if spread is None else spread**-2)
    learn = spread is None
    if ballots.half is not None and mode.half is not None:
        ballots.half[:] = mode.half
    if hierarchy is not None:
        common = hierarchy.start(points[:, 1])
        warming = WARMING // THIN
        sample_shared(ballots, items, points, precision, learn, (seed, chain, 0), warming, THIN, hierarchy, common)
        return sample_shared(
            ballots, items, points, precision, learn, (seed, chain, 1), draws, THIN, hierarchy, common, halves
        )
    sample(ballots, items, points, precision, learn, (seed, chain, 0), 1, WARMING)
    drawn = sample(ballots, items, points, precision, learn, (seed, chain, 1), draws, THIN, halves)
    return *drawn, np.empty((draws, 0))


def standardised(points: Floats, items: Floats, towards: Floats) -> tuple[Floats, Floats]:
    """Draws of points with mean 0 and standard deviation 1, turned towards `towards` (points, d); items to fit them.

    In several dimensions one stretch serves all, and the turn is the rotation that comes nearest (Schoenemann 1966).
    """
    points, items = points.copy(), items.copy()
    centre = points[..., 1:].mean(axis=1, keepdims=True)
    items[..., 0] += np.einsum("dja,da->dj", items[..., 1:], centre[:, 0])
    points[..., 1:] -= centre
    spread = np.sqrt((points[..., 1:] ** 2).mean(axis=(1, 2)))[:, None, None]
    points[..., 1:] /= spread
    items[..., 1:] *= spread
    left, _, right = np.linalg.svd(np.einsum("dpa,pb->dab", points[..., 1:], towards))
    turn = left @ right
    points[..., 1:] = points[..., 1:] @ turn
    items[..., 1:] = items[..., 1:] @ turn
    return points, items


class _Fit:
    """The chances of each vote, gathered over draws; of a sample of the votes, those of every draw."""

    def __init__(self, votes: int, seed: int) -> None:
        self.chance, self.logs, self.squares, self.draws = np.zeros(votes), np.zeros(votes), np.zeros(votes), 0
        picked = np.random.default_rng([seed, votes]).permutation(votes)[:LEFT_OUT]
        self.picked, self.kept = np.sort(picked), list[Floats]()

    def add(self, logs: Floats) -> None:
        """The log chances of one draw."""
        self.chance += np.exp(logs)
        self.logs += logs
        self.squares += logs**2
        self.draws += 1
        self.kept.append(logs[self.picked])

    def told(self) -> tuple[float, float, float, float, float, float]:
        """Log-likelihood at the mean chances, WAIC, effective parameters; PSIS-LOO, its error, the share not relied on.

        Of more votes than are left out one by one, the others have the parts that WAIC gives them, corrected by the
        mean difference of those left out (Magnusson, Andersen, Jonasson & Vehtari 2020).
        """
        logs = np.log(self.chance / self.draws)
        variance = (self.squares - self.logs**2 / self.draws) / (self.draws - 1)
        parts = logs - variance
        left_out, shape = leave_one_out(np.array(self.kept).T)
        votes, sample = len(parts), len(self.picked)
        off = left_out - parts[self.picked]
        loo = float(parts.sum() + votes * off.mean())
        error = votes * float(left_out.var())
        error += votes**2 * (1 - sample / votes) * float(off.var()) / sample
        unsure = float((shape > reliable(self.draws)).mean())
        fit = float(logs.sum()), -2 * float(parts.sum()), float(variance.sum())
        return (*fit, -2 * loo, 2 * math.sqrt(error), unsure)

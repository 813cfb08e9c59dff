"""Conditional logit over choice sets of different sizes: likelihood, gradient, Hessian, fit, strength of shrinkage.

McFadden 1974. Rows of all choice sets are stacked; sums over a set are `reduceat` over its rows. Coefficients may be
shrunk towards 0 by a ridge, with a strength chosen by leaving groups out; without shrinkage, perfectly separated data
have no maximum, which is found out and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import TableError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STEPS = 60  # of Newton's method; it needs about ten
NEGLIGIBLE = 3e-5  # chance below which an alternative does not bend the likelihood enough to steer a step
CLOSE = 1e-7  # gain in the log-likelihood at which it stops
SEPARATED_AT = 12.0  # a coefficient this large (per standard deviation) means that the data are separated
CERTAIN = -0.01  # mean log-probability above which everything is foretold: separated too
SEPARATED_RIDGE = 1.0
RIDGES = (10.0, 20.0, 40.0)  # strengths of shrinkage to choose from


@dataclass(frozen=True, eq=False)
class ChoiceSets:
    """Alternatives of many choices, stacked: rows (alternatives, covariates), first row and chosen row of each set."""

    rows: Floats
    starts: Integers
    chosen: Integers

    def __post_init__(self) -> None:
        if not len(self.starts):
            raise TableError.one("WC533", "there is no choice to learn from", "give at least one observed choice")

    @classmethod
    def stack(cls, tables: Sequence[Floats], chosen: Sequence[int]) -> ChoiceSets:
        """From one table of covariates per choice, and the row chosen in it."""
        if not tables:
            raise TableError.one("WC533", "there is no choice to learn from", "give at least one observed choice")
        lengths = np.array([len(table) for table in tables])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        return cls(np.concatenate(tables), starts, starts + np.asarray(chosen, dtype=np.int64))

    @property
    def lengths(self) -> Integers:
        """Alternatives in each set."""
        return np.diff(self.starts, append=len(self.rows))

    @property
    def covariates(self) -> int:
        """How many covariates."""
        return int(self.rows.shape[1])

    def scale(self) -> Floats:
        """Standard deviation of each covariate inside the choice sets (1 where it never varies inside one)."""
        lengths = self.lengths
        mean = np.add.reduceat(self.rows, self.starts) / lengths[:, None]
        square = np.add.reduceat(self.rows**2, self.starts) / lengths[:, None]
        deviation = np.sqrt(np.maximum((square - mean**2).mean(axis=0), 0.0))
        return np.where(deviation > 1e-9, deviation, 1.0)

    def scaled(self, scale: Floats) -> ChoiceSets:
        """The same choices with each covariate divided by its scale."""
        return replace(self, rows=self.rows / scale)


@dataclass(frozen=True, eq=False)
class LogitFit:
    """A fitted conditional logit: coefficients per unit of each covariate, their covariance, the log-likelihood.

    ridge: the strength of shrinkage of each coefficient, per standard deviation of its covariate. separated: without
    shrinkage the likelihood has no maximum; a ridge was put on all coefficients.
    """

    coefficients: Floats
    covariance: Floats
    loglik: float
    ridge: Floats
    separated: bool = False

    @property
    def errors(self) -> Floats:
        """Standard errors (posterior ones, where coefficients are shrunk)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def probabilities(coefficients: Floats, sets: ChoiceSets) -> tuple[Floats, Floats]:
    """The probability of every alternative, and the log-probability of the chosen one in every set."""
    utility = sets.rows @ coefficients
    lengths = sets.lengths
    utility = utility - np.repeat(np.maximum.reduceat(utility, sets.starts), lengths)
    weight = np.exp(utility)
    total = np.add.reduceat(weight, sets.starts)
    return weight / np.repeat(total, lengths), utility[sets.chosen] - np.log(total)


def gradient(sets: ChoiceSets, chance: Floats) -> Floats:
    """Derivative of the log-likelihood by the coefficients, given the probabilities."""
    return np.asarray(sets.rows[sets.chosen].sum(axis=0) - chance @ sets.rows)


def information(sets: ChoiceSets, chance: Floats, least: float = 0.0) -> Floats:
    """Minus the second derivative of the log-likelihood: the sum of the covariances inside the choice sets.

    Alternatives of a chance below `least` are left out: of thousands of cabinets only some dozens ever matter.
    """
    rows, starts = sets.rows, sets.starts
    if least > 0:
        kept = chance >= least
        before = np.concatenate([[0], np.cumsum(kept)])
        rows, chance, starts = rows[kept], chance[kept], before[starts]
    weighted = rows * chance[:, None]
    mean = np.add.reduceat(weighted, starts)
    return np.asarray(weighted.T @ rows - mean.T @ mean)


def _newton(sets: ChoiceSets, ridge: Floats, start: Floats) -> tuple[Floats, Floats, float]:
    """The maximum of the shrunk log-likelihood by Newton's method with halved steps: coefficients, chances, value."""
    place = start
    chance, logs = probabilities(place, sets)
    value = float(logs.sum() - 0.5 * ridge @ place**2)
    for _ in range(STEPS):
        slope = gradient(sets, chance) - ridge * place
        step = np.linalg.solve(information(sets, chance, NEGLIGIBLE) + np.diag(ridge + 1e-9), slope)
        length, gained = 1.0, -np.inf
        while length > 1e-6:
            trial = place + length * step
            trial_chance, logs = probabilities(trial, sets)
            gained = float(logs.sum() - 0.5 * ridge @ trial**2) - value
            if gained >= -1e-10:
                break
            length /= 2
        if gained < -1e-10:
            break
        place, chance, value = trial, trial_chance, value + gained
        if gained < CLOSE or np.abs(place).max() > 2 * SEPARATED_AT:
            break
    return place, chance, value


def fit(sets: ChoiceSets, ridge: float | Floats = 0.0) -> LogitFit:
    """Fit with a given strength of shrinkage (per standard deviation of each covariate); 0: maximum likelihood.

    Where the data are perfectly separated and nothing is shrunk, a ridge of 1 is put on every coefficient.
    """
    scale = sets.scale()
    scaled = sets.scaled(scale)
    strength = np.broadcast_to(np.asarray(ridge, dtype=float), (sets.covariates,)).copy()
    place, chance, value = _newton(scaled, strength, np.zeros(sets.covariates))
    free = strength < 1e-3
    separated = bool((np.abs(place) > SEPARATED_AT)[free].any() or (free.any() and value > CERTAIN * len(sets.starts)))
    if separated:
        strength = np.maximum(strength, SEPARATED_RIDGE)
        place, chance, _ = _newton(scaled, strength, np.zeros(sets.covariates))
    return _finished(scaled, scale, strength, place, chance, separated)


def choose_ridge(
    tables: Sequence[Floats],
    chosen: Sequence[int],
    groups: Sequence[str],
    strengths: Sequence[float] = RIDGES,
    folds: int = 5,
) -> float:
    """The strength of shrinkage that predicts left-out groups (countries) best, by log-likelihood; folds are fixed."""
    if len(set(groups)) < 2:
        return float(strengths[len(strengths) // 2])
    place = fold_of(groups, folds)
    told = np.zeros(len(strengths))
    for fold in range(int(place.max()) + 1):
        inside, outside = np.flatnonzero(place != fold).tolist(), np.flatnonzero(place == fold).tolist()
        training = ChoiceSets.stack([tables[row] for row in inside], [chosen[row] for row in inside])
        testing = ChoiceSets.stack([tables[row] for row in outside], [chosen[row] for row in outside])
        scale = training.scale()
        scaled, held_out = training.scaled(scale), testing.scaled(scale)
        place_now = np.zeros(training.covariates)
        for number in np.argsort(-np.asarray(strengths)):  # from strong to weak: each fit starts where the last ended
            ridge = np.full(training.covariates, strengths[number])
            place_now, _, _ = _newton(scaled, ridge, place_now)
            told[number] += probabilities(place_now, held_out)[1].sum()
    return float(strengths[int(np.argmax(told))])


def fold_of(groups: Sequence[str], folds: int, seed: int = 1) -> Integers:
    """The fold of each observation: groups are dealt out in a shuffled order, so that none is divided."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    dealt = {names[name]: number % folds for number, name in enumerate(order)}
    return np.array([dealt[group] for group in groups], dtype=np.int64)


def _finished(
    scaled: ChoiceSets, scale: Floats, ridge: Floats, place: Floats, chance: Floats, separated: bool
) -> LogitFit:
    curvature = information(scaled, chance) + np.diag(ridge)
    covariance = np.linalg.pinv(curvature, hermitian=True) / np.outer(scale, scale)
    _, logs = probabilities(place, scaled)
    return LogitFit(place / scale, covariance, float(logs.sum()), ridge, separated)

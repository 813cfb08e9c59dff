"""What documented crises teach of the parameters that they share: a likelihood by regression on simulated histories.

Each parameter stands on the normal scale of its prior (the deviate at the prior's quantile), so that the prior is
N(0, I). In each crisis the chance of a yes to each question is a logit of the parameters, fitted on histories drawn
from the prior; answers are then scored by these logits (regression adjustment: Beaumont, Zhang & Balding 2002;
synthetic likelihoods: Wood 2010). Questions of one crisis hang together: their likelihood is a composite one, tempered
by the ratio of its two information matrices (Chandler & Bate 2007). Crises differ: theta_c ~ N(mu, tau^2) with
mu ~ N(0, 1 - tau^2), from all alike (tau = 0) to nothing learnt (tau = 1) (Gelman & Hill 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from .probability_scores import log_score
from .quarrel_models import logit_map

Floats = NDArray[np.float64]
MOST = 20  # parameters that twelve crises are asked about; the others stay at their priors
SLOPE_SD = 0.5  # prior of a logit's slope on one parameter: an effect above 1 for one deviation would be rare
SPREADS = (0.0, 0.5, 0.8, 0.95, 1.0)  # tau, from all crises alike to nothing learnt
RIDGE = 1e-3
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Simulated:
    """Histories of a crisis drawn from the prior: deviates (histories, parameters), answers (histories, questions) of
    0, 1 and nan where a question cannot be put."""

    name: str
    deviates: Floats
    answers: Floats

    @property
    def chances(self) -> Floats:
        """The chance of a yes to each question under the prior, half a history added to either side; nan if not put."""
        known = ~np.isnan(self.answers)
        count = known.sum(axis=0)
        yes = np.where(known, self.answers, 0.0).sum(axis=0)
        return np.where(count > 0, (yes + 0.5) / (count + 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A crisis as logits: intercepts (questions), slopes (questions, parameters), and the covariance of the answers
    given the parameters (questions, questions). Questions that cannot be put have nan intercepts and no slope."""

    name: str
    chances: Floats
    intercepts: Floats
    slopes: Floats
    covariance: Floats

    def adjusted(self, mean: Floats, covariance: Floats) -> Floats:
        """The chances of a yes where the parameters are N(mean, covariance) and not N(0, I)."""
        prior = _chance(self.intercepts, (self.slopes**2).sum(axis=1))
        told = _chance(
            self.intercepts + self.slopes @ mean, np.einsum("qi,ij,qj->q", self.slopes, covariance, self.slopes)
        )
        return np.asarray(expit(logit(self.chances) + logit(told) - logit(prior)))


@dataclass(frozen=True, eq=False)
class Learnt:
    """The parameters that crises share: mean and covariance on the normal scale of the prior, spread between crises."""

    mean: Floats
    covariance: Floats
    spread: float

    def of_a_crisis(self) -> Floats:
        """The covariance of the parameters of one more crisis."""
        return np.asarray(self.covariance + self.spread**2 * np.eye(len(self.mean)))


def _chance(mean: Floats, variance: Floats) -> Floats:
    """The mean of a logistic of a normal variable, by quadrature."""
    at = mean[:, None] + np.sqrt(np.maximum(variance, 0.0))[:, None] * NODES
    return np.asarray(expit(at) @ WEIGHTS)


def moving(crises: Sequence[Simulated], most: int = MOST) -> NDArray[np.intp]:
    """Places of the parameters that move the simulated answers most, over all crises; what happened plays no part."""
    total = np.zeros(crises[0].deviates.shape[1])
    for one in crises:
        for question in one.answers.T:
            known = ~np.isnan(question)
            if known.any() and 0.01 < question[known].mean() < 0.99:
                z, y = one.deviates[known], question[known] - question[known].mean()
                total += (z.T @ y / len(y) / y.std()) ** 2
    return np.asarray(np.sort(np.argsort(-total, kind="stable")[:most]))


def surrogate(crisis: Simulated) -> Surrogate:
    """The logits of a crisis's answers on the parameters."""
    count, parameters = crisis.answers.shape[1], crisis.deviates.shape[1]
    precision = np.r_[RIDGE, np.full(parameters, SLOPE_SD**-2)]
    intercepts, slopes = np.full(count, np.nan), np.zeros((count, parameters))
    residuals = np.zeros_like(crisis.answers)
    for place in range(count):
        known = ~np.isnan(crisis.answers[:, place])
        if not known.any():
            continue
        design = np.column_stack([np.ones(int(known.sum())), crisis.deviates[known]])
        found, _ = logit_map(design, crisis.answers[known, place], np.zeros(parameters + 1), precision)
        intercepts[place], slopes[place] = found[0], found[1:]
        residuals[known, place] = crisis.answers[known, place] - expit(design @ found)
    return Surrogate(crisis.name, crisis.chances, intercepts, slopes, np.cov(residuals.T))


def temper(crises: Sequence[Surrogate]) -> float:
    """The power of the composite likelihood at which its curvature is that of its score: one where questions of a
    crisis are independent, less where they hang together. Answers play no part."""
    size = crises[0].slopes.shape[1]
    curvature, score = RIDGE * np.eye(size), RIDGE * np.eye(size)
    for one in crises:
        put = ~np.isnan(one.intercepts)
        slopes = one.slopes[put]
        curvature += (slopes.T * np.diag(one.covariance)[put]) @ slopes
        score += slopes.T @ one.covariance[np.ix_(put, put)] @ slopes
    return float(min(1.0, size / np.trace(np.linalg.solve(curvature, score))))


def _told(crisis: Surrogate, answers: Floats, at: Floats, power: float) -> tuple[Floats, Floats]:
    """Slope and curvature of the tempered log likelihood of a crisis's answers at a place."""
    known = ~np.isnan(answers) & ~np.isnan(crisis.intercepts)
    slopes = crisis.slopes[known]
    chance = expit(crisis.intercepts[known] + slopes @ at)
    return power * slopes.T @ (answers[known] - chance), power * (slopes.T * (chance * (1 - chance))) @ slopes


def learn(crises: Sequence[Surrogate], answers: Floats, spread: float, power: float | None = None) -> Learnt:
    """The shared parameters by Laplace's method; answers: (crises, questions), nan where unknown."""
    size = crises[0].slopes.shape[1]
    if spread >= 1.0:
        return Learnt(np.zeros(size), np.zeros((size, size)), 1.0)
    power = temper(crises) if power is None else power
    mean, own = np.zeros(size), [np.zeros(size) for _ in crises]
    prior, one = np.eye(size) / (1.0 - spread**2), np.eye(size)
    for _ in range(200):
        information, slope = prior.copy(), -prior @ mean
        shifts = []
        for crisis, told, at in zip(crises, answers, own, strict=True):
            up, bend = _told(crisis, told, at, power)
            linear = up + bend @ (at - mean)  # the slope at the shared mean, as the curvature has it
            shrunk = np.linalg.solve(one + spread**2 * bend, np.column_stack([linear, bend]))
            information, slope = information + shrunk[:, 1:], slope + shrunk[:, 0]
            shifts.append(spread**2 * shrunk[:, 0])
        step = np.linalg.solve(information, slope)
        moved = mean + 0.7 * step
        new = [mean + shift for shift in shifts]
        far = max([float(np.abs(step).max()), *(float(np.abs(a - b).max()) for a, b in zip(new, own, strict=True))])
        mean, own = moved, [0.3 * old + 0.7 * fresh for old, fresh in zip(own, new, strict=True)]
        if far < 1e-9:
            break
    covariance = np.linalg.inv((information + information.T) / 2.0)
    return Learnt(mean, np.asarray(covariance, dtype=np.float64), spread)


def chosen_spread(crises: Sequence[Surrogate], answers: Floats, power: float) -> float:
    """The spread between crises with which each is foreseen best from the others; the least learnt among equals."""
    totals = []
    for spread in SPREADS:
        total = 0.0
        for place, one in enumerate(crises):
            others = [row for row in range(len(crises)) if row != place]
            known = learn([crises[row] for row in others], answers[others], spread, power)
            told = one.adjusted(known.mean, known.of_a_crisis())
            total += float(np.nansum(log_score(told, answers[place])))
        totals.append(total)
    best = max(totals)
    return max(spread for spread, total in zip(SPREADS, totals, strict=True) if total >= best - 1e-9)


def fit(crises: Sequence[Surrogate], answers: Floats) -> Learnt:
    """What these crises teach, with the spread between them that foresees each best from the others."""
    power = temper(crises)
    return learn(crises, answers, chosen_spread(crises, answers, power), power)


def left_out(crises: Sequence[Surrogate], answers: Floats, may_teach: NDArray[np.bool_] | None = None) -> Floats:
    """Each crisis foreseen with what the others teach: (crises, questions); those of the mask may be learnt from."""
    teaching = np.ones(len(crises), dtype=bool) if may_teach is None else may_teach
    found = []
    for place, one in enumerate(crises):
        others = [row for row in range(len(crises)) if row != place and teaching[row]]
        known = fit([crises[row] for row in others], answers[others])
        found.append(one.adjusted(known.mean, known.of_a_crisis()))
    return np.array(found)

"""What a simulation adds to base rates: a logit of the answers on both, its weight with an interval over crises.

logit P = a + b logit P_sim + c logit base rate, fitted on the other crises; b = 0 if the simulation adds nothing, 1 if
it is to be taken at its word. With offsets of questions: logit P = a_q + b logit P_sim, a_q shrunk to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .quarrel_models import logit_map

Floats = NDArray[np.float64]
RESAMPLES = 500
LEAST = 3  # crises, below which a weight means nothing
FLOOR = 0.005  # a simulated probability is not taken as surer than that: the logit of 0 has no weight
WEAK = np.array([0.25, 0.25, 0.25])  # precisions of a, b, c: normal with standard deviation 2
CENTRE = np.array([0.0, 0.5, 0.5])  # the mean of both, where the answers say nothing


@dataclass(frozen=True)
class Weight:
    """The weight of a forecast beside base rates, with a 95% interval over crises; and that of the base rates."""

    weight: float
    low: float
    high: float
    base: float


def logit(chance: Floats) -> Floats:
    """Log odds, of chances kept off 0 and 1."""
    sure = np.clip(chance, FLOOR, 1 - FLOOR)
    return np.asarray(np.log(sure / (1 - sure)))


def others_base_rates(answers: Floats, out: tuple[int, ...] = ()) -> Floats:
    """For each crisis the base rates of all others but those `out` too (Jeffreys), shape (crises, questions)."""
    kept = np.array([row not in out for row in range(len(answers))])
    known, yes = ~np.isnan(answers) & kept[:, None], np.where(kept[:, None], np.nan_to_num(answers), 0.0)
    return np.asarray((yes.sum(axis=0) - yes + 0.5) / (known.sum(axis=0) - known + 1.0))


def _fit(told: Floats, base: Floats, answers: Floats) -> Floats:
    known = ~np.isnan(answers) & ~np.isnan(told)
    design = np.column_stack([np.ones(int(known.sum())), logit(told[known]), logit(base[known])])
    return logit_map(design, answers[known], CENTRE, WEAK)[0]


def weight(told: Floats, answers: Floats, seed: int = 1) -> Weight | None:
    """The weight of forecasts (crises, questions); None below three crises. Crises are resampled whole."""
    rows = np.flatnonzero((~np.isnan(told) & ~np.isnan(answers)).any(axis=1))
    if len(rows) < LEAST:
        return None
    base = others_base_rates(answers)
    found = _fit(told[rows], base[rows], answers[rows])
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES):
        picks = rows[random.integers(0, len(rows), len(rows))]
        drawn.append(_fit(told[picks], base[picks], answers[picks])[1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Weight(float(found[1]), float(low), float(high), float(found[2]))


def stacked(told: Floats, answers: Floats, learn: NDArray[np.bool_]) -> Floats:
    """Each crisis forecast by a + b sim + c base, fitted on the others; its base rates and theirs leave it out.

    learn: which crises may be learnt from.
    """
    found = np.full(told.shape, np.nan)
    rows = np.flatnonzero((~np.isnan(told) & ~np.isnan(answers)).any(axis=1))
    never = tuple(row for row, one in enumerate(learn) if not one)
    for row in rows if learn[rows].sum() > LEAST else ():
        others = rows[(rows != row) & learn[rows]]
        place = _fit(told[others], others_base_rates(answers, (int(row), *never))[others], answers[others])
        line = place[0] + place[1] * logit(told[row]) + place[2] * logit(others_base_rates(answers, never)[row])
        found[row] = 1 / (1 + np.exp(-line))
    return np.where(np.isnan(told), np.nan, found)


def with_offsets(told: Floats, answers: Floats, learn: NDArray[np.bool_]) -> Floats:
    """Each crisis forecast by a_q + b sim, fitted on the others: a_q ~ N(0, 1), b ~ N(.75, .5)."""
    found = np.full(told.shape, np.nan)
    rows = np.flatnonzero((~np.isnan(told) & ~np.isnan(answers)).any(axis=1))
    questions = answers.shape[1]
    mean, precision = np.r_[np.zeros(questions), 0.75], np.r_[np.ones(questions), 4.0]
    design = np.concatenate([np.broadcast_to(np.eye(questions), (*told.shape, questions)), logit(told)[..., None]], 2)
    for row in rows if learn[rows].sum() > LEAST else ():
        others = rows[(rows != row) & learn[rows]]
        known = ~np.isnan(answers[others]) & ~np.isnan(told[others])
        place, _ = logit_map(design[others][known], answers[others][known], mean, precision)
        found[row] = 1 / (1 + np.exp(-(design[row] @ place)))
    return np.where(np.isnan(told), np.nan, found)


def mean_of_logits(first: Floats, second: Floats) -> Floats:
    """The mean of two forecasts on the scale of log odds."""
    return np.asarray(1 / (1 + np.exp(-(logit(first) + logit(second)) / 2)))

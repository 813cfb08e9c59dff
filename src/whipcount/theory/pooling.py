"""One effect measured in several places: its mean, how far places differ, and what to expect of one more.

Random effects: y_i ~ N(mu_i, v_i), mu_i ~ N(mu, tau^2). tau^2 by Paule & Mandel (1982), the value at which the
generalised Q statistic is what it should be (DerSimonian & Laird 1986 take the first step towards it; Veroniki et al.
2016 compare them); the mean's interval by Hartung & Knapp (2001) and Sidik & Jonkman (2002), never narrower than
without their factor (Roever, Knapp & Friede 2015); the prediction interval by Higgins, Thompson & Spiegelhalter (2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
LEVEL = 0.95
LEAST = 1e-12  # of a variance: what is measured without error is weighed as if nearly so


@dataclass(frozen=True)
class Pooled:
    """The mean over places with its 95% interval; tau, the standard deviation between places; the 95% prediction
    interval of one more place (nan with fewer than three); q, Cochran's statistic, and p, the chance of one as large
    if all places were alike."""

    places: int
    mean: float
    low: float
    high: float
    tau: float
    predicted_low: float
    predicted_high: float
    q: float
    p: float

    @property
    def clear(self) -> bool:
        """Whether the interval of the mean leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


def generalised_q(effects: Floats, variances: Floats, between: float) -> float:
    """The weighted sum of squares around the weighted mean, with the variance between places in the weights."""
    weights = 1.0 / (variances + between)
    mean = weights @ effects / weights.sum()
    return float(weights @ (effects - mean) ** 2)


def between_places(effects: Floats, variances: Floats) -> float:
    """The variance between places, by Paule & Mandel: 0 where places differ no more than their errors let expect."""
    wanted = len(effects) - 1.0
    if len(effects) < 2 or generalised_q(effects, variances, 0.0) <= wanted:
        return 0.0
    high = float(effects.var()) + float(variances.max())
    while generalised_q(effects, variances, high) > wanted:
        high *= 2.0
    return float(optimize.brentq(lambda t: generalised_q(effects, variances, t) - wanted, 0.0, high, xtol=1e-14))


def pool(effects: Sequence[float] | Floats, errors: Sequence[float] | Floats) -> Pooled:
    """The mean of effects with standard errors, one a place. Raises ValueError where there is none."""
    y, v = np.asarray(effects, dtype=float), np.maximum(np.asarray(errors, dtype=float) ** 2, LEAST)
    places = len(y)
    if not places or y.shape != v.shape:
        raise ValueError("one effect and one error for each of at least one place")
    q = generalised_q(y, v, 0.0)
    if places == 1:
        half = float(stats.norm.ppf((1 + LEVEL) / 2)) * math.sqrt(v[0])
        none = math.nan
        return Pooled(1, float(y[0]), float(y[0]) - half, float(y[0]) + half, none, none, none, q, none)
    between = between_places(y, v)
    weights = 1.0 / (v + between)
    mean = float(weights @ y / weights.sum())
    factor = max(generalised_q(y, v, between) / (places - 1), 1.0)
    error = math.sqrt(factor / weights.sum())
    half = float(stats.t.ppf((1 + LEVEL) / 2, places - 1)) * error
    away = math.nan
    if places > 2:
        away = float(stats.t.ppf((1 + LEVEL) / 2, places - 2)) * math.sqrt(between + error**2)
    return Pooled(
        places, mean, mean - half, mean + half, math.sqrt(between), mean - away, mean + away, q,
        float(stats.chi2.sf(q, places - 1)),
    )  # fmt: skip

"""Intervals for what an ensemble estimates: a probability, or the mean of a number."""

from __future__ import annotations

import math

Z95 = 1.959963984540054  # the .975 quantile of the normal distribution


def wilson(successes: float, trials: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927): sound at 0 and 1 and for few runs; NaN for none."""
    if trials == 0:
        return math.nan, math.nan
    share = successes / trials
    scale = 1.0 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, centre - half)  # exact ends, which rounding would miss by an ulp
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def normal_interval(mean: float, deviation: float, trials: int, z: float = Z95) -> tuple[float, float]:
    """The normal interval of a mean, from the standard deviation of one run; NaN for fewer than two runs."""
    if trials < 2:
        return math.nan, math.nan
    half = z * deviation / math.sqrt(trials)
    return mean - half, mean + half

"""What is drawn once a run: parameters and uncertain inputs, by inverting their distribution functions.

Draws are keyed by seed, run and name, so a run has the same parameters alone, in a batch and after a resume.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..vocabulary import numerics
from ..vocabulary.priors import Prior

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


def unit_draws(seed: int, runs: NDArray[np.int64], name: str) -> Doubles:
    """A number in (0, 1) on 53 bits for each run, for the draw of this name."""
    key, increment = numerics.run_keys(seed, runs)
    stream = numerics.stream_keys("prior", (name,))[0]
    words = numerics.mix(numerics.mix(stream) * increment + key) >> np.uint64(11)
    return (words.astype(np.float64) + 0.5) * 2.0**-53


def quantile(prior: Prior, u: Doubles) -> Doubles:
    """The prior's value at cumulative probability `u`."""
    form, numbers = prior.form, prior.numbers
    if form == "fixed":
        return np.full_like(u, numbers[0])
    if form == "uniform":
        return numbers[0] + (numbers[1] - numbers[0]) * u
    if form == "loguniform":
        low, high = np.log(numbers[0]), np.log(numbers[1])
        return np.asarray(np.exp(low + (high - low) * u))
    if form == "triangular":
        return _triangular(numbers, u)
    from scipy import special

    if form == "normal":
        return np.asarray(numbers[0] + numbers[1] * special.ndtri(u))
    if form == "lognormal":
        return np.asarray(numbers[0] * np.exp(numbers[1] * special.ndtri(u)))
    if form == "beta":
        return np.asarray(special.betaincinv(numbers[0], numbers[1], u))
    raise ValueError(f"unknown distribution '{form}'")


def _triangular(numbers: tuple[float, ...], u: Doubles) -> Doubles:
    low, mode, high = numbers
    width = high - low
    cut = (mode - low) / width
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u < cut, rising, falling)


def draw(prior: Prior, seed: int, runs: NDArray[np.int64], name: str, low: float, high: float) -> Floats:
    """The prior's draw for each run, kept within [low, high]."""
    if prior.form == "fixed":
        return np.full(len(runs), prior.numbers[0], np.float32)
    values = quantile(prior, unit_draws(seed, runs, name))
    return np.clip(values, low, high).astype(np.float32)

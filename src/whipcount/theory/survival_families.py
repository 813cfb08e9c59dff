"""Families of durations: the hazard and the cumulative hazard of log T = x b + W / shape, with their derivatives.

W is the extreme value of the exponential and the Weibull model, or standard normal in the log-normal one (Kalbfleisch &
Prentice 2002, chapter 3). A hazard may be multiplied by what a cabinet's group has unseen: its burden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]

MODELS = ("exponential", "weibull", "lognormal")
LARGEST = 500.0  # exponent beyond which a step of Newton's method is refused anyway


@dataclass(frozen=True, eq=False)
class Risk:
    """By cabinet: the log hazard of w, the cumulative hazard, and first and second derivatives of both by w."""

    log_hazard: Floats
    log_first: Floats
    log_second: Floats
    whole: Floats
    first: Floats
    second: Floats


def risk(standard: Floats, model: str) -> Risk:
    """The hazard at standardised log durations w = shape (log t - x b)."""
    if model != "lognormal":
        grown = np.exp(np.minimum(standard, LARGEST))
        return Risk(standard, np.ones_like(standard), np.zeros_like(standard), grown, grown, grown)
    whole = -log_ndtr(-standard)
    log_hazard = -0.5 * standard**2 - 0.5 * np.log(2 * np.pi) + whole
    hazard = np.exp(log_hazard)
    bent = hazard * (hazard - standard)
    return Risk(log_hazard, hazard - standard, bent - 1, whole, hazard, bent)


def survival(standard: Floats, model: str) -> Floats:
    """The probability that W exceeds these values."""
    return np.exp(-risk(standard, model).whole)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """A log-likelihood at (coefficients, log shape): value, slope, curvature; and by cabinet its part of the slope,
    the cumulative hazard, and the derivative of that."""

    value: float
    slope: Floats
    bend: Floats
    parts: Floats
    hazard: Floats
    hazard_slope: Floats


def likelihood(
    parameters: Floats, design: Floats, duration: Floats, ended: Floats, model: str, burden: Floats | float = 1.0
) -> Likelihood:
    """The log-likelihood of durations, some censored; an exponential model has no log shape among its parameters.

    burden: by how much each cabinet's hazard is multiplied.
    """
    number = design.shape[1]
    free = model != "exponential"
    shape = float(np.exp(parameters[number])) if free else 1.0
    standard = shape * (np.log(duration) - design @ parameters[:number])
    seen = risk(standard, model)
    value = float(ended @ (seen.log_hazard + np.log(shape) - np.log(duration)) - (burden * seen.whole).sum())
    first = ended * seen.log_first - burden * seen.first
    second = ended * seen.log_second - burden * seen.second
    # of w by each parameter: -shape x for a coefficient, w itself for the log shape
    turn = -shape * design
    bend = (turn * second[:, None]).T @ turn
    parts = turn * first[:, None]
    if not free:
        return Likelihood(value, parts.sum(axis=0), bend, parts, seen.whole, turn * seen.first[:, None])
    turn = np.column_stack([turn, standard])
    parts = np.column_stack([parts, standard * first + ended])
    bend = (turn * second[:, None]).T @ turn
    bend[:, number] += turn.T @ first
    bend[number, :number] = bend[:number, number]
    return Likelihood(value, parts.sum(axis=0), bend, parts, seen.whole, turn * seen.first[:, None])

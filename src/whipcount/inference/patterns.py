"""Patterns: what is documented, as numbers that simulated runs come near to or miss (pattern-oriented modelling).

A yes-or-no pattern is held or missed. A numeric one is missed by its distance over the spread of that number under
the priors, at most 1. The distance of a run is the weighted number of patterns that it misses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whipcount.scenario.schema import Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """An outcome with its documented value; `scale` is the distance at which a number counts as wholly missed."""

    name: str
    target: float
    binary: bool = True
    weight: float = 1.0
    scale: float = 1.0

    def missed(self, values: Floats) -> Floats:
        """0 where a run holds the pattern, 1 where it misses it; a run left out of the outcome misses it."""
        if self.binary:
            return np.asarray(values != self.target, np.float64)
        distance = np.minimum(np.abs(values - self.target) / self.scale, 1.0)
        return np.where(np.isnan(distance), 1.0, distance)


def patterns_of(outcomes: Sequence[Outcome], use: str, weights: Mapping[str, float] | None = None) -> list[Pattern]:
    """The documented outcomes of a use, as patterns."""
    chosen = [outcome for outcome in outcomes if outcome.use == use and outcome.happened is not None]
    return [
        Pattern(
            outcome.id,
            float(outcome.happened or 0.0),
            outcome.measure.is_binary,
            (weights or {}).get(outcome.id, 1.0),
        )
        for outcome in chosen
    ]


def scaled(patterns: Sequence[Pattern], values: Mapping[str, Floats]) -> list[Pattern]:
    """Numeric patterns with the standard deviation of their number over runs drawn from the priors."""
    fitted = []
    for pattern in patterns:
        known = values[pattern.name][~np.isnan(values[pattern.name])]
        spread = float(np.std(known)) if len(known) > 1 else 0.0
        fitted.append(pattern if pattern.binary else replace(pattern, scale=spread or 1.0))
    return fitted


def misses(patterns: Sequence[Pattern], values: Mapping[str, Floats]) -> Floats:
    """How far each run misses each pattern, shaped (runs, patterns)."""
    return np.column_stack([pattern.missed(values[pattern.name]) for pattern in patterns])


def distances(patterns: Sequence[Pattern], missed: Floats) -> Floats:
    """The weighted number of patterns that each run misses."""
    return np.asarray(missed @ np.array([pattern.weight for pattern in patterns]), np.float64)

"""Uncertain inputs as arrays: known once, or drawn anew for each run from coders' spread or a prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import stdev

import numpy as np
from numpy.typing import NDArray

from ..scenario.values import Prior as ScenarioPrior
from ..scenario.values import UncertainRecord
from ..vocabulary.priors import Prior
from .draws import draw

SMALLEST_SPREAD = 0.02
"""Coders who agree exactly are still not certain: least standard deviation of a coded position."""

Floats = NDArray[np.float32]


def prior_of(prior: ScenarioPrior) -> Prior:
    """A scenario file's prior in the form that the engine draws from."""
    value = getattr(prior, prior.form)
    return Prior(prior.form, tuple(value) if isinstance(value, tuple) else (float(value),))


def distribution(record: UncertainRecord) -> Prior:
    """The distribution that an uncertain value stands for; a point mass if it is known."""
    if record.value is not None:
        return Prior("fixed", (record.value,))
    if record.coders is not None:
        spread = stdev(record.coders) if len(record.coders) > 1 else 0.0
        return Prior("normal", (record.centre, max(spread, SMALLEST_SPREAD)))
    assert record.prior is not None
    return prior_of(record.prior)


@dataclass(frozen=True)
class Drawn:
    """An input on an axis of which some entities' values are drawn once a run."""

    name: str
    entities: tuple[str, ...]
    priors: tuple[Prior, ...]
    low: float = -np.inf
    high: float = np.inf
    keys: tuple[str, ...] = ()  # names of the draws, where some are another input's

    @property
    def names(self) -> tuple[str, ...]:
        """The name under which each entity's value is drawn: equal names are equal draws."""
        return self.keys or tuple(f"{self.name}:{entity}" for entity in self.entities)

    def draw(self, seed: int, runs: NDArray[np.int64]) -> Floats:
        """Values shaped (entities, runs)."""
        rows = [
            draw(prior, seed, runs, name, self.low, self.high)
            for name, prior in zip(self.names, self.priors, strict=True)
        ]
        return np.stack(rows) if rows else np.zeros((0, len(runs)), np.float32)


def known_or_drawn(
    name: str,
    entities: Sequence[str],
    records: Sequence[UncertainRecord],
    low: float = -np.inf,
    high: float = np.inf,
) -> Floats | Drawn:
    """A column of known values if all are known, else what draws them."""
    priors = tuple(distribution(record) for record in records)
    if all(prior.form == "fixed" for prior in priors):
        values = np.array([prior.numbers[0] for prior in priors], np.float32).reshape(-1, 1)
        return np.asarray(np.clip(values, low, high), np.float32)
    return Drawn(name, tuple(entities), priors, low, high)

"""Daily measures of many runs in little room: means and quantiles that do not depend on how runs were batched.

Quantiles come from integer counts on a grid of `GRID` + 1 points between a measure's low and high (values are
rounded to the nearest point, those beyond the ends count at the ends), so round values such as 0, a half or 1 are
exact and others are within half a grid step. Means come from sums of values rounded to 2**-24, which double
precision adds without error. Both are therefore the same whatever the order, the block or the chunk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .interfaces import Floats, MeasureSpec

GRID = 400
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FINE = float(2**24)
LARGEST = float(2**18)  # a million values as large as this, in units of 2**-24, still add up in 63 bits
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SeriesSummary:
    """By step and measure: runs with a value, mean, and the quantiles of `QUANTILES` (last axis)."""

    count: Ints
    mean: Floats
    quantiles: Floats


class SeriesTally:
    """Counts and sums of a series over runs: add blocks, merge tallies, summarise at the end."""

    def __init__(self, measures: Sequence[MeasureSpec], steps: int) -> None:
        self.steps = steps
        self.low = np.array([_finite(measure.low, 0.0) for measure in measures], dtype=np.float64)
        high = np.array([_finite(measure.high, 1.0) for measure in measures], dtype=np.float64)
        self.high = np.where(high > self.low, high, self.low + 1.0)
        self.cells = steps * len(measures)
        self.counts: Ints = np.zeros(self.cells * (GRID + 1), dtype=np.int64)
        self.sums: Ints = np.zeros(self.cells, dtype=np.int64)

    def add(self, series: npt.NDArray[np.float32]) -> None:
        """Add a block shaped (steps, measures, runs); missing values are left out."""
        measures, runs = series.shape[1], series.shape[2]
        if measures == 0 or runs == 0:
            return
        low = self.low[:, None].astype(np.float32)
        per_unit = (GRID / (self.high - self.low))[:, None].astype(np.float32)
        starts = (np.arange(measures) * (GRID + 1))[:, None]
        width = measures * (GRID + 1)
        counts = self.counts.reshape(self.steps, width)
        sums = self.sums.reshape(self.steps, measures)
        for step in range(self.steps):  # a step at a time: the temporaries stay in the processor's cache
            values = series[step]
            missing = np.isnan(values)
            some_missing = bool(missing.any())
            if some_missing:
                values = np.where(missing, low, values)
            at = np.clip(np.rint((values - low) * per_unit), 0, GRID).astype(np.int64)
            at += starts
            fine = np.rint(np.clip(values, -LARGEST, LARGEST).astype(np.float64) * FINE)
            if some_missing:
                at = at[~missing]
                fine[missing] = 0.0
            counts[step] += np.bincount(at.ravel(), minlength=width)
            sums[step] += fine.astype(np.int64).sum(axis=1)

    def merge(self, places: Ints, counts: Ints, sums: Ints) -> None:
        """Add another tally of the same measures, given sparsely."""
        self.counts[places] += counts
        self.sums += sums

    def sparse(self) -> tuple[Ints, Ints]:
        """Places and counts that are not zero."""
        places = np.flatnonzero(self.counts).astype(np.int64)
        return places, self.counts[places]

    def summary(self) -> SeriesSummary:
        """Mean and quantiles by step and measure; NaN where no run has a value."""
        measures = len(self.low)
        counts = self.counts.reshape(self.steps, measures, GRID + 1)
        total = counts.sum(axis=2)
        some = np.maximum(total, 1)
        mean = np.where(total > 0, self.sums.reshape(self.steps, measures) / FINE / some, np.nan)
        quantiles = np.full((self.steps, measures, len(QUANTILES)), np.nan)
        unit = (self.high - self.low) / GRID
        for step in range(self.steps):
            cumulated = counts[step].cumsum(axis=1)
            for column, share in enumerate(QUANTILES):
                reached = cumulated >= np.ceil(share * total[step])[:, None]
                point = reached.argmax(axis=1)
                quantiles[step, :, column] = np.where(total[step] > 0, self.low + point * unit, np.nan)
        return SeriesSummary(total, mean, quantiles)


def _finite(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise

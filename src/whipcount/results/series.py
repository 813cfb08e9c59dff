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
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .interfaces import Floats

if TYPE_CHECKING:
    from whipcount.vocabulary.program import MeasureSpec

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
        counts = self.counts.reshape(self.steps, measures * (GRID + 1))
        sums = self.sums.reshape(self.steps, measures)
        for step in range(self.steps):  # a step at a time: the temporaries stay in the processor's cache
            values = series[step]
            least, most = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
            if not (np.isfinite(least) & np.isfinite(most)).all() or max(-least.min(), most.max()) > LARGEST:
                self._add_missing(values, counts[step], sums[step])
                continue
            # many measures are the same in all runs for days: they are counted at once
            still, moving = np.flatnonzero(least == most), np.flatnonzero(least != most)
            counts[step, self._places(least[still], still)[:, 0]] += runs
            sums[step, still] += _fine(least[still, 0]) * runs
            if not moving.size:
                continue
            moved = values if not still.size else values[moving]
            counts[step] += np.bincount(self._places(moved, moving).ravel(), minlength=counts.shape[1])
            sums[step, moving] += _fine(moved).sum(axis=1)

    def _places(self, values: npt.NDArray[np.float32], measures: npt.NDArray[np.intp]) -> Ints:
        """Where values of some measures are counted within a step."""
        at = values - self.low[measures, None].astype(np.float32)
        at *= (GRID / (self.high - self.low))[measures, None].astype(np.float32)
        np.rint(at, out=at)
        np.clip(at, 0, GRID, out=at)
        places = at.astype(np.int64)
        places += (measures * (GRID + 1))[:, None]
        return places

    def _add_missing(self, values: npt.NDArray[np.float32], counts: Ints, sums: Ints) -> None:
        """Add a step of which some values are missing, infinite or very large."""
        missing = np.isnan(values)
        values = np.where(missing, self.low[:, None].astype(np.float32), values)
        at = self._places(values, np.arange(len(self.low)))
        fine = _fine(np.clip(values, -LARGEST, LARGEST))
        fine[missing] = 0
        counts += np.bincount(at[~missing], minlength=len(counts))
        sums += fine.sum(axis=1)

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


def _fine(values: npt.NDArray[np.float32]) -> Ints:
    """Values in units of 2**-24, which add up without error."""
    fine = np.multiply(values, FINE, dtype=np.float64)
    np.rint(fine, out=fine)
    return fine.astype(np.int64)


def _finite(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise

"""Shares of runs by a whole number, and other plain facts about a column of numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl


def numbers(column: pl.Series) -> npt.NDArray[np.float64]:
    """The values that are there."""
    values = column.cast(pl.Float64).to_numpy()
    present: npt.NDArray[np.float64] = values[~np.isnan(values)]
    return present


def shares(values: npt.NDArray[np.float64], most: int) -> tuple[float, ...]:
    """Shares of the values that round to 0, 1, ... `most` (the last: that or more)."""
    cells = np.bincount(np.clip(np.rint(values), 0, most).astype(np.int64), minlength=most + 1)
    return tuple((cells / max(len(values), 1)).tolist())

"""Agreement of coders: Krippendorff's alpha for values that differ in name, order, distance or proportion.

alpha = 1 - observed disagreement / disagreement expected by chance: 1 where coders agree on all units, 0 where their
values might as well have been dealt out by lot. Any number of coders; missing values are allowed (Krippendorff 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
RESAMPLES = 2_000


def coincidences(codes: Floats) -> tuple[Floats, Floats]:
    """The values that occur, and how often each pair of them stands in one unit: symmetric, (values, values).

    codes: (coders, units), nan where a coder has not coded a unit. Each unit counts as often as it has codes; units
    with fewer than two have nothing to agree about.
    """
    values = np.unique(codes[~np.isnan(codes)])
    # how often each value was given to each unit: (values, units)
    times = (codes[None] == values[:, None, None]).sum(axis=1).astype(float)
    coded = times.sum(axis=0)
    kept = coded > 1
    times, coded = times[:, kept], coded[kept]
    table = (times / (coded - 1)) @ times.T - np.diag((times / (coded - 1)).sum(axis=1))
    return values, np.asarray(table)


def differences(values: Floats, metric: Metric, counts: Floats) -> Floats:
    """The squared difference of each pair of values. counts: how often each occurs, which ranks need."""
    first, second = values[:, None], values[None]
    if metric == "nominal":
        return np.asarray((first != second).astype(float))
    if metric == "interval":
        return np.asarray((first - second) ** 2)
    if metric == "ratio":
        total = first + second
        return np.asarray(((first - second) / np.where(total != 0, total, 1.0)) ** 2)
    below = np.cumsum(counts) - counts / 2  # the middle of each value's ranks
    return np.asarray((below[:, None] - below[None]) ** 2)


def krippendorff_alpha(codes: Sequence[Sequence[float]] | Floats, metric: Metric = "nominal") -> float:
    """Alpha of codes (coders, units); nan where nothing varies or nothing is coded twice, so that nothing is told."""
    values, table = coincidences(np.asarray(codes, dtype=float))
    counts = table.sum(axis=1)
    total = counts.sum()
    if total < 2:
        return float("nan")
    apart = differences(values, metric, counts)
    expected = float((np.outer(counts, counts) * apart).sum()) / (total - 1)
    return 1 - float((table * apart).sum()) / expected if expected > 0 else float("nan")


def alpha_interval(codes: Floats, metric: Metric = "nominal", seed: int = 1) -> tuple[float, float]:
    """A 95% interval of alpha, units drawn again; nan where too few samples of them vary."""
    random = np.random.default_rng(seed)
    units = codes.shape[1]
    found = np.array([krippendorff_alpha(codes[:, random.integers(0, units, units)], metric) for _ in range(RESAMPLES)])
    known = found[~np.isnan(found)]
    if len(known) < RESAMPLES / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)

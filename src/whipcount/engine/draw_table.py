"""All that is drawn once a run, at once: the same numbers as `world.draws.draw` gives one by one, in less time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary import numerics
from whipcount.vocabulary.priors import Prior
from whipcount.world.draws import Doubles, Floats, quantile
from whipcount.world.uncertain import Drawn

_TOGETHER = 16  # rows of one form at once: their numbers stay in the processor's cache


@dataclass(frozen=True)
class Draw:
    """What is to be drawn under a name, and the range that it is kept in."""

    name: str
    prior: Prior
    low: float = -np.inf
    high: float = np.inf


class DrawTable:
    """Many draws at once."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self.draws = tuple(draws)
        self.rows_of: dict[str, list[int]] = {}
        for row, one in enumerate(self.draws):
            self.rows_of.setdefault(one.prior.form, []).append(row)
        self._streams = numerics.mix(numerics.stream_keys("prior", tuple(one.name for one in self.draws)))
        self._low = np.array([[one.low] for one in self.draws])
        self._high = np.array([[one.high] for one in self.draws])

    def values(self, seed: int, runs: NDArray[np.int64]) -> Floats:
        """One row for each draw, one column for each run."""
        out = np.empty((len(self.draws), len(runs)), np.float32)
        key, increment = numerics.run_keys(seed, runs)
        for form, rows in self.rows_of.items():
            if form == "fixed":
                out[rows] = np.array([self.draws[row].prior.numbers for row in rows], np.float32)
                continue
            for start in range(0, len(rows), _TOGETHER):
                some = rows[start : start + _TOGETHER]
                words = numerics.mix(self._streams[some] * increment + key) >> np.uint64(11)
                u = (words.astype(np.float64) + 0.5) * 2.0**-53
                values = self._quantiles(form, some, u)
                out[some] = np.minimum(np.maximum(values, self._low[some]), self._high[some])
        return out

    def _quantiles(self, form: str, rows: list[int], u: Doubles) -> Doubles:
        priors = [self.draws[row].prior for row in rows]
        if form in ("triangular", "loguniform") or len({len(prior.numbers) for prior in priors}) > 1:
            return np.stack([quantile(prior, line) for prior, line in zip(priors, u, strict=True)])
        numbers = np.array([prior.numbers for prior in priors]).T[:, :, np.newaxis]
        return quantile(Prior(form, tuple(numbers)), u)


def draws_of(drawn: Drawn) -> list[Draw]:
    """What an uncertain input draws for each of its entities."""
    return [Draw(name, prior, drawn.low, drawn.high) for name, prior in zip(drawn.names, drawn.priors, strict=True)]


__all__ = ["Draw", "DrawTable", "draws_of"]

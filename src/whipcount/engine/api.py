"""What a backend gives: the events, the daily series and the parameters of a block of runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class EventColumns:
    """Events as columns, sorted by run, step, verb and entity.

    verb indexes `plan.verbs`; entity is the row on the verb's axis; probability is NaN where an event has none.
    """

    run: NDArray[np.int64]
    step: NDArray[np.int32]
    verb: NDArray[np.int16]
    entity: NDArray[np.int32]
    value: NDArray[np.float32]
    probability: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True)
class BlockResult:
    """A block of runs. series is shaped (steps, measures, runs)."""

    first_run: int
    runs: int
    parameters: dict[str, NDArray[np.float32]]
    events: EventColumns
    series: NDArray[np.float32]

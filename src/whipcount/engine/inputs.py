"""What both backends are given for a block of runs: drawn parameters, drawn inputs, and the words of random streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RunError
from ..vocabulary import numerics
from ..vocabulary.program import Node, walk
from ..world.draws import draw
from .plan import Plan


class Inputs:
    """Draws what differs between runs. The same for a run whatever block it is computed in."""

    def __init__(self, plan: Plan) -> None:
        self.world = plan.world

    def parameters(
        self, seed: int, numbers: NDArray[np.int64], chosen: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[np.float32]]:
        """Parameters that have a prior, by name: chosen values, else draws."""
        drawn = {}
        for name, prior in self.world.drawn_parameters.items():
            values = chosen.get(name)
            if values is None:
                drawn[name] = draw(prior, seed, numbers, name, -np.inf, np.inf)
            elif np.shape(values) != (len(numbers),):
                raise RunError.one(
                    "WC310", f"parameter '{name}' needs {len(numbers)} values, one a run", "check the design"
                )
            else:
                drawn[name] = np.asarray(values, np.float32)
        unknown = set(chosen) - set(drawn)
        if unknown:
            name = sorted(unknown)[0]
            raise RunError.one(
                "WC311", f"'{name}' does not differ between runs of this scenario", "give it a prior first"
            )
        return drawn

    def given(self, seed: int, numbers: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        """Inputs of the world that are drawn anew for each run, by name: (entities, runs)."""
        return {name: maker.draw(seed, numbers) for name, maker in self.world.per_run.items()}


def stream_words(plan: Plan, slots: Iterable[int] | None = None) -> dict[int, NDArray[np.uint64]]:
    """The words of the program's random streams by slot, one row for each entity of the stream's axis."""
    axes = plan.world.structure.axes
    axis_of: dict[int, str | None] = {}
    for _, block in plan.program.steps:
        for statement in walk(block):
            if isinstance(statement, Node) and statement.op == "uniform":
                axis_of[int(str(statement.attrs[0]))] = statement.axis
    streams = plan.program.streams
    return {
        slot: numerics.stream_keys(streams[slot], axes[axis] if (axis := axis_of.get(slot)) else ("",))
        for slot in (range(len(streams)) if slots is None else slots)
    }


__all__ = ["Inputs", "stream_words"]

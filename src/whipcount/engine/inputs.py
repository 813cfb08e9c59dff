"""What both backends are given for a block of runs: drawn parameters, drawn inputs, and the words of random streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import RunError
from whipcount.vocabulary import numerics
from whipcount.vocabulary.program import Node, walk

from .draw_table import Draw, DrawTable, draws_of
from .plan import Plan


class Inputs:
    """Draws what differs between runs. The same for a run whatever block it is computed in."""

    def __init__(self, plan: Plan) -> None:
        world = plan.world
        self.parameter_names = tuple(world.drawn_parameters)
        self._parameters = DrawTable([Draw(name, prior) for name, prior in world.drawn_parameters.items()])
        self._rows: dict[str, slice] = {}
        draws: list[Draw] = []
        for name, drawn in world.per_run.items():
            self._rows[name] = slice(len(draws), len(draws) + len(drawn.entities))
            draws += draws_of(drawn)
        self._given = DrawTable(draws)

    def parameters(
        self, seed: int, numbers: NDArray[np.int64], chosen: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[np.float32]]:
        """Parameters that have a prior, by name: chosen values, else draws."""
        unknown = set(chosen) - set(self.parameter_names)
        if unknown:
            name = sorted(unknown)[0]
            raise RunError.one(
                "WC311", f"'{name}' does not differ between runs of this scenario", "give it a prior first"
            )
        drawn = dict(zip(self.parameter_names, self._parameters.values(seed, numbers), strict=True))
        for name, values in chosen.items():
            if np.shape(values) != (len(numbers),):
                raise RunError.one(
                    "WC310", f"parameter '{name}' needs {len(numbers)} values, one a run", "check the design"
                )
            drawn[name] = np.asarray(values, np.float32)
        return drawn

    def given(self, seed: int, numbers: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        """Inputs of the world that are drawn anew for each run, by name: (entities, runs)."""
        values = self._given.values(seed, numbers)
        return {name: values[rows] for name, rows in self._rows.items()}


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

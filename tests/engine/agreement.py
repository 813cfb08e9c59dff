"""Whether two backends gave the same histories, to the last bit."""

from __future__ import annotations

import numpy as np

from whipcount.engine import BlockResult

COLUMNS = ("run", "step", "verb", "entity", "value", "probability")


def assert_same(one: BlockResult, other: BlockResult) -> None:
    """Events, series and parameters have the same types, shapes and bytes."""
    assert one.first_run == other.first_run
    assert one.runs == other.runs
    for name in COLUMNS:
        _same(getattr(one.events, name), getattr(other.events, name), f"events.{name}")
    _same(one.series, other.series, "series")
    assert list(one.parameters) == list(other.parameters)
    for name, values in one.parameters.items():
        _same(values, other.parameters[name], name)


def _same(one: np.ndarray, other: np.ndarray, name: str) -> None:
    assert one.dtype == other.dtype, name
    assert one.shape == other.shape, name
    assert np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes(), name


def part(whole: BlockResult, first: int, runs: int) -> BlockResult:
    """Some of the runs of a block."""
    rows = (whole.events.run >= first) & (whole.events.run < first + runs)
    events = type(whole.events)(*(getattr(whole.events, column)[rows] for column in COLUMNS))
    span = slice(first - whole.first_run, first - whole.first_run + runs)
    parameters = {name: values[span] for name, values in whole.parameters.items()}
    return BlockResult(first, runs, parameters, events, np.ascontiguousarray(whole.series[:, :, span]))

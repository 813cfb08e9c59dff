"""What the generated NumPy code calls: cutting to some runs, masked writes, one-hot masks, event collection."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary import numerics

from ..api import EventColumns

Floats = NDArray[np.float32]
Masks = NDArray[np.bool_]
Columns = NDArray[np.intp] | None


def constant(value: float | bool) -> NDArray[Any]:
    """A constant as a (1, 1) array of the right type."""
    return np.array([[value]], np.bool_ if isinstance(value, bool) else np.float32)


def which(mask: Masks) -> Columns:
    """Columns where the mask is true; none means all of them."""
    if mask.shape[1] == 1 or mask.all():
        return None
    return np.flatnonzero(mask[0])


def within(outer: Columns, inner: Columns) -> Columns:
    """Columns of the whole block, from columns of an already cut one."""
    if inner is None:
        return outer
    return inner if outer is None else outer[inner]


def cut(x: NDArray[Any], columns: Columns) -> NDArray[Any]:
    """The given columns; the array itself where all are meant."""
    return x if columns is None else x.take(columns, axis=1)


def cut_copy(x: NDArray[Any], columns: Columns) -> NDArray[Any]:
    """As `cut`, always a new array."""
    return x.copy() if columns is None else x.take(columns, axis=1)


def cut1(x: NDArray[Any], columns: Columns) -> NDArray[Any]:
    """As `cut` for a vector, or for several."""
    return x if columns is None else x[..., columns]


def put(state: NDArray[Any], value: NDArray[Any], where: Masks | None, columns: Columns) -> None:
    """Masked assignment to a state, in the given columns."""
    if columns is None:
        if where is None:
            state[...] = value
        else:
            np.copyto(state, value, where=where)
        return
    if where is None:
        state[:, columns] = value
        return
    part = state.take(columns, axis=1)
    np.copyto(part, value, where=where)
    state[:, columns] = part


def number(mask: Masks) -> Floats:
    """1 where true, 0 elsewhere."""
    return mask.astype(np.float32)


def stack(values: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    """Rows from (1, runs) values."""
    width = max(value.shape[1] for value in values)
    return np.concatenate([np.broadcast_to(value, (1, width)) for value in values])


def first(mask: Masks) -> Masks:
    """One-hot of the first true row in each column."""
    out = np.zeros_like(mask)
    if not len(mask):
        return out
    columns = np.arange(mask.shape[1])
    rows = mask.argmax(axis=0)
    out[rows, columns] = mask[rows, columns]
    return out


def best(x: Floats, among: Masks) -> Masks:
    """One-hot of the largest value among the rows of the mask; the first of equals."""
    x, among = np.broadcast_arrays(x, among)
    masked = np.where(among, x, np.float32(-np.inf))
    out = np.zeros(masked.shape, np.bool_)
    if not len(masked):
        return out
    columns = np.arange(masked.shape[1])
    rows = masked.argmax(axis=0)
    out[rows, columns] = among[rows, columns]
    return out


def highest(x: Floats) -> Floats:
    """The largest value of each column."""
    return np.asarray(x.max(axis=0, keepdims=True, initial=-np.inf) + numerics.ZERO, np.float32)


class Weigher:
    """Product with a static matrix, summed in entity order; zeros have no influence, not even on infinities."""

    def __init__(self, matrix: Floats) -> None:
        self.rows, columns = matrix.shape
        entries = [np.flatnonzero(row) for row in matrix]
        longest = max((len(entry) for entry in entries), default=0)
        self.index = np.full((longest, self.rows), columns, np.intp)  # beyond the last: a row of zeros
        self.weight = np.zeros((longest, self.rows, 1), np.float32)
        for row, entry in enumerate(entries):
            self.index[: len(entry), row] = entry
            self.weight[: len(entry), row, 0] = matrix[row, entry]

    def __call__(self, x: Floats) -> Floats:
        out = np.zeros((self.rows, x.shape[1]), np.float32)
        extended = np.concatenate((x, np.zeros((1, x.shape[1]), np.float32)))
        for index, weight in zip(self.index, self.weight, strict=True):
            out += weight * extended[index]
        return out


class Taker:
    """Gives each entity the row of the one that it belongs to; zero (false) where it belongs to none."""

    def __init__(self, index: NDArray[np.int64]) -> None:
        self.index = index.astype(np.intp)
        self.missing = np.flatnonzero(index < 0)

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        out = x.take(np.maximum(self.index, 0), axis=0) if len(x) else np.zeros((len(self.index), x.shape[1]), x.dtype)
        if self.missing.size:
            out[self.missing] = 0
        return out


class Tally:
    """Probability that ayes outweigh noes in each body: exact for small bodies of single votes, else normal."""

    EXACT = 25

    def __init__(self, group_of: NDArray[np.int64], groups: int) -> None:
        self.members = [np.flatnonzero(group_of == group) for group in range(groups)]

    def __call__(self, *votes: Floats) -> Floats:
        runs = max(x.shape[1] for x in votes)
        out = np.zeros((len(self.members), runs), np.float32)
        for group, rows in enumerate(self.members):
            if rows.size:
                parts = [np.broadcast_to(x[rows], (rows.size, runs)) for x in votes]
                out[group] = self._group(*parts)
        return out

    def _group(self, yes: Floats, no: Floats, weight: Floats, variance: Floats) -> Floats:
        """Run by run: whether a run is counted exactly must not depend on the runs beside it."""
        few = ((weight == 0) | (weight == 1)).all(axis=0) & (np.count_nonzero(weight, axis=0) <= self.EXACT)
        if few.all():
            return self._exact(yes, no, weight)
        if not few.any():
            return self._normal(yes, no, weight, variance)
        normal = self._normal(yes, no, weight, variance)
        return np.asarray(np.where(few, self._exact(yes, no, weight), normal), np.float32)

    @staticmethod
    def _exact(yes: Floats, no: Floats, weight: Floats) -> Floats:
        votes = weight != 0
        yes, no = np.where(votes, yes, numerics.ZERO), np.where(votes, no, numerics.ZERO)
        members, runs = yes.shape
        chance = np.zeros((2 * members + 3, runs), np.float32)
        chance[members + 1] = 1.0
        for member in range(members):
            stay = np.float32(1.0) - yes[member] - no[member]
            moved = chance * stay
            moved[1:] += chance[:-1] * yes[member]
            moved[:-1] += chance[1:] * no[member]
            chance = moved
        return np.asarray(numerics.row_sum(chance[members + 2 :])[0], np.float32)

    @staticmethod
    def _normal(yes: Floats, no: Floats, weight: Floats, variance: Floats) -> Floats:
        mean = numerics.row_sum(weight * (yes - no))
        z = (mean - np.float32(0.5)) / np.sqrt(np.maximum(numerics.row_sum(variance), np.float32(1e-6)))
        z = np.minimum(np.maximum(z, np.float32(-9.0)), np.float32(9.0))
        slope: Floats = np.asarray(z * (np.float32(1.5976) + np.float32(0.07056) * z * z), np.float32)
        chance: Floats = (np.float32(1.0) / (np.float32(1.0) + numerics.exp(-slope)))[0]
        return chance


class Collector:
    """Collects what a simulation records: events as sparse columns, measures as a dense series."""

    def __init__(self, steps: int, measures: int, runs: int) -> None:
        self.runs = runs
        self.series = np.zeros((steps, measures, runs), np.float32)
        self._parts: list[tuple[int, int, Any, Any, Any, Any]] = []
        self.watched: list[tuple[int, int, dict[int, NDArray[Any]]]] = []

    def record(self, verb: int, where: Masks, value: Any, probability: Any, columns: Columns, step: int) -> None:
        """Events where the mask is true."""
        width = self.runs if columns is None else len(columns)
        if where.shape[1] != width:
            where = np.broadcast_to(where, (where.shape[0], width))
        if not where.any():
            return
        entities, runs = np.nonzero(where)
        values = _chosen(value, entities, runs, 0.0)
        chances = _chosen(probability, entities, runs, np.nan)
        self._parts.append((verb, step, entities, runs if columns is None else columns[runs], values, chances))

    def measure(self, first_row: int, value: Floats, step: int) -> None:
        """A daily measure."""
        self.series[step, first_row : first_row + value.shape[0]] = _canonical(value)

    def watch(self, decision: int, step: int, _columns: Columns, values: dict[int, NDArray[Any]]) -> None:
        """Values of a decision; only single runs are watched, so columns say nothing."""
        self.watched.append((decision, step, {number: np.array(value) for number, value in values.items()}))

    def step_done(self, step: int) -> None:
        """Called at the end of each step; this backend keeps nothing to write out then."""

    def events(self, first_run: int) -> EventColumns:
        """All events, sorted by run, step, verb and entity."""
        if not self._parts:
            none = np.zeros(0)
            return EventColumns(
                none.astype(np.int64),
                none.astype(np.int32),
                none.astype(np.int16),
                none.astype(np.int32),
                none.astype(np.float32),
                none.astype(np.float32),
            )
        sizes = [len(part[2]) for part in self._parts]
        verb = np.repeat(np.array([part[0] for part in self._parts], np.int16), sizes)
        step = np.repeat(np.array([part[1] for part in self._parts], np.int32), sizes)
        entity = np.concatenate([part[2] for part in self._parts]).astype(np.int32)
        run = np.concatenate([part[3] for part in self._parts]).astype(np.int64)
        value = np.concatenate([part[4] for part in self._parts])
        chance = np.concatenate([part[5] for part in self._parts])
        order = np.lexsort((entity, verb, step, run))
        return EventColumns(
            run[order] + first_run, step[order], verb[order], entity[order], value[order], chance[order]
        )


def _chosen(value: Any, entities: NDArray[np.intp], runs: NDArray[np.intp], otherwise: float) -> Floats:
    if value is None:
        return np.full(len(entities), otherwise, np.float32)
    rows = entities if value.shape[0] > 1 else np.zeros_like(entities)
    columns = runs if value.shape[1] > 1 else np.zeros_like(runs)
    return _canonical(value[rows, columns])


def _canonical(value: Floats) -> Floats:
    """One zero and one NaN: their signs depend on the machine."""
    out = np.asarray(value + numerics.ZERO, np.float32)
    missing = np.isnan(out)
    if missing.any():
        out[missing] = np.nan
    return out

"""The compiled backend: runs a plan's program as machine code, 32 runs side by side; the same numbers as NumPy's."""

from __future__ import annotations

import ctypes
import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import RunError
from whipcount.session import not_collecting
from whipcount.vocabulary import numerics

from ..api import BlockResult, EventColumns
from ..arithmetic import usual_arithmetic
from ..inputs import Inputs, stream_words
from ..numpy.backend import static_values
from ..plan import Plan
from .build import Library, build
from .code import Shape

LANES = 32
GROUPS = 16  # groups of lanes that go through a step side by side

_P = ctypes.c_void_p


class _Input(ctypes.Structure):
    _fields_ = (("row", ctypes.c_int32), ("rows", ctypes.c_int32), ("data", _P))


class _Sparse(ctypes.Structure):
    _fields_ = (("start", _P), ("column", _P), ("weight", _P))


class _Chances(ctypes.Structure):
    _fields_ = (("key", _P), ("increment", _P), ("total", ctypes.c_int64))


class _Order(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("offset", "runs", "total")),
        *((name, ctypes.c_int32) for name in ("steps", "groups", "inputs", "tables", "measures", "mechanisms")),
        *((name, _P) for name in ("key", "increment", "input", "initial_numbers", "initial_masks", "statics")),
        *((name, _P) for name in ("static_masks", "table", "table_rows", "matrix", "stream", "day", "series", "spent")),
        ("chances", _P),
    )


class _Log(ctypes.Structure):
    _fields_ = (("events", _P), ("recorded", ctypes.c_int64), ("room", ctypes.c_int64))


@dataclass(frozen=True)
class _Facts:
    """What is the same for all runs, in the form that the library expects; arrays live as long as their addresses."""

    initial_numbers: NDArray[np.float32]
    initial_masks: NDArray[np.uint32]
    statics: NDArray[np.float32]
    static_masks: NDArray[np.uint32]
    tables: NDArray[np.uintp]
    table_rows: NDArray[np.int32]
    matrices: Any
    streams: NDArray[np.uint64]
    days: NDArray[np.float32]
    held: tuple[Any, ...]


class CompiledBackend:
    """Runs a plan. One instance serves any number of blocks, from any thread; it holds no state between them."""

    name = "compiled"

    @not_collecting()
    def __init__(self, plan: Plan, *, threads: int = 1, library: Library | None = None, groups: int = GROUPS) -> None:
        self.plan = plan
        self.threads = threads
        self.groups = groups
        self.inputs = Inputs(plan)
        self.library = library or build(plan)
        self._facts = _facts(plan, self.library.shape)
        self.spent = np.zeros(len(plan.mechanisms), np.int64)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of how the library was made."""
        return self.library.notes

    @usual_arithmetic()
    def run(
        self,
        seed: int,
        first_run: int,
        runs: int,
        parameters: Mapping[str, NDArray[Any]] | None = None,
        worlds: NDArray[np.int64] | None = None,
        chances: NDArray[np.int64] | None = None,
    ) -> BlockResult:
        """Simulate `runs` runs from number `first_run` on; `parameters` overrides draws of the priors, by run.

        worlds: the runs whose parameters and inputs each one has, in place of its own: what was drawn there, met by
        new chance. chances: (numerics.CLASSES, runs) the runs whose draws of each class each one meets.
        """
        numbers = np.arange(first_run, first_run + runs, dtype=np.int64)
        drawn_as = numbers if worlds is None else worlds
        drawn = self.inputs.parameters(seed, drawn_as, parameters or {})
        given = self.inputs.given(seed, drawn_as)
        keys = numerics.run_keys(seed, numbers if chances is None else numerics.check_chances(chances, runs))
        series = np.zeros((self.plan.steps, len(self.plan.measures), runs), np.float32)
        logs = self._simulate(_Block(runs, drawn, given, keys, series))
        return BlockResult(first_run, runs, drawn, self._events(logs, first_run), series)

    def _simulate(self, block: _Block) -> list[_Log]:
        """Simulate a block on one or several threads; the events of each thread's runs, in order."""
        shares = [(offset, runs, _Log()) for offset, runs in _shares(block.runs, self.threads)]
        failed: list[int] = []

        def simulate(offset: int, runs: int, log: _Log) -> None:
            spent = np.zeros_like(self.spent)
            order, held = self._order(block, offset, runs, spent)
            if not self.library.run(ctypes.byref(order), ctypes.byref(log)):
                failed.append(offset)
            del held
            self.spent += spent

        workers = [threading.Thread(target=simulate, args=share) for share in shares[1:]]
        for worker in workers:
            worker.start()
        simulate(*shares[0])
        for worker in workers:
            worker.join()
        if failed:
            for _, _, log in shares:
                self.library.free(ctypes.byref(log))
            raise RunError.one("WC341", f"not enough memory for {block.runs} runs at once", "run smaller blocks")
        return [log for _, _, log in shares]

    def _order(self, block: _Block, offset: int, runs: int, spent: NDArray[np.int64]) -> tuple[_Order, tuple[Any, ...]]:
        shape, facts = self.library.shape, self._facts
        rows: list[tuple[int, NDArray[np.float32]]] = []
        for name, row in shape.parameters.items():
            rows.append((row, np.ascontiguousarray(block.drawn[name], np.float32).reshape(1, -1)))
        for name, (_, row) in shape.given.items():
            rows.append((row, np.ascontiguousarray(block.given[name], np.float32)))
        for name, spec in self.plan.program.states.items():
            if isinstance(spec.initial, str) and spec.initial in block.given:
                rows.append((shape.states[name][1], np.ascontiguousarray(block.given[spec.initial], np.float32)))
        inputs = (_Input * (len(rows) + 1))(*(_Input(row, len(data), data.ctypes.data) for row, data in rows))
        order = _Order(
            offset, runs, block.runs, self.plan.steps, self.groups, len(rows), len(facts.table_rows),
            len(self.plan.measures), len(self.plan.mechanisms), block.keys[0].ctypes.data, block.keys[1].ctypes.data,
            ctypes.addressof(inputs), facts.initial_numbers.ctypes.data, facts.initial_masks.ctypes.data,
            facts.statics.ctypes.data, facts.static_masks.ctypes.data, facts.tables.ctypes.data,
            facts.table_rows.ctypes.data, ctypes.addressof(facts.matrices), facts.streams.ctypes.data,
            facts.days.ctypes.data, block.series.ctypes.data, spent.ctypes.data, None,
        )  # fmt: skip
        chances = _Chances(block.keys[0].ctypes.data, block.keys[1].ctypes.data, block.runs)
        if block.keys[0].ndim > 1:
            order.chances = ctypes.addressof(chances)
        return order, (rows, inputs, chances)

    def _events(self, logs: Sequence[_Log], first_run: int) -> EventColumns:
        count = sum(log.recorded for log in logs)
        kinds = (np.int64, np.int32, np.int16, np.int32, np.float32, np.float32)
        columns = [np.empty(count, kind) for kind in kinds]
        done = 0
        for log in logs:
            addresses = [column.ctypes.data + done * column.itemsize for column in columns]
            self.library.columns(ctypes.byref(log), first_run, *addresses)
            done += log.recorded
            self.library.free(ctypes.byref(log))
        return EventColumns(*columns)


@dataclass(frozen=True)
class _Block:
    """What is known of the runs of one call."""

    runs: int
    drawn: Mapping[str, NDArray[np.float32]]
    given: Mapping[str, NDArray[np.float32]]
    keys: tuple[NDArray[np.uint64], NDArray[np.uint64]]  # by run; by class of draws and run where chances are given
    series: NDArray[np.float32]


def _shares(runs: int, threads: int) -> list[tuple[int, int]]:
    """Offset and number of the runs of each thread: whole groups of lanes but for the last."""
    groups = -(-runs // LANES)
    threads = max(1, min(threads, groups))
    bounds = [min(runs, LANES * (groups * index // threads)) for index in range(threads + 1)]
    return [(low, high - low) for low, high in itertools.pairwise(bounds)]


def _facts(plan: Plan, shape: Shape) -> _Facts:
    world = plan.world
    static = static_values(plan)
    numbers, masks = np.zeros(shape.static_numbers + 1, np.float32), np.zeros(shape.static_masks + 1, np.uint32)
    for number, (area, row) in shape.statics.items():
        _put(masks if area == "k" else numbers, row, static[number])
    first_numbers, first_masks = np.zeros(shape.numbers + 1, np.float32), np.zeros(shape.masks + 1, np.uint32)
    for name, spec in plan.program.states.items():
        area, row = shape.states[name]
        to = first_masks if area == "m" else first_numbers
        rows = len(world.structure.axes[spec.axis]) if spec.axis else 1
        if not isinstance(spec.initial, str):
            _put(to, row, np.full((rows, 1), spec.initial, np.float32))
        elif spec.initial in world.static:
            _put(to, row, np.broadcast_to(world.static[spec.initial], (rows, 1)))
    for row, count in shape.epochs:
        first_numbers[row : row + count] = np.nan  # no epoch has been seen yet
    tables = [np.ascontiguousarray(world.tables[name], np.float32) for name in shape.tables]
    sparse = [_sparse(world.matrices[name]) for name in shape.matrices]
    streams = np.zeros(shape.stream_rows + 1, np.uint64)
    for slot, words in stream_words(plan, shape.streams).items():
        streams[shape.streams[slot] : shape.streams[slot] + len(words)] = words[:, 0]
    return _Facts(
        first_numbers,
        first_masks,
        numbers,
        masks,
        np.array([table.ctypes.data for table in tables] or [0], np.uintp),
        np.array([table.shape[1] for table in tables], np.int32),
        (_Sparse * (len(sparse) + 1))(*(_Sparse(*(part.ctypes.data for part in parts)) for parts in sparse)),
        streams,
        (np.arange(world.steps) * world.step_days).astype(np.float32),
        (tables, sparse),
    )


def _put(array: NDArray[Any], row: int, values: NDArray[Any]) -> None:
    column = values[:, 0]
    array[row : row + len(column)] = np.where(column, 0xFFFFFFFF, 0) if array.dtype == np.uint32 else column


def _sparse(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """A matrix by rows without its zeros: where each row begins, columns, weights."""
    rows, columns = np.nonzero(matrix)
    start = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0])))).astype(np.int32)
    return start, columns.astype(np.int32), np.ascontiguousarray(matrix[rows, columns], np.float32)


__all__ = ["CompiledBackend"]

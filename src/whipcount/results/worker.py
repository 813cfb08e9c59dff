"""A worker process of an ensemble: computes the chunks that it is told to, and writes each one whole.

Pickled messages come on standard input and go to standard output:
first what to compute (the scenario travels whole, the engine is made here), then one chunk at a time. A script that
runs an ensemble therefore needs no `if __name__ == "__main__"`, and a killed parent leaves no worker behind.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from whipcount.errors import WhipcountError

from .chunks import Chunk, ChunkRecorder, write_chunk
from .interfaces import EngineMaker, Parameters
from .names import EventNames
from .outcomes import OutcomeEvaluator, binary_outcomes


@dataclass(frozen=True)
class Task:
    """What an ensemble computes, as sent to each worker once."""

    loaded: Any
    interventions: Sequence[object]
    engine_maker: EngineMaker
    seed: int
    block: int
    folder: Path
    key: str


@dataclass(frozen=True)
class Order:
    """One chunk to compute, with the given parameters of its runs."""

    chunk: Chunk
    parameters: Parameters | None


def recorder_of(task: Task) -> ChunkRecorder:
    """The recorder of a task: makes the engine and resolves the outcomes."""
    engine = task.engine_maker(task.loaded, task.interventions)
    names = EventNames(engine.plan, engine.world)
    evaluator = OutcomeEvaluator.of(task.loaded, engine.plan, engine.world, names)
    return ChunkRecorder(engine, evaluator, names, binary_outcomes(task.loaded.scenario))


def serve(orders: IO[bytes], reports: IO[bytes]) -> None:
    """Compute chunks until the orders end or the parent is gone."""
    parent = os.getppid()

    def report(*message: object) -> None:
        if os.getppid() != parent:
            os._exit(0)  # the parent was killed: nobody waits for this chunk
        pickle.dump(message, reports)
        reports.flush()

    try:
        task: Task = pickle.load(orders)
        recorder = recorder_of(task)
        report("ready")
        while True:
            order: Order = pickle.load(orders)
            chunk = order.chunk
            tables = recorder.compute(chunk, task.seed, task.block, order.parameters, lambda runs: report("runs", runs))
            report("chunk", chunk.index, write_chunk(task.folder, task.key, chunk, tables))
    except EOFError:
        return
    except WhipcountError as error:
        report("coded", type(error), error.problems)
    except BaseException as error:
        import traceback

        report("failed", f"{type(error).__name__}: {error}", traceback.format_exc())


def main() -> None:
    """Keep the pipe for messages only: whatever else prints goes to standard error."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, reports)
    except BrokenPipeError:
        os._exit(0)

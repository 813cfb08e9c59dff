"""Chunks computed by this process or by several, in any order; every finished chunk is a whole file at once."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

from whipcount.errors import RunError

from .chunks import Chunk, write_chunk
from .interfaces import Parameters
from .worker import Order, Task, recorder_of

Done = tuple[Chunk, str]
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


def compute_chunks(
    task: Task,
    chunks: Sequence[Chunk],
    parameters: Parameters | None,
    workers: int,
    progress: Callable[[int], None],
) -> Iterator[Done]:
    """Compute and write chunks; yields each with its SHA-256 as it is done. `progress` is told of runs computed."""
    workers = min(workers, len(chunks))
    if workers > 1:
        yield from _Workers(task, parameters, progress).compute(chunks, workers)
        return
    recorder = recorder_of(task) if chunks else None
    for chunk in chunks:
        assert recorder is not None
        tables = recorder.compute(chunk, task.seed, task.block, _of_chunk(parameters, chunk), progress)
        yield chunk, write_chunk(task.folder, task.key, chunk, tables)


def _of_chunk(parameters: Parameters | None, chunk: Chunk) -> Parameters | None:
    if parameters is None:
        return None
    return {name: values[chunk.first : chunk.first + chunk.runs] for name, values in parameters.items()}


class _Workers:
    """Worker processes and the queue of what they report."""

    def __init__(self, task: Task, parameters: Parameters | None, progress: Callable[[int], None]) -> None:
        self.task = task
        self.parameters = parameters
        self.progress = progress
        self.reports: queue.Queue[tuple[int, tuple[Any, ...] | None]] = queue.Queue()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.listeners: list[threading.Thread] = []

    def compute(self, chunks: Sequence[Chunk], workers: int) -> Iterator[Done]:
        """Give each idle worker the next chunk until all are done."""
        waiting = list(reversed(chunks))
        by_index = {chunk.index: chunk for chunk in chunks}
        missing = len(chunks)
        try:
            for number in range(workers):
                self._start(number)
            while missing:
                number, report = self.reports.get()
                if report is None:
                    raise self._died(number)
                kind, *details = report
                if kind == "runs":
                    self.progress(details[0])
                    continue
                if kind == "chunk":
                    missing -= 1
                    yield by_index[details[0]], details[1]
                elif kind != "ready":
                    raise _failure(kind, details)
                if waiting:
                    chunk = waiting.pop()
                    self._send(number, Order(chunk, _of_chunk(self.parameters, chunk)))
        finally:
            self._stop()

    def _start(self, number: int) -> None:
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        for name in SINGLE_THREADED:
            environment.setdefault(name, "1")
        # its own process group: Ctrl-C reaches this process alone, which then ends the workers in good order
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        process = subprocess.Popen(
            [sys.executable, "-c", "from whipcount.results.worker import main; main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, **group,
        )  # fmt: skip
        self.processes.append(process)
        self.listeners.append(threading.Thread(target=self._listen, args=(number, process), daemon=True))
        self.listeners[-1].start()
        self._send(number, self.task)

    def _send(self, number: int, message: object) -> None:
        stream = cast(IO[bytes], self.processes[number].stdin)
        try:
            pickle.dump(message, stream)
            stream.flush()
        except BrokenPipeError:
            raise self._died(number) from None

    def _listen(self, number: int, process: subprocess.Popen[bytes]) -> None:
        stream = cast(IO[bytes], process.stdout)
        try:
            while True:
                self.reports.put((number, pickle.load(stream)))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self.reports.put((number, None))

    def _died(self, number: int) -> RunError:
        code = self.processes[number].wait()
        hint = "what is finished is kept: run the same command again" + (
            ", with fewer --workers if memory is short" if code == -9 else ""
        )
        error = RunError.one("WC340", f"a worker process ended unexpectedly (exit code {code})", hint)
        assert isinstance(error, RunError)
        return error

    def _stop(self) -> None:
        for process in self.processes:
            process.kill()  # chunk files are written whole, so there is nothing to finish
        for process, listener in zip(self.processes, self.listeners, strict=True):
            process.wait()
            listener.join()  # it reads to the end of the pipe, which may only be closed after it
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()


def _failure(kind: str, details: Sequence[Any]) -> Exception:
    """What went wrong in a worker, as if it had happened here."""
    if kind == "coded":
        error_type, problems = details
        return cast(Exception, error_type(*problems))
    message, trace = details
    failure = RuntimeError(message)
    failure.add_note(f"in a worker process:\n{trace}")
    return failure

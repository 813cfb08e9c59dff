"""Many computations over several processes, in any order; in this process where one is enough.

A job travels to each worker once and is made ready there; then orders go out one at a time to whoever is idle. The
workers are Python processes of their own, fed with pickled messages through pipes, so that a script needs no
`if __name__ == "__main__"`, and a killed parent leaves none behind.
"""

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
from typing import IO, Any, Generic, Protocol, TypeVar, cast

from whipcount import session
from whipcount.errors import RunError, WhipcountError

Order = TypeVar("Order")
Answer = TypeVar("Answer")
Order_contra = TypeVar("Order_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
Progress = Callable[[int], None]
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
AGAIN = "try again with fewer --workers"

_hearers: list[Progress] = []
_begun: list[object] = []  # the job that was last made ready here, before workers started


def start_worker(module: str) -> subprocess.Popen[bytes]:
    """A process of its own that runs `main()` of a module, orders on its input and answers on its output.

    It finds packages where this process does, and (-P) nothing in the folder that it happens to stand in.
    """
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    for name in SINGLE_THREADED:
        environment.setdefault(name, "1")
    # its own process group: Ctrl-C reaches this process alone, which then ends the workers in good order
    group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", f"from {module} import main; main()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, **group,
    )  # fmt: skip


class Job(Protocol[Order_contra, Answer_co]):
    """What is computed: picklable; `begin` makes it ready in the process that computes it."""

    def begin(self) -> Callable[[Order_contra], Answer_co]:
        """The function that answers an order."""


def tell(done: int) -> None:
    """For a job: so much of an order is done; reaches the `progress` of who spread the job, also from a worker."""
    if _hearers:
        _hearers[-1](done)


def spread(
    job: Job[Order, Answer],
    orders: Sequence[Order],
    workers: int = 1,
    *,
    progress: Progress | None = None,
    if_killed: str = AGAIN,
) -> Iterator[tuple[int, Answer]]:
    """Answers to the orders as they come, each with the order's place in the list.

    progress: is told what the job tells; if_killed: what to try if a worker is ended from outside.
    """
    workers = min(workers, len(orders))
    if workers <= 1:
        answer = job.begin() if orders else None
        for place, order in enumerate(orders):
            assert answer is not None
            with _heard(progress):
                found = answer(order)
            yield place, found
        return
    _begin_here(job)
    yield from _Pool(job, progress, if_killed).run(orders, workers)


def _begin_here(job: object) -> None:
    """Make a job ready here first: what is to be compiled is compiled once, and mistakes come before any worker.

    A job that begins late may say with `prepare` what is to be made ready.
    """
    if not any(job is one for one in _begun):
        getattr(job, "prepare", cast(Any, job).begin)()
        _begun[:] = [job]


@contextlib.contextmanager
def _heard(progress: Progress | None) -> Iterator[None]:
    _hearers.append(progress or (lambda _: None))
    try:
        yield
    finally:
        _hearers.pop()


class _Pool(Generic[Order, Answer]):
    """Worker processes and the queue of what they report."""

    def __init__(self, job: Job[Order, Answer], progress: Progress | None, if_killed: str) -> None:
        self.job = job
        self.progress = progress
        self.if_killed = if_killed
        self.reports: queue.Queue[tuple[int, tuple[Any, ...] | None]] = queue.Queue()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.listeners: list[threading.Thread] = []

    def run(self, orders: Sequence[Order], workers: int) -> Iterator[tuple[int, Answer]]:
        """Give each idle worker the next order until all are answered."""
        waiting = list(reversed(list(enumerate(orders))))
        missing = len(orders)
        try:
            for number in range(workers):
                self._start(number)
            while missing:
                number, report = self.reports.get()
                if report is None:
                    raise self._died(number)
                kind, *details = report
                if kind == "told":
                    if self.progress is not None:
                        self.progress(details[0])
                    continue
                if kind == "answer":
                    missing -= 1
                    yield details[0], details[1]
                elif kind != "ready":
                    raise _failure(kind, details)
                if waiting:
                    self._send(number, waiting.pop())
        finally:
            self._stop()

    def _start(self, number: int) -> None:
        process = start_worker(__name__)
        self.processes.append(process)
        self.listeners.append(threading.Thread(target=self._listen, args=(number, process), daemon=True))
        self.listeners[-1].start()
        self._send(number, session.for_workers())
        self._send(number, self.job)

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

    def _died(self, number: int) -> WhipcountError:
        code = self.processes[number].wait()
        return RunError.one("WC340", f"a worker process ended unexpectedly (exit code {code})", self.if_killed)

    def _stop(self) -> None:
        for process in self.processes:
            process.kill()  # files are written whole, so there is nothing to finish
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


def serve(orders: IO[bytes], reports: IO[bytes]) -> None:
    """Answer orders until they end or the parent is gone."""
    parent = os.getppid()

    def report(*message: object) -> None:
        if os.getppid() != parent:
            os._exit(0)  # the parent was killed: nobody waits for this answer
        pickle.dump(message, reports)
        reports.flush()

    try:
        session.begin(pickle.load(orders))
        answer = pickle.load(orders).begin()
        report("ready")
        with _heard(lambda done: report("told", done)):
            while True:
                place, order = pickle.load(orders)
                report("answer", place, answer(order))
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
        with session.listening(lambda _: None):  # the process that started this one has said it already
            serve(sys.stdin.buffer, reports)
    except BrokenPipeError:
        os._exit(0)

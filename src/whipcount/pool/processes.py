"""Worker processes of this machine, fed with pickled messages through pipes.

A script needs no `if __name__ == "__main__"`; a killed parent leaves none behind; one worker can be ended without the
others, and what an order may take of memory is limited, which the executors of libraries do not offer.
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
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from whipcount import session
from whipcount.errors import RunError, WebError, WhipcountError

from .work import Answer, Job, Order, ReadyJobs, failure, packed, reported, told_to, unpacked

Report = tuple[Any, ...]  # ("ready",), ("told", done, whole), ("answer", answer), ("coded", ...), ("failed", ...)
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


def spread_over_processes(
    job: Job[Order, Answer],
    orders: Sequence[Order],
    workers: int,
    told: Callable[[int, int], None],
    if_killed: str,
) -> Iterator[tuple[int, Answer]]:
    """Give each idle worker the next order until all are answered."""
    reports: queue.Queue[tuple[Worker, Report | None]] = queue.Queue()
    shared = pickle.dumps((job,))
    packed_job = packed(job, (job,))
    waiting = iter(enumerate(orders))
    busy: dict[Worker, int] = {}
    missing = len(orders)
    hired: list[Worker] = []
    try:
        for _ in range(workers):
            hired.append(Worker(lambda worker, report: reports.put((worker, report)), shared))
            hired[-1].listen()
        while missing:
            worker, report = reports.get()
            if report is None:
                code = worker.process.wait()
                raise RunError.one("WC340", f"a worker process ended unexpectedly (exit code {code})", if_killed)
            kind, *details = report
            if kind == "told":
                told(details[0], details[1])
                continue
            if kind == "answer":
                missing -= 1
                yield busy.pop(worker), details[0]
            elif kind != "ready":
                raise failure(kind, details)
            following = next(waiting, None)
            if following is not None:
                busy[worker], order = following
                worker.send(Message("", packed_job, order))
    finally:
        for worker in hired:
            worker.kill()  # files are written whole, so there is nothing to finish
        for worker in hired:
            worker.close()


# -- a worker as its owner sees it ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """An order on its way: of the job called `key`, packed; memory: bytes it may add (None: as it comes)."""

    key: str
    job: bytes
    order: Any
    memory: int | None = None


@dataclass(frozen=True)
class _Greeting:
    """What a worker is told first: the session, what jobs share (so that it travels once), how far it stands back."""

    session: session.Session
    shared: bytes
    nice: int


class Worker:
    """One worker process. `on_report` is called with every report, from a thread of this object; at its end with None.

    shared: a pickled sequence of what many jobs hold. nice: added to the process's niceness, where there is such.
    """

    def __init__(self, on_report: Callable[[Worker, Report | None], None], shared: bytes = b"", nice: int = 0) -> None:
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        for name in SINGLE_THREADED:
            environment.setdefault(name, "1")
        # its own process group: Ctrl-C reaches this process alone, which then ends the workers in good order
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        # packages are found where this process finds them, and (-P) nothing in the folder that it happens to stand in
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, **group,
        )  # fmt: skip
        self._on_report = on_report
        self._greeting = _Greeting(session.for_workers(), shared or pickle.dumps(()), nice)
        self._listener = threading.Thread(target=self._listen, name="worker", daemon=True)

    def listen(self) -> None:
        """Begin to hear the worker (apart from starting it, so that its owner knows it before the first report)."""
        self._listener.start()

    def send(self, message: Message) -> None:
        """Give it an order; where it has ended, its last report says so."""
        with contextlib.suppress(OSError):
            self._write(message)

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """End it and wait until nothing of it is left."""
        self.kill()
        self.process.wait()
        if self._listener.is_alive() and self._listener is not threading.current_thread():
            self._listener.join(5.0)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _write(self, message: object) -> None:
        stream = cast(IO[bytes], self.process.stdin)
        stream.write(pickle.dumps(message))
        stream.flush()

    def _listen(self) -> None:
        """Greet it (here, since it takes what is shared at its own pace), then hear it to its end."""
        stream = cast(IO[bytes], self.process.stdout)
        try:
            self._write(self._greeting)
            while True:
                self._on_report(self, pickle.load(stream))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._on_report(self, None)


# -- in a worker ---------------------------------------------------------------------------------------------------


def serve(messages: IO[bytes], reports: IO[bytes]) -> None:
    """Answer orders until they end or the parent is gone."""
    parent = os.getppid()

    def report(*message: object) -> None:
        if os.getppid() != parent:
            os._exit(0)  # the parent was killed: nobody waits for this answer
        reports.write(pickle.dumps(message))
        reports.flush()

    ready = ReadyJobs()
    greeting: _Greeting = pickle.load(messages)
    if greeting.nice and hasattr(os, "nice"):
        os.nice(greeting.nice)
    session.begin(greeting.session)
    shared = pickle.loads(greeting.shared)
    report("ready")
    with told_to(lambda done, whole: report("told", done, whole)):
        while True:
            message: Message = pickle.load(messages)
            try:
                answer_order = ready.get(message.key, partial(unpacked, message.job, shared))
                with memory_limited(message.memory):
                    answer = answer_order(message.order)
                report("answer", answer)
            except Exception as error:
                if isinstance(error, MemoryError):
                    ready.clear()
                    error = too_much_memory() if message.memory is not None else error
                report(*reported(error))


def too_much_memory() -> WhipcountError:
    """What is said where the limit of memory stopped an order."""
    return WebError.one("WC714", "this takes more memory than a question may have here", "ask with a smaller table")


@contextlib.contextmanager
def memory_limited(extra: int | None) -> Iterator[None]:
    """Within the block, this process may take so many bytes more than it has; where the system can say so."""
    taken = None if extra is None or sys.platform == "win32" else _address_space()
    if extra is None or taken is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = taken + extra if hard == resource.RLIM_INFINITY else min(taken + extra, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):  # pragma: no cover - systems without /proc
        return None


def main() -> None:
    """Keep the pipe for messages only: whatever else prints goes to standard error."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        with session.listening(lambda _: None):  # the process that started this one has said it already
            serve(sys.stdin.buffer, reports)
    except (BrokenPipeError, EOFError):
        os._exit(0)

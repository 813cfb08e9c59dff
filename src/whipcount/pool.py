"""The one pool of workers: computations spread over processes, for ensembles, questions and the explorer's queue.

Workers are Python processes of their own, fed with pickled messages through pipes. A script needs no
`if __name__ == "__main__"`; a killed parent leaves none behind; one worker can be ended without the others, and what
an order may take of memory is limited, which the executors of libraries do not offer.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar, cast

from whipcount import session
from whipcount.errors import RunError, WebError, WhipcountError, short_of_memory

Order = TypeVar("Order")
Answer = TypeVar("Answer")
Order_contra = TypeVar("Order_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
Report = tuple[Any, ...]  # ("ready",), ("told", done, whole), ("answer", answer), ("coded", ...), ("failed", ...)
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
AGAIN = "try again with fewer --workers"
READY = 24  # jobs kept ready in a worker: as many as may take turns, or each would begin anew with every order

_listeners: list[Callable[[int, int], None]] = []
_begun: list[object] = []  # the job that was last made ready here, before workers started


class Job(Protocol[Order_contra, Answer_co]):
    """What is computed: picklable; `begin` makes it ready in the process that computes it."""

    def begin(self) -> Callable[[Order_contra], Answer_co]:
        """The function that answers an order."""


def tell(done: int, whole: int = 0) -> None:
    """For a job: so much of an order (of so much in all) is done; reaches who asked, also from a worker."""
    if _listeners:
        _listeners[-1](done, whole)


@contextlib.contextmanager
def _told(listener: Callable[[int, int], None]) -> Iterator[None]:
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.pop()


# -- one job over several workers ----------------------------------------------------------------------------------


def spread(
    job: Job[Order, Answer],
    orders: Sequence[Order],
    workers: int = 1,
    *,
    progress: Callable[[int], None] | None = None,
    if_killed: str = AGAIN,
) -> Iterator[tuple[int, Answer]]:
    """Answers to the orders as they come, each with the order's place in the list; in this process for one worker.

    progress: is told what the job tells; if_killed: what to try if a worker is ended from outside (WC340).
    """

    def told(done: int, _: int) -> None:
        if progress is not None:
            progress(done)

    workers = min(workers, len(orders))
    if workers > 1:
        _begin_here(job)
        yield from _spread(job, orders, workers, told, if_killed)
    elif orders:
        answer = job.begin()
        for place, order in enumerate(orders):
            with _told(told):
                found = answer(order)
            yield place, found


def _begin_here(job: object) -> None:
    """Make a job ready here first: what is to be compiled is compiled once, and mistakes come before any worker.

    A job that begins late may say with `prepare` what is to be made ready.
    """
    if not any(job is one for one in _begun):
        getattr(job, "prepare", cast(Any, job).begin)()
        _begun[:] = [job]


def _spread(
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
                raise _failure(kind, details)
            following = next(waiting, None)
            if following is not None:
                busy[worker], order = following
                worker.send(Message("", packed_job, order))
    finally:
        for worker in hired:
            worker.kill()  # files are written whole, so there is nothing to finish
        for worker in hired:
            worker.close()


def _failure(kind: str, details: Sequence[Any]) -> Exception:
    """What went wrong in a worker, as if it had happened here."""
    if kind == "coded":
        error_type, problems = details
        return cast(Exception, error_type(*problems))
    message, trace = details
    failure = RuntimeError(message)
    failure.add_note(f"in a worker process:\n{trace}")
    return failure


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


def packed(job: object, shared: Sequence[object]) -> bytes:
    """A job as it travels; what is shared is only named in it."""
    stream = io.BytesIO()
    _Packer(stream, shared).dump(job)
    return stream.getvalue()


def unpacked(content: bytes, shared: Sequence[object]) -> Any:
    """A job as it arrived, with what is shared put back in its place."""
    return _Unpacker(io.BytesIO(content), shared).load()


class _Packer(pickle.Pickler):
    def __init__(self, stream: IO[bytes], shared: Sequence[object]) -> None:
        super().__init__(stream)
        self.places = {id(one): place for place, one in enumerate(shared)}

    def persistent_id(self, thing: object) -> int | None:
        """The place of a shared thing."""
        return self.places.get(id(thing))


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: IO[bytes], shared: Sequence[object]) -> None:
        super().__init__(stream)
        self.shared = shared

    def persistent_load(self, place: Any) -> object:
        """The shared thing of a place."""
        return self.shared[place]


# -- in a worker ---------------------------------------------------------------------------------------------------


def serve(messages: IO[bytes], reports: IO[bytes]) -> None:
    """Answer orders until they end or the parent is gone."""
    parent = os.getppid()

    def report(*message: object) -> None:
        if os.getppid() != parent:
            os._exit(0)  # the parent was killed: nobody waits for this answer
        reports.write(pickle.dumps(message))
        reports.flush()

    ready: OrderedDict[str, Callable[[Any], Any]] = OrderedDict()
    greeting: _Greeting = pickle.load(messages)
    if greeting.nice and hasattr(os, "nice"):
        os.nice(greeting.nice)
    session.begin(greeting.session)
    shared = pickle.loads(greeting.shared)
    report("ready")
    with _told(lambda done, whole: report("told", done, whole)):
        while True:
            message: Message = pickle.load(messages)
            try:
                if message.key not in ready:
                    ready[message.key] = unpacked(message.job, shared).begin()
                ready.move_to_end(message.key)
                while len(ready) > READY:
                    ready.popitem(last=False)
                with memory_limited(message.memory):
                    answer = ready[message.key](message.order)
                report("answer", answer)
            except Exception as error:
                if isinstance(error, MemoryError):
                    ready.clear()
                    error = too_much_memory() if message.memory is not None else error
                error = short_of_memory(error) or error
                if isinstance(error, WhipcountError):
                    report("coded", type(error), error.problems)
                else:
                    import traceback

                    report("failed", f"{type(error).__name__}: {error}", traceback.format_exc())


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

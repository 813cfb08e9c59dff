"""What a worker process of the explorer does: it answers the orders of many jobs, each within its limit of memory."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from whipcount import session
from whipcount.errors import WebError, WhipcountError

READY = 24  # works kept ready: as many as may take turns, or each part would begin with making its engine again
NICE = 5  # pages go first

Report = Callable[[int, int], None]  # done, of how much


class Work(Protocol):
    """What a job computes. It travels to workers as a pickle; `begin` makes it ready there."""

    @property
    def key(self) -> str:
        """Names it: the same work asked for twice is done once."""

    @property
    def limits(self) -> WorkLimits:
        """What each of its orders may take."""

    def orders(self) -> Sequence[Hashable]:
        """Its parts, those first that should be answered first."""

    def size(self, order: Any) -> int:
        """How much of the whole an order is."""

    def begin(self) -> Callable[[Any, Report], Any]:
        """The function that answers an order, made ready in a worker."""

    def gather(self, answers: Sequence[tuple[Any, Any]]) -> Any:
        """What the answers so far tell together (None: nothing yet); asked in the page's process."""


@dataclass(frozen=True)
class WorkLimits:
    """seconds: of one order, after which its worker is ended. memory: bytes an order may add (None: as it comes).

    brief: an order takes about a second, so that a cancelled job lets it finish and only drops the answer.
    """

    seconds: float = 60.0
    memory: int | None = None
    brief: bool = False


@dataclass(frozen=True)
class Message:
    """An order on its way to a worker."""

    key: str
    work: bytes
    order: Any
    memory: int | None


@dataclass(frozen=True)
class Greeting:
    """What a worker is told first: the session, and what many works share, which then need not travel with each."""

    session: session.Session
    shared: bytes


def packed(work: Work, shared: Sequence[object]) -> bytes:
    """A work as it travels; what is shared is only named in it."""
    stream = io.BytesIO()
    _Packer(stream, shared).dump(work)
    return stream.getvalue()


def unpacked(content: bytes, shared: Sequence[object]) -> Work:
    """A work as it arrived, with what is shared put back in its place."""
    work: Work = _Unpacker(io.BytesIO(content), shared).load()
    return work


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


def serve(orders: IO[bytes], reports: IO[bytes]) -> None:
    """Answer orders until they end or the parent is gone."""
    parent = os.getppid()

    def report(*message: object) -> None:
        if os.getppid() != parent:
            os._exit(0)  # the page was killed: nobody waits for this answer
        reports.write(pickle.dumps(message))
        reports.flush()

    ready: OrderedDict[str, Callable[[Any, Report], Any]] = OrderedDict()
    greeting: Greeting = pickle.load(orders)
    session.begin(greeting.session)
    shared = pickle.loads(greeting.shared)
    report("ready")
    while True:
        try:
            message: Message = pickle.load(orders)
        except EOFError:
            return
        try:
            if message.key not in ready:
                ready[message.key] = unpacked(message.work, shared).begin()
            ready.move_to_end(message.key)
            while len(ready) > READY:
                ready.popitem(last=False)
            with memory_limited(message.memory):
                answer = ready[message.key](message.order, lambda done, whole: report("told", done, whole))
            report("answer", answer)
        except WhipcountError as error:
            report("coded", type(error), error.problems)
        except MemoryError:
            ready.clear()
            report("coded", WebError, too_much_memory().problems)
        except Exception as error:
            import traceback

            report("failed", f"{type(error).__name__}: {error}", traceback.format_exc())


def too_much_memory() -> WebError:
    """What is said where the limit of memory stopped an order."""
    error = WebError.one("WC714", "this takes more memory than a question may have here", "ask with a smaller table")
    assert isinstance(error, WebError)
    return error


@contextlib.contextmanager
def memory_limited(extra: int | None) -> Iterator[None]:
    """Within the block, this process may take so many bytes more than it has; where the system can say so."""
    if extra is None or sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = _address_space()
    if taken is None:  # pragma: no cover - systems without /proc
        yield
        return
    limit = taken + extra if hard == resource.RLIM_INFINITY else min(taken + extra, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - not a file one keeps
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):  # pragma: no cover
        return None


def main() -> None:
    """Keep the pipe for messages only: whatever else prints goes to standard error."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        with session.listening(lambda _: None):  # the process that started this one has said it already
            serve(sys.stdin.buffer, reports)
    except (BrokenPipeError, EOFError):
        os._exit(0)

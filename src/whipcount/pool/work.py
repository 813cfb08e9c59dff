"""Work as it travels: a job, packed; its orders; what is ready to answer them; what is told while one is answered."""

from __future__ import annotations

import contextlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Protocol, TypeVar, cast

from whipcount.errors import WhipcountError, short_of_memory

Order = TypeVar("Order")
Answer = TypeVar("Answer")
Order_contra = TypeVar("Order_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
READY = 24  # jobs kept ready in a worker: as many as may take turns, or each would begin anew with every order

_listeners: list[Callable[[int, int], None]] = []


class Job(Protocol[Order_contra, Answer_co]):
    """What is computed: picklable; `begin` makes it ready in the process that computes it."""

    def begin(self) -> Callable[[Order_contra], Answer_co]:
        """The function that answers an order."""


def tell(done: int, whole: int = 0) -> None:
    """For a job: so much of an order (of so much in all) is done; reaches who asked, also from a worker."""
    if _listeners:
        _listeners[-1](done, whole)


@contextlib.contextmanager
def told_to(listener: Callable[[int, int], None]) -> Iterator[None]:
    """Within the block, what jobs tell goes to `listener`."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.pop()


class ReadyJobs:
    """Jobs that have begun in this process, the last `READY` of them."""

    def __init__(self) -> None:
        self._ready: OrderedDict[str, Callable[[Any], Any]] = OrderedDict()

    def get(self, key: str, job: Callable[[], Job[Any, Any]]) -> Callable[[Any], Any]:
        """The function that answers orders of the job of this key, begun now if it has not been."""
        if key not in self._ready:
            self._ready[key] = job().begin()
        self._ready.move_to_end(key)
        while len(self._ready) > READY:
            self._ready.popitem(last=False)
        return self._ready[key]

    def clear(self) -> None:
        """Give back what they hold."""
        self._ready.clear()


# -- what went wrong -----------------------------------------------------------------------------------------------


def reported(error: Exception) -> tuple[Any, ...]:
    """A failure as it travels: ("coded", class, problems), or ("failed", text, traceback)."""
    error = short_of_memory(error) or error
    if isinstance(error, WhipcountError):
        return "coded", type(error), error.problems
    import traceback

    return "failed", f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error))


def failure(kind: str, details: Sequence[Any]) -> Exception:
    """What went wrong in a worker, as if it had happened here."""
    if kind == "coded":
        error_type, problems = details
        return cast(Exception, error_type(*problems))
    message, trace = details
    found = RuntimeError(message)
    found.add_note(f"in a worker process:\n{trace}")
    return found


# -- packing -------------------------------------------------------------------------------------------------------


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

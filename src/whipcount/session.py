"""What the reader asks of a whole process: which backend runs, which further mechanisms there are, whom notices reach.

It is asked in one place and holds for every command and question, so none of them passes it on. Worker processes are
given the session of the process that starts them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from whipcount.errors import RunError

BACKENDS = ("auto", "numpy", "compiled")
VARIABLE = "WHIPCOUNT_BACKEND"
CLUSTERS = "local:N, slurm:N, k8s:N, tcp://HOST:PORT or tls://HOST:PORT"
_CLUSTER = re.compile(r"(local|slurm|k8s)(:[1-9]\d{0,4})?|(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]+):[1-9]\d{0,4}")


@dataclass(frozen=True)
class Session:
    """backend: auto, numpy or compiled; mechanisms: folders, and names that installed packages give theirs.

    workers: processes that compute where a task is not told how many. cluster: where they are, if not on this machine.
    """

    backend: str = "auto"
    mechanisms: tuple[str, ...] = ()
    workers: int = 1
    cluster: str = ""

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise RunError.one("WC342", f"backend is {self.backend!r}", "give one of " + ", ".join(BACKENDS))
        if self.cluster and not _CLUSTER.fullmatch(self.cluster):
            raise RunError.one("WC350", f"{self.cluster!r} is no address of a cluster", f"give {CLUSTERS}")


_current: list[Session] = []
_ends: list[contextlib.ExitStack] = []
_failed: list[bool] = []
_told: set[str] = set()
_listeners: list[Callable[[str], None]] = []
_heard: list[list[str]] = []
Advance = Callable[[int, int], None]  # called with what is done and the whole
_bars: list[Callable[[int], contextlib.AbstractContextManager[Advance]]] = []
_tellers: list[Callable[[str], contextlib.AbstractContextManager[None]]] = []


def current() -> Session:
    """The session of this process; where nothing was asked, what the environment says."""
    return _current[-1] if _current else Session(os.environ.get(VARIABLE) or "auto")


@contextlib.contextmanager
def not_collecting() -> Iterator[None]:
    """Within the block, or the function so marked, Python looks for no garbage.

    Reading a scenario and recording a program make many small objects that stay; looking through them again and again
    for what could go takes half of the time, and finds nothing.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def without_compiler() -> None:
    """Compiling has failed here: workers need not try it again."""
    _failed.append(True)


def for_workers() -> Session:
    """The session that worker processes are given: they spread nothing further."""
    asked = replace(current(), cluster="")
    return replace(asked, backend="numpy") if _failed else asked


def begin(session: Session) -> None:
    """Take another's session for the rest of this process (a worker's is that of who started it)."""
    _current[:] = [session]


@contextlib.contextmanager
def using(
    *,
    backend: str | None = None,
    mechanisms: Sequence[str | os.PathLike[str]] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
) -> Iterator[None]:
    """Within the block, run on this backend, with these mechanisms beside the shipped ones, in so many processes.

    backend: "auto", "numpy" or "compiled"; the results are the same. mechanisms: folders of Python files, or names
    under which installed packages offer theirs. cluster: "local:N", "slurm:N", "k8s:N" or an address as
    "tcp://host:8786"; its workers take the place of processes, and what was started for it ends with the block. What is
    not given stays as it is.

    Raises RunError: WC342 and WC350 where there is no such backend and no such address.
    """
    asked = current()
    if backend is not None:
        asked = replace(asked, backend=backend)
    if mechanisms is not None:
        asked = replace(asked, mechanisms=tuple(os.fspath(one) for one in mechanisms))
    if workers is not None:
        asked = replace(asked, workers=workers)
    if cluster is not None:
        asked = replace(asked, cluster=cluster)
    with contextlib.ExitStack() as end:
        _current.append(asked)
        end.callback(_current.pop)
        if cluster:
            _ends.append(end)
            end.callback(_ends.pop)
        yield


def at_end(close: Callable[[], None]) -> None:
    """Call `close` when the block ends that asked for the cluster."""
    if _ends:
        _ends[-1].callback(close)


@contextlib.contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Within the block, notices go to `listener`."""
    _told.clear()
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.pop()


@contextlib.contextmanager
def hearing() -> Iterator[list[str]]:
    """Within the block, notices that are to be kept are gathered too, so that a result can carry them."""
    told: list[str] = []
    _heard.append(told)
    try:
        yield told
    finally:
        _heard.remove(told)


def was_told(text: str) -> bool:
    """Whether a notice has reached the reader already."""
    return text in _told


def notice(text: str, kept: bool = False) -> None:
    """Tell what the reader should know though nothing is wrong; once, however often it comes up.

    kept: it is of the result, and told beside it too; else it is of the moment, as how long something lasts.
    """
    for told in _heard if kept else ():
        told.append(text)
    if text in _told:
        return
    _told.add(text)
    if _listeners:
        _listeners[-1](text)
    else:
        warnings.warn(text, stacklevel=2)


@contextlib.contextmanager
def showing_progress(bar: Callable[[int], contextlib.AbstractContextManager[Advance]]) -> Iterator[None]:
    """Within the block, long tasks show how far they are: `bar` is called with how much there is to do."""
    _bars.append(bar)
    try:
        yield
    finally:
        _bars.pop()


@contextlib.contextmanager
def progressing(total: int) -> Iterator[Advance | None]:
    """What a long task calls as it goes on, None where nobody looks."""
    if not _bars:
        yield None
        return
    with _bars[-1](total) as advance:
        yield advance


@contextlib.contextmanager
def telling_phases(teller: Callable[[str], contextlib.AbstractContextManager[None]]) -> Iterator[None]:
    """Within the block, who waits is told what the program is busy with: `teller` is called with a word for it."""
    _tellers.append(teller)
    try:
        yield
    finally:
        _tellers.pop()


def phase(word: str) -> contextlib.AbstractContextManager[None]:
    """A block that may take long, and what the program does in it ("compiling"), for those who wait."""
    return _tellers[-1](word) if _tellers else contextlib.nullcontext()

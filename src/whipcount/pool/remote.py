"""An order for another machine: what a worker of a cluster does with it, and how it says which whipcount it has.

Everything travels as bytes, and the sender's code is compared before any of them is read: another version of this
package may mean something else by the same bytes.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from whipcount import session
from whipcount.store import Store, sending

from .work import ReadyJobs, reported, told_to

# what a worker is asked for before it has shown that it has this module at all
PROBE = f"__import__('importlib').import_module({__name__!r}).about()"

_ready = ReadyJobs()
_alone = threading.Lock()  # a worker with several threads still answers one order at a time: a session is a process's
_shared: dict[str, bool] = {}


@dataclass(frozen=True)
class RemoteOrder:
    """An order with what it needs: the sender's session, the key of its job, and marks that the sender left in folders.

    marks: the name of a file by the folder in which a worker sees it if the two share that folder.
    """

    session: session.Session
    key: str
    order: Any
    marks: Mapping[str, str]


@cache
def about() -> str:
    """The version of whipcount in this process, with the beginning of the SHA-256 of its code."""
    from importlib.metadata import version

    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(one for kind in ("*.py", "*.c", "*.h", "*.yaml") for one in root.rglob(kind)):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"{version('whipcount')} (code {total.hexdigest()[:12]})"


def answer_remotely(packed_job: bytes, packed_order: bytes, code: str) -> bytes:
    """Answer an order of the job in `packed_job`; gives a pickled report, the last of its parts told and pieces kept.

    Reports: ("answer", answer, told, pieces), ("other", about this worker), ("coded", ...) and ("failed", ...).
    """
    if code != about():
        return pickle.dumps(("other", about()))
    asked: RemoteOrder = pickle.loads(packed_order)
    told: list[tuple[int, int]] = []
    with _alone:
        session.begin(asked.session)
        try:
            with (
                session.listening(_unheard),  # the process that sent this has said it already
                told_to(lambda done, whole: told.append((done, whole))),
                sending(partial(_shares, asked.marks)) as pieces,
            ):
                answer = _ready.get(asked.key, partial(pickle.loads, packed_job))(asked.order)
            return pickle.dumps(("answer", answer, told, pieces))
        except Exception as error:
            if isinstance(error, MemoryError):
                _ready.clear()
            return pickle.dumps(reported(error))


def held_job(packed_job: bytes) -> bytes:
    """A job, held by a worker for the others: who needs it takes it from one that has it."""
    return packed_job


def _shares(marks: Mapping[str, str], store: Store) -> bool:
    """Whether the sender has this store's folder too: then its mark is in it; an object store is everybody's."""
    if store.place:
        return True
    mark = marks.get(str(store.folder))
    if mark is None:
        return False
    if mark not in _shared:
        _shared[mark] = (store.folder / mark).exists()
    return _shared[mark]


def _unheard(_: str) -> None:
    """Where nobody listens to notices."""

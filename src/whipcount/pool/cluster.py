"""A job over the workers of a cluster: orders that are sent, answers as they come, and what becomes of them here.

Work of a worker that dies is given to another. Pieces that workers keep (chunks of ensembles, worlds of questions) are
written where the work is done if the folder is shared, as a mark in it tells; else they come with the answer and are
written here.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import secrets
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount import session
from whipcount.errors import RunError
from whipcount.store import TEMPORARY, Piece, Store, make_folder

from .deployments import Cluster, reached
from .remote import RemoteOrder, about, answer_remotely, held_job
from .work import Answer, Job, Order, failure

if TYPE_CHECKING:
    from distributed import Future

IN_FLIGHT = 2_048  # orders at most that are with the scheduler: enough for a thousand workers
BATCH = 128  # orders that go in one message
CHANCES = 4  # how often an order is sent whose workers were all ended; the scheduler tries several each time
PATIENCE = 60.0  # seconds after which a file that a worker has written on a shared disk should be seen here


def spread_over_cluster(
    address: str,
    job: Job[Order, Answer],
    orders: Sequence[Order],
    told: Callable[[int, int], None],
    if_killed: str,
) -> Iterator[tuple[int, Answer]]:
    """Answers to the orders as they come from the workers of a cluster, each with the order's place in the list.

    Raises RunError: WC340 where one order ended every worker that took it, WC351 to WC354 of the cluster itself.
    """
    cluster = reached(address)
    packed_job, folders = _packed(job)
    with _marked(folders) as marks:
        key, asked = hashlib.sha256(packed_job).hexdigest(), _with_absolute_folders(session.for_workers())
        packed_orders = (
            pickle.dumps(RemoteOrder(asked, key, order, marks)) for order in orders
        )  # made as they go: none waits in memory
        for place, report in _Sending(cluster, packed_job, packed_orders, if_killed).reports():
            kind, *details = pickle.loads(report)
            if kind == "other":
                raise cluster.another({"that took an order": details[0]})
            if kind != "answer":
                raise failure(kind, details)
            answer, parts, pieces = details
            for piece in pieces:
                _keep(piece)
            for done, whole in parts:
                told(done, whole)
            yield place, answer


@dataclass
class _Sending:
    """Orders on their way: as many at once as keep the workers busy, each sent again if its worker dies."""

    cluster: Cluster
    packed_job: bytes
    packed_orders: Iterator[bytes]
    if_killed: str
    flying: dict[Future[Any], tuple[int, int, bytes]] = field(default_factory=dict)  # place, times sent, packed order

    def reports(self) -> Iterator[tuple[int, bytes]]:
        """What workers report, with the order's place."""
        from distributed import as_completed

        client = self.cluster.client
        self.name = f"whipcount-{secrets.token_hex(6)}"
        # a task and no data: if the workers that hold it die, the scheduler, which knows it, has it made again
        with _in_bulk():
            self.held = client.submit(held_job, self.packed_job, key=f"{self.name}-job")
        self.arriving = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        waiting = enumerate(self.packed_orders)
        try:
            self._send([(place, 1, packed_order) for place, packed_order in islice(waiting, IN_FLIGHT)])
            while self.flying:
                future, result = next(self.arriving)
                place, times, packed_order = self.flying.pop(future)
                if isinstance(result, bytes):
                    future.release()
                    yield place, result
                else:
                    self._failed(future, result, place, times, packed_order)
                if len(self.flying) <= IN_FLIGHT - BATCH:
                    self._send([(place, 1, packed_order) for place, packed_order in islice(waiting, BATCH)])
        except StopIteration:
            raise self.cluster.lost() from None
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                client.cancel([*self.flying, self.held], force=True)

    def _send(self, batch: Sequence[tuple[int, int, bytes]]) -> None:
        if not batch:
            return
        with _in_bulk():
            sent = self.cluster.client.map(
                answer_remotely, [self.held] * len(batch), [one for _, _, one in batch], code=about(),
                key=[f"{self.name}-{place}-{times}" for place, times, _ in batch],
            )  # fmt: skip
        self.flying.update(zip(sent, batch, strict=True))
        self.arriving.update(sent)

    def _failed(self, future: Future[Any], result: Any, place: int, times: int, packed_order: bytes) -> None:
        """Send it again if workers died of something else; tell what happened if not."""
        from distributed import KilledWorker

        error = result[1] if isinstance(result, tuple) and len(result) > 1 else result
        if future.status in ("cancelled", "lost"):
            raise self.cluster.lost()
        if not isinstance(error, KilledWorker):
            raise self.cluster.unable(error)
        if times >= CHANCES:
            raise RunError.one(
                "WC340", "every worker of the cluster that took one and the same order ended", self.if_killed
            )
        self._send([(place, times + 1, packed_order)])


def _with_absolute_folders(asked: session.Session) -> session.Session:
    """The session for workers that stand in another folder than this process."""
    folders = (str(Path(one).absolute()) if Path(one).is_dir() else one for one in asked.mechanisms)
    return replace(asked, mechanisms=tuple(folders))


@contextlib.contextmanager
def _in_bulk() -> Iterator[None]:
    """Within the block, dask does not warn that what it is sent is large: it is what has to be sent."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")
        yield


# -- folders that are shared, or not ---------------------------------------------------------------------------------


class _Packer(pickle.Pickler):
    """Names the folders in which a job keeps pieces, by paths that hold wherever a worker stands."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.folders: set[Path] = set()

    def reducer_override(self, thing: object) -> Any:
        """How a store is packed; anything else as ever."""
        if type(thing) is not Store:
            return NotImplemented
        folder = thing.folder.absolute()
        if not thing.place:
            self.folders.add(folder)
        return Store, (folder, thing.key, thing.durable, thing.suffix, thing.place)


def _packed(job: object) -> tuple[bytes, set[Path]]:
    stream = io.BytesIO()
    packer = _Packer(stream)
    packer.dump(job)
    return stream.getvalue(), packer.folders


@contextlib.contextmanager
def _marked(folders: set[Path]) -> Iterator[dict[str, str]]:
    """Leave a mark in folders for as long as the block lasts, so that a worker can see whether it shares them."""
    name = f"shared.{os.getpid()}-{secrets.token_hex(6)}{TEMPORARY}"
    marks: dict[str, str] = {}
    try:
        for number, folder in enumerate(sorted(folders)):
            mark = name.replace("shared", f"shared-{number}", 1)
            with contextlib.suppress(OSError, RunError):  # a folder that cannot be had is shared with nobody
                make_folder(folder)
                (folder / mark).touch(exist_ok=False)
                marks[str(folder)] = mark
        yield marks
    finally:
        for place, mark in marks.items():
            with contextlib.suppress(OSError):
                (Path(place) / mark).unlink()


def _keep(piece: Piece) -> None:
    """Keep what came with an answer; wait for what the worker has written until it is seen here too."""
    if piece.content is not None:
        piece.store.put(piece.name, piece.content, piece.key)
        return
    path = piece.store.path(piece.name)
    if piece.store.place or not piece.store.durable:
        return
    end = time.monotonic() + PATIENCE
    while not path.exists():
        if time.monotonic() > end:
            raise RunError.one(
                "WC326", f"a worker has written {path}, and it is not to be seen here", "run the same command again"
            )
        with contextlib.suppress(OSError):
            list(path.parent.iterdir())  # makes a network's disk look again
        time.sleep(0.05)

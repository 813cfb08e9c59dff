"""One job over several workers: in this process, in processes of this machine, or on the cluster of the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from whipcount import session

from .processes import spread_over_processes
from .work import Answer, Job, Order, told_to

AGAIN = "try again with fewer --workers"

_begun: list[object] = []  # the job that was last made ready here, before workers started


def workers_of(asked: int | None = None) -> int:
    """How many workers there are: as many as asked for, else those of the session's cluster, else of the session."""
    wanted = session.current()
    if asked or not wanted.cluster:
        return asked or wanted.workers
    from .deployments import size

    return max(size(wanted.cluster), 2)  # with one, callers take it that this process is meant


def spread(
    job: Job[Order, Answer],
    orders: Sequence[Order],
    workers: int = 1,
    *,
    progress: Callable[[int], None] | None = None,
    if_killed: str = AGAIN,
) -> Iterator[tuple[int, Answer]]:
    """Answers to the orders as they come, each with the order's place in the list; in this process for one worker.

    progress: is told what the job tells; if_killed: what to try if a worker is ended from outside (WC340). Where the
    session has a cluster, its workers take the place of `workers` processes.
    """

    def told(done: int, _: int) -> None:
        if progress is not None:
            progress(done)

    workers = min(workers, len(orders))
    if workers > 1:
        _begin_here(job)
        cluster = session.current().cluster
        if cluster:
            from .cluster import spread_over_cluster

            yield from spread_over_cluster(cluster, job, orders, told, if_killed)
        else:
            yield from spread_over_processes(job, orders, workers, told, if_killed)
    elif orders:
        answer = job.begin()
        for place, order in enumerate(orders):
            with told_to(told):
                found = answer(order)
            yield place, found


def _begin_here(job: object) -> None:
    """Make a job ready here first: what is to be compiled is compiled once, and mistakes come before any worker.

    A job that begins late may say with `prepare` what is to be made ready.
    """
    if not any(job is one for one in _begun):
        getattr(job, "prepare", cast(Any, job).begin)()
        _begun[:] = [job]

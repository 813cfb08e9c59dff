"""The engine room of one explorer: its queue as the settings ask for it, made warm, and its shelves kept in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request

from whipcount.errors import WebError
from whipcount.store import entries_of, tidy

from .asking import PAIRS, WORLDS, WarmWork
from .jobs import JobLimits, Jobs, JobView
from .security import address_of, visitor_of

if TYPE_CHECKING:
    from .logs import Log
    from .settings import Settings
    from .subject import Subject
    from .subjects import Subjects
    from .work import Work

ARMS = "arms"
TABLES = "tables"
SHELVES = (WORLDS, ARMS, TABLES)  # folders whose files are kept or thrown away one by one
DAY = 86_400.0
ROUND = 600.0  # seconds between two rounds of tidying


def jobs_of(request: Request) -> Jobs:
    """The queue of this explorer."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def begin_job(request: Request, work: Work) -> JobView:
    """Begin a visitor's job, or join the same one of somebody else. Raises WebError as `Jobs.submit` does."""
    return jobs_of(request).submit(work, visitor_of(request), address_of(request))


def begin_idle(request: Request, work: Work) -> None:
    """Begin what nobody waits for yet, where this explorer is told to; it is computed while nothing else is."""
    if settings_of_app(request).ahead:
        with contextlib.suppress(WebError):
            jobs_of(request).submit(work, "explorer", idle=True)


def settings_of_app(request: Request) -> Settings:
    """What this explorer was started with."""
    settings: Settings = request.app.state.settings
    return settings


def make_jobs(settings: Settings, subject: Subject, log: Log) -> Jobs:
    """The queue that the settings ask for, with no more workers than cores; each is sent the crisis once."""
    import os

    limits = settings.limits
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    workers, near = max(min(limits.workers, cores), 1), max(limits.queue * 3 // 4, 1)
    chosen = JobLimits(workers, limits.queue, limits.jobs_of_visitor, near)
    return Jobs(chosen, log, [subject.loaded])


@contextlib.asynccontextmanager
async def running(settings: Settings, subjects: Subjects, jobs: Jobs, log: Log) -> AsyncIterator[None]:
    """While the explorer serves: workers made ready for the first question, and old files thrown away."""
    jobs.submit(WarmWork(subjects.first.loaded, PAIRS[1], jobs.limits.workers), "explorer")
    tidying = asyncio.create_task(_tidy_always(settings, subjects, log))
    try:
        yield
    finally:
        tidying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tidying
        await asyncio.to_thread(jobs.close)


async def _tidy_always(settings: Settings, subjects: Subjects, log: Log) -> None:
    while True:
        await asyncio.to_thread(tidy_up, settings, subjects.in_use(), log)
        await asyncio.sleep(ROUND)


def tidy_up(settings: Settings, in_use: Collection[Path], log: Log) -> None:
    """Throw away what is old or too much, but never the runs that are looked into."""
    limits = settings.limits
    gone = tidy(entries_of(settings.data_dir, SHELVES), limits.keep_days * DAY, limits.keep_bytes, in_use)
    if gone:
        log("thrown away", files=len(gone))

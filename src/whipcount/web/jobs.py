"""The explorer's engine room: questions of many visitors, answered part by part in a few worker processes.

Parts of all jobs share the workers, and the job that has had least goes first: a new question has its first estimate
soon, however many others are under way, and a lone one has every worker. A worker that dies is replaced and its part
tried once more; a part that takes too long ends with its worker.
"""

from __future__ import annotations

import itertools
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from traceback import format_exc
from typing import Any, Literal

from whipcount.errors import Problem, WebError, WhipcountError
from whipcount.pool import Message, Worker, packed

from .work import Work

State = Literal["waiting", "running", "done", "failed", "cancelled"]
FINISHED = ("done", "failed", "cancelled")
TRIES = 2
NICE = 5  # pages go first
# milliseconds between two looks: for the first estimate, after it, for each other question, at most
SOONER, SOON, PATIENCE, SELDOM = 300, 700, 120, 4_000
TICK = 0.5  # seconds between two looks at the clock
IDLE_DEATHS = 3  # workers in a row that die before they are ready: then something is wrong with all of them


@dataclass(frozen=True)
class JobLimits:
    """workers: processes. waiting: unfinished jobs in all; of_visitor: of one; of_address: begun from one address.

    A cookie costs nothing, so that a limit by visitor alone could be lifted by each for himself. Finished jobs are
    kept for a while.
    """

    workers: int = 2
    waiting: int = 40
    of_visitor: int = 3
    of_address: int = 30
    keep_seconds: float = 3_600.0
    keep_bytes: int = 200_000_000


@dataclass
class Job:
    """A job and how far it is. Read it through `Jobs.view`; others change it meanwhile."""

    id: str
    work: Work
    pickled: bytes
    visitors: set[str]
    pending: deque[Any]
    whole: int
    place: int
    address: str = ""
    idle: bool = False  # computed only while nobody waits for anything
    state: State = "waiting"
    answers: list[tuple[Any, Any]] = field(default_factory=list)
    running: int = 0
    begun: int = 0  # size of the orders handed out
    done: int = 0
    told: tuple[int, int] = (0, 0)
    problems: tuple[Problem, ...] = ()
    result: Any = None
    gathered: int = 0  # answers that the result is made of
    tries: dict[Any, int] = field(default_factory=dict)
    ready_in: set[Worker] = field(default_factory=set)
    created: float = field(default_factory=time.monotonic)
    first: float | None = None
    finished: float | None = None
    size: int = 0


@dataclass(frozen=True)
class JobView:
    """What a page shows of a job: share is how much of it is done, ahead how many unfinished jobs came before it."""

    id: str
    state: State
    share: float
    done: int
    whole: int
    ahead: int
    result: Any
    problems: tuple[Problem, ...]
    seconds: float
    first_seconds: float | None
    unfinished: int

    @property
    def pause(self) -> int:
        """Milliseconds after which to look again: the more questions there are, the less often each is looked at."""
        soon = SOON if self.first_seconds is not None else SOONER
        return min(soon + PATIENCE * max(self.unfinished - 1, 0), SELDOM)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state in FINISHED


@dataclass
class _Task:
    """What a worker is doing: an order of a job, since when."""

    job: Job
    order: Any
    since: float
    late: bool = False
    makes_way: bool = False


class Jobs:
    """All jobs and the workers that answer them; safe to be asked by several threads."""

    def __init__(
        self, limits: JobLimits | None = None, log: Callable[..., None] | None = None, shared: Sequence[object] = ()
    ) -> None:
        """shared: what many works hold (a crisis), sent to each worker once."""
        self._shared = tuple(shared)
        self._greeting = pickle.dumps(self._shared)
        self.limits = limits or JobLimits()
        self._log = log or _unsaid
        self._changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, Job] = {}
        self._workers: dict[Worker, _Task | None] = {}
        self._ready: set[Worker] = set()
        self._places = itertools.count()
        self._early_deaths = 0
        self._closed = False
        self._clock: threading.Thread | None = None

    # -- what pages ask --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the workers, so that the first question does not wait for them."""
        with self._changed:
            if self._closed:
                return
            for _ in range(self.limits.workers - len(self._workers)):
                self._hire()
            if self._clock is None:
                self._clock = threading.Thread(target=self._watch, name="clock", daemon=True)
                self._clock.start()

    def submit(self, work: Work, visitor: str, address: str = "", *, idle: bool = False) -> JobView:
        """Begin a job, or join the same one of somebody else. address: where it comes from; none: from here.

        idle: nobody waits for it, so that it is computed only while no other job is; it makes way for any.

        Raises WebError: WC710 too many wait, WC711 too many of one's own.
        """
        with self._changed:
            self.start()
            known = self._jobs.get(work.key)
            if known is not None and known.state not in ("failed", "cancelled"):
                if known.state not in FINISHED and visitor not in known.visitors:
                    self._room_for(visitor)
                    known.visitors.add(visitor)
                known.idle = known.idle and idle
                return self._view(known)
            self._room_for(visitor, address)
            unfinished = sum(job.state not in FINISHED for job in self._jobs.values())
            if unfinished >= self.limits.waiting:
                raise WebError.one(
                    "WC710",
                    f"{unfinished} questions are waiting already",
                    "ask again in a minute, when some are answered",
                )
            orders = deque(work.orders())
            whole = sum(work.size(order) for order in orders)
            job = Job(
                work.key, work, packed(work, self._shared), {visitor}, orders, whole, next(self._places), address, idle
            )
            self._jobs[job.id] = job
            if not self._workers:
                self._finish(job, "failed", (Problem("WC712", "no process could be started", "ask again later"),))
            self._hand_out()
            self._make_way(job)
            return self._view(job)

    def view(self, job_id: str) -> JobView | None:
        """How a job stands, with what its answers tell so far; none if there is no such job (any more)."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            answers = list(job.answers)
            if len(answers) == job.gathered or job.state in FINISHED:
                return self._view(job)
        result, problems = self._gathered(job, answers)  # outside the lock: it may take a moment
        with self._changed:
            if job.state not in FINISHED and len(answers) > job.gathered and not problems:
                job.result, job.gathered = result, len(answers)
            return self._view(job)

    def cancel(self, job_id: str, visitor: str) -> JobView | None:
        """Nobody needs the answer: unless another visitor waits for it too, nothing more is computed."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            if visitor in job.visitors and job.state not in FINISHED:
                job.visitors.discard(visitor)
                if not job.visitors:
                    self._finish(job, "cancelled")
                    self._drop(job)
                    self._hand_out()
            return self._view(job)

    def wait(self, job_id: str, seconds: float) -> JobView | None:
        """Wait until a job is finished, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: job_id not in self._jobs or self._jobs[job_id].state in FINISHED, seconds)
        return self.view(job_id)

    def health(self) -> dict[str, int]:
        """Numbers for the health page."""
        with self._changed:
            states = [job.state for job in self._jobs.values()]
            return {
                "workers": len(self._workers),
                "busy": sum(task is not None for task in self._workers.values()),
                "ready": len(self._ready),
                "waiting": states.count("waiting"),
                "running": states.count("running"),
                "kept": sum(state in FINISHED for state in states),
            }

    @property
    def is_able(self) -> bool:
        """Whether questions can be answered: a worker is there, or none has been needed yet."""
        with self._changed:
            return not self._closed and (bool(self._workers) or self._clock is None)

    def processes(self) -> list[int]:
        """Process ids of the workers."""
        with self._changed:
            return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End every worker; what is unfinished is cancelled."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                if job.state not in FINISHED:
                    self._finish(job, "cancelled")
            workers = list(self._workers)
            self._workers.clear()
            self._ready.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.close()
        if self._clock is not None:
            self._clock.join(2 * TICK)

    # -- the queue ---------------------------------------------------------------------------------------------------

    def _room_for(self, visitor: str, address: str = "") -> None:
        unfinished = [job for job in self._jobs.values() if job.state not in FINISHED]
        own = sum(visitor in job.visitors for job in unfinished)
        near = sum(job.address == address for job in unfinished) if address else 0
        if own >= self.limits.of_visitor or near >= self.limits.of_address:
            message = f"{max(own, near)} questions from where you are are waiting already"
            if own >= self.limits.of_visitor:
                message = f"{own} of your questions are waiting already"
            raise WebError.one("WC711", message, "wait for one of them, or cancel it")

    def _hire(self) -> None:
        """Start a worker; where the system refuses and none is left, what waits is told so instead of waiting on."""
        try:
            worker = Worker(self._heard, self._greeting, NICE)
        except OSError as error:
            self._log("no worker", error=str(error))
            if not self._workers:
                self._fail_all(Problem("WC712", f"no process could be started ({error.strerror})", "ask again later"))
            return
        self._workers[worker] = None
        worker.listen()

    def _fail_all(self, problem: Problem) -> None:
        for job in list(self._jobs.values()):
            if job.state not in FINISHED:
                self._finish(job, "failed", (problem,))

    def _hand_out(self) -> None:
        """Give every idle worker a part: of the job that has had least, and of those the oldest."""
        for worker, task in list(self._workers.items()):
            if task is None and worker in self._ready:
                job = self._next(worker)
                if job is None:
                    return
                self._give(worker, job)

    def _next(self, worker: Worker) -> Job | None:
        unfinished = [job for job in self._jobs.values() if job.state not in FINISHED]
        urgent = any(not job.idle for job in unfinished)
        waiting = [job for job in unfinished if job.pending and not (job.idle and urgent)]
        if self._long_running() >= max(self.limits.workers - 1, 1):  # one worker stays free for those that are brief
            waiting = [job for job in waiting if job.work.limits.brief]

        def turn(job: Job) -> tuple[int, bool, int]:
            # of those that had equally much, one that this worker has made ready before
            return job.begun if job.work.limits.brief else 0, worker not in job.ready_in, job.place

        return min(waiting, key=turn, default=None)

    def _long_running(self) -> int:
        return sum(task is not None and not task.job.work.limits.brief for task in self._workers.values())

    def _make_way(self, job: Job) -> None:
        """Take a worker from what nobody waits for, where a new job has none; its part is done again later."""
        if job.idle or not job.pending:
            return
        for worker, task in self._workers.items():
            if task is not None and task.job.idle:
                task.makes_way = True
                worker.kill()
                return

    def _give(self, worker: Worker, job: Job) -> None:
        order = job.pending.popleft()
        job.state = "running"
        job.running += 1
        job.begun += job.work.size(order)
        job.ready_in.add(worker)
        self._workers[worker] = _Task(job, order, time.monotonic())
        worker.send(Message(job.work.key, job.pickled, order, job.work.limits.memory))

    def _drop(self, job: Job) -> None:
        """End what a cancelled job keeps busy, unless it is over in a moment anyway."""
        for worker, task in self._workers.items():
            if task is not None and task.job is job and not job.work.limits.brief:
                worker.kill()

    def _finish(self, job: Job, state: State, problems: tuple[Problem, ...] = ()) -> None:
        job.state, job.problems, job.finished = state, problems, time.monotonic()
        job.pending.clear()
        job.answers.clear()
        job.pickled = b""
        job.ready_in.clear()
        job.visitors.clear()
        if state != "done":
            job.result = None
        self._log("job", job=job.id[:12], state=state, seconds=round(job.finished - job.created, 3))
        self._changed.notify_all()

    def _view(self, job: Job) -> JobView:
        share = job.done / job.whole if job.whole else 0.0
        if job.running and job.told[1]:
            share = max(share, job.told[0] / job.told[1])
        others = [other.place for other in self._jobs.values() if other.state not in FINISHED and other is not job]
        end = job.finished if job.finished is not None else time.monotonic()
        first = None if job.first is None else job.first - job.created
        return JobView(
            job.id, job.state, 1.0 if job.state == "done" else min(share, 1.0), job.done, job.whole,
            sum(place < job.place for place in others), job.result,
            job.problems, end - job.created, first, len(others) + 1,
        )  # fmt: skip

    # -- what workers say --------------------------------------------------------------------------------------------

    def _heard(self, worker: Worker, report: tuple[Any, ...] | None) -> None:
        """A report of a worker; called from its thread."""
        with self._changed:
            if worker not in self._workers:
                return
            task = self._workers[worker]
            if report is None:
                self._died(worker, task)
                return
            kind, *details = report
            if kind == "told":
                if task is not None:
                    task.job.told = (details[0], details[1])
                return
            self._ready.add(worker)
            self._early_deaths = 0
            self._workers[worker] = None
            last = task is not None and self._answered(task, kind, details)
            self._hand_out()
        if last and task is not None:
            self._conclude(task.job)

    def _answered(self, task: _Task, kind: str, details: list[Any]) -> bool:
        """Take an answer or a failure; whether it was the job's last part."""
        job = task.job
        job.running -= 1
        if job.state in FINISHED:
            return False
        if kind == "answer":
            job.first = job.first if job.first is not None else time.monotonic()
            job.answers.append((task.order, details[0]))
            job.done += job.work.size(task.order)
            self._changed.notify_all()
            return not job.pending and not job.running
        if kind == "coded":
            self._finish(job, "failed", tuple(details[1]))
        else:
            self._log("failure", job=job.id[:12], message=details[0], trace=details[1])
            self._finish(job, "failed", (_not_computed(details[0]),))
        return False

    def _conclude(self, job: Job) -> None:
        """Put the whole together, outside the lock, and be done."""
        with self._changed:
            answers = list(job.answers)
        result, problems = self._gathered(job, answers)
        size = len(pickle.dumps(result)) if not problems else 0
        with self._changed:
            if job.state in FINISHED:
                return
            job.result, job.gathered, job.size = result, len(answers), size
            self._finish(job, "failed" if problems else "done", problems)
            self._forget()
            self._hand_out()  # to what has made way for it

    def _gathered(self, job: Job, answers: list[tuple[Any, Any]]) -> tuple[Any, tuple[Problem, ...]]:
        """What answers tell together, or what is wrong with them: a worker's thread must outlive a mistake of ours."""
        try:
            return job.work.gather(answers), ()
        except WhipcountError as error:
            return None, error.problems
        except Exception as error:
            self._log("failure", job=job.id[:12], message=f"{type(error).__name__}: {error}", trace=format_exc())
            return None, (_not_computed(f"{type(error).__name__}: {error}"),)

    def _died(self, worker: Worker, task: _Task | None) -> None:
        """Replace a worker that has ended; its part is tried once more, then the job fails."""
        del self._workers[worker]
        if worker not in self._ready:
            self._early_deaths += 1
        self._ready.discard(worker)
        worker.close()
        code = worker.process.wait()
        self._log("worker ended", code=code, busy=task is not None)
        if task is not None and task.job.state not in FINISHED:
            self._retry(task, code)
        if self._closed:
            return
        if self._early_deaths >= IDLE_DEATHS:
            self._fail_all(_ended(code))
            self._early_deaths = 0  # the next question tries again
            return
        self._hire()

    def _retry(self, task: _Task, code: int) -> None:
        job = task.job
        job.running -= 1
        if task.makes_way:
            job.pending.appendleft(task.order)
            job.begun -= job.work.size(task.order)
            return
        if task.late:
            seconds = job.work.limits.seconds
            problem = Problem("WC715", f"no answer after {seconds:g} seconds", "ask for less")
            self._finish(job, "failed", (problem,))
            return
        tries = job.tries[task.order] = job.tries.get(task.order, 1) + 1
        if tries > TRIES:
            self._finish(job, "failed", (_ended(code),))
        else:
            job.pending.appendleft(task.order)

    # -- the clock ---------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._closed, TICK):
                    return
                now = time.monotonic()
                for worker, task in self._workers.items():
                    if task is not None and now - task.since > task.job.work.limits.seconds and not task.late:
                        task.late = True
                        worker.kill()
                self._forget()

    def _forget(self) -> None:
        """Forget finished jobs that are old, then the oldest until the rest is small enough."""
        finished = sorted(
            (job for job in self._jobs.values() if job.finished is not None), key=lambda job: job.finished or 0.0
        )
        size = sum(job.size for job in finished)
        now = time.monotonic()
        for job in finished:
            if now - (job.finished or now) > self.limits.keep_seconds or size > self.limits.keep_bytes:
                del self._jobs[job.id]
                size -= job.size


def _unsaid(event: str, **details: object) -> None:
    """Where nobody keeps a log."""


def _not_computed(why: str) -> Problem:
    return Problem("WC713", f"the answer could not be computed ({why})", "the log has the details")


def _ended(code: int) -> Problem:
    return Problem("WC712", f"the process that computed it ended twice (exit code {code})", "ask again, or for less")

"""What an explorer looks into: a crisis, and an ensemble of its runs that is given or made in the background."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from whipcount import session
from whipcount.errors import WebError, WhipcountError
from whipcount.text.dates import DayLabels

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from whipcount.charts.material import Material
    from whipcount.results import Results
    from whipcount.scenario import LoadedScenario

    from .settings import Settings

T = TypeVar("T")
TRIES = 2  # to make the ensemble
KEPT = 400  # drawings, layouts and replays held in memory


@dataclass
class Progress:
    """How far the ensemble is: runs done and in all; `failed` tells why there will be none."""

    done: int = 0
    runs: int = 0
    failed: str = ""


class Subject:
    """A loaded scenario with its runs; safe to be asked by several threads.

    An ensemble that has to be made is made in a process of its own, so that no page waits for it. It is kept under its
    key: the next explorer of the same scenario finds it.
    """

    def __init__(self, settings: Settings) -> None:
        from whipcount.results import open_run
        from whipcount.scenario import load

        self.settings = settings
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._maker: threading.Thread | None = None
        self._process: SpawnProcess | None = None
        self._closed = False
        self._kept: dict[tuple[Hashable, ...], Any] = {}
        self._making: dict[tuple[Hashable, ...], threading.Lock] = {}
        self.progress = Progress(runs=settings.runs)
        self.results: Results | None = None
        if settings.run_folder is not None:
            self.results = open_run(settings.run_folder)
            self.loaded: LoadedScenario = self.results.loaded()
            self._ready.set()
        else:
            self.loaded = load(settings.scenario)

    def labels(self) -> DayLabels:
        """The labels of the scenario's days."""
        calendar = self.loaded.scenario.calendar
        return DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)

    def kept(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made once; the oldest are forgotten. Two who ask at once wait for one making."""
        with self._lock:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            if key not in self._kept:
                made = make()
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > KEPT:
                        oldest = next(iter(self._kept))
                        del self._kept[oldest]
                        self._making.pop(oldest, None)
                return made
            value: T = self._kept[key]
            return value

    @property
    def seed(self) -> int:
        """Seed of the ensemble."""
        return self.settings.seed if self.results is None else self.results.seed

    @property
    def is_ready(self) -> bool:
        """Whether there are runs to look into."""
        return self._ready.is_set()

    def start(self) -> None:
        """Begin to make the ensemble, unless there is one or it is being made."""
        with self._lock:
            if self._maker is None and not self.is_ready:
                self._maker = threading.Thread(target=self._watch, name="ensemble", daemon=True)
                self._maker.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the runs at most so long; whether they are there."""
        return self._ready.wait(seconds)

    @property
    def opened(self) -> Results:
        """The ensemble. Raises WebError (WC700) while there is none."""
        if self.results is None:
            raise WebError.one("WC700", "the runs are still being simulated", "ask again in a moment")
        return self.results

    @property
    def replayable(self) -> int:
        """Runs whose events and daily measures are kept whole: the first so many."""
        from whipcount.results.chunks import FIRST_RUNS

        return min(self.opened.logged, FIRST_RUNS)

    @cached_property
    def is_of_other_code(self) -> bool:
        """Whether the ensemble was made by another version of the program, whose decisions may have been others."""
        from whipcount.results.manifest import code_fingerprint

        return self.opened.manifest.code != code_fingerprint()

    @cached_property
    def material(self) -> Material:
        """The tables of the ensemble as the report reads them. Raises WebError (WC700) while there are none."""
        from whipcount.charts.material import material_of

        return material_of(self.opened)

    def close(self) -> None:
        """End what computes for this page; what the simulation has finished is kept."""
        self._closed = True
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def _watch(self) -> None:
        """Make the ensemble in another process, and open it."""
        from whipcount.results import open_run, run_key

        settings = self.settings
        key = run_key(self.loaded, runs=settings.runs, seed=settings.seed, events="auto")
        folder = settings.data_dir / f"{self.loaded.slug}-{key[:8]}"
        order = Order(settings.scenario, settings.runs, settings.seed, str(folder))
        try:
            for _ in range(TRIES):  # what a killed process had finished is kept, and its second try goes on from there
                if self._made(order) == 0 or self.progress.failed or self._closed:
                    break
            self.results = open_run(folder)
        except (WhipcountError, OSError) as error:
            self.progress.failed = self.progress.failed or str(error)
            return
        self._ready.set()

    def _made(self, order: Order) -> int | None:
        """Make the ensemble in a process of its own; gives the code with which it ended."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=simulate, args=(order, session.for_workers(), there), daemon=True)
        self._process.start()
        there.close()
        self._listen(here)
        self._process.join()
        return self._process.exitcode

    def _listen(self, messages: Connection) -> None:
        try:
            while True:
                message: Mapping[str, Any] = messages.recv()
                self.progress.done = int(message.get("done", self.progress.done))
                self.progress.failed = str(message.get("failed", ""))
        except EOFError:
            messages.close()


@dataclass(frozen=True)
class Order:
    """An ensemble to be made."""

    scenario: str
    runs: int
    seed: int
    folder: str
    set: Mapping[str, object] = field(default_factory=dict)


def simulate(order: Order, begun: session.Session, messages: Connection) -> None:
    """Make an ensemble in this process, as in the session of who asks, and tell how far it is."""
    from whipcount.results import run_ensemble
    from whipcount.scenario import load

    session.begin(begun)
    try:
        run_ensemble(
            load(order.scenario, set=dict(order.set)),
            order.runs,
            order.seed,
            out=Path(order.folder),
            workers=1,
            progress=lambda done, _: messages.send({"done": done}),
        )
    except WhipcountError as error:
        messages.send({"failed": str(error)})
    except KeyboardInterrupt:
        pass  # the explorer is being stopped: what was finished is kept
    finally:
        messages.close()

"""The crises of one explorer: the one that it was started with, and those that its visitors have opened since."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .subject import Subject

if TYPE_CHECKING:
    from .settings import Settings

MOST = 4  # opened at once: each may be simulating, and holds drawings in memory
VISITORS = 2_000  # whose choice is remembered


class Subjects:
    """Which crisis each visitor looks into; safe to be asked by several threads.

    A visitor who has chosen none, or whose choice was closed to make room, looks into the first one.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.first = Subject(settings)
        self._opened: OrderedDict[str, Subject] = OrderedDict()
        self._chosen: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, visitor: str) -> Subject:
        """What a visitor looks into."""
        with self._lock:
            key = self._chosen.get(visitor, "")
            found = self._opened.get(key)
            if found is not None:
                self._opened.move_to_end(key)
            return found or self.first

    def open_scenario(self, visitor: str, scenario: str, warm: Callable[[Subject], None]) -> Subject:
        """Look into a scenario by name or file. Raises ScenarioError where it cannot be loaded."""
        return self._open(visitor, replace(self.settings, scenario=scenario, run_folder=None), warm)

    def open_run(self, visitor: str, folder: Path, warm: Callable[[Subject], None]) -> Subject:
        """Look into the runs of a folder. Raises RunError where it holds none."""
        return self._open(visitor, replace(self.settings, run_folder=folder), warm)

    def _open(self, visitor: str, settings: Settings, warm: Callable[[Subject], None]) -> Subject:
        made = Subject(settings)
        key = f"{settings.run_folder or settings.scenario} {made.loaded.hash}"
        closed: list[Subject] = []
        with self._lock:
            own = self.first.loaded
            if settings.run_folder is None and (made.loaded.path, made.loaded.hash) == (own.path, own.hash):
                self._chosen.pop(visitor, None)
                return self.first
            kept = self._opened.setdefault(key, made)
            self._opened.move_to_end(key)
            self._chosen[visitor] = key
            self._chosen.move_to_end(visitor)
            while len(self._opened) > MOST:
                closed.append(self._opened.popitem(last=False)[1])
            while len(self._chosen) > VISITORS:
                self._chosen.popitem(last=False)
        for one in closed:
            one.close()
        if kept is made:
            made.start()
            threading.Thread(target=warm, args=(made,), name="warm", daemon=True).start()
        return kept

    def in_use(self) -> tuple[Path, ...]:
        """The run folders that are looked into."""
        with self._lock:
            every = [self.first, *self._opened.values()]
        return tuple(one.results.folder for one in every if one.results is not None)

    def close(self) -> None:
        """End what computes for any of them."""
        with self._lock:
            every = [self.first, *self._opened.values()]
        for one in every:
            one.close()

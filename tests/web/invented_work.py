"""Invented work for the engine room: it counts, sleeps, grows, dies and fails as it is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.errors import WebError
from whipcount.pool import tell
from whipcount.web.work import WorkLimits

MEGABYTE = 1_000_000
BRIEF = WorkLimits(brief=True)


@dataclass(frozen=True)
class Counting:
    """Adds up the numbers below `parts`, part by part; each part writes down when it was begun."""

    name: str
    parts: int = 4
    behaviour: str = ""
    folder: Path | None = None
    limits: WorkLimits = BRIEF

    @property
    def key(self) -> str:
        """Its name."""
        return self.name

    def orders(self) -> Sequence[int]:
        """The numbers."""
        return range(self.parts)

    def size(self, order: int) -> int:  # noqa: ARG002 - all alike
        """Each is one."""
        return 1

    def begin(self) -> Callable[[int], int]:
        """The function that answers."""
        return self._answer

    def gather(self, answers: Sequence[tuple[int, int]]) -> int | None:
        """The sum so far."""
        if self.behaviour == "gather fails" and len(answers) == self.parts:
            raise WebError.one("WC713", "it does not add up", "add again")
        if self.behaviour == "gather breaks" and len(answers) == self.parts:
            raise KeyError("a mistake of ours")
        return sum(answer for _, answer in answers) if answers else None

    def _answer(self, order: int) -> int:
        attempt = self._note(order)
        if self.behaviour == "hold":
            self._hold()
        elif self.behaviour == "die" or (self.behaviour == "die once" and attempt == 1 and order == 1):
            os.kill(os.getpid(), 9)
        elif self.behaviour == "sleep":
            tell(1, 2)
            time.sleep(600)
        elif self.behaviour == "grow":
            return len(bytearray(4_000 * MEGABYTE))
        elif self.behaviour == "fail":
            raise KeyError("a mistake of ours")
        elif self.behaviour == "refuse":
            raise WebError.one("WC720", "not this", "something else")
        return order

    def _note(self, order: int) -> int:
        """Write down that a part was begun; the how-many-eth time."""
        if self.folder is None:
            return 1
        with (self.folder / "begun").open("a", encoding="utf-8") as file:
            file.write(f"{self.name} {order}\n")
        return (self.folder / "begun").read_text(encoding="utf-8").split("\n").count(f"{self.name} {order}")

    def _hold(self) -> None:
        """Wait until the test lets go."""
        assert self.folder is not None
        while not (self.folder / "go").exists():
            time.sleep(0.02)


def begun(folder: Path) -> list[str]:
    """What was begun, in order."""
    path = folder / "begun"
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait for something that another thread or process brings about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)

"""Jobs for workers of a cluster, which import this module too."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from whipcount import session
from whipcount.errors import QuestionError
from whipcount.pool import spread, tell
from whipcount.store import Store


@dataclass(frozen=True)
class Squares:
    """Squares of numbers, told in two halves; negative ones are refused, and 1000 is no number here."""

    def begin(self) -> Callable[[int], tuple[int, int]]:
        """An answer is the square, and the process that found it."""
        return self.answer

    def answer(self, order: int) -> tuple[int, int]:
        """The square of a number."""
        tell(1, 2)
        tell(1, 2)
        if order < 0:
            raise QuestionError.one("WC401", f"{order} is below nothing", "give another")
        if order == 1_000:
            raise ZeroDivisionError("a thousand")
        return order * order, os.getpid()


@dataclass(frozen=True)
class Keeping:
    """Each order is kept as a piece, and answered with where the worker stands."""

    store: Store

    def begin(self) -> Callable[[int], str]:
        """The function that keeps a piece."""
        return self.answer

    def answer(self, order: int) -> str:
        """Keep a piece."""
        self.store.put(f"piece-{order}", str(order).encode(), "theirs")
        return str(Path.cwd())


@dataclass(frozen=True)
class Deadly:
    """Ends the process that answers: with every order, or with one only, that finds no sign of an earlier death."""

    parent: int
    sign: Path | None = None

    def begin(self) -> Callable[[int], int]:
        """The function that ends its process."""
        return self.answer

    def answer(self, order: int) -> int:
        """The order itself, if the process lives."""
        first = self.sign is None or not self.sign.exists()
        if os.getpid() != self.parent and first:
            if self.sign is not None:
                self.sign.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return order


@dataclass(frozen=True)
class Within:
    """A job that spreads work itself, and tells which session it finds."""

    def begin(self) -> Callable[[int], tuple[session.Session, list[tuple[int, int]]]]:
        """The function that spreads."""
        return self.answer

    def answer(self, order: int) -> tuple[session.Session, list[tuple[int, int]]]:
        """Squares, found on the way."""
        return session.current(), [answer for _, answer in spread(Squares(), [order, order + 1], 1)]

"""What a job of the explorer computes, and what its parts may take."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Work(Protocol):
    """What a job computes. It travels to workers as a pickle; `begin` makes it ready there."""

    @property
    def key(self) -> str:
        """Names it: the same work asked for twice is done once."""

    @property
    def limits(self) -> WorkLimits:
        """What each of its orders may take."""

    def orders(self) -> Sequence[Hashable]:
        """Its parts, those first that should be answered first."""

    def size(self, order: Any) -> int:
        """How much of the whole an order is."""

    def begin(self) -> Callable[[Any], Any]:
        """The function that answers an order, made ready in a worker; it may `pool.tell` how far it is."""

    def gather(self, answers: Sequence[tuple[Any, Any]]) -> Any:
        """What the answers so far tell together (None: nothing yet); asked in the page's process."""


@dataclass(frozen=True)
class WorkLimits:
    """seconds: of one order, after which its worker is ended. memory: bytes an order may add (None: as it comes).

    brief: an order takes about a second, so that a cancelled job lets it finish and only drops the answer.
    """

    seconds: float = 60.0
    memory: int | None = None
    brief: bool = False

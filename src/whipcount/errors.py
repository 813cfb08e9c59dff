"""Coded errors: each says what is wrong, where, and what to do about it.

Codes are part of the interface: WC1xx scenario files, WC2xx mechanisms and tracing, WC3xx runs and results,
WC4xx questions and interventions, WC5xx tables and data, WC6xx command line and output, WC7xx the explorer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

MOST_TOLD = 50  # problems of one error: nobody mends more at once


@dataclass(frozen=True)
class Place:
    """Where in a file: line and column count from 1; 0 = unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a code, a place, a message and a hint."""

    code: str
    message: str
    hint: str = ""
    place: Place = Place()

    def __str__(self) -> str:
        where = f" {self.place}" if str(self.place) else ""
        hint = f" Hint: {self.hint}" if self.hint else ""
        return f"{self.code}{where} {self.message}{hint}"


def more_problems(number: int, like: Problem) -> Problem:
    """What is said in place of so many further problems, of which `like` is one."""
    return Problem(like.code, f"and {number:,} more problems, which are not told", "mend these first", like.place)


class WhipcountError(Exception):
    """Base of all errors that users may meet; carries the problems found, not only the first.

    Of a list without end it carries the first `MOST_TOLD`, and then one that says how many more there are.
    """

    def __init__(self, *problems: Problem) -> None:
        more = len(problems) - MOST_TOLD
        if more > 1:
            problems = (*problems[:MOST_TOLD], more_problems(more, problems[MOST_TOLD]))
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @classmethod
    def one(cls, code: str, message: str, hint: str = "", place: Place | None = None) -> Self:
        """An error with a single problem."""
        return cls(Problem(code, message, hint, place or Place()))


class ScenarioError(WhipcountError):
    """A scenario file is wrong (WC1xx)."""


class MechanismError(WhipcountError):
    """A mechanism says something that the vocabulary does not allow (WC2xx)."""


class RunError(WhipcountError):
    """A run or a run folder is wrong (WC3xx)."""


class QuestionError(WhipcountError):
    """A question or an intervention is wrong (WC4xx)."""


class TableError(WhipcountError):
    """A table given to an analysis is wrong (WC5xx)."""


class UsageError(WhipcountError):
    """A command was called wrongly (WC6xx)."""


class WebError(WhipcountError):
    """The explorer cannot serve what it was asked for (WC7xx)."""


# what libraries say in their own words where the system gives no more memory, threads or room for code
_SHORT = (
    "memoryerror", "bad_alloc", "not enough memory", "cannot allocate memory", "out of memory", "failed to map segment",
    "can't start new thread", "failed to launch worker thread", "failed to spawn thread",
)  # fmt: skip
_LITTLE = 256_000_000  # bytes of address space left below which a half-loaded library is a matter of memory


def short_of_memory(error: BaseException) -> RunError | None:
    """The coded error (WC341) for what fails for want of memory, however a library tells it; none for other faults."""
    told = f"{type(error).__name__}: {error}".lower()
    half_loaded = isinstance(error, (ImportError, NameError, AttributeError)) and _room() < _LITTLE
    if not half_loaded and not any(words in told for words in _SHORT):
        return None
    hint = "what is finished is kept: run again with fewer --workers or runs, or where there is more memory"
    return RunError.one("WC341", f"memory is short ({type(error).__name__}: {error})"[:300], hint)


def _room() -> float:
    """Bytes of address space that this process may still take, where a limit is set (`ulimit -v`, a batch system)."""
    try:
        import resource
        from pathlib import Path

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return float("inf") if limit == resource.RLIM_INFINITY else limit - pages * resource.getpagesize()
    except (ImportError, OSError, ValueError):  # pragma: no cover - systems without either
        return float("inf")

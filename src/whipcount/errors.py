"""Coded errors: each says what is wrong, where, and what to do about it.

Codes are part of the interface: WC1xx scenario files, WC2xx mechanisms and tracing, WC3xx runs and results,
WC4xx questions and interventions, WC5xx tables and data, WC6xx command line and output, WC7xx the explorer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


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


class WhipcountError(Exception):
    """Base of all errors that users may meet; carries every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
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

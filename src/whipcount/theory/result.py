"""What every solver gives back: frozen numbers that can print themselves as tables, as words and as JSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Measure:
    """A column of a result: its key, its title in both languages, how its numbers are written."""

    key: str
    en: str
    ru: str
    format: str = ""
    right: bool = False

    def title(self, language: str) -> str:
        """The title in `language` ("en" or "ru")."""
        return self.ru if language == "ru" else self.en


def figure(key: str, en: str, ru: str, format: str = ".4f") -> Measure:
    """A column of numbers, written with `format` and set to the right."""
    return Measure(key, en, ru, format, right=True)


@dataclass(frozen=True)
class Grid:
    """A tidy table of a result: raw values row by row in the order of its columns; `name` is its key in JSON."""

    name: str
    en: str
    ru: str
    columns: tuple[Measure, ...]
    rows: tuple[tuple[Any, ...], ...]

    def title(self, language: str) -> str:
        """The title in `language` ("en" or "ru")."""
        return self.ru if language == "ru" else self.en

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column key."""
        return [dict(zip((column.key for column in self.columns), row, strict=True)) for row in self.rows]


class Result(ABC):
    """A solver's result; subclasses are frozen dataclasses and name the works that define what they compute."""

    references: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def grids(self) -> tuple[Grid, ...]:
        """The result as tidy tables, the main one first."""

    @abstractmethod
    def words(self, language: str = "en") -> str:
        """What the result says, in plain words ("en" or "ru")."""

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The result as JSON can carry it."""

    def __str__(self) -> str:
        return self.words()


def say(language: str, en: str, ru: str) -> str:
    """The text in the language asked for."""
    return ru if language == "ru" else en


def listing(items: Sequence[str], language: str = "en") -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {say(language, 'and', 'и')} {items[-1]}"


def number(value: float, language: str = "en", digits: int = 2) -> str:
    """A number as people write it: no needless zeros, and the decimal sign of the language."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text.replace("-", "−")
    return text.replace(".", ",") if language == "ru" else text


def percent(share: float, language: str = "en", digits: int = 1) -> str:
    """A share as a percentage."""
    return f"{number(100 * share, language, digits)}%"

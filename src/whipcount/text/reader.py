"""Whom a text is for: the language of a command, a page or a block of code, held as context and passed on by nobody."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ru"]
LANGUAGES: dict[Language, str] = {"en": "English", "ru": "Русский"}


@dataclass(frozen=True)
class Writing:
    """How a language writes numbers: the decimal sign, what stands between thousands and before a percent sign.

    charts: the name under which Vega knows this way of writing.
    """

    decimal: str = "."
    thousands: str = ","
    percent: str = ""
    charts: str = "en-US"


WRITING: dict[Language, Writing] = {"en": Writing(), "ru": Writing(",", "\u00a0", "\u202f", "ru-RU")}


@dataclass(frozen=True)
class Label:
    """A name that its author gives in English and perhaps in Russian."""

    en: str
    ru: str = ""

    def in_language(self, chosen: str | None = None) -> str:
        """The name in a language ("en" or "ru"), the reader's if none is given; in English where there is no other."""
        return self.ru if self.ru and (chosen or language()) == "ru" else self.en


_language: ContextVar[Language] = ContextVar("language", default="en")


def language() -> Language:
    """The language of this command, page or block; English where none was set."""
    return _language.get()


def writing(chosen: str | None = None) -> Writing:
    """How a language writes numbers, the reader's if none is given."""
    return WRITING[known(chosen) if chosen else language()]


def speak(chosen: str) -> None:
    """Use a language ("en" or "ru") from here on, in this thread or task. Raises KeyError for another."""
    _language.set(known(chosen))


@contextlib.contextmanager
def speaking(chosen: str | None) -> Iterator[None]:
    """Use a language ("en" or "ru") within the block; None changes nothing. Raises KeyError for another."""
    if chosen is None:
        yield
        return
    token = _language.set(known(chosen))
    try:
        yield
    finally:
        _language.reset(token)


def known(chosen: str) -> Language:
    """A language by its code. Raises KeyError where there is none of that code."""
    for one in LANGUAGES:
        if one == chosen:
            return one
    raise KeyError(f"language {chosen!r}; there are {', '.join(LANGUAGES)}")

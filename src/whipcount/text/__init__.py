"""Sentences, labels and numbers in the reader's language: English stands in the code, others in gettext catalogues.

The language is ambient, like a locale: it is set once for a command, a page or a block (`speaking`), and nothing passes
it on. A text that the catalogue lacks appears in English, as an instance of `English`, so that a page can mark it.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from .numbers import count, localised, number, percent, probability, signed
from .reader import LANGUAGES, Label, Language, language, speak, speaking, writing

DOMAIN = "whipcount"
LOCALE = Path(__file__).parent / "locale"


class English(str):
    """A text that has no translation into the language asked for, and so stands in English."""

    __slots__ = ()


def say(text: str, /, **values: object) -> str:
    """An English text of the code in the reader's language, its `{name}` places filled with values."""
    if (current := language()) == "en":
        return text.format(**values) if values else text
    found = catalogue(current).gettext(text)
    if found is text or found == text:
        return English(text.format(**values) if values else text)
    return found.format(**values) if values else found


def say_as(context: str, text: str, /, **values: object) -> str:
    """As `say`, for an English text that other languages say differently by context."""
    if (current := language()) == "en":
        return text.format(**values) if values else text
    found = catalogue(current).pgettext(context, text)
    if found == text:
        return say(text, **values)
    return found.format(**values) if values else found


def say_many(one: str, many: str, n: int, /, **values: object) -> str:
    """A text in the form that goes with a number: "{n} run" or "{n} runs"; `n` is filled in as people write it."""
    values = {"n": count(n), **values}
    found = catalogue(language()).ngettext(one, many, n)
    text = found.format(**values)
    return English(text) if language() != "en" and found in (one, many) else text


def listing(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return say("{several} and {last}", several=", ".join(items[:-1]), last=items[-1])


def mark(text: str, /) -> str:
    """A text that is marked for the catalogue where it stands and translated where it is shown."""
    return text


def mark_as(context: str, text: str, /) -> str:
    """As `mark`, with the context that `say_as` names where the text is shown."""
    del context
    return text


@cache
def catalogue(chosen: str) -> gettext.NullTranslations:
    """The texts of a language; English ones stand in the code."""
    if chosen == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, [chosen], fallback=True)


__all__ = [
    "DOMAIN",
    "LANGUAGES",
    "LOCALE",
    "English",
    "Label",
    "Language",
    "catalogue",
    "count",
    "language",
    "listing",
    "localised",
    "mark",
    "mark_as",
    "number",
    "percent",
    "probability",
    "say",
    "say_as",
    "say_many",
    "signed",
    "speak",
    "speaking",
    "writing",
]

"""Words of the interface in both languages, and the grammar of numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence


def say(language: str, en: str, ru: str) -> str:
    """The text in the language asked for."""
    return ru if language == "ru" else en


def plural(number: int, language: str, en: tuple[str, str], ru: tuple[str, str, str]) -> str:
    """The form of a noun that goes with `number`: en (one, other), ru (one, few, many)."""
    if language != "ru":
        return en[0] if number == 1 else en[1]
    last, last_two = number % 10, number % 100
    if last == 1 and last_two != 11:
        return ru[0]
    if 2 <= last <= 4 and not 12 <= last_two <= 14:
        return ru[1]
    return ru[2]


def runs(number: int, language: str) -> str:
    """ "10,000 runs" with the noun in the right form."""
    from .theme import count

    return f"{count(number, language)} {plural(number, language, ('run', 'runs'), ('прогон', 'прогона', 'прогонов'))}"


def listing(items: Sequence[str], language: str) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {say(language, 'and', 'и')} {items[-1]}"


def shortened(text: str, width: int) -> str:
    """The text cut at a word's end to at most `width` characters, with an ellipsis where something was cut."""
    flat = " ".join(text.split())
    if len(flat) <= width:
        return flat
    cut = flat[: width - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-(")
    return f"{cut}…"


def halved(text: str) -> list[str]:
    """The text in two lines as even as its words allow."""
    width = -(-len(text) // 2)
    while len(lines := wrapped(text, width)) > 2:
        width += 1
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters."""
    return textwrap.wrap(text, width, break_long_words=False) or [""]

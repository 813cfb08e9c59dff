"""Texts fitted to a width, and numbers of runs."""

from __future__ import annotations

import textwrap

from whipcount.text import say_many


def runs(number: int) -> str:
    """ "10,000 runs" with the noun in the right form."""
    return say_many("{n} run", "{n} runs", number)


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

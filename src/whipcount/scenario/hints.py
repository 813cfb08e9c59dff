"""Hints: the nearest right word for a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_LISTED = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or ""."""
    names = sorted(set(known))
    # long words would make difflib slow, and are no slip of the pen
    found = difflib.get_close_matches(word[:80].lower(), names, n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint: the nearest known word, or all of them where they are few, or `otherwise`."""
    names = sorted(set(known))
    near = nearest(word, names)
    if near:
        return f"did you mean '{near}'?"
    if names and len(names) <= MOST_LISTED:
        return f"known: {', '.join(names)}"
    return otherwise

"""The words of `words.toml`, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def words(section: str, kind: str) -> tuple[str, ...]:
    """The words of one kind, in small letters."""
    text = resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tuple(word.casefold() for word in tomllib.loads(text)[section][kind])

"""Values of a scenario as the forms write them: with the field of each, positions as typed, names in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..roles import put

Record = dict[str, Any]
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class From:
    """A value, and the field in which it was typed."""

    value: Any
    field: str


def place_of(text: str, whole: float = 10) -> Any:
    """A position as typed (0..10, or several such numbers) as the language has it (0..1); else what was typed.

    whole: what is typed for 1: 100 for per cent.
    """
    typed = text.strip()
    numbers = NUMBER.findall(typed)
    if not numbers or re.fullmatch(r"[\s;–—-]*", NUMBER.sub("", typed)) is None or typed.startswith("-"):
        return typed
    found = [round(float(one.replace(",", ".")) / whole, 8) for one in numbers]
    return found[0] if len(found) == 1 else found


def told_in_both(text: str, **names: str) -> Record:
    """A name that the forms give by themselves, in both languages."""
    made = put(text)
    return {"en": made.en.format(**names), "ru": made.ru.format(**names)}

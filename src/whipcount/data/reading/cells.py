"""Dates and flags as people write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_STROKES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")

TRUE = frozenset(("1", "1.0", "true", "t", "yes", "y", "ja", "oui", "sí", "si", "да", "wahr", "vrai", "x", "✓", "✔"))
FALSE = frozenset(("0", "0.0", "false", "f", "no", "n", "nein", "non", "нет", "falsch", "faux"))

# What says in a column of text that nothing is known, as programs write it; a word such as `none` may be a name
BLANK = frozenset(("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "-", "–", "—", ".", "..", "...", "…", "?"))
ERRORS = frozenset(
    ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "Err:508", "Err:502")
)


def date_order(texts: Iterable[str]) -> str | None:
    """Whether 3/4/2020 is a third of April ("day") or a fourth of March ("month"), as other dates prove; else None."""
    found = set()
    for text in texts:
        if match := _STROKES.fullmatch(text.strip()):
            first, second = int(match[1]), int(match[2])
            if first > 12 >= second:
                found.add("day")
            elif second > 12 >= first:
                found.add("month")
    return found.pop() if len(found) == 1 else None


def is_open_date(text: str) -> bool:
    """Whether day and month may change places in a date."""
    match = _STROKES.fullmatch(text.strip())
    return match is not None and match[1] != match[2] and int(match[1]) <= 12 >= int(match[2])


def as_date(text: str, order: str | None) -> dt.date | None:
    """A date, or None where the text is none or the order of day and month is not known."""
    plain = text.strip()
    try:
        for pattern in (_ISO, _COMPACT, _YEAR_FIRST):
            if match := pattern.fullmatch(plain):
                return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _POINTS.fullmatch(plain):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        if match := _STROKES.fullmatch(plain):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            if first == second:
                return dt.date(year, first, second)
            if order is not None:
                return dt.date(year, second, first) if order == "day" else dt.date(year, first, second)
    except ValueError:
        return None
    return None


def flag_of(value: Any) -> bool | None:
    """Yes or no, None where it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return {1.0: True, 0.0: False}.get(float(value))
    word = str(value).strip().casefold()
    return True if word in TRUE else False if word in FALSE else None

"""Numbers as people write them: decimal points and commas, digits in groups, signs, percent signs, footnote marks.

A mark is told from evidence only: `0,5` proves a decimal comma, `1.234.567` that points group digits. What both
readings fit (`1.234`) is settled by such evidence elsewhere in the table, by the column's bounds, or asked for (WC519).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ...text import mark
from .words import words

POINTS = mark("the table has decimal points")
COMMAS = mark("the table has decimal commas")

_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2007": " ", "\u2008": " ", "\u3000": " "})
_FOOTNOTE = re.compile(r"\s*(\[[^\]\s]{1,4}\]|[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜ#]+)$")
_SIGN = re.compile(r"^([+\-−‐‑–])\s?(?=[\d.,])")
_PLAIN = re.compile(r"\d+")
_SPACED = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:([.,])\d+)?")
_SCIENCE = re.compile(r"(?:\d+(?:([.,])\d*)?|([.,])\d+)[eE][+\-−]?\d{1,3}")


def _patterns(decimal: str, group: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    d, g = re.escape(decimal), re.escape(group)
    doubtful = re.compile(rf"[1-9]\d{{0,2}}{d}\d{{3}}")
    fraction = re.compile(rf"(?:\d+{d}\d*|{d}\d+)")
    # groups of the other mark: twice or more, or once before a decimal part; also of two digits (1,23,45,678)
    grouped = re.compile(
        rf"(?:[1-9]\d{{0,2}}(?:{g}\d{{3}}){{2,}}|[1-9]\d?(?:{g}\d{{2}})+{g}\d{{3}}|[1-9]\d{{0,2}}(?:{g}\d{{3}})+{d}\d+)"
    )
    return doubtful, fraction, grouped


_MARKS = {".": _patterns(".", ","), ",": _patterns(",", ".")}
OTHER = {".": ",", ",": "."}


@dataclass(frozen=True)
class Written:
    """A number as written: digits without sign, percent sign and footnote marks; `decimal` is the mark that it proves.

    form: "plain", "decimal", "grouped", "doubtful" (one mark before three digits) or "none" (no number).
    """

    digits: str
    negative: bool
    percent: bool
    form: str
    decimal: str | None = None

    def value(self, decimal: str | None) -> float:
        """The number, where `decimal` is the decimal mark of the column (None where there is none to tell)."""
        text = self.digits.replace(" ", "").replace("'", "").replace("’", "").replace("−", "-")
        mark = self.decimal or decimal or "."
        text = text.replace(OTHER[mark], "").replace(mark, ".")
        return -float(text) if self.negative else float(text)

    @property
    def doubtful_mark(self) -> str:
        """The mark that may be a decimal one or may group digits."""
        return "." if "." in self.digits else ","


def written(text: str) -> Written:
    """A cell that is not missing, as a number is written; form "none" where it is none."""
    plain = text.translate(_SPACES).strip()
    plain = _FOOTNOTE.sub("", plain) if not _PLAIN.fullmatch(plain) else plain
    percent = plain.endswith("%") or plain.startswith("%")
    plain = plain.strip("%").strip()
    sign = _SIGN.match(plain)
    negative = sign is not None and sign.group(1) != "+"
    digits = plain[sign.end() :] if sign else plain
    if not digits.isascii() and "’" not in digits and "−" not in digits:
        return Written(digits, negative, percent, "none")
    if _PLAIN.fullmatch(digits):
        return Written(digits, negative, percent, "plain")
    for decimal, (doubtful, fraction, grouped) in _MARKS.items():
        if doubtful.fullmatch(digits):
            return Written(digits, negative, percent, "doubtful")
        if fraction.fullmatch(digits):
            return Written(digits, negative, percent, "decimal", decimal)
        if grouped.fullmatch(digits):
            return Written(digits, negative, percent, "grouped", decimal)
    if match := _SPACED.fullmatch(digits):
        return Written(digits, negative, percent, "grouped", match.group(1))
    if match := _SCIENCE.fullmatch(digits):
        return Written(digits, negative, percent, "decimal", match.group(1) or match.group(2))
    return Written(digits, negative, percent, "none")


def is_missing(text: str) -> bool:
    """Whether a cell says that a number is not known."""
    return text.strip().casefold() in _missing()


@cache
def _missing() -> frozenset[str]:
    return frozenset(words("numbers", "missing"))


def proofs(cells: Iterable[Written]) -> frozenset[str]:
    """The decimal marks that some cells prove."""
    return frozenset(one.decimal for one in cells if one.decimal is not None)


MISSING_CODES = frozenset(-float(digit * many) for digit in "789" for many in range(2, 5)) | {-9.0, -98.0, -97.0}


def missing_code(values: Sequence[float]) -> float | None:
    """The value that is a code of missing values as surveys write them (-99), where no other value is below zero."""
    below = {value for value in values if value < 0}
    return next(iter(below)) if len(below) == 1 and below <= MISSING_CODES and len(values) > 2 else None


def settle(
    cells: Iterable[Written], elsewhere: frozenset[str], low: float | None, high: float | None, whole: bool
) -> tuple[str | None, str]:
    """The decimal mark of a column with doubtful cells and the reason for it; None where it stays doubtful.

    elsewhere: marks that other columns of the table prove. low, high: bounds of the column's values. whole: whether
    whole numbers are expected, which are not written with decimals.
    """
    many = [one for one in cells if one.form != "none"]
    doubtful = [one for one in many if one.form == "doubtful"]
    own = proofs(many)
    if len(own) == 1:
        return next(iter(own)), mark("other cells of the column show it")
    if len(own) > 1:
        return None, "the column has decimal points and decimal commas"
    marks = {one.doubtful_mark for one in doubtful}
    if len(marks) > 1:
        return None, "points and commas stand alike before three digits"
    sign = marks.pop()
    fits = {}
    for decimal in (sign, OTHER[sign]):
        values = [one.value(decimal) for one in doubtful]
        fits[decimal] = all((low is None or value >= low) and (high is None or value <= high) for value in values)
    if fits[sign] != fits[OTHER[sign]]:
        return (sign if fits[sign] else OTHER[sign]), mark("only so the values lie within their bounds")
    if any(one.form == "plain" and len(one.digits) > 3 for one in many):
        # whoever writes 12345 without a group writes no groups, unless the table says otherwise
        if elsewhere == {OTHER[sign]}:
            return None, "some numbers of four digits are grouped, others not"
        return (
            (None, "whole numbers have no decimals")
            if whole
            else (sign, mark("longer numbers of the column have no groups"))
        )
    if elsewhere == {OTHER[sign]}:
        return OTHER[sign], COMMAS if sign == "." else POINTS
    uniform = len(doubtful) == len(many) > 1
    if elsewhere == {sign} and uniform and not whole:
        return sign, POINTS if sign == "." else COMMAS
    return None, "nothing in the table tells which"

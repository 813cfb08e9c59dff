"""Numbers as people write them in the reader's language: decimal sign, thousands, percentages, probabilities."""

from __future__ import annotations

import math

from .reader import writing

DASH = "–"


def localised(text: str) -> str:
    """A formatted number with the decimal sign of the language."""
    return text.replace(".", writing().decimal)


def number(value: float | None, digits: int = 2) -> str:
    """A number with at most `digits` decimals, without needless zeros; a dash where there is none."""
    if value is None or math.isnan(value):
        return DASH
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return localised("0" if text == "-0" else text.replace("-", "−"))


def signed(value: float | None, digits: int = 2) -> str:
    """A difference: as `number`, with its sign where it is not nought."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text not in ("0", DASH) else text


def count(value: int) -> str:
    """A whole number with its thousands set apart: "10,000"."""
    return f"{value:,}".replace(",", writing().thousands)


def percent(share: float | None, digits: int | None = None) -> str:
    """A share as a percentage: with `digits` decimals at most, or as many as it deserves ("34%", "4.2%", "<0.1%")."""
    if share is None or math.isnan(share):
        return DASH
    space = writing().percent
    if digits is not None:
        return f"{number(100 * share, digits)}{space}%"
    value = 100 * share
    if 0 < value < 0.1:
        text = "<0.1"
    elif 99.9 < value < 100:
        text = ">99.9"
    elif 0 < value < 9.95 or 99 < value < 100:
        text = f"{value:.1f}"
    else:
        text = f"{value:.0f}"
    return f"{localised(text)}{space}%"


def probability(value: float | None) -> str:
    """A probability as statisticians print it: "0.34", "<0.001", "1"; a dash where there is none."""
    if value is None or math.isnan(value):
        return DASH
    if value <= 0:
        return "0"
    if value >= 1:
        return "1"
    if value < 0.001:
        return "<" + localised("0.001")
    if value > 0.999:
        return ">" + localised("0.999")
    figures = 3 if value < 0.0995 or value > 0.9 else 2
    return localised(f"{value:.{figures}f}")

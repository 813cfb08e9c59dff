"""Well-known parties with the colours by which readers know them, for tables that give none of their own.

A name alone says little: a Labour party there is in many countries. So colours are taken only where most parties of a
table are parties of one country, and a chart says whose colours they are.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from whipcount.text import mark

FILE = Path(__file__).with_name("known_parties.csv")
SOURCE = "NZZ Visuals"
FEWEST = 3  # parties of a table that have to be known before any is coloured


COUNTRIES = (
    mark("Austria"), mark("Canada"), mark("Denmark"), mark("Finland"), mark("Germany"), mark("Hungary"),
    mark("Ireland"), mark("Italy"), mark("Netherlands"), mark("Poland"), mark("Portugal"), mark("South Africa"),
    mark("Spain"), mark("Sweden"), mark("United Kingdom"),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The country whose parties a table has, and a colour for each of its parties; none for one that is not known."""

    country: str
    colours: tuple[str | None, ...]


def known_colours(names: Sequence[str]) -> Known | None:
    """The colours of a table's parties, in its order; none where they are not mostly parties of one country."""
    folded = [fold(name) for name in names]
    found = {country: tuple(colours.get(name) for name in folded) for country, colours in _by_country().items()}
    known = {country: sum(one is not None for one in colours) for country, colours in found.items()}
    best = max(known.values(), default=0)
    countries = [country for country, number in known.items() if number == best]
    if best < FEWEST or 2 * best <= len(names) or len(countries) > 1:
        return None
    return Known(countries[0], found[countries[0]])


def fold(name: str) -> str:
    """A name without case, accents and signs: what different hands write alike."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _by_country() -> dict[str, dict[str, str]]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(lines):
        found.setdefault(row["country"], {}).update({fold(name): row["colour"] for name in row["names"].split("|")})
    return found

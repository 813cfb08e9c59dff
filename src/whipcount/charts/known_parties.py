"""Well-known parties with the colours by which readers know them, for tables that give none of their own.

A name alone says little: a Labour party and Greens there are in many countries, and in invented parliaments too. So
colours are taken only where most parties of a table are of one country, and some of their names of that country alone;
and a chart says whose colours they are.
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
TELLING = 2  # of them that have a name which no other country's, and no invented party would have
# names of families rather than of parties: invented parliaments and many countries have them
GENERIC = frozenset({
    "alliance", "bloc", "centre", "centreparty", "christiandemocrats", "christianunion", "citizens",
    "confederation", "conservative", "conservativeparty", "conservatives", "democraticalliance", "democraticparty",
    "finns", "freedomparty", "freedemocrats", "green", "greenleague", "greenparty", "greens", "labour",
    "labourparty", "lawandjustice", "league", "left", "leftalliance", "leftbloc", "leftparty", "liberal",
    "liberalalliance", "liberaldemocrats", "liberalinitiative", "liberalparty", "liberals", "moderateparty",
    "moderates", "newdemocrats", "peoplesparty", "socialdemocrats", "socialistparty", "socialists",
    "socialistpeoplesparty", "theleft", "thegreens", "thirdway", "union",
})  # fmt: skip


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
    by_country = _by_country()
    telling: dict[str, int] = {}
    for name in set(folded):
        countries = [country for country, colours in by_country.items() if name in colours]
        if len(countries) == 1 and len(name) > 1 and name not in GENERIC:
            telling[countries[0]] = telling.get(countries[0], 0) + 1
    if not telling:
        return None
    country = max(telling, key=lambda one: telling[one])
    found = tuple(by_country[country].get(name) for name in folded)
    known = sum(colour is not None for colour in found)
    if telling[country] < TELLING or sum(telling.values()) > telling[country] or known < FEWEST:
        return None
    return Known(country, found) if 2 * known > len(names) else None


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

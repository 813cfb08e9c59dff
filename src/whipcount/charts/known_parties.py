"""Well-known parties with the colours by which readers know them, for tables that give none of their own.

A name alone says little: a Labour party and Greens there are in many countries, and in invented parliaments too. So
colours are taken only where most parties of a table are of one country, and some of their names of that country alone;
and a chart says whose colours they are.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from whipcount.text import mark, say

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


_OWN: ContextVar[Mapping[str, str] | None] = ContextVar("own_colours", default=None)


@contextmanager
def colouring(own: Mapping[str, str]) -> Iterator[None]:
    """While charts are drawn of what was counted of a table: its own colours, by the names of its parties."""
    token = _OWN.set({fold(name): colour for name, colour in own.items() if colour})
    try:
        yield
    finally:
        _OWN.reset(token)


@dataclass(frozen=True)
class Coloured:
    """Colours of parties in their order, None for one without; and the sentence that says whose they are."""

    colours: tuple[str | None, ...] = ()
    whose: str = ""


def own_colours(names: Sequence[str]) -> Coloured:
    """The colours of parties: their table's own, else those by which readers know them; empty where there are none."""
    told = _OWN.get() or {}
    own = tuple(told.get(fold(name)) for name in names)
    if any(own):
        return Coloured(own)
    known = known_colours(names)
    if known is None:
        return Coloured()
    whose = say(
        "Colours: well-known parties of {country}, after {source}; a column colour gives others.",
        country=say(known.country),
        source=SOURCE,
    )
    return Coloured(known.colours, whose)


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

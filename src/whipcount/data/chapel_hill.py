"""Chapel Hill expert survey: parties' positions and salience, from the files of means or of single experts.

Jolly and others 2022, Chapel Hill Expert Survey trend file. Positions on left-right, economy and culture go from 0 to
10, the position on European integration from 1 to 7. A file of single experts also gives how far they disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import Place, TableError
from ..text import say
from ..theory.tables import PositionsTable
from .columns import Header, choose, read_columns

MEANS = Header(
    "Chapel Hill means",
    {"country": "text", "party_id": "text", "party": "text"},
    {"year": "whole", "seat": "number", "vote": "number", "family": "text", "govt": "number"},
)
EXPERTS = Header("Chapel Hill experts", {"party_id": "text"}, {"party": "text", "country": "text", "year": "whole"})
SCALES = {"eu_position": (1.0, 7.0), "position": (1.0, 7.0)}
USUAL_SCALE = (0.0, 10.0)
DIMENSIONS = ("lrecon", "galtan")
# the survey's numbers of countries
COUNTRIES = {
    **{"1": "BE", "2": "DK", "3": "GE", "4": "GR", "5": "ESP", "6": "FR", "7": "IRL", "8": "IT", "10": "NL"},
    **{"11": "UK", "12": "POR", "13": "AUS", "14": "FIN", "16": "SV", "20": "BUL", "21": "CZ", "22": "EST"},
    **{"23": "HUN", "24": "LAT", "25": "LITH", "26": "POL", "27": "ROM", "28": "SLO", "29": "SLE", "31": "CRO"},
    **{"34": "TUR", "35": "NOR", "36": "SWI", "37": "MAL", "38": "LUX", "40": "CYP", "45": "ICE"},
}


@dataclass(frozen=True)
class PartyPlace:
    """A party in one wave: positions, their spread over experts, salience (0..1), shares of seats and votes."""

    id: str
    name: str
    country: str
    year: int | None
    position: tuple[float | None, ...]
    spread: tuple[float | None, ...]
    salience: tuple[float | None, ...]
    seats: float | None
    votes: float | None


def read_chapel_hill(path: Any, dimensions: Sequence[str] = DIMENSIONS) -> tuple[PartyPlace, ...]:
    """Every party of every wave in a file of means (WC542 where a dimension's column is missing)."""
    wanted = dict.fromkeys(dimensions, "number")
    salient = {f"{dimension}_salience": "number" for dimension in dimensions}
    header = Header(MEANS.of, {**MEANS.required, **wanted}, {**MEANS.optional, **salient})
    frame = read_columns(path, header).drop_nulls(["party_id", "country"])
    return tuple(
        PartyPlace(
            id=row["party_id"],
            name=row["party"] or row["party_id"],
            country=COUNTRIES.get(row["country"], row["country"]),
            year=row["year"],
            position=tuple(row[dimension] for dimension in dimensions),
            spread=(None,) * len(dimensions),
            salience=tuple(_tenth(row[f"{dimension}_salience"]) for dimension in dimensions),
            seats=row["seat"],
            votes=row["vote"],
        )
        for row in frame.iter_rows(named=True)
    )


def read_experts(path: Any, dimensions: Sequence[str] = DIMENSIONS) -> tuple[PartyPlace, ...]:
    """Every party of a file of single experts: the mean of its experts, and their standard deviation."""
    header = Header(EXPERTS.of, {**EXPERTS.required, **dict.fromkeys(dimensions, "number")}, EXPERTS.optional)
    frame = read_columns(path, header).drop_nulls("party_id")
    spread = [pl.col(dimension).std().alias(f"{dimension}_sd") for dimension in dimensions]
    each = frame.group_by("party_id", maintain_order=True).agg(
        pl.col("party", "country", "year").first(), pl.col(*dimensions).mean(), *spread
    )
    return tuple(
        PartyPlace(
            id=row["party_id"],
            name=row["party"] or row["party_id"],
            country=COUNTRIES.get(row["country"] or "", row["country"] or ""),
            year=row["year"],
            position=tuple(row[dimension] for dimension in dimensions),
            spread=tuple(row[f"{dimension}_sd"] for dimension in dimensions),
            salience=(None,) * len(dimensions),
            seats=None,
            votes=None,
        )
        for row in each.iter_rows(named=True)
    )


def _tenth(value: float | None) -> float | None:
    """Salience on 0..1 from the survey's 0..10."""
    return None if value is None else min(max(value / 10, 0.0), 1.0)


def positions(
    places: Sequence[PartyPlace],
    country: str,
    year: int | None = None,
    dimensions: Sequence[str] = DIMENSIONS,
    path: Path | None = None,
) -> PositionsTable:
    """The parties of a country in one wave (the last by default) as the table that bargaining models take.

    Power is the share of seats, or of votes where no seats are told; where the file tells neither, as that of one wave
    does not, everybody has the same. Salience is 1 where the survey did not ask it. Parties without power or a position
    are left out and told (WC547 where none is left).
    """
    known = sorted({place.country for place in places})
    land = choose(country, known, "country")
    years = sorted({place.year for place in places if place.country == land and place.year is not None})
    wave = year if year is not None else (years[-1] if years else None)
    here = [place for place in places if place.country == land and place.year == wave]
    weighed = any(place.seats or place.votes for place in here)
    kept = [
        place
        for place in here
        if all(value is not None for value in place.position)
        and (not weighed or (place.seats or place.votes or 0.0) > 0)
    ]
    if not kept:
        listed = ", ".join(str(one) for one in years) or "no year"
        where = Place("" if path is None else str(path))
        raise TableError.one("WC547", f"no placed party of {land} in {wave}", f"its waves are {listed}", where)
    seated = any((place.seats or 0.0) > 0 for place in kept)
    spread = tuple(tuple(value or 0.0 for value in place.spread) for place in kept)
    return PositionsTable(
        names=_distinct([place.name for place in kept], [place.id for place in kept]),
        power=tuple(_power(place, seated, weighed) for place in kept),
        ideal=tuple(tuple(float(value or 0.0) for value in place.position) for place in kept),
        salience=tuple(tuple(1.0 if value is None else value for value in place.salience) for place in kept),
        dimensions=tuple(dimensions),
        scale=tuple(SCALES.get(dimension, USUAL_SCALE) for dimension in dimensions),
        ideal_sd=spread if any(any(row) for row in spread) else (),
        title=f"Chapel Hill {land} {wave or ''}".strip(),
        remarks=_left_out(here, kept, weighed),
    )


def _power(place: PartyPlace, seated: bool, weighed: bool) -> float:
    if not weighed:
        return 1.0
    return float((place.seats if seated else place.votes) or 0.0)


def _left_out(here: Sequence[PartyPlace], kept: Sequence[PartyPlace], weighed: bool) -> tuple[str, ...]:
    remarks = [] if weighed else [say("the file tells neither seats nor votes: every party has the same power")]
    gone = [place.name for place in here if place not in kept]
    if gone:
        remarks.append(say("left out without a position or without seats and votes: {names}", names=", ".join(gone)))
    return tuple(remarks)


def _distinct(names: list[str], ids: list[str]) -> tuple[str, ...]:
    return tuple(f"{name} [{id}]" if names.count(name) > 1 else name for name, id in zip(names, ids, strict=True))

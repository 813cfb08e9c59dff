"""One election, or one wave of a survey, out of a collection: ParlGov, the Manifesto Project, the Chapel Hill survey.

What comes out is the same table of seats as a plain file gives, with positions as measures, so that every command that
counts seats takes a collection too. Which election is meant is said by its country and its day or year.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..text import say
from ..theory.tables import PositionsTable, SeatsTable, check_whole, whole_weights
from .chapel_hill import MEANS
from .columns import Header, choose, find_table, read_columns
from .reading import Table, read_table

PARLGOV = Header(
    "ParlGov view_election",
    {
        "country_name_short": "text",
        "election_type": "text",
        "election_date": "date",
        "party_id": "whole",
        "seats": "number",
        "party_name_short": "text",
    },
    {"country_name": "text", "left_right": "number"},
)
FURTHER = ("state_market", "liberty_authority", "eu_anti_pro")  # positions of ParlGov's view_party
MANIFESTO = Header(
    "Manifesto Project, main dataset",
    {"countryname": "text", "edate": "text", "party": "text", "absseat": "number", "rile": "number"},
    {"partyabbrev": "text", "partyname": "text", "planeco": "number", "markeco": "number", "welfare": "number"},
)
CHAPEL_HILL = ("lrgen", "lrecon", "galtan", "eu_position")


@dataclass(frozen=True)
class Which:
    """Which election of a collection: a country, and a day or a year (the last one where there is none)."""

    country: str = ""
    day: str = ""

    @classmethod
    def read(cls, country: str | None, election: str | None) -> Which:
        """From `--country Germany --election 2021-09-26`, or both in `--election DEU:2021`."""
        land, colon, day = (election or "").rpartition(":")
        return cls((country or (land if colon else "")).strip(), day.strip())

    def pick(self, days: Sequence[dt.date], of: str, place: Place) -> dt.date:
        """The day of the election (WC547 where there is none, or several in the year)."""
        found = sorted({day for day in days if day.isoformat().startswith(self.day)})
        if not found or (len(found) > 1 and self.day):
            listed = ", ".join(day.isoformat() for day in sorted(set(days))[-12:])
            many = "several" if found else "no"
            raise TableError.one(
                "WC547", f"{of}: {many} elections for {self.day!r}", f"its last ones are {listed}", place
            )
        return found[-1]


def one_election(source: Any, country: str | None, election: str | None) -> SeatsTable | None:
    """The table of seats of one election, where a source is a collection of them; None where it is a plain table.

    Refuses (WC546, WC547) a country or an election that the collection does not have.
    """
    which = Which.read(country, election)
    if isinstance(source, (str, os.PathLike)) and Path(source).is_dir():
        return _parlgov(Path(source), which)
    if not (country or election):
        return None
    table = read_table(source)
    columns = set(table.columns)
    if {"edate", "absseat", "rile"} <= columns:
        return _manifesto(table, which)
    if {"party_id", "lrgen"} <= columns:
        return _chapel_hill(table, which)
    hint = "a folder of ParlGov, the main dataset of the Manifesto Project, or means of the Chapel Hill survey"
    raise TableError.one("WC547", "a plain table holds one body, not elections", hint, Place(table.source))


def _parlgov(folder: Path, which: Which) -> SeatsTable:
    path = find_table(folder, "view_election.csv")
    if path is None:
        hint = "give the folder that holds view_election.csv"
        raise TableError.one("WC540", "ParlGov: no view_election.csv", hint, Place(str(folder)))
    rows = read_columns(path, PARLGOV).filter(
        (pl.col("election_type") == "parliament") & pl.col("election_date").is_not_null()
    )
    names = rows["country_name"] if "country_name" in rows.columns else rows["country_name_short"]
    full = dict(zip(names, rows["country_name_short"], strict=True))
    short = full.get(which.country) or choose(which.country, sorted(set(rows["country_name_short"])), "country")
    here = rows.filter(pl.col("country_name_short") == short)
    day = which.pick(here["election_date"].to_list(), short, Place(str(path)))
    here = here.filter((pl.col("election_date") == day) & (pl.col("seats") > 0))
    places = {"left_right": here["left_right"].to_list() if "left_right" in here.columns else [None] * here.height}
    views = find_table(folder, "view_party.csv")
    if views is not None:
        header = Header("ParlGov view_party", {"party_id": "whole"}, dict.fromkeys(FURTHER, "number"))
        parties = {row["party_id"]: row for row in read_columns(views, header).iter_rows(named=True)}
        for column in FURTHER:
            places[column] = [parties.get(key, {}).get(column) for key in here["party_id"]]
    return _table(
        here["party_name_short"].to_list(), here["party_id"].to_list(), here["seats"].to_list(), places,
        f"{short} {day}", f"ParlGov: the parliament elected in {short} on {day}",
    )  # fmt: skip


def _manifesto(table: Table, which: Which) -> SeatsTable:
    rows = read_columns(table, MANIFESTO)
    # the data set's codebook says day/month/year; spreadsheets may have turned it round already
    days = pl.coalesce(pl.col("edate").str.to_date(form, strict=False) for form in ("%d/%m/%Y", "%Y-%m-%d"))
    rows = rows.with_columns(days.alias("edate")).filter(pl.col("edate").is_not_null() & (pl.col("absseat") > 0))
    land = choose(which.country, sorted(set(rows["countryname"])), "country")
    here = rows.filter(pl.col("countryname") == land)
    day = which.pick(here["edate"].to_list(), land, Place(table.source))
    here = here.filter(pl.col("edate") == day)
    short = here["partyabbrev"].to_list() if "partyabbrev" in here.columns else [None] * here.height
    long = here["partyname"].to_list() if "partyname" in here.columns else [None] * here.height
    names = [one or other or key for one, other, key in zip(short, long, here["party"], strict=True)]
    columns = [name for name in ("rile", "planeco", "markeco", "welfare") if name in here.columns]
    places: dict[str, list[Any]] = {name: here[name].to_list() for name in columns}
    told = say(
        "Manifesto Project: the parliament elected in {land} on {day}; rile goes from -100 (left) to 100 (right)",
        land=land, day=day,
    )  # fmt: skip
    return _table(names, here["party"].to_list(), here["absseat"].to_list(), places, f"{land} {day}", told)


def _chapel_hill(table: Table, which: Which) -> SeatsTable:
    from .chapel_hill import COUNTRIES

    columns = [name for name in CHAPEL_HILL if name in table.columns]
    header = Header(MEANS.of, MEANS.required, {**MEANS.optional, **dict.fromkeys(columns, "number")})
    rows = read_columns(table, header).with_columns(pl.col("country").replace(COUNTRIES))
    land = choose(which.country, sorted(set(rows["country"].drop_nulls())), "country")
    here = rows.filter((pl.col("country") == land) & (pl.col("seat") > 0))
    years = sorted(set(here["year"].drop_nulls()))
    year = int(which.day) if which.day.isdigit() else (years[-1] if years and not which.day else None)
    if year not in years:
        hint = f"its waves are {', '.join(map(str, years)) or 'none with seats'}"
        raise TableError.one(
            "WC547", f"{land}: no wave of {which.day or 'any year'} with seats", hint, Place(table.source)
        )
    here = here.filter(pl.col("year") == year)
    told = say(
        "Chapel Hill survey: {land}, wave of {year}; seats are shares as the survey has them", land=land, year=year
    )
    places = {name: here[name].to_list() for name in columns}
    return _table(
        here["party"].to_list(), here["party_id"].to_list(), here["seat"].to_list(), places, f"{land} {year}", told
    )


def _table(
    names: Sequence[str],
    keys: Sequence[Any],
    seats: Sequence[float],
    places: dict[str, list[Any]],
    title: str,
    told: str,
) -> SeatsTable:
    """The table, the largest party first; where two share a name, both carry their key."""
    distinct = [f"{name} [{key}]" if names.count(name) > 1 else name for name, key in zip(names, keys, strict=True)]
    weights, unit = whole_weights(list(map(float, seats)), distinct, "seats")
    remarks = [told, *([say("seats are multiplied by {unit}, so that they are whole", unit=unit)] if unit > 1 else [])]
    without = [name for name, place in zip(distinct, next(iter(places.values())), strict=True) if place is None]
    if without:
        remarks.append(say("no position on {column}: {names}", column=next(iter(places)), names=", ".join(without)))
    measures = tuple((name, tuple(values)) for name, values in places.items() if any(one is not None for one in values))
    whole = check_whole(weights, distinct, "seats")
    return SeatsTable(tuple(distinct), whole, measures, title, remarks=tuple(remarks), unit=unit).sorted()


def as_actors(table: SeatsTable, dimensions: Sequence[str] = ()) -> PositionsTable:
    """The parties of an election as actors of a bargain: power is seats, everybody cares fully.

    dimensions: the first position of the collection by default. Parties without a position are left out and told.
    """
    axes = tuple(dimensions) or tuple(name for name, _ in table.measures[:1])
    columns = np.array([[np.nan if one is None else one for one in table.measure(axis)] for axis in axes]).T
    kept = [row for row in range(len(table.names)) if np.isfinite(columns[row]).all()]
    told = (*table.remarks, say("power is seats; everybody cares fully"))
    return PositionsTable(
        names=tuple(table.names[row] for row in kept),
        power=tuple(float(table.seats[row]) for row in kept),
        ideal=tuple(tuple(columns[row].tolist()) for row in kept),
        salience=((1.0,) * len(axes),) * len(kept),
        dimensions=axes,
        title=table.title,
        remarks=told,
    )

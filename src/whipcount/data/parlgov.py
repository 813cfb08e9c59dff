"""ParlGov: parties, elections and cabinets, from the released views and, where given, the raw tables.

A folder that the user downloaded is read as it is. Known faults are mended on reading: duplicate rows of one party in
one cabinet are merged; rows without seats do not count as parliamentary parties; "no party affiliation" and collected
small parties are no actors, and neither is a party without a left-right position.

Doering & Manow, Parliaments and governments database, doi:10.7910/DVN/2VZ5ZC (CC0).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..text import say
from ..theory.formation_table import HALF_LIFE, MOST_PARTIES, Opportunity, Spell, record_of
from .columns import Header, choose, find_table, read_columns

VIEW_CABINET = Header(
    "ParlGov view_cabinet",
    {
        "country_name_short": "text",
        "country_name": "text",
        "election_date": "date",
        "start_date": "date",
        "cabinet_name": "text",
        "caretaker": "flag",
        "cabinet_party": "flag",
        "prime_minister": "flag",
        "seats": "number",
        "election_seats_total": "number",
        "party_name_short": "text",
        "left_right": "number",
        "cabinet_id": "whole",
        "party_id": "whole",
    },
    {"party_name_english": "text", "party_name": "text", "election_id": "whole", "previous_cabinet_id": "whole"},
)
VIEW_ELECTION = Header(
    "ParlGov view_election",
    {
        "country_name_short": "text",
        "election_type": "text",
        "election_date": "date",
        "vote_share": "number",
        "party_id": "whole",
    },
    {"seats": "number", "seats_total": "number", "party_name_short": "text", "left_right": "number"},
)
VIEW_PARTY = Header(
    "ParlGov view_party",
    {"party_id": "whole", "family_name_short": "text"},
    {"state_market": "number", "liberty_authority": "number", "eu_anti_pro": "number", "left_right": "number"},
)
PARTY_CHANGE = Header(
    "ParlGov party_change", {"party": "whole", "party_new": "whole", "date": "date"}, {"type": "whole", "id": "whole"}
)
CABINET = Header(
    "ParlGov cabinet",
    {"id": "whole", "start_date": "date"},
    {"termination": "whole", "termination_date": "date", "caretaker": "flag"},
)
CODES = Header("ParlGov codes", {"id": "whole", "table_variable": "text", "short": "text"})

FAMILIES = {"com": "communist", "eco": "green", "right": "right", "spec": "special", "code": "none"}
SUCCESSION = ("merged", "joined", "successor")  # changes through which a party's past goes on in another
SUCCESSION_CODES = (33, 34, 35)  # the same in the raw table, where no table of codes lies beside it

FEWEST, MOST = 3, 12  # parties of an opportunity that is evaluated
PLACED = 0.98  # share of the seats that must be held by parties with a position
SINCE = dt.date(1945, 1, 1)


@dataclass(frozen=True)
class Party:
    """A parliamentary party under one cabinet."""

    key: str
    name: str
    seats: float
    left_right: float | None
    member: bool
    premier: bool
    title: str = ""


@dataclass(frozen=True)
class Cabinet:
    """A cabinet with the parliament it faces; parties by seats, the largest first."""

    key: int
    country: str
    country_name: str
    name: str
    election: dt.date
    start: dt.date
    caretaker: bool
    total: float
    parties: tuple[Party, ...]
    termination: str | None = None
    ended: dt.date | None = None

    def spell(self) -> Spell:
        """The cabinet as history sees it."""
        return Spell(
            start=self.start,
            election=self.election,
            members=frozenset(party.key for party in self.parties if party.member),
            premier=frozenset(party.key for party in self.parties if party.premier),
            seats={party.key: party.seats for party in self.parties},
            total=self.total,
            caretaker=self.caretaker,
        )


@dataclass(frozen=True)
class ParlGov:
    """The tables of one folder: cabinets by country in order of time, votes by election, families, successions."""

    cabinets: dict[str, tuple[Cabinet, ...]]
    votes: dict[tuple[str, dt.date], dict[str, float]]
    families: dict[str, str]
    successions: dict[str, tuple[tuple[str, dt.date], ...]]
    folder: str = field(default="", compare=False)

    def line(self, key: str, until: dt.date) -> frozenset[str]:
        """The keys of a party and of those whose past goes on in it (mergers, joiners, successors) by a date."""
        found, waiting = {key}, [key]
        while waiting:
            for earlier, when in self.successions.get(waiting.pop(), ()):
                if when <= until and earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
        return frozenset(found)

    def swing(self, country: str, election: dt.date, lines: list[frozenset[str]], keys: list[str]) -> list[float]:
        """Change of each party's vote share (0..1) since the election before; 0 where it is unknown."""
        earlier = [day for (land, day) in self.votes if land == country and day < election]
        if not earlier:
            return [0.0] * len(keys)
        now, then = self.votes.get((country, election), {}), self.votes[country, max(earlier)]
        return [
            (now[key] - sum(then.get(old, 0.0) for old in line)) / 100 if key in now else 0.0
            for key, line in zip(keys, lines, strict=True)
        ]


def read_parlgov(folder: Path | str) -> ParlGov:
    """Read the folder of a ParlGov release (WC540 to WC543 for missing files, columns, values).

    `view_cabinet.csv` is needed; `view_election.csv`, `view_party.csv`, and the raw `party_change.csv`, `cabinet.csv`
    and `codes.csv` (also as `raw_*.csv`) are read where they are.
    """
    base = Path(folder)
    if not base.is_dir():
        hint = "give the folder that holds view_cabinet.csv"
        raise TableError.one("WC540", "ParlGov: no such folder", hint, Place(str(base)))
    path = find_table(base, "view_cabinet.csv") or base / "view_cabinet.csv"
    view = read_columns(path, VIEW_CABINET)
    return ParlGov(
        cabinets=_cabinets(view, _terminations(base)),
        votes=_votes(base),
        families=_families(base),
        successions=_successions(base),
        folder=base.name,
    )


def _cabinets(
    view: pl.DataFrame, terminations: dict[int, tuple[str | None, dt.date | None]]
) -> dict[str, tuple[Cabinet, ...]]:
    needed = view.filter(
        pl.all_horizontal(pl.col("election_date", "start_date", "cabinet_id", "party_id", "seats").is_not_null())
    )
    # one row a party and cabinet: what stands twice is merged, so that its seats are not lost
    merged = needed.group_by("country_name_short", "cabinet_id", "party_id", maintain_order=True).agg(
        pl.col("country_name", "election_date", "start_date", "cabinet_name", "party_name_short").first(),
        pl.col("party_name_english", "left_right", "election_seats_total").first(),
        pl.col("seats").sum(),
        pl.col("caretaker", "cabinet_party", "prime_minister").any(),
    )
    ordered = merged.sort(
        "country_name_short", "start_date", "cabinet_id", "seats", descending=[False] * 3 + [True], maintain_order=True
    )
    found: dict[str, list[Cabinet]] = {}
    for (country, key), rows in ordered.group_by(["country_name_short", "cabinet_id"], maintain_order=True):
        first = rows.row(0, named=True)
        ended = terminations.get(int(str(key)), (None, None))
        cabinet = Cabinet(
            key=int(str(key)),
            country=str(country),
            country_name=first["country_name"],
            name=first["cabinet_name"],
            election=first["election_date"],
            start=first["start_date"],
            caretaker=bool(first["caretaker"]),
            total=float(first["election_seats_total"] or rows["seats"].sum()),
            parties=tuple(_party(row) for row in rows.iter_rows(named=True)),
            termination=ended[0],
            ended=ended[1],
        )
        found.setdefault(cabinet.country, []).append(cabinet)
    return {country: tuple(cabinets) for country, cabinets in found.items()}


def _party(row: dict[str, object]) -> Party:
    place = row["left_right"]
    return Party(
        key=str(row["party_id"]),
        name=str(row["party_name_short"]),
        seats=float(str(row["seats"])),
        left_right=None if place is None else float(str(place)),
        member=bool(row["cabinet_party"]),
        premier=bool(row["prime_minister"]),
        title=str(row["party_name_english"] or ""),
    )


def _terminations(folder: Path) -> dict[int, tuple[str | None, dt.date | None]]:
    """By cabinet: how it ended, and when, from the raw tables; empty where they are not there."""
    path = find_table(folder, "raw_cabinet.csv", "cabinet.csv")
    if path is None:
        return {}
    kinds = _codes(folder, "cabinet_termination")
    table = read_columns(path, CABINET)
    return {
        row["id"]: (kinds.get(row["termination"]), row["termination_date"])
        for row in table.iter_rows(named=True)
        if row["id"] is not None
    }


def _codes(folder: Path, variable: str) -> dict[int, str]:
    path = find_table(folder, "raw_codes.csv", "codes.csv")
    if path is None:
        return {}
    rows = read_columns(path, CODES).filter(pl.col("table_variable") == variable)
    return dict(zip(rows["id"], rows["short"], strict=True))


def _votes(folder: Path) -> dict[tuple[str, dt.date], dict[str, float]]:
    path = find_table(folder, "view_election.csv")
    if path is None:
        return {}
    rows = read_columns(path, VIEW_ELECTION).filter(
        (pl.col("election_type") == "parliament") & pl.col("election_date").is_not_null()
    )
    found: dict[tuple[str, dt.date], dict[str, float]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["country_name_short"], row["election_date"]), {})[str(row["party_id"])] = (
            row["vote_share"] or 0.0
        )
    return found


def _families(folder: Path) -> dict[str, str]:
    path = find_table(folder, "view_party.csv")
    if path is None:
        return {}
    rows = read_columns(path, VIEW_PARTY)
    return {
        str(key): FAMILIES.get(family or "none", family or "none")
        for key, family in zip(rows["party_id"], rows["family_name_short"], strict=True)
    }


def _successions(folder: Path) -> dict[str, tuple[tuple[str, dt.date], ...]]:
    path = find_table(folder, "raw_party_change.csv", "party_change.csv")
    if path is None:
        return {}
    kinds = _codes(folder, "party_change_type")
    wanted = [code for code, short in kinds.items() if short in SUCCESSION] or list(SUCCESSION_CODES)
    rows = read_columns(path, PARTY_CHANGE).filter(pl.col("type").is_in(wanted) & pl.col("date").is_not_null())
    found: dict[str, list[tuple[str, dt.date]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(str(row["party_new"]), []).append((str(row["party"]), row["date"]))
    return {key: tuple(value) for key, value in found.items()}


def opportunities(
    tables: ParlGov, since: dt.date | None = None, until: dt.date | None = None, half_life: float | None = None
) -> tuple[Opportunity, ...]:
    """The formation opportunities of a release: the first cabinet after an election, where no caretaker.

    After 1945, no party with a majority, at least 98% of the seats held by parties with a position, 3 to 12 of them.
    since, until: election days to start from and to end before; earlier cabinets are always used as history.
    """
    found = []
    for cabinets in tables.cabinets.values():
        for number, cabinet in enumerate(cabinets):
            first = number == 0 or cabinets[number - 1].election != cabinet.election
            if not first or cabinet.caretaker or not _evaluated(cabinet):
                continue
            if (since is None or cabinet.election >= since) and (until is None or cabinet.election < until):
                found.append(_opportunity(tables, cabinet, cabinets, half_life))
    return tuple(found)


def _evaluated(cabinet: Cabinet) -> bool:
    """Whether the parliament is one in which there is something to negotiate, and its parties are known."""
    if cabinet.election < SINCE or max(party.seats for party in cabinet.parties) * 2 > cabinet.total:
        return False
    table = actors(cabinet.parties)
    placed = sum(party.seats for party in table)
    return FEWEST <= len(table) <= MOST and placed >= PLACED * cabinet.total and any(party.member for party in table)


def actors(parties: Iterable[Party]) -> list[Party]:
    """The parties that can be counted: those with seats and a position."""
    return [party for party in parties if party.seats > 0 and party.left_right is not None]


def _opportunity(
    tables: ParlGov, cabinet: Cabinet, cabinets: tuple[Cabinet, ...], half_life: float | None = None
) -> Opportunity:
    """One opportunity; its history is every cabinet that faced an earlier parliament of the country."""
    table = actors(cabinet.parties)
    keys = [party.key for party in table]
    lines = [tables.line(key, cabinet.election) for key in keys]
    past = [earlier.spell() for earlier in cabinets if earlier.election < cabinet.election]
    premier = next((row for row, party in enumerate(table) if party.premier), None)
    return Opportunity(
        parties=_distinct([party.name for party in table], keys),
        seats=np.array([party.seats for party in table]) / max(cabinet.total, sum(party.seats for party in table)),
        place=np.array([party.left_right or 0.0 for party in table]) / 10,
        swing=np.array(tables.swing(cabinet.country, cabinet.election, lines, keys)),
        family=tuple(tables.families.get(key, "none") for key in keys),
        record=record_of(past, lines, cabinet.election, HALF_LIFE if half_life is None else half_life),
        country=cabinet.country,
        date=cabinet.election,
        chosen=tuple(party.member for party in table),
        premier=premier,
        cabinet=cabinet.name,
        remarks=_left_out(cabinet, table),
    )


def _left_out(cabinet: Cabinet, kept: Sequence[Party]) -> tuple[str, ...]:
    """Parties of a parliament that have seats and no position, as a remark."""
    gone = [f"{party.name} ({party.seats:g})" for party in cabinet.parties if party.seats > 0 and party not in kept]
    return (say("left out with seats and no position: {names}", names=", ".join(gone)),) if gone else ()


def _distinct(names: list[str], keys: list[str]) -> tuple[str, ...]:
    """Short names; where two parties of a parliament share one, both carry their key."""
    return tuple(f"{name} [{key}]" if names.count(name) > 1 else name for name, key in zip(names, keys, strict=True))


def election(tables: ParlGov, country: str, day: dt.date | None = None) -> Opportunity:
    """The opportunity after one election of a country (by default the last), whatever formed (WC546, WC547)."""
    land = choose(country, sorted(tables.cabinets), "country")
    cabinets = tables.cabinets[land]
    days = sorted({cabinet.election for cabinet in cabinets})
    if day is None:
        day = days[-1]
    if day not in days:
        listed = ", ".join(str(known) for known in days[-12:])
        raise TableError.one("WC547", f"{land} has no election on {day}", f"its last ones are {listed}")
    first = next(cabinet for cabinet in cabinets if cabinet.election == day)
    table = actors(first.parties)
    if len(table) > MOST_PARTIES:
        hint = f"at most {MOST_PARTIES} parties are counted through: give a table without the smallest"
        raise TableError.one("WC515", f"{len(table)} parties with seats and a position in {land} {day}", hint)
    return _opportunity(tables, first, cabinets)

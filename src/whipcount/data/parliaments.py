"""A parliament as an analyst tables it: parties, seats, and what else is known of them; or an election of ParlGov."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, Problem, TableError
from ..theory.formation_table import FEWEST_PARTIES, MOST_PARTIES, Opportunity, Record
from ..theory.tables import check_names, check_whole
from .columns import Header
from .parlgov import ParlGov, actors, election
from .parties import ALIASES as PARTY_ALIASES
from .parties import SCALE, read_history, seated
from .reading import Table
from .scales import position_scale

PARLIAMENT = Header(
    "parliament table",
    {"party": "text", "seats": "number"},
    {
        "position": "number",
        "incumbent": "flag",
        "premier": "flag",
        "family": "text",
        "swing": "number",
        "leader": "text",
        "factions": "text",
        "party_ru": "text",
        "leader_ru": "text",
    },
)
ALIASES = {**PARTY_ALIASES, "in_government": "incumbent", "government": "incumbent", "prime_minister": "premier"}
UNPLACED = 0.5  # where the formation model has to take a party whose position nobody knows

_FACTION = re.compile(
    r"^(?P<name>[^:]+):\s*(?P<seats>[^:\s]+)\s*(?::\s*(?P<position>[^:\s]*)\s*(?::\s*(?P<head>.+))?)?$"
)


@dataclass(frozen=True)
class Wing:
    """A faction of a party in parliament: seats, position on 0..1 and head where they are known."""

    name: str
    seats: int
    position: float | None = None
    head: str | None = None


@dataclass(frozen=True)
class Sitting:
    """A party in parliament; position on 0..1; `where` says on which row of the source it stands."""

    name: str
    seats: int
    where: str
    position: float | None = None
    incumbent: bool = False
    premier: bool = False
    family: str = "none"
    swing: float = 0.0
    leader: str | None = None
    wings: tuple[Wing, ...] = ()
    names: tuple[str, str] = ("", "")  # of the party in English and Russian, where they differ from `name`
    leader_ru: str | None = None


@dataclass(frozen=True, eq=False)
class Parliament:
    """The parties after an election, the largest first; `total` counts seats that belong to none of them too.

    knows_government: the source says who governed before. record: the past, for the formation model. formed: the
    cabinet that did form, where the source tells it. remarks: what was left out on reading, or read how.
    """

    title: str
    parties: tuple[Sitting, ...]
    total: int
    source: str
    day: dt.date | None = None
    knows_government: bool = False
    record: Record | None = None
    country: str = ""
    formed: tuple[str, ...] | None = None
    formed_on: dt.date | None = None
    formed_name: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_names([party.name for party in self.parties], "parties")
        number = len(self.parties)
        if number < FEWEST_PARTIES:
            hint = "with one party there are no talks to simulate"
            raise TableError.one("WC530", f"{number} party with seats, at least {FEWEST_PARTIES} are needed", hint)
        if number > MOST_PARTIES:
            hint = f"merge parties or leave out the smallest: at most {MOST_PARTIES} sit down to talks"
            raise TableError.one("WC515", f"{number} parties form more cabinets than can be listed", hint)

    @property
    def placed(self) -> bool:
        """Whether some party has a position."""
        return any(party.position is not None for party in self.parties)

    def opportunity(self) -> Opportunity:
        """What the formation model is asked; a party without a position is put in the middle for it."""
        record = self.record or Record.none(len(self.parties))
        incumbent = np.array([party.incumbent for party in self.parties])
        if self.record is None and incumbent.any():
            premier = np.array([party.premier for party in self.parties])
            record = replace(record, incumbent=incumbent, regular=incumbent, premier=premier)
        middle = [UNPLACED if party.position is None else party.position for party in self.parties]
        return Opportunity(
            parties=tuple(party.name for party in self.parties),
            seats=np.array([party.seats for party in self.parties], dtype=float) / self.total,
            place=np.array(middle),
            swing=np.array([party.swing for party in self.parties]),
            family=tuple(party.family for party in self.parties),
            record=record,
            country=self.country,
            date=self.day or dt.date.min,
        )


def read_parliament(
    source: Any,
    scale: tuple[float, float] | None = None,
    total: int | None = None,
    history: Any = None,
    day: dt.date | None = None,
    **declared: str | None,
) -> Parliament:
    """Read a table with the columns party and seats, and where they are there position, incumbent, premier, factions...

    scale: the two ends of the positions in the file (0 to 10 where the numbers allow it). total: all seats, where some
    belong to nobody in the table.
    """
    frame, table = seated(source, PARLIAMENT, ALIASES, scale, declared)
    names = check_names([str(name or "").strip() for name in frame["party"]], "parties")
    seats = check_whole(frame["seats"].to_list(), names, "seats")
    held = sum(seats)
    if total is not None and total < held:
        raise TableError.one("WC531", f"the parties hold {held} seats, more than {total} in all", "check --total")
    problems: list[Problem] = []
    known = [value for value in frame["position"] if value is not None]
    ends, told = position_scale(known, scale, SCALE, table.top)
    if told is not None and known:
        table.remark(told)
    places = [_placed(frame["position"][row], name, ends, table.place(row), problems) for row, name in enumerate(names)]
    wings = [_wings(frame["factions"][row], seats[row], ends, table.place(row), problems) for row in range(len(names))]
    if problems:
        raise TableError(*problems)
    sitting = [
        _sitting(frame, table, row, seats[row], places[row], wings[row])
        for row in sorted(range(len(names)), key=lambda row: -seats[row])
        if seats[row] > 0
    ]
    listed = tuple(party.name for party in sitting)
    record = read_history(history, listed, day) if history is not None and len(listed) <= MOST_PARTIES else None
    incumbent = np.array([party.incumbent for party in sitting])
    if record is not None and incumbent.any():
        premier = np.array([party.premier for party in sitting])
        record = replace(record, incumbent=incumbent, regular=incumbent, premier=premier)
    elif record is not None:
        sitting = [
            replace(party, incumbent=bool(record.incumbent[row]), premier=bool(record.premier[row]))
            for row, party in enumerate(sitting)
        ]
    return Parliament(
        title=table.stem.replace("_", " ").replace("-", " ").strip().capitalize(),
        parties=tuple(sitting),
        total=total or held,
        source=Path(table.source).name,
        day=day,
        knows_government=any(party.incumbent for party in sitting),
        record=record,
        remarks=tuple(map(str, table.remarks)),
    )


def _sitting(
    frame: pl.DataFrame, table: Table, row: int, seats: int, place: float | None, wings: tuple[Wing, ...]
) -> Sitting:
    def cell(column: str) -> str | None:
        value = frame[column][row]
        return str(value).strip() or None if value is not None else None

    premier = bool(frame["premier"][row])
    name = cell("party") or ""
    return Sitting(
        name=name,
        seats=seats,
        where=f"row {table.place(row).line or row + 1}",
        position=place,
        incumbent=bool(frame["incumbent"][row]) or premier,
        premier=premier,
        family=cell("family") or "none",
        swing=(frame["swing"][row] or 0.0) / 100,
        leader=cell("leader"),
        wings=wings,
        names=(name, cell("party_ru") or name),
        leader_ru=cell("leader_ru"),
    )


def _placed(
    value: float | None, name: str, scale: tuple[float, float], where: Place, problems: list[Problem]
) -> float | None:
    """A position on 0..1; none where the table has none (WC512 where it lies off the scale)."""
    low, high = scale
    if value is None:
        return None
    if not low <= value <= high:
        hint = f"the scale goes from {low:g} to {high:g}: give its ends with --scale"
        problems.append(Problem("WC512", f"{name}: position {value:g}", hint, where))
        return None
    return (value - low) / (high - low)


def _wings(
    text: str | None, seats: int, scale: tuple[float, float], place: Place, problems: list[Problem]
) -> tuple[Wing, ...]:
    """Factions of a cell, `Left:12:3.5; Right:20:6:Jane Roe` (WC518 where that cannot be)."""
    if not text:
        return ()
    found = []
    for part in (part.strip() for part in text.split(";")):
        match = _FACTION.match(part)
        number = match["seats"] if match else ""
        if not part:
            continue
        if match is None or not number.isdigit() or int(number) == 0:
            hint = "write each faction as name:seats, name:seats:position or name:seats:position:head, with ; between"
            problems.append(Problem("WC518", f"faction {part!r} cannot be read", hint, place))
            continue
        name = match["name"].strip()
        try:
            stated = float(match["position"]) if match["position"] else None
        except ValueError:
            problems.append(Problem("WC518", f"faction {name}: position {match['position']!r}", "a number", place))
            continue
        where = _placed(stated, f"faction {name}", scale, place, problems)
        found.append(Wing(name, int(number), where, match["head"]))
    held = sum(wing.seats for wing in found)
    if held > seats:
        problems.append(Problem("WC518", f"factions of {held} seats in a party of {seats}", "check the seats", place))
    if len({wing.name for wing in found}) < len(found):
        problems.append(Problem("WC503", "a faction stands twice", "tell them apart", place))
    return tuple(found)


def parliament_of_election(tables: ParlGov, country: str, day: dt.date | None = None) -> Parliament:
    """The parliament that an election of a ParlGov folder gave, its past, and the first cabinet that formed in it."""
    opportunity = election(tables, country, day)
    cabinets = tables.cabinets[opportunity.country]
    cabinet = next(one for one in cabinets if one.election == opportunity.date)
    table = actors(cabinet.parties)
    record = opportunity.record
    outgoing = record.incumbent
    parties = tuple(
        Sitting(
            name=name,
            seats=int(party.seats),
            where=f"cabinet {cabinet.key}, party {party.key}",
            position=(party.left_right or 0.0) / 10,
            incumbent=bool(outgoing[row]),
            premier=bool(record.premier[row]),
            family=opportunity.family[row],
            swing=float(opportunity.swing[row]),
            names=(party.title or name, party.title or name),
        )
        for row, (name, party) in enumerate(zip(opportunity.parties, table, strict=True))
    )
    held = sum(party.seats for party in parties)
    formed = tuple(party.name for party, member in zip(parties, opportunity.chosen or (), strict=True) if member)
    return Parliament(
        title=f"{cabinet.country_name} after the election of {cabinet.election.isoformat()}",
        parties=parties,
        total=max(int(cabinet.total), held),
        source="ParlGov",
        day=cabinet.election,
        knows_government=bool(outgoing.any()),
        record=record,
        country=cabinet.country,
        formed=formed or None,
        formed_on=cabinet.start,
        formed_name=cabinet.name,
    )

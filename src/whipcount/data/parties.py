"""A table of the parties after an election, as an analyst writes it the day after, and their past where it is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, Problem, TableError
from ..text import say
from ..theory.formation_table import Opportunity, Record, Spell, record_of
from ..theory.polls_governments import Profiles
from ..theory.tables import Floats, SeatsTable, check_names, check_whole
from .columns import Header, typed
from .reading import Table
from .reading.names import split_cabinet
from .reading.words import words
from .scales import position_scale
from .seats import without_totals

PARTIES = Header(
    "table of parties",
    {"party": "text", "seats": "number", "position": "number"},
    {"incumbent": "flag", "premier": "flag", "family": "text", "swing": "number"},
)
ALIASES = {
    **dict.fromkeys(words("columns", "name"), "party"),
    **dict.fromkeys(words("columns", "seats"), "seats"),
    "left_right": "position",
    "lrgen": "position",
    "family_name_short": "family",
}
PROFILES = Header(
    "table of parties before an election",
    {"party": "text", "position": "number"},
    {"incumbent": "flag", "premier": "flag", "family": "text", "last": "number"},
)
HISTORY = Header(
    "table of past cabinets", {"start": "date", "parties": "text"}, {"premier": "text", "caretaker": "flag"}
)
SCALE = (0.0, 10.0)
BETWEEN = "+"  # what stands between the parties of a past cabinet


def read_parties(
    source: Any,
    scale: tuple[float, float] | None = None,
    total: float | None = None,
    history: Any = None,
    day: dt.date | None = None,
    **declared: str | None,
) -> Opportunity:
    """Read a table with the columns party, seats, position; where given incumbent, premier, family, swing.

    scale: the two ends of the positions in the file (0 to 10 where the numbers allow it). total: all seats, where some
    belong to nobody in the table. history: past cabinets (start, parties joined by +, premier) that familiarity and
    records are taken from.
    """
    frame, table = seated(source, PARTIES, ALIASES, scale, declared)
    names = check_names([str(name or "") for name in frame["party"]], "parties")
    seats = check_whole(frame["seats"].to_list(), names, "seats")
    place = _positions(frame, names, scale, table)
    kept = [row for row, held in enumerate(seats) if held > 0]
    if empty := [name for name, held in zip(names, seats, strict=True) if not held]:
        table.remark(say("left out without seats: {names}", names=", ".join(empty)))
    whole = float(total or sum(seats))
    opportunity = Opportunity(
        parties=tuple(names[row] for row in kept),
        seats=np.array([seats[row] for row in kept], dtype=float) / whole,
        place=place[kept],
        swing=np.array([(frame["swing"][row] or 0.0) / 100 for row in kept]),
        family=tuple(str(frame["family"][row] or "none") for row in kept),
        record=Record.none(len(kept)),
        date=day or dt.date.min,
        country=table.stem,
        remarks=tuple(map(str, table.remarks)),
    )
    incumbent = np.array([bool(frame["incumbent"][row]) for row in kept])
    premier = np.array([bool(frame["premier"][row]) for row in kept])
    record = opportunity.record
    if history is not None:
        told: list[str] = []
        record = read_history(history, opportunity.parties, day, told)
        opportunity = replace(opportunity, remarks=(*opportunity.remarks, *told))
    if incumbent.any():
        record = replace(record, incumbent=incumbent, regular=incumbent, premier=premier)
    return replace(opportunity, record=record)


def read_profiles(
    source: Any,
    parties: Sequence[str],
    scale: tuple[float, float] | None = None,
    history: Any = None,
    day: dt.date | None = None,
    **declared: str | None,
) -> Profiles:
    """What is known of the parties of polls before an election: position, and where given incumbent, premier, family,
    and `last`, the share of the votes at the last election in per cent (WC596 for a party of the polls without a row).

    Parties that are in no poll are left out, with a remark.
    """
    frame, table = typed(source, PROFILES, ALIASES, {"position": scale or SCALE}, declared)
    names = check_names([str(name or "") for name in frame["party"]], "parties")
    if lacking := [name for name in parties if name not in names]:
        hint = "give each party of the polls a row, with its name as the polls write it, and its position"
        raise TableError.one("WC596", f"nothing is known of {', '.join(lacking)}", hint, table.top)
    if gone := [name for name in names if name not in parties]:
        table.remark(say("left out, as they are in no poll: {names}", names=", ".join(gone)))
    rows = [names.index(name) for name in parties]
    frame = frame[rows]
    told: list[str] = []
    record = Record.none(len(rows)) if history is None else read_history(history, parties, day, told)
    incumbent, premier = (
        np.array([bool(flag) for flag in frame[name]], dtype=bool) for name in ("incumbent", "premier")
    )
    if incumbent.any():
        record = replace(record, incumbent=incumbent, regular=incumbent, premier=premier)
    return Profiles(
        parties=tuple(parties),
        place=_positions(frame, parties, scale, table),
        family=tuple(str(name or "none") for name in frame["family"]),
        record=record,
        last=np.array([np.nan if share is None else share / 100 for share in frame["last"]]),
        remarks=(*map(str, table.remarks), *told),
    )


def seated(
    source: Any,
    header: Header,
    aliases: Mapping[str, str],
    scale: tuple[float, float] | None,
    declared: Mapping[str, str | None],
) -> tuple[pl.DataFrame, Table]:
    """The columns of a table of parties with seats, and the table; rows of totals are left out of both (WC520)."""
    bounds = {"position": scale or SCALE}
    frame, table = typed(source, header, aliases, bounds, declared)
    names = [str(name or "") for name in frame["party"]]
    named = table.pick(("party", *words("columns", "name"))) or ""
    kept = without_totals(table, names, frame["seats"].to_list(), "seats", named)
    return frame[kept], table.only(kept)


def _positions(frame: pl.DataFrame, names: Sequence[str], scale: tuple[float, float] | None, table: Table) -> Floats:
    """Positions on 0..1, every one within the scale (WC509, WC512, WC523)."""
    known = [value for value in frame["position"] if value is not None]
    (low, high), told = position_scale(known, scale, SCALE, table.top)
    if told is not None:
        table.remark(told)
    problems = []
    for row, (name, value) in enumerate(zip(names, frame["position"], strict=True)):
        place = table.place(row)
        if value is None:
            hint = "give one, or leave the party out"
            problems.append(Problem("WC509", f"{name} has no position", hint, place))
        elif not low <= value <= high:
            hint = f"the scale goes from {low:g} to {high:g}: give its ends with --scale"
            problems.append(Problem("WC512", f"{name}: position {value:g}", hint, place))
    if problems:
        raise TableError(*problems)
    return np.asarray((frame["position"].to_numpy() - low) / (high - low))


def read_history(
    source: Any, parties: Sequence[str], until: dt.date | None = None, told: list[str] | None = None
) -> Record:
    """What a table of past cabinets tells of these parties.

    Who governed with whom, and how long; a country's habits need the seats of past parliaments, which it lacks. told:
    takes remarks on rows that are left out and on parties that are not among these.
    """
    rows, table = typed(source, HISTORY)
    frame = rows.drop_nulls(["start", "parties"]).sort("start")
    if frame.height < rows.height:
        table.remark(say("{many} cabinets without a start or parties are left out", many=rows.height - frame.height))
    if frame.is_empty():
        raise TableError.one("WC541", "no cabinet with a start and parties", "give at least one", Place(str(source)))
    last = until or dt.date.fromordinal(max(frame["start"]).toordinal() + 365)
    spells = []
    for row in frame.iter_rows(named=True):
        members = frozenset(split_cabinet(row["parties"], parties, BETWEEN))
        premier = frozenset(split_cabinet(row["premier"], [*parties, *members])) if row["premier"] else frozenset()
        if row["start"] < last:
            seats = dict.fromkeys([*parties, *members], 1.0)
            spells.append(
                Spell(row["start"], row["start"], members, premier, seats, len(seats), bool(row["caretaker"]))
            )
    gone = sorted({name for spell in spells for name in spell.members} - set(parties))
    if gone:
        table.remark(say("past cabinets name parties that are not in the table: {names}", names=", ".join(gone[:10])))
    if told is not None:
        told.extend(map(str, table.remarks))
    return record_of(spells, [frozenset([name]) for name in parties], last, since=dt.date.max)


def read_places(source: Any, dimensions: Sequence[str], **declared: str | None) -> SeatsTable:
    """Parties with their seats and positions on several dimensions, each a column of its own."""
    header = Header("table of parties", {"party": "text", "seats": "number", **dict.fromkeys(dimensions, "number")})
    aliases = {key: value for key, value in ALIASES.items() if value == "party"}
    frame, table = seated(source, header, aliases, None, declared)
    names = check_names([str(name or "") for name in frame["party"]], "parties")
    seats = check_whole(frame["seats"].to_list(), names, "seats")
    measures = tuple((dimension, tuple(frame[dimension].to_list())) for dimension in dimensions)
    return SeatsTable(names, seats, measures, table.stem, remarks=tuple(map(str, table.remarks)))

"""A table of the parties after an election, as an analyst writes it the day after, and their past where it is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from ..errors import Place, Problem, TableError
from ..theory.formation_table import Opportunity, Record, Spell, record_of
from ..theory.tables import SeatsTable, check_names, check_whole
from .columns import Header, read_table

PARTIES = Header(
    "table of parties",
    {"party": "text", "seats": "number", "position": "number"},
    {"incumbent": "flag", "premier": "flag", "family": "text", "swing": "number"},
)
ALIASES = {
    "left_right": "position",
    "party_name_short": "party",
    "name": "party",
    "lrgen": "position",
    "family_name_short": "family",
}
HISTORY = Header(
    "table of past cabinets", {"start": "date", "parties": "text"}, {"premier": "text", "caretaker": "flag"}
)
SCALE = (0.0, 10.0)
BETWEEN = "+"  # what stands between the parties of a past cabinet


def read_parties(
    path: Path,
    scale: tuple[float, float] = SCALE,
    total: float | None = None,
    history: Path | None = None,
    day: dt.date | None = None,
) -> Opportunity:
    """Read a table with the columns party, seats, position; where given incumbent, premier, family, swing.

    scale: the two ends of the positions in the file. total: all seats, where some belong to nobody in the table.
    history: a file of past cabinets (start, parties joined by +, premier) that familiarity and records are taken from.
    """
    frame = read_table(path, PARTIES, aliases=ALIASES)
    names = check_names([str(name or "") for name in frame["party"]], "parties")
    seats = check_whole(frame["seats"].to_list(), names, "seats")
    place = _positions(frame, names, scale, path)
    kept = [row for row, held in enumerate(seats) if held > 0]
    whole = float(total or sum(seats))
    opportunity = Opportunity(
        parties=tuple(names[row] for row in kept),
        seats=np.array([seats[row] for row in kept], dtype=float) / whole,
        place=place[kept],
        swing=np.array([(frame["swing"][row] or 0.0) / 100 for row in kept]),
        family=tuple(str(frame["family"][row] or "none") for row in kept),
        record=Record.none(len(kept)),
        date=day or dt.date.min,
        country=path.stem,
    )
    incumbent = np.array([bool(frame["incumbent"][row]) for row in kept])
    premier = np.array([bool(frame["premier"][row]) for row in kept])
    record = opportunity.record
    if history is not None:
        record = read_history(history, opportunity.parties, day)
    if incumbent.any():
        record = replace(record, incumbent=incumbent, regular=incumbent, premier=premier)
    return replace(opportunity, record=record)


def _positions(frame: pl.DataFrame, names: Sequence[str], scale: tuple[float, float], path: Path) -> np.ndarray:
    """Positions on 0..1, every one within the scale (WC509, WC512)."""
    low, high = scale
    problems = []
    for row, (name, value) in enumerate(zip(names, frame["position"], strict=True)):
        place = Place(str(path), row + 2, 1)
        if value is None:
            hint = "give one, or leave the party out"
            problems.append(Problem("WC509", f"{name} has no position", hint, place))
        elif not low <= value <= high:
            hint = f"the scale goes from {low:g} to {high:g}: give its ends with --scale"
            problems.append(Problem("WC512", f"{name}: position {value:g}", hint, place))
    if problems:
        raise TableError(*problems)
    return (frame["position"].to_numpy() - low) / (high - low)


def read_history(path: Path, parties: Sequence[str], until: dt.date | None = None) -> Record:
    """What a file of past cabinets tells of these parties.

    Who governed with whom, and how long; a country's habits need the seats of past parliaments, which it lacks.
    """
    frame = read_table(path, HISTORY).drop_nulls(["start", "parties"]).sort("start")
    last = until or dt.date.fromordinal(max(frame["start"]).toordinal() + 365)
    spells = []
    for row in frame.iter_rows(named=True):
        members = frozenset(name.strip() for name in row["parties"].split(BETWEEN) if name.strip())
        premier = frozenset([row["premier"].strip()]) if row["premier"] else frozenset()
        if row["start"] < last:
            seats = dict.fromkeys([*parties, *members], 1.0)
            spells.append(
                Spell(row["start"], row["start"], members, premier, seats, len(seats), bool(row["caretaker"]))
            )
    return record_of(spells, [frozenset([name]) for name in parties], last, since=dt.date.max)


def read_places(path: Path, dimensions: Sequence[str]) -> SeatsTable:
    """Parties with their seats and positions on several dimensions, each a column of its own."""
    header = Header("table of parties", {"party": "text", "seats": "number", **dict.fromkeys(dimensions, "number")})
    frame = read_table(path, header, aliases={key: value for key, value in ALIASES.items() if value == "party"})
    names = check_names([str(name or "") for name in frame["party"]], "parties")
    seats = check_whole(frame["seats"].to_list(), names, "seats")
    measures = tuple((dimension, tuple(frame[dimension].to_list())) for dimension in dimensions)
    return SeatsTable(names, seats, measures, path.stem)

"""The frozen table of a formation opportunity: the parties after an election, and what they did before it.

The history is told twice: as spells (who sat in which past cabinet, from when to when), and condensed into a `Record`
(per party and per pair of parties), which is what the covariates of a cabinet are computed from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import Problem, TableError
from .tables import check_names

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_PARTIES = 2
MOST_PARTIES = 16  # 65,535 cabinets; each further party doubles them
HALF_LIFE = 12.0  # years after which a past spell in government counts half
DAYS_IN_YEAR = 365.25
HALF = 0.5 + 1e-9  # sums of shares are rounded: exactly half is no majority, whatever the order of adding


@dataclass(frozen=True)
class Spell:
    """One past cabinet: its members, the prime minister's party and the parliament it faced, by party key."""

    start: dt.date
    election: dt.date
    members: frozenset[str]
    premier: frozenset[str]
    seats: Mapping[str, float]
    total: float
    caretaker: bool = False


@dataclass(frozen=True)
class Habits:
    """How a country has governed itself in parliaments without a majority party: discounted years by kind."""

    years: float = 0.0
    minority: float = 0.0
    oversized: float = 0.0
    single: float = 0.0
    parties: float = 0.0


@dataclass(frozen=True, eq=False)
class Record:
    """What the parties at the table did before; all times are years discounted by `half_life`.

    incumbent, premier: who sat in the outgoing cabinet, and whose prime minister led it; `regular`: the same for the
    last cabinet that was no caretaker. present, governed, led: years in parliament, in government, with the premier.
    together, both, apart: for each pair years governed together, sat together, one governed without the other.
    precedents: past cabinets as membership over these parties, each with its years. years: length of the known past.
    """

    incumbent: Bools
    premier: Bools
    regular: Bools
    present: Floats
    governed: Floats
    led: Floats
    together: Floats
    both: Floats
    apart: Floats
    precedents: tuple[tuple[tuple[bool, ...], float], ...] = ()
    habits: Habits = Habits()
    years: float = 0.0

    @classmethod
    def none(cls, parties: int) -> Record:
        """No known past: the first election, or a table without a history."""
        flags, zeros, square = np.zeros(parties, dtype=bool), np.zeros(parties), np.zeros((parties, parties))
        return cls(flags, flags, flags, zeros, zeros, zeros, square, square, square)


@dataclass(frozen=True, eq=False)
class Opportunity:
    """Parties after an election, from whom a cabinet is to be formed.

    seats: shares of all seats. place: left-right position, 0..1. swing: change of the vote share since the election
    before (0 where unknown). family: party family. chosen: membership of the cabinet that did form, where known.
    remarks: what was left out on reading, or read how.
    """

    parties: tuple[str, ...]
    seats: Floats
    place: Floats
    swing: Floats
    family: tuple[str, ...]
    record: Record
    country: str = ""
    date: dt.date = dt.date.min
    chosen: tuple[bool, ...] | None = None
    premier: int | None = None
    cabinet: str = field(default="", compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_names(self.parties, "parties")
        problems = list(self._problems())
        if problems:
            raise TableError(*problems)

    def _problems(self) -> list[Problem]:
        number = len(self.parties)
        if number < FEWEST_PARTIES:
            hint = "with one party there is one cabinet: nothing to count"
            return [Problem("WC530", f"{number} party at the table, at least {FEWEST_PARTIES} are needed", hint)]
        if number > MOST_PARTIES:
            hint = f"merge parties or leave out the smallest: at most {MOST_PARTIES} are counted through"
            return [Problem("WC515", f"{number} parties form more cabinets than can be listed (2^{number})", hint)]
        found = []
        for name, seats, place in zip(self.parties, self.seats, self.place, strict=True):
            if not (np.isfinite(seats) and seats > 0):
                found.append(Problem("WC505", f"{name}: {seats:g} seats", "leave out parties without seats"))
            if not np.isfinite(place):
                found.append(Problem("WC509", f"{name} has no left-right position", "give one, or leave the party out"))
            elif not 0 <= place <= 1:
                found.append(Problem("WC512", f"{name}: position {place:g}", "positions go from 0 to 1 here"))
        if not found and self.seats.sum() > 1 + 1e-9:
            found.append(Problem("WC531", f"the seats sum to {self.seats.sum():.3f} of all", "check the seats in all"))
        return found

    @property
    def size(self) -> int:
        """How many parties."""
        return len(self.parties)

    @property
    def cabinets(self) -> int:
        """How many cabinets could form: every set of parties but the empty one."""
        return int(2**self.size - 1)

    @property
    def choice(self) -> int:
        """The row of the cabinet that formed (row r holds the parties whose bits are set in r + 1)."""
        if self.chosen is None:
            raise TableError.one("WC532", f"{self.country} {self.date}: no cabinet is given as formed", "add it")
        return int(sum(1 << party for party, member in enumerate(self.chosen) if member)) - 1

    def members(self, row: int) -> tuple[str, ...]:
        """The parties of a cabinet, in the order of the table."""
        return tuple(name for party, name in enumerate(self.parties) if (row + 1) >> party & 1)


def record_of(
    spells: Sequence[Spell],
    lines: Sequence[frozenset[str]],
    until: dt.date,
    half_life: float = HALF_LIFE,
    since: dt.date = dt.date(1945, 1, 1),
) -> Record:
    """Condense past spells (in order of time) for the parties whose keys and predecessors' keys are `lines`.

    until: the election day, when the last spell is taken to end. since: earlier spells do not shape the habits.
    """
    number = len(lines)
    if not spells:
        return Record.none(number)
    ends = [*(spell.start for spell in spells[1:]), until]
    present, governed, led = np.zeros(number), np.zeros(number), np.zeros(number)
    together, both, apart = (np.zeros((number, number)) for _ in range(3))
    precedents: dict[tuple[bool, ...], float] = {}
    habit = np.zeros(5)
    years = 0.0
    for spell, end in zip(spells, ends, strict=True):
        length = max((end - spell.start).days / DAYS_IN_YEAR, 0.0)
        years += length
        weight = max(length, 0.02) * 0.5 ** ((until - end).days / DAYS_IN_YEAR / half_life)
        inside = _held(spell.members, lines)
        here = _present(spell.seats, lines) | inside  # a party may govern without a seat
        without = here & ~inside
        present += weight * here
        governed += weight * inside
        led += weight * _held(spell.premier, lines)
        together += weight * np.outer(inside, inside)
        both += weight * np.outer(here, here)
        apart += weight * (np.outer(inside, without) | np.outer(without, inside))
        if inside.any():
            key = tuple(bool(flag) for flag in inside)
            precedents[key] = precedents.get(key, 0.0) + weight
        if not spell.caretaker and spell.election >= since:
            habit += weight * np.array(_kind(spell))
    regular = [spell for spell in spells if not spell.caretaker]
    return Record(
        incumbent=_held(spells[-1].members, lines),
        premier=_held(spells[-1].premier, lines),
        regular=_held(regular[-1].members if regular else frozenset(), lines),
        present=present,
        governed=governed,
        led=led,
        together=together,
        both=both,
        apart=apart,
        precedents=tuple(precedents.items()),
        habits=Habits(*(float(value) for value in habit)),
        years=years,
    )


def _held(keys: frozenset[str], lines: Sequence[frozenset[str]]) -> Bools:
    return np.array([bool(line & keys) for line in lines], dtype=bool)


def _present(seats: Mapping[str, float], lines: Sequence[frozenset[str]]) -> Bools:
    return _held(frozenset(key for key, number in seats.items() if number > 0), lines)


def _kind(spell: Spell) -> tuple[float, float, float, float, float]:
    """(1, minority, oversized, single party, parties), or zeros where a party had a majority of its own."""
    if not spell.seats or max(spell.seats.values()) > spell.total / 2:
        return (0.0, 0.0, 0.0, 0.0, 0.0)
    held = [spell.seats.get(member, 0.0) for member in spell.members]
    share = sum(held) / spell.total
    smallest = min([seats for seats in held if seats > 0], default=0.0) / spell.total
    return (1.0, float(share <= HALF), float(share - smallest > HALF), float(len(held) == 1), float(len(held)))

"""The short form of a crisis: its sheets, columns and what each means, and the empty workbook to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whipcount.errors import Place
from whipcount.theory.questionnaire import HAPPENED

from ..yaml_nodes import Node, from_plain
from .cells import DATE, FLAG, INTEGER, NUMBER, TEXT, UNCERTAIN, WORD, WORDS, Cell, Kind
from .files import xlsx_bytes

POSITION = "position"  # a column for each dimension: position.ID


@dataclass(frozen=True)
class Asked:
    """A column of the form, or a row of its first sheet: its name, kind of cell, meaning, example, and if needed."""

    name: str
    kind: Kind
    meaning: str
    example: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the form: its values by column, and where each cell is."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    place: Place

    def get(self, column: str) -> Any:
        """The value in a column; none where the cell is empty."""
        return self.values.get(column)

    def at(self, column: str) -> Place:
        """The cell, or the start of the row."""
        return self.places.get(column, self.place)

    def node(self, column: str, value: Any = None) -> Node:
        """A value that stands at its cell."""
        return from_plain(self.values.get(column) if value is None else value, self.at(column))


@dataclass(frozen=True)
class Form:
    """A form as filled in: the answers of the first sheet, and the rows of the others."""

    crisis: Row
    rows: Mapping[str, tuple[Row, ...]]
    file: str

    def where(self, sheet: str, column: str) -> Iterator[Row]:
        """Rows of a sheet in which a column says yes, or anything at all."""
        return (row for row in self.rows[sheet] if row.get(column))


CRISIS: tuple[Asked, ...] = (
    Asked("title", TEXT, "name of the crisis", "A cabinet split over rents", needed=True),
    Asked("summary", TEXT, "what it is about, in a sentence"),
    Asked("first_day", DATE, "year-month-day; only what was known by then belongs into the sheets", "2024-03-01", True),
    Asked("last_day", DATE, "year-month-day", "2024-05-31", needed=True),
    Asked("step_days", NUMBER, "length of a step in days (1: daily, 7: weekly)", "1"),
    Asked("beat_days", NUMBER, "tempo: days between two meetings of those who decide (1: daily, 7: weekly)", "7"),
    Asked("source", TEXT, "what you read", "Newspapers of March"),
    Asked("author", TEXT, "who wrote it"),
    Asked("year", INTEGER, "when it appeared", "2024"),
    Asked("focal", WORDS, "party in which the quarrel is, or several", "blue", needed=True),
    Asked("leader", WORD, "person who leads it", "anna", needed=True),
    Asked("head", WORD, "person who heads the government, appoints and dismisses; empty: the leader", "anna"),
    Asked("head_of_state", WORD, "person who nominates after a fall, and may refuse, dismiss or dissolve"),
    Asked("confidence_body", WORD, "body that can bring the government down", "parliament"),
    Asked("constructive", FLAG, "yes: only by electing another head at the same time", "no"),
    Asked("dissolution", FLAG, "yes: an early election can be called", "yes"),
    Asked("election_due", DATE, "day of the regular election, if it lies between first and last day"),
    Asked("talks_open", DATE, "first day of talks, if there are any"),
    Asked("talks_close", DATE, "last day of them"),
)

SHEETS: dict[str, tuple[Asked, ...]] = {
    "dimensions": (
        Asked("id", WORD, "short name in lower-case latin letters; empty: made from the name", "rents"),
        Asked("name", TEXT, "what the quarrel is about; one row, or up to six", "Rents", needed=True),
        Asked("low", TEXT, "what 0 stands for", "frozen", needed=True),
        Asked("high", TEXT, "what 1 stands for", "free", needed=True),
    ),
    "parties": (
        Asked("id", WORD, "short name; empty: made from the name", "blue"),
        Asked("name", TEXT, "name of the party", "Blue party", needed=True),
        Asked("leader", WORD, "person who leads it", "anna"),
        Asked("polls", NUMBER, "share of the votes in the polls, 0..1", "0.35"),
        Asked("ultimatum_days", NUMBER, "its leader may set an ultimatum, with so many days", "3"),
        Asked("negotiates", FLAG, "yes: it sits at the talks", "yes"),
    ),
    "bodies": (
        Asked("id", WORD, "short name; empty: made from the name", "parliament"),
        Asked("name", TEXT, "name of the body", "Parliament", needed=True),
        Asked("kind", WORD, "committee, executive, cabinet, caucus, congress, union or conference", "executive"),
        Asked("party", WORD, "the party whose organ it is", "blue"),
        Asked("sets_line", FLAG, "yes: its decision binds that party", "yes"),
        Asked("rule", WORD, "how it decides: cast, present, members or unanimity", "cast"),
        Asked("quorum", NUMBER, "seats that must be present"),
        Asked("must_be_called", FLAG, "yes: it meets only when called, as a congress does", "no"),
    ),
    "people": (
        Asked("id", WORD, "short name; empty: made from the name", "anna"),
        Asked("name", TEXT, "a person, or a group", "Anna", needed=True),
        Asked("party", WORD, "party", "blue", needed=True),
        Asked("members", INTEGER, "1: a person; more: a group of so many", "1"),
        Asked(POSITION, UNCERTAIN, "one column a dimension, position.ID: 0..1, or 'low; high'", "0.2; 0.4"),
        Asked("bodies", WORDS, "where they sit; a group has as many votes as members", "parliament, committee"),
        Asked("post", TEXT, "post in the cabinet", "Prime minister"),
        Asked("dissents", FLAG, "yes: at odds with the line on the first day", "no"),
        Asked("why", TEXT, "why there: what the source says, or why it is assumed", "voted so last year"),
    ),
    "options": (
        Asked("id", WORD, "short name; empty: made from the name", "free_rents"),
        Asked("name", TEXT, "what could be decided", "Free rents in new houses", needed=True),
        Asked(POSITION, UNCERTAIN, "one column a dimension, position.ID: 0..1", "0.9"),
        Asked("parties", WORDS, "parties that would govern with it", "blue"),
        Asked("role", WORD, "now (in force on the first day), disputed, fall (what follows a fall), or empty", "now"),
    ),
    "happened": (
        Asked("question", WORD, "one of the 24 questions", "q15_falls", needed=True),
        Asked("asks", TEXT, "what it asks; not read"),
        Asked("answer", WORD, "yes, no, doubtful, doubtful yes, doubtful no, or empty", "no"),
        Asked("date", DATE, "day on which it came about"),
    ),
}
NEEDED = ("crisis", "dimensions", "parties", "bodies", "people", "options")


def empty_form(dimensions: Sequence[str] = ("main",)) -> bytes:
    """The form to fill in, as a workbook: a sheet for each part, and one that says what every column means."""
    tables: list[tuple[str, list[str], list[list[Cell]]]] = [
        (
            "crisis",
            ["key", "value", "_meaning", "_example"],
            [[one.name, None, _said(one), one.example] for one in CRISIS],
        )
    ]
    for name, columns in SHEETS.items():
        header = [title for one in columns for title in _titles(one, dimensions)]
        rows: list[list[Cell]] = []
        if name == "dimensions":
            rows = [[dimension, None, None, None] for dimension in dimensions]
        if name == "happened":
            rows = [[key, asks, None, None] for key, asks in HAPPENED.items()]
        tables.append((name, header, rows))
    guide: list[list[Cell]] = [
        [name, one.name, _said(one), one.example] for name, columns in SHEETS.items() for one in columns
    ]
    tables.append(("_guide", ["sheet", "column", "meaning", "example"], guide))
    return xlsx_bytes(tables)


def _titles(one: Asked, dimensions: Sequence[str]) -> list[str]:
    return [f"{POSITION}.{dimension}" for dimension in dimensions] if one.name == POSITION else [one.name]


def _said(one: Asked) -> str:
    return f"{one.meaning} (needed)" if one.needed else one.meaning

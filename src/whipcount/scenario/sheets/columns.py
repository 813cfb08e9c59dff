"""The sheets: which columns each has, and which field of which record a column holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import schema
from ..values import Model
from .cells import DATE, EVIDENCE, FLAG, INTEGER, NUMBER, TEXT, UNCERTAIN, WORD, WORDS, Kind


@dataclass(frozen=True)
class Column:
    """A column: its header, the path of keys in the record, the kind of its cells, and what it means."""

    header: str
    path: tuple[str, ...]
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """A sheet: the section it stands for, the record in a row, and, for parts of records, whose part a row is.

    owner: the column that names the record to which the row belongs; part: the key of that record that holds it.
    """

    name: str
    section: str
    record: type[Model]
    columns: tuple[Column, ...]
    owner: str = ""
    part: str = ""


def _described(record: type[Model], key: str) -> str:
    field = record.model_fields.get(key)
    return (field.description or "") if field is not None else ""


def _columns(record: type[Model], kinds: Sequence[tuple[str, Kind]]) -> list[Column]:
    return [Column(key, (key,), kind, _described(record, key)) for key, kind in kinds]


def _both(key: str, meaning: str) -> list[Column]:
    """A text, in a column for each language; one of them is enough."""
    return [
        Column(f"{key}_en", (key, "en"), TEXT, f"{meaning}, in English"),
        Column(f"{key}_ru", (key, "ru"), TEXT, f"{meaning}, in Russian"),
    ]


def _documented(record: type[Model]) -> list[Column]:
    return [
        Column("evidence", ("evidence",), EVIDENCE, "one line a citation: source:place [judgement] — paraphrase"),
        Column("assumed", ("assumed",), TEXT, _described(record, "assumed") or "reason, where no source gives it"),
    ]


_TRAITS = tuple(schema.Traits.model_fields)


def sheets(dimensions: Sequence[str]) -> tuple[Sheet, ...]:
    """The sheets of a scenario with these dimensions."""
    persons = [
        Column("id", ("id",), WORD, "identifier"),
        *_both("name", "name"),
        *_columns(schema.Actor, (("party", WORD), ("size", INTEGER))),
        *(Column(f"ideal.{d}", ("ideal", d), UNCERTAIN, "ideal point, 0..1") for d in dimensions),
        *(Column(f"salience.{d}", ("salience", d), NUMBER, "weight of the dimension; sums to 1") for d in dimensions),
        *_columns(schema.Actor, [(trait, UNCERTAIN) for trait in _TRAITS]),
        *_documented(schema.Actor),
        *_columns(schema.Actor, (("note", TEXT),)),
    ]
    seats = [
        Column("body", (), WORD, "body in which the seat is"),
        *_columns(schema.Seat, (("actor", WORD), ("weight", NUMBER), ("attendance", NUMBER), ("occupied", FLAG))),
        *_documented(schema.Seat),
    ]
    posts = [
        Column("id", ("id",), WORD, "identifier"),
        *_both("name", "name"),
        *_columns(
            schema.Post,
            (("body", WORD), ("portfolio", NUMBER), ("holder", WORD), ("eligible", WORDS), ("vacant", FLAG)),
        ),
        *_documented(schema.Post),
    ]
    tenures = [
        Column("post", (), WORD, "post to whose history the spell belongs"),
        *_columns(schema.Tenure, (("holder", WORD), ("since", DATE), ("until", DATE))),
        *_documented(schema.Tenure),
    ]
    facts = [
        Column("id", ("id",), WORD, "identifier"),
        *_columns(schema.RecordedFact, (("date", DATE), ("until", DATE))),
        *_both("text", "the fact"),
        *_columns(schema.RecordedFact, (("actors", WORDS), ("kind", WORD), ("event", WORD), ("conflict", TEXT))),
        *_documented(schema.RecordedFact),
    ]
    sources = [
        Column("id", ("id",), WORD, "identifier"),
        *_both("title", "title"),
        *_columns(schema.Source, (("author", TEXT), ("year", INTEGER), ("account", FLAG), ("note", TEXT))),
    ]
    return (
        Sheet("persons", "actors", schema.Actor, tuple(persons)),
        Sheet("seats", "bodies", schema.Seat, tuple(seats), owner="body", part="seats"),
        Sheet("posts", "posts", schema.Post, tuple(posts)),
        Sheet("tenures", "posts", schema.Tenure, tuple(tenures), owner="post", part="history"),
        Sheet("facts", "record", schema.RecordedFact, tuple(facts)),
        Sheet("sources", "sources", schema.Source, tuple(sources)),
    )

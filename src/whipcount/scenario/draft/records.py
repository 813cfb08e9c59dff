"""What the forms hold: each field as it was typed, each row known by its number.

Nothing is judged here: what cannot stand in a scenario is written into it all the same, and found by its checks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..drafting import is_russian, slug

COLOURS = ("#b2182b", "#2166ac", "#1b7837", "#e08214", "#762a83", "#01665e", "#8c510a", "#5c5c5c")
FAILS = ("never", "may", "always")  # whether a government falls with what it proposes
RULES = ("cast", "present", "members", "2/3 of cast", "2/3 of all", "unanimity")
KINDS = ("committee", "executive", "conference", "caucus", "congress", "union")
DAYS = 90


@dataclass(frozen=True)
class PartyRow:
    """A party: seats are those in the first body; at: its position, 0..10, or two numbers between which it lies."""

    name: str = ""
    colour: str = ""
    seats: str = ""
    at: str = ""
    id: str = ""


@dataclass(frozen=True)
class PersonRow:
    """Somebody of a party (its number); sits: numbers of the bodies in which they do; at: empty as their party."""

    name: str = ""
    party: str = "0"
    at: str = ""
    leads: bool = False
    post: str = ""
    sits: tuple[str, ...] = ("0",)
    id: str = ""


@dataclass(frozen=True)
class OptionRow:
    """Something that could be decided, and where it lies, 0..10; the first one is what is in dispute."""

    name: str = ""
    at: str = ""
    id: str = ""


@dataclass(frozen=True)
class BodyRow:
    """A body; party: the number of the one whose organ it is. seats: by number of the party, of all but the first."""

    name: str = ""
    kind: str = "committee"
    rule: str = "cast"
    party: str = ""
    seats: tuple[tuple[str, str], ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Draft:
    """A crisis in forms.

    days: how far it is looked ahead; beat: days between two meetings. now: things as they are, and now_at where they
    lie. governs: numbers of parties; head: number of a person, empty: the leader of the first of them; focal: number of
    the party in which the quarrel is, empty: the first that governs; against: `party.0`, `person.1`.
    """

    title: str = ""
    summary: str = ""
    source: str = ""
    first: str = ""
    days: str = ""
    beat: str = ""
    matter: str = ""
    low: str = ""
    high: str = ""
    now: str = ""
    now_at: str = ""
    fails: str = "may"
    head: str = ""
    focal: str = ""
    governs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    parties: tuple[PartyRow, ...] = field(default=())
    people: tuple[PersonRow, ...] = field(default=())
    bodies: tuple[BodyRow, ...] = field(default=())
    options: tuple[OptionRow, ...] = field(default=())

    @property
    def is_russian(self) -> bool:
        """Whether its author writes in Russian."""
        return is_russian(self.title + self.matter)

    @property
    def usual_summary(self) -> str:
        """What the crisis is about, where its author does not say it in a sentence."""
        proposal = self.options[0].name if self.options else ""
        return f"{self.matter}: {proposal}" if self.matter and proposal else self.title


SECTIONS = {"party": "parties", "person": "people", "body": "bodies", "option": "options"}
ROWS: dict[str, Any] = {"party": PartyRow, "person": PersonRow, "body": BodyRow, "option": OptionRow}


def new_draft(first: dt.date) -> Draft:
    """A form with nothing in it but room for two parties, one that governs and one that is against it, and a body."""
    return Draft(
        first=first.isoformat(),
        days=str(DAYS),
        beat="7",
        governs=("0",),
        against=("party.1",),
        parties=(PartyRow(colour=COLOURS[0]), PartyRow(colour=COLOURS[1])),
        bodies=(BodyRow(),),
        options=(OptionRow(),),
    )


def with_rows(draft: Draft, kind: str, rows: Iterable[Any]) -> Draft:
    """The same with other rows of a kind."""
    changed: dict[str, Any] = {SECTIONS[kind]: tuple(rows)}
    return replace(draft, **changed)


def without_row(draft: Draft, kind: str, number: int) -> Draft:
    """The same without a row; what pointed at it points at nothing, what pointed at later rows at them still."""
    section = SECTIONS[kind]
    rows = list(getattr(draft, section))
    if not 0 <= number < len(rows):
        return draft
    del rows[number]

    def moved(one: str) -> str | None:
        there = int(one)
        return None if there == number else str(there - (there > number))

    def several(ones: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(there for one in ones if (there := moved(one)) is not None)

    left = with_rows(draft, kind, rows)
    prefix = f"{kind}."
    against = tuple(
        one if not one.startswith(prefix) else f"{prefix}{there}"
        for one in draft.against
        if (there := moved(one.removeprefix(prefix)) if one.startswith(prefix) else one) is not None
    )
    if kind == "person":
        return replace(left, against=against, head=(moved(draft.head) or "") if draft.head else "")
    if kind == "body":
        return replace(left, people=tuple(replace(one, sits=several(one.sits)) for one in left.people))
    if kind == "option":
        return left
    people = tuple(replace(one, party=moved(one.party) or "0") if one.party else one for one in left.people)
    bodies = tuple(
        replace(
            one,
            party=(moved(one.party) or "") if one.party else "",
            seats=tuple((there, held) for key, held in one.seats if (there := moved(key)) is not None),
        )
        for one in left.bodies
    )
    focal = (moved(draft.focal) or "") if draft.focal else ""
    return replace(left, against=against, people=people, bodies=bodies, governs=several(draft.governs), focal=focal)


RESERVED = ("now", "fallen", "cabinet", "decision", "no_confidence", "passes", "fails", "falls", "source")


def ids_of(draft: Draft) -> dict[str, str]:
    """Identifiers of the rows by field (`party.0`): their own, or made from their names; `matter` is the axis."""
    taken = set(RESERVED)
    found = {"matter": slug(draft.matter, taken, "matter_")}
    for kind, section in SECTIONS.items():
        for number, row in enumerate(getattr(draft, section)):
            own = row.id if row.id and row.id not in taken else ""
            taken.add(own)
            found[f"{kind}.{number}"] = own or slug(row.name, taken, f"{kind}_")
    return found


def leader_id(party: str) -> str:
    """Who leads a party of which nobody is named as its leader."""
    return f"leader_of_{party}"


def members_id(party: str) -> str:
    """All of a party who are not named."""
    return f"members_of_{party}"


def group_id(party: str) -> str:
    """Where a party decides that has no organ of its own."""
    return f"group_of_{party}"


def whole(text: str) -> int | None:
    """A whole number as it was typed; none where it is no such number."""
    return int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else None

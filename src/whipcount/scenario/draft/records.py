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
METHODS = ("dhondt", "sainte_lague", "modified_sainte_lague", "imperiali", "hare", "droop")
THREATS = ("0", "0.5", "1")  # how far a pressure endangers the government
DAYS = 90


@dataclass(frozen=True)
class PartyRow:
    """A party: seats are those in the first body; at: its position, 0..10, or two numbers between which it lies; at2:
    the same on the second line; poll: its share of the votes in the polls, in per cent."""

    name: str = ""
    colour: str = ""
    seats: str = ""
    at: str = ""
    id: str = ""
    at2: str = ""
    poll: str = ""


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
    at2: str = ""


@dataclass(frozen=True)
class OptionRow:
    """Something that could be decided, and where it lies, 0..10; the first one is what is in dispute. governs: numbers
    of the parties that would govern with it; empty: those that govern now."""

    name: str = ""
    at: str = ""
    id: str = ""
    at2: str = ""
    governs: tuple[str, ...] = ()


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
class PressureRow:
    """A danger or force from outside: level: 0..10, at the start; back: the level it goes back to, empty: that of the
    start; threat: how far it endangers the government, 0..1."""

    name: str = ""
    level: str = ""
    back: str = ""
    threat: str = "1"
    id: str = ""


@dataclass(frozen=True)
class EventRow:
    """Something that happens from outside on a day (when); or after it, on average so many days later (wait).

    What it does: a pressure (its number) comes to a level, 0..10; a party (its number) moves on the first line, by
    -10..10; a person (their number) is out of every seat and post.
    """

    name: str = ""
    when: str = ""
    wait: str = ""
    pressure: str = ""
    level: str = ""
    party: str = ""
    by: str = ""
    person: str = ""
    id: str = ""


@dataclass(frozen=True)
class Draft:
    """A crisis in forms.

    days: how far it is looked ahead; beat: days between two meetings. now: things as they are, and now_at where they
    lie. governs: numbers of parties; head: number of a person, empty: the leader of the first of them; focal: number of
    the party in which the quarrel is, empty: the first that governs; against: `party.0`, `person.1`.

    second, talks, election: "yes" where there is a second line, a table, an election. matter2, low2, high2, now_at2: of
    the second line. sides: numbers of the parties at the table; menu: of the proposals that can be agreed there;
    mediator: of a person; lag: days from agreement to effect; consent: "sides" (all of them) or "members" (those who
    would govern). due: day of the regular election; early: "yes" where one can be called; campaign: days; threshold:
    per cent of the votes.
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
    second: str = ""
    matter2: str = ""
    low2: str = ""
    high2: str = ""
    now_at2: str = ""
    talks: str = ""
    talks_name: str = ""
    opens: str = ""
    closes: str = ""
    lag: str = ""
    mediator: str = ""
    consent: str = ""
    sides: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    election: str = ""
    due: str = ""
    early: str = ""
    campaign: str = ""
    method: str = ""
    threshold: str = ""
    pressures: tuple[PressureRow, ...] = field(default=())
    events: tuple[EventRow, ...] = field(default=())

    @property
    def is_russian(self) -> bool:
        """Whether its author writes in Russian."""
        return is_russian(self.title + self.matter)

    @property
    def usual_summary(self) -> str:
        """What the crisis is about, where its author does not say it in a sentence."""
        proposal = self.options[0].name if self.options else ""
        return f"{self.matter}: {proposal}" if self.matter and proposal else self.title


SECTIONS = {
    "party": "parties",
    "person": "people",
    "body": "bodies",
    "option": "options",
    "pressure": "pressures",
    "event": "events",
}
ROWS: dict[str, Any] = {
    "party": PartyRow,
    "person": PersonRow,
    "body": BodyRow,
    "option": OptionRow,
    "pressure": PressureRow,
    "event": EventRow,
}
PARTS = ("second", "talks", "election")  # what a crisis has or has not


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


def with_part(draft: Draft, part: str) -> Draft:
    """The same with a second line, talks or an election, and what is usual of them."""
    if part == "talks":
        numbers = tuple(str(one) for one in range(len(draft.parties)))
        menu = tuple(str(one) for one in range(len(draft.options)))
        begun = replace(draft, talks="yes", sides=numbers, menu=menu)
        return replace(begun, opens=draft.first, closes=_end_of(draft), lag="3", consent="sides")
    if part == "election":
        return replace(draft, election="yes", early="yes", campaign="30", method=METHODS[0], threshold="5")
    return replace(draft, second="yes") if part == "second" else draft


def without_part(draft: Draft, part: str) -> Draft:
    """The same without it; what was typed of it is kept as long as the forms are open."""
    gone: dict[str, Any] = {part: ""} if part in PARTS else {}
    return replace(draft, **gone)


def _end_of(draft: Draft) -> str:
    """The last day; empty where there is none yet."""
    try:
        return (dt.date.fromisoformat(draft.first) + dt.timedelta(days=whole(draft.days) or 0)).isoformat()
    except (ValueError, OverflowError):
        return ""


def without_row(draft: Draft, kind: str, number: int) -> Draft:
    """The same without a row; what pointed at it points at nothing, what pointed at later rows at them still."""
    rows = list(getattr(draft, SECTIONS[kind]))
    if not 0 <= number < len(rows):
        return draft
    del rows[number]
    left = with_rows(draft, kind, rows)

    return _POINTING[kind](left, _Renumbered(number)) if kind in _POINTING else left


@dataclass(frozen=True)
class _Renumbered:
    """Numbers of rows once one of them is gone; empty where it was that one."""

    gone: int

    def one(self, given: str) -> str:
        """A number, as it is now."""
        there = int(given) if given else self.gone
        return "" if there == self.gone else str(there - (there > self.gone))

    def several(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """Those of them that are left, as they are now."""
        return tuple(there for each in given if (there := self.one(each)))


def _of_party(left: Draft, now: _Renumbered) -> Draft:
    people = tuple(replace(row, party=now.one(row.party) or "0") if row.party else row for row in left.people)
    bodies = tuple(
        replace(
            row,
            party=now.one(row.party),
            seats=tuple((there, held) for key, held in row.seats if (there := now.one(key))),
        )
        for row in left.bodies
    )
    return replace(
        left,
        against=_against(left, "party.", now),
        people=people,
        bodies=bodies,
        governs=now.several(left.governs),
        focal=now.one(left.focal),
        sides=now.several(left.sides),
        options=tuple(replace(row, governs=now.several(row.governs)) for row in left.options),
        events=tuple(replace(row, party=now.one(row.party)) for row in left.events),
    )


def _of_person(left: Draft, now: _Renumbered) -> Draft:
    events = tuple(replace(row, person=now.one(row.person)) for row in left.events)
    against = _against(left, "person.", now)
    return replace(left, against=against, head=now.one(left.head), mediator=now.one(left.mediator), events=events)


def _of_body(left: Draft, now: _Renumbered) -> Draft:
    return replace(left, people=tuple(replace(row, sits=now.several(row.sits)) for row in left.people))


def _of_option(left: Draft, now: _Renumbered) -> Draft:
    return replace(left, menu=now.several(left.menu))


def _of_pressure(left: Draft, now: _Renumbered) -> Draft:
    return replace(left, events=tuple(replace(row, pressure=now.one(row.pressure)) for row in left.events))


def _against(left: Draft, prefix: str, now: _Renumbered) -> tuple[str, ...]:
    moved = [
        (given, now.one(given.removeprefix(prefix)) if given.startswith(prefix) else given) for given in left.against
    ]
    return tuple(f"{prefix}{there}" if given.startswith(prefix) else given for given, there in moved if there)


_POINTING = {
    "party": _of_party,
    "person": _of_person,
    "body": _of_body,
    "option": _of_option,
    "pressure": _of_pressure,
}


RESERVED = ("now", "fallen", "cabinet", "decision", "no_confidence", "passes", "fails", "falls", "source", "talks",
            "agreed", "called")  # fmt: skip


def ids_of(draft: Draft) -> dict[str, str]:
    """Identifiers of the rows by field (`party.0`): their own, or made from their names; `matter` is the axis."""
    taken = set(RESERVED)
    found = {"matter": slug(draft.matter, taken, "matter_")}
    if draft.second:
        found["matter2"] = slug(draft.matter2, taken, "matter_")
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

"""The forms of the studio: what a browser sends of them, what their fields are called, what each of them expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from whipcount.errors import Problem
from whipcount.report.portraits import KINDS as PORTRAITS
from whipcount.report.rule_words import rule_in_words
from whipcount.scenario.draft import (
    BodyRow,
    Draft,
    EventRow,
    OptionRow,
    PartyRow,
    PersonRow,
    PressureRow,
    with_part,
    without_part,
    without_row,
)
from whipcount.scenario.draft.records import COLOURS, METHODS, PARTS, ROWS, RULES, SECTIONS, THREATS, with_rows
from whipcount.scenario.draft.records import KINDS as BODIES
from whipcount.text import mark, say

MOST_ROWS = 30  # of each kind
LONGEST = 300  # letters of a field
_SEVERAL = ("governs", "against", "sides", "menu")  # of which several can be chosen
_PLAIN = tuple(
    one.name for one in fields(Draft) if one.name not in (*SECTIONS.values(), *_SEVERAL)
)  # the fields of a draft that stand alone

LABELS = {
    "title": mark("Name of the crisis"),
    "summary": mark("What it is about, in a sentence"),
    "source": mark("What you read"),
    "matter": mark("What is decided"),
    "low": mark("What 0 stands for"),
    "high": mark("What 10 stands for"),
    "now": mark("Things as they are"),
    "now_at": mark("Where they lie"),
    "fails": mark("If it is rejected"),
    "first": mark("First day"),
    "days": mark("Days to look ahead"),
    "beat": mark("Days between two meetings"),
    "governs": mark("Who governs"),
    "head": mark("Who heads the government"),
    "focal": mark("In which party the quarrel is"),
    "against": mark("Who is against it"),
    "name": mark("what it is called"),
    "who": mark("who it is"),
    "colour": mark("Colour"),
    "seats": mark("Seats"),
    "at": mark("Position"),
    "post": mark("Post"),
    "party": mark("Party"),
    "kind": mark("What sort of body"),
    "rule": mark("It decides by"),
    "matter2": mark("What else it is about"),
    "low2": mark("What 0 stands for there"),
    "high2": mark("What 10 stands for there"),
    "now_at2": mark("Where things lie on the second line"),
    "at2": mark("Position on the second line"),
    "talks_name": mark("What the talks are called"),
    "sides": mark("Who is at the table"),
    "menu": mark("What can be agreed there"),
    "consent": mark("Whose consent it needs"),
    "opens": mark("First day of the talks"),
    "closes": mark("Last day of the talks"),
    "lag": mark("Days from agreement to effect"),
    "mediator": mark("Who mediates"),
    "due": mark("Day of the regular election"),
    "early": mark("An early election can be called"),
    "campaign": mark("Days from the call to the poll"),
    "method": mark("How votes become seats"),
    "threshold": mark("Share of the votes that a party needs, in per cent"),
    "poll": mark("In the polls, per cent"),
    "level": mark("How strong, 0–10"),
    "back": mark("What it goes back to, 0–10"),
    "threat": mark("How far it endangers the government"),
    "when": mark("Day"),
    "wait": mark("Or after it, on average so many days later"),
    "pressure": mark("What it does to a pressure"),
    "by": mark("How far the party moves, −10 to 10"),
    "person": mark("Who is out of every seat and post"),
}
KINDS = {
    "party": mark("Party {number}"),
    "person": mark("Person {number}"),
    "body": mark("Body {number}"),
    "option": mark("Proposal {number}"),
    "pressure": mark("Pressure {number}"),
    "event": mark("Event {number}"),
}
EXPECTS = {
    "title": mark("Give the crisis a name."),
    "name": mark("Give it a name."),
    "matter": mark("Say what is decided: the budget."),
    "low": mark("Say what the one end is: cut everything."),
    "high": mark("Say what the other end is: spend more."),
    "at": mark("Write a number from 0 to 10, or two: 2–4."),
    "now_at": mark("Write a number from 0 to 10, or two: 2–4."),
    "seats": mark("Write a whole number of seats, at least as many as people of the party sit there."),
    "first": mark("Choose a day."),
    "days": mark("Write a number of days, at least 1."),
    "beat": mark("Write a number of days, 1 to 31."),
    "colour": mark("Choose a colour."),
    "against": mark("Choose parties that have seats, or people, but not who leads those who propose it."),
    "governs": mark("Choose parties that have seats."),
    "focal": mark("Choose a party that has seats."),
    "head": mark("Choose somebody."),
    "matter2": mark("Say what else it is about: transport."),
    "low2": mark("Say what the one end is: cars."),
    "high2": mark("Say what the other end is: buses."),
    "at2": mark("Write a number from 0 to 10, or two: 2–4."),
    "now_at2": mark("Write a number from 0 to 10, or two: 2–4."),
    "sides": mark("Choose at least two parties that have seats."),
    "menu": mark("Choose at least one proposal."),
    "opens": mark("Choose a day."),
    "closes": mark("Choose a day after the first, not after the last day of all."),
    "lag": mark("Write a number of days, more than 0."),
    "due": mark("Choose a day within the days that are looked ahead, or allow an early election."),
    "campaign": mark("Write a number of days, more than 0."),
    "threshold": mark("Write a number from 0 to 100."),
    "poll": mark("Write a number from 0 to 100, or two: 12–15."),
    "level": mark("Write a number from 0 to 10, or two: 2–4."),
    "back": mark("Write a number from 0 to 10, or two: 2–4."),
    "when": mark("Choose a day within the days that are looked ahead."),
    "wait": mark("Write a number of days, more than 0."),
    "pressure": mark("Say what it does: to a pressure, to a party, or to a person."),
    "by": mark("Write a number from −10 to 10."),
    "person": mark("Choose somebody who sits in a body."),
}
METHOD_NAMES = {
    "dhondt": mark("D’Hondt"),
    "sainte_lague": mark("Sainte-Laguë"),
    "modified_sainte_lague": mark("Sainte-Laguë, first divisor 1.4"),
    "imperiali": mark("Imperiali"),
    "hare": mark("largest remainders (Hare)"),
    "droop": mark("largest remainders (Droop)"),
}
THREAT_NAMES = {"0": mark("not at all"), "0.5": mark("somewhat"), "1": mark("fully")}


def row_of(field: str) -> tuple[str, int] | None:
    """The kind and number of the row that a field belongs to."""
    kind, _, rest = field.partition(".")
    number = rest.partition(".")[0]
    return (kind, int(number)) if kind in SECTIONS and number.isdigit() else None


def label_of(field: str) -> str:
    """A field in the reader's words: Party 2: seats."""
    row = row_of(field)
    last = next((part for part in reversed(field.split(".")) if part in LABELS), "name")
    if row is None:
        return say(LABELS[last])
    whole = say(KINDS[row[0]], number=row[1] + 1)
    last = "who" if (row[0], last) == ("person", "name") else last
    return f"{whole}: {say(LABELS[last]).lower()}"


@dataclass(frozen=True)
class CountedParty:
    """A party of a table that was counted; at: its position on the first scale of the table."""

    name: str
    seats: int
    at: float | None
    colour: str


@dataclass(frozen=True)
class Led:
    """A mistake at its field: missing, where nothing has been typed there yet."""

    field: str
    label: str
    words: str
    missing: bool
    problem: Problem


def led(draft: Draft, problems: Sequence[Problem], at: Sequence[str]) -> tuple[Led, ...]:
    """The first mistake of each field that has any, in the order of the forms."""
    found: dict[str, Led] = {}
    for problem, field in zip(problems, at, strict=True):
        if not field or field in found:
            continue
        last = next((part for part in reversed(field.split(".")) if part in EXPECTS), "")
        words = say(EXPECTS[last]) if last else problem.message
        found[field] = Led(field, label_of(field), words, not value_of(draft, field), problem)
    return tuple(sorted(found.values(), key=lambda one: _order(one.field)))


ORDER = ("title", "matter", "low", "high", "matter2", "low2", "high2", "option", "now", "now_at", "now_at2", "fails",
         "summary", "source", "party", "body", "person", "governs", "against", "head", "focal", "first", "days", "beat",
         "talks_name", "sides", "menu", "consent", "mediator", "opens", "closes", "lag", "due", "campaign", "method",
         "threshold", "pressure", "event")  # fmt: skip


def _order(field: str) -> tuple[int, int]:
    """Where a field stands in the forms; fields of a row in the order in which they were found."""
    row = row_of(field)
    kind = row[0] if row is not None else field
    return (ORDER.index(kind) if kind in ORDER else len(ORDER), row[1] if row is not None else 0)


def value_of(draft: Draft, field: str) -> Any:
    """What is typed in a field."""
    row = row_of(field)
    if row is None:
        return getattr(draft, field, "")
    rows = getattr(draft, SECTIONS[row[0]])
    if row[1] >= len(rows):
        return ""
    parts = field.split(".")
    value: Any = getattr(rows[row[1]], parts[2], "") if len(parts) > 2 else ""
    return dict(value).get(parts[3], "") if len(parts) > 3 else value


# -- what a browser sends --------------------------------------------------------------------------------------------


def draft_of(form: Any) -> Draft:
    """The forms as they were sent; what is no field of theirs is left aside."""
    sent: dict[str, list[str]] = {}
    for key, value in form.multi_items():
        if isinstance(value, str):
            sent.setdefault(key, []).append(" ".join(value.split())[:LONGEST])
    plain: dict[str, Any] = {name: _one(sent, name) for name in _PLAIN}
    draft = Draft(**plain)
    parties = tuple(_party(sent, number) for number in _numbers(sent, "party"))
    options = tuple(_option(sent, number, parties) for number in _numbers(sent, "option"))
    draft = replace(
        draft,
        parties=parties,
        options=options,
        second="yes" if draft.second else "",
        talks="yes" if draft.talks else "",
        election="yes" if draft.election else "",
        sides=tuple(one for one in sent.get("sides", []) if _points(one, parties)),
        menu=tuple(one for one in sent.get("menu", []) if _points(one, options)),
        people=tuple(_person(sent, number, len(parties)) for number in _numbers(sent, "person")),
        bodies=tuple(_body(sent, number, len(parties)) for number in _numbers(sent, "body")),
        governs=tuple(one for one in sent.get("governs", []) if _points(one, parties)),
        focal=draft.focal if _points(draft.focal, parties) else "",
        fails=draft.fails or "may",
    )
    draft = _with_outside(draft, sent)
    known = {f"party.{n}" for n in range(len(parties))} | {f"person.{n}" for n in range(len(draft.people))}
    head = draft.head if _points(draft.head, draft.people) else ""
    return replace(draft, head=head, against=tuple(one for one in sent.get("against", []) if one in known))


def _with_outside(draft: Draft, sent: Mapping[str, list[str]]) -> Draft:
    """With pressures and events, which point at rows of other kinds."""
    pressures = tuple(
        PressureRow(*(_one(sent, f"pressure.{number}.{one.name}") for one in fields(PressureRow)))
        for number in _numbers(sent, "pressure")
    )
    events = []
    for number in _numbers(sent, "event"):
        row = EventRow(*(_one(sent, f"event.{number}.{one.name}") for one in fields(EventRow)))
        row = row if _points(row.pressure, pressures) else replace(row, pressure="")
        row = row if _points(row.party, draft.parties) else replace(row, party="")
        events.append(row if _points(row.person, draft.people) else replace(row, person=""))
    mediator = draft.mediator if _points(draft.mediator, draft.people) else ""
    return replace(draft, pressures=pressures, events=tuple(events), mediator=mediator)


def _one(sent: Mapping[str, list[str]], name: str) -> str:
    return sent.get(name, [""])[0]


def _id(sent: Mapping[str, list[str]], kind: str, number: int) -> str:
    return _one(sent, f"{kind}.{number}.id")


def _points(one: str, rows: Sequence[object]) -> bool:
    return one.isascii() and one.isdigit() and int(one) < len(rows)


def _numbers(sent: Mapping[str, list[str]], kind: str) -> range:
    """The numbers of the rows of a kind: as many as the highest that was sent says."""
    found = [row[1] for key in sent if (row := row_of(key)) is not None and row[0] == kind]
    return range(min(max(found, default=-1) + 1, MOST_ROWS))


def _option(sent: Mapping[str, list[str]], number: int, parties: Sequence[PartyRow]) -> OptionRow:
    name, at, own, second = (_one(sent, f"option.{number}.{key}") for key in ("name", "at", "id", "at2"))
    governs = tuple(one for one in sent.get(f"option.{number}.governs", []) if _points(one, parties))
    return OptionRow(name, at, own, second, governs)


def _party(sent: Mapping[str, list[str]], number: int) -> PartyRow:
    keys = ("name", "colour", "seats", "at", "id", "at2", "poll")
    return PartyRow(*(_one(sent, f"party.{number}.{key}") for key in keys))


def _person(sent: Mapping[str, list[str]], number: int, parties: int) -> PersonRow:
    field = f"person.{number}"
    name, party, at, post = (_one(sent, f"{field}.{key}") for key in ("name", "party", "at", "post"))
    sits = tuple(one for one in sent.get(f"{field}.sits", []) if one.isascii() and one.isdigit())
    leads = bool(sent.get(f"{field}.leads"))
    return PersonRow(
        name,
        party if party.isdigit() and int(party) < parties else "0",
        at,
        leads,
        post,
        sits,
        _id(sent, "person", number),
        _one(sent, f"{field}.at2"),
    )


def _body(sent: Mapping[str, list[str]], number: int, parties: int) -> BodyRow:
    field = f"body.{number}"
    name, kind, rule, party = (_one(sent, f"{field}.{key}") for key in ("name", "kind", "rule", "party"))
    seats = tuple((str(one), held) for one in range(parties) if (held := _one(sent, f"{field}.seats.{one}")))
    party = party if party.isdigit() and int(party) < parties else ""
    return BodyRow(name, kind or "committee", rule or "cast", party, seats if number else (), _id(sent, "body", number))


def acted(draft: Draft, act: str) -> tuple[Draft, str]:
    """The forms after `add party`, `remove party 1` or `show FIELD`, and the field that their author goes on with."""
    order, _, rest = act.partition(" ")
    kind, _, number = rest.partition(" ")
    if order == "show":  # the same, drawn anew
        return draft, rest
    if kind in PARTS:
        first = {"second": "matter2", "talks": "talks_name", "election": "due"}[kind]
        return (with_part(draft, kind), first) if order == "add" else (without_part(draft, kind), f"add-{kind}")
    if kind not in SECTIONS:
        return draft, ""
    rows = getattr(draft, SECTIONS[kind])
    if order == "remove" and number.isdigit():
        return without_row(draft, kind, int(number)), f"add-{kind}"
    if order != "add" or len(rows) >= MOST_ROWS:
        return draft, ""
    row = ROWS[kind]()
    if kind == "party":
        used = {one.colour for one in draft.parties}
        row = replace(row, colour=next((one for one in COLOURS if one not in used), COLOURS[-1]))
    if kind == "event":
        row = replace(row, when=draft.first)
    return with_rows(draft, kind, (*rows, row)), f"{kind}.{len(rows)}.name"


def draft_of_parties(draft: Draft, parties: Sequence[CountedParty]) -> Draft:
    """The forms begun with the parties of a table: the largest governs, the next is against it."""
    kept = sorted(parties, key=lambda one: -one.seats)[:MOST_ROWS]
    known = [one.at for one in parties if one.at is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    wide = high - low if not 0 <= low <= high <= 10 else 0.0  # a scale of another length is stretched to 0..10
    rows = []
    for number, one in enumerate(kept):
        at = "" if one.at is None else f"{round(10 * (one.at - low) / wide if wide else one.at, 1):g}"
        colour = one.colour or COLOURS[number % len(COLOURS)]
        rows.append(PartyRow(one.name[:LONGEST], colour, str(one.seats), at))
    body = BodyRow(name=say("Parliament"), kind="conference")
    return replace(draft, parties=tuple(rows), bodies=(body,), against=("party.1",) if len(rows) > 1 else ())


# -- what the templates need -----------------------------------------------------------------------------------------

Option = tuple[str, str, tuple[str, str] | None]


def lists_of(draft: Draft) -> dict[str, list[Option]]:
    """What can be chosen: a key, its words, and the field whose words they are, or what stands for them."""

    def named(kind: str, prefix: str = "") -> list[Option]:
        found: list[Option] = []
        for number, row in enumerate(getattr(draft, SECTIONS[kind])):
            otherwise = say(KINDS[kind], number=number + 1)
            found.append((f"{prefix}{number}", row.name or otherwise, (f"{kind}.{number}.name", otherwise)))
        return found

    return {
        "party_options": named("party"),
        "people_options": named("person"),
        "body_options": named("body"),
        "option_options": named("option"),
        "pressure_options": named("pressure"),
        "methods": [(method, say(METHOD_NAMES[method]), None) for method in METHODS],
        "threats": [(threat, say(THREAT_NAMES[threat]), None) for threat in THREATS],
        "everybody": [*named("party", "party."), *named("person", "person.")],
        "kinds": [(kind, say(PORTRAITS[kind]), None) for kind in BODIES],
        "rules": [(rule, rule_in_words(rule), None) for rule in RULES],
    }

"""What may decide a crisis beside bodies and their motions, as the forms write it: talks, an election, the outside."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Protocol

from whipcount.text import mark

from ..drafting import in_its_language
from .records import Draft, EventRow, PressureRow, group_id, whole
from .values import From, Record, place_of, told_in_both


class Writes(Protocol):
    """What is known of the draft that is being written."""

    draft: Draft
    ids: dict[str, str]
    axis: str

    def reason(self) -> Record:
        """Where it comes from, as every record says it."""

    def level(self, typed: str, field: str) -> From:
        """Where something lies, 0..1; anywhere, where nothing is typed."""

    def last_day(self) -> str:
        """The last day, as far as it can be told."""


def outside(of: Writes) -> Mapping[str, Any]:
    """The sections, in the order of the file."""
    draft = of.draft
    return {
        "table": _table(of) if draft.talks else {},
        "election": _election(of) if draft.election and draft.bodies else {},
        "pressures": [_pressure(of, number, row) for number, row in enumerate(draft.pressures)],
        "events": [_event(of, number, row) for number, row in enumerate(draft.events)],
    }


def _table(of: Writes) -> From:
    draft, ids = of.draft, of.ids
    sides = [{"party": ids[f"party.{one}"]} for one in draft.sides if f"party.{one}" in ids]
    menu = [ids[f"option.{one}"] for one in draft.menu if f"option.{one}" in ids]
    name = in_its_language(draft.talks_name) if draft.talks_name else told_in_both(mark("the talks"))
    person = ids.get(f"person.{draft.mediator}") if draft.mediator else None
    found = {
        "id": "talks",
        "name": From(name, "talks_name"),
        **({"mediator": From(person, "mediator")} if person else {}),
        "sides": From(sides, "sides"),
        "menu": From(menu, "menu"),
        "consent": From(draft.consent or "sides", "consent"),
        "opens": From(draft.opens, "opens"),
        "closes": From(draft.closes, "closes"),
        "lag_days": From(number_of(draft.lag), "lag"),
        **of.reason(),
    }
    return From(found, "sides")


def _election(of: Writes) -> From:
    draft, ids = of.draft, of.ids
    polls = {
        ids[f"party.{number}"]: From(place_of(row.poll, 100), f"party.{number}.poll")
        for number, row in enumerate(draft.parties)
        if row.poll.strip()
    }
    found = {
        "body": ids["body.0"],
        "possible": bool(draft.early),
        **({"due": From(draft.due, "due")} if draft.due else {}),
        "campaign_days": From(number_of(draft.campaign), "campaign"),
        "method": From(draft.method, "method"),
        "threshold": From(place_of(draft.threshold, 100) if draft.threshold.strip() else 0.0, "threshold"),
        **({"polls": polls} if polls else {}),
        **of.reason(),
    }
    return From(found, "due")


def _pressure(of: Writes, number: int, row: PressureRow) -> From:
    field = f"pressure.{number}"
    found = {
        "id": of.ids[field],
        "name": From(in_its_language(row.name), f"{field}.name"),
        "level": of.level(row.level, f"{field}.level"),
        **({"target": From(place_of(row.back), f"{field}.back")} if row.back.strip() else {}),
        **({"threat": From(number_of(row.threat), f"{field}.threat")} if row.threat not in ("", "1") else {}),
        **of.reason(),
    }
    return From(found, f"{field}.name")


def _event(of: Writes, number: int, row: EventRow) -> From:
    field = f"event.{number}"
    when: Record = {"date": From(row.when, f"{field}.when")}
    if row.wait.strip():
        days = number_of(row.wait)
        rate = round(1 / days, 8) if isinstance(days, (int, float)) and days else days
        when = {
            "after": From(row.when, f"{field}.when"),
            "before": of.last_day(),
            "rate_per_day": From(rate, f"{field}.wait"),
        }
    name = From(in_its_language(row.name), f"{field}.name")
    effects = _effects(of, row, field)
    found = {"id": of.ids[field], "name": name, **when, **({"effects": effects} if effects else {}), **of.reason()}
    return From(found, f"{field}.pressure")  # where something is missing, it is what the event does


def _effects(of: Writes, row: EventRow, field: str) -> Record:
    found: Record = {}
    if (person := of.ids.get(f"person.{row.person}")) is not None:
        found["seats"] = From([{"actor": person, "body": one, "occupied": False} for one in _seats_of(of, row.person)],
                              f"{field}.person")  # fmt: skip
    if (pressure := of.ids.get(f"pressure.{row.pressure}")) is not None:
        level = From(place_of(row.level), f"{field}.level")
        found["pressures"] = [{"pressure": pressure, "level": level, "target": level}]
    if (party := of.ids.get(f"party.{row.party}")) is not None:
        found["ideals"] = [{"party": party, "dimension": of.axis, "by": From(_signed(row.by), f"{field}.by")}]
    return found


def _seats_of(of: Writes, person: str) -> list[str]:
    """The bodies in which somebody sits: those of the forms, their party's group, the cabinet."""
    row = of.draft.people[int(person)]
    bodies = [of.ids[f"body.{one}"] for one in row.sits if f"body.{one}" in of.ids and _may_sit(of, one, row.party)]
    organs = any(one.party == row.party for one in of.draft.bodies)
    party = of.ids.get(f"party.{row.party}")
    group = [group_id(party)] if party is not None and not organs else []
    return [*bodies, *group, *(["cabinet"] if row.post.strip() else [])]


def _may_sit(of: Writes, body: str, party: str) -> bool:
    return of.draft.bodies[int(body)].party in ("", party)


def number_of(text: str) -> Any:
    """A number as it was typed; what is none as it was typed."""
    if (found := whole(text)) is not None:
        return found
    with contextlib.suppress(ValueError):
        return float(text.strip().replace(",", "."))
    return text


def _signed(text: str) -> Any:
    """A move as typed, -10..10, as the language has it; what is none as it was typed."""
    plain = text.strip().replace("−", "-").replace("–", "-")
    if re.fullmatch(r"[+-]?[0-9]+(?:[.,][0-9]+)?", plain) is None:
        return text
    return round(float(plain.replace(",", ".")) / 10, 8)


def day_after(first: str, days: int | None) -> str:
    """The day so many days after one; the first as typed where it is none."""
    with contextlib.suppress(ValueError, OverflowError):  # the check finds what is no date
        return (dt.date.fromisoformat(first) + dt.timedelta(days=days or 0)).isoformat()
    return first

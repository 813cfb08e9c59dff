"""From the forms to a scenario: every value remembers the field that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whipcount.text import mark

from ..drafting import TRAITS, in_its_language
from ..emit import section_text
from ..roles import put
from .outside import day_after, outside
from .records import Draft, PersonRow, group_id, ids_of, leader_id, members_id, whole
from .values import From, Record, place_of, told_in_both

UNNAMED = "…"
LONG = 370  # days from which on a crisis whose bodies meet weekly is told week by week
HEADER = mark("Written in the forms of the studio; a comment, or what the forms do not ask, is kept here as text.")
REASONS = {
    "form": mark("as its author has it"),
    "unknown": mark("not known"),
    "traits": mark("nobody has measured them; wide on purpose"),
    "fall": mark("nobody knows what would follow a fall"),
}


@dataclass(frozen=True)
class Written:
    """A scenario as plain values, the field of each path of it that has one, and the same as YAML."""

    plain: Record
    fields: Mapping[tuple[str | int, ...], str]
    text: str


def write(draft: Draft) -> Written:
    """The scenario that the forms describe, mistakes and gaps included."""
    # a crisis without people has no seats
    fields: dict[tuple[str | int, ...], str] = {(): "party.0.seats" if draft.parties else "title"}
    plain = _unwrapped(_Writer(draft).sections(), (), fields)
    english, russian = headers()
    header = russian if draft.is_russian else english
    text = header + "".join(section_text(key, value, compact=True) for key, value in plain.items())
    return Written(plain, fields, text)


def headers() -> tuple[str, str]:
    """The first line of what the forms write, in English and Russian."""
    made = put(HEADER)
    return f"# {made.en}\n", f"# {made.ru}\n"


def _unwrapped(value: Any, path: tuple[str | int, ...], fields: dict[tuple[str | int, ...], str]) -> Any:
    if isinstance(value, From):
        fields[path] = value.field
        return _unwrapped(value.value, path, fields)
    if isinstance(value, dict):
        return {key: _unwrapped(one, (*path, key), fields) for key, one in value.items()}
    if isinstance(value, list):
        return [_unwrapped(one, (*path, number), fields) for number, one in enumerate(value)]
    return value


class _Writer:
    """The sections of one draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.ids = ids_of(draft)
        self.axis, self.second = self.ids["matter"], self.ids.get("matter2", "")
        words = {key: put(text) for key, text in REASONS.items()}
        self.words = {key: one.ru if draft.is_russian else one.en for key, one in words.items()}
        self.bodies = range(len(draft.bodies))
        self.parties = range(len(draft.parties))
        self.governing = [self.ids[f"party.{one}"] for one in draft.governs if f"party.{one}" in self.ids]

    def sections(self) -> Record:
        """All of them, in the order of the file; those with nothing in them are left out."""
        draft = self.draft
        found: Record = {
            "whipcount": 2,
            "title": From(in_its_language(draft.title), "title"),
            "summary": self._summary(),
            "calendar": self._calendar(),
            "sources": self._sources(),
            "dimensions": self._dimensions(),
            "settlements": self._settlements(),
            "government": self._government(),
            "parties": [self._party(number) for number in self.parties],
            "defaults": {"traits": TRAITS, "assumed": self.words["traits"]},
            "actors": self._actors(),
            "bodies": self._bodies(),
            "posts": self._posts(),
            **outside(self),
            "motions": self._motions(),
            "roles": self._roles(),
            "outcomes": self._outcomes(),
        }
        return {key: value for key, value in found.items() if value not in ([], {})}

    def _summary(self) -> From:
        text = self.draft.summary or self.draft.usual_summary
        return From(in_its_language(text), "summary" if self.draft.summary else "title")

    def _sources(self) -> list[Record]:
        source = self.draft.source
        return [{"id": "source", "title": From(in_its_language(source), "source")}] if source else []

    def reason(self) -> Record:
        """Where it comes from, as every record says it."""
        return {"evidence": ["source"]} if self.draft.source else {"assumed": self.words["form"]}

    def last_day(self) -> str:
        """The last day, as far as it can be told."""
        return day_after(self.draft.first, whole(self.draft.days))

    def _calendar(self) -> From:
        draft, days, beat = self.draft, whole(self.draft.days), whole(self.draft.beat)
        end = self.last_day()
        end = draft.days if end == draft.first and days != 0 else end
        found: Record = {"start": From(draft.first, "first"), "end": From(end if days is not None else "", "days")}
        if beat is not None and beat >= 7 and days is not None and days > LONG:
            found["step_days"] = 7
        found["beat_days"] = From(draft.beat if beat is None else beat, "beat")
        return From({**found, "assumed": self.words["form"]}, "days")

    # -- what is decided ---------------------------------------------------------------------------------------------

    def _dimensions(self) -> list[Record]:
        found = []
        for ident, sign in ((self.axis, ""), (self.second, "2")):
            ends = {key: f"{key}{sign}" for key in ("matter", "low", "high")}
            names = {key: From(in_its_language(getattr(self.draft, field)), field) for key, field in ends.items()}
            if ident:
                found.append({"id": ident, "name": names["matter"], "low": names["low"], "high": names["high"]})
        return found

    def level(self, typed: str, field: str) -> From:
        """Where something lies, 0..1; anywhere, where nothing is typed."""
        unknown = {"prior": {"uniform": [0, 1]}, "assumed": self.words["unknown"]}
        return From(place_of(typed) if typed.strip() else unknown, field)

    def _point(self, at: str, second: str, field: str) -> Record:
        """field: that of the position on the first line; the other's is called the same, with a 2."""
        found: Record = {self.axis: self.level(at, field)}
        return {**found, self.second: self.level(second, f"{field}2")} if self.second else found

    def _inside(self, governing: list[str], field: str) -> Record:
        """Who would govern, with equal shares."""
        share = int(1000 / max(len(governing), 1)) / 1000
        return {"parties": From(governing, field), "shares": dict.fromkeys(governing, share)} if governing else {}

    def _settlements(self) -> list[Record]:
        draft = self.draft
        inside = self._inside(self.governing, self._governs())
        now = From(in_its_language(draft.now), "now") if draft.now else From(told_in_both(mark("as it is")), "now")
        point = self._point(draft.now_at, draft.now_at2, "now_at")
        found: list[Any] = [{"id": "now", "name": now, "point": point, **inside, **self.reason()}]
        for number, row in enumerate(draft.options):
            field = f"option.{number}"
            own = [self.ids[f"party.{one}"] for one in row.governs if f"party.{one}" in self.ids]
            option = {
                "id": self.ids[field],
                "name": From(in_its_language(row.name), f"{field}.name"),
                "point": self._point(row.at, row.at2, f"{field}.at"),
                **(self._inside(own, f"{field}.governs") if own else inside),
                **self.reason(),
            }
            found.append(From(option, f"{field}.name"))
        fallen = {axis: {"prior": {"uniform": [0.25, 0.75]}} for axis in (self.axis, self.second) if axis}
        name = told_in_both(mark("after a fall"))
        return [*found, {"id": "fallen", "name": name, "point": fallen, "assumed": self.words["fall"]}]

    def _government(self) -> From:
        found: Record = {"settlement": "now", "fall": "fallen"}
        if (head := self._head()) is not None:
            found["head"] = From(head, "head")
        if self.holders():
            found["cabinet"] = "cabinet"
        if self.bodies:
            found["confidence"] = self.ids["body.0"]
        return From({**found, **self.reason()}, "governs")

    def _governs(self) -> str:
        """The field in which it is mended who governs."""
        known = [f"party.{one}" for one in self.draft.governs if f"party.{one}" in self.ids]
        return next((place for one in known if (place := self._part(one, "governs")) != "governs"), "governs")

    def _head(self) -> str | None:
        """Who heads the government: as chosen, else the leader of the first party in it."""
        if (person := f"person.{self.draft.head}") in self.ids:
            return self.ids[person]
        first = next((one for one in self.draft.governs if f"party.{one}" in self.ids), None)
        return self._leader(int(first)) if first is not None else None

    def _motions(self) -> list[Record]:
        if not self.bodies:
            return []
        body, options = self.ids["body.0"], [self.ids[f"option.{one}"] for one in range(len(self.draft.options))]
        found: list[Any] = []
        if options:
            decision = {
                "id": "decision",
                "name": From(in_its_language(self.draft.matter), "matter"),
                "body": body,
                "kind": "measure",
                "options": options,
                "attach": From(self.draft.fails, "fails"),
                **self.reason(),
            }
            found.append(decision)
        if self.governing:
            name = told_in_both(mark("no confidence in the government"))
            found.append({"id": "no_confidence", "name": name, "body": body, "kind": "no_confidence", **self.reason()})
        return found

    def _outcomes(self) -> list[Record]:
        found = []
        if self.bodies and self.draft.options:
            for name, words, verb in (("passes", mark("It is carried"), "carried"),
                                      ("fails", mark("It is rejected"), "defeated")):  # fmt: skip
                measure = {"ever": {"verb": verb, "object": "decision"}}
                found.append({"id": name, "name": told_in_both(words), "measure": measure})
        if self.governing:
            falls = {"ever": {"verb": "fall"}}
            found.append({"id": "falls", "name": told_in_both(mark("The government falls")), "measure": falls})
        if self.draft.talks:
            agreed = {"ever": {"verb": "settled"}}
            found.append(
                {"id": "agreed", "name": told_in_both(mark("The talks end in an agreement")), "measure": agreed}
            )
        if self.draft.election and self.draft.early and self.bodies:
            called = {"ever": {"verb": "dissolve"}}
            name_of_call = told_in_both(mark("An early election is called"))
            found.append({"id": "called", "name": name_of_call, "measure": called})
        return found

    # -- who decides -------------------------------------------------------------------------------------------------

    def _people_of(self, party: int) -> list[tuple[int, PersonRow]]:
        return [(number, row) for number, row in enumerate(self.draft.people) if row.party == str(party)]

    def _typed(self, body: int, party: int) -> str:
        """Seats of a party in a body, as typed."""
        if body == 0:
            return self.draft.parties[party].seats.strip()
        return dict(self.draft.bodies[body].seats).get(str(party), "").strip()

    def _sits(self, body: int, party: int) -> bool:
        """Whether a party has anybody in a body: another party's organ has none of it."""
        return self.draft.bodies[body].party in ("", str(party)) and self._typed(body, party) not in ("", "0")

    def _is_led_by_nobody(self, party: int) -> bool:
        """Whether a leader has to be made for it: somebody who has one of its seats."""
        named = any(row.leads for _, row in self._people_of(party))
        return not named and any(self._sits(body, party) for body in self.bodies)

    def _leader(self, party: int) -> str | None:
        """Who leads a party."""
        for number, row in self._people_of(party):
            if row.leads:
                return self.ids[f"person.{number}"]
        return leader_id(self.ids[f"party.{party}"]) if self._is_led_by_nobody(party) else None

    def _named(self, body: int, party: int) -> list[str]:
        """Those of a party with a name, or made to lead it, who sit in a body."""
        seated = [self.ids[f"person.{one}"] for one, row in self._people_of(party) if str(body) in row.sits]
        made = self._is_led_by_nobody(party) and self._sits(body, party)
        return [*([leader_id(self.ids[f"party.{party}"])] if made else []), *seated]

    def _others(self, body: int, party: int) -> Any:
        """Seats of a party in a body that nobody named has; what is no number as it was typed."""
        if not self._sits(body, party):
            return 0
        typed = self._typed(body, party)
        seats = whole(typed)
        return typed if seats is None else seats - len(self._named(body, party))

    def _field(self, body: int, party: int) -> str:
        return f"party.{party}.seats" if body == 0 else f"body.{body}.seats.{party}"

    def _bloc(self, party: int) -> Any:
        """The size of what a party has beside those with names, of the first body that has any of them."""
        for body in self.bodies:
            if (others := self._others(body, party)) != 0:
                return From(others, self._field(body, party))
        return None

    def _party(self, number: int) -> Any:
        row, field = self.draft.parties[number], f"party.{number}"
        party = self.ids[field]
        found: Record = {"id": party, "name": From(in_its_language(row.name), f"{field}.name")}
        organ = next((body for body in self.bodies if self.draft.bodies[body].party == str(number)), None)
        if organ is not None:
            found["principal"] = self.ids[f"body.{organ}"]
        elif self._members(number):
            found["principal"] = group_id(party)
        if (leader := self._leader(number)) is not None:
            found["leader"] = leader
        total = sum(whole(one.seats) or 0 for one in self.draft.parties)
        if (seats := whole(row.seats)) is not None and 0 <= seats <= total and total:
            found["support"] = round(seats / total, 3)
        if row.colour:
            found["colour"] = From(row.colour, f"{field}.colour")
        return From({**found, **self.reason()}, f"{field}.name")

    def _members(self, party: int) -> list[tuple[str, Any]]:
        """All of a party with their votes in its own group."""
        made = [leader_id(self.ids[f"party.{party}"])] if self._is_led_by_nobody(party) else []
        named = [*made, *(self.ids[f"person.{one}"] for one, _ in self._people_of(party))]
        bloc = self._bloc(party)
        return [*((one, 1) for one in named), *([(members_id(self.ids[f"party.{party}"]), bloc)] if bloc else [])]

    def _actors(self) -> list[Any]:
        found: list[Any] = []
        for number, party in enumerate(self.draft.parties):
            field, ident = f"party.{number}", self.ids[f"party.{number}"]
            name = party.name or UNNAMED
            same = {"party": ident, "ideal": self._point(party.at, party.at2, f"{field}.at"), **self.reason()}
            if self._is_led_by_nobody(number):
                told = told_in_both(mark("leader of {party}"), party=name)
                found.append(From({"id": leader_id(ident), "name": told, **same}, f"{field}.name"))
            for one, row in self._people_of(number):
                found.append(self._person(one, row, same))
            if bloc := self._bloc(number):
                told = told_in_both(mark("members of {party}"), party=name)
                found.append(From({"id": members_id(ident), "name": told, "size": bloc, **same}, f"{field}.name"))
        return found

    def _person(self, number: int, row: PersonRow, same: Record) -> From:
        field = f"person.{number}"
        own: Record = self._point(row.at, row.at2, f"{field}.at")
        typed = {self.axis: row.at, self.second: row.at2}
        ideal = {axis: own[axis] if typed[axis].strip() else same["ideal"][axis] for axis in own}
        name = From(in_its_language(row.name), f"{field}.name")
        told = {"id": self.ids[field], "name": name, "party": same["party"], "ideal": ideal, **self.reason()}
        return From(told, f"{field}.name")

    def _bodies(self) -> list[Any]:
        found: list[Any] = [self._body(number) for number in self.bodies]
        for number, party in enumerate(self.draft.parties):
            ident = self.ids[f"party.{number}"]
            organs = any(one.party == str(number) for one in self.draft.bodies)
            if not organs and (members := self._members(number)):
                found.append(
                    {
                        "id": group_id(ident),
                        "name": told_in_both(mark("group of {party}"), party=party.name or UNNAMED),
                        "kind": "caucus",
                        "party": ident,
                        **self.reason(),
                        "seats": [self._seat(*one) for one in members],
                    }
                )
        if holders := self.holders():
            seats = [{"actor": self.ids[f"person.{one}"]} for one, _ in holders]
            name = told_in_both(mark("Cabinet"))
            found.append({"id": "cabinet", "name": name, "kind": "cabinet", **self.reason(), "seats": seats})
        return found

    @staticmethod
    def _seat(actor: str, votes: Any) -> Record:
        return (
            {"actor": actor} if votes == 1 and not actor.startswith("members_") else {"actor": actor, "weight": votes}
        )

    def _body(self, number: int) -> From:
        row, field = self.draft.bodies[number], f"body.{number}"
        seats = []
        for party in self.parties:
            seats += [self._seat(one, 1) for one in self._named(number, party)]
            if others := self._others(number, party):
                bloc = members_id(self.ids[f"party.{party}"])
                seats.append(self._seat(bloc, From(others, self._field(number, party))))
        organ = self.ids.get(f"party.{row.party}") if row.party else None
        found = {
            "id": self.ids[field],
            "name": From(in_its_language(row.name), f"{field}.name"),
            "kind": From(row.kind, f"{field}.kind"),
            **({"party": From(organ, f"{field}.party")} if organ else {}),
            "rule": From(row.rule, f"{field}.rule"),
            **self.reason(),
            **({"seats": seats} if seats else {}),
        }
        return From(found, f"{field}.name")

    def holders(self) -> list[tuple[int, PersonRow]]:
        """Who has a post, in the order in which people are written: party by party."""
        return [one for party in self.parties for one in self._people_of(party) if one[1].post.strip()]

    def _posts(self) -> list[Record]:
        holders = self.holders()
        share = int(1000 / max(len(holders), 1)) / 1000
        found = []
        for taken, (number, row) in enumerate(holders, start=1):
            post = {
                "id": f"post_{taken}",
                "name": From(in_its_language(row.post), f"person.{number}.post"),
                "body": "cabinet",
                "portfolio": share,
                "holder": self.ids[f"person.{number}"],
                **self.reason(),
            }
            found.append(post)
        return found

    def _roles(self) -> Any:
        """Who plays which part; none where nobody is against it, or nobody proposes it."""
        draft = self.draft
        against = [From(self.ids[one], self._part(one, "against")) for one in draft.against if one in self.ids]
        chosen = draft.focal or next(iter(draft.governs), "")
        if not against or f"party.{chosen}" not in self.ids:
            return {}
        leader = self._leader(int(chosen))
        return From(
            {
                "focal": From(self.ids[f"party.{chosen}"], self._part(f"party.{chosen}", "focal")),
                **({"leader": From(leader, "focal")} if leader else {}),
                "dissenters": From(against, "against"),
                **({"measure": self.ids["option.0"]} if draft.options else {}),
                **self.reason(),
            },
            self._part(f"party.{chosen}", "focal"),
        )

    def _part(self, one: str, field: str) -> str:
        """The field in which a part is mended: a party without people needs seats first."""
        kind, _, number = one.partition(".")
        return f"{one}.seats" if kind == "party" and not self._members(int(number)) else field

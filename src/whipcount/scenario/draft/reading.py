"""From a scenario back to the forms, where they can hold all of it: what is written of them again is the same.

So nothing can be lost: a text that says more is not put into forms at all, and what is more in it is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .records import (
    SECTIONS,
    BodyRow,
    Draft,
    EventRow,
    OptionRow,
    PartyRow,
    PersonRow,
    PressureRow,
    group_id,
    ids_of,
    leader_id,
    members_id,
    with_rows,
)
from .writing import Written, headers, write

COMMENTS = "#"  # what is beyond the forms in a text whose values are not


def read_draft(plain: Any, text: str | None = None) -> tuple[Draft | None, tuple[str, ...]]:
    """What the forms hold of a scenario; or none, and which of its sections (or comments) say more than they can.

    plain: the scenario as Python values. text: the same as written, whose comments the forms would lose.
    """
    if not isinstance(plain, dict):
        return None, ()
    draft = _without_usual_ids(_Reader(plain).draft())
    written = write(draft)
    told = {*plain, *written.plain}
    beyond = tuple(key for key in (*plain, *written.plain) if plain.get(key) != written.plain.get(key) and key in told)
    if beyond:
        return None, tuple(dict.fromkeys(beyond))
    if text is not None and _has_comments(text, written):
        return None, (COMMENTS,)
    return draft, ()


def _has_comments(text: str, written: Written) -> bool:
    """Whether a text with the same values has signs of comments that the forms do not write."""
    mine, known = text, written.text
    for header in headers():
        mine, known = mine.replace(header, "", 1), known.replace(header, "", 1)
    return mine.count("#") != known.count("#")


def _without_usual_ids(draft: Draft) -> Draft:
    """Rows whose identifier is made from their name need none of their own."""
    for kind, section in SECTIONS.items():
        for number, row in enumerate(getattr(draft, section)):
            rows = list(getattr(draft, section))
            rows[number] = replace(row, id="")
            tried = with_rows(draft, kind, rows)
            if ids_of(tried) == ids_of(draft):
                draft = tried
    return draft


# -- parts of what may be anything ----------------------------------------------------------------------------------


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [_dict(one) for one in value] if isinstance(value, list) else []


def _str(value: Any) -> str:
    """A text or a number as it would be typed."""
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""


def _ids(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _words(value: Any) -> str:
    """A name of one language."""
    return _str(value) if not isinstance(value, dict) else _str(value.get("ru")) if set(value) == {"ru"} else ""


def _at(value: Any, whole: float = 10) -> str:
    """A position as typed, 0..10; or of another whole, 100 for per cent."""
    if isinstance(value, list):
        typed = [_at(one, whole) for one in value]
        return "–".join(typed) if len(value) == 2 else "; ".join(typed)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{round(whole * value, 6):g}"
    return _str(value)


def _first(records: list[dict[str, Any]]) -> dict[str, Any]:
    return next(iter(records), {})


class _Reader:
    """The forms of one scenario; what does not fit is left out, which comparing what they write brings to light."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        axes = [_str(one.get("id")) for one in _dicts(plain.get("dimensions"))]
        self.axis, self.second = [*axes, "", ""][:2]
        self.parties = [_str(one.get("id")) for one in _dicts(plain.get("parties"))]
        own = {made(one) for one in self.parties for made in (leader_id, members_id)}
        self.people = [one for one in _dicts(plain.get("actors")) if _str(one.get("id")) not in own]
        groups = {"cabinet", *map(group_id, self.parties)}
        self.bodies = [one for one in _dicts(plain.get("bodies")) if _str(one.get("id")) not in groups]

    def draft(self) -> Draft:
        plain = self.plain
        calendar, axis = _dict(plain.get("calendar")), _first(_dicts(plain.get("dimensions")))
        settlements = _dicts(plain.get("settlements"))
        now = next((one for one in settlements if one.get("id") == "now"), {})
        decision = next((one for one in _dicts(plain.get("motions")) if one.get("id") == "decision"), {})
        draft = Draft(
            title=_words(plain.get("title")),
            summary=_words(plain.get("summary")),
            source=_words(next(iter(_dicts(plain.get("sources"))), {}).get("title")),
            first=_str(calendar.get("start")),
            days=self._days(calendar),
            beat=_str(calendar.get("beat_days")),
            matter=_words(axis.get("name")),
            low=_words(axis.get("low")),
            high=_words(axis.get("high")),
            now=_words(now.get("name")),
            now_at=self._position(now.get("point")),
            fails=_str(decision.get("attach", "may")),
            governs=tuple(self._number(one) for one in now.get("parties") or [] if one in self.parties),
            parties=tuple(self._party(one) for one in _dicts(plain.get("parties"))),
            people=tuple(self._person(one) for one in self.people),
            bodies=tuple(self._body(number, one) for number, one in enumerate(self.bodies)),
            options=tuple(
                self._option(one, _ids(now.get("parties")))
                for one in settlements
                if one.get("id") not in ("now", "fallen")
            ),
        )
        return self._with_parts(self._with_outside(self._with_second(draft, now)))

    def _option(self, option: Mapping[str, Any], governing: list[Any]) -> OptionRow:
        point, own = option.get("point"), _ids(option.get("parties"))
        governs = () if own == governing else tuple(self._number(one) for one in own if one in self.parties)
        name, at, second = _words(option.get("name")), self._position(point), self._second(point)
        return OptionRow(name, at, _str(option.get("id")), second, governs)

    def _with_second(self, draft: Draft, now: Mapping[str, Any]) -> Draft:
        """With the second line, where there is one."""
        axes = _dicts(self.plain.get("dimensions"))
        if len(axes) < 2:
            return draft
        names = [_words(axes[1].get(key)) for key in ("name", "low", "high")]
        return replace(
            draft, second="yes", matter2=names[0], low2=names[1], high2=names[2],
            now_at2=self._second(now.get("point")),
        )  # fmt: skip

    def _with_outside(self, draft: Draft) -> Draft:
        """With talks, an election, pressures and events."""
        plain, changed = self.plain, dict[str, Any]()
        if isinstance(plain.get("table"), dict):
            changed |= self._talks(_dict(plain["table"]))
        if isinstance(plain.get("election"), dict):
            changed |= self._election(_dict(plain["election"]), draft)
        pressures = tuple(
            PressureRow(_words(one.get("name")), self._level(one.get("level")), _at(one.get("target", "")),
                        _str(one.get("threat", "1")), _str(one.get("id")))
            for one in _dicts(plain.get("pressures"))
        )  # fmt: skip
        events = tuple(self._event(one) for one in _dicts(plain.get("events")))
        return replace(draft, pressures=pressures, events=events, **changed)

    def _talks(self, table: Mapping[str, Any]) -> dict[str, Any]:
        name = _dict(table.get("name"))
        options = [one.get("id") for one in _dicts(self.plain.get("settlements"))
                   if one.get("id") not in ("now", "fallen")]  # fmt: skip
        people = [_str(one.get("id")) for one in self.people]
        sides = [one.get("party") for one in _dicts(table.get("sides"))]
        return {
            "talks": "yes",
            "talks_name": "" if {"en", "ru"} <= set(name) else _words(table.get("name")),
            "opens": _str(table.get("opens")),
            "closes": _str(table.get("closes")),
            "lag": _str(table.get("lag_days")),
            "consent": _str(table.get("consent")),
            "mediator": str(people.index(table["mediator"])) if table.get("mediator") in people else "",
            "sides": tuple(self._number(one) for one in sides if one in self.parties),
            "menu": tuple(str(options.index(one)) for one in _ids(table.get("menu")) if one in options),
        }

    def _election(self, election: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
        polls, threshold = _dict(election.get("polls")), election.get("threshold")
        parties = tuple(
            replace(row, poll=_at(polls.get(ident, ""), 100))
            for row, ident in zip(draft.parties, self.parties, strict=True)
        )
        return {
            "election": "yes",
            "due": _str(election.get("due")),
            "early": "yes" if election.get("possible") is True else "",
            "campaign": _str(election.get("campaign_days")),
            "method": _str(election.get("method")),
            "threshold": "" if threshold == 0 else _at(threshold, 100),
            "parties": parties,
        }

    def _event(self, event: Mapping[str, Any]) -> EventRow:
        effects, rate = _dict(event.get("effects")), event.get("rate_per_day")
        pressure, ideal, seat = (_first(_dicts(effects.get(key))) for key in ("pressures", "ideals", "seats"))
        pressures = [one.get("id") for one in _dicts(self.plain.get("pressures"))]
        people, typed = [_str(one.get("id")) for one in self.people], isinstance(rate, (int, float)) and rate > 0
        return EventRow(
            name=_words(event.get("name")),
            when=_str(event.get("date", event.get("after", ""))),
            wait=f"{1 / rate:.7g}" if typed and rate is not None else _str(rate),
            pressure=str(pressures.index(pressure["pressure"])) if pressure.get("pressure") in pressures else "",
            level=_at(pressure.get("level", "")),
            party=self._number(ideal.get("party")),
            by=_at(ideal.get("by", "")),
            person=str(people.index(seat["actor"])) if seat.get("actor") in people else "",
            id=_str(event.get("id")),
        )

    def _level(self, value: Any) -> str:
        return "" if isinstance(value, dict) else _at(value)

    def _with_parts(self, draft: Draft) -> Draft:
        """With who heads the government and who plays which part, where they are not those whom the forms take."""
        if draft.summary == draft.usual_summary:
            draft = replace(draft, summary="")
        roles, head = _dict(self.plain.get("roles")), _dict(self.plain.get("government")).get("head")
        people = [_str(one.get("id")) for one in self.people]
        places = {**{one: f"party.{n}" for n, one in enumerate(self.parties)},
                  **{one: f"person.{n}" for n, one in enumerate(people)}}  # fmt: skip
        against = roles.get("dissenters")
        named = against if isinstance(against, list) else []
        draft = replace(draft, against=tuple(places[one] for one in named if one in places))
        focal = roles.get("focal")
        if focal in self.parties and self._number(focal) != next(iter(draft.governs), ""):
            draft = replace(draft, focal=self._number(focal))
        if _dict(write(draft).plain.get("government")).get("head") != head and head in people:
            draft = replace(draft, head=str(people.index(head)))
        return draft

    def _number(self, party: Any) -> str:
        return str(self.parties.index(party)) if party in self.parties else ""

    def _days(self, calendar: Mapping[str, Any]) -> str:
        try:
            first, last = (dt.date.fromisoformat(_str(calendar.get(key))) for key in ("start", "end"))
        except ValueError:
            return ""
        return str((last - first).days)

    def _position(self, point: Any, axis: str = "") -> str:
        return self._level(_dict(point).get(axis or self.axis))

    def _second(self, point: Any) -> str:
        """A position on the second line; none where there is no such line."""
        return self._position(point, self.second) if self.second else ""

    def _actor(self, ident: str) -> dict[str, Any]:
        return next((one for one in _dicts(self.plain.get("actors")) if one.get("id") == ident), {})

    def _party(self, party: Mapping[str, Any]) -> PartyRow:
        ident = _str(party.get("id"))
        own = self._actor(members_id(ident)) or self._actor(leader_id(ident))
        return PartyRow(
            name=_words(party.get("name")),
            colour=_str(party.get("colour")),
            seats=self._seats(next(iter(self.bodies), {}), ident),
            at=self._position(own.get("ideal")),
            id=ident,
            at2=self._second(own.get("ideal")),
        )

    def _seats(self, body: Mapping[str, Any], party: str) -> str:
        """Seats of a party in a body, as typed; none, where none has them."""
        known = {leader_id(party), members_id(party), *(o.get("id") for o in self.people if o.get("party") == party)}
        votes = [one.get("weight", 1) for one in _dicts(body.get("seats")) if one.get("actor") in known]
        odd = next((one for one in votes if not isinstance(one, int)), None)
        return _str(odd) if odd is not None else str(sum(votes)) if votes else ""

    def _person(self, person: Mapping[str, Any]) -> PersonRow:
        ident, party = _str(person.get("id")), _str(person.get("party"))
        usual = self._actor(members_id(party)) or self._actor(leader_id(party))
        mine, theirs = _dict(person.get("ideal")), _dict(usual.get("ideal"))
        at = "" if theirs.get(self.axis) == mine.get(self.axis) else self._position(mine)
        at2 = "" if theirs.get(self.second) == mine.get(self.second) else self._second(mine)
        leads = any(one.get("leader") == ident for one in _dicts(self.plain.get("parties")))
        post = next((one for one in _dicts(self.plain.get("posts")) if one.get("holder") == ident), {})
        sits = tuple(
            str(number)
            for number, body in enumerate(self.bodies)
            if any(one.get("actor") == ident for one in _dicts(body.get("seats")))
        )
        return PersonRow(_words(person.get("name")), self._number(party) or "0", at, leads, _words(post.get("name")),
                         sits, ident, at2)  # fmt: skip

    def _body(self, number: int, body: Mapping[str, Any]) -> BodyRow:
        seats = () if number == 0 else tuple(
            (str(row), held) for row, party in enumerate(self.parties) if (held := self._seats(body, party))
        )  # fmt: skip
        return BodyRow(
            name=_words(body.get("name")),
            kind=_str(body.get("kind")),
            rule=_str(body.get("rule")),
            party=self._number(body.get("party")) if body.get("party") is not None else "",
            seats=seats,
            id=_str(body.get("id")),
        )

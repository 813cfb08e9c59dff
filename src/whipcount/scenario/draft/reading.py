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
    OptionRow,
    PartyRow,
    PersonRow,
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


def _words(value: Any) -> str:
    """A name of one language."""
    return _str(value) if not isinstance(value, dict) else _str(value.get("ru")) if set(value) == {"ru"} else ""


def _at(value: Any) -> str:
    """A position as typed, 0..10."""
    if isinstance(value, list):
        return "–".join(map(_at, value)) if len(value) == 2 else "; ".join(map(_at, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{round(10 * value, 6):g}"
    return _str(value)


class _Reader:
    """The forms of one scenario; what does not fit is left out, which comparing what they write brings to light."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        self.axis = _str(_dict(next(iter(_dicts(plain.get("dimensions"))), {})).get("id"))
        self.parties = [_str(one.get("id")) for one in _dicts(plain.get("parties"))]
        own = {made(one) for one in self.parties for made in (leader_id, members_id)}
        self.people = [one for one in _dicts(plain.get("actors")) if _str(one.get("id")) not in own]
        groups = {"cabinet", *map(group_id, self.parties)}
        self.bodies = [one for one in _dicts(plain.get("bodies")) if _str(one.get("id")) not in groups]

    def draft(self) -> Draft:
        plain = self.plain
        calendar, axis = _dict(plain.get("calendar")), next(iter(_dicts(plain.get("dimensions"))), {})
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
                OptionRow(_words(one.get("name")), self._position(one.get("point")), _str(one.get("id")))
                for one in settlements
                if one.get("id") not in ("now", "fallen")
            ),
        )
        return self._with_parts(draft)

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

    def _position(self, point: Any) -> str:
        value = _dict(point).get(self.axis)
        return "" if isinstance(value, dict) else _at(value)

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
        at = "" if usual.get("ideal") == person.get("ideal") else self._position(person.get("ideal"))
        leads = any(one.get("leader") == ident for one in _dicts(self.plain.get("parties")))
        post = next((one for one in _dicts(self.plain.get("posts")) if one.get("holder") == ident), {})
        sits = tuple(
            str(number)
            for number, body in enumerate(self.bodies)
            if any(one.get("actor") == ident for one in _dicts(body.get("seats")))
        )
        return PersonRow(_words(person.get("name")), self._number(party) or "0", at, leads, _words(post.get("name")),
                         sits, ident)  # fmt: skip

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

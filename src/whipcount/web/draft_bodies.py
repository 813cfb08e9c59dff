"""The bodies of a crisis that is still being written, drawn from its forms as far as they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whipcount.charts import theme
from whipcount.charts.benches import benches_of, draw_benches, number_taken, taken_before
from whipcount.charts.seating import Place
from whipcount.report.portraits import KINDS
from whipcount.text import language, say


@dataclass(frozen=True)
class DrawnBody:
    """A body as a half circle."""

    name: str
    kind: str
    drawing: str


class _Names:
    """Names of parties and people by identifier, whatever else is still missing."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        rows = [*plain.get("actors", ()), *plain.get("parties", ())]
        self.known = {row["id"]: in_words(row["name"]) or row["id"] for row in rows}

    def brief(self, ident: str | None) -> str:
        return self.known.get(ident or "", ident or "")

    def about(self, verb: str, ident: str | None) -> str:  # noqa: ARG002 - there are no posts in these drawings
        return ident or ""

    def faction_of(self, actor: str) -> str:  # noqa: ARG002 - nor factions
        return ""


def in_words(name: Any) -> str:
    """A name as it is written, in the reader's language where there are two."""
    return str(name.get(language()) or next(iter(name.values()), "")) if isinstance(name, dict) else str(name)


def draw_bodies(plain: Mapping[str, Any]) -> tuple[DrawnBody, ...]:
    """Every body that has seats; of the scenario that the forms write, mistakes and all."""
    names = _Names(plain)
    parties = [row["id"] for row in plain.get("parties", ())]
    given = {row["id"]: row.get("colour") for row in plain.get("parties", ())}
    colours = theme.party_colours(parties, {one: _colour(colour) for one, colour in given.items()})
    actors = {row["id"]: row for row in plain.get("actors", ())}
    found = []
    for body in plain.get("bodies", ()):
        places = sorted(_places(body, actors), key=lambda one: (one[0], parties.index(one[1].party or parties[0])))
        if not places:
            continue
        seated = [place for _, place in places]
        benches, taken = benches_of(seated), [taken_before(place) for place in seated]
        name = in_words(body["name"]) or say("a body without a name")
        label = f"{name}: {number_taken(benches, taken)}"
        kind = say(KINDS.get(body.get("kind"), "committee"))
        found.append(DrawnBody(name, kind, draw_benches(benches, taken, colours, names, label)))
    return tuple(found)


def _colour(given: Any) -> str | None:
    known = isinstance(given, str) and len(given) == 7 and given[0] == "#"
    return given if known and all(sign in "0123456789abcdefABCDEF" for sign in given[1:]) else None


def _places(body: Mapping[str, Any], actors: Mapping[str, Any]) -> list[tuple[float, Place]]:
    """Who sits there, each with where they lie."""
    found = []
    for seat in body.get("seats", ()):
        actor, votes = actors.get(seat["actor"]), seat.get("weight", 1)
        if actor is None or not isinstance(votes, int) or votes < 1:
            continue
        party = actor["party"]
        where = next((_centre(value) for value in actor["ideal"].values()), 0.5)
        found.append((where, Place(actor["id"], None, party, votes, ((party, 1.0),), (), 0.0)))
    return found


def _centre(value: Any) -> float:
    numbers = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, (int, float))]
    return sum(numbers) / len(numbers) if numbers else 0.5

"""Names of everything a scenario declares, by id, in the reader's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from whipcount.text import language

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario


class Names:
    """Looks names up: of actors and parties (who acts), and of bodies, posts, settlements and the rest (what about)."""

    def __init__(self, scenario: Scenario) -> None:
        self.language = language()
        self._people = {party.id: party.name.in_language() for party in scenario.parties}
        self._people |= {actor.id: actor.name.in_language() for actor in scenario.actors}
        self._parties = {party.id: party.name.in_language() for party in scenario.parties}
        kinds: dict[str, Iterable[Any]] = {
            "outcome": scenario.outcomes,
            "pressure": scenario.pressures,
            "event": scenario.events,
            "constituency": scenario.constituencies,
            "faction": scenario.factions,
            "motion": scenario.motions,
            "settlement": scenario.settlements,
            "tenure": scenario.posts,
            "body": scenario.bodies,
        }
        self._kinds = {kind: {one.id: one.name.in_language() for one in ones} for kind, ones in kinds.items()}
        self._faction_of: dict[str, str] = {}
        for faction in scenario.factions:
            for member in faction.members:
                self._faction_of.setdefault(member, faction.name.in_language())
        self._things: dict[str, str] = {}
        for named in self._kinds.values():
            self._things |= named
        if scenario.table is not None:
            self._things.setdefault(scenario.table.id, scenario.table.name.in_language())
        for offer in scenario.offers:
            self._things.setdefault(offer.id, self._things.get(offer.settlement, offer.settlement))
        # after a comma a party's name has its initials; a bloc's says which part of it is meant
        self._brief = _shortest(self._people, r"\s*\(") | _shortest(self._parties, r"\s*[,(]")
        self._brief_bodies = _shortest(self._kinds["body"], r"\s*\(")
        self._sources = {source.id: source for source in scenario.sources}

    def brief(self, ident: str | None) -> str:
        """An actor without what its name adds in brackets, a party without its initials, if no other is called so."""
        return "" if ident is None else self._brief.get(ident, ident)

    def brief_body(self, ident: str | None) -> str:
        """A body without what its name adds in brackets."""
        return "" if ident is None else self._brief_bodies.get(ident, self.what(ident))

    def who(self, ident: str | None) -> str:
        """An actor or a party."""
        return "" if ident is None else self._people.get(ident, ident)

    def party(self, ident: str | None) -> str:
        """A party (where an actor has the same id, still the party)."""
        return "" if ident is None else self._parties.get(ident, ident)

    def what(self, ident: str | None) -> str:
        """A body, post, settlement, motion, event, constituency, pressure, faction or offer."""
        if ident is None:
            return ""
        return self._things.get(ident) or self._people.get(ident, ident)

    def about(self, verb: str, ident: str | None) -> str:
        """What an event of this verb is about: looked up among what the verb's axis holds, bodies in short."""
        kind = {"seat": "body"}.get(axis := _axes().get(verb) or "", axis)
        if ident is not None and ident in self._kinds.get(kind, {}):
            return self._brief_bodies[ident] if kind == "body" else self._kinds[kind][ident]
        return self.what(ident)

    def settlement(self, ident: str | None) -> str:
        """A settlement (where something else has the same id, still the settlement)."""
        return "" if ident is None else self._kinds["settlement"].get(ident, ident)

    def body(self, ident: str | None) -> str:
        """A body."""
        return "" if ident is None else self._kinds["body"].get(ident, ident)

    def faction(self, ident: str | None) -> str:
        """A faction."""
        return "" if ident is None else self._kinds["faction"].get(ident, ident)

    def faction_of(self, actor: str) -> str:
        """The first faction that has an actor; empty where none has."""
        return self._faction_of.get(actor, "")

    def all_of(self, idents: Iterable[str]) -> list[str]:
        """Actors or parties, in the order given."""
        return [self.who(ident) for ident in idents]

    def source(self, ident: str, where: str = "") -> str:
        """A pointer at a source as a reader wants it: "A, 2", "Pipes, ch. 12"."""
        source = self._sources.get(ident)
        if source is None or source.account:
            name = ident
        elif source.author:
            name = source.author.split(",")[0]
        else:
            name = re.split(r"\s*[,(:]", source.title.in_language(), maxsplit=1)[0]
        return f"{name}, {where}" if where else name


@cache
def _axes() -> dict[str, str | None]:
    """The axis of every verb that some mechanism records."""
    from whipcount.mechanisms import all_verbs

    return {name: verb.per for name, verb in all_verbs().items()}


def _shortest(names: dict[str, str], end: str) -> dict[str, str]:
    """Names cut where `end` first matches, unless two would become alike."""
    cut = {ident: re.split(end, name, maxsplit=1)[0] or name for ident, name in names.items()}
    times = Counter(cut.values())
    return {ident: cut[ident] if times[cut[ident]] == 1 else name for ident, name in names.items()}

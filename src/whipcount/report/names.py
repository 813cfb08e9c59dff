"""Names of everything a scenario declares, by id, in the reader's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario


class Names:
    """Looks names up: of actors and parties (who acts), and of bodies, posts, settlements and the rest (what about)."""

    def __init__(self, scenario: Scenario, language: str = "en") -> None:
        self.language = language
        self._people = {party.id: party.name.in_language(language) for party in scenario.parties}
        self._people |= {actor.id: actor.name.in_language(language) for actor in scenario.actors}
        self._parties = {party.id: party.name.in_language(language) for party in scenario.parties}
        self._things: dict[str, str] = {}
        groups = (
            scenario.outcomes,
            scenario.pressures,
            scenario.events,
            scenario.constituencies,
            scenario.factions,
            scenario.motions,
            scenario.settlements,
            scenario.posts,
            scenario.bodies,
        )
        for group in groups:
            for entity in group:
                self._things[entity.id] = entity.name.in_language(language)
        if scenario.table is not None:
            self._things.setdefault(scenario.table.id, scenario.table.name.in_language(language))
        for offer in scenario.offers:
            self._things.setdefault(offer.id, self._things.get(offer.settlement, offer.settlement))
        self._settlements = {one.id: one.name.in_language(language) for one in scenario.settlements}
        self._bodies = {body.id: body.name.in_language(language) for body in scenario.bodies}
        self._factions = {one.id: one.name.in_language(language) for one in scenario.factions}
        self._brief = _shortest(self._people)
        self._brief_bodies = _shortest(self._bodies)
        self._sources = {source.id: source for source in scenario.sources}

    def brief(self, ident: str | None) -> str:
        """An actor or a party without what its name adds in brackets or after a comma, if no other is called so."""
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

    def settlement(self, ident: str | None) -> str:
        """A settlement (where something else has the same id, still the settlement)."""
        return "" if ident is None else self._settlements.get(ident, ident)

    def body(self, ident: str | None) -> str:
        """A body."""
        return "" if ident is None else self._bodies.get(ident, ident)

    def faction(self, ident: str | None) -> str:
        """A faction."""
        return "" if ident is None else self._factions.get(ident, ident)

    def all_of(self, idents: Iterable[str]) -> list[str]:
        """Actors or parties, in the order given."""
        return [self.who(ident) for ident in idents]

    def source(self, ident: str, where: str = "") -> str:
        """A pointer at a source as a reader wants it: "A, 2", "Pipes, ch. 12"."""
        source = self._sources.get(ident)
        if source is None:
            name = ident
        elif source.account or not source.author:
            name = source.id if source.account else source.title.in_language(self.language)
        else:
            name = source.author.split(",")[0]
        return f"{name}, {where}" if where else name


def _shortest(names: dict[str, str]) -> dict[str, str]:
    """Names cut at the first bracket or comma, where no two become alike."""
    cut = {ident: re.split(r"\s*[,(]", name, maxsplit=1)[0] or name for ident, name in names.items()}
    times = Counter(cut.values())
    return {ident: cut[ident] if times[cut[ident]] == 1 else name for ident, name in names.items()}

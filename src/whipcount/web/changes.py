"""What may be made different in a crisis: its interventions in people's words, grouped for a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.charts.names import Names
from whipcount.counterfactual.grammar import Phrase, read_phrase
from whipcount.errors import WhipcountError
from whipcount.report import glossary
from whipcount.text import localised, say, say_as
from whipcount.text.dates import DayLabels

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario


@dataclass(frozen=True)
class Change:
    """An intervention: as it is written, and as it is told."""

    text: str
    told: str


@dataclass(frozen=True)
class Group:
    """Interventions of one kind."""

    name: str
    title: str
    changes: tuple[Change, ...]


class Teller:
    """Tells interventions of one crisis in the reader's language."""

    def __init__(self, loaded: LoadedScenario) -> None:
        scenario = loaded.scenario
        calendar = scenario.calendar
        self.loaded = loaded
        self.names = Names(scenario)
        self.days = DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)

    def told(self, text: str) -> str:
        """An intervention in words; as it is written, where there are none for it."""
        try:
            phrase = read_phrase(" ".join(text.split()))
        except WhipcountError:
            return text
        kind = phrase.words[0].text
        method = getattr(self, f"_{kind}", self._choice)
        told: str = method(phrase, [word.text for word in phrase.words[1:]])
        return told or text

    def groups(self) -> tuple[Group, ...]:
        """What the scenario itself suggests: what its claims are about, then its events, then its accounts."""
        scenario = self.loaded.scenario
        claimed = dict.fromkeys(
            text for claim in scenario.claims for texts in (claim.do, *claim.rivals) for text in texts
        )
        events = [f"event.{event.id} = removed" for event in scenario.events]
        accounts = [f"account = {one.id}" for one in scenario.accounts if one.id != self.loaded.account]
        assumed = [text for text in claimed if text.startswith(("param.", "trait."))]
        found = (
            self._group(
                "claims", say("What the sources argue about"),
                (text for text in claimed if text not in assumed),
            ),
            self._group("assumptions", say("What the model assumes"), assumed),
            self._group(
                "events", say("Other documented events"), (e for e in events if e not in claimed)
            ),
            self._group("accounts", say("Whose account"), accounts),
        )  # fmt: skip
        return tuple(group for group in found if group.changes)

    def _group(self, name: str, title: str, texts: Iterable[str]) -> Group:
        return Group(name, title, tuple(Change(text, self.told(text)) for text in texts))

    # -- by kind -----------------------------------------------------------------------------------------------------

    def _day(self, phrase: Phrase) -> str:
        if phrase.date is None:
            return ""
        try:
            return self.days.full(dt.date.fromisoformat(phrase.date.text))
        except ValueError:
            return phrase.date.text

    def _value(self, phrase: Phrase) -> str:
        return localised(phrase.value.text) if phrase.value is not None else ""

    def _event(self, phrase: Phrase, words: list[str]) -> str:
        if len(words) != 1:
            return ""
        if words[0].startswith("+"):
            return say("A further event, {day}", day=self._day(phrase))
        name = self.names.what(words[0])
        if phrase.value is not None and phrase.value.text == "removed":
            return say("Does not happen: {name}", name=name)
        return say("On {day}: {name}", day=self._day(phrase), name=name)

    def _history(self, phrase: Phrase, words: list[str]) -> str:  # noqa: ARG002 - as the others
        if not words:
            return say("No breach of the past is remembered")
        return say("The earlier breach is forgotten: {words}", words=words[0].replace("_", " "))

    def _trait(self, phrase: Phrase, words: list[str]) -> str:
        if len(words) < 2:
            return ""
        trait = " ".join(words[1:])
        shown = say_as("trait", trait)
        return f"{self._who(words[0])}: {shown} = {self._value(phrase)}"

    def _param(self, phrase: Phrase, words: list[str]) -> str:
        return f"{glossary.parameter_in_words('.'.join(words))} = {self._value(phrase)}"

    def _pressure(self, phrase: Phrase, words: list[str]) -> str:
        held = say("held at")
        return f"{self.names.what('.'.join(words))}: {held} {self._value(phrase)}"

    def _post(self, phrase: Phrase, words: list[str]) -> str:
        holder = phrase.value.text if phrase.value is not None else ""
        who = say("vacant") if holder == "vacant" else self.names.who(holder)
        return self._dated(f"{self.names.what(words[0])}: {who}" if words else "", phrase)

    def _attendance(self, phrase: Phrase, words: list[str]) -> str:
        if len(words) != 2 or phrase.value is None:
            return ""
        kinds = {
            "absent": say("stays away"),
            "present": say("is always there"),
            "usual": say("comes as usual"),
        }
        came = kinds.get(phrase.value.text, phrase.value.text)
        return self._dated(f"{self.names.who(words[1])}, {self.names.brief_body(words[0])}: {came}", phrase)

    def _account(self, phrase: Phrase, words: list[str]) -> str:  # noqa: ARG002 - as the others
        account = phrase.value.text if phrase.value is not None else ""
        known = {one.id: one.name.in_language() for one in self.loaded.scenario.accounts}
        return say("As told in: {get}", get=known.get(account, account))

    def _choice(self, phrase: Phrase, words: list[str]) -> str:
        """A choice that is fixed: who, what is asked, and the answer."""
        if phrase.words[0].text in ("faction", "actor", "party"):
            who, rest = (words[0] if words else ""), words[1:]
        else:
            who, rest = phrase.words[0].text, words
        if len(rest) < 2 or phrase.value is None:
            return ""
        asked = glossary.question(rest[0], rest[1].replace("_", " "))
        place = f" ({self.names.what(rest[2])})" if len(rest) > 2 else ""
        answer = glossary.word(phrase.value.text)
        if phrase.relation == "!=":
            answer = say("anything but {answer}", answer=answer)
        told = f"{self._who(who)}: {asked.rstrip('?')}{place}? {answer.capitalize()}"
        return self._dated(told, phrase)

    def _who(self, ident: str) -> str:
        known = {faction.id: faction.name.in_language() for faction in self.loaded.scenario.factions}
        return known.get(ident) or self.names.who(ident)

    def _dated(self, told: str, phrase: Phrase) -> str:
        return f"{told}, {self._day(phrase)}" if told and phrase.date is not None else told

"""How events are told: one phrase for each verb (and for each code of a verb), in both languages.

A phrase stands for a group of like events of one day: ten signatures are one sentence with ten names. Texts may use
{who} (whom the events are about), {what} (what they are about; {the}: with an English article), {pairs} (whom and what,
one by one), {number} (the value) and {settlement} (the settlement that a code names).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

Group = Literal["who", "who by what", "what", "pairs", "each"]


@dataclass(frozen=True)
class Phrase:
    """A sentence for one event, and for several of a day (`many`, where it differs).

    group: which events share a sentence: all of the verb (`who`, `what`, `pairs` say what is listed), those about the
    same thing (`who by what`), or none (`each`).
    """

    one: str
    many: str = ""
    group: Group = "who"

    def text(self, number: int) -> str:
        """The form for so many events."""
        return self.many if number > 1 and self.many else self.one


def phrases(language: str) -> dict[str, Phrase]:
    """The phrases of a language, by `verb` or `verb:code`."""
    found: dict[str, Phrase] = import_module(f".phrases_{language}", __package__).PHRASES
    return found


def topics(language: str) -> dict[str, str]:
    """What a division of a mechanism is about."""
    found: dict[str, str] = import_module(f".phrases_{language}", __package__).TOPICS
    return found


def notable(language: str) -> dict[str, str]:
    """Short names of what a record of facts is compared with, by `verb` or `verb:code`."""
    found: dict[str, str] = import_module(f".phrases_{language}", __package__).NOTABLE
    return found


def phrase_of(verb: str, code: str | None, language: str) -> Phrase | None:
    """The phrase of an event: that of its code, or of its verb; none where the catalogue has neither."""
    known = phrases(language)
    return known.get(f"{verb}:{code}") or known.get(verb)


def lacks(verb: str, codes: tuple[str, ...], language: str) -> list[str]:
    """Of a verb and its codes, what has no phrase in a language."""
    known = phrases(language)
    if verb in known:
        return []
    named = [code for code in codes if code]
    return [f"{verb}:{code}" for code in named if f"{verb}:{code}" not in known] or ([] if named else [verb])

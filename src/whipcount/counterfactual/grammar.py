"""The grammar of interventions: `WHAT.IT.IS.ABOUT = VALUE @ DATE`, read into words that know their columns.

The relation is `=` or, to forbid, `!=`; value and date may be left out where the intervention needs none. What the
words mean is decided in `interventions.py`; here only their places are found, so that errors can point at them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NoReturn

from whipcount.errors import Place, Problem, QuestionError
from whipcount.scenario.hints import did_you_mean

_RELATION = re.compile(r"!=|=")
_DATE = re.compile(r"@\s*(?P<date>[^\s=]*)\s*")


AS_OPTION = Place("--do")
KINDS = (
    "param", "parameters", "term", "trait", "event", "history", "pressure", "post", "attendance", "account", "variant",
    "faction", "actor", "party", "role",
)  # fmt: skip
NEVER_FORBIDDEN = KINDS[:11]  # only a choice can be forbidden


@dataclass(frozen=True)
class Word:
    """A word and the column where it stands, counted from 1."""

    text: str
    column: int


@dataclass(frozen=True)
class Phrase:
    """An intervention as written: its words left of the relation, the value, the date; where it was read."""

    text: str
    words: tuple[Word, ...]
    relation: str = ""
    value: Word | None = None
    date: Word | None = None
    origin: Place = AS_OPTION

    @property
    def subject(self) -> str:
        """The words as one."""
        return ".".join(word.text for word in self.words)

    def refuse(self, code: str, word: Word | None, message: str, hint: str = "") -> NoReturn:
        """Stop with a coded error that points at a word."""
        raise QuestionError(self.problem(code, word, message, hint))

    def problem(self, code: str, word: Word | None, message: str, hint: str = "") -> Problem:
        """A coded problem of this phrase: the place is that of the word, or that of the file it was read from."""
        place = self.origin
        if not place.line:
            place = Place(f"{place.file} {self.text!r}", 1, word.column if word else 1)
        else:
            message = f"in {self.text!r}: {message}"
        return Problem(code, message, hint, place)

    def unknown(self, code: str, word: Word, what: str, known: Iterable[str], otherwise: str = "") -> NoReturn:
        """Stop at a word that names nothing, with the nearest one that does."""
        self.refuse(code, word, f"there is no {what} '{word.text}'", did_you_mean(word.text, known, otherwise))


def read_phrase(text: str, origin: Place | None = None) -> Phrase:
    """Read one intervention. Raises QuestionError (WC401) where it has no words or more than one date."""
    phrase = Phrase(text, (), origin=origin or AS_OPTION)
    rest, date = _take_date(text, phrase)
    relation = _RELATION.search(rest)
    left = rest[: relation.start()] if relation else rest
    value = None
    if relation:
        value = _word(rest, relation.end(), len(rest))
        if not value.text:
            phrase.refuse(
                "WC401", Word("", relation.start() + 1), "there is no value", "for instance: = removed, = 0.5"
            )
    words, start = [], 0
    for part in left.split("."):
        words.append(_word(left, start, start + len(part)))
        start += len(part) + 1
    empty = next((word for word in words if not word.text), None)
    if empty is not None:
        phrase.refuse(
            "WC401", empty, "a word is missing here", "for instance: faction.NAME.leave.seat = no, event.NAME = removed"
        )
    return replace(phrase, words=tuple(words), relation=relation.group() if relation else "", value=value, date=date)


def _take_date(text: str, phrase: Phrase) -> tuple[str, Word | None]:
    """The text with its date blanked out, so that columns stay; and the date."""
    found = list(_DATE.finditer(text))
    if not found:
        return text, None
    if len(found) > 1:
        phrase.refuse("WC401", Word("@", found[1].start() + 1), "a second date", "give one date, or two interventions")
    date = Word(found[0].group("date"), found[0].start("date") + 1)
    if not date.text:
        phrase.refuse("WC408", date, "there is no date after '@'", "for instance: @ 1917-11-17")
    span = found[0].span()
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :], date


def _word(text: str, start: int, end: int) -> Word:
    part = text[start:end]
    return Word(" ".join(part.split()), start + len(part) - len(part.lstrip()) + 1)


def read_date(phrase: Phrase, first: dt.date, last: dt.date) -> dt.date | None:
    """The phrase's date, which must lie inside the calendar (WC408); none where it has none."""
    word = phrase.date
    if word is None:
        return None
    try:
        date = dt.date.fromisoformat(word.text)
    except ValueError:
        phrase.refuse("WC408", word, f"'{word.text}' is not a date", f"write year-month-day, for instance {first}")
    if not first <= date <= last:
        phrase.refuse("WC408", word, f"{date} lies outside the calendar", f"it runs from {first} to {last} (new style)")
    return date


def read_number(phrase: Phrase, low: float = float("-inf"), high: float = float("inf")) -> float:
    """The phrase's value as a number within bounds (WC407)."""
    word = needed(phrase)
    try:
        number = float(word.text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        phrase.refuse("WC407", word, f"'{word.text}' is not a number", "for instance: = 0.5")
    if not low <= number <= high:
        bounds = f"between {low:g} and {high:g}" if high < float("inf") else f"at least {low:g}"
        phrase.refuse("WC407", word, f"{word.text} is out of range", f"give a number {bounds}")
    return number


def needed(phrase: Phrase) -> Word:
    """The phrase's value, which must be there."""
    if phrase.value is None:
        last = phrase.words[-1]
        phrase.refuse("WC401", last, f"'{phrase.subject}' is given no value", f"for instance: {phrase.subject} = ...")
    if phrase.relation == "!=" and phrase.words[0].text in NEVER_FORBIDDEN:
        phrase.refuse("WC401", phrase.value, "only a choice can be forbidden with !=", "write = for a value")
    return phrase.value


def undated(phrase: Phrase, hint: str) -> None:
    """Refuse a date where it means nothing."""
    if phrase.date is not None:
        phrase.refuse("WC408", phrase.date, f"'{phrase.words[0].text}' takes no date", hint)

"""What a scenario rests on: each work by passage, with the facts, values and claims that cite it, told in words.

A passage is a place of a work as the scenario's file names it: a paragraph, a page, a date. A text of the reader's own
can be laid beside the passages; its paragraphs are counted, or named by the numbers that stand before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whipcount.charts.names import Names
from whipcount.scenario.provenance import AssumedValue, Provenance, Statement, provenance
from whipcount.scenario.yaml_nodes import parse
from whipcount.text import mark, say, say_as
from whipcount.text.dates import DayLabels
from whipcount.theory.questionnaire import HAPPENED

from .glossary import parameter_in_words

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Source

CLAIMS, FACTS, VALUES = "claims", "facts", "values"
KINDS = (CLAIMS, FACTS, VALUES)
FACT_SECTIONS = ("record", "outcomes", "answers", "history")
LONGEST_RANGE = 50  # paragraphs of one pointer; "1-400" means the whole, and is a place of its own
SECTIONS: dict[str, str] = {
    "record": mark("Fact of the record"),
    "outcomes": mark("What happened"),
    "answers": mark("Answer of the questionnaire"),
    "history": mark("Before the start"),
    "claims": mark("Claim"),
    "actors": mark("Person or bloc"),
    "parties": mark("Party"),
    "factions": mark("Faction"),
    "bodies": mark("Body"),
    "posts": mark("Post"),
    "settlements": mark("Government or agreement"),
    "government": mark("Who governs"),
    "events": mark("Event"),
    "motions": mark("Motion"),
    "matters": mark("Question that is decided"),
    "offers": mark("Offer"),
    "pressures": mark("Pressure"),
    "constituencies": mark("Constituency"),
    "table": mark("Talks"),
    "variants": mark("Disputed matter"),
    "election": mark("Election"),
    "roles": mark("Who plays which part"),
    "defaults": mark("Traits of all others"),
    "parameters": mark("Parameter of the model"),
    "calendar": mark("Tempo"),
}
DETAILS = {
    "ideal": mark("position"),
    "point": mark("position"),
    "ultimatum": mark("how it may threaten"),
    "leadership": mark("how its leader is chosen"),
    "defuse": mark("how far it defuses the danger"),
    "support": mark("support"),
    "level": mark("level"),
    "target": mark("where it tends to"),
}
TRAITS = ("loyalty", "identity", "ambition", "duty", "conformity", "press", "organisation", "cadre")


@dataclass(frozen=True)
class Resting:
    """Something of the model that rests on a passage, or on no source: what sort of thing it is, and which.

    kind: of KINDS. path: in the scenario's file. judgement: the narrator's own. note: the paraphrase, as the file has
    it. day: of a fact of the record, days from the start.
    """

    kind: str
    section: str
    what: str
    path: str
    judgement: bool = False
    note: str = ""
    day: int | None = None

    @property
    def ident(self) -> str:
        """The id of the record that it is, or is part of."""
        return self.path.partition(".")[2].partition(".")[0]


@dataclass(frozen=True)
class Passage:
    """A place of a work with all that rests on it; `text` where the reader has brought it; `where` empty: no place."""

    where: str
    rests: tuple[Resting, ...]
    text: str = ""

    @property
    def anchor(self) -> str:
        """The passage's name in an address."""
        return anchor_of(self.where)

    def of(self, kind: str) -> tuple[Resting, ...]:
        """What of one kind rests on it."""
        return tuple(one for one in self.rests if one.kind == kind)


@dataclass(frozen=True)
class Groundwork:
    """A work, its passages in their order, and how much of each kind rests on it."""

    id: str
    title: str
    author: str
    year: int | None
    account: bool
    note: str
    passages: tuple[Passage, ...]

    def number(self, kind: str) -> int:
        """How many things of a kind rest on it, each once."""
        return len({one.path for passage in self.passages for one in passage.of(kind)})

    @property
    def bare(self) -> tuple[Passage, ...]:
        """Paragraphs of the reader's text on which nothing rests."""
        return tuple(one for one in self.passages if one.text and not one.rests)

    @property
    def missing(self) -> tuple[Passage, ...]:
        """Passages that are cited and that the reader's text does not have, once there is a text."""
        if not any(one.text for one in self.passages):
            return ()
        return tuple(one for one in self.passages if one.where and not one.text)


def cited(loaded: LoadedScenario) -> Provenance:
    """Every citation and assumption of a scenario; where it comes from a run folder, as its copy there has them."""
    if not loaded.tree.items():
        loaded = replace(loaded, tree=parse(loaded.text, str(loaded.path)))
    return provenance(loaded)


def groundwork(loaded: LoadedScenario, source: str, text: str = "") -> Groundwork | None:
    """What rests on a work of the scenario, by passage; none where it has no such work."""
    found = next((one for one in loaded.scenario.sources if one.id == source), None)
    return None if found is None else _resting_on(found, cited(loaded), Worded(loaded), text)


def _resting_on(found: Source, known: Provenance, worded: Worded, text: str = "") -> Groundwork:
    by_place: dict[str, list[Resting]] = {}
    for statement in known.of_source(found.id):
        for where in places_of(statement.where):
            by_place.setdefault(where, []).append(worded.resting(statement))
    paragraphs = dict(paragraphs_of(text))
    places = sorted({*by_place, *paragraphs}, key=_order)
    passages = (Passage(where, _once(by_place.get(where, ())), paragraphs.get(where, "")) for where in places)
    return Groundwork(
        found.id, found.title.in_language(), found.author, found.year, found.account, found.note, tuple(passages)
    )


def all_groundwork(loaded: LoadedScenario) -> tuple[Groundwork, ...]:
    """Every work of the scenario: the narrated versions first, then by how much rests on it."""
    known, worded = cited(loaded), Worded(loaded)
    found = [_resting_on(source, known, worded) for source in loaded.scenario.sources]
    return tuple(
        sorted(found, key=lambda one: (not one.account, -sum(map(one.number, KINDS)) if not one.account else 0))
    )


def assumed(loaded: LoadedScenario) -> tuple[tuple[Resting, str], ...]:
    """What rests on no source, with the reason that the file gives."""
    worded = Worded(loaded)
    return tuple((worded.of_path(one), one.reason) for one in cited(loaded).assumed)


def _once(rests: Iterable[Resting]) -> tuple[Resting, ...]:
    """Each thing once, claims first, in the order of the file."""
    kept = {(one.path, one.note): one for one in rests}
    return tuple(sorted(kept.values(), key=lambda one: KINDS.index(one.kind)))


def _order(where: str) -> tuple[int, int, str]:
    """Numbered passages by number, others after them by name, no place at all last."""
    if not where:
        return 2, 0, ""
    return (0, int(where), "") if where.isdigit() else (1, 0, where)


def anchor_of(where: str) -> str:
    """A passage's name in an address."""
    return "p-" + (re.sub(r"[^a-z0-9]+", "-", where.lower()).strip("-") or "whole")


def places_of(where: str) -> tuple[str, ...]:
    """The passages that a pointer names: "3-5" three paragraphs, "2, 4" two, anything else one place of that name."""
    where = where.strip()
    if not re.fullmatch(r"\d{1,5}(\s*[-–]\s*\d{1,5})?(\s*[,;]\s*\d{1,5}(\s*[-–]\s*\d{1,5})?)*", where):
        return (where,)
    found: list[str] = []
    for part in re.split(r"[,;]", where):
        first, _, last = re.sub(r"\s|–", lambda sign: "-" if sign.group() == "–" else "", part).partition("-")
        low, high = int(first), int(last or first)
        if not 0 <= high - low <= LONGEST_RANGE:
            return (where,)
        found += [str(number) for number in range(low, high + 1)]
    return tuple(dict.fromkeys(found))


def paragraphs_of(text: str) -> tuple[tuple[str, str], ...]:
    """The paragraphs of a text with their numbers.

    Paragraphs stand apart by an empty line; where there is none, each line is one. If at least every other paragraph
    begins with a number of its own ("3." or "[3]"), and these rise, those are the numbers; else they count from 1.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().lstrip("\ufeff")
    parts = re.split(r"\n[ \t]*\n", lines) if re.search(r"\n[ \t]*\n", lines) else lines.split("\n")
    paragraphs = [" ".join(part.split()) for part in parts if part.strip()]
    numbered = [re.match(r"(?:\[(\d{1,5})\]|[¶§](\d{1,5})|(\d{1,5})[.)])\s+", one) for one in paragraphs]
    numbers = [int(next(filter(None, one.groups()))) for one in numbered if one]
    if len(numbers) > 1 and 2 * len(numbers) >= len(paragraphs) and numbers == sorted(set(numbers)):
        return _joined(paragraphs, numbered)
    return tuple((str(place), one) for place, one in enumerate(paragraphs, 1))


def _joined(paragraphs: Sequence[str], numbered: Sequence[re.Match[str] | None]) -> tuple[tuple[str, str], ...]:
    """Paragraphs by their own numbers; one without belongs to the one before it (before the first: a heading)."""
    found: list[tuple[str, str]] = []
    for paragraph, match in zip(paragraphs, numbered, strict=True):
        if match is not None:
            found.append((next(filter(None, match.groups())), paragraph[match.end() :]))
        elif found:
            where, before = found[-1]
            found[-1] = (where, f"{before}\n{paragraph}")
    return tuple(found)


class Worded:
    """Paths of one scenario's file in the reader's words."""

    def __init__(self, loaded: LoadedScenario) -> None:
        scenario = loaded.scenario
        calendar = scenario.calendar
        self.scenario, self.names = scenario, Names(scenario)
        self.days = DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)
        self._record = {one.id: one for one in scenario.record}
        self._claims = {one.id: one.text.in_language() for one in scenario.claims}
        self._axes = {one.id: one.name.in_language() for one in scenario.dimensions}
        self._matters = {one.id: one.name.in_language() for one in scenario.matters}
        self._variants = {one.id: one for one in scenario.variants}
        self._breaches = {one.id: one.name.in_language() for one in scenario.history.breaches if one.id and one.name}

    def resting(self, statement: Statement) -> Resting:
        """A citation in words."""
        return self._made(statement.path, statement.kind == "judgement", statement.note)

    def of_path(self, value: AssumedValue) -> Resting:
        """An assumed value in words."""
        return self._made(value.path)

    def _made(self, path: str, judgement: bool = False, note: str = "") -> Resting:
        section, *rest = path.split(".")
        kind = CLAIMS if section == "claims" else FACTS if section in FACT_SECTIONS else VALUES
        day = None
        if section == "record" and rest and rest[0] in self._record:
            day = self.days.day_of(self._record[rest[0]].date)
        what = self._what(section, rest)
        return Resting(kind, say(SECTIONS.get(section, section)), what, path, judgement, note, day)

    def _what(self, section: str, rest: list[str]) -> str:
        """What a path is about."""
        if not rest:
            return ""
        told: str = getattr(self, f"_in_{section}", self._in_any)(rest)
        return told

    def _in_any(self, rest: list[str]) -> str:
        return self._with_details(self.names.what(rest[0]), rest)

    def _with_details(self, name: str, rest: list[str]) -> str:
        return ", ".join([name, *(self._detail(one) for one in rest[1:] if one not in ("point", "ideal"))])

    def _detail(self, name: str) -> str:
        if name in TRAITS:
            return say_as("trait", name)
        return self._axes.get(name) or (say(DETAILS[name]) if name in DETAILS else self.names.what(name))

    def _in_parameters(self, rest: list[str]) -> str:
        return parameter_in_words(".".join(rest[:2]))

    def _in_record(self, rest: list[str]) -> str:
        fact = self._record.get(rest[0])
        return f"{self.days.short(fact.date)}: {fact.text.in_language()}" if fact is not None else rest[0]

    def _in_claims(self, rest: list[str]) -> str:
        return self._claims.get(rest[0], rest[0])

    def _in_matters(self, rest: list[str]) -> str:
        return self._matters.get(rest[0], rest[0])

    def _in_actors(self, rest: list[str]) -> str:
        return self._with_details(self.names.who(rest[0]), rest)

    def _in_parties(self, rest: list[str]) -> str:
        return self._with_details(self.names.party(rest[0]), rest)

    def _in_settlements(self, rest: list[str]) -> str:
        return self._with_details(self.names.settlement(rest[0]), rest)

    def _in_bodies(self, rest: list[str]) -> str:
        body = self.names.body(rest[0])
        return f"{body}: {self.names.who(rest[2])}" if rest[1:2] == ["seats"] and len(rest) > 2 else body

    def _in_posts(self, rest: list[str]) -> str:
        post = self.names.about("appoint", rest[0])
        return f"{post}: {self.names.who(rest[2])}" if rest[1:2] == ["history"] and len(rest) > 2 else post

    def _in_answers(self, rest: list[str]) -> str:
        return say(HAPPENED[rest[0]]) if rest[0] in HAPPENED else rest[0]

    def _in_history(self, rest: list[str]) -> str:
        return self._breaches.get(rest[-1]) or self.names.what(rest[-1])

    def _in_variants(self, rest: list[str]) -> str:
        variant = self._variants[rest[0]]
        choice = variant.choices.get(rest[2]) if len(rest) > 2 else None
        name = variant.name.in_language()
        return f"{name}: {choice.text.in_language()}" if choice is not None else name

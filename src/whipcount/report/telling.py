"""The sentences of a day: like events as one sentence, divisions with their tallies, sessions only when they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from whipcount.charts.names import Names
from whipcount.text import listing, mark, number, say

from .phrases import Phrase, phrase_of, sentence, topic

if TYPE_CHECKING:
    from whipcount.charts.material import Material

DIVISION = ("division", "ayes", "noes", "vote")
TALKS = ("session", "favoured", "accept", "decline")
# What comes before the vote on it within a mechanism's step.
FIRST = ("tabled", "draft", "carry", "invite", "nominate", "propose", "join")
MOTIONS = ("tabled", "carried", "defeated")
SAID_ELSEWHERE = ("prevail",)  # the vote of the body says it

Row = Mapping[str, Any]
Divisions = dict[tuple[str, str], list[list[Row]]]


class Teller:
    """Tells a run's days one after another; remembers what has been told, so that only news is told.

    Members' votes are named for the parties whose quarrel it is (those with an ultimatum, or in the government) and
    for bodies of no party; other parties' divisions are told by their tally.
    """

    def __init__(self, material: Material, names: Names) -> None:
        scenario = material.scenario
        self.names = names
        self.language = names.language
        self.settlements = [settlement.id for settlement in scenario.settlements]
        self.sizes = {actor.id: actor.size for actor in scenario.actors}
        self.body_of = {motion.id: motion.body for motion in scenario.motions}
        self.organ_of = {body.id: body.party for body in scenario.bodies}
        quarrelling = {party.id for party in scenario.parties if party.ultimatum}
        governing = next(one.parties for one in scenario.settlements if one.id == scenario.government.settlement)
        self.named_parties = {None, *(quarrelling or governing)}
        self._last_session: tuple[Any, ...] | None = None
        self._lines: dict[str, str] = {}

    def day(self, rows: Sequence[Row]) -> list[str]:
        """A day's sentences in the order of the step."""
        rows = _ordered(rows)
        divisions = _divisions(rows)
        on_motions = {
            self._motion(rows, mechanism, body, number)
            for (mechanism, body), held in divisions.items()
            for number in range(1, len(held) + 1)
        }
        told: list[str] = []
        done: set[tuple[Any, ...]] = set()
        for row in rows:
            if row["verb"] in SAID_ELSEWHERE or (row["verb"] in MOTIONS and row["object"] in on_motions):
                continue  # the division says it
            key, group = self._group(row, rows)
            if key in done:
                continue
            done.add(key)
            told += self._sentences(key, group, rows, divisions)
        return told

    def _group(self, row: Row, rows: Sequence[Row]) -> tuple[tuple[Any, ...], list[Row]]:
        """What a row is told together with."""
        if row["mechanism"] == "talks" and row["verb"] in TALKS:
            return ("talks",), [other for other in rows if other["mechanism"] == "talks" and other["verb"] in TALKS]
        if row["verb"] in DIVISION:
            return ("division", row["mechanism"], row["object"]), []
        if row["verb"] == "line":
            return ("line",), [other for other in rows if other["verb"] == "line"]
        phrase = phrase_of(row["verb"], row["code"])
        key = (row["verb"], row["code"], *_within(row, phrase))
        return key, [other for other in rows if (other["verb"], other["code"], *_within(other, phrase)) == key]

    def _sentences(
        self, key: tuple[Any, ...], group: Sequence[Row], rows: Sequence[Row], divisions: Divisions
    ) -> list[str]:
        if key == ("talks",):
            return self._session(group)
        if key == ("line",):
            return self._new_lines(group)
        if key[0] == "division":
            _, mechanism, body = key
            return self._division(mechanism, body, divisions[mechanism, body], rows)
        return [self._told(key[0], group)]

    # -- like events -----------------------------------------------------------------------------------------

    def _told(self, verb: str, group: Sequence[Row]) -> str:
        """A group of like events as one sentence."""
        phrase = phrase_of(verb, group[0]["code"])
        who = list(dict.fromkeys(self._who(row["actor"]) for row in group if row["actor"]))
        what = list(dict.fromkeys(self._what(row) for row in group if row["object"]))
        if phrase is None:
            return f"{verb}: {', '.join(who + what)}."
        pairs = [f"{self._who(row['actor'])} ({self._what(row)})" for row in group]
        quoted = "“" in phrase.one
        between = say("”, “") if quoted else "; "
        words = {
            "who": ", ".join(who) if sentence(verb, group[0]["code"], 1).endswith(": {who}.") else listing(who),
            "what": between.join(what),
            "the": between.join(name if name.lower().startswith("the ") else f"the {name}" for name in what),
            "pairs": "; ".join(pairs),
            "number": number(group[0]["value"], 0),
            "settlement": self._settlement(group[0]),
        }
        return sentence(verb, group[0]["code"], len(pairs) if phrase.group == "pairs" else len(who)).format(**words)

    def _who(self, ident: str) -> str:
        """Whom an event is about; a bloc with its size."""
        size = self.sizes.get(ident, 1)
        return f"{self.names.brief(ident)} ({size})" if size > 1 else self.names.brief(ident)

    def _what(self, row: Row) -> str:
        return self.names.about(row["verb"], row["object"])

    def _settlement(self, row: Row) -> str:
        """The settlement that a code names, or that the value numbers (from 1)."""
        if row["code"]:
            return self.names.settlement(row["code"])
        place = round(row["value"] or 0)
        return self.names.settlement(self.settlements[place - 1]) if 0 < place <= len(self.settlements) else "–"

    # -- lines and talks -------------------------------------------------------------------------------------

    def _new_lines(self, group: Sequence[Row]) -> list[str]:
        """Binding lines that are new to the reader, all in one sentence."""
        new = []
        for row in group:
            settlement = self._settlement(row)
            if self._lines.get(row["actor"]) != settlement:
                self._lines[row["actor"]] = settlement
                quoted = say("“{settlement}”", settlement=settlement)
                new.append(f"{self._who(row['actor'])} – {quoted}")
        if not new:
            return []
        head = say("Binding line")
        return [f"{head}: {'; '.join(new)}."]

    def _session(self, talks: Sequence[Row]) -> list[str]:
        """A session of the talks as one sentence; nothing where it came to the same as the one before."""
        groups = [[row for row in talks if row["verb"] == verb] for verb in TALKS]
        result = tuple(frozenset((row["actor"], row["object"]) for row in group) for group in groups)
        if result == self._last_session:
            return []
        self._last_session = result
        return [" ".join(self._told(verb, group) for verb, group in zip(TALKS, groups, strict=True) if group)]

    # -- divisions -------------------------------------------------------------------------------------------

    def _division(self, mechanism: str, body: str, held: list[list[Row]], rows: Sequence[Row]) -> list[str]:
        """A body's divisions on one matter as one sentence, then who voted how in the last of them."""
        party = self.organ_of.get(body)
        changed = any(row["verb"] == "mandate" and row["actor"] == party for row in rows)
        if mechanism == "mandate" and not changed:
            return []  # the body has looked at its mandate again and left it as it was
        parts = []
        for turn, votes in enumerate(held, start=1):
            values = {row["verb"]: row["value"] for row in votes if row["verb"] != "vote"}
            about = self._topic(mechanism, body, turn, rows)
            ayes, noes = (number(values.get(verb), 0) for verb in ("ayes", "noes"))
            passed = bool(values.get("division"))
            text = mark("{about} carried by {ayes} to {noes}") if passed else mark("{about} lost by {ayes} to {noes}")
            parts.append(say(text, about=about, ayes=ayes, noes=noes))
        held_on = f"{self.names.brief_body(body)}: {'; '.join(parts)}."
        if party not in self.named_parties:
            return [held_on]
        return [f"{held_on} {self._votes(held[-1])}".rstrip()]

    def _votes(self, rows: Sequence[Row]) -> str:
        """Who voted how."""
        groups = []
        for code, title in (("yes", mark("For")), ("no", mark("Against")), ("abstain", mark("Abstaining"))):
            who = [self._who(row["actor"]) for row in rows if row["verb"] == "vote" and row["code"] == code]
            if who:
                groups.append(f"{say(title)}: {', '.join(who)}.")
        return " ".join(groups)

    def _topic(self, mechanism: str, body: str, number: int, rows: Sequence[Row]) -> str:
        """What a division is about: the motion that it decided, or the mechanism's matter."""
        motion = self._motion(rows, mechanism, body, number)
        if motion:
            name = self.names.about("tabled", motion)
            return say("“{name}”", name=name)
        return topic(f"{mechanism} {number}") or topic(mechanism) or say("the motion")

    def _motion(self, rows: Sequence[Row], mechanism: str, body: str, number: int) -> str | None:
        """The standing motion that a body's division of this number decided: motions are put in the file's order."""
        if mechanism != "ballot":
            return None
        decided = {row["object"] for row in rows if row["verb"] in ("carried", "defeated")}
        here = [motion for motion, held_in in self.body_of.items() if motion in decided and held_in == body]
        return here[number - 1] if number <= len(here) else None


def _within(row: Row, phrase: Phrase | None) -> tuple[Any, ...]:
    """What rows of a verb and code must share to be told in one sentence."""
    grouping = phrase.group if phrase else "each"
    if grouping == "who by what":
        return (row["object"],)
    if grouping == "each":
        return (row["actor"], row["object"], row["value"])
    return ()


def _ordered(rows: Iterable[Row]) -> list[Row]:
    """A day's events with what is moved before the vote on it, mechanism by mechanism."""
    rows = list(rows)
    first = {row["mechanism"]: place for place, row in reversed(list(enumerate(rows)))}
    return sorted(rows, key=lambda row: (first[row["mechanism"]], row["verb"] not in FIRST))


def _divisions(rows: Iterable[Row]) -> Divisions:
    """Events of divisions by mechanism and body, one list a division: a body may divide several times on one matter."""
    found: Divisions = {}
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if row["verb"] not in DIVISION:
            continue
        cell = (row["mechanism"], row["verb"], row["actor"], row["object"])
        number = seen.get(cell, 0)
        seen[cell] = number + 1
        held = found.setdefault((row["mechanism"], row["object"]), [])
        while len(held) <= number:
            held.append([])
        held[number].append(row)
    return found

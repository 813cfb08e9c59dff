"""Interventions: what is to be different, in a small grammar shared by files, Python and the command line.

    faction.opposition.leave.membership = yes @ 1917-11-17    a choice fixed, or forbidden with !=
    event.krasnov_beaten = removed                            or moved: event.krasnov_beaten @ 1917-11-20
    event.+fire @ 1917-11-20 = {pressures: [...]}             an event added, with effects as in a scenario file
    history = removed                                         or one breach of it: history.october = removed
    trait.opposition.identity = 0                             of an actor, a faction or a party; also .ideal.DIMENSION
    param.leave.voice = 0                                     a parameter, in every run
    term.leave.seat.voice = 0                                 a named term of a choice, times a weight: 0 is without it
    pressure.war = 0.7                                        held there
    post.chair.holder = sverdlov                              or vacant; at the start, or @ a date
    attendance.cc.lenin = absent                              or present, usual; throughout, or @ a date
    account = A,  variant.sanction = congress                 another edition of the file
    role.dissenters.leave.seat = no                           whoever plays the role (`roles.py`): said of any crisis

A choice that is fixed without a date is so made whenever the actor is asked. With a date it is made on that day and
whenever the actor is asked from then on; those acts that a person can take unasked (a statement, leaving a seat, a
post, the party) are taken on that very day by whoever still can.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from whipcount.errors import Place, Problem, QuestionError
from whipcount.scenario.hints import did_you_mean
from whipcount.scenario.yaml_nodes import parse as parse_yaml
from whipcount.session import notice
from whipcount.text import say
from whipcount.world.inputs import RESOURCES, TRAIT_DEFAULTS

from .choices import Choices, read_choice
from .engines import reread
from .grammar import KINDS, Phrase, Word, needed, read_date, read_number, read_phrase, undated
from .roles import has_role, spelled_out
from .world_changes import (
    AddEvent,
    FillPost,
    FixParameter,
    Force,
    Forget,
    HoldAttendance,
    HoldPressure,
    Intervention,
    SetTrait,
    TakeEdition,
    TimeEvent,
    WeighTerm,
)

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

__all__ = ["Intervention", "parse_interventions"]

UNABLE = "WC412"  # somebody has no such choice
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


def parse_interventions(
    texts: Iterable[str], loaded: LoadedScenario, origin: Place | None = None
) -> tuple[Intervention, ...]:
    """Read interventions against a scenario, in the order in which they are given, each once.

    origin: where they were read, for errors. Raises QuestionError: WC401..WC409, with every wrong intervention.
    """
    reader = Reader(loaded)
    found: dict[str, Intervention] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            for phrase, intervention in _read(" ".join(text.split()), reader, origin):
                _refuse_contradiction(phrase, intervention, found.values())
                found.setdefault(intervention.text, intervention)
        except QuestionError as error:
            problems.extend(error.problems)
    if problems:
        raise QuestionError(*problems)
    reread(loaded, tuple(found.values()))  # an added event may name what is not there
    return tuple(found.values())


def _read(text: str, reader: Reader, origin: Place | None) -> list[tuple[Phrase, Intervention]]:
    """A text's interventions: one, or one for each of those who play the role that it names and can make it.

    Of several who play a role, those are left out, and told, who have no such choice (no seat, no post); an error if
    none has it.
    """
    phrase = read_phrase(text, origin)
    if not has_role(phrase):
        return [(phrase, reader.read(phrase))]
    found: list[tuple[Phrase, Intervention]] = []
    unable: list[QuestionError] = []
    for spelled in spelled_out(phrase, reader.scenario):
        one = read_phrase(spelled, origin)
        try:
            found.append((one, reader.read(one)))
        except QuestionError as error:
            if any(problem.code != UNABLE for problem in error.problems):
                raise
            unable.append(error)
    if not found:
        raise unable[0]
    for refusal in unable:
        notice(say("left out of `{text}`: {why}", text=text, why=refusal.problems[0].message), kept=True)
    return found


def _refuse_contradiction(phrase: Phrase, new: Intervention, others: Iterable[Intervention]) -> None:
    for other in others:
        before = other.slots()
        for slot, value in new.slots().items():
            if slot in before and before[slot] != value:
                hint = "leave one of them out"
                if isinstance(new, Force) and isinstance(other, Force) and new.code < 0 and other.code < 0:
                    hint = "one option of a choice can be forbidden; where more are, fix one of those left"
                phrase.refuse("WC409", phrase.value or phrase.date, f"this contradicts '{other.text}'", hint)


def contradictory(sets: Sequence[Sequence[Intervention]]) -> bool:
    """Whether interventions of several sets, taken together, decide one thing in two ways."""
    decided: dict[tuple[object, ...], object] = {}
    for intervention in (each for group in sets for each in group):
        for slot, value in intervention.slots().items():
            if decided.setdefault(slot, value) != value:
                return True
    return False


class Reader:
    """Reads phrases against one scenario; the world is built only if a phrase needs it."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.first, self.last = self.scenario.calendar.start, self.scenario.calendar.end

    @cached_property
    def world(self) -> World:
        """The world without interventions."""
        from whipcount.world import build_world

        return build_world(self.loaded)

    @cached_property
    def choices(self) -> Choices:
        """Every decision of the recorded program, with its options."""
        return Choices.of(self.world)

    def read(self, phrase: Phrase) -> Intervention:
        """One intervention."""
        kind = phrase.words[0].text
        method = getattr(self, f"_{'param' if kind == 'parameters' else kind}", None) if kind in KINDS else None
        if method is None or kind in ("faction", "actor", "party", "role"):
            return read_choice(phrase, self.choices, self.scenario, (self.first, self.last))
        result: Intervention = method(phrase)
        return result

    # -- by kind -------------------------------------------------------------------------------------------------

    def _param(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 3, "param.MECHANISM.NAME = NUMBER")
        undated(phrase, "a parameter is fixed throughout a run")
        name = ".".join(word.text for word in phrase.words[1:])
        known = self.world.structure.parameters
        if name not in known:
            word = Word(name, phrase.words[1].column)
            phrase.unknown("WC404", word, "parameter", known, "`whipcount show SCENARIO parameters` lists them")
        return FixParameter(phrase.text, name, read_number(phrase))

    def _term(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 4, "term.MECHANISM.CHOICE.TERM = WEIGHT")
        undated(phrase, "a term weighs the same throughout a run")
        name = ".".join(word.text for word in phrase.words)
        if name not in self.choices.terms:
            word = Word(name, phrase.words[0].column)
            phrase.unknown("WC404", word, "named term", self.choices.terms, "`whipcount explain SCENARIO` shows them")
        return WeighTerm(phrase.text, name, read_number(phrase))

    def _trait(self, phrase: Phrase) -> Intervention:
        ideal = len(phrase.words) > 2 and phrase.words[2].text == "ideal"
        self._length(phrase, 4 if ideal else 3, "trait.WHO.TRAIT = NUMBER, or trait.WHO.ideal.DIMENSION = NUMBER")
        undated(phrase, "a trait is set throughout a run")
        actors = self._people(phrase, phrase.words[1])
        last = phrase.words[-1]
        if ideal:
            dimensions = [dimension.id for dimension in self.scenario.dimensions]
            if last.text not in dimensions:
                phrase.unknown("WC404", last, "dimension", dimensions)
            return SetTrait(phrase.text, actors, f"ideal.{last.text}", read_number(phrase, 0.0, 1.0))
        if last.text not in TRAIT_DEFAULTS:
            phrase.unknown("WC404", last, "trait", (*TRAIT_DEFAULTS, "ideal"))
        high = 1.0 if last.text in RESOURCES else float("inf")
        return SetTrait(phrase.text, actors, last.text, read_number(phrase, 0.0, high))

    def _people(self, phrase: Phrase, word: Word) -> tuple[str, ...]:
        factions = {faction.id: faction.members for faction in self.scenario.factions}
        actors = {actor.id: (actor.id,) for actor in self.scenario.actors}
        parties = {
            party.id: tuple(actor.id for actor in self.scenario.actors if actor.party == party.id)
            for party in self.scenario.parties
        }
        known: dict[str, tuple[str, ...]] = {**parties, **actors, **factions}
        if word.text not in known:
            phrase.unknown("WC403", word, "actor, faction or party", known)
        return known[word.text]

    def _event(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 2, "event.NAME = removed, event.NAME @ DATE, or event.+NAME @ DATE = {EFFECTS}")
        name = phrase.words[1]
        date = read_date(phrase, self.first, self.last)
        if name.text.startswith("+"):
            return self._added(phrase, Word(name.text[1:], name.column + 1), date)
        events = [event.id for event in self.scenario.events]
        if name.text not in events:
            phrase.unknown("WC403", name, "event", events, "the scenario has no events; event.+NAME adds one")
        if date is not None and phrase.value is None:
            return TimeEvent(phrase.text, name.text, date)
        value = needed(phrase)
        if value.text != "removed":
            phrase.refuse("WC407", value, f"an event is not '{value.text}'", "write = removed, or @ DATE to move it")
        undated(phrase, "an event is either removed or moved")
        return TimeEvent(phrase.text, name.text, None)

    def _added(self, phrase: Phrase, name: Word, date: dt.date | None) -> Intervention:
        if not _SLUG.fullmatch(name.text):
            phrase.refuse("WC403", name, f"'{name.text}' is no name for an event", "use lower-case letters, digits, _")
        if any(event.id == name.text for event in self.scenario.events):
            phrase.refuse(
                "WC403", name, f"there is an event '{name.text}' already", f"event.{name.text} @ DATE moves it"
            )
        if date is None:
            phrase.refuse("WC408", name, "an added event needs its day", f"event.+{name.text} @ {self.first} = ...")
        effects = self._effects(phrase)
        record = {"date": date.isoformat(), "effects": effects}
        return self._as_event(phrase, name.text, date, record, ("event", name.text), repr(effects))

    def _effects(self, phrase: Phrase) -> Any:
        word = needed(phrase)
        try:
            effects = parse_yaml(word.text, "effects").plain()
        except Exception as error:
            phrase.refuse("WC407", word, f"effects cannot be read ({error})", "write them as in a scenario file")
        if not isinstance(effects, dict):
            phrase.refuse(
                "WC407", word, f"'{word.text}' is no effect", "for instance {pressures: [{pressure: p, level: 1}]}"
            )
        return effects

    def _as_event(
        self, phrase: Phrase, name: str, date: dt.date, record: dict[str, Any], place: tuple[object, ...], puts: object
    ) -> Intervention:
        title = {"en": phrase.text, "ru": phrase.text}
        full = {"id": name, "name": title, "assumed": "an intervention", **record}
        return AddEvent(phrase.text, name, date, full, place, puts)

    def _history(self, phrase: Phrase) -> Intervention:
        if len(phrase.words) > 2:
            phrase.refuse("WC401", phrase.words[2], "too many words", "history = removed, or history.NAME = removed")
        undated(phrase, "the history lies before the start")
        breaches = self.scenario.history.breaches
        breach = None
        if len(phrase.words) == 2:
            breach = phrase.words[1].text
            known = [entry.id for entry in breaches if entry.id is not None]
            if breach not in known:
                phrase.unknown(
                    "WC403",
                    phrase.words[1],
                    "breach",
                    known,
                    "none has a name: write history = removed",
                )
        value = needed(phrase)
        if value.text != "removed":
            phrase.refuse("WC407", value, f"history cannot be '{value.text}'", "write = removed")
        return Forget(phrase.text, breach)

    def _pressure(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 2, "pressure.NAME = LEVEL")
        undated(phrase, "a pressure is held throughout; an event can change it on a day")
        name = self._known(phrase, phrase.words[1], "pressure", (entry.id for entry in self.scenario.pressures))
        return HoldPressure(phrase.text, name, read_number(phrase, 0.0, 1.0))

    def _post(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 3, "post.NAME.holder = ACTOR")
        if phrase.words[2].text != "holder":
            phrase.unknown("WC404", phrase.words[2], "matter of a post", ("holder",))
        post = self._known(phrase, phrase.words[1], "post", (entry.id for entry in self.scenario.posts))
        value = needed(phrase)
        able = [actor for actor, held in self.world.tenure_pairs if held == post]
        if value.text not in (*able, "vacant"):
            hint = did_you_mean(value.text, (*able, "vacant")) + " (its holder and those eligible, or vacant)"
            phrase.refuse("WC412", value, f"'{value.text}' cannot hold '{post}'", hint)
        holder = None if value.text == "vacant" else value.text
        date = read_date(phrase, self.first, self.last)
        if date is None:
            return FillPost(phrase.text, post, holder)
        change = {"post": post} if holder is None else {"post": post, "holder": holder}
        record = {"date": date.isoformat(), "effects": {"posts": [change]}}
        return self._as_event(phrase, f"post_{post}_{date:%Y%m%d}", date, record, ("post", post), holder)

    def _attendance(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 3, "attendance.BODY.ACTOR = absent, present or usual")
        body = self._known(phrase, phrase.words[1], "body", (entry.id for entry in self.scenario.bodies))
        members = [actor for actor, seated in self.world.seat_pairs if seated == body]
        actor = phrase.words[2]
        if actor.text not in members:
            phrase.unknown("WC412", actor, f"seat in '{body}' for", members)
        value = needed(phrase)
        if value.text not in ("absent", "present", "usual"):
            phrase.refuse(
                "WC407", value, f"attendance cannot be '{value.text}'",
                did_you_mean(value.text, ("absent", "present", "usual")),
            )  # fmt: skip
        date = read_date(phrase, self.first, self.last)
        if date is None:
            return HoldAttendance(phrase.text, body, actor.text, value.text)
        change = {"actor": actor.text, "body": body, "attends": value.text}
        record = {"date": date.isoformat(), "effects": {"attendance": [change]}}
        name = f"attendance_{body}_{actor.text}_{date:%Y%m%d}"
        return self._as_event(phrase, name, date, record, ("attendance", body, actor.text), value.text)

    def _account(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 1, "account = NAME")
        undated(phrase, "an account is one source's version of the whole")
        value = needed(phrase)
        self._known(phrase, value, "account", (entry.id for entry in self.scenario.accounts))
        return TakeEdition(phrase.text, None, value.text)

    def _variant(self, phrase: Phrase) -> Intervention:
        self._length(phrase, 2, "variant.NAME = CHOICE")
        undated(phrase, "a variant is chosen for the whole")
        variants = {entry.id: entry for entry in self.scenario.variants}
        name = self._known(phrase, phrase.words[1], "variant", variants)
        choice = self._known(phrase, needed(phrase), f"choice of '{name}'", variants[name].choices)
        return TakeEdition(phrase.text, name, choice)

    # -- helpers -------------------------------------------------------------------------------------------------

    def _known(self, phrase: Phrase, word: Word, what: str, names: Iterable[str]) -> str:
        known = list(names)
        if word.text not in known:
            phrase.unknown("WC403", word, what, known, f"the scenario has no {what}")
        return word.text

    def _length(self, phrase: Phrase, words: int, form: str) -> None:
        if len(phrase.words) != words:
            wrong = phrase.words[min(len(phrase.words), words) - 1]
            phrase.refuse("WC401", wrong, f"'{phrase.subject}' has {len(phrase.words)} words, not {words}", form)

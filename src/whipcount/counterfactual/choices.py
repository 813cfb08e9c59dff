"""Choices that can be fixed or forbidden: which there are, who makes them, between what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from whipcount.scenario.hints import did_you_mean
from whipcount.vocabulary.choice import term_weight

from .engines import plan_of
from .grammar import KINDS, Phrase, Word, needed, read_date
from .world_changes import Force

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario
    from whipcount.world import World

VOTES = ("no", "yes", "abstain")
_OF = {"actor": "persons", "party": "parties", "seat": "persons with seats", "tenure": "persons with posts"}


@dataclass(frozen=True)
class ChoiceSpec:
    """A choice that some mechanism puts: its axis, and its options in the order of their codes."""

    name: str
    axis: str | None
    options: tuple[str, ...]
    terms: tuple[str, ...] = ()  # named terms of the utilities, as `term_weight` names their weights

    @property
    def spoken(self) -> str:
        """The name as it is written in interventions: blanks become underscores."""
        return self.name.replace(" ", "_")


@dataclass(frozen=True)
class Choices:
    """All choices of a world by name, and the entities that its axes hold."""

    world: World
    specs: Mapping[str, ChoiceSpec]

    @classmethod
    def of(cls, world: World) -> Choices:
        """The choices that the world's mechanisms recorded."""
        from whipcount.vocabulary.program import Decision, walk

        found: dict[str, ChoiceSpec] = {}
        for _, block in plan_of(world).program.steps:
            for statement in walk(block):
                if isinstance(statement, Decision):
                    name = f"{statement.mechanism}.{statement.name}"
                    terms = dict.fromkeys(term_weight(name, term) for o in statement.options for term, _ in o.terms)
                    found[name] = ChoiceSpec(
                        name, statement.axis, tuple(o.name for o in statement.options), tuple(terms)
                    )
        return cls(world, found)

    @property
    def terms(self) -> tuple[str, ...]:
        """Every named term of every choice, as interventions write it."""
        return tuple(term for spec in self.specs.values() for term in spec.terms)

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanisms that put choices."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.specs))


def read_choice(phrase: Phrase, choices: Choices, scenario: Scenario, calendar: tuple[dt.date, dt.date]) -> Force:
    """A choice fixed or forbidden: `[KIND.]WHO.MECHANISM.CHOICE[.WHERE] = OPTION`, or without a person for choices that
    are nobody's own."""
    who, rest = _subject(phrase, choices, scenario)
    spec, where = _spec(phrase, choices, rest)
    entities = _entities(phrase, choices, spec, who, where)
    value = needed(phrase)
    if value.text not in spec.options:
        phrase.refuse(
            "WC406", value, f"'{value.text}' is no option of '{spec.spoken}'", did_you_mean(value.text, spec.options)
        )
    code = spec.options.index(value.text) + 1
    date = read_date(phrase, *calendar)
    return Force(phrase.text, spec.name, spec.axis, entities, -code if phrase.relation == "!=" else code, date)


@dataclass(frozen=True)
class _Subject:
    word: Word
    kind: str
    actors: tuple[str, ...]


def _subject(phrase: Phrase, choices: Choices, scenario: Scenario) -> tuple[_Subject | None, tuple[Word, ...]]:
    """Whose choice it is, and the words after."""
    people: dict[str, dict[str, tuple[str, ...]]] = {
        "faction": {faction.id: faction.members for faction in scenario.factions},
        "actor": {actor.id: (actor.id,) for actor in scenario.actors},
        "party": {
            party.id: tuple(actor.id for actor in scenario.actors if actor.party == party.id)
            for party in scenario.parties
        },
    }
    first = phrase.words[0]
    if first.text in people:
        known = people[first.text]
        if len(phrase.words) < 2:
            phrase.refuse("WC401", first, "whose choice?", f"{first.text}.NAME.MECHANISM.CHOICE = OPTION")
        name = phrase.words[1]
        if name.text not in known:
            phrase.unknown("WC403", name, first.text, known)
        return _Subject(name, first.text, known[name.text]), phrase.words[2:]
    kinds = [kind for kind, known in people.items() if first.text in known]
    if len(kinds) > 1:
        phrase.refuse("WC403", first, f"'{first.text}' is {' and '.join(kinds)}", f"write {kinds[0]}.{first.text}. ...")
    if kinds:
        return _Subject(first, kinds[0], people[kinds[0]][first.text]), phrase.words[1:]
    if first.text not in choices.mechanisms:
        _refuse_beginning(phrase, choices, people)
    return None, phrase.words


def _refuse_beginning(phrase: Phrase, choices: Choices, people: Mapping[str, Mapping[str, object]]) -> NoReturn:
    first = phrase.words[0]
    known_words = {*KINDS, *choices.mechanisms, *(name for known in people.values() for name in known)}
    hint = did_you_mean(first.text, known_words, f"begin with one of {', '.join(KINDS)}, or with who chooses")
    phrase.refuse("WC402", first, f"'{first.text}' is nothing that can be changed", hint)


def _spec(phrase: Phrase, choices: Choices, words: tuple[Word, ...]) -> tuple[ChoiceSpec, Word | None]:
    """The choice, and the body or post it is narrowed to."""
    if len(words) < 2:
        last = words[0] if words else phrase.words[-1]
        if words and words[0].text not in choices.mechanisms:
            phrase.unknown("WC405", words[0], "mechanism with choices", choices.mechanisms)
        phrase.refuse("WC401", last, "which choice?", "for instance leave.membership, reply.reply, ultimatum.issue")
    mechanism, name = words[0], words[1]
    if mechanism.text not in choices.mechanisms:
        phrase.unknown("WC405", mechanism, "mechanism with choices", choices.mechanisms)
    of_mechanism = {
        spec.spoken.partition(".")[2]: spec
        for spec in choices.specs.values()
        if spec.name.startswith(f"{mechanism.text}.")
    }
    spec = of_mechanism.get(name.text.replace(" ", "_"))
    if spec is None:
        phrase.unknown("WC405", name, f"choice of '{mechanism.text}'", of_mechanism)
    if len(words) > 3 or (len(words) == 3 and spec.axis not in ("seat", "tenure")):
        phrase.refuse("WC401", words[-1], "too many words", f"{phrase.words[0].text}. ... .{spec.spoken} = OPTION")
    return spec, words[2] if len(words) == 3 else None


def _entities(
    phrase: Phrase, choices: Choices, spec: ChoiceSpec, who: _Subject | None, where: Word | None
) -> tuple[str, ...]:
    """The entities of the choice's axis that are meant."""
    world = choices.world
    if spec.axis is None:
        if who is not None:
            phrase.refuse(
                "WC412", who.word, f"'{spec.spoken}' is nobody's own choice", f"write {spec.spoken} = ... alone"
            )
        return ("",)
    if who is None:
        phrase.refuse(
            "WC412", phrase.words[0], f"whose '{spec.spoken}'?", f"it is chosen by {_OF.get(spec.axis, spec.axis)}: "
            f"write WHO.{spec.spoken} = ..."
        )  # fmt: skip
    if spec.axis == "party":
        if who.kind != "party":
            party = world.party_of[who.actors[0]]
            phrase.refuse(
                "WC412", who.word, f"'{spec.spoken}' is decided by a party, not by '{who.word.text}'",
                f"write party.{party}.{spec.spoken} = ...",
            )  # fmt: skip
        return (who.word.text,)
    if spec.axis == "actor":
        return who.actors
    pairs = world.seat_pairs if spec.axis == "seat" else world.tenure_pairs
    ids = world.structure.axes[spec.axis]
    places = [place for actor, place in pairs if actor in who.actors]
    if where is not None and where.text not in places:
        phrase.unknown("WC412", where, f"place of '{who.word.text}'", places)
    chosen = [
        row for row, (actor, place) in enumerate(pairs)
        if actor in who.actors and where in (None, Word(place, where.column if where else 0))
    ]  # fmt: skip
    if spec.options == VOTES:
        sizes = {actor.id: actor.size for actor in world.scenario.actors}
        blocs = [row for row in chosen if sizes[pairs[row][0]] > 1]
        if blocs and len(blocs) == len(chosen):
            phrase.refuse(
                "WC412", who.word, f"'{who.word.text}' votes as a bloc, whose members differ",
                "the vote of a person can be fixed; of a bloc, set a trait",
            )  # fmt: skip
        chosen = [row for row in chosen if row not in blocs]
    if not chosen:
        phrase.refuse(
            "WC412", who.word, f"'{who.word.text}' has no {'seat' if spec.axis == 'seat' else 'post'}",
            f"'{spec.spoken}' is chosen by {_OF[spec.axis]}",
        )  # fmt: skip
    return tuple(ids[row] for row in chosen)

"""Queries of the outcome grammar, resolved once for an ensemble and matched against whole blocks of runs.

Resolving turns every name into numbers: a verb into the verbs of the plan that bear it, actors, parties, factions
and objects into a mask over the entities of that verb's axis, a code into its value, dates into steps.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whipcount.errors import Place, Problem
from whipcount.scenario.measures import Query
from whipcount.scenario.schema import Scenario

from .names import Entity, EventNames

if TYPE_CHECKING:
    from whipcount.engine import BlockResult
    from whipcount.vocabulary.program import VerbSpec

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Matches:
    """Events that match: local run (0 = first of the block), step and entity, in order of run and step."""

    run: Ints
    step: Ints
    entity: Ints


@dataclass(frozen=True)
class Part:
    """A query on one verb of the plan; `groups` numbers whom a distinct count tells apart."""

    verb: int
    rank: int
    allowed: Mask | None
    groups: Ints
    value: float | None


@dataclass(frozen=True)
class ResolvedQuery:
    """A query in numbers; steps are inclusive."""

    parts: tuple[Part, ...]
    first_step: int
    last_step: int
    group_count: int
    every_event: bool

    def matches(self, events: BlockEvents, part: Part) -> Matches:
        """The matching events of one verb."""
        run, step, entity, value = events.of(part.verb)
        keep: Mask | None = None if part.allowed is None else part.allowed[entity]
        if part.value is not None:
            keep = _both(keep, value == np.float32(part.value))
        if self.first_step > 0:
            keep = _both(keep, step >= self.first_step)
        if self.last_step < events.steps - 1:
            keep = _both(keep, step <= self.last_step)
        if keep is None:
            return Matches(run, step, entity)
        return Matches(run[keep], step[keep], entity[keep])

    def ever(self, events: BlockEvents) -> Mask:
        """Whether each run has a match."""
        found = np.zeros(events.runs, dtype=np.bool_)
        for part in self.parts:
            found[self.matches(events, part).run] = True
        return found

    def count(self, events: BlockEvents, distinct: bool) -> Ints:
        """Matches of each run: all, or distinct actors (objects where nobody acts)."""
        if not distinct or self.every_event:
            total = np.zeros(events.runs, dtype=np.int64)
            for part in self.parts:
                total += np.bincount(self.matches(events, part).run, minlength=events.runs)
            return total
        seen = np.zeros((events.runs, self.group_count), dtype=np.bool_)
        for part in self.parts:
            found = self.matches(events, part)
            seen[found.run, part.groups[found.entity]] = True
        return np.asarray(np.count_nonzero(seen, axis=1), dtype=np.int64)

    def first(self, events: BlockEvents, ranks: int = 1) -> Ints:
        """First matching step of each run, `NEVER` where there is none.

        With `ranks` > 1 the result is step x ranks + place of the mechanism in the step, which orders
        events of one day as they come about.
        """
        earliest = np.full(events.runs, NEVER, dtype=np.int64)
        for part in self.parts:
            found = self.matches(events, part)
            first = np.full(events.runs, NEVER, dtype=np.int64)
            keys = found.step if ranks == 1 else found.step * ranks + part.rank
            # events are in order of time, so the last assignment of the reversed columns is the first event
            first[found.run[::-1]] = keys[::-1]
            np.minimum(earliest, first, out=earliest)
        return earliest


def _both(left: Mask | None, right: Mask) -> Mask:
    return right if left is None else left & right


class BlockEvents:
    """The events of a block by verb: only of the verbs that some outcome asks about."""

    def __init__(self, block: BlockResult, wanted: Mask, steps: int) -> None:
        self.runs = block.runs
        self.steps = steps
        events = block.events
        chosen = np.flatnonzero(wanted[events.verb])
        verb = events.verb[chosen]
        order = chosen[np.argsort(verb, kind="stable")]  # stable: stays sorted by run and step inside a verb
        self._bounds = np.concatenate([[0], np.cumsum(np.bincount(verb, minlength=len(wanted)))])
        self._run = events.run[order] - block.first_run
        self._step = events.step[order].astype(np.int64)
        self._entity = events.entity[order].astype(np.int64)
        self._value = events.value[order]

    def of(self, verb: int) -> tuple[Ints, Ints, Ints, npt.NDArray[np.float32]]:
        """Local run, step, entity and value of a verb's events."""
        span = slice(self._bounds[verb], self._bounds[verb + 1])
        return self._run[span], self._step[span], self._entity[span], self._value[span]


class Resolver:
    """Resolves queries against a plan and a scenario; collects every problem instead of stopping at the first."""

    def __init__(self, names: EventNames, scenario: Scenario) -> None:
        self.names = names
        self.scenario = scenario
        self.problems: list[Problem] = []
        self.where = Place()
        self.subject = ""
        self._party_of_actor = {actor.id: actor.party for actor in scenario.actors}
        self._parties = {party.id for party in scenario.parties}
        self._party_of_object = {body.id: body.party for body in scenario.bodies}
        self._party_of_object |= {place.id: place.party for place in scenario.constituencies}
        self._factions = {faction.id: frozenset(faction.members) for faction in scenario.factions}
        self._objects = self._known_objects()
        plan = names.plan
        self.dates: list[dt.date] = [names.world.calendar.date_of(step) for step in range(plan.steps)]
        order = {name: place for place, name in enumerate(plan.step_names)}
        self.ranks = len(order) + len(plan.verbs)
        self._rank = [order.get(verb.mechanism, len(order) + index) for index, verb in enumerate(plan.verbs)]

    def problem(self, code: str, message: str, hint: str = "") -> None:
        """Note what is wrong with the outcome at hand."""
        self.problems.append(Problem(code, f"{self.subject}: {message}", hint, self.where))

    def resolve(self, query: Query) -> ResolvedQuery | None:
        """The query in numbers; none, with the problems noted, if a name in it is unknown."""
        verbs = [found for verb in query.verbs for found in self._verbs(verb)]
        known = {spec.name for _, spec in verbs}
        if any(verb.rpartition(".")[2] not in known for verb in query.verbs) or not self._names_known(query):
            return None
        parts: list[Part] = []
        group_numbers: dict[str, int] = {}
        every_event = True
        for index, spec in verbs:
            entities = self.names.entities(spec.axis)
            if not self._fits(query, spec, entities):
                return None
            value = self._value(query, self.names.codes_of[index])
            if value is None and query.value is not None:
                continue
            labels = [entity.actor or entity.object for entity in entities]
            every_event = every_event and not any(labels)
            groups = [group_numbers.setdefault(label or "", len(group_numbers)) for label in labels]
            allowed = self._allowed(query, entities)
            parts.append(Part(index, self._rank[index], allowed, np.array(groups, dtype=np.int64), value))
        if not parts:
            known = {code for index, _ in verbs for code in self.names.codes_of[index].values()}
            hint = nearest(str(query.value), known) if known else "its values are plain numbers: give one"
            self.problem("WC306", f"{', '.join(query.verbs)} has no value {query.value!r}", hint)
            return None
        first, last = self._window(query)
        return ResolvedQuery(tuple(parts), first, last, len(group_numbers), every_event)

    def _verbs(self, name: str) -> list[tuple[int, VerbSpec]]:
        found = [
            (index, spec)
            for index, spec in enumerate(self.names.plan.verbs)
            if name in (spec.name, f"{spec.mechanism}.{spec.name}")
        ]
        if not found:
            self.problem("WC301", f"no event is called {name!r}", nearest(name, self.names.verb_names))
        return found

    def _names_known(self, query: Query) -> bool:
        before = len(self.problems)
        people = self._party_of_actor.keys() | self._parties
        for actor in _several(query.actor):
            if actor not in people:
                self.problem("WC302", f"no actor is called {actor!r}", nearest(actor, people))
        if query.party is not None and query.party not in self._parties:
            self.problem("WC303", f"no party is called {query.party!r}", nearest(query.party, self._parties))
        if query.faction is not None and query.faction not in self._factions:
            self.problem("WC304", f"no faction is called {query.faction!r}", nearest(query.faction, self._factions))
        for object_ in _several(query.object):
            if object_ not in self._objects:
                self.problem("WC305", f"nothing is called {object_!r}", nearest(object_, self._objects))
        return len(self.problems) == before

    def _fits(self, query: Query, spec: VerbSpec, entities: Sequence[Entity]) -> bool:
        """Whether events of this verb have what the query asks about."""
        before = len(self.problems)
        is_party = spec.axis == "party"
        has_actor = any(entity.actor is not None for entity in entities) or not entities
        has_object = any(entity.object is not None for entity in entities) or not entities
        about = f"events {spec.name!r} are " + (f"recorded by {spec.axis}" if spec.axis else "nobody's")
        if query.actor is not None:
            odd = [actor for actor in _several(query.actor) if (actor in self._parties) != is_party]
            if not has_actor:
                self.problem("WC308", f"{about}, so they have no actor", "leave out `actor`")
            elif odd and not is_party:
                self.problem("WC308", f"{about}, and {odd[0]!r} is a party", "write `party:` instead of `actor:`")
            elif odd:
                self.problem("WC308", f"{about}, and {odd[0]!r} is not a party", "name a party, or leave out `actor`")
        if query.faction is not None and (not has_actor or is_party):
            self.problem("WC308", f"{about}, so they have no faction", "leave out `faction`")
        if query.object is not None and not has_object:
            self.problem("WC308", f"{about}, so they have no object", "leave out `object`")
        if query.party is not None and spec.axis is None:
            self.problem("WC308", f"{about}, so they have no party", "leave out `party`")
        return len(self.problems) == before

    def _allowed(self, query: Query, entities: Sequence[Entity]) -> Mask | None:
        if query.actor is query.party is query.faction is query.object is None:
            return None
        actors = set(_several(query.actor))
        objects = set(_several(query.object))
        members = self._factions.get(query.faction or "", frozenset())
        mask = [
            (not actors or entity.actor in actors)
            and (not objects or entity.object in objects)
            and (query.faction is None or entity.actor in members)
            and (query.party is None or self._party(entity) == query.party)
            for entity in entities
        ]
        return np.array(mask, dtype=np.bool_)

    def _party(self, entity: Entity) -> str | None:
        """The party of who acts; of what is acted on where nobody acts."""
        if entity.actor is None:
            return self._party_of_object.get(entity.object or "")
        return entity.actor if entity.actor in self._parties else self._party_of_actor.get(entity.actor)

    def _value(self, query: Query, codes: Mapping[int, str]) -> float | None:
        """The number of the value asked for; none if nothing is asked, or if the verb does not have it."""
        if query.value is None or isinstance(query.value, (int, float)):
            return query.value
        return next((float(number) for number, code in codes.items() if code == query.value), None)

    def _window(self, query: Query) -> tuple[int, int]:
        """First and last step (inclusive) whose date lies in the query's window."""
        first, last = 0, len(self.dates) - 1
        if query.after is not None:
            first = sum(date < query.after for date in self.dates)
        if query.before is not None:
            last = sum(date <= query.before for date in self.dates) - 1
        return first, last

    def _known_objects(self) -> set[str]:
        scenario = self.scenario
        known = {name for name in self.names.objects if name}
        kinds: Iterable[Iterable[Any]] = (
            scenario.bodies, scenario.posts, scenario.settlements, scenario.motions, scenario.events,
            scenario.pressures, scenario.constituencies, scenario.offers,
        )  # fmt: skip
        return known | {entry.id for kind in kinds for entry in kind}


def _several(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else given


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest right names."""
    candidates = sorted(set(known))
    close = difflib.get_close_matches(name, candidates, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(repr(candidate) for candidate in close) + "?"
    if not candidates:
        return "there are none"
    shown = ", ".join(candidates[:12])
    return f"there are {shown}" + (", ..." if len(candidates) > 12 else "")

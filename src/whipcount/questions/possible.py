"""What is asked of a scenario and cannot happen in it: outcomes, claims and interventions that nothing can meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from whipcount.counterfactual.engines import changed_world, plan_of
from whipcount.counterfactual.world_changes import Force, Intervention
from whipcount.errors import Place, Problem, WhipcountError
from whipcount.results.names import EventNames
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.results.possible import Possible, possible
from whipcount.results.queries import ResolvedQuery, Resolver
from whipcount.results.tallies import resolve_tally
from whipcount.scenario.loader import under, versions
from whipcount.scenario.measures import Measure, Query, queries_of

from .claims import prepare

if TYPE_CHECKING:
    from whipcount.engine import Plan
    from whipcount.scenario import LoadedScenario

SHOWN = 8


def never_in_any_version(loaded: LoadedScenario) -> list[Problem]:
    """As `cannot_happen`, and the outcomes besides that cannot happen under an account or a version of a variant."""
    found = cannot_happen(loaded)
    known = set(found)
    for account, choices in versions(loaded.tree):
        other = loaded.with_(account=account, choices=choices)
        new = [problem for problem in cannot_happen(other, claims=False) if problem not in known]
        known.update(new)
        found += [under(problem, account, choices) for problem in new]
    return found


def cannot_happen(loaded: LoadedScenario, *, claims: bool = True) -> list[Problem]:
    """Every outcome, claim and intervention that names what no mechanism will ever record or ask in this scenario."""
    problems: list[Problem] = []
    plan = plan_of(changed_world(loaded))
    try:
        OutcomeEvaluator.of(loaded, plan, plan.world)
        asked = _Asked(loaded, plan)
        problems += asked.outcomes()
    except WhipcountError as error:
        problems += error.problems
        return problems
    if not claims:
        return problems
    try:
        for name, test in prepare(loaded).items():
            for number, changes in enumerate((test.do, *test.rivals)):
                what = f"claims.{name}.{'do' if number == 0 else 'rivals'}"
                problems += asked.changes(changes, what, loaded.place(f"claims.{name}"))
    except WhipcountError as error:
        problems += error.problems
    return list(dict.fromkeys(problems))


def never_met(loaded: LoadedScenario, plan: Plan) -> frozenset[str]:
    """The outcomes that no run can meet, since nothing that they ask for can be recorded."""
    asked = _Asked(loaded, plan)
    return frozenset(one.id for one in loaded.scenario.outcomes if not asked.may_hold(one.measure))


class _Asked:
    """A scenario's questions beside what its program can record."""

    def __init__(self, loaded: LoadedScenario, plan: Plan) -> None:
        self.loaded, self.plan = loaded, plan
        self.names = EventNames(plan, plan.world)
        self.resolver = Resolver(self.names, loaded.scenario)
        self.can: Possible = possible(plan)

    def outcomes(self) -> Iterator[Problem]:
        """Queries of the scenario's own outcomes that nothing can match."""
        for outcome in self.loaded.scenario.outcomes:
            if outcome.use == "questionnaire":
                continue
            where, place = f"outcomes.{outcome.id}.measure", self.loaded.place(f"outcomes.{outcome.id}.measure")
            for query in queries_of(outcome.measure):
                resolved = self.resolver.resolve(query)
                if resolved is not None and not self._may_match(resolved):
                    yield Problem(
                        "WC139", f"{where}: {_told(query)} can never be recorded here", self._hint(query), place
                    )
            for measure in _within(outcome.measure):
                if measure.tally is not None and not self.may_hold(measure):
                    message = f"{where}: no division that fits can ever be held here"
                    yield Problem("WC139", message, "name a body and a motion that can be voted on", place)

    def changes(self, changes: Sequence[Intervention], where: str, place: Place) -> Iterator[Problem]:
        """Choices that are fixed for those who are never asked to make them."""
        for change in changes:
            if isinstance(change, Force) and not self._may_be_asked(self.can, change):
                plan = plan_of(changed_world(self.loaded, tuple(changes)))
                if not self._may_be_asked(possible(plan), change):
                    message = (
                        f"{where}: nobody of {', '.join(change.entities[:SHOWN])} is ever asked for '{change.decision}'"
                    )
                    yield Problem("WC139", message, "name those who can be asked, or another choice", place)

    def may_hold(self, measure: Measure) -> bool:
        """Whether a run could meet the measure: an upper bound."""
        if measure.all is not None:
            return all(self.may_hold(one) for one in measure.all)
        if measure.any is not None:
            return any(self.may_hold(one) for one in measure.any)
        if measure.tally is not None:
            found = resolve_tally(measure.tally, self.resolver, self.plan, self.loaded.scenario)
            parts = () if found is None else tuple(one for one in (found.votes, found.motion) if one is not None)
            return bool(parts) and all(self._may_match(one) for one in parts)
        if measure.ever is not None or measure.sequence is not None or (measure.count and measure.at_least):
            return all(
                (resolved := self.resolver.resolve(query)) is not None and self._may_match(resolved)
                for query in queries_of(measure)
            )
        return True

    def _may_match(self, query: ResolvedQuery) -> bool:
        return any(
            bool(np.any(self.can.verbs[part.verb] & (True if part.allowed is None else part.allowed)))
            for part in query.parts
        )

    def _may_be_asked(self, can: Possible, change: Force) -> bool:
        asked = can.decisions.get(change.decision)
        if asked is None:
            return True
        ids = self.plan.world.structure.axes[change.axis] if change.axis else ("",)
        return any(bool(asked[ids.index(entity)]) for entity in change.entities)

    def _hint(self, query: Query) -> str:
        """Of whom such an event can be recorded here."""
        found: dict[str, None] = {}
        for index, verb in enumerate(self.plan.verbs):
            if verb.name in {name.rpartition(".")[2] for name in query.verbs}:
                entities = self.names.entities(verb.axis)
                for place in np.flatnonzero(self.can.verbs[index]):
                    one = entities[place]
                    found.setdefault(" in ".join(name for name in (one.actor, one.object) if name), None)
        names = [name for name in found if name]
        if not found:
            return "docs/reference/language.md says what makes it possible, and which keys of a scenario feed it"
        more = f", and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return f"it can be recorded of: {', '.join(names[:SHOWN])}{more}"


def _within(measure: Measure) -> Iterator[Measure]:
    yield measure
    for inner in (*(measure.all or ()), *(measure.any or ()), *((measure.not_,) if measure.not_ else ())):
        yield from _within(inner)


def _told(query: Query) -> str:
    """What a query asks for, in the words of the file."""
    told = " or ".join(f"'{verb}'" for verb in query.verbs)
    for key in ("actor", "party", "faction", "object"):
        value = getattr(query, key)
        if value is not None:
            told += f" with {key} {value if isinstance(value, str) else ', '.join(value[:SHOWN])}"
    return told

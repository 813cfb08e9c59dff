"""Outcomes of runs: the declared measures of a scenario, evaluated for a whole block of runs at once.

Yes or no is 1 or 0, a number is a number; NaN is a missing number (a first day that never came) or a run left out.
A missing number meets no condition: `first` with `at_most: 10` is 0 where the thing never happened.
Days are counted from the start of the calendar. Events of one day stand in the order of the step's mechanisms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whipcount.errors import Place, RunError
from whipcount.scenario.measures import Measure, Query, Tally
from whipcount.scenario.schema import Outcome, Scenario

from .interfaces import Floats
from .names import EventNames
from .queries import NEVER, BlockEvents, ResolvedQuery, Resolver, nearest
from .tallies import resolve_tally

if TYPE_CHECKING:
    from whipcount.engine import BlockResult, Plan
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

EXIT_VERBS = ("leave_seat", "leave_post", "leave_party")
CRISIS_EXITS = 3  # persons who leave a seat, a post or the party: from here on a run counts as a crisis
EXITS = "crisis.exits"  # a dotted name, so that no outcome (a slug) can bear it

Evaluation = Callable[[BlockEvents, "BlockResult"], Floats]


@dataclass(frozen=True)
class BlockOutcomes:
    """Outcomes of a block by name, and how many persons left something in each run."""

    values: dict[str, Floats]
    exits: Floats


class OutcomeEvaluator:
    """A scenario's outcomes, resolved once against its plan and world.

    Raises RunError (WC301..WC309, WC313) with every unknown name of every outcome.
    """

    def __init__(
        self,
        plan: Plan,
        world: World,
        scenario: Scenario,
        *,
        outcomes: Iterable[Outcome] | None = None,
        place: Callable[[str], Place] | None = None,
        names: EventNames | None = None,
    ) -> None:
        self.plan = plan
        self.step_days = scenario.calendar.step_days
        self._resolver = Resolver(names or EventNames(plan, world), scenario)
        self._labels = {measure.label: row for row, measure in enumerate(plan.measures)}
        self._queries: list[ResolvedQuery] = []
        self._falls = self._known(Query(verb="fall")) if "fall" in self._resolver.names.verb_names else None
        self._exits = self._exit_queries()
        self._evaluations: dict[str, Evaluation] = {}
        for outcome in scenario.outcomes if outcomes is None else outcomes:
            self._add(outcome, place)
        if self._resolver.problems:
            raise RunError(*self._resolver.problems)
        self._wanted = np.zeros(len(plan.verbs), dtype=np.bool_)
        for query in self._queries:
            self._wanted[[part.verb for part in query.parts]] = True

    @classmethod
    def of(cls, loaded: LoadedScenario, plan: Plan, world: World, names: EventNames | None = None) -> OutcomeEvaluator:
        """The evaluator of a loaded scenario, whose errors point into its file."""
        return cls(plan, world, loaded.scenario, place=loaded.place, names=names)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the outcomes, in the scenario's order."""
        return tuple(self._evaluations)

    def evaluate(self, block: BlockResult) -> BlockOutcomes:
        """All outcomes of a block of runs."""
        events = BlockEvents(block, self._wanted, self.plan.steps)
        values = {name: evaluation(events, block) for name, evaluation in self._evaluations.items()}
        return BlockOutcomes(values, self._count_exits(events))

    def _add(self, outcome: Outcome, place: Callable[[str], Place] | None) -> None:
        self._resolver.subject = f"outcome {outcome.id!r}"
        self._resolver.where = place(f"outcomes.{outcome.id}") if place else Place()
        if outcome.id == "run":
            self._resolver.problem("WC313", "this name is taken by the number of the run", "give it another id")
        evaluation = self._compile(outcome.measure)
        if evaluation is not None:
            self._evaluations[outcome.id] = evaluation

    def _known(self, query: Query) -> ResolvedQuery | None:
        resolved = self._resolver.resolve(query)
        if resolved is not None:
            self._queries.append(resolved)
        return resolved

    def _exit_queries(self) -> tuple[ResolvedQuery, ...]:
        recorded = [verb for verb in EXIT_VERBS if verb in self._resolver.names.verb_names]
        resolved = [self._known(Query(verb=verb)) for verb in recorded]
        return tuple(query for query in resolved if query is not None)

    def _count_exits(self, events: BlockEvents) -> Floats:
        """Distinct persons of each run who left a seat, a post or the party."""
        actors = self._resolver.names.actor_of
        offsets = self._resolver.names.offsets
        seen = np.zeros((events.runs, len(self._resolver.names.actors) + 1), dtype=np.bool_)
        for query in self._exits:
            for part in query.parts:
                found = query.matches(events, part)
                seen[found.run, actors[offsets[part.verb] + found.entity]] = True
        return np.asarray(np.count_nonzero(seen, axis=1), dtype=np.float64)

    # -- compiling measures ----------------------------------------------------------------------------------

    def _compile(self, measure: Measure) -> Evaluation | None:
        """The evaluation of a measure; none, with the problems noted, if a name in it is unknown."""
        evaluation = self._compile_form(measure)
        if evaluation is None:
            return None
        if measure.between is not None or measure.at_least is not None or measure.at_most is not None:
            evaluation = _condition(evaluation, measure)
        if measure.falls == "exclude" and self._falls is not None:
            evaluation = self._without_falls(evaluation, measure)
        return evaluation

    def _compile_form(self, measure: Measure) -> Evaluation | None:
        if measure.sequence is not None:
            return self._sequence(measure.sequence)
        if measure.final is not None:
            return self._final(measure.final)
        if measure.tally is not None:
            return self._tally(measure.tally)
        if measure.all is not None or measure.any is not None or measure.not_ is not None:
            return self._combination(measure)
        query = self._known(measure.ever or measure.never or measure.count or measure.first or Query(verb=""))
        if query is None:
            return None
        if measure.ever is not None:
            return lambda events, _: query.ever(events).astype(np.float64)
        if measure.never is not None:
            return lambda events, _: (~query.ever(events)).astype(np.float64)
        if measure.count is not None:
            return lambda events, _: query.count(events, measure.distinct).astype(np.float64)
        days = self.step_days

        def first_day(events: BlockEvents, _: BlockResult) -> Floats:
            step = query.first(events)
            return np.where(step == NEVER, np.nan, step * days)

        return first_day

    def _sequence(self, queries: tuple[Query, ...]) -> Evaluation | None:
        resolved = [self._known(query) for query in queries]
        known = [query for query in resolved if query is not None]
        if len(known) < len(queries):
            return None
        ranks = self._resolver.ranks

        def in_order(events: BlockEvents, _: BlockResult) -> Floats:
            firsts = np.stack([query.first(events, ranks) for query in known])
            ordered = (firsts[:-1] <= firsts[1:]).all(axis=0) & (firsts[-1] != NEVER)
            return np.asarray(ordered, dtype=np.float64)

        return in_order

    def _tally(self, tally: Tally) -> Evaluation | None:
        resolved = resolve_tally(tally, self._resolver, self.plan, self._resolver.scenario)
        if resolved is None:
            return None
        self._queries += [query for query in (resolved.votes, resolved.motion) if query is not None]
        return lambda events, _: resolved.evaluate(events)

    def _final(self, label: str) -> Evaluation | None:
        if label not in self._labels:
            self._resolver.problem("WC307", f"no daily measure is called {label!r}", nearest(label, self._labels))
            return None
        row = self._labels[label]

        def last_value(_: BlockEvents, block: BlockResult) -> Floats:
            return np.asarray(block.series[-1, row, :], dtype=np.float64)

        return last_value

    def _combination(self, measure: Measure) -> Evaluation | None:
        inner = measure.all or measure.any or (measure.not_,)
        parts: list[Evaluation] = []
        for child in inner:
            assert child is not None
            if not child.is_binary:
                self._resolver.problem(
                    "WC309", f"`{child.form}` inside {measure.form.rstrip('_')!r} is a number, not yes or no",
                    "add `at_least`, `at_most` or `between` to it",
                )  # fmt: skip
            part = self._compile(child)
            if part is not None:
                parts.append(part)
        if len(parts) < len(inner):
            return None
        if measure.not_ is not None:
            return lambda events, block: 1.0 - parts[0](events, block)
        # a run left out of one part is left out of the whole, unless another part decides it alone
        deciding, otherwise = (0.0, 1.0) if measure.all is not None else (1.0, 0.0)

        def combined(events: BlockEvents, block: BlockResult) -> Floats:
            stack = np.stack([part(events, block) for part in parts])
            unknown = np.isnan(stack).any(axis=0)
            return np.where((stack == deciding).any(axis=0), deciding, np.where(unknown, np.nan, otherwise))

        return combined

    def _without_falls(self, evaluation: Evaluation, measure: Measure) -> Evaluation:
        """Leave out the runs that a fall of the government cut short before the matter was decided."""
        falls = self._falls
        assert falls is not None
        asked = measure.never or measure.ever
        last_step = self._queries[-1].last_step if asked is not None else self.plan.steps
        undecided = 1.0 if measure.never is not None else 0.0

        def cut(events: BlockEvents, block: BlockResult) -> Floats:
            values = evaluation(events, block)
            left_out = falls.first(events) <= last_step
            if asked is not None:
                left_out &= values == undecided  # what happened before a fall (or after it) did happen
            return np.where(left_out, np.nan, values)

        return cut


def _condition(evaluation: Evaluation, measure: Measure) -> Evaluation:
    """Whether the number lies within the measure's bounds; a missing number does not."""
    low, high = measure.between or (-np.inf, np.inf)
    if measure.at_least is not None:
        low = max(low, measure.at_least)
    if measure.at_most is not None:
        high = min(high, measure.at_most)

    def holds(events: BlockEvents, block: BlockResult) -> Floats:
        values = evaluation(events, block)
        return ((values >= low) & (values <= high)).astype(np.float64)

    return holds


def binary_outcomes(scenario: Scenario) -> Mapping[str, bool]:
    """Whether each outcome is yes or no (a probability) and not a number."""
    return {outcome.id: outcome.measure.is_binary for outcome in scenario.outcomes}

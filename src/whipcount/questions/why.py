"""Why an outcome did or did not come about in a run: the choices that bore on it, and which of them were pivotal.

A decision is pivotal if the same run, with that one decision taken otherwise, ends with another value of the outcome
(actual causation by but-for dependence: Lewis 1973; Halpern & Pearl 2005 on its limits). A standing answer is flipped
for as long as it stands, until its actor reconsiders.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whipcount.counterfactual.choices import VOTES
from whipcount.counterfactual.engines import Parameters, engine_of
from whipcount.counterfactual.world_changes import Force, Intervention
from whipcount.errors import QuestionError
from whipcount.results.interfaces import Floats
from whipcount.results.names import EventNames
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.scenario.measures import Measure as Query
from whipcount.scenario.values import Text
from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, percent, say

from .ask import chosen_outcomes

if TYPE_CHECKING:
    from whipcount.engine import BlockResult, Decision, Plan
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Outcome
    from whipcount.world import World

OPEN = 0.02  # an option less likely than this was hardly open
COUNTED = {"vote", "division", "ayes", "noes"}  # they follow their motion, and tell nothing beside it
BESIDE, TOLD = 400, 6  # runs to compare with, and companions told of
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Standing:
    """An answer as long as it stands: who gave it, when, what, and how likely each option was."""

    decision: str
    axis: str | None
    entity: int
    actor: str | None
    object: str | None
    first: int
    last: int
    choice: str
    options: tuple[str, ...]
    chances: Mapping[str, float]

    @property
    def vote(self) -> bool:
        """Whether it is a vote in a division."""
        return self.options == VOTES


@dataclass(frozen=True)
class Pivot:
    """A decision that, taken otherwise, changes the outcome."""

    day: dt.date
    decision: str
    actor: str | None
    object: str | None
    choice: str
    instead: str
    chance: float
    becomes: float


@dataclass(frozen=True)
class Bearing:
    """A choice that leads to what the outcome counts: how often it was put in the run, and its likeliest turn."""

    decision: str
    answers: int
    taken: tuple[str, ...]
    option: str
    ever: float


@dataclass(frozen=True)
class Companion:
    """A kind of event, how often it occurs in runs with and without the outcome, and whether it did here."""

    event: str
    with_it: float
    without: float
    here: bool


@dataclass(frozen=True)
class Why(Result):
    """What bore on an outcome in a run."""

    references: ClassVar[tuple[str, ...]] = ("lewis_1973", "halpern_pearl_2005")
    undrawn: ClassVar[str] = "its tables list the decisions"

    slug: str
    run: int
    seed: int
    outcome: str
    name: Text
    binary: bool
    value: float
    share: float
    bearing: tuple[Bearing, ...]
    companions: tuple[Companion, ...]
    pivots: tuple[Pivot, ...]
    tried: int
    open: int

    def tables(self) -> tuple[Table, ...]:
        """Choices that bear on it, what goes with it elsewhere, pivotal decisions."""
        bearing = tuple((b.decision, b.answers, b.taken, b.option, b.ever) for b in self.bearing)
        companions = tuple((c.event, c.with_it, c.without, c.here) for c in self.companions)
        pivots = tuple(
            (p.day, p.actor, p.decision, p.object, p.choice, p.instead, p.chance, p.becomes) for p in self.pivots
        )
        return (
            Table("bearing", "Choices that lead to it", _BEARING, bearing),
            Table("companions", "What goes with it in other runs", _BESIDE, companions),
            Table("pivots", "Pivotal decisions", _PIVOTS, pivots),
        )

    def sentences(self) -> str:
        """Why it came out so."""
        name = self.name.in_language()
        if self.binary:
            so = say("yes") if self.value else say("no")
            lines = [
                say(
                    "{name}: {so} in run {run}; yes in {share} of runs.",
                    name=name,
                    so=so,
                    run=self.run,
                    share=percent(self.share, 0),
                )
            ]
        else:
            shown = "–" if math.isnan(self.value) else number(self.value, 3)
            lines = [f"{name}: {shown}."]
        lines += [
            say("{decision} was never put.", decision=choice.decision) for choice in self.bearing if not choice.answers
        ]
        lines += [self._companion_in_words(one) for one in self._telling()[:3]]
        lines += [_pivot_in_words(pivot, self.binary) for pivot in self.pivots[:TOLD]]
        if not self.pivots:
            lines.append(
                say(
                    "No single decision of the {tried} tried ({open} open options) would have changed it.",
                    tried=self.tried,
                    open=self.open,
                )
            )
        return "\n".join(lines)

    def _telling(self) -> list[Companion]:
        """Companions that speak for the value that the run has."""
        return [one for one in self.companions if (one.here == (one.with_it > one.without)) == bool(self.value)]

    def _companion_in_words(self, one: Companion) -> str:
        return say(
            "{event}: in {with_it} of runs with it and {without} without; {here}",
            event=one.event,
            with_it=percent(one.with_it, 0),
            without=percent(one.without, 0),
            here=say("it occurred here.") if one.here else say("not here."),
        )

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        return {
            "scenario": self.slug,
            "run": self.run,
            "seed": self.seed,
            "outcome": self.outcome,
            "value": self.value,
            "share": self.share,
            "tried": self.tried,
            "open": self.open,
            **{grid.name: grid.records() for grid in self.tables()},
        }


_BEARING = (
    Column("decision", "choice"),
    figure("answers", "times put", ""),
    Column("taken", "taken"),
    Column("option", "else likeliest"),
    figure("ever", "chance of it ever", ".2f"),
)
_BESIDE = (
    Column("event", "event"),
    figure("with_it", "in runs with it", ".2f"),
    figure("without", "without", ".2f"),
    Column("here", "here"),
)
_PIVOTS = (
    Column("day", "day"),
    Column("actor", "who"),
    Column("decision", "choice"),
    Column("object", "of"),
    Column("choice", "chose"),
    Column("instead", "instead"),
    figure("chance", "its chance", ".2f"),
    figure("becomes", "outcome then", ".3g"),
)


def _pivot_in_words(pivot: Pivot, binary: bool) -> str:
    who = pivot.actor or pivot.object or say("the body")
    then = f"{pivot.becomes:g}"
    if binary:
        then = say("yes") if pivot.becomes else say("no")
    return say(
        "{day}: had {who} in {decision} chosen '{instead}' (chance {chance}) and not '{choice}', it would be {then}.",
        day=pivot.day,
        who=who,
        decision=pivot.decision,
        instead=pivot.instead,
        chance=percent(pivot.chance, 1),
        choice=pivot.choice,
        then=then,
    )


def why(
    loaded: LoadedScenario,
    outcome: str,
    run: int = 0,
    seed: int = 1,
    flips: int = 24,
    *,
    parameters: Parameters | None = None,
    interventions: Sequence[Intervention] = (),
    progress: Progress | None = None,
) -> Why:
    """Why an outcome came out as it did in one run. flips: how many open decisions are tried otherwise; parameters,
    interventions: those under which the run was made.

    Raises QuestionError: WC413 no such outcome, WC415 a wrong number.
    """
    (asked,) = chosen_outcomes(loaded.scenario, [outcome])
    if run < 0 or flips < 0:
        raise QuestionError.one("WC415", f"run is {run}, flips is {flips}", "give 0 or more")
    from whipcount.engine import explain_run

    found = next(one for one in loaded.scenario.outcomes if one.id == asked)
    engine = engine_of(loaded, interventions, BESIDE)
    world: Any = engine.world
    evaluator = OutcomeEvaluator(engine.plan, world, loaded.scenario, outcomes=[found])
    alone = engine.backend.run(seed, run, 1, parameters)
    value = float(evaluator.evaluate(alone).values[asked][0])
    beside = engine.backend.run(seed, run + 1, BESIDE)
    values = evaluator.evaluate(beside).values[asked]
    decisions = explain_run(world, seed, run, parameters)
    answers = standing_answers(decisions, world)
    candidates = _candidates(answers, alone, world, engine.plan)
    tried = candidates[:flips]
    pivots = _pivots(world, tried, evaluator, asked, value, (seed, run, parameters), progress)
    names = EventNames(engine.plan, world)
    return Why(
        loaded.slug,
        run,
        seed,
        asked,
        found.name,
        found.measure.is_binary,
        value,
        float(np.nanmean(values)) if np.isfinite(values).any() else math.nan,
        _bearing(found, answers, engine.plan),
        _companions(names, beside, values, alone, found),
        tuple(pivots),
        len(tried),
        len(candidates),
    )


def standing_answers(decisions: Sequence[Decision], world: World) -> list[Standing]:
    """Decisions of a run as standing answers: as long as the draw behind them stays, an actor's answer is one."""
    stretches: dict[tuple[str, int], list[list[Decision]]] = {}
    for one in decisions:
        own = stretches.setdefault((f"{one.mechanism}.{one.decision}", one.entity), [])
        if own and own[-1][-1].draw == one.draw:
            own[-1].append(one)
        else:
            own.append([one])
    spans = [(*key, group) for key, own in stretches.items() for group in own]
    found = []
    for name, entity, group in spans:
        final = group[-1]
        options = tuple(final.options)
        later = [other[0].step for other in stretches[name, entity] if other[0].step > final.step]
        last = min(later) - 1 if later else world.steps - 1
        if options == VOTES:  # a vote is given once
            last = final.step
        chances = {option: max(one.probabilities[option] for one in group) for option in options}
        found.append(
            Standing(
                name, final.axis, entity, final.actor, final.object, group[0].step, last, final.choice, options, chances
            )
        )
    return found


def _candidates(answers: Sequence[Standing], block: BlockResult, world: World, plan: Any) -> list[tuple[Standing, str]]:
    """Open options, the likeliest first; a vote only where one vote decides, and votes last."""
    tight = _tight_divisions(block, world, plan)
    found = []
    for one in answers:
        if one.vote and (one.decision.partition(".")[0], one.first, one.object) not in tight:
            continue
        found += [(one, option) for option in one.options if option != one.choice and one.chances[option] >= OPEN]
    return sorted(found, key=lambda pair: (pair[0].vote, -pair[0].chances[pair[1]], pair[0].first))


def _tight_divisions(block: BlockResult, world: World, plan: Any) -> set[tuple[str, int, str | None]]:
    """Divisions that two votes could turn: mechanism, step and body."""
    counts: dict[tuple[str, int, str | None], float] = {}
    events = block.events
    for verb, step, entity, value in zip(events.verb, events.step, events.entity, events.value, strict=True):
        spec = plan.verbs[int(verb)]
        if spec.name in ("ayes", "noes"):
            key = (spec.mechanism, int(step), world.decode(spec.axis, int(entity))[1])
            counts[key] = counts.get(key, 0.0) + (float(value) if spec.name == "ayes" else -float(value))
    return {key for key, margin in counts.items() if abs(margin) <= 2.0}


def _pivots(
    world: World,
    candidates: Sequence[tuple[Standing, str]],
    evaluator: OutcomeEvaluator,
    outcome: str,
    value: float,
    where: tuple[int, int, Parameters | None],
    progress: Progress | None,
) -> list[Pivot]:
    """Run again with each candidate flipped, one at a time; one recorded program serves all."""
    from whipcount.engine import build_plan, make_backend

    seed, run, parameters = where
    prepared = world
    for name in {one.decision: one.axis for one, _ in candidates}.items():
        ids = world.structure.axes[name[1]] if name[1] else ("",)
        prepared = Force("", name[0], name[1], ids, 0, None).apply(prepared)
    plan: Plan | None = build_plan(prepared) if candidates else None
    found = []
    for done, (one, option) in enumerate(candidates):
        assert plan is not None
        table = prepared.tables[f"forced.{one.decision}"].copy()
        table[one.first : one.last + 1, one.entity] = one.options.index(option) + 1
        flipped = replace(prepared, tables={**prepared.tables, f"forced.{one.decision}": table})
        block = make_backend(replace(plan, world=flipped), runs=1).run(seed, run, 1, parameters)
        becomes = float(evaluator.evaluate(block).values[outcome][0])
        if becomes != value and not (math.isnan(becomes) and math.isnan(value)):
            day = world.calendar.date_of(one.first)
            chance = one.chances[option]
            found.append(Pivot(day, one.decision, one.actor, one.object, one.choice, option, chance, becomes))
        if progress is not None:
            progress(done + 1, len(candidates))
    return sorted(found, key=lambda pivot: -pivot.chance)


def verbs_of(measure: Query) -> set[str]:
    """Verbs that a measure counts."""
    queries = [measure.ever, measure.never, measure.count, measure.first, *(measure.sequence or ())]
    inner = [*(measure.all or ()), *(measure.any or ()), *([measure.not_] if measure.not_ else ())]
    found = {verb.rpartition(".")[2] for query in queries if query is not None for verb in query.verbs}
    if measure.tally is not None:
        found.add("vote")
    return found.union(*(verbs_of(child) for child in inner)) if inner else found


def _bearing(outcome: Outcome, answers: Sequence[Standing], plan: Any) -> tuple[Bearing, ...]:
    """Choices of the mechanisms that record what the outcome counts."""
    verbs = verbs_of(outcome.measure)
    mechanisms = {spec.mechanism for spec in plan.verbs if spec.name in verbs}
    names = dict.fromkeys(_decision_names(plan, mechanisms))
    found = []
    for name in names:
        own = [one for one in answers if one.decision == name]
        taken = tuple(dict.fromkeys(one.choice for one in own))
        option, ever = _likeliest_other(own)
        found.append(Bearing(name, len(own), taken, option, ever))
    return tuple(found)


def _decision_names(plan: Any, mechanisms: Iterable[str]) -> list[str]:
    from whipcount.vocabulary.program import Decision as Recorded
    from whipcount.vocabulary.program import walk

    chosen = set(mechanisms)
    return [
        f"{statement.mechanism}.{statement.name}"
        for mechanism, block in plan.program.steps
        if mechanism in chosen
        for statement in walk(block)
        if isinstance(statement, Recorded) and tuple(option.name for option in statement.options) != VOTES
    ]


def _likeliest_other(answers: Sequence[Standing]) -> tuple[str, float]:
    """The option that was never taken though it might have been: the chance that some answer would have been it."""
    taken = {one.choice for one in answers}
    missed: dict[str, float] = {}
    for one in answers:
        for option, chance in one.chances.items():
            if option not in taken:
                missed[option] = 1.0 - (1.0 - missed.get(option, 0.0)) * (1.0 - chance)
    return max(missed.items(), key=lambda pair: pair[1]) if missed else ("", math.nan)


def _companions(
    names: EventNames, block: BlockResult, values: Floats, alone: BlockResult, outcome: Outcome
) -> tuple[Companion, ...]:
    """Kinds of event that part runs with the outcome from runs without it; what it counts itself is left out."""
    if not outcome.measure.is_binary:
        return ()
    with_it, without = values == 1.0, values == 0.0
    if not with_it.any() or not without.any():
        return ()
    own = verbs_of(outcome.measure)
    present = _kinds(names, block)
    here = _kinds(names, alone)
    found = []
    for kind, runs in present.items():
        if kind.split()[0].partition(".")[2] not in own | COUNTED:
            mask = np.zeros(block.runs, np.bool_)
            mask[list(runs)] = True
            found.append(Companion(kind, float(mask[with_it].mean()), float(mask[without].mean()), kind in here))
    return tuple(sorted(found, key=lambda one: -abs(one.with_it - one.without))[:TOLD])


def _kinds(names: EventNames, block: BlockResult) -> dict[str, set[int]]:
    """Runs of the block in which each kind of event occurs."""
    events = block.events
    codes = names.code(events.verb, events.value)
    keys = np.unique(np.stack([events.verb.astype(np.int64), codes, events.run - block.first_run]), axis=1)
    found: dict[str, set[int]] = {}
    for verb, code, run in keys.T.tolist():
        label = f"{names.mechanism_names[verb]}.{names.verb_names[verb]}"
        if code >= 0:
            label += f" {names.codes[code]}"
        found.setdefault(label, set()).add(run)
    return found


__all__ = ["Why", "standing_answers", "why"]

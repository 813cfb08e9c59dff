"""What if: the same worlds with one thing changed, paired run by run (Pearl 2009: abduction, action, prediction)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from whipcount.counterfactual.conditions import Condition, impossible, parse_given
from whipcount.counterfactual.effects import Effect, effect_of
from whipcount.counterfactual.engines import Parameters, engine_of
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.counterfactual.pairs import NEVER, EngineMaker, PairJob, Pairs, Progress, compute_pairs
from whipcount.errors import QuestionError
from whipcount.objects import at_hand
from whipcount.scenario.hints import did_you_mean
from whipcount.store import Store, make_folder
from whipcount.table import Column, Result, Table, figure
from whipcount.text import language, listing, number, percent, say
from whipcount.world import Calendar

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Scenario

TOLD = 5  # effects told in words


@dataclass(frozen=True)
class Answer(Result):
    """What interventions do to each outcome of a scenario, over `worlds` pairs of `drawn`."""

    references: ClassVar[tuple[str, ...]] = ("pearl_2009", "agresti_min_2005")

    slug: str
    account: str | None
    do: tuple[str, ...]
    given: tuple[str, ...]
    seed: int
    drawn: int
    worlds: int
    parted: int
    first_day: dt.date | None
    effects: tuple[Effect, ...]
    first: tuple[str, ...] = ()

    def __getitem__(self, outcome: str) -> Effect:
        """The effect on an outcome by name."""
        return next(effect for effect in self.effects if effect.outcome == outcome)

    @property
    def fixed(self) -> tuple[Effect, ...]:
        """Outcomes that the change decides by itself."""
        return tuple(effect for effect in self.effects if effect.fixed)

    def tables(self) -> tuple[Table, ...]:
        """The table of effects."""
        columns = (
            Column("outcome", "outcome"),
            figure("before", "before", ".3f"),
            figure("after", "after", ".3f"),
            figure("effect", "effect", "+.3f"),
            figure("low", "low", "+.3f"),
            figure("high", "high", "+.3f"),
            figure("flips_up", "up", "", 2),
            figure("flips_down", "down", "", 2),
            Column("first_day", "first parts", priority=2),
            figure("saved", "saved", ".2f", 3),
            figure("ceiling", "ceiling", ".2f", 3),
        )
        rows = tuple(tuple(getattr(effect, column.key) for column in columns) for effect in self.effects)
        return (Table("effects", "What it changes", columns, rows),)

    def sentences(self) -> str:
        """What changes, the clearest first."""
        lines = [self._worlds_in_words()]
        clear = sorted((e for e in self.effects if e.clear), key=lambda e: -abs(e.effect) / max(e.high - e.low, 1e-9))
        for effect in clear[:TOLD]:
            lines.append(effect_in_words(effect))
        if not clear:
            lines.append(say("No outcome clearly changes.") if self.parted else say("Nothing changes in any world."))
        elif len(clear) < len(self.effects):
            rest = len(self.effects) - len(clear) - len(self.fixed)
            lines.append(say("No clear effect on the other {rest} outcomes.", rest=rest))
        if self.fixed:
            told = listing([effect.name.in_language() for effect in self.fixed])
            lines.append(say("Decided by the change itself, and no effect of it: {told}.", told=told))
        return "\n".join(lines)

    def _worlds_in_words(self) -> str:
        worlds = f"{self.worlds:,}" if language() == "en" else f"{self.worlds:,}".replace(",", " ")
        drawn = f"{self.drawn:,}" if language() == "en" else f"{self.drawn:,}".replace(",", " ")
        text = say("{worlds} pairs of worlds", worlds=worlds)
        if self.given:
            told = listing(self.given)
            text += say(", of {drawn} drawn, given {told}", drawn=drawn, told=told)
        if self.parted and self.first_day is not None:
            share = percent(self.parted / self.worlds, 1)
            text += say("; {share} of them part, from {first_day} on", share=share, first_day=self.first_day)
        return text + "."

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        (grid,) = self.tables()
        extra = [
            {
                "name": {"en": effect.name.en, "ru": effect.name.ru},
                "binary": effect.binary,
                "pairs": effect.pairs,
                "median_day": effect.median_day,
                "fixed": effect.fixed,
            }
            for effect in self.effects
        ]
        return {
            "scenario": self.slug,
            "account": self.account,
            "first": list(self.first),
            "do": list(self.do),
            "given": list(self.given),
            "seed": self.seed,
            "drawn": self.drawn,
            "worlds": self.worlds,
            "parted": self.parted,
            "first_day": self.first_day,
            "effects": [{**row, **more} for row, more in zip(grid.records(), extra, strict=True)],
        }


def effect_in_words(effect: Effect) -> str:
    """One effect as a sentence."""
    name = effect.name.in_language()
    if effect.binary:
        before, after = percent(effect.before, 1), percent(effect.after, 1)
        by, low, high = (number(100 * value, 1) for value in (effect.effect, effect.low, effect.high))
        by += say(" points")
    else:
        values = (effect.before, effect.after, effect.effect, effect.low, effect.high)
        before, after, by, low, high = (number(value, 3) for value in values)
    change = say(
        "{before} → {after} ({by}; 95%: {low} to {high})", before=before, after=after, by=by, low=low, high=high
    )
    flips = say("up in {flips_up} pairs, down in {flips_down}", flips_up=effect.flips_up, flips_down=effect.flips_down)
    return f"{name}: {change}; {flips}."


def ask(
    loaded: LoadedScenario,
    do: Sequence[str],
    given: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    runs: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    *,
    parameters: Parameters | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine_maker: EngineMaker = engine_of,
) -> Answer:
    """Run each world twice, as it is and with the interventions, and compare.

    do: interventions in their grammar. given: conditions on outcomes of the unchanged world. outcomes: names, or all.
    parameters: values run by run, by name (a posterior, a design), in place of draws from the priors.
    out: a folder in which computed worlds are kept, from which an interrupted question goes on.
    Raises QuestionError: WC401..WC409 and WC412 interventions, WC410 and WC413 conditions and outcomes, WC411 no run
    meets the conditions, WC414 nothing is changed.
    """
    if not do:
        raise QuestionError.one("WC414", "nothing is to be different", "give --do '...': see `whipcount ask --help`")
    return compare_sides(
        loaded, (), do, given, outcomes, runs, seed, workers,
        parameters=parameters, out=out, progress=progress, engine_maker=engine_maker,
    )  # fmt: skip


def compare_sides(
    loaded: LoadedScenario,
    first: Sequence[str],
    second: Sequence[str],
    given: Sequence[str],
    outcomes: Sequence[str],
    runs: int,
    seed: int,
    workers: int,
    *,
    parameters: Parameters | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine_maker: EngineMaker = engine_of,
) -> Answer:
    """As `ask`, between two sets of interventions."""
    made = Comparison.of(
        loaded, first, second, given, outcomes, runs, seed, parameters=parameters, engine_maker=engine_maker
    )
    job = made.job
    if out is not None:
        folder = at_hand(out)
        make_folder(folder)
        job = replace(job, store=Store(folder), resumable=True)
    return made.told(compute_pairs(job, workers, progress))


@dataclass(frozen=True)
class Comparison:
    """A question made ready: the pairs that it needs, and the outcomes to tell of."""

    job: PairJob
    asked: tuple[str, ...]

    @classmethod
    def of(
        cls,
        loaded: LoadedScenario,
        first: Sequence[str],
        second: Sequence[str],
        given: Sequence[str],
        outcomes: Sequence[str],
        runs: int,
        seed: int,
        *,
        parameters: Parameters | None = None,
        engine_maker: EngineMaker = engine_of,
        store: Store | None = None,
    ) -> Comparison:
        """Read what is asked. Raises QuestionError as `ask` does, before anything is run."""
        if runs < 1:
            raise QuestionError.one("WC415", f"runs is {runs}", "give 1 or more")
        asked = chosen_outcomes(loaded.scenario, outcomes)
        conditions = parse_given(given, loaded.scenario)
        sides = [parse_interventions(texts, loaded) for texts in (first, second)]
        job = PairJob(loaded, sides[0], sides[1], conditions, seed, runs, parameters, engine_maker, store)
        return cls(job, asked)

    def told(self, pairs: Pairs) -> Answer:
        """The answer that pairs give. Raises QuestionError (WC411) where no world meets the conditions."""
        job = self.job
        do = [[one.text for one in side] for side in (job.second, job.first)]
        return answer_of(job.loaded, pairs, self.asked, do[0], job.given, job.seed, do[1])


def answer_of(
    loaded: LoadedScenario,
    pairs: Pairs,
    asked: Sequence[str],
    do: Sequence[str],
    given: Sequence[Condition],
    seed: int,
    first: Sequence[str] = (),
) -> Answer:
    """What computed pairs tell of the outcomes. Raises QuestionError (WC411) where no world meets the conditions."""
    if not pairs.worlds:
        raise impossible(tuple(given), pairs.drawn)
    calendar = Calendar.of(loaded.scenario.calendar)
    by_id = {outcome.id: outcome for outcome in loaded.scenario.outcomes}
    return Answer(
        loaded.slug,
        loaded.account,
        tuple(do),
        tuple(condition.text for condition in given),
        seed,
        pairs.drawn,
        pairs.worlds,
        *_parting(pairs, calendar),
        tuple(effect_of(by_id[name], pairs, calendar, do) for name in asked),
        tuple(first),
    )


def _parting(pairs: Pairs, calendar: Calendar) -> tuple[int, dt.date | None]:
    """How many pairs part, and the first day on which one does."""
    parted = pairs.parted[pairs.parted != NEVER]
    return len(parted), calendar.date_of(int(np.min(parted))) if len(parted) else None


def chosen_outcomes(scenario: Scenario, names: Sequence[str]) -> tuple[str, ...]:
    """The outcomes asked for, all if none is named. Raises QuestionError (WC413) for a name there is not."""
    known = [outcome.id for outcome in scenario.outcomes]
    for name in names:
        if name not in known:
            raise QuestionError.one("WC413", f"there is no outcome '{name}'", did_you_mean(name, known))
    if not known:
        raise QuestionError.one("WC413", "the scenario declares no outcomes", "write some under `outcomes:`")
    return tuple(names) or tuple(known)

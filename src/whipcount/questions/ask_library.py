"""One question put to every crisis of the library: the same intervention in all, and how far its effects agree.

Each crisis is asked by pairs of its own worlds (`ask`); the effects are then pooled as effects of a treatment that was
tried in several places (`theory.pooling`). Interventions that fit all name parameters, terms and roles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from whipcount.counterfactual.effects import Effect
from whipcount.counterfactual.engines import Parameters
from whipcount.errors import Problem, QuestionError
from whipcount.scenario.hints import did_you_mean
from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, number, say, signed
from whipcount.theory.intervals import Z95
from whipcount.theory.pooling import Pooled, pool
from whipcount.theory.questionnaire import HAPPENED, KEYS

from .ask import ask

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

PARTED_BY = frozenset({"WC402", "WC403", "WC404", "WC405", "WC406", "WC408", "WC411", "WC412"})
NOT_HERE = "WC413"  # a question that cannot be put in a crisis
Given = Callable[["LoadedScenario"], Parameters | None]


@dataclass(frozen=True)
class InCrisis:
    """The effect on a question in one crisis."""

    crisis: str
    effect: Effect


@dataclass(frozen=True)
class Across:
    """The effect on one question over the library: crisis by crisis, and pooled.

    without: crises of which it cannot be asked, each with the reason. pooled: none where it can be asked of none.
    """

    question: str
    by_crisis: tuple[InCrisis, ...]
    without: tuple[tuple[str, str], ...]
    pooled: Pooled | None

    @property
    def label(self) -> str:
        """What a yes is, in the reader's language."""
        return say(HAPPENED[self.question])

    def sides(self) -> tuple[list[str], list[str], list[str]]:
        """The crises in which it clearly rises, clearly falls, and the others."""
        up = [one.crisis for one in self.by_crisis if one.effect.low > 0.0]
        down = [one.crisis for one in self.by_crisis if one.effect.high < 0.0]
        return up, down, [one.crisis for one in self.by_crisis if one.crisis not in {*up, *down}]


@dataclass(frozen=True)
class LibraryAnswer(Result):
    """What interventions do to questions that are asked of all crises, over `runs` pairs of worlds in each.

    Effects are differences of probabilities. unable: crises in which the interventions cannot be made, with the reason.
    """

    references: ClassVar[tuple[str, ...]] = (
        "pearl_2009",
        "Paule & Mandel 1982, Consensus values and weighting factors",
        "Hartung & Knapp 2001, A refined method for the meta-analysis of controlled clinical trials",
        "Higgins, Thompson & Spiegelhalter 2009, A re-evaluation of random-effects meta-analysis",
    )
    brief: ClassVar[tuple[str, ...]] = ("across", "effects", "unable")
    above: ClassVar[bool] = True

    do: tuple[str, ...]
    given: tuple[str, ...]
    runs: int
    seed: int
    posterior: str | None
    questions: tuple[Across, ...]
    unable: tuple[tuple[str, str], ...]

    def __getitem__(self, question: str) -> Across:
        """The effect on a question, by its key or the beginning of it."""
        return next(one for one in self.questions if one.question.startswith(question))

    def tables(self) -> tuple[Table, ...]:
        """Pooled effects by question; effects by crisis; where it could not be asked."""
        across = (
            Column("question", "Question", priority=0),
            Column("asks", "What may happen", wide=True, priority=2),
            figure("crises", "Crises", "d"),
            figure("mean", "Mean effect", "+.3f", 0),
            figure("low", "95% from", "+.3f"),
            figure("high", "to", "+.3f"),
            figure("tau", "Between crises", ".3f"),
            figure("predicted_low", "One more: from", "+.3f", 2),
            figure("predicted_high", "to", "+.3f", 2),
            figure("rises", "Rises in", "d", 3),
            figure("falls", "Falls in", "d", 3),
        )
        effects = (
            Column("question", "Question"),
            Column("crisis", "Crisis", priority=0),
            figure("worlds", "Pairs", "d", 2),
            figure("before", "Before", ".3f"),
            figure("after", "After", ".3f"),
            figure("effect", "Effect", "+.3f", 0),
            figure("low", "95% from", "+.3f"),
            figure("high", "to", "+.3f"),
        )
        told = (Column("crisis", "Crisis"), Column("question", "Question"), Column("reason", "Reason", wide=True))
        by_crisis = tuple(
            (one.question, at.crisis, at.effect.pairs, at.effect.before, at.effect.after, at.effect.effect,
             at.effect.low, at.effect.high)
            for one in self.questions
            for at in sorted(one.by_crisis, key=lambda at: -at.effect.effect)
        )  # fmt: skip
        missing: list[tuple[str, str | None, str]] = [(crisis, None, reason) for crisis, reason in self.unable]
        missing += [(crisis, one.question, reason) for one in self.questions for crisis, reason in one.without]
        return (
            Table("across", "Over all crises", across, tuple(_row(one) for one in self.questions)),
            Table("effects", "Crisis by crisis", effects, by_crisis),
            Table("unable", "Where it cannot be asked", told, tuple(missing)),
        )

    def sentences(self) -> str:
        """The finding of each question first; then what it rests on."""
        lines = []
        for one in self.questions:
            lines += _told(one)
        known = {at.crisis for one in self.questions for at in one.by_crisis}
        basis = say("{runs} pairs of worlds in each of {crises} crises: {do}.", runs=self.runs, crises=len(known),
                    do="; ".join(self.do))  # fmt: skip
        lines.append(basis)
        if self.unable:
            lines.append(say("It cannot be done in {crises}.", crises=listing([name for name, _ in self.unable])))
        lines.append(
            say(
                "This is what follows from the model's rules, not what was observed: at its own word the simulation "
                "foretells these crises worse than base rates do (whipcount validate)."
            )
        )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        across, effects, unable = self.tables()
        return {
            "do": list(self.do),
            "given": list(self.given),
            "runs": self.runs,
            "seed": self.seed,
            "posterior": self.posterior,
            "questions": across.records(),
            "effects": effects.records(),
            "unable": unable.records(),
        }


def _row(one: Across) -> tuple[Any, ...]:
    up, down, _ = one.sides()
    pooled = one.pooled
    if pooled is None:
        return (one.question, one.label, 0, *[math.nan] * 6, 0, 0)
    return (
        one.question, one.label, pooled.places, pooled.mean, pooled.low, pooled.high, pooled.tau, pooled.predicted_low,
        pooled.predicted_high, len(up), len(down),
    )  # fmt: skip


def points(share: float) -> str:
    """A difference of probabilities in percentage points, with its sign."""
    return signed(100 * share, 1)


def finding(one: Across) -> str:
    """What is found of a question, in one sentence."""
    pooled = one.pooled
    if pooled is None:
        return say("{label}: it can be asked of no crisis.", label=one.label.capitalize())
    told = {
        "label": one.label.capitalize(), "mean": points(pooled.mean), "low": points(pooled.low),
        "high": points(pooled.high), "crises": pooled.places, "by": number(100 * abs(pooled.mean), 1),
    }  # fmt: skip
    if not pooled.clear:
        return say("{label}: no clear effect over {crises} crises ({mean} points, 95% {low} to {high}).", **told)
    if pooled.mean > 0:
        return say("{label}: more likely by {by} points over {crises} crises (95% {low} to {high}).", **told)
    return say("{label}: less likely by {by} points over {crises} crises (95% {low} to {high}).", **told)


def _told(one: Across) -> list[str]:
    lines = [finding(one)]
    pooled = one.pooled
    if pooled is None:
        return lines
    up, down, rest = one.sides()
    parts = []
    if up:
        parts.append(say("it rises in {crises}", crises=listing(up)))
    if down:
        parts.append(say("it falls in {crises}", crises=listing(down)))
    if rest:
        parts.append(say("in {count} no clear effect", count=len(rest)))
    lines.append("  " + "; ".join(parts) + ".")
    if pooled.places > 2:
        lines.append(
            "  "
            + say(
                "Crises differ by {tau} points (standard deviation); in one more, from {low} to {high} (95%).",
                tau=number(100 * pooled.tau, 1),
                low=points(pooled.predicted_low),
                high=points(pooled.predicted_high),
            )
        )
    return lines


def asked_questions(names: Sequence[str]) -> tuple[str, ...]:
    """Questions by key or its beginning (`q03`), all if none is named. Raises QuestionError (WC413)."""
    found = []
    for name in names:
        keys = [key for key in KEYS if key == name or key.startswith(f"{name}_")]
        if len(keys) != 1:
            raise QuestionError.one("WC413", f"there is no question '{name}'", did_you_mean(name, KEYS))
        found.append(keys[0])
    return tuple(dict.fromkeys(found)) or KEYS


def ask_library(
    crises: Sequence[LoadedScenario],
    do: Sequence[str],
    given: Sequence[str] = (),
    questions: Sequence[str] = (),
    runs: int = 1_000,
    seed: int = 1,
    workers: int = 1,
    *,
    parameters: Given | None = None,
    posterior: str | None = None,
    out: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> LibraryAnswer:
    """Make the same interventions in every crisis in which they can be made, and pool their effects.

    questions: keys of the questionnaire or their beginnings, all if none. parameters: what gives a crisis its
    parameters run by run, in place of draws from the priors; posterior: what that is called. out: a folder with one
    for each crisis, in which its worlds are kept.
    Raises QuestionError: WC413 no such question, WC414 nothing is changed, and those of `ask` where no crisis can be
    asked.
    """
    if not do:
        raise QuestionError.one("WC414", "nothing is to be different", "give --do '...': see `whipcount ask --help`")
    wanted = asked_questions(questions)
    effects: dict[str, list[InCrisis]] = {key: [] for key in wanted}
    without: dict[str, list[tuple[str, str]]] = {key: [] for key in wanted}
    unable: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for place, loaded in enumerate(crises):
        put = {outcome.id for outcome in loaded.scenario.outcomes}
        here = [key for key in wanted if key in put]
        for key in wanted:
            if key not in put:
                without[key].append((loaded.slug, say("the question cannot be put there")))
        if progress is not None:
            progress(place * runs, len(crises) * runs)
        if not here:
            continue
        try:
            answer = ask(
                loaded, do, given, here, runs, seed, workers,
                parameters=None if parameters is None else parameters(loaded),
                out=None if out is None else out / loaded.slug,
            )  # fmt: skip
        except QuestionError as error:
            if any(problem.code not in PARTED_BY | {NOT_HERE} for problem in error.problems):
                raise
            problems.extend(error.problems)
            unable.append((loaded.slug, "; ".join(dict.fromkeys(problem.message for problem in error.problems))))
            continue
        for effect in answer.effects:
            if effect.fixed:
                without[effect.outcome].append((loaded.slug, say("the change itself decides it")))
            elif effect.pairs:
                effects[effect.outcome].append(InCrisis(loaded.slug, effect))
            else:
                without[effect.outcome].append((loaded.slug, say("it has no answer in any pair of worlds")))
    if problems and len(unable) == len(crises):
        raise QuestionError(*dict.fromkeys(problems))
    if progress is not None:
        progress(len(crises) * runs, len(crises) * runs)
    asked = tuple(Across(key, tuple(effects[key]), tuple(without[key]), _pooled(effects[key])) for key in wanted)
    return LibraryAnswer(tuple(do), tuple(given), runs, seed, posterior, asked, tuple(unable))


def _pooled(found: Sequence[InCrisis]) -> Pooled | None:
    """The effects pooled; their errors from their intervals."""
    if not found:
        return None
    return pool([one.effect.effect for one in found], [(one.effect.high - one.effect.low) / (2 * Z95) for one in found])

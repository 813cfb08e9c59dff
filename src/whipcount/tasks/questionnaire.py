"""The 24 questions that every crisis is asked, in one scenario: how likely each is, beside what happened."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from whipcount.errors import QuestionError
from whipcount.session import progressing
from whipcount.table import Column, Result, Table, figure
from whipcount.task import task
from whipcount.text import mark, number, say

from ._scenario import Account, Runs, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

SCORED_RUNS = 2_000
NEVER = mark("nothing that it asks for can happen here")


@dataclass(frozen=True)
class Asked:
    """A question: probability with its 95% interval, or why it cannot be put; what happened, and when."""

    id: str
    asks: str
    probability: float | None
    low: float | None
    high: float | None
    reason: str
    happened: bool | None
    doubtful: bool
    date: str


@dataclass(frozen=True)
class Questionnaire(Result):
    """The 24 questions in one scenario.

    `score` is the mean log score of the answered questions that can be put, doubtful ones included; the probability of
    each is (k + 1/2) / (n + 1) for k of n runs, so that none is certain. A coin scores -.69.
    """

    undrawn: ClassVar[str] = "its table stands beside what happened, row by row"

    scenario: str
    runs: int
    questions: tuple[Asked, ...]
    score: float | None

    def tables(self) -> tuple[Table, ...]:
        """One row a question."""
        columns = (
            Column("question", "question"),
            Column("asks", "asks", wide=True),
            figure("probability", "probability", ".3f"),
            figure("low", "low", ".3f", priority=2),
            figure("high", "high", ".3f", priority=2),
            Column("happened", "happened"),
            Column("date", "date", priority=2),
        )
        rows = tuple(
            (
                one.id,
                f"{say(one.asks)} ({say('not put: {why}', why=say(one.reason))})" if one.reason else say(one.asks),
                one.probability,
                one.low,
                one.high,
                _happened(one),
                one.date,
            )
            for one in self.questions
        )
        return (Table("questions", "The questions that are asked of every crisis", columns, rows),)

    def sentences(self) -> str:
        """How many can be put, and how well the answers were foreseen."""
        put = sum(one.probability is not None for one in self.questions)
        told = say(
            "{scenario}: {put} of {all} questions can be put.", scenario=self.scenario, put=put, all=len(self.questions)
        )
        if self.score is None:
            return told
        scored = sum(one.probability is not None and one.happened is not None for one in self.questions)
        text = say(
            "Mean log score of {scored} answers: {score} (a coin: {coin}).",
            scored=scored, score=number(self.score, 3), coin=number(math.log(0.5), 3),
        )  # fmt: skip
        return f"{told} {text}"

    def record(self) -> dict[str, Any]:
        """The rows as JSON can carry them."""
        return {
            "scenario": self.scenario,
            "runs": self.runs,
            "score": self.score,
            "questions": [asdict(one) for one in self.questions],
        }


def _happened(one: Asked) -> str:
    if one.happened is None:
        return "?" if one.doubtful else ""
    told = say("yes") if one.happened else say("no")
    return f"{told}?" if one.doubtful else told


@task(
    "questionnaire",
    mark("The 24 questions that every crisis is asked, by the scenario's roles: probabilities beside the answers."),
    "whipcount questionnaire november-1917",
    "whipcount questionnaire my-crisis.yaml -n 500 --json",
    order=33.5,
)
def questionnaire(
    scenario: Scenario,
    runs: Runs = SCORED_RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    workers: Workers = None,
) -> Questionnaire:
    """The 24 questions in one scenario, which has to declare `roles` (WC419)."""
    from whipcount.counterfactual.engines import changed_world, plan_of
    from whipcount.questions.possible import never_met
    from whipcount.results import run_ensemble
    from whipcount.scenario.questionnaire import questions
    from whipcount.scenario.registry import from_mechanisms

    loaded = scenario_of(scenario, account, variant, set)
    if loaded.scenario.roles is None:
        hint = "declare `roles:` (focal, leader, dissenters, measure); `whipcount schema` describes them"
        raise QuestionError.one("WC419", f"'{loaded.slug}' declares no roles, so that nobody is asked about", hint)
    with progressing(runs) as progress:
        results = run_ensemble(loaded, runs, seed, workers=workers_of(workers), progress=progress, events="none")
    never = never_met(loaded, plan_of(changed_world(loaded)))
    found = {one.name: one for one in results.outcomes if one.name not in never}
    asked, scores = [], []
    for one in questions(loaded.scenario, from_mechanisms()):
        said, answer = found.get(one.id), one.answer
        happened = answer.happened if answer is not None else None
        if said is not None and happened is not None:
            chance = (said.probability * said.used + 0.5) / (said.used + 1.0)
            scores.append(math.log(chance if happened else 1.0 - chance))
        asked.append(
            Asked(
                one.id, one.asks,
                said.probability if said is not None else None,
                said.low if said is not None else None,
                said.high if said is not None else None,
                NEVER if one.id in never else one.reason, happened, answer is not None and answer.doubtful,
                answer.date.isoformat() if answer is not None and answer.date is not None else "",
            )
        )  # fmt: skip
    return Questionnaire(loaded.slug, runs, tuple(asked), sum(scores) / len(scores) if scores else None)

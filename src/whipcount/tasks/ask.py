"""What if: the same worlds with one thing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._scenario import (  # fmt: skip
    RUNS,
    Account,
    Kept,
    Outcomes,
    Runs,
    Scenario,
    Seed,
    Settings,
    Variant,
    Workers,
    scenario_of,
    workers_of,
)

if TYPE_CHECKING:
    from whipcount.questions.ask import Answer


@task(
    "ask",
    mark("What if? The same worlds with one thing changed, run by run: what it does to every outcome."),
    "whipcount ask november-1917 --do 'event.leaders_return = removed'",
    "whipcount ask november-1917 --do 'opposition.leave.seat = no' --given ultimatum_in_time",
    "whipcount ask two-bodies --do 'param.leave.voice = 0' --outcome post_left -n 2000 --json",
    order=40,
    drawn=True,
)
def ask(
    scenario: Scenario,
    do: Annotated[
        Any,
        Option("what is to be different, for instance 'event.NAME = removed'; may be repeated", TEXTS, "CHANGE"),
    ] = None,
    given: Annotated[
        Any,
        Option("only worlds that went so before the change: NAME, NAME=no, NAME>=3; may be repeated", TEXTS, "OUTCOME"),
    ] = None,
    outcome: Outcomes = None,
    runs: Runs = RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Kept = None,
    workers: Workers = None,
) -> Answer:
    """What interventions do to each outcome, in the same worlds with and without them (WC401 to WC415)."""
    from whipcount.questions.ask import ask as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(runs) as progress:
        return answer_of(loaded, do, given, outcome, runs, seed, workers_of(workers), out=out, progress=progress)

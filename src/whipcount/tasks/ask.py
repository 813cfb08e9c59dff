"""What if: the same worlds with one thing changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark, say

from ._scenario import (  # fmt: skip
    RUNS,
    Account,
    Kept,
    LearntParameters,
    Outcomes,
    Runs,
    Scenario,
    Seed,
    Settings,
    Variant,
    Workers,
    parameters_of,
    scenario_of,
    workers_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from whipcount.questions.ask import Answer
    from whipcount.questions.ask_library import LibraryAnswer


@task(
    "ask",
    mark("What if? The same worlds with one thing changed, run by run: what it does to every outcome."),
    "whipcount ask november-1917 --do 'event.leaders_return = removed'",
    "whipcount ask november-1917 --do 'opposition.leave.seat = no' --given ultimatum_in_time",
    "whipcount ask two-bodies --do 'param.leave.voice = 0' --outcome post_left -n 2000 --json",
    "whipcount ask --library --do 'role.leading_party.ultimatum.issue = wait' --outcome q03 --chart threats.png",
    order=40,
    drawn=True,
)
def ask(
    scenario: Scenario = None,
    do: Annotated[
        Any,
        Option("what is to be different, for instance 'event.NAME = removed'; may be repeated", TEXTS, "CHANGE"),
    ] = None,
    given: Annotated[
        Any,
        Option("only worlds that went so before the change: NAME, NAME=no, NAME>=3; may be repeated", TEXTS, "OUTCOME"),
    ] = None,
    outcome: Outcomes = None,
    library: Annotated[
        bool, Option("ask every crisis of the library, of questions that all are asked (q01 to q24)")
    ] = False,
    posterior: LearntParameters = None,
    runs: Runs = RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Kept = None,
    workers: Workers = None,
) -> Answer | LibraryAnswer:
    """What interventions do to each outcome, in the same worlds with and without them (WC401 to WC420, WC625)."""
    if library:
        if scenario is not None or account or variant or set:
            raise UsageError.one("WC625", say("--library asks every crisis as it is"), say("leave the scenario out"))
        return _ask_library(do, given, outcome, posterior, runs, seed, out, workers_of(workers))
    if scenario is None:
        hint = say("whipcount ask SCENARIO --do '...', or whipcount ask --library --do '...'")
        raise UsageError.one("WC625", say("no scenario is named"), hint)
    from whipcount.questions.ask import ask as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    learnt = parameters_of(loaded, posterior, runs, seed)
    with progressing(runs) as progress:
        return answer_of(
            loaded, do, given, outcome, runs, seed, workers_of(workers), parameters=learnt, out=out, progress=progress
        )


def _ask_library(
    do: Sequence[str],
    given: Sequence[str],
    questions: Sequence[str],
    posterior: str | None,
    runs: int,
    seed: int,
    out: Path | None,
    workers: int,
) -> LibraryAnswer:
    """The same interventions in every crisis of the library."""
    from whipcount.questions.ask_library import ask_library
    from whipcount.questions.library import documented

    crises = documented()
    with progressing(runs * len(crises)) as progress:
        return ask_library(
            crises, do, given, questions, runs, seed, workers,
            parameters=None if posterior is None else lambda loaded: parameters_of(loaded, posterior, runs, seed),
            posterior=posterior, out=out, progress=progress,
        )  # fmt: skip

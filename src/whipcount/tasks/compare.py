"""A crisis run under the accounts of two sources, in the same worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._scenario import RUNS, Outcomes, Runs, Scenario, Seed, Settings, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.questions.compare import Comparison


@task(
    "compare",
    mark("Does it matter which source is right? Two accounts, run in the same worlds."),
    "whipcount compare november-1917",
    "whipcount compare november-1917 A both -n 2000 --json",
    order=42,
)
def compare(
    scenario: Scenario,
    accounts: Annotated[Any, Option("two accounts (default: the first two)", TEXTS, "[A] [B]", argument=True)] = None,
    outcome: Outcomes = None,
    runs: Runs = RUNS,
    seed: Seed = 1,
    set: Settings = None,
    workers: Workers = None,
) -> Comparison:
    """Two accounts of the sources in the same worlds, and which of their differences matters (WC403, WC418)."""
    from whipcount.questions.compare import compare as comparison_of

    loaded = scenario_of(scenario, settings=set)
    with progressing(runs) as progress:
        return comparison_of(loaded, accounts, outcome, runs, seed, workers_of(workers), progress=progress)

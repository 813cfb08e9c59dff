"""An ensemble of histories of a crisis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import notice, progressing
from whipcount.task import GIVEN, PATH, TEXTS, Option, task
from whipcount.text import mark

from ._scenario import (  # fmt: skip
    AT_MOST,
    BOUND,
    RUNS,
    UNTIL,
    Account,
    LearntParameters,
    Runs,
    Scenario,
    Seed,
    Settings,
    Variant,
    Workers,
    parameters_of,
    refuse_beside_until,
    scenario_of,
    workers_of,
)

if TYPE_CHECKING:
    from whipcount.results import Results


@task(
    "run",
    mark("Simulate a crisis many times: each outcome's probability beside what happened, and a report."),
    "whipcount run november-1917",
    "whipcount run november-1917 --account B -n 2000 --seed 7",
    "whipcount run my-crisis.yaml --set bodies.council.quorum=11 --posterior shipped --json",
    order=30,
    command=False,
)
def run(
    scenario: Scenario,
    runs: Runs = RUNS,
    seed: Seed = 1,
    out: Annotated[Any, Option("run folder (default: one that goes away with the results)", PATH, "FOLDER")] = None,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    workers: Workers = None,
    events: Annotated[
        str, Option("which events to keep: auto, all or none", metavar="auto|all|none", shown=True)
    ] = "auto",
    posterior: LearntParameters = None,
    parameters: Annotated[Any, Option("values of parameters run by run, by name", GIVEN)] = None,
    until: Annotated[Any, Option(UNTIL, TEXTS, "'OUTCOME ± 0.005'")] = None,
    at_most: Annotated[int, Option(BOUND, low=1, shown=True)] = AT_MOST,
) -> Results:
    """An ensemble of histories, kept in a folder where one is named, and resumed there (WC300 to WC420)."""
    from whipcount.results import run_ensemble, run_until

    loaded = scenario_of(scenario, account, variant, set)
    if until:
        refuse_beside_until(runs, parameters=parameters, posterior=posterior)
        with progressing(at_most) as progress:
            return run_until(
                loaded, until, at_most, seed, out, events, workers_of(workers), progress=progress, on_notice=notice
            )
    learnt = parameters_of(loaded, posterior, runs, seed)
    given: Mapping[str, Any] | None = parameters if learnt is None else {**learnt, **(parameters or {})}
    with progressing(runs) as progress:
        return run_ensemble(
            loaded, runs, seed, out, events, workers=workers_of(workers), parameters=given, progress=progress,
            on_notice=notice,
        )  # fmt: skip

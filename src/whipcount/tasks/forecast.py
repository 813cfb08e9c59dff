"""An unfinished crisis, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import progressing
from whipcount.task import DAY, Option, task
from whipcount.text import mark

from ._scenario import (  # fmt: skip
    Account,
    Kept,
    LearntParameters,
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
    from whipcount.questions.forecast_result import Forecast


@task(
    "forecast",
    mark("The crisis is not over: what follows, given what is known by a day, and which decision to watch."),
    "whipcount forecast november-1917 --until 1917-11-16",
    "whipcount forecast two-bodies --until 2030-03-11 --facts today.yaml --json",
    order=44,
    drawn=True,
)
def forecast(
    scenario: Scenario,
    until: Annotated[Any, Option("the last day that is known (new style)", DAY, "DATE")],
    facts: Annotated[Path | None, Option("YAML file of facts of your own", metavar="FILE")] = None,
    only_facts: Annotated[bool, Option("leave out what the scenario documents")] = False,
    runs: Annotated[int, Option("worlds to simulate", short=("-n",), shown=True)] = 20_000,
    horizon: Annotated[int, Option("days in which the decision to watch comes", shown=True)] = 7,
    least: Annotated[float, Option("effective sample size asked for", shown=True)] = 200,
    posterior: LearntParameters = None,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Kept = None,
    workers: Workers = None,
) -> Forecast:
    """What follows, given what is known up to the end of a day (WC416, WC420, WC443, WC450 to WC453, WC622)."""
    from whipcount.questions.forecast import forecast as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    learnt = parameters_of(loaded, posterior, runs, seed)
    with progressing(runs) as progress:
        return answer_of(
            loaded, until, runs, seed, facts=facts, documented_facts=not only_facts, horizon=horizon, least=least,
            parameters=learnt, out=out, progress=progress, workers=workers_of(workers),
        )  # fmt: skip

"""What the priors say of every documented outcome, before any comparison with history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import notice, progressing
from whipcount.task import PATH, Option, task
from whipcount.text import mark

from ._inputs import written
from ._scenario import RUNS, Account, Runs, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.results.predictive import PriorPage


@task(
    "prior",
    mark("The prior predictive page: every documented outcome under the priors, and what they all but settle."),
    "whipcount prior november-1917",
    "whipcount prior november-1917 --folder runs/prior --out docs/prior.md",
    order=35,
)
def prior(
    scenario: Scenario,
    runs: Runs = RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Annotated[Path | None, Option("write the page as Markdown", metavar="PAGE.md")] = None,
    folder: Annotated[
        Any, Option("keep the runs in this folder, or take them from it where they are there already", PATH, "FOLDER")
    ] = None,
    workers: Workers = None,
) -> PriorPage:
    """Documented outcomes under the priors, from runs or the folder of such runs (WC300 to WC343)."""
    from whipcount.results import run_ensemble
    from whipcount.results.predictive import markdown, prior_page
    from whipcount.store import write_whole

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(runs) as progress:
        results = run_ensemble(
            loaded, runs, seed, folder, workers=workers_of(workers), progress=progress, on_notice=notice
        )
        page = prior_page(results)
    if out is not None:
        write_whole(out, markdown(page).encode())
        written(out, mark("{path} written"))
    return page

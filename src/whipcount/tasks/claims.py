"""Every claim of the sources, tested."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._inputs import written
from ._scenario import (  # fmt: skip
    RUNS,
    Account,
    Kept,
    LearntParameters,
    Scenario,
    Seed,
    Settings,
    Variant,
    Workers,
    scenario_of,
    workers_of,
)

if TYPE_CHECKING:
    from whipcount.questions.claims_ledger import Ledger


@task(
    "claims",
    mark("Test every claim of the sources: supported, contradicted, undetermined, or built into the model."),
    "whipcount claims november-1917",
    "whipcount claims november-1917 --claim s205_only_leaving --posterior calibrated",
    "whipcount claims two-bodies -n 1000 --no-structures --page claims.html",
    order=41,
    printed="claims",
)
def claims(
    scenario: Scenario,
    claim: Annotated[Any, Option("only this claim; may be repeated", TEXTS, "ID")] = None,
    runs: Annotated[int, Option("pairs of worlds a test", short=("-n",), low=4, shown=True)] = RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    posterior: LearntParameters = None,
    structures: Annotated[
        bool, Option("hold verdicts against rival structures", flag="--structures/--no-structures", shown=True)
    ] = True,
    workers: Workers = None,
    out: Kept = None,
    page: Annotated[Path | None, Option("write the ledger as a page (.html or .md)", metavar="FILE")] = None,
) -> Ledger:
    """The claims of the sources, each tested: supported, contradicted, or not to be told (WC401 to WC417)."""
    from whipcount.counterfactual.rival_structures import RIVALS
    from whipcount.questions.claims import claims as ledger_of

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(runs) as progress:
        ledger = ledger_of(
            loaded, runs, seed, workers_of(workers), only=claim, posterior=posterior,
            structures=RIVALS if structures else (), out=out,
            progress=progress and (lambda done, total: progress(done * runs // max(total, 1), runs)),
        )  # fmt: skip
    if page is not None:
        from whipcount.report.claims_page import write_page

        write_page(ledger, page)
        written(page, mark("page: {path}"))
    return ledger

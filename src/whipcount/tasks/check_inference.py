"""Whether inference finds parameters that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from whipcount.session import progressing
from whipcount.task import Option, task
from whipcount.text import mark

from ._scenario import Account, Kept, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.questions.check_inference import InferenceCheck


@task(
    "check-inference",
    mark("Simulation-based calibration: does inference find parameters that are known, with honest intervals?"),
    "whipcount check-inference two-bodies",
    "whipcount check-inference two-bodies --datasets 100 --table 1000 --each 20",
    order=49,
    drawn=True,
)
def check_inference(
    scenario: Scenario,
    datasets: Annotated[int, Option("data sets whose parameters are known", shown=True)] = 500,
    table: Annotated[int, Option("worlds to infer from", shown=True)] = 4_000,
    each: Annotated[int, Option("crises in a data set", shown=True)] = 50,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Kept = None,
    workers: Workers = None,
) -> InferenceCheck:
    """Which parameters' ranks are even, and how much narrower than the prior the posterior is (WC431 to WC434)."""
    from whipcount.questions.check_inference import check_inference as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(table + datasets) as progress:
        return answer_of(
            loaded, datasets, table=table, each=each, seed=seed, out=out, progress=progress,
            workers=workers_of(workers),
        )  # fmt: skip

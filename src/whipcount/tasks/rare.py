"""How likely a rare outcome is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from whipcount.session import progressing
from whipcount.task import Option, task
from whipcount.text import mark

from ._scenario import Account, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.questions.rare import Rare


@task(
    "rare",
    mark("How likely is a rare outcome? By importance splitting, without bias."),
    "whipcount rare two-bodies 'q07_posts_resigned_3 >= 6'",
    "whipcount rare two-bodies 'signers >= 6' --by danger --runs 20000",
    order=44.5,
    drawn=True,
)
def rare(
    scenario: Scenario,
    outcome: Annotated[str, Option("an outcome, or a number with a bound", metavar="OUTCOME", argument=True)],
    runs: Annotated[int, Option("about how many runs in all", short=("-n",), low=1, shown=True)] = 100_000,
    by: Annotated[str | None, Option("daily measure or outcome that says how near a run came", metavar="NAME")] = None,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    workers: Workers = None,
) -> Rare:
    """The probability without bias, with its interval, and what a plain ensemble would take (WC465)."""
    from whipcount.questions.rare import rare as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(runs) as progress:
        return answer_of(loaded, outcome, runs, by=by, seed=seed, workers=workers_of(workers), progress=progress)

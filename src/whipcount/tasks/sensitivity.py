"""Which parameters and structures move an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._scenario import Account, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.questions.sensitivity import Sensitivity


@task(
    "sensitivity",
    mark("Which parameters and disputed structures move an outcome, and how much of it is chance?"),
    "whipcount sensitivity two-bodies --outcome ultimatum_comes",
    "whipcount sensitivity two-bodies --outcome post_left --term leave.post.solidarity --term leave.post.duty",
    "whipcount sensitivity november-1917 --outcome none_leaves_party --method morris --chart moves.svg",
    order=48,
    drawn=True,
)
def sensitivity(
    scenario: Scenario,
    outcome: Annotated[str, Option("the outcome", metavar="NAME")],
    method: Annotated[
        str, Option("Sobol indices, or Morris screening of every parameter", metavar="sobol|morris", shown=True)
    ] = "sobol",
    points: Annotated[
        int | None, Option("base points (a power of two), or trajectories", short=("-n",), default="256, 10")
    ] = None,
    replicates: Annotated[int, Option("runs at each point", shown=True)] = 32,
    parameter: Annotated[Any, Option("only this parameter; may be repeated", TEXTS, "NAME")] = None,
    term: Annotated[
        Any,
        Option("also with and without this named term, as leave.seat.voice; may be repeated", TEXTS, "NAME"),
    ] = None,
    switches: Annotated[bool, Option("vary disputed structures", flag="--switches/--no-switches", shown=True)] = True,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    workers: Workers = None,
) -> Sensitivity:
    """How much of an outcome's variance each parameter and structure carries (WC404, WC460 to WC462)."""
    from whipcount.questions.sensitivity import chosen_method, design_size
    from whipcount.questions.sensitivity import sensitivity as answer_of

    way = chosen_method(method)
    loaded = scenario_of(scenario, account, variant, set)
    named, varied = parameter or None, None if switches else ()
    with progressing(design_size(loaded, way, points, replicates, named, varied, term)) as progress:
        return answer_of(
            loaded, outcome, method=way, points=points, replicates=replicates, parameters=named, switches=varied,
            terms=term, seed=seed, progress=progress, workers=workers_of(workers),
        )  # fmt: skip

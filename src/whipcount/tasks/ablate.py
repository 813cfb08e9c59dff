"""What each mechanism is worth to forecasts of documented crises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._scenario import Kept, Seed, Workers, workers_of

if TYPE_CHECKING:
    from whipcount.questions.ablation import Ablation

RUNS = 300


@task(
    "ablate",
    mark("What each mechanism is worth: scores of documented crises with it and without it."),
    "whipcount ablate sanction -n 50",
    "whipcount ablate --out build/ablation",
    order=45.8,
    drawn=True,
)
def ablate(
    mechanisms: Annotated[Any, Option("mechanisms (default: all)", TEXTS, "MECHANISM", argument=True)] = (),
    crises: Annotated[Any, Option("only this crisis; may be repeated", TEXTS, "NAME", flag="--crisis")] = (),
    runs: Annotated[int, Option("runs of each crisis, with and without", short=("-n",), low=20, shown=True)] = RUNS,
    seed: Seed = 1,
    out: Kept = None,
    workers: Workers = None,
) -> Ablation:
    """Differences of log and Brier scores with intervals over crises (WC454)."""
    from whipcount.questions.ablation import ablation, crises_named

    return ablation(
        crises_named(TEXTS.read(crises, "--crisis")),
        TEXTS.read(mechanisms, "MECHANISM"),
        runs,
        seed,
        out,
        workers_of(workers),
    )

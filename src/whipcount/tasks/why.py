"""Why an outcome did or did not come about in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from whipcount.session import progressing
from whipcount.task import Option, task
from whipcount.text import mark

from ._scenario import Account, SeedOfScenario, Settings, Source, Variant, run_of

if TYPE_CHECKING:
    from whipcount.questions.why import Why


@task(
    "why",
    mark("Why did an outcome (not) come about in a run? Choices that led there, and which were pivotal."),
    "whipcount why november-1917 --run 7 --outcome no_congress",
    "whipcount why runs/november-1917-0a1b2c3d --run 7 --outcome talks_fail --flips 60",
    order=40.5,
)
def why(
    source: Source,
    outcome: Annotated[str, Option("the outcome to explain", metavar="NAME")],
    run: Annotated[int, Option("number of the run", low=0)] = 0,
    seed: SeedOfScenario = None,
    flips: Annotated[int, Option("open decisions to try otherwise", low=0, shown=True)] = 24,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
) -> Why:
    """The choices that led to an outcome in one run, and which of them were pivotal (WC413, WC415, WC662, WC663)."""
    from whipcount.counterfactual.interventions import parse_interventions
    from whipcount.questions.why import why as why_of

    loaded, seed, parameters, interventions = run_of(source, run, seed, account, variant, set)
    done = parse_interventions(interventions, loaded)
    with progressing(max(flips, 1)) as progress:
        return why_of(loaded, outcome, run, seed, flips, parameters=parameters, interventions=done, progress=progress)

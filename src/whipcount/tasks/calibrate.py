"""Which parameters could have produced what is documented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.session import progressing
from whipcount.task import TEXTS, Option, task
from whipcount.text import mark

from ._scenario import Account, KeptPosterior, Scenario, Seed, Settings, Variant, Workers, scenario_of, workers_of

if TYPE_CHECKING:
    from whipcount.questions.calibration import Calibration


@task(
    "calibrate",
    mark("Which parameters could have produced what is documented? Checked on what was held out."),
    "whipcount calibrate two-bodies -n 20000",
    "whipcount calibrate november-1917 -n 500000 --out calibrated --chart calibrated/posterior.svg",
    order=46,
    drawn=True,
)
def calibrate(
    scenario: Scenario,
    simulations: Annotated[int, Option("worlds to simulate", short=("-n",), shown=True)] = 100_000,
    generations: Annotated[int, Option("the design of the priors, and generations around the nearest", shown=True)] = 5,
    predictive: Annotated[int, Option("new runs to check the posterior", shown=True)] = 5_000,
    least: Annotated[float, Option("effective draws of the posterior", shown=True)] = 500,
    weight: Annotated[Any, Option("weight of a pattern; may be repeated (default: 1)", TEXTS, "PATTERN=NUMBER")] = None,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: KeptPosterior = None,
    workers: Workers = None,
) -> Calibration:
    """The values of the named parameters that could have produced what is documented (WC440 to WC446, WC670)."""
    from whipcount.questions.calibrate import calibrate as answer_of

    loaded = scenario_of(scenario, account, variant, set)
    with progressing(simulations + 2 * predictive) as progress:
        return answer_of(
            loaded, simulations, seed, generations=generations, predictive=predictive, least=least,
            weights=_weights(weight), out=out, progress=progress, workers=workers_of(workers),
        )  # fmt: skip


def _weights(given: Sequence[str]) -> dict[str, float]:
    weights = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            weights[name.strip()] = float(number)
        except ValueError:
            raise UsageError.one(
                "WC670", f"--weight {text}: not of the form pattern=number", "e.g. signers=2"
            ) from None
    return weights

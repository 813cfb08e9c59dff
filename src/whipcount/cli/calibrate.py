"""`whipcount calibrate`: which parameters could have produced what is documented."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .keeping import folder_option, resumable
from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text
from .run import cores, progress_bar, seed_option, workers_option
from .told import chart_option, tell

ORDER = 46
SIMULATIONS = 100_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "calibrate",
        help=help_text(
            "Which parameters could have produced what is documented? Checked on what was held out.",
            "whipcount calibrate two-bodies -n 20000",
            "whipcount calibrate november-1917 -n 500000 --out calibrated --chart calibrated/posterior.svg",
        ),
    )(calibrate)


def calibrate(
    scenario: Annotated[str, scenario_argument()],
    simulations: Annotated[int, typer.Option("-n", "--simulations", help=say("worlds to simulate"))] = SIMULATIONS,
    generations: Annotated[
        int,
        typer.Option(
            "--generations",
            help=say("the design of the priors, and generations around the nearest"),
        ),
    ] = 5,
    predictive: Annotated[int, typer.Option("--predictive", help=say("new runs to check the posterior"))] = 5_000,
    least: Annotated[
        float,
        typer.Option("--least", help=say("effective draws of the posterior")),
    ] = 500,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            "--weight",
            metavar="PATTERN=NUMBER",
            help=say("weight of a pattern; may be repeated (default: 1)"),
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[Path | None, folder_option(posterior=True)] = None,
    workers: Annotated[int | None, workers_option()] = None,
    chart: Annotated[Path | None, chart_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Calibrate, and tell what was learned and what was not."""
    from whipcount.questions.calibrate import calibrate as answer_of

    loaded = load_scenario(scenario, account, set_, variant)
    with resumable(out), progress_bar(simulations + 2 * predictive) as progress:
        answer = answer_of(
            loaded, simulations, seed, generations=generations, predictive=predictive, least=least,
            weights=_weights(weight or []), out=out, progress=progress, workers=workers or cores(),
        )  # fmt: skip
    tell(answer, as_json=as_json, chart=chart)


def _weights(given: list[str]) -> dict[str, float]:
    from whipcount.errors import UsageError

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

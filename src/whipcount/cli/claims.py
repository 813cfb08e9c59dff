"""`whipcount claims`: every claim of the sources, tested."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .keeping import folder_option, resumable
from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text, note, show_json
from .run import RUNS, cores, progress_bar, seed_option, workers_option
from .told import tell

ORDER = 41


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "claims",
        help=help_text(
            "Test every claim of the sources: supported, contradicted, undetermined, or built into the model.",
            "whipcount claims november-1917",
            "whipcount claims november-1917 --claim s205_only_leaving --posterior posterior.parquet",
            "whipcount claims two-bodies -n 1000 --no-structures --page claims.html",
        ),
    )(claims)


def claims(
    scenario: Annotated[str, scenario_argument()],
    claim: Annotated[
        list[str] | None,
        typer.Option(
            "--claim",
            metavar="ID",
            help=say("only this claim; may be repeated"),
            show_default=False,
        ),
    ] = None,
    runs: Annotated[int, typer.Option("-n", "--runs", help=say("pairs of worlds a test"), min=4)] = RUNS,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    posterior: Annotated[
        Path | None,
        typer.Option(
            "--posterior",
            metavar="FILE",
            show_default=False,
            help=say("parameters from this Parquet file, not the priors"),
        ),
    ] = None,
    structures: Annotated[
        bool,
        typer.Option(
            "--structures/--no-structures",
            help=say("hold verdicts against rival structures"),
        ),
    ] = True,
    workers: Annotated[int | None, workers_option()] = None,
    out: Annotated[Path | None, folder_option()] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--page",
            metavar="FILE",
            show_default=False,
            help=say("write the ledger as a page (.html or .md)"),
        ),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Test the claims and print the ledger."""
    from whipcount.counterfactual.rival_structures import RIVALS
    from whipcount.questions.claims import claims as ledger_of

    loaded = load_scenario(scenario, account, set_, variant)
    with resumable(out), progress_bar(runs) as progress:
        ledger = ledger_of(
            loaded, runs, seed, workers or cores(), only=claim or (), posterior=posterior,
            structures=RIVALS if structures else (), out=out,
            progress=lambda done, total: progress(done * runs // max(total, 1), runs),
        )  # fmt: skip
    if page is not None:
        from whipcount.report.claims_page import write_page

        write_page(ledger, page)
        note(say("page: {page}", page=page))
    if as_json:
        show_json(ledger.record()["claims"])
    else:
        tell(ledger)

"""`whipcount prior`: what the priors say of every documented outcome, before any comparison with history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.table import Column, Table
from whipcount.text import say

from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text, note, show, show_json
from .run import (
    RUNS,
    estimate_cells,
    label_cells,
    label_column,
    run_with_progress,
    runs_option,
    seed_option,
    workers_option,
)

if TYPE_CHECKING:
    from whipcount.results.predictive import PriorPage

ORDER = 35


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "prior",
        help=help_text(
            "The prior predictive page: every documented outcome under the priors, and what they all but settle.",
            "whipcount prior november-1917",
            "whipcount prior november-1917 --out docs/prior.md",
        ),
    )(prior)


def prior(
    scenario: Annotated[str, scenario_argument()],
    runs: Annotated[int, runs_option()] = RUNS,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PAGE.md", help=say("write the page as Markdown")),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="FOLDER",
            help=say("run folder (default: runs/NAME-KEY)"),
            show_default=False,
        ),
    ] = None,
    workers: Annotated[int | None, workers_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Run from the priors (or read the folder of such a run) and print the page."""
    from whipcount.results.predictive import markdown, prior_page
    from whipcount.store import write_whole

    loaded = load_scenario(scenario, account, set_, variant)
    page = prior_page(run_with_progress(loaded, runs, seed, folder, workers))
    if out is not None:
        write_whole(out, markdown(page).encode())
        note(say("{out} written", out=out))
    if as_json:
        show_json(json_of(page))
    else:
        show([_outcomes(page), _extremes(page)])


def json_of(page: PriorPage) -> dict[str, object]:
    """The page as one object."""
    return {
        "scenario": page.slug,
        "account": page.account,
        "runs": page.runs,
        "seed": page.seed,
        "outcomes": [outcome.record() | {"happened": outcome.happened} for outcome in page.outcomes],
        "extremes": [
            {"name": outcome.name, "estimate": outcome.estimate, "meaning": text} for outcome, text in page.extremes
        ],
    }


def _outcomes(page: PriorPage) -> Table:
    from whipcount.results.summary import figures

    columns = (
        Column("name", say("outcome")),
        *label_column(),
        Column("model", say("priors"), right=True),
        Column("interval", "95%", right=True),
        Column("crisis", say("given a crisis"), right=True),
        Column("happened", say("happened"), right=True),
        Column("use", say("use")),
        Column("source", say("source")),
    )
    rows = tuple(
        (
            outcome.name,
            *label_cells(outcome),
            *estimate_cells(outcome),
            figures(outcome.crisis_probability, outcome.binary) if outcome.crisis_runs else None,
            outcome.happened,
            outcome.use,
            outcome.source,
        )
        for outcome in page.outcomes
    )
    title = f"{page.slug}: {page.runs} {say('runs from the priors, seed')} {page.seed}"
    about = say("given a crisis: in runs in which three or more persons left a seat, a post or the party")
    return Table("outcomes", title, columns, rows, about)


def _extremes(page: PriorPage) -> Table:
    columns = (
        Column("name", say("outcome")),
        Column("model", say("priors"), right=True),
        Column("happened", say("happened"), right=True),
        Column("meaning", say("what it means")),
    )
    rows = tuple(
        (outcome.name, estimate_cells(outcome)[0], outcome.happened, say(text)) for outcome, text in page.extremes
    )
    title = say("Nearly settled by the priors (under .02 or over .98)")
    return Table("extremes", title, columns, rows)

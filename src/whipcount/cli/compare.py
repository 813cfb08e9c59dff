"""`whipcount compare`: the run under two sources' accounts, in the same worlds."""

from __future__ import annotations

from typing import Annotated

import typer

from whipcount.text import say

from .ask import outcome_option
from .options import json_option, load_scenario, scenario_argument, set_option
from .output import help_text
from .run import RUNS, cores, progress_bar, runs_option, seed_option, workers_option
from .told import tell

ORDER = 42


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "compare",
        help=help_text(
            "Does it matter which source is right? Two accounts, run in the same worlds.",
            "whipcount compare november-1917",
            "whipcount compare november-1917 A both -n 2000 --json",
        ),
    )(compare)


def compare(
    scenario: Annotated[str, scenario_argument()],
    accounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[A] [B]", show_default=False, help=say("two accounts (default: the first two)")),
    ] = None,
    outcome: Annotated[list[str] | None, outcome_option()] = None,
    runs: Annotated[int, runs_option()] = RUNS,
    seed: Annotated[int, seed_option()] = 1,
    set_: Annotated[list[str] | None, set_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Compare, and tell which difference matters."""
    from whipcount.questions.compare import compare as comparison_of

    loaded = load_scenario(scenario, None, set_)
    with progress_bar(runs) as progress:
        found = comparison_of(loaded, accounts or (), outcome or (), runs, seed, workers or cores(), progress=progress)
    tell(found, as_json=as_json)

"""`whipcount forecast`: an unfinished crisis, and what follows."""

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

ORDER = 44
RUNS = 20_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "forecast",
        help=help_text(
            "The crisis is not over: what follows, given what is known by a day, and which decision to watch.",
            "whipcount forecast november-1917 --until 1917-11-16",
            "whipcount forecast two-bodies --until 2030-03-11 --facts today.yaml --json",
        ),
    )(forecast)


def forecast(
    scenario: Annotated[str, scenario_argument()],
    until: Annotated[
        str,
        typer.Option("--until", metavar="DATE", help=say("the last day that is known (new style)")),
    ],
    facts: Annotated[
        Path | None,
        typer.Option(
            "--facts",
            metavar="FILE",
            help=say("YAML file of facts of your own"),
            show_default=False,
        ),
    ] = None,
    only_facts: Annotated[
        bool,
        typer.Option("--only-facts", help=say("leave out what the scenario documents")),
    ] = False,
    runs: Annotated[int, typer.Option("-n", "--runs", help=say("worlds to simulate"))] = RUNS,
    horizon: Annotated[int, typer.Option("--horizon", help=say("days in which the decision to watch comes"))] = 7,
    least: Annotated[float, typer.Option("--least", help=say("effective sample size asked for"))] = 200,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[Path | None, folder_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    chart: Annotated[Path | None, chart_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Forecast, and tell what to watch."""
    import datetime as dt

    from whipcount.errors import UsageError
    from whipcount.questions.forecast import forecast as answer_of

    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        raise UsageError.one("WC622", f"--until {until}: not a date", "write it 1917-11-16") from None
    loaded = load_scenario(scenario, account, set_, variant)
    with resumable(out), progress_bar(runs) as progress:
        answer = answer_of(
            loaded, day, runs, seed, facts=facts, documented_facts=not only_facts, horizon=horizon, least=least,
            out=out, progress=progress, workers=workers or cores(),
        )  # fmt: skip
    tell(answer, as_json=as_json, chart=chart)

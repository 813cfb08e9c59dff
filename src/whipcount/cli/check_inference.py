"""`whipcount check-inference`: does inference find parameters that are known?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .keeping import folder_option, resumable
from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text
from .progress import progress_bar
from .run import cores, seed_option, workers_option
from .told import chart_option, tell

ORDER = 49


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "check-inference",
        help=help_text(
            "Simulation-based calibration: does inference find parameters that are known, with honest intervals?",
            "whipcount check-inference two-bodies",
            "whipcount check-inference two-bodies --datasets 100 --table 1000 --each 20",
        ),
    )(check_inference)


def check_inference(
    scenario: Annotated[str, scenario_argument()],
    datasets: Annotated[int, typer.Option("--datasets", help=say("data sets whose parameters are known"))] = 500,
    table: Annotated[int, typer.Option("--table", help=say("worlds to infer from"))] = 4_000,
    each: Annotated[int, typer.Option("--each", help=say("crises in a data set"))] = 50,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[Path | None, folder_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    chart: Annotated[Path | None, chart_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Check, and tell which parameters' ranks are even."""
    from whipcount.questions.check_inference import check_inference as answer_of

    loaded = load_scenario(scenario, account, set_, variant)
    with resumable(out), progress_bar(table + datasets) as progress:
        answer = answer_of(
            loaded, datasets, table=table, each=each, seed=seed, out=out, progress=progress,
            workers=workers or cores(),
        )  # fmt: skip
    tell(answer, as_json=as_json, chart=chart)

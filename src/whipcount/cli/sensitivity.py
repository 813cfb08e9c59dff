"""`whipcount sensitivity`: which parameters and structures move an outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text
from .run import cores, progress_bar, seed_option, workers_option
from .told import chart_option, tell

ORDER = 48


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "sensitivity",
        help=help_text(
            "Which parameters and disputed structures move an outcome, and how much of it is chance?",
            "whipcount sensitivity two-bodies --outcome ultimatum_comes",
            "whipcount sensitivity two-bodies --outcome post_left --term leave.post.solidarity --term leave.post.duty",
            "whipcount sensitivity november-1917 --outcome none_leaves_party --method morris --chart moves.svg",
        ),
    )(sensitivity)


def sensitivity(
    scenario: Annotated[str, scenario_argument()],
    outcome: Annotated[str, typer.Option("--outcome", metavar="NAME", help=say("the outcome"))],
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="sobol|morris",
            help=say("Sobol indices, or Morris screening of every parameter"),
        ),
    ] = "sobol",
    points: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--points",
            help=say("base points (a power of two), or trajectories"),
            show_default="256, 10",
        ),
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", help=say("runs at each point"))] = 32,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="NAME",
            help=say("only this parameter; may be repeated"),
            show_default=False,
        ),
    ] = None,
    term: Annotated[
        list[str] | None,
        typer.Option(
            "--term",
            metavar="NAME",
            help=say("also with and without this named term, as leave.seat.voice; may be repeated"),
            show_default=False,
        ),
    ] = None,
    switches: Annotated[bool, typer.Option("--switches/--no-switches", help=say("vary disputed structures"))] = True,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    chart: Annotated[Path | None, chart_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Vary everything at once, and tell what moves the outcome."""
    from whipcount.questions.sensitivity import chosen_method, design_size
    from whipcount.questions.sensitivity import sensitivity as answer_of

    way = chosen_method(method)
    loaded = load_scenario(scenario, account, set_, variant)
    named, varied = parameter or None, None if switches else ()
    total = design_size(loaded, way, points, replicates, named, varied, term or ())
    with progress_bar(total) as progress:
        answer = answer_of(
            loaded, outcome, method=way, points=points, replicates=replicates, parameters=named, switches=varied,
            terms=term or (), seed=seed, progress=progress, workers=workers or cores(),
        )  # fmt: skip
    tell(answer, as_json=as_json, chart=chart)

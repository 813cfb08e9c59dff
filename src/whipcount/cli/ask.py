"""`whipcount ask`: the same worlds with one thing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from whipcount.text import say

from .keeping import folder_option, resumable
from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text
from .run import RUNS, cores, progress_bar, runs_option, seed_option, workers_option
from .told import chart_option, tell

ORDER = 40


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "ask",
        help=help_text(
            "What if? The same worlds with one thing changed, run by run: what it does to every outcome.",
            "whipcount ask november-1917 --do 'event.leaders_return = removed'",
            "whipcount ask november-1917 --do 'opposition.leave.seat = no' --given ultimatum_in_time",
            "whipcount ask two-bodies --do 'param.leave.voice = 0' --outcome post_left -n 2000 --json",
        ),
    )(ask)


def do_option() -> Any:
    """`--do`: an intervention."""
    text = say("what is to be different, for instance 'event.NAME = removed'; may be repeated")
    return typer.Option("--do", help=text, metavar="CHANGE", show_default=False)


def given_option() -> Any:
    """`--given`: a condition on the unchanged world."""
    text = say("only worlds that went so before the change: NAME, NAME=no, NAME>=3; may be repeated")
    return typer.Option("--given", help=text, metavar="OUTCOME", show_default=False)


def outcome_option() -> Any:
    """`--outcome`: one outcome."""
    text = say("only this outcome; may be repeated (default: all)")
    return typer.Option("--outcome", help=text, metavar="NAME", show_default=False)


def ask(
    scenario: Annotated[str, scenario_argument()],
    do: Annotated[list[str] | None, do_option()] = None,
    given: Annotated[list[str] | None, given_option()] = None,
    outcome: Annotated[list[str] | None, outcome_option()] = None,
    runs: Annotated[int, runs_option()] = RUNS,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[Path | None, folder_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    chart: Annotated[Path | None, chart_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Ask, and tell what changes."""
    from whipcount.questions.ask import ask as answer_of

    loaded = load_scenario(scenario, account, set_, variant)
    with resumable(out), progress_bar(runs) as progress:
        answer = answer_of(
            loaded, do or (), given or (), outcome or (), runs, seed, workers or cores(), out=out, progress=progress
        )
    tell(answer, as_json=as_json, chart=chart)

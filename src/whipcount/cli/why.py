"""`whipcount why`: why an outcome did or did not come about in a run."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from whipcount.text import say

from .options import account_option, json_option, load_scenario, set_option, variant_option
from .output import help_text
from .run import progress_bar
from .told import tell
from .transcript import is_run_folder, refuse_with_folder, run_option, seed_option, source_argument

ORDER = 34


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "why",
        help=help_text(
            "Why did an outcome (not) come about in a run? Choices that led there, and which were pivotal.",
            "whipcount why november-1917 --run 7 --outcome no_congress",
            "whipcount why runs/november-1917-0a1b2c3d --run 7 --outcome talks_fail --flips 60",
        ),
    )(why)


def _outcome_option() -> Any:
    text = say("the outcome to explain")
    return typer.Option("--outcome", help=text, metavar="NAME", show_default=False)


def why(
    source: Annotated[str, source_argument()],
    outcome: Annotated[str, _outcome_option()],
    run: Annotated[int, run_option()] = 0,
    seed: Annotated[int | None, seed_option()] = None,
    flips: Annotated[int, typer.Option("--flips", help=say("open decisions to try otherwise"), min=0)] = 24,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Explain, and print what was pivotal."""
    from whipcount.questions.why import why as why_of

    parameters = None
    if is_run_folder(source):
        from whipcount.results import open_run

        from .explain import _given_parameters

        refuse_with_folder(seed=seed, account=account, variant=variant, set=set_)
        results = open_run(source)
        loaded, seed = results.loaded(), results.seed
        parameters = _given_parameters(results, run)
    else:
        loaded = load_scenario(source, account, set_, variant)
    with progress_bar(max(flips, 1)) as progress:
        found = why_of(
            loaded, outcome, run, 1 if seed is None else seed, flips, parameters=parameters, progress=progress
        )
    tell(found, as_json=as_json)

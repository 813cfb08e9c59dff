"""`whipcount odd`: the model description of a scenario by the ODD protocol."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .options import account_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text, note

ORDER = 29


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "odd",
        help=help_text(
            "Write the model description of a scenario by the ODD protocol, as Markdown.",
            "whipcount odd november-1917 > odd.md",
            "whipcount odd two-bodies --out odd.md",
        ),
    )(odd)


def odd(
    scenario: Annotated[str, scenario_argument()],
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help=say("write into this file"), show_default=False),
    ] = None,
) -> None:
    """Generate the text from the scenario and the mechanisms' declarations."""
    from whipcount.report.odd import odd_text

    text = odd_text(load_scenario(scenario, account, set_, variant))
    if out is None:
        sys.stdout.write(text)
        return
    from whipcount.store import write_whole

    write_whole(out, text.encode())
    note(str(out))

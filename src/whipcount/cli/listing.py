"""`whipcount list`: the scenarios that come with the package."""

from __future__ import annotations

from typing import Annotated

import typer

from whipcount.table import Column, Table
from whipcount.text import say

from .options import json_option
from .output import help_text, show

ORDER = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "list",
        help=help_text("List the scenarios that come with whipcount.", "whipcount list", "whipcount list --json"),
    )(list_scenarios)


def list_scenarios(as_json: Annotated[bool, json_option()] = False) -> None:
    """Print name, title, calendar and size of each scenario."""
    from whipcount.scenario import load, names

    rows = []
    for name in names():
        scenario = load(name).scenario
        calendar = scenario.calendar
        rows.append(
            (
                name,
                scenario.title.in_language(),
                calendar.start,
                calendar.end,
                calendar.step_days,
                len(scenario.actors),
                len(scenario.bodies),
                len(scenario.outcomes),
                tuple(account.id for account in scenario.accounts),
            )
        )
    columns = (
        Column("name", say("name")),
        Column("title", say("title"), wide=True),
        Column("start", say("from")),
        Column("end", say("to")),
        Column("step_days", say("step, days"), "g", right=True, priority=2),
        Column("actors", say("actors"), right=True),
        Column("bodies", say("bodies"), right=True),
        Column("outcomes", say("outcomes"), right=True),
        Column("accounts", say("accounts"), priority=2),
    )
    show(Table("scenarios", say("Scenarios"), columns, tuple(rows)), as_json=as_json)

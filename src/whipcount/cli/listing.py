"""`whipcount list`: the scenarios that come with the package."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import json_option
from .output import Column, Table, help_text, language, say, show

ORDER = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "list",
        help=help_text(
            "List the scenarios that come with whipcount.",
            "Перечислить сценарии, входящие в whipcount.",
            "whipcount list",
            "whipcount list --json",
        ),
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
                scenario.title.in_language(language()),
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
        Column("name", say("name", "имя")),
        Column("title", say("title", "название")),
        Column("start", say("from", "с")),
        Column("end", say("to", "по")),
        Column("step_days", say("step, days", "шаг, дней"), "g", right=True),
        Column("actors", say("actors", "участников"), right=True),
        Column("bodies", say("bodies", "органов"), right=True),
        Column("outcomes", say("outcomes", "исходов"), right=True),
        Column("accounts", say("accounts", "версии")),
    )
    show(Table("scenarios", say("Scenarios", "Сценарии"), columns, tuple(rows)), as_json=as_json)

"""The scenarios that come with the package."""

from __future__ import annotations

from whipcount.table import Column, Table
from whipcount.task import task
from whipcount.text import mark, say_many

from ._listed import Listed


@task("list", mark("List the scenarios that come with whipcount."), "whipcount list", "whipcount list --json", order=10)
def list_scenarios() -> Listed:
    """Name, title, calendar and size of each scenario."""
    from whipcount.scenario import load, names

    columns = (
        Column("name", "name"), Column("title", "title", wide=True), Column("start", "from"), Column("end", "to"),
        Column("step_days", "step, days", "g", right=True, priority=2), Column("actors", "actors", right=True),
        Column("bodies", "bodies", right=True), Column("outcomes", "outcomes", right=True),
        Column("accounts", "accounts", priority=2),
    )  # fmt: skip
    rows = []
    for name in names():
        scenario = load(name).scenario
        calendar, accounts = scenario.calendar, tuple(account.id for account in scenario.accounts)
        sizes = (len(scenario.actors), len(scenario.bodies), len(scenario.outcomes))
        title = scenario.title.in_language()
        rows.append((name, title, calendar.start, calendar.end, calendar.step_days, *sizes, accounts))
    table = Table("scenarios", "Scenarios", columns, tuple(rows))
    return Listed({}, (table,), say_many("{n} scenario", "{n} scenarios", len(rows)))

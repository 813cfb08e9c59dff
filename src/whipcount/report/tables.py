"""Tables for the terminal that say more than rows of numbers: outcomes with bars, and history beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.table import Column, Table
from whipcount.text import mark

from . import pages
from .explanation import bar

if TYPE_CHECKING:
    from whipcount.charts.material import Material


def outcome_tables(material: Material) -> list[Table]:
    """Outcomes, a table for each use: name, bar, the model's value with its interval, history, source."""
    columns = (
        Column("outcome", mark("outcome"), priority=0), Column("bar", "", priority=3),
        Column("model", mark("model"), right=True), Column("interval", "95%", right=True),
        Column("history", mark("history")), Column("source", mark("source"), priority=2),
    )  # fmt: skip
    return [
        Table(
            group.heading, group.heading, columns,
            tuple((row.name, " " if row.share is None else bar(row.share), row.value, row.interval, row.history or " ",
                   row.source or " ") for row in group.rows),
        )
        for group in pages.outcome_groups(material)
    ]  # fmt: skip


def extreme_table(material: Material) -> Table:
    """Outcomes that the priors all but settle, and what that means."""
    columns = (
        Column("outcome", mark("outcome"), priority=0), Column("model", mark("model"), right=True),
        Column("history", mark("history")), Column("crisis", mark("given a crisis"), right=True),
        Column("meaning", mark("what it means"), wide=True),
    )  # fmt: skip
    rows = tuple((row.name, row.value, row.history, row.crisis, row.meaning) for row in pages.extremes(material))
    return Table("extremes", mark("Nearly settled by the priors (under .02 or over .98)"), columns, rows)

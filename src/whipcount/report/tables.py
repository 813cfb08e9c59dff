"""Tables for the terminal that say more than rows of numbers: outcomes with bars, and history beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whipcount.text import say

from . import pages
from .explanation import bar

if TYPE_CHECKING:
    from whipcount.charts.material import Material


def outcome_table(material: Material) -> Any:
    """Outcomes by use: name, bar, the model's value with its interval, history, source; as a rich table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column(say("outcome"), overflow="fold")
    table.add_column("")
    table.add_column(say("model"), justify="right")
    table.add_column("95%", justify="right")
    table.add_column(say("history"))
    table.add_column(say("source"), overflow="fold")
    for place, group in enumerate(pages.outcome_groups(material)):
        if place:
            table.add_row()
        table.add_row(Text(group.heading, style="bold"))
        for row in group.rows:
            table.add_row(
                Text(row.name),
                Text("" if row.share is None else bar(row.share), style="blue"),
                Text(row.value, style="bold"),
                Text(row.interval, style="dim"),
                Text(row.history, style="bold red" if row.agrees is False else ""),
                Text(row.source, style="dim"),
            )
    return table


def extreme_table(material: Material) -> Any:
    """Outcomes that the priors all but settle, and what that means; as a rich table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    titles = (
        say("outcome"),
        say("model"),
        say("history"),
        say("given a crisis"),
        say("what it means"),
    )
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in pages.extremes(material):
        table.add_row(*(Text(cell) for cell in (row.name, row.value, row.history, row.crisis, row.meaning)))
    return table

"""The list of commands in groups: where a command stands in it follows from its place in the order of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import typer.core

from whipcount.task import COUNTING
from whipcount.text import mark, say

# the first place of each group in the order in which commands are listed
GROUPS = (
    (0, mark("Scenarios")),
    (30, mark("Runs")),
    (40, mark("Questions")),
    (COUNTING[0], mark("Counting votes and seats")),
    (COUNTING[1], mark("Data")),
)


def add_in_order(app: typer.Typer, adding: Iterable[tuple[float, Callable[[typer.Typer], None]]]) -> None:
    """Add commands by their places, each in the group of its place."""
    for place, add in sorted(adding, key=lambda one: one[0]):
        commands, families = len(app.registered_commands), len(app.registered_groups)
        add(app)
        title = say([title for first, title in GROUPS if first <= place][-1])
        for command in app.registered_commands[commands:]:
            command.rich_help_panel = title
        for family in app.registered_groups[families:]:
            family.rich_help_panel = title


class Grouped(typer.core.TyperGroup):
    """A group of commands whose help lists them under headings."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, a section for each group, in the order in which they were added."""
        del ctx
        indent = max(map(len, self.commands), default=0)
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            told = command.get_short_help_str(formatter.width - 6 - indent)
            sections.setdefault(getattr(command, "rich_help_panel", ""), []).append((name.ljust(indent), told))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)

"""What commands print: tables as text or as one JSON object, in the reader's language."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from whipcount.table import Table, plain
from whipcount.text import say

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_OF_LISTS = 36
WIDTH_OF_FILES = 160  # columns of a table written to a file or a pipe, where no terminal says how wide it is


def help_text(text: str, *examples: str) -> str:
    """A command's help in the reader's language, with its examples kept line by line."""
    told = say(text)
    if examples:
        lines = "\n".join(f"  {example}" for example in examples)
        told += f"\n\n\b\n{say('Examples:')}\n{lines}"
    return told


def show(tables: Table | Sequence[Table], *, as_json: bool = False, **head: Any) -> None:
    """Print tables for people, or as one JSON object `{**head, table.name: [records]}` and nothing else."""
    many = (tables,) if isinstance(tables, Table) else tuple(tables)
    if as_json:
        show_json({**head, **{table.name: table.records() for table in many}})
        return
    console = console_for_output()
    for table in many:
        _print_table(console, table)


def show_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write one JSON object, or a list, to standard output; numbers that are not finite become null."""
    import json

    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def console_for_output() -> Console:
    """The terminal to print on: as wide as it is, or wide enough for a file, and coloured only for people."""
    import os

    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_FILES
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def note(text: str) -> None:
    """Tell the reader something beside the result: on standard error, so that pipes stay clean."""
    sys.stderr.write(text + "\n")


def _print_table(console: Console, table: Table) -> None:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    if table.title:
        console.print(Text(table.heading(), style="bold"))
    if table.rows:
        grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for column in table.columns:
            grid.add_column(
                Text(column.heading()),
                justify="right" if column.right else "left",
                overflow="fold",
                min_width=min(WIDTH_OF_LISTS, console.width // 4) if column.wide else None,
            )
        for row in table.texts():
            grid.add_row(*(Text(text) for text in row))
        console.print(grid)
    else:
        console.print(Text(say("none"), style="dim"))
    if table.note:
        console.print(Text(table.note, style="dim"))
    console.print()

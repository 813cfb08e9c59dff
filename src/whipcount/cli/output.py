"""What commands print: tables as text or as one JSON object, in the reader's language."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whipcount.table import Table, plain
from whipcount.text import say

if TYPE_CHECKING:
    from rich.console import Console

REFUTED = 3  # exit code: what was to be checked does not hold
WIDTH_OF_HELP = 110  # help reads no better where it is wider
WIDTH_OF_FILES = 160  # columns of a table written to a file or a pipe, where no terminal says how wide it is


@dataclass(frozen=True)
class Manner:
    """How the reader wants to be told: every column however wide (`--wide`), nothing beside the result (`--quiet`)."""

    wide: bool = False
    quiet: bool = False


_manner = [Manner()]


@contextlib.contextmanager
def in_manner(manner: Manner) -> Iterator[None]:
    """Within the block, results are printed so."""
    _manner.append(manner)
    try:
        yield
    finally:
        _manner.pop()


def is_quiet() -> bool:
    """Whether nothing but results and errors is printed."""
    return _manner[-1].quiet


def help_text(text: str, *examples: str) -> str:
    """A command's help in the reader's language, with its examples kept line by line."""
    told = say(text)
    if examples:
        lines = "\n".join(in_lines(example) for example in examples)
        told += f"\n\n\b\n{say('Examples:')}\n{lines}"
    return told


def in_lines(command: str, indent: str = "  ") -> str:
    """A command to copy, continued as shells do where it is longer than the terminal is wide."""
    width = min(shutil.get_terminal_size().columns, WIDTH_OF_HELP) - len(indent) - 4
    lines = [""]
    for part in re.findall(r"""'[^']*'|"[^"]*"|\S+""", command):
        if lines[-1] and len(lines[-1]) + len(part) >= width:
            lines.append("")
        lines[-1] += f" {part}" if lines[-1] else part
    return f" \\\n{indent}    ".join([indent + lines[0], *lines[1:]])


def show(tables: Table | Sequence[Table], *, as_json: bool = False, **head: Any) -> None:
    """Print tables for people, or as one JSON object `{**head, table.name: [records]}` and nothing else."""
    many = (tables,) if isinstance(tables, Table) else tuple(tables)
    if as_json:
        show_json({**head, **{table.name: table.records() for table in many}})
        return
    console = console_for_output()
    for table in many:
        print_table(console, table)


def show_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write one JSON object, or a list, to standard output; numbers that are not finite become null."""
    import json

    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def has_width() -> bool:
    """Whether the output has a width that lines must keep to: that of a terminal, or one that is asked for."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def console_for_output() -> Console:
    """The terminal to print on: as wide as it is, or wide enough for a file, and coloured only for people."""
    from rich.console import Console

    return Console(file=sys.stdout, width=None if has_width() else WIDTH_OF_FILES, highlight=False, soft_wrap=False)


def print_words(text: str) -> None:
    """Print sentences, broken between words where the output has a width."""
    from whipcount.text.layout import paragraphs

    sys.stdout.write((paragraphs(text, console_for_output().width) if has_width() else text) + "\n")


def note(text: str) -> None:
    """Tell the reader something beside the result: on standard error, so that pipes stay clean."""
    if not is_quiet():
        sys.stderr.write(text + "\n")


def in_colour(text: str, code: str) -> str:
    """A text in a terminal's colour on standard error, where there is a terminal and colour is not refused.

    NO_COLOR is the convention of no-color.org: set to anything, it refuses colour.
    """
    plain = not sys.stderr.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not text else f"\x1b[{code}m{text}\x1b[0m"


def print_table(console: Console, table: Table) -> None:
    """Print a table for people: columns that do not fit fold away, and are named below."""
    from rich.text import Text

    from whipcount.text.layout import Field, drawn, paragraphs

    def put(text: str, style: str) -> None:
        console.print(Text(paragraphs(text, console.width), style=style), soft_wrap=True)

    if table.title:
        put(table.heading(), "bold")
    folded: tuple[str, ...] = ()
    if table.rows:
        cells = zip(*table.texts(), strict=True)
        fields = [
            Field(column.heading(), found, column.right, column.wide, column.priority, column.ends(before))
            for before, column, found in zip((None, *table.columns), table.columns, cells, strict=False)
        ]
        wide = _manner[-1].wide
        width = max(console.width, WIDTH_OF_FILES) if wide else console.width
        lines, folded = drawn(fields, width, folding=has_width() and not wide)
        for line in lines:
            console.print(Text.assemble(*line), soft_wrap=True)
    else:
        put(say("none"), "dim")
    if table.note:
        put(table.note, "dim")
    if folded:
        put(say("no room for: {columns} (--wide shows them)", columns=", ".join(folded)), "dim")
    console.print()

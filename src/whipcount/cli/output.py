"""What commands print: frozen tables as text or as one JSON object, in English or Russian."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")
WIDTH_OF_LISTS = 36
WIDTH_OF_FILES = 160  # columns of a table written to a file or a pipe, where no terminal says how wide it is

_language: ContextVar[Language] = ContextVar("language", default="en")


def language() -> Language:
    """The language that this command speaks: from `--lang`, else `WHIPCOUNT_LANG`, else English."""
    return _language.get()


def speak(chosen: Language) -> None:
    """Speak `chosen` from here on (called once by `main`, before the commands are registered)."""
    _language.set(chosen)


def say(en: str, ru: str) -> str:
    """The text in the language that this command speaks."""
    return ru if language() == "ru" else en


def help_text(en: str, ru: str, *examples: str) -> str:
    """A command's help in the reader's language, with its examples kept line by line."""
    text = say(en, ru)
    if examples:
        lines = "\n".join(f"  {example}" for example in examples)
        text += f"\n\n\b\n{say('Examples:', 'Примеры:')}\n{lines}"
    return text


@dataclass(frozen=True)
class Column:
    """A column: its key in JSON, its title for people, how numbers are written and to which side they lean.

    A `wide` column holds lists or sentences, and gets what room the others leave.
    """

    key: str
    title: str
    format: str = ""
    right: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Shown:
    """A value that people read as `text` and programs as it is."""

    value: Any
    text: str


@dataclass(frozen=True)
class Table:
    """A titled table; `name` is its key in JSON and `rows` hold raw values in the order of `columns`."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column key, values as they are."""
        return [dict(zip((column.key for column in self.columns), row, strict=True)) for row in self.rows]


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


def plain(value: Any) -> Any:
    """The value as JSON can carry it: dates in ISO form, tuples as lists, missing numbers as null."""
    if isinstance(value, Shown):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return plain(value.item()) if hasattr(value, "item") else str(value)


def console_for_output() -> Console:
    """The terminal to print on: as wide as it is, or wide enough for a file, and coloured only for people."""
    import os

    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_FILES
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def note(text: str) -> None:
    """Tell the reader something beside the result: on standard error, so that pipes stay clean."""
    sys.stderr.write(text + "\n")


def cell(value: Any, column: Column) -> str:
    """One cell as people read it: missing values as a dash, yes and no in words, lists with commas."""
    if isinstance(value, Shown):
        return value.text
    if value is None or value == "" or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, bool):
        return say("yes", "да") if value else say("no", "нет")
    if isinstance(value, (int, float)):
        return format(value, column.format or ("" if isinstance(value, int) else ".3g"))
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(cell(item, column) for item in value)
    return str(value)


def _print_table(console: Console, table: Table) -> None:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    if table.title:
        console.print(Text(table.title, style="bold"))
    if table.rows:
        grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for column in table.columns:
            grid.add_column(
                Text(column.title),
                justify="right" if column.right else "left",
                overflow="fold",
                min_width=min(WIDTH_OF_LISTS, console.width // 4) if column.wide else None,
            )
        for row in table.rows:
            grid.add_row(*(Text(cell(value, column)) for value, column in zip(row, table.columns, strict=True)))
        console.print(grid)
    else:
        console.print(Text(say("none", "нет"), style="dim"))
    if table.note:
        console.print(Text(table.note, style="dim"))
    console.print()

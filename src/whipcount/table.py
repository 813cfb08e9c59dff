"""What every solver and question gives back: a frozen result that shows itself as tables, sentences, a chart and JSON.

Titles and names stand in English where they are declared, and are shown in the reader's language.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from .errors import UsageError
from .table_files import csv, latex, markdown, write_tables
from .text import count, localised, say, say_as, speaking

if TYPE_CHECKING:
    import polars

DASH = "–"
ARTISTS = "whipcount.charts"  # who draws results: loaded by name, when a chart is asked for

LINES = 12  # of a result's representation


@dataclass(frozen=True)
class Column:
    """A column of a table: its key, its title, how its numbers are written and to which side they lean.

    key: its name in frames and JSON. title: in English. format: of numbers, as in `format(value, ".3f")`. wide: holds
    lists or sentences, and takes the room that others leave. priority: where a terminal is too narrow, columns of the
    highest number fold away first; 0 stays. names: what keys in it are called, in English.
    """

    key: str
    title: str
    format: str = ""
    right: bool = False
    wide: bool = False
    priority: int = 1
    names: Mapping[str, str] = field(default_factory=dict)

    def heading(self) -> str:
        """The title in the reader's language."""
        return say_as("column", self.title)

    def ends(self, before: Column | None) -> bool:
        """Whether it is the upper end of the interval whose lower end the column before it is."""
        return before is not None and self.key.endswith("high") and before.key == f"{self.key[:-4]}low"

    def cell(self, value: Any) -> str:
        """A value as people read it: missing ones as a dash, yes and no in words, lists with commas."""
        if isinstance(value, Shown):
            return value.text
        if value is None or value == "" or (isinstance(value, float) and value != value):
            return DASH
        if isinstance(value, bool):
            return say("yes") if value else say("no")
        if isinstance(value, (int, float)):
            form = self.format or ("" if isinstance(value, int) else ".3g")
            return localised(format(value, form)) if form else str(value)
        if isinstance(value, (list, tuple, set, frozenset)):
            return ", ".join(self.cell(item) for item in value)
        return say(self.names[value]) if isinstance(value, str) and value in self.names else str(value)


def figure(key: str, title: str, format: str = ".4f", priority: int = 1) -> Column:
    """A column of numbers, written with `format` and set to the right."""
    return Column(key, title, format, right=True, priority=priority)


@dataclass(frozen=True)
class Shown:
    """A value that people read as `text` and programs as it is."""

    value: Any
    text: str


@dataclass(frozen=True)
class Table:
    """A titled table of raw values, row by row in the order of its columns; `name` is its key in JSON."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""

    def heading(self) -> str:
        """The title in the reader's language."""
        return say(self.title) if self.title else ""

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column key, values as they are."""
        return [dict(zip((column.key for column in self.columns), row, strict=True)) for row in self.rows]

    def texts(self) -> list[list[str]]:
        """The rows as people read them."""
        return [[column.cell(value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows]

    def frame(self) -> polars.DataFrame:
        """The table as a polars frame, a column for each key."""
        import polars

        columns = {column.key: [plain(row[place]) for row in self.rows] for place, column in enumerate(self.columns)}
        return polars.DataFrame(columns, strict=False)

    def to_pandas(self) -> Any:
        """The table as a pandas frame. Raises UsageError (WC626) where pandas is not installed."""
        try:
            import pandas
        except ImportError:
            raise UsageError.one("WC626", "pandas is not installed", "pip install pandas, or use frame()") from None
        return pandas.DataFrame({name: values.to_list() for name, values in self.frame().to_dict().items()})

    def to_csv(self) -> str:
        """The table as CSV: keys of the columns, values as they are, lists joined by plus signs."""
        return csv(self)

    def to_latex(self) -> str:
        """The table as LaTeX (`\\usepackage{booktabs}`), its title the caption, cells as people read them."""
        return latex(self)

    def to_markdown(self) -> str:
        """The table as Markdown, as GitHub and pandoc read it, cells as people read them."""
        return markdown(self)

    def write(self, path: str | Path) -> tuple[Path, ...]:
        """Write the table as CSV, Parquet, Feather, XLSX, LaTeX or Markdown, by the suffix of the name (WC620)."""
        return write_tables((self,), Path(path))

    def html(self) -> str:
        """The table as an HTML fragment."""
        head = "".join(f"<th>{escape(column.heading())}</th>" for column in self.columns)
        sides = [' style="text-align:right"' if column.right else "" for column in self.columns]
        body = "".join(
            "<tr>" + "".join(f"<td{side}>{escape(text)}</td>" for side, text in zip(sides, row, strict=True)) + "</tr>"
            for row in self.texts()
        )
        caption = f"<caption>{escape(self.heading())}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return f"<{self.title or self.name}: {count(len(self.rows))} rows; {', '.join(c.key for c in self.columns)}>"


class Result(ABC):
    """What a solver or question found; subclasses are frozen dataclasses and name the works that define what they say.

    references: keys of the bibliography, or works. undrawn: why no module of `charts/` draws it; empty where one does.
    """

    references: ClassVar[tuple[str, ...]] = ()
    remarks: tuple[str, ...] = ()
    undrawn: ClassVar[str] = ""
    brief: ClassVar[tuple[str, ...]] = ()  # the tables that a terminal shows, all where none is named
    above: ClassVar[bool] = False  # whether its words stand above its tables there

    def __init_subclass__(cls) -> None:
        # a dataclass writes a representation of its own, of any length, unless the class has one
        cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    def told(self: Self, remarks: Iterable[str]) -> Self:
        """The same result with what was left out of its input, or read how: `remarks`, told beside the answer."""
        object.__setattr__(self, "remarks", tuple(remarks))
        return self

    @abstractmethod
    def tables(self) -> tuple[Table, ...]:
        """The result as tidy tables, the main one first."""

    @abstractmethod
    def sentences(self) -> str:
        """What the result says, in plain words of the reader's language."""

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The result as JSON can carry it."""

    def raw(self) -> str | None:
        """What a command prints as it is, in place of tables and words; None where it prints those."""
        return None

    def refuted(self) -> bool:
        """Whether what was to be checked does not hold; a command then ends with exit code 3."""
        return False

    def words(self, language: str | None = None) -> str:
        """What the result says, in plain words ("en" or "ru"; the session's language if not given)."""
        with speaking(language):
            return self.sentences()

    def _table(self, name: str | None) -> Table:
        """One of its tables, the main one if no name is given. Raises UsageError (WC627) for a name there is not."""
        tables = self.tables()
        for table in tables:
            if name in (None, table.name):
                return table
        known = ", ".join(table.name for table in tables)
        raise UsageError.one("WC627", f"no table {name!r} here", f"there are {known}" if known else "it has no tables")

    def frame(self, name: str | None = None) -> polars.DataFrame:
        """One of its tables as a polars frame, the main one if no name is given."""
        return self._table(name).frame()

    def to_pandas(self, name: str | None = None) -> Any:
        """One of its tables as a pandas frame, the main one if no name is given."""
        return self._table(name).to_pandas()

    def to_csv(self, name: str | None = None) -> str:
        """One of its tables as CSV, the main one if no name is given: keys of the columns, values as they are."""
        return self._table(name).to_csv()

    def to_latex(self, name: str | None = None, language: str | None = None) -> str:
        """One of its tables as LaTeX (`\\usepackage{booktabs}`), the main one if no name is given."""
        with speaking(language):
            return self._table(name).to_latex()

    def to_markdown(self, name: str | None = None, language: str | None = None) -> str:
        """One of its tables as Markdown, the main one if no name is given."""
        with speaking(language):
            return self._table(name).to_markdown()

    def write(self, path: str | Path, language: str | None = None) -> tuple[Path, ...]:
        """Write its tables as CSV, Parquet, Feather, XLSX, LaTeX or Markdown, by the suffix of the name (WC620)."""
        with speaking(language):
            return write_tables(self.tables(), Path(path))

    def chart(self, name: str | None = None, language: str | None = None) -> Any:
        """Its chart: shows itself in a notebook, `.save(path)` writes SVG, PNG or HTML. Raises UsageError (WC628)."""
        with speaking(language):
            return importlib.import_module(ARTISTS).chart_of(self, name)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(line)}</p>" for line in self.sentences().splitlines() if line)
        return said + "".join(table.html() for table in self.tables())

    def __repr__(self) -> str:
        lines = [f"<{type(self).__name__}>", *self.sentences().splitlines()]
        shown = [line if len(line) <= 160 else line[:159] + "…" for line in lines[:LINES]]
        return "\n".join(shown + ["…"] * (len(lines) > LINES))

    def __str__(self) -> str:
        return self.sentences()


def plain(value: Any) -> Any:
    """A value as JSON can carry it: dates in ISO form, tuples as lists, numbers that are not finite as null."""
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


def records(tables: Sequence[Table]) -> dict[str, Any]:
    """Tables as JSON can carry them, by name."""
    return {table.name: plain(table.records()) for table in tables}

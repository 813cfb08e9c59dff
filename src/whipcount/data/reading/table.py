"""A table as read: named columns of cells, the line of each row, and remarks on what was left out or read so.

Columns are asked for one by one, as text, numbers, dates or flags; only a column that is asked for can stop a command.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ...errors import Place, Problem, TableError
from ...text import mark, say
from .cells import BLANK, ERRORS, as_date, date_order, flag_of, is_open_date
from .names import tidy
from .numerals import Written, is_missing, missing_code, proofs, settle, written

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Remark:
    """Something that the reader of an answer should know of its input: what was left out, how marks were read."""

    text: str
    place: Place = field(default_factory=Place)

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}: {self.text}" if where else self.text


# what points at a footnote: seats*, votes[a]; written so that a long row of signs is looked at once
FOOTNOTE = re.compile(r"(?<![*†‡§¹²³\s])(?:\s*+(?:[*†‡§¹²³]|\[[\w*†‡ ]{1,7}\]))++$")


def fold(name: str) -> str:
    """A column's name as it is looked up: composed Unicode, small letters, one underscore for spaces and signs.

    Signs of footnotes at its end are no part of it.
    """
    plain = unicodedata.normalize("NFC", name).strip().strip("\ufeff\"'").casefold()
    plain = FOOTNOTE.sub("", plain) or plain
    return re.sub(r"[\s\-–.]+", "_", plain).strip("_") or plain


@dataclass(frozen=True, eq=False)
class Table:
    """Columns by folded name, the line of each row in the source (0 where it has none), and remarks.

    titles: names as they stand in the source. twice: names that stand twice and cannot be asked for. labels: words for
    the codes of a column, where the file has them. decimal: the decimal mark, where it was declared.
    """

    source: str
    frame: pl.DataFrame
    lines: Integers
    titles: Mapping[str, str] = field(default_factory=dict)
    twice: frozenset[str] = frozenset()
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    decimal: str | None = None
    remarks: list[Remark] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The folded names, in order."""
        return self.frame.columns

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.frame.height

    @property
    def stem(self) -> str:
        """The name of the source without folder and suffix."""
        return Path(self.source).name.removesuffix(".gz").rpartition(".")[0] or self.source

    def place(self, row: int) -> Place:
        """Where a row stands."""
        line = int(self.lines[row]) if row < len(self.lines) else 0
        return Place(self.source, line, 1 if line else 0)

    @property
    def top(self) -> Place:
        """Where the table begins."""
        return Place(self.source, 1, 1)

    def remark(self, text: str, row: int | None = None) -> None:
        """Add a remark, once."""
        found = Remark(text, Place(self.source) if row is None else self.place(row))
        if found not in self.remarks:
            self.remarks.append(found)

    def pick(self, known: Sequence[str]) -> str | None:
        """The first of some known names that the table has, or None; WC542 where it stands twice."""
        found = next((fold(name) for name in known if fold(name) in self.frame.columns), None)
        if found in self.twice:
            raise TableError.one("WC542", f"column {self.titles[found]!r} stands twice", "rename one", self.top)
        return found

    def need(self, known: Sequence[str], what: str, expected: str) -> str:
        """The same; WC542 where the table has none of them."""
        found = self.pick(known)
        if found is None:
            shown = [self.titles.get(name, name) for name in self.columns]
            listed = ", ".join(shown[:20]) + (" ..." if len(shown) > 20 else "")
            raise TableError.one("WC542", f"no {what}; the file has {listed}", f"expected header: {expected}", self.top)
        return found

    def only(self, rows: Sequence[int]) -> Table:
        """Some of the rows."""
        kept = np.asarray(rows, dtype=np.int64)
        return replace(self, frame=self.frame[kept.tolist()], lines=self.lines[kept])

    # -- text ---------------------------------------------------------------------------------------------------------

    def text(self, name: str) -> list[str]:
        """A column as tidy text, "" where the cell is empty; labels where the file has them (WC543)."""
        column = self.frame[name]
        words = self.labels.get(name, {})
        known: dict[Any, str] = {}
        for value in column.unique().to_list():
            known[value] = "" if value is None else tidy(words.get(value) or _as_text(value))
        if wrong := ERRORS.intersection(known.values()):
            row = next(row for row, value in enumerate(column) if known[value] in wrong)
            message = f"{self._called(name)} is {known[column[row]]!r}, an error of a spreadsheet"
            raise TableError.one("WC543", message, "mend the formula, or leave the cell empty", self.place(row))
        return [known[value] for value in column]

    def text_or_none(self, name: str) -> list[str | None]:
        """The same, None where the cell is empty or says that nothing is known."""
        return [None if cell in BLANK else cell for cell in self.text(name)]

    # -- numbers ------------------------------------------------------------------------------------------------------

    def numbers(
        self,
        name: str,
        *,
        needed: bool = True,
        low: float | None = None,
        high: float | None = None,
        whole: bool = False,
    ) -> list[float | None]:
        """A column as numbers, None where one is missing.

        needed: whether a missing one is an error (WC543). low, high: bounds that settle doubtful marks, not checked.
        whole: whole numbers are expected. WC543 for cells that are no numbers, WC519 for marks that stay doubtful.
        """
        found = self._numbers(name, low, high, whole)
        if needed:
            empty = [row for row, value in enumerate(found) if value is None]
            if empty:
                raise TableError(
                    *(
                        Problem("WC543", f"{self._called(name)} is empty", "give a number", self.place(row))
                        for row in empty[:20]
                    )
                )
        return found

    def number_problem(self, name: str) -> Problem | None:
        """Why a column cannot be read as numbers, or None."""
        try:
            self._numbers(name, None, None, False)
        except TableError as error:
            return error.problems[0]
        return None

    def _called(self, name: str) -> str:
        return self.titles.get(name, name)

    def _numbers(self, name: str, low: float | None, high: float | None, whole: bool) -> list[float | None]:
        values = self._values(name, low, high, whole)
        code = missing_code([value for value in values if value is not None])
        if code is not None:
            message = f"{self._called(name)} is {_as_text(code)}, a number by which tables say that none is known"
            hint = f"leave the cell empty; a value of {_as_text(code)} that is meant is written {code:.1f}"
            row = values.index(code)
            if _as_text(self.frame[name][row]) != f"{code:.1f}":
                raise TableError.one("WC519", message, hint, self.place(row))
        return values

    def _values(self, name: str, low: float | None, high: float | None, whole: bool) -> list[float | None]:
        column = self.frame[name]
        if column.dtype.is_numeric():
            return [None if value is None or value != value else float(value) for value in column]
        if column.dtype == pl.Boolean:
            return [None if value is None else float(value) for value in column]
        if column.dtype != pl.String:
            hint = "a column of numbers is expected"
            raise TableError.one("WC543", f"{self._called(name)} holds {column.dtype}", hint, self.top)
        cells = self._written(name)
        wrong = {text for text, one in cells.items() if one.form == "none"}
        if wrong:
            raise TableError(*self._no_numbers(name, column, wrong))
        percent = {one.percent for one in cells.values()}
        if len(percent) > 1:
            row = self._row_of(column, {text for text, one in cells.items() if one.percent})
            message = f"{self._called(name)} has numbers with and without a percent sign"
            raise TableError.one("WC519", message, "write them all in one way", self.place(row))
        decimal = self._decimal(name, column, cells, low, high, whole)
        values: dict[str, float] = {text: one.value(decimal) for text, one in cells.items()}
        short = next((text for text, one in cells.items() if "e" in one.digits.lower() and len(one.digits) > 5), None)
        if whole and short is not None:
            row = self._row_of(column, {short})
            self.remark(
                say(
                    "{column}: {short!r} is read as {value}; it may be rounded",
                    column=self._called(name),
                    short=short,
                    value=_as_text(values[short]),
                ),
                row,
            )
        endless = {text for text, value in values.items() if not math.isfinite(value)}
        if endless:
            raise TableError(*self._no_numbers(name, column, endless))
        return [values.get(text) if text is not None else None for text in column]

    def _written(self, name: str) -> dict[str, Written]:
        """The distinct cells of a column that are not missing, as their numbers are written."""
        return {text: written(text) for text in self.frame[name].drop_nulls().unique() if not is_missing(text)}

    def _row_of(self, column: pl.Series, texts: set[str]) -> int:
        return int(column.is_in(list(texts)).fill_null(False).arg_true()[0])

    def _no_numbers(self, name: str, column: pl.Series, wrong: set[str]) -> list[Problem]:
        rows = column.is_in(list(wrong)).fill_null(False).arg_true().to_list()
        more = f" ({len(rows)} such rows)" if len(rows) > 1 else ""
        return [
            Problem("WC543", f"{self._called(name)} is {column[row]!r}{more}", "give a number", self.place(row))
            for row in rows[:5]
        ]

    def _decimal(
        self,
        name: str,
        column: pl.Series,
        cells: Mapping[str, Written],
        low: float | None,
        high: float | None,
        whole: bool,
    ) -> str | None:
        """The decimal mark of a column, from what was declared or from evidence (WC519)."""
        doubtful = [text for text, one in cells.items() if one.form == "doubtful"]
        own = proofs(cells.values())
        if self.decimal is not None:
            if own - {self.decimal}:
                row = self._row_of(
                    column, {text for text, one in cells.items() if one.decimal not in (None, self.decimal)}
                )
                hint = f"the decimal mark was said to be {self.decimal!r}"
                raise TableError.one("WC519", f"{self._called(name)} is {column[row]!r}", hint, self.place(row))
            return self.decimal
        if not doubtful and len(own) < 2:
            return next(iter(own), None)
        settled, reason = settle(cells.values(), self._elsewhere(name), low, high, whole)
        row = self._row_of(column, set(doubtful) or set(cells))
        text = column[row]
        if settled is None and len(own) > 1:
            message = f"{self._called(name)} has numbers with decimal points and with decimal commas"
            raise TableError.one("WC519", message, "write them all in one way", self.place(row))
        if settled is None:
            mark = "," if "," in text else "."
            hint = f"{reason}: say --decimal point or --decimal comma, or write the numbers without {mark!r}"
            both = f"{_as_text(written(text).value('.'))} or {_as_text(written(text).value(','))}"
            raise TableError.one(
                "WC519", f"{self._called(name)} is {text!r}, which may be {both}", hint, self.place(row)
            )
        if doubtful:
            read = _as_text(cells[text].value(settled))
            self.remark(
                say(
                    "{column}: {text!r} is read as {read} ({reason})",
                    column=self._called(name),
                    text=text,
                    read=read,
                    reason=say(reason),
                ),
                row,
            )
        return settled

    def _elsewhere(self, name: str) -> frozenset[str]:
        """The decimal marks that the other columns of numbers prove."""
        found: frozenset[str] = frozenset()
        for other in self.frame.columns:
            if other == name or self.frame[other].dtype != pl.String:
                continue
            cells = self._written(other)
            if sum(one.form == "none" for one in cells.values()) * 2 < len(cells):
                found |= proofs(cells.values())
        return found

    def percent(self, name: str) -> bool:
        """Whether the numbers of a column carry percent signs."""
        if self.frame[name].dtype != pl.String:
            return False
        return any(one.percent for one in self._written(name).values())

    # -- dates and flags ----------------------------------------------------------------------------------------------

    def dates(self, name: str) -> list[dt.date | None]:
        """A column as dates: ISO, 31.12.2020, or 31/12/2020 where the order of day and month is told (WC519, WC543)."""
        column = self.frame[name]
        if column.dtype == pl.Date:
            return column.to_list()
        if column.dtype == pl.Datetime:
            return column.dt.date().to_list()
        texts = [_as_text(value) for value in column.drop_nulls().unique().to_list()]
        order = date_order([text for text in texts if not is_missing(text)])
        known = {text: as_date(text, order) for text in texts if not is_missing(text)}
        wrong = [text for text, value in known.items() if value is None]
        if wrong:
            row = next(row for row, value in enumerate(column) if value is not None and _as_text(value) in wrong)
            value = _as_text(column[row])
            if order is None and re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", value):
                hint = "write dates as 2020-12-31: here day and month may change places"
                raise TableError.one("WC519", f"{self._called(name)} is {value!r}", hint, self.place(row))
            raise TableError.one(
                "WC543", f"{self._called(name)} is {value!r}", "write dates as 2020-12-31", self.place(row)
            )
        if (doubtful := next(filter(is_open_date, known), None)) is not None:
            day_first = mark("{column}: {text!r} is read as {day} (other dates show the day first)")
            month_first = mark("{column}: {text!r} is read as {day} (other dates show the month first)")
            told = day_first if order == "day" else month_first
            self.remark(say(told, column=self._called(name), text=doubtful, day=known[doubtful]))
        return [None if value is None else known.get(_as_text(value)) for value in column]

    def flags(self, name: str) -> list[bool | None]:
        """A column as yes or no, None where it is empty (WC543)."""
        column = self.frame[name]
        known: dict[Any, bool | None] = {}
        for value in column.unique().to_list():
            if value is None or (isinstance(value, str) and is_missing(value) and value.strip() != "x"):
                known[value] = None
                continue
            found = flag_of(value)
            if found is None:
                row = next(row for row, cell in enumerate(column) if cell == value)
                hint = "write 1 or 0, yes or no"
                raise TableError.one("WC543", f"{self._called(name)} is {value!r}", hint, self.place(row))
            known[value] = found
        return [known[value] for value in column]


def _as_text(value: Any) -> str:
    """A cell as text: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()

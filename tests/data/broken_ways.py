"""Ways in which people's tables differ from clean ones, each by itself: the same numbers, or something to refuse.

A way takes rows of texts, the header first, and gives the content of a file. Ways of `WORKBOOKS` give a workbook.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl

Rows = list[list[str]]
Cell = Callable[[str], str]


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


def written(rows: Rows, separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def numbers(rows: Rows, change: Cell, only: int | None = None) -> Rows:
    """The rows with every number changed, or those of one column."""
    return [rows[0]] + [
        [change(cell) if is_number(cell) and only in (None, place) else cell for place, cell in enumerate(row)]
        for row in rows[1:]
    ]


def cell(change: Cell, row: int = 2, column: int = 1) -> Callable[[Rows], str]:
    """One cell changed."""

    def way(rows: Rows) -> str:
        rows[row][column] = change(rows[row][column])
        return written(rows)

    return way


def each(change: Cell, separator: str = ",", only: int | None = None) -> Callable[[Rows], str]:
    return lambda rows: written(numbers(rows, change, only), separator)


def header(change: Cell) -> Callable[[Rows], str]:
    return lambda rows: written([[change(name) for name in rows[0]], *rows[1:]])


def grouped(text: str, group: str, decimal: str = ".") -> str:
    whole, _, part = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    digits = f"{int(whole.lstrip('-')):,}".replace(",", group)
    return sign + digits + (decimal + part if part else "")


def with_column(rows: Rows, place: int, name: str, value: Callable[[int], str]) -> Rows:
    return [[*row[:place], name if not line else value(line), *row[place:]] for line, row in enumerate(rows)]


def mixed(rows: Rows) -> str:
    """The last row with decimal commas, the others with points."""
    return written([*rows[:-1], [one.replace(".", ",") if is_number(one) else one for one in rows[-1]]], ";")


def summed(rows: Rows, name: str, change: int = 0) -> list[str]:
    total = sum(float(row[1]) for row in rows[1:]) if is_number(rows[1][1]) else 0
    return [name, f"{total + change:g}", *[""] * (len(rows[0]) - 2)]


def signs(digits: str) -> Cell:
    return lambda text: "".join(digits[int(sign)] if sign.isdigit() else sign for sign in text)


def record(row: list[str], head: list[str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{json.dumps(one)}" for name, one in zip(head, row, strict=True)) + "}"


TEXTS: dict[str, Callable[[Rows], str]] = {
    "spaces in the header": header(lambda name: f"  {name} "),
    "hard spaces in the header": header(lambda name: f"\u00a0{name}\u2009"),
    "line breaks in the header": header(lambda name: name + "\n"),
    "footnotes in the header": header(lambda name: name + "[1]"),
    "stars in the header": header(lambda name: name + "*"),
    "a column twice": lambda rows: written([[*row, row[1] if not line else "7"] for line, row in enumerate(rows)]),
    "a column twice, in capitals": lambda rows: written(with_column(rows, 1, rows[0][1].upper(), lambda _: "7")),
    "a mark of byte order": lambda rows: "\ufeff" + written(rows),
    "two marks of byte order": lambda rows: "\ufeff\ufeff" + written(rows),
    "thin spaces": each(lambda text: grouped(text, "\u2009")),
    "narrow hard spaces": each(lambda text: grouped(text, "\u202f")),
    "apostrophes": each(lambda text: grouped(text, "’")),
    "underscores": each(lambda text: grouped(text, "_")),
    "commas group": each(lambda text: grouped(text, ",")),
    "points group": each(lambda text: grouped(text, ".", ","), ";"),
    "points group and divide": each(lambda text: grouped(text, ".", ".")),
    "minus signs": each(lambda text: text.replace("-", "\u2212")),
    "dashes for minus": each(lambda text: text.replace("-", "\u2013")),
    "minus behind": each(lambda text: text[1:] + "-" if text.startswith("-") else text),
    "brackets for minus": each(lambda text: f"({text[1:]})" if text.startswith("-") else text),
    "plus signs": each(lambda text: text if text.startswith("-") else "+" + text),
    "a percent sign": cell(lambda text: text + "%"),
    "decimal commas": each(lambda text: text.replace(".", ","), ";"),
    "both decimal marks": mixed,
    "arabic decimal marks": each(lambda text: text.replace(".", "٫"), ";"),
    "points on the middle": each(lambda text: text.replace(".", "·"), ";"),
    "empty lines first": lambda rows: "\n\n" + written(rows),
    "empty cells first": lambda rows: ",,,\n" + written(rows),
    "an empty column first": lambda rows: written([["", *row] for row in rows]),
    "numbers of rows": lambda rows: written(with_column(rows, 0, "", str)),
    "numbers of rows by pandas": lambda rows: written(with_column(rows, 0, "Unnamed: 0", str)),
    "ranks": lambda rows: written(with_column(rows, 0, "#", lambda line: f"{line}.")),
    "quotes around all": lambda rows: "\n".join(",".join(f'"{one}"' for one in row) for row in rows) + "\n",
    "single quotes": lambda rows: "\n".join(",".join(f"'{one}'" for one in row) for row in rows) + "\n",
    "texts of a spreadsheet": each(lambda text: "'" + text),
    "formulas of texts": each(lambda text: f'="{text}"'),
    "powers of ten": each(lambda text: f"{float(text):.6e}"),
    "three decimals": each(lambda text: text if "." in text else text + ".000"),
    "three decimals behind commas": each(lambda text: text.replace(".", ",") if "." in text else text + ",000", ";"),
    "zeros in front": each(lambda text: text.replace("-", "-00") if text.startswith("-") else "00" + text),
    "a star": cell(lambda text: text + "*"),
    "a footnote": cell(lambda text: text + "[1]"),
    "a small digit": cell(lambda text: text + "¹"),
    "a unit": each(lambda text: text + " MPs", only=1),
    "thousands as k": each(lambda text: text + "k", only=1),
    "about": cell(lambda text: "~" + text),
    "less than": cell(lambda text: "<" + text),
    "a range": cell(lambda text: text + "-90"),
    "a ratio": cell(lambda text: text + "/500"),
    "a change behind": cell(lambda text: text + " (+3)"),
    "full width": each(signs("０１２３４５６７８９")),
    "arabic digits": each(signs("٠١٢٣٤٥٦٧٨٩")),
    "raised digits": each(signs("⁰¹²³⁴⁵⁶⁷⁸⁹"), only=1),
    "hexadecimal": cell(lambda _: "0x43"),
    "true": cell(lambda _: "TRUE"),
    "an error": cell(lambda _: "#REF!"),
    "an empty cell": cell(lambda _: ""),
    "a dash": cell(lambda _: "–"),
    "a code of missing values": cell(lambda _: "-99", column=-1),
    "spaces around": lambda rows: written([rows[0], *([f" {one}\t" for one in row] for row in rows[1:])]),
    "invisible signs": lambda rows: written([rows[0], *([one + "\u200b" for one in row] for row in rows[1:])]),
    "separators at the ends": lambda rows: written([[*row, ""] for row in rows]),
    "separators at the ends of rows": lambda rows: written([rows[0], *([*row, ""] for row in rows[1:])]),
    "a cell more": lambda rows: written([*rows[:2], [*rows[2], "99"], *rows[3:]]),
    "a cell less": lambda rows: written([*rows[:2], [rows[2][0], *rows[2][2:]], *rows[3:]]),
    "rulers": lambda rows: written([rows[0], ["---"] * len(rows[0]), *rows[1:]]),
    "markdown": lambda rows: "\n".join(f"| {' | '.join(r)} |" for r in [rows[0], ["---"] * len(rows[0]), *rows[1:]]),
    "a comment": lambda rows: "# from the archive\n" + written(rows),
    "on its side": lambda rows: written([list(column) for column in zip(*rows, strict=True)]),
    "beside itself": lambda rows: written([[*row, "", *row] for row in rows]),
    "returns": lambda rows: written(rows).replace("\n", "\r"),
    "both ends of lines": lambda rows: written(rows[:3]).replace("\n", "\r\n") + written(rows[3:]),
    "an end of file": lambda rows: written(rows) + "\x1a",
    "strokes": lambda rows: written(rows, "|"),
    "columns by spaces": lambda rows: "\n".join("  ".join(one.ljust(14) for one in row) for row in rows) + "\n",
    "semicolons in the header": lambda rows: ";".join(rows[0]) + "\n" + written(rows[1:]),
    "a sum": lambda rows: written([*rows, summed(rows, "ВСЕГО:")]),
    "a sum that is wrong": lambda rows: written([*rows, summed(rows, "Total", 3)]),
}
JSONS: dict[str, Callable[[Rows], str]] = {
    "records": lambda rows: "[" + ",".join(record(row, rows[0]) for row in rows[1:]) + "]",
    "a name twice in a record": lambda rows: (
        "[" + ",".join(record([*row, "7"], [*rows[0], rows[0][1]]) for row in rows[1:]) + "]"
    ),
}


def as_it_is(_: Any) -> None:
    """A sheet as it is."""


def book(change: Callable[[Any], None] = as_it_is, above: Rows | None = None, texts: bool = False) -> Any:
    """A workbook of the rows, numbers as numbers unless they are kept as texts, and what is done to its sheet."""

    def way(rows: Rows) -> bytes:
        made = openpyxl.Workbook()
        sheet = made.active
        assert sheet is not None
        for row in above or []:
            sheet.append(row)
        for row in rows:
            sheet.append([float(one) if is_number(one) and not texts else one for one in row])
        change(sheet)
        content = io.BytesIO()
        made.save(content)
        return content.getvalue()

    return way


def set_cell(value: Any, form: str = "") -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        if value is not None:
            sheet["B3"].value = value
        if form:
            sheet["B3"].number_format = form

    return change


WORKBOOKS: dict[str, Callable[[Rows], bytes]] = {
    "plain": book(),
    "texts": book(texts=True),
    "a title over all": book(lambda sheet: sheet.merge_cells("A1:B1"), [["As it stood"]]),
    "a header over the header": book(lambda sheet: sheet.merge_cells("B1:C1"), [["", "Figures", ""]]),
    "a date for a number": book(set_cell(dt.datetime(2024, 3, 1))),
    "a number shown as a date": book(set_cell(None, "d-mmm")),
    "a number shown in thousands": book(set_cell(None, "#,##0,")),
    "true": book(set_cell(True)),
    "an error": book(set_cell("#REF!")),
    "two cells as one": book(lambda sheet: sheet.merge_cells("B3:B4")),
}

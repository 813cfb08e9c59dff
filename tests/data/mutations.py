"""Random changes of valid tables, as programs, countries and people make them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float | dt.date | None
TOTALS = ("Total", "Gesamt", "Sum", "TOTAL", "Summe:", "Итого")
MISSING = ("", "NA", "n/a", "-", "?", "k.A.", "н/д")
NOTES = (
    "* as the office counted it that day",
    "Source: the electoral office",
    "Quelle: Wahlleiter; eigene Zählung",
    "Note. See text",
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")


@dataclass(frozen=True)
class Clean:
    """A valid table: header and rows; `summed` are columns whose sums a row of totals may hold.

    words: columns whose texts may change case.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    summed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """How a file writes its cells."""

    separator: str
    decimal: str
    group: str
    minus: str
    dates: str
    places: int

    def cell(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, dt.date):
            return value.strftime(self.dates)
        if isinstance(value, int):
            return self._signed(f"{abs(value):,}".replace(",", self.group), value < 0)
        if isinstance(value, float):
            text = f"{abs(value):,.{self.places}f}" if self.places else f"{abs(value):,}"
            whole, _, part = text.partition(".")
            return self._signed(whole.replace(",", self.group) + (self.decimal + part if part else ""), value < 0)
        return value

    def _signed(self, text: str, negative: bool) -> str:
        return self.minus + text if negative else text


def style(draw: random.Random) -> Style:
    decimal = draw.choice(".,")
    group = draw.choice(["", "", ".", ",", " ", "'", "\u00a0", "\u202f", "’"])
    return Style(
        draw.choice([",", ";", "\t", "|"]),
        decimal,
        "" if group == decimal else group,
        draw.choice("-−–"),
        draw.choice(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT10:30:00"]),
        draw.choice([0, 0, 3, 4]),
    )


def mutated(clean: Clean, seed: int) -> tuple[bytes, str]:
    """A random change of a table: the bytes of a file, and what was done to it."""
    draw = random.Random(seed)
    way = style(draw)
    rows = [list(row) for row in clean.rows]
    draw.shuffle(rows)
    header, cells = list(clean.header), [[way.cell(value) for value in row] for row in rows]
    done = [repr(way)]
    for name in clean.words:
        case = draw.choice([str, str.upper, str.title])
        place = clean.header.index(name)
        for row in cells:
            row[place] = case(row[place])
    if clean.summed and draw.random() < 0.3:
        done.append("totals")
        total: list[str] = [draw.choice(TOTALS)] + [""] * (len(header) - 1)
        for name in clean.summed:
            place = clean.header.index(name)
            total[place] = way.cell(sum(row[place] for row in clean.rows))  # type: ignore[misc]
        cells.insert(draw.choice([0, len(cells)]), total)
    if draw.random() < 0.6:
        done.append("a column nobody asked for")
        place = draw.randrange(len(header) + 1)
        header.insert(place, draw.choice(["note", "website", "leader_age"]))
        for row in cells:
            row.insert(place, draw.choice([*MISSING, "new", "1.234", "12,5", "+2", "(3)", "41"]))
    header = [draw.choice([str, str.upper, str.title, lambda text: f" {text} "])(name) for name in header]
    done += _broken(draw, header, cells)
    return _written(draw, way, header, cells, done)


def _broken(draw: random.Random, header: list[str], cells: list[list[str]]) -> list[str]:
    """Now and then what people break: a cell lost, a row doubled, a letter for a digit, a header that stands again."""
    kind = draw.random()
    row = draw.choice(cells)
    if kind < 0.04:
        del row[draw.randrange(len(row))]
        return ["a cell lost"]
    if kind < 0.08:
        cells.append(list(row))
        return ["a row doubled"]
    if kind < 0.12:
        place = draw.randrange(len(row))
        row[place] = row[place].replace("1", "l").replace("0", "O")
        return ["letters for digits"]
    if kind < 0.16:
        cells.insert(draw.randrange(len(cells)), list(header))
        return ["the header stands again"]
    return []


def _written(
    draw: random.Random,
    way: Style,
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    done: list[str],
) -> tuple[bytes, str]:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if way.separator in text or draw.random() < 0.1 else text

    lines = [way.separator.join(map(quoted, row)) for row in [header, *cells]]
    if draw.random() < 0.2:
        done.append("a title")
        lines.insert(0, "The chamber as it stood")
    elif draw.random() < 0.2:
        done.append("sep=")
        lines.insert(0, f"sep={way.separator}")
    if draw.random() < 0.3:
        done.append("a footnote")
        lines.append(quoted(draw.choice(NOTES)))
    if draw.random() < 0.2:
        lines.insert(draw.randrange(2, len(lines)), draw.choice(["", way.separator * (len(header) - 1)]))
    if draw.random() < 0.2 and way.separator != "\t":
        done.append("separators at the ends")
        lines = [line + way.separator for line in lines]
    ending = draw.choice(["\n", "\r\n", "\r"])
    text = ending.join(lines) + draw.choice(["", ending])
    encoding = draw.choice(ENCODINGS)
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        content = text.encode("utf-8")
    return content, ", ".join([*done, encoding])

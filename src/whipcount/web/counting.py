"""Counting a visitor's table: the kinds of counts, their options, and the work of one in a guarded worker."""

from __future__ import annotations

import hashlib
import importlib
import io
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import WebError
from whipcount.table import Table
from whipcount.text import mark, speak

from . import downloads
from .uploads import Upload, laid_out
from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.report.chart import Chart
    from whipcount.table import Result

LINES = {"yes": "yes", "no": "no", "abstain": "abstain", "free": "none"}
MOST_ROWS = 400  # of a table shown on the page; files have them all


@dataclass(frozen=True)
class Option:
    """A field of a count's form."""

    name: str
    title: str
    example: str
    lines: bool = False


@dataclass(frozen=True)
class Kind:
    """A count: its name, what it is called and what it needs, its options, an example of a table."""

    name: str
    title: str
    needs: str
    header: str
    options: tuple[Option, ...]
    example: str
    settings: Mapping[str, str] | None = None


_PARLIAMENT = """party,seats,left_right,europe
Left,69,1.2,4.0
Greens,67,2.9,8.9
Labour,153,3.8,8.6
Centre,246,6.3,7.9
Liberals,80,6.7,7.0
Nation,92,9.2,1.5
"""
_GOVERNMENTS = """actor,capability,position,salience
NL,.08,4,.8
BE,.08,7,.4
LU,.03,4,.2
DE,.16,4,.8
FR,.16,10,.6
IT,.16,10,.6
UK,.16,10,.9
IE,.05,7,.1
DK,.05,4,1
GR,.08,7,.7
"""
_PARTIES = """party,seats,position,incumbent,premier
Left,30,2,0,0
Labour,90,3.5,1,1
Liberals,40,6,1,0
Conservatives,100,7.5,0,0
Nation,40,9,0,0
"""


def example_votes() -> str:
    """Roll calls of an invented chamber of three parties; some of one break the line over missions abroad."""
    rows = ["member,party,motion,title,date,vote"]
    lines = {"Labour": 1, "Liberals": 0, "Conservatives": 0}
    for motion in range(24):
        abroad = motion % 3 == 0
        title = f"Mission abroad {motion}" if abroad else f"Budget item {motion}"
        for seat in range(45):
            party = ("Labour", "Conservatives", "Liberals")[seat % 3]
            yes = lines[party] if party != "Liberals" else int(abroad or motion % 2)
            if party == "Labour" and seat < 12 and abroad and (seat + motion) % 5 < 3:
                yes = 0
            elif (7 * seat + 13 * motion) % 97 == 0:
                yes = 1 - yes
            vote = "yes" if yes else "no"
            rows.append(f"Member {seat},{party},m{motion},{title},20{motion // 12:02d}-{motion % 12 + 1:02d}-15,{vote}")
    return "\n".join(rows) + "\n"


_QUOTA = Option("quota", mark("Votes needed"), "51% · 62 · majority")
_POSITIONS = Option("positions", mark("Columns of positions"), "left_right,europe")
KINDS: dict[str, Kind] = {
    one.name: one
    for one in (
        Kind(
            "power", mark("Voting power"), mark("How often does each member's vote turn a decision?"), "party,seats",
            (_QUOTA, Option("blocked", mark("Who never join, a pair a line"), "Nation+Left", lines=True), _POSITIONS),
            _PARLIAMENT,
        ),
        Kind(
            "coalitions", mark("Coalitions"), mark("Who can govern with whom, and how far apart would they stand?"),
            "party,seats,left_right",
            (
                _QUOTA,
                Option("blocked", mark("Who will not govern together, a pair a line"), "Nation+Labour", True),
                _POSITIONS,
            ),
            _PARLIAMENT,
        ),
        Kind(
            "bargain", mark("Bargain"), mark("What do actors with positions, power and salience agree on?"),
            "actor,power,position,salience",
            (Option("model", mark("Models (all that fit, if left empty)"), "compromise,median,expected_utility"),
             Option("status_quo", mark("What stays without a deal"), "4")),
            _GOVERNMENTS,
        ),
        Kind(
            "formation", mark("Formation"), mark("Who governs after an election?"), "party,seats,position",
            (Option("scale", mark("Ends of the positions"), "0,10"),
             Option("total", mark("All seats, if some are missing"), "300")),
            _PARTIES,
        ),
        Kind(
            "whip", mark("Whip count"), mark("Who will vote how on a motion that is still to come?"),
            "member,party,motion,vote",
            (Option("title", mark("Title of the coming motion"), "Mission abroad: extension"),
             Option("line", mark("The line of each party, one a row"), "Labour=yes", lines=True),
             Option("like", mark("Or: title and lines of this earlier motion"), "m3"),
             Option("rule", mark("When it passes: cast, members, or a number of yes votes"), "cast")),
            "", {"like": "m21"},
        ),
        Kind(
            "unity", mark("Unity"), mark("How united do parties vote, and who breaks the line?"),
            "member,party,motion,vote", (), "",
        ),
        Kind(
            "ideal", mark("Ideal points"), mark("Where do members stand, as their votes tell?"),
            "member,party,motion,vote",
            (Option("dimensions", mark("Dimensions: 1 or 2"), "1"),), "",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class ShownTable:
    """A table as a page shows it: heads, which columns are numbers, rows of texts; `left_out` rows are not shown."""

    name: str
    title: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Counted:
    """What a count found, with everything that can be taken away."""

    words: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    title: str
    caption: str
    svg: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class CountWork:
    """A table to be counted."""

    kind: str
    upload: Upload
    options: tuple[tuple[str, str], ...]
    language: str
    seconds: float = 30.0
    memory: int = 1_000_000_000

    @property
    def key(self) -> str:
        """The same for the same table, counted in the same way, told in the same language."""
        identity = f"{self.kind} {self.upload.id} {self.options!r} {self.language}"
        return f"count-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"

    @property
    def limits(self) -> WorkLimits:
        """A stranger's table gets little time and memory."""
        return WorkLimits(self.seconds, self.memory)

    def orders(self) -> Sequence[str]:
        """One."""
        return ("count",)

    def size(self, order: str) -> int:  # noqa: ARG002 - there is only one
        """The whole."""
        return 1

    def begin(self) -> Callable[[str], Counted]:
        """Reading, counting, drawing; what they are done with is loaded before the limit of memory is set."""
        _tools()
        return self._counted

    def gather(self, answers: Sequence[tuple[str, Counted]]) -> Counted | None:
        """What was found."""
        return answers[0][1] if answers else None

    def _counted(self, order: str) -> Counted:  # noqa: ARG002 - there is only one
        speak(self.language)
        try:
            with tempfile.TemporaryDirectory(prefix="whipcount-") as folder:
                source = laid_out(self.upload, Path(folder))
                result, chart = _SOLVERS[self.kind](source, dict(self.options))
        except RecursionError:
            raise WebError.one("WC735", "the table is built too deeply to be read", "save it again as CSV") from None
        return packed(result, chart)


@cache
def _tools() -> None:
    """Load the libraries once: what their code takes of a process is not the table's."""
    import numpy as np
    import openpyxl  # noqa: F401
    import polars as pl
    import scipy.optimize
    import scipy.stats
    import vl_convert

    pl.DataFrame({"x": [1.0]}).write_parquet(io.BytesIO())
    scipy.stats.norm.cdf(scipy.optimize.minimize(np.linalg.norm, np.ones(2)).x)
    np.linalg.svd(np.eye(64))
    drawing = vl_convert.vegalite_to_svg({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {}})
    vl_convert.svg_to_png(drawing)


def packed(result: Result, chart: Chart) -> Counted:
    """A result as the page shows it and as files."""
    files = {"chart.svg": chart.svg().encode(), "chart.png": chart.png(), "chart.html": chart.html().encode()}
    for grid in result.tables():
        for kind in downloads.TABLES:
            content = downloads.table([grid], grid.name, kind)
            if content is not None:
                files[f"{grid.name}.{kind}"] = content
    words = tuple(result.words().splitlines())
    tables = tuple(shown(grid) for grid in result.tables() if grid.rows)
    return Counted(words, tables, chart.title, chart.caption, chart.svg(), files)


def shown(table: Table, most: int = MOST_ROWS) -> ShownTable:
    """A result's table in texts, keys of kinds and votes in the reader's words."""
    named = replace(table, columns=tuple(replace(one, names=_called(one.key)) for one in table.columns))
    return ShownTable(
        table.name,
        table.heading(),
        tuple(column.heading() for column in table.columns),
        tuple(column.right for column in table.columns),
        tuple(tuple(row) for row in replace(named, rows=table.rows[:most]).texts()),
        max(len(table.rows) - most, 0),
    )


def _called(key: str) -> Mapping[str, str]:
    if key == "kind":
        from whipcount.theory.formation import KINDS as CABINETS

        return CABINETS
    return LINES if key == "line" else {}


# -- one solver a kind -----------------------------------------------------------------------------------------------

Solved = tuple[Any, Any]


def _drawn(module: str, result: Any) -> Any:
    return importlib.import_module(f"whipcount.report.count_charts.{module}").draw(result)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for line in text.splitlines():
        first, plus, second = line.partition("+")
        if line.strip() and not plus:
            raise WebError.one("WC736", f"{line.strip()[:80]!r} is not a pair", "write it as A+B, one a line")
        if plus:
            found.append((first.strip(), second.strip()))
    return tuple(found)


def _numbers(text: str, count: int | None = None) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in _words(text))
    except ValueError:
        numbers = ()
    if not numbers or not all(math.isfinite(number) for number in numbers) or count not in (None, len(numbers)):
        raise WebError.one("WC736", f"{text[:80]!r} is not {count or 'a list of'} numbers", "write it as 0,10")
    return numbers


def _quota(text: str, total: int) -> int:
    """A number, a percentage, or more than half."""
    from whipcount.theory.rules import percentage
    from whipcount.theory.tables import check_quota, majority

    if not text or text == "majority":
        return majority(total)
    (number,) = _numbers(text.removesuffix("%"), 1)
    if text.endswith("%") and 0 < number <= 100:
        return percentage(number, total)
    if number != int(number) or text.endswith("%"):
        raise WebError.one("WC736", f"{text[:80]!r} is no number of votes", "write a whole number, 65% or majority")
    return check_quota(int(number), total)


def _power(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.data.seats import load_seats
    from whipcount.theory.map_power import map_power
    from whipcount.theory.power import power
    from whipcount.theory.rules import DecisionRule, Majority
    from whipcount.theory.tables import pairs_of

    table = load_seats(source)
    quota = _quota(options.get("quota", ""), table.total)
    blocked = pairs_of(_pairs(options.get("blocked", "")), table.names)
    rule = DecisionRule(table.names, ((Majority(table.seats, quota),),), blocked)
    columns = tuple(name.lower() for name in _words(options.get("positions", "")))
    result = power(rule, on_map=map_power(rule, table.places(columns), columns) if columns else None)
    return result, _drawn(
        "power",
        result,
    )


def _coalitions(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.data.seats import load_seats, position_columns
    from whipcount.theory.coalitions import coalitions

    table = load_seats(source)
    columns = position_columns(table, _words(options.get("positions", "")))
    quota = _quota(options.get("quota", ""), table.total)
    result = coalitions(table, quota, columns, _pairs(options.get("blocked", "")), 20, 3)
    return result, _drawn(
        "coalitions",
        result,
    )


def _bargain(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.data.positions import load_positions
    from whipcount.theory.bargain import bargain
    from whipcount.theory.forecasts import ModelOptions

    stays = options.get("status_quo", "")
    chosen = ModelOptions(_numbers(stays) if stays else None)
    result = bargain(load_positions(source), _words(options.get("model", "")), chosen)
    return result, _drawn(
        "bargain",
        result,
    )


def _formation(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.data.parties import read_parties
    from whipcount.theory.formation import forecast

    low, high = _numbers(options.get("scale", "") or "0,10", 2)
    if not low < high:
        raise WebError.one("WC736", f"a scale from {low:g} to {high:g}", "write the lower end first, as 0,10")
    total = options.get("total", "")
    result = forecast(read_parties(source, (low, high), _numbers(total, 1)[0] if total else None))
    return result, _drawn(
        "formation",
        result,
    )


def _calls(source: Path) -> Any:
    from whipcount.data.roll_call_sources import read_roll_calls

    return read_roll_calls(source, None).in_time()


def _whip(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.theory.rollcall_table import WORDS
    from whipcount.theory.rollcall_whip import coming_motion, whip_count

    calls = _calls(source).with_inferred_parties()
    title, lines = options.get("title", ""), {}
    if like := options.get("like", ""):
        place = calls.motion(like)
        title = title or calls.motions[place].title
        lines = {party: WORDS[int(calls.lines[row, place])] for row, party in enumerate(calls.party_names)}
    for row in options.get("line", "").splitlines():
        party, equals, vote = row.rpartition("=")
        if row.strip() and not equals:
            raise WebError.one("WC736", f"{row.strip()[:80]!r} is not a party's line", "write it as Labour=yes")
        if equals:
            lines[party.strip()] = vote.strip()
    if not lines:
        raise WebError.one(
            "WC736", "no party's line is known", "write the line of each party, or name an earlier motion"
        )
    result = whip_count(calls, coming_motion(calls, title, lines), rule=options.get("rule", "") or "cast")
    return result, _drawn(
        "rollcall_whip",
        result,
    )


def _unity(source: Path, options: Mapping[str, str]) -> Solved:  # noqa: ARG001 - it has none
    from whipcount.theory.rollcall_unity import unity

    result = unity(_calls(source))
    return result, _drawn(
        "rollcall_unity",
        result,
    )


def _ideal(source: Path, options: Mapping[str, str]) -> Solved:
    from whipcount.theory.rollcall_ideal import ideal_points

    dimensions = options.get("dimensions", "") or "1"
    if dimensions not in ("1", "2"):
        raise WebError.one("WC736", f"{dimensions[:20]!r} dimensions", "write 1 or 2")
    result = ideal_points(_calls(source), int(dimensions))
    return result, _drawn(
        "rollcall_ideal",
        result,
    )


_SOLVERS: dict[str, Callable[[Path, Mapping[str, str]], Solved]] = {
    "power": _power, "coalitions": _coalitions, "bargain": _bargain, "formation": _formation, "whip": _whip,
    "unity": _unity, "ideal": _ideal,
}  # fmt: skip

"""Counting a visitor's table: the kinds of counts, their options, and the work of one in a guarded worker."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from whipcount.charts.chart import table_of
from whipcount.charts.known_parties import colouring, known_colours
from whipcount.errors import UsageError, WebError, WhipcountError
from whipcount.session import listening
from whipcount.table import Table
from whipcount.task import Form, Input, Task, all_tasks
from whipcount.text import speak

from . import downloads
from .draft_forms import CountedParty
from .uploads import Upload, laid_out
from .work import WorkLimits
from .workbench import is_position, taken_for

if TYPE_CHECKING:
    from whipcount.charts.chart import Chart
    from whipcount.table import Result

SMALL = 4_000  # bytes of a table that is counted in about a second, and so before longer work
MOST_PARTIES = 30  # of a table with which a crisis can begin
MOST_ROWS = 400  # of a table shown on the page; files have them all


@dataclass(frozen=True)
class Kind:
    """A count: its short name, and the task that it is, with a form."""

    name: str
    task: Task
    form: Form

    @property
    def options(self) -> tuple[Input, ...]:
        """The inputs that the form has."""
        return tuple(one for one in self.task.inputs if one.option.title)

    @property
    def title(self) -> str:
        """What it is called, in English."""
        return self.form.title


@cache
def kinds() -> dict[str, Kind]:
    """The counts of the page, in its order: every task that has a form."""
    shown = [(task, task.form) for task in all_tasks() if task.form is not None]
    shown.sort(key=lambda one: one[1].order)
    return {name: Kind(name, task, form) for task, form in shown if (name := task.name.rpartition(" ")[2])}


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
class Builder:
    """What a majority is built of: parties with their seats, the seats needed in all, and who never joins whom.

    drawing: the parliament as a half circle, where the chart is none.
    """

    parties: tuple[tuple[int, str, int], ...]
    needed: int
    total: int
    never: tuple[tuple[int, int], ...]
    drawing: str = ""


@dataclass(frozen=True)
class Counted:
    """What a count found, with everything that can be taken away."""

    words: tuple[str, ...]
    remarks: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    title: str
    caption: str
    svg: str
    files: Mapping[str, bytes]
    builder: Builder | None = None
    chart: Chart | None = None
    parties: tuple[CountedParty, ...] = ()


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
        """A stranger's table gets little time and memory; a small one overtakes what takes longer."""
        return WorkLimits(self.seconds, self.memory, brief=len(self.upload.content) <= SMALL)

    def orders(self) -> Sequence[str]:
        """The one order that a count consists of."""
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
        notices: list[str] = []
        try:
            with tempfile.TemporaryDirectory(prefix="whipcount-") as folder, listening(notices.append):
                kind = kinds()[self.kind]
                upload, options, never = self._taken(kind)
                source = laid_out(upload, Path(folder))
                result = kind.task(**{kind.task.inputs[0].name: source}, **options)
                parties = parties_of(laid_out(self.upload, Path(folder) / "whole") if upload != self.upload else source)
                with colouring(_of_the_table(parties)):
                    chart = result.chart() if kind.task.drawn and not result.undrawn else None
        except RecursionError:
            raise WebError.one("WC735", "the table is built too deeply to be read", "save it again as CSV") from None
        except UsageError as error:
            problem = error.problems[0]
            raise WebError.one("WC736", problem.message, problem.hint) from None
        told = dict.fromkeys(remark.replace(str(source), "table") for remark in (*result.remarks, *notices))
        found = replace(packed(result, chart, tuple(told)), parties=parties)
        if found.builder is not None or not kind.form.parliament:
            return found
        return replace(found, builder=builder_for(parties or elected(result), never))

    def _taken(self, kind: Kind) -> tuple[Upload, dict[str, str], tuple[tuple[str, str], ...]]:
        """What the kind of count takes of a parliament's table, its options, and who never joins whom."""
        options, text = dict(self.options), self.upload.text
        if text is None or not kind.form.parliament:
            return self.upload, options, ()
        taken = taken_for(self.kind, text)
        if taken.never and kind.form.excluded:
            told = [f"{one}+{other}" for one, other in taken.never]
            options[kind.form.excluded] = "\n".join([*options.get(kind.form.excluded, "").splitlines(), *told])
        if taken.text == text:
            return self.upload, options, taken.never
        return replace(self.upload, content=taken.text.encode()), options, taken.never


def _of_the_table(parties: Sequence[CountedParty]) -> dict[str, str]:
    """The colours that a table gives itself; none where they are those by which its parties are known anyway."""
    known = known_colours([one.name for one in parties])
    colours = known.colours if known is not None else (None,) * len(parties)
    differ = any(one.colour != (colour or "") for one, colour in zip(parties, colours, strict=True))
    return {one.name: one.colour for one in parties if one.colour} if differ else {}


@cache
def _tools() -> None:
    """Load the libraries once: what their code takes of a process is not the table's."""
    import altair  # noqa: F401
    import numpy as np
    import openpyxl  # noqa: F401
    import polars as pl
    import scipy.optimize
    import scipy.stats
    import vl_convert

    from whipcount.charts import modules_for

    modules_for(object)
    pl.DataFrame({"x": [1.0]}).write_parquet(io.BytesIO())
    scipy.stats.norm.cdf(scipy.optimize.minimize(np.linalg.norm, np.ones(2)).x)
    np.linalg.svd(np.eye(64))
    drawing = vl_convert.vegalite_to_svg({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {}})
    vl_convert.svg_to_png(drawing)


def packed(result: Result, chart: Chart | None, remarks: tuple[str, ...]) -> Counted:
    """A result as the page shows it and as files, with what was left out of its table, or read how."""
    files = {}
    if chart is not None:
        files = {"chart.svg": chart.svg().encode(), "chart.png": chart.png(), "chart.html": chart.html().encode()}
    for grid in result.tables():
        for kind in downloads.TABLES:
            content = downloads.table([grid], grid.name, kind)
            if content is not None:
                files[f"{grid.name}.{kind}"] = content
    words = tuple(result.words().splitlines())
    tables = tuple(shown(grid) for grid in result.tables() if grid.rows)
    if chart is None:
        return Counted(words, remarks, tables, "", "", "", files)
    plain = replace(chart, table=_in_texts(chart.table), _drawn={})
    return Counted(
        words, remarks, tables, chart.title, chart.caption, chart.svg(), files, builder_of(result), plain
    )  # fmt: skip


def _in_texts(table: Table) -> Table:
    """A table as the page takes it from a worker: nothing but texts."""
    return table_of([column.heading() for column in table.columns], table.texts())


def parties_of(source: str | Path) -> tuple[CountedParty, ...]:
    """The parties of a table of seats, with which a crisis can begin; none of other tables, or of very long ones."""
    from whipcount.data.seats import load_seats

    try:
        table = load_seats(source, "seats")
    except WhipcountError:
        return ()
    if not 1 < len(table.names) <= MOST_PARTIES:
        return ()
    known = known_colours(table.names)
    colours = table.colours or (known.colours if known is not None else ())
    none: tuple[float | None, ...] = (None,) * len(table.names)
    places = next((values for name, values in table.measures if is_position(name)), none)
    return tuple(
        CountedParty(name, table.seats[row], places[row], (colours[row] if colours else None) or "")
        for row, name in enumerate(table.names)
        if table.seats[row] > 0
    )


def builder_of(result: Result) -> Builder | None:
    """The parties of a parliament whose majorities are a number of seats; none for other results."""
    from whipcount.theory.coalitions import CoalitionsResult

    if not isinstance(result, CoalitionsResult) or result.quota is None:
        return None
    table = result.table
    parties = tuple((row, table.names[row], table.seats[row]) for row in result.rule.counting)
    return Builder(parties, result.quota, table.total, result.excluded)


def builder_for(parties: Sequence[CountedParty], never: Sequence[tuple[str, str]] = ()) -> Builder | None:
    """The parties of a parliament in which more than half is a majority, drawn as a half circle; none of one.

    never: names of two that do not join.
    """
    from whipcount.charts.small_parliament import small_parliament

    total = sum(one.seats for one in parties)
    if len(parties) < 2 or not total:
        return None
    at = {one.name.casefold(): row for row, one in enumerate(parties)}
    pairs = [(at.get(one.casefold()), at.get(other.casefold())) for one, other in never]
    needed = total // 2 + 1
    places = [one.at for one in parties if one.at is not None]
    drawing = small_parliament(
        [one.name for one in parties], [one.seats for one in parties],
        places if len(places) == len(parties) else None, [one.colour or None for one in parties], needed,
    )  # fmt: skip
    return Builder(
        tuple((row, one.name, one.seats) for row, one in enumerate(parties)), needed, total,
        tuple((one, other) for one, other in pairs if one is not None and other is not None), drawing,
    )  # fmt: skip


def elected(result: Result) -> tuple[CountedParty, ...]:
    """The parties that have seats by their votes; none of other results."""
    from whipcount.theory.apportionment import Apportionment

    if not isinstance(result, Apportionment):
        return ()
    known = known_colours(result.parties)
    colours = known.colours if known is not None else (None,) * len(result.parties)
    rows = zip(result.parties, result.seats, colours, strict=True)
    return tuple(CountedParty(name, seats, None, colour or "") for name, seats, colour in rows if seats)


def shown(table: Table, most: int = MOST_ROWS) -> ShownTable:
    """A result's table in texts, keys of kinds and votes in the reader's words."""
    return ShownTable(
        table.name,
        table.heading(),
        tuple(column.heading() for column in table.columns),
        tuple(column.right for column in table.columns),
        tuple(tuple(row) for row in replace(table, rows=table.rows[:most]).texts()),
        max(len(table.rows) - most, 0),
    )

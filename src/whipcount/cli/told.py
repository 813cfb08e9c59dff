"""How the commands that count a table tell their results: grids as tables, words, JSON, and a chart in a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from whipcount import session
from whipcount.errors import Problem, UsageError, WhipcountError
from whipcount.table_files import SUFFIXES
from whipcount.text import say

from .output import note, print_words, show, show_json

if TYPE_CHECKING:
    from whipcount.table import Result


def chart_option() -> Any:
    """`--chart`: where to draw the result, or to write its tables."""
    text = say("draw the result (.svg, .png, .html) or write its tables (.csv, .parquet, .feather, .xlsx, .tex, .md)")
    return typer.Option("--chart", "--write", help=text, metavar="FILE", show_default=False, callback=_writable)


def write_option() -> Any:
    """`--write` of what is not drawn: where to write its tables."""
    text = say("write its tables (.csv, .parquet, .feather, .xlsx, .tex, .md)")
    return typer.Option("--write", help=text, metavar="FILE", show_default=False, callback=_of_tables)


def _of_tables(path: Path | None) -> Path | None:
    """The file to write, refused before anything is computed where it is no table's (WC620)."""
    if path is not None and path.suffix.lower() not in SUFFIXES:
        hint = say("name the file with one of {suffixes}", suffixes=", ".join(SUFFIXES))
        raise UsageError.one("WC620", say("{path}: no kind of table", path=path), hint)
    return path


def _writable(path: Path | None) -> Path | None:
    """The file to write, refused before anything is computed where it is neither a table's nor a chart's (WC620)."""
    if path is not None and path.suffix.lower() not in SUFFIXES:
        from whipcount.charts.chart import check_format

        check_format(path)
    return path


def tell(
    result: Result,
    *,
    as_json: bool = False,
    chart: Path | None = None,
    **head: Any,
) -> None:
    """Print a result in words and tables, or as one JSON object; then write its tables, or draw it, where asked."""
    if as_json:
        show_json({**head, **result.record(), "remarks": list(result.remarks)})
    elif (raw := result.raw()) is not None:
        sys.stdout.write(raw)
    else:
        words, shown = (
            result.words(),
            [table for table in result.tables() if table.name in (result.brief or (table.name,))],
        )
        if result.above:
            print_words(words)
        show(shown)
        if words and not result.above:
            print_words(words)
        for remark in result.remarks:
            if not session.was_told(remark):
                note(remark)
    sys.stdout.flush()
    if chart is not None and chart.suffix.lower() in SUFFIXES:
        note(say("written: {files}", files=", ".join(map(str, result.write(chart)))))
    elif chart is not None:
        with drawing(chart):
            result.chart().save(chart)
            note(say("chart: {path}", path=chart))


@contextlib.contextmanager
def drawing(path: Path) -> Iterator[None]:
    """Within the block a picture is drawn: if that fails, the reader is told so (WC629), and the result stands."""
    try:
        with session.phase(say("drawing")):
            yield
    except Exception as failed:
        said = (
            failed.problems[0].message if isinstance(failed, WhipcountError) else f"{type(failed).__name__}: {failed}"
        )
        hint = say("the result is whole; its tables hold the numbers of the chart")
        note(str(Problem("WC629", say("{path} is not drawn: {reason}", path=path, reason=said), hint)))

"""How the commands that count a table tell their results: grids as tables, words, JSON, and a chart in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from whipcount.table import Table
from whipcount.text import say

from .output import note, show, show_json

if TYPE_CHECKING:
    from whipcount.report.chart import Chart
    from whipcount.table import Result, Table

FORMATS = (".svg", ".png", ".html")


def chart_option() -> Any:
    """`--chart`: where to draw the result."""
    text = say("draw the result into this file (.svg, .png or .html)")
    return typer.Option("--chart", help=text, metavar="FILE", show_default=False)


def tell(
    result: Result,
    *,
    as_json: bool = False,
    chart: Path | None = None,
    draw: Callable[[Any], Chart] | None = None,
    only: Sequence[str] | None = None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
    **head: Any,
) -> None:
    """Print a result in words and tables, or as one JSON object; draw it where a file is named.

    labels: for a column, what its keys are called, in English; JSON keeps the keys.
    """
    if chart is not None and draw is not None:
        write_chart(draw(result), chart)
    if as_json:
        show_json({**head, **result.record()})
        return
    show([named(table, labels or {}) for table in result.tables() if only is None or table.name in only])
    import sys

    sys.stdout.write(result.words() + "\n")


def named(table: Table, labels: Mapping[str, Mapping[str, str]]) -> Table:
    """A table whose columns know what their keys are called."""
    columns = tuple(replace(one, names={**one.names, **labels.get(one.key, {})}) for one in table.columns)
    return replace(table, columns=columns)


def write_chart(chart: Chart, path: Path) -> None:
    """Draw a chart into a file of the kind its name asks for (WC620)."""
    from whipcount.errors import UsageError

    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError.one("WC620", f"{path.name}: charts are drawn as {', '.join(FORMATS)}", "name such a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".png":
        path.write_bytes(chart.png())
    else:
        path.write_text(chart.svg() if suffix == ".svg" else chart.html(), encoding="utf-8")
    note(say("chart: {path}", path=path))

"""How the commands that count a table tell their results: grids as tables, words, JSON, and a chart in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from whipcount.table_files import SUFFIXES
from whipcount.text import say

from .output import note, show, show_json

if TYPE_CHECKING:
    from whipcount.report.chart import Chart
    from whipcount.table import Result

FORMATS = (".svg", ".png", ".html")


def chart_option() -> Any:
    """`--chart`: where to draw the result."""
    text = say("draw the result (.svg, .png, .html) or write its tables (.csv, .parquet, .feather, .xlsx, .tex)")
    return typer.Option("--chart", "--write", help=text, metavar="FILE", show_default=False)


def tell(
    result: Result,
    *,
    as_json: bool = False,
    chart: Path | None = None,
    draw: Callable[[Any], Chart] | None = None,
    **head: Any,
) -> None:
    """Print a result in words and tables, or as one JSON object; draw it where a file is named."""
    if chart is not None and chart.suffix.lower() in SUFFIXES:
        files = result.write(chart)
        note(say("written: {files}", files=", ".join(map(str, files))))
    elif chart is not None and draw is not None:
        write_chart(draw(result), chart)
    if as_json:
        show_json({**head, **result.record(), "remarks": list(result.remarks)})
        return
    show([table for table in result.tables() if not result.brief or table.name in result.brief])
    import sys

    sys.stdout.write(result.words() + "\n")
    for remark in result.remarks:
        note(remark)


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

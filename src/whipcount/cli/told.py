"""How the commands that count a table tell their results: grids as tables, words, JSON, and a chart in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .output import Column, Table, language, note, say, show, show_json

if TYPE_CHECKING:
    from whipcount.report.chart import Chart
    from whipcount.theory.result import Grid, Result

FORMATS = (".svg", ".png", ".html")


def chart_option() -> Any:
    """`--chart`: where to draw the result."""
    text = say(
        "draw the result into this file (.svg, .png or .html)", "нарисовать результат в файл (.svg, .png, .html)"
    )
    return typer.Option("--chart", help=text, metavar="FILE", show_default=False)


def tell(
    result: Result,
    *,
    as_json: bool = False,
    chart: Path | None = None,
    draw: Callable[[Any, str], Chart] | None = None,
    only: Sequence[str] | None = None,
    labels: Mapping[str, Mapping[str, tuple[str, str]]] | None = None,
    **head: Any,
) -> None:
    """Print a result in words and tables, or as one JSON object; draw it where a file is named.

    labels: for a column, what its keys are called in English and Russian; JSON keeps the keys.
    """
    if chart is not None and draw is not None:
        write_chart(draw(result, language()), chart)
    if as_json:
        show_json({**head, **result.record()})
        return
    tables = [table_of(grid, labels or {}) for grid in result.grids() if only is None or grid.name in only]
    show(tables)
    import sys

    sys.stdout.write(result.words(language()) + "\n")


def table_of(grid: Grid, labels: Mapping[str, Mapping[str, tuple[str, str]]]) -> Table:
    """A result's grid as a table for people."""
    speech = language()
    columns = tuple(Column(one.key, one.title(speech), one.format, one.right) for one in grid.columns)
    called = [labels.get(one.key, {}) for one in grid.columns]
    rows = tuple(
        tuple(
            say(*names[value]) if isinstance(value, str) and value in names else value
            for value, names in zip(row, called, strict=True)
        )
        for row in grid.rows
    )
    return Table(grid.name, grid.title(speech), columns, rows)


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
    note(say(f"chart: {path}", f"диаграмма: {path}"))

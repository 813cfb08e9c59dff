"""`whipcount spatial`: medians, core, yolk, win set and uncovered set on a map of ideal points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import json_option
from .output import help_text
from .told import chart_option, tell
from .weighed import (
    numbers_of,
    option,
    positions_option,
    quota_of,
    quota_option,
    seats_of,
    seats_option,
    table_argument,
    words_of,
)

ORDER = 72


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "spatial",
        help=help_text(
            "Spatial voting: medians, core, yolk, win set of a status quo, uncovered set.",
            "whipcount spatial parliament.csv --positions economic,social",
            "whipcount spatial parliament.csv --positions economic,social --status-quo 3,7 --chart map.png",
        ),
    )(spatial)


def spatial(
    table: Annotated[Path, table_argument("members: party,seats and positions (CSV)")],
    positions: Annotated[str | None, positions_option()] = None,
    seats: Annotated[str | None, seats_option()] = None,
    quota: Annotated[str | None, quota_option()] = None,
    status_quo: Annotated[
        str | None,
        option("--status-quo", "the point whose win set is asked for", "N,N,..."),
    ] = None,
    salience: Annotated[
        str | None,
        option("--salience", "how much each dimension weighs for all", "N,N,..."),
    ] = None,
    grid: Annotated[
        int | None,
        option("--grid", "points along each dimension for the uncovered set", "N"),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Solve the map and print it."""
    from whipcount.data.seats import position_columns
    from whipcount.theory.spatial import spatial as solve

    given = seats_of(table, None, None, seats)
    columns = position_columns(given, words_of(positions))
    result = solve(
        given.places(columns),
        given.seats,
        given.names,
        columns,
        quota_of(quota, given.total),
        numbers_of(status_quo, "--status-quo") if status_quo is not None else None,
        _array(salience),
        grid,
    )
    tell(result, as_json=as_json, chart=chart, draw=_draw)


def _array(text: str | None) -> Any:
    import numpy as np

    return None if text is None else np.array(numbers_of(text, "--salience"))


def _draw(result: Any) -> Any:
    from whipcount.report.count_charts.spatial import draw

    return draw(result)

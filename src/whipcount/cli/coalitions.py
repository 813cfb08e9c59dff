"""`whipcount coalitions`: which coalitions of a parliament can govern."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import json_option
from .output import help_text
from .told import chart_option, tell
from .weighed import (
    names_option,
    option,
    pairs_of,
    positions_option,
    quota_of,
    quota_option,
    seats_of,
    seats_option,
    table_argument,
    weights_option,
    with_default,
    words_of,
)

ORDER = 71


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "coalitions",
        help=help_text(
            "Coalitions of a parliament: minimal winning, connected, oversized, minorities with support.",
            "whipcount coalitions parliament.csv --positions left_right",
            "whipcount coalitions parliament.csv --excluded Left+Right --chart coalitions.png",
            "whipcount coalitions --weights 40,25,20,15 --names A,B,C,D --json",
        ),
    )(coalitions)


def coalitions(
    table: Annotated[
        Path | None,
        table_argument("parties: party,seats and positions (CSV)"),
    ] = None,
    weights: Annotated[str | None, weights_option()] = None,
    names: Annotated[str | None, names_option()] = None,
    quota: Annotated[str | None, quota_option()] = None,
    seats: Annotated[str | None, seats_option()] = None,
    positions: Annotated[str | None, positions_option()] = None,
    excluded: Annotated[
        list[str] | None,
        option("--excluded", "two that will not govern together; may be repeated", "A+B"),
    ] = None,
    limit: Annotated[
        int,
        with_default("--limit", "coalitions of each kind that are listed", "N"),
    ] = 20,
    minority: Annotated[
        int,
        with_default("--minority", "parties of a minority cabinet, at most", "N"),
    ] = 3,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """List the coalitions and print them."""
    from whipcount.data.seats import position_columns
    from whipcount.theory.coalitions import coalitions as list_coalitions

    given = seats_of(table, weights, names, seats)
    result = list_coalitions(
        given,
        quota_of(quota, given.total),
        position_columns(given, words_of(positions)),
        pairs_of(excluded, "--excluded"),
        limit,
        minority,
    )
    tell(result, as_json=as_json, chart=chart, draw=_draw)


def _draw(result: Any) -> Any:
    from whipcount.report.count_charts.coalitions import draw

    return draw(result)

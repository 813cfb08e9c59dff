"""`whipcount sql`: ask the tables of a run folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from whipcount.table import Column, Table
from whipcount.text import say

from .options import json_option
from .output import help_text, show, show_json

ORDER = 39
SHOWN = 500  # rows that a terminal table shows


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "sql",
        help=help_text(
            "Ask the tables of a run folder in SQL: runs, events, series, paths, counts.",
            'whipcount sql runs/two-bodies-1a2b3c4d "describe events"',
            "whipcount sql RUN \"select actor, count(*) from events where verb = 'leave_seat' group by actor\" --csv",
        ),
    )(sql)


def sql(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help=say("run folder"))],
    query: Annotated[str, typer.Argument(metavar="QUERY", help=say("one question in SQL"))],
    as_json: Annotated[bool, json_option()] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=say("print CSV"))] = False,
) -> None:
    """Print the rows that a question gives."""
    from whipcount.errors import UsageError
    from whipcount.results import open_run

    if as_json and as_csv:
        raise UsageError.one("WC609", "--json and --csv exclude each other", "give one of them")
    frame = open_run(folder).sql(query)
    if as_csv:
        sys.stdout.write(frame.write_csv())
        return
    if as_json:
        show_json({"columns": frame.columns, "rows": frame.to_dicts()})
        return
    columns = tuple(Column(name, name, right=kind.is_numeric()) for name, kind in frame.schema.items())
    rest = frame.height - SHOWN
    more = say("{rest} rows more: use --csv or --json", rest=rest)
    show(Table("rows", "", columns, tuple(frame.head(SHOWN).iter_rows()), more if rest > 0 else ""))

"""`whipcount report`: the charts and the page of a run folder, drawn again or in the other language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from whipcount import session
from whipcount.text import language, say

from .options import json_option
from .output import help_text, show, show_json

ORDER = 31


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "report",
        help=help_text(
            "Draw the charts and the page of a run folder: again, in the other language, or somewhere else.",
            "whipcount report runs/november-1917-0a1b2c3d",
            "whipcount report runs/november-1917-0a1b2c3d --lang ru --out report",
        ),
    )(report)


def report(
    run: Annotated[Path, typer.Argument(help=say("run folder"), metavar="RUN", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help=say("where to (default: the run folder)"),
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Write the report and print the outcomes by use."""
    from whipcount.charts.material import material_of
    from whipcount.report.html import write_material
    from whipcount.report.tables import extreme_table, outcome_tables
    from whipcount.results import open_run

    results = open_run(run)
    material = material_of(results)
    with session.phase(say("drawing")):
        files = write_material(material, out or results.folder)
    if as_json:
        show_json({"run": str(run), "language": language(), "files": [str(path) for path in files]})
        return
    show([*outcome_tables(material), extreme_table(material)])
    sys.stdout.write("".join(f"{path}\n" for path in files))

"""`whipcount export` and `whipcount import`: scenarios as spreadsheets, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.text import say

from .options import json_option, scenario_argument
from .output import help_text, note, show_json

ORDER = 28


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "export",
        help=help_text(
            "Write persons, seats, posts, facts and sources as spreadsheets. Sources stand beside every row.",
            "whipcount export november-1917 --to november.xlsx",
            "whipcount export november-1917 --to november/ --format csv",
        ),
    )(export)
    app.command(
        "import",
        help=help_text(
            "Read spreadsheets back into a scenario. Other sections keep their text and comments.",
            "whipcount import november.xlsx --into my-november.yaml",
            "whipcount import november/ --into november-1917 --out my-november.yaml",
        ),
    )(import_)


def export(
    scenario: Annotated[str, scenario_argument()],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            help=say("a folder for CSV files, or a file .xlsx"),
            metavar="FOLDER|FILE.xlsx",
            show_default=False,
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=say("csv or xlsx (default: by the name of the file)"),
            metavar="csv|xlsx",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=say("overwrite files"))] = False,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Write the sheets; existing files are kept unless `--force` is given."""
    from whipcount.errors import UsageError
    from whipcount.scenario import load
    from whipcount.scenario.sheets import export_sheets

    by_name = "xlsx" if to.suffix.lower() == ".xlsx" else "csv"
    chosen = form or by_name
    if chosen not in ("csv", "xlsx") or (by_name == "xlsx" and chosen == "csv") or (chosen == "xlsx" and to.is_dir()):
        raise UsageError.one(
            "WC607", f"--format {chosen} does not fit --to {to}", "csv goes into a folder, xlsx into one file .xlsx"
        )
    written = export_sheets(load(scenario), to, chosen, force=force)
    if as_json:
        show_json({"scenario": scenario, "format": chosen, "files": [str(path) for path in written]})
        return
    note(say("written: ") + ", ".join(str(path) for path in written))


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            help=say("a folder of CSV files, one CSV file, or a file .xlsx"),
            metavar="FOLDER|FILE",
            show_default=False,
        ),
    ],
    into: Annotated[
        str,
        typer.Option(
            "--into",
            help=say("the scenario whose records are replaced"),
            metavar="SCENARIO",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=say("write to this file (default: to the scenario itself)"),
            metavar="FILE.yaml",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=say("overwrite --out"))] = False,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Check everything, then write the scenario in one step; with any mistake nothing is written."""
    from whipcount.errors import UsageError
    from whipcount.scenario import names
    from whipcount.scenario.loader import find_file
    from whipcount.scenario.sheets import import_sheets
    from whipcount.scenario.writing import write_whole

    if out is None and into in names():
        hint = "give --out my-scenario.yaml"
        raise UsageError.one("WC608", f"'{into}' comes with whipcount and is not changed", hint)
    if out is not None and out.exists() and not force:
        raise UsageError.one("WC605", f"{out} exists already", "choose another name, or overwrite it with --force")
    imported = import_sheets(source, into)
    target = out or find_file(into)
    if out is not None or imported.changed:
        write_whole(target, imported.text.encode())
    if as_json:
        show_json(
            {
                "file": str(target),
                "sheets": imported.read,
                "changed": imported.changed,
                "ignored": imported.ignored,
            }
        )
        return
    changed = ", ".join(imported.changed) or say("nothing")
    note(say("{target}: changed {changed}", target=target, changed=changed))
    if imported.ignored:
        note(say("left aside: ") + ", ".join(imported.ignored))

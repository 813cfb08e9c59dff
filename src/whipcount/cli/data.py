"""`whipcount data`: fetch the data sets of the field, and check what was fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.table import Column, Shown, Table
from whipcount.text import say

from .options import json_option
from .output import help_text, note, show

ORDER = 78


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=say("Fetch and check data sets; none comes with the program."),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("list", help=say("List the data sets that are understood."))(known)
    group.command(
        "fetch",
        help=help_text(
            "Download a data set from its archive; every file is checked against the archive's checksum.",
            "whipcount data fetch parlgov --to parlgov",
        ),
    )(fetch)
    group.command("check", help=say("Check fetched files against their checksums."))(check)
    app.add_typer(group, name="data")


def known(as_json: Annotated[bool, json_option()] = False) -> None:
    """Print what is understood: who publishes it, its licence, its header, the commands that read it."""
    from whipcount.data import abgeordnetenwatch, chapel_hill, parlgov, parties, roll_calls, voteview
    from whipcount.data.fetch import SETS

    rows = (
        (
            "parlgov",
            SETS["parlgov"].title,
            SETS["parlgov"].licence,
            "formation, survival, scenario from-table",
            _header(parlgov.VIEW_CABINET.line),
        ),
        (
            "abgeordnetenwatch",
            "abgeordnetenwatch.de roll calls",
            "CC0 1.0",
            "rollcall",
            _header(abgeordnetenwatch.VOTES.line),
        ),
        ("voteview", "Voteview: roll calls of Congress", "see voteview.com", "rollcall", _header(voteview.VOTES.line)),
        ("chapel_hill", "Chapel Hill expert survey", "see chesdata.eu", "bargain", _header(chapel_hill.MEANS.line)),
        (
            "parties",
            say("a table of parties"),
            "–",
            "formation, scenario from-table",
            _header(parties.PARTIES.line),
        ),
        ("votes", say("a table of votes"), "–", "rollcall", _header(roll_calls.PLAIN.line)),
    )
    columns = (
        Column("name", say("name")),
        Column("title", say("data set")),
        Column("licence", say("licence")),
        Column("commands", say("commands")),
        Column("header", say("header"), wide=True),
    )
    show(Table("data", say("Data sets"), columns, rows), as_json=as_json)


def _header(line: str) -> Shown:
    """A header as programs read it, and with room to break it for people."""
    return Shown(line, line.replace(",", ", "))


def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("name of the data set"))],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", show_default=False, help=say("folder to put it in")),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", show_default=False, help=say("another archive")),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Download, check and put in place."""
    from whipcount.data.columns import choose
    from whipcount.data.fetch import SETS
    from whipcount.data.fetch import fetch as download

    data = SETS[choose(name, list(SETS), "data set to fetch")]
    folder = to or Path(data.name)
    files = download(data, folder, archive, told=note)
    _show(files, folder, as_json)


def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("folder of fetched files"))],
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Compare every file with the checksum written down when it was fetched."""
    from whipcount.data.fetch import check as compare

    _show(compare(folder), folder, as_json)


def _show(files: tuple[object, ...], folder: Path, as_json: bool) -> None:
    columns = (
        Column("name", say("file")),
        Column("size", say("bytes"), right=True),
        Column("sha256", "SHA-256"),
    )
    rows = tuple(tuple(getattr(file, column.key) for column in columns) for file in files)
    show(Table("files", str(folder), columns, rows), as_json=as_json, folder=str(folder))

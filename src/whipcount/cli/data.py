"""`whipcount data`: fetch the data sets of the field, and check what was fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import json_option
from .output import Column, Table, help_text, note, say, show

ORDER = 78


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=say("Fetch and check data sets; none comes with the program.", "Загрузка и проверка наборов данных."),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("list", help=say("List the data sets that are understood.", "Список понимаемых наборов данных."))(
        known
    )
    group.command(
        "fetch",
        help=help_text(
            "Download a data set from its archive; every file is checked against the archive's checksum.",
            "Загрузить набор данных из архива; каждый файл сверяется с контрольной суммой архива.",
            "whipcount data fetch parlgov --to parlgov",
        ),
    )(fetch)
    group.command(
        "check", help=say("Check fetched files against their checksums.", "Сверить файлы с контрольными суммами.")
    )(check)
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
            parlgov.VIEW_CABINET.line,
        ),
        ("abgeordnetenwatch", "abgeordnetenwatch.de roll calls", "CC0 1.0", "rollcall", abgeordnetenwatch.VOTES.line),
        ("voteview", "Voteview: roll calls of Congress", "see voteview.com", "rollcall", voteview.VOTES.line),
        ("chapel_hill", "Chapel Hill expert survey", "see chesdata.eu", "bargain", chapel_hill.MEANS.line),
        (
            "parties",
            say("a table of parties", "таблица партий"),
            "–",
            "formation, scenario from-table",
            parties.PARTIES.line,
        ),
        ("votes", say("a table of votes", "таблица голосов"), "–", "rollcall", roll_calls.PLAIN.line),
    )
    columns = (
        Column("name", say("name", "имя")),
        Column("title", say("data set", "набор данных")),
        Column("licence", say("licence", "лицензия")),
        Column("commands", say("commands", "команды")),
        Column("header", say("header", "заголовок")),
    )
    show(Table("data", say("Data sets", "Наборы данных"), columns, rows), as_json=as_json)


def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("name of the data set", "имя набора данных"))],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", show_default=False, help=say("folder to put it in", "папка назначения")),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", show_default=False, help=say("another archive", "другой архив")),
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
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("folder of fetched files", "папка с файлами"))],
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Compare every file with the checksum written down when it was fetched."""
    from whipcount.data.fetch import check as compare

    _show(compare(folder), folder, as_json)


def _show(files: tuple[object, ...], folder: Path, as_json: bool) -> None:
    columns = (
        Column("name", say("file", "файл")),
        Column("size", say("bytes", "байт"), right=True),
        Column("sha256", "SHA-256"),
    )
    rows = tuple(tuple(getattr(file, column.key) for column in columns) for file in files)
    show(Table("files", str(folder), columns, rows), as_json=as_json, folder=str(folder))

"""Data sets that are understood: which there are, fetching one, checking what was fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from whipcount.session import notice, phase
from whipcount.table import Column, Result, Shown, Table, records
from whipcount.task import Family, Option, task
from whipcount.text import mark, say

data = Family("data", mark("Fetch and check data sets; none comes with the program."), public=False)


@dataclass(frozen=True)
class DataSets(Result):
    """Data sets that are understood: name, title, licence, the commands that read them, their header."""

    undrawn: ClassVar[str] = "a list of data sets has no quantities"

    rows: tuple[tuple[str, str, str, str, str], ...]

    def tables(self) -> tuple[Table, ...]:
        """A row for each."""
        columns = (
            Column("name", "name"), Column("title", "data set", wide=True), Column("licence", "licence"),
            Column("commands", "commands"), Column("header", "header", wide=True),
        )  # fmt: skip
        rows = tuple((*row[:-1], Shown(row[-1], row[-1].replace(",", ", "))) for row in self.rows)
        return (Table("data", "Data sets", columns, rows),)

    def sentences(self) -> str:
        """Where they come from."""
        return say("None comes with the program; `whipcount data fetch` downloads those that have an archive.")

    def record(self) -> dict[str, Any]:
        """The rows by name."""
        return records(self.tables())


@task("data list", mark("List the data sets that are understood."), order=78.1, family=data)
def data_sets() -> DataSets:
    """What is understood: who publishes it, its licence, its header, the commands that read it."""
    from whipcount.data import abgeordnetenwatch, chapel_hill, parlgov, parties, roll_calls, voteview
    from whipcount.data.fetch import SETS

    known = SETS["parlgov"]
    return DataSets(
        (
            ("parlgov", known.title, known.licence, "formation, survival, scenario", parlgov.VIEW_CABINET.line),
            ("abgeordnetenwatch", "abgeordnetenwatch.de roll calls", "CC0 1.0", "rollcall",
             abgeordnetenwatch.VOTES.line),
            ("voteview", "Voteview: roll calls of Congress", "see voteview.com", "rollcall", voteview.VOTES.line),
            ("chapel_hill", "Chapel Hill expert survey", "see chesdata.eu", "bargain", chapel_hill.MEANS.line),
            ("parties", say("a table of parties"), "–", "formation, scenario", parties.PARTIES.line),
            ("votes", say("a table of votes"), "–", "rollcall", roll_calls.PLAIN.line),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Files(Result):
    """Files of a data set in a folder, each with its size and SHA-256."""

    undrawn: ClassVar[str] = "a list of files has no quantities"

    folder: Path
    files: tuple[Any, ...]

    def tables(self) -> tuple[Table, ...]:
        """A row for each."""
        columns = (Column("name", "file"), Column("size", "bytes", right=True), Column("sha256", "SHA-256"))
        rows = tuple(tuple(getattr(file, column.key) for column in columns) for file in self.files)
        return (Table("files", str(self.folder), columns, rows),)

    def sentences(self) -> str:
        """That they are as they were published."""
        return say("{number} files, each with the checksum of its archive.", number=len(self.files))

    def record(self) -> dict[str, Any]:
        """The folder and its files."""
        return {"folder": str(self.folder), **records(self.tables())}


@task(
    "data fetch",
    mark("Download a data set from its archive; every file is checked against the archive's checksum."),
    "whipcount data fetch parlgov --to parlgov",
    order=78.2,
    family=data,
)
def fetch(
    name: Annotated[str, Option("name of the data set", metavar="NAME", argument=True)],
    to: Annotated[Path | None, Option("folder to put it in", metavar="FOLDER")] = None,
    archive: Annotated[str | None, Option("another archive", metavar="URL", flag="--from")] = None,
) -> Files:
    """The files, downloaded, checked and put in place (WC516, WC544, WC545)."""
    from whipcount.data.columns import choose
    from whipcount.data.fetch import SETS
    from whipcount.data.fetch import fetch as download

    chosen = SETS[choose(name, list(SETS), "data set to fetch")]
    folder = to or Path(chosen.name)
    with phase(say("downloading")):
        return Files(folder, download(chosen, folder, archive, told=notice))


@task("data check", mark("Check fetched files against their checksums."), order=78.3, family=data)
def check_files(folder: Annotated[Path, Option("folder of fetched files", metavar="FOLDER", argument=True)]) -> Files:
    """Every file, if it has the checksum that was written down when it was fetched (WC540, WC545)."""
    from whipcount.data.fetch import check

    return Files(folder, check(folder))

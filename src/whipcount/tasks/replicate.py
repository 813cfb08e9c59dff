"""A folder with a result and all that it rests on, which others can verify."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from whipcount.errors import UsageError
from whipcount.table import Column, Result, Table
from whipcount.task import PATH, Option, task
from whipcount.text import mark, say


@dataclass(frozen=True)
class Package(Result):
    """A replication package: its folder and files."""

    undrawn: ClassVar[str] = "it is a folder"

    folder: Path
    files: tuple[str, ...]

    def tables(self) -> tuple[Table, ...]:
        """The files."""
        return (Table("files", say("Files"), (Column("file", "file"),), tuple((name,) for name in self.files)),)

    def sentences(self) -> str:
        """What was made, and how others check it."""
        return say("{folder} can be checked by others: whipcount verify {folder}", folder=self.folder)

    def record(self) -> dict[str, Any]:
        """The folder and its files."""
        return {"folder": str(self.folder), "files": list(self.files)}


@task(
    "replicate",
    mark("Make a package that others can verify: runs or a command, sources, versions, what to cite, checksums."),
    "whipcount replicate runs/november --out november-package",
    "whipcount replicate --line 'power seats.csv --quota 51' --out power-package",
    order=39.4,
)
def replicate(
    folder: Annotated[Any, Option("run folder", PATH, "FOLDER", argument=True)] = None,
    line: Annotated[
        str | None, Option("a command in place of runs, with the files it reads", metavar="COMMAND")
    ] = None,
    out: Annotated[Any, Option("the package's folder", PATH, "FOLDER")] = "package",
) -> Package:
    """The package. Raises UsageError WC604, WC605; RunError WC324, WC325, WC346."""
    from whipcount.report import package
    from whipcount.results import open_run

    if (folder is None) == (line is None):
        raise UsageError.one("WC604", "give a run folder or --line, one of them", "see whipcount replicate --help")
    made = Path(out)
    results = None if folder is None else open_run(folder)
    if results is not None:
        results.verify()
    with package.begun(made):
        if results is not None:
            package.pack_runs(results, made)
        else:
            package.pack_command(str(line), made)
    files = (path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    return Package(made, tuple(sorted(files)))

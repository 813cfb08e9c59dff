"""Scenarios as spreadsheets, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from whipcount.errors import UsageError
from whipcount.table import Result, Table
from whipcount.task import PATH, Option, task
from whipcount.text import mark, say

from ._scenario import Scenario, scenario_of


@dataclass(frozen=True)
class Exported(Result):
    """The files that hold a scenario's sheets."""

    undrawn: ClassVar[str] = "it is a list of files"

    scenario: str
    form: str
    files: tuple[Path, ...]

    def tables(self) -> tuple[Table, ...]:
        """None: the files are the tables."""
        return ()

    def sentences(self) -> str:
        """Which files were written."""
        return say("written: ") + ", ".join(map(str, self.files))

    def record(self) -> dict[str, Any]:
        """The scenario, the form, the files."""
        return {"scenario": self.scenario, "format": self.form, "files": [str(path) for path in self.files]}


@task(
    "export",
    mark("Write persons, seats, posts, facts and sources as spreadsheets. Sources stand beside every row."),
    "whipcount export november-1917 --to november.xlsx",
    "whipcount export november-1917 --to november/ --format csv",
    order=28,
)
def export_sheets(
    scenario: Scenario,
    to: Annotated[Any, Option("a folder for CSV files, or a file .xlsx", PATH, "FOLDER|FILE.xlsx")],
    form: Annotated[
        str | None, Option("csv or xlsx (default: by the name of the file)", metavar="csv|xlsx", flag="--format")
    ] = None,
    force: Annotated[bool, Option("overwrite files")] = False,
) -> Exported:
    """The sheets of a scenario; existing files are kept unless `force` is given (WC605, WC607)."""
    from whipcount.scenario.sheets import export_sheets as write

    by_name = "xlsx" if to.suffix.lower() == ".xlsx" else "csv"
    chosen = form or by_name
    if chosen not in ("csv", "xlsx") or (by_name == "xlsx" and chosen == "csv") or (chosen == "xlsx" and to.is_dir()):
        hint = "csv goes into a folder, xlsx into one file .xlsx"
        raise UsageError.one("WC607", f"--format {chosen} does not fit --to {to}", hint)
    loaded = scenario_of(scenario)
    return Exported(loaded.slug, chosen, tuple(write(loaded, to, chosen, force=force)))


@dataclass(frozen=True)
class Imported(Result):
    """What spreadsheets changed in a scenario, and the file that was written."""

    undrawn: ClassVar[str] = "it is a list of sections"

    file: Path
    sheets: tuple[str, ...]
    changed: tuple[str, ...]
    ignored: tuple[str, ...]

    def tables(self) -> tuple[Table, ...]:
        """None: the scenario has the records."""
        return ()

    def sentences(self) -> str:
        """Which sections changed; which sheets were left aside."""
        changed = ", ".join(self.changed) or say("nothing")
        told = say("{target}: changed {changed}", target=self.file, changed=changed)
        return told + (f"\n{say('left aside: ')}{', '.join(self.ignored)}" if self.ignored else "")

    def record(self) -> dict[str, Any]:
        """The file, the sheets that were read, the sections that changed, what was left aside."""
        return {"file": str(self.file), "sheets": self.sheets, "changed": self.changed, "ignored": self.ignored}


@task(
    "import",
    mark("Read spreadsheets back into a scenario. Other sections keep their text and comments."),
    "whipcount import november.xlsx --into my-november.yaml",
    "whipcount import november/ --into november-1917 --out my-november.yaml",
    order=28,
)
def import_sheets(
    source: Annotated[
        Any, Option("a folder of CSV files, one CSV file, or a file .xlsx", PATH, "FOLDER|FILE", argument=True)
    ],
    into: Annotated[str, Option("the scenario whose records are replaced", metavar="SCENARIO")],
    out: Annotated[
        Path | None, Option("write to this file (default: to the scenario itself)", metavar="FILE.yaml")
    ] = None,
    force: Annotated[bool, Option("overwrite --out")] = False,
) -> Imported:
    """Everything is checked, then the scenario is written in one step; with any mistake nothing is (WC605, WC608)."""
    from whipcount.scenario import names
    from whipcount.scenario.loader import find_file
    from whipcount.scenario.sheets import import_sheets as read
    from whipcount.store import write_whole

    if out is None and into in names():
        hint = "give --out my-scenario.yaml"
        raise UsageError.one("WC608", f"'{into}' comes with whipcount and is not changed", hint)
    if out is not None and out.exists() and not force:
        raise UsageError.one("WC605", f"{out} exists already", "choose another name, or overwrite it with --force")
    imported = read(source, into)
    target = out or find_file(into)
    if out is not None or imported.changed:
        write_whole(target, imported.text.encode())
    return Imported(target, tuple(imported.read), tuple(imported.changed), tuple(imported.ignored))

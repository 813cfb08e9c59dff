"""The charts and the page of a run folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from whipcount.session import phase
from whipcount.table import Result, Table
from whipcount.task import SCENARIO, Option, task
from whipcount.text import language, mark, say

from ._scenario import results_of


@dataclass(frozen=True)
class Report(Result):
    """The files of a report, and what its page says of the outcomes."""

    undrawn: ClassVar[str] = "its charts are its files"

    run: Path
    language: str
    files: tuple[Path, ...]
    shown: tuple[Table, ...]

    def tables(self) -> tuple[Table, ...]:
        """Outcomes by use, beside history; and those that the priors all but settle."""
        return self.shown

    def sentences(self) -> str:
        """The files, one a line."""
        return "\n".join(map(str, self.files))

    def record(self) -> dict[str, Any]:
        """The folder, the language, the files."""
        return {"run": str(self.run), "language": self.language, "files": [str(path) for path in self.files]}


@task(
    "report",
    mark("Draw the charts and the page of a run folder: again, in the other language, or somewhere else."),
    "whipcount report runs/november-1917-0a1b2c3d",
    "whipcount report runs/november-1917-0a1b2c3d --lang ru --out report",
    order=31,
)
def write_report(
    run: Annotated[Any, Option("run folder", SCENARIO, "RUN", argument=True)],
    out: Annotated[Path | None, Option("where to (default: the run folder)", metavar="FOLDER")] = None,
) -> Report:
    """The charts and the page, written in the reader's language (WC310 to WC331)."""
    from whipcount.charts.material import material_of
    from whipcount.report.html import write_material
    from whipcount.report.tables import extreme_table, outcome_tables
    from whipcount.results import open_run

    results = results_of(run) or open_run(run)
    material = material_of(results)
    with phase(say("drawing")):
        files = tuple(write_material(material, out or results.folder))
    return Report(results.folder, language(), files, (*outcome_tables(material), extreme_table(material)))

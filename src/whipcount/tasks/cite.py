"""What to cite: the program, the literature of the mechanisms, the sources that a crisis rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.table import Column, Result, Table
from whipcount.task import SCENARIO, Option, task
from whipcount.text import mark, say

from ._inputs import written
from ._scenario import results_of, scenario_of

if TYPE_CHECKING:
    from whipcount.report.bibliography import Work


@dataclass(frozen=True)
class Citations(Result):
    """Works to cite; printed they are BibTeX. `file` where they were written to one."""

    undrawn: ClassVar[str] = "it is a list of works"

    works: tuple[Work, ...]
    file: Path | None = None

    def tables(self) -> tuple[Table, ...]:
        """A row for each work: key and the work in a line."""
        columns = (Column("key", "key"), Column("work", "work", wide=True))
        return (Table("works", say("Works to cite"), columns, tuple((one.key, str(one)) for one in self.works)),)

    def bibtex(self) -> str:
        """All entries, for BibTeX or biber."""
        return "\n\n".join(one.bibtex() for one in self.works) + "\n"

    def sentences(self) -> str:
        """How many there are."""
        return say("{number} works to cite.", number=len(self.works))

    def raw(self) -> str:
        """The entries, or nothing where they went into a file."""
        return self.bibtex() if self.file is None else ""

    def record(self) -> dict[str, Any]:
        """The works, and all entries as one text."""
        works = [{"key": one.key, "work": str(one)} for one in self.works]
        return {"works": works, "bibtex": self.bibtex(), "file": self.file and str(self.file)}


@task(
    "cite",
    mark("Write BibTeX for what a crisis or a run rests on: program, literature of its mechanisms, sources."),
    "whipcount cite",
    "whipcount cite november-1917 --out november.bib",
    order=29.5,
)
def cite(
    source: Annotated[
        Any, Option("scenario or run folder; left out: the program alone", SCENARIO, "RUN|SCENARIO", argument=True)
    ] = None,
    out: Annotated[Path | None, Option("write into this file", metavar="FILE")] = None,
) -> Citations:
    """The works, the program first."""
    from whipcount.mechanisms import all_mechanisms
    from whipcount.report import bibliography
    from whipcount.store import write_whole

    works: tuple[Work, ...] = (bibliography.program(),)
    if source is not None:
        results = results_of(source)
        loaded = results.loaded() if results is not None else scenario_of(source)
        keys = (key for mechanism in all_mechanisms().values() for key in mechanism.references)
        works += (*bibliography.works(keys), *bibliography.sources(loaded.scenario, loaded.slug))
    found = Citations(works, out)
    if out is not None:
        write_whole(out, found.bibtex().encode())
        written(out, "{path}")
    return found

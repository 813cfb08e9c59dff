"""The description of a scenario's model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from whipcount.table import Result, Table
from whipcount.task import Option, task
from whipcount.text import mark

from ._inputs import written
from ._scenario import Account, Scenario, Settings, Variant, scenario_of


@dataclass(frozen=True)
class Description(Result):
    """A model description as Markdown; `file` where it was written to one."""

    undrawn: ClassVar[str] = "it is a text"

    scenario: str
    text: str
    file: Path | None = None

    def tables(self) -> tuple[Table, ...]:
        """None: the text has tables of its own."""
        return ()

    def sentences(self) -> str:
        """The description itself, as Markdown."""
        return self.text

    def raw(self) -> str:
        """The text, or nothing where it went into a file."""
        return self.text if self.file is None else ""

    def record(self) -> dict[str, Any]:
        """The text and its file."""
        return {"scenario": self.scenario, "text": self.text, "file": self.file and str(self.file)}


@task(
    "odd",
    mark("Write the model description of a scenario by the ODD+D protocol, as Markdown or as a Word document (DOCX)."),
    "whipcount odd november-1917 > odd.md",
    "whipcount odd two-bodies --out odd.docx",
    order=29,
)
def odd(
    scenario: Scenario,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    out: Annotated[Path | None, Option("write into this file: FILE.md, or FILE.docx for Word", metavar="FILE")] = None,
) -> Description:
    """The description, generated from the scenario and the mechanisms' declarations.

    Source: Grimm et al. 2020 (ODD), Müller et al. 2013 (ODD+D).

    Raises UsageError: WC610 the file is a .docx and the package that writes it is missing.
    """
    from whipcount.report.document import document
    from whipcount.report.odd import odd_text
    from whipcount.store import write_whole

    loaded = scenario_of(scenario, account, variant, set)
    found = Description(loaded.slug, odd_text(loaded), out)
    if out is not None:
        out = Path(out)
        write_whole(out, document(found.text) if out.suffix.lower() == ".docx" else found.text.encode())
        written(out, "{path}")
    return found

"""The works that mechanisms and questions name by key, as text and as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

FILE = Path(__file__).with_name("bibliography.yaml")
# kind of work: type of entry, field that holds where it appeared
KINDS = {
    "article": ("article", "journal"),
    "book": ("book", "publisher"),
    "chapter": ("incollection", "booktitle"),
    "paper": ("misc", "howpublished"),
    "program": ("software", "url"),
    "source": ("misc", "note"),
}
_SPECIAL = re.compile(r"([&%$#_])")


@dataclass(frozen=True)
class Work:
    """A work: authors as "Family, Given", where it appeared (journal, publisher, book), and its place there."""

    key: str
    kind: str
    by: tuple[str, ...]
    title: str
    year: int | None = None
    place: str = ""
    details: tuple[tuple[str, str], ...] = ()

    def bibtex(self) -> str:
        """The entry, for BibTeX or biber; titles keep their capitals."""
        entry, place = KINDS[self.kind]
        fields = [
            ("author", " and ".join(self.by)),
            ("title", f"{{{self.title}}}" if self.title else ""),
            ("year", str(self.year or "")),
            (place, self.place),
            *self.details,
        ]
        lines = [f"  {name} = {{{_escaped(value)}}}," for name, value in fields if value]
        return "\n".join([f"@{entry}{{{self.key},", *lines, "}"])

    def __str__(self) -> str:
        """The work in a line: authors, year, title, where."""
        names = [one.strip("{}") for one in self.by]  # braces keep BibTeX from taking a name apart
        several = names if len(names) < 4 else [names[0], "et al."]
        who = " & ".join(several) if len(names) < 3 else "; ".join(several)
        when = f" ({self.year})" if self.year else ""
        where = " ".join([self.place, *(value for name, value in self.details if name in ("volume", "pages"))])
        return f"{who}{when}: {self.title}. {where}".strip().rstrip(".") + "."


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)


@cache
def bibliography() -> dict[str, Work]:
    """Every work by its key, as the package has them."""
    import yaml

    found = {}
    for key, entry in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        named = (name for name in ("volume", "number", "pages") if name in entry)
        details = tuple((name, str(entry[name]).replace("-", "--")) for name in named)
        edition = (("edition", entry["edition"]),) if "edition" in entry else ()
        year = int(key.rpartition("_")[2])
        found[key] = Work(key, entry["kind"], tuple(entry["by"]), entry["title"], year, entry["in"], details + edition)
    return found


def program() -> Work:
    """The program itself, in its version."""
    what = "whipcount: An Executable Model of How Political Bodies Decide under Pressure"
    return Work(
        "whipcount", "program", ("{The whipcount authors}",), what, details=(("version", version("whipcount")),)
    )


def sources(scenario: Scenario, slug: str) -> tuple[Work, ...]:
    """The sources of a scenario's record, as it names them."""
    return tuple(
        Work(
            f"{slug}:{one.id}",
            "source",
            (f"{{{one.author.rstrip('.')}}}",) if one.author else (),
            one.title.en,
            one.year,
            f"source {one.id} of the scenario {slug}",
        )
        for one in scenario.sources
    )


def works(keys: Iterable[str]) -> tuple[Work, ...]:
    """The works of these keys in their order, each once; a key of somebody else's mechanism stands for itself."""
    return tuple(bibliography().get(key) or Work(key, "paper", (), key) for key in sorted(set(keys)))

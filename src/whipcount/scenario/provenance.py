"""The source layer: which statement rests on which source, what is a narrator's judgement, what is assumed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .loader import LoadedScenario
from .references import paths
from .values import Text
from .yaml_nodes import Node


@dataclass(frozen=True)
class Statement:
    """What a source is cited for: the path of the record or value, the place in the source, and its kind."""

    source: str
    where: str
    kind: str  # "fact": reported; "judgement": the narrator's own
    path: str
    note: str
    line: int

    @property
    def section(self) -> str:
        """The section of the file that cites it."""
        return self.path.split(".")[0]


@dataclass(frozen=True)
class AssumedValue:
    """A record or value that no source gives, with the reason for it."""

    path: str
    reason: str
    line: int


@dataclass(frozen=True)
class SourceSummary:
    """What rests on one source."""

    id: str
    title: Text
    author: str
    year: int | None
    account: bool
    facts: int
    judgements: int
    record: int  # dated facts of the record among them
    sections: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Provenance:
    """Every citation and every assumption of a scenario, in the order of the file."""

    scenario: str
    sources: tuple[SourceSummary, ...]
    statements: tuple[Statement, ...]
    assumed: tuple[AssumedValue, ...]

    def of_source(self, source: str) -> tuple[Statement, ...]:
        """What one source is cited for."""
        return tuple(statement for statement in self.statements if statement.source == source)


def provenance(loaded: LoadedScenario) -> Provenance:
    """The citations and assumptions of a loaded scenario (of the account it was loaded with)."""
    statements: list[Statement] = []
    assumed: list[AssumedValue] = []
    for path, node in paths(loaded.tree):
        reason = node.text("assumed")
        if reason is not None and reason.strip():
            assumed.append(AssumedValue(path, reason.strip(), node.key_place("assumed").line))
        evidence = node.get("evidence")
        for entry in evidence.entries() if evidence is not None else []:
            statements.append(_statement(path, node, entry))
    summaries = []
    for source in loaded.scenario.sources:
        cited = [statement for statement in statements if statement.source == source.id]
        kinds = Counter(statement.kind for statement in cited)
        sections = Counter(statement.section for statement in cited)
        summaries.append(
            SourceSummary(
                id=source.id,
                title=source.title,
                author=source.author,
                year=source.year,
                account=source.account,
                facts=kinds["fact"],
                judgements=kinds["judgement"],
                record=sections["record"],
                sections=tuple(sections.items()),
            )
        )
    return Provenance(loaded.slug, tuple(summaries), tuple(statements), tuple(assumed))


def _statement(path: str, holder: Node, entry: Node) -> Statement:
    """One citation; a fact of the record that is marked as a judgement makes all its citations judgements."""
    if isinstance(entry.value, str):
        source, _, where = entry.value.partition(":")
        kind, note = "fact", ""
    else:
        source, note = entry.text("source") or "", entry.text("note") or ""
        place = entry.get("where")
        where = str(place.value) if place is not None else ""
        kind = entry.text("kind") or "fact"
    if path.startswith("record.") and holder.text("kind") == "judgement":
        kind = "judgement"
    return Statement(source.strip(), where.strip(), kind, path, note, entry.place.line)

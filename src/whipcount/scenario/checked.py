"""A tree under check: its nodes, its ids by kind, and what mechanisms declare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from whipcount.errors import Place, Problem
from whipcount.theory.questionnaire import KEYS

from .hints import did_you_mean
from .references import SECTIONS
from .registry import Declared
from .yaml_nodes import Node


@dataclass(frozen=True)
class Checked:
    """A tree under check, as overridden and as the file has it (`base`), its ids by kind, what mechanisms declare."""

    root: Node
    base: Node
    declared: Declared
    ids: dict[str, dict[str, Place]] = field(default_factory=dict)

    def known(self, kind: str) -> Iterable[str]:
        """The ids of a kind of record: parties, bodies, ..."""
        return self.ids.get(kind, {})

    def entries(self, section: str) -> list[Node]:
        """The records of a section that are mappings."""
        found = self.root.get(section)
        return [entry for entry in found.entries() if isinstance(entry.value, dict)] if found is not None else []

    def unknown(self, kind: str, name: str, where: str, place: Place, code: str = "WC120") -> Problem:
        """The problem that a named thing does not exist, with the nearest that does."""
        others = [other for other, names in self.ids.items() if name in names and other != kind]
        hint = did_you_mean(name, self.known(kind), f"declare it under `{SECTIONS[kind]}:`")
        if others:
            hint = f"'{name}' is the id of a {others[0]}; {hint}"
        return Problem(code, f"{where}: there is no {kind} '{name}'", hint, place)


Check = Callable[[Checked], Iterator[Problem]]


def collect_ids(root: Node) -> dict[str, dict[str, Place]]:
    """Declared ids by kind, each with its first place."""
    ids: dict[str, dict[str, Place]] = {}
    for kind, section in SECTIONS.items():
        names = ids.setdefault(kind, {})
        found = root.get(section)
        if kind == "offer" and found is None:
            continue
        for entry in found.entries() if found is not None else []:
            name = entry.text("id")
            if name is not None:
                names.setdefault(name, entry.place)
    if root.get("roles") is not None:
        for name in KEYS:
            ids["outcome"].setdefault(name, root.place)
    table = root.get("table")
    ids["table"] = {name: table.place} if table is not None and (name := table.text("id")) else {}
    return ids


def number(node: Node | None) -> float | None:
    """The number of a node, if it is one."""
    if node is None or isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        return None
    return float(node.value)


def day(node: Node | None) -> dt.date | None:
    """The date of a node, if it is one."""
    if node is None or not isinstance(node.value, str):
        return None
    try:
        return dt.date.fromisoformat(node.value)
    except ValueError:
        return None

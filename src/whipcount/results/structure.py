"""What a result was computed with: the rules of the mechanisms, and what of the scenario a run depends on.

A posterior, and pieces of a long computation, are worth something under the structure in which they were found. Kept
beside them, it tells a later reader by name what is another now.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .manifest import mechanism_records, versions

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Scenario

SHORT = 16  # characters of a checksum
NARRATED = frozenset({"title", "summary", "sources", "record", "outcomes", "claims", "variants", "accounts", "roles",
                      "answers", "first_day", "whipcount"})  # fmt: skip
TOLD = frozenset({"name", "note", "evidence", "assumed", "aliases", "colour", "low", "high", "description"})
MOST = 6  # names of one kind that a sentence holds


@dataclass(frozen=True)
class Structure:
    """Checksums of each file of rules, without comments and docstrings, and of each section of the scenario as it was
    run, without what is only told. `program`: of what the rules come to in this scenario, if it was recorded."""

    scenario: str
    account: str | None
    version: str
    rules: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    program: str = ""

    def record(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return asdict(self)

    def differences(self, now: Structure) -> list[str]:
        """In what another structure differs from this one, each in a few words; nothing if in nothing."""
        found = []
        if self.scenario != now.scenario:
            found.append(f"scenario {self.scenario}, not {now.scenario}")
        if self.account != now.account:
            found.append(f"account {self.account or 'none'}, not {now.account or 'none'}")
        elif self.scenario == now.scenario and (names := unlike(self.sections, now.sections)):
            found.append(f"another file of the scenario ({names})")
        same_program = self.program and self.program == now.program
        if not same_program and (names := unlike(self.rules, now.rules)):
            found.append(f"other rules ({names})")
        return found


def unlike(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The names, the first of many, whose checksums differ; nothing if none do."""
    names = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    return ", ".join(names[:MOST]) + (f", … ({len(names)})" if len(names) > MOST else "")


def structure_of(loaded: LoadedScenario, program: str = "") -> Structure:
    """The structure in which a scenario is computed now. program: digest of its recorded plan, where there is one."""
    return structure_as_run(loaded.scenario, loaded.slug, loaded.account, program)


def structure_as_run(scenario: Scenario, slug: str, account: str | None, program: str = "") -> Structure:
    """The same of a scenario with its account and overrides applied."""
    return Structure(slug, account, versions()["whipcount"], rules(), _sections(scenario), program)


def structure_from(record: object) -> Structure | None:
    """The structure that a record tells of; none if it tells of none."""
    try:
        assert isinstance(record, Mapping)
        return Structure(**record)
    except (AssertionError, TypeError):
        return None


def rules() -> dict[str, str]:
    """Checksum of each file of rules by its name: the shipped ones, and those that the reader has named."""
    outside = {one["id"]: one["sha256"][:SHORT] for one in mechanism_records()}
    return {**_shipped(), **outside}


@cache
def _shipped() -> dict[str, str]:
    folder = Path(__file__).parents[1] / "mechanisms"
    return {path.stem: _digest_of_code(path) for path in sorted(folder.glob("*.py"))}


def _digest_of_code(path: Path) -> str:
    """A file's checksum, comments, layout and docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:SHORT]


def _sections(scenario: Scenario) -> dict[str, str]:
    found = scenario.model_dump(mode="json", exclude=set(NARRATED))
    return {
        name: hashlib.sha256(json.dumps(_bare(value), sort_keys=True).encode()).hexdigest()[:SHORT]
        for name, value in sorted(found.items())
        if value
    }


def _bare(value: Any) -> Any:
    """A section without names, sources and reasons: they move no number."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in TOLD}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value

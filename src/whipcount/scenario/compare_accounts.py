"""Where the accounts of a crisis differ: by variant in each source's words, and by path in what is modelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .accounts import chosen_overrides
from .loader import LoadedScenario
from .overrides import find
from .values import EvidenceRecord, Text
from .yaml_nodes import Node, parse


@dataclass(frozen=True)
class Version:
    """What one account says on a disputed matter: its choice, a paraphrase of its words, and where they stand."""

    account: str
    choice: str
    text: Text
    evidence: tuple[EvidenceRecord, ...]
    by_default: bool


@dataclass(frozen=True)
class Dispute:
    """A variant, with every account's version."""

    variant: str
    name: Text
    versions: tuple[Version, ...]

    @property
    def differs(self) -> bool:
        """Whether the accounts choose differently."""
        return len({version.choice for version in self.versions}) > 1


@dataclass(frozen=True)
class Difference:
    """A path of the scenario with its value in the base and under each account."""

    path: str
    base: Any
    values: Mapping[str, Any]
    origins: Mapping[str, str]

    @property
    def differs(self) -> bool:
        """Whether the accounts give it different values."""
        return any(value != next(iter(self.values.values())) for value in self.values.values())


@dataclass(frozen=True)
class AccountComparison:
    """Where the accounts of a scenario differ."""

    scenario: str
    accounts: tuple[tuple[str, Text], ...]
    disputes: tuple[Dispute, ...]
    differences: tuple[Difference, ...]


def compare_accounts(loaded: LoadedScenario) -> AccountComparison:
    """Compare all accounts that a scenario declares."""
    scenario = loaded.scenario
    root = parse(loaded.text, str(loaded.path))
    ids = [account.id for account in scenario.accounts]
    chosen: dict[str, dict[str, tuple[Node, str]]] = {}
    for account in ids:
        settings, _ = chosen_overrides(root, account, {})
        chosen[account] = {each.path: (each.value, each.origin) for each in settings}
    paths = dict.fromkeys(path for settings in chosen.values() for path in settings)
    differences = []
    for path in paths:
        found = find(root, path)
        base = found.plain() if found is not None else None
        values = {account: chosen[account][path][0].plain() if path in chosen[account] else base for account in ids}
        origins = {account: chosen[account][path][1] if path in chosen[account] else "base" for account in ids}
        differences.append(Difference(path, base, MappingProxyType(values), MappingProxyType(origins)))
    return AccountComparison(
        scenario=loaded.slug,
        accounts=tuple((account.id, account.name) for account in scenario.accounts),
        disputes=_disputes(loaded),
        differences=tuple(differences),
    )


def _disputes(loaded: LoadedScenario) -> tuple[Dispute, ...]:
    disputes = []
    for variant in loaded.scenario.variants:
        versions = []
        for account in loaded.scenario.accounts:
            choice = account.choices.get(variant.id, variant.default)
            said = variant.choices[choice]
            versions.append(
                Version(account.id, choice, said.text, said.evidence, by_default=variant.id not in account.choices)
            )
        disputes.append(Dispute(variant.id, variant.name, tuple(versions)))
    return tuple(disputes)

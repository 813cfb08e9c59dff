"""Accounts and variants: each source's version of a crisis, as overrides of the shared base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whipcount.errors import Place, Problem

from .hints import did_you_mean
from .yaml_nodes import Node


@dataclass(frozen=True)
class Chosen:
    """An override that applies: its path and value, who says so, and whether the account itself does."""

    path: str
    value: Node
    origin: str
    own: bool = False


def chosen_overrides(root: Node, account: str | None, choices: Mapping[str, str]) -> tuple[list[Chosen], list[Problem]]:
    """The overrides of every variant's chosen version, then those of the account, in the order of the file.

    A variant takes the version named in `choices`, else the account's, else its default.
    """
    problems: list[Problem] = []
    accounts = _by_id(root, "accounts")
    variants = _by_id(root, "variants")
    if account is not None and account not in accounts:
        problems.append(_unknown("account", account, accounts, f"--account {account}"))
    for name in choices:
        if name not in variants:
            problems.append(_unknown("variant", name, variants, f"--variant {name}"))
    chosen: list[Chosen] = []
    holder = accounts.get(account or "")
    account_choices = holder.get("choices") if holder is not None else None
    for name, variant in variants.items():
        versions = variant.get("choices")
        by_account = account_choices.text(name) if account_choices is not None else None
        version = choices.get(name) or by_account or variant.text("default")
        known = dict(versions.items()) if versions is not None else {}
        if version in known:
            chosen += _settings(known[version], f"{name}: {version}")
        elif name in choices:
            problems.append(_unknown("choice", choices[name], known, f"--variant {name}={choices[name]}"))
    if holder is not None:
        chosen += _settings(holder, f"account {account}", own=True)
    return chosen, problems


def _by_id(root: Node, section: str) -> dict[str, Node]:
    found = root.get(section)
    entries = found.entries() if found is not None else []
    return {name: entry for entry in entries if (name := entry.text("id")) is not None}


def _settings(holder: Node, origin: str, own: bool = False) -> list[Chosen]:
    settings = holder.get("set")
    return [Chosen(path, value, origin, own) for path, value in settings.items()] if settings is not None else []


def _unknown(what: str, name: str, known: Mapping[str, object], where: str) -> Problem:
    hint = did_you_mean(name, known, f"the scenario has no {what}s")
    return Problem("WC142", f"there is no {what} '{name}'", hint, Place(where))

"""Checks of what is asked of a scenario: outcomes, claims, accounts with their variants, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from whipcount.errors import Problem

from . import overrides
from .accounts import Chosen, chosen_overrides
from .check_roles import answers, roles
from .checked import Check, Checked, day
from .hints import did_you_mean
from .references import paths
from .yaml_nodes import Node

MOST_CALIBRATED = 12
_QUERY_FORMS = ("ever", "never", "count", "first")
_PLAIN_OUTCOME = re.compile(r"(?:not )?([a-z][a-z0-9_]*)")


def queries(checked: Checked) -> Iterator[Problem]:
    """Outcomes ask for verbs that mechanisms record, about what the scenario has, within its calendar."""
    for outcome in checked.entries("outcomes"):
        measure = outcome.get("measure")
        name = f"outcomes.{outcome.text('id')}.measure"
        if measure is None:
            continue
        for path, node in [("", measure), *paths(measure)]:
            last = path.rsplit(".", 1)[-1]
            where = f"{name}.{path}" if path else name
            if last in _QUERY_FORMS or ("sequence." in f"{path}." and node.get("verb") is not None):
                yield from _query(checked, node, where)
            if last == "final" and isinstance(node.value, str):
                yield from _measure(checked, node, where)
            if last == "tally":
                yield from _tally(checked, node, where)


def _query(checked: Checked, query: Node, where: str) -> Iterator[Problem]:
    declared = checked.declared.verbs
    for verb in _each(query.get("verb")):
        if isinstance(verb.value, str) and declared and verb.value.rpartition(".")[2] not in declared:
            hint = did_you_mean(verb.value, declared, "`whipcount plan SCENARIO --verbs` lists them")
            yield Problem("WC132", f"{where}: no mechanism records '{verb.value}'", hint, verb.place)
    yield from _code(checked, query, where)
    yield from _names(checked, query, where)


def _tally(checked: Checked, tally: Node, where: str) -> Iterator[Problem]:
    """A tally is of a body, a motion and members that there are."""
    yield from _names(checked, tally, where)
    for key in ("body", "motion"):
        node = tally.get(key)
        if node is not None and isinstance(node.value, str) and node.value not in checked.ids[key]:
            yield checked.unknown(key, node.value, where, node.place)


def _each(node: Node | None) -> list[Node]:
    """One name, or several."""
    return [] if node is None else node.entries() or [node]


def _names(checked: Checked, query: Node, where: str) -> Iterator[Problem]:
    """Who and what is named exists, and the dates lie in the calendar."""
    kinds = {"actor": ("actor", "party"), "party": ("party",), "faction": ("faction",), "object": _OBJECTS}
    for key, allowed in kinds.items():
        for named in _each(query.get(key)):
            known = {name for kind in allowed for name in checked.known(kind)}
            if isinstance(named.value, str) and named.value not in known:
                hint = did_you_mean(named.value, known, "declare it, or correct the name")
                what = "object" if key == "object" else key
                yield Problem("WC120", f"{where}: there is no {what} '{named.value}'", hint, named.place)
    calendar = checked.root.get("calendar")
    start, end = (day(calendar.get("start")), day(calendar.get("end"))) if calendar is not None else (None, None)
    for key in ("after", "before"):
        given = day(query.get(key))
        node = query.get(key)
        if given is not None and node is not None and start and end and not start <= given <= end:
            message = f"{where}.{key}: {given} is outside the calendar ({start} to {end})"
            yield Problem("WC129", message, "nothing happens outside it", node.place)


_OBJECTS = (
    "body",
    "post",
    "settlement",
    "motion",
    "event",
    "constituency",
    "pressure",
    "party",
    "actor",
    "offer",
    "table",
    "faction",
)


def _code(checked: Checked, query: Node, where: str) -> Iterator[Problem]:
    value = query.get("value")
    verbs = [str(node.value) for node in _each(query.get("verb"))]
    verb = ", ".join(verbs)
    codes = {code for each in verbs for code in checked.declared.verbs.get(each.rpartition(".")[2], frozenset())}
    if value is None or not isinstance(value.value, str) or not codes or value.value in codes:
        return
    if value.value in checked.ids["settlement"]:
        return  # a line is recorded with the settlement it stands for
    hint = did_you_mean(value.value, codes, f"'{verb}' is recorded with {', '.join(sorted(codes))}")
    yield Problem("WC132", f"{where}: '{verb}' is never recorded as '{value.value}'", hint, value.place)


def _measure(checked: Checked, node: Node, where: str) -> Iterator[Problem]:
    name, _, entity = str(node.value).partition(":")
    known = checked.declared.measures
    if known and name not in known:
        yield Problem("WC132", f"{where}: there is no daily measure '{name}'", did_you_mean(name, known), node.place)
    ids = {
        each
        for kind in ("party", "settlement", "body", "pressure", "faction", "constituency")
        for each in checked.known(kind)
    }
    for part in entity.split("/") if entity else []:
        if part not in ids:
            hint = did_you_mean(part, ids, "after the colon stands an id of the scenario")
            yield Problem("WC120", f"{where}: there is no '{part}' to measure", hint, node.place)


def claims(checked: Checked) -> Iterator[Problem]:
    """A claim is conditioned on declared outcomes."""
    for claim in checked.entries("claims"):
        given = claim.get("given")
        for node in given.entries() if given is not None else []:
            plain = _PLAIN_OUTCOME.fullmatch(node.value) if isinstance(node.value, str) else None
            if plain is not None and plain.group(1) not in checked.ids["outcome"]:
                yield checked.unknown(
                    "outcome", plain.group(1), f"claims.{claim.text('id')}.given", node.place, "WC131"
                )


def variants(checked: Checked) -> Iterator[Problem]:
    """Accounts choose among the versions there are; defaults exist; every override leads somewhere."""
    choices_of: dict[str, list[str]] = {}
    for variant in checked.entries("variants"):
        name = variant.text("id") or "?"
        choices = variant.get("choices")
        known = [key for key, _ in choices.items()] if choices is not None else []
        choices_of[name] = known
        default = variant.get("default")
        if default is not None and isinstance(default.value, str) and default.value not in known:
            hint = did_you_mean(default.value, known)
            message = f"variant '{name}': its default '{default.value}' is none of its choices"
            yield Problem("WC142", message, hint, default.place)
        for key, choice in choices.items() if choices is not None else []:
            where = f"variant '{name}', choice '{key}'"
            yield from _settings(checked.base, choice, where)
    for account in checked.entries("accounts"):
        chosen = account.get("choices")
        for name, node in chosen.items() if chosen is not None else []:
            known = choices_of.get(name, [])
            if name in choices_of and isinstance(node.value, str) and node.value not in known:
                message = f"account '{account.text('id')}': variant '{name}' has no choice '{node.value}'"
                yield Problem("WC142", message, did_you_mean(node.value, known), node.place)
        under = [setting for setting in chosen_overrides(checked.base, account.text("id"), {})[0] if not setting.own]
        yield from _settings(checked.base, account, f"account '{account.text('id')}'", under)


def _settings(base: Node, holder: Node, where: str, under: Sequence[Chosen] = ()) -> Iterator[Problem]:
    """Overrides that lead nowhere, tried on a copy of the base after those that come before (`under`)."""
    settings = holder.get("set")
    given = settings.items() if settings is not None else []
    heads = {path.split(".")[0] for path in [*(path for path, _ in given), *(each.path for each in under)]}
    tried = _copy_of_sections(base, heads) if given else base
    for each in under if given else ():
        overrides.apply(tried, each.path, each.value.copy())
    for path, value in given:
        problem = overrides.apply(tried, path, value.copy())
        if problem is not None:
            assert settings is not None
            yield Problem(problem.code, f"{where}: {problem.message}", problem.hint, settings.key_place(path))


def _copy_of_sections(root: Node, heads: set[str]) -> Node:
    """The tree with its own copy of the sections that are going to be changed."""
    sections = {key: node.copy() if key in heads else node for key, node in root.items()}
    return Node(root.place, dict(sections), dict(root.keys))


def parameters(checked: Checked) -> Iterator[Problem]:
    """Parameters are those of the mechanisms; at most twelve are calibrated."""
    section = checked.root.get("parameters")
    calibrated = 0
    for name, node in section.items() if section is not None else []:
        assert section is not None
        known = checked.declared.parameters
        if known and name not in known:
            hint = did_you_mean(name, known, "`whipcount plan SCENARIO` lists them")
            yield Problem("WC133", f"no mechanism has a parameter '{name}'", hint, section.key_place(name))
        flag = node.get("calibrate")
        if flag is not None and flag.value is True:
            calibrated += 1
            if calibrated == MOST_CALIBRATED + 1:
                hint = "name the twelve that matter most; the others keep their priors"
                yield Problem("WC134", f"more than {MOST_CALIBRATED} parameters are calibrated", hint, flag.place)


QUERY_CHECKS: tuple[Check, ...] = (queries, claims, variants, parameters, roles, answers)

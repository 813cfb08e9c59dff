"""From the tree of a file to a validated scenario: every complaint of the schema with its line, column and hint."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from whipcount.errors import MOST_TOLD, Place, Problem, more_problems

from .hints import did_you_mean
from .schema import Scenario
from .shape import Shape, scenario_shape, shape_of
from .yaml_nodes import Node

Location = tuple[int | str, ...]

_LIMITS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_WRONG_LENGTH = ("too_short", "too_long", "string_too_short", "string_too_long")


def validate(root: Node) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, or None and every problem the schema finds."""
    if not isinstance(root.value, dict):
        problem = Problem(
            "WC109",
            "a scenario is a mapping of sections",
            "start with `whipcount: 2`; `whipcount new NAME` writes an example",
            root.place,
        )
        return None, [problem]
    try:
        # strict, and by way of JSON: a list may stand for a tuple there and a text for a date, but "3" is no number
        return Scenario.model_validate_json(json.dumps(_without_nulls(root, scenario_shape())), strict=True), []
    except ValidationError as error:
        return None, _problems(root, error)


def _without_nulls(node: Node, shape: Shape) -> Any:
    """Plain values; a known key without a value counts as not given."""
    if isinstance(node.value, dict):
        return {
            key: _without_nulls(inner, shape.inside(key))
            for key, inner in node.value.items()
            if inner.value is not None or key not in shape.keys
        }
    if isinstance(node.value, list):
        item = shape_of(shape.item)
        return [_without_nulls(inner, item) for inner in node.value]
    return node.value


class _Spot:
    """Where a complaint belongs: the deepest node that its location reaches, its shape, and its path in words."""

    def __init__(self, root: Node, location: Location) -> None:
        self.node = root
        self.shape = scenario_shape()
        self.parent = root
        self.parent_shape = self.shape
        self.path: list[str] = []
        self.key: str | None = None
        for part in location:
            if isinstance(part, int) and isinstance(self.node.value, list) and part < len(self.node.value):
                self._go(self.node.value[part], shape_of(self.shape.item), self._entry_name(part), None)
            elif isinstance(part, str) and isinstance(self.node.value, dict) and part in self.node.value:
                self._go(self.node.value[part], self.shape.inside(part), part, part)
            # other parts name an arm of a union or a long form that the file does not spell out

    def _go(self, node: Node, shape: Shape, name: str, key: str | None) -> None:
        self.parent, self.parent_shape = self.node, self.shape
        self.node, self.shape = node, shape
        self.path.append(name)
        self.key = key

    def _entry_name(self, index: int) -> str:
        entry = self.node.entries()[index]
        called_by = self.shape.called_by
        return (entry.text(called_by) if called_by else None) or str(index + 1)

    @property
    def name(self) -> str:
        return ".".join(self.path)


def _problems(root: Node, error: ValidationError) -> list[Problem]:
    found: dict[tuple[Place, str], Problem] = {}
    details = error.errors(include_url=False, include_context=True)
    for number, detail in enumerate(details):
        if _is_echo(root, dict(detail)):
            continue
        problem = _problem(root, dict(detail))
        if len(found) > MOST_TOLD:
            return [*list(found.values())[:MOST_TOLD], more_problems(len(details) - number + 1, problem)]
        # a record may lack several keys, but the arms of a union complain one by one about one value: once is enough
        several = problem.code in ("WC110", "WC111")
        found.setdefault((problem.place, problem.message if several else ""), problem)
    return list(found.values())


def _is_echo(root: Node, detail: dict[str, Any]) -> bool:
    """Whether a list is only called too short because entries of it are wrong, which is told of each of them."""
    node = _Spot(root, detail["loc"]).node
    least = (detail.get("ctx") or {}).get("min_length", 0)
    return detail["type"] == "too_short" and isinstance(node.value, list) and len(node.value) >= least


def _problem(root: Node, detail: dict[str, Any]) -> Problem:
    location: Location = detail["loc"]
    kind = str(detail["type"])
    context: dict[str, Any] = detail.get("ctx") or {}
    last = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return _unknown_key(root, location, last)
    if kind == "missing":
        return _missing_key(root, location, last)
    if location and location[-1] == "[key]":
        return _bad_key(root, location)
    spot = _Spot(root, location)
    place = spot.node.place
    name = f"{spot.name}: " if spot.name else ""
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        limit = context.get(key)
        return Problem("WC113", f"{name}{_shown(spot.node)} must be {words} {limit}", _described(spot), place)
    if kind == "literal_error":
        choices = spot.shape.choices or (str(context.get("expected", "")),)
        hint = did_you_mean(str(spot.node.value), choices, f"one of {', '.join(choices)}")
        return Problem("WC114", f"{name}{_shown(spot.node)} is not one of {', '.join(choices)}", hint, place)
    if kind.startswith("date"):
        return Problem("WC115", f"{name}{_shown(spot.node)} is not a date", "write year-month-day: 1917-11-17", place)
    if kind == "string_pattern_mismatch":
        hint = "identifiers are lower-case latin letters, digits and _"
        return Problem("WC116", f"{name}{_shown(spot.node)} is not spelled as it must be", hint, place)
    if kind in _WRONG_LENGTH:
        bound = (
            f"at least {context['min_length']}" if "min_length" in context else f"at most {context.get('max_length')}"
        )
        what = "characters" if kind.startswith("string") else "entries"
        return Problem("WC117", f"{name}must have {bound} {what}", _described(spot), place)
    if kind == "value_error":
        return Problem("WC118", f"{name}{context.get('error', detail['msg'])}", _described(spot), place)
    return _wrong_type(spot, name, str(detail["msg"]))


def _wrong_type(spot: _Spot, name: str, message: str) -> Problem:
    expected = spot.shape.expected() or message.removeprefix("Input should be ")
    if spot.shape.choices and spot.shape.item is not None:
        expected += f", or {' or '.join(spot.shape.choices)}"
    hint = _described(spot)
    if "string" in message and isinstance(spot.node.value, (int, float)):
        hint = "put it in quotes if it is meant as text"
    return Problem("WC112", f"{name}{_shown(spot.node)} is not {expected}", hint, spot.node.place)


def _unknown_key(root: Node, location: Location, key: str) -> Problem:
    spot = _Spot(root, location[:-1])
    there = spot.node.value if isinstance(spot.node.value, dict) else ()
    keys = [known for known in spot.shape.keys if known not in there]
    where = f"in {spot.name}" if spot.name else "at the top of the file"
    hint = did_you_mean(key, keys, f"known: {', '.join(spot.shape.keys)}")
    return Problem("WC110", f"unknown key '{key}' {where}", hint, spot.node.key_place(key))


def _missing_key(root: Node, location: Location, key: str) -> Problem:
    spot = _Spot(root, location[:-1])
    if isinstance(spot.node.value, list):
        return Problem("WC117", f"{spot.name}: too few entries", _described(spot), spot.node.place)
    if not isinstance(spot.node.value, dict):
        return _wrong_type(spot, f"{spot.name}: ", "")
    where = spot.name or "the scenario"
    field = spot.shape.model.model_fields.get(key) if spot.shape.model is not None else None
    what = (field.description if field is not None else None) or spot.shape.inside(key).expected()
    return Problem("WC111", f"{where} has no '{key}'", f"add `{key}:`{f' ({what})' if what else ''}", spot.node.place)


def _bad_key(root: Node, location: Location) -> Problem:
    key = str(location[-2])
    spot = _Spot(root, location[:-2])
    return Problem(
        "WC116",
        f"{spot.name}: '{key}' is not an identifier",
        "identifiers are lower-case latin letters, digits and _",
        spot.node.key_place(key),
    )


def _described(spot: _Spot) -> str:
    """The schema's own words about the field."""
    model = spot.parent_shape.model
    if model is None or spot.key is None:
        return f"expected {expected}" if (expected := spot.shape.expected()) else ""
    for name, field in model.model_fields.items():
        if spot.key in (name, field.alias):
            return field.description or (f"expected {words}" if (words := spot.shape.expected()) else "")
    return ""


def _shown(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    text = json.dumps(node.value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + '..."'

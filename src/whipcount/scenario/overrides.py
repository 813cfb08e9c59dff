"""Overrides: `path = value` pairs that change the tree of a scenario before it is validated.

A path names keys from the top, joined by dots; an entry of a list is named by its `id` (a seat by its actor, a side
of the table by its party): `parties.bolsheviks.ultimatum.branch`, `bodies.council.seats.ivanov.attendance`. A new
entry is added with a plus sign before its name, an entry or an optional key is taken away with the value null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whipcount.errors import Place, Problem, ScenarioError

from .hints import did_you_mean
from .shape import Shape, scenario_shape, shape_of
from .yaml_nodes import Node, from_plain, parse

FIXED = ("whipcount", "sources", "variants", "accounts")


@dataclass(frozen=True)
class Override:
    """One change of the base: where, to what, and who says so (an account, a variant, the user)."""

    path: str
    value: object
    origin: str


class _PathError(Exception):
    """A path that leads nowhere; becomes a coded problem with the place of the override."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def parse_settings(settings: Iterable[str]) -> dict[str, object]:
    """Values by path from `path=value` texts, each value read as YAML."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for setting in settings:
        path, equals, text = setting.partition("=")
        path = path.strip()
        place = Place(f"--set {setting}")
        if not equals or not path:
            problems.append(
                Problem("WC141", "not of the form path=value", "for instance bodies.council.quorum=11", place)
            )
            continue
        try:
            values[path] = parse(text, place.file, place).plain() if text.strip() else None
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(*problems)
    return values


def setting_node(path: str, value: object) -> Node:
    """A value given by the user as a node that points at the override."""
    return from_plain(value, Place(f"--set {path}"))


def apply(root: Node, path: str, value: Node) -> Problem | None:
    """Change the tree; gives the problem if the path leads nowhere, and leaves the tree as it was then."""
    try:
        _check_head(path)
        _walk(root, scenario_shape(), path.split("."), [], value)
    except _PathError as error:
        return Problem("WC140", f"override of '{path}': {error.message}", error.hint, value.place)
    return None


def find(root: Node, path: str) -> Node | None:
    """The node at a path, or None; optional parts that are not written have no node."""
    node: Node | None = root
    shape = scenario_shape()
    parts = path.split(".")
    while parts and node is not None:
        if isinstance(node.value, dict):
            key, parts = _split_key(node, shape, parts)
            node, shape = node.value.get(key), shape.inside(key)
        elif isinstance(node.value, list):
            matches = _entries_called(node, shape, parts[0])
            node, shape = (node.value[matches[0]] if matches else None), shape_of(shape.item)
            parts = parts[1:]
        else:
            return None
    return node


def _check_head(path: str) -> None:
    head = path.split(".")[0]
    if head in FIXED:
        raise _PathError(f"'{head}' cannot be overridden", "override what the crisis is, not what is said about it")
    if any(not part for part in path.split(".")):
        raise _PathError("a part of the path is empty", "join the parts with single dots")


def _walk(node: Node, shape: Shape, parts: list[str], done: list[str], value: Node) -> None:
    """Follow the first part of the path, making optional records on the way, and set the last."""
    if shape.short_key is not None and not isinstance(node.value, dict):
        key = "coders" if isinstance(node.value, list) else shape.short_key
        node.value, node.keys = {key: Node(node.place, node.value)}, {key: node.place}
    if shape.item is not None:
        _walk_list(node, shape, parts, done, value)
        return
    if shape.model is None and shape.value is None:
        raise _PathError(f"{_name(done)} is a value with nothing inside", "end the path there")
    if not isinstance(node.value, dict):
        raise _PathError(f"{_name(done)} is not a mapping in the file", "mend the file first")
    key, rest = _split_key(node, shape, parts)
    if shape.model is not None and key not in shape.keys:
        raise _PathError(f"there is no '{key}' in {_name(done)}", did_you_mean(key, shape.keys))
    inner = shape.inside(key)
    if not rest:
        _set_key(node, key, inner, value)
        return
    created = key not in node.value or node.value[key].value is None
    child = _empty(inner, value.place) if created else node.value[key]
    _walk(child, inner, rest, [*done, key], value)
    if created:
        node.value[key] = child
        node.keys.setdefault(key, value.place)


def _empty(shape: Shape, place: Place) -> Node:
    """An optional part that is not written yet."""
    return Node(place, [] if shape.item is not None else {})


def _set_key(node: Node, key: str, shape: Shape, value: Node) -> None:
    assert isinstance(node.value, dict)
    if value.value is None:
        node.value.pop(key, None)
        node.keys.pop(key, None)
        return
    if shape.short_key == "value" and _is_number(value) and _needs_reason(shape):
        value = from_plain({"value": value.value, "assumed": f"set by an override ({value.place})"}, value.place)
    node.value[key] = value
    node.keys[key] = value.place


def _needs_reason(shape: Shape) -> bool:
    return shape.model is not None and shape.model.__name__ == "ParameterPrior"


def _is_number(value: Node) -> bool:
    return isinstance(value.value, (int, float)) and not isinstance(value.value, bool)


def _walk_list(node: Node, shape: Shape, parts: list[str], done: list[str], value: Node) -> None:
    called_by = shape.called_by
    if called_by is None:
        raise _PathError(f"entries of {_name(done)} have no names", f"set the whole list: {_name(done)}=[...]")
    if not isinstance(node.value, list):
        raise _PathError(f"{_name(done)} is not a list in the file", "mend the file first")
    name, rest = parts[0], parts[1:]
    if name.startswith("+"):
        _add_entry(node, called_by, name[1:], rest, done, value)
        return
    matches = _entries_called(node, shape, name)
    if not matches:
        known = [text for entry in node.value if (text := entry.text(called_by)) is not None]
        raise _PathError(f"there is no '{name}' in {_name(done)}", did_you_mean(name, known))
    if len(matches) > 1:
        raise _PathError(
            f"{len(matches)} entries of {_name(done)} are called '{name}'", f"set the whole list: {_name(done)}=[...]"
        )
    if rest:
        _walk(node.value[matches[0]], shape_of(shape.item), rest, [*done, name], value)
    elif value.value is None:
        del node.value[matches[0]]
    else:
        node.value[matches[0]] = _named(value, called_by, name)


def _add_entry(node: Node, called_by: str, name: str, rest: list[str], done: list[str], value: Node) -> None:
    assert isinstance(node.value, list)
    if rest or not isinstance(value.value, dict):
        raise _PathError(f"'+{name}' adds an entry to {_name(done)}", "give the whole entry as a mapping")
    if any(entry.text(called_by) == name for entry in node.value):
        raise _PathError(f"{_name(done)} has '{name}' already", f"write {_name(done)}.{name} to replace it")
    node.value.append(_named(value, called_by, name))


def _named(value: Node, called_by: str, name: str) -> Node:
    """An entry with its name filled in, where the path alone gives it."""
    if isinstance(value.value, dict) and called_by not in value.value:
        value = value.copy()
        assert isinstance(value.value, dict)
        value.value[called_by] = Node(value.place, name)
        value.keys[called_by] = value.place
    return value


def _entries_called(node: Node, shape: Shape, name: str) -> list[int]:
    called_by = shape.called_by
    if called_by is None:
        return []
    return [i for i, entry in enumerate(node.entries()) if entry.text(called_by) == name]


def _split_key(node: Node, shape: Shape, parts: list[str]) -> tuple[str, list[str]]:
    """The key that a path starts with: the longest written one, since names of parameters have a dot in them."""
    keys: Mapping[str, object] = node.value if isinstance(node.value, dict) else {}
    for length in range(len(parts), 0, -1):
        key = ".".join(parts[:length])
        if key in keys or (shape.model is not None and key in shape.keys):
            return key, parts[length:]
    dotted = shape.value is not None and _needs_reason(shape_of(shape.value)) and len(parts) > 1
    length = 2 if dotted else 1
    return ".".join(parts[:length]), parts[length:]


def _name(done: list[str]) -> str:
    return ".".join(done) if done else "the scenario"

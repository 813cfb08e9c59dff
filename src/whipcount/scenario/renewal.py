"""A file in another version of the scenario language: one complaint that says, key by key, what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from whipcount.errors import Problem

from .checked import number
from .references import entry_name
from .shape import Shape, scenario_shape, shape_of
from .yaml_nodes import Node

VERSION = 2
_MOST_LISTED = 20


def other_version(root: Node) -> Problem | None:
    """The complaint about a file that names another version than the one read here; none where it names this one."""
    node = root.get("whipcount")
    if node is None or isinstance(node.value, bool) or not isinstance(node.value, int) or node.value == VERSION:
        return None
    given = node.value
    if given > VERSION:
        hint = f"use the program it was written for, or write the file in version {VERSION}"
        return Problem(
            "WC119", f"the file is in version {given} of the language; this program reads {VERSION}", hint, node.place
        )
    changes = [f"line {node.place.line}: write `whipcount: {VERSION}`", *_changes(root, scenario_shape(), [])]
    more = len(changes) - _MOST_LISTED
    shown = [*changes[:_MOST_LISTED], f"and {more} more of these"] if more > 0 else changes
    return Problem(
        "WC119",
        f"the file is in version {given} of the language, which is not read any more",
        "; ".join(shown),
        node.place,
    )


def _changes(node: Node, shape: Shape, path: list[str]) -> Iterator[str]:
    """What to write for each key that the language does not know any more, in the order of the file."""
    if shape.model is not None and isinstance(node.value, dict):
        for key, inner in node.items():
            if key in shape.keys:
                yield from _changes(inner, shape.inside(key), [*path, key])
            else:
                place = node.key_place(key)
                yield f"line {place.line}: {'.'.join([*path, key])}: {_instead(node, path, key)}"
    elif shape.item is not None:
        for index, entry in enumerate(node.entries()):
            yield from _changes(entry, shape_of(shape.item), [*path, entry_name(entry, index)])
    elif shape.value is not None:
        for key, inner in node.items():
            yield from _changes(inner, shape_of(shape.value), [*path, key])


def _instead(record: Node, path: list[str], key: str) -> str:
    renewed = RENEWED.get((path[0] if path else "", key))
    return renewed(record) if renewed is not None else "take it out"


def _rule(body: Node) -> str:
    """The share of a body's rule stands in the rule itself."""
    share = number(body.get("threshold")) or 0.5
    base = body.text("rule") or "cast"
    if share == 0.5 or base == "unanimity":
        return f"take it out (`rule: {base}` says it)"
    return f"write `rule: {Fraction(share).limit_denominator(100)} of {base}`"


RENEWED: dict[tuple[str, str], Callable[[Node], str]] = {("bodies", "threshold"): _rule}
"""What takes the place of keys that are gone, by section and key; those without an entry had no use."""

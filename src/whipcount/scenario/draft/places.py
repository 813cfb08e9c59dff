"""From the place of a mistake in the text to the field of the forms that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from whipcount.errors import Place, Problem

from ..yaml_nodes import Node

Path = tuple[str | int, ...]


def fields_of(problems: Iterable[Problem], tree: Node, fields: Mapping[Path, str]) -> tuple[str, ...]:
    """The field of each problem; empty where no field has it.

    tree: the text's. fields: the field of each path that comes from one; what lies inside belongs to it too.
    """
    paths: dict[tuple[int, int], Path] = {}
    for path, place in _places(tree):
        paths[place.line, place.column] = path  # of those that begin at one place the innermost comes last
    return tuple(_field(paths.get((one.place.line, one.place.column), ()), fields) for one in problems)


def _places(node: Node) -> Iterator[tuple[Path, Place]]:
    """Every value and key with its path, the outer before the inner."""
    waiting: list[tuple[Path, Node]] = [((), node)]
    while waiting:
        path, here = waiting.pop()
        yield path, here.place
        inside: list[tuple[Path, Node]] = [((*path, key), one) for key, one in here.items()]
        for key, place in here.keys.items():
            yield (*path, key), place
        inside += [((*path, number), one) for number, one in enumerate(here.entries())]
        waiting += inside


def _field(path: Path, fields: Mapping[Path, str]) -> str:
    """The field of the longest part of a path that has one."""
    for length in range(len(path), -1, -1):
        if (found := fields.get(path[:length])) is not None:
            return found
    return ""

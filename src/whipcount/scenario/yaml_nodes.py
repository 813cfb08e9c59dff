"""YAML as trees of nodes that know their line and column: scalars of YAML 1.2, no duplicate keys, no bombs.

The stream of parsing events is turned into nodes without recursion, so that no nesting can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from whipcount.errors import MOST_TOLD, Place, Problem, ScenarioError

Scalar: TypeAlias = str | int | float | bool | None

MOST_DEPTH = 40
MOST_FROM_ALIASES = 10_000  # nodes that aliases may add; a scenario written by hand needs some tens

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)  # libyaml where it is built in: some fifteen times faster

_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL = re.compile(r"0o[0-7]{1,18}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_STANDARD_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Node:
    """A scalar, a list or a mapping of the file, and where it stands; `keys` places the keys of a mapping."""

    place: Place
    value: Scalar | list[Node] | dict[str, Node]
    keys: dict[str, Place] = field(default_factory=dict)

    def copy(self) -> Node:
        """The same tree, sharing nothing that an override could change."""
        if isinstance(self.value, dict):
            return Node(self.place, {key: node.copy() for key, node in self.value.items()}, dict(self.keys))
        if isinstance(self.value, list):
            return Node(self.place, [node.copy() for node in self.value])
        return Node(self.place, self.value)

    def plain(self) -> Any:
        """The tree as Python values."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def get(self, key: str) -> Node | None:
        """The node under a key, if this is a mapping that has it with a value."""
        if isinstance(self.value, dict):
            found = self.value.get(key)
            return None if found is None or found.value is None else found
        return None

    def items(self) -> list[tuple[str, Node]]:
        """Keys and nodes of a mapping; nothing for anything else."""
        return list(self.value.items()) if isinstance(self.value, dict) else []

    def entries(self) -> list[Node]:
        """Nodes of a list; nothing for anything else."""
        return self.value if isinstance(self.value, list) else []

    def text(self, key: str) -> str | None:
        """The string under a key, if there is one."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, str) else None

    def key_place(self, key: str) -> Place:
        """Where a key of this mapping stands."""
        return self.keys.get(key, self.place)

    def depth(self) -> int:
        """How many levels the tree has."""
        inside = self.value.values() if isinstance(self.value, dict) else self.entries()
        return 1 + max((node.depth() for node in inside), default=0)

    def count(self) -> int:
        """How many nodes the tree has."""
        if isinstance(self.value, dict):
            return 1 + sum(node.count() for node in self.value.values())
        if isinstance(self.value, list):
            return 1 + sum(node.count() for node in self.value)
        return 1


def from_plain(value: Any, place: Place) -> Node:
    """A tree of nodes from Python values, all at one place (an override's, a sheet's row)."""
    if isinstance(value, Mapping):
        return Node(
            place, {str(k): from_plain(v, place) for k, v in value.items()}, dict.fromkeys(map(str, value), place)
        )
    if isinstance(value, (list, tuple)):
        return Node(place, [from_plain(item, place) for item in value])
    if hasattr(value, "isoformat"):
        return Node(place, value.isoformat())
    return Node(place, value)


def parse(text: str, file: str, place: Place | None = None) -> Node:
    """The one document of `text` as a tree; raises with every problem found.

    With `place` given, every node stands there: a value from the command line has no lines of its own.
    """
    control = _CONTROL.search(text)
    if control is not None:
        where = place or place_of_index(text, control.start(), file)
        raise ScenarioError.one(
            "WC102",
            f"character {control.group()!r} cannot stand in a text file",
            "is this a YAML file at all? Remove the character, or save the file as plain text",
            where,
        )
    reader = _Reader(file, place)
    try:
        reader.read(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        raise ScenarioError(*reader.problems, _syntax_problem(error, text, file, place)) from None
    except yaml.YAMLError as error:
        raise ScenarioError.one("WC105", f"not valid YAML: {error}", "check the file", place or Place(file)) from None
    if reader.problems:
        raise ScenarioError(*reader.problems)
    if reader.root is None:
        raise ScenarioError.one(
            "WC104", "the file is empty", "`whipcount new NAME` writes a scenario to start from", place or Place(file)
        )
    return reader.root


def place_of_index(text: str, index: int, file: str) -> Place:
    """Line and column of a position in the text."""
    return Place(file, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Frame:
    """A collection that is being read; for a mapping, the key whose value comes next."""

    node: Node
    key: str | None = None
    refused: bool = False  # the key was a duplicate: its value is read and dropped


class _Reader:
    """Builds nodes from parsing events."""

    def __init__(self, file: str, place: Place | None) -> None:
        self.file = file
        self.fixed = place
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._open: set[str] = set()
        self._opened: list[str | None] = []
        self._documents = 0
        self._from_aliases = 0

    def read(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            place = self._place(event)
            if isinstance(event, yaml.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    self._stop("WC108", "a second document starts here", "one file holds one scenario", place)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor or "", place)
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event, place)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._start(event, place)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._stack.pop()
                anchor = self._opened.pop()
                if anchor is not None:
                    self._open.discard(anchor)

    def _place(self, event: yaml.Event) -> Place:
        if self.fixed is not None:
            return self.fixed
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark is not None else Place(self.file)

    def _problem(self, code: str, message: str, hint: str, place: Place) -> None:
        if len(self.problems) == MOST_TOLD:
            last = Problem(code, "and more problems follow: the file is read no further", "mend these first", place)
            raise ScenarioError(*self.problems, last)
        self.problems.append(Problem(code, message, hint, place))

    def _stop(self, code: str, message: str, hint: str, place: Place) -> None:
        self._problem(code, message, hint, place)
        raise ScenarioError(*self.problems)

    def _start(self, event: Any, place: Place) -> None:
        self._check_tag(event.tag, place, ("map", "seq"))
        if self._expects_key():
            self._stop("WC108", "a key must be plain text", "write `key: value`", place)
        if len(self._stack) >= MOST_DEPTH:
            self._stop("WC107", f"nested more than {MOST_DEPTH} deep", "no part of a scenario is that deep", place)
        node = Node(place, {} if isinstance(event, yaml.MappingStartEvent) else [])
        if event.anchor is not None:
            self._anchors[event.anchor] = node
            self._open.add(event.anchor)
        self._add(node)
        self._stack.append(_Frame(node))
        self._opened.append(event.anchor)

    def _scalar(self, event: Any, place: Place) -> None:
        if self._expects_key():
            self._key(event.value, place)
            return
        self._check_tag(event.tag, place, ("str", "int", "float", "bool", "null"))
        plain = event.implicit[0] and not event.tag
        value: Scalar = event.value
        if plain or (event.tag or "").removeprefix(_STANDARD_TAG) in ("int", "float", "bool", "null"):
            if _NOT_FINITE.fullmatch(event.value):
                self._problem("WC108", f"{event.value} is not a number a scenario can use", "give a number", place)
            value = scalar(event.value)
        node = Node(place, value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._add(node)

    def _key(self, key: str, place: Place) -> None:
        frame = self._stack[-1]
        assert isinstance(frame.node.value, dict)
        frame.key = key
        frame.refused = key in frame.node.value
        if key == "<<":
            self._problem("WC108", "merge keys (<<) are not part of YAML 1.2", "write the keys out", place)
        if frame.refused:
            first = frame.node.key_place(key)
            self._problem(
                "WC106", f"key {key!r} is given twice", f"it is first given in line {first.line}: keep one", place
            )
        else:
            frame.node.keys[key] = place

    def _alias(self, anchor: str, place: Place) -> None:
        if anchor not in self._anchors:
            self._stop("WC107", f"alias *{anchor} has no anchor", f"write &{anchor} before what it repeats", place)
        if anchor in self._open:
            self._stop("WC107", f"alias *{anchor} stands inside what it repeats", "write the value out", place)
        if self._expects_key():
            self._stop("WC108", "a key must be plain text", "write `key: value`", place)
        target = self._anchors[anchor]
        self._from_aliases += target.count()
        if self._from_aliases > MOST_FROM_ALIASES:
            self._stop(
                "WC107",
                f"aliases repeat more than {MOST_FROM_ALIASES} values",
                "write the values out, or use `defaults:`",
                place,
            )
        if len(self._stack) + target.depth() > MOST_DEPTH:
            self._stop("WC107", f"nested more than {MOST_DEPTH} deep", "no part of a scenario is that deep", place)
        self._add(target.copy())

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].node.value, dict) and self._stack[-1].key is None

    def _add(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node.value, dict):
            assert frame.key is not None
            if not frame.refused:
                frame.node.value[frame.key] = node
            frame.key = None
        else:
            assert isinstance(frame.node.value, list)
            frame.node.value.append(node)

    def _check_tag(self, tag: str | None, place: Place, allowed: tuple[str, ...]) -> None:
        if tag and tag != "!" and tag.removeprefix(_STANDARD_TAG) not in allowed:
            self._problem("WC108", f"tag {tag} is not allowed", "remove it: values are plain here", place)


def scalar(text: str) -> Scalar:
    """A plain scalar under the core schema of YAML 1.2 (`no` and `12:30` are text)."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


_HINTS = (
    ("mapping values are not allowed", "put a text that contains ': ' in quotes"),
    ("cannot start any token", "put a text that starts with @, ` or % in quotes"),
    ("unexpected end of stream", "a quote is not closed"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("expected key", "check the indentation: keys of one mapping start in one column"),
    ("expected '-'", "check the indentation: entries of one list start in one column"),
    ("block end", "check the indentation"),
    ("expected <document start>", "check the start of the file"),
)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str, place: Place | None) -> Problem:
    """A parser's complaint with its place and what usually helps."""
    mark = error.problem_mark or error.context_mark
    where = place or (Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file))
    what = str(error.problem or error.context or "not valid YAML")
    begun = error.context_mark
    if error.context and begun is not None and place is None:
        what += f" ({error.context}, begun in line {begun.line + 1})"
    hint = next((hint for part, hint in _HINTS if part in what), "check the line and the one before it")
    if mark is not None and place is None:
        lines = text.split("\n")
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return Problem("WC105", "a tab is used for indentation", "indent with spaces", where)
    return Problem("WC105", f"not valid YAML: {what}", hint, where)

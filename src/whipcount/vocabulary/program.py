"""The recorded form of a model: what mechanisms said, as a program that backends turn into code.

A mechanism's `step` runs once with recording arrays; every operation becomes a `Node`, every effect (a write to
state, an event, a measure) a statement in a `Block`. Blocks nest: `When` holds what runs only where a mask is true,
`Repeat` a loop. Both backends generate code from this one program, so they cannot disagree about the model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Dtype = Literal["number", "mask"]

# How far a node's value reaches: constant over everything, constant within a run, or changing by day.
STATIC, PER_RUN, DAILY = 0, 1, 2

ELEMENTWISE = frozenset(
    [
        "add",
        "sub",
        "mul",
        "div",
        "neg",
        "minimum",
        "maximum",
        "absolute",
        "exp",
        "log",
        "sqrt",
        "cos2pi",
        "rint",
        "beta_binomial",
        "lt",
        "le",
        "gt",
        "ge",
        "eq",
        "ne",
        "and",
        "or",
        "not",
        "where",
        "number",
    ]
)
REDUCTIONS = frozenset(["sum", "any", "highest", "sum_to", "any_to"])
STRUCTURAL = frozenset(
    ["constant", "given", "param", "read", "row", "stack", "take", "matmul", "first", "best", "best_in", "tally"]
)
STREAM = frozenset(["uniform", "today", "day"])
OPERATIONS = ELEMENTWISE | REDUCTIONS | STRUCTURAL | STREAM


@dataclass(eq=False, slots=True)
class Node:
    """One value: an operation on earlier values. Shaped (entities of `axis`, runs), or (1, runs) without an axis."""

    number: int
    op: str
    args: tuple[Node, ...]
    axis: str | None
    dtype: Dtype
    reach: int
    wide: bool  # differs between runs; a narrow value has one column
    attrs: tuple[object, ...] = ()
    place: tuple[str, int] = ("", 0)
    block: Block | None = None
    copies: bool = False  # for reads: the state is written before this value's last use

    def __repr__(self) -> str:
        arguments = ", ".join(f"v{arg.number}" for arg in self.args)
        return f"v{self.number} = {self.op}({arguments}{', ' if arguments and self.attrs else ''}{_show(self.attrs)})"


def _show(attrs: tuple[object, ...]) -> str:
    return ", ".join(str(attribute) for attribute in attrs)


@dataclass(eq=False, slots=True)
class Write:
    """Masked assignment to a state variable."""

    state: str
    value: Node
    where: Node | None


@dataclass(eq=False, slots=True)
class Record:
    """An event for each entity and run where `where` is true."""

    verb: int
    where: Node
    value: Node | None
    probability: Node | None


@dataclass(eq=False, slots=True)
class Measured:
    """A daily measure: row `first` and following of the series take the value."""

    first: int
    value: Node


@dataclass(eq=False, slots=True)
class When:
    """The body runs only in the runs where the mask is true."""

    mask: Node
    body: Block


@dataclass(eq=False, slots=True)
class Repeat:
    """The body runs `times` times, ending early where no run of `until_quiet` is true any more."""

    times: int
    body: Block
    going: Node | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a decision, with the node of each named term of its utility."""

    name: str
    terms: tuple[tuple[str, Node], ...]
    utility: Node
    probability: Node


@dataclass(eq=False, slots=True)
class Decision:
    """A choice as made: who was asked, between what, with which draw. Only `explain` evaluates it."""

    mechanism: str
    name: str
    axis: str | None
    who: Node
    options: tuple[Option, ...]
    draw: Node
    chosen: tuple[Node, ...]
    repeated: bool = False


Statement = Node | Write | Record | Measured | When | Repeat | Decision


@dataclass(eq=False, slots=True)
class Block:
    """Statements in order; `known` finds an equal earlier node, so nothing is computed twice."""

    parent: Block | None = None
    statements: list[Statement] = field(default_factory=list)
    known: dict[tuple[object, ...], Node] = field(default_factory=dict)
    loop: bool = False

    def ancestors(self) -> Iterator[Block]:
        """This block and the blocks around it, from inside out."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent

    def encloses(self, other: Block) -> bool:
        """Whether `other` is this block or lies inside it."""
        block: Block | None = other
        while block is not None and block is not self:
            block = block.parent
        return block is self


@dataclass(frozen=True, slots=True)
class StateSpec:
    """A declared state variable: whose it is, its axis, type and initial value."""

    name: str
    mechanism: str
    axis: str | None
    dtype: Dtype
    initial: float | str
    writers: frozenset[str]
    codes: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """A kind of event: its name, the mechanism that records it, whom it is about, the names of its codes."""

    name: str
    mechanism: str
    axis: str | None
    codes: dict[int, str]


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """A daily measure as a column of the series: its label and the range that it is summarised in."""

    label: str
    name: str
    entity: str | None
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Program:
    """Everything recorded: what is computed once, what is computed once a run, and each mechanism's daily step."""

    static: Block
    per_run: Block
    steps: tuple[tuple[str, Block], ...]
    states: dict[str, StateSpec]
    verbs: tuple[VerbSpec, ...]
    measures: tuple[MeasureSpec, ...]
    streams: tuple[str, ...]
    nodes: int

    def blocks(self) -> Iterator[Block]:
        """All top-level blocks: static, per run, then each mechanism's."""
        yield self.static
        yield self.per_run
        for _, block in self.steps:
            yield block

    @cached_property
    def digest(self) -> str:
        """A hash of the program: equal programs compute the same from the same inputs."""
        lines = [f"{spec.name} {spec.axis} {spec.dtype}" for spec in self.states.values()]
        lines += [f"{verb.name} {verb.axis}" for verb in self.verbs]
        for block in self.blocks():
            lines.append("block")
            _describe(block, lines)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _describe(block: Block, lines: list[str]) -> None:
    for statement in block.statements:
        lines.append(_line(statement))
        if isinstance(statement, (When, Repeat)):
            _describe(statement.body, lines)
            lines.append("end")


def _line(statement: Statement) -> str:
    if isinstance(statement, Node):
        return f"{statement!r} {statement.axis} {statement.dtype} {statement.reach} {statement.wide}"
    parts = [type(statement).__name__]
    for name in statement.__slots__ if hasattr(statement, "__slots__") else ():
        value = getattr(statement, str(name))
        parts.append(
            f"v{value.number}" if isinstance(value, Node) else str(value) if isinstance(value, (int, str)) else ""
        )
    return " ".join(parts)


def walk(block: Block) -> Iterator[Statement]:
    """All statements of a block and of the blocks inside it, in order."""
    for statement in block.statements:
        yield statement
        if isinstance(statement, (When, Repeat)):
            yield from walk(statement.body)

"""Where the compiled backend finds each value of a program: in memory, through an index, or computed where it is used.

A *leaf* lies in memory before a mechanism's step begins (facts, inputs, state, tables). A *view* is one row of another
value, or each entity's row of the one that it belongs to: an index, not a computation. A *fleeting* value costs less to
compute anew than to store, and is repeated in every kernel that uses it. All others are *placed*: computed once, in one
kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary.program import (
    DAILY,
    ELEMENTWISE,
    PER_RUN,
    STATIC,
    Block,
    Measured,
    Node,
    Program,
    Record,
    Repeat,
    Statement,
    When,
    Write,
    walk,
)

Maps = Mapping[tuple[str, str], NDArray[np.int64]]

LEAVES = frozenset(("constant", "given", "param", "read", "today", "day"))
VIEWS = frozenset(("row", "take"))
HELPED = frozenset(("best", "best_in", "first", "tally"))  # computed by a function that takes whole arrays
ACROSS = frozenset(("sum", "sum_to", "any", "any_to", "highest"))
_CHEAP = ELEMENTWISE - {"div", "exp", "log", "sqrt", "cos2pi", "rint", "beta_binomial"}
# Masks that all runs and rows agree on.
_ALWAYS = Node(-1, "constant", (), None, "mask", STATIC, False, (True,))
_NEVER = Node(-2, "constant", (), None, "mask", STATIC, False, (False,))
MOST_REPEATED = 3  # operations of a per-run value that are repeated in every kernel rather than kept for each run


@dataclass(frozen=True, slots=True)
class Index:
    """Which row of a value is meant: the kernel's own (none given), one row, or a table's entry by the kernel's row."""

    row: int | None = None
    table: tuple[int, ...] | None = None

    @property
    def own(self) -> bool:
        """Whether each row meets the same row of the value."""
        return self.row is None and self.table is None

    @property
    def partial(self) -> bool:
        """Whether some rows meet none."""
        return self.row == -1 or (self.table is not None and -1 in self.table)


OWN = Index()


def composed(outer: Index, inner: Index) -> Index:
    """The index of a view of a view: `outer` is applied by the kernel, `inner` to what it finds."""
    if inner.own:
        return outer
    if inner.row is not None:
        return inner
    assert inner.table is not None
    if outer.own:
        return inner
    if outer.row is not None:
        return Index(row=inner.table[outer.row] if outer.row >= 0 else -1)
    assert outer.table is not None
    return Index(table=tuple(inner.table[row] if row >= 0 else -1 for row in outer.table))


@dataclass(frozen=True, slots=True)
class Use:
    """A value that lies in memory or is computed earlier; `across` where other rows than the kernel's own are met."""

    node: Node
    across: bool


class Values:
    """What is known of the nodes of one program on axes of given sizes.

    alike: the given masks that are the same in every row, and which.
    """

    def __init__(
        self, program: Program, needed: set[int], sizes: Mapping[str, int], maps: Maps, alike: Mapping[str, bool]
    ) -> None:
        self.program = program
        self.alike = alike
        self.needed = needed
        self.sizes = sizes
        self.maps = {pair: tuple(int(x) for x in table) for pair, table in maps.items()}
        self.snapshots: set[int] = set()
        self._same: dict[int, Node] = {}
        self._in_memory: set[int] = set()
        self._fleeting: dict[int, bool] = {}
        self._weight: dict[int, int] = {}
        for block in program.blocks():
            self._demand_memory(block)

    def rows(self, axis: str | None) -> int:
        """Number of rows of an axis."""
        return self.sizes[axis] if axis is not None else 1

    # -- equal values ------------------------------------------------------------------------------------------------

    def same(self, node: Node) -> Node:
        """The node itself, or an earlier one of exactly the same value."""
        found = self._same.get(node.number)
        if found is None:
            other = self._simplified(node)
            found = self._same[node.number] = node if other is None else self.same(other)
        return found

    def _simplified(self, node: Node) -> Node | None:
        if node.op == "given" and node.reach == STATIC and node.dtype == "mask":
            known = self.alike.get(str(node.attrs[0]))
            return None if known is None else _ALWAYS if known else _NEVER
        if node.op == "not" and node.reach == STATIC:
            inner = self.same(node.args[0])
            if inner.op == "constant":
                return _NEVER if inner.attrs[0] else _ALWAYS
        if node.op == "row":
            inner = self.same(node.args[0])
            if inner.op == "stack":
                return inner.args[int(str(node.attrs[0]))]
            return inner if inner.axis is None else None
        if node.op == "any" and node.args[0].axis is None:
            return node.args[0]
        if node.op == "or" or node.op == "and":
            neutral = node.op == "and"
            first, second = (self.same(arg) for arg in node.args)
            for constant, other in ((first, second), (second, first)):
                if constant.op == "constant" and constant.attrs[0] is neutral and other.axis == node.axis:
                    return other
        if node.op in ("mul", "div", "sub"):
            first, second = node.args
            neutral_number = 0.0 if node.op == "sub" else 1.0
            if second.op == "constant" and second.attrs[0] == neutral_number and first.axis == node.axis:
                return first
            if node.op == "mul" and first.op == "constant" and first.attrs[0] == 1.0 and second.axis == node.axis:
                return second
        return None

    # -- kinds of values ---------------------------------------------------------------------------------------------

    def is_leaf(self, node: Node) -> bool:
        """Whether the value lies in memory before the program's daily or per-run part begins."""
        return node.reach == STATIC or (node.op in LEAVES and node.number not in self.snapshots)

    def is_fleeting(self, node: Node) -> bool:
        """Whether the value is computed anew wherever it is used."""
        found = self._fleeting.get(node.number)
        if found is None:
            found = self._fleeting[node.number] = self._decide_fleeting(node)
        return found

    def _decide_fleeting(self, node: Node) -> bool:
        if self.is_leaf(node) or node.op in VIEWS or node.number in self._in_memory:
            return False
        if node.reach == PER_RUN:
            return node.axis is not None and self._repetition(node) <= MOST_REPEATED
        return node.op in ("number", "not", "neg")

    def _repetition(self, node: Node) -> int:
        """How many operations it takes to compute a per-run value anew from what is in memory."""
        node = self.same(node)
        if self.is_leaf(node) or node.axis is None:
            return 0
        found = self._weight.get(node.number)
        if found is None:
            if node.op in VIEWS:
                found = 0 if self.is_leaf(self.same(node.args[0])) else MOST_REPEATED + 1
            elif node.op in _CHEAP:
                found = 1 + sum(self._repetition(arg) for arg in node.args)
            else:
                found = MOST_REPEATED + 1
            self._weight[node.number] = found
        return found

    def is_placed(self, node: Node) -> bool:
        """Whether the value is computed once, in one kernel."""
        return not (self.is_leaf(node) or node.op in VIEWS or self.is_fleeting(node))

    def _demand_memory(self, block: Block) -> None:
        """Note the values that helpers, views and conditions use: these must lie in memory."""
        for statement in walk(block):
            if isinstance(statement, Node):
                if statement.number not in self.needed or statement.reach == STATIC:
                    continue
                if statement.op in HELPED or statement.op == "matmul":
                    self._put(*statement.args)
                elif statement.op == "take":
                    inner = self.same(statement.args[0])
                    if -1 in self.maps[self._pair(statement)] and not self._counts(inner):
                        self._put(inner)
            elif isinstance(statement, Record):
                self._put(statement.where, statement.value, statement.probability)
            elif isinstance(statement, Measured):
                self._put(statement.value)
            elif isinstance(statement, When):
                self._put(statement.mask)

    def _counts(self, node: Node) -> bool:
        """Whether a value is 0 wherever its operand is missing, so that it may be computed after a partial view."""
        return node.op == "number" and node.reach == DAILY and self.same(node.args[0]).op != "not"

    def _put(self, *nodes: Node | None) -> None:
        for node in nodes:
            if node is not None:
                base, _ = self.view(node)
                self._in_memory.add(base.number)

    @staticmethod
    def _pair(node: Node) -> tuple[str, str]:
        return str(node.attrs[0]), str(node.attrs[1])

    def is_wordly(self, node: Node) -> bool:
        """Whether a mask can be had without looking at numbers: it lies in memory, or is made of such masks."""
        node, _ = self.view(node)
        if node.dtype != "mask":
            return False
        return not self.is_fleeting(node) or all(self.is_wordly(arg) for arg in node.args)

    # -- uses --------------------------------------------------------------------------------------------------------

    def view(self, node: Node, index: Index = OWN) -> tuple[Node, Index]:
        """The value behind a view, and the row of it that is meant."""
        node = self.same(node)
        while node.op in VIEWS and node.reach != STATIC:
            row = node.op == "row"
            inner = Index(row=int(str(node.attrs[0]))) if row else Index(table=self.maps[self._pair(node)])
            index = composed(index, inner)
            node = self.same(node.args[0])
        return node, index if node.axis is not None else OWN

    def uses(self, node: Node, *, across: bool = False) -> Iterator[Use]:
        """The leaves and placed values that stand behind a value."""
        base, index = self.view(node)
        across = across or not index.own
        if self.is_fleeting(base):
            for arg in base.args:
                yield from self.uses(arg, across=across)
        else:
            yield Use(base, across)

    def uses_of_all(self, nodes: Iterable[Node]) -> Iterator[Use]:
        """The leaves and placed values that stand behind several values."""
        for node in nodes:
            yield from self.uses(node)

    def operands(self, statement: Statement) -> Iterator[Use]:
        """The leaves and placed values that a statement uses itself."""
        if isinstance(statement, Node):
            whole = statement.op in HELPED or statement.op == "matmul"
            for arg in statement.args:
                yield from self.uses(arg, across=whole)
        elif isinstance(statement, Write):
            for part in (statement.value, statement.where):
                if part is not None:
                    yield from self.uses(part)
        elif isinstance(statement, Record):
            for part in (statement.where, statement.value, statement.probability):
                if part is not None:
                    yield from self.uses(part, across=True)
        elif isinstance(statement, Measured):
            yield from self.uses(statement.value, across=True)
        elif isinstance(statement, When):
            yield from self.uses(statement.mask, across=True)

    def loop_axis(self, statement: Statement) -> str | None:
        """The axis over whose rows a statement's kernel goes."""
        if isinstance(statement, Write):
            return self.program.states[statement.state].axis
        assert isinstance(statement, Node)
        return statement.args[0].axis if statement.op in ACROSS else statement.axis

    # -- state that is written while it is in use --------------------------------------------------------------------

    def find_snapshots(self, block: Block) -> None:
        """Note the reads of state that must be copied: a write comes between them and their last use."""
        finder = _SnapshotFinder(self)
        finder.visit(block, 0)
        for number, (state, at) in finder.reads.items():
            last = finder.last_use.get(number, 0)
            if number in finder.torn or any(at <= write < last for write in finder.writes.get(state, ())):
                self.snapshots.add(number)


class _SnapshotFinder:
    """Positions of reads, last uses and writes in a block, counting all statements in order."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.position = 0
        self.reads: dict[int, tuple[str, int]] = {}
        self.last_use: dict[int, int] = {}
        self.writes: dict[str, list[int]] = {}
        self.torn: set[int] = set()  # a state assigned from other rows of itself

    def visit(self, block: Block, depth: int) -> None:
        """Go through a block and the blocks in it."""
        for statement in block.statements:
            self.position += 1
            if isinstance(statement, Node) and not self._node(statement):
                continue
            for use in self.values.operands(statement):
                if use.node.op == "read":
                    self.last_use[use.node.number] = self.position
                    if isinstance(statement, Write) and use.across and str(use.node.attrs[0]) == statement.state:
                        self.torn.add(use.node.number)
            if isinstance(statement, Write):
                self.writes.setdefault(statement.state, []).append(self.position)
            elif isinstance(statement, When):
                self.visit(statement.body, depth)
            elif isinstance(statement, Repeat):
                self._repeat(statement, depth)

    def _node(self, node: Node) -> bool:
        """Note a read; tell whether the node is computed and so uses its operands here."""
        if node.number not in self.values.needed:
            return False
        if node.op == "read":
            self.reads[node.number] = (str(node.attrs[0]), self.position)
        return self.values.same(node) is node and self.values.is_placed(node)

    def _repeat(self, statement: Repeat, depth: int) -> None:
        start = self.position
        before = set(self.reads)
        self.visit(statement.body, depth + 1)
        self.position += 1
        for number in before:
            if self.last_use.get(number, 0) > start:
                self.last_use[number] = self.position


def is_elementwise(node: Node) -> bool:
    """Whether a node's rows depend on the same rows of its operands only."""
    return node.op in ELEMENTWISE or node.op in ("uniform", "read")


__all__ = ["ACROSS", "HELPED", "LEAVES", "OWN", "VIEWS", "Index", "Use", "Values", "composed", "is_elementwise"]

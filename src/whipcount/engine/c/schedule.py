"""Which operations of straight-line code share a loop: kernels over the rows of one axis, in an order that is right.

Kernels have a level. Within a level come first single values (`S`), then loops over masks alone (`M`), then loops over
entities with numbers (`F`), then calls of helpers (`X`). A value may be used in its own kernel where rows correspond,
else in a later one. Numbers that are needed only later are computed later, so that they need not be stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from whipcount.vocabulary.program import Measured, Node, Record, Statement, Write

from .guards import Literal
from .values import ACROSS, HELPED, Use, Values, is_elementwise

RANK = {"S": 0, "M": 1, "F": 2, "X": 3}
MASK_OPS = frozenset(("and", "or", "not", "eq", "ne", "where", "any", "any_to", "read"))


@dataclass(frozen=True, slots=True)
class Slot:
    """Level, kind and axis of a kernel."""

    level: int
    kind: str
    axis: str | None
    guard: Literal | None = None  # rows in which it has no lane are passed over


@dataclass(eq=False)
class Kernel:
    """A loop over the rows of an axis, or one call of a helper, with what it does in order."""

    slot: Slot
    body: list[Statement] = field(default_factory=list)


def _earliest(before: Slot, then: Slot, *, across: bool) -> int:
    """The least level of a kernel like `then` that may follow on another."""
    alike = (before.kind, before.axis, before.guard) == (then.kind, then.axis, then.guard)
    if alike and not across and then.kind != "X":
        return before.level
    return before.level if RANK[before.kind] < RANK[then.kind] else before.level + 1


class Scheduler:
    """Kernels of one region: straight-line statements, all of them placed, some of them guarded (by id)."""

    def __init__(self, values: Values, statements: list[Statement], guards: Mapping[int, Literal]) -> None:
        self.values = values
        self.statements = statements
        self.guards = guards
        self.slot: dict[int, Slot] = {}  # by id of the statement
        self.order = {id(statement): index for index, statement in enumerate(statements)}
        self._written: dict[str, Write] = {}
        self._readers: dict[str, list[tuple[Statement, bool]]] = {}
        self._recorded: dict[int, Record] = {}
        self._limits: dict[int, list[tuple[Write, bool]]] = {}  # the write that each reader of a state must not pass

    def kernels(self) -> list[Kernel]:
        """Kernels in the order in which they run."""
        for statement in self.statements:
            self._place(statement)
        self._sink()
        kernels: dict[object, Kernel] = {}
        for statement in self.statements:
            slot = self.slot[id(statement)]
            key: object = slot if slot.kind != "X" else (slot, self.order[id(statement)])
            kernels.setdefault(key, Kernel(slot)).body.append(statement)
        return sorted(kernels.values(), key=lambda kernel: (kernel.slot.level, RANK[kernel.slot.kind]))

    # -- as early as possible ----------------------------------------------------------------------------------------

    def _place(self, statement: Statement) -> None:
        axis, guard = self._axis(statement), self.guards.get(id(statement))
        kinds = ("F",) if guard is not None else self._kinds(statement, axis)
        slots = [Slot(self._level(statement, Slot(0, kind, axis, guard)), kind, axis, guard) for kind in kinds]
        self.slot[id(statement)] = min(slots, key=lambda slot: (slot.level, RANK[slot.kind]))
        self._note_state(statement)

    def _axis(self, statement: Statement) -> str | None:
        if isinstance(statement, (Record, Measured)) or (isinstance(statement, Node) and statement.op == "stack"):
            return None
        return self.values.loop_axis(statement)

    def _kinds(self, statement: Statement, axis: str | None) -> tuple[str, ...]:
        if isinstance(statement, (Record, Measured)):
            return ("X",)
        if isinstance(statement, Write):
            operands = [part for part in (statement.value, statement.where) if part is not None]
            mask = True
        else:
            assert isinstance(statement, Node)
            if statement.op in HELPED:
                return ("X",)
            operands = list(statement.args)
            mask = statement.op in MASK_OPS and statement.dtype == "mask"
        mask = mask and all(self.values.is_wordly(operand) for operand in operands)
        if axis is None:
            return ("S",)
        return ("M", "F") if mask else ("F",)

    def _level(self, statement: Statement, then: Slot) -> int:
        level = 0
        for use in self._uses(statement, then.guard):
            node = use.node
            if id(node) in self.slot:
                level = max(level, _earliest(self.slot[id(node)], then, across=use.across or not _in_step(node)))
            elif node.op == "read":
                level = max(level, self._after_write(str(node.attrs[0]), then, across=use.across))
        if isinstance(statement, Node) and statement.op == "read":
            level = max(level, self._after_write(str(statement.attrs[0]), then, across=False))
        elif isinstance(statement, Write):
            level = max(level, self._after_write(statement.state, then, across=False))
            for reader, across in self._readers.get(statement.state, ()):
                level = max(level, _earliest(self.slot[id(reader)], then, across=across))
        elif isinstance(statement, Record) and statement.verb in self._recorded:
            level = max(level, self.slot[id(self._recorded[statement.verb])].level)
        return level

    def _uses(self, statement: Statement, guard: Literal | None) -> Iterator[Use]:
        yield from self.values.operands(statement)
        if guard is not None:
            yield from self.values.uses(guard.node, across=True)

    def _after_write(self, state: str, then: Slot, *, across: bool) -> int:
        write = self._written.get(state)
        return _earliest(self.slot[id(write)], then, across=across) if write is not None else 0

    def _states_read(self, statement: Statement) -> list[tuple[str, bool]]:
        found = [
            (str(use.node.attrs[0]), use.across)
            for use in self.values.operands(statement)
            if use.node.op == "read" and self.values.is_leaf(use.node)
        ]
        if isinstance(statement, Node) and statement.op == "read":
            found.append((str(statement.attrs[0]), False))
        return found

    def _note_state(self, statement: Statement) -> None:
        for state, across in self._states_read(statement):
            self._readers.setdefault(state, []).append((statement, across))
        if isinstance(statement, Write):
            for reader, across in self._readers.pop(statement.state, ()):
                self._limits.setdefault(id(reader), []).append((statement, across))
            self._written[statement.state] = statement
        elif isinstance(statement, Record):
            self._recorded[statement.verb] = statement

    # -- numbers as late as possible -----------------------------------------------------------------------------------

    def _sink(self) -> None:
        users: dict[int, list[tuple[Statement, bool]]] = {}
        for statement in self.statements:
            for use in self.values.operands(statement):
                if id(use.node) in self.slot:
                    users.setdefault(id(use.node), []).append((statement, use.across))
        for statement in reversed(self.statements):
            if isinstance(statement, Node) and id(statement) in users:
                self._sink_node(statement, users)

    def _sink_node(self, node: Node, users: dict[int, list[tuple[Statement, bool]]]) -> None:
        slot = self.slot[id(node)]
        if slot.kind != "F" or node.dtype != "number" or not (is_elementwise(node) or node.op == "matmul"):
            return
        level = min(self._latest(slot, self.slot[id(user)], across) for user, across in users[id(node)])
        if level <= slot.level or not self._free_at(node, level, users):
            return
        moved = Slot(level, "F", slot.axis, slot.guard)
        for write, across in self._limits.get(id(node), ()):
            after = self.slot[id(write)]
            if after.level < _earliest(moved, after, across=across):
                return
        self.slot[id(node)] = moved

    @staticmethod
    def _latest(slot: Slot, user: Slot, across: bool) -> int:
        """The last level at which a value may be computed for this use of it."""
        if (user.kind, user.axis, user.guard) == (slot.kind, slot.axis, slot.guard) and not across:
            return user.level
        return user.level if RANK[slot.kind] < RANK[user.kind] else user.level - 1

    def _free_at(self, node: Node, level: int, users: dict[int, list[tuple[Statement, bool]]]) -> bool:
        """Whether no operand has to be stored only because the node is computed later."""
        for use in self.values.operands(node):
            arg = use.node
            if id(arg) not in self.slot or arg.dtype == "mask" or arg.axis is None or use.across or not _in_step(arg):
                continue
            others = [self.slot[id(user)] for user, _ in users[id(arg)] if user is not node]
            slot = self.slot[id(arg)]
            stored = any(other != slot for other in others)
            if others and not stored and slot.level < level:
                return False
            if not others and not self._movable(arg, level, users):
                return False
        return True

    def _movable(self, node: Node, level: int, users: dict[int, list[tuple[Statement, bool]]]) -> bool:
        slot = self.slot[id(node)]
        if slot.level >= level:
            return True
        if slot.kind != "F" or not is_elementwise(node):
            return False
        return self._free_at(node, level, users)


def _in_step(node: Node) -> bool:
    """Whether a row of the node is ready as soon as its kernel has passed that row."""
    return node.op not in ACROSS and node.op not in HELPED and node.op != "stack"


__all__ = ["Kernel", "Scheduler", "Slot"]

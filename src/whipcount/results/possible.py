"""What a program can ever record: an upper bound by abstract interpretation, without a run.

Every value is followed over all days and runs at once: of a mask, for whom it may be true and for whom it may be false;
of a number, for whom it is always one and the same. State starts as the scenario says and takes in whatever may be
written to it, until nothing changes. Whoever may not be true of a recorded mask is never recorded; the reverse does not
follow: what may happen here need not be possible.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whipcount.vocabulary.program import Block, Decision, Node, Record, Repeat, StateSpec, When, Write

if TYPE_CHECKING:
    from whipcount.engine import Plan

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class May:
    """For whom a mask may be true, and for whom it may be false."""

    true: Mask
    false: Mask


Value = May | Floats  # a number is NaN where it may differ
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "minimum": np.minimum, "maximum": np.maximum,
}  # fmt: skip
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip


@dataclass(frozen=True)
class Possible:
    """By verb of the plan, of whom it may be recorded; by decision, who may be asked."""

    verbs: tuple[Mask, ...]
    decisions: dict[str, Mask]


def possible(plan: Plan) -> Possible:
    """What may be recorded, and who may be asked, at any time in any run."""
    return _Interpreter(plan).run()


class _Interpreter:
    """Runs over a plan's program until the possible states stay as they are."""

    def __init__(self, plan: Plan) -> None:
        from whipcount.engine.numpy.backend import static_values

        self.plan = plan
        self.axes = plan.world.structure.axes
        self.maps = plan.world.maps
        self.known = {number: _of_array(value[:, 0]) for number, value in static_values(plan).items()}
        self.states = {name: self._initial(spec) for name, spec in plan.program.states.items()}
        self.values: dict[int, Value] = {}
        self.verbs = [np.zeros(self._size(verb.axis), dtype=np.bool_) for verb in plan.verbs]
        self.decisions: dict[str, Mask] = {}
        self.changed = True

    def run(self) -> Possible:
        """Passes over the program until nothing new is possible."""
        while self.changed:
            self.changed = False
            self.values = {}
            for block in self.plan.program.blocks():
                self._block(block)
        return Possible(tuple(self.verbs), self.decisions)

    # -- statements --------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        for statement in block.statements:
            if isinstance(statement, Node):
                self.values[statement.number] = self._value(statement)
            elif isinstance(statement, When):
                if self._mask(statement.mask).true.any():
                    self._block(statement.body)
                else:
                    self._skip(statement.body)
            elif isinstance(statement, Repeat):
                self._block(statement.body)
            elif isinstance(statement, Write):
                self._write(statement)
            elif isinstance(statement, Record):
                self.verbs[statement.verb] |= self._mask(statement.where).true
            elif isinstance(statement, Decision):
                name = f"{statement.mechanism}.{statement.name}"
                asked = np.broadcast_to(self._mask(statement.who).true, (self._size(statement.axis),))
                self.decisions[name] = self.decisions.get(name, np.zeros_like(asked)) | asked

    def _skip(self, block: Block) -> None:
        """Values of a block that is never entered: whatever they are, nobody uses them."""
        for statement in block.statements:
            if isinstance(statement, Decision):
                name = f"{statement.mechanism}.{statement.name}"
                self.decisions.setdefault(name, np.zeros(self._size(statement.axis), dtype=np.bool_))
            elif isinstance(statement, (When, Repeat)):
                self._skip(statement.body)

    def _write(self, statement: Write) -> None:
        before, value = self.states[statement.state], self._of(statement.value)
        size = len(before.true) if isinstance(before, May) else len(before)
        where = np.ones(size, dtype=np.bool_)
        if statement.where is not None:
            where = np.broadcast_to(self._mask(statement.where).true, (size,))
        after: Value
        if isinstance(before, May):
            new = self._as_mask(value)
            after = May(before.true | (where & new.true), before.false | (where & new.false))
            same = np.array_equal(after.true, before.true) and np.array_equal(after.false, before.false)
        else:
            number = np.broadcast_to(self._as_number(value), (size,))
            after = np.where(where & ~(before == number), np.nan, before)
            same = np.array_equal(after, before, equal_nan=True)
        if not same:
            self.states[statement.state] = after
            self.changed = True

    # -- values ------------------------------------------------------------------------------------------------------

    def _value(self, node: Node) -> Value:
        if node.number in self.known:
            return self.known[node.number]
        args = [self._of(arg) for arg in node.args]
        if node.op == "read":
            return self.states[str(node.attrs[0])]
        if node.op == "today":
            return self._table(str(node.attrs[0]))
        if node.dtype == "mask":
            return self._masked(node, args)
        return self._numeric(node, args)

    def _masked(self, node: Node, args: list[Value]) -> May:
        op = node.op
        if op in _COMPARED:
            first, second = (self._as_number(arg) for arg in args)
            told = ~(np.isnan(first) | np.isnan(second))
            holds = np.asarray(_COMPARED[op](first, second))
            return May(~told | holds, ~told | ~holds)
        if op == "first":
            return May(self._as_mask(args[0]).true, np.ones(self._size(node.axis), dtype=np.bool_))
        if op in ("best", "best_in"):
            among = self._as_mask(args[1]).true
            return May(among, np.ones_like(among))
        masks = [self._as_mask(arg) for arg in args]
        if op == "and":
            return May(masks[0].true & masks[1].true, masks[0].false | masks[1].false)
        if op == "or":
            return May(masks[0].true | masks[1].true, masks[0].false & masks[1].false)
        if op == "not":
            return May(masks[0].false, masks[0].true)
        if op == "where":
            chosen, one, other = masks
            return May(
                (chosen.true & one.true) | (chosen.false & other.true),
                (chosen.true & one.false) | (chosen.false & other.false),
            )
        if op == "any":
            return May(np.atleast_1d(masks[0].true.any()), np.atleast_1d(masks[0].false.all()))
        if op == "any_to":
            return self._grouped(node, masks[0])
        if op == "take":
            index = self.maps[self._pair(node)]  # -1, who belongs to none, takes what is appended
            return May(np.append(masks[0].true, False)[index], np.append(masks[0].false, True)[index])
        if op == "row":
            row = int(str(node.attrs[0]))
            return May(masks[0].true[row : row + 1], masks[0].false[row : row + 1])
        return May(*(np.ones(self._size(node.axis), dtype=np.bool_) for _ in range(2)))

    def _grouped(self, node: Node, mask: May) -> May:
        index, size = self.maps[self._pair(node)], self._size(node.axis)
        member = index >= 0
        true = np.bincount(index[member & mask.true], minlength=size) > 0
        sure = np.bincount(index[member & ~mask.false], minlength=size) > 0
        return May(true, ~sure)

    def _numeric(self, node: Node, args: list[Value]) -> Floats:
        op = node.op
        if op == "where":
            chosen, one, other = self._as_mask(args[0]), self._as_number(args[1]), self._as_number(args[2])
            either = np.where(one == other, one, np.nan)
            return np.where(~chosen.true, other, np.where(~chosen.false, one, either))
        numbers = [self._as_number(arg) for arg in args]
        if op in _ARITHMETIC:
            with np.errstate(all="ignore"):
                result = np.asarray(_ARITHMETIC[op](*numbers), dtype=np.float32)
            if op == "mul":
                result = np.where((numbers[0] == 0.0) | (numbers[1] == 0.0), 0.0, result)
            return result
        if op == "number":
            return numbers[0]
        if op == "neg":
            return -numbers[0]
        if op == "take":
            index = self.maps[self._pair(node)]
            return np.append(numbers[0], np.float32(0.0))[index]
        if op == "row":
            row = int(str(node.attrs[0]))
            return numbers[0][row : row + 1]
        if op == "sum":
            return np.atleast_1d(numbers[0].sum())
        if op == "sum_to":
            index = self.maps[self._pair(node)]
            member = index >= 0
            total: Floats = np.bincount(index[member], numbers[0][member], self._size(node.axis)).astype(np.float32)
            return total
        return np.full(self._size(node.axis), np.nan)

    # -- small things ------------------------------------------------------------------------------------------------

    def _of(self, node: Node) -> Value:
        found = self.known.get(node.number, self.values.get(node.number))
        return self._anything(node) if found is None else found

    def _anything(self, node: Node) -> Any:
        size = self._size(node.axis)
        if node.dtype == "mask":
            return May(np.ones(size, dtype=np.bool_), np.ones(size, dtype=np.bool_))
        return np.full(size, np.nan)

    def _mask(self, node: Node) -> May:
        return self._as_mask(self._of(node))

    def _as_mask(self, value: Value) -> May:
        if isinstance(value, May):
            return value
        unknown = np.isnan(value)
        return May(unknown | (value != 0.0), unknown | (value == 0.0))

    def _as_number(self, value: Value) -> Floats:
        if not isinstance(value, May):
            return value
        return np.where(value.true & value.false, np.nan, value.true.astype(np.float32))

    def _table(self, name: str) -> Floats:
        rows = np.asarray([np.ravel(row) for row in self.plan.world.tables[name]], dtype=np.float32)
        return np.where((rows == rows[0]).all(axis=0), rows[0], np.nan)

    def _initial(self, spec: StateSpec) -> Value:
        size = self._size(spec.axis)
        if isinstance(spec.initial, str):
            given = self.plan.world.static.get(spec.initial)  # without it the value is drawn for each run
            value = np.full(size, np.nan) if given is None else np.ravel(given).astype(np.float32)
        else:
            value = np.full(size, float(spec.initial))
        value = np.broadcast_to(value, (size,)).copy()
        return self._as_mask(value) if spec.dtype == "mask" else value

    def _size(self, axis: str | None) -> int:
        return len(self.axes[axis]) if axis else 1

    @staticmethod
    def _pair(node: Node) -> tuple[str, str]:
        return str(node.attrs[0]), str(node.attrs[1])


def _of_array(value: npt.NDArray[Any]) -> Value:
    if value.dtype == np.bool_:
        return May(value.copy(), ~value)
    return value.astype(np.float32)

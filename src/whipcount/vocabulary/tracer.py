"""The recorder: what is said of arrays becomes the nodes and statements of a program.

It refuses what the vocabulary does not hold (WC2xx errors name file and line), computes nothing twice, and finds by
itself what can be computed once (from facts) or once a run (from parameters and inputs drawn per run).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from ..errors import MechanismError, Place, Problem
from .array import Array, StateArray
from .program import (
    DAILY,
    PER_RUN,
    STATIC,
    Block,
    Decision,
    Dtype,
    Measured,
    MeasureSpec,
    Node,
    Record,
    Repeat,
    StateSpec,
    VerbSpec,
    When,
    Write,
)
from .structure import Structure

HERE = str(Path(__file__).parent)
_MASKS_IN = frozenset(("and", "or", "not"))
_MASKS_OUT = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))
_IMPURE = frozenset(("uniform", "read"))


class Owner(Protocol):
    """The mechanism whose step is being recorded: states, streams and events are its own."""

    @property
    def id(self) -> str:
        """Its name in parameters and events."""

    @property
    def assigns(self) -> tuple[str, ...]:
        """States of others that it may assign."""


@dataclass(frozen=True)
class Declared:
    """What all mechanisms of a program declare: its states, verbs and measures, and where a mechanism's own stand."""

    states: dict[str, StateSpec] = field(default_factory=dict)
    verbs: list[VerbSpec] = field(default_factory=list)
    measures: list[MeasureSpec] = field(default_factory=list)
    verb_index: dict[tuple[str, str], int] = field(default_factory=dict)
    measure_index: dict[tuple[str, str], tuple[int, str | None]] = field(default_factory=dict)


class Tracer:
    """Records one program; created by `record_program`, met by mechanisms only through `Day` and their own fields."""

    def __init__(self, structure: Structure, declared: Declared, constant_states: frozenset[str]) -> None:
        self.structure = structure
        self.declared = declared
        self.constant_states = constant_states
        self.static = Block()
        self.per_run = Block()
        self.block = Block()
        self.nodes: list[Node] = []
        self.current: Owner | None = None
        self.streams: list[str] = []
        self.guard: Array | None = None  # what the current mechanism writes and records holds in these runs alone

    # -- errors --------------------------------------------------------------------------------------------------

    def place(self) -> tuple[str, int]:
        """File and line of the mechanism's code that is being recorded."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(HERE):
            frame = frame.f_back
        return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("", 0)

    def refuse(self, code: str, message: str, hint: str) -> NoReturn:
        """Stop with a coded error at the mechanism's line."""
        file, line = self.place()
        who = f"mechanism '{self.current.id}': " if self.current else ""
        raise MechanismError(Problem(code, who + message, hint, Place(file, line, 1 if line else 0)))

    # -- values --------------------------------------------------------------------------------------------------

    def emit(
        self,
        op: str,
        args: tuple[Node, ...] = (),
        *,
        axis: str | None = None,
        dtype: Dtype = "number",
        attrs: tuple[object, ...] = (),
        reach: int | None = None,
        wide: bool | None = None,
    ) -> Node:
        """A node for `op`, placed where it need not be computed more often than it changes."""
        # called once for each of some ten thousand values: plain loops cost half of what generators do
        if reach is None:
            reach = STATIC
            for arg in args:
                if arg.reach > reach:
                    reach = arg.reach
        if wide is None:
            wide = False
            for arg in args:
                if arg.wide:
                    wide = True
        block = (self.static, self.per_run, self.block)[reach] if op != "read" or reach < DAILY else self.block
        key: tuple[object, ...] = (op, tuple([arg.number for arg in args]), axis, dtype, attrs)
        if op not in _IMPURE:
            scope: Block | None = block
            while scope is not None:
                known = scope.known.get(key)
                if known is not None:
                    return known
                scope = scope.parent
        for arg in args:
            if arg.reach == DAILY and arg.block is not self.block:
                self._check_scope(arg)
        node = Node(len(self.nodes), op, args, axis, dtype, reach, wide, attrs, self.place(), block)
        self.nodes.append(node)
        block.statements.append(node)
        if op not in _IMPURE:
            block.known[key] = node
        return node

    def _check_scope(self, node: Node) -> None:
        if node.reach == DAILY and node.block is not None and not node.block.encloses(self.block):
            self.refuse(
                "WC206",
                "a value computed inside `day.when(...)` or `day.repeat(...)` is used outside it or elsewhere",
                "keep it in a state variable",
            )

    def array(self, node: Node, codes: Sequence[str] = ()) -> Array:
        """The recording array of a node."""
        return Array(node, self, codes)

    def lift(self, value: object) -> Array:
        """An array as it is; a Python number or truth value as a constant."""
        if isinstance(value, Array):
            return value
        if isinstance(value, bool):
            return self.array(self.emit("constant", dtype="mask", attrs=(value,)))
        if not isinstance(value, (int, float)):
            kind = type(value).__name__
            self.refuse("WC202", f"{kind} is not a value of the vocabulary", "use numbers, masks and declared inputs")
        return self.array(self.emit("constant", attrs=(float(value),)))

    def elementwise(self, op: str, *operands: Array) -> Array:
        """An operation entity by entity; values without an axis apply to all entities."""
        axes = {operand.axis for operand in operands} - {None}
        if len(axes) > 1:
            self.refuse(
                "WC203",
                f"'{op}' on two axes, {' and '.join(sorted(map(str, axes)))}",
                "bring one to the other with day.spread(x, axis) or day.total(x, axis)",
            )
        self._check_types(op, operands)
        dtype: Dtype = "mask" if op in _MASKS_OUT else "number"
        if op == "where":
            dtype = operands[1].node.dtype
        axis = next(iter(axes), None)
        return self.array(self.emit(op, tuple(operand.node for operand in operands), axis=axis, dtype=dtype))

    def _check_types(self, op: str, operands: Sequence[Array]) -> None:
        kinds = [operand.node.dtype for operand in operands]
        if op == "where":
            right = kinds[0] == "mask" and kinds[1] == kinds[2]
        elif op in _MASKS_IN or op == "number":
            right = all(kind == "mask" for kind in kinds)
        elif op in ("eq", "ne"):
            right = len(set(kinds)) == 1
        else:
            right = all(kind == "number" for kind in kinds)
        if not right:
            self.refuse(
                "WC204",
                f"'{op}' on {' and '.join(kinds)}",
                "masks combine with & | ~; day.number(mask) counts; comparisons make masks",
            )

    # -- inputs and state ------------------------------------------------------------------------------------------

    def parameter(self, name: str) -> Array:
        """A parameter by full name; those that are counted in beats, in days of this scenario's tempo."""
        differs = self.structure.parameters.get(name)
        if differs is None:
            self.refuse("WC207", f"no parameter '{name}'", "declare it with Param(...)")
        value = self.array(self.emit("param", attrs=(name,), reach=PER_RUN if differs else STATIC, wide=differs))
        factor = self.structure.pace.get(name, 1.0)
        return value if factor == 1.0 else value * factor

    def given(self, name: str) -> Array:
        """An input of the world by name."""
        given = self.structure.given.get(name)
        if given is None:
            self.refuse(
                "WC207", f"the world has no input '{name}'", "inputs are listed by `whipcount plan SCENARIO --inputs`"
            )
        reach = PER_RUN if given.per_run else STATIC
        node = self.emit("given", axis=given.axis, dtype=given.dtype, attrs=(name,), reach=reach, wide=given.per_run)
        return self.array(node)

    def read_state(self, name: str) -> StateArray:
        """The current value of a state variable."""
        spec = self.declared.states.get(name)
        if spec is None:
            self.refuse("WC207", f"no mechanism declares the state '{name}'", "see `whipcount plan SCENARIO --states`")
        constant = name in self.constant_states
        key = ("read", name)
        node = None
        if not constant:
            node = next((scope.known[key] for scope in self.block.ancestors() if key in scope.known), None)
        if node is None and constant:
            node = self.per_run.known.get(key)
        if node is None:
            reach = PER_RUN if constant else DAILY
            node = self.emit("read", axis=spec.axis, dtype=spec.dtype, attrs=(name,), reach=reach, wide=True)
            assert node.block is not None
            node.block.known[key] = node
        return StateArray(node, self, spec.codes, lambda value, where: self.assign(spec, value, where))

    def assign(self, spec: StateSpec, value: object, where: Array | None) -> None:
        """Masked assignment by the owner or a named writer."""
        who = self.current.id if self.current else ""
        named = self.current is not None and spec.name.split(".")[0] in self.current.assigns
        if who != spec.mechanism and who not in spec.writers and not named:
            self.refuse(
                "WC208",
                f"writes '{spec.name}', which belongs to '{spec.mechanism}'",
                f"let '{spec.mechanism}' name it in `writers`, or let a mechanism from elsewhere say so in `assigns`",
            )
        array = self.lift(value)
        for part, what in ((array, "value"), (where, "mask")):
            if part is not None and part.axis not in (None, spec.axis):
                self.refuse(
                    "WC203",
                    f"the {what} assigned to '{spec.name}' is on axis '{part.axis}'",
                    f"it is per '{spec.axis}'",
                )
        if array.node.dtype != spec.dtype:
            self.refuse(
                "WC204",
                f"'{spec.name}' is a {spec.dtype}, the value is a {array.node.dtype}",
                "use day.number or a comparison",
            )
        if where is not None and not where.is_mask:
            self.refuse("WC204", "`where` must be a mask", "compare numbers first")
        if self.guard is not None:
            where = self.guard if where is None else where & self.guard
        for node in [array.node] + ([where.node] if where is not None else []):
            self._check_scope(node)
        self.block.statements.append(Write(spec.name, array.node, where.node if where is not None else None))
        self._forget(spec.name)

    def _forget(self, state: str) -> None:
        for scope in self.block.ancestors():
            scope.known.pop(("read", state), None)

    # -- effects and control -----------------------------------------------------------------------------------

    def stream(self, purpose: str) -> int:
        """The slot of a random stream of the current mechanism; each purpose is drawn once a step."""
        name = f"{self.current.id if self.current else ''}/{purpose}"
        if name in self.streams:
            self.refuse(
                "WC209",
                f"draws twice under one name, '{purpose}'",
                "give each draw its own purpose, or reuse the first",
            )
        self.streams.append(name)
        return len(self.streams) - 1

    def record(self, verb: str, where: Array, value: Array | None, probability: Array | None) -> None:
        """An event of the current mechanism."""
        assert self.current is not None
        index = self.declared.verb_index.get((self.current.id, verb))
        if index is None:
            self.refuse("WC207", f"records '{verb}' without declaring it", "add it to `verbs`")
        if where.axis != self.declared.verbs[index].axis:
            self.refuse(
                "WC203",
                f"'{verb}' is recorded per '{where.axis}'",
                f"it is declared per '{self.declared.verbs[index].axis}'",
            )
        if self.guard is not None:
            where = where & self.guard
        for part in (where, value, probability):
            if part is not None:
                self._check_scope(part.node)
        nodes = [part.node if part is not None else None for part in (value, probability)]
        self.block.statements.append(Record(index, where.node, *nodes))

    def measure(self, name: str, value: Array) -> None:
        """A daily measure of the current mechanism; taken in every run, so not inside `when`."""
        assert self.current is not None
        found = self.declared.measure_index.get((self.current.id, name))
        if found is None:
            self.refuse("WC207", f"measures '{name}' without declaring it", "add it to `measures`")
        if value.axis != found[1] or self.block.parent is not None:
            self.refuse(
                "WC203",
                f"'{name}' is measured per '{value.axis}' or inside `when`",
                f"measure it daily, per '{found[1]}'",
            )
        self.block.statements.append(Measured(found[0], value.node))

    def decided(self, decision: Decision) -> None:
        """Keep a decision for `explain`."""
        decision.repeated = any(scope.loop for scope in self.block.ancestors())
        self.block.statements.append(decision)

    @contextmanager
    def when(self, mask: Array) -> Iterator[None]:
        """What follows concerns only the runs where `mask` (without an axis) is true."""
        if mask.axis is not None or not mask.is_mask:
            self.refuse("WC204", "`when` needs a mask with one value a run", "use day.any(mask)")
        with self._inside(loop=False) as body:
            yield
        self.block.statements.append(When(mask.node, body))

    @contextmanager
    def repeat(self, times: int) -> Iterator[None]:
        """What follows is done `times` times; draws made in it are the same each time."""
        for scope in self.block.ancestors():
            for key in [key for key in scope.known if key[0] == "read"]:
                del scope.known[key]
        with self._inside(loop=True) as body:
            yield
        self.block.statements.append(Repeat(times, body))

    @contextmanager
    def _inside(self, *, loop: bool) -> Iterator[Block]:
        outer = self.block
        self.block = Block(parent=outer, loop=loop)
        try:
            yield self.block
        finally:
            self.block = outer

"""The NumPy backend's code: a recorded program as the text of one Python function.

Values are arrays shaped (entities, runs) or (entities, 1). Inside `when`, arrays are cut to the runs concerned, so a
mechanism that concerns few runs costs little and one that concerns none costs next to nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from whipcount.vocabulary.program import (
    DAILY,
    Block,
    Decision,
    Measured,
    Node,
    Program,
    Record,
    Repeat,
    Statement,
    When,
    Write,
)

from ..analysis import Liveness, analyse, decision_nodes

_UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative",
    "minimum": "minimum", "maximum": "maximum", "absolute": "absolute",
}  # fmt: skip
_COMPARISONS = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
    "and": "logical_and", "or": "logical_or", "not": "logical_not",
}  # fmt: skip
_FRESH = frozenset((*_UFUNCS, "exp", "log", "cos2pi", "rint", "number", "where", "uniform", "beta_binomial"))


class _Writer:
    """Writes the function line by line."""

    def __init__(self, program: Program, live: Liveness, *, watch: bool, profile: bool) -> None:
        self.program = program
        self.live = live
        self.watch = watch
        self.profile = profile
        self.lines: list[str] = []
        self.indent = 1
        self.decisions: list[Decision] = []
        self.depth = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def name(self, node: Node) -> str:
        """Variable of a node at the current depth: wide values are cut anew in each nested block."""
        if node.reach < DAILY and self.depth == 0:
            return f"v{node.number}"
        return f"v{node.number}_{self.depth}" if node.wide and self.depth else f"v{node.number}"

    def state(self, name: str) -> str:
        return "s_" + name.replace(".", "__").replace("-", "_")

    # -- blocks ------------------------------------------------------------------------------------------------------

    def block(self, block: Block, *, top: bool = True) -> None:
        for index, statement in enumerate(block.statements):
            if isinstance(statement, Node) and statement.number not in self.live.needed:
                continue
            ended = self._ended(block, statement, index)
            self.statement(statement, ended)
            if top or self.depth:
                names = [self.name(node) for node in ended if node.wide]
                if names:
                    self.line(f"del {', '.join(names)}")

    def _ended(self, block: Block, statement: Statement, index: int) -> list[Node]:
        """Values of this block used here for the last time (constant ones stay for the next step)."""
        if isinstance(statement, Node):
            used = list(statement.args)
        elif isinstance(statement, Write):
            used = [node for node in (statement.value, statement.where) if node is not None]
        elif isinstance(statement, Record):
            used = [n for n in (statement.where, statement.value, statement.probability) if n is not None]
        elif isinstance(statement, Measured):
            used = [statement.value]
        elif isinstance(statement, Decision):
            used = list(decision_nodes(statement)) if self.watch else []
        elif isinstance(statement, When):
            used = [statement.mask, *self.live.inputs.get(id(statement.body), [])]
        else:
            used = list(self.live.inputs.get(id(statement.body), []))
        last = self.live.last
        unique = {node.number: node for node in used}
        return [
            node
            for node in unique.values()
            if node.block is block and node.reach == DAILY and last.get(node.number) == index
        ]

    def statement(self, statement: Statement, ended: list[Node]) -> None:
        columns = f"c{self.depth}"
        if isinstance(statement, Node):
            self.node(statement, ended)
        elif isinstance(statement, Write):
            where = self.name(statement.where) if statement.where is not None else "None"
            self.line(f"put({self.state(statement.state)}, {self.name(statement.value)}, {where}, {columns})")
        elif isinstance(statement, Record):
            parts = [self.name(n) if n is not None else "None" for n in (statement.value, statement.probability)]
            self.line(f"record({statement.verb}, {self.name(statement.where)}, {parts[0]}, {parts[1]}, {columns}, t)")
        elif isinstance(statement, Measured):
            self.line(f"measure({statement.first}, {self.name(statement.value)}, t)")
        elif isinstance(statement, When):
            self.when(statement)
        elif isinstance(statement, Repeat):
            self.line(f"for _ in range({statement.times}):")
            self.indent += 1
            self.block(statement.body, top=False)
            self.line("pass")
            self.indent -= 1
        elif isinstance(statement, Decision) and self.watch:
            self.decide(statement)

    def when(self, statement: When) -> None:
        mask, body = self.name(statement.mask), statement.body
        inner, outer = self.depth + 1, self.depth
        cut = [node for node in self.live.inputs.get(id(body), []) if node.wide]
        outer_names = [self.name(node) for node in cut]
        self.line(f"if {mask}.any():")
        self.indent += 1
        self.line(f"r{inner} = which({mask})")
        self.line(f"c{inner} = within(c{outer}, r{inner})")
        self.line(f"k{inner}, i{inner} = cut1(k{outer}, r{inner}), cut1(i{outer}, r{inner})")
        self.depth = inner
        for node, outer_name in zip(cut, outer_names, strict=True):
            self.line(f"{self.name(node)} = cut({outer_name}, r{inner})")
        self.block(body)
        for node in cut:
            self.line(f"{self.name(node)} = None")
        self.depth = outer
        self.indent -= 1

    def decide(self, decision: Decision) -> None:
        index = len(self.decisions)
        self.decisions.append(decision)
        nodes = {node.number: node for node in decision_nodes(decision)}
        values = ", ".join(f"{number}: {self.name(node)}" for number, node in sorted(nodes.items()))
        self.line(f"watch({index}, t, c{self.depth}, {{{values}}})")

    # -- nodes -------------------------------------------------------------------------------------------------------

    def node(self, node: Node, ended: list[Node]) -> None:
        target = self.name(node)
        reused = self._reusable(node, ended)
        if reused is not None:
            self.line(self._expression(node, out=self.name(reused)))
            self.line(f"{target} = {self.name(reused)}")
        else:
            self.line(f"{target} = {self._expression(node)}")

    def _reusable(self, node: Node, ended: list[Node]) -> Node | None:
        """An operand whose memory the result may take: fresh, of the same shape, and used here for the last time."""
        if node.op not in _UFUNCS or not node.wide:
            return None
        for arg in ended:
            if arg.op in _FRESH and arg.wide and arg.axis == node.axis and arg.dtype == "number":
                return arg
        return None

    def _expression(self, node: Node, out: str = "") -> str:
        args = [self.name(arg) for arg in node.args]
        op = node.op
        if op in ("minimum", "maximum") and not any(_settles_zero(arg) for arg in node.args):
            return f"{op}({', '.join(args)}{f', out={out}' if out else ''})"
        if op in _UFUNCS or op in _COMPARISONS:
            ufunc = _UFUNCS.get(op) or _COMPARISONS[op]
            return f"np.{ufunc}({', '.join(args)}{f', out={out}' if out else ''})"
        simple = {
            "where": "np.where", "exp": "exp", "log": "log", "sqrt": "sqrt", "cos2pi": "cos2pi", "rint": "rint",
            "number": "number", "sum": "row_sum", "first": "first", "best": "best", "highest": "highest",
            "beta_binomial": "beta_binomial",
        }.get(op)  # fmt: skip
        if simple:
            return f"{simple}({', '.join(args)})"
        return self._structural(node, args)

    def _structural(self, node: Node, args: list[str]) -> str:
        op, attrs = node.op, node.attrs
        if op == "constant":
            return f"constant({attrs[0]!r})"
        if op in ("given", "param"):
            return f"{op}[{attrs[0]!r}]"
        if op == "read":
            source = self.state(str(attrs[0]))
            if not self.depth:
                return f"{source}.copy()" if node.copies else source
            return f"{'cut_copy' if node.copies else 'cut'}({source}, c{self.depth})"
        if op == "row":
            return f"{args[0]}[{attrs[0]}:{int(str(attrs[0])) + 1}]"
        if op == "stack":
            return f"stack(({', '.join(args)},))"
        if op == "best_in":
            return f"group[{attrs!r}].best({', '.join(args)})"
        if op == "take":
            return f"take[{attrs!r}]({args[0]})"
        if op in ("sum_to", "any_to"):
            return f"group[{attrs!r}].{op[:3]}({args[0]})"
        if op == "any":
            return f"{args[0]}.any(axis=0, keepdims=True)"
        if op == "matmul":
            return f"weigh[{attrs[0]!r}]({args[0]})"
        if op == "tally":
            return f"tally[{attrs!r}]({', '.join(args)})"
        if op == "uniform":
            moment = args[0] if args else "t"
            return f"uniform_at(stream[{attrs[0]}], {moment}, k{self.depth}, i{self.depth})"
        if op == "today":
            return f"table[{attrs[0]!r}][t]"
        if op == "day":
            return "days[t]"
        raise AssertionError(op)


def _settles_zero(node: Node) -> bool:
    """Whether comparing with this value cannot be a tie between zeros of different sign."""
    return node.op == "constant" and node.attrs[0] != 0.0


@functools.lru_cache(maxsize=4)
def generate(program: Program, *, watch: bool = False, profile: bool = False) -> tuple[str, tuple[Decision, ...]]:
    """The text of `static()` and `simulate(...)`, and the decisions in the order in which `watch` numbers them."""
    live = analyse(program, watch=watch)
    writer = _Writer(program, live, watch=watch, profile=profile)
    static_names = _function(writer, "def static():", program.static)
    writer.line(f"return {{{', '.join(f'{name!r}: {name}' for name in static_names)}}}")
    writer.lines.append("def simulate(rt, states, param, given, k0, i0, steps):")
    writer.line("record, measure, watch, c0 = rt.record, rt.measure, rt.watch, None")
    for name in program.states:
        writer.line(f"{writer.state(name)} = states[{name!r}]")
    writer.block(program.per_run, top=False)
    writer.line("for t in steps:")
    writer.indent += 1
    for mechanism, block in program.steps:
        if profile:
            writer.line(f"rt.enter({mechanism!r})")
        writer.block(block)
    writer.line("rt.step_done(t)")
    return "\n".join(writer.lines) + "\n", tuple(writer.decisions)


def generate_static(program: Program) -> str:
    """The text of `static()` alone."""
    writer = _Writer(program, analyse(program), watch=False, profile=False)
    names = _function(writer, "def static():", program.static)
    writer.line(f"return {{{', '.join(f'{name!r}: {name}' for name in names)}}}")
    return "\n".join(writer.lines) + "\n"


def _function(writer: _Writer, head: str, block: Block) -> list[str]:
    writer.lines.append(head)
    writer.block(block, top=False)
    return [writer.name(n) for n in block.statements if isinstance(n, Node) and n.number in writer.live.needed]


def describe(program: Program) -> Mapping[str, int]:
    """How many statements each mechanism's step has."""
    return {mechanism: len(block.statements) for mechanism, block in program.steps}

"""What both backends need to know of a program: which values are needed, when each is used last, which reads copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from whipcount.vocabulary.program import (
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


def operands(statement: Statement, *, watch: bool) -> Iterator[Node]:
    """The values that a statement uses itself (not those used inside its body)."""
    if isinstance(statement, Node):
        yield from statement.args
    elif isinstance(statement, Write):
        yield statement.value
        if statement.where is not None:
            yield statement.where
    elif isinstance(statement, Record):
        yield statement.where
        for part in (statement.value, statement.probability):
            if part is not None:
                yield part
    elif isinstance(statement, Measured):
        yield statement.value
    elif isinstance(statement, When):
        yield statement.mask
    elif isinstance(statement, Decision) and watch:
        yield from decision_nodes(statement)


def decision_nodes(decision: Decision) -> Iterator[Node]:
    """Every value that describes a decision."""
    yield decision.who
    yield decision.draw
    yield from decision.chosen
    for option in decision.options:
        yield option.utility
        yield option.probability
        for _, term in option.terms:
            yield term


def uses(statement: Statement, *, watch: bool) -> Iterator[Node]:
    """The values that a statement uses, those inside its body included."""
    yield from operands(statement, watch=watch)
    if isinstance(statement, (When, Repeat)):
        for inner in statement.body.statements:
            yield from uses(inner, watch=watch)


@dataclass
class Liveness:
    """needed: numbers of the nodes that some effect depends on. last: for each node, the index in its own block of
    the statement that uses it last. inputs: for each nested block, the outer values that it uses."""

    needed: set[int]
    last: dict[int, int] = field(default_factory=dict)
    inputs: dict[int, list[Node]] = field(default_factory=dict)


def analyse(program: Program, *, watch: bool = False) -> Liveness:
    """Liveness of a program; also marks the reads that must copy, since the state is written while they are in use."""
    live = Liveness(_needed(program, watch=watch))
    for block in program.blocks():
        _last_uses(block, live, watch=watch)
    for _, block in program.steps:
        _mark_copies(block, watch=watch)
    return live


def _needed(program: Program, *, watch: bool) -> set[int]:
    needed: set[int] = set()
    stack: list[Node] = []

    def seed(block: Block) -> None:
        for statement in block.statements:
            if not isinstance(statement, Node):
                stack.extend(operands(statement, watch=watch))
            if isinstance(statement, (When, Repeat)):
                seed(statement.body)

    for block in program.blocks():
        seed(block)
    while stack:
        node = stack.pop()
        if node.number not in needed:
            needed.add(node.number)
            stack.extend(node.args)
    return needed


def _is_used(statement: Statement, live: Liveness) -> bool:
    return not isinstance(statement, Node) or statement.number in live.needed


def _last_uses(block: Block, live: Liveness, *, watch: bool) -> None:
    for index, statement in enumerate(block.statements):
        if not _is_used(statement, live):
            continue
        used = {node.number: node for node in uses(statement, watch=watch) if node.number in live.needed}
        for node in used.values():
            if node.block is block:
                live.last[node.number] = index
        if isinstance(statement, (When, Repeat)):
            body = statement.body
            live.inputs[id(body)] = [
                node
                for number, node in sorted(used.items())
                if node.block is not None and not _defined_inside(node, body)
            ]
            _last_uses(body, live, watch=watch)


def _defined_inside(node: Node, body: Block) -> bool:
    return node.block is not None and body.encloses(node.block)


def _mark_copies(block: Block, *, watch: bool) -> None:
    """A read whose state is written between it and its last use needs a copy; positions count all statements in
    order."""
    position = 0
    reads: dict[int, tuple[Node, int]] = {}
    last_use: dict[int, int] = {}
    writes: dict[str, list[int]] = {}

    def visit(body: Block, loops: list[int]) -> None:
        nonlocal position
        for statement in body.statements:
            position += 1
            for node in operands(statement, watch=watch):
                last_use[node.number] = position
            if isinstance(statement, Node) and statement.op in ("read", "row", "take"):
                base = statement if statement.op == "read" else statement.args[0]
                if statement.op == "read":
                    reads[statement.number] = (statement, position)
                elif statement.op == "row" and base.number in reads:
                    reads[statement.number] = (base, position)
            if isinstance(statement, Write):
                places = writes.setdefault(statement.state, [])
                places.append(position)
                places.extend(loops)  # in a loop, a write also comes before what stands earlier in the body
            if isinstance(statement, Repeat):
                start = position
                outside = set(reads)
                visit(statement.body, [*loops, start])
                position += 1
                for number in outside:
                    if last_use.get(number, 0) > start:
                        last_use[number] = position
            elif isinstance(statement, When):
                visit(statement.body, loops)

    visit(block, [])
    for number, (read, at) in reads.items():
        state = str(read.attrs[0])
        if any(at <= write < last_use.get(number, 0) for write in writes.get(state, ())):
            read.copies = True

"""A program cut into units: parts of a mechanism's step that run for one group of lanes at a time.

A mechanism's `when` at the top of its step, if it holds enough work, is a unit of its own, so that lanes from several
groups can be brought together for it; what stands between is another unit. Inside a unit, straight-line code (a region)
alternates with branches and loops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from whipcount.vocabulary.program import Block, Decision, Node, Program, Repeat, Statement, When, Write, walk

from .guards import Guards
from .schedule import Kernel, Scheduler
from .values import Values

WORTH_GATHERING = 300.0  # row operations in the body of a `when`, below which it stays inside its surroundings

COSTS = {
    "exp": 18.0, "log": 22.0, "cos2pi": 12.0, "sqrt": 6.0, "div": 6.0, "uniform": 20.0, "tally": 200.0, "best": 6.0,
    "best_in": 6.0, "take": 0.0, "row": 0.0, "read": 0.0, "matmul": 4.0, "beta_binomial": 300.0,
}  # fmt: skip


@dataclass(eq=False)
class Region:
    """Straight-line code: its statements, and later its kernels."""

    statements: list[Statement]
    kernels: list[Kernel] = field(default_factory=list)


@dataclass(eq=False)
class Branch:
    """What runs only if some lane is in the mask."""

    when: When
    items: list[Item]


@dataclass(eq=False)
class Loop:
    """What is repeated."""

    times: int
    items: list[Item]


Item = Region | Branch | Loop


@dataclass(frozen=True)
class Kept:
    """Values that last as long as an epoch: the read of the epoch, and the numbers of those used elsewhere."""

    epoch: Node
    values: frozenset[int]


@dataclass(eq=False)
class Unit:
    """A part of a step; `when` is what it depends on as a whole, `kept` what stays from day to day."""

    mechanism: str
    items: list[Item]
    cost: float
    when: When | None = None
    kept: Kept | None = None

    def regions(self) -> Iterator[Region]:
        """Its straight-line parts in order."""
        yield from _regions(self.items)

    def statements(self) -> Iterator[Statement]:
        """All statements, the conditions of branches and of the unit among them."""
        if self.when is not None:
            yield self.when
        yield from _statements(self.items)


def _regions(items: list[Item]) -> Iterator[Region]:
    for item in items:
        if isinstance(item, Region):
            yield item
        else:
            yield from _regions(item.items)


def _statements(items: list[Item]) -> Iterator[Statement]:
    for item in items:
        if isinstance(item, Region):
            yield from item.statements
        else:
            if isinstance(item, Branch):
                yield item.when
            yield from _statements(item.items)


def _acts(block: Block) -> bool:
    """Whether a block has any effect."""
    return any(
        _acts(statement.body) if isinstance(statement, (When, Repeat)) else not isinstance(statement, (Node, Decision))
        for statement in block.statements
    )


def live_values(values: Values, program: Program) -> set[int]:
    """Numbers of the placed values that some effect depends on."""
    live: set[int] = set()
    waiting: list[Node] = []

    def demand(statement: Statement) -> None:
        for use in values.operands(statement):
            if use.node.number not in live and values.is_placed(use.node):
                live.add(use.node.number)
                waiting.append(use.node)

    def seed(block: Block) -> None:
        for statement in block.statements:
            if isinstance(statement, (When, Repeat)):
                if _acts(statement.body):
                    demand(statement)
                    seed(statement.body)
            elif not isinstance(statement, (Node, Decision)):
                demand(statement)

    for _, block in program.steps:
        seed(block)
    while waiting:
        demand(waiting.pop())
    return live


def schedule(values: Values, prologue: Sequence[Unit], units: Sequence[Unit]) -> None:
    """Find the kernels of all regions."""
    users: dict[int, set[int]] = {}
    for index, unit in enumerate((*prologue, *units)):
        for statement in unit.statements():
            for use in values.operands(statement):
                users.setdefault(use.node.number, set()).add(-1 if isinstance(statement, When) else index)
    for index, unit in enumerate((*prologue, *units)):
        everywhere = {number for number, seen in users.items() if seen != {index}}
        regions = list(unit.regions())
        guards = Guards(values, [region.statements for region in regions], everywhere)
        for region in regions:
            region.kernels = Scheduler(values, region.statements, guards.guard).kernels()


class Cutter:
    """Cuts blocks into units."""

    def __init__(self, values: Values, live: set[int]) -> None:
        self.values = values
        self.live = live

    def units(self, mechanism: str, block: Block) -> list[Unit]:
        """The units of a mechanism's step, or of the per-run prologue."""
        units: list[Unit] = []
        items: list[Item] = []
        for item in self._items(block):
            if isinstance(item, Branch) and item.when.mask.wide:
                cost = self._cost(item.when.body)
                if cost >= WORTH_GATHERING:
                    self._close(units, mechanism, items)
                    items = []
                    units.append(Unit(mechanism, item.items, cost, item.when))
                    continue
            items.append(item)
        self._close(units, mechanism, items)
        return units

    @staticmethod
    def _close(units: list[Unit], mechanism: str, items: list[Item]) -> None:
        if items:
            units.append(Unit(mechanism, items, 0.0))

    def _items(self, block: Block, without: frozenset[int] = frozenset()) -> list[Item]:
        """The parts of a block; `without` the values that are computed before it."""
        items: list[Item] = []
        line: list[Statement] = []

        def end_line() -> None:
            if line:
                items.append(Region(list(line)))
                line.clear()

        for statement in block.statements:
            if isinstance(statement, Node):
                if statement.number in self.live and statement.number not in without:
                    line.append(statement)
            elif isinstance(statement, Repeat):
                steady = self._steady(statement.body)
                line += steady
                end_line()
                inner = self._items(statement.body, frozenset(node.number for node in steady))
                if inner:
                    items.append(Loop(statement.times, inner))
            elif isinstance(statement, When):
                end_line()
                inner = self._items(statement.body)
                if inner:
                    items.append(Branch(statement, inner))
            elif not isinstance(statement, Decision):
                line.append(statement)
        end_line()
        return items

    def _steady(self, body: Block) -> list[Node]:
        """The values in a loop that are the same each time: they depend on nothing that it writes."""
        written = {statement.state for statement in walk(body) if isinstance(statement, Write)}
        changing: set[int] = set()
        steady: list[Node] = []
        for statement in body.statements:
            if isinstance(statement, Node) and statement.number in self.live:
                uses = [use.node for use in self.values.operands(statement)]
                changes = any(
                    node.number in changing or (node.op == "read" and str(node.attrs[0]) in written) for node in uses
                )
                if changes or statement.op == "read":
                    changing.add(statement.number)
                else:
                    steady.append(statement)
        return steady

    def _cost(self, block: Block) -> float:
        total = 0.0
        for statement in block.statements:
            if isinstance(statement, Node):
                if statement.number in self.live:
                    total += self.cost_of(statement)
            elif isinstance(statement, Repeat):
                total += statement.times * self._cost(statement.body)
            elif isinstance(statement, When):
                total += 0.5 * self._cost(statement.body)
        return total

    def cost_of(self, node: Node) -> float:
        """About how many operations on rows of lanes a value takes; masks cost next to nothing."""
        rows = self.values.rows(self.values.loop_axis(node))
        if node.dtype == "mask" and all(arg.dtype == "mask" for arg in node.args):
            return 0.05 * rows
        return COSTS.get(node.op, 1.0) * rows


__all__ = ["COSTS", "Branch", "Cutter", "Item", "Kept", "Loop", "Region", "Unit", "live_values", "schedule"]

"""Which rows of a value are needed at all: a choice is worked out only for those who are asked.

The value behind `mask & x`, `where(mask, x, y)` or a masked assignment matters only where the mask is true.
Followed back through a unit this gives each operation the masks without which nobody looks at its result. An
operation that costs something is then guarded: its kernel passes over the rows where the guard has no lane. What it
leaves there is never used.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whipcount.vocabulary.program import Measured, Node, Record, Statement, Write

from .values import ACROSS, HELPED, Values

LEAST_SAVED = 16.0  # operations a row that must be guarded together, or the test costs more than it saves
COSTS = {
    "exp": 18.0, "log": 22.0, "cos2pi": 12.0, "sqrt": 6.0, "div": 6.0, "uniform": 22.0, "matmul": 8.0,
    "beta_binomial": 300.0,
}  # fmt: skip
Needs = frozenset["Literal"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A mask, or that it is not true, as a condition under which a value is needed."""

    node: Node
    positive: bool

    def __hash__(self) -> int:
        return self.node.number * 2 + self.positive

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self.node is other.node and self.positive == other.positive


class Guards:
    """The guards of the statements of one unit (by id), given its regions in order.

    everywhere: numbers of the values that are needed in every row, since other units or conditions use them.
    """

    def __init__(self, values: Values, regions: Sequence[list[Statement]], everywhere: set[int]) -> None:
        self.values = values
        self.guard: dict[int, Literal] = {}
        self._needs: dict[int, Needs] = dict.fromkeys(everywhere, frozenset())
        self._known: dict[tuple[int, bool], Needs] = {}
        self._steady: set[int] = set()
        for region in reversed(regions):
            for statement in reversed(region):
                self._follow(statement)
        self._later = {s.number for region in regions for s in region if isinstance(s, Node)}
        for region in regions:
            self._later -= {statement.number for statement in region if isinstance(statement, Node)}
            self._guard_region(region)

    # -- what each value is needed for -----------------------------------------------------------------------------

    def implied(self, mask: Node, positive: bool) -> Needs:
        """All that is known to hold where a mask is true (or where it is not)."""
        mask = self.values.same(mask)
        key = (mask.number, positive)
        found = self._known.get(key)
        if found is None:
            if mask.op == "not":
                found = self.implied(mask.args[0], not positive)
            elif mask.op == "constant":
                found = frozenset()
            else:
                found = frozenset((Literal(mask, positive),))
                if mask.op == ("and" if positive else "or"):
                    found = found.union(*(self.implied(arg, positive) for arg in mask.args))
            self._known[key] = found
        return found

    def _operands(self, statement: Statement) -> Iterator[tuple[Node, Needs | None]]:
        """Operands with what holds wherever they are looked at; none for those looked at in other rows."""
        if isinstance(statement, Write):
            where = self.implied(statement.where, True) if statement.where is not None else frozenset()
            yield statement.value, where
            if statement.where is not None:
                yield statement.where, frozenset()
        elif isinstance(statement, Record):
            yield statement.where, frozenset()
            for part in (statement.value, statement.probability):
                if part is not None:
                    yield part, self.implied(statement.where, True)
        elif isinstance(statement, Measured):
            yield statement.value, frozenset()
        elif isinstance(statement, Node):
            yield from self._operands_of(statement)

    def _operands_of(self, node: Node) -> Iterator[tuple[Node, Needs | None]]:
        needs, args = self._needs.get(node.number, frozenset()), node.args
        if node.op in ("and", "or"):
            for arg, other in (args, args[::-1]):
                yield arg, needs | self.implied(other, node.op == "and")
        elif node.op == "where":
            yield args[0], needs
            yield args[1], needs | self.implied(args[0], True)
            yield args[2], needs | self.implied(args[0], False)
        elif node.op in ("best", "best_in"):
            yield args[0], self.implied(args[1], True)
            yield args[1], frozenset()
        elif node.op in HELPED or node.op in ACROSS or node.op == "stack":
            for arg in args:
                yield arg, frozenset()
        else:
            for arg in args:
                yield arg, None if node.op == "matmul" else needs

    def _follow(self, statement: Statement) -> None:
        for operand, needs in self._operands(statement):
            for use in self.values.uses(operand):
                told = frozenset() if needs is None or use.across else needs
                number = use.node.number
                before = self._needs.get(number)
                self._needs[number] = told if before is None else before & told

    # -- guards ------------------------------------------------------------------------------------------------------

    def _guard_region(self, region: list[Statement]) -> None:
        before = predecessors(self.values, region)
        index = {id(statement): place for place, statement in enumerate(region)}
        behind: list[int] = []
        for place, earlier in enumerate(before):
            bits = 1 << place
            for other in earlier:
                bits |= behind[other]
            behind.append(bits)
        self._steady = self._steady_reads(region)
        chosen: dict[int, Literal] = {}
        saved: dict[tuple[str | None, Literal], float] = {}
        for place, statement in enumerate(region):
            literal = self._choose(statement, place, index, behind, chosen)
            if literal is not None:
                chosen[place] = literal
                key = (self.values.loop_axis(statement), literal)
                saved[key] = saved.get(key, 0.0) + _cost(statement)
        chosen = {
            place: literal
            for place, literal in chosen.items()
            if saved[self.values.loop_axis(region[place]), literal] >= LEAST_SAVED
        }
        order = self._order(region, before, chosen, index)
        region[:] = [region[place] for place in order]

    def _beside(
        self, node: Node, needs: Needs, place: int, index: dict[int, int], behind: list[int], chosen: dict[int, Literal]
    ) -> Literal | None:
        """The guard under which a mask's operands are computed, if the mask itself is needed only there.

        A mask costs next to nothing; under the guard of its operands it can be computed beside them.
        """
        for use in self.values.uses(node):
            literal = chosen.get(index.get(id(use.node), -1))
            if (
                literal is not None
                and literal in needs
                and literal.node.axis == node.axis
                and self._at_hand(literal, place, index, behind)
            ):
                return literal
        return None

    def _choose(
        self, statement: Statement, place: int, index: dict[int, int], behind: list[int], chosen: dict[int, Literal]
    ) -> Literal | None:
        """The most telling mask without which nobody looks at what the statement computes."""
        if isinstance(statement, Node):
            if statement.op in HELPED or statement.op in ACROSS or statement.op in ("stack", "read"):
                return None
            needs = self._needs.get(statement.number, frozenset())
            if all(arg.dtype == "mask" for arg in statement.args) and statement.dtype == "mask":
                return self._beside(statement, needs, place, index, behind, chosen)
        elif isinstance(statement, Write) and statement.where is not None:
            if self.values.program.states[statement.state].dtype == "mask":
                return None
            needs = self.implied(statement.where, True)
        else:
            return None
        axis = self.values.loop_axis(statement)
        if axis is None:
            return None
        best: tuple[int, int] | None = None
        found = None
        for literal in needs:
            if literal.node.axis == axis and self._at_hand(literal, place, index, behind):
                rank = (len(self.implied(literal.node, literal.positive)), 2 * literal.node.number + literal.positive)
                if best is None or rank > best:
                    best, found = rank, literal
        return found

    def _at_hand(self, literal: Literal, place: int, index: dict[int, int], behind: list[int]) -> bool:
        """Whether a mask lies in memory, or can be put there, before the statement at `place` runs."""
        base, _ = self.values.view(literal.node)
        if base.op == "read" and self.values.is_leaf(base):
            return base.number in self._steady
        if self.values.is_fleeting(base) or base.number in self._later:
            return False
        where = index.get(id(base))
        return where is None or not behind[where] >> place & 1

    def _steady_reads(self, region: Sequence[Statement]) -> set[int]:
        """Reads that the region uses of state that it does not write."""
        written = {statement.state for statement in region if isinstance(statement, Write)}
        return {
            use.node.number
            for statement in region
            for use in self.values.operands(statement)
            if use.node.op == "read" and str(use.node.attrs[0]) not in written
        }

    def _order(
        self, region: list[Statement], before: list[set[int]], chosen: dict[int, Literal], index: dict[int, int]
    ) -> list[int]:
        """An order of the statements in which guards come first; guards that would go in a circle are given up."""
        while True:
            edges = [set(earlier) for earlier in before]
            for place, literal in chosen.items():
                edges[place] |= _literal_places(self.values, literal, index)
            order = sorted_stably(edges)
            if len(order) == len(region):
                self.guard.update({id(region[place]): literal for place, literal in chosen.items()})
                return order
            stuck = set(range(len(region))) - set(order)
            chosen = {place: literal for place, literal in chosen.items() if place not in stuck}


def _literal_places(values: Values, literal: Literal, index: dict[int, int]) -> set[int]:
    return {index[id(use.node)] for use in values.uses(literal.node) if id(use.node) in index}


def _cost(statement: Statement) -> float:
    return COSTS.get(statement.op, 1.0) if isinstance(statement, Node) else 1.0


def sorted_stably(before: Sequence[set[int]]) -> list[int]:
    """Places in an order that respects `before`, else as they are; those in a circle are left out."""
    waiting = [len(earlier) for earlier in before]
    after: list[list[int]] = [[] for _ in before]
    for place, earlier in enumerate(before):
        for other in earlier:
            after[other].append(place)
    ready = [place for place, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        place = heapq.heappop(ready)
        order.append(place)
        for later in after[place]:
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, later)
    return order


def predecessors(values: Values, region: Sequence[Statement]) -> list[set[int]]:
    """For each statement the earlier ones that it must follow: values, state read and written, events of one verb."""
    place = {id(statement): index for index, statement in enumerate(region)}
    written: dict[str, int] = {}
    readers: dict[str, set[int]] = {}
    recorded: dict[int, int] = {}
    found: list[set[int]] = []
    for index, statement in enumerate(region):
        before: set[int] = set()
        states = set()
        for use in values.operands(statement):
            if id(use.node) in place:
                before.add(place[id(use.node)])
            elif use.node.op == "read":
                states.add(str(use.node.attrs[0]))
        if isinstance(statement, Node) and statement.op == "read":
            states.add(str(statement.attrs[0]))
        for state in states:
            if state in written:
                before.add(written[state])
        if isinstance(statement, Write):
            before |= readers.pop(statement.state, set())
            if statement.state in written:
                before.add(written[statement.state])
            written[statement.state] = index
        elif isinstance(statement, Record):
            if statement.verb in recorded:
                before.add(recorded[statement.verb])
            recorded[statement.verb] = index
        for state in states:
            if not isinstance(statement, Write) or state != statement.state:
                readers.setdefault(state, set()).add(index)
        before.discard(index)
        found.append(before)
    return found


__all__ = ["Guards", "Literal", "predecessors", "sorted_stably"]

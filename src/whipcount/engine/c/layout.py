"""Where everything lies in memory: rows of a group of lanes, rows of scratch memory, columns of facts.

A value that is used only inside its own kernel lives in a register. One used by later kernels of its unit gets scratch
rows, which are used again when it is dead; one used by other units is kept with the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from whipcount.vocabulary.program import PER_RUN, STATIC, Node, Program, Statement, walk

from .schedule import Kernel
from .units import Branch, Item, Region, Unit
from .values import ACROSS, HELPED, Use, Values


@dataclass(frozen=True, slots=True)
class Place:
    """An area and the first row in it.

    Areas: `f` and `m` the numbers and masks of a group, `l` and `n` those of scratch memory, `s` and `k` of facts.
    """

    area: str
    row: int


@dataclass
class _Life:
    """When a placed value is made and used last, by position of kernels in its unit."""

    node: Node
    unit: int
    birth: int
    kernel: Kernel
    loops: tuple[int, ...]
    death: int = -1
    stored: bool = False
    elsewhere: bool = False


@dataclass
class _Walk:
    """Kernels of a unit with their positions and the loops around them (each as the position at its end)."""

    steps: list[tuple[Kernel | Branch, int, tuple[int, ...]]] = field(default_factory=list)
    position: int = 0

    def visit(self, items: Sequence[Item], loops: tuple[int, ...]) -> None:
        """Number the kernels and conditions in order."""
        for item in items:
            if isinstance(item, Region):
                for kernel in item.kernels:
                    self.position += 1
                    self.steps.append((kernel, self.position, loops))
            elif isinstance(item, Branch):
                self.position += 1
                self.steps.append((item, self.position, loops))
                self.visit(item.items, loops)
            else:
                inner = len(self.steps)
                marker = -1 - self.position
                self.visit(item.items, (*loops, marker))
                self.position += 1
                end = self.position
                self.steps[inner:] = [
                    (step, at, tuple(end if loop == marker else loop for loop in around))
                    for step, at, around in self.steps[inner:]
                ]


class Layout:
    """Places of all values of a program that is cut into units; the first unit or units are the per-run prologue."""

    def __init__(self, values: Values, program: Program, prologue: Sequence[Unit], units: Sequence[Unit]) -> None:
        self.values = values
        self.program = program
        self.units = (*prologue, *units)
        self.first_step = len(prologue)
        self.numbers = self.masks = self.scratch = self.scratch_masks = 0
        self.statics: dict[int, Place] = {}
        self.static_rows = {"s": 0, "k": 0}
        self.parameters: dict[str, int] = {}
        self.given: dict[str, Place] = {}
        self.states: dict[str, Place] = {}
        self.tables: dict[str, int] = {}
        self.matrices: dict[str, int] = {}
        self.streams: dict[int, int] = {}
        self.stream_rows = 0
        self.placed: dict[int, Place] = {}
        self.epochs: dict[int, Place] = {}  # by unit that keeps values: the epochs that it saw last
        self._lives: dict[int, _Life] = {}
        self._states()
        self._leaves()
        self._live_ranges()
        self._keep_with_group()
        self._scratch()

    def place(self, node: Node) -> Place | None:
        """Where a leaf or a stored value lies; none for a value that only its kernel knows."""
        if node.reach == STATIC:
            return self.statics.get(node.number)
        if node.number in self.placed:
            return self.placed[node.number]
        if node.op == "param":
            return Place("f", self.parameters[str(node.attrs[0])])
        if node.op == "given":
            return self.given[str(node.attrs[0])]
        if node.op == "read" and self.values.is_leaf(node):
            return self.states[str(node.attrs[0])]
        return None

    # -- leaves ------------------------------------------------------------------------------------------------------

    def _row(self, area: str, rows: int) -> Place:
        if area == "f":
            self.numbers += rows
            return Place(area, self.numbers - rows)
        self.masks += rows
        return Place(area, self.masks - rows)

    def _states(self) -> None:
        for name, spec in self.program.states.items():
            self.states[name] = self._row("m" if spec.dtype == "mask" else "f", self.values.rows(spec.axis))

    def _statements(self) -> Iterator[Statement]:
        for unit in self.units:
            for region in unit.regions():
                yield from region.statements
        for block in (self.program.per_run, *(block for _, block in self.program.steps)):
            yield from (statement for statement in walk(block) if not isinstance(statement, Node))

    def _leaves(self) -> None:
        for statement in self._statements():
            for use in self.values.operands(statement):
                self._leaf(use.node)
            if isinstance(statement, Node) and statement.op == "uniform":
                self.streams[int(str(statement.attrs[0]))] = self.stream_rows
                self.stream_rows += self.values.rows(statement.axis)
            elif isinstance(statement, Node) and statement.op == "matmul":
                self.matrices.setdefault(str(statement.attrs[0]), len(self.matrices))

    def _leaf(self, node: Node) -> None:
        name = str(node.attrs[0]) if node.attrs else ""
        rows = self.values.rows(node.axis)
        if node.reach == STATIC:
            if node.op != "constant" and node.number not in self.statics:
                area = "k" if node.dtype == "mask" else "s"
                self.statics[node.number] = Place(area, self.static_rows[area])
                self.static_rows[area] += rows
        elif node.op == "param" and name not in self.parameters:
            self.parameters[name] = self._row("f", 1).row
        elif node.op == "given" and name not in self.given:
            self.given[name] = self._row("m" if node.dtype == "mask" else "f", rows)
        elif node.op == "today":
            self.tables.setdefault(name, len(self.tables))

    # -- lives ---------------------------------------------------------------------------------------------------------

    def _live_ranges(self) -> None:
        for index, unit in enumerate(self.units):
            walked = _Walk()
            walked.visit(unit.items, ())
            if unit.when is not None:
                self._use(self.values.operands(unit.when), index, 0, None, ())
            for step, position, loops in walked.steps:
                if isinstance(step, Branch):
                    self._use(self.values.operands(step.when), index, position, None, loops)
                    continue
                if step.slot.guard is not None:
                    self._use(self.values.uses(step.slot.guard.node, across=True), index, position, step, loops)
                for statement in step.body:
                    if isinstance(statement, Node):
                        self._lives[statement.number] = _Life(statement, index, position, step, loops, position)
                    self._use(self.values.operands(statement), index, position, step, loops)

    def _use(self, uses: Iterable[Use], unit: int, at: int, kernel: Kernel | None, loops: tuple[int, ...]) -> None:
        for use in uses:
            life = self._lives.get(use.node.number)
            if life is None:
                continue
            if life.unit != unit:
                life.stored = life.elsewhere = True
            elif kernel is not life.kernel or use.across or use.node.op in ACROSS or use.node.op in HELPED:
                life.stored = True
                outside = [end for end in loops if end not in life.loops]
                life.death = max(life.death, at, *outside)
            if use.node.op == "stack":
                life.stored = True

    def _keep_with_group(self) -> None:
        """Rows for values that other units use; those of different mechanisms share memory, per-run ones do not."""
        kept = [life for life in self._lives.values() if life.elsewhere]
        lasting: set[int] = set()
        for index, unit in enumerate(self.units):
            if unit.kept is not None:
                lasting |= unit.kept.values
                self.epochs[index] = self._row("f", self.values.rows(unit.kept.epoch.axis))
        for life in kept:
            if life.node.reach == PER_RUN or life.node.number in lasting:
                self.placed[life.node.number] = self._row(self._area(life.node, "fm"), self.values.rows(life.node.axis))
        base = {"f": self.numbers, "m": self.masks}
        high = dict(base)
        used: dict[str, dict[str, int]] = {}
        for life in kept:
            if life.node.number not in self.placed:
                rows = used.setdefault(self.units[life.unit].mechanism, dict(base))
                area = self._area(life.node, "fm")
                self.placed[life.node.number] = Place(area, rows[area])
                rows[area] += self.values.rows(life.node.axis)
                high[area] = max(high[area], rows[area])
        self.numbers, self.masks = high["f"], high["m"]

    def _scratch(self) -> None:
        by_unit: dict[int, list[_Life]] = {}
        for life in self._lives.values():
            if life.stored and not life.elsewhere:
                by_unit.setdefault(life.unit, []).append(life)
        for lives in by_unit.values():
            for area in "ln":
                here = [life for life in lives if self._area(life.node, "ln") == area]
                high = self._pack(area, here)
                if area == "l":
                    self.scratch = max(self.scratch, high)
                else:
                    self.scratch_masks = max(self.scratch_masks, high)

    def _pack(self, area: str, lives: list[_Life]) -> int:
        """Rows for values by first fit; a value's rows are free again after its last use."""
        taken: list[tuple[int, int, int]] = []  # first row, rows, death
        high = 0
        for life in sorted(lives, key=lambda life: life.birth):
            rows = self.values.rows(life.node.axis)
            taken = [entry for entry in taken if entry[2] >= life.birth]
            row = 0
            for first, count, _ in sorted(taken):
                if first - row >= rows:
                    break
                row = max(row, first + count)
            taken.append((row, rows, life.death))
            self.placed[life.node.number] = Place(area, row)
            high = max(high, row + rows)
        return high

    @staticmethod
    def _area(node: Node, areas: str) -> str:
        return areas[1] if node.dtype == "mask" else areas[0]


__all__ = ["Layout", "Place"]

"""Persistent draws of the compiled backend: what follows from an epoch alone is computed again only where it changes.

A draw with an epoch stays the same until the epoch passes on, and epochs pass rarely and not for all at once. What is
computed from such draws and constants alone, if it costs enough, gets a unit of its own. It remembers the epochs it
last saw, picks the entries (row and lane) whose epoch is another one, packs them side by side, and leaves what it
computes for them in rows of their own, where all the other entries still stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whipcount.vocabulary.program import Node, Statement, Write

from .text import KernelWriter
from .units import COSTS, Kept, Region, Unit
from .values import OWN, Index, Values, is_elementwise

WORTH_KEEPING = 60.0  # operations a row from which looking for other epochs costs less than computing anew


def keep_draws(values: Values, units: Sequence[Unit]) -> list[Unit]:
    """The units, with those before them that keep what depends on an epoch alone."""
    found: list[Unit] = []
    for unit in units:
        if unit.when is None:
            for item in unit.items:
                if isinstance(item, Region):
                    found += _kept_units(values, unit.mechanism, item, units)
        found.append(unit)
    return [unit for unit in found if any(not isinstance(item, Region) or item.statements for item in unit.items)]


def _kept_units(values: Values, mechanism: str, region: Region, units: Sequence[Unit]) -> list[Unit]:
    """Units taken out of a region, one for each state that counts epochs."""
    written = {statement.state for statement in region.statements if isinstance(statement, Write)}
    cones: dict[str, dict[int, Node]] = {}
    for statement in region.statements:
        if isinstance(statement, Node) and is_elementwise(statement) and statement.dtype == "number":
            epoch = _epoch(values, statement, cones)
            if epoch is not None and str(epoch.attrs[0]) not in written:
                cones.setdefault(str(epoch.attrs[0]), {})[statement.number] = statement
    made = []
    for cone in cones.values():
        if sum(COSTS.get(node.op, 1.0) for node in cone.values()) >= WORTH_KEEPING:
            epoch = next(values.view(node.args[0])[0] for node in cone.values() if node.op == "uniform")
            region.statements[:] = [one for one in region.statements if id(one) not in set(map(id, cone.values()))]
            kept = Kept(epoch, frozenset(_used_elsewhere(values, cone, units)))
            made.append(Unit(mechanism, [Region(list(cone.values()))], 0.0, kept=kept))
    return made


def _epoch(values: Values, node: Node, cones: dict[str, dict[int, Node]]) -> Node | None:
    """The read of the epoch that a value depends on, if it depends on nothing else that changes."""
    if node.op == "uniform":
        if not node.args:
            return None
        epoch, index = values.view(node.args[0])
        counts = epoch.op == "read" and values.is_leaf(epoch) and index == OWN
        return epoch if counts and epoch.axis == node.axis and node.axis is not None else None
    if node.op == "read":
        return None
    found: Node | None = None
    for use in values.uses_of_all(node.args):
        if use.node.op == "constant":
            continue
        cone = next((cone for cone in cones.values() if use.node.number in cone), None)
        if cone is None or use.across or use.node.axis != node.axis:
            return None
        epoch = next(values.view(one.args[0])[0] for one in cone.values() if one.op == "uniform")
        if found is not None and found.attrs != epoch.attrs:
            return None
        found = epoch
    return found


def _used_elsewhere(values: Values, cone: dict[int, Node], units: Iterable[Unit]) -> set[int]:
    """Numbers of the values of a cone that something outside it uses."""
    inside = set(map(id, cone.values()))
    found: set[int] = set()

    def look(statement: Statement) -> None:
        if id(statement) not in inside:
            found.update(use.node.number for use in values.operands(statement) if use.node.number in cone)

    for unit in units:
        for statement in unit.statements():
            look(statement)
    return found


class EntryWriter(KernelWriter):
    """Writes the kernel of a unit that keeps: for entries packed side by side, not for rows."""

    def text(self) -> list[str]:
        """The lines of the kernel, for the entries whose places are in `at`."""
        for statement in self.kernel.body:
            self._statement(statement)
        return [line.replace("@", "") for line in self.body]

    def _load(self, node: Node, index: Index) -> str:
        place = self.layout.place(node)
        assert place is not None, node
        assert index == OWN, node
        return f"gathered({place.area} + {place.row * 32}, at)"

    def _operation(self, node: Node, index: Index) -> str:
        if node.op == "uniform":
            stream = self.layout.streams[int(str(node.attrs[0]))]
            return f"drawn_among(g, stream + {stream}, at, {self.value(node.args[0])})"
        return super()._operation(node, index)

    def _keep(self, node: Node, name: str) -> None:
        place = self.layout.placed.get(node.number)
        if place is not None:
            self.body.append(f"scatter({place.area} + {place.row * 32}, at, {name});")


__all__ = ["EntryWriter", "keep_draws"]

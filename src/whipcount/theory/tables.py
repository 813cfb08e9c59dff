"""The frozen tables that solvers take: seats of parties, and positions, salience and power of actors.

Every mistake that a table can hold is found when it is made, as a coded error; a solver may trust what it gets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Problem, TableError

Floats = NDArray[np.float64]
Row = tuple[float, ...]

MOST_UNIT = 10**9  # by which weights with fractions are multiplied at most
MOST_EXACT = 2**53 - 1  # whole numbers up to it are the same as floating-point numbers; cells are read as those
MOST_MEMBERS = 5000  # beyond it, a mistake in the table is likelier than a body


def check_names(names: Sequence[str], what: str) -> tuple[str, ...]:
    """The names, none empty and none twice (WC501, WC503)."""
    if not names:
        raise TableError.one("WC501", f"the table holds no {what}", "give at least one row below the header")
    problems = []
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if not name.strip():
            problems.append(Problem("WC503", f"row {number} has no name", "name every row"))
        elif name in seen:
            hint = "merge the two rows or tell them apart"
            problems.append(Problem("WC503", f"{name!r} stands in rows {seen[name]} and {number}", hint))
        seen.setdefault(name, number)
    if len(names) > MOST_MEMBERS:
        problems.append(Problem("WC515", f"{len(names)} rows; at most {MOST_MEMBERS} are read", "merge small ones"))
    if problems:
        raise TableError(*problems)
    return tuple(names)


def check_whole(values: Iterable[float | int | None], names: Sequence[str], what: str) -> tuple[int, ...]:
    """The values as whole numbers from 0 up, with something to count (WC504 to WC507, WC516)."""
    problems = []
    whole: list[int] = []
    for name, value in zip(names, values, strict=True):
        if value is None or isinstance(value, bool) or not math.isfinite(value):
            problems.append(
                Problem("WC504", f"{name}: {what} is missing or no number", "give a whole number, 0 or more")
            )
        elif value < 0:
            problems.append(Problem("WC505", f"{name}: {what} is {value:g}, below 0", "give a whole number, 0 or more"))
        elif value != int(value):
            hint = "weights are counted exactly: multiply them all until they are whole"
            problems.append(Problem("WC506", f"{name}: {what} is {value:g}, not a whole number", hint))
        elif isinstance(value, float) and value > MOST_EXACT:
            hint = "divide all of them by the same number"
            problems.append(Problem("WC516", f"{name}: {what} is {value:g}, beyond what is read exactly", hint))
        else:
            whole.append(int(value))
    if problems:
        raise TableError(*problems)
    if not any(whole):
        raise TableError.one("WC507", f"nobody has any {what}", "at least one row needs more than 0")
    return tuple(whole)


def whole_weights(values: Sequence[float | None], names: Sequence[str], what: str) -> tuple[list[float | None], int]:
    """Weights with fractions multiplied by the smallest number that makes them all whole, and that number (WC506)."""
    exact = [Fraction(repr(value)) for value in values if value is not None and math.isfinite(value)]
    unit = math.lcm(*(one.denominator for one in exact)) if exact else 1
    if unit > MOST_UNIT:
        hint = f"round them to a few decimals: multiplied by {unit} they would be whole"
        raise TableError.one("WC506", f"{what} with too many decimals to count exactly ({names[0]} ...)", hint)
    return [None if value is None else float(Fraction(repr(value)) * unit) for value in values], unit


def check_quota(quota: int, total: int, what: str = "seats") -> int:
    """The quota, reachable and above 0 (WC508)."""
    if not 0 < quota <= total:
        raise TableError.one(
            "WC508",
            f"a quota of {quota} with {total} {what} in all cannot be right",
            f"give a quota from 1 to {total}; more than half is {total // 2 + 1}",
        )
    return quota


def check_length(values: Sequence[object], names: Sequence[str], what: str) -> None:
    """One value for each name (WC514)."""
    if len(values) != len(names):
        raise TableError.one(
            "WC514", f"{len(names)} names but {len(values)} {what}", f"give {what} for each name, in the same order"
        )


def majority(total: int) -> int:
    """The smallest whole number above half of `total`."""
    return total // 2 + 1


@dataclass(frozen=True)
class SeatsTable:
    """Parties (or members) with their seats, and any further measures of each: a population, a left-right position.

    measures: (name, one value per party; None where the source has none), in the order of the source's columns.
    unit: by how much weights with fractions were multiplied to be whole. faults: columns that cannot be read as
    measures, and why. remarks: what was left out on reading, or read how. colours: the parties' own, as #rrggbb, where
    the source gives them.
    """

    names: tuple[str, ...]
    seats: tuple[int, ...]
    measures: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    title: str = ""
    faults: tuple[tuple[str, Problem], ...] = field(default=(), compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)
    unit: int = 1
    colours: tuple[str | None, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_names(self.names, "parties")
        check_length(self.seats, self.names, "seats")
        check_whole(self.seats, self.names, "seats")
        for name, values in self.measures:
            check_length(values, self.names, name)

    @property
    def total(self) -> int:
        """All seats."""
        return sum(self.seats)

    @property
    def majority(self) -> int:
        """The smallest number of seats above half."""
        return majority(self.total)

    def measure(self, name: str) -> tuple[float | None, ...]:
        """The values of one measure; `seats` and `members` (1 each) are always there (WC502)."""
        if name == "members":
            return (1.0,) * len(self.names)
        known = {"seats": tuple(float(value) for value in self.seats), **dict(self.measures)}
        if name not in known:
            broken = dict(self.faults).get(name)
            if broken is not None:
                raise TableError(broken)
            raise TableError.one("WC502", f"no column {name!r}", f"the table has {', '.join(['members', *known])}")
        return known[name]

    def weights(self, name: str) -> tuple[int, ...]:
        """One measure as whole weights (WC504 to WC507)."""
        return check_whole(self.measure(name), self.names, name)

    def places(self, dimensions: Sequence[str]) -> Floats:
        """Positions on `dimensions`, shape (parties, dimensions); a missing one is an error (WC509)."""
        columns = [self.measure(dimension) for dimension in dimensions]
        missing = [
            Problem("WC509", f"{name} has no position on {dimension!r}", "give one, or leave the party out")
            for dimension, values in zip(dimensions, columns, strict=True)
            for name, value in zip(self.names, values, strict=True)
            if value is None or not math.isfinite(value)
        ]
        if missing:
            raise TableError(*missing)
        return np.array(columns, dtype=float).T

    def index(self, name: str) -> int:
        """The row of a party (WC513)."""
        return index_of(name, self.names)

    def sorted(self) -> SeatsTable:
        """The same with the largest party first, equals by their names: whatever the order of the rows was."""
        order = sorted(range(len(self.names)), key=lambda row: (-self.seats[row], self.names[row]))

        def ordered(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[row] for row in order)

        measures = tuple((name, ordered(values)) for name, values in self.measures)
        return replace(self, names=ordered(self.names), seats=ordered(self.seats), measures=measures)


@dataclass(frozen=True)
class PositionsTable:
    """Actors with their power, ideal points and salience: what a bargaining model needs.

    ideal, salience: one row per actor, one value per dimension; salience is 0..1. `scale` holds the two ends of each
    dimension; where none are given, the outermost ideal points are the ends. The `_sd` fields tell how uncertain the
    values are (standard deviations of the same shape; empty where they are taken as known). `remarks` tell what was
    left out on reading, or read how.
    """

    names: tuple[str, ...]
    power: Row
    ideal: tuple[Row, ...]
    salience: tuple[Row, ...]
    dimensions: tuple[str, ...]
    scale: tuple[tuple[float, float], ...] = ()
    power_sd: Row = ()
    ideal_sd: tuple[Row, ...] = ()
    salience_sd: tuple[Row, ...] = ()
    title: str = field(default="", compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_names(self.names, "actors")
        check_length(self.power, self.names, "power values")
        check_length(self.ideal, self.names, "positions")
        check_length(self.salience, self.names, "salience values")
        if not self.dimensions:
            raise TableError.one("WC509", "the table has no position column", "give at least one dimension")
        problems = [problem for row in range(len(self.names)) for problem in self._problems(row)]
        if problems:
            raise TableError(*problems)
        if not any(power * sum(row) > 0 for power, row in zip(self.power, self.salience, strict=True)):
            hint = "power times salience must be above 0 for at least one actor"
            raise TableError.one("WC507", "nobody has both power and salience", hint)

    def _problems(self, row: int) -> Iterable[Problem]:
        name = self.names[row]
        if not (math.isfinite(self.power[row]) and self.power[row] >= 0):
            yield Problem("WC505", f"{name}: power is {self.power[row]:g}", "power is 0 or more")
        values = zip(self.dimensions, self.ideal[row], self.salience[row], strict=True)
        for number, (dimension, point, salience) in enumerate(values):
            if not math.isfinite(point):
                yield Problem("WC509", f"{name} has no position on {dimension!r}", "give one, or leave the actor out")
            elif self.scale and not self.scale[number][0] <= point <= self.scale[number][1]:
                low, high = self.scale[number]
                yield Problem(
                    "WC512", f"{name}: position {point:g} on {dimension!r}", f"the scale goes from {low:g} to {high:g}"
                )
            if not 0 <= salience <= 1:
                yield Problem("WC512", f"{name}: salience {salience:g} on {dimension!r}", "salience goes from 0 to 1")

    @property
    def ends(self) -> Floats:
        """The two ends of each dimension, shape (dimensions, 2)."""
        if self.scale:
            return np.array(self.scale, dtype=float)
        points = self.points
        return np.stack([points.min(axis=0), points.max(axis=0)], axis=1)

    @property
    def points(self) -> Floats:
        """Ideal points, shape (actors, dimensions)."""
        return np.array(self.ideal, dtype=float)

    @property
    def saliences(self) -> Floats:
        """Saliences, shape (actors, dimensions)."""
        return np.array(self.salience, dtype=float)

    @property
    def powers(self) -> Floats:
        """Powers, shape (actors,)."""
        return np.array(self.power, dtype=float)

    def index(self, name: str) -> int:
        """The row of an actor (WC513)."""
        return index_of(name, self.names)

    def dimension(self, name: str) -> int:
        """The column of a dimension (WC513)."""
        if name not in self.dimensions:
            raise TableError.one("WC513", f"no dimension {name!r}", f"the table has {', '.join(self.dimensions)}")
        return self.dimensions.index(name)

    def only(self, dimension: str) -> PositionsTable:
        """The same actors on one dimension (WC513)."""
        axis = self.dimension(dimension)

        def column(rows: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple((row[axis],) for row in rows)

        return replace(
            self,
            ideal=column(self.ideal),
            salience=column(self.salience),
            dimensions=(dimension,),
            scale=self.scale[axis : axis + 1],
            ideal_sd=column(self.ideal_sd),
            salience_sd=column(self.salience_sd),
        )

    def moved(self, actor: int, point: Sequence[float]) -> PositionsTable:
        """The same table with one actor somewhere else; the scale stays what it was."""
        ideal = tuple(tuple(point) if row == actor else given for row, given in enumerate(self.ideal))
        return replace(self, ideal=ideal, scale=tuple((float(low), float(high)) for low, high in self.ends))


def index_of(name: str, names: Sequence[str]) -> int:
    """The place of a name among names (WC513)."""
    if name not in names:
        raise TableError.one("WC513", f"nobody here is called {name!r}", f"known are {', '.join(names[:30])}")
    return names.index(name)


def pairs_of(pairs: Iterable[tuple[str, str]], names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Pairs of names as sorted pairs of rows (WC513)."""
    found = set()
    for first, second in pairs:
        a, b = index_of(first, names), index_of(second, names)
        if a == b:
            raise TableError.one("WC513", f"{first!r} is paired with itself", "name two different ones")
        found.add((min(a, b), max(a, b)))
    return tuple(sorted(found))

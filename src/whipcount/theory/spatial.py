"""Spatial voting on a map of ideal points: medians, core, yolk, win set of a status quo, and uncovered set.

Black (1958), Plott (1967), McKelvey (1976, 1986), Miller (1980), Ferejohn, McKelvey & Packel (1984). Preferences are
Euclidean; dimensions may be weighed, alike for all members or by each in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, number, percent, say

from ..errors import TableError
from .directions import Floats
from .medians import Core, Wins, core, core_members, pairwise_symmetric, weighted_median
from .tables import check_length, check_names, check_quota, check_whole, majority
from .uncovered import Uncovered, uncovered_set
from .winset import WinSet, win_set
from .yolk import Yolk, yolk


@dataclass(frozen=True)
class SpatialResult(Result):
    """The geometry of a body's majorities.

    medians: weighted median of each dimension as an interval; centre: its middle on every dimension (the
    dimension-by-dimension median). core, yolk: None where members weigh the dimensions differently. symmetric: members
    at whose ideal point Plott's pairwise symmetry holds. status_quo: the point whose win set is given.
    """

    names: tuple[str, ...]
    weights: tuple[int, ...]
    quota: int
    dimensions: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    medians: tuple[tuple[float, float], ...]
    median_members: tuple[tuple[int, ...], ...]
    centre: tuple[float, ...]
    core: Core | None
    core_members: tuple[int, ...]
    symmetric: tuple[int, ...]
    yolk: Yolk | None
    status_quo: tuple[float, ...]
    win_set: WinSet
    uncovered: Uncovered
    salience: tuple[tuple[float, ...], ...] | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Black, D. (1958), The Theory of Committees and Elections",
        "Plott, C. R. (1967), American Economic Review 57, 787-806",
        "McKelvey, R. D. (1986), American Journal of Political Science 30, 283-314",
        "Miller, N. R. (1980), American Journal of Political Science 24, 68-96",
        "Ferejohn, J. A., McKelvey, R. D. & Packel, E. W. (1984), Social Choice and Welfare 1, 45-67",
        "Stone, R. E. & Tovey, C. A. (1992), Mathematical Social Sciences 24, 189-207",
    )

    def _names_of(self, rows: Sequence[int]) -> list[str]:
        return [self.names[row] for row in rows]

    def tables(self) -> tuple[Table, ...]:
        what = Column("what", "what")
        columns = (
            what,
            *(figure(name, name, ".4g") for name in self.dimensions),
            figure("size", "size", ".4g"),
        )
        rows: list[tuple[Any, ...]] = [("median", *self.centre, None)]
        if self.yolk is not None:
            rows.append(("yolk", *self.yolk.centre, self.yolk.radius))
        rows.append(("win set", *self.status_quo, self.win_set.size))
        uncovered = np.array(self.uncovered.points)
        rows.append(("uncovered", *(uncovered.mean(axis=0).tolist()), self.uncovered.share))
        for corner in self.core.corners if self.core else ():
            rows.append(("core", *corner, None))
        marks = (
            Column("name", "member"),
            figure("weight", "weight", "d"),
            *(figure(name, name, ".4g") for name in self.dimensions),
            *(Column(f"median_{name}", say("median: {name}", name=name)) for name in self.dimensions),
            Column("core", "in the core"),
        )
        members = tuple(
            (name, weight, *point, *(row in median for median in self.median_members), row in self.core_members)
            for row, (name, weight, point) in enumerate(zip(self.names, self.weights, self.points, strict=True))
        )
        return (
            Table("places", "Places on the map", columns, tuple(rows)),
            Table("members", "Members", marks, members),
        )

    def sentences(self) -> str:
        lines = []
        for name, (low, high), rows in zip(self.dimensions, self.medians, self.median_members, strict=True):
            where = number(low, 3) if low == high else f"{number(low, 3)}…{number(high, 3)}"
            who = listing(self._names_of(rows))
            lines.append(say("Median on {name}: {where} ({who}).", name=name, where=where, who=who))
        if self.core is not None:
            if self.core.empty:
                lines.append(say("The core is empty: every point can be beaten by another."))
            else:
                who = listing(self._names_of(self.core_members)) or say("nobody")
                lines.append(say("There is a core; in it: {who}.", who=who))
        if self.yolk is not None:
            centre = ", ".join(number(value, 3) for value in self.yolk.centre)
            radius = number(self.yolk.radius, 3)
            lines.append(say("Yolk at ({centre}), radius {radius}.", centre=centre, radius=radius))
        place = ", ".join(number(value, 3) for value in self.status_quo)
        if self.win_set.empty:
            lines.append(say("Nothing beats ({place}).", place=place))
        else:
            size = number(self.win_set.size, 4)
            lines.append(say("The win set of ({place}) has size {size}.", place=place, size=size))
        share = percent(self.uncovered.share, 1)
        lines.append(say("{share} of the map is uncovered.", share=share))
        return " ".join(lines)

    def record(self) -> dict[str, Any]:
        ball = None
        if self.yolk is not None:
            ball = {"centre": self.yolk.centre, "radius": self.yolk.radius, "exact": self.yolk.exact}
        return {
            "names": self.names,
            "weights": self.weights,
            "quota": self.quota,
            "dimensions": self.dimensions,
            "medians": dict(zip(self.dimensions, self.medians, strict=True)),
            "centre": self.centre,
            "core": None if self.core is None else {"corners": self.core.corners, "depth": self.core.depth},
            "core_members": self._names_of(self.core_members),
            "symmetric": self._names_of(self.symmetric),
            "yolk": ball,
            "win_set": {
                "status_quo": self.status_quo,
                "size": self.win_set.size,
                "exact": self.win_set.exact,
                "error": self.win_set.error,
                "edge": self.win_set.edge,
            },
            "uncovered": {
                "share": self.uncovered.share,
                "cell": self.uncovered.cell,
                "points": self.uncovered.points,
            },
        }


def spatial(
    points: Floats,
    weights: Sequence[int],
    names: Sequence[str],
    dimensions: Sequence[str],
    quota: int | None = None,
    status_quo: Sequence[float] | None = None,
    salience: Floats | None = None,
    per_axis: int | None = None,
) -> SpatialResult:
    """The spatial solutions for members at `points` (members, dimensions) with whole weights.

    quota: more than half by default. status_quo: by default the dimension-by-dimension median. salience: one weight
    per dimension, or one row per member; per_axis: points of the uncovered set's grid along each dimension.
    """
    rows = check_names(tuple(names), "members")
    check_length(weights, rows, "weights")
    heavy = check_whole(weights, rows, "weights")
    needed = check_quota(majority(sum(heavy)) if quota is None else quota, sum(heavy), "votes")
    _check_map(points, rows, dimensions, status_quo, salience)
    medians = tuple(weighted_median(points[:, axis], heavy) for axis in range(len(dimensions)))
    centre = tuple((low + high) / 2 for low, high in medians)
    start = np.array(centre if status_quo is None else status_quo, dtype=float)
    alike = salience is None or salience.ndim == 1
    # dimensions that all weigh alike are stretched: what is round on the stretched map is Euclidean there
    stretch = np.sqrt(salience) if salience is not None and alike else np.ones(len(dimensions))
    map_points = points * stretch
    solved_core = core(map_points, heavy, needed) if alike and len(dimensions) <= 2 else None
    ball = yolk(map_points, heavy) if alike else None
    return SpatialResult(
        names=rows,
        weights=heavy,
        quota=needed,
        dimensions=tuple(dimensions),
        points=tuple(map(tuple, points.tolist())),
        medians=medians,
        median_members=tuple(_members_at(points[:, axis], heavy, medians[axis]) for axis in range(len(dimensions))),
        centre=centre,
        core=None if solved_core is None else _unstretched(solved_core, stretch),
        core_members=core_members(map_points, *_voters(heavy, needed)) if alike else (),
        symmetric=tuple(row for row in range(len(rows)) if pairwise_symmetric(map_points[row], map_points, heavy)),
        yolk=None if ball is None else Yolk(tuple(np.array(ball.centre) / stretch), ball.radius, ball.exact),
        status_quo=tuple(float(value) for value in start),
        win_set=win_set(start, points, heavy, needed, salience),
        uncovered=uncovered_set(points, heavy, needed, salience, per_axis),
        salience=None if salience is None else tuple(map(tuple, np.atleast_2d(salience).tolist())),
    )


def _voters(weights: Sequence[int], quota: int) -> tuple[list[int], Wins]:
    """Who votes, and which sets of members win."""
    heavy = np.array(weights, dtype=np.int64)
    return np.flatnonzero(heavy).tolist(), lambda present: np.asarray(present @ heavy >= quota)


def _check_map(
    points: Floats,
    names: Sequence[str],
    dimensions: Sequence[str],
    status_quo: Sequence[float] | None,
    salience: Floats | None,
) -> None:
    """Every member on every dimension, and a status quo and saliences that fit the map (WC509, WC512, WC514)."""
    if not dimensions or points.shape != (len(names), len(dimensions)) or not np.isfinite(points).all():
        raise TableError.one("WC509", "a position of some member is missing", "give one on every dimension")
    if status_quo is not None and len(status_quo) != len(dimensions):
        raise TableError.one(
            "WC514", f"a status quo of {len(status_quo)} numbers on {len(dimensions)} dimensions", "give one for each"
        )
    if salience is None:
        return
    if salience.shape not in ((len(dimensions),), points.shape):
        raise TableError.one(
            "WC514", "saliences do not fit the dimensions", "give one per dimension, or per member too"
        )
    if not (np.isfinite(salience).all() and (salience > 0).all()):
        raise TableError.one("WC512", "a salience of 0 or less", "leave a dimension out that nobody cares about")


def _members_at(place: Floats, weights: Sequence[int], median: tuple[float, float]) -> tuple[int, ...]:
    return tuple(row for row in range(len(place)) if weights[row] and place[row] in median)


def _unstretched(found: Core, stretch: Floats) -> Core:
    return Core(tuple(tuple(np.array(corner) / stretch) for corner in found.corners), found.depth)

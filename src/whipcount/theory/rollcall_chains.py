"""Which points follow each other, and how: alone, as a random walk (Martin & Quinn 2002), or on a line (Poole 2005).

A line has the level and slope that a member's votes of all periods tell together: the linear drift of DW-NOMINATE.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from .rollcall_table import Floats, Integers


@dataclass(frozen=True, eq=False)
class Chains:
    """Which points follow each other, and their prior: first points N(mean, variance), then steps N(0, drift).

    start: the first point of each chain, and the number of points at the end; mean, variance: (chains,); drift:
    (points,), of the step that leads to each point. With `time` (points,) a chain's points are level + slope time
    instead, where the level is N(mean, variance) and the slope N(0, 1): times are around the chain's middle (0 for a
    point alone), in units of the standard deviation of slopes. clock: in the same units from one beginning for all, the
    same for all points that vote on a motion.
    """

    start: Integers
    mean: Floats
    variance: Floats
    drift: Floats
    time: Floats | None = None
    clock: Floats | None = None

    @staticmethod
    def single(points: int) -> Chains:
        """Points that stand alone, with a standard normal prior."""
        return Chains(np.arange(points + 1), np.zeros(points), np.ones(points), np.ones(points))

    @property
    def heads(self) -> Integers:
        """The first point of each chain."""
        return self.start[:-1]

    @functools.cached_property
    def followers(self) -> Integers:
        """The points that have one before them."""
        first = np.zeros(int(self.start[-1]), dtype=bool)
        first[self.heads] = True
        return np.flatnonzero(~first)

    @functools.cached_property
    def of_point(self) -> Integers:
        """The chain of each point."""
        return np.repeat(np.arange(len(self.mean)), np.diff(self.start))

    @functools.cached_property
    def several(self) -> np.ndarray:
        """Which chains have more than one point."""
        return np.asarray(np.diff(self.start) > 1)

    def log_priors(self, points: Floats) -> Floats:
        """The log density of each chain of points, shape (points, d), up to a constant."""
        later = self.followers
        if self.time is not None:
            level, slope = self.lines(points[:, 0])
            return np.asarray(-0.5 * ((level - self.mean) ** 2 / self.variance + slope**2))
        first = ((points[self.heads] - self.mean[:, None]) ** 2).sum(axis=1) / self.variance
        steps = ((points[later] - points[later - 1]) ** 2).sum(axis=1) / self.drift[later]
        return np.asarray(-0.5 * (first + np.bincount(self.of_point[later], steps, len(first))))

    def lines(self, points: Floats) -> tuple[Floats, Floats]:
        """Level and slope of each chain whose points (points,) lie on a line; a point alone has no slope."""
        time = self.by_time
        first, last = self.heads, self.start[1:] - 1
        apart = np.where(self.several, time[last] - time[first], 1.0)
        slope = (points[last] - points[first]) / apart
        return points[first] - slope * time[first], slope

    def on_lines(self, level: Floats, slope: Floats) -> Floats:
        """The points (points,) of lines."""
        return level[self.of_point] + slope[self.of_point] * self.by_time

    def fitting(self, points: Floats) -> Floats:
        """Points (points, d) as chains can have them: those of the nearest lines, slopes drawn towards 0."""
        if self.time is None:
            return points
        chain, count = self.of_point, np.diff(self.start)
        middle = np.bincount(chain, self.time) / count
        mean = np.bincount(chain, points[:, 0]) / count
        away = self.time - middle[chain]
        slope = np.bincount(chain, away * points[:, 0]) / (np.bincount(chain, away**2) + 1.0)
        return self.on_lines(mean - slope * middle, slope)[:, None]

    @property
    def by_time(self) -> Floats:
        """When each point of a line is, around its chain's middle."""
        if self.time is None:
            raise ValueError("these points walk")
        return self.time

    @property
    def by_clock(self) -> Floats:
        """The clock of lines."""
        if self.clock is None:
            raise ValueError("these points walk")
        return self.clock


def walked(chains: Chains, chain: int, told: Floats, random: Generator | None) -> Floats:
    """The points of one chain: what later votes tell from its end backwards, then the points from its beginning.

    told: (points, 2), the precision that each point's votes give it and the same times what they tell; gathered in
    place. random: a stream of random numbers, for a draw; None for the mean.
    """
    first, after = int(chains.start[chain]), int(chains.start[chain + 1])
    for point in range(after - 1, first, -1):
        told[point - 1] += told[point] / (1 + chains.drift[point] * told[point, 0])
    found = np.empty(after - first)
    sure, come = 1 / chains.variance[chain], chains.mean[chain]
    for point in range(first, after):
        precision = told[point, 0] + sure
        come = (told[point, 1] + sure * come) / precision
        if random is not None:
            come += random.standard_normal() / np.sqrt(precision)
        found[point - first] = come
        if point + 1 < after:
            sure = 1 / chains.drift[point + 1]
    return found


def line_told(chains: Chains, points: Floats, slope: Floats, product: Floats) -> tuple[Floats, Floats]:
    """Slope (chains, 2) and product (chains, 2, 2) of Newton's step of level and slope, from those of points.

    points, slope, product: (points,), of the votes alone; the prior of lines is added.
    """
    chain, time = chains.of_point, chains.by_time
    level, steep = chains.lines(points)
    gone = np.column_stack([-(level - chains.mean) / chains.variance, -steep])
    told = np.zeros((len(level), 2, 2))
    told[:, 0, 0], told[:, 1, 1] = 1 / chains.variance, 1.0
    for a in range(2):
        gone[:, a] += np.bincount(chain, slope * time**a)
        for b in range(2):
            told[:, a, b] += np.bincount(chain, product * time ** (a + b))
    return gone, told


def line_variances(chains: Chains, product: Floats) -> Floats:
    """The variance of each point on its line, from the information of points' votes (points,) and the prior."""
    nothing = np.zeros(len(product))
    _, told = line_told(chains, nothing, nothing, product)
    inverse = np.linalg.inv(told)[chains.of_point]
    row = np.column_stack([np.ones(len(product)), chains.by_time])
    return np.asarray(np.einsum("pa,pab,pb->p", row, inverse, row))


def tilt(
    chains: Chains, motion_clock: Floats, items: Floats, points: Floats, precision: Floats, random: Generator
) -> None:
    """All lines made steeper together, and constants to fit them, which leaves every chance as it is; in place.

    motion_clock: when each motion was voted on. A draw from the prior along that direction (Liu & Sabatti 2000).
    """
    level, slope = chains.lines(points[:, 1])
    middle = chains.by_clock[chains.heads] - chains.by_time[chains.heads]
    along = items[:, 1] * motion_clock
    sure = (middle**2 / chains.variance).sum() + chains.several.sum() + precision[0] * along @ along
    toward = (middle * (chains.mean - level) / chains.variance).sum() - slope[chains.several].sum()
    toward += precision[0] * along @ items[:, 0]
    steeper = toward / sure + random.standard_normal() / np.sqrt(sure)
    points[:, 1] += steeper * chains.by_clock
    items[:, 0] -= along * steeper

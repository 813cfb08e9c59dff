"""What the cabinets of one group share unseen: gamma frailty, by which the hazard of all of them is multiplied.

Clayton 1978; Klein 1992; Therneau, Grambsch & Pankratz 2003 for proportional hazards. Frailty has mean 1 and a variance
that is learnt: integrated out of a duration model in closed form, a penalty on the groups' effects in Cox's. Whether
there is any is tested at the edge of what a variance can be (Self & Liang 1987: half of a chi-square).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, gammaincinv

from whipcount.table import Column, Table, figure
from whipcount.text import number, say

from .survival_families import Floats, Likelihood

LEAST, MOST = 1e-5, 20.0  # variances that are looked at
EDGE = 1.01 * LEAST  # up to here there is no frailty
SHOWN = 1.05  # by what a group's risk must differ before it is worth a sentence


@dataclass(frozen=True)
class Group:
    """A group's cabinets, ends seen and ends expected of its cabinets' traits; its frailty with a 95% interval."""

    name: str
    cabinets: int
    ends: int
    expected: float
    frailty: float
    low: float
    high: float


@dataclass(frozen=True)
class Frailty:
    """The variance of frailty, what the log-likelihood gains by it, the chance of as much where there is none, and the
    groups, the frailest first. error: the standard error of the variance (nan where it is not told)."""

    variance: float
    error: float
    gain: float
    chance: float
    groups: tuple[Group, ...]

    def table(self) -> Table:
        """The groups and what they share unseen."""
        columns = (
            Column("group", "Group"),
            Column("cabinets", "Cabinets", right=True),
            Column("ends", "Ends", right=True),
            figure("expected", "Ends expected", ".1f"),
            figure("frailty", "Risk, times", ".3f"),
            figure("low", "95% from", ".3f"),
            figure("high", "to", ".3f"),
        )
        names = ("name", "cabinets", "ends", "expected", "frailty", "low", "high")
        rows = tuple(tuple(getattr(one, name) for name in names) for one in self.groups)
        return Table("groups", "What groups share unseen", columns, rows)

    def sentences(self) -> str:
        """What the groups share, in plain words."""
        first, last = self.groups[0], self.groups[-1]
        if first.frailty < SHOWN:
            return say(
                " Groups share nothing more: the variance of their risk is estimated as {variance}.",
                variance=number(self.variance, 3),
            )
        return say(
            " Like cabinets fall {most} times as fast as on average in {first}, {least} times in {last}: groups' risks "
            "have variance {variance} ({chance}).",
            most=number(first.frailty, 2), first=first.name, least=number(last.frailty, 2), last=last.name,
            variance=number(self.variance, 3),
            chance=f"p = {number(self.chance, 3)}" if self.chance >= 0.001 else f"p < {number(0.001, 3)}",
        )  # fmt: skip


def told(
    names: Sequence[str], of: Floats, ended: Floats, hazard: Floats, variance: float, error: float, gain: float
) -> Frailty:
    """Frailty from its variance: each group's has a gamma posterior, of its ends and its cumulative hazard."""
    ends, expected = _sums(ended, of, len(names)), _sums(hazard, of, len(names))
    found = []
    for row, name in enumerate(names):
        shape, rate = ends[row] + 1 / variance, expected[row] + 1 / variance
        low, high = (float(gammaincinv(shape, level) / rate) for level in (0.025, 0.975))
        group = int((of == row).sum()), int(ends[row]), float(expected[row]), float(shape / rate)
        found.append(Group(name, *group, low, high))
    chance = 0.5 * float(chdtrc(1, 2 * gain)) if variance > EDGE and gain > 0 else 1.0
    ordered = tuple(sorted(found, key=lambda one: (-one.frailty, one.name)))
    return Frailty(variance, error, max(gain, 0.0), chance, ordered)


def _sums(values: Floats, of: Floats, number: int) -> Floats:
    return np.asarray(np.bincount(of.astype(int), weights=values, minlength=number), dtype=float)


def marginal(plain: Callable[[Floats | float], Likelihood], ended: Floats, of: Floats, variance: float) -> Likelihood:
    """The log-likelihood of a duration model with frailty integrated out, given its variance.

    plain: the model's likelihood, at the same parameters, with any burden on its hazards.
    """
    groups = int(of.max()) + 1
    bare = plain(0.0)  # the hazards do not hang on the burden
    ends, whole = _sums(ended, of, groups), _sums(bare.hazard, of, groups)
    grown = 1 + variance * whole
    burden = (1 + variance * ends) / grown
    found = plain(burden[of.astype(int)])
    # in place of minus burden times hazard stands the integral over frailty
    value = bare.value - float(((ends + 1 / variance) * np.log1p(variance * whole)).sum())
    value += float(sum(np.log1p(variance * np.arange(int(count))).sum() for count in ends))
    slopes = np.array([_sums(column, of, groups) for column in bare.hazard_slope.T])
    bend = found.bend + (slopes * (variance * burden / grown)) @ slopes.T
    return Likelihood(value, found.slope, bend, found.parts, bare.hazard, bare.hazard_slope)


def variance_curvature(at: Likelihood, ended: Floats, of: Floats, variance: float) -> tuple[Floats, float]:
    """Second derivatives of the marginal log-likelihood by (a parameter, the variance), and by the variance twice."""
    groups = int(of.max()) + 1
    ends, whole = _sums(ended, of, groups), _sums(at.hazard, of, groups)
    grown = 1 + variance * whole
    slopes = np.array([_sums(column, of, groups) for column in at.hazard_slope.T])
    cross = -slopes @ ((ends - whole) / grown**2)
    twice = -2 * np.log1p(variance * whole) / variance**3 + 2 * whole / (variance**2 * grown)
    twice = twice + (ends + 1 / variance) * (whole / grown) ** 2
    steps = [np.arange(int(count)) for count in ends]
    own = sum(float(((one / (1 + variance * one)) ** 2).sum()) for one in steps)
    return cross, float(twice.sum()) - own


def best_variance(profile: Callable[[float], float]) -> float:
    """The variance at which a profile of the log-likelihood is largest, looked for on the log scale."""
    from scipy.optimize import minimize_scalar

    ends = (math.log(LEAST), math.log(MOST))
    # from a grid first: the profile is flat towards no frailty, where a search alone would stop
    grid = np.linspace(*ends, 15)
    values = [profile(math.exp(one)) for one in grid]
    top = int(np.argmax(values))
    near = (grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)])
    found = minimize_scalar(lambda one: -profile(math.exp(one)), bounds=near, method="bounded", options={"xatol": 1e-7})
    return LEAST if values[0] >= -found.fun - 1e-9 else math.exp(float(found.x))


def penalised_constant(ends: Floats, variance: float) -> float:
    """What turns a penalised partial log-likelihood into the one with frailty integrated out (up to no constant)."""
    strength = 1 / variance
    total = 0.0
    for count in ends:
        whole = strength + count
        total += strength - whole * math.log1p(count * variance) + count
        total += float(np.log1p(variance * np.arange(int(count))).sum())
    return total

"""Abstaining as the middle of three ordered answers: no, abstain, yes (an ordered probit with two cut points a motion).

A latent utility u and a standard normal error are a yes above c, a no below -c and an abstention between, where c is
the motion's half width: 0 where nobody abstained (three categories as in Imai, Lo & Olmsted 2016; Johnson & Albert
1999). Functions take arrays of votes: sign (+1 yes, -1 no; either for abstentions), mid (abstained), utility, width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import log_ndtr, ndtr, ndtri

from whipcount.table import Column, Table, figure

from .rollcall_table import ABSTAIN, Bools, Floats

NORMAL = 0.9189385332046727  # half the logarithm of two pi
BEGIN = 0.3  # half width at which a search begins


@dataclass(frozen=True)
class Cuts:
    """A motion on which somebody abstained: on the line of points, where no and yes end and abstaining lies between.

    half: the half width in units of the error. no_ends: the point whose utility without its error is on the border of
    no and abstaining; yes_ends: on that of abstaining and yes. Neither is told in several dimensions.
    """

    motion: str
    title: str
    abstained: int
    half: float
    no_ends: float
    yes_ends: float


def log_chances(sign: Floats, mid: Bools, utility: Floats, width: Floats) -> Floats:
    """The log chance of each vote."""
    far = np.abs(utility)
    near_end, far_end = log_ndtr(width - far), log_ndtr(-width - far)
    with np.errstate(divide="ignore"):
        between = near_end + np.log(-np.expm1(far_end - near_end))
    return np.where(mid, between, log_ndtr(sign * utility - width))


def slopes(sign: Floats, mid: Bools, utility: Floats, width: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each vote's log chance: slope in the utility and its bend downwards, slope and bend in the width."""
    logs, turned = log_chances(sign, mid, utility, width), sign * utility - width
    hazard = np.exp(-0.5 * turned**2 - NORMAL - log_ndtr(turned))
    bend = hazard * (hazard + turned)
    low = np.exp(-0.5 * (width + utility) ** 2 - NORMAL - np.where(mid, logs, 0.0))
    high = np.exp(-0.5 * (width - utility) ** 2 - NORMAL - np.where(mid, logs, 0.0))
    bent = (width + utility) * low + (width - utility) * high
    slope = np.where(mid, low - high, sign * hazard)
    wide = np.where(mid, low + high, -hazard)
    return slope, np.where(mid, slope**2 + bent, bend), wide, np.where(mid, -bent - wide**2, -bend)


def residuals(sign: Floats, mid: Bools, utility: Floats, width: Floats, random: Generator) -> Floats:
    """A draw of each vote's error, given the vote."""
    chance = random.random(len(utility))
    # from the end of less chance, so that nothing is lost far out
    turn = np.where(mid, -np.where(utility >= 0, 1.0, -1.0), -sign)
    low = np.where(mid, -width - turn * utility, -np.inf)
    high = np.where(mid, width - turn * utility, sign * utility - width)
    flipped = mid & (low > 0)
    low, high = np.where(flipped, -high, low), np.where(flipped, -low, high)
    turn = np.where(flipped, -turn, turn)
    bottom, top = ndtr(low), ndtr(high)
    return np.asarray(turn * ndtri(np.clip(bottom + chance * (top - bottom), 1e-300, 1 - 1e-16)))


def climbed(
    block: np.ndarray, half: Floats, sign: Floats, mid: Bools, utility: Floats, random: Generator | None
) -> None:
    """Half widths given all else, in place: a Newton step each, or a random walk of their logarithm; 0 stays 0.

    block: the motion of each vote. The prior of a half width is exponential with mean 1.
    """
    motions, free = len(half), half > 0

    def worth(tried: Floats) -> Floats:
        logs = log_chances(sign, mid, utility, tried[block])
        return np.asarray(np.bincount(block, logs, motions) - tried)

    before = worth(half)
    if random is not None:
        middle = np.bincount(block, mid, motions)
        tried = half * np.exp(2.4 * random.standard_normal(motions) / np.sqrt(middle + 1.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.where(free, worth(tried) - before + np.log(tried / half), -np.inf)
        half[:] = np.where(np.log(1 - random.random(motions)) < odds, tried, half)
        return
    _, _, slope, bend = slopes(sign, mid, utility, half[block])
    step = -(np.bincount(block, slope, motions) - 1) / np.minimum(np.bincount(block, bend, motions), -1e-9)
    length = free.astype(float)
    for _ in range(20):
        tried = half + length * step
        good = tried > 0
        worse = free & ~(good & (worth(np.where(good, tried, half)) >= before))
        if not worse.any():
            break
        length[worse] /= 2
    else:
        length[worse] = 0.0
    half[:] = half + length * step


def begun(mid: Bools, motion: np.ndarray, motions: int) -> Floats:
    """Half widths to begin with: above 0 where somebody abstained."""
    return np.where(np.bincount(motion, mid, motions) > 0, BEGIN, 0.0)


def abstained(votes: np.ndarray, members: np.ndarray, motions: np.ndarray) -> Bools:
    """Which of these members abstained on which of these motions."""
    return np.asarray(votes[np.ix_(members, motions)] == ABSTAIN)


def of_sides(utility: Floats, half: Floats) -> Floats:
    """The utilities (members, motions) at which a plain probit has the chance of a yes among yes and no."""
    yes, no = log_ndtr(utility - half), log_ndtr(-utility - half)
    # from the rarer of the two, so that nothing is lost far out
    rare = ndtri(np.exp(np.minimum(yes, no) - np.logaddexp(yes, no)))
    return np.asarray(np.maximum(np.abs(rare), 1e-12) * np.sign(utility))


def cuts_table(cuts: tuple[Cuts, ...]) -> Table:
    """Motions with abstentions, those on which it took up most room first."""
    columns = (
        Column("motion", "Motion"),
        Column("title", "Title"),
        Column("abstained", "Abstained", right=True),
        figure("half", "Half width", ".3f"),
        figure("no_ends", "Between no and abstaining", ".3f"),
        figure("yes_ends", "Between abstaining and yes", ".3f"),
    )
    order = sorted(cuts, key=lambda one: (-one.half, one.motion))
    rows = tuple((one.motion, one.title, one.abstained, one.half, one.no_ends, one.yes_ends) for one in order)
    return Table("cuts", "Where abstaining lies between no and yes", columns, rows)

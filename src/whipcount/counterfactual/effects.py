"""Effects on outcomes from pairs: how much, how surely, how many flip, when they part, what the pairing saved."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whipcount.results.interfaces import Floats
from whipcount.scenario.schema import Outcome
from whipcount.scenario.values import Text
from whipcount.theory.intervals import Z95, normal_interval
from whipcount.world import Calendar

from .fixed_outcomes import fixed_by
from .pairs import NEVER, Pairs


@dataclass(frozen=True)
class Effect:
    """What the interventions do to one outcome.

    before, after: probability, or mean of a number. effect: after - before, with its 95% interval from the pairs.
    flips_up, flips_down: pairs in which the outcome rises or falls. first_day, median_day: when those pairs part.
    saved: share of the variance of the effect that pairing saves against as many unpaired runs; ceiling: the most
    that any pairing could save, given the outcome's two distributions. pairs: those in which both values exist.
    fixed: whether the change decides the outcome by itself, so that there is no effect to speak of.
    """

    outcome: str
    name: Text
    binary: bool
    pairs: int
    before: float
    after: float
    effect: float
    low: float
    high: float
    flips_up: int
    flips_down: int
    first_day: dt.date | None
    median_day: dt.date | None
    saved: float
    ceiling: float
    fixed: bool = False

    @property
    def clear(self) -> bool:
        """Whether it is an effect, and its interval leaves out zero."""
        return not self.fixed and (self.low > 0.0 or self.high < 0.0)

    @property
    def share_of_ceiling(self) -> float:
        """What pairing saves, as a share of the most that it could save."""
        return self.saved / self.ceiling if self.ceiling > 0.0 else math.nan


def effect_of(outcome: Outcome, pairs: Pairs, calendar: Calendar, do: Sequence[str] = ()) -> Effect:
    """The effect of changes on one outcome."""
    before, after, parted = pairs.without[outcome.id], pairs.within[outcome.id], pairs.parted
    both = ~(np.isnan(before) | np.isnan(after))
    before, after, parted = before[both], after[both], parted[both]
    difference = after - before
    flipped = parted[(difference != 0.0) & (parted != NEVER)]
    binary = outcome.measure.is_binary
    low, high = paired_interval(difference, binary=binary)
    return Effect(
        outcome.id,
        outcome.name,
        binary,
        len(difference),
        _mean(before),
        _mean(after),
        _mean(difference),
        low,
        high,
        int((difference > 0.0).sum()),
        int((difference < 0.0).sum()),
        calendar.date_of(int(flipped.min())) if len(flipped) else None,
        calendar.date_of(int(np.median(flipped))) if len(flipped) else None,
        variance_saved(before, after),
        greatest_saving(before, after, binary=binary),
        fixed_by(do, outcome.measure, after),
    )


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan


def paired_interval(difference: Floats, *, binary: bool) -> tuple[float, float]:
    """95% interval of a mean difference. For yes or no: Wald's, with half a pair added to each of the four cells,
    which holds its level also where few pairs flip (Agresti & Min 2005)."""
    pairs = len(difference)
    if not pairs:
        return math.nan, math.nan
    if not binary:
        return normal_interval(_mean(difference), float(difference.std()), pairs)
    up, down = float((difference > 0.0).sum()) + 0.5, float((difference < 0.0).sum()) + 0.5
    total = pairs + 2.0
    centre = (up - down) / total
    half = Z95 * math.sqrt(max((up + down) - (up - down) ** 2 / total, 0.0)) / total
    estimate = _mean(difference)
    return max(min(centre - half, estimate), -1.0), min(max(centre + half, estimate), 1.0)


def variance_saved(before: Floats, after: Floats) -> float:
    """1 - variance of the difference in pairs / the same without pairing; NaN where nothing varies."""
    unpaired = float(before.var() + after.var()) if len(before) else 0.0
    return 1.0 - float((after - before).var()) / unpaired if unpaired > 0.0 else math.nan


def greatest_saving(before: Floats, after: Floats, *, binary: bool) -> float:
    """The most that any pairing could save: values joined in order of size (Hoeffding 1940; Frechet 1951).

    For probabilities p and q: the difference then varies as |p - q| (1 - |p - q|).
    """
    unpaired = float(before.var() + after.var()) if len(before) else 0.0
    if unpaired <= 0.0:
        return math.nan
    if binary:
        gap = abs(_mean(after) - _mean(before))
        return 1.0 - gap * (1.0 - gap) / unpaired
    return 1.0 - float((np.sort(after) - np.sort(before)).var()) / unpaired

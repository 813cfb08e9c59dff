"""Where an effect turns: the parameter and the cut that best part draws with one effect from draws with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.results.interfaces import Floats
from whipcount.theory.intervals import Z95

from .verdicts import ByDraw

SHUFFLES = 200
LEVEL = 0.05
TAIL = 0.1  # a side of the cut holds at least this share of the draws
FEW_DRAWS = 20


@dataclass(frozen=True)
class Turn:
    """The effect on either side of a parameter's cut, with intervals; `reverses`: the two clearly differ in sign."""

    parameter: str
    cut: float
    below: float
    below_low: float
    below_high: float
    above: float
    above_low: float
    above_high: float
    chance: float

    @property
    def reverses(self) -> bool:
        """Whether the effect has one sign below and the other above."""
        return (self.below_high < 0.0 < self.above_low) or (self.above_high < 0.0 < self.below_low)

    @property
    def vanishes(self) -> bool:
        """Whether one side has a clear effect and the other none."""
        below = self.below_low > 0.0 or self.below_high < 0.0
        above = self.above_low > 0.0 or self.above_high < 0.0
        return below != above


def turning_point(found: ByDraw, parameters: Mapping[str, NDArray[Any]], seed: int = 1) -> Turn | None:
    """The best split, if it is better than those of shuffled draws (a maximum over all parameters and cuts).

    A regression stump on the draws' effects, weighted by their precision (Morgan & Sonquist 1963).
    """
    names = [name for name, values in parameters.items() if np.ptp(values[found.draw]) > 0.0] if len(found.draw) else []
    draws = len(found.draw)
    if draws < FEW_DRAWS or not names or np.ptp(found.effect) == 0.0:
        return None
    values = np.stack([np.asarray(parameters[name], np.float64)[found.draw] for name in names])
    order = np.argsort(values, axis=1, kind="stable")
    spread = float(found.effect.var())
    weights = 1.0 / (found.error**2 + spread)  # draws differ also beyond the chance of their replicates
    gain, parameter, cut = _best(found.effect, weights, order)
    generator = np.random.default_rng(seed)
    beaten = 0
    for _ in range(SHUFFLES):
        shuffled = generator.permutation(draws)
        beaten += _best(found.effect[shuffled], weights[shuffled], order)[0] >= gain
    chance = (beaten + 1) / (SHUFFLES + 1)
    if chance > LEVEL:
        return None
    sides = order[parameter, :cut], order[parameter, cut:]
    middle = float(values[parameter, order[parameter, cut - 1 : cut + 1]].mean())
    below, above = (_mean(found.effect[side], weights[side]) for side in sides)
    return Turn(names[parameter], middle, *below, *above, chance)


def _best(effect: Floats, weights: Floats, order: NDArray[np.int64]) -> tuple[float, int, int]:
    """The largest weighted sum of squares between two sides, and the parameter and place of its cut."""
    draws = order.shape[1]
    ordered = weights[order]
    weight = np.cumsum(ordered, axis=1)[:, :-1]
    total = np.cumsum(ordered * effect[order], axis=1)
    everything, sum_all = float(weights.sum()), total[:, -1:]
    total = total[:, :-1]
    gain = total**2 / weight + (sum_all - total) ** 2 / (everything - weight) - sum_all**2 / everything
    edge = max(int(TAIL * draws), 2)
    gain[:, : edge - 1] = -np.inf
    gain[:, draws - edge :] = -np.inf
    parameter, place = np.unravel_index(int(np.argmax(gain)), gain.shape)
    return float(gain[parameter, place]), int(parameter), int(place) + 1


def _mean(effect: Floats, weights: Floats) -> tuple[float, float, float]:
    mean = float((weights * effect).sum() / weights.sum())
    # the spread between draws counts, not the assumed errors
    half = Z95 * float(np.sqrt((weights**2 * (effect - mean) ** 2).sum())) / float(weights.sum())
    return mean, mean - half, mean + half

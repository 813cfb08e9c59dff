"""From pairs grouped by parameter draw to a verdict: effect, signs over the draws, and what they amount to.

A draw's effect is known only up to the chance of its few replicates. How many draws have which sign is therefore
estimated together, among draws of like parameters, as the distribution of true effects that makes the observed ones
likeliest (Kiefer & Wolfowitz 1956; Stephens 2017 on signs), and not by counting noisy signs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whipcount.results.interfaces import Floats
from whipcount.theory.intervals import Z95

from .effects import paired_interval

Verdict = Literal["supported", "contradicted", "undetermined", "built in", "untestable"]
Sign = Literal["+", "-", "0"]

NEGLIGIBLE = 0.01  # of a probability; of a number, in its standard deviations
FEW_PAIRS = 2  # a draw with fewer pairs says nothing of its sign
HOLDS = 0.8  # share of the draws with an effect that must have the claimed sign
EVERY = 0.95  # of the draws with the claimed sign, and none with the other: built in, if no counterexample is found
GRID, STEPS = 81, 400


@dataclass(frozen=True)
class ByDraw:
    """Effects by parameter draw: index of the draw, pairs, mean difference, its standard error."""

    draw: NDArray[np.int64]
    pairs: NDArray[np.int64]
    effect: Floats
    error: Floats


@dataclass(frozen=True)
class Signs:
    """Shares of the draws whose true effect has the claimed sign, next to none, or the other."""

    claimed: float
    none: float
    against: float


@dataclass(frozen=True)
class Estimate:
    """An effect over all draws, with its 95% interval by draws, and the pairs behind it."""

    effect: float
    low: float
    high: float
    pairs: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


def by_draw(difference: Floats, draw_of: NDArray[np.int64], *, binary: bool) -> ByDraw:
    """Effects draw by draw; differences that are missing are left out."""
    known = ~np.isnan(difference)
    difference, draw_of = difference[known], draw_of[known]
    draws, place = np.unique(draw_of, return_inverse=True)
    pairs = np.bincount(place, minlength=len(draws)).astype(np.int64)
    effect = np.bincount(place, difference, len(draws)) / np.maximum(pairs, 1)
    if binary:
        up = np.bincount(place, difference > 0.0, len(draws)) + 0.5
        down = np.bincount(place, difference < 0.0, len(draws)) + 0.5
        total = pairs + 2.0
        error = np.sqrt(np.maximum(up + down - (up - down) ** 2 / total, 0.0)) / total
    else:
        squares = np.bincount(place, (difference - effect[place]) ** 2, len(draws))
        pooled = squares.sum() / max(int(pairs.sum()) - len(draws), 1)
        variance = (squares + 4.0 * pooled) / (pairs + 3.0)  # a few replicates borrow from all draws
        error = np.sqrt(np.maximum(variance, 1e-12) / np.maximum(pairs, 1))
    enough = pairs >= FEW_PAIRS
    return ByDraw(draws[enough], pairs[enough], effect[enough], error[enough])


def estimate(difference: Floats, draw_of: NDArray[np.int64], *, binary: bool) -> Estimate:
    """The mean effect over all pairs; runs of one draw hang together, so the interval is by draws (clusters)."""
    known = ~np.isnan(difference)
    difference, draw_of = difference[known], draw_of[known]
    pairs = len(difference)
    if pairs < 2:
        return Estimate(math.nan, math.nan, math.nan, pairs)
    effect = float(difference.mean())
    draws, place = np.unique(draw_of, return_inverse=True)
    sums = np.bincount(place, difference - effect, len(draws))
    clusters = len(draws)
    half = Z95 * math.sqrt(float((sums**2).sum()) * clusters / max(clusters - 1, 1)) / pairs
    low, high = effect - half, effect + half
    if binary:
        plain = paired_interval(difference, binary=True)
        low, high = max(min(low, plain[0]), -1.0), min(max(high, plain[1]), 1.0)
    return Estimate(effect, low, high, pairs)


def true_effects(found: ByDraw) -> tuple[Floats, Floats]:
    """Likeliest distribution of the draws' true effects: points and weights (Kiefer & Wolfowitz 1956, by EM)."""
    if not len(found.effect):
        return np.zeros(1), np.ones(1)
    edge = max(float(np.abs(found.effect).max()), 1e-9)
    points = np.unique(np.concatenate([np.linspace(-edge, edge, GRID), [0.0]]))
    z = (found.effect[:, None] - points[None, :]) / found.error[:, None]
    logs = -0.5 * z**2
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights = np.full(len(points), 1.0 / len(points))
    for _ in range(STEPS):
        joint = likelihood * weights
        weights = (joint / joint.sum(axis=1, keepdims=True)).mean(axis=0)
    return points, weights


def signs(found: ByDraw, sign: Sign, negligible: float, layer: NDArray[np.int64] | None = None) -> Signs:
    """Shares of the draws by the sign of their true effect, estimated within each layer of like draws."""
    total = max(len(found.effect), 1)
    up = down = 0.0
    for chosen in [np.ones(len(found.effect), np.bool_)] if layer is None else [layer == n for n in np.unique(layer)]:
        part = ByDraw(found.draw[chosen], found.pairs[chosen], found.effect[chosen], found.error[chosen])
        points, weights = true_effects(part)
        up += float(weights[points > negligible].sum()) * len(part.draw) / total
        down += float(weights[points < -negligible].sum()) * len(part.draw) / total
    none = max(1.0 - up - down, 0.0)
    if sign == "0":
        return Signs(none, none, up + down)
    return Signs(up, none, down) if sign == "+" else Signs(down, none, up)


def verdict_of(sign: Sign, found: Estimate, shares: Signs, negligible: float) -> Verdict:
    """What an effect and its signs over the draws say of a claim, before it is asked whether the model assumes it.

    Supported: the interval lies on the claimed side, and the sign holds in four of five draws that show an effect.
    Contradicted: the same on the other side; or there is no effect to speak of where one is claimed.
    """
    if found.pairs < 2 or math.isnan(found.effect):
        return "undetermined"
    nothing = -2 * negligible < found.low and found.high < 2 * negligible
    if sign == "0":
        return "supported" if nothing else "contradicted" if found.clear else "undetermined"
    low, high = (found.low, found.high) if sign == "+" else (-found.high, -found.low)
    told = shares.claimed + shares.against
    if low > 0.0 and not nothing and (told == 0.0 or shares.claimed >= HOLDS * told):
        return "supported"
    if high < 0.0 and not nothing and (told == 0.0 or shares.against >= HOLDS * told):
        return "contradicted"
    if nothing and low <= 0.0 and shares.none > HOLDS:
        return "contradicted"
    return "undetermined"


def perhaps_built_in(shares: Signs) -> Literal["claimed", "against", ""]:
    """Whether (nearly) every draw has one sign and none the other: then a counterexample is looked for."""
    if shares.claimed >= EVERY and shares.against <= NEGLIGIBLE:
        return "claimed"
    if shares.against >= EVERY and shares.claimed <= NEGLIGIBLE:
        return "against"
    return ""


def least_favourable(found: ByDraw, expected: Floats, sign: int, many: int) -> NDArray[np.int64]:
    """The draws in which, by their parameters, the other sign is likeliest: for a second look with fresh runs."""
    order = np.argsort(sign * expected, kind="stable")
    return found.draw[order[:many]]


def holds_everywhere(again: ByDraw, sign: int) -> bool:
    """Whether even the least favourable draws, run afresh, show the sign: nearly all of them, and none clearly the
    other (z below -2.6: one in 200 by chance)."""
    signed = sign * again.effect
    if not len(signed) or bool((signed / again.error < -2.6).any()):
        return False
    return float((signed > 0.0).mean()) >= EVERY

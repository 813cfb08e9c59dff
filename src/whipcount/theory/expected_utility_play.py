"""Rounds of the expected-utility model for many draws at once: who sees which offers, and takes which.

The model is told in `expected_utility`; here is how it is computed fast. Within a round actors stand sorted along the
line. A voter is for the nearer of two positions, whatever its attitude to risk, so that those left of the middle of a
pair are for the left one, and the votes of a pair are differences of running sums over sorted voters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .tables import Floats

Denominator = Literal["all", "pair"]
Compromise = Literal["lowest", "nearest"]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = ("none", "confrontation", "compromise", "capitulation")
DEFAULT_ROUNDS = 10
MOST_CELLS = 32_000  # of an array that is worked on at once: a few of them fit in a processor's cache
SAME = 1e-9  # of the scale: two actors this close stand in one place, whatever the rounding of their positions says
TIE = 1e-9  # of the scale: offers that ask for the same, up to rounding, are followed half way each


@dataclass(frozen=True)
class Play:
    """Rounds of the model for many draws: positions (rounds + 1, draws, actors), offers taken and from whom, risk."""

    positions: Floats
    kinds: NDArray[np.int8]
    partners: Integers
    risk: Floats
    stake: Floats

    def medians(self) -> Floats:
        """Weighted medians by round and draw; the middle of the interval where they are tied."""
        return np.stack([weighted_medians(places, self.stake) for places in self.positions])

    def means(self) -> Floats:
        """Weighted means by round and draw."""
        means: Floats = (self.positions * self.stake).sum(axis=-1) / self.stake.sum(axis=-1)
        return means


def weighted_medians(places: Floats, weights: Floats) -> Floats:
    """The weighted median of each row, shape (draws, actors) to (draws,)."""
    order = np.argsort(places, axis=-1, kind="stable")
    joined = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    half = joined[:, -1:] / 2
    slack = 1e-12 * joined[:, -1:]
    low = (joined >= half - slack).argmax(axis=-1)
    high = (joined > half + slack).argmax(axis=-1)
    sorted_places = np.take_along_axis(places, order, axis=-1)
    rows = np.arange(len(places))
    middle: Floats = (sorted_places[rows, low] + sorted_places[rows, high]) / 2
    return middle


def play_rounds(
    places: Floats,
    capability: Floats,
    salience: Floats,
    width: Floats,
    rounds: int = DEFAULT_ROUNDS,
    denominator: Denominator = "all",
    compromise: Compromise = "lowest",
) -> Play:
    """Play the model; all inputs have shape (draws, actors), `width` is the length of the scale of each draw."""
    draws, actors = places.shape
    stake = capability * salience
    # a scale without length has everybody in one place: nobody moves, and no distance is divided by 0
    scale = np.where(width > 0, width, 1.0)
    positions = np.empty((rounds + 1, draws, actors))
    positions[0] = places
    kinds = np.zeros((rounds, draws, actors), dtype=np.int8)
    partners = np.full((rounds, draws, actors), -1, dtype=np.int64)
    risk = np.ones((rounds, draws, actors))
    step = max(1, MOST_CELLS // (actors * actors))
    for start in range(0, draws, step):
        part = slice(start, start + step)
        for number in range(rounds):
            turn = _Round(positions[number, part], stake[part], salience[part], scale[part], denominator)
            offers = turn.offers(compromise)
            found = ((positions[number + 1], offers.moved), (kinds[number], offers.kind),
                     (partners[number], offers.partner), (risk[number], turn.attitude))  # fmt: skip
            for whole, values in found:
                np.put_along_axis(whole[part], turn.order, values, axis=1)
    return Play(positions, kinds, partners, risk, stake)


@cache
def _pairs(actors: int) -> tuple[Integers, Integers, Floats, Floats]:
    """All pairs of sorted actors, the left and the right one, and matrices that sum values of pairs by either."""
    left, right = np.triu_indices(actors, 1)
    return left, right, np.eye(actors)[left], np.eye(actors)[right]


@dataclass(frozen=True)
class _Offers:
    """What every actor takes, sorted along the line: where it moves, by which kind of offer, whose."""

    moved: Floats
    kind: NDArray[np.int8]
    partner: Integers


class _Round:
    """One round of some draws, actors sorted along the line; `order` tells who they are."""

    def __init__(self, here: Floats, stake: Floats, salience: Floats, scale: Floats, denominator: Denominator) -> None:
        draws, actors = here.shape
        self.denominator = denominator
        self.order = np.argsort(here, axis=1, kind="stable")
        self.here = np.take_along_axis(here, self.order, axis=1)
        self.stake = np.take_along_axis(stake, self.order, axis=1)
        self.salience = np.take_along_axis(salience, self.order, axis=1)
        self.gap = self.here[:, None, :] - self.here[:, :, None]
        self.distance = np.abs(self.gap)
        self.distance /= scale[:, None, None]
        self.distance *= self.distance >= SAME
        self.left, self.right, self.by_left, self.by_right = _pairs(actors)
        middle = self.here[:, self.left] + self.here[:, self.right]
        on_left = np.zeros(middle.shape, dtype=np.uint8 if actors < 256 else np.int64)
        nearer = np.empty(middle.shape, dtype=bool)
        doubled = 2 * self.here
        for voter in range(actors):
            np.less(doubled[:, voter, None], middle, out=nearer)
            on_left += nearer.view(np.uint8)
        # where the running sum up to the middle of each pair lies, in the column of the right one and of the left one
        rows = np.arange(draws)[:, None] * (actors + 1) + on_left
        self.at_right = rows * actors + self.right
        self.at_left = rows * actors + self.left
        self.attitude = self._risk_attitude()

    def success(self, bent: Floats) -> tuple[Floats, Floats]:
        """The chance that the left position of each pair beats the right one, and the right one the left one.

        bent: each voter's distance from each position to the power of its attitude to risk (draws, voter, position);
        a vote is the voter's stake times the difference of two of them.
        """
        draws, actors, _ = bent.shape
        running = np.zeros((draws, actors + 1, actors))
        np.cumsum(bent * self.stake[:, :, None], axis=1, out=running[:, 1:])
        flat, everybody = running.reshape(-1), running[:, -1]
        for_left = flat[self.at_right]
        for_left -= flat[self.at_left]
        for_right = for_left + everybody[:, self.left]
        for_right -= everybody[:, self.right]
        out_of = for_left + for_right
        if self.denominator == "all":
            out_of = 2 * out_of.sum(axis=1, keepdims=True)
        out_of = np.where(out_of > 0, out_of, 1.0)
        for_left /= out_of
        for_right /= out_of
        return for_left, for_right

    def _risk_attitude(self) -> Floats:
        """Each actor's exponent of risk, from 1/2 (accepts risk) to 2 (averse): those least in danger took least.

        Danger is what the others expect to gain by challenging the actor, all being neutral to risk; a neutral actor
        expects 2d (1 - 2 s (1 - P)) from challenging at a distance d one with salience s.
        """
        left_wins, right_wins = self.success(self.distance)
        apart = self.distance[:, self.left, self.right]
        against_right = apart * (1 - 2 * self.salience[:, self.right] * (1 - left_wins))
        against_left = apart * (1 - 2 * self.salience[:, self.left] * (1 - right_wins))
        danger = against_right @ self.by_right + against_left @ self.by_left
        low, high = danger.min(axis=1, keepdims=True), danger.max(axis=1, keepdims=True)
        spread = high - low
        some = spread > 1e-12
        level = np.where(some, (2 * danger - high - low) / np.where(some, spread, 1.0), 0.0)
        attitude: Floats = (1 - level / 3) / (1 + level / 3)
        return attitude

    def offers(self, compromise: Compromise) -> _Offers:
        """The best offer that each actor sees."""
        mine, theirs = self._gains()
        size = np.abs(mine)
        seen = (theirs > 0) & (self.distance > 0)
        confront = seen & (mine > 0) & (theirs > mine)
        yielding = seen & (mine < 0)
        meet = yielding & (theirs > size)
        # one ranking of all offers: confrontations come first, then compromises, then giving in
        key = np.where(yielding, 4 + self.distance, np.inf)
        np.copyto(key, 2 + self._rank(size, theirs, compromise), where=meet)
        np.copyto(key, self.distance, where=confront)
        best = key.argmin(axis=2)[:, :, None]
        lowest, yields, gains = (np.take_along_axis(values, best, axis=2)[:, :, 0] for values in (key, size, theirs))
        kind = np.zeros(lowest.shape, dtype=np.int8)
        kind[lowest < np.inf] = 3
        kind[lowest < 4] = 2
        kind[lowest < 2] = 1
        there = np.take_along_axis(self.here, best[:, :, 0], axis=1)
        part = np.where(kind == 2, yields / np.where(kind == 2, gains, 1.0), 1.0)
        moved = np.where(kind == 2, self.here + part * (there - self.here), there)
        self._share_ties(key <= lowest[:, :, None] + TIE, kind, size, theirs, moved)
        partner = np.where(kind > 0, np.take_along_axis(self.order, best[:, :, 0], axis=1), -1)
        return _Offers(np.where(kind > 0, moved, self.here), kind, partner)

    def _share_ties(self, tied: Bools, kind: NDArray[np.int8], yields: Floats, gains: Floats, moved: Floats) -> None:
        """Where several offers ask for the same, an actor moves to the mean of where they would bring it."""
        for draw, actor in np.argwhere((kind > 0) & (tied.sum(axis=2) > 1)):
            offers = np.flatnonzero(tied[draw, actor])
            there, here = self.here[draw, offers], self.here[draw, actor]
            if kind[draw, actor] == 2:
                there = here + (yields[draw, actor, offers] / gains[draw, actor, offers]) * (there - here)
            moved[draw, actor] = there.mean()

    def _gains(self) -> tuple[Floats, Floats]:
        """What each actor (row) sees both sides gain: by challenging the column's actor, by being challenged by it.

        Four times less than in print, which no comparison of gains feels.
        """
        bend = self.attitude[:, :, None]
        left_wins, right_wins = self.success(self.distance**bend)
        risked = np.zeros_like(self.distance)
        risked[:, self.left, self.right] = 1 - left_wins
        risked[:, self.right, self.left] = 1 - right_wins
        half = 0.5 * self.distance
        won = (0.5 - half) ** bend
        at_stake = (0.5 + half) ** bend
        at_stake -= won
        won = 0.5**bend - won
        mine = risked * at_stake
        mine *= self.salience[:, None, :]
        np.subtract(won, mine, out=mine)
        theirs = risked.transpose(0, 2, 1) * at_stake
        theirs *= self.salience[:, :, None]
        np.subtract(won, theirs, out=theirs)
        return mine, theirs

    def _rank(self, yields: Floats, gains: Floats, compromise: Compromise) -> Floats:
        """How compromises rank, from 0 to 1: by the lowest weighted position, or by the least movement.

        Meant where both yield and gain are above 0; elsewhere the numbers stand for nothing.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if compromise == "nearest":
                return np.asarray(self.distance * (yields / gains))
            rank = yields + gains
            np.divide(gains, rank, out=rank)
            rank *= self.gap
            rank += self.here[:, :, None]
            low, high = self.here[:, :1, None], self.here[:, -1:, None]
            rank -= low
            rank /= high - low
        return rank

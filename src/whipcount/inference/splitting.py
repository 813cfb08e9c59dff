"""Rare events by importance sampling of the parameters and subset simulation: in steps none of which is rare.

A history is a function of independent draws: parameters, inputs, and chance day by day. `nearness` says how near it
came to the event. Parameters are drawn from a proposal that makes the event likelier, and histories weigh what the
prior's density is to the proposal's. Of many histories those that came as near as a first level are kept; chains of
histories start from them, each with some draws made anew and refused where it does not come as near; of these the ones
at the next level are kept; and so on to the event itself. The product of the shares that reach each level has the
event's probability as its mean, however few histories there are and however badly the chains mix, as long as proposal,
levels and moves were fixed before (Au & Beck 2001, Probabilistic Engineering Mechanics 16; Cérou, Del Moral, Furon &
Guyader 2012, Statistics and Computing 22; that all states of the chains count: Dau & Chopin 2022, JRSS B 84). So both
come from trial runs that are not counted, and independent groups of histories say how far the estimate may be off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary.numerics import CLASSES

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
HAPPENED = float("inf")
KEPT = 0.2  # about this share of histories reaches the next level
ENOUGH = 0.01  # where it happens in this share of independent histories, no step is needed
CHAIN = 5  # states of a chain, its start among them
MOST_LEVELS = 60
SPAN = 1 << 40  # numbers of runs that a group may use
_REDRAWN = np.array([1, 2, 4, 8])  # classes of draws that are made anew in a move
_STRIDES = np.array([0.3, 0.5, 0.8])  # of parameters, in standard deviations of their priors
_INPUTS = 0.3  # how often inputs are drawn anew
_PARTS = (0.1, 0.4, 0.5)  # shares of draws from the prior itself (so no history weighs more than ten), halfway, there
_CLEAR = 4.0  # standard errors from which a parameter is moved
_MOST_MOVED = 12
_ROUNDS = 2
_OFTEN = 0.03  # where it happens so often, nothing better is looked for
_LEAST = 12  # independent histories by which parameters are moved


@dataclass(frozen=True)
class Histories:
    """Histories by what is drawn in them: z (n, parameters) standard normal deviates, worlds (n,) the runs whose inputs
    they have, chances (CLASSES, n) the runs whose draws of each class."""

    z: Floats
    worlds: Whole
    chances: Whole

    def __len__(self) -> int:
        return len(self.worlds)

    def take(self, rows: NDArray[np.intp] | slice) -> Histories:
        """Some of them, some perhaps several times."""
        return Histories(self.z[rows], self.worlds[rows], self.chances[:, rows])


Nearness = Callable[[Histories], Floats]


@dataclass(frozen=True)
class Proposal:
    """Where parameters are drawn: about `mean` with `spread`, or as their prior has them, or halfway between."""

    mean: Floats
    spread: Floats

    @classmethod
    def prior(cls, parameters: int) -> Proposal:
        """Every parameter as its prior has it."""
        return cls(np.zeros(parameters), np.ones(parameters))

    @classmethod
    def fitted(cls, z: Floats, weights: Floats, moved: NDArray[np.bool_], worth: float) -> Proposal:
        """As histories in which the event happened have those parameters that are to be moved; the others left alone
        (the cross-entropy method: Rubinstein & Kroese 2004). worth: how many independent histories these are."""
        weights = weights / weights.sum()
        mean = weights @ z
        spread = np.sqrt(weights @ (z - mean) ** 2 + 1.0 / worth)  # wider, as the mean is not known exactly
        return cls(np.where(moved, mean, 0.0), np.where(moved, np.clip(spread, 0.4, 1.0), 1.0))

    @property
    def is_prior(self) -> bool:
        """Whether nothing is moved."""
        return not self.mean.any()

    def draw(self, rng: np.random.Generator, count: int) -> Floats:
        """So many points."""
        z = rng.standard_normal((count, len(self.mean)))
        if self.is_prior:
            return z
        part = rng.choice(len(_PARTS), count, p=_PARTS)[:, np.newaxis]
        return np.asarray(np.choose(part, (z, self.mean / 2 + z, self.mean + self.spread * z)))

    def weights(self, z: Floats) -> Floats:
        """The prior's density over the proposal's."""
        if self.is_prior:
            return np.ones(len(z))
        halfway = np.exp(0.5 * (z**2 - (z - self.mean / 2) ** 2).sum(axis=1))
        scaled = (z - self.mean) / self.spread
        there = np.exp(0.5 * (z**2 - scaled**2).sum(axis=1) - np.log(self.spread).sum())
        return np.asarray(1.0 / (_PARTS[0] + _PARTS[1] * halfway + _PARTS[2] * there))


@dataclass
class Source:
    """Fresh draws of one group: a generator, and numbers of runs that nobody else has."""

    rng: np.random.Generator
    next_number: int

    @classmethod
    def of(cls, seed: int, group: int) -> Source:
        """The draws of a group; the same for the same seed and group."""
        return cls(np.random.default_rng([seed, group, 5]), (group + 1) * SPAN)

    def numbers(self, count: int) -> Whole:
        """So many runs' numbers."""
        self.next_number += count
        return np.arange(self.next_number - count, self.next_number, dtype=np.int64)

    def histories(self, count: int, proposal: Proposal) -> Histories:
        """Histories whose parameters are the proposal's, all else as in a plain run."""
        numbers = self.numbers(count)
        return Histories(proposal.draw(self.rng, count), numbers, np.tile(numbers, (CLASSES, 1)))

    def moved(self, at: Histories) -> Histories:
        """Each with some of its draws made anew, by a rule that does not look at it and is as likely to lead back: such
        a move leaves the prior as it is."""
        count, parameters = at.z.shape
        fresh = self.numbers(count)
        ranks = self.rng.random((CLASSES, count)).argsort(axis=0).argsort(axis=0)
        chances = np.where(ranks < self.rng.choice(_REDRAWN, count), fresh, at.chances)
        stride = self.rng.choice(_STRIDES, (count, 1))
        z = np.sqrt(1 - stride**2) * at.z + stride * self.rng.standard_normal((count, parameters))
        return Histories(z, np.where(self.rng.random(count) < _INPUTS, fresh, at.worlds), chances)

    def chosen(self, weights: Floats, count: int) -> NDArray[np.intp]:
        """So many places, each as often in the mean as it weighs: even steps along the weights in random order."""
        order = self.rng.permutation(np.flatnonzero(weights))
        ends = np.cumsum(weights[order])
        marks = (np.arange(count) + self.rng.random()) / count * ends[-1]
        return np.asarray(order[np.minimum(np.searchsorted(ends, marks, side="right"), len(order) - 1)])


@dataclass(frozen=True)
class Climb:
    """One group's way up: shares that reached each level, shares of moves accepted before it, histories computed."""

    shares: tuple[float, ...]
    accepted: tuple[float, ...]
    histories: int

    @property
    def probability(self) -> float:
        """The unbiased estimate of the event's probability (of a trial run: about it)."""
        return float(np.prod(self.shares))


def starts_of(size: int) -> int:
    """From how many histories chains start; sizes are multiples of CHAIN."""
    return size // CHAIN


def histories_of(size: int, levels: int) -> int:
    """How many histories a group of `size` computes for so many levels."""
    return size + (levels - 1) * (size - starts_of(size))


def climb(nearness: Nearness, source: Source, size: int, proposal: Proposal, levels: tuple[float, ...]) -> Climb:
    """One group of `size` histories through levels fixed beforehand, the last of which is HAPPENED."""
    here = Standing.begin(nearness, source, size, proposal)
    shares: list[float] = []
    accepted = [1.0]
    for level in levels:
        shares.append(here.share(level))
        if shares[-1] == 0.0 or level == levels[-1]:
            break
        here, taken = here.above(level)
        accepted.append(taken)
    return Climb(tuple(shares), tuple(accepted), here.computed)


@dataclass(frozen=True)
class Plan:
    """What trial runs found: where to draw parameters; levels of which about a fifth of the histories reach each next
    one, the last of them HAPPENED; how many histories that took."""

    proposal: Proposal
    levels: tuple[float, ...]
    histories: int


def plan(nearness: Nearness, source: Source, size: int, parameters: int) -> Plan:
    """Find a proposal and levels, by groups of `size` histories: each round from where the last one found the event."""
    proposal, spent = Proposal.prior(parameters), 0
    moved = np.zeros(parameters, np.bool_)
    for left in reversed(range(_ROUNDS)):
        here = Standing.begin(nearness, source, size, proposal)
        moved = _leading(here) if proposal.is_prior else moved
        levels, last = _up(here)
        spent += last.computed
        often = (here.near == HAPPENED).mean() >= _OFTEN
        better = None if often or not left else _proposed(last, moved)
        if better is None:
            break
        proposal = better
    return Plan(proposal, levels, spent)


def _leading(plain: Standing) -> NDArray[np.bool_]:
    """The parameters, a dozen at most, that lie clearly elsewhere in the nearest of independent histories."""
    nearest = plain.histories.z[plain.near >= min(_next_level(plain.near, []), plain.near.max())]
    clear = np.abs(nearest.mean(axis=0)) * np.sqrt(len(nearest))
    return np.asarray((clear > _CLEAR) & (clear >= np.sort(clear)[-_MOST_MOVED:].min(initial=np.inf)))


def _proposed(here: Standing, moved: NDArray[np.bool_]) -> Proposal | None:
    """A proposal by the histories in which the event happened; None where these are too few to say."""
    happened = here.near == HAPPENED
    weights = here.weights[happened]
    if not moved.any() or not len(weights):
        return None
    worth = min(weights.sum() ** 2 / (weights**2).sum(), len(np.unique(here.origin[happened])))
    return Proposal.fitted(here.histories.z[happened], weights, moved, worth) if worth >= _LEAST else None


def _up(here: Standing) -> tuple[tuple[float, ...], Standing]:
    """Levels up from where a group stands, and where it stands then; where no history comes nearer than the last level,
    HAPPENED follows."""
    levels: list[float] = []
    while True:
        levels.append(_next_level(here.near, levels) if len(levels) < MOST_LEVELS else HAPPENED)
        if levels[-1] == HAPPENED:
            return tuple(levels), here
        here, _ = here.above(levels[-1])


def _next_level(near: Floats, levels: list[float]) -> float:
    """The level above the last one that a share of histories nearest to a fifth reaches."""
    if (near == HAPPENED).mean() >= (KEPT / 2 if levels else ENOUGH):
        return HAPPENED
    values, counts = np.unique(near, return_counts=True)
    reach = counts[::-1].cumsum()[::-1] / len(near)
    higher = values > max([values[0], *levels[-1:]])
    if not higher.any():
        return HAPPENED
    return float(values[higher][np.abs(np.log(reach[higher] / KEPT)).argmin()])


@dataclass(frozen=True)
class Standing:
    """Where a group stands: its histories, how near each is, what each weighs, from which of the first ones it comes,
    and how many were computed so far."""

    nearness: Nearness
    source: Source
    proposal: Proposal
    histories: Histories
    near: Floats
    weights: Floats
    origin: NDArray[np.intp]
    computed: int

    @classmethod
    def begin(cls, nearness: Nearness, source: Source, size: int, proposal: Proposal) -> Standing:
        """A group as it is drawn."""
        histories = source.histories(size, proposal)
        weights = proposal.weights(histories.z)
        return cls(nearness, source, proposal, histories, nearness(histories), weights, np.arange(size), size)

    def share(self, level: float) -> float:
        """What part of the histories, by weight, reaches a level."""
        return float(self.weights[self.near >= level].sum() / len(self.near))

    def above(self, level: float) -> tuple[Standing, float]:
        """As many histories that reach the level, as chains from some that do, and the share of moves accepted."""
        starts = starts_of(len(self.near))
        rows = self.source.chosen(np.where(self.near >= level, self.weights, 0.0), starts)
        at, near = self.histories.take(rows), self.near[rows]
        states, known, accepted = [at], [near], 0
        for _ in range(CHAIN - 1):
            moved = self.source.moved(at)
            then = self.nearness(moved)
            taken = then >= level
            at, near = _either(taken, moved, at), np.where(taken, then, near)
            accepted += int(taken.sum())
            states.append(at)
            known.append(near)
        moves = starts * (CHAIN - 1)
        here = replace(
            self, histories=_joined(states), near=np.concatenate(known), weights=np.ones(starts * CHAIN),
            origin=np.tile(self.origin[rows], CHAIN), computed=self.computed + moves,
        )  # fmt: skip
        return here, accepted / moves


def _either(where: NDArray[np.bool_], one: Histories, other: Histories) -> Histories:
    return Histories(
        np.where(where[:, np.newaxis], one.z, other.z),
        np.where(where, one.worlds, other.worlds),
        np.where(where, one.chances, other.chances),
    )


def _joined(parts: list[Histories]) -> Histories:
    return Histories(
        np.concatenate([part.z for part in parts]),
        np.concatenate([part.worlds for part in parts]),
        np.concatenate([part.chances for part in parts], axis=1),
    )


__all__ = [
    "HAPPENED",
    "Climb",
    "Histories",
    "Nearness",
    "Plan",
    "Proposal",
    "Source",
    "Standing",
    "climb",
    "histories_of",
    "plan",
    "starts_of",
]

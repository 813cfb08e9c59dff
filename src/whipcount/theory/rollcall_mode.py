"""The ideal points of highest posterior density, from the votes cast.

The model is Clinton, Jackman & Rivers's (2004): a member votes yes with probability Phi(a_j + b_j x_i); points have a
standard normal prior (or follow each other as a random walk, or on a line), items a normal one. Items and points take
turns, as in Imai, Lo & Olmsted's (2016) expectation-maximisation, but each goes Newton's step, which is longer and
still never lessens the density; two rounds tell how far to reach in one (squared extrapolation: Varadhan & Roland
2008).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import log_ndtr

from .rollcall_chains import Chains, line_variances
from .rollcall_ordered import slopes as ordered_slopes
from .rollcall_table import Bools, Floats, Integers
from .rollcall_votes import Ballots, ascend, ballots_of, from_votes, likelihood, utilities

STEPS = 2_000
CLOSE = 1e-5  # change of a point, in standard deviations of all, over a step at which the search stops
ITEM_SPREAD = 5.0  # standard deviation of the prior of a motion's parameters
POWERS = 40  # rounds of the power iteration for a first guess


@dataclass(frozen=True, eq=False)
class Scaling:
    """Ideal points and items: x (members, d), their standard errors, a (motions,), b (motions, d).

    pull: how much a party's line moves the latent utility of its members; 0 where no lines were given. half: half
    widths of motions (motions,), where abstentions stand between yes and no. steps: rounds over items and points.
    """

    points: Floats
    errors: Floats
    difficulty: Floats
    discrimination: Floats
    loglik: float
    steps: int
    pull: float = 0.0
    half: Floats | None = None


def scale_votes(
    yes: Bools,
    seen: Bools,
    dimensions: int = 1,
    start: Floats | None = None,
    steps: int = STEPS,
    lines: Floats | None = None,
) -> Scaling:
    """Estimate from a table: yes, seen have shape (members, motions); abstentions and absences are not seen.

    The members get mean 0 and standard deviation 1. lines: +1 where the member's party wants a yes, -1 where it wants a
    no, 0 where it wants nothing; given them, what the line does is told apart from what members want (McCarty, Poole &
    Rosenthal 2001).
    """
    return scale_ballots(ballots_of(yes, seen, lines), dimensions, start, steps)


def scale_ballots(
    ballots: Ballots, dimensions: int = 1, start: Floats | None = None, steps: int = STEPS, spread: float = ITEM_SPREAD
) -> Scaling:
    """The same from votes. spread: of the items' prior. Chains keep their scale, which their prior holds."""
    guess = first_guess(ballots, dimensions) if start is None else start
    # a search does not cross over to the other side: where the prior has one, both are tried
    guesses = [guess, -guess] if start is None and ballots.chains.mean.any() else [guess]
    tried = [_Place(ballots, one, np.full(dimensions + 1, 1 / spread**2)) for one in guesses]
    taken = [one.climb(steps) for one in tried]
    done, place = max(zip(taken, tried, strict=True), key=lambda one: one[1].worth())
    ballots, items, points, pull = place.ballots, place.items, place.points, float(place.pull[0])
    utility = utilities(ballots, items, points, pull)
    errors = _errors(ballots, utility, items)
    logs, _, _ = likelihood(ballots, items, points, pull)
    x, difficulty, slope = points[:, 1:].copy(), items[:, 0].copy(), items[:, 1:].copy()
    if not len(ballots.chains.followers):
        # the scale is arbitrary: put the members on mean 0 and standard deviation 1
        centre, width = x.mean(axis=0), x.std(axis=0)
        width = np.where(width > 0, width, 1.0)
        difficulty = difficulty + slope @ centre
        x, slope, errors = (x - centre) / width, slope * width, errors / width
    return Scaling(x, errors, difficulty, slope, logs, done, pull, ballots.half)


class _Place:
    """Where the search stands: items, points and the pull of the lines, of one model of one table."""

    def __init__(self, ballots: Ballots, guess: Floats, precision: Floats) -> None:
        self.half = np.empty(0) if ballots.half is None else ballots.half.copy()
        self.free = self.half > 0
        self.ballots = ballots if ballots.half is None else replace(ballots, half=self.half)
        self.precision = precision
        self.points = np.column_stack([np.ones(ballots.points), ballots.chains.fitting(guess)])
        self.items = np.zeros((ballots.motions, self.points.shape[1]))
        self.pull = np.zeros(1)
        self.held = np.empty((ballots.points, 3))

    def read(self) -> Floats:
        """All parameters as one vector."""
        widths = np.log(self.half[self.free])
        return np.concatenate([self.items.ravel(), self.points[:, 1:].ravel(), widths, self.pull])

    def write(self, values: Floats) -> None:
        """Put all parameters to a vector's values."""
        self.items.ravel()[:] = values[: self.items.size]
        first, after = self._where()
        self.points[:, 1:] = values[first:after].reshape(self.points[:, 1:].shape)
        self.half[self.free] = np.exp(np.clip(values[after:-1], -20.0, 20.0))
        self.pull[:] = values[-1:]

    def _where(self) -> tuple[int, int]:
        """Where points begin and end in the vector."""
        return self.items.size, self.items.size + self.points[:, 1:].size

    def step(self) -> float:
        """One step; gives the log posterior density before it."""
        prior = self._prior()
        logs = ascend(self.ballots, self.items, self.points, float(self.pull[0]), self.precision, self.held)
        if self.ballots.by_motion.line is not None:
            self._pull_harder()
        return logs + prior

    def _prior(self) -> float:
        items = -0.5 * float((self.items**2 @ self.precision).sum())
        return items - float(self.half.sum()) + float(self.ballots.chains.log_priors(self.points[:, 1:]).sum())

    def worth(self) -> float:
        """The log posterior density."""
        return likelihood(self.ballots, self.items, self.points, float(self.pull[0]))[0] + self._prior()

    def _pull_harder(self) -> None:
        """Newton's step of the pull of the lines, or as much of it as does not lessen the likelihood."""
        before, slope, curvature = likelihood(self.ballots, self.items, self.points, float(self.pull[0]))
        step = slope / max(curvature, 1e-9)
        for _ in range(20):
            if likelihood(self.ballots, self.items, self.points, float(self.pull[0]) + step)[0] >= before:
                self.pull += step
                return
            step /= 2

    def climb(self, steps: int) -> int:
        """Steps and squared extrapolations until points stand still; how many steps it took."""
        reach, done, worth = 4.0, 0, -np.inf
        before = good = self.read()
        while done < steps:
            logs = self.step()
            done += 1
            if logs < worth:
                # too far: back to the last good place, and a shorter reach from there
                self.write(good)
                before, worth, reach = good, -np.inf, max(reach / 2, 1.0)
                continue
            first = self.read()
            if done == steps or (done > 5 and self._moved(before, first) < CLOSE):
                break
            worth = self.step()
            done += 1
            good = self.read()
            once, bent = first - before, (good - first) - (first - before)
            length = float(np.linalg.norm(once) / max(float(np.linalg.norm(bent)), 1e-300))
            if length >= reach:
                length, reach = reach, 4 * reach
            if length > 1.0:
                self.write(before + 2 * length * once + length**2 * bent)
            before = self.read()
        return done

    def _moved(self, before: Floats, after: Floats) -> float:
        """The largest change of a point, in standard deviations of all points of its dimension around their mean."""
        here = slice(*self._where())
        shape = self.points[:, 1:].shape
        told = []
        for one in (before, after):
            points = one[here].reshape(shape)
            spread = points.std(axis=0)
            told.append((points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
        return float(np.abs(told[1] - told[0]).max())


def first_guess(ballots: Ballots, dimensions: int) -> Floats:
    """Where the search begins: the leading directions of the votes, each motion centred; by orthogonal iteration."""
    side = ballots.by_motion
    count = np.maximum(np.bincount(side.block, minlength=ballots.motions), 1)
    sign = np.where(side.middle, 0.0, side.sign)
    value = sign - (np.bincount(side.block, sign, ballots.motions) / count)[side.block]
    found = np.random.default_rng(0).standard_normal((ballots.points, dimensions))
    for _ in range(POWERS):
        motions = _gathered(side.block, value, found[side.other], ballots.motions)
        found = _gathered(side.other, value, motions[side.block], ballots.points)
        found, _ = np.linalg.qr(found)
    spread = found.std(axis=0)
    return np.asarray(found / np.where(spread > 0, spread, 1.0))


def guess_by_period(ballots: Ballots, period: Integers) -> Floats:
    """A first guess for points that move: each period's own, turned as those points of it that continue earlier ones.

    period: of each point. One guess for all would know little of how far-off periods compare.
    """
    side, chains = ballots.by_motion, ballots.chains
    found, before = np.zeros((ballots.points, 1)), np.full(ballots.points, -1)
    before[chains.followers] = chains.followers - 1
    of_vote = period[side.other]
    for one in np.unique(period):
        here, votes = np.flatnonzero(period == one), np.flatnonzero(of_vote == one)
        motions, motion = np.unique(side.block[votes], return_inverse=True)
        point = np.searchsorted(here, side.other[votes])
        inner = from_votes(point, motion, side.sign[votes] > 0, Chains.single(len(here)), len(motions))
        guess = first_guess(inner, 1)
        shared = before[here] >= 0
        if guess[shared, 0] @ found[before[here[shared]], 0] < 0:
            guess = -guess
        found[here] = guess
    return found


def _gathered(block: np.ndarray, value: Floats, rows: Floats, blocks: int) -> Floats:
    return np.column_stack([np.bincount(block, value * column, blocks) for column in rows.T])


def _errors(ballots: Ballots, utility: Floats, items: Floats) -> Floats:
    """Standard errors from the information of each point's votes and the prior, items taken as known."""
    side, chains = ballots.by_motion, ballots.chains
    if ballots.half is None:
        log_density = -0.5 * utility**2 - 0.9189385332046727
        information = np.exp(2 * log_density - log_ndtr(utility) - log_ndtr(-utility))
    else:
        information = ordered_slopes(side.sign, side.middle, utility, side.widths(ballots.half))[1]
    slopes = items[side.block, 1:]
    points, width = int(chains.start[-1]), slopes.shape[1]
    products = np.zeros((points, width, width))
    for a in range(width):
        for b in range(width):
            products[:, a, b] = np.bincount(side.other, information * slopes[:, a] * slopes[:, b], points)
    first = np.zeros(points)
    first[chains.heads] = 1 / chains.variance
    if not len(chains.followers):
        products += first[:, None, None] * np.eye(width)
        return np.asarray(np.sqrt(np.diagonal(np.linalg.inv(products), axis1=1, axis2=2)))
    if chains.time is not None:
        return np.asarray(np.sqrt(line_variances(chains, products[:, 0, 0])))[:, None]
    # along a chain: what is known of a point from itself and those before it, and from those after it
    own = products[:, 0, 0] + first
    ahead, behind = own.copy(), np.zeros(points)
    for point in chains.followers:
        ahead[point] += ahead[point - 1] / (1 + chains.drift[point] * ahead[point - 1])
    for point in chains.followers[::-1]:
        after = products[point, 0, 0] + behind[point]
        behind[point - 1] = after / (1 + chains.drift[point] * after)
    return np.asarray(1 / np.sqrt(ahead + behind))[:, None]

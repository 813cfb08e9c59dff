"""Votes cast, and nothing else: roll calls as lists of votes, and passes over them in C or in NumPy.

Points (rows of 1, x1, ..., xd) and items (rows of a, b1, ..., bd) meet in a latent utility a + b x; a member votes yes
where it and a standard normal error exceed 0. Points form chains (`rollcall_chains`): one point alone, or several that
follow each other as a random walk or lie on a line. The cost of a pass grows with the votes cast, not with the cells of
the table.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.random import Generator
from scipy.special import log_ndtr, ndtr, ndtri

from whipcount.compiler import kernel

from .rollcall_chains import Chains, line_told, tilt, walked
from .rollcall_ordered import begun, climbed, log_chances, residuals, slopes
from .rollcall_table import Bools, Floats, Integers

SOURCE = Path(__file__).with_name("rollcall_kernel.c")
MOST_DIMENSIONS = 3  # as many as the kernel has room for
FARTHEST = 37.0  # latent utility beyond which a chance is told apart from 0 and 1 no more


@dataclass(frozen=True, eq=False)
class Side:
    """The votes as one side has them: start (blocks + 1), code (votes): twice the other's place, plus one for a yes.

    mid: which are abstentions, where these stand between yes and no. of_motions: whether the blocks are the motions.
    """

    start: Integers
    code: np.ndarray
    line: Floats | None = None
    mid: np.ndarray | None = None
    of_motions: bool = False

    @functools.cached_property
    def block(self) -> Integers:
        """The block of each vote."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @functools.cached_property
    def other(self) -> Integers:
        """The place of each vote on the other side."""
        return np.asarray(self.code >> 1, dtype=np.int64)

    @functools.cached_property
    def sign(self) -> Floats:
        """+1 for a yes, -1 for a no."""
        return np.where(self.code & 1, 1.0, -1.0)

    def widths(self, half: Floats) -> Floats:
        """The half width of each vote's motion."""
        return half[self.block if self.of_motions else self.other]

    @functools.cached_property
    def middle(self) -> Bools:
        """Which votes are abstentions."""
        return np.zeros(len(self.code), dtype=bool) if self.mid is None else self.mid.astype(bool)


@dataclass(frozen=True, eq=False)
class Ballots:
    """Votes of yes and no by motion and by point; lines: how each is pulled, where parties' lines are known.

    half: where abstentions are among the votes, as the middle of three answers (`rollcall_ordered`), each motion's half
    width, 0 where nobody abstained; it changes in place as items do.
    """

    points: int
    motions: int
    by_motion: Side
    by_point: Side
    chains: Chains = field(repr=False)
    half: Floats | None = None

    @property
    def votes(self) -> int:
        """How many votes were cast."""
        return len(self.by_motion.code)


def ballots_of(yes: Bools, seen: Bools, lines: Floats | None = None, abstained: Bools | None = None) -> Ballots:
    """The votes of a table of members by motions, each member one point; abstained: those seen in the middle."""
    members, motions = yes.shape
    point, motion = np.nonzero(seen)
    pulled = None if lines is None else lines[point, motion].astype(float)
    mid = None if abstained is None else abstained[point, motion]
    return from_votes(point, motion, yes[point, motion], Chains.single(members), motions, pulled, mid)


def from_votes(
    point: Integers,
    motion: Integers,
    yes: np.ndarray,
    chains: Chains,
    motions: int,
    lines: Floats | None = None,
    mid: Bools | None = None,
) -> Ballots:
    """The votes of three columns: whose point, on what motion, whether yes; mid: which are abstentions."""

    def side(own: Integers, other: Integers, blocks: int, of_motions: bool) -> Side:
        order = np.argsort(own, kind="stable")
        start = np.concatenate([[0], np.bincount(own, minlength=blocks).cumsum()]).astype(np.int64)
        code = (2 * other[order] + yes[order].astype(bool)).astype(np.int32)
        middle = None if mid is None else mid[order].astype(np.uint8)
        return Side(start, code, None if lines is None else np.ascontiguousarray(lines[order]), middle, of_motions)

    points = int(chains.start[-1])
    sides = side(motion, point, motions, True), side(point, motion, points, False)
    return Ballots(points, motions, *sides, chains, None if mid is None else begun(mid, motion, motions))


@functools.cache
def _library(loaded: ctypes.CDLL) -> ctypes.CDLL:
    loaded.ascend.restype = ctypes.c_double
    for name in ("prepare", "likelihood", "sample", "sample_normals"):
        getattr(loaded, name).restype = None
    loaded.prepare()
    return loaded


def library() -> ctypes.CDLL | None:
    """The compiled passes; None where NumPy computes them."""
    found = kernel(SOURCE)
    return None if found is None else _library(found)


def _address(values: np.ndarray | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if values is None else values.ctypes.data)


def _side(blocks: int, side: Side) -> tuple[object, ...]:
    return ctypes.c_int64(blocks), _address(side.start), _address(side.code), _address(side.mid)


def _chains(chains: Chains, held: Floats) -> tuple[object, ...]:
    parts = (chains.start, chains.mean, chains.variance, chains.drift, chains.time, chains.clock, held)
    return ctypes.c_int64(len(chains.mean)), *map(_address, parts)


def ascend(
    ballots: Ballots, items: Floats, points: Floats, pull: float, precision: Floats, held: Floats | None = None
) -> float:
    """One round in place: a Newton step of each item, then of each chain of points; none lessens the log posterior.

    Gives the log-likelihood before it. items: (motions, 1 + d), points: (points, 1 + d), whose first column is 1;
    precision: (1 + d,), of the items' normal prior around 0. held: room of three numbers a point, if there is some.
    """
    compiled = library()
    if compiled is None:
        return _ascend(ballots, items, points, pull, precision)
    held = np.empty((ballots.points, 3)) if held is None else held
    found = compiled.ascend(
        *_side(ballots.motions, ballots.by_motion), _address(ballots.by_motion.line),
        *_side(ballots.points, ballots.by_point), _address(ballots.by_point.line),
        _address(ballots.half), ctypes.c_int(items.shape[1]), _address(items), _address(points), ctypes.c_double(pull),
        _address(precision), *_chains(ballots.chains, held),
    )  # fmt: skip
    return float(found)


def likelihood(ballots: Ballots, items: Floats, points: Floats, pull: float = 0.0) -> tuple[float, float, float]:
    """The log-likelihood of all votes, and its slope and curvature in the pull of the lines (0 without lines)."""
    side, compiled = ballots.by_motion, library()
    if compiled is None:
        utility = _utility(side, items, points, pull)
        logs, slope, curvature = float(_logs(side, utility, ballots.half).sum()), 0.0, 0.0
        if side.line is not None:
            residual = _residual(side, utility)
            slope, curvature = float(side.line @ residual), float(side.line**2 @ (residual * (residual + utility)))
        return logs, slope, curvature
    found = np.zeros(3)
    compiled.likelihood(
        *_side(ballots.motions, side), _address(side.line), _address(ballots.half), ctypes.c_int(items.shape[1]),
        _address(items), _address(points), ctypes.c_double(pull), _address(found),
    )  # fmt: skip
    return float(found[0]), float(found[1]), float(found[2])


def sample(
    ballots: Ballots,
    items: Floats,
    points: Floats,
    precision: Floats,
    learn: bool,
    seed: tuple[int, ...],
    kept: int,
    thin: int,
    halves: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Draws from the posterior, on from where items and points stand, in place.

    Gives points (kept, points, 1 + d) and items (kept, motions, 1 + d), each draw after `thin` sweeps; `halves`, with
    room for (kept, motions), is given the half widths. learn: whether
    the precision of the items' prior is drawn too, its own prior being exponential with mean 1. Compiled, most
    sweeps propose around Newton's step (Gamerman 1997) and every fourth draws latent utilities (Albert & Chib 1993);
    in NumPy all do the latter, which takes many more for as much. After each, points and items are shifted and
    stretched together, which changes no chance of a vote (Liu & Sabatti 2000): the directions in which plain sampling
    hardly moves. The two give other draws of the same distribution.
    """
    width = items.shape[1]
    drawn = np.empty((kept, ballots.points, width)), np.empty((kept, ballots.motions, width))
    compiled = library()
    if compiled is None:
        random = np.random.default_rng(seed)
        for draw in range(kept):
            for _ in range(thin):
                items_pass(ballots, items, points, 0.0, precision, random)
                halves_pass(ballots, items, points, random)
                points_pass(ballots, items, points, 0.0, random)
                if learn:
                    for part, columns in ((slice(1), items[:, :1]), (slice(1, None), items[:, 1:])):
                        rate = 1 + 0.5 * float((columns**2).sum())
                        precision[part] = random.gamma(1 + 0.5 * columns.size) / rate
                _group_moves(ballots, items, points, precision, random)
            drawn[0][draw], drawn[1][draw] = points, items
            if halves is not None and ballots.half is not None:
                halves[draw] = ballots.half
        return drawn
    state, held = np.random.SeedSequence(seed).generate_state(4, np.uint64), np.empty((ballots.points, 3))
    compiled.sample(
        *_side(ballots.motions, ballots.by_motion), *_side(ballots.points, ballots.by_point),
        _address(ballots.half), ctypes.c_int(width), _address(items), _address(points), _address(precision),
        ctypes.c_int(learn),
        *_chains(ballots.chains, held), _address(state),
        ctypes.c_int64(kept), ctypes.c_int64(thin), *map(_address, drawn), _address(halves),
    )  # fmt: skip
    return drawn


def normals(count: int, seed: int, least: float | None = None) -> Floats | None:
    """Compiled standard normals, or those above a bound; None without a compiler. For tests of their distribution."""
    compiled = library()
    if compiled is None:
        return None
    state, found = np.random.SeedSequence(seed).generate_state(4, np.uint64), np.empty(count)
    bound = None if least is None else np.array([least])
    compiled.sample_normals(_address(state), ctypes.c_int64(count), _address(bound), _address(found))
    return found


def chances(ballots: Ballots, items: Floats, points: Floats) -> Floats:
    """The log chance of each vote, in the order of `by_motion`."""
    return _logs(ballots.by_motion, utilities(ballots, items, points), ballots.half)


def utilities(ballots: Ballots, items: Floats, points: Floats, pull: float = 0.0) -> Floats:
    """The latent utility of each vote, in the order of `by_motion`."""
    return _utility(ballots.by_motion, items, points, pull)


# -- the same in NumPy ---------------------------------------------------------------------------------------------


def _utility(side: Side, own: Floats, other: Floats, pull: float) -> Floats:
    found: Floats = np.einsum("va,va->v", own[side.block], other[side.other])
    return found if side.line is None else found + pull * side.line


def _hazard(turned: Floats) -> Floats:
    """phi / Phi, stable far out."""
    return np.asarray(np.exp(-0.5 * turned**2 - 0.9189385332046727 - log_ndtr(turned)))


def _residual(side: Side, utility: Floats) -> Floats:
    """The slope of each vote's log chance in its utility: the latent utility's expected residual."""
    return np.asarray(side.sign * _hazard(side.sign * utility))


def _sums(side: Side, own: Floats, other: Floats, residual: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """By block: sums of z r and of w z z', where z is the other side's row of each vote."""
    blocks, width = own.shape
    rows = other[side.other]
    slope = np.empty((blocks, width))
    product = np.empty((blocks, width, width))
    for a in range(width):
        slope[:, a] = np.bincount(side.block, rows[:, a] * residual, blocks)
        for b in range(a + 1):
            along = np.bincount(side.block, weight * rows[:, a] * rows[:, b], blocks)
            product[:, a, b] = product[:, b, a] = along
    return slope, product


def _logs(side: Side, utility: Floats, half: Floats | None) -> Floats:
    if half is None:
        return np.asarray(log_ndtr(side.sign * utility))
    return log_chances(side.sign, side.middle, utility, side.widths(half))


def _told(
    side: Side, own: Floats, other: Floats, pull: float, random: Generator | None, half: Floats | None
) -> tuple[Floats, Floats]:
    """The sums of all blocks: of Newton's step, or with a stream of random numbers for drawn latent utilities."""
    utility = _utility(side, own, other, pull)
    if half is not None:
        votes = side.sign, side.middle, utility, side.widths(half)
        if random is not None:
            return _sums(side, own, other, residuals(*votes, random), np.ones(len(utility)))
        slope, bend, _, _ = slopes(*votes)
        return _sums(side, own, other, slope, bend)
    if random is not None:
        turned = np.clip(side.sign * utility, -FARTHEST, FARTHEST)
        drawn = -side.sign * ndtri(ndtr(turned) * (1 - random.random(len(turned))))
        return _sums(side, own, other, drawn, np.ones(len(drawn)))
    residual = _residual(side, utility)
    return _sums(side, own, other, residual, residual * (residual + utility))


def _solved(product: Floats, slope: Floats, random: Generator | None) -> Floats:
    """The solution of product x = slope, with a stream of random numbers a draw of N(x, inverse of product)."""
    found = np.linalg.solve(product, slope[..., None])[..., 0]
    if random is not None:
        root = np.linalg.cholesky(product)
        noise = random.standard_normal(slope.shape)[..., None]
        found = found + np.linalg.solve(root.transpose(0, 2, 1), noise)[..., 0]
    return np.asarray(found)


def items_pass(
    ballots: Ballots, items: Floats, points: Floats, pull: float, precision: Floats, random: Generator | None = None
) -> None:
    """Items given points, in place: drawn, or climbed by a Newton step each."""
    side = ballots.by_motion
    slope, product = _told(side, items, points, pull, random, ballots.half)
    step = _solved(product + np.diag(precision), slope - precision * items, random)
    if random is not None:
        items += step
        return

    def worth(tried: Floats) -> Floats:
        logs = _logs(side, _utility(side, tried, points, pull), ballots.half)
        return np.asarray(np.bincount(side.block, logs, ballots.motions) - 0.5 * tried**2 @ precision)

    items[:] = _climbed(items, step, np.arange(len(items)), worth)


def halves_pass(ballots: Ballots, items: Floats, points: Floats, random: Generator | None = None) -> None:
    """Half widths given items and points, in place, where there are any."""
    if ballots.half is not None:
        side = ballots.by_motion
        climbed(side.block, ballots.half, side.sign, side.middle, _utility(side, items, points, 0.0), random)


def points_pass(ballots: Ballots, items: Floats, points: Floats, pull: float, random: Generator | None = None) -> None:
    """Points given items, in place: drawn, or climbed by a Newton step for each chain."""
    side, chains = ballots.by_point, ballots.chains
    slope, product = _told(side, points, items, pull, random, ballots.half)
    slope, product, own = slope[:, 1:], product[:, 1:, 1:], points[:, 1:]
    length = np.diff(chains.start)
    alone = chains.heads[length == 1]
    sure, mean = 1 / chains.variance[length == 1], chains.mean[length == 1]
    prior = sure[:, None, None] * np.eye(own.shape[1])
    gone = np.zeros(own.shape)
    pulled = slope[alone] - sure[:, None] * (own[alone] - mean[:, None])
    gone[alone] = _solved(product[alone] + prior, pulled, random)
    if chains.time is not None:
        gone[:, 0] = _line_steps(chains, own[:, 0], slope[:, 0], product[:, 0, 0], random)
    elif len(chains.followers):
        told = np.column_stack([product[:, 0, 0], slope[:, 0] + product[:, 0, 0] * own[:, 0]])
        for chain in np.flatnonzero(length > 1):
            rows = slice(chains.start[chain], chains.start[chain + 1])
            gone[rows, 0] = walked(chains, int(chain), told, random) - own[rows, 0]
    if random is not None:
        own += gone
        return

    def worth(tried: Floats) -> Floats:
        whole = np.column_stack([np.ones(len(tried)), tried])
        logs = _logs(side, _utility(side, whole, items, pull), ballots.half)
        return np.asarray(np.bincount(chains.of_point[side.block], logs, len(length)) + chains.log_priors(tried))

    own[:] = _climbed(own, gone, chains.of_point, worth)


def _line_steps(chains: Chains, points: Floats, slope: Floats, product: Floats, random: Generator | None) -> Floats:
    """The steps of points that lie on lines (of a point alone that of its level); arguments are (points,)."""
    gone, told = line_told(chains, points, slope, product)
    step = _solved(told, gone, random)
    return chains.on_lines(step[:, 0], step[:, 1])


def _climbed(own: Floats, step: Floats, group: Integers, worth: Callable[[Floats], Floats]) -> Floats:
    """Each group a step further, or as much of it as does not lessen what it is worth."""
    before = worth(own)
    length = np.ones(len(before))
    for _ in range(20):
        tried = own + length[group, None] * step
        worse = worth(tried) < before
        if not worse.any():
            return tried
        length[worse] /= 2
    length[worse] = 0.0
    return np.asarray(own + length[group, None] * step)


def _ascend(ballots: Ballots, items: Floats, points: Floats, pull: float, precision: Floats) -> float:
    logs, _, _ = likelihood(ballots, items, points, pull)
    items_pass(ballots, items, points, pull, precision)
    halves_pass(ballots, items, points)
    points_pass(ballots, items, points, pull)
    return logs


def _group_moves(ballots: Ballots, items: Floats, points: Floats, precision: Floats, random: Generator) -> None:
    """Shift and stretch points and items together, drawn from the prior along that line."""
    chains = ballots.chains
    sure = 1 / chains.variance
    for axis in range(1, items.shape[1]):
        first, slope = points[chains.heads, axis], items[:, axis]
        if chains.time is not None:
            first = chains.lines(points[:, axis])[0]
        weight = sure.sum() + precision[0] * slope @ slope
        toward = sure @ (chains.mean - first) + precision[0] * items[:, 0] @ slope
        shift = toward / weight + random.standard_normal() / np.sqrt(weight)
        points[:, axis] += shift
        items[:, 0] -= slope * shift
        stretch = _stretch(ballots, points[:, axis], precision[axis] * float(slope @ slope), random)
        points[:, axis] *= stretch
        items[:, axis] /= stretch
    if chains.time is not None:
        side = ballots.by_motion
        clock = np.zeros(ballots.motions)
        clock[side.block] = chains.by_clock[side.other]
        tilt(chains, clock, items, points, precision, random)


def _stretch(ballots: Ballots, points: Floats, slopes: float, random: Generator) -> float:
    """A draw of how much one dimension is stretched: slice sampling (Neal 2003) of its logarithm."""
    chains, later = ballots.chains, ballots.chains.followers
    first, free = points[chains.heads], ballots.points - ballots.motions
    if chains.time is None:
        walk = float(((points[later] - points[later - 1]) ** 2 / chains.drift[later]).sum())
    else:
        first, slope = chains.lines(points)
        walk, free = float(slope @ slope), len(first) + int(chains.several.sum()) - ballots.motions
    size = (first**2 / chains.variance).sum() + walk
    along = float((first * chains.mean / chains.variance).sum())

    def logs(at: float) -> float:
        grown = np.exp(at)
        return float(free * at - 0.5 * size * grown**2 + along * grown - 0.5 * slopes / grown**2)

    return float(np.exp(sliced(logs, random)))


def sliced(logs: Callable[[float], float], random: Generator, reach: float = 0.1, turns: int = 3) -> float:
    """Where slice sampling (Neal 2003) of a log density of one number arrives from 0, after so many turns."""
    at = 0.0
    for _ in range(turns):
        level = logs(at) + np.log(1 - random.random())
        low = at - reach * random.random()
        high = low + reach
        while logs(low) > level:
            low -= reach
        while logs(high) > level:
            high += reach
        tried = low + random.random() * (high - low)
        while logs(tried) <= level:
            low, high = (tried, high) if tried < at else (low, tried)
            tried = low + random.random() * (high - low)
        at = tried
    return at

"""Quantal response equilibrium: players choose better options more often, and expect the same of others.

McKelvey & Palfrey 1995 (normal form), 1998 (agents of extensive games); Signorino 1999. At lambda 0 all options are
equally likely; as lambda grows, the branch that starts there leads to a Nash equilibrium (Turocy 2005).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, say

from ..errors import TableError

Floats = NDArray[np.float64]

CLOSE = 1e-11
NEAR = 1e-6  # as far as points on the way may lie from the branch
NEWTON = 40
EASY = 2  # Newton's steps up to which the next one along the branch is longer
LONGEST = 1.0  # step along the branch
SHORTEST = 1e-7
MOST_STEPS = 20_000
LARGEST = 60.0  # lambda beyond which nobody is told apart from a best-replying player


@dataclass(frozen=True, eq=False)
class NormalForm:
    """A finite game: payoffs[i][a_0, a_1, ...] is what player i gets; one axis a player."""

    payoffs: tuple[Floats, ...]

    def __post_init__(self) -> None:
        shape = self.payoffs[0].shape if self.payoffs else ()
        fits = all(payoff.shape == shape for payoff in self.payoffs) and len(shape) == len(self.payoffs)
        if not fits or not shape or min(shape) < 1:
            hint = "one payoff array a player, one axis a player, all of one shape"
            raise TableError.one("WC570", "the payoffs do not make a game", hint)
        if not all(np.isfinite(payoff).all() for payoff in self.payoffs):
            raise TableError.one("WC570", "a payoff is missing or not finite", "give every payoff")

    @classmethod
    def two_players(cls, first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> NormalForm:
        """A game of two from its two payoff matrices; rows are the first player's options."""
        return cls((np.array(first, dtype=float), np.array(second, dtype=float)))

    @property
    def options(self) -> tuple[int, ...]:
        """How many options each player has."""
        return self.payoffs[0].shape

    @functools.cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where each player's options stand, one player's after the other's."""
        ends = np.cumsum([0, *self.options]).tolist()
        return tuple(slice(first, after) for first, after in pairwise(ends))

    def expected(self, player: int, mixes: Sequence[Floats], but: int | None = None) -> Floats:
        """What each option of `player` is worth against the others' mixes; with `but`, by that other's options too."""
        worth = self.payoffs[player]
        if len(mixes) == 2 and but is None:
            return np.asarray(worth @ mixes[1] if player == 0 else mixes[0] @ worth)
        for other in reversed(range(len(mixes))):
            if other not in (player, but):
                worth = np.tensordot(worth, mixes[other], axes=(other, 0))
        return np.asarray(worth.T if but is not None and but < player else worth)


@dataclass(frozen=True)
class QuantalResponse(Result):
    """An equilibrium: lambda and each player's choice probabilities."""

    references: ClassVar[tuple[str, ...]] = (
        "McKelvey & Palfrey 1995, Quantal response equilibria for normal form games",
        "McKelvey & Palfrey 1998, Quantal response equilibria for extensive form games",
    )
    undrawn: ClassVar[str] = "its table gives the chance of every option"

    lam: float
    mixes: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    loglik: float | None = None
    error: float | None = None
    observations: int = 0

    def tables(self) -> tuple[Table, ...]:
        """Who chooses what how often."""
        columns = (
            Column("chooser", "Who chooses"),
            Column("option", "Option"),
            figure("probability", "Probability"),
        )
        rows = tuple((who, option, chance) for who, mix in self.mixes for option, chance in mix)
        return (Table("choices", "Choices", columns, rows),)

    def sentences(self) -> str:
        """The equilibrium in plain words."""
        text = say("Quantal response at lambda {lam}.", lam=number(self.lam, digits=3))
        if self.loglik is not None:
            text += say(
                " Fitted to {observations} choices, log-likelihood {loglik:.3f}.",
                observations=self.observations,
                loglik=self.loglik,
            )
        return text

    def record(self) -> dict[str, Any]:
        """The equilibrium as JSON can carry it."""
        return {
            "lambda": self.lam,
            "loglik": self.loglik,
            "error": self.error,
            "observations": self.observations,
            "choices": self.tables()[0].records(),
        }

    def chance(self, chooser: str, option: str) -> float:
        """The probability of one option."""
        return dict(dict(self.mixes)[chooser])[option]


def _mixes(game: NormalForm, logs: Floats) -> list[Floats]:
    chances = np.exp(logs)
    return [chances[part] for part in game.parts]


def _told(game: NormalForm, logs: Floats, lam: float) -> tuple[Floats, Floats]:
    """The residual, zero at an equilibrium (log p minus the logit answer to the others), and its derivatives.

    These are by (log p, lambda), shape (options in all, options in all + 1).
    """
    mixes, parts = _mixes(game, logs), game.parts
    residual, table = logs.copy(), np.zeros((len(logs), len(logs) + 1))
    np.fill_diagonal(table, 1.0)
    for player, here in enumerate(parts):
        worth = game.expected(player, mixes)
        turned = lam * worth
        turned -= turned.max()
        answer = np.exp(turned)
        total = answer.sum()
        residual[here] -= turned - np.log(total)
        answer /= total
        table[here, -1] = answer @ worth - worth
        for other, there in enumerate(parts):
            if other != player:
                # worth of each own option by each option of the other, whose mix is still to be taken into account
                by = game.expected(player, mixes, but=other) * mixes[other]
                table[here, there] = lam * (answer @ by - by)
    return residual, table


def logit_equilibrium(game: NormalForm, lam: float, names: Sequence[str] | None = None) -> QuantalResponse:
    """The equilibrium at `lam` on the branch that starts with even choices at 0 (WC571 below 0)."""
    mixes = branch_point(game, lam)
    who = names or [f"player {player + 1}" for player in range(len(mixes))]
    told = tuple(
        (name, tuple((str(option), float(chance)) for option, chance in enumerate(mix)))
        for name, mix in zip(who, mixes, strict=True)
    )
    return QuantalResponse(lam, told)


def branch_point(game: NormalForm, lam: float) -> list[Floats]:
    """Mixes at `lam`, followed along the branch from 0 by predictor and corrector steps (Turocy 2005)."""
    return branch_points(game, [lam])[0]


def branch_points(game: NormalForm, lams: Sequence[float]) -> list[list[Floats]]:
    """The same at several lambdas, in their order, the branch being followed once."""
    for lam in lams:
        if not (np.isfinite(lam) and lam >= 0):
            raise TableError.one("WC571", f"lambda is {lam:g}", "lambda is 0 or more")
    branch, found = _Branch(game), {}
    for lam in sorted(set(lams)):
        found[lam] = branch.at(lam)
    return [found[lam] for lam in lams]


class _Branch:
    """Where the way along the branch has come: log p, lambda, and the direction in which it goes on."""

    def __init__(self, game: NormalForm) -> None:
        self.game, self.place, self.step = game, 0.0, 0.05
        self.logs = np.concatenate([np.full(options, -np.log(options)) for options in game.options])
        _, table = _told(game, self.logs, 0.0)
        self.tangent = _direction(table, np.eye(len(self.logs) + 1)[-1])

    def at(self, lam: float) -> list[Floats]:
        """Mixes at a lambda that lies ahead (WC572)."""
        for _ in range(MOST_STEPS):
            if self.place >= lam - 1e-13:
                break
            ahead = self.step * self.tangent
            if self.place + ahead[-1] > lam and self.tangent[-1] > 0:
                # the last step: land on lambda exactly
                share = (lam - self.place) / self.tangent[-1]
                landed = _landed(self.game, self.logs + share * self.tangent[:-1], lam)
                if landed is not None:
                    return _mixes(self.game, landed)
                self.step /= 2
                continue
            corrected = _corrected(self.game, np.append(self.logs, self.place) + ahead, self.tangent)
            if corrected is None:
                self.step /= 2
                if self.step < SHORTEST:
                    break
                continue
            point, table, turns = corrected
            self.logs, self.place = point[:-1], float(point[-1])
            self.tangent = _direction(table, self.tangent)
            self.step = min(self.step * (1.6 if turns <= EASY else 1.1), LONGEST)
        landed = _landed(self.game, self.logs, lam)
        if landed is None:
            raise TableError.one("WC572", f"the branch could not be followed to lambda {lam:g}", "try a smaller lambda")
        return _mixes(self.game, landed)


def _direction(table: Floats, before: Floats) -> Floats:
    """The direction of the branch: what the derivatives send to 0, turned the way it came."""
    along = np.zeros(len(before))
    along[-1] = 1.0
    found = _solved(_bordered(table, before), along)
    if found is None:
        found = np.linalg.svd(table)[2][-1]
        found = found if found @ before >= 0 else -found
    return np.asarray(found / np.sqrt(found @ found))


def _bordered(table: Floats, row: Floats) -> Floats:
    found = np.empty((len(row), len(row)))
    found[:-1], found[-1] = table, row
    return found


def _solved(system: Floats, wanted: Floats) -> Floats | None:
    try:
        found = np.linalg.solve(system, wanted)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(found) if np.isfinite(found).all() else None


def _corrected(game: NormalForm, point: Floats, tangent: Floats) -> tuple[Floats, Floats, int] | None:
    """Newton's steps from a point (log p, lambda) back onto the branch, across its direction.

    Gives the point, the derivatives there, and how many steps it took.
    """
    wanted = np.zeros(len(point))
    for turn in range(NEWTON):
        wanted[:-1], table = _told(game, point[:-1], point[-1])
        if np.abs(wanted).max() < NEAR:
            return (point, table, turn) if point[-1] >= 0 else None
        step = _solved(_bordered(table, tangent), wanted)
        if step is None:
            return None
        point = point - step
        if not point[:-1].max() <= 1.0:
            return None
    return None


def _landed(game: NormalForm, logs: Floats, lam: float) -> Floats | None:
    """Newton's steps at a fixed lambda."""
    for _ in range(NEWTON):
        residual, table = _told(game, logs, lam)
        if np.abs(residual).max() < CLOSE:
            return logs
        step = _solved(table[:, :-1], residual)
        logs = logs - (np.linalg.lstsq(table[:, :-1], residual, rcond=None)[0] if step is None else step)
        if not logs.max() <= 1.0:
            return None
    return None


@dataclass(frozen=True)
class Outcome:
    """An end of an extensive game: what each player gets."""

    payoffs: tuple[float, ...]
    name: str = ""


@dataclass(frozen=True)
class Decision:
    """A player's choice among named options; every decision has its own agent, who knows how it was reached."""

    player: int
    name: str
    options: Mapping[str, Decision | Outcome | Chance]


@dataclass(frozen=True)
class Chance:
    """A lottery: branches with their probabilities."""

    branches: tuple[tuple[float, Decision | Outcome | Chance], ...]

    def __post_init__(self) -> None:
        total = sum(chance for chance, _ in self.branches)
        if abs(total - 1) > 1e-9 or min((chance for chance, _ in self.branches), default=-1.0) < 0:
            raise TableError.one("WC570", f"a lottery's chances sum to {total:g}", "they are 0 or more and sum to 1")


Tree = Decision | Outcome | Chance


def agent_equilibrium(tree: Tree, lam: float) -> QuantalResponse:
    """The agent quantal response equilibrium of a game of perfect information, from the ends backwards (WC571)."""
    if not (np.isfinite(lam) and lam >= 0):
        raise TableError.one("WC571", f"lambda is {lam:g}", "lambda is 0 or more")
    mixes: dict[str, tuple[tuple[str, float], ...]] = {}
    _worth(tree, lam, mixes)
    return QuantalResponse(lam, tuple(mixes.items()))


def _worth(tree: Tree, lam: float, mixes: dict[str, tuple[tuple[str, float], ...]]) -> Floats:
    """What each player may expect at a node; the choices on the way are noted."""
    if isinstance(tree, Outcome):
        return np.array(tree.payoffs, dtype=float)
    if isinstance(tree, Chance):
        return np.asarray(sum(chance * _worth(branch, lam, mixes) for chance, branch in tree.branches))
    if tree.name in mixes or not tree.options:
        hint = "give every decision a name of its own and at least one option"
        raise TableError.one("WC570", f"the decision {tree.name!r} stands twice or has no options", hint)
    mixes[tree.name] = ()  # holds the place, so that decisions stand in the order in which they are met
    worth = np.array([_worth(option, lam, mixes) for option in tree.options.values()])
    if not 0 <= tree.player < worth.shape[1]:
        raise TableError.one("WC570", f"the decision {tree.name!r} is of nobody's", "players are numbered from 0")
    chance = softmax(lam * worth[:, tree.player])
    mixes[tree.name] = tuple((name, float(p)) for name, p in zip(tree.options, chance, strict=True))
    return np.asarray(chance @ worth)


def fit_normal_form(game: NormalForm, counts: Sequence[Sequence[float]], largest: float = LARGEST) -> QuantalResponse:
    """The lambda that makes observed choices likeliest; counts of each player's options (WC573 without any)."""
    told = [np.asarray(one, dtype=float) for one in counts]
    if [len(one) for one in told] != list(game.options) or min(one.min() for one in told) < 0:
        raise TableError.one("WC573", "counts do not fit the game", "one number of choices for each option")

    def loglik(lam: float) -> float:
        mixes = branch_point(game, lam)
        return float(sum(one @ np.log(np.maximum(mix, 1e-300)) for one, mix in zip(told, mixes, strict=True)))

    lam, error, value = _best(loglik, sum(one.sum() for one in told), largest)
    found = logit_equilibrium(game, lam)
    return QuantalResponse(lam, found.mixes, value, error, round(sum(one.sum() for one in told)))


def fit_tree(tree: Tree, counts: Mapping[str, Mapping[str, float]], largest: float = LARGEST) -> QuantalResponse:
    """The same for an extensive game: counts of the options chosen at each decision that was reached."""

    def loglik(lam: float) -> float:
        mixes = {name: dict(mix) for name, mix in agent_equilibrium(tree, lam).mixes}
        return sum(
            number_of * float(np.log(max(mixes[name][option], 1e-300)))
            for name, options in counts.items()
            for option, number_of in options.items()
        )

    known = {name: dict(mix) for name, mix in agent_equilibrium(tree, 0.0).mixes}
    wrong = [name for name in counts if name not in known or set(counts[name]) - set(known[name])]
    if wrong:
        raise TableError.one(
            "WC573", f"counts for {wrong[0]!r} do not fit the game", "name decisions and their options"
        )
    total = sum(number_of for options in counts.values() for number_of in options.values())
    lam, error, value = _best(loglik, total, largest)
    return QuantalResponse(lam, agent_equilibrium(tree, lam).mixes, value, error, round(total))


def _best(loglik: Callable[[float], float], total: float, largest: float) -> tuple[float, float | None, float]:
    """The likeliest lambda up to `largest`, its standard error by the curvature, and the likelihood."""
    if total <= 0:
        raise TableError.one("WC573", "no choices were observed", "give at least one count above 0")
    # a coarse search first: the likelihood may have several humps
    grid = np.concatenate([[0.0], np.geomspace(0.02, largest, 24)])
    values = [loglik(float(lam)) for lam in grid]
    top = int(np.argmax(values))
    low, high = grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)]
    found = minimize_scalar(
        lambda lam: -loglik(float(lam)), bounds=(low, high), method="bounded", options={"xatol": 1e-7}
    )
    lam = float(found.x)
    width = max(1e-3 * lam, 1e-4)
    value = loglik(lam)
    bend = (loglik(lam + width) - 2 * value + loglik(max(lam - width, 0.0))) / width**2
    return lam, float(np.sqrt(-1 / bend)) if bend < 0 else None, value

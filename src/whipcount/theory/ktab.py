"""The spatial model of politics of the KAPSARC Toolkit for Behavioral Analysis (KTAB), written anew from its equations.

Actors hold positions in several dimensions. Each turn every actor looks for the other whom it gains most by
challenging, given how third parties would join; it proposes a bargain between the two positions; every actor then
takes the bargain, of those made with it and its own status quo, that would win an election among all actors.

Distances weigh dimensions by salience, d = sqrt(sum (s D)^2 / sum s^2); utility bends with risk, u = (1 - d)(1 + d R),
where an actor's R follows from how likely its position is to win (Wise, Lester & Efird 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, percent, say

from ..errors import TableError
from .tables import Floats, PositionsTable

Integers = NDArray[np.int64]

LEAST_SUPPORT = 1e-8  # given to each side of an election, so that no contest is nothing against nothing
LEAST_IN_CONTEST = 1e-10
LEAST_GAIN = 1e-5  # a challenge expected to gain less is not made
LEAST_WEIGHT = 1e-6  # keeps a bargain at the old positions where neither side has any weight
SAME_PLACE = 1e-3  # of the scale: positions this close count as one in the final probabilities
LEAST_TURNS, MOST_TURNS = 2, 100
ORDER_SEEN = 1e-3  # of the scale: forecasts this far apart with the rows turned round hang on the order of the rows
QUIET = 0.02  # share of the first turn's movement below which a turn ends the play
PROPORTIONAL_PART = 0.8  # of a vote that is partly all-or-nothing
BINARY_EDGE = 1e-8
DECISIVE = 1.10  # advantage from which a binary victory is certain


@dataclass(frozen=True)
class SmpOptions:
    """The choices that KTAB offers, by its defaults.

    victory: how strength becomes a chance of winning. election: beats all others (conditional), or a Markov chain of
    challenges, made evenly or in proportion to their backing. transition: an actor takes the likeliest bargain, or
    draws one. voting: votes by difference of utility. risk_adjustment: how far an actor sees another's attitude to
    risk rather than its own. risk_range: attitudes from 0, -1/2 or -1 to 1. third_parties: whether they share the fate
    of the side they join. interpolation: weights of a bargain. bargains: whose view of the contest a bargain follows.
    """

    victory: Literal["linear", "square", "quartic", "octic", "binary"] = "linear"
    election: Literal["conditional", "markov_uniform", "markov_incentive"] = "conditional"
    transition: Literal["deterministic", "stochastic"] = "deterministic"
    voting: Literal["binary", "prop_bin", "proportional", "prop_cubic", "cubic", "asym_prosp"] = "proportional"
    risk_adjustment: Literal["none", "one_third", "half", "two_thirds", "full"] = "one_third"
    risk_range: Literal["min", "mid", "max"] = "mid"
    third_parties: Literal["none", "semi", "full"] = "semi"
    interpolation: Literal["s1p1", "s2p2", "s2pmax"] = "s2p2"
    bargains: Literal["init_only", "init_rcvr", "pw_comp"] = "init_only"
    turns: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for option in fields(self):
            known = get_args(hints[option.name])
            if known and isinstance(known[0], str) and getattr(self, option.name) not in known:
                raise TableError.one(
                    "WC516", f"{option.name} {getattr(self, option.name)!r}", f"give one of {', '.join(known)}"
                )
        if self.turns is not None and not 1 <= self.turns <= MOST_TURNS:
            raise TableError.one("WC516", f"{self.turns} turns", f"give 1 to {MOST_TURNS} turns")


def distances(from_points: Floats, to_points: Floats, salience: Floats) -> Floats:
    """How far each actor (row) finds each point, weighing dimensions by the actor's own salience; 0..1."""
    gaps = (from_points[:, None, :] - to_points[None, :, :]) * salience[:, None, :]
    found: Floats = np.sqrt((gaps**2).sum(axis=2) / (salience**2).sum(axis=1)[:, None])
    return found


def utilities(distance: Floats, risk: Floats | float) -> Floats:
    """Utility 0..1 (a little above 1 for the most risk-averse): (1 - d)(1 + d R)."""
    return (1 - distance) * (1 + np.minimum(distance, 1.0) * risk)


def votes(power: Floats, gain: Floats, rule: str) -> Floats:
    """Votes cast for the first of two options by those who gain `gain` from it, below 0 for the second."""
    all_or_nothing = np.clip(gain / BINARY_EDGE, -1, 1)
    shapes = {
        "binary": all_or_nothing,
        "prop_bin": PROPORTIONAL_PART * gain + (1 - PROPORTIONAL_PART) * all_or_nothing,
        "proportional": gain,
        "prop_cubic": (gain + gain**3) / 2,
        "cubic": gain**3,
        "asym_prosp": np.where(gain > 0, 2 * gain / 3, gain),
    }
    return np.asarray(power * shapes[rule])


def victory(strength: Floats, against: Floats, model: str) -> Floats:
    """The chance that one side wins, from the strength of both."""
    if model == "binary":
        # certain from a lead of a tenth on, and in between a straight line through one half
        share = strength / (strength + against)
        between = (share * (DECISIVE + 1) - 1) / (DECISIVE - 1)
        certain = 1 / (1 + LEAST_WEIGHT)
        found = np.where(strength >= DECISIVE * against, certain, between)
        return np.where(against >= DECISIVE * strength, 1 - certain, found)
    power = {"linear": 1, "square": 2, "quartic": 4, "octic": 8}[model]
    return strength**power / (strength**power + against**power)


def election(power: Floats, utility: Floats, options: SmpOptions) -> Floats:
    """The chance that each option wins, from the actors' utilities of the options, shape (actors, options)."""
    cast = votes(power[:, None, None], utility[:, :, None] - utility[:, None, :], options.voting)
    support = np.maximum(cast, 0).sum(axis=0) + LEAST_SUPPORT
    wins = victory(support, support.T, options.victory)
    np.fill_diagonal(wins, 0.5)
    if options.election == "conditional":
        # logarithms, since a product over many options underflows
        chance = np.log(np.maximum(wins, 1e-300)).sum(axis=1)
        likely = np.exp(chance - chance.max())
        return np.asarray(likely / likely.sum())
    number = len(wins)
    if options.election == "markov_uniform":
        challenge = np.full((number, number), 1 / number)
    else:
        np.fill_diagonal(support, LEAST_SUPPORT)
        incentive = support * wins + 1e-10 * np.eye(number)
        challenge = incentive / incentive.sum(axis=0)
    return _markov(wins, challenge)


def _markov(wins: Floats, challenge: Floats) -> Floats:
    """The standing distribution of a chain in which option i challenges the favourite j with chance challenge[i, j]."""
    step = wins * challenge  # i challenges j and takes its place
    step = step + np.diag((wins.T * challenge).sum(axis=0))  # or fails to, and j stays
    number = len(wins)
    rows = np.vstack([step - np.eye(number), np.ones((1, number))])
    found = np.linalg.lstsq(rows, np.append(np.zeros(number), 1.0), rcond=None)[0]
    found = np.maximum(found, 0)
    return np.asarray(found / found.sum())


def risk_from(chance: Floats, reach: str) -> Floats:
    """Attitude to risk from the chance of winning: the likeliest winner is the most averse (1)."""
    least = {"min": 0.0, "mid": -0.5, "max": -1.0}[reach]
    spread = float(np.ptp(chance))
    if spread < 1e-12:
        return np.zeros(len(chance))
    return np.asarray(least + (1 - least) * (chance - chance.min()) / spread)


@dataclass(frozen=True)
class _Bargain:
    """A proposal between two actors: where each would stand."""

    initiator: int
    receiver: int
    own: Floats
    other: Floats


class _Turn:
    """One turn of the model; positions and saliences are on 0..1."""

    def __init__(self, points: Floats, salience: Floats, power: Floats, options: SmpOptions) -> None:
        self.points, self.salience, self.power, self.options = points, salience, power, options
        self.stake = power * salience.sum(axis=1)
        self.distance = distances(points, points, salience)
        chance = election(power, utilities(self.distance, 0.0), options)
        self.risk = risk_from(chance, options.risk_range)
        own = {"none": 0.0, "one_third": 1 / 3, "half": 0.5, "two_thirds": 2 / 3, "full": 1.0}[options.risk_adjustment]
        self.seen_risk = own * self.risk[None, :] + (1 - own) * self.risk[:, None]
        self.utility = utilities(self.distance, self.risk[:, None])

    def contests(self, viewers: Integers, initiators: Integers) -> tuple[Floats, Floats]:
        """Estimates of one viewer each, for one initiator each (m), against every actor (j), both of shape (m, j).

        The initiator's chance to win, and its gain over leaving things as they are. Viewers see others' attitudes to
        risk partly as their own.
        """
        u = utilities(self.distance[None], self.seen_risk[viewers][:, :, None])
        rule, stake, rows = self.options.voting, self.stake, np.arange(len(viewers))
        mine = u[rows, initiators]  # the initiator's utility of every position
        first = u[rows, :, initiators]  # everybody's utility of the initiator's position
        best = mine[rows, initiators][:, None]
        own = votes(stake[initiators][:, None], best - mine, rule)
        others = votes(stake, first - np.diagonal(u, axis1=1, axis2=2), rule)
        for_it = LEAST_IN_CONTEST + np.maximum(own, 0) + np.maximum(others, 0)
        against = LEAST_IN_CONTEST + np.maximum(-own, 0) + np.maximum(-others, 0)
        third = self._third_parties(u, initiators, for_it, against)
        for_all, against_all = for_it + np.maximum(third, 0).sum(axis=1), against + np.maximum(-third, 0).sum(axis=1)
        chance = for_all / (for_all + against_all)
        care = self.salience.sum(axis=1)
        gain = (1 - care) * best + care * (chance * best + (1 - chance) * mine)
        return chance, 2 * gain - best - mine

    def _third_parties(self, u: Floats, initiators: Integers, for_it: Floats, against: Floats) -> Floats:
        """Votes of third parties k in each initiator's contest against j, shape (m, k, j), 0 for the two themselves."""
        rule, stake, everyone = self.options.voting, self.stake[:, None], np.arange(len(self.stake))
        rows = np.arange(len(initiators))
        first, second = u[rows, :, initiators][:, :, None], u
        kept = np.diagonal(u, axis1=1, axis2=2)[:, :, None]
        leaning = votes(stake, first - second, rule)
        near, far = for_it[:, None] + np.maximum(leaning, 0), against[:, None] + np.maximum(-leaning, 0)
        chance = near / (near + far)
        # the utility of three positions (i's, j's, its own): whether its own survives a victory, and a defeat
        keeps = {"none": (True, True), "semi": (True, False), "full": (False, False)}[self.options.third_parties]
        after_win, after_loss = (kept if keep else None for keep in keeps)
        with_i = chance * (2 * first + (first if after_win is None else after_win))
        with_i = with_i + (1 - chance) * (2 * second + (second if after_loss is None else after_loss))
        with_j = chance * (2 * first + (first if after_loss is None else after_loss))
        with_j = with_j + (1 - chance) * (2 * second + (second if after_win is None else after_win))
        cast = votes(stake, with_i - with_j, rule)
        cast[rows, initiators] = 0.0
        cast[:, everyone, everyone] = 0.0
        return cast

    def bargain(self, i: int, j: int, chance: float) -> _Bargain:
        """The two new positions between i's and j's, weighted by salience and chance of winning."""
        mine, theirs = self.points[i], self.points[j]
        if self.options.interpolation == "s2pmax":
            lead = 2 * chance - 1
            give, take = max(0.0, -lead), max(0.0, lead)
            a, b = self.salience[i] ** 2, self.salience[j] ** 2
            mine_moves = give * b / (give * b + LEAST_WEIGHT + (1 - give) * a)
            theirs_move = take * a / (take * a + LEAST_WEIGHT + (1 - take) * b)
            return _Bargain(i, j, mine + mine_moves * (theirs - mine), theirs + theirs_move * (mine - theirs))
        power = {"s1p1": 1, "s2p2": 2}[self.options.interpolation]
        a, b = (self.salience[i] * chance) ** power, (self.salience[j] * (1 - chance)) ** power
        whole = a + LEAST_WEIGHT + b
        own = ((a + LEAST_WEIGHT) * mine + b * theirs) / whole
        other = (a * mine + (b + LEAST_WEIGHT) * theirs) / whole
        return _Bargain(i, j, _rounded(own), _rounded(other))

    def proposals(self) -> Iterator[_Bargain]:
        """The bargains proposed this turn: each actor's with whom it would gain most by challenging."""
        everyone = np.arange(len(self.stake))
        chance, gain = self.contests(everyone, everyone)
        np.fill_diagonal(gain, -np.inf)
        for i, j in enumerate(gain.argmax(axis=1).tolist()):
            if gain[i, j] <= LEAST_GAIN:
                continue
            mine = self.bargain(i, j, float(chance[i, j]))
            if self.options.bargains == "init_only":
                yield mine
                continue
            theirs = self.bargain(i, j, float(self.contests(everyone[[j]], everyone[[i]])[0][0, j]))
            if self.options.bargains == "init_rcvr":
                yield mine
                yield theirs
                continue
            a, b = self.stake[i], self.stake[j]
            own, other = (a * mine.own + b * theirs.own) / (a + b), (a * mine.other + b * theirs.other) / (a + b)
            yield _Bargain(i, j, own, other)

    def play(self, random: np.random.Generator) -> Floats:
        """The positions after this turn."""
        offers: list[list[_Bargain]] = [[] for _ in self.stake]
        for offer in self.proposals():
            offers[offer.initiator].append(offer)
            offers[offer.receiver].append(offer)
        standing = self.utility.sum(axis=1)
        moved = self.points.copy()
        for actor, made in enumerate(offers):
            if not made:
                continue
            worth = np.stack([standing, *(self._worth(offer, standing) for offer in made)], axis=1)
            chance = election(self.power, worth / len(self.stake), self.options)
            stochastic = self.options.transition == "stochastic"
            taken = int(random.choice(len(chance), p=chance)) if stochastic else int(chance.argmax())
            if taken:
                offer = made[taken - 1]
                moved[actor] = offer.own if offer.initiator == actor else offer.other
        return moved

    def _worth(self, offer: _Bargain, standing: Floats) -> Floats:
        """Every actor's utility of all positions, with the two of a bargain changed."""
        placed = distances(self.points, np.stack([offer.own, offer.other]), self.salience)
        changed = utilities(placed, self.risk[:, None]).sum(axis=1)
        found: Floats = standing - self.utility[:, offer.initiator] - self.utility[:, offer.receiver] + changed
        return found


def _rounded(place: Floats) -> Floats:
    """To a ten-thousandth of the scale, halves up: KTAB rounds bargains so, and results follow it turn by turn."""
    return np.asarray(np.floor(place * 10_000 + 0.5) / 10_000)


def play_turns(
    points: Floats, salience: Floats, power: Floats, options: SmpOptions
) -> tuple[list[Floats], NDArray[np.float64]]:
    """The positions by turn (0..1 on each dimension) and the final chance of each actor's position."""
    random = np.random.default_rng([options.seed, len(power)])
    history = [points]
    moved: list[float] = []
    last = options.turns if options.turns is not None else MOST_TURNS
    while len(history) <= last:
        history.append(_Turn(history[-1], salience, power, options).play(random))
        moved.append(float(np.linalg.norm(history[-1] - history[-2], axis=1).sum()))
        quiet = moved[-1] < QUIET * (moved[0] + 1e-4)
        if options.turns is None and len(moved) >= LEAST_TURNS and quiet:
            break
    return history, _final_chances(history[-1], salience, power, options)


def _final_chances(points: Floats, salience: Floats, power: Floats, options: SmpOptions) -> Floats:
    """The chance that each actor's final position wins; actors in one place share its chance among them."""
    turn = _Turn(points, salience, power, options)
    near = np.linalg.norm(points[:, None] - points[None, :], axis=2) < SAME_PLACE
    place = near.argmax(axis=1)
    options_at = np.unique(place)
    chance = election(power, turn.utility[:, options_at], options)
    crowd = np.array([(place == at).sum() for at in options_at])
    found: Floats = (chance / crowd)[np.searchsorted(options_at, place)]
    return found


@dataclass(frozen=True)
class SmpResult(Result):
    """Positions by turn, in the units of the table, and the final chance of each actor's position.

    turned: the forecast with the rows of the table turned round, where it is another: KTAB's play settles ties between
    equal bargains by the order of the rows.
    """

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    positions: tuple[tuple[tuple[float, ...], ...], ...]
    chances: tuple[float, ...]
    options: SmpOptions
    turned: tuple[float, ...] | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Wise, B. P., Lester, L. & Efird, B. (2015), An Introduction to the KAPSARC Toolkit for Behavioral Analysis",
    )

    @property
    def turns(self) -> int:
        """How many turns were played."""
        return len(self.positions) - 1

    @property
    def forecast(self) -> tuple[float, ...]:
        """The final positions' mean, each weighted by its chance of winning."""
        return tuple(float(value) for value in np.array(self.chances) @ np.array(self.positions[-1]))

    def tables(self) -> tuple[Table, ...]:
        columns = (
            figure("turn", "turn", "d"),
            Column("actor", "actor"),
            *(figure(name, name, ".2f") for name in self.dimensions),
        )
        rows = tuple(
            (turn, name, *place)
            for turn, places in enumerate(self.positions)
            for name, place in zip(self.names, places, strict=True)
        )
        last = (
            Column("actor", "actor"),
            figure("chance", "chance"),
            *(figure(name, name, ".2f") for name in self.dimensions),
        )
        final = tuple(
            (name, chance, *place)
            for name, chance, place in zip(self.names, self.chances, self.positions[-1], strict=True)
        )
        return (
            Table("final", "Final positions", last, final),
            Table("positions", "Positions by turn", columns, rows),
        )

    def sentences(self) -> str:
        best = max(self.chances)
        who = listing([name for name, chance in zip(self.names, self.chances, strict=True) if chance == best])
        place = ", ".join(f"{name} {value:.1f}" for name, value in zip(self.dimensions, self.forecast, strict=True))
        told = say(
            "After {turns} turns the expected outcome is {place}; likeliest is the position of {who} ({best}).",
            turns=self.turns,
            place=place,
            who=who,
            best=percent(best, 1),
        )
        return f"{told} {self.order_told()}".strip()

    def order_told(self) -> str:
        """A sentence where the order of the rows decides, else nothing."""
        if self.turned is None:
            return ""
        place = ", ".join(f"{name} {value:.3f}" for name, value in zip(self.dimensions, self.turned, strict=True))
        return say(
            "KTAB settles ties between equal bargains by the order of the rows: with the rows turned round the outcome "
            "is {place}.",
            place=place,
        )

    def record(self) -> dict[str, Any]:
        return {
            "options": {option.name: getattr(self.options, option.name) for option in fields(self.options)},
            "turns": self.turns,
            "names": self.names,
            "dimensions": self.dimensions,
            "forecast": self.forecast,
            "chances": self.chances,
            "positions": self.positions,
            "rows_turned_round": self.turned,
        }


def spatial_model(table: PositionsTable, options: SmpOptions | None = None) -> SmpResult:
    """Play KTAB's spatial model of politics on a table; saliences of an actor sum to 1 at most, as there."""
    chosen = options or SmpOptions()
    points, salience, power = scaled(table)
    low, width = table.ends[:, 0], _widths(table)

    def played(rows: Integers) -> tuple[list[Floats], Floats]:
        history, chances = play_turns(points[rows], salience[rows], power[rows], chosen)
        back = np.argsort(rows)
        return [low + width * places[back] for places in history], chances[back]

    order = np.arange(len(power))
    history, chances = played(order)
    turned = None
    if chosen.transition == "deterministic":
        ends, shares = played(order[::-1])
        other, forecast = shares @ ends[-1], chances @ history[-1]
        turned = tuple(map(float, other)) if (np.abs(other - forecast) > ORDER_SEEN * width).any() else None
    return SmpResult(
        names=table.names,
        dimensions=table.dimensions,
        positions=tuple(tuple(map(tuple, places.tolist())) for places in history),
        chances=tuple(map(float, chances)),
        options=chosen,
        turned=turned,
    )


def _widths(table: PositionsTable) -> Floats:
    width = table.ends[:, 1] - table.ends[:, 0]
    return np.where(width > 0, width, 1.0)


def scaled(table: PositionsTable) -> tuple[Floats, Floats, Floats]:
    """Positions on 0..1, saliences and powers of a table, checked for this model (WC505, WC512, WC516)."""
    salience, power = table.saliences, table.powers
    for name, row, strength in zip(table.names, salience, power, strict=True):
        if not 0 < row.sum() <= 1 + 1e-9:
            hint = "this model needs saliences that are above 0 and sum to 1 at most; divide them by the dimensions"
            raise TableError.one("WC512", f"{name}: saliences sum to {row.sum():g}", hint)
        if strength <= 0:
            raise TableError.one("WC505", f"{name}: power is {strength:g}", "leave out actors without power")
    if len(table.names) < 3:
        raise TableError.one("WC516", f"{len(table.names)} actors", "this model needs three actors or more")
    return (table.points - table.ends[:, 0]) / _widths(table), salience, power

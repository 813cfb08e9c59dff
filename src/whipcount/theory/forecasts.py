"""Forecasts of a collective decision by rival models, for one table or for many draws of an uncertain one.

- compromise: the mean position weighted by power times salience (Van den Bos 1991; Achen 2006)
- mean: weighted by power alone; median: the weighted median of power times salience (Black 1958)
- nash: the Nash solution, weighted by power or symmetric, over a status quo or over the worst that could happen
- setter: the best a setter can get accepted against the status quo (Romer & Rosenthal 1978)
- expected_utility: Bueno de Mesquita's model; ktab: KTAB's spatial model of politics
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from whipcount.text import mark

from ..errors import TableError
from .expected_utility import check_options
from .expected_utility_play import Compromise, Denominator, play_rounds, weighted_medians
from .ktab import SmpOptions, play_turns, scaled
from .nash import nash_policy, policy_losses
from .rule_grammar import WrittenRule, parse_rule
from .setter import best_accepted, needs_of
from .tables import Floats, PositionsTable, index_of

MODEL_TITLES = {
    "compromise": mark("compromise"),
    "mean": mark("mean by power"),
    "median": mark("median"),
    "nash": mark("Nash bargaining"),
    "setter": mark("agenda setter"),
    "expected_utility": mark("expected utility"),
    "ktab": mark("KTAB spatial model"),
}


@dataclass(frozen=True)
class ModelOptions:
    """Options of the models.

    status_quo: what stays if nothing is agreed, one value per dimension; needed by `setter`, used by `nash`.
    symmetric: give all the same weight in Nash bargaining. setter: who proposes, the one with most power by default
    (where several have, each of them as often); rule: of power or members, who must accept a proposal.
    """

    status_quo: tuple[float, ...] | None = None
    symmetric: bool = False
    setter: str | None = None
    rule: WrittenRule = field(default_factory=lambda: parse_rule("majority", "all"))
    rounds: int = 10
    denominator: Denominator = "all"
    compromise: Compromise = "lowest"
    smp: SmpOptions = field(default_factory=SmpOptions)

    def __post_init__(self) -> None:
        check_options(self.rounds, self.denominator, self.compromise)


@dataclass(frozen=True)
class Draws:
    """Many versions of one table: power (draws, actors), ideal points and saliences (draws, actors, dimensions)."""

    table: PositionsTable
    power: Floats
    ideal: Floats
    salience: Floats

    @classmethod
    def of(cls, table: PositionsTable) -> Draws:
        """The table itself as a single draw."""
        return cls(table, table.powers[None], table.points[None], table.saliences[None])

    def __len__(self) -> int:
        return len(self.power)

    @property
    def stakes(self) -> Floats:
        """Power times salience, shape (draws, actors, dimensions)."""
        return self.power[:, :, None] * self.salience

    def table_of(self, draw: int) -> PositionsTable:
        """One draw as a table on the scale of the original."""
        return replace(
            self.table,
            power=tuple(map(float, self.power[draw])),
            ideal=tuple(map(tuple, self.ideal[draw].tolist())),
            salience=tuple(map(tuple, self.salience[draw].tolist())),
            scale=tuple((float(low), float(high)) for low, high in self.table.ends),
        )


def forecast(table: PositionsTable, model: str, options: ModelOptions | None = None) -> tuple[float, ...] | None:
    """What a model forecasts for a table: a point, or None where it says that there is no agreement."""
    point = forecasts(Draws.of(table), model, options or ModelOptions())[0]
    return None if np.isnan(point).any() else tuple(map(float, point))


def forecasts(draws: Draws, model: str, options: ModelOptions) -> Floats:
    """What a model forecasts for each draw, shape (draws, dimensions); not a number where there is no agreement."""
    if model not in SOLVERS:
        raise TableError.one("WC516", f"no model {model!r}", f"give one of {', '.join(SOLVERS)}")
    if options.status_quo is not None and len(options.status_quo) != len(draws.table.dimensions):
        hint = "give one number per dimension"
        raise TableError.one("WC514", f"a status quo of {len(options.status_quo)} numbers", hint)
    return SOLVERS[model](draws, options)


def open_models(table: PositionsTable, options: ModelOptions) -> tuple[str, ...]:
    """The models that a table and its options allow, in their usual order."""
    closed = set() if options.status_quo is not None else {"setter"}
    sums = table.saliences.sum(axis=1)
    if len(table.names) < 3 or (sums > 1 + 1e-9).any() or (sums <= 0).any() or (table.powers <= 0).any():
        closed.add("ktab")
    return tuple(model for model in SOLVERS if model not in closed)


def _weighted_mean(weights: Floats, ideal: Floats) -> Floats:
    """The mean of ideal points by weights of the same shape; without any weight on a dimension, the plain mean."""
    total = weights.sum(axis=1)
    mean = (weights * ideal).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, mean, ideal.mean(axis=1)))


def _compromise(draws: Draws, options: ModelOptions) -> Floats:  # noqa: ARG001
    return _weighted_mean(draws.stakes, draws.ideal)


def _mean(draws: Draws, options: ModelOptions) -> Floats:  # noqa: ARG001
    return _weighted_mean(np.repeat(draws.power[:, :, None], draws.ideal.shape[2], axis=2), draws.ideal)


def _median(draws: Draws, options: ModelOptions) -> Floats:  # noqa: ARG001
    axes = range(draws.ideal.shape[2])
    return np.stack([weighted_medians(draws.ideal[:, :, axis], draws.stakes[:, :, axis]) for axis in axes], axis=1)


def _nash(draws: Draws, options: ModelOptions) -> Floats:
    """Distances on the common scale; without a status quo, disagreement is the far end of all one cares about."""
    low, width = _scale(draws.table)
    found = np.full((len(draws), len(low)), np.nan)
    for draw in range(len(draws)):
        points, care = (draws.ideal[draw] - low) / width, draws.salience[draw]
        if options.status_quo is None:
            disagreement = -care.sum(axis=1)
        else:
            disagreement = -policy_losses((np.array(options.status_quo) - low) / width, points, care)
        weights = np.sign(draws.power[draw]) if options.symmetric else draws.power[draw]
        place = nash_policy(points, care, weights, disagreement)
        if place is not None:
            found[draw] = low + width * place
        elif options.status_quo is not None:
            found[draw] = options.status_quo  # nobody can be made better off without another's loss: it stays
    return found


def _setter(draws: Draws, options: ModelOptions) -> Floats:
    """The setter's own point, or as near to it as enough power prefers to the status quo."""
    if options.status_quo is None:
        raise TableError.one("WC516", "an agenda setter without a status quo", "give --status-quo")
    low, width = _scale(draws.table)
    stay = (np.array(options.status_quo) - low) / width
    found = np.empty((len(draws), len(low)))
    for draw in range(len(draws)):
        power, points = draws.power[draw], (draws.ideal[draw] - low) / width
        needs = needs_of(options.rule, draws.table.names, power)
        setters = setters_of(power, draws.table.names, options)
        taken = [best_accepted(stay, setter, points, draws.salience[draw], needs) for setter in setters]
        found[draw] = low + width * np.mean(taken, axis=0)
    return found


def setters_of(power: Floats, names: Sequence[str], options: ModelOptions) -> list[int]:
    """The rows of those who set the agenda: the one that is named, or all who have most power (WC513)."""
    if options.setter is not None:
        return [index_of(options.setter, names)]
    return np.flatnonzero(power >= power.max() * (1 - 1e-12)).tolist()


def _expected_utility(draws: Draws, options: ModelOptions) -> Floats:
    axes = []
    for axis in range(draws.ideal.shape[2]):
        line = draws.ideal[:, :, axis]
        play = play_rounds(
            line, draws.power, draws.salience[:, :, axis], np.ptp(line, axis=1),
            options.rounds, options.denominator, options.compromise,
        )  # fmt: skip
        axes.append(weighted_medians(play.positions[-1], play.stake))
    return np.stack(axes, axis=1)


def _ktab(draws: Draws, options: ModelOptions) -> Floats:
    low, width = _scale(draws.table)
    found = np.empty((len(draws), len(low)))
    for draw in range(len(draws)):
        history, chances = play_turns(*scaled(draws.table_of(draw)), options.smp)
        found[draw] = low + width * (chances @ history[-1])
    return found


def _scale(table: PositionsTable) -> tuple[Floats, Floats]:
    low, high = table.ends[:, 0], table.ends[:, 1]
    return low, np.where(high > low, high - low, 1.0)


SOLVERS: dict[str, Callable[[Draws, ModelOptions], Floats]] = {
    "compromise": _compromise,
    "mean": _mean,
    "median": _median,
    "nash": _nash,
    "setter": _setter,
    "expected_utility": _expected_utility,
    "ktab": _ktab,
}


def draw_tables(table: PositionsTable, draws: int, seed: int, spread: float = 0.0) -> Draws:
    """Draw versions of an uncertain table: normal about each value by its standard deviation, kept in bounds.

    Where the table gives no standard deviations, `spread` is one for all: of positions as a share of the scale, of
    power and salience as a share of the value.
    """
    if draws < 2:
        raise TableError.one("WC516", f"{draws} draws", "give 2 or more")
    if spread < 0:
        raise TableError.one("WC516", f"a spread of {spread:g}", "give 0 or more")
    random = np.random.default_rng([seed, len(table.names), draws])
    low, width = _scale(table)
    high = low + np.where(table.ends[:, 1] > low, width, 0.0)
    shape = table.points.shape
    ideal_sd = np.array(table.ideal_sd) if table.ideal_sd else np.broadcast_to(spread * width, shape)
    power_sd = np.array(table.power_sd) if table.power_sd else spread * table.powers
    salience_sd = np.array(table.salience_sd) if table.salience_sd else spread * table.saliences
    ideal = np.clip(table.points + ideal_sd * random.standard_normal((draws, *shape)), low, high)
    power = np.maximum(table.powers + power_sd * random.standard_normal((draws, shape[0])), 1e-6 * table.powers)
    salience = table.saliences + salience_sd * random.standard_normal((draws, *shape))
    salience = np.clip(salience, 1e-6 * table.saliences, 1.0)
    sums = table.saliences.sum(axis=1)
    if (sums <= 1 + 1e-9).all():
        # saliences that share out one attention go on doing so
        salience = salience / np.maximum(salience.sum(axis=2, keepdims=True), 1.0)
    return Draws(table, power, ideal, salience)


def moved_tables(table: PositionsTable, actor: int, places: Sequence[Sequence[float]]) -> Draws:
    """Versions of a table in which one actor declares each of `places` instead of its own position."""
    count = len(places)
    ideal = np.repeat(table.points[None], count, axis=0)
    ideal[:, actor] = np.array(places, dtype=float)
    return Draws(
        table, np.repeat(table.powers[None], count, axis=0), ideal, np.repeat(table.saliences[None], count, axis=0)
    )

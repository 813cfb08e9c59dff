"""What moves a forecast: who gains by declaring another position, and whose inputs the outcome hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, percent, say

from ..errors import TableError
from .forecasts import Draws, ModelOptions, draw_tables, forecasts, moved_tables
from .tables import Floats, PositionsTable

INPUTS = {"position": mark("position"), "salience": mark("salience"), "power": mark("power")}
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Lever:
    """One input of one actor: the forecasts with the input lower and higher, and the larger shift as a share of scale.

    dimension: which position or salience, empty for power.
    """

    actor: str
    what: str
    dimension: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    shift: float


@dataclass(frozen=True)
class LeverageResult(Result):
    """The levers of a forecast, the strongest first."""

    model: str
    dimensions: tuple[str, ...]
    forecast: tuple[float, ...]
    levers: tuple[Lever, ...]
    position_step: float
    share_step: float

    references: ClassVar[tuple[str, ...]] = ("Saltelli, A. et al. (2008), Global Sensitivity Analysis: The Primer",)

    def tables(self) -> tuple[Table, ...]:
        columns = (
            Column("actor", "actor"),
            Column("what", "input"),
            Column("dimension", "dimension"),
            *(figure(f"low_{name}", say("{name}, lower", name=name), ".4g") for name in self.dimensions),
            *(figure(f"high_{name}", say("{name}, higher", name=name), ".4g") for name in self.dimensions),
            figure("shift", "largest shift of the scale", ".2%"),
        )
        rows = tuple((one.actor, one.what, one.dimension, *one.low, *one.high, one.shift) for one in self.levers)
        return (Table("leverage", "What moves the forecast", columns, rows),)

    def sentences(self) -> str:
        best = self.levers[0]
        what = say(INPUTS[best.what])
        where = f" ({best.dimension})" if best.dimension else ""
        if best.shift <= 0:
            return say("No single input moves the forecast.")
        shift = percent(best.shift, 1)
        return say(
            "The forecast hangs most on {actor}'s {what}{where}: it moves by {shift} of the scale.",
            actor=best.actor,
            what=what,
            where=where,
            shift=shift,
        )

    def record(self) -> dict[str, Any]:
        keys = ("actor", "what", "dimension", "low", "high", "shift")
        return {
            "model": self.model,
            "forecast": self.forecast,
            "levers": [{key: getattr(one, key) for key in keys} for one in self.levers],
        }


def leverage(
    table: PositionsTable,
    model: str,
    options: ModelOptions | None = None,
    position_step: float = 0.1,
    share_step: float = 0.25,
) -> LeverageResult:
    """Each input of each actor changed by itself, down and up, and the forecast made anew.

    position_step: how far positions move, as a share of the scale. share_step: by how much power and salience change.
    """
    if not (0 < position_step <= 1 and 0 < share_step < 1):
        raise TableError.one("WC516", "a step outside 0 to 1", "give shares such as 0.1 and 0.25")
    chosen = options or ModelOptions()
    changes = _changes(table, position_step, share_step)
    points = forecasts(_draws_of(table, [version for _, pair in changes for version in pair]), model, chosen)
    now = forecasts(Draws.of(table), model, chosen)[0]
    width = np.where(table.ends[:, 1] > table.ends[:, 0], table.ends[:, 1] - table.ends[:, 0], 1.0)
    levers = []
    for place, ((actor, what, dimension), _) in enumerate(changes):
        low, high = points[2 * place], points[2 * place + 1]
        # where a change breaks the agreement there is no point to compare: the whole scale is at stake
        shifts = [float(np.abs((end - now) / width).max()) for end in (low, high)]
        shift = 1.0 if np.isnan(shifts).any() else max(shifts)
        levers.append(Lever(actor, what, dimension, tuple(map(float, low)), tuple(map(float, high)), shift))
    levers.sort(key=lambda lever: -lever.shift)
    return LeverageResult(model, table.dimensions, tuple(map(float, now)), tuple(levers), position_step, share_step)


_Version = tuple[Floats, Floats, Floats]
_Change = tuple[tuple[str, str, str], tuple[_Version, _Version]]


def _changes(table: PositionsTable, position_step: float, share_step: float) -> list[_Change]:
    """Every single change of an input, down and up, kept inside the bounds of the table."""
    low, high = table.ends[:, 0], table.ends[:, 1]
    step = position_step * (high - low)
    room = np.maximum(1 - table.saliences.sum(axis=1), 0)
    shared = bool((table.saliences.sum(axis=1) <= 1 + 1e-9).all())
    found: list[_Change] = []
    for row, name in enumerate(table.names):
        for axis, dimension in enumerate(table.dimensions):
            versions = []
            for side in (-1, 1):
                ideal = table.points
                ideal[row, axis] = np.clip(ideal[row, axis] + side * step[axis], low[axis], high[axis])
                versions.append((table.powers, ideal, table.saliences))
            found.append(((name, "position", dimension), (versions[0], versions[1])))
            versions = []
            for side in (-1, 1):
                salience = table.saliences
                most = min(1.0, salience[row, axis] + room[row]) if shared else 1.0
                salience[row, axis] = min(most, salience[row, axis] * (1 + side * share_step))
                versions.append((table.powers, table.points, salience))
            found.append(((name, "salience", dimension), (versions[0], versions[1])))
        versions = []
        for side in (-1, 1):
            power = table.powers
            power[row] *= 1 + side * share_step
            versions.append((power, table.points, table.saliences))
        found.append(((name, "power", ""), (versions[0], versions[1])))
    return found


def _draws_of(table: PositionsTable, versions: Sequence[_Version]) -> Draws:
    power, ideal, salience = (np.stack(parts) for parts in zip(*versions, strict=True))
    return Draws(table, power, ideal, salience)


@dataclass(frozen=True)
class Gain:
    """What an actor gains by declaring another position: how much nearer the outcome comes to its true one.

    before, after: distance of the forecast from the true position, as a share of the scale and weighed by salience.
    """

    actor: str
    true: tuple[float, ...]
    declared: tuple[float, ...]
    before: float
    after: float

    @property
    def gain(self) -> float:
        """How much nearer the outcome comes."""
        return self.before - self.after


@dataclass(frozen=True)
class MovesResult(Result):
    """Who gains by moving, most first."""

    model: str
    dimensions: tuple[str, ...]
    gains: tuple[Gain, ...]

    references: ClassVar[tuple[str, ...]] = ("Gibbard, A. (1973), Econometrica 41, 587-601",)

    def tables(self) -> tuple[Table, ...]:
        columns = (
            Column("actor", "actor"),
            *(figure(f"true_{name}", name, ".4g") for name in self.dimensions),
            *(figure(f"declared_{name}", say("best to say: {name}", name=name), ".4g") for name in self.dimensions),
            figure("before", "distance now", ".2%"),
            figure("after", "then", ".2%"),
            figure("gain", "gain", ".2%"),
        )
        rows = tuple((one.actor, *one.true, *one.declared, one.before, one.after, one.gain) for one in self.gains)
        return (Table("moves", "Who gains by moving", columns, rows),)

    def sentences(self) -> str:
        best = self.gains[0]
        if best.gain <= 0:
            return say("Nobody gains by moving alone.")
        there = ", ".join(number(value, 3) for value in best.declared)
        gain = percent(best.gain, 1)
        return say(
            "{actor} gains most by declaring {there}: the outcome comes nearer by {gain} of the scale.",
            actor=best.actor,
            there=there,
            gain=gain,
        )

    def record(self) -> dict[str, Any]:
        keys = ("actor", "true", "declared", "before", "after", "gain")
        return {"model": self.model, "gains": [{key: getattr(one, key) for key in keys} for one in self.gains]}


def moves(
    table: PositionsTable, model: str, options: ModelOptions | None = None, per_dimension: int = 41
) -> MovesResult:
    """For each actor, the declared position that brings the forecast nearest to its true one.

    One dimension is changed at a time, over `per_dimension` places of the scale; the others stay true.
    """
    if not 2 <= per_dimension <= 1001:
        raise TableError.one("WC516", f"{per_dimension} places to declare", "give 2 to 1001")
    chosen = options or ModelOptions()
    low, high = table.ends[:, 0], table.ends[:, 1]
    width = np.where(high > low, high - low, 1.0)
    gains = []
    for actor, name in enumerate(table.names):
        true = table.points[actor]
        places = [true]
        for axis in range(len(table.dimensions)):
            for value in np.linspace(low[axis], high[axis], per_dimension):
                place = true.copy()
                place[axis] = value
                places.append(place)
        points = forecasts(moved_tables(table, actor, [place.tolist() for place in places]), model, chosen)
        care = table.saliences[actor]
        care = care / care.sum() if care.sum() > 0 else np.ones(len(care)) / len(care)
        away = np.sqrt((care * ((points - true) / width) ** 2).sum(axis=1))
        best = int(np.nanargmin(away)) if not np.isnan(away).all() else 0
        if not away[best] < away[0] - 1e-9:
            best = 0  # telling the truth is as good
        gains.append(
            Gain(name, tuple(map(float, true)), tuple(map(float, places[best])), float(away[0]), float(away[best]))
        )
    gains.sort(key=lambda gain: -gain.gain)
    return MovesResult(model, table.dimensions, tuple(gains))


@dataclass(frozen=True)
class UncertainForecast(Result):
    """The distribution of a forecast over draws of uncertain inputs; `agreed` is the share with any agreement."""

    model: str
    dimensions: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]
    agreed: float
    draws: int
    seed: int

    references: ClassVar[tuple[str, ...]] = (
        "Morgan, M. G. & Henrion, M. (1990), Uncertainty: A Guide to Dealing with Uncertainty",
    )

    def tables(self) -> tuple[Table, ...]:
        columns = (
            Column("dimension", "dimension"),
            figure("mean", "mean", ".4g"),
            figure("sd", "sd", ".3g"),
            *(figure(f"q{round(100 * level):02d}", f"{level:.0%}", ".4g") for level in QUANTILES),
        )
        rows = tuple(zip(self.dimensions, self.mean, self.sd, *zip(*self.quantiles, strict=True), strict=True))
        return (Table("uncertain", "Forecast under uncertainty", columns, rows),)

    def sentences(self) -> str:
        spans = [
            f"{name} {number(row[0], 3)}…{number(row[-1], 3)}"
            for name, row in zip(self.dimensions, self.quantiles, strict=True)
        ]
        return say(
            "Nine forecasts in ten lie within {spans} ({draws} draws).", spans="; ".join(spans), draws=self.draws
        )

    def record(self) -> dict[str, Any]:
        keys = ("model", "dimensions", "mean", "sd", "quantiles", "agreed", "draws", "seed")
        return {key: getattr(self, key) for key in keys} | {"levels": QUANTILES}


def uncertain_forecast(
    table: PositionsTable,
    model: str,
    options: ModelOptions | None = None,
    draws: int = 1000,
    seed: int = 1,
    spread: float = 0.0,
) -> UncertainForecast:
    """Forecasts for random versions of an uncertain table (see `draw_tables`)."""
    points = forecasts(draw_tables(table, draws, seed, spread), model, options or ModelOptions())
    agreed = ~np.isnan(points).any(axis=1)
    if not agreed.any():
        raise TableError.one("WC516", f"no draw brings an agreement by {model}", "use another status quo or model")
    kept = points[agreed]
    return UncertainForecast(
        model,
        table.dimensions,
        tuple(map(float, kept.mean(axis=0))),
        tuple(map(float, kept.std(axis=0, ddof=1) if len(kept) > 1 else np.zeros(kept.shape[1]))),
        tuple(tuple(map(float, row)) for row in np.quantile(kept, QUANTILES, axis=0).T),
        float(agreed.mean()),
        draws,
        seed,
    )

"""How long cabinets last: exponential and Weibull regressions on durations, some of them censored.

King, Alt, Burns & Laver 1990; Warwick 1994. Durations are T = exp(x b) E^(1/p), E standard exponential: a coefficient
is the change of the log of the duration, and p the shape (1: exponential; above 1: the hazard rises with age).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, say

from ..errors import Problem, TableError

Floats = NDArray[np.float64]

STEPS = 100
SEPARATED_AT = 16.0  # a change of the log duration this large per standard deviation has no maximum behind it
Z95 = 1.959964


SHAPES = {
    True: mark(" Shape {shape}: the risk of falling rises with age."),
    False: mark(" Shape {shape}: the risk of falling falls with age."),
}


@dataclass(frozen=True, eq=False)
class Durations:
    """Durations of cabinets: how long, whether the end was seen (else censored), covariates by name, remarks.

    groups: of each cabinet, where those of one group resemble each other (a country's); nothing where none are known.
    """

    names: tuple[str, ...]
    duration: Floats
    ended: NDArray[np.bool_]
    covariates: Floats
    remarks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.duration):
            raise TableError.one("WC501", "the table holds no cabinets", "give at least one row below the header")
        problems = []
        if self.covariates.shape != (len(self.duration), len(self.names)):
            problems.append(Problem("WC514", "covariates do not fit the durations", "give each covariate for each row"))
        bad = np.flatnonzero(~(np.isfinite(self.duration) & (self.duration > 0)))
        if len(bad):
            row = int(bad[0])
            hint = "durations are above 0; leave out what never began"
            problems.append(Problem("WC550", f"row {row + 1}: duration {self.duration[row]:g} ({len(bad)} such)", hint))
        if not self.ended.any():
            hint = "an event column of 1 (ended) and 0 (censored), with at least one 1"
            problems.append(Problem("WC551", "no cabinet's end was seen: all are censored", hint))
        if not problems:
            missing = np.flatnonzero(~np.isfinite(self.covariates).all(axis=1))
            if len(missing):
                hint = "leave such rows out, or the covariate"
                problems.append(Problem("WC504", f"row {int(missing[0]) + 1}: a covariate is missing", hint))
        if problems:
            raise TableError(*problems)

    @property
    def design(self) -> Floats:
        """Covariates with a leading constant."""
        return np.column_stack([np.ones(len(self.duration)), self.covariates])


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of log duration, its standard error, and the hazard ratio it implies."""

    name: str
    value: float
    error: float
    hazard_ratio: float


@dataclass(frozen=True)
class SurvivalFit(Result):
    """A fitted duration model: coefficients, shape, likelihood; expected and median durations follow from it."""

    references: ClassVar[tuple[str, ...]] = (
        "King, Alt, Burns & Laver 1990, A unified model of cabinet dissolution in parliamentary democracies",
        "Warwick 1994, Government survival in parliamentary democracies",
    )
    brief: ClassVar[tuple[str, ...]] = ("coefficients",)

    model: str
    coefficients: tuple[Coefficient, ...]
    shape: float
    shape_error: float
    loglik: float
    cabinets: int
    events: int
    curve: tuple[tuple[float, float, float, float, float], ...]
    separated: bool = False
    at: tuple[tuple[str, float], ...] = ()

    @property
    def life(self) -> dict[str, float]:
        """Mean and median duration at the values of the covariates in `at`, nothing where none are given."""
        row = [value for _, value in self.at]
        return {"mean": float(self.expected(row)), "median": float(self.median(row))} if self.at else {}

    @property
    def values(self) -> Floats:
        """Coefficients as an array, the constant first."""
        return np.array([one.value for one in self.coefficients])

    def scale(self, covariates: Sequence[float] | Floats) -> Floats:
        """exp(x b): the duration that 63% of such cabinets do not reach. Shape (..., covariates) in, (...) out."""
        rows = np.asarray(covariates, dtype=float)
        return np.asarray(np.exp(self.values[0] + rows @ self.values[1:]))

    def expected(self, covariates: Sequence[float] | Floats) -> Floats:
        """Expected duration, the end being free to come at any time."""
        return np.asarray(self.scale(covariates) * math.gamma(1 + 1 / self.shape))

    def median(self, covariates: Sequence[float] | Floats) -> Floats:
        """The duration that half of such cabinets reach."""
        return np.asarray(self.scale(covariates) * math.log(2) ** (1 / self.shape))

    def survives(self, covariates: Sequence[float] | Floats, time: float | Floats) -> Floats:
        """The probability of lasting longer than `time`."""
        return np.asarray(np.exp(-((np.asarray(time) / self.scale(covariates)) ** self.shape)))

    def expected_within(self, covariates: Sequence[float] | Floats, term: float | Floats, points: int = 400) -> Floats:
        """Expected duration where an election ends every cabinet after `term`: the area under the survival curve."""
        share = (np.arange(points) + 0.5) / points
        time = np.asarray(term)[..., None] * share
        alive = np.exp(-((time / self.scale(covariates)[..., None]) ** self.shape))
        return np.asarray(alive.mean(axis=-1) * np.asarray(term))

    def tables(self) -> tuple[Table, ...]:
        """Coefficients, and the survival curve observed and fitted."""
        rows = tuple(
            (one.name, one.value, one.error, one.value - Z95 * one.error, one.value + Z95 * one.error, one.hazard_ratio)
            for one in self.coefficients
        )
        if self.model == "weibull":
            low, high = self.shape - Z95 * self.shape_error, self.shape + Z95 * self.shape_error
            rows += (("shape", self.shape, self.shape_error, low, high, float("nan")),)
        columns = (
            Column("name", "Covariate"),
            figure("coefficient", "Log duration", ".5f"),
            figure("error", "Standard error", ".5f"),
            figure("low", "95% from", ".5f"),
            figure("high", "to", ".5f"),
            figure("hazard_ratio", "Hazard ratio", ".4f"),
        )
        curve = (
            figure("time", "Time", ".2f"),
            figure("observed", "Surviving (Kaplan-Meier)", ".4f"),
            figure("low", "95% from", ".4f"),
            figure("high", "to", ".4f"),
            figure("fitted", "Fitted", ".4f"),
        )
        return (
            Table("coefficients", "Coefficients", columns, rows),
            Table("curve", "Survival", curve, self.curve),
        )

    def sentences(self) -> str:
        """The model in plain words."""
        text = say(
            "{cabinets} cabinets, {events} ends seen; {model} log-likelihood {loglik:.3f}.",
            cabinets=self.cabinets,
            events=self.events,
            model=self.model,
            loglik=self.loglik,
        )
        if self.model == "weibull":
            text += say(SHAPES[self.shape > 1], shape=number(self.shape, 3))
        if self.separated:
            text += say(
                " A covariate separates those that ended from the censored; its coefficient is held by a ridge."
            )
        if self.at:
            text += say(" Expected: {mean:.2f}, median {median:.2f}.", **self.life)
        return text

    def record(self) -> dict[str, Any]:
        """The model as JSON can carry it."""
        return {
            **({"expected": self.life} if self.at else {}),
            "model": self.model,
            "cabinets": self.cabinets,
            "events": self.events,
            "loglik": self.loglik,
            "shape": self.shape,
            "shape_error": self.shape_error,
            "separated": self.separated,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def log_likelihood(parameters: Floats, table: Durations, weibull: bool) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient and Hessian at (coefficients, log shape); without `weibull` the shape stays 1."""
    design = table.design
    number = design.shape[1]
    ended = table.ended.astype(float)
    shape = math.exp(parameters[number]) if weibull else 1.0
    standard = shape * (np.log(table.duration) - design @ parameters[:number])
    risk = np.exp(np.minimum(standard, 500.0))
    value = float(ended @ (math.log(shape) - np.log(table.duration) + standard) - risk.sum())
    slope = shape * design.T @ (risk - ended)
    bend = -(shape**2) * (design * risk[:, None]).T @ design
    if not weibull:
        return value, slope, bend
    whole = np.zeros((number + 1, number + 1))
    whole[:number, :number] = bend
    cross = shape * design.T @ (risk - ended + risk * standard)
    whole[:number, number] = whole[number, :number] = cross
    whole[number, number] = float((ended - risk) @ standard - risk @ standard**2)
    last = float(ended.sum() + (ended - risk) @ standard)
    return value, np.append(slope, last), whole


def fit_survival(table: Durations, model: str = "exponential") -> SurvivalFit:
    """Fit an "exponential" or "weibull" duration model by maximum likelihood (WC552 for other names)."""
    if model not in ("exponential", "weibull"):
        raise TableError.one("WC552", f"no duration model {model!r}", "exponential or weibull")
    weibull = model == "weibull"
    scale = np.where(table.covariates.std(axis=0) > 1e-12, table.covariates.std(axis=0), 1.0)
    centre = table.covariates.mean(axis=0)
    standard = Durations(table.names, table.duration, table.ended, (table.covariates - centre) / scale)
    ridge = np.zeros(standard.design.shape[1] + int(weibull))
    place, separated = _maximum(standard, weibull, ridge)
    if separated:
        ridge[1 : len(scale) + 1] = 1.0
        place, _ = _maximum(standard, weibull, ridge)
    _, _, bend = log_likelihood(place, standard, weibull)
    # back from standardised covariates: b = c / s, and the constant takes up the means
    turn = np.eye(len(place))
    for column, (size, mean) in enumerate(zip(scale, centre, strict=True), 1):
        turn[column, column] = 1 / size
        turn[0, column] = -mean / size
    parameters = turn @ place
    covariance = turn @ np.linalg.pinv(np.diag(ridge) - bend, hermitian=True) @ turn.T
    return _fitted(table, model, parameters, covariance, separated)


def _maximum(table: Durations, weibull: bool, ridge: Floats) -> tuple[Floats, bool]:
    """Newton's method with halved steps; whether a coefficient runs away."""
    place = np.zeros(len(ridge))
    place[0] = math.log(table.duration.sum() / table.ended.sum())
    value, slope, bend = log_likelihood(place, table, weibull)
    value -= float(0.5 * ridge @ place**2)
    for _ in range(STEPS):
        step = np.linalg.lstsq(np.diag(ridge) - bend + 1e-10 * np.eye(len(ridge)), slope - ridge * place, rcond=None)[0]
        length = 1.0
        while length > 1e-8:
            trial = place + length * step
            told, slope, bend = log_likelihood(trial, table, weibull)
            told -= float(0.5 * ridge @ trial**2)
            if told >= value - 1e-12:
                break
            length /= 2
        gained, place, value = told - value, trial, told
        if abs(gained) < 1e-11 or np.abs(place[1:]).max(initial=0.0) > SEPARATED_AT:
            break
    covariates = table.design.shape[1]
    return place, bool(np.abs(place[1:covariates]).max(initial=0.0) > SEPARATED_AT / 2)


def _fitted(table: Durations, model: str, parameters: Floats, covariance: Floats, separated: bool) -> SurvivalFit:
    number = table.design.shape[1]
    weibull = model == "weibull"
    shape = math.exp(parameters[number]) if weibull else 1.0
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    value, _, _ = log_likelihood(parameters, table, weibull)
    names = ("constant", *table.names)
    fitted = SurvivalFit(
        model=model,
        coefficients=tuple(
            Coefficient(name, float(b), float(se), math.exp(min(-shape * float(b), 700.0)))
            for name, b, se in zip(names, parameters[:number], errors[:number], strict=True)
        ),
        shape=shape,
        shape_error=shape * float(errors[number]) if weibull else 0.0,
        loglik=value,
        cabinets=len(table.duration),
        events=int(table.ended.sum()),
        curve=(),
        separated=separated,
    )
    curve = kaplan_meier(table)
    alive = fitted.survives(table.covariates[:, None, :], np.array([point[0] for point in curve])).mean(axis=0)
    told = tuple((*point, float(fit)) for point, fit in zip(curve, alive, strict=True))
    return SurvivalFit(**{**fitted.__dict__, "curve": told})


def kaplan_meier(table: Durations) -> tuple[tuple[float, float, float, float], ...]:
    """The share surviving each time at which an end was seen, with 95% limits (log scale, Greenwood 1926)."""
    share, spread = 1.0, 0.0
    points = []
    for time in np.unique(table.duration[table.ended]):
        at_risk = int((table.duration >= time).sum())
        ended = int((table.ended & (table.duration == time)).sum())
        share *= 1 - ended / at_risk
        if share <= 0:
            points.append((float(time), 0.0, 0.0, 0.0))
            break
        spread += ended / (at_risk * (at_risk - ended))
        width = Z95 * math.sqrt(spread)
        points.append((float(time), share, share * math.exp(-width), min(share * math.exp(width), 1.0)))
    return tuple(points)

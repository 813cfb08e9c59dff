"""How long cabinets last: exponential, Weibull and log-normal regressions on durations, some of them censored.

King, Alt, Burns & Laver 1990; Warwick 1994. Durations are T = exp(x b) E^(1/p), E standard exponential: a coefficient
is the change of the log of the duration, and p the shape (1: exponential; above 1: the hazard rises with age). In the
log-normal model, whose hazard rises and then falls, log T has the standard deviation 1/p. Cabinets of one group (a
country) may resemble each other: errors allow for it (Huber 1967), or the group's frailty is learnt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, say

from ..errors import Problem, TableError
from . import survival_frailty
from .intervals import Z95
from .survival_families import MODELS, Likelihood, likelihood, survival
from .survival_frailty import Frailty

Floats = NDArray[np.float64]

STEPS = 100
SEPARATED_AT = 16.0  # a change of the log duration this large per standard deviation has no maximum behind it
FEWEST_GROUPS = 2
MODEL_NAMES = {"exponential": mark("exponential"), "weibull": mark("Weibull"), "lognormal": mark("log-normal")}


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
        if self.groups and len(self.groups) != len(self.duration):
            problems.append(Problem("WC514", "groups do not fit the durations", "give each cabinet its group"))
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
    """A coefficient of log duration, its standard error, and the hazard ratio it implies (nan: none is constant).

    clustered: the standard error that allows for groups whose cabinets resemble each other (nan without groups).
    """

    name: str
    value: float
    error: float
    hazard_ratio: float
    clustered: float = math.nan

    @property
    def told_error(self) -> float:
        """The error that intervals are made of: the clustered one, where there is one."""
        return self.error if math.isnan(self.clustered) else self.clustered

    @property
    def times(self) -> tuple[float, float, float]:
        """By what one unit multiplies the duration, with the ends of its 95% interval."""
        width = Z95 * self.told_error
        low, middle, high = (math.exp(min(self.value + by, 700.0)) for by in (-width, 0.0, width))
        return middle, low, high


@dataclass(frozen=True)
class SurvivalFit(Result):
    """A fitted duration model: coefficients, shape, likelihood; expected and median durations follow from it.

    shape: 1 over the standard deviation of log durations in the log-normal model. groups: how many the errors allow
    for. frailty: what groups share unseen; durations then are those of a group like the average.
    """

    references: ClassVar[tuple[str, ...]] = (
        "King, Alt, Burns & Laver 1990, A unified model of cabinet dissolution in parliamentary democracies",
        "Warwick 1994, Government survival in parliamentary democracies",
        "Clayton 1978, A model for association in bivariate life tables",
    )
    brief: ClassVar[tuple[str, ...]] = ("coefficients", "groups")

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
    groups: int = 0
    frailty: Frailty | None = None

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
        """exp(x b): the duration that 63% of such cabinets do not reach (log-normal: half of them). Shape
        (..., covariates) in, (...) out."""
        rows = np.asarray(covariates, dtype=float)
        return np.asarray(np.exp(self.values[0] + rows @ self.values[1:]))

    def expected(self, covariates: Sequence[float] | Floats) -> Floats:
        """Expected duration, the end being free to come at any time."""
        normal = self.model == "lognormal"
        return np.asarray(
            self.scale(covariates) * (math.exp(0.5 / self.shape**2) if normal else math.gamma(1 + 1 / self.shape))
        )

    def median(self, covariates: Sequence[float] | Floats) -> Floats:
        """The duration that half of such cabinets reach."""
        half = 1.0 if self.model == "lognormal" else math.log(2) ** (1 / self.shape)
        return np.asarray(self.scale(covariates) * half)

    def survives(self, covariates: Sequence[float] | Floats, time: float | Floats) -> Floats:
        """The probability of lasting longer than `time`."""
        with np.errstate(divide="ignore"):
            standard = self.shape * (np.log(np.asarray(time, dtype=float)) - np.log(self.scale(covariates)))
        return survival(standard, self.model)

    def expected_within(self, covariates: Sequence[float] | Floats, term: float | Floats, points: int = 400) -> Floats:
        """Expected duration where an election ends every cabinet after `term`: the area under the survival curve."""
        share = (np.arange(points) + 0.5) / points
        time = np.asarray(term)[..., None] * share
        alive = self.survives(np.asarray(covariates, dtype=float)[..., None, :], time)
        return np.asarray(alive.mean(axis=-1) * np.asarray(term))

    def tables(self) -> tuple[Table, ...]:
        """Coefficients, the survival curve observed and fitted, and what groups share unseen."""
        columns = [
            Column("name", "Covariate"),
            figure("coefficient", "Log duration", ".5f"),
            figure("error", "Standard error", ".5f"),
            figure("clustered", "Clustered", ".5f"),
            figure("low", "95% from", ".5f"),
            figure("high", "to", ".5f"),
            figure("hazard_ratio", "Hazard ratio", ".4f"),
        ]
        rows = []
        for one in self.coefficients:
            width = Z95 * one.told_error
            ends = (one.value - width, one.value + width)
            rows.append((one.name, one.value, one.error, one.clustered, *ends, one.hazard_ratio))
        if self.model != "exponential":
            low, high = self.shape - Z95 * self.shape_error, self.shape + Z95 * self.shape_error
            rows.append(("shape", self.shape, self.shape_error, math.nan, low, high, math.nan))
        gone = {place for place, left_out in ((3, not self.groups), (6, self.model == "lognormal")) if left_out}
        kept = [place for place in range(len(columns)) if place not in gone]
        curve = (
            figure("time", "Time", ".2f"),
            figure("observed", "Surviving (Kaplan-Meier)", ".4f"),
            figure("low", "95% from", ".4f"),
            figure("high", "to", ".4f"),
            figure("fitted", "Fitted", ".4f"),
        )
        told = tuple(tuple(row[place] for place in kept) for row in rows)
        return (
            Table("coefficients", "Coefficients", tuple(columns[place] for place in kept), told),
            Table("curve", "Survival", curve, self.curve),
            *([self.frailty.table()] if self.frailty is not None else []),
        )

    def sentences(self) -> str:
        """The model in plain words, what shortens or prolongs life first."""
        text = self._finding()
        text += say(
            " {cabinets} cabinets, {events} ends seen; {model} log-likelihood {loglik:.3f}.",
            cabinets=self.cabinets,
            events=self.events,
            model=say(MODEL_NAMES[self.model]),
            loglik=self.loglik,
        )
        if self.model == "weibull":
            text += say(SHAPES[self.shape > 1], shape=number(self.shape, 3))
        if self.frailty is not None:
            text += self.frailty.sentences()
        if self.groups:
            text += say(" Errors allow for {groups} groups.", groups=self.groups)
        if self.separated:
            text += say(
                " A covariate separates those that ended from the censored; its coefficient is held by a ridge."
            )
        if self.at:
            text += say(" Expected: {mean:.2f}, median {median:.2f}.", **self.life)
        return text

    def _finding(self) -> str:
        """The covariate that is told most surely, or how long half of the cabinets last."""
        told = [one for one in self.coefficients[1:] if one.told_error > 0]
        if not told:
            return say("Half of the cabinets last {median} or longer.", median=number(float(self.median([])), 2))
        surest = max(told, key=lambda one: abs(one.value) / one.told_error)
        if abs(surest.value) < Z95 * surest.told_error:
            return say("No covariate's part in how long cabinets last is told from chance.")
        times, low, high = (number(one, 3) for one in surest.times)
        return say(
            "With {name} higher by 1, cabinets last {times} times as long (95% {low} to {high}).",
            name=surest.name, times=times, low=low, high=high,
        )  # fmt: skip

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
            "groups": self.groups,
            **(self._frailty() if self.frailty is not None else {}),
            **{grid.name: grid.records() for grid in self.tables()},
        }

    def _frailty(self) -> dict[str, Any]:
        told = self.frailty
        names = ("variance", "error", "gain", "chance")
        return {"frailty": {name: getattr(told, name) for name in names}}


def log_likelihood(parameters: Floats, table: Durations, model: str = "exponential") -> Likelihood:
    """The log-likelihood and its derivatives at (coefficients, log shape), the exponential model without the latter."""
    return likelihood(parameters, table.design, table.duration, table.ended.astype(float), model)


def fit_survival(table: Durations, model: str = "exponential", frailty: bool = False) -> SurvivalFit:
    """Fit an "exponential", "weibull" or "lognormal" duration model by maximum likelihood (WC552 for other names).

    Where the cabinets have groups, errors allow for them, or, with `frailty`, the groups' frailty is learnt.
    """
    if model not in MODELS:
        raise TableError.one("WC552", f"no duration model {model!r}", ", ".join(MODELS))
    scale = np.where(table.covariates.std(axis=0) > 1e-12, table.covariates.std(axis=0), 1.0)
    centre = table.covariates.mean(axis=0)
    standard = Durations(table.names, table.duration, table.ended, (table.covariates - centre) / scale)
    fit = _Fit(standard, model)
    names = sorted(set(table.groups))
    of = np.array([names.index(one) for one in table.groups], dtype=float)
    shared = None
    if frailty:
        if len(names) < FEWEST_GROUPS:
            hint = "give the groups (countries, say) whose cabinets resemble each other"
            raise TableError.one("WC555", f"{len(names)} groups: nothing can be shared by groups", hint)
        at, variance, error, gain = fit.with_frailty(of)
        shared = survival_frailty.told(names, of, fit.ended, at.hazard, variance, error, gain)
    else:
        at = fit.maximum()
    covariance = np.linalg.pinv(np.diag(fit.ridge) - at.bend, hermitian=True)
    robust = np.full_like(covariance, np.nan)
    if names and not frailty:
        gathered = np.array([np.bincount(of.astype(int), column) for column in at.parts.T])
        robust = covariance @ gathered @ gathered.T @ covariance
    # back from standardised covariates: b = c / s, and the constant takes up the means
    turn = np.eye(len(fit.place))
    for column, (size, mean) in enumerate(zip(scale, centre, strict=True), 1):
        turn[column, column] = 1 / size
        turn[0, column] = -mean / size
    errors, clustered = (np.sqrt(np.maximum(np.diag(turn @ one @ turn.T), 0.0)) for one in (covariance, robust))
    found = _fitted(table, model, turn @ fit.place, errors, clustered, at.value)
    groups = len(names) if names and not frailty else 0
    return replace(found, separated=fit.separated, groups=groups, frailty=shared, curve=_curve(table, found, shared))


class _Fit:
    """A duration model on standardised covariates at its maximum; a coefficient that runs away is held by a ridge."""

    def __init__(self, table: Durations, model: str) -> None:
        self.design, self.duration, self.ended = table.design, table.duration, table.ended.astype(float)
        self.model = model
        self.covariates = self.design.shape[1]
        self.ridge = np.zeros(self.covariates + int(model != "exponential"))
        self.separated = False
        self.place = np.zeros(len(self.ridge))
        self.place[0] = math.log(table.duration.sum() / table.ended.sum())

    def at(self, place: Floats, burden: Floats | float = 1.0) -> Likelihood:
        """The log-likelihood with any burden on the hazards."""
        return likelihood(place, self.design, self.duration, self.ended, self.model, burden)

    def maximum(self, variance: float = 0.0, of: Floats | None = None) -> Likelihood:
        """The maximum, with frailty of a given variance where groups are given; `place` stands there afterwards."""

        def told(place: Floats) -> Likelihood:
            if of is None:
                return self.at(place)
            return survival_frailty.marginal(lambda burden: self.at(place, burden), self.ended, of, variance)

        start = self.place
        found = self._climb(told, start)
        if not self.separated and np.abs(self.place[1 : self.covariates]).max(initial=0.0) > SEPARATED_AT / 2:
            self.separated, self.place = True, start
            self.ridge[1 : self.covariates] = 1.0
            found = self._climb(told, start)
        return found

    def _climb(self, told: Callable[[Floats], Likelihood], place: Floats) -> Likelihood:
        """Newton's method with halved steps, uphill also where the likelihood is not concave."""
        found = told(place)
        value = found.value - float(0.5 * self.ridge @ place**2)
        for _ in range(STEPS):
            curve, axes = np.linalg.eigh(np.diag(self.ridge) - found.bend)
            slope = axes.T @ (found.slope - self.ridge * place)
            step = axes @ (slope / np.maximum(np.abs(curve), 1e-10))
            length, gained = 1.0, -1.0
            while length > 1e-8:
                trial = told(place + length * step)
                gained = trial.value - float(0.5 * self.ridge @ (place + length * step) ** 2) - value
                if gained >= -1e-12:
                    break
                length /= 2
            if not gained >= -1e-12:
                break
            place, found, value = place + length * step, trial, value + gained
            if gained < 1e-11 or np.abs(place[1:]).max(initial=0.0) > SEPARATED_AT:
                break
        self.place = place
        return found

    def with_frailty(self, of: Floats) -> tuple[Likelihood, float, float, float]:
        """The maximum over the variance of frailty too: likelihood there, variance, its error, what is gained."""
        without = self.maximum().value
        variance = survival_frailty.best_variance(lambda one: self.maximum(one, of).value)
        at = self.maximum(variance, of)
        if variance <= survival_frailty.EDGE:
            return at, variance, math.nan, 0.0
        cross, twice = survival_frailty.variance_curvature(at, self.ended, of, variance)
        # what the variance takes from the coefficients' certainty, and they from its
        eaten = np.linalg.pinv(np.diag(self.ridge) - at.bend, hermitian=True)
        left = -twice - float(cross @ eaten @ cross)
        error = 1 / math.sqrt(left) if left > 0 else math.nan
        bend = at.bend + np.outer(cross, cross) / -twice if twice < 0 else at.bend
        return replace(at, bend=bend), variance, error, at.value - without


def _fitted(
    table: Durations, model: str, parameters: Floats, errors: Floats, clustered: Floats, loglik: float
) -> SurvivalFit:
    number = table.design.shape[1]
    free = model != "exponential"
    shape = math.exp(parameters[number]) if free else 1.0
    told = clustered if np.isfinite(clustered).all() else errors
    ratios = [math.nan if model == "lognormal" else math.exp(min(-shape * float(b), 700.0)) for b in parameters]
    names = ("constant", *table.names)
    rows = zip(names, parameters[:number], errors[:number], ratios[:number], clustered[:number], strict=True)
    return SurvivalFit(
        model=model,
        coefficients=tuple(Coefficient(name, float(b), float(se), by, float(wide)) for name, b, se, by, wide in rows),
        shape=shape,
        shape_error=shape * float(told[number]) if free else 0.0,
        loglik=loglik,
        cabinets=len(table.duration),
        events=int(table.ended.sum()),
        curve=(),
    )


def _curve(
    table: Durations, found: SurvivalFit, shared: Frailty | None
) -> tuple[tuple[float, float, float, float, float], ...]:
    """The share surviving each age: observed with its limits, and the mean of the fitted survival of all cabinets."""
    points = kaplan_meier(table)
    alive = found.survives(table.covariates[:, None, :], np.array([point[0] for point in points]))
    if shared is not None:  # over what a group may turn out to be
        with np.errstate(divide="ignore"):
            alive = (1 - shared.variance * np.log(alive)) ** (-1 / shared.variance)
    return tuple((*point, float(fit)) for point, fit in zip(points, alive.mean(axis=0), strict=True))


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

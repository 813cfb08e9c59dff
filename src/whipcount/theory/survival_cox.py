"""Cox's proportional hazards: what shortens a cabinet's life, with nothing assumed of how the risk runs with age.

Cox 1972; ends at the same time by Efron 1977; errors that allow for groups (countries, say) whose cabinets resemble
each other by Lin & Wei 1989; what groups share unseen as gamma frailty by Therneau, Grambsch & Pankratz 2003.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, say

from ..errors import TableError
from . import survival_frailty
from .intervals import Z95
from .survival import FEWEST_GROUPS, STEPS, Durations, Floats
from .survival_frailty import Frailty

RUNS_AWAY = 8.0  # standardised coefficient beyond which a covariate is taken to part the ends from the others


@dataclass(frozen=True)
class Hazard:
    """A coefficient of the log hazard with its standard error, and that which allows for groups (nan without).

    deviation: the standard deviation of the covariate.
    """

    name: str
    value: float
    error: float
    clustered: float
    deviation: float = 1.0

    @property
    def ratio(self) -> float:
        """By what one unit multiplies the hazard."""
        return math.exp(min(self.value, 700.0))

    @property
    def told_error(self) -> float:
        """The error that intervals are made of: the clustered one, where there is one."""
        return self.error if math.isnan(self.clustered) else self.clustered


@dataclass(frozen=True)
class CoxFit(Result):
    """A fitted model of proportional hazards. loglik, loglik_null: partial log-likelihoods."""

    references: ClassVar[tuple[str, ...]] = (
        "Cox 1972, Regression models and life-tables",
        "Efron 1977, The efficiency of Cox's likelihood function for censored data",
        "Lin & Wei 1989, The robust inference for the Cox proportional hazards model",
        "Therneau, Grambsch & Pankratz 2003, Penalized survival models and frailty",
    )
    hazards: tuple[Hazard, ...]
    loglik: float
    loglik_null: float
    cabinets: int
    events: int
    groups: int = 0
    frailty: Frailty | None = None

    def tables(self) -> tuple[Table, ...]:
        """The coefficients; intervals are of the clustered errors where there are groups."""
        columns = (
            Column("name", "Covariate"),
            figure("coefficient", "Log hazard", ".5f"),
            figure("error", "Standard error", ".5f"),
            figure("clustered", "Clustered", ".5f"),
            figure("low", "95% from", ".5f"),
            figure("high", "to", ".5f"),
            figure("hazard_ratio", "Hazard ratio", ".4f"),
        )
        rows = []
        for one in self.hazards:
            width = Z95 * one.told_error
            rows.append(
                (one.name, one.value, one.error, one.clustered, one.value - width, one.value + width, one.ratio)
            )
        told = Table("coefficients", "Coefficients", columns, tuple(rows))
        return (told, self.frailty.table()) if self.frailty is not None else (told,)

    def sentences(self) -> str:
        """The model in plain words, what raises or lowers the risk first."""
        text = self._finding()
        text += say(
            " {cabinets} cabinets, {events} ends seen; partial log-likelihood {loglik:.3f} (without covariates "
            "{null:.3f}).",
            cabinets=self.cabinets, events=self.events, loglik=self.loglik, null=self.loglik_null,
        )  # fmt: skip
        if self.frailty is not None:
            text += self.frailty.sentences()
        if self.groups:
            text += say(" Errors allow for {groups} groups.", groups=self.groups)
        return text

    def _finding(self) -> str:
        """The covariate that is told most surely."""
        surest = max(self.hazards, key=lambda one: abs(one.value) / max(one.told_error, 1e-12))
        if abs(surest.value) < Z95 * surest.told_error:
            return say("No covariate's part in how soon cabinets fall is told from chance.")
        width = Z95 * surest.told_error
        times, low, high = (number(math.exp(surest.value + by), 3) for by in (0.0, -width, width))
        return say(
            "With {name} higher by 1, the risk of falling is {times} times as high (95% {low} to {high}).",
            name=surest.name, times=times, low=low, high=high,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The model as JSON can carry it."""
        plain = {name: getattr(self, name) for name in ("loglik", "loglik_null", "cabinets", "events", "groups")}
        if self.frailty is not None:
            names = ("variance", "gain", "chance")
            plain["frailty"] = {name: getattr(self.frailty, name) for name in names}
        return {**plain, **{grid.name: grid.records() for grid in self.tables()}}


@dataclass(frozen=True, eq=False)
class Partial:
    """The partial log-likelihood: value, slope, curvature (minus), each cabinet's part of the slope (cabinets, number),
    and its cumulative hazard, that of the covariates included."""

    value: float
    slope: Floats
    bend: Floats
    parts: Floats
    hazard: Floats


def partial_likelihood(place: Floats, table: Durations) -> Partial:
    """The partial log-likelihood of all cabinets, in one pass from the longest duration to the shortest."""
    return _Order(table).likelihood(place, table.covariates)


class _Order:
    """Who is at risk when somebody ends: worked out once for a table."""

    def __init__(self, table: Durations) -> None:
        self.order = np.argsort(-table.duration, kind="stable")
        duration, self.ended = table.duration[self.order], table.ended[self.order]
        times, first = np.unique(duration[self.ended], return_inverse=True)
        self.times = len(times)
        self.deaths = np.bincount(first, minlength=self.times)
        self.time_of = np.where(self.ended, np.searchsorted(times, duration), self.times)
        # of those who end at one time each is counted as gone for a further share (Efron)
        self.at = np.repeat(np.arange(self.times), self.deaths)
        starts = np.repeat(np.cumsum(self.deaths) - self.deaths, self.deaths)
        self.share = (np.arange(len(self.at)) - starts) / self.deaths[self.at]
        self.at_risk = np.searchsorted(-duration, -times, side="right")  # so many of the longest are at risk
        self.passed = np.searchsorted(times, duration, side="right")  # so many times of ends each one has lived to

    def likelihood(self, place: Floats, covariates: Floats, offset: Floats | float = 0.0) -> Partial:
        """Value and derivatives at a place; offset: added to the log hazard of each cabinet."""
        rows = covariates[self.order]
        utility = rows @ place
        utility = utility + (offset[self.order] if isinstance(offset, np.ndarray) else offset)
        high = float(utility.max(initial=0.0))
        weight = np.exp(utility - high)
        moment = np.column_stack([weight, weight[:, None] * rows])
        risk = np.cumsum(moment, axis=0)[self.at_risk - 1]
        ending = np.zeros_like(risk)
        np.add.at(ending, self.time_of[self.ended], moment[self.ended])
        sums = risk[self.at] - self.share[:, None] * ending[self.at]
        whole, mean = sums[:, 0], sums[:, 1:] / sums[:, :1]
        value = float(utility[self.ended].sum() - np.log(whole).sum() - high * len(whole))
        # each who lives to a time has its part in its ends; those who end then, as much as is left of them
        step = np.column_stack([1 / whole, mean / whole[:, None]])
        lived, lost, centre = (np.zeros((self.times + 1, one.shape[1])) for one in (step, step, mean))
        np.add.at(lived, self.at + 1, step)
        np.add.at(lost, self.at, self.share[:, None] * step)
        np.add.at(centre, self.at, mean / self.deaths[self.at][:, None])
        burden = np.cumsum(lived, axis=0)[self.passed] - lost[self.time_of]
        hazard = weight * burden[:, 0]
        parts = weight[:, None] * burden[:, 1:] - hazard[:, None] * rows
        parts[self.ended] += rows[self.ended] - centre[self.time_of[self.ended]]
        bend = (rows * hazard[:, None]).T @ rows - mean.T @ mean
        back = np.argsort(self.order)
        return Partial(value, parts.sum(axis=0), bend, parts[back], hazard[back])


def fit_cox(table: Durations, frailty: bool = False) -> CoxFit:
    """Fit by Newton's method with halved steps (WC554 where there is nothing to explain with, or all is explained).

    Where the cabinets have groups, errors allow for them, or, with `frailty`, the groups' frailty is learnt.
    """
    if not table.names:
        raise TableError.one("WC554", "no covariates", "proportional hazards need something to explain with")
    scale = np.where(table.covariates.std(axis=0) > 1e-12, table.covariates.std(axis=0), 1.0)
    rows = (table.covariates - table.covariates.mean(axis=0)) / scale
    names = sorted(set(table.groups))
    of = np.array([names.index(one) for one in table.groups])
    order, covariates = _Order(table), len(scale)
    place, at = _climb(order, rows, np.zeros(covariates), covariates)
    null = order.likelihood(np.zeros(covariates), rows).value
    value, shared = at.value, None
    if frailty:
        if len(names) < FEWEST_GROUPS:
            hint = "give the groups (countries, say) whose cabinets resemble each other"
            raise TableError.one("WC555", f"{len(names)} groups: nothing can be shared by groups", hint)
        place, bend, value, variance, hazard = _with_frailty(order, rows, of, table, place)
        ended, groups = table.ended.astype(float), of.astype(float)
        shared = survival_frailty.told(names, groups, ended, hazard, variance, math.nan, value - at.value)
    else:
        bend = at.bend
    covariance = np.linalg.pinv(bend, hermitian=True)[:covariates, :covariates]
    clustered = np.full(covariates, np.nan)
    if names and not frailty:
        gathered = np.array([np.bincount(of, column) for column in at.parts.T]).T @ covariance
        clustered = np.sqrt((gathered**2).sum(axis=0)) / scale
    errors = np.sqrt(np.diag(covariance)) / scale
    told_of = zip(table.names, place[:covariates] / scale, errors, clustered, scale, strict=True)
    return CoxFit(
        hazards=tuple(Hazard(name, *(float(one) for one in figures)) for name, *figures in told_of),
        loglik=value, loglik_null=null, cabinets=len(table.duration), events=int(table.ended.sum()),
        groups=0 if frailty else len(names), frailty=shared,
    )  # fmt: skip


def _climb(
    order: _Order, rows: Floats, place: Floats, covariates: int, strength: float = 0.0
) -> tuple[Floats, Partial]:
    """The maximum; the columns after the covariates are effects of groups, held by frailty of variance 1 / strength."""

    def told(at: Floats) -> Partial:
        found = order.likelihood(at, rows)
        effects = at[covariates:]
        if not len(effects):
            return found
        grown, held = np.exp(np.minimum(effects, 50.0)), np.zeros(len(at))
        held[covariates:] = strength * (1 - grown)
        bend = found.bend + np.diag(np.concatenate([np.zeros(covariates), strength * grown]))
        value = found.value + strength * float((effects - grown).sum())
        return replace(found, value=value, slope=found.slope + held, bend=bend)

    found = told(place)
    for _ in range(STEPS):
        step = np.linalg.lstsq(found.bend, found.slope, rcond=None)[0]
        length, trial = 1.0, told(place + step)
        while trial.value < found.value - 1e-12 and length > 1e-8:
            length /= 2
            trial = told(place + length * step)
        place, gained, found = place + length * step, trial.value - found.value, trial
        if np.abs(place[:covariates]).max() > RUNS_AWAY:
            hint = "leave out the covariate that parts those that ended early from the others"
            raise TableError.one("WC554", "the likelihood has no maximum", hint)
        if abs(gained) < 1e-12:
            break
    return place, found


def _with_frailty(
    order: _Order, rows: Floats, of: NDArray[np.intp], table: Durations, start: Floats
) -> tuple[Floats, Floats, float, float, Floats]:
    """The maximum over the variance of frailty: place, curvature, log-likelihood with the frailty integrated out,
    variance, and each cabinet's cumulative hazard without its group's frailty."""
    covariates, groups = rows.shape[1], int(of.max()) + 1
    wide = np.column_stack([rows, np.eye(groups)[of]])
    ends = np.asarray(np.bincount(of, table.ended.astype(float), groups), dtype=float)
    place = np.concatenate([start, np.zeros(groups)])

    def profile(variance: float) -> float:
        nonlocal place
        place, found = _climb(order, wide, place, covariates, 1 / variance)
        return found.value + survival_frailty.penalised_constant(ends, variance)

    variance = survival_frailty.best_variance(profile)
    value = profile(variance)
    place, found = _climb(order, wide, place, covariates, 1 / variance)
    return place, found.bend, value, variance, found.hazard / np.exp(place[covariates:])[of]

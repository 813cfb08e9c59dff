"""Cox's proportional hazards: what shortens a cabinet's life, with nothing assumed of how the risk runs with age.

Cox 1972; ends at the same time by Efron 1977; errors that allow for groups (countries, say) whose cabinets resemble
each other by Lin & Wei 1989.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import say

from ..errors import TableError
from .survival import STEPS, Z95, Durations, Floats

RUNS_AWAY = 8.0  # standardised coefficient beyond which a covariate is taken to part the ends from the others


@dataclass(frozen=True)
class Hazard:
    """A coefficient of the log hazard with its standard error, and that which allows for groups (nan without)."""

    name: str
    value: float
    error: float
    clustered: float

    @property
    def ratio(self) -> float:
        """By what one unit multiplies the hazard."""
        return math.exp(min(self.value, 700.0))


@dataclass(frozen=True)
class CoxFit(Result):
    """A fitted model of proportional hazards. loglik, loglik_null: partial log-likelihoods."""

    references: ClassVar[tuple[str, ...]] = (
        "Cox 1972, Regression models and life-tables",
        "Efron 1977, The efficiency of Cox's likelihood function for censored data",
        "Lin & Wei 1989, The robust inference for the Cox proportional hazards model",
    )
    undrawn: ClassVar[str] = "its table gives the coefficients; the duration models draw curves"

    hazards: tuple[Hazard, ...]
    loglik: float
    loglik_null: float
    cabinets: int
    events: int
    groups: int = 0

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
            width = Z95 * (one.clustered if self.groups else one.error)
            rows.append(
                (one.name, one.value, one.error, one.clustered, one.value - width, one.value + width, one.ratio)
            )
        return (Table("coefficients", "Coefficients", columns, tuple(rows)),)

    def sentences(self) -> str:
        """The model in plain words."""
        text = say(
            "{cabinets} cabinets, {events} ends seen; partial log-likelihood {loglik:.3f} (without covariates "
            "{null:.3f}).",
            cabinets=self.cabinets, events=self.events, loglik=self.loglik, null=self.loglik_null,
        )  # fmt: skip
        if self.groups:
            text += say(" Errors allow for {groups} groups.", groups=self.groups)
        return text

    def record(self) -> dict[str, Any]:
        """The model as JSON can carry it."""
        plain = {name: getattr(self, name) for name in ("loglik", "loglik_null", "cabinets", "events", "groups")}
        return {**plain, **{grid.name: grid.records() for grid in self.tables()}}


def partial_likelihood(place: Floats, table: Durations) -> tuple[float, Floats, Floats, Floats]:
    """The partial log-likelihood, its slope and curvature, and each cabinet's part of the slope, (cabinets, number)."""
    rows = table.covariates
    utility = rows @ place
    weight = np.exp(utility - utility.max(initial=0.0))
    number = rows.shape[1]
    value, bend, parts = 0.0, np.zeros((number, number)), np.zeros(rows.shape)
    for time in np.unique(table.duration[table.ended]):
        at_risk, ends = table.duration >= time, table.ended & (table.duration == time)
        deaths = int(ends.sum())
        sums = [_sums(rows[here], weight[here]) for here in (at_risk, ends)]
        value += float(utility[ends].sum())
        parts[ends] += rows[ends]
        for turn in range(deaths):
            share = turn / deaths
            whole, first, second = (one - share * other for one, other in zip(*sums, strict=True))
            mean = first / whole
            value -= math.log(whole) + float(utility.max(initial=0.0))
            bend += second / whole - np.outer(mean, mean)
            parts[ends] -= mean / deaths
            # each who is at risk had its part of this end; those who end now, as much as is left of them
            left = np.where(ends, 1 - share, 1.0)[at_risk] * weight[at_risk] / whole
            parts[at_risk] -= left[:, None] * (rows[at_risk] - mean)
    return value, parts.sum(axis=0), bend, parts


def _sums(rows: Floats, weight: Floats) -> tuple[Any, Floats, Floats]:
    weighted = rows * weight[:, None]
    return weight.sum(), weighted.sum(axis=0), weighted.T @ rows


def fit_cox(table: Durations) -> CoxFit:
    """Fit by Newton's method with halved steps (WC554 where there is nothing to explain with, or all is explained)."""
    if not table.names:
        raise TableError.one("WC554", "no covariates", "proportional hazards need something to explain with")
    scale = np.where(table.covariates.std(axis=0) > 1e-12, table.covariates.std(axis=0), 1.0)
    scaled = Durations(
        table.names, table.duration, table.ended, (table.covariates - table.covariates.mean(axis=0)) / scale
    )
    place = np.zeros(len(scale))
    null, slope, bend, parts = partial_likelihood(place, scaled)
    value = null
    for _ in range(STEPS):
        step = np.linalg.lstsq(bend, slope, rcond=None)[0]
        length, told = 1.0, partial_likelihood(place + step, scaled)
        while told[0] < value - 1e-12 and length > 1e-8:
            length /= 2
            told = partial_likelihood(place + length * step, scaled)
        place, gained = place + length * step, told[0] - value
        value, slope, bend, parts = told
        if np.abs(place).max() > RUNS_AWAY:
            hint = "leave out the covariate that parts those that ended early from the others"
            raise TableError.one("WC554", "the likelihood has no maximum", hint)
        if abs(gained) < 1e-12:
            break
    covariance = np.linalg.pinv(bend, hermitian=True)
    clustered, groups = np.full(len(scale), np.nan), sorted(set(table.groups))
    if groups:
        of = np.array(table.groups)
        gathered = np.array([parts[of == name].sum(axis=0) for name in groups]) @ covariance
        clustered = np.sqrt((gathered**2).sum(axis=0)) / scale
    errors = np.sqrt(np.diag(covariance)) / scale
    told_of = zip(table.names, place / scale, errors, clustered, strict=True)
    return CoxFit(
        hazards=tuple(Hazard(name, float(b), float(se), float(robust)) for name, b, se, robust in told_of),
        loglik=value, loglik_null=null, cabinets=len(table.duration), events=int(table.ended.sum()), groups=len(groups),
    )  # fmt: skip

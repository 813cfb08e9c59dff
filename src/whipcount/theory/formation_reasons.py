"""What makes a cabinet form: the coefficients of a conditional logit, with errors that allow for countries' likeness.

Martin & Stevenson 2001 on the covariates. Formations of one country resemble each other: the errors gather the slopes
of the log-likelihood by country (Huber 1967; Rogers 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, say

from ..errors import TableError
from .formation_logit import ChoiceSets, Floats, LogitFit, fit, probabilities
from .formation_model import INCUMBENCY, Specification, tables_of
from .formation_table import Opportunity
from .intervals import Z95


@dataclass(frozen=True)
class Reason:
    """A coefficient of the log odds, its standard error, and that which allows for countries.

    deviation: how far the covariate usually differs between the cabinets that could form (a standard deviation).
    """

    name: str
    value: float
    error: float
    clustered: float
    deviation: float


@dataclass(frozen=True)
class Reasons(Result):
    """A conditional logit of formations. loglik_uniform: the log-likelihood where all cabinets are equal."""

    references: ClassVar[tuple[str, ...]] = (
        "McFadden 1974, Conditional logit analysis of qualitative choice behavior",
        "Martin & Stevenson 2001, Government formation in parliamentary democracies",
        "Rogers 1993, Regression standard errors in clustered samples",
    )
    undrawn: ClassVar[str] = "its table gives the coefficients; `formation --evaluate --chart` draws calibration"

    reasons: tuple[Reason, ...]
    loglik: float
    loglik_uniform: float
    formations: int
    countries: int

    def tables(self) -> tuple[Table, ...]:
        """The coefficients; intervals are of the clustered errors."""
        columns = (
            Column("name", "Covariate"),
            figure("coefficient", "Log odds", ".4f"),
            figure("error", "Standard error", ".4f"),
            figure("clustered", "Clustered by country", ".4f"),
            figure("low", "95% from", ".4f"),
            figure("high", "to", ".4f"),
            figure("deviation", "Standard deviation", ".4f"),
        )
        rows = tuple(
            (one.name, one.value, one.error, one.clustered, one.value - Z95 * one.clustered,
             one.value + Z95 * one.clustered, one.deviation)
            for one in self.reasons
        )  # fmt: skip
        return (Table("coefficients", "What makes a cabinet form", columns, rows),)

    def sentences(self) -> str:
        """The surest reason, and how many seem sure only where countries' likeness is passed over."""
        surest = max(self.reasons, key=lambda one: abs(one.value) / one.clustered)
        width = Z95 * surest.clustered
        times = [math.exp(surest.deviation * (surest.value + by)) for by in (-width, 0.0, width)]
        lost = [
            one.name
            for one in self.reasons
            if abs(one.value) > Z95 * one.error and abs(one.value) <= Z95 * one.clustered
        ]
        text = say(
            "Of {names} covariates {name} tells most surely which cabinet forms: a standard deviation more of it "
            "multiplies the odds by {times} (95% {low} to {high}).",
            names=len(self.reasons), name=surest.name,
            times=number(times[1], 3), low=number(times[0], 3), high=number(times[2], 3),
        )  # fmt: skip
        if lost:
            text += say(" Told from chance only if formations of a country were independent: {lost}.",
                        lost=", ".join(lost))  # fmt: skip
        return text + say(
            " {formations} formations of {countries} countries; log-likelihood {loglik:.2f} (all cabinets equal "
            "{uniform:.2f}).",
            formations=self.formations, countries=self.countries, loglik=self.loglik, uniform=self.loglik_uniform,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The logit as JSON can carry it."""
        plain = ("loglik", "loglik_uniform", "formations", "countries")
        return {**{name: getattr(self, name) for name in plain}, "coefficients": self.tables()[0].records()}


def clustered_errors(sets: ChoiceSets, found: LogitFit, groups: Sequence[str]) -> Floats:
    """Standard errors of a conditional logit where choices of one group (country) are not independent."""
    chance, _ = probabilities(found.coefficients, sets)
    expected = np.add.reduceat(sets.rows * chance[:, None], sets.starts)
    slopes = sets.rows[sets.chosen] - expected
    names = sorted(set(groups))
    of = np.array([names.index(one) for one in groups])
    gathered = np.array([np.bincount(of, column, len(names)) for column in slopes.T]).T @ found.covariance
    return np.asarray(np.sqrt((gathered**2).sum(axis=0)))


def reasons(opportunities: Sequence[Opportunity], specification: Specification = INCUMBENCY) -> Reasons:
    """Fit a specification to observed formations, its errors clustered by country (WC533, WC535)."""
    countries = [one.country for one in opportunities]
    if len(set(countries)) == 1:
        raise TableError.one("WC535", "one country has no others to be told apart from", "give at least two countries")
    tables, names = tables_of(opportunities, specification.blocks)
    sets = ChoiceSets.stack(tables, [one.choice for one in opportunities])
    found = fit(sets, specification.ridge or 0.0)
    told = zip(
        names, found.coefficients, found.errors, clustered_errors(sets, found, countries), sets.scale(), strict=True
    )
    return Reasons(
        reasons=tuple(Reason(name, *(float(one) for one in figures)) for name, *figures in told),
        loglik=found.loglik, loglik_uniform=-float(np.log(sets.lengths).sum()),
        formations=len(opportunities), countries=len(set(countries)),
    )  # fmt: skip

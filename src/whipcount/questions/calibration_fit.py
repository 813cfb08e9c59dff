"""How well a posterior fits: each documented outcome, patterns jointly, and the score of what was held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.inference.patterns import Pattern, misses
from whipcount.inference.scores import PairedScore, log_scores, paired, smoothed
from whipcount.text import Label

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """An outcome under priors and posterior: probability (or mean of a number), with how many runs knew it.

    `posterior` draws all parameters that were not inferred anew from their priors, `carried` leaves them as they were
    in the worlds kept.
    """

    name: str
    label: Label
    use: str
    binary: bool
    happened: float
    prior: float
    posterior: float
    carried: float
    prior_runs: int
    posterior_runs: int
    carried_runs: int

    @property
    def gain(self) -> float:
        """By how much the posterior's log score is better than the prior's; NaN for a number."""
        if not self.binary:
            return float("nan")
        scores = self.scores()
        return float(scores[2] - scores[0])

    def scores(self) -> Floats:
        """Log scores of prior, posterior, and posterior with everything carried over."""
        shares = np.array([self.prior, self.posterior, self.carried])
        runs = np.array([self.prior_runs, self.posterior_runs, self.carried_runs])
        return log_scores(smoothed(shares * runs, runs), np.array([self.happened == 1.0] * 3))


@dataclass(frozen=True)
class Held:
    """Share of worlds in which at least k patterns hold together, k = 0 .. all, under priors and posteriors."""

    patterns: int
    prior: tuple[float, ...]
    renewed: tuple[float, ...]
    carried: tuple[float, ...]


def fits(
    scenario: Scenario,
    names: Sequence[str],
    prior: Mapping[str, Floats],
    renewed: Mapping[str, Floats],
    carried: Mapping[str, Floats],
) -> tuple[Fit, ...]:
    """Outcomes by name under all three."""
    records = {outcome.id: outcome for outcome in scenario.outcomes}
    found = []
    for name in names:
        record = records[name]
        known = [values[name][~np.isnan(values[name])] for values in (prior, renewed, carried)]
        label = Label(record.name.in_language("en"), record.name.in_language("ru"))
        happened = float(record.happened or 0.0)
        means = [float(values.mean()) if len(values) else float("nan") for values in known]
        runs = [len(values) for values in known]
        found.append(
            Fit(
                name, label, record.use, record.measure.is_binary, happened,
                means[0], means[1], means[2], runs[0], runs[1], runs[2],
            )
        )  # fmt: skip
    return tuple(found)


def score(checked: Sequence[Fit], carried: bool = False) -> PairedScore:
    """Log scores of yes-or-no outcomes under prior and posterior, paired outcome by outcome."""
    binary = [fit for fit in checked if fit.binary and min(fit.prior_runs, fit.posterior_runs, fit.carried_runs)]
    scores = np.array([fit.scores() for fit in binary]).reshape(-1, 3)
    return paired(scores[:, 0], scores[:, 2 if carried else 1])


def joint(
    patterns: Sequence[Pattern],
    prior: Mapping[str, Floats],
    renewed: Mapping[str, Floats],
    carried: Mapping[str, Floats],
) -> Held:
    """How many patterns hold together."""

    def at_least(values: Mapping[str, Floats]) -> tuple[float, ...]:
        held = (misses(patterns, values) < 0.5).sum(axis=1)  # a number counts as held within half its spread
        return tuple(float((held >= count).mean()) for count in range(len(patterns) + 1))

    return Held(len(patterns), at_least(prior), at_least(renewed), at_least(carried))

"""How well a posterior fits: each documented outcome, patterns jointly, and the score of what was held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Table, figure
from whipcount.text import Label, mark, say

from .patterns import Pattern, misses
from .scores import PairedScore, log_scores, paired, smoothed

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

    from .calibrate import Calibration

Floats = NDArray[np.float64]
NARROW = 0.7  # of the prior's spread: under it the data have spoken


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


def written(calibration: Calibration) -> str:
    """A calibration in words."""
    held, many = calibration.held, calibration.held.patterns
    most = max(many - 2, 1)
    narrowed = ", ".join(one.name for one in calibration.parameters if one.verdict == "narrowed")
    lines = (
        say(
            "{simulations} worlds of {slug} were simulated; those kept miss at most {tolerance:g} of {many} "
            "patterns and "
            "are worth {size:.0f} equal ones.",
            simulations=calibration.simulations,
            slug=calibration.slug,
            tolerance=calibration.tolerance,
            many=many,
            size=calibration.effective_size,
        ),
        say(
            "At least {most} patterns hold together in {carried:.3f} of new runs from the posterior "
            "({renewed:.3f} with "
            "all parameters that were not inferred drawn anew, {prior:.4f} under the priors), all {many} in "
            "{all_carried:.4f} ({all_renewed:.4f}, {all_prior:.5f}).",
            most=most,
            carried=held.carried[most],
            renewed=held.renewed[most],
            prior=held.prior[most],
            many=many,
            all_carried=held.carried[many],
            all_renewed=held.renewed[many],
            all_prior=held.prior[many],
        ),
        say(
            "Narrowed to under {limit} of the prior's spread: {narrowed}. The data say nothing about: {silent}.",
            limit=NARROW,
            narrowed=narrowed or say("nothing"),
            silent=", ".join(calibration.silent) or say("none"),
        ),
        say(
            "Held out: {carried}; drawn anew: {renewed}.",
            carried=_compared(calibration.carried_score),
            renewed=_compared(calibration.score),
        ),
    )
    return "\n".join(lines)


def _compared(score: PairedScore) -> str:
    """A paired score in words."""
    clear = score.low > 0 or score.high < 0
    return say(
        "mean log score {second:.3f} against {first:.3f} under the priors (difference {difference:+.3f}, 95% "
        "{low:+.3f} "
        "to {high:+.3f}, {outcomes} outcomes{unclear})",
        second=score.second,
        first=score.first,
        difference=score.difference,
        low=score.low,
        high=score.high,
        outcomes=score.outcomes,
        unclear="" if clear else say(": not clearly different"),
    )


def calibration_grids(calibration: Calibration) -> tuple[Table, ...]:
    """A calibration as tables."""
    parameters = Table(
        "parameters", "What was learned about the parameters", (
            Column("name", "parameter"),
            Column("form", "prior"),
            *(figure(f"q{level}", f"{level}%", ".3g") for level in (5, 50, 95)),
            figure("contraction", "sd / prior sd", ".2f"),
            figure("shift", "shift", "+.2f"),
            Column("verdict", "verdict"),
        ),
        tuple(
            (
                one.name, one.form, one.posterior[0], one.posterior[2], one.posterior[4],
                one.contraction, one.shift, one.verdict,
            )
            for one in calibration.parameters
        ))  # fmt: skip
    columns = (
        Column("name", "outcome"),
        figure("happened", "happened", "g"),
        figure("prior", "prior", ".3f"),
        figure("renewed", "others anew", ".3f"),
        figure("carried", "posterior", ".3f"),
        figure("gain", "gain", "+.3f"),
    )
    groups = (
        ("patterns", mark("Patterns that were used"), calibration.patterns),
        ("holdout", mark("Outcomes held out"), calibration.holdout),
    )
    outcomes = tuple(
        Table(
            name, title, columns,
            tuple((fit.name, fit.happened, fit.prior, fit.posterior, fit.carried, fit.gain) for fit in group),
        )
        for name, title, group in groups
    )  # fmt: skip
    held = calibration.held
    together = Table(
        "held", "Patterns that hold together", (
            figure("at_least", "at least", ""),
            figure("prior", "prior", ".5f"),
            figure("renewed", "others anew", ".4f"),
            figure("carried", "posterior", ".4f"),
        ),
        tuple((k, held.prior[k], held.renewed[k], held.carried[k]) for k in range(1, held.patterns + 1)))  # fmt: skip
    return parameters, *outcomes, together

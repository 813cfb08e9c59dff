"""How well a posterior fits: each documented outcome, patterns jointly, and the score of what was held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.results.manifest import Tongues

from .patterns import Pattern, misses
from .scores import PairedScore, log_scores, paired, smoothed

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

    from .calibrate import Calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """An outcome under priors and posterior: probability (or mean of a number), with how many runs knew it."""

    name: str
    label: Tongues
    use: str
    binary: bool
    happened: float
    prior: float
    posterior: float
    prior_runs: int
    posterior_runs: int

    @property
    def gain(self) -> float:
        """By how much the posterior's log score is better than the prior's; NaN for a number."""
        if not self.binary:
            return float("nan")
        return float(np.diff(self.scores())[0])

    def scores(self) -> Floats:
        """Log scores of prior and posterior."""
        shares = np.array([self.prior, self.posterior])
        runs = np.array([self.prior_runs, self.posterior_runs])
        return log_scores(smoothed(shares * runs, runs), np.array([self.happened == 1.0] * 2))


@dataclass(frozen=True)
class Held:
    """Share of worlds in which at least k patterns hold together, k = 0 .. all, under priors and posteriors."""

    patterns: int
    prior: tuple[float, ...]
    renewed: tuple[float, ...]
    carried: tuple[float, ...]


def fits(
    scenario: Scenario, names: Sequence[str], prior: Mapping[str, Floats], posterior: Mapping[str, Floats]
) -> tuple[Fit, ...]:
    """Outcomes by name under both."""
    records = {outcome.id: outcome for outcome in scenario.outcomes}
    found = []
    for name in names:
        record = records[name]
        before, after = (values[name][~np.isnan(values[name])] for values in (prior, posterior))
        label = Tongues(record.name.in_language("en"), record.name.in_language("ru"))
        found.append(
            Fit(
                name,
                label,
                record.use,
                record.measure.is_binary,
                float(record.happened or 0.0),
                _mean(before),
                _mean(after),
                len(before),
                len(after),
            )  # fmt: skip
        )
    return tuple(found)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def holdout_score(checked: Sequence[Fit]) -> PairedScore:
    """Log scores of yes-or-no outcomes under prior and posterior, paired outcome by outcome."""
    binary = [fit for fit in checked if fit.binary and fit.prior_runs and fit.posterior_runs]
    scores = np.array([fit.scores() for fit in binary]).reshape(-1, 2)
    return paired(scores[:, 0], scores[:, 1])


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


def written(calibration: Calibration) -> Tongues:
    """A calibration in words."""
    held, score, many = calibration.held, calibration.score, calibration.held.patterns
    most = max(many - 2, 1)
    narrowed = ", ".join(one.name for one in calibration.parameters if one.verdict == "narrowed")
    silent = ", ".join(calibration.silent)
    better = score.low > 0
    worse = score.high < 0
    verdict = Tongues(
        "better than" if better else "worse than" if worse else "not clearly different from",
        "лучше" if better else "хуже" if worse else "без ясного отличия от",
    )
    en = (
        f"{calibration.simulations} worlds of {calibration.slug} were simulated; those kept miss at most "
        f"{calibration.tolerance:g} of {many} patterns and are worth {calibration.effective_size:.0f} equal ones. "
        f"At least {most} patterns hold together in {held.renewed[most]:.3f} of new runs from the posterior "
        f"({held.prior[most]:.4f} under the priors), all {many} in {held.renewed[many]:.4f} "
        f"({held.prior[many]:.5f}). Narrowed: {narrowed or 'nothing'}. The data say nothing about: "
        f"{silent or 'none of them'}. Held out: mean log score {score.second:.3f} against {score.first:.3f} under the "
        f"priors, {verdict.en} them (difference {score.difference:+.3f}, {score.low:+.3f} to {score.high:+.3f}, "
        f"{score.outcomes} outcomes)."
    )
    ru = (
        f"Смоделировано миров ({calibration.slug}): {calibration.simulations}; оставленные расходятся не более чем с "
        f"{calibration.tolerance:g} из {many} признаков и стоят {calibration.effective_size:.0f} равновесных. "
        f"Не менее {most} признаков вместе выполнены в {held.renewed[most]:.3f} новых прогонов "
        f"(априори {held.prior[most]:.4f}), все {many} — в {held.renewed[many]:.4f} (априори {held.prior[many]:.5f}). "
        f"Сузились: {narrowed or 'ни один'}. Данные ничего не говорят о: {silent or 'таких нет'}. Отложенные исходы: "
        f"средний логарифмический счёт {score.second:.3f} против {score.first:.3f} априори, {verdict.ru} "
        f"(разность {score.difference:+.3f}, от {score.low:+.3f} до {score.high:+.3f}, исходов {score.outcomes})."
    )
    return Tongues(en, ru)

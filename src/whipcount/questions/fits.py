"""How well a posterior fits: each documented outcome, patterns jointly, and the score of what was held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.results.manifest import Tongues
from whipcount.theory.result import Grid, Measure, figure

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
    label: Tongues
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
        label = Tongues(record.name.in_language("en"), record.name.in_language("ru"))
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


def written(calibration: Calibration) -> Tongues:
    """A calibration in words."""
    held, many = calibration.held, calibration.held.patterns
    most = max(many - 2, 1)
    narrowed = ", ".join(one.name for one in calibration.parameters if one.verdict == "narrowed")
    silent = ", ".join(calibration.silent)
    en = (
        f"{calibration.simulations} worlds of {calibration.slug} were simulated; those kept miss at most "
        f"{calibration.tolerance:g} of {many} patterns and are worth {calibration.effective_size:.0f} equal ones.\n"
        f"At least {most} patterns hold together in {held.carried[most]:.3f} of new runs from the posterior "
        f"({held.renewed[most]:.3f} with all parameters that were not inferred drawn anew, {held.prior[most]:.4f} "
        f"under the priors), all {many} in {held.carried[many]:.4f} ({held.renewed[many]:.4f}, "
        f"{held.prior[many]:.5f}).\n"
        f"Narrowed to under {NARROW} of the prior's spread: {narrowed or 'nothing'}. "
        f"The data say nothing about: {silent or 'none'}.\n"
        f"Held out: {_compared(calibration.carried_score).en}; drawn anew: {_compared(calibration.score).en}."
    )
    ru = (
        f"Смоделировано миров ({calibration.slug}): {calibration.simulations}; оставленные расходятся не более чем с "
        f"{calibration.tolerance:g} из {many} признаков и стоят {calibration.effective_size:.0f} равновесных.\n"
        f"Не менее {most} признаков вместе выполнены в {held.carried[most]:.3f} новых апостериорных прогонов "
        f"({held.renewed[most]:.3f}, если прочие параметры разыграны заново; априори {held.prior[most]:.4f}), "
        f"все {many} — в {held.carried[many]:.4f} ({held.renewed[many]:.4f}; {held.prior[many]:.5f}).\n"
        f"Сузились до менее {NARROW} априорного разброса: {narrowed or 'ни один'}. "
        f"Данные ничего не говорят о: {silent or 'таких нет'}.\n"
        f"Отложенные исходы: {_compared(calibration.carried_score).ru}; с прочими параметрами, разыгранными заново: "
        f"{_compared(calibration.score).ru}."
    )
    return Tongues(en, ru)


def _compared(score: PairedScore) -> Tongues:
    """A paired score in words."""
    numbers = f"{score.second:.3f}", f"{score.first:.3f}", f"{score.difference:+.3f}"
    interval = f"{score.low:+.3f}", f"{score.high:+.3f}"
    clear = score.low > 0 or score.high < 0
    return Tongues(
        f"mean log score {numbers[0]} against {numbers[1]} under the priors (difference {numbers[2]}, 95% "
        f"{interval[0]} to {interval[1]}, {score.outcomes} outcomes{'' if clear else ': not clearly different'})",
        f"средний логарифмический счёт {numbers[0]} против {numbers[1]} априори (разность {numbers[2]}, 95 % от "
        f"{interval[0]} до {interval[1]}, исходов {score.outcomes}{'' if clear else ': ясной разницы нет'})",
    )


def calibration_grids(calibration: Calibration) -> tuple[Grid, ...]:
    """A calibration as tables."""
    parameters = Grid(
        "parameters", "What was learned about the parameters", "Что узнали о параметрах",
        (
            Measure("name", "parameter", "параметр"),
            Measure("form", "prior", "априори"),
            *(figure(f"q{level}", f"{level}%", f"{level} %", ".3g") for level in (5, 50, 95)),
            figure("contraction", "sd / prior sd", "откл. / априорное", ".2f"),
            figure("shift", "shift", "сдвиг", "+.2f"),
            Measure("verdict", "verdict", "итог"),
        ),
        tuple(
            (
                one.name, one.form, one.posterior[0], one.posterior[2], one.posterior[4],
                one.contraction, one.shift, one.verdict,
            )
            for one in calibration.parameters
        ),
    )  # fmt: skip
    columns = (
        Measure("name", "outcome", "исход"),
        figure("happened", "happened", "на деле", "g"),
        figure("prior", "prior", "априори", ".3f"),
        figure("renewed", "others anew", "прочие заново", ".3f"),
        figure("carried", "posterior", "апостериори", ".3f"),
        figure("gain", "gain", "выигрыш", "+.3f"),
    )
    groups = (
        ("patterns", "Patterns that were used", "Использованные признаки", calibration.patterns),
        ("holdout", "Outcomes held out", "Отложенные исходы", calibration.holdout),
    )
    outcomes = tuple(
        Grid(
            name, en, ru, columns,
            tuple((fit.name, fit.happened, fit.prior, fit.posterior, fit.carried, fit.gain) for fit in group),
        )
        for name, en, ru, group in groups
    )  # fmt: skip
    held = calibration.held
    together = Grid(
        "held", "Patterns that hold together", "Признаки, выполненные вместе",
        (
            figure("at_least", "at least", "не менее", ""),
            figure("prior", "prior", "априори", ".5f"),
            figure("renewed", "others anew", "прочие заново", ".4f"),
            figure("carried", "posterior", "апостериори", ".4f"),
        ),
        tuple((k, held.prior[k], held.renewed[k], held.carried[k]) for k in range(1, held.patterns + 1)),
    )  # fmt: skip
    return parameters, *outcomes, together

"""What an ensemble says of each outcome, beside what happened."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from whipcount.text import Label, say
from whipcount.theory.intervals import normal_interval, wilson

from .columns import column, numbers
from .manifest import Manifest, OutcomeRecord
from .outcomes import CRISIS_EXITS, EXITS

Floats = npt.NDArray[np.float64]
EXTREME = 0.02  # below it, or as near to certainty, an outcome counts as all but settled by the priors


@dataclass(frozen=True)
class OutcomeSummary:
    """An outcome over runs. NaN where nothing can be said.

    `probability` with Wilson's 95% interval `low`..`high`: of a yes or no, its share of the `used` runs (others are
    left out); of a number, the share of runs that have it. A number has besides its `mean` with the normal 95%
    interval `mean_low`..`mean_high`, quantiles, and beside a documented value the shares of runs at most and at least
    as high. The `crisis_` fields condition on runs in which a crisis happened (three or more persons left a seat, a
    post or the party): probability, or mean of a number. They are NaN unless the outcome asks for it.
    """

    name: str
    label: Label
    binary: bool
    runs: int
    used: int
    probability: float
    low: float
    high: float
    happened: bool | float | None
    use: str
    source: str
    given_crisis: bool
    mean: float = math.nan
    mean_low: float = math.nan
    mean_high: float = math.nan
    q05: float = math.nan
    q50: float = math.nan
    q95: float = math.nan
    at_most: float = math.nan
    at_least: float = math.nan
    crisis_runs: int = 0
    crisis_probability: float = math.nan
    crisis_low: float = math.nan
    crisis_high: float = math.nan

    @property
    def estimate(self) -> float:
        """The probability of a yes or no, the mean of a number."""
        return self.probability if self.binary else self.mean

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the estimate."""
        return (self.low, self.high) if self.binary else (self.mean_low, self.mean_high)

    @property
    def is_extreme(self) -> bool:
        """Whether a yes or no is nearly settled, or a documented number far out: under .02 or over .98."""
        if self.binary:
            return self.probability < EXTREME or self.probability > 1 - EXTREME
        return self.at_most < EXTREME or self.at_least < EXTREME

    def record(self) -> dict[str, Any]:
        """The fields as a flat record, numbers that are not there as none."""
        fields = asdict(self)
        label = fields.pop("label")
        fields |= {"label_en": label["en"], "label_ru": label["ru"]}
        happened = fields["happened"]
        fields["happened"] = None if happened is None else float(happened)
        return {key: None if isinstance(v, float) and math.isnan(v) else v for key, v in fields.items()}


def summarise(manifest: Manifest, runs_file: Path) -> tuple[OutcomeSummary, ...]:
    """Summaries of all outcomes, from the table of runs; one column in memory at a time."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(runs_file)
    crisis = _column(file, EXITS) >= CRISIS_EXITS
    return tuple(summarise_outcome(record, _column(file, record.name), crisis) for record in manifest.outcomes)


def _column(file: Any, name: str) -> Floats:
    missing = column(np.array([np.nan]))[0]
    found: Floats = numbers(file.read(columns=[name])[name].cast("float64").fill_null(missing))
    return found


def summarise_outcome(record: OutcomeRecord, values: Floats, crisis: npt.NDArray[np.bool_]) -> OutcomeSummary:
    """The summary of one outcome from its value in each run (NaN: missing or left out)."""
    there = values[~np.isnan(values)]
    trials = len(there) if record.binary else len(values)
    successes = int(there.sum()) if record.binary else len(there)
    low, high = wilson(successes, trials)
    return OutcomeSummary(
        name=record.name,
        label=record.label,
        binary=record.binary,
        runs=len(values),
        used=len(there),
        probability=successes / trials if trials else math.nan,
        low=low,
        high=high,
        happened=record.happened,
        use=record.use,
        source=record.source,
        given_crisis=record.given_crisis,
        **({} if record.binary else _number_fields(there, record.happened)),
        **(_crisis_fields(record.binary, values[crisis & ~np.isnan(values)]) if record.given_crisis else {}),
    )


def _number_fields(there: Floats, happened: float | None) -> dict[str, Any]:
    """Mean, interval, quantiles, and where the documented value lies."""
    if len(there) == 0:
        return {}
    mean, low, high = _mean(there)
    fields = {"mean": mean, "mean_low": low, "mean_high": high}
    fields |= dict(zip(("q05", "q50", "q95"), np.quantile(there, (0.05, 0.5, 0.95)).tolist(), strict=True))
    if happened is not None:
        fields |= {"at_most": float((there <= happened).mean()), "at_least": float((there >= happened).mean())}
    return fields


def _crisis_fields(binary: bool, values: Floats) -> dict[str, Any]:
    if len(values) == 0:
        return {}
    if binary:
        estimate = float(values.mean())
        low, high = wilson(int(values.sum()), len(values))
    else:
        estimate, low, high = _mean(values)
    return {
        "crisis_runs": len(values),
        "crisis_probability": estimate,
        "crisis_low": low,
        "crisis_high": high,
    }


def _mean(values: Floats) -> tuple[float, float, float]:
    mean = float(values.mean())
    deviation = float(values.std(ddof=1)) if len(values) > 1 else math.nan
    return mean, *normal_interval(mean, deviation, len(values))


def figures(value: float, binary: bool) -> str:
    """A probability with three places after the point, a number with three figures; a dash where there is none."""
    if value != value:
        return "–"
    return f"{value:.3f}" if binary else f"{value:.3g}"


def in_figures(outcome: OutcomeSummary) -> tuple[str, str]:
    """An outcome's estimate, marked where it is a mean, and its interval."""
    low, high = (figures(end, outcome.binary) for end in outcome.interval)
    mark = "" if outcome.binary else "⌀ "
    told = f"{low}–{high}" if outcome.interval[0] == outcome.interval[0] else "–"
    return mark + figures(outcome.estimate, outcome.binary), told


def documented(value: bool | float | None) -> str:
    """What happened, in words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return f"{value:g}"

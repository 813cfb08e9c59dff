"""What an ensemble says of each outcome, beside what happened."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .intervals import normal_interval, wilson
from .manifest import Manifest, OutcomeRecord, Tongues
from .outcomes import CRISIS_EXITS, EXITS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OutcomeSummary:
    """An outcome over runs. NaN where nothing can be said.

    For yes or no: `probability` with Wilson's 95% interval `low`..`high`. For a number: `mean` with its normal 95%
    interval in `low`..`high`, and quantiles; `probability` is then the share of runs that have the number.
    `used`: runs that count (others are missing or left out). The `crisis_` fields condition on runs in which a crisis
    happened (three or more persons left a seat, a post or the party); they are NaN unless the outcome asks for it.
    """

    name: str
    label: Tongues
    binary: bool
    runs: int
    used: int
    probability: float
    mean: float
    low: float
    high: float
    q05: float
    q50: float
    q95: float
    happened: bool | float | None
    use: str
    source: str
    given_crisis: bool
    crisis_runs: int
    crisis_probability: float
    crisis_low: float
    crisis_high: float

    @property
    def estimate(self) -> float:
        """The probability of a yes or no, the mean of a number."""
        return self.probability if self.binary else self.mean

    @property
    def is_extreme(self) -> bool:
        """Whether a yes or no is nearly certain or nearly impossible: under .02 or over .98."""
        return self.binary and not math.isnan(self.probability) and not 0.02 <= self.probability <= 0.98

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
    column = file.read(columns=[name])[name].cast("float64").to_numpy()
    return np.asarray(column, dtype=np.float64)


def summarise_outcome(record: OutcomeRecord, values: Floats, crisis: npt.NDArray[np.bool_]) -> OutcomeSummary:
    """The summary of one outcome from its value in each run (NaN: missing or left out)."""
    there = values[~np.isnan(values)]
    used = len(there)
    mean = float(there.mean()) if used else math.nan
    if record.binary:
        probability = mean
        low, high = wilson(int(there.sum()), used)
        quantiles = [math.nan] * 3
    else:
        probability = used / len(values) if len(values) else math.nan
        low, high = normal_interval(mean, float(there.std(ddof=1)) if used > 1 else math.nan, used)
        quantiles = [float(q) for q in np.quantile(there, (0.05, 0.5, 0.95))] if used else [math.nan] * 3
    crisis_runs, crisis_share, crisis_low, crisis_high = 0, math.nan, math.nan, math.nan
    if record.given_crisis:
        crisis_values = values[crisis]
        crisis_values = crisis_values[~np.isnan(crisis_values)]
        crisis_runs = len(crisis_values)
        if crisis_runs:
            crisis_share = float(crisis_values.mean())
            crisis_low, crisis_high = _interval(record.binary, crisis_values)
    return OutcomeSummary(
        name=record.name,
        label=record.label,
        binary=record.binary,
        runs=len(values),
        used=used,
        probability=probability,
        mean=mean,
        low=low,
        high=high,
        q05=quantiles[0],
        q50=quantiles[1],
        q95=quantiles[2],
        happened=record.happened,
        use=record.use,
        source=record.source,
        given_crisis=record.given_crisis,
        crisis_runs=crisis_runs,
        crisis_probability=crisis_share,
        crisis_low=crisis_low,
        crisis_high=crisis_high,
    )


def _interval(binary: bool, values: Floats) -> tuple[float, float]:
    if binary:
        return wilson(int(values.sum()), len(values))
    deviation = float(values.std(ddof=1)) if len(values) > 1 else math.nan
    return normal_interval(float(values.mean()), deviation, len(values))

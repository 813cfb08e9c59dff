"""A finished calibration: what was learned about the parameters, and how well the posterior fits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.inference.generations import Posterior
from whipcount.inference.scores import PairedScore
from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, say

from .calibration_fit import Fit, Held

if TYPE_CHECKING:
    import polars as pl

NARROW = 0.7  # of the prior's spread: under it the data have spoken
SILENT = 0.9  # of the prior's spread: over it they say nothing


@dataclass(frozen=True)
class ParameterPosterior:
    """What was learned about a parameter.

    `prior` and `posterior` are the 5, 25, 50, 75 and 95% quantiles; contraction is the posterior's standard deviation
    over the prior's (of logarithms where the prior is logarithmic); shift is that of the mean in prior deviations.
    """

    name: str
    form: str
    prior: tuple[float, ...]
    posterior: tuple[float, ...]
    mean: float
    contraction: float
    shift: float

    @property
    def verdict(self) -> str:
        """`narrowed`, `moved` or `silent`: what the data say about it."""
        if self.contraction < NARROW:
            return "narrowed"
        return "silent" if self.contraction > SILENT and abs(self.shift) < 0.25 else "moved"


@dataclass(frozen=True, eq=False)
class Calibration(Result):
    """A finished calibration.

    `patterns` were used, `holdout` only checked; `held` tells in how many worlds so many patterns hold jointly, under
    the priors, under the posterior with all else drawn anew, and with all else carried over from the worlds kept.
    `score` and `carried_score` compare these two with the priors on the outcomes held out.
    """

    references: ClassVar[tuple[str, ...]] = ("beaumont_2002", "beaumont_2009", "cornuet_2012", "grimm_2005")

    slug: str
    account: str | None
    seed: int
    sizes: tuple[int, ...]
    predictive_runs: int
    effective_size: float
    tolerance: float
    parameters: tuple[ParameterPosterior, ...]
    patterns: tuple[Fit, ...]
    holdout: tuple[Fit, ...]
    score: PairedScore
    carried_score: PairedScore
    held: Held
    posterior: Posterior
    skipped: tuple[str, ...]
    folder: Path | None = None

    @property
    def simulations(self) -> int:
        """How many worlds were simulated to find the posterior."""
        return sum(self.sizes)

    @property
    def silent(self) -> tuple[str, ...]:
        """Parameters that the data say nothing about."""
        return tuple(one.name for one in self.parameters if one.verdict == "silent")

    def sentences(self) -> str:
        """What was found, in a few sentences."""
        return written(self)

    def tables(self) -> tuple[Table, ...]:
        """Parameters, patterns and outcomes held out, and how many patterns hold together."""
        return calibration_grids(self)

    def record(self) -> dict[str, Any]:
        """Everything but the draws, which are in `posterior.parquet`, as JSON can carry it."""
        fields = ("slug", "account", "seed", "sizes", "predictive_runs", "effective_size", "tolerance", "skipped")
        lists = {name: [asdict(one) for one in getattr(self, name)] for name in ("patterns", "holdout")}
        return {
            **{name: getattr(self, name) for name in fields},
            "parameters": [asdict(one) | {"verdict": one.verdict} for one in self.parameters],
            **lists,
            "held": asdict(self.held),
            "score": asdict(self.score),
            "carried_score": asdict(self.carried_score),
            "folder": None if self.folder is None else str(self.folder),
        }

    def table(self) -> pl.DataFrame:
        """The posterior: a row for each draw with its weight, world and distance, and the parameters."""
        import polars as pl

        natural = self.posterior.space.natural(self.posterior.z)
        columns: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {
            "weight": self.posterior.weights,
            "run": self.posterior.run,
            "missed": self.posterior.distance,
        }
        columns |= {name: natural[:, place] for place, name in enumerate(self.posterior.space.names)}
        return pl.DataFrame(columns)


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

"""How good outlooks are: each documented quarrel forecast from all others, beside the base rates of its population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, say

from . import outlook
from .first_day import Quarrels
from .outlook_model import POPULATIONS, OutlookModel, fit_outlook
from .probability_scores import Bin, calibration, log_score, paired, scores
from .quarrel_models import base_rates, left_out

ADDS = {
    True: mark("{population}: the judgements add to base rates, {difference:+.3f} ({low:+.3f} to {high:+.3f})."),
    False: mark(
        "{population}: that the judgements add to base rates cannot be told from chance, {difference:+.3f} "
        "({low:+.3f} to {high:+.3f})."
    ),
}


@dataclass(frozen=True)
class Tested:
    """Outlooks of the quarrels of one population, each left out, beside base rates of the others of that population.

    difference: of mean log scores, with a 95% interval over quarrels. large: mean probability less share of yes.
    """

    population: str
    quarrels: int
    answers: int
    score: float
    base_rate: float
    difference: float
    low: float
    high: float
    better: int
    brier: float
    sharpness: float
    large: float
    share_of_yes: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class OutlookCheck(Result):
    """The outlook tested on each population that it was fitted to."""

    references: ClassVar[tuple[str, ...]] = (
        "Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
    )
    undrawn: ClassVar[str] = "its tables give scores and calibration; `whipcount validate` draws a chart"

    tested: tuple[Tested, ...]
    slope: float
    slope_error: float

    def tables(self) -> tuple[Table, ...]:
        """Scores by population; probability told against share come true."""
        names = POPULATIONS
        columns = (
            Column("population", "Population", names=names),
            figure("quarrels", "Quarrels", "d"),
            figure("answers", "Answers", "d"),
            figure("score", "Log score"),
            figure("base_rate", "Base rates"),
            figure("difference", "Difference", "+.4f"),
            figure("low", "95% from", "+.4f"),
            figure("high", "to", "+.4f"),
            figure("better", "Better in", "d"),
            figure("brier", "Brier score"),
            figure("sharpness", "Sharpness"),
            figure("large", "Probability less share", "+.4f"),
        )
        rows = tuple(tuple(getattr(one, column.key) for column in columns) for one in self.tested)
        bins = tuple(
            (one.population, group.forecast, group.share, group.number) for one in self.tested for group in one.bins
        )
        told = (
            Column("population", "Population", names=names),
            figure("forecast", "Probability told", ".3f"),
            figure("share", "Came true", ".3f"),
            figure("number", "Answers", "d"),
        )
        return Table("populations", "Outlooks of quarrels left out", columns, rows), Table(
            "calibration", "Calibration", told, bins
        )

    def sentences(self) -> str:
        """The test in plain words."""
        return "\n".join(
            say(
                ADDS[one.low > 0],
                population=say(POPULATIONS.get(one.population, one.population)),
                difference=one.difference,
                low=one.low,
                high=one.high,
            )
            for one in self.tested
        )

    def record(self) -> dict[str, Any]:
        """The test as JSON can carry it."""
        return {
            "slope": self.slope,
            "slope_error": self.slope_error,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def check_outlook(quarrels: Quarrels) -> OutlookCheck:
    """Leave each quarrel out in turn, and score what the others say of it."""
    chances = outlook.left_out(quarrels)
    found = []
    for population, own in quarrels.populations():
        rows = [row for row, one in enumerate(quarrels.population) if one == population]
        told, answers = chances[rows], own.answers
        usual = left_out(base_rates, own)
        gain = paired(log_score(told, answers), log_score(usual, answers))
        mean, other = scores(told, answers), scores(usual, answers)
        found.append(
            Tested(
                population,
                len(own),
                mean.answers,
                mean.log,
                other.log,
                gain.mean,
                gain.low,
                gain.high,
                gain.better,
                mean.brier,
                mean.sharpness,
                mean.large,
                float(np.nanmean(answers)),
                calibration(told, answers),
            )
        )
    model = fit_outlook(quarrels)
    return OutlookCheck(tuple(found), model.slope, model.slope_error)


def train_outlook(quarrels: Quarrels, provenance: Mapping[str, Any]) -> OutlookModel:
    """Fit the model to all quarrels, with the scores that it earned where each was left out."""
    kept = ("quarrels", "score", "base_rate", "difference", "low", "high", "large", "share_of_yes")
    earned = {
        one.population: {key: round(value, 4) for key, value in asdict(one).items() if key in kept}
        for one in check_outlook(quarrels).tested
    }
    return replace(fit_outlook(quarrels), scores=earned, provenance=dict(provenance))

"""Forecasts of one's own scored beside a model's and base rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, say

from .probability_scores import Bin, Difference, Scores, calibration, crps, log_score, paired, scores

Floats = NDArray[np.float64]
OWN = "own"
NAMES = {
    OWN: mark("your own"),
    "model": mark("the model"),
    "base_rate": mark("base rates"),
    "coin": mark("a coin"),
}


@dataclass(frozen=True)
class Rival:
    """Somebody's forecasts on the outcomes that both have told, and by how much one's own are better."""

    name: str
    scores: Scores
    own_better: Difference


@dataclass(frozen=True)
class ScoredForecasts(Result):
    """Forecasts of one's own, scored. stamped: when, or empty; crps: mean over distributions, and their number."""

    references: ClassVar[tuple[str, ...]] = (
        "Brier 1950, Verification of forecasts expressed in terms of probability",
        "Matheson & Winkler 1976, Scoring rules for continuous probability distributions",
        "Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
    )
    undrawn: ClassVar[str] = "its tables give scores, each outcome, and calibration"
    brief: ClassVar[tuple[str, ...]] = ("sources", "outcomes")

    file: str
    stamped: str
    sha256: str
    outcomes: tuple[tuple[str, str, float, float, float, float], ...]
    sources: tuple[Rival, ...]
    bins: tuple[Bin, ...]
    crps: tuple[float, int]
    open_ones: int

    def tables(self) -> tuple[Table, ...]:
        """Scores of all sources; each outcome; calibration of one's own."""
        sources = tuple(
            (
                one.name, one.scores.answers, one.scores.log, one.scores.brier, one.scores.sharpness, one.scores.large,
                one.own_better.mean, one.own_better.low, one.own_better.high,
            )
            for one in self.sources
        )  # fmt: skip
        return (
            Table(
                "sources",
                "Scores",
                (
                    Column("source", "Source", names=NAMES),
                    figure("answers", "Outcomes", "d"),
                    figure("score", "Log score"),
                    figure("brier", "Brier score"),
                    figure("sharpness", "Sharpness", priority=3),
                    figure("large", "Probability less share", "+.3f", priority=2),
                    figure("difference", "Own better by", "+.4f"),
                    figure("low", "95% from", "+.4f"),
                    figure("high", "to", "+.4f"),
                ),
                sources,
            ),
            Table(
                "outcomes",
                "Outcome by outcome",
                (
                    Column("crisis", "Crisis", priority=3),
                    Column("outcome", "Outcome"),
                    figure("probability", "Probability", ".2f"),
                    figure("happened", "Happened", "g"),
                    figure("score", "Log score"),
                    figure("crps", "CRPS", ".4g"),
                ),
                self.outcomes,
            ),
            Table(
                "calibration",
                "Calibration",
                (
                    figure("forecast", "Probability told", ".3f"),
                    figure("share", "Came true", ".3f"),
                    figure("number", "Outcomes", "d"),
                ),
                tuple((one.forecast, one.share, one.number) for one in self.bins),
            ),
        )

    def sentences(self) -> str:
        """The scores in plain words."""
        lines = [
            say("Stamped on {date}; the file is as it was.", date=self.stamped)
            if self.stamped
            else say("Not stamped: nobody can tell whether the forecasts were made before the end was known.")
        ]
        own = self.sources[0].scores
        if own.answers:
            lines.append(
                say(
                    "{answers} outcomes: log score {score:.3f}, Brier score {brier:.3f}.",
                    answers=own.answers, score=own.log, brier=own.brier,
                )
            )  # fmt: skip
        for one in self.sources[1:]:
            clear = one.own_better.low > 0 or one.own_better.high < 0
            text = mark("Against {name}: {by:+.3f} ({low:+.3f} to {high:+.3f}).")
            chance = mark("Against {name}: {by:+.3f} ({low:+.3f} to {high:+.3f}), which may be chance.")
            name = say(NAMES.get(one.name, one.name))
            gain = one.own_better
            lines.append(say(text if clear else chance, name=name, by=gain.mean, low=gain.low, high=gain.high))
        if self.crps[1]:
            lines.append(say("Mean CRPS of {n} distributions: {crps:.4g}.", n=self.crps[1], crps=self.crps[0]))
        if self.open_ones:
            lines.append(say("{n} outcomes are still open.", n=self.open_ones))
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The scores as JSON can carry them."""
        own = self.sources[0].scores
        return {
            "file": self.file,
            "stamped": self.stamped or None,
            "sha256": self.sha256,
            "answers": own.answers,
            "open": self.open_ones,
            "score": own.log,
            "brier": own.brier,
            "crps": self.crps[0],
            "distributions": self.crps[1],
            **{grid.name: grid.records() for grid in self.tables()},
        }


@dataclass(frozen=True, eq=False)
class Told:
    """What is scored: names and groups of outcomes, probabilities by source, quantiles at levels, what happened."""

    outcomes: tuple[str, ...]
    groups: tuple[str, ...]
    probability: Floats
    rivals: Mapping[str, Floats]
    levels: Floats
    quantiles: Floats
    happened: Floats


def score_forecasts(told: Told, file: str = "", stamped: str = "", sha256: str = "") -> ScoredForecasts:
    """Score forecasts; intervals are over groups (crises), whose outcomes hang together."""
    binary = ~np.isnan(told.probability)
    answers = np.where(binary, told.happened, np.nan)
    own = log_score(told.probability, answers)
    sources = [Rival(OWN, scores(told.probability, answers), Difference(0.0, 0.0, 0.0, 0, 0))]
    for name, chances in {**told.rivals, "coin": np.full(len(own), 0.5)}.items():
        both = np.where(np.isnan(chances) | np.isnan(own), np.nan, answers)
        gain = _by_group(told.groups, own, log_score(chances, answers))
        sources.append(Rival(name, scores(chances, both), gain))
    ranked = np.array(
        [
            np.nan if one or value != value else crps(row, told.levels, value)
            for one, value, row in zip(binary, told.happened, told.quantiles, strict=True)
        ]
    )
    known = ranked[~np.isnan(ranked)]
    rows = tuple(
        zip(
            told.groups,
            told.outcomes,
            told.probability.tolist(),
            told.happened.tolist(),
            own.tolist(),
            ranked.tolist(),
            strict=True,
        )
    )
    mean = float(known.mean()) if len(known) else float("nan")
    return ScoredForecasts(
        file, stamped, sha256, rows, tuple(sources), calibration(told.probability, answers), (mean, len(known)),
        int(np.isnan(told.happened).sum()),
    )  # fmt: skip


def _by_group(groups: tuple[str, ...], own: Floats, other: Floats) -> Difference:
    """The paired difference, outcomes of one group in one row."""
    names = list(dict.fromkeys(groups))
    members = [[row for row, group in enumerate(groups) if group == name] for name in names]
    width = max(map(len, members), default=0)
    grids = np.full((2, len(names), width), np.nan)
    for place, rows in enumerate(members):
        grids[0, place, : len(rows)], grids[1, place, : len(rows)] = own[rows], other[rows]
    return paired(grids[0], grids[1])

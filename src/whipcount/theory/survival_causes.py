"""How cabinets end: the hazard of each cause as a competing risk, and what share of the ends nobody decides.

A cabinet that ends otherwise is censored when a cause is fitted (Diermeier & Stevenson 2000 on competing risks of
terminations). The model of a crisis decides elections, votes of confidence, partners' exits and resignations by itself;
what is left is the hazard of an end that nobody at the table decides: the death of a head of government, a dismissal
from above, a coup.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, percent, say

from ..errors import Place, TableError
from .survival import Durations, fit_survival

UNDECIDED = ("change-pm", "other")  # codes of ends that no body, partner or leader decided: deaths, dismissals
SHIPPED = "endings.json"
REGULAR = "regular"  # an election at its time: no end of the cabinet's own
UNKNOWN = ""
MONTH = 365.25 / 12


@dataclass(frozen=True, eq=False)
class Ends:
    """Cabinets by how long they lasted (months), whether they ended before their time, and of what (`UNKNOWN`: cause
    not recorded); early ends alone are ends, the others are censored."""

    months: NDArray[np.float64]
    early: NDArray[np.bool_]
    cause: tuple[str, ...]

    def __post_init__(self) -> None:
        if not any(name != UNKNOWN and end for name, end in zip(self.cause, self.early, strict=True)):
            hint = "give the raw tables of ParlGov (raw_cabinet.csv, raw_codes.csv) in the same folder"
            raise TableError.one("WC553", "of no cabinet is the cause of its end recorded", hint)


@dataclass(frozen=True)
class Cause:
    """Ends of one cause: how many, the hazard a month with its 95% interval, the share of all early ends, and the
    shape of a Weibull fit (1: constant; above 1: rising with age; nan where fewer than five ended so)."""

    name: str
    ends: int
    rate: float
    low: float
    high: float
    share: float
    shape: float


@dataclass(frozen=True)
class EndingsFit(Result):
    """Causes of the ends of cabinets as competing risks, all ends together, and the share that nobody decides."""

    references: ClassVar[tuple[str, ...]] = (
        "Diermeier & Stevenson 2000, Cabinet terminations and critical events",
        "Lupia & Strom 1995, Coalition termination and the strategic timing of parliamentary elections",
        "Warwick 1994, Government survival in parliamentary democracies",
    )

    undrawn: ClassVar[str] = "its tables set causes and durations side by side"

    causes: tuple[Cause, ...]
    cabinets: int
    months: float
    ends: int
    known: int
    undecided: tuple[str, ...] = UNDECIDED
    provenance: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def rate(self) -> float:
        """Early ends a month, of all causes together."""
        return self.ends / self.months

    @property
    def undecided_ends(self) -> int:
        """Ends that nobody decided, among those whose cause is recorded."""
        return sum(cause.ends for cause in self.causes if cause.name in self.undecided)

    @property
    def undecided_share(self) -> float:
        """Their share of the early ends whose cause is recorded."""
        return self.undecided_ends / self.known

    def outlasts(self, days: float, share: float = 1.0) -> float:
        """The chance that a cabinet is not ended within `days` by this share of the hazard (1: all causes)."""
        return math.exp(-self.rate * share * days / MONTH)

    def tables(self) -> tuple[Table, ...]:
        """The causes, the most frequent first."""
        columns = (
            Column("cause", "Cause"),
            Column("decided", "In the model"),
            figure("ends", "Ends", "d"),
            figure("rate", "A month", ".5f"),
            figure("low", "95% from", ".5f"),
            figure("high", "to", ".5f"),
            figure("share", "Share", ".3f"),
            figure("shape", "Shape", ".2f"),
        )
        rows = tuple(
            (
                one.name,
                "undecided" if one.name in self.undecided else "decided",
                one.ends,
                one.rate,
                one.low,
                one.high,
                one.share,
                one.shape,
            )
            for one in self.causes
        )
        return (Table("causes", "Ends of cabinets", columns, rows),)

    def sentences(self) -> str:
        """The hazard of all ends and of those that nobody decides."""
        return say(
            "{cabinets} cabinets, {ends} early ends: {year} within a year. Of {known} with a recorded cause, "
            "{undecided} were decided by nobody ({share}): {rate} a month.",
            cabinets=self.cabinets,
            ends=self.ends,
            year=percent(1 - self.outlasts(365.25)),
            known=self.known,
            undecided=self.undecided_ends,
            share=percent(self.undecided_share, 1),
            rate=number(self.rate * self.undecided_share, 5),
        )

    def record(self) -> dict[str, Any]:
        """The table as JSON can carry it."""
        return {
            "provenance": self.provenance,
            "cabinets": self.cabinets,
            "months": round(self.months, 2),
            "ends": self.ends,
            "known": self.known,
            "rate": round(self.rate, 6),
            "undecided": list(self.undecided),
            "undecided_share": round(self.undecided_share, 6),
            "causes": [
                {
                    key: None if isinstance(value, float) and math.isnan(value) else value
                    for key, value in row.items()
                    if key != "decided"
                }
                for row in self.tables()[0].records()
            ],
        }

    def save(self, path: Path) -> None:
        """Write the table with its provenance as JSON."""
        rounded = json.loads(json.dumps(self.record()), parse_float=lambda text: round(float(text), 6))
        path.write_text(json.dumps(rounded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def fit_endings(ends: Ends) -> EndingsFit:
    """The hazard of each cause, the other ends censored.

    The total is that of all early ends over all months. Where causes are recorded for some cabinets only, each cause's
    hazard is the total times its share of the recorded ones: which ends have a cause on record is taken to tell
    nothing of the cause. Intervals are exact for a Poisson count (Garwood 1936).
    """
    from scipy.stats import chi2

    months = float(ends.months.sum())
    known = [name for name, early in zip(ends.cause, ends.early, strict=True) if early and name != UNKNOWN]
    total = int(ends.early.sum())
    recorded = np.array([name != UNKNOWN for name in ends.cause])
    causes = []
    for name in sorted(set(known), key=lambda one: (-known.count(one), one)):
        count = known.count(name)
        scale = total / len(known) / months
        causes.append(
            Cause(
                name,
                count,
                count * scale,
                float(chi2.ppf(0.025, 2 * count)) / 2 * scale,
                float(chi2.ppf(0.975, 2 * count + 2)) / 2 * scale,
                count / len(known),
                _shape(ends, recorded, name),
            )
        )
    return EndingsFit(tuple(causes), len(ends.months), months, total, len(known))


def _shape(ends: Ends, recorded: NDArray[np.bool_], name: str) -> float:
    """The shape of a Weibull fit to the ends of one cause, all others censored."""
    mine = np.array([cause == name for cause in ends.cause]) & ends.early
    if mine.sum() < 5:
        return math.nan
    months, ended = ends.months[recorded], mine[recorded]
    return fit_survival(Durations((), months, ended, np.zeros((len(months), 0))), "weibull").shape


def read_endings(text: str, where: str) -> EndingsFit:
    """A table that `save` wrote (WC534 where it is none)."""
    try:
        table = json.loads(text)
        causes = tuple(
            Cause(
                str(row["cause"]),
                int(row["ends"]),
                float(row["rate"]),
                float(row["low"]),
                float(row["high"]),
                float(row["share"]),
                math.nan if row["shape"] is None else float(row["shape"]),
            )
            for row in table["causes"]
        )
        return EndingsFit(
            causes,
            int(table["cabinets"]),
            float(table["months"]),
            int(table["ends"]),
            int(table["known"]),
            tuple(table["undecided"]),
            dict(table["provenance"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        hint = "give a file that `whipcount survival --causes --train` wrote"
        raise TableError.one("WC534", f"no table of endings: {error!r}", hint, Place(where)) from None


@cache
def shipped_endings() -> EndingsFit:
    """The table of endings that comes with the program."""
    file = resources.files(__package__).joinpath("trained", SHIPPED)
    return read_endings(file.read_text(encoding="utf-8"), SHIPPED)

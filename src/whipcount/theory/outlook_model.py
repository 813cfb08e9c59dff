"""The outlook: 24 probabilities from first-day judgements, with an offset for the population that a quarrel belongs to.

log odds = m_p + a_q + e_pq + b S_q / sqrt(k_q): p the population, q the question, S_q the signed sum of its k_q
standardised columns (`quarrel_models.SIGNS`). Priors: m ~ N(0, 2), a ~ N(0, 1), e ~ N(0, .7), b ~ N(.7, .35). Questions
and populations are pooled as far as the answers allow; the slope says how much judgements tell (Gelman & Hill 2007).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.text import mark

from ..errors import Place, TableError
from .first_day import FirstDay, Quarrels
from .quarrel_models import COLUMNS, TERMS, USED, columns_of, logit_map, middles, moments, sign_matrix
from .questionnaire import KEYS

Floats = NDArray[np.float64]
SHIPPED = "outlook.json"
LEVEL, QUESTION, BOTH = 2.0, 1.0, 0.7  # prior spreads of m, a, e
SLOPE, SLOPE_SPREAD = 0.7, 0.35
FARTHEST = 2.5  # standard deviations beyond which a column is taken no further
POPULATIONS = {
    "ordinary": mark("an ordinary quarrel, as one drawn by lot"),
    "crisis": mark("a quarrel that is known to have become a crisis"),
}
WEIGHTS = sign_matrix() / np.sqrt([[len(terms)] for terms in TERMS])


@dataclass(frozen=True, eq=False)
class OutlookModel:
    """The fitted model: offsets (populations, questions) with their errors, the slope, how columns are standardised.

    shared: covariance of each offset with the slope. donors: judgements of the quarrels of each population, (quarrels,
    judgements of `USED`), from which unknown ones are drawn. base: base rates (populations, questions).
    """

    populations: tuple[str, ...]
    offset: Floats
    offset_error: Floats
    shared: Floats
    slope: float
    slope_error: float
    centre: Floats
    spread: Floats
    donors: Mapping[str, Floats]
    base: Floats
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def row(self, population: str | None) -> int:
        """The place of a population; WC580 where none is named, or none of that name."""
        if population in self.populations:
            return self.populations.index(population or "")
        what = "the population is not named" if not population else f"no population {population!r}"
        hint = "name it: ordinary, for any quarrel of today, or crisis, for one known to have become one"
        raise TableError.one("WC580", what, hint)

    def sums(self, values: Mapping[str, Floats]) -> Floats:
        """The signed sums (..., questions) of judgements by key; an unknown column counts as the mean."""
        return self.sums_of(columns_of(values))

    def sums_of(self, columns: Floats) -> Floats:
        """The same from the columns of the signs (..., columns)."""
        standard = np.clip((columns - self.centre) / self.spread, -FARTHEST, FARTHEST)
        return np.asarray(np.nan_to_num(standard) @ WEIGHTS.T)

    def probabilities(self, first_days: tuple[FirstDay, ...], population: str) -> Floats:
        """Probabilities (quarrels, questions) at the middles of the judgements, coefficients at their best values."""
        line = self.offset[self.row(population)] + self.slope * self.sums(middles(first_days))
        return np.asarray(1 / (1 + np.exp(-line)))

    def save(self, path: Path) -> None:
        """Write the model as a small JSON table with its provenance."""
        path.write_text(json.dumps(self.record(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def record(self) -> dict[str, Any]:
        """The model as a table."""
        rows = [
            {
                "population": population,
                "question": key,
                "base_rate": round(float(self.base[place, column]), 4),
                "offset": round(float(self.offset[place, column]), 4),
                "error": round(float(self.offset_error[place, column]), 4),
                "with_slope": round(float(self.shared[place, column]), 5),
            }
            for place, population in enumerate(self.populations)
            for column, key in enumerate(KEYS)
        ]
        columns = [
            {"column": name, "mean": round(float(self.centre[place]), 4), "spread": round(float(self.spread[place]), 4)}
            for place, name in enumerate(COLUMNS)
        ]
        donors = {
            population: [[None if cell != cell else round(float(cell), 4) for cell in row] for row in rows]
            for population, rows in self.donors.items()
        }
        return {
            "provenance": dict(self.provenance),
            "scores": {key: dict(value) for key, value in self.scores.items()},
            "slope": round(self.slope, 4),
            "slope_error": round(self.slope_error, 4),
            "offsets": rows,
            "columns": columns,
            "judgements": list(USED),
            "donors": donors,
        }


def fit_outlook(quarrels: Quarrels) -> OutlookModel:
    """Fit the model to documented quarrels of any number of populations (WC533 where nothing is answered)."""
    populations = tuple(dict.fromkeys(quarrels.population))
    values = middles(quarrels.first_days)
    columns = columns_of(values)
    known = ~np.isnan(quarrels.answers)
    if not known.any():
        raise TableError.one("WC533", "no question has an answer", "give quarrels with answers")
    centre, spread = moments(columns)
    standard = np.nan_to_num(np.clip((columns - centre) / spread, -FARTHEST, FARTHEST))
    places = np.array([populations.index(one) for one in quarrels.population])
    design = _design(standard @ WEIGHTS.T, places, len(populations))
    questions, number = len(KEYS), len(populations)
    precision = np.r_[
        np.full(number, LEVEL**-2),
        np.full(questions, QUESTION**-2),
        np.full(number * questions, BOTH**-2),
        SLOPE_SPREAD**-2,
    ]
    mean = np.zeros(len(precision))
    mean[-1] = SLOPE
    place, covariance = logit_map(design[known], quarrels.answers[known], mean, precision)
    # an offset is the sum of three coefficients
    turn = _design(np.zeros((number, questions)), np.arange(number), number)
    offset = turn @ place
    error = np.sqrt(np.einsum("pqi,ij,pqj->pq", turn, covariance, turn))
    answers = [quarrels.answers[places == one] for one in range(number)]
    base = np.array([(np.nansum(one, axis=0) + 0.5) / ((~np.isnan(one)).sum(axis=0) + 1.0) for one in answers])
    rows = np.column_stack([values[key] for key in USED])
    return OutlookModel(
        populations=populations,
        offset=offset,
        offset_error=error,
        shared=np.asarray(turn @ covariance[:, -1]),
        slope=float(place[-1]),
        slope_error=float(np.sqrt(covariance[-1, -1])),
        centre=centre,
        spread=spread,
        donors={name: rows[places == one] for one, name in enumerate(populations)},
        base=base,
    )


def _design(sums: Floats, places: NDArray[np.intp], populations: int) -> Floats:
    """Rows of the model, shape (quarrels, questions, coefficients): m by population, a, e, slope."""
    rows, questions = sums.shape
    design = np.zeros((rows, questions, populations + questions + populations * questions + 1))
    each = np.arange(questions)
    for row, place in enumerate(places):
        design[row, :, place] = 1.0
        design[row, each, populations + each] = 1.0
        design[row, each, populations + questions + place * questions + each] = 1.0
    design[..., -1] = sums
    return design


def read_outlook(text: str, where: str) -> OutlookModel:
    """A model that `save` wrote (WC534 where it is none)."""
    try:
        table = json.loads(text)
        populations = tuple(dict.fromkeys(row["population"] for row in table["offsets"]))
        shape = len(populations), len(KEYS)
        if [row["question"] for row in table["offsets"]] != list(KEYS) * len(populations):
            raise ValueError("the questions are others")
        if [row["column"] for row in table["columns"]] != list(COLUMNS) or table["judgements"] != list(USED):
            raise ValueError("the columns are others")

        def grid(key: str) -> Floats:
            return np.array([float(row[key]) for row in table["offsets"]]).reshape(shape)

        return OutlookModel(
            populations=populations,
            offset=grid("offset"),
            offset_error=grid("error"),
            shared=grid("with_slope"),
            slope=float(table["slope"]),
            slope_error=float(table["slope_error"]),
            centre=np.array([float(row["mean"]) for row in table["columns"]]),
            spread=np.array([float(row["spread"]) for row in table["columns"]]),
            donors={key: np.array(rows, dtype=float) for key, rows in table["donors"].items()},
            base=grid("base_rate"),
            scores=table["scores"],
            provenance=table["provenance"],
        )
    except (ValueError, KeyError, TypeError) as error:
        hint = "give a file that `whipcount outlook --train` wrote"
        raise TableError.one("WC534", f"no outlook model: {error!r}", hint, Place(where)) from None


@cache
def shipped_outlook() -> OutlookModel:
    """The model that comes with the program."""
    file = resources.files(__package__).joinpath("trained", SHIPPED)
    return read_outlook(file.read_text(encoding="utf-8"), SHIPPED)

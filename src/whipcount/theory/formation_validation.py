"""Testing models of formation on what they were not trained on: countries left out, and time rolling forward.

Whatever is chosen about a model (here the strength of its shrinkage) is chosen inside the training part of each fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import TableError
from .formation_logit import Floats, fold_of
from .formation_model import SPECIFICATIONS, Specification, tables_of, train_on
from .formation_scores import Means, Score, score
from .formation_table import Opportunity

FOLDS = 10
FEWEST = 40  # formations to learn from before a decade is forecast


@dataclass(frozen=True, eq=False)
class Tested:
    """A specification tested: its forecast and score for each opportunity that was held out, in the order given."""

    specification: Specification
    opportunities: tuple[Opportunity, ...]
    forecasts: tuple[Floats, ...]
    scores: tuple[Score, ...]
    ridges: tuple[float, ...]

    @property
    def means(self) -> Means:
        """Means over what was held out."""
        return Means.over(self.scores)

    def where(self, keep: Sequence[bool]) -> Tested:
        """Only some of the held-out opportunities."""
        rows = [row for row, kept in enumerate(keep) if kept]
        return Tested(
            self.specification,
            tuple(self.opportunities[row] for row in rows),
            tuple(self.forecasts[row] for row in rows),
            tuple(self.scores[row] for row in rows),
            self.ridges,
        )


def leave_countries_out(
    opportunities: Sequence[Opportunity],
    specifications: Sequence[Specification] = SPECIFICATIONS,
    folds: int = FOLDS,
) -> tuple[Tested, ...]:
    """Each specification refitted without each fold of countries and tested on it, side by side in the same folds."""
    place = fold_of([opportunity.country for opportunity in opportunities], folds)
    if place.max() < 1:
        raise TableError.one("WC535", "one country cannot be left out of itself", "give at least two countries")
    splits = [(np.flatnonzero(place != fold), np.flatnonzero(place == fold)) for fold in range(int(place.max()) + 1)]
    return tuple(_tested(opportunities, specification, splits) for specification in specifications)


def rolling(
    opportunities: Sequence[Opportunity],
    specifications: Sequence[Specification] = SPECIFICATIONS,
    years: int = 10,
) -> tuple[Tested, ...]:
    """Each specification trained on what was known before each decade, and tested in that decade."""
    born = np.array([opportunity.date.year for opportunity in opportunities])
    splits = []
    for start in range(int(born.min()) // years * years, int(born.max()) + 1, years):
        before, inside = np.flatnonzero(born < start), np.flatnonzero((born >= start) & (born < start + years))
        if len(before) >= FEWEST and len(inside):
            splits.append((before, inside))
    if not splits:
        hint = f"at least {FEWEST} formations must lie before a decade"
        raise TableError.one("WC535", "too few formations to learn from before any decade", hint)
    return tuple(_tested(opportunities, specification, splits) for specification in specifications)


def _tested(
    opportunities: Sequence[Opportunity],
    specification: Specification,
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
) -> Tested:
    tables, names = tables_of(opportunities, specification.blocks)
    forecasts: dict[int, Floats] = {}
    ridges = []
    for inside, outside in splits:
        known = [opportunities[row] for row in inside]
        model = train_on([tables[row] for row in inside], names, known, specification)
        ridges.append(model.ridge)
        for row in outside:
            utility = tables[row] @ np.array(model.coefficients)
            weight = np.exp(utility - utility.max())
            forecasts[int(row)] = weight / weight.sum()
    rows = sorted(forecasts)
    return Tested(
        specification,
        tuple(opportunities[row] for row in rows),
        tuple(forecasts[row] for row in rows),
        tuple(score(opportunities[row], forecasts[row]) for row in rows),
        tuple(ridges),
    )

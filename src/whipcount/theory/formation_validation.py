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
FEWEST = 40  # formations to learn from before a span of years is forecast
RESAMPLES = 2_000  # of countries, for the intervals of gains


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

    @classmethod
    def joined(cls, parts: Sequence[Tested]) -> Tested:
        """Tests of one specification on several spans of years as one."""
        return cls(
            parts[0].specification,
            tuple(one for part in parts for one in part.opportunities),
            tuple(one for part in parts for one in part.forecasts),
            tuple(one for part in parts for one in part.scores),
            tuple(one for part in parts for one in part.ridges),
        )

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
    first: int | None = None,
) -> tuple[Tested, ...]:
    """Each specification trained on all that was known before each span of so many years, and tested in that span.

    first: the year from which anything is tested; the first with enough before it where none is given.
    """
    return tuple(
        _tested(opportunities, specification, rolling_splits(opportunities, years, first))
        for specification in specifications
    )


def rolling_splits(
    opportunities: Sequence[Opportunity], years: int, first: int | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What was known before each span of so many years, and what lies in it (WC535 where nothing can be tested)."""
    born = np.array([opportunity.date.year for opportunity in opportunities])
    splits = []
    for start in range(int(born.min()) // years * years, int(born.max()) + 1, years):
        before, inside = np.flatnonzero(born < start), np.flatnonzero((born >= start) & (born < start + years))
        if len(before) >= FEWEST and len(inside) and (first is None or start >= first):
            splits.append((before, inside))
    if not splits:
        hint = f"at least {FEWEST} formations must lie before a span of years that is tested"
        raise TableError.one("WC535", "too few formations to learn from before any span of years", hint)
    return splits


@dataclass(frozen=True)
class Gain:
    """A mean score of the whole model less that of another, with its 95% interval: countries drawn again and again."""

    against: str
    score: str
    gain: float
    low: float
    high: float


def gains(tested: Sequence[Tested]) -> tuple[Gain, ...]:
    """What the last specification gains on each other one; formations of a country are not taken as independent."""
    whole = tested[-1]
    countries = np.array([one.country for one in whole.opportunities])
    names = sorted(set(countries.tolist()))
    rows = {name: np.flatnonzero(countries == name) for name in names}
    random = np.random.default_rng(1)
    drawn = [
        np.concatenate([rows[names[place]] for place in random.integers(0, len(names), len(names))])
        for _ in range(RESAMPLES if names else 0)
    ]
    found = []
    for other in tested[:-1]:
        for score_name in ("first", "five", "loglik"):
            own, theirs = (np.array([getattr(row, score_name) for row in one.scores]) for one in (whole, other))
            if not len(own):
                continue
            means = [float((own - theirs)[draw].mean()) for draw in drawn]
            low, high = np.quantile(means, [0.025, 0.975])
            gain = float((own - theirs).mean())
            found.append(Gain(other.specification.name, score_name, gain, float(low), float(high)))
    return tuple(found)


def _tested(
    opportunities: Sequence[Opportunity],
    specification: Specification,
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
) -> Tested:
    return tested_on(opportunities, specification, splits, *tables_of(opportunities, specification.blocks))


def tested_on(
    opportunities: Sequence[Opportunity],
    specification: Specification,
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
    tables: Sequence[Floats],
    names: tuple[str, ...],
) -> Tested:
    """The same from covariates already computed."""
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

"""Models of formation side by side: means over what was left out, parts of time, spans that know nothing later."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from formation_bodies import parliament

from whipcount.errors import TableError
from whipcount.theory.formation import compare
from whipcount.theory.formation_model import INCUMBENCY, KIND
from whipcount.theory.formation_scores import Means
from whipcount.theory.formation_table import Opportunity
from whipcount.theory.formation_validation import leave_countries_out, rolling, rolling_splits


def cases(number: int = 80) -> list[Opportunity]:
    """Minimal winning cabinets of four countries, one every half a year."""
    random, found = np.random.default_rng(5), []
    for place in range(number):
        seats = tuple(random.dirichlet([5, 5, 5, 5]))
        winning = [row for row in range(15) if 0.5 < sum(seats[p] for p in range(4) if (row + 1) >> p & 1) < 0.75]
        row = int(random.choice(winning))
        chosen = tuple(bool((row + 1) >> party & 1) for party in range(4))
        day = dt.date(1960 + place // 2, 1 + 6 * (place % 2), 1)
        found.append(parliament(seats, tuple(random.random(4)), chosen, date=day, country="VWXY"[place % 4]))
    return found


def test_everything_that_is_compared_is_scored_on_the_same_formations() -> None:
    tested = leave_countries_out(cases(), (KIND, INCUMBENCY))
    found = compare(tested, "countries", years=20)
    names = [name for name, _ in found.means]
    assert names == ["uniform", KIND.name, INCUMBENCY.name]
    even, *others = (means for _, means in found.means)
    # all cabinets equal: one of fifteen is right, five of them are five
    assert (even.first_choice, even.top_five) == (pytest.approx(1 / 15), pytest.approx(1 / 3))
    assert even.mean_loglik == pytest.approx(-math.log(15)) == pytest.approx(even.uniform)
    for means, one in zip(others, tested, strict=True):
        assert means == one.means == Means.over(one.scores)
        assert means.opportunities == 80
        assert means.mean_loglik > even.mean_loglik
    assert [(part, name) for part, name, _ in found.parts] == [
        (f"{start}–{start + 19}", name) for start in (1960, 1980) for name in names[1:]
    ]
    for _, name, means in found.parts:
        assert means.opportunities == 40
        whole = dict(found.means)[name].mean_loglik
        halves = [other.mean_loglik for _, same, other in found.parts if same == name]
        assert np.mean(halves) == pytest.approx(whole)
    decades = compare(tested, "countries")
    assert [part for part, name, _ in decades.parts if name == names[1]] == ["1960s", "1970s", "1980s", "1990s"]
    assert found.best.means == others[-1]


def test_a_span_is_foretold_by_what_lies_before_it() -> None:
    given = cases()
    born = [one.date.year for one in given]
    for years, first in ((5, None), (10, 1985), (1, 1990)):
        splits = rolling_splits(given, years, first)
        for before, inside in splits:
            start = born[inside[0]] // years * years
            assert before.tolist() == [row for row in range(80) if born[row] < start]
            assert inside.tolist() == [row for row in range(80) if start <= born[row] < start + years]
            assert first is None or start >= first
        assert splits[-1][1][-1] == 79
    with pytest.raises(TableError, match="WC535"):
        rolling_splits(given[:8], 10)
    tested = rolling(given, (KIND,), years=10, first=1980)
    assert {one.date.year // 10 for one in tested[0].opportunities} == {198, 199}

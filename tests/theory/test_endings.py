"""Causes of the ends of cabinets as competing risks: closed forms, saving, and the shipped table."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from formation_bodies import PARLGOV, needs_parlgov

from whipcount.errors import TableError
from whipcount.theory.survival_causes import UNKNOWN, Ends, fit_endings, read_endings, shipped_endings


def _drawn(rates: dict[str, float], number: int = 4000, unknown: float = 0.0) -> Ends:
    """Cabinets whose causes compete at constant rates a month; an election ends all after four years."""
    random = np.random.default_rng(5)
    times = np.stack([random.exponential(1 / rate, number) for rate in rates.values()])
    first, names = times.min(axis=0), list(rates)
    early = first < 48.0
    hidden = random.random(number) < unknown
    cause = tuple(
        UNKNOWN if hide else names[place] if ended else "election-regular"
        for hide, place, ended in zip(hidden, times.argmin(axis=0), early, strict=True)
    )
    return Ends(np.minimum(first, 48.0), early, cause)


@pytest.mark.parametrize("unknown", [0.0, 0.6])
def test_each_cause_gets_its_own_hazard_whatever_share_of_causes_is_unknown(unknown: float) -> None:
    rates = {"confidence-vote": 0.02, "change-party": 0.01, "other": 0.004}
    found = fit_endings(_drawn(rates, unknown=unknown))
    assert [one.name for one in found.causes] == list(rates)
    for one in found.causes:
        assert one.low < rates[one.name] < one.high
        assert one.shape == pytest.approx(1.0, abs=0.15)
    assert sum(one.rate for one in found.causes) == pytest.approx(found.rate)
    assert found.rate == pytest.approx(0.034, rel=0.05)
    assert found.undecided_share == pytest.approx(0.004 / 0.034, abs=0.02)


def test_a_quarter_of_the_hazard_leaves_the_fourth_root() -> None:
    found = fit_endings(_drawn({"other": 0.03}))
    assert found.outlasts(365, 0.25) == pytest.approx(found.outlasts(365) ** 0.25)
    assert found.outlasts(365.25 / 12) == pytest.approx(math.exp(-found.rate))


def test_without_a_recorded_cause_there_is_nothing_to_fit() -> None:
    with pytest.raises(TableError, match="WC553"):
        Ends(np.array([3.0]), np.array([True]), (UNKNOWN,))


def test_saved_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "endings.json"
    shipped_endings().save(path)
    again = read_endings(path.read_text(encoding="utf-8"), "here")
    assert again.causes[0] == shipped_endings().causes[0]
    assert again.provenance["licence"]
    with pytest.raises(TableError, match="WC534"):
        read_endings("{}", "here")


@needs_parlgov
def test_the_shipped_table_is_that_of_these_cabinets() -> None:
    from whipcount.data.durations import parlgov_ends
    from whipcount.data.parlgov import read_parlgov

    found, shipped = fit_endings(parlgov_ends(read_parlgov(PARLGOV))), shipped_endings()
    assert (found.cabinets, found.ends, found.known) == (shipped.cabinets, shipped.ends, shipped.known)
    assert found.rate == pytest.approx(shipped.rate, rel=1e-4)
    assert found.undecided_share == pytest.approx(shipped.undecided_share, abs=1e-5)

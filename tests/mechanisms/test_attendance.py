"""How many of a bloc are present: the beta-binomial's mean and variance, and its two limits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from small import Tree, actor, body, run, two_party_tree

SIZE, ATTENDANCE = 40, 0.8


def _tree(**seat: object) -> Tree:
    """A bloc of forty and one person in a body of their own."""
    tree = two_party_tree()
    tree["actors"].append(actor("bloc", "gov", 0.0, size=SIZE))
    tree["bodies"].append(
        body("council", None, {"actor": "bloc", "weight": SIZE, "attendance": ATTENDANCE, **seat}, quorum=1)
    )
    return tree


def _present(common: float, tree: Tree | None = None) -> NDArray[np.float64]:
    """Members present on the first ten days of many runs; days are drawn anew."""
    ran = run(tree or _tree(), {"attendance.common": common}, runs=600)
    return np.asarray(ran.measure("attendance:council")[:10].ravel() * SIZE, np.float64)


@pytest.mark.parametrize("common", [0.0, 0.05, 0.3, 1.0])
def test_the_number_present_is_beta_binomial(common: float) -> None:
    present = _present(common)
    mean, variance = SIZE * ATTENDANCE, SIZE * ATTENDANCE * (1 - ATTENDANCE) * (1 + (SIZE - 1) * common)
    assert present.mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / present.size))
    assert present.var() == pytest.approx(variance, rel=0.08)


def test_without_common_reasons_nobody_stays_away_as_a_bloc() -> None:
    assert _present(0.0).min() > 0.4 * SIZE


def test_with_nothing_but_common_reasons_all_come_or_none() -> None:
    assert set(_present(1.0)) == {0.0, SIZE}


def test_a_bloc_that_an_event_keeps_away_is_away_as_a_whole() -> None:
    tree = _tree()
    change = {"actor": "bloc", "body": "council", "attends": "absent"}
    tree["events"] = [
        {
            "id": "walkout",
            "name": {"en": "a walkout", "ru": "a walkout"},
            "date": "2000-01-01",
            "effects": {"attendance": [change]},
            "assumed": "test",
        }
    ]
    assert not _present(0.1, tree).any()


def test_a_quorum_is_met_as_often_as_the_distribution_says() -> None:
    from scipy.stats import betabinom

    common, quorum = 0.2, 33
    strength = (1 - common) / common
    chance = betabinom.sf(quorum - 1, SIZE, ATTENDANCE * strength, (1 - ATTENDANCE) * strength)
    present = _present(common)
    assert np.mean(present >= quorum) == pytest.approx(chance, abs=0.03)

"""Abstention as a choice of its own: it tells of points where it comes from them, and of nothing where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from whipcount.theory.rollcall_abstention import sides_taken
from whipcount.theory.rollcall_ideal import IdealPoints, ideal_points
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls


def calls_of(votes: np.ndarray) -> RollCalls:
    members, motions = votes.shape
    return RollCalls(
        members=tuple(f"m{place}" for place in range(members)),
        parties=("",) * members,
        motions=tuple(Motion(f"v{place}") for place in range(motions)),
        votes=votes.astype(np.int8),
    )


def house(seed: int, steep: float, members: int = 80, motions: int = 30) -> tuple[RollCalls, np.ndarray]:
    """Votes of members of whom those on the right abstain more often, the more so the larger `steep` is."""
    random = np.random.default_rng(seed)
    point = random.standard_normal(members)
    cut, slope = 0.5 * random.standard_normal(motions), random.standard_normal(motions)
    votes = np.where(random.random((members, motions)) < norm.cdf(cut + np.outer(point, slope)), YES, NO)
    away = random.random((members, motions)) < norm.cdf(-0.5 + steep * point)[:, None]
    return calls_of(np.where(away, ABSTAIN, votes)), (point - point.mean()) / point.std()


def off(found: IdealPoints, point: np.ndarray) -> float:
    """The root mean square error of points, on their right side."""
    told = np.array([one.point[0] for one in found.members])
    point = point[[int(one.member[1:]) for one in found.members]]
    told = (told - told.mean()) / told.std() * np.sign(np.corrcoef(told, point)[0, 1])
    return float(np.sqrt(((told - point) ** 2).mean()))


@pytest.mark.parametrize("seed", range(3))
def test_who_abstains_tells_where_they_stand(seed: int) -> None:
    calls, point = house(seed, steep=1.0)
    missing, telling = ideal_points(calls, fewest=1), ideal_points(calls, fewest=1, abstentions=True)
    assert off(telling, point) < 0.8 * off(missing, point)
    slopes = np.array([one.discrimination[0] for one in telling.abstentions])
    where = point[[int(one.member[1:]) for one in telling.members]]
    right = np.sign(np.corrcoef([one.point[0] for one in telling.members], where)[0, 1])
    assert (slopes * right < 0).mean() > 0.95  # taking a side gets rarer to the right
    assert telling.correct == pytest.approx(missing.correct, abs=0.05)  # of yes and no alone
    assert telling.frame("abstentions").height == len(telling.abstentions)


def test_abstention_by_chance_tells_nothing() -> None:
    calls, point = house(5, steep=0.0)
    missing, telling = (ideal_points(calls, fewest=1, abstentions=one, draws=400) for one in (False, True))
    assert np.mean([one.discrimination[0] for one in telling.abstentions]) == pytest.approx(0, abs=0.25)
    assert off(telling, point) == pytest.approx(off(missing, point), abs=0.06)


def test_without_abstentions_nothing_is_another() -> None:
    calls, _ = house(1, steep=0.0)
    sided = calls_of(np.where(calls.votes == ABSTAIN, NO, calls.votes))
    assert ideal_points(sided, abstentions=True).members == ideal_points(sided).members
    assert ideal_points(sided, abstentions=True).abstentions == ()


def test_sides_are_taken_by_those_who_were_there() -> None:
    votes = np.array([[YES, ABSTAIN, YES], [NO, YES, YES], [ABSTAIN, ABSENT, NO]], dtype=np.int8)
    motions, side, seen = sides_taken(votes, 0.0)
    assert motions.tolist() == [0, 1]
    assert side.tolist() == [[True, False], [True, True], [False, False]]
    assert seen.tolist() == [[True, True], [True, True], [True, False]]


def test_draws_and_bootstrap_know_of_it() -> None:
    calls, point = house(2, steep=1.0, members=30, motions=15)
    drawn = ideal_points(calls, fewest=1, abstentions=True, draws=200)
    again = ideal_points(calls, fewest=1, abstentions=True, bootstrap=5)
    assert off(drawn, point) < 0.6
    assert len(again.motions) == len(drawn.motions)
    assert all(one.error[0] > 0 for one in again.members)

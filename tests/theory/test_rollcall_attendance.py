"""Who comes to a coming vote: limits, what the day tells, waves, and nothing from later than the motion."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from whipcount.theory.rollcall_attendance import attendance
from whipcount.theory.rollcall_table import ABSENT, YES, Motion, RollCalls


def record(here: np.ndarray, a_day: int = 1) -> RollCalls:
    """A record of who was there, so many motions a day."""
    votes = np.where(here, YES, ABSENT).astype(np.int8)
    days = tuple(Motion(f"m{at}", date=dt.date(2000, 1, 1) + dt.timedelta(at // a_day)) for at in range(here.shape[1]))
    return RollCalls(tuple(f"member {row}" for row in range(len(here))), ("A",) * len(here), days, votes)


def test_where_little_is_known_a_member_comes_as_often_as_the_record_says() -> None:
    # ten of ten, none of ten, each shrunk by ten motions of a house of which half came
    here = np.zeros((2, 10), dtype=bool)
    here[0] = True
    told = attendance(record(here))
    assert told.weights.tolist() == [1.0]
    fade = 0.5 ** (np.arange(10) / 40)
    assert told.mean[0] == pytest.approx((fade.sum() + 5) / (fade.sum() + 10), rel=1e-6)
    assert told.mean.sum() == pytest.approx(1.0)


def test_members_keep_their_own_rates() -> None:
    random = np.random.default_rng(1)
    rate = np.linspace(0.5, 0.98, 60)
    told = attendance(record(random.random((60, 80)) < rate[:, None]))
    assert np.corrcoef(told.mean, rate)[0, 1] > 0.9
    assert told.mean.mean() == pytest.approx(rate.mean(), abs=0.03)
    shifts = np.log(told.chances / (1 - told.chances))
    assert np.ptp(shifts, axis=0).max() < 1.0  # no wave where members come one by one


def test_who_was_there_earlier_the_same_day_comes_again() -> None:
    random = np.random.default_rng(2)
    days = random.random((80, 30)) < 0.7
    calls = record(np.repeat(days, 2, axis=1), a_day=2)
    later = calls.motions[-1].date
    before = calls.only_motions(range(59))
    same, other = attendance(before, later), attendance(before, later + dt.timedelta(1))
    here = calls.cast[:, 58]
    assert same.mean[here].min() > 0.9 > 0.3 > same.mean[~here].max()
    assert abs(other.mean[here].mean() - other.mean[~here].mean()) < 0.2


def test_waves_are_as_wide_as_the_house_comes_and_goes() -> None:
    random = np.random.default_rng(3)
    shift = random.normal(size=80) * 0.8
    calls = record(random.random((200, 80)) < 1 / (1 + np.exp(-1 - shift)))
    told = attendance(calls)
    odds = np.log(told.chances / (1 - told.chances)).mean(axis=1)
    spread = np.sqrt(told.weights @ (odds - told.weights @ odds) ** 2)
    assert spread == pytest.approx(shift[40:].std(), rel=0.35)


def test_nothing_later_is_used() -> None:
    random = np.random.default_rng(4)
    here = random.random((30, 50)) < 0.8
    changed = here.copy()
    changed[:, 40:] = ~changed[:, 40:]
    one, other = (attendance(record(table).only_motions(range(40))).mean for table in (here, changed))
    assert one.tolist() == other.tolist()

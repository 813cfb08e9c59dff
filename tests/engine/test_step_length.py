"""Results must not depend on the length of the step: half a day, a day, a week."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.results import OutcomeEvaluator, outcome_values, scenario_engine
from whipcount.scenario import load

RUNS = 6000
CHANCE = 2.0 * np.sqrt(2.0 * 0.25 / RUNS)  # two standard errors of a difference
# Outcomes that hang on a narrow dated window: the table is open for 18 days, the threat lasts six, the decree is dated.
NARROW = {"talks_fail", "mandate_hardens", "greens_leave_government"}


def _probabilities(step_days: float, beat_days: float = 1.0) -> dict[str, float]:
    loaded = load("two-bodies", set={"calendar.step_days": step_days, "calendar.beat_days": beat_days})
    engine = scenario_engine(loaded)
    values = outcome_values(engine, OutcomeEvaluator.of(loaded, engine.plan, engine.plan.world), 1, RUNS)
    return {name: float(np.nanmean(column)) for name, column in values.items()}


@pytest.fixture(scope="module")
def daily() -> dict[str, float]:
    return _probabilities(1.0)


@pytest.mark.slow
def test_half_a_day_and_a_day_agree(daily: dict[str, float]) -> None:
    """They differ by less than .03, chance apart."""
    half = _probabilities(0.5)
    apart = {
        name: round(half[name] - daily[name], 4) for name in daily if abs(half[name] - daily[name]) >= 0.03 + CHANCE
    }
    assert not apart


@pytest.mark.slow
def test_a_week_and_a_day_agree_where_bodies_meet_weekly() -> None:
    """At a tempo of seven days, steps of a day and of a week differ by less than .05, chance apart."""
    day, week = (_probabilities(step_days, beat_days=7.0) for step_days in (1.0, 7.0))
    apart = {
        name: round(week[name] - day[name], 4)
        for name in day
        if name not in NARROW and abs(week[name] - day[name]) >= 0.05 + CHANCE
    }
    assert not apart

"""Tempo: what is counted in beats takes so many more days where a beat has more of them; what has a date does not."""

from __future__ import annotations

import numpy as np
import pytest
from small import run
from test_cabinet import EAGER, inviting

from whipcount.mechanisms import all_mechanisms


@pytest.mark.parametrize("beat", [1.0, 3.0])
def test_a_span_of_beats_lasts_so_many_beats(beat: float) -> None:
    """The head would invite every day: a refused invitation rests four beats, neither less nor more."""
    tree = inviting(61)
    tree["calendar"]["beat_days"] = beat
    asked = run(tree, {**EAGER, "cabinet.invite": 1e3, "cabinet.again": 4.0}, runs=5).events("invite")
    for number in range(5):
        assert set(np.diff(asked["step"][asked["run"] == number])) == {4 * beat}


@pytest.mark.parametrize("beat", [1.0, 5.0])
def test_a_rate_of_beats_is_so_much_slower(beat: float) -> None:
    """With nothing to rest from, an invitation is made on a day with probability 1 - exp(-rate / beat)."""
    days, runs, rate = 60, 200, 0.4
    tree = inviting(days)
    tree["calendar"]["beat_days"] = beat
    asked = run(tree, {**EAGER, "choice.lam": 200.0, "cabinet.invite": rate, "cabinet.again": 0.0}, runs=runs)
    share = len(asked.events("invite")["run"]) / (days - 1) / runs
    expected = 1.0 - np.exp(-rate / beat)
    assert share == pytest.approx(expected, abs=4 * np.sqrt(expected / (days * runs)) + expected / days)


def test_only_meeting_answering_and_reconsidering_have_a_tempo() -> None:
    """A factor of seven where the unit says beats, of a seventh where it is a rate of them, and none elsewhere."""
    factors = {
        f"{mechanism.id}.{name}": (param.unit, param.in_days(7.0))
        for mechanism in all_mechanisms().values()
        for name, param in mechanism.parameters().items()
    }
    assert {factor for unit, factor in factors.values() if unit == "1 / beat"} == {1.0 / 7.0}
    assert {factor for unit, factor in factors.values() if unit == "beats"} == {7.0}
    assert {factor for unit, factor in factors.values() if "beat" not in unit} == {1.0}
    assert factors["demand.pace"][0] == "1 / beat"
    assert factors["survival.horizon"][0] == "days"  # anchored in what cabinets last

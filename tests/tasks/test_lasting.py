"""What lasts says so before it starts: the estimate grows as the work does, and stands before every long count."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest

import whipcount
from whipcount.tasks import _lasting
from whipcount.theory.rollcall_table import Motion, RollCalls
from whipcount.theory.rules import DecisionRule, Majority, weighted_majority


def chamber(members: int, motions: int) -> RollCalls:
    votes = np.indices((members, motions)).sum(axis=0).astype(np.int8) % 2
    names = tuple(f"m{row}" for row in range(members))
    return RollCalls(names, ("A",) * members, tuple(Motion(f"v{k}") for k in range(motions)), votes)


def several(members: int) -> DecisionRule:
    names = tuple(f"m{row}" for row in range(members))
    heads = Majority((1,) * members, members // 2 + 1, "members")
    weights = tuple(10_000 + 7 * row * row for row in range(members))
    other = tuple(20_000 - 11 * row * row for row in range(members))
    needed = (heads, Majority(weights, sum(weights) // 2 + 1), Majority(other, sum(other) // 2 + 1, "other"))
    return DecisionRule(names, (needed,))


def test_power_by_every_way_of_counting() -> None:
    """Each coalition more doubles the work; one of few kinds of members is cheap, and draws cost by member."""
    assert _lasting.of_power(several(27), (), 0) == pytest.approx(2 * _lasting.of_power(several(26), (), 0))
    assert _lasting.of_power(several(28), (), 0) > _lasting.TOLD
    assert _lasting.of_power(weighted_majority((1,) * 5000, 2501), (), 100_000) < _lasting.TOLD
    large = weighted_majority(tuple(10**6 + 17 * row * row for row in range(1000)), 10**9)
    assert _lasting.of_power(large, (), 200_000) == pytest.approx(2 * _lasting.of_power(large, (), 100_000))
    assert _lasting.of_power(large, (), 100_000) > _lasting.TOLD
    small = weighted_majority(tuple(range(1, 200)), 10_000)
    assert _lasting.of_power(small, ("banzhaf",), 0) < _lasting.of_power(small, ("shapley_shubik",), 0)


def test_other_counts() -> None:
    assert _lasting.of_map(200, 2) == pytest.approx(8 * _lasting.of_map(100, 2))
    assert _lasting.of_map(200, 1) == pytest.approx(4 * _lasting.of_map(100, 1))
    assert _lasting.of_bargain(60, 1, ("ktab",), 10) == pytest.approx(80 * _lasting.of_bargain(30, 1, ("ktab",)))
    assert _lasting.of_bargain(5000, 1, ("median",)) == 0
    calls = chamber(10, 20)
    assert _lasting.of_points(calls, 1, 0, 99) == pytest.approx(100 * _lasting.of_points(calls, 1, 0))
    assert _lasting.of_whip(chamber(10, 40)) == pytest.approx(4 * _lasting.of_whip(calls))


@pytest.mark.parametrize(
    "count",
    [
        lambda: whipcount.power([5, 4, 3, 2]),
        lambda: whipcount.spatial(
            [{"party": name, "seats": 3, "x": row} for row, name in enumerate("ABC")], positions="x"
        ),
        lambda: whipcount.bargain(
            [{"actor": name, "power": 1, "position": row, "salience": 1} for row, name in enumerate("ABC")],
            model="ktab",
        ),
        lambda: whipcount.rollcall.ideal(chamber(12, 12)),
        lambda: whipcount.rollcall.classify(chamber(12, 12)),
        lambda: whipcount.rollcall.test(chamber(12, 40)),
    ],
)
def test_it_is_told_before_the_work(count: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything lasts (told from no seconds on), each count says so, and what it says is about itself."""
    told: list[str] = []
    monkeypatch.setattr("whipcount.session.notice", lambda text, **_: told.append(text))
    monkeypatch.setattr(_lasting, "TOLD", 0.0)
    with contextlib.suppress(whipcount.WhipcountError):  # too small to be scaled; what lasts was told before
        count()
    assert any("this takes about" in text for text in told)

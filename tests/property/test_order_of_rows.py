"""The order of the rows decides nothing: every command that counts tells the same of a table whose rows are shuffled.

Tables are drawn with many equals (seats, places, power, votes), for ties are where an order could decide.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.table import Result
from whipcount.theory.apportionment import METHODS, apportion

SETTINGS = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
Row = dict[str, Any]
NAMES = ("Zinnia", "Aster", "Mallow", "Dahlia", "Broom", "Yarrow", "Clover")


def parties(least: int = 2, most: int = 6) -> st.SearchStrategy[list[Row]]:
    """Parties in few sizes at few places."""

    def build(rows: list[tuple[int, int, int, float]]) -> list[Row]:
        return [
            {"party": NAMES[place], "seats": seats, "left_right": float(x), "europe": float(y), "salience": care}
            for place, (seats, x, y, care) in enumerate(rows)
        ]

    row = st.tuples(
        st.sampled_from([1, 2, 3, 5]), st.integers(0, 4), st.integers(0, 3), st.sampled_from([0.3, 0.6, 0.9])
    )
    return st.lists(row, min_size=least, max_size=most).map(build)


def plain(value: Any) -> Any:
    """A value as it can be compared: numbers rounded, names in a list or a cell without their order."""
    if isinstance(value, float):
        return round(value, 7) + 0.0
    if isinstance(value, str):
        return sorted(value.split(", "))
    if isinstance(value, dict):
        return sorted((key, repr(plain(one))) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return sorted(value) if all(isinstance(one, str) for one in value) else [plain(one) for one in value]
    return value


def told(result: Result) -> dict[str, Any]:
    """What a result tells, whatever the order of its rows and names."""
    tables = {table.name: sorted(repr(plain(row)) for row in table.records()) for table in result.tables()}
    return tables | {"words": sorted(re.findall(r"\w+", result.words("en")))}


def assert_same(count: Callable[[list[Row]], Result], rows: list[Row], seed: int) -> None:
    """The same of the rows and of the rows shuffled."""
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    assert told(count(rows)) == told(count(shuffled))


RULES = ("majority", "2/3", "3/5 of seats and majority of members", "majority; casting: Aster", "1/2; veto: Zinnia")


@SETTINGS
@given(parties(), st.integers(0, 99), st.sampled_from(RULES))
def test_power(rows: list[Row], seed: int, rule: str) -> None:
    assert_same(lambda given: whipcount.power(given, rule=rule, positions="left_right,europe"), rows, seed)


@SETTINGS
@given(parties(), st.integers(0, 99), st.sampled_from(RULES))
def test_coalitions(rows: list[Row], seed: int, rule: str) -> None:
    assert_same(
        lambda given: whipcount.coalitions(given, positions="left_right,europe", rule=rule, limit=9), rows, seed
    )


@settings(SETTINGS, max_examples=20)
@given(parties(3), st.integers(0, 99), st.booleans())
def test_spatial(rows: list[Row], seed: int, plane: bool) -> None:
    columns, stay = ("left_right,europe", (1.0, 2.0)) if plane else ("left_right", (1.0,))
    assert_same(lambda given: whipcount.spatial(given, positions=columns, status_quo=stay, grid=12), rows, seed)


@SETTINGS
@given(parties(3), st.integers(0, 99))
def test_bargain(rows: list[Row], seed: int) -> None:
    actors = [
        {"actor": row["party"], "power": row["seats"], "position": row["left_right"], "salience": row["salience"]}
        for row in rows
    ]
    # KTAB's own play settles ties by the order of the rows, and says so: tests/theory/test_ktab.py
    models = ["compromise", "mean", "median", "nash", "expected_utility", "setter"]
    assert_same(lambda given: whipcount.bargain(given, model=models, status_quo=(2.0,)), actors, seed)


@SETTINGS
@given(parties(3), st.integers(0, 99))
def test_formation(rows: list[Row], seed: int) -> None:
    assert_same(lambda given: whipcount.formation(given, scale=(0, 10)), rows, seed)


def votes_of(seed: int) -> list[Row]:
    """Twenty votes of members of two parties: a party's line, broken now and then; two parties may be as large."""
    dice = random.Random(seed)
    found = []
    for motion in range(20):
        for place in range(12):
            line = ("yes", "no")[(motion + place % 2) % 2]
            vote = line if dice.random() < 0.8 else dice.choice(["yes", "no", "abstain"])
            day = f"2020-{motion // 2 + 1:02d}-{motion % 2 + 1:02d}"
            found.append(
                {"member": f"M{place}", "party": "AB"[place % 2], "motion": f"m{motion}", "vote": vote, "date": day}
            )
    return found


@pytest.mark.parametrize("rule", ["cast", "2/3 of present", "majority; casting: M3", "3/5 and 4; veto: M1"])
@pytest.mark.parametrize("seed", [0])
def test_whip_counts(seed: int, rule: str) -> None:
    rows = votes_of(seed)
    assert_same(lambda given: whipcount.rollcall.whip(given, like="m19", rule=rule), rows, seed)


@settings(SETTINGS, max_examples=8)
@given(st.integers(0, 99))
def test_unity_and_ideal_points(seed: int) -> None:
    rows = votes_of(seed)
    assert_same(whipcount.rollcall.unity, rows, seed)
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    first, second = (
        {one.member: one.point[0] for one in whipcount.rollcall.ideal(given, right="M0").members}
        for given in (rows, shuffled)
    )
    assert first == pytest.approx(second, abs=1e-4)


@given(
    st.lists(st.sampled_from([10, 20, 30, 60]), min_size=2, max_size=7),
    st.integers(1, 12),
    st.sampled_from([one for one in METHODS if one != "imperiali_quota"]),
    st.integers(0, 99),
)
def test_apportionment(votes: list[int], seats: int, method: str, seed: int) -> None:
    order = list(range(len(votes)))
    random.Random(seed).shuffle(order)
    first = apportion(votes, seats, method, parties=NAMES[: len(votes)])
    second = apportion([votes[row] for row in order], seats, method, parties=[NAMES[row] for row in order])
    assert told(first) == told(second)

"""From polls to odds: pooling in closed forms, the method of seats, chances of majorities, tables that are no polls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from whipcount.data.polls import read_polls
from whipcount.errors import TableError
from whipcount.theory.apportionment import apportion
from whipcount.theory.polls import PollOdds, Polls, _weights, drawn_seats, odds_of, pooled

DAY = dt.date(2025, 1, 1)


def polls(shares: list[list[float]], days: list[int], houses: list[str] | None = None, size: float = 1000.0) -> Polls:
    """Polls of parties A, B, ... and others, so many days after the first."""
    table = np.array(shares)
    names = tuple("ABCDEF"[: table.shape[1]])
    whole = np.column_stack([table, 1 - table.sum(axis=1)])
    when = tuple(DAY + dt.timedelta(day) for day in days)
    return Polls(names, when, tuple(houses or [""] * len(days)), np.full(len(days), size), whole)


def poll_odds(
    given: Polls, seats: int, method: str = "sainte_lague", excluded: Sequence[tuple[str, str]] = (), **more: Any
) -> PollOdds:
    """The odds of so many draws."""
    return odds_of(drawn_seats(given, seats, method, **more), given, seats, more.get("day"), excluded)


def test_without_a_walk_and_houses_polls_are_weighed_by_their_sizes() -> None:
    given = polls([[0.4, 0.3], [0.5, 0.2]], [0, 10])
    given = Polls(given.parties, given.days, given.houses, np.array([1000.0, 3000.0]), given.shares)
    weights, variance = _weights(given, DAY + dt.timedelta(20), 0.0, 0.0)
    assert weights == pytest.approx([0.25, 0.75])
    assert variance == pytest.approx(1 / 4000)


def test_with_a_long_walk_the_last_poll_tells() -> None:
    given = polls([[0.4, 0.3], [0.5, 0.2]], [0, 400])
    weights, variance = _weights(given, given.days[-1] + dt.timedelta(50), 0.1, 0.0)
    assert weights == pytest.approx([0, 1], abs=0.01)
    assert variance == pytest.approx(1 / 1000 + 0.1**2 * 50, rel=0.01)


def test_many_polls_of_one_house_are_worth_little_more_than_one() -> None:
    one_house = polls([[0.5]] * 9 + [[0.4]], [0] * 10, ["X"] * 9 + ["Y"])
    weights, _ = _weights(one_house, DAY, 0.0, 1.0)
    assert weights[:9].sum() == pytest.approx(0.5, abs=0.01)
    equal, _ = _weights(one_house, DAY, 0.0, 0.0)
    assert equal[:9].sum() == pytest.approx(0.9)


def test_the_walk_and_the_houses_are_learnt() -> None:
    random = np.random.default_rng(1)
    for walk, house in ((0.0005, 0.08), (0.016, 0.0)):
        days, houses = list(range(0, 120, 2)), [("X", "Y", "Z")[at % 3] for at in range(60)]
        level = 0.4 + np.cumsum(random.normal(size=60) * walk * np.sqrt(2 * 0.24))
        effect = {name: random.normal() * house * np.sqrt(0.24) for name in "XYZ"}
        noise = random.normal(size=60) * np.sqrt(0.24 / 2000)
        shares = level + [effect[name] for name in houses] + noise
        _, _, found, found_house = pooled(
            polls([[one] for one in shares], days, houses, 2000.0), DAY + dt.timedelta(118)
        )
        assert walk / 2.1 <= found <= walk * 2.1
        assert (found_house >= 0.04) == (house > 0)


def test_draws_have_the_covariance_of_a_sample() -> None:
    given = polls([[0.5, 0.3]], [0], size=1e9)
    told = poll_odds(given, 1000, off=0.04, draws=8000)
    by_name = {one.party: one for one in told.parties}
    for name, share in (("A", 0.5), ("B", 0.3)):
        width = 1.645 * 0.04 * np.sqrt(share * (1 - share))
        assert by_name[name].share == pytest.approx(share, abs=0.002)
        assert by_name[name].share_high - by_name[name].share == pytest.approx(width, rel=0.06)


def test_what_is_sure_gives_the_seats_of_the_method() -> None:
    given = polls([[0.47, 0.16, 0.159, 0.12, 0.06]], [0], size=1e12)
    for method in ("dhondt", "hare", "sainte_lague"):
        told = poll_odds(given, 10, method, off=0.0, draws=100)
        expected = apportion([470_000, 160_000, 159_000, 120_000, 60_000], 10, method).seats
        found = {one.party: one.seats for one in told.parties}
        assert [found[name] for name in "ABCDE"] == list(expected)
    assert told.coalitions[0].majority == 1.0


def test_others_count_towards_the_threshold_and_win_nothing() -> None:
    # C has 5% of all votes, but 5.6% of those of named parties
    given = polls([[0.45, 0.40, 0.0499]], [0], size=1e12)
    told = poll_odds(given, 100, threshold=Fraction(1, 20), off=0.0, draws=100)
    assert {one.party: one.enters for one in told.parties} == {"A": 1.0, "B": 1.0, "C": 0.0}
    assert sum(one.seats for one in told.parties) == pytest.approx(100)


def test_an_even_race_is_even_and_exclusions_hold() -> None:
    given = polls([[0.45, 0.45, 0.1]], [0])
    told = poll_odds(given, 101, draws=3000)
    largest = {one.party: one.largest for one in told.parties}
    assert largest["A"] == pytest.approx(0.5, abs=0.04)
    chances = {one.parties: one for one in told.coalitions}
    assert chances["A", "B"].majority > 0.999
    apart = poll_odds(given, 101, draws=500, excluded=[("B", "A")])
    assert all(not {"A", "B"} <= set(one.parties) for one in apart.coalitions)


class TestTable:
    def test_percentages_houses_and_sizes(self) -> None:
        rows = [("2025-01-02", "X", 500, "A", 40), ("2025-01-02", "X", 500, "B", 35.5)]
        rows += [("2025-01-01", "Y", None, "A", 38), ("2025-01-01", "Y", None, "B", 36)]
        names = ("date", "pollster", "size", "party", "share")
        found = read_polls([dict(zip(names, row, strict=True)) for row in rows])
        assert found.parties == ("A", "B")
        assert found.days == (dt.date(2025, 1, 1), dt.date(2025, 1, 2))
        assert found.sizes.tolist() == [1000, 500]
        assert found.shares[1] == pytest.approx([0.4, 0.355, 0.245])

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ([("2025-01-01", "A", 40), ("2025-01-01", "A", 41)], "WC595"),
            ([("2025-01-01", "A", 40), ("2025-01-01", "B", 70)], "WC595"),
            ([("2025-01-01", "A", 40), ("2025-01-01", "B", 30), ("2025-01-02", "B", 30)], "WC595"),
            ([("2025-01-01", "A", -4), ("2025-01-01", "B", 70)], "WC595"),
            ([("2025-01-01", "A", None), ("2025-01-01", "B", 70)], "WC543"),
        ],
    )
    def test_what_is_no_poll_is_refused(self, rows: list[tuple[str, str, float | None]], code: str) -> None:
        with pytest.raises(TableError, match=code):
            read_polls([dict(zip(("date", "party", "share"), row, strict=True)) for row in rows])

    def test_an_election_before_its_polls(self) -> None:
        with pytest.raises(TableError, match="WC594"):
            poll_odds(polls([[0.5, 0.3]], [0]), 10, day=DAY - dt.timedelta(1))

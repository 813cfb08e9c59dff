"""The expected-utility model: published rounds, the same rounds from a plain program, and what must hold of them."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from count_bodies import EMISSIONS, emissions
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.expected_utility import ExpectedUtilityResult, Move, expected_utility, pairwise_success
from whipcount.theory.expected_utility_play import play_rounds, weighted_medians
from whipcount.theory.tables import PositionsTable

MEDIANS = [7.0, 8.4159, 9.6109, 9.9620, 9.9620, 9.9620, 7.4720, 8.8246, 9.6711, 9.6711, 7.0]
MEANS = [7.3900, 7.4613, 7.5525, 7.5901, 7.3581, 7.3492, 7.4149, 7.5105, 7.5724, 7.3250, 7.2421]


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """The plain program that the benchmark measures against."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "theory_speed.py"
    found = importlib.util.spec_from_file_location("theory_speed", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["theory_speed"] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(path.parent))  # where the other modules of the benchmarks are
        found.loader.exec_module(module)
    return module


class TestEmissions:
    def test_rounds_over_all_pairs(self) -> None:
        result = expected_utility(emissions(), denominator="all")
        assert result.medians == pytest.approx(MEDIANS, abs=6e-5)
        assert result.means == pytest.approx(MEANS, abs=6e-5)
        assert result.means[0] == pytest.approx(7.389956, abs=1e-6)

    def test_first_moves_are_the_published_ones(self) -> None:
        first = [
            (move.actor, move.kind, move.partner) for move in expected_utility(emissions()).moves if move.round == 1
        ]
        assert first[0] == ("BE", "compromise", "FR")
        assert ("LU", "confrontation", "BE") in first
        assert len(first) == 3

    def test_rounds_over_the_pair(self, plain: ModuleType) -> None:
        """No rounds are printed for this denominator: those of an independent plain program are the yardstick."""
        rows = list(EMISSIONS.values())
        model = plain.PlainModel(
            [float(row[1]) for row in rows], [row[0] for row in rows], [row[2] for row in rows], "pair"
        )
        result = expected_utility(emissions(), denominator="pair", rounds=3)
        for number in range(1, 4):
            model.play()
            assert result.positions[number] == pytest.approx(model.places, abs=1e-9)
        assert result.medians == (7.0,) * 4
        assert result.means == pytest.approx([7.3900, 7.5550, 7.0480, 7.0081], abs=6e-5)

    def test_chances_of_a_pair(self) -> None:
        rows = list(EMISSIONS.values())
        given_rows = ([row[1] for row in rows], [row[0] for row in rows], [row[2] for row in rows])
        assert pairwise_success(*given_rows, 7, 4) == pytest.approx(0.6337, abs=6e-5)
        assert pairwise_success(*given_rows, 7, 10) == pytest.approx(0.5037, abs=6e-5)
        assert pairwise_success(*given_rows, 10, 4) == pytest.approx(0.5753, abs=6e-5)

    def test_nearest_compromise_takes_another_way(self) -> None:
        lowest, nearest = (expected_utility(emissions(), compromise=kind) for kind in ("lowest", "nearest"))  # type: ignore[arg-type]
        assert lowest.medians[:4] == pytest.approx(nearest.medians[:4])
        assert lowest.medians[4] != pytest.approx(nearest.medians[4], abs=1e-3)


random_tables = st.integers(0, 10_000)


def draws_of(seed: int, draws: int = 3, actors: int = 6) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    return random.random((draws, actors)), random.random((draws, actors)) + 0.01, random.random((draws, actors))


class TestAnyTable:
    @settings(max_examples=25, deadline=None)
    @given(random_tables, st.sampled_from(["all", "pair"]))
    def test_same_as_the_plain_program(self, plain: ModuleType, seed: int, denominator: str) -> None:
        places, capability, salience = draws_of(seed)
        play = play_rounds(places, capability, salience, np.ptp(places, axis=1), 3, denominator)  # type: ignore[arg-type]
        for draw in range(3):
            model = plain.PlainModel(
                places[draw].tolist(), capability[draw].tolist(), salience[draw].tolist(), denominator
            )
            for _ in range(3):
                model.play()
            assert play.positions[-1, draw] == pytest.approx(model.places, abs=1e-6)

    @settings(max_examples=30, deadline=None)
    @given(random_tables, st.sampled_from(["all", "pair"]), st.sampled_from(["lowest", "nearest"]))
    def test_nobody_leaves_the_hull(self, seed: int, denominator: str, compromise: str) -> None:
        places, capability, salience = draws_of(seed)
        play = play_rounds(places, capability, salience, np.ptp(places, axis=1), 6, denominator, compromise)  # type: ignore[arg-type]
        assert (play.positions.max(axis=2) <= places.max(axis=1) + 1e-12).all()
        assert (play.positions.min(axis=2) >= places.min(axis=1) - 1e-12).all()
        assert ((play.risk >= 0.5 - 1e-12) & (play.risk <= 2 + 1e-12)).all()

    def test_a_draw_alone_is_the_draw_in_a_crowd(self) -> None:
        places, capability, salience = draws_of(3, draws=300, actors=15)
        together = play_rounds(places, capability, salience, np.ptp(places, axis=1), 4)
        alone = play_rounds(places[7:8], capability[7:8], salience[7:8], np.ptp(places[7:8], axis=1), 4)
        assert (together.positions[:, 7] == alone.positions[:, 0]).all()
        assert (together.partners[:, 7] == alone.partners[:, 0]).all()

    @settings(max_examples=20, deadline=None)
    @given(random_tables, st.floats(0.1, 100), st.floats(-50, 50))
    def test_scale_does_not_matter(self, seed: int, factor: float, shift: float) -> None:
        places, capability, salience = draws_of(seed, draws=1)
        one = play_rounds(places, capability, salience, np.ptp(places, axis=1), 2, "pair", "nearest")
        other = factor * places + shift
        two = play_rounds(other, capability * 7, salience, np.ptp(other, axis=1), 2, "pair", "nearest")
        assert factor * one.positions + shift == pytest.approx(two.positions, abs=1e-6 * factor)

    @settings(max_examples=20, deadline=None)
    @given(random_tables)
    def test_the_nearest_compromise_does_not_know_left_from_right(self, seed: int) -> None:
        places, capability, salience = draws_of(seed, draws=1)
        one = play_rounds(places, capability, salience, np.ptp(places, axis=1), 2, "all", "nearest")
        two = play_rounds(1 - places, capability, salience, np.ptp(places, axis=1), 2, "all", "nearest")
        assert 1 - one.positions == pytest.approx(two.positions, abs=1e-9)


def test_all_in_one_place() -> None:
    play = play_rounds(np.full((1, 4), 3.0), np.ones((1, 4)), np.ones((1, 4)), np.zeros(1), 3)
    assert (play.positions == 3).all()
    assert (play.kinds == 0).all()


def test_tied_median_is_the_middle() -> None:
    assert weighted_medians(np.array([[0.0, 1.0]]), np.ones((1, 2))) == [0.5]
    assert weighted_medians(np.array([[0.0, 1.0, 5.0]]), np.array([[1.0, 1.0, 2.0]])) == [3.0]


def test_result_tells_itself() -> None:
    result = expected_utility(emissions())
    assert "from 7 to 7 in 10 rounds" in result.words()
    assert "BE идёт на компромисс с FR" in result.words("ru")
    assert result.record()["median"][0] == 7.0
    assert len(result.tables()[0].rows) == 11


def rounds_of(*positions: tuple[float, ...]) -> ExpectedUtilityResult:
    """A play of which only the positions matter; who moves is told in the moves."""
    moves = [
        Move(number, "ABC"[row], "compromise", "A", after[row])
        for number, (before, after) in enumerate(itertools.pairwise(positions), start=1)
        for row in range(len(after))
        if after[row] != before[row]
    ]
    medians = tuple(sorted(places)[1] for places in positions)
    means = tuple(sum(places) / 3 for places in positions)
    return ExpectedUtilityResult(
        ("A", "B", "C"), "tax", positions, medians, means, (), tuple(moves), "all", "lowest"
    )  # fmt: skip


class TestEnding:
    def test_a_circle_is_called_one(self) -> None:
        result = rounds_of((0, 5, 10), (0, 4, 10), (0, 6, 10), (0, 4, 10), (0, 6, 10))
        assert (result.settled, result.cycle) == (None, (1, 2))
        told = result.words("en")
        assert "in a circle on tax: from round 1 on positions come back every 2 rounds" in told
        assert "between 4 and 6" in told
        assert "no forecast" in told

    def test_what_settles_is_a_forecast(self) -> None:
        result = rounds_of((0, 5, 10), (0, 4, 10), (0, 4, 10), (0, 4, 10))
        assert (result.settled, result.cycle) == (1, None)
        assert "Nobody moves after round 1" in result.words("en")
        assert rounds_of((0, 5, 10), (0, 5, 10)).settled == 0

    def test_what_is_broken_off_is_said_to_be(self) -> None:
        result = rounds_of((0, 5, 10), (0, 4, 10), (0, 3, 10))
        assert (result.settled, result.cycle) == (None, None)
        assert "has not settled on tax after 2 rounds" in result.words("en")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"rounds": -1}, "WC516"),
        ({"denominator": "none"}, "WC516"),
        ({"compromise": "far"}, "WC516"),
        ({"dimension": "weeks"}, "WC513"),
    ],
)
def test_bad_options(options: dict[str, object], code: str) -> None:
    with pytest.raises(TableError, match=code):
        expected_utility(emissions(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"names": ("A", "A")}, "WC503"),
        ({"power": (-1.0, 1.0)}, "WC505"),
        ({"power": (float("nan"), 1.0)}, "WC505"),
        ({"power": (0.0, 0.0)}, "WC507"),
        ({"ideal": ((float("nan"),), (1.0,))}, "WC509"),
        ({"salience": ((2.0,), (1.0,))}, "WC512"),
        ({"scale": ((0.0, 0.5),)}, "WC512"),
        ({"dimensions": ()}, "WC509"),
        ({"power": (1.0,)}, "WC514"),
    ],
)
def test_bad_tables(change: dict[str, object], code: str) -> None:
    good: dict[str, object] = {
        "names": ("A", "B"), "power": (1.0, 1.0), "ideal": ((0.0,), (1.0,)), "salience": ((1.0,), (1.0,)),
        "dimensions": ("x",),
    }  # fmt: skip
    with pytest.raises(TableError, match=code):
        PositionsTable(**(good | change))  # type: ignore[arg-type]

"""KTAB's spatial model of politics: its own positions turn by turn, its elections, its options."""

from __future__ import annotations

import csv
from dataclasses import fields
from typing import get_args, get_type_hints

import numpy as np
import pytest
from count_bodies import EMISSIONS, KTAB_3, KTAB_6, KTAB_GOLDEN

from whipcount.data.ktab import load_ktab
from whipcount.errors import TableError
from whipcount.theory.ktab import SmpOptions, _Turn, election, risk_from, scaled, spatial_model
from whipcount.theory.tables import PositionsTable

needs_samples = pytest.mark.skipif(not KTAB_GOLDEN.exists(), reason="KTAB's samples are not on this machine")
CHOICES = [
    (option.name, choice)
    for option in fields(SmpOptions)
    for choice in get_args(get_type_hints(SmpOptions)[option.name])
    if isinstance(choice, str)
]

THREE = PositionsTable(
    names=("A", "B", "C"),
    power=(100.0, 60.0, 80.0),
    ideal=((10.0, 20.0), (90.0, 40.0), (50.0, 95.0)),
    salience=((0.4, 0.3), (0.2, 0.6), (0.5, 0.45)),
    dimensions=("x", "y"),
    scale=((0.0, 100.0), (0.0, 100.0)),
)


@needs_samples
def test_positions_by_turn_are_ktabs() -> None:
    """Every actor, dimension and turn of the published sample, and the same number of turns."""
    result = spatial_model(load_ktab(KTAB_3))
    with KTAB_GOLDEN.open() as file:
        rows = list(csv.DictReader(file))
    assert result.turns == max(int(row["turn"]) for row in rows)
    for row in rows:
        mine = result.positions[int(row["turn"])][result.names.index(row["actor"])][int(row["dim"])]
        assert mine == pytest.approx(float(row["position"]), abs=0.01)


@needs_samples
def test_the_larger_sample_plays_to_its_end() -> None:
    result = spatial_model(load_ktab(KTAB_6))
    assert 2 <= result.turns <= 100
    assert sum(result.chances) == pytest.approx(1)
    low, high = np.array(result.positions[0]).min(axis=0), np.array(result.positions[0]).max(axis=0)
    assert (np.array(result.forecast) >= low).all()
    assert (np.array(result.forecast) <= high).all()


def test_elections_on_published_data() -> None:
    """Chances of three positions, risk neutral, by the conditional and the Markov election."""
    rows = np.array(list(EMISSIONS.values()))
    utility = 1 - np.abs(rows[:, 1][:, None] - np.array([4.0, 7.0, 10.0])) / 6
    stake = rows[:, 0] * rows[:, 2]
    assert election(stake, utility, SmpOptions()) == pytest.approx([0.2046, 0.4198, 0.3756], abs=6e-5)
    markov = election(stake, utility, SmpOptions(election="markov_uniform"))
    assert markov == pytest.approx([0.2459, 0.3920, 0.3620], abs=6e-5)


def test_markov_elections_stand_still() -> None:
    """p_i = mean over j of P_ij (p_i + p_j), the fixed point that defines the even chain."""
    random = np.random.default_rng(2)
    power, utility = random.random(6), random.random((6, 4))
    options = SmpOptions(election="markov_uniform")
    chance = election(power, utility, options)
    gain = utility[:, :, None] - utility[:, None, :]
    support = (power[:, None, None] * np.maximum(gain, 0)).sum(axis=0) + 1e-8
    wins = support / (support + support.T)
    assert chance == pytest.approx((wins * (chance[:, None] + chance[None, :])).sum(axis=1) / 4, abs=1e-9)
    for kind in ("conditional", "markov_uniform", "markov_incentive"):
        assert election(power, utility, SmpOptions(election=kind)).sum() == pytest.approx(1)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "choice"), CHOICES)
def test_every_option_plays(name: str, choice: str) -> None:
    result = spatial_model(THREE, SmpOptions(**{name: choice}, turns=4))  # type: ignore[arg-type]
    places = np.array(result.positions)
    assert result.turns == 4
    assert sum(result.chances) == pytest.approx(1)
    assert (places >= places[0].min(axis=0) - 0.01).all()
    assert (places <= places[0].max(axis=0) + 0.01).all()


def test_stochastic_turns_follow_their_seed() -> None:
    one, same, other = (
        spatial_model(THREE, SmpOptions(transition="stochastic", seed=seed, turns=10)) for seed in (1, 1, 2)
    )
    assert one.positions == same.positions
    assert one.positions != other.positions


def test_contests_are_seen_by_both_sides() -> None:
    """The chances an initiator sees are between 0 and 1, and its gain from challenging itself is 0."""
    turn = _Turn(*scaled(THREE), SmpOptions())
    everyone = np.arange(3)
    chance, gain = turn.contests(everyone, everyone)
    assert ((chance > 0) & (chance < 1)).all()
    assert np.diag(gain) == pytest.approx(0)


def test_risk_spans_its_range() -> None:
    chance = np.array([0.1, 0.4, 0.5])
    for kind, least in (("min", 0), ("mid", -0.5), ("max", -1)):
        risk = risk_from(chance, kind)
        assert (risk.min(), risk.max()) == pytest.approx((least, 1))
    assert (risk_from(np.full(3, 1 / 3), "mid") == 0).all()


def test_all_in_one_place_stay() -> None:
    table = PositionsTable(
        ("A", "B", "C"), (1.0, 2.0, 3.0), ((50.0,),) * 3, ((1.0,),) * 3, ("x",), scale=((0.0, 100.0),)
    )
    result = spatial_model(table)
    assert {place for turn in result.positions for place in turn} == {(50.0,)}
    assert result.forecast == pytest.approx((50.0,))


def test_results_tell_themselves() -> None:
    result = spatial_model(THREE)
    assert "the expected outcome is x" in result.words()
    assert "ожидаемый исход" in result.words("ru")
    assert result.record()["options"]["interpolation"] == "s2p2"
    assert [grid.name for grid in result.tables()] == ["final", "positions"]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (PositionsTable(("A", "B"), (1, 1), ((0,), (1,)), ((1,), (1,)), ("x",)), "WC516"),
        (PositionsTable(("A", "B", "C"), (1, 1, 0), ((0,), (1,), (2,)), ((1,),) * 3, ("x",)), "WC505"),
        (PositionsTable(("A", "B", "C"), (1, 1, 1), ((0, 0),) * 3, ((1, 1),) * 3, ("x", "y")), "WC512"),
    ],
)
def test_tables_that_do_not_fit(table: PositionsTable, code: str) -> None:
    with pytest.raises(TableError, match=code):
        spatial_model(table)


def test_unknown_choices() -> None:
    with pytest.raises(TableError, match="WC516"):
        SmpOptions(victory="cubic")  # type: ignore[arg-type]
    with pytest.raises(TableError, match="WC516"):
        SmpOptions(turns=0)

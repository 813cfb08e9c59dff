"""Voting power: published games, what must hold of any game, and the same numbers from the definitions."""

from __future__ import annotations

import itertools
import pickle
from fractions import Fraction

import numpy as np
import pytest
from count_bodies import (
    EC_1973,
    EEC_1958,
    EU_15,
    SECURITY_COUNCIL,
    slow_minimal,
    slow_shapley,
    slow_swings,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.counting import _count_all, _count_halves, _thresholds, _weighted_columns, count_winning
from whipcount.theory.minimal import count_minimal
from whipcount.theory.power import power
from whipcount.theory.rules import DecisionRule, Majority, council_2014, percentage, weighted_majority

weights_of_bodies = st.lists(st.integers(0, 9), min_size=1, max_size=7).filter(any)


@st.composite
def simple_rules(draw: st.DrawFn) -> DecisionRule:
    weights = draw(weights_of_bodies)
    return weighted_majority(weights, draw(st.integers(1, sum(weights))))


@st.composite
def any_rules(draw: st.DrawFn, blocked: bool = True) -> DecisionRule:
    """Rules of one or two alternatives of one to three majorities, with or without a blocked pair."""
    members = draw(st.integers(2, 6))

    def majority(what: str) -> Majority:
        weights = draw(st.lists(st.integers(0, 6), min_size=members, max_size=members).filter(any))
        return Majority(tuple(weights), draw(st.integers(1, sum(weights))), what)

    def heads() -> Majority:
        return Majority((1,) * members, draw(st.integers(1, members)), "members")

    kinds = draw(st.lists(st.sampled_from(["w", "wh", "ww", "wwh", "h"]), min_size=1, max_size=2))
    alternatives = tuple(
        tuple(heads() if letter == "h" else majority(f"w{place}") for place, letter in enumerate(kind))
        for kind in kinds
    )
    two = st.lists(st.integers(0, members - 1), min_size=2, max_size=2, unique=True).map(sorted).map(tuple)
    pairs = (draw(two),) if blocked and members > 2 and draw(st.booleans()) else ()
    names = tuple("abcdef"[:members])
    try:
        return DecisionRule(names, alternatives, pairs)
    except TableError:
        return DecisionRule(names, alternatives)


EU_27_VOTES = (29, 29, 29, 29, 27, 27, 14, 13, *(12,) * 5, *(10,) * 3, *(7,) * 5, *(4,) * 5, 3)
EU_27_PEOPLE = (
    170, 123, 123, 120, 82, 80, 47, 33, 22, 21, 21, 21, 21, 18, 17, 17, 11, 11, 11, 8, 8, 5, 4, 3, 2, 1, 1,
)  # fmt: skip


def distinct(values: tuple[Fraction, ...]) -> list[Fraction]:
    return sorted(set(values), reverse=True)


class TestPublishedGames:
    def test_eec_1958(self) -> None:
        result = power(weighted_majority(*EEC_1958))
        assert result.index("banzhaf").exact == tuple(map(Fraction, ["5/21"] * 3 + ["1/7"] * 2 + ["0"]))
        assert result.index("shapley_shubik").exact == tuple(map(Fraction, ["7/30"] * 3 + ["3/20"] * 2 + ["0"]))
        assert result.swings == (10, 10, 10, 6, 6, 0)

    def test_security_council(self) -> None:
        result = power(weighted_majority(*SECURITY_COUNCIL))
        assert distinct(result.index("shapley_shubik").exact or ()) == [Fraction(421, 2145), Fraction(4, 2145)]
        assert distinct(result.index("banzhaf").exact or ()) == [Fraction(106, 635), Fraction(21, 1270)]
        assert result.swings == (848,) * 5 + (84,) * 10

    def test_three_parties(self) -> None:
        result = power(weighted_majority([50, 49, 1], 51))
        assert result.index("banzhaf").exact == (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5))
        assert result.index("shapley_shubik").exact == (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))

    def test_ec_1973(self) -> None:
        result = power(weighted_majority(*EC_1973))
        assert sorted(set(result.swings or ()), reverse=True) == [53, 29, 21, 5]
        expected = [Fraction(5, 28), Fraction(17, 210), Fraction(2, 35), Fraction(1, 105)]
        assert distinct(result.index("shapley_shubik").exact or ()) == expected

    def test_eu_15(self) -> None:
        result = power(weighted_majority(*EU_15))
        assert sorted(set(result.swings or ()), reverse=True) == [1849, 1531, 973, 793, 595, 375]
        expected = ["7/60", "860/9009", "19883/360360", "743/16380", "1588/45045", "932/45045"]
        assert distinct(result.index("shapley_shubik").exact or ()) == sorted(map(Fraction, expected), reverse=True)

    def test_eu_27_under_nice(self) -> None:
        """255 of 345 votes, 14 of 27 members, 62% of the population in thousandths (weights: Bilbao 2001, of Seville).

        Two ways of counting agree: votes alone by a generating function, all three majorities coalition by coalition;
        the triple majority moves nothing but the largest states' power, by less than half a thousandth.
        """
        votes, members = Majority(EU_27_VOTES, 255, "votes"), Majority((1,) * 27, 14, "members")
        people = Majority(EU_27_PEOPLE, 620, "population")
        names = tuple(f"m{row}" for row in range(27))
        alone = power(DecisionRule(names, ((votes,),)), indices=("shapley_shubik", "banzhaf"))
        triple = power(DecisionRule(names, ((votes, members, people),)), indices=("shapley_shubik", "banzhaf"))
        assert alone.exact
        assert triple.exact
        assert alone.act == pytest.approx(0.020256, abs=5e-7)
        assert triple.act < alone.act
        # normalised Banzhaf in per cent by votes, as it was published after Nice (Felsenthal & Machover 2001)
        published = {29: 7.78, 27: 7.42, 14: 4.26, 13: 3.97, 12: 3.68, 10: 3.09, 7: 2.18, 4: 1.25, 3: 0.94}
        told = dict(zip(EU_27_VOTES, alone.index("banzhaf").values, strict=True))
        assert {held: round(100 * value, 2) for held, value in told.items()} == published
        for key, largest in (("shapley_shubik", (0.0867, 0.0871)), ("banzhaf", (0.0778, 0.0778))):
            assert (alone.index(key).values[0], triple.index(key).values[0]) == pytest.approx(largest, abs=5e-5)
            assert alone.index(key).values == pytest.approx(triple.index(key).values, abs=5e-4)
            assert sum(triple.index(key).exact or ()) == 1

    def test_security_council_as_two_majorities(self) -> None:
        """Nine votes with all five permanent members: the same game, written as the charter does."""
        permanent = (1,) * 5 + (0,) * 10
        rule = DecisionRule(
            tuple(f"m{number}" for number in range(15)),
            ((Majority(permanent, 5, "permanent"), Majority((1,) * 15, 9, "members")),),
        )
        weighted = power(weighted_majority(*SECURITY_COUNCIL))
        for index in weighted.indices:
            assert power(rule).index(index.key).exact == index.exact


class TestDefinitions:
    @settings(max_examples=60, deadline=None)
    @given(any_rules())
    def test_shapley_and_swings(self, rule: DecisionRule) -> None:
        result = power(rule)
        assert result.index("shapley_shubik").exact == slow_shapley(rule)
        assert result.swings == slow_swings(rule)

    @settings(max_examples=60, deadline=None)
    @given(any_rules())
    def test_minimal_winning(self, rule: DecisionRule) -> None:
        coalitions = slow_minimal(rule)
        result = power(rule)
        assert result.minimal == len(coalitions)
        for row in range(rule.members):
            held = [coalition for coalition in coalitions if row in coalition]
            share = sum((Fraction(1, len(coalition)) for coalition in held), start=Fraction(0)) / len(coalitions)
            assert (result.index("deegan_packel").exact or ())[row] == share
            total = sum(len(coalition) for coalition in coalitions)
            assert (result.index("holler").exact or ())[row] == Fraction(len(held), total)

    @settings(max_examples=80, deadline=None)
    @given(any_rules(blocked=False))
    def test_every_way_of_counting_agrees(self, rule: DecisionRule) -> None:
        found, slow = count_winning(rule), _count_all(rule)
        assert found is not None
        assert (found.winning, found.containing) == (slow.winning, slow.containing)
        columns = _weighted_columns(rule)
        if len(columns) <= 1 and rule.members > 1:
            weights = columns[0] if columns else (0,) * rule.members
            halves = _count_halves(weights, _thresholds(rule, weights))
            assert halves is not None
            assert (halves.winning, halves.containing) == (slow.winning, slow.containing)

    @pytest.mark.parametrize("seed", range(3))
    def test_large_bodies_agree_with_floating_point(self, seed: int) -> None:
        """100 members against a generating function in floating point, a member taken out by rebuilding."""
        random = np.random.default_rng(seed)
        weights = [int(weight) for weight in random.integers(1, 30, 100)]
        quota = sum(weights) * 2 // 3
        exact = power(weighted_majority(weights, quota)).index("shapley_shubik").values
        for row in (0, 57, 99):
            others = weights[:row] + weights[row + 1 :]
            table = np.zeros((100, quota))
            table[0, 0] = 1.0
            for weight in others:
                table[1:, weight:] += table[:-1, :-weight].copy()
            sizes = np.arange(100)
            log = [float(np.sum(np.log(np.arange(1, size + 1)))) for size in range(101)]
            share = np.exp([log[size] + log[99 - size] - log[100] for size in sizes])
            assert exact[row] == pytest.approx(share @ table[:, quota - weights[row] :].sum(axis=1), rel=1e-9)


class TestProperties:
    @settings(max_examples=60, deadline=None)
    @given(any_rules())
    def test_efficiency(self, rule: DecisionRule) -> None:
        result = power(rule)
        for key in ("shapley_shubik", "banzhaf", "deegan_packel", "holler"):
            assert sum(result.index(key).exact or (), start=Fraction(0)) == 1

    @settings(max_examples=60, deadline=None)
    @given(simple_rules())
    def test_symmetry(self, rule: DecisionRule) -> None:
        """Members of the same weight have the same power by every index."""
        result = power(rule)
        for index in result.indices:
            by_weight = dict(zip(rule.first.weights, index.exact or (), strict=True))
            assert all(
                by_weight[weight] == value for weight, value in zip(rule.first.weights, index.exact or (), strict=True)
            )

    @settings(max_examples=60, deadline=None)
    @given(any_rules())
    def test_dummies(self, rule: DecisionRule) -> None:
        """Who turns no coalition has no power by any index, and stands in no minimal winning coalition."""
        result = power(rule)
        for row, swings in enumerate(slow_swings(rule)):
            if swings == 0:
                assert all((index.exact or ())[row] == 0 for index in result.indices)

    @settings(max_examples=60, deadline=None)
    @given(simple_rules())
    def test_duality(self, rule: DecisionRule) -> None:
        """Banzhaf and Shapley-Shubik do not tell a rule from its dual; preventing and initiating change places."""
        total = sum(rule.first.weights)
        dual = weighted_majority(rule.first.weights, total - rule.first.quota + 1)
        one, other = power(rule), power(dual)
        assert one.swings == other.swings
        assert one.index("shapley_shubik").exact == other.index("shapley_shubik").exact
        assert one.index("coleman_prevent").exact == other.index("coleman_initiate").exact
        assert one.act == pytest.approx(1 - other.act)

    @settings(max_examples=40, deadline=None)
    @given(simple_rules())
    def test_banzhaf_is_the_harmonic_mean_of_colemans(self, rule: DecisionRule) -> None:
        result = power(rule)
        keys = ("banzhaf_absolute", "coleman_prevent", "coleman_initiate")
        parts = zip(*(result.index(key).exact or () for key in keys), strict=True)
        for absolute, prevent, initiate in parts:
            if absolute:
                assert absolute == 2 / (1 / prevent + 1 / initiate)

    @settings(max_examples=40, deadline=None)
    @given(simple_rules())
    def test_more_weight_never_less_power(self, rule: DecisionRule) -> None:
        values = power(rule).index("shapley_shubik").exact or ()
        order = sorted(zip(rule.first.weights, values, strict=True))
        assert all(low[1] <= high[1] for low, high in itertools.pairwise(order))


class TestRules:
    def test_council_2014(self) -> None:
        """All but three decide even with little population; fifteen of 27 with two thirds of it decide too."""
        population = [83, 68, 59, 48, 38, 19, 18, 12, 11, 11, 10, 10, 10, 9, 7, 6, 6, 5, 5, 4, 3, 2, 2, 1, 1, 1, 1]
        rule = council_2014([f"m{row}" for row in range(27)], population)
        small = np.array([[False] * 3 + [True] * 24])
        assert rule.wins(small)[0]
        large = np.array([[True] * 15 + [False] * 12])
        assert rule.wins(large)[0]
        assert not rule.wins(np.array([[True] * 14 + [False] * 13]))[0]
        result = power(rule)
        assert result.exact
        assert result.index("shapley_shubik").values[0] == max(result.index("shapley_shubik").values)
        assert sum(result.index("shapley_shubik").exact or ()) == 1

    def test_blocked_pair_loses_power_to_the_rest(self) -> None:
        free = power(weighted_majority([3, 3, 2], 5))
        apart = power(weighted_majority([3, 3, 2], 5, names=["a", "b", "c"], blocked=[("a", "b")]))
        assert free.index("shapley_shubik").exact == (Fraction(1, 3),) * 3
        assert apart.index("shapley_shubik").exact == (Fraction(1, 6), Fraction(1, 6), Fraction(2, 3))
        assert apart.minimal == 2

    def test_nobody_can_win(self) -> None:
        with pytest.raises(TableError, match="WC517"):
            weighted_majority([3, 3], 6, names=["a", "b"], blocked=[("a", "b")])

    @pytest.mark.parametrize(("percent", "total", "needed"), [(55, 27, 15), (65, 100, 65), (66.67, 3, 3), (50, 10, 5)])
    def test_percentages_round_up(self, percent: float, total: int, needed: int) -> None:
        assert percentage(percent, total) == needed

    def test_percentages_are_exact_for_populations(self) -> None:
        assert percentage(65, 449_206_579) == -(-449_206_579 * 65 // 100)


class TestBeyondReach:
    def test_samples_are_within_their_errors(self) -> None:
        """Sampled and counted power of one body differ by a few standard errors at most."""
        from whipcount.theory.power_sampling import sample_power

        rule = weighted_majority(*EU_15)
        exact = power(rule)
        sampled = sample_power(rule, 40_000, seed=4)
        assert abs(sampled.act - exact.act) < 5 * sampled.act_error
        for key, values, errors in sampled.indices:
            for value, error, truth in zip(values, errors, exact.index(key).values, strict=True):
                assert abs(value - truth) < 5 * error + 1e-9

    def test_weights_too_large_to_count(self) -> None:
        weights = [10**9 + 7 ** (number % 11) for number in range(40)]
        result = power(weighted_majority(weights), samples=2000, seed=2)
        assert not result.exact
        assert result.method == "sampled"
        assert sum(result.index("shapley_shubik").values) == pytest.approx(1)
        assert power(weighted_majority(weights), samples=2000, seed=2) == result

    def test_two_hundred_parties(self) -> None:
        weights = [1 + number % 7 for number in range(200)]
        result = power(weighted_majority(weights))
        assert result.exact
        assert sum(result.index("shapley_shubik").exact or ()) == 1
        assert result.minimal is not None
        assert result.minimal > 10**50


def test_results_are_frozen_and_tell_themselves() -> None:
    result = power(weighted_majority(*EEC_1958))
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(AttributeError):
        result.act = 1.0  # type: ignore[misc]
    assert "Never decisive: 6" in result.words()
    assert "Никогда не решает: 6" in result.words("ru")
    record = result.record()
    for key in ("shapley_shubik", "banzhaf", "banzhaf_absolute", "deegan_packel", "holler", "coleman_prevent"):
        assert len(record[key]) == 6
    assert record["exact"]["shapley_shubik"][0] == "7/30"
    assert count_minimal(weighted_majority(*EEC_1958)) is not None


@pytest.mark.parametrize(
    ("weights", "quota", "code"),
    [
        ([], None, "WC501"),
        ([-1, 2], None, "WC505"),
        ([1.5, 2], None, "WC506"),
        ([0, 0], None, "WC507"),
        ([1, 2], 4, "WC508"),
        ([1, 2], 0, "WC508"),
        ([2**62, 2], None, "WC515"),
    ],
)
def test_bad_bodies(weights: list[float], quota: int | None, code: str) -> None:
    with pytest.raises(TableError, match=code):
        weighted_majority(weights, quota)  # type: ignore[arg-type]


def test_one_party_has_all() -> None:
    result = power(weighted_majority([7]))
    assert {index.values for index in result.indices} == {(1.0,)}

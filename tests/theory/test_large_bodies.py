"""Power in large bodies: by types, by weight alone, by sampling; against closed forms, small bodies, exact counts."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from count_bodies import EEC_1958, SECURITY_COUNCIL, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.theory.counting import _count_all, count_winning
from whipcount.theory.minimal import count_minimal
from whipcount.theory.power import TITLES, power
from whipcount.theory.power_johnston import johnston
from whipcount.theory.power_sampling import sample_power
from whipcount.theory.power_types import count_types
from whipcount.theory.power_weights import count_weights
from whipcount.theory.rules import DecisionRule, Majority, weighted_majority

GOLDEN = SHARED / "golden" / "rollcall"


@st.composite
def typed_rules(draw: st.DrawFn) -> DecisionRule:
    """Rules of two majorities or alternatives over a few types of members, small enough to list."""
    numbers = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    columns = [
        draw(st.lists(st.integers(0, 3), min_size=len(numbers), max_size=len(numbers)).filter(any)) for _ in "ab"
    ]
    weights = [tuple(w for w, n in zip(column, numbers, strict=True) for _ in range(n)) for column in columns]
    majorities = [Majority(one, draw(st.integers(1, sum(one)))) for one in weights]
    both = draw(st.booleans())
    names = tuple(map(str, range(sum(numbers))))
    return DecisionRule(names, (tuple(majorities),) if both else tuple((one,) for one in majorities))


class TestTypes:
    @given(typed_rules())
    @settings(max_examples=60, deadline=None)
    def test_the_same_as_every_coalition(self, rule: DecisionRule) -> None:
        counts = count_types(rule)
        if counts is None:
            return
        every = _count_all(rule)
        assert (counts.winning.winning, counts.winning.containing) == (every.winning, every.containing)
        minimal = count_minimal(rule)
        assert minimal is not None
        assert (counts.minimal.winning, counts.minimal.containing) == (minimal.winning, minimal.containing)
        assert counts.johnston == johnston(rule)

    def test_one_kind_of_member(self) -> None:
        result = power(weighted_majority([1] * 705))
        for key in TITLES:
            if key.startswith("coleman") or key == "banzhaf_absolute":
                continue
            assert result.index(key).exact == (Fraction(1, 705),) * 705
        assert result.index("banzhaf_absolute").exact == (Fraction(comb(704, 352), 2**704),) * 705

    def test_president_senate_house(self) -> None:
        house, senate = (1,) * 435 + (0,) * 101, (0,) * 435 + (1,) * 100 + (0,)
        president = (0,) * 535 + (1,)
        names = tuple(map(str, range(536)))
        needed = (Majority(house, 218), Majority(senate, 51), Majority(president, 1))
        values = power(DecisionRule(names, (needed,)), indices=["shapley_shubik"]).index("shapley_shubik")
        assert values.values[-1] == pytest.approx(0.475466, abs=5e-7)
        assert values.values[0] == pytest.approx(0.00054292, abs=5e-9)
        assert values.values[-2] == pytest.approx(0.00288362, abs=5e-9)
        assert values.exact is not None
        assert sum(values.exact) == 1
        if not GOLDEN.is_dir():
            pytest.skip("the exact fractions are with the shared golden numbers")
        golden = json.loads((GOLDEN / "president_senate_house.json").read_text())["without_vice_president"]
        override = (needed, (Majority(house, 290), Majority(senate, 67)))
        exact = power(DecisionRule(names, override), indices=["shapley_shubik"]).index("shapley_shubik").exact
        assert exact is not None
        assert exact[-1] == Fraction(golden["exact"]["president"])
        assert exact[0] == Fraction(golden["exact"]["representative"])


class TestWeights:
    @given(st.lists(st.integers(0, 12), min_size=1, max_size=9).filter(any), st.data())
    @settings(max_examples=80, deadline=None)
    def test_the_same_as_by_size(self, weights: list[int], data: st.DataObject) -> None:
        quota = data.draw(st.integers(1, sum(weights)))
        counts = count_winning(weighted_majority(weights, quota))
        assert counts is not None
        found = count_weights(weights, quota)
        assert found.winning == sum(counts.winning)
        assert found.swings == tuple(sum(counts.swings(row)) for row in range(len(weights)))

    def test_thousands_of_equal_members(self) -> None:
        found = count_weights([1] * 3000, 1501)
        assert found.swings[0] == comb(2999, 1500)
        assert found.winning == 2**2999 - comb(3000, 1500) // 2

    @pytest.mark.parametrize("body", ["fund40", "fund190"])
    @pytest.mark.parametrize("rule", ["85%", "70%", "majority"])
    def test_funds_of_many_members(self, body: str, rule: str) -> None:
        if not GOLDEN.is_dir():
            pytest.skip("the exact counts are with the shared golden numbers")
        bodies = {(one["body"], one["rule"]): one for one in csv.DictReader((GOLDEN / "power_bodies.csv").open())}
        members = [
            one
            for one in csv.DictReader((GOLDEN / "power_exact.csv").open())
            if (one["body"], one["rule"]) == (body, rule)
        ]
        quota = int(bodies[body, rule]["quota"])
        wanted = ("banzhaf", "banzhaf_absolute", "coleman_prevent", "coleman_initiate")
        result = power(weighted_majority([int(one["weight"]) for one in members], quota), indices=wanted)
        assert result.winning == int(bodies[body, rule]["winning_coalitions"])
        assert result.swings == tuple(int(one["swings"]) for one in members)
        for key in wanted:
            assert result.index(key).values == pytest.approx([float(one[key]) for one in members], rel=1e-12)
        assert sum(result.index("banzhaf").values) == pytest.approx(1, abs=1e-9)
        assert {index.key for index in result.indices} == set(wanted)


class TestSampling:
    RULE = weighted_majority([831, 309, 306, 268, 203, 203, 152, 133, 130, 112, 97, 95, 92, 91, 85, 84], 2900)

    def test_intervals_hold(self) -> None:
        exact = power(self.RULE)
        hits, all_of_them = 0, 0
        for seed in range(6):
            found = sample_power(self.RULE, 4000, seed)
            for key, values, errors in found.indices:
                truth = np.array(exact.index(key).values)
                inside = np.abs(np.array(values) - truth) <= 3 * np.array(errors) + 1e-12
                hits, all_of_them = hits + int(inside.sum()), all_of_them + len(inside)
        assert hits / all_of_them > 0.98

    @pytest.mark.slow
    @pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
    @pytest.mark.parametrize("double", [False, True])
    def test_intervals_cover_what_they_say(self, share: float, double: bool) -> None:
        """95% intervals over 200 seeds: of each index, over members and seeds, and of the power to act."""
        weights = self.RULE.first.weights
        needed = Majority(weights, int(share * sum(weights)) + 1)
        heads = Majority((1,) * len(weights), len(weights) // 2 + 1, "members")
        rule = DecisionRule(self.RULE.names, ((needed, heads) if double else (needed,),))
        exact = power(rule)
        assert exact.exact
        inside: dict[str, list[np.ndarray]] = {}
        for seed in range(200):
            found = sample_power(rule, 6400, seed)
            for key, values, errors in found.indices:
                gaps = np.abs(np.array(values) - exact.index(key).values)
                inside.setdefault(key, []).append(gaps <= 1.96 * np.array(errors))
            assert found.act is not None
            assert found.act_error is not None
            inside.setdefault("act", []).append(np.array([abs(found.act - exact.act) <= 1.96 * found.act_error]))
        for key, each in inside.items():
            assert 0.9 <= np.mean(each) <= 0.985, (key, np.mean(each))

    def test_the_order_of_the_members_does_not_matter(self) -> None:
        order = [7, 3, 15, 0, 12, 4, 5, 9, 1, 14, 2, 6, 8, 10, 11, 13]
        turned = self.RULE.ordered([self.RULE.names[row] for row in order])
        first, second = sample_power(self.RULE, 1000, 3), sample_power(turned, 1000, 3)
        for (_, values, errors), (_, turned_values, turned_errors) in zip(first.indices, second.indices, strict=True):
            assert [values[row] for row in order] == pytest.approx(turned_values, rel=1e-12)
            assert [errors[row] for row in order] == pytest.approx(turned_errors, rel=1e-9)

    def test_indices_stay_what_they_can_be(self) -> None:
        for quota in (10, 1600, 3000, 3190):
            found = sample_power(weighted_majority(self.RULE.first.weights, quota), 2000, 1)
            for key, values, errors in found.indices:
                assert min(values) >= 0, key
                assert max(values) <= 1 + 1e-9, key
                assert min(errors) >= 0, key
                assert np.isfinite(errors).all(), key
                if key in ("shapley_shubik", "banzhaf"):
                    assert sum(values) == pytest.approx(1, abs=1e-9)

    def test_a_veto_is_a_veto(self) -> None:
        weights = [831407, *range(60_000, 60_039)]
        found = {key: values for key, values, _ in sample_power(weighted_majority(weights, 2_900_000), 2000, 1).indices}
        assert found["coleman_prevent"][0] == pytest.approx(1, abs=1e-9)


class TestJohnston:
    def test_published_and_by_hand(self) -> None:
        # [51; 50, 49, 1]: AB, AC, ABC; A alone is critical in ABC, with its partner in the others
        assert johnston(weighted_majority([50, 49, 1], 51)) == (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))

    def test_it_sums_to_one_and_knows_dummies(self) -> None:
        for rule in (weighted_majority(*EEC_1958), weighted_majority(*SECURITY_COUNCIL)):
            shares = power(rule).index("johnston").exact
            assert shares is not None
            assert sum(shares) == 1
        assert power(weighted_majority(*EEC_1958)).index("johnston").values[-1] == 0

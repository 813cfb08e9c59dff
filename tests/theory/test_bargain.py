"""Bargains: closed forms, equilibrium conditions, outcomes inside the hull, and what a forecast hangs on."""

from __future__ import annotations

import numpy as np
import pytest
from count_bodies import emissions
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.bargain import bargain
from whipcount.theory.divide import baron_ferejohn, rubinstein
from whipcount.theory.forecasts import SOLVERS, ModelOptions, draw_tables, forecast, open_models
from whipcount.theory.leverage import leverage, moves, uncertain_forecast
from whipcount.theory.nash import nash_pie, nash_policy, policy_losses
from whipcount.theory.rule_grammar import parse_rule
from whipcount.theory.tables import PositionsTable


@st.composite
def tables(draw: st.DrawFn, dimensions: int = 2) -> PositionsTable:
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    actors = draw(st.integers(3, 6))
    salience = random.random((actors, dimensions)) + 0.05
    salience = salience / salience.sum(axis=1, keepdims=True) * random.uniform(0.3, 1.0, (actors, 1))
    return PositionsTable(
        names=tuple("ABCDEF"[:actors]),
        power=tuple(map(float, random.random(actors) + 0.05)),
        ideal=tuple(map(tuple, (100 * random.random((actors, dimensions))).tolist())),
        salience=tuple(map(tuple, salience.tolist())),
        dimensions=("x", "y", "z")[:dimensions],
    )


class TestPie:
    @given(st.lists(st.floats(0, 0.3), min_size=2, max_size=3), st.data())
    def test_nash(self, disagreement: list[float], data: st.DataObject) -> None:
        """x_i = d_i + w_i (1 - sum d)."""
        weights = data.draw(st.lists(st.floats(0.1, 9), min_size=len(disagreement), max_size=len(disagreement)))
        shares = nash_pie(disagreement, weights)
        assert shares is not None
        assert sum(shares) == pytest.approx(1)
        rest = 1 - sum(disagreement)
        expected = [d + w / sum(weights) * rest for d, w in zip(disagreement, weights, strict=True)]
        assert shares == pytest.approx(expected)

    def test_no_deal(self) -> None:
        assert nash_pie([0.6, 0.5]) is None
        assert nash_pie([0.6, 0.4]) == pytest.approx((0.6, 0.4))

    @pytest.mark.parametrize(("first", "second", "share"), [(0.9, 0.9, 0.52632), (0.9, 0.8, 0.71429)])
    def test_rubinstein(self, first: float, second: float, share: float) -> None:
        assert rubinstein(first, second).proposer[0] == pytest.approx(share, abs=5e-6)

    def test_outside_options_bind_above_the_share_only(self) -> None:
        free = rubinstein(0.9, 0.9).proposer
        assert rubinstein(0.9, 0.9, (0.0, 0.3)).proposer == free
        assert rubinstein(0.9, 0.9, (0.5, 0.0)).proposer == free
        assert rubinstein(0.9, 0.9, (0.0, 0.6)).proposer == pytest.approx((0.4, 0.6))
        assert rubinstein(0.9, 0.9, (0.7, 0.0)).proposer == pytest.approx((0.7, 0.3))

    @pytest.mark.parametrize(
        ("members", "quota", "discount", "share"), [(3, 2, 1, 2 / 3), (3, 2, 0.8, 0.7333), (9, 5, 0.9, 0.6)]
    )
    def test_baron_ferejohn(self, members: int, quota: int, discount: float, share: float) -> None:
        result = baron_ferejohn(members, quota, discount)
        assert result.proposer[0] == pytest.approx(share, abs=5e-5)
        assert result.expected == pytest.approx((1 / members,) * members)

    @settings(max_examples=40, deadline=None)
    @given(st.integers(2, 7), st.data())
    def test_unequal_recognition_is_an_equilibrium(self, members: int, data: st.DataObject) -> None:
        """Shares sum to 1, and how often votes at the margin must be bought is a chance that proposers can mix to."""
        quota = data.draw(st.integers(2, members))
        discount = data.draw(st.floats(0.1, 0.98))
        chance = np.array(data.draw(st.lists(st.floats(0.02, 1), min_size=members, max_size=members)))
        chance = chance / chance.sum()
        result = baron_ferejohn(members, quota, discount, chance.tolist())
        value, keeps = np.array(result.expected), np.array(result.proposer)
        assert value.sum() == pytest.approx(1, abs=1e-6)
        price = discount * value
        bought = (value - chance * keeps) / np.maximum(price, 1e-300)
        assert (bought >= -1e-6).all()
        assert (bought <= 1 - chance + 1e-6).all()
        assert bought.sum() == pytest.approx(quota - 1, abs=1e-5)
        margin = np.sort(price)[quota - 1]
        assert (bought[price > margin + 1e-7] < 1e-6).all()

    @pytest.mark.parametrize(
        "call",
        [
            lambda: rubinstein(1.0, 0.5),
            lambda: rubinstein(0.5, 0.5, (0.6, 0.6)),
            lambda: baron_ferejohn(3, 4, 0.9),
            lambda: baron_ferejohn(3, 2, 1.5),
            lambda: baron_ferejohn(3, 2, 0.9, [1.0]),
            lambda: nash_pie([0.1], [0.1, 0.2]),
            lambda: nash_pie([0.1, 0.1], [-1.0, 1.0]),
        ],
    )
    def test_bad_pies(self, call: object) -> None:
        with pytest.raises(TableError, match="WC5"):
            call()  # type: ignore[operator]


class TestNashPolicy:
    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000))
    def test_nothing_near_is_better(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        points, care, weights = random.random((5, 2)), random.random((5, 2)) + 0.05, random.random(5) + 0.05
        disagreement = -care.sum(axis=1)
        place = nash_policy(points, care, weights, disagreement)
        assert place is not None

        def product(at: np.ndarray) -> float:
            return float(weights @ np.log(-policy_losses(at, points, care) - disagreement))

        for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            assert product(place) >= product(place + 1e-4 * np.array([np.cos(angle), np.sin(angle)])) - 1e-12

    def test_two_alike_meet_in_the_middle(self) -> None:
        points, care = np.array([[0.0], [1.0]]), np.ones((2, 1))
        assert nash_policy(points, care, np.ones(2), np.full(2, -1.0)) == pytest.approx([0.5])

    def test_a_status_quo_between_all_stays(self) -> None:
        points, care = np.array([[0.0], [1.0]]), np.ones((2, 1))
        disagreement = -policy_losses(np.array([0.5]), points, care)
        assert nash_policy(points, care, np.ones(2), disagreement) is None

    def test_a_bad_status_quo_is_left_for_all_gains(self) -> None:
        points, care = np.array([[0.0], [1.0]]), np.ones((2, 1))
        disagreement = -policy_losses(np.array([3.0]), points, care)
        place = nash_policy(points, care, np.ones(2), disagreement)
        assert place is not None
        assert 0 <= place[0] <= 1


class TestForecasts:
    def test_emissions(self) -> None:
        result = bargain(emissions(), options=ModelOptions(status_quo=(12.0,)))
        found = dict(result.forecasts)
        assert found["compromise"] == pytest.approx((7.389956,))
        assert found["median"] == (7.0,)
        assert found["expected_utility"] == pytest.approx((7.0,))
        assert set(found) == set(SOLVERS)
        assert "Compromise: 7.39" in result.words()
        assert "Компромисс: 7,39" in result.words("ru")

    @settings(max_examples=25, deadline=None)
    @given(tables())
    def test_inside_the_hull(self, table: PositionsTable) -> None:
        """No forecast lies outside the box of ideal points; weighted means lie in their convex hull."""
        low, high = table.points.min(axis=0), table.points.max(axis=0)
        for model in open_models(table, ModelOptions()):
            point = forecast(table, model, ModelOptions())
            assert point is not None
            assert (np.array(point) >= low - 0.02).all()
            assert (np.array(point) <= high + 0.02).all()

    @settings(max_examples=25, deadline=None)
    @given(tables(1))
    def test_the_setter_gets_the_better_of_two(self, table: PositionsTable) -> None:
        """What the setter gets is no worse for it than the status quo, and enough power prefers it too."""
        stay = 37.0
        options = ModelOptions(status_quo=(stay,), setter="A")
        point = forecast(table, "setter", options)
        assert point is not None
        line, power = table.points[:, 0], table.powers
        assert abs(point[0] - line[0]) <= abs(stay - line[0]) + 1e-9
        for_it = power[np.abs(point[0] - line) <= np.abs(stay - line) + 1e-9].sum()
        assert for_it > power.sum() / 2 or point[0] == stay

    def test_the_setter_on_a_map(self) -> None:
        """Two voters at (0, 0) and (1, 0), the setter above them: it gets the top of their lens."""
        table = PositionsTable(
            ("A", "B", "S"), (1.0, 1.0, 1.0), ((0.0, 0.0), (1.0, 0.0), (0.5, 2.0)), ((0.5, 0.5),) * 3, ("x", "y"),
            scale=((0.0, 2.0), (0.0, 2.0)),
        )  # fmt: skip
        options = ModelOptions(status_quo=(0.5, -1.0), setter="S", rule=parse_rule("90%", "all"))
        assert forecast(table, "setter", options) == pytest.approx((0.5, 1.0), abs=1e-3)
        free = ModelOptions(status_quo=(0.5, -3.0), setter="S")
        assert forecast(table, "setter", free) == pytest.approx((0.5, 2.0), abs=1e-6)
        stuck = ModelOptions(status_quo=(0.5, 0.0), setter="S", rule=parse_rule("unanimity", "all"))
        assert forecast(table, "setter", stuck) == pytest.approx((0.5, 0.0), abs=1e-9)

    def test_rules_on_a_line_by_hand(self) -> None:
        """Status quo 0, the setter at 10: it gets twice as far as the least willing of those it needs, 10 at most."""
        table = PositionsTable(
            ("A", "B", "C", "S"), (1.0, 1.0, 7.0, 1.0), ((1.0,), (2.0,), (4.0,), (10.0,)), ((1.0,),) * 4, ("x",)
        )
        for text, place in (
            ("majority", 8.0),
            ("majority of members", 4.0),
            ("2/3 of power and majority of members", 4.0),
            ("unanimity of members or 8 of power", 8.0),
            ("unanimity of members", 2.0),
            ("majority; veto: A", 2.0),
            ("majority; veto: A, B", 2.0),
        ):
            rule = parse_rule(text, "all", ("power", "members"))
            options = ModelOptions(status_quo=(0.0,), setter="S", rule=rule)
            assert forecast(table, "setter", options) == pytest.approx((place,)), text

    def test_several_with_most_power_set_the_agenda_in_turn(self) -> None:
        table = PositionsTable(("A", "B", "C"), (2.0, 2.0, 1.0), ((0.0,), (10.0,), (5.0,)), ((1.0,),) * 3, ("x",))
        told = bargain(table, ["setter"], ModelOptions(status_quo=(4.0,)))
        each = [forecast(table, "setter", ModelOptions(status_quo=(4.0,), setter=name)) for name in ("A", "B")]
        assert dict(told.forecasts)["setter"] == pytest.approx(np.mean(each, axis=0))
        assert "A and B have most power" in told.words("en")

    def test_equal_salience_compromise_is_the_mean(self) -> None:
        table = PositionsTable(("A", "B"), (1.0, 3.0), ((0.0,), (1.0,)), ((0.5,), (0.5,)), ("x",))
        assert forecast(table, "compromise") == pytest.approx((0.75,))
        assert forecast(table, "mean") == pytest.approx((0.75,))

    def test_all_in_one_place(self) -> None:
        table = PositionsTable(("A", "B", "C"), (1.0, 2.0, 3.0), ((5.0,),) * 3, ((1.0,),) * 3, ("x",))
        for model, point in bargain(table, options=ModelOptions(status_quo=(5.0,))).forecasts:
            assert point == pytest.approx((5.0,)), model

    def test_a_tie_at_the_median_is_its_middle(self) -> None:
        table = PositionsTable(("A", "B"), (1.0, 1.0), ((0.0,), (8.0,)), ((1.0,), (1.0,)), ("x",))
        assert forecast(table, "median") == (4.0,)

    @pytest.mark.parametrize(
        ("model", "options"),
        [
            ("oracle", {}),
            ("setter", {}),
            ("setter", {"status_quo": (1.0,), "setter": "Nobody"}),
            ("nash", {"status_quo": (1.0, 2.0)}),
            ("setter", {"status_quo": (1.0,), "rule": parse_rule("majority; casting: A", "all")}),
            ("expected_utility", {"rounds": -2}),
        ],
    )
    def test_bad_questions(self, model: str, options: dict[str, object]) -> None:
        with pytest.raises(TableError, match=r"WC51|WC564"):
            forecast(emissions(), model, ModelOptions(**options))  # type: ignore[arg-type]

    def test_a_model_twice(self) -> None:
        with pytest.raises(TableError, match="WC516"):
            bargain(emissions(), ["median", "median"])


class TestInputs:
    def test_leverage_of_the_compromise_has_a_closed_form(self) -> None:
        """More power of one actor moves the mean by its share of the weight times its distance."""
        table = emissions()
        result = leverage(table, "compromise", share_step=0.25)
        stake = table.powers * table.saliences[:, 0]
        place, mean = table.points[:, 0], float(stake @ table.points[:, 0] / stake.sum())
        lever = next(one for one in result.levers if (one.actor, one.what) == ("DE", "power"))
        row = table.index("DE")
        for factor, point in ((0.75, lever.low), (1.25, lever.high)):
            change = (factor - 1) * stake[row]
            assert point[0] == pytest.approx((mean * stake.sum() + change * place[row]) / (stake.sum() + change))
        assert result.levers[0].shift == max(one.shift for one in result.levers)
        assert len(result.levers) == 10 * 3

    def test_leverage_stays_in_bounds(self) -> None:
        table = emissions()
        for lever in leverage(table, "median", position_step=1.0, share_step=0.9).levers:
            assert 4 <= lever.low[0] <= 10
            assert 4 <= lever.high[0] <= 10

    def test_nobody_gains_by_moving_under_the_median(self) -> None:
        """Black's median is proof against exaggeration; the mean is not."""
        assert all(gain.gain <= 1e-9 for gain in moves(emissions(), "median").gains)
        best = moves(emissions(), "compromise").gains[0]
        assert best.gain > 0.01
        assert best.after < best.before

    def test_uncertain_forecasts_follow_their_seed(self) -> None:
        one, same, other = (
            uncertain_forecast(emissions(), "compromise", draws=200, seed=s, spread=0.1) for s in (1, 1, 2)
        )
        assert one == same
        assert one != other
        assert one.quantiles[0][0] < one.mean[0] < one.quantiles[0][-1]
        sure = uncertain_forecast(emissions(), "compromise", draws=5, spread=0.0)
        assert sure.sd == pytest.approx((0.0,))
        assert sure.mean == pytest.approx((7.389956,))

    @settings(max_examples=20, deadline=None)
    @given(tables(3), st.floats(0, 2))
    def test_draws_stay_in_bounds(self, table: PositionsTable, spread: float) -> None:
        draws = draw_tables(table, 20, 3, spread)
        assert (draws.ideal >= table.ends[:, 0] - 1e-9).all()
        assert (draws.ideal <= table.ends[:, 1] + 1e-9).all()
        assert (draws.power > 0).all()
        assert (draws.salience.sum(axis=2) <= 1 + 1e-9).all()

    def test_given_uncertainty_is_used(self) -> None:
        table = PositionsTable(
            ("A", "B"), (1.0, 1.0), ((0.0,), (10.0,)), ((1.0,), (1.0,)), ("x",), ideal_sd=((0.0,), (0.0,)),
            power_sd=(0.0, 0.5), salience_sd=((0.0,), (0.0,)),
        )  # fmt: skip
        draws = draw_tables(table, 2000, 1)
        assert (draws.ideal == table.points).all()
        assert draws.power[:, 0].std() == pytest.approx(0, abs=1e-12)
        assert draws.power[:, 1].std() == pytest.approx(0.5, rel=0.1)

    def test_bad_steps(self) -> None:
        with pytest.raises(TableError, match="WC516"):
            leverage(emissions(), "median", position_step=0)
        with pytest.raises(TableError, match="WC516"):
            moves(emissions(), "median", per_dimension=1)
        with pytest.raises(TableError, match="WC516"):
            uncertain_forecast(emissions(), "median", draws=1)
        with pytest.raises(TableError, match="WC516"):
            uncertain_forecast(emissions(), "median", spread=-1)

"""What a forecast hangs on: levers, declared positions, uncertain tables, proposals and pies, each by another route."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from count_bodies import emissions
from scipy import stats

from whipcount.errors import TableError
from whipcount.theory.bargain import bargain
from whipcount.theory.divide import Division, baron_ferejohn, rubinstein
from whipcount.theory.forecasts import (
    Draws,
    ModelOptions,
    draw_tables,
    forecast,
    forecasts,
    moved_tables,
    open_models,
    setters_of,
)
from whipcount.theory.leverage import leverage, moves, uncertain_forecast
from whipcount.theory.rule_grammar import parse_rule
from whipcount.theory.setter import best_accepted, needs_of
from whipcount.theory.tables import PositionsTable

NAMES = ("Anna", "Boris", "Carl", "Dora")
POINTS = np.array([[10.0, 2.0], [40.0, 9.0], [70.0, 4.0], [95.0, 7.0]])
POWER = np.array([3.0, 1.0, 2.0, 2.5])
CARE = np.array([[0.5, 0.3], [0.2, 0.8], [0.6, 0.1], [0.35, 0.35]])


def council(**changes: object) -> PositionsTable:
    """Four actors on two dimensions of different length, none at an end of the scale but where it is told."""
    given: dict[str, object] = {
        "names": NAMES,
        "power": tuple(POWER.tolist()),
        "ideal": tuple(map(tuple, POINTS.tolist())),
        "salience": tuple(map(tuple, CARE.tolist())),
        "dimensions": ("x", "y"),
        "scale": ((0.0, 100.0), (0.0, 10.0)),
    }
    return PositionsTable(**(given | changes))  # type: ignore[arg-type]


def compromise(power: np.ndarray, points: np.ndarray, care: np.ndarray) -> np.ndarray:
    weight = power[:, None] * care
    return (weight * points).sum(axis=0) / weight.sum(axis=0)


class TestLevers:
    def test_each_lever_moves_the_compromise_as_its_formula_does(self) -> None:
        found = leverage(council(), "compromise", position_step=0.1, share_step=0.25)
        now = compromise(POWER, POINTS, CARE)
        assert found.forecast == pytest.approx(now)
        scale = np.array([100.0, 10.0])
        by = {(one.actor, one.what, one.dimension): one for one in found.levers}
        assert len(by) == len(found.levers) == 4 * 5
        for row, name in enumerate(NAMES):
            ends = []
            for side in (-1, 1):
                power = POWER.copy()
                power[row] *= 1 + 0.25 * side
                ends.append(compromise(power, POINTS, CARE))
            self.same(by[name, "power", ""], ends, now, scale)
            for axis, dimension in enumerate("xy"):
                ends = []
                for side in (-1, 1):
                    points = POINTS.copy()
                    points[row, axis] = min(max(points[row, axis] + side * 0.1 * scale[axis], 0.0), scale[axis])
                    ends.append(compromise(POWER, points, CARE))
                self.same(by[name, "position", dimension], ends, now, scale)
                ends = []
                for side in (-1, 1):
                    care = CARE.copy()
                    # attention is shared out: what one dimension gains beyond what is left has to be free
                    care[row, axis] = min(care[row, axis] * (1 + 0.25 * side), CARE[row, axis] + 1 - CARE[row].sum())
                    ends.append(compromise(POWER, POINTS, care))
                self.same(by[name, "salience", dimension], ends, now, scale)
        shifts = [one.shift for one in found.levers]
        assert shifts == sorted(shifts, reverse=True)

    @staticmethod
    def same(lever: object, ends: list[np.ndarray], now: np.ndarray, scale: np.ndarray) -> None:
        assert lever.low == pytest.approx(ends[0])  # type: ignore[attr-defined]
        assert lever.high == pytest.approx(ends[1])  # type: ignore[attr-defined]
        shift = max(float(np.abs((end - now) / scale).max()) for end in ends)
        assert lever.shift == pytest.approx(shift)  # type: ignore[attr-defined]

    def test_where_attention_is_not_shared_out_salience_goes_up_to_one(self) -> None:
        care = np.where(CARE == 0.8, 0.9, CARE) + 0.05
        table = council(salience=tuple(map(tuple, care.tolist())))
        found = leverage(table, "compromise", share_step=0.5)
        lever = next(one for one in found.levers if (one.actor, one.what, one.dimension) == ("Boris", "salience", "y"))
        raised = care.copy()
        raised[1, 1] = 1.0
        assert lever.high == pytest.approx(compromise(POWER, POINTS, raised))

    @pytest.mark.parametrize("steps", [(0.0, 0.5), (1.5, 0.5), (0.5, 0.0), (0.5, 1.0)])
    def test_steps_are_shares(self, steps: tuple[float, float]) -> None:
        with pytest.raises(TableError, match="WC516"):
            leverage(council(), "compromise", None, *steps)
        assert leverage(council(), "compromise", None, 1.0, 0.9).position_step == 1.0

    def test_who_declares_what(self) -> None:
        """Under the compromise, which is linear in a position, by trying every place that may be declared."""
        found = moves(council(), "compromise", per_dimension=11)
        scale = np.array([100.0, 10.0])
        for one in found.gains:
            row = NAMES.index(one.actor)
            care = CARE[row] / CARE[row].sum()
            assert one.true == tuple(POINTS[row])

            def away(declared: np.ndarray, row: int = row, care: np.ndarray = care) -> float:
                points = POINTS.copy()
                points[row] = declared
                return float(np.sqrt(care @ ((compromise(POWER, points, CARE) - POINTS[row]) / scale) ** 2))

            tried = [POINTS[row]]
            for axis in (0, 1):
                for step in range(11):
                    place = POINTS[row].copy()
                    place[axis] = scale[axis] * step / 10
                    tried.append(place)
            best = min(tried, key=away)
            assert one.before == pytest.approx(away(POINTS[row]))
            assert one.after == pytest.approx(away(best))
            assert away(np.array(one.declared)) == pytest.approx(one.after)
            assert one.gain == pytest.approx(one.before - one.after)
        gains = [one.gain for one in found.gains]
        assert gains == sorted(gains, reverse=True)
        assert gains[0] > 0
        with pytest.raises(TableError, match="WC516"):
            moves(council(), "compromise", per_dimension=1)
        with pytest.raises(TableError, match="WC516"):
            moves(council(), "compromise", per_dimension=1002)
        assert moves(council(), "compromise", per_dimension=2).gains

    def test_nobody_gains_where_the_median_decides(self) -> None:
        """On one dimension the weighted median cannot be moved nearer by a lie (Moulin 1980)."""
        line = council(
            ideal=tuple((x,) for x in POINTS[:, 0].tolist()), salience=((0.5,), (0.5,), (0.5,), (0.5,)),
            dimensions=("x",), scale=((0.0, 100.0),),
        )  # fmt: skip
        found = moves(line, "median", per_dimension=101)
        assert [one.gain for one in found.gains] == [0.0] * 4
        assert [one.declared for one in found.gains] == [one.true for one in found.gains]
        assert "Nobody gains" in found.words()


class TestUncertain:
    def test_a_distribution_is_that_of_its_draws(self) -> None:
        table = council(ideal_sd=tuple(((4.0, 0.5),) * 4), power_sd=(0.3,) * 4, salience_sd=(((0.02, 0.02),) * 4))
        found = uncertain_forecast(table, "mean", draws=400, seed=3)
        points = forecasts(draw_tables(table, 400, 3), "mean", ModelOptions())
        assert found.mean == pytest.approx(points.mean(axis=0))
        assert found.sd == pytest.approx(points.std(axis=0, ddof=1))
        assert found.quantiles[0] == pytest.approx(np.quantile(points[:, 0], [0.05, 0.25, 0.5, 0.75, 0.95]))
        assert (found.agreed, found.draws, found.seed) == (1.0, 400, 3)
        assert [next(iter(row.values())) for row in found.tables()[0].records()] == ["x", "y"]

    def test_draws_are_normal_about_the_table(self) -> None:
        table = council(
            ideal=tuple(map(tuple, (POINTS * 0.2 + [40.0, 4.0]).tolist())),
            ideal_sd=((2.0, 0.2), (1.0, 0.1), (3.0, 0.3), (2.0, 0.2)),
            power_sd=(0.3, 0.1, 0.2, 0.25), salience_sd=((0.01, 0.02),) * 4,
        )  # fmt: skip
        drawn = draw_tables(table, 3000, 1)
        told = [
            (drawn.ideal, table.points, np.array(table.ideal_sd)),
            (drawn.power, table.powers, np.array(table.power_sd)),
            (drawn.salience[:, [0, 2, 3]], CARE[[0, 2, 3]], np.array(table.salience_sd)[[0, 2, 3]]),
        ]
        for values, mean, deviation in told:
            standard = ((values - mean) / deviation).reshape(3000, -1)
            for column in standard.T:
                assert stats.kstest(column, "norm").pvalue > 1e-4
            assert np.abs(np.corrcoef(standard.T) - np.eye(standard.shape[1])).max() < 0.08
        # Boris shares out all he has: his saliences sum to 1 at most
        assert drawn.salience[:, 1].sum(axis=1).max() <= 1 + 1e-9
        assert draw_tables(table, 3000, 2).power[0] != pytest.approx(drawn.power[0])

    def test_one_spread_for_all_is_a_share(self) -> None:
        wide = draw_tables(council(), 4000, 5, spread=0.05)
        assert wide.power.std(axis=0) == pytest.approx(0.05 * POWER, rel=0.06)
        assert wide.salience[:, 3].std(axis=0) == pytest.approx(0.05 * CARE[3], rel=0.06)
        assert wide.ideal[:, 1].std(axis=0) == pytest.approx([5.0, 0.5], rel=0.2)  # near the end y is kept in bounds
        assert wide.ideal.min() >= 0
        assert (wide.ideal <= [100.0, 10.0]).all()
        far = draw_tables(council(), 500, 5, spread=3.0)
        assert (far.power > 0).all()
        assert (far.salience > 0).all()
        assert far.salience.max() <= 1.0
        free = draw_tables(council(salience=((0.9, 0.9),) * 4), 200, 5, spread=0.5)
        assert free.salience.sum(axis=2).max() > 1.0
        with pytest.raises(TableError, match="WC516"):
            draw_tables(council(), 1, 1)
        with pytest.raises(TableError, match="WC516"):
            draw_tables(council(), 2, 1, -0.1)
        assert len(draw_tables(council(), 2, 1)) == 2

    def test_an_actor_that_declares_something_else(self) -> None:
        moved = moved_tables(council(), 2, [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)])
        assert len(moved) == 3
        for draw, place in enumerate(((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))):
            expected = POINTS.copy()
            expected[2] = place
            assert moved.ideal[draw] == pytest.approx(expected)
            assert moved.power[draw] == pytest.approx(POWER)
            assert moved.salience[draw] == pytest.approx(CARE)
            assert moved.stakes[draw] == pytest.approx(POWER[:, None] * CARE)
            table = moved.table_of(draw)
            assert table.points == pytest.approx(expected)
            assert table.scale == ((0.0, 100.0), (0.0, 10.0))


class TestForecasts:
    def test_means(self) -> None:
        assert forecast(council(), "compromise") == pytest.approx(compromise(POWER, POINTS, CARE))
        assert forecast(council(), "mean") == pytest.approx(POWER @ POINTS / POWER.sum())

    def test_which_models_are_open(self) -> None:
        plain, with_status = ModelOptions(), ModelOptions(status_quo=(50.0, 5.0))
        every = set(open_models(council(), with_status))
        assert set(open_models(council(), plain)) == every - {"setter"}
        two = PositionsTable(NAMES[:2], (1.0, 1.0), ((1.0,), (2.0,)), ((0.5,), (0.5,)), ("x",))
        over = council(salience=((0.9, 0.2), *map(tuple, CARE[1:].tolist())))
        nothing = council(salience=((0.0, 0.0), *map(tuple, CARE[1:].tolist())))
        for table, options in ((two, ModelOptions(status_quo=(1.0,))), (over, with_status), (nothing, with_status)):
            assert set(open_models(table, options)) == every - {"ktab"}
        three = PositionsTable(NAMES[:3], (1.0,) * 3, ((1.0,), (2.0,), (3.0,)), ((1.0,),) * 3, ("x",))
        assert "ktab" in open_models(three, plain)

    def test_forecasts_stretch_with_the_scale(self) -> None:
        """What is measured in other units is forecast in other units, by every model."""
        options = ModelOptions(status_quo=(20.0, 9.0))
        other = council(
            ideal=tuple(map(tuple, (POINTS * [2.0, 5.0] + [7.0, -3.0]).tolist())),
            scale=((7.0, 207.0), (-3.0, 47.0)),
        )
        stretched = replace(options, status_quo=(47.0, 42.0))
        for model in open_models(council(), options):
            plain, far = forecast(council(), model, options), forecast(other, model, stretched)
            assert plain is not None
            assert far == pytest.approx(np.array(plain) * [2.0, 5.0] + [7.0, -3.0], rel=1e-4), model

    def test_wrong_questions(self) -> None:
        with pytest.raises(TableError, match="WC516"):
            forecasts(Draws.of(council()), "wisdom", ModelOptions())
        with pytest.raises(TableError, match="WC514"):
            forecast(council(), "mean", ModelOptions(status_quo=(1.0,)))
        with pytest.raises(TableError, match="WC516"):
            forecast(council(), "setter")

    def test_those_with_most_power_set_the_agenda(self) -> None:
        assert setters_of(np.array([1.0, 3.0, 3.0]), "ABC", ModelOptions()) == [1, 2]
        assert setters_of(np.array([1.0, 3.0, 3.0]), "ABC", ModelOptions(setter="A")) == [0]
        tied = council(power=(3.0, 1.0, 2.0, 3.0))
        options = ModelOptions(status_quo=(50.0, 5.0))
        each = [forecast(tied, "setter", replace(options, setter=name)) for name in ("Anna", "Dora")]
        assert forecast(tied, "setter", options) == pytest.approx(np.mean(each, axis=0))
        told = bargain(tied, options=options)
        assert told.setters == ("Anna", "Dora")
        assert bargain(council(), options=options).setters == ("Anna",)

    def test_distances_are_shares_of_the_scale_by_salience(self) -> None:
        told = bargain(council(), models=("mean", "compromise"))
        away = told.distances((50.0, 5.0))
        for row in range(4):
            gaps = (POINTS[row] - [50.0, 5.0]) / [100.0, 10.0]
            assert away[row] == pytest.approx(np.sqrt(CARE[row] @ gaps**2 / CARE[row].sum()))
        rows = {row["model"]: row for row in told.tables()[0].records()}
        for model, point in told.forecasts:
            assert point is not None
            away = told.distances(point)
            assert rows[model]["winner"] == [NAMES[int(np.argmin(away))]]
            assert rows[model]["loser"] == [NAMES[int(np.argmax(away))]]
        gap = max(abs(a - b) / s for a, b, s in zip(*(one for _, one in told.forecasts), (100.0, 10.0), strict=True))  # type: ignore[arg-type]
        assert f"{100 * gap:.1f}%" in told.words()

    def test_all_who_are_as_near_are_told(self) -> None:
        table = PositionsTable(("A", "B", "C"), (1.0,) * 3, ((0.0,), (10.0,), (5.0,)), ((0.5,),) * 3, ("x",))
        row = bargain(table, models=("mean",)).tables()[0].records()[0]
        assert (row["winner"], row["loser"]) == (["C"], ["A", "B"])


class TestSetter:
    def test_on_a_line_by_trying_everything(self) -> None:
        random = np.random.default_rng(3)
        for _ in range(40):
            points, power = random.random((5, 1)), random.integers(1, 6, 5).astype(float)
            stay, setter = random.random(1), int(random.integers(5))
            needs = needs_of(parse_rule("2/3", "all"), (*NAMES, "Emil"), power)
            found = best_accepted(stay, setter, points, np.ones((5, 1)), needs)
            tried = np.linspace(-0.5, 1.5, 4001)
            agree = np.abs(tried[:, None] - points[:, 0]) <= np.abs(stay - points[:, 0]) + 1e-12
            open_to = tried[(agree @ power >= 2 / 3 * power.sum() - 1e-9)]
            nearest = open_to[np.abs(open_to - points[setter, 0]).argmin()] if len(open_to) else stay[0]
            loss = min(abs(nearest - points[setter, 0]), abs(stay[0] - points[setter, 0]))
            assert abs(found[0] - points[setter, 0]) == pytest.approx(loss, abs=1e-3)

    @pytest.mark.parametrize("dimensions", [2, 3])
    def test_in_a_plane_and_beyond_nothing_that_was_tried_is_better(self, dimensions: int) -> None:
        random = np.random.default_rng(4)
        for _ in range(4):
            points, power = random.random((5, dimensions)), random.integers(1, 6, 5).astype(float)
            care, stay = random.random((5, dimensions)) + 0.2, random.random(dimensions)
            needs = needs_of(parse_rule("majority; veto: Boris", "all"), (*NAMES, "Emil"), power)
            found = best_accepted(stay, 0, points, care, needs)

            def loss(places: np.ndarray, row: int, points: np.ndarray = points, care: np.ndarray = care) -> np.ndarray:
                return ((places - points[row]) ** 2) @ care[row]

            def accepted(places: np.ndarray, stay: np.ndarray = stay, power: np.ndarray = power) -> np.ndarray:
                votes = np.stack([loss(places, row) <= loss(stay[None], row) + 1e-9 for row in range(5)], axis=1)
                return (votes @ power > power.sum() / 2) & votes[:, 1]

            assert accepted(found[None])[0]
            near = points[0] + (random.random((40_000, dimensions)) - 0.5) * 1.2
            best = loss(near[accepted(near)], 0).min(initial=float(loss(stay[None], 0)[0]))
            assert float(loss(found[None], 0)[0]) <= best + 1e-3

    def test_who_cares_about_nothing_proposes_nothing_and_is_not_asked(self) -> None:
        points, care = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [0.0], [1.0]])
        stay = np.array([1.5])
        every = [[(np.ones(3), 2.0)]]
        assert best_accepted(stay, 1, points, care, every) == pytest.approx(stay)
        assert best_accepted(stay, 2, points, care, [[(np.ones(3), 1.0)]]) == pytest.approx([2.0])
        assert best_accepted(stay, 2, points, care, every) == pytest.approx(stay)  # A would have to agree

    def test_needs_of_power_members_and_vetoes(self) -> None:
        rule = parse_rule("2/3 of power and 3 of members or more than half of members; veto: Dora", "all",
                          ("power", "members"))  # fmt: skip
        first, second = needs_of(rule, NAMES, POWER)
        told = [(held.tolist(), pytest.approx(much, rel=1e-9)) for held, much in first]
        assert told == [(POWER.tolist(), 2 / 3 * 8.5), ([1.0] * 4, 3.0), ([0.0, 0.0, 0.0, 1.0], 1.0)]
        assert second[0][1] > 2.0  # exactly half is not more than half
        assert [(len(one)) for one in (first, second)] == [3, 2]
        exact = needs_of(parse_rule("2/3", "all"), NAMES, np.array([2.0, 2.0, 1.0, 1.0]))[0][0]
        assert exact[1] <= 4.0  # two thirds of six are four
        assert exact[1] == pytest.approx(float(Fraction(2, 3) * 6))
        for text in ("majority; casting: Anna", "majority; quorum: 1/2", "2/3 of people"):
            with pytest.raises(TableError, match="WC564"):
                needs_of(parse_rule(text, "all"), NAMES, POWER)
        with pytest.raises(TableError, match="WC513"):
            needs_of(parse_rule("majority; veto: Emil", "all"), NAMES, POWER)


class TestPies:
    def test_who_decides_alone_or_need_not_wait_keeps_everything(self) -> None:
        """With a quota of one, or where the future is worth nothing, a proposer pays nobody."""
        for told in (baron_ferejohn(3, 1, 0.9, [2, 1, 1]), baron_ferejohn(3, 2, 0.0, [2, 1, 1])):
            assert told.proposer == (1.0, 1.0, 1.0)
            assert told.expected == pytest.approx((0.5, 0.25, 0.25))
            assert told.names == ("1", "2", "3")

    def test_under_unanimity_each_is_paid_its_discounted_chance(self) -> None:
        told = baron_ferejohn(3, 3, 0.8, [0.5, 0.3, 0.2])
        assert told.expected == pytest.approx((0.5, 0.3, 0.2))
        assert told.proposer == pytest.approx([1 - 0.8 * (1 - chance) for chance in (0.5, 0.3, 0.2)])

    @pytest.mark.parametrize("discount", [0.4, 0.9, 1.0])
    def test_who_is_called_on_more_is_never_worth_less(self, discount: float) -> None:
        told = baron_ferejohn(5, 3, discount, [0.4, 0.25, 0.2, 0.1, 0.05])
        assert list(told.expected) == sorted(told.expected, reverse=True)
        assert sum(told.expected) == pytest.approx(1, abs=1e-6)
        for keeps, worth in zip(told.proposer, told.expected, strict=True):
            others = sorted(told.expected)
            others.remove(worth)
            assert keeps == pytest.approx(1 - discount * sum(others[:2]))

    def test_rubinstein_makes_each_indifferent(self) -> None:
        for first, second in ((0.9, 0.8), (0.3, 0.99), (0.0, 0.5)):
            told = rubinstein(first, second)
            own, other = told.proposer
            # what the second is offered is what its own proposal a round later would leave it
            later = (1 - first) / (1 - first * second)
            assert other == pytest.approx(second * later)
            assert own + other == pytest.approx(1)
            assert told.expected == told.proposer
        assert rubinstein(0.5, 0.5, (0.6, 0.4)).proposer == pytest.approx((0.6, 0.4))
        with pytest.raises(TableError, match="WC516"):
            rubinstein(-0.1, 0.5)
        with pytest.raises(TableError, match="WC516"):
            rubinstein(0.5, 0.5, (-0.1, 0.5))

    def test_bounds(self) -> None:
        for given in ((0, 1, 0.5), (3, 0, 0.5), (3, 4, 0.5)):
            with pytest.raises(TableError, match="WC508"):
                baron_ferejohn(*given)
        with pytest.raises(TableError, match="WC516"):
            baron_ferejohn(3, 2, -0.1)
        for chances in ([0.0, 0.0, 0.0], [1.0, -1.0, 1.0], [1.0, 1.0]):
            with pytest.raises(TableError, match="WC514"):
                baron_ferejohn(3, 2, 0.5, chances)
        assert baron_ferejohn(1, 1, 1.0).proposer == (1.0,)

    def test_the_best_placed_is_told(self) -> None:
        told = Division("M", ("A", "B", "C"), (0.5, 0.7, 0.6), (0.2, 0.5, 0.3))
        assert "B" in told.words()
        assert "70" in told.words()


def test_emissions_hold_together() -> None:
    """Every model's forecast lies within the range of positions, and moves with the whole table."""
    table = emissions()
    for pair in combinations(open_models(table, ModelOptions()), 2):
        told = bargain(table, models=pair)
        assert [model for model, _ in told.forecasts] == list(pair)
    low, high = table.ends[0]
    for _, point in bargain(table).forecasts:
        assert point is not None
        assert low <= point[0] <= high

"""Forecasts of cabinets: covariates by hand, invariances, portfolios, bad tables; the shipped model on real ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import PARLGOV, history, needs_parlgov, parliament
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.formation import compare, evaluate, evaluation, excluding, forecast, kind_of
from whipcount.theory.formation_compromise import compromise, compromise_distance
from whipcount.theory.formation_covariates import BLOCKS, Cabinets, covariates, formateur_order
from whipcount.theory.formation_model import INCUMBENCY, KIND, Model, Specification, shipped, train
from whipcount.theory.formation_portfolios import portfolio_lattice, portfolio_shares
from whipcount.theory.formation_scores import Means, calibration, leanings, membership, score
from whipcount.theory.formation_table import MOST_PARTIES, Opportunity, Record
from whipcount.theory.formation_validation import gains, leave_countries_out, rolling
from whipcount.theory.formation_zero import zero_intelligence
from whipcount.theory.tables import SeatsTable

AC, B, ABCD = 0b0101 - 1, 0b0010 - 1, 0b1111 - 1  # rows of cabinets


def columns(opportunity: Opportunity) -> dict[str, np.ndarray]:
    values, names, _ = covariates(opportunity, tuple(BLOCKS))
    return dict(zip(names, values.T, strict=True))


def test_kind_by_hand() -> None:
    told = columns(parliament())
    assert told["minority"][[AC, B, ABCD]].tolist() == [0, 1, 0]
    assert told["minimal_winning"][[AC, B, ABCD]].tolist() == [1, 0, 0]
    assert told["parties"][[AC, B, ABCD]].tolist() == [2, 1, 4]
    assert told["largest_party"][[AC, B]].tolist() == [1, 0]
    assert told["median_party"][[AC, B]].tolist() == [1, 0]  # C, at .5, holds the median seat
    assert told["range"][[AC, B, ABCD]] == pytest.approx([0.2, 0.0, 0.6])


def test_superfluous_counts_every_member_that_may_leave() -> None:
    # without A the other three still hold 60 of 100
    assert columns(parliament())["superfluous"][ABCD] == sum(1 - share > 0.5 for share in (0.4, 0.3, 0.2, 0.1))


def test_connected_by_hand() -> None:
    told = columns(parliament())["connected"]
    assert told[AC] == 1
    assert told[0b0011 - 1] == 0  # A at .3 and B at .7 without C at .5
    assert told[0b0111 - 1] == 1


def test_history_by_hand() -> None:
    record = history()
    assert record.incumbent.tolist() == [False, True, False, False]
    assert record.governed == pytest.approx([6, 2, 6, 0], abs=0.01)
    assert record.present == pytest.approx([8, 8, 8, 8], abs=0.01)
    assert record.together[0, 2] == pytest.approx(6, abs=0.01)
    assert record.habits.years == pytest.approx(8, abs=0.01)
    assert record.habits.minority == pytest.approx(2, abs=0.01)  # B alone; A and C had 55 of 100
    told = columns(parliament(record=record))
    assert told["incumbent_cabinet"].nonzero()[0].tolist() == [B]
    assert told["familiar"][AC] > 0 == told["familiar"][0b0011 - 1]
    assert told["familiar_split"][0] == pytest.approx(told["familiar"][AC])  # A without C
    assert told["excluded"][ABCD] == 1  # D sat eight years and never governed
    assert told["precedent"].nonzero()[0].tolist() == [B, AC]


def test_a_predecessors_past_counts() -> None:
    from whipcount.theory.formation_table import record_of

    spells = []
    assert record_of(spells, [frozenset("A")], dt.date(2000, 1, 1)).years == 0


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(4)))
def test_the_order_of_parties_does_not_matter(order: list[int]) -> None:
    plain = parliament(record=history())
    record = plain.record
    turned = replace(
        plain,
        parties=tuple(plain.parties[row] for row in order),
        seats=plain.seats[order],
        place=plain.place[order],
        swing=plain.swing[order],
        family=tuple(plain.family[row] for row in order),
        chosen=tuple((plain.chosen or ())[row] for row in order),
        record=replace(
            record,
            **{
                name: getattr(record, name)[order]
                for name in ("incumbent", "premier", "regular", "present", "governed", "led")
            },
            **{name: getattr(record, name)[np.ix_(order, order)] for name in ("together", "both", "apart")},
            precedents=tuple((tuple(members[row] for row in order), years) for members, years in record.precedents),
        ),
    )
    model = shipped()
    first, second = model.probabilities(plain), model.probabilities(turned)
    by_members = {frozenset(plain.members(row)): chance for row, chance in enumerate(first)}
    for row, chance in enumerate(second):
        assert chance == pytest.approx(by_members[frozenset(turned.members(row))], rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seats=st.lists(st.integers(1, 60), min_size=2, max_size=7),
    seed=st.integers(0, 1_000),
)
def test_probabilities_of_any_parliament(seats: list[int], seed: int) -> None:
    places = np.random.default_rng(seed).random(len(seats))
    case = parliament(tuple(seats), tuple(places), None)
    chance = shipped().probabilities(case)
    assert chance.sum() == pytest.approx(1)
    assert (chance >= 0).all()
    inside = membership(chance, case.size)
    assert ((inside >= 0) & (inside <= 1 + 1e-12)).all()
    told = forecast(case)
    assert sum(party.portfolios for party in told.parties) == pytest.approx(1)
    assert sum(share for _, share in told.kinds) == pytest.approx(1)
    assert all(0 < one.months <= 48 for one in told.cabinets)


def test_all_positions_equal_and_ties_at_the_median() -> None:
    told = forecast(parliament((25, 25, 25, 25), (0.5, 0.5, 0.5, 0.5), None))
    assert sum(one.probability for one in told.cabinets) <= 1 + 1e-9
    assert np.isfinite([one.governs for one in told.parties]).all()


def test_formateur_order_is_a_distribution() -> None:
    order = formateur_order(parliament(record=history()))
    assert order.sum() == pytest.approx(1)
    assert order.argmax() in (0, 1)


def test_compromise_lies_inside_and_away_from_nobody_alone() -> None:
    cabinets = Cabinets(parliament())
    middle = compromise(cabinets.inside, cabinets.seats, cabinets.place)
    assert (middle >= cabinets.low - 1e-12).all()
    assert (middle <= cabinets.high + 1e-12).all()
    away = compromise_distance(cabinets.inside, cabinets.seats, cabinets.place)
    assert away[cabinets.count == 1] == pytest.approx(0)
    assert (away <= cabinets.high - cabinets.low + 1e-12).all()


class TestScores:
    def test_a_sure_forecast(self) -> None:
        case = parliament()
        sure = np.zeros(15)
        sure[AC] = 1.0
        told = score(case, sure)
        assert (told.first, told.five, told.loglik, told.parties, told.rank) == (1.0, 1.0, 0.0, 1.0, 1)

    def test_ties_are_drawn_by_lot(self) -> None:
        told = score(parliament(), np.full(15, 1 / 15))
        assert told.first == pytest.approx(1 / 15)
        assert told.five == pytest.approx(1 / 3)
        assert told.loglik == pytest.approx(told.uniform)

    def test_no_scores(self) -> None:
        assert np.isnan(Means.over([]).mean_loglik)

    def test_calibration_counts_everything_once(self) -> None:
        cases = [parliament(), parliament(record=history())]
        forecasts = [shipped().probabilities(case) for case in cases]
        assert sum(one.number for one in calibration(cases, forecasts, parties=True)) == 8
        assert sum(one.happened for one in calibration(cases, forecasts, parties=False)) == 2

    def test_kinds(self) -> None:
        assert [kind_of(0.5, 0.1), kind_of(0.55, 0.1), kind_of(0.7, 0.1)] == ["minority", "minimal", "oversized"]


class TestBadTables:
    def test_one_party(self) -> None:
        with pytest.raises(TableError, match="WC530"):
            parliament((100,), (0.5,), None)

    def test_two_hundred_parties(self) -> None:
        number = 200
        with pytest.raises(TableError, match=f"WC515.*{MOST_PARTIES}"):
            Opportunity(
                parties=tuple(f"party {row}" for row in range(number)),
                seats=np.full(number, 1 / number),
                place=np.linspace(0, 1, number),
                swing=np.zeros(number),
                family=("none",) * number,
                record=Record.none(2),
            )

    @pytest.mark.parametrize(
        ("seats", "place", "code"),
        [
            ((40, -30, 20, 10), (0.3, 0.7, 0.5, 0.9), "WC505"),
            ((40, 0, 20, 10), (0.3, 0.7, 0.5, 0.9), "WC505"),
            ((40, 30, 20, 10), (0.3, float("nan"), 0.5, 0.9), "WC509"),
            ((40, 30, 20, 10), (0.3, 7.0, 0.5, 0.9), "WC512"),
        ],
    )
    def test_wrong_values(self, seats: tuple[int, ...], place: tuple[float, ...], code: str) -> None:
        with pytest.raises(TableError, match=code):
            parliament(seats, place)

    def test_names_twice(self) -> None:
        with pytest.raises(TableError, match="WC503"):
            replace(parliament(), parties=("A", "A", "B", "C"))

    def test_seats_over_the_total(self) -> None:
        with pytest.raises(TableError, match="WC531"):
            replace(parliament(), seats=np.array([0.6, 0.5, 0.2, 0.1]))

    def test_no_cabinet_formed(self) -> None:
        with pytest.raises(TableError, match="WC532"):
            train([parliament(chosen=None)])

    def test_nothing_to_learn_from(self) -> None:
        with pytest.raises(TableError, match="WC533"):
            train([])

    def test_a_model_that_is_none(self, tmp_path: object) -> None:
        path = tmp_path / "model.json"  # type: ignore[operator]
        path.write_text("{}", encoding="utf-8")
        with pytest.raises(TableError, match="WC534"):
            Model.load(path)

    def test_one_country_cannot_be_left_out(self) -> None:
        with pytest.raises(TableError, match="WC535"):
            leave_countries_out([parliament(), parliament()], (KIND,))

    def test_too_few_for_rolling(self) -> None:
        with pytest.raises(TableError, match="WC535"):
            rolling([parliament(), parliament()], (KIND,))


def test_what_is_ruled_out_leaves_the_odds_of_the_rest() -> None:
    case = parliament()
    chance = shipped().probabilities(case)
    left = excluding(case, chance, [("A", "B")], ["D"])
    inside = Cabinets(case).inside > 0
    out = (inside[:, 0] & inside[:, 1]) | inside[:, 3]
    assert (left[out] == 0).all()
    assert left.sum() == pytest.approx(1)
    assert left[~out] / chance[~out] == pytest.approx(1 / chance[~out].sum())
    assert excluding(case, chance, ()).tolist() == pytest.approx(chance.tolist())
    with pytest.raises(TableError, match="WC536"):
        excluding(case, chance, (), "ABCD")


def test_a_window_is_tested_by_what_came_before_it_and_gains_are_paired_by_country() -> None:
    random = np.random.default_rng(3)
    cases = []
    for number in range(120):
        chosen = [False] * 4
        for one in random.permutation(4)[: random.integers(1, 3)]:
            chosen[one] = True
        day = dt.date(1950 + number // 2, 1, 1)
        cases.append(
            parliament((40, 30, 20, 10), tuple(random.random(4)), tuple(chosen), date=day, country="ABC"[number % 3])
        )
    tested = rolling(cases, (KIND, INCUMBENCY), years=5, first=1990)
    assert {one.date.year for one in tested[0].opportunities} == set(range(1990, 2010))
    # what is forecast for 1990 to 1994 hangs on nothing that came later
    early = rolling(cases[:90], (KIND, INCUMBENCY), years=5, first=1990)
    for one, other in zip(tested[0].forecasts[:10], early[0].forecasts, strict=False):
        assert one.tolist() == other.tolist()
    told = gains(tested)
    assert [one.score for one in told] == ["first", "five", "loglik"]
    for one in told:
        own, theirs = (np.array([getattr(row, one.score) for row in part.scores]) for part in reversed(tested))
        assert one.gain == pytest.approx((own - theirs).mean())
        by_country = [
            (own - theirs)[[case.country == name for case in tested[0].opportunities]].mean() for name in "ABC"
        ]
        assert min(by_country) - 1e-9 <= one.low <= one.gain <= one.high <= max(by_country) + 1e-9


def test_separated_formations_are_trained_with_a_ridge() -> None:
    # in every case the cabinet is the largest party alone: nothing else is ever chosen
    cases = [parliament((40, 30, 20, 10), tuple(np.random.default_rng(seed).random(4)), (True, False, False, False))
             for seed in range(20)]  # fmt: skip
    model = train(cases, Specification("kind", ("kind",)))
    assert model.separated
    assert all(np.isfinite(model.coefficients))
    assert evaluate(cases, model).means.first_choice == 1.0


def test_a_model_survives_being_saved(tmp_path: object) -> None:
    path = tmp_path / "model.json"  # type: ignore[operator]
    shipped().save(path)
    again = Model.load(path)
    case = parliament(record=history())
    assert again.probabilities(case) == pytest.approx(shipped().probabilities(case), rel=1e-4)
    assert again.provenance == shipped().provenance


def test_deviations_of_a_true_forecast_have_mean_zero_and_variance_one() -> None:
    """Summed over what may form, with the chances that the forecast gives: standardised, by definition."""
    chances = np.random.default_rng(4).dirichlet(np.ones(15))
    first: dict[str, float] = {}
    second: dict[str, float] = {}
    for row, chance in enumerate(chances):
        members = tuple(bool((row + 1) >> party & 1) for party in range(4))
        for leaning in leanings([parliament(chosen=members)], [chances]):
            first[leaning.trait] = first.get(leaning.trait, 0.0) + chance * leaning.deviations
            second[leaning.trait] = second.get(leaning.trait, 0.0) + chance * leaning.deviations**2
    varying = [name for name, value in second.items() if value > 0.0]
    assert len(varying) >= 6
    assert [first[name] for name in varying] == pytest.approx([0.0] * len(varying), abs=1e-9)
    assert [second[name] for name in varying] == pytest.approx([1.0] * len(varying))


def test_words_and_records_in_both_languages() -> None:
    told = forecast(parliament(record=history()))
    assert "%" in told.words("en")
    assert "%" in told.words("ru")
    assert told.record()["formed_rank"] >= 1
    scored = evaluation([parliament()], [np.full(15, 1 / 15)], "even")
    assert scored.record()["opportunities"] == 1
    assert scored.words("ru") != scored.words("en")


class TestPortfolios:
    def test_gamson(self) -> None:
        told = portfolio_shares(("A", "B"), (60, 20))
        assert told.gamson == pytest.approx((0.75, 0.25))
        assert sum(told.with_bonus) == pytest.approx(1)
        assert told.with_bonus[1] > told.gamson[1]

    def test_a_member_without_seats(self) -> None:
        with pytest.raises(TableError, match="WC505"):
            portfolio_shares(("A", "B"), (60, 0))

    def table(self) -> SeatsTable:
        # B holds the median on both dimensions
        return SeatsTable(("A", "B", "C"), (35, 35, 30), (("x", (0.1, 0.5, 0.9)), ("y", (0.2, 0.5, 0.8))))

    def test_the_median_party_on_both_dimensions_is_very_strong(self) -> None:
        told = portfolio_lattice(self.table(), ("x", "y"))
        assert told.median.holders == ("B", "B")
        assert told.strong == "B"
        assert told.very_strong
        assert ("B",) in {one.members for one in told.equilibria}
        assert len(told.allocations) == 9

    def test_a_majority_party_governs_alone(self) -> None:
        table = SeatsTable(("A", "B", "C"), (60, 25, 15), (("x", (0.1, 0.5, 0.9)), ("y", (0.9, 0.5, 0.8))))
        told = portfolio_lattice(table, ("x", "y"))
        assert told.strong == "A"
        assert {one.members for one in told.equilibria} == {("A",)}

    def test_unbeaten_allocations_are_stable(self) -> None:
        told = portfolio_lattice(self.table(), ("x", "y"))
        assert all(one.stable for one in told.allocations if one.beaten_by == 0)

    def test_too_many(self) -> None:
        names = tuple(f"p{row}" for row in range(20))
        values = tuple(float(row) for row in range(20))
        table = SeatsTable(names, (1,) * 20, (("x", values), ("y", values), ("z", values)))
        with pytest.raises(TableError, match="WC515"):
            portfolio_lattice(table, ("x", "y", "z"))


class TestZeroIntelligence:
    def test_a_distribution_that_repeats(self) -> None:
        case = parliament(record=history())
        first, second = zero_intelligence(case, draws=60), zero_intelligence(case, draws=60)
        assert first.sum() == pytest.approx(1)
        assert (first > 0).all()
        assert first == pytest.approx(second)

    def test_new_governments_have_a_majority_behind_them(self) -> None:
        # a majority party that is in office keeps it: no proposal can pass against it
        record = replace(history(), incumbent=np.array([True, False, False, False]))
        chance = zero_intelligence(parliament((70, 10, 10, 10), record=record), draws=60, office=1.0)
        assert chance[0] > 0.9


@pytest.fixture(scope="module")
def cases() -> tuple[Opportunity, ...]:
    from whipcount.data.parlgov import opportunities, read_parlgov

    return opportunities(read_parlgov(PARLGOV))


@needs_parlgov
class TestShipped:
    def test_count_of_the_part_given(self, cases: tuple[Opportunity, ...]) -> None:
        assert len(cases) == 277
        assert sum(case.cabinets for case in cases) == 116_563

    def test_the_shipped_model_was_trained_on_them(self, cases: tuple[Opportunity, ...]) -> None:
        assert shipped().provenance["opportunities"] == 277
        assert all(shipped().knows(case) for case in cases)
        assert "trained on 277" in evaluate(cases).note

    def test_better_than_no_intelligence(self, cases: tuple[Opportunity, ...]) -> None:
        some = cases[::12]
        even = evaluation(some, [zero_intelligence(case, draws=150) for case in some], "zero").means
        assert even.mean_loglik < evaluate(some).means.mean_loglik - 1


@needs_parlgov
@pytest.mark.slow
def test_countries_left_out_and_time_rolling_forward() -> None:
    from whipcount.data.parlgov import opportunities, read_parlgov

    cases = opportunities(read_parlgov(PARLGOV))
    told = compare(leave_countries_out(cases), "countries")
    means = dict(told.means)
    whole, first, second = means["whole"], means["kind"], means["kind_incumbency"]
    # the two reference models, as they are known to do on such data
    assert first.mean_loglik == pytest.approx(-2.77, abs=0.05)
    assert second.mean_loglik == pytest.approx(-2.53, abs=0.05)
    assert whole.mean_loglik - first.mean_loglik >= 0.35
    assert whole.mean_loglik - second.mean_loglik >= 0.10
    assert whole.first_choice - first.first_choice >= 0.04
    assert whole.top_five - first.top_five >= 0.06
    assert whole.mean_loglik >= -2.35
    assert whole.top_five >= 0.75
    forward = dict(compare(rolling(cases), "decades").means)
    assert forward["whole"].mean_loglik - forward["kind"].mean_loglik >= 0.35
    assert forward["whole"].mean_loglik - forward["kind_incumbency"].mean_loglik >= 0.10
    assert forward["whole"].top_five - forward["kind"].top_five >= 0.06
    assert INCUMBENCY.name in forward

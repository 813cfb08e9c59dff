"""Forecasts of cabinets by counting: what is told of each, ties, lattices, random proposals, records, mixed logits."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import history, numerical_gradient, parliament
from scipy import stats

from whipcount.errors import TableError
from whipcount.theory import formation_mixed
from whipcount.theory.formation import evaluation, excluding, kind_of, summarise
from whipcount.theory.formation_cordons import Ledger, _cordon, _surest, _variance
from whipcount.theory.formation_logit import ChoiceSets, fit, fold_of, gradient, information, probabilities
from whipcount.theory.formation_mixed import compare_mixed, fit_mixed, normal_draws, simulated
from whipcount.theory.formation_portfolios import portfolio_lattice, portfolio_shares
from whipcount.theory.formation_scores import Means, calibration, leanings, membership, score
from whipcount.theory.formation_table import Opportunity, Spell, record_of
from whipcount.theory.formation_zero import zero_intelligence
from whipcount.theory.tables import SeatsTable

EVEN = np.full(15, 1 / 15)


def members(row: int) -> set[int]:
    return {party for party in range(8) if (row + 1) >> party & 1}


class TestForecast:
    def test_what_is_told_of_each_cabinet_and_party(self) -> None:
        case, chance = parliament(record=history()), np.random.default_rng(1).dirichlet(np.ones(15))
        told = summarise(case, chance, shown=15)
        order = np.argsort(-chance)
        assert [one.probability for one in told.cabinets] == pytest.approx(chance[order])
        seats = case.seats
        for one, row in zip(told.cabinets, order, strict=True):
            inside = sorted(members(row))
            assert one.members == tuple("ABCD"[party] for party in inside)
            assert one.seats == pytest.approx(seats[inside].sum())
            assert one.portfolios == pytest.approx(seats[inside] / seats[inside].sum())
            spare = seats[inside].sum() - seats[inside].min() > 0.5 + 1e-7
            kind = "minority" if seats[inside].sum() <= 0.5 + 1e-7 else "oversized" if spare else "minimal"
            assert one.kind == kind
        for party, one in enumerate(told.parties):
            rows = [row for row in range(15) if party in members(row)]
            assert one.governs == pytest.approx(chance[rows].sum())
            expected = sum(chance[row] * seats[party] / seats[sorted(members(row))].sum() for row in rows)
            assert one.portfolios == pytest.approx(expected)
            assert (one.name, one.incumbent) == ("ABCD"[party], bool(case.record.incumbent[party]))
        kinds = {kind: sum(one.probability for one in told.cabinets if one.kind == kind) for kind, _ in told.kinds}
        assert dict(told.kinds) == pytest.approx(kinds)
        assert told.candidates == 15
        assert (told.formed, told.formed_probability) == (("A", "C"), chance[4])
        assert told.formed_rank == 1 + int((chance > chance[4]).sum())
        assert told.as_probable == 0
        assert told.title == "AAA 2000-01-01"
        assert len(summarise(case, chance, shown=3).cabinets) == 3
        nameless = summarise(replace(case, chosen=None, country="", date=dt.date.min), chance)
        assert (nameless.title, nameless.formed, nameless.formed_rank) == ("", None, None)

    def test_equals_are_counted_and_stand_in_the_order_of_their_names(self) -> None:
        told = summarise(parliament(), EVEN, shown=4)
        assert told.as_probable == 14
        assert [one.members for one in told.cabinets] == [("A",), ("A", "B"), ("A", "B", "C"), ("A", "B", "C", "D")]
        chance = EVEN.copy()
        chance[[3, 5]] = 2 / 15
        told = summarise(parliament(), chance / chance.sum(), shown=2)
        assert told.as_probable == 1
        assert "1 more is as probable" in told.words()
        # what differs beyond rounding is no equal
        chance[5] *= 1 + 1e-6
        assert summarise(parliament(), chance / chance.sum()).as_probable == 0

    def test_those_who_almost_certainly_govern_are_named(self) -> None:
        chance = np.zeros(15)
        chance[[0b0011 - 1, 0b0101 - 1]] = 0.9, 0.1
        words = summarise(parliament(), chance).words()
        assert "Almost certain to govern: A and B" in words
        chance[[0b0011 - 1, 0b0101 - 1]] = 0.89, 0.11
        assert "Almost certain to govern: A." in summarise(parliament(), chance).words()

    @pytest.mark.parametrize(
        ("share", "smallest", "kind"),
        [(0.5, 0.5, "minority"), (0.51, 0.01, "minimal"), (0.51, 0.0099, "oversized"), (1.0, 0.5, "minimal")],
    )
    def test_half_is_no_majority(self, share: float, smallest: float, kind: str) -> None:
        assert kind_of(share, smallest) == kind

    def test_what_is_ruled_out(self) -> None:
        chance = np.random.default_rng(2).dirichlet(np.ones(15))
        told = excluding(parliament(), chance, [("A", "B"), ("C", "D")], ["D"], [("A", "C")])
        kept = [row for row in range(15) if not {0, 1} <= members(row) and 3 not in members(row)
                and len(members(row) & {0, 2}) != 1]  # fmt: skip
        assert np.flatnonzero(told).tolist() == kept
        assert told[kept] == pytest.approx(chance[kept] / chance[kept].sum())


class TestScores:
    def test_a_score_by_counting(self) -> None:
        case = parliament()  # A and C formed: row 4
        chance = np.array([10, 8, 8, 5, 8, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1], dtype=float)
        chance /= chance.sum()
        told = score(case, chance)
        assert (told.rank, told.probability) == (2, chance[4])
        assert told.first == 0.0
        assert told.five == 1.0  # three share the second to fourth place
        assert told.loglik == pytest.approx(math.log(chance[4]))
        assert told.uniform == pytest.approx(-math.log(15))
        inside = membership(chance, 4)
        assert inside == pytest.approx([chance[[row for row in range(15) if party in members(row)]].sum()
                                        for party in range(4)])  # fmt: skip
        assert told.parties == np.mean([(inside[party] > 0.5) == (party in (0, 2)) for party in range(4)])
        assert (told.formed, told.expected) == ("A + C", "A")
        crowded = np.array([9, 9, 9, 9, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0], dtype=float)
        assert score(case, crowded / crowded.sum()).five == pytest.approx(1 / 3)  # one place for three
        crowded[4] = crowded[0]
        assert score(case, crowded / crowded.sum()).first == pytest.approx(1 / 5)
        assert score(case, np.where(np.arange(15) == 4, 0.0, 1 / 14)).loglik == pytest.approx(math.log(1e-300))
        means = Means.over([told, told])
        assert (means.opportunities, means.mean_loglik) == (2, told.loglik)
        assert evaluation([case, case], [chance, chance], "x").means == means

    def test_bins_hold_their_lower_end_and_the_last_both(self) -> None:
        chance = np.zeros(15)
        chance[[4, 0]] = 0.6, 0.4
        told = calibration([parliament()], [chance], parties=False)
        assert [(one.low, one.high, one.number, one.happened) for one in told] == [
            (0.0, 0.001, 13, 0), (0.4, 0.6, 1, 0), (0.6, 1.0, 1, 1)
        ]  # fmt: skip
        sure = np.eye(15)[4]
        assert [(one.low, one.number, one.happened) for one in calibration([parliament()], [sure], parties=True)] == [
            (0.0, 2, 0), (0.95, 2, 2)
        ]  # fmt: skip
        halves = calibration([parliament()], [chance], parties=False, edges=(0.0, 0.5, 1.0))
        assert [one.forecast for one in halves] == pytest.approx([0.4 / 14, 0.6])
        assert [one.share for one in halves] == [0.0, 1.0]
        assert calibration([], [], parties=True) == ()

    def test_leanings_are_means_and_deviations(self) -> None:
        cases, chance = [parliament(), parliament((30, 30, 25, 15))], np.random.default_rng(3).dirichlet(np.ones(15))
        told = {one.trait: one for one in leanings(cases, [chance, EVEN])}
        counts = np.array([len(members(row)) for row in range(15)], dtype=float)
        expected = chance @ counts + EVEN @ counts
        variance = sum(one @ counts**2 - (one @ counts) ** 2 for one in (chance, EVEN))
        assert told["parties"].observed == 2.0
        assert told["parties"].expected == pytest.approx(expected / 2)
        assert told["parties"].deviations == pytest.approx((4 - expected) / math.sqrt(variance))
        off = [abs(one.deviations) for one in leanings(cases, [chance, EVEN])]
        assert off == sorted(off, reverse=True)


class TestPortfolios:
    def test_gamson_and_the_bonus(self) -> None:
        told = portfolio_shares("AB", (30, 10), slope=0.6)
        assert told.gamson == (0.75, 0.25)
        assert told.with_bonus == pytest.approx((0.6 * 0.75 + 0.2, 0.6 * 0.25 + 0.2))
        assert portfolio_shares("AB", (30, 10)).with_bonus == pytest.approx((0.7, 0.3))

    @pytest.mark.parametrize("seed", range(6))
    def test_a_lattice_by_its_definition(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        ideal, seats = random.random((4, 2)).round(2), random.integers(10, 40, 4)
        care = np.ones((4, 2)) if seed % 2 else random.random((4, 2)) + 0.2
        table = SeatsTable(
            tuple("ABCD"), tuple(map(int, seats)), (("x", tuple(ideal[:, 0])), ("y", tuple(ideal[:, 1])))
        )
        told = portfolio_lattice(table, ("x", "y"), None if seed % 2 else care.tolist())
        points = list(itertools.product(range(4), repeat=2))

        def loss(party: int, point: tuple[int, int]) -> float:
            return sum(care[party, axis] * (ideal[point[axis], axis] - ideal[party, axis]) ** 2 for axis in (0, 1))

        def prefers(party: int, one: tuple[int, int], other: tuple[int, int]) -> bool:
            return loss(party, one) < loss(party, other) - 1e-12

        def beaten(point: tuple[int, int]) -> list[tuple[int, int]]:
            return [other for other in points
                    if 2 * sum(seats[p] for p in range(4) if prefers(p, other, point)) > seats.sum()]  # fmt: skip

        assert [one.holders for one in told.allocations] == [tuple("ABCD"[party] for party in one) for one in points]
        for one, point in zip(told.allocations, points, strict=True):
            assert one.policy == tuple(ideal[point[axis], axis] for axis in (0, 1))
            assert one.beaten_by == len(beaten(point))
            veto = [any(prefers(party, point, other) for party in other) for other in beaten(point)]
            assert one.stable == all(veto)
        unbeaten = [party for party in range(4) if not beaten((party, party))]
        strong = [party for party in range(4) if all(party in other for other in beaten((party, party)))]
        first = (unbeaten or strong or [None])[0]
        assert told.strong == (None if first is None else "ABCD"[first])
        assert told.very_strong == bool(unbeaten)
        for axis in (0, 1):
            place = ideal[["ABCD".index(told.median.holders[axis])], axis][0]
            assert 2 * seats[ideal[:, axis] < place].sum() <= seats.sum()
            assert 2 * seats[ideal[:, axis] > place].sum() <= seats.sum()
        grid = [row["beaten_by"] for row in told.tables()[0].records() if row["stable"]]
        assert grid == sorted(grid)


class TestZeroIntelligence:
    def test_every_cabinet_keeps_its_part_of_what_goes_astray(self) -> None:
        chance = zero_intelligence(parliament(record=history()), draws=50)
        counts = (chance - 0.05 / 15) / 0.95 * 50
        assert counts == pytest.approx(np.rint(counts), abs=1e-9)
        assert counts.sum() == pytest.approx(50)

    def test_the_first_proposal_that_passes_takes_office(self) -> None:
        """The same world by a plain loop: other draws of the same distribution."""
        case = parliament((35, 30, 20, 15), (0.2, 0.45, 0.6, 0.9), record=history())
        office, seats, place = 0.6, case.seats, case.place
        random = np.random.default_rng(11)
        status = [office * (party == 1) - (1 - office) * abs(place[1] - place[party]) for party in range(4)]
        counts = np.zeros(15)
        for _ in range(600):
            for _ in range(300):
                inside = {int(random.choice(4, p=seats))} | {party for party in range(4) if random.random() < 0.5}
                policy, drawn = random.random(), random.exponential(size=4)
                total = sum(drawn[party] for party in inside)
                gain = [office * (drawn[party] / total if party in inside else 0.0)
                        - (1 - office) * abs(policy - place[party]) > status[party] for party in range(4)]  # fmt: skip
                if (
                    all(gain[party] for party in inside)
                    and sum(seats[party] for party in range(4) if gain[party]) > 0.5
                ):
                    break
            else:
                inside = {1}
            counts[sum(1 << party for party in inside) - 1] += 1
        told = zero_intelligence(case, draws=600, office=office)
        expected = 0.95 * counts / 600 + 0.05 / 15
        assert np.abs(told - expected).max() < 5 * math.sqrt(2 * 0.25 / 600) / 2
        assert np.abs(told - expected).sum() < 0.2

    def test_the_largest_stays_where_nobody_is_known_to_govern(self) -> None:
        """A majority party that cares for policy alone, and has it, is never dislodged."""
        chance = zero_intelligence(parliament((20, 60, 10, 10)), draws=40, office=0.0)
        assert chance[1] > 0.9
        other = zero_intelligence(parliament(), draws=40, seed=2)
        assert other != pytest.approx(zero_intelligence(parliament(), draws=40, seed=3))


class TestRecords:
    def test_a_record_is_a_sum_over_spells(self) -> None:
        seats = {"A": 40.0, "B": 30.0, "C": 20.0, "c": 0.0}
        spells = [
            Spell(dt.date(1940, 1, 1), dt.date(1939, 1, 1), frozenset("AB"), frozenset("A"), seats, 100.0),
            Spell(dt.date(1980, 1, 1), dt.date(1980, 1, 1), frozenset("BC"), frozenset("B"), seats, 90.0),
            Spell(dt.date(1984, 1, 1), dt.date(1980, 1, 1), frozenset("ABC"), frozenset("A"), seats, 90.0),
            Spell(
                dt.date(1990, 1, 1), dt.date(1980, 1, 1), frozenset("D"), frozenset("D"), seats, 90.0, caretaker=True
            ),
        ]
        lines = [frozenset("A"), frozenset("B"), frozenset({"C", "c"}), frozenset("D")]
        until = dt.date(1990, 1, 3)
        told = record_of(spells, lines, until, half_life=10.0)
        ends = [one.start for one in spells[1:]] + [until]
        held = [[bool(line & one.members) for line in lines] for one in spells]
        # a cabinet of two days counts as long as one of a week
        years = [max((end - one.start).days / 365.25, 0.02) for one, end in zip(spells, ends, strict=True)]
        weight = [year * 0.5 ** ((until - end).days / 3652.5) for year, end in zip(years, ends, strict=True)]
        assert told.years == pytest.approx((until - spells[0].start).days / 365.25)
        for party in range(4):
            here = [party < 3 or held[number][party] for number in range(4)]
            assert told.present[party] == pytest.approx(sum(w for w, one in zip(weight, here, strict=True) if one))
            assert told.governed[party] == pytest.approx(
                sum(w for w, one in zip(weight, held, strict=True) if one[party])
            )
            led = [bool(lines[party] & one.premier) for one in spells]
            assert told.led[party] == pytest.approx(sum(w for w, one in zip(weight, led, strict=True) if one))
            for other in range(4):
                both = [party < 3 or one[party] for one in held], [other < 3 or one[other] for one in held]
                pairs = list(zip(weight, held, *both, strict=True))
                assert told.together[party, other] == pytest.approx(
                    sum(w for w, h, *_ in pairs if h[party] and h[other])
                )
                assert told.both[party, other] == pytest.approx(sum(w for w, _, a, b in pairs if a and b))
                apart = sum(w for w, h, a, b in pairs if a and b and h[party] != h[other])
                assert told.apart[party, other] == pytest.approx(apart)
        assert told.incumbent.tolist() == [False, False, False, True]
        assert told.regular.tolist() == [True, True, True, False]
        assert told.premier.tolist() == [False, False, False, True]
        assert dict(told.precedents) == pytest.approx({tuple(one): w for one, w in zip(held, weight, strict=True)})
        # habits since the war, of parliaments where nobody has a majority alone, caretakers left out
        habits = told.habits
        assert habits.years == pytest.approx(weight[1] + weight[2])
        assert habits.minority == 0.0 if 50 / 90 > 0.5 else habits.minority > 0
        assert habits.oversized == pytest.approx(weight[2])  # without C the other two have seventy of ninety
        assert habits.single == 0.0
        assert habits.parties == pytest.approx(2 * weight[1] + 3 * weight[2])
        earlier = record_of(spells, lines, until, half_life=10.0, since=dt.date(1900, 1, 1)).habits
        assert earlier.years == pytest.approx(sum(weight[:3]))
        assert earlier.parties == pytest.approx(2 * weight[0] + 2 * weight[1] + 3 * weight[2])
        half = replace(spells[1], members=frozenset("BC"), total=100.0)
        assert record_of([half], lines, until).habits.minority > 0  # fifty of a hundred are no majority
        most = replace(half, seats={"A": 60.0, "B": 30.0}, members=frozenset("A"))
        assert record_of([most], lines, until).habits.years == 0.0


class TestChoices:
    @pytest.fixture(scope="class")
    @staticmethod
    def sets() -> ChoiceSets:
        random = np.random.default_rng(5)
        tables = [random.normal(size=(int(random.integers(2, 6)), 3)) for _ in range(30)]
        return ChoiceSets.stack(tables, [int(random.integers(len(one))) for one in tables])

    def test_chances_slopes_and_curvature(self, sets: ChoiceSets) -> None:
        place = np.array([0.5, -1.0, 0.3])
        chance, logs = probabilities(place, sets)
        ends = [*sets.starts[1:], len(sets.rows)]
        for start, end, chosen, log in zip(sets.starts, ends, sets.chosen, logs, strict=True):
            weight = np.exp(sets.rows[start:end] @ place)
            assert chance[start:end] == pytest.approx(weight / weight.sum())
            assert log == pytest.approx(math.log(chance[chosen]))
        slope = numerical_gradient(lambda at: probabilities(at, sets)[1].sum(), place)
        assert gradient(sets, chance) == pytest.approx(slope, abs=1e-5)

        def slope_at(at: np.ndarray) -> np.ndarray:
            return gradient(sets, probabilities(at, sets)[0])

        bend = np.array([numerical_gradient(lambda at, axis=axis: slope_at(at)[axis], place)
                         for axis in range(3)])  # fmt: skip
        assert information(sets, chance) == pytest.approx(-bend, abs=1e-5)
        inside = [sets.rows[start:end] for start, end in zip(sets.starts, ends, strict=True)]
        assert sets.scale() == pytest.approx(np.sqrt(np.mean([one.var(axis=0) for one in inside], axis=0)))
        found = fit(sets)
        assert gradient(sets, probabilities(found.coefficients, sets)[0]) == pytest.approx(np.zeros(3), abs=1e-4)
        assert found.errors == pytest.approx(np.sqrt(np.diag(np.linalg.inv(
            information(sets, probabilities(found.coefficients, sets)[0])))), rel=1e-5)  # fmt: skip
        shrunk = fit(sets, 4.0)
        left = gradient(sets, probabilities(shrunk.coefficients, sets)[0])
        assert left == pytest.approx(4.0 * shrunk.coefficients * sets.scale() ** 2, abs=1e-4)

    def test_groups_are_dealt_out_whole(self) -> None:
        groups = [f"g{place % 7}" for place in range(40)]
        folds = fold_of(groups, 3)
        assert sorted(np.bincount([folds[groups.index(name)] for name in sorted(set(groups))])) == [2, 2, 3]
        assert all(folds[place] == folds[place % 7] for place in range(40))

    @pytest.mark.parametrize("compiled", [False, True])
    def test_a_mixed_logit_averages_over_its_draws(
        self, sets: ChoiceSets, compiled: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not compiled:
            monkeypatch.setattr(formation_mixed, "kernel", lambda _: None)
        place, normal = np.array([0.5, -1.0, 0.3, 0.8, 0.4]), normal_draws(30, 2, 6)
        logs, slope, mean = simulated(place, sets, (2, 0), normal)
        chances = []
        for draw in normal:
            each = np.repeat(place[:3][None], 30, axis=0)
            each[:, 2] += 0.8 * draw[:, 0]
            each[:, 0] += 0.4 * draw[:, 1]
            utility = np.exp((sets.rows * np.repeat(each, sets.lengths, axis=0)).sum(axis=1))
            chances.append(utility / np.repeat(np.add.reduceat(utility, sets.starts), sets.lengths))
        assert mean == pytest.approx(np.mean(chances, axis=0))
        assert logs == pytest.approx(np.log(np.mean(chances, axis=0)[sets.chosen]))
        check = numerical_gradient(lambda at: simulated(at, sets, (2, 0), normal)[0].sum(), place)
        assert slope == pytest.approx(check, abs=1e-5)
        # without spread it is the conditional logit
        assert simulated(np.r_[place[:3], 0, 0], sets, (2, 0), normal)[2] == pytest.approx(
            probabilities(place[:3], sets)[0]
        )

    def test_draws_are_normal_and_mirrored(self) -> None:
        draws = normal_draws(200, 2, 7)
        assert draws.shape == (7, 200, 2)
        assert draws[4:] == pytest.approx(-draws[:3])
        assert stats.kstest(normal_draws(500, 1, 8)[:4].ravel(), "norm").pvalue > 0.05

    def test_a_mixed_logit_is_beside_the_plain_one(self, sets: ChoiceSets) -> None:
        told = compare_mixed(sets, ["x", "y", "z"], ["z"], ridge=2.0, draws=20)
        plain, mixed = fit(sets, 2.0), fit_mixed(sets, (2,), 2.0, 20)
        assert told.conditional == pytest.approx(plain.coefficients)
        assert told.mixed == pytest.approx(mixed.coefficients)
        assert told.deviations == pytest.approx((0.0, 0.0, float(mixed.deviations[0])))
        assert told.deviations[2] >= 0
        assert (told.choices, told.draws) == (30, 20)
        assert told.loglik_mixed == pytest.approx(mixed.loglik)
        assert [row["mixed"] for row in told.record()["coefficients"]] == pytest.approx(mixed.coefficients)
        # the fit is where penalised likelihood has no slope left, in units of each covariate's scale
        scale = sets.scale()
        at = np.r_[mixed.coefficients * scale, mixed.deviations * scale[2]]
        _, slope, _ = simulated(at, sets.scaled(scale), (2,), normal_draws(30, 1, 20))
        assert slope == pytest.approx(2.0 * at, abs=2e-2)
        for wrong in (["w"], []):
            with pytest.raises(TableError, match="WC502"):
                compare_mixed(sets, ["x", "y", "z"], wrong)


class TestCordons:
    def test_ratios_are_gamma(self) -> None:
        told = _cordon("V", ("A", "B"), (7.0, 3.0, 1.0), 0.8, 0.5)
        posterior = stats.gamma(1 + 2, scale=1 / (3 + 2 / 0.8))
        assert told.ratio == pytest.approx(posterior.mean())
        assert (told.low, told.high) == (pytest.approx(posterior.ppf(0.025)), pytest.approx(posterior.ppf(0.975)))
        assert (told.formations, told.expected, told.together) == (7, 3.0, 1)

    def test_the_spread_of_ratios_is_that_of_a_negative_binomial(self) -> None:
        random = np.random.default_rng(6)
        expected = random.uniform(0.5, 6, 300)
        together = random.poisson(expected * random.gamma(2.0, 0.5, 300)).astype(float)

        def likelihood(variance: float) -> float:
            return float(stats.nbinom.logpmf(together, 1 / variance, 1 / (1 + variance * expected)).sum())

        found = _variance(together, expected)
        assert likelihood(found) >= max(likelihood(found * factor) for factor in (0.9, 0.97, 1.03, 1.1)) - 1e-6
        assert found == pytest.approx(0.5, rel=0.4)
        assert _variance(np.zeros(0), np.zeros(0)) == 1.0

    def test_a_penalty_is_the_sum_of_the_logs_of_ratios_below_one(self) -> None:
        case = replace(parliament(), family=("left", "right", "soc", "none"))
        ledger = Ledger()
        ledger.families = {("left", "right"): [9.0, 6.0, 0.0], ("left", "soc"): [9.0, 1.0, 8.0]}
        ledger.pairs = {("AAA", ("B", "D")): [4.0, 2.0, 0.0]}
        told = ledger.penalty(case, (0.5, 0.25))
        shunned = {(0, 1): math.log((0 + 2) / (6 + 2)), (1, 3): math.log(4 / (2 + 4))}
        for row in range(15):
            expected = sum(value for pair, value in shunned.items() if set(pair) <= members(row))
            assert told[row] == pytest.approx(expected)

    def test_the_surest_stand_first(self) -> None:
        def pair(name: str, together: float, expected: float) -> object:
            return _cordon(name, ("A", "B"), (9.0, expected, together), 1.0, 0.5)

        rows = [pair("U", 0, 4.0), pair("V", 0, 8.0), pair("W", 0, 0.5), pair("X", 0, 0.49), pair("Y", 5, 2.0)]
        assert [one.country for one in _surest(rows, 9)] == ["V", "U", "W"]  # type: ignore[arg-type]
        assert [one.country for one in _surest(rows, 1)] == ["V"]  # type: ignore[arg-type]

    def test_a_ledger_counts_formations(self) -> None:
        case: Opportunity = replace(parliament(), family=("left", "right", "left", "none"))
        chance = np.random.default_rng(7).dirichlet(np.ones(15))
        ledger = Ledger()
        ledger.add(case, chance)
        ledger.add(case, EVEN)
        for one, other in itertools.combinations(range(4), 2):
            both = [row for row in range(15) if {one, other} <= members(row)]
            told = ledger.pairs["AAA", ("ABCD"[one], "ABCD"[other])]
            assert told == pytest.approx([2.0, chance[both].sum() + 4 / 15, 2.0 * ({one, other} == {0, 2})])
        assert ledger.families["left", "left"][2] == 2.0
        assert ledger.families["left", "right"][0] == 4.0

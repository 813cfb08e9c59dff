"""What the record of formations teaches: errors by country against R, cordons in closed forms, pacts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import formation_choices, needs_golden, parliament

import whipcount
from whipcount.errors import TableError
from whipcount.theory.formation import excluding, forecast
from whipcount.theory.formation_cordons import Ledger, cordons, families_of, penalties
from whipcount.theory.formation_covariates import Cabinets
from whipcount.theory.formation_logit import ChoiceSets, fit
from whipcount.theory.formation_model import INCUMBENCY
from whipcount.theory.formation_reasons import clustered_errors, reasons
from whipcount.theory.formation_table import Opportunity


def record(number: int = 90, shun: bool = True, seed: int = 1) -> list[Opportunity]:
    """Formations of five countries: minimal winning sets drawn by lot; A and B, who could, never sit together."""
    random = np.random.default_rng(seed)
    found = []
    for place in range(number):
        seats = random.dirichlet([6, 6, 6, 6])
        one = parliament(tuple(seats), tuple(random.uniform(0.1, 0.9, 4)), None)
        c = Cabinets(one)
        allowed = (c.share > 0.5) & (c.share - c.smallest <= 0.5)
        if shun:
            allowed &= ~((c.inside[:, 0] > 0) & (c.inside[:, 1] > 0))
        row = int(random.choice(np.flatnonzero(allowed) if allowed.any() else np.arange(len(allowed))))
        chosen = tuple(bool((row + 1) >> party & 1) for party in range(4))
        day = dt.date(1950, 1, 1) + dt.timedelta(200 * place)
        land = "VWXYZ"[place % 5]
        found.append(replace(one, country=land, date=day, chosen=chosen, family=("left", "right", "soc", "none")))
    return found


@needs_golden
def test_errors_by_country_are_those_of_clogit() -> None:
    # coxph(Surv(rep(1, n), chosen) ~ ... + strata(opportunity), cluster = country); survival 3.5-3
    names, sets, opportunities = formation_choices()
    told = clustered_errors(sets, fit(sets), [name.split()[0] for name in opportunities])
    robust = {
        "minority": 0.588246661335, "minimal_winning": 0.406222540388, "largest_party": 0.343382224682,
        "range": 0.897933811704, "incumbent_cabinet": 0.222312795630,
    }  # fmt: skip
    assert told == pytest.approx([robust[name] for name in names], rel=1e-5)


def test_formations_told_twice_are_no_surer() -> None:
    random = np.random.default_rng(2)
    tables, chosen = [random.normal(size=(6, 2)) for _ in range(50)], random.integers(0, 6, 50).tolist()
    names = [f"{place}" for place in range(50)]
    once, twice = ChoiceSets.stack(tables, chosen), ChoiceSets.stack(tables * 2, chosen * 2)
    single, double = fit(once), fit(twice)
    assert clustered_errors(twice, double, names * 2) == pytest.approx(clustered_errors(once, single, names), rel=1e-6)
    assert double.errors == pytest.approx(single.errors / np.sqrt(2), rel=1e-6)


def test_reasons_begin_with_the_surest() -> None:
    found = reasons(record(80, shun=False), INCUMBENCY)
    surest = max(found.reasons, key=lambda one: abs(one.value) / one.clustered)
    assert f" {surest.name} tells most surely" in found.words()
    assert found.loglik > found.loglik_uniform == pytest.approx(-80 * np.log(15))


def test_what_is_expected_sums_to_what_the_model_says() -> None:
    case = record(1)[0]
    chance = np.full(15, 1 / 15)
    ledger = Ledger()
    ledger.add(case, chance)
    # of the 15 cabinets of four parties each pair sits in four
    assert all(told[1] == pytest.approx(4 / 15) for told in ledger.pairs.values())
    assert len(ledger.pairs) == 6
    assert ("left", "right") in ledger.families
    assert families_of(case, 0, 3) is None  # the last one has no family


def test_ratios_are_shrunken_to_their_families() -> None:
    ledger = Ledger()
    pair, families = ("A", "B"), ("left", "right")
    assert ledger.ratio("V", pair, families, (0.5, 0.5)) == 1
    ledger.families[families] = [20.0, 8.0, 0.0]
    prior = ledger.family_ratio(families, 0.5)
    assert prior == pytest.approx((0 + 2) / (8 + 2))
    assert ledger.ratio("V", pair, families, (0.5, 0.5)) == pytest.approx(prior)
    ledger.pairs["V", pair] = [5.0, 3.0, 0.0]
    assert ledger.ratio("V", pair, families, (0.5, 0.5)) == pytest.approx(prior * 2 / (prior * 3 + 2))
    # the surer ratios are alike, the less a pair's own record counts
    assert ledger.ratio("V", pair, None, (0.5, 1e-5)) == pytest.approx(1, abs=1e-4)


def test_what_comes_later_teaches_nothing_of_what_came_before() -> None:
    cases = record(30)
    changed = [*cases[:29], replace(cases[29], chosen=(True, True, True, True))]
    known = list(range(20))
    for one, other in zip(penalties(cases, known)[:29], penalties(changed, known)[:29], strict=True):
        assert (one == other).all()
    assert not penalties(cases, known)[0].any()  # before the first nothing was known


def test_a_cordon_is_found_and_helps() -> None:
    found = cordons(record(120), years=10, base=INCUMBENCY)
    assert {one.pair for one in found.pairs[:3]} == {("A", "B")}
    assert found.families[0].pair == ("left", "right")
    assert found.families[0].together == 0
    gain = {one.score: one for one in found.gains}["loglik"]
    assert gain.low > 0
    assert "cordon is between A and B" in found.words()
    assert "better" in found.words()


def test_where_nobody_shuns_nobody_there_is_no_cordon() -> None:
    found = cordons(record(120, shun=False), years=10, base=INCUMBENCY)
    assert all(one.high > 1 for one in found.pairs)
    assert "cordon is told from chance" in found.words()
    with pytest.raises(TableError, match="WC533"):
        cordons([])


def test_a_pact_governs_whole_or_not_at_all() -> None:
    case = parliament()
    chance = np.random.default_rng(1).dirichlet(np.ones(15))
    told = excluding(case, chance, (), (), [("A", "B")])
    inside = Cabinets(case).inside
    assert (told[inside[:, 0] != inside[:, 1]] == 0).all()
    kept = np.flatnonzero(told)
    assert told[kept] / told[kept[0]] == pytest.approx(chance[kept] / chance[kept[0]])
    both = {one.name: one.governs for one in forecast(case, pacts=[("A", "B")]).parties}
    assert both["A"] == pytest.approx(both["B"])


def test_pacts_and_exclusions_together_can_leave_nobody() -> None:
    two = parliament((60, 40), (0.3, 0.7), None)
    with pytest.raises(TableError, match="WC536"):
        excluding(two, np.full(3, 1 / 3), [("A", "B")], (), [("A", "B")])


def test_the_call_takes_pacts() -> None:
    rows = {"party": ["Left", "Labour", "Right"], "seats": [20, 35, 45], "position": [2.0, 4.0, 8.0]}
    told = whipcount.formation(rows, pact="Left+Labour")
    by_name = {one.name: one.governs for one in told.parties}
    assert by_name["Left"] == pytest.approx(by_name["Labour"])

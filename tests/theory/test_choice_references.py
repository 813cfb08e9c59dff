"""Conditional logits and durations against R's clogit, survreg and survfit on the same tables."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from formation_bodies import DURATIONS, GOLDEN, formation_choices, needs_golden, numerical_gradient

from whipcount.data.durations import read_durations
from whipcount.errors import TableError
from whipcount.theory.formation_logit import fit
from whipcount.theory.survival import Durations, fit_survival, kaplan_meier
from whipcount.theory.survival_cox import fit_cox, partial_likelihood


def read(name: str) -> list[dict[str, str]]:
    """The rows of a reference table."""
    with (GOLDEN / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@needs_golden
def test_clogit() -> None:
    names, sets, _ = formation_choices()
    found = fit(sets)
    reference = {row["term"]: row for row in read("formation_clogit.csv")}
    assert found.coefficients == pytest.approx([float(reference[name]["estimate"]) for name in names], abs=1e-6)
    assert found.errors == pytest.approx([float(reference[name]["se"]) for name in names], abs=1e-6)
    assert found.loglik == pytest.approx(float(reference["loglik"]["estimate"]), abs=1e-6)
    covariances = [[float(row[name]) for name in names] for row in read("formation_clogit_vcov.csv")]
    assert found.covariance == pytest.approx(np.array(covariances), abs=1e-6)


@needs_golden
@pytest.mark.parametrize("names", [("fract", "numst2"), ("invest", "fract", "polar", "numst2", "crisis")])
@pytest.mark.parametrize("model", ["exponential", "weibull"])
def test_survreg(names: tuple[str, ...], model: str) -> None:
    rows = [
        row for row in read("survival_survreg.csv") if (row["model"], row["distribution"]) == ("+".join(names), model)
    ]
    reference = {row["term"]: row for row in rows}
    found = fit_survival(read_durations(DURATIONS, "duration", "ciep12", names), model)
    terms = ["const", *names]
    assert found.values == pytest.approx([float(reference[term]["estimate"]) for term in terms], abs=1e-6)
    errors = [one.error for one in found.coefficients]
    assert errors == pytest.approx([float(reference[term]["se"]) for term in terms], abs=1e-6)
    assert found.loglik == pytest.approx(float(reference["loglik"]["estimate"]), abs=1e-6)
    if model == "weibull":
        assert found.shape == pytest.approx(float(reference["shape"]["estimate"]), abs=1e-6)


@needs_golden
def test_survfit() -> None:
    told = kaplan_meier(read_durations(DURATIONS, "duration", "ciep12", ("fract",)))
    for row in read("survival_kaplan_meier.csv"):
        if row["conf_type"] == "log":
            at = [one for one in told if one[0] <= float(row["time"])][-1]
            expected = [float(row[name]) for name in ("survival", "lower", "upper")]
            assert at[1:] == pytest.approx(expected, rel=1e-6)


@needs_golden
def test_coxph() -> None:
    # coxph(Surv(duration, ciep12) ~ ..., ties = "efron", robust = TRUE); survival 3.5-3
    names = ("invest", "fract", "polar", "numst2", "crisis")
    table = read_durations(DURATIONS, "duration", "ciep12", names)
    found = fit_cox(replace(table, groups=tuple(str(row) for row in range(len(table.duration)))))
    told = [0.55187528019639, 0.00239775204799, 0.03277199843162, -0.48521384964485, -0.00618078847268]
    errors = [0.136817849347164, 0.000897621332873, 0.006105461523989, 0.129415000883676, 0.002156648790080]
    robust = [0.138124952361, 0.000889219071, 0.005906607524, 0.126690007948, 0.002448432739]
    assert [one.value for one in found.hazards] == pytest.approx(told, rel=1e-6)
    assert [one.error for one in found.hazards] == pytest.approx(errors, rel=1e-6)
    assert [one.clustered for one in found.hazards] == pytest.approx(robust, rel=1e-6)
    assert (found.loglik_null, found.loglik) == pytest.approx((-1369.66399536, -1313.89829459), abs=1e-6)


def by_country() -> Durations:
    """The cabinets with their countries (ten, whose country is not told, are a group of their own)."""
    names = ("invest", "fract", "polar", "numst2", "crisis")
    with DURATIONS.open(encoding="utf-8") as stream:
        groups = tuple(row["country"] for row in csv.DictReader(stream))
    return replace(read_durations(DURATIONS, "duration", "ciep12", names), groups=groups)


@needs_golden
def test_survreg_lognormal() -> None:
    # survreg(Surv(duration, ciep12) ~ ..., dist = "lognormal"), and with cluster = country; survival 3.5-3
    found = fit_survival(by_country(), "lognormal")
    told = [
        4.21100510518849,
        -0.54316376509083,
        -0.00202090696209,
        -0.02973495796877,
        0.56810831162519,
        0.0050005194987,
    ]
    errors = [
        0.603657766170515,
        0.142296799188550,
        0.000881267080523,
        0.006406272151874,
        0.131072702948205,
        0.0018948851,
    ]
    clustered = [0.6284753028, 0.2109347463, 0.000952970580, 0.008100360234, 0.1710405961, 0.002381184864]
    assert found.values == pytest.approx(told, rel=1e-6)
    assert [one.error for one in found.coefficients] == pytest.approx(errors, rel=1e-6)
    assert [one.clustered for one in found.coefficients] == pytest.approx(clustered, rel=1e-6)
    assert 1 / found.shape == pytest.approx(1.08044653696, rel=1e-7)
    assert found.shape_error / found.shape == pytest.approx(0.031522039509, rel=1e-6)
    assert found.loglik == pytest.approx(-1046.06234838, abs=1e-6)


@needs_golden
def test_survreg_clustered() -> None:
    # survreg(..., dist = "weibull", cluster = country)
    found = fit_survival(by_country(), "weibull")
    clustered = [0.542653538479, 0.156114991970, 0.000785463118, 0.00514983014, 0.148272485229, 0.002645726731]
    assert [one.clustered for one in found.coefficients] == pytest.approx(clustered, rel=1e-6)
    assert found.groups == 15


@needs_golden
def test_coxph_frailty() -> None:
    # coxph(... + frailty.gamma(country, method = "em", sparse = FALSE)), eps = 1e-10; the variance and c.loglik
    found = fit_cox(by_country(), frailty=True)
    told = [0.52846785, 0.00185278071, 0.0344831844, -0.550154184, -0.00591181111]
    errors = [0.184113162448, 0.001078095587, 0.008483432801, 0.137679143180, 0.002215768320]
    assert found.frailty is not None
    assert found.frailty.variance == pytest.approx(0.0448506757, rel=1e-5)
    assert found.loglik == pytest.approx(-1312.8482697, abs=1e-6)
    assert [one.value for one in found.hazards] == pytest.approx(told, rel=1e-5)
    assert [one.error for one in found.hazards] == pytest.approx(errors, rel=1e-5)
    by_name = {one.name: one.frailty for one in found.frailty.groups}
    assert np.log(by_name["belgium"]) == pytest.approx(0.07345256768856, abs=1e-5)
    assert sum(by_name.values()) == pytest.approx(15)


def hazards(seed: int = 2, number: int = 60) -> Durations:
    """Durations with two covariates, rounded so that many end at once, a fifth censored."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(number, 2))
    time = np.ceil(4 * np.exp(-rows @ [0.8, -0.4]) * random.exponential(size=number))
    return Durations(("x", "y"), time, random.random(number) < 0.8, rows)


def test_slopes_of_the_partial_likelihood_against_finite_differences() -> None:
    table, place = hazards(), np.array([0.3, -0.2])
    told = partial_likelihood(place, table)
    assert told.slope == pytest.approx(
        numerical_gradient(lambda at: partial_likelihood(at, table).value, place), rel=1e-5
    )
    for axis in range(2):
        bend = numerical_gradient(lambda at, axis=axis: partial_likelihood(at, table).slope[axis], place)
        assert -told.bend[axis] == pytest.approx(bend, rel=1e-5)


def test_a_group_errs_as_one() -> None:
    # each cabinet three times, in a group of its own: the errors are those of the cabinets, not of three times as many
    table = hazards()
    own = tuple(str(row) for row in range(60))
    single = fit_cox(replace(table, duration=table.duration + np.arange(60) / 1e3, groups=own))
    many = Durations(
        table.names, np.tile(table.duration + np.arange(60) / 1e3, 3), np.tile(table.ended, 3),
        np.tile(table.covariates, (3, 1)), groups=own * 3,
    )  # fmt: skip
    tripled = fit_cox(many)
    assert [one.clustered for one in tripled.hazards] == pytest.approx(
        [one.clustered for one in single.hazards], rel=0.05
    )
    assert [one.error for one in tripled.hazards] == pytest.approx(
        [one.error / np.sqrt(3) for one in single.hazards], rel=0.05
    )
    assert tripled.groups == 60


@needs_golden
def test_a_cabinet_without_a_group_is_refused() -> None:
    with pytest.raises(TableError, match="WC543"):
        read_durations(DURATIONS, "duration", "ciep12", ("invest",), "country")


def test_hazards_hang_on_the_order_of_ends_alone() -> None:
    table = hazards()
    later = Durations(table.names, np.exp(table.duration / 5), table.ended, table.covariates)
    one, other = fit_cox(table), fit_cox(later)
    assert [hazard.value for hazard in one.hazards] == pytest.approx([hazard.value for hazard in other.hazards])


def test_two_cabinets_by_hand() -> None:
    # of four cabinets with x = 0 or 1 the ends come in the order 1, 0, 1, 0: b maximises the product of three odds
    rows = np.array([[1.0], [0.0], [1.0], [0.0]])
    found = fit_cox(Durations(("x",), np.arange(1.0, 5.0), np.ones(4, dtype=bool), rows))
    grid = np.linspace(-3, 3, 600_001)
    odds = np.exp(grid)
    logs = np.log(odds / (2 * odds + 2)) + np.log(1 / (odds + 2)) + np.log(odds / (odds + 1))
    assert found.hazards[0].value == pytest.approx(grid[logs.argmax()], abs=1e-4)
    assert found.loglik == pytest.approx(logs.max())


def test_what_hazards_cannot_hang_on_is_refused() -> None:
    table = hazards()
    with pytest.raises(TableError, match="WC554"):
        fit_cox(Durations((), table.duration, table.ended, np.zeros((60, 0))))
    early = (table.duration <= np.median(table.duration)).astype(float)[:, None]
    with pytest.raises(TableError, match="WC554"):
        fit_cox(Durations(("early",), table.duration, np.ones(60, dtype=bool), early))

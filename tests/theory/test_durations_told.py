"""What is told of durations follows from the fitted law: means, medians, areas, limits, and what groups share."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from whipcount.errors import TableError
from whipcount.theory import survival_frailty
from whipcount.theory.intervals import Z95
from whipcount.theory.survival import Coefficient, Durations, fit_survival, kaplan_meier

MODELS = ("exponential", "weibull", "lognormal")


def table(seed: int = 1, number: int = 90, groups: int = 0) -> Durations:
    """Lives that one covariate shortens, another does not, some not seen to their end."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(number, 2))
    of = np.arange(number) % groups if groups else np.zeros(number, dtype=int)
    shared = random.normal(size=max(groups, 1))[of] * 0.8
    life = np.exp(3 - 0.8 * rows[:, 0] + shared * bool(groups)) * random.weibull(1.5, number)
    end = random.uniform(5, 90, number)
    named = tuple(f"g{one}" for one in of) if groups else ()
    return Durations(("short", "idle"), np.minimum(life, end), life <= end, rows, groups=named)


@pytest.mark.parametrize("model", MODELS)
def test_lives_are_those_of_the_law(model: str) -> None:
    found, at = fit_survival(table(), model), [0.5, -1.0]
    place = float(found.values @ [1.0, *at])
    laws = {
        "exponential": stats.expon(scale=math.exp(place)),
        "weibull": stats.weibull_min(found.shape, scale=math.exp(place)),
        "lognormal": stats.lognorm(1 / found.shape, scale=math.exp(place)),
    }
    law = laws[model]
    assert float(found.expected(at)) == pytest.approx(law.mean())
    assert float(found.median(at)) == pytest.approx(law.median())
    times = np.array([0.0, 1.0, 10.0, 60.0])
    assert found.survives(at, times) == pytest.approx(law.sf(times))
    area = integrate.quad(law.sf, 0, 48)[0]
    assert float(found.expected_within(at, 48.0)) == pytest.approx(area, rel=1e-3)
    assert found.expected_within([at, at], np.array([48.0, 1e-6])) == pytest.approx([area, 1e-6], rel=1e-3)
    # the likelihood of ends by the density, of the others by lasting longer
    each = np.array([found.scale(row) for row in table().covariates])
    logs = 0.0
    for scale, life, ended in zip(each, table().duration, table().ended, strict=True):
        own = {"exponential": stats.expon(scale=scale), "weibull": stats.weibull_min(found.shape, scale=scale),
               "lognormal": stats.lognorm(1 / found.shape, scale=scale)}[model]  # fmt: skip
        logs += own.logpdf(life) if ended else own.logsf(life)
    assert found.loglik == pytest.approx(logs)
    assert (found.cabinets, found.events) == (90, int(table().ended.sum()))


@pytest.mark.parametrize("model", MODELS)
def test_rows_of_coefficients(model: str) -> None:
    found = fit_survival(table(), model)
    rows = found.tables()[0].records()
    assert [row["name"] for row in rows] == ["constant", "short", "idle", *["shape"] * (model != "exponential")]
    for row, one in zip(rows, found.coefficients, strict=False):
        assert (row["low"], row["high"]) == (
            pytest.approx(one.value - Z95 * one.error), pytest.approx(one.value + Z95 * one.error)
        )  # fmt: skip
        assert "clustered" not in row
        if model != "lognormal":
            assert row["hazard_ratio"] == pytest.approx(math.exp(-found.shape * one.value))
        else:
            assert "hazard_ratio" not in row
    if model != "exponential":
        assert rows[-1]["low"] == pytest.approx(found.shape - Z95 * found.shape_error)
    assert "short" in found.words()  # what is told most surely
    times, low, high = found.coefficients[1].times
    assert times == pytest.approx(math.exp(found.coefficients[1].value))
    assert low * high == pytest.approx(times**2)
    assert f"{times:.3f}".rstrip("0") in found.words()
    assert Coefficient("x", 0.0, 1.0, 1.0, 2.0).times[2] == pytest.approx(math.exp(2 * Z95))


def test_nothing_told_from_chance_is_said_to_be() -> None:
    noise = table()
    idle = Durations(("idle",), noise.duration, noise.ended, noise.covariates[:, 1:])
    found = fit_survival(idle, "exponential")
    sure = abs(found.coefficients[1].value) > Z95 * found.coefficients[1].error
    assert ("told from chance" in found.words()) is not sure
    alone = Durations((), noise.duration, noise.ended, np.zeros((90, 0)))
    bare = fit_survival(alone, "exponential")
    rate = noise.ended.sum() / noise.duration.sum()
    assert float(bare.median([])) == pytest.approx(math.log(2) / rate)
    assert "Half of the cabinets last" in bare.words()
    with pytest.raises(TableError, match="WC552"):
        fit_survival(alone, "gamma")


def test_kaplan_meier_with_greenwoods_limits() -> None:
    """Share by share, and the variance of its logarithm as a sum over ends."""
    given = table(2, 30)
    told = {point[0]: point[1:] for point in kaplan_meier(given)}
    for time in np.unique(given.duration[given.ended]):
        share, spread = 1.0, 0.0
        for earlier in np.unique(given.duration[given.ended & (given.duration <= time)]):
            risk = (given.duration >= earlier).sum()
            ends = (given.ended & (given.duration == earlier)).sum()
            share *= (risk - ends) / risk
            spread += ends / risk / (risk - ends) if risk > ends else math.inf
        if share <= 0:
            assert told[time] == (0.0, 0.0, 0.0)
            continue
        width = 1.959964 * math.sqrt(spread)
        assert told[time] == pytest.approx((share, share * math.exp(-width), min(share * math.exp(width), 1.0)))
    curve = fit_survival(given, "weibull").curve
    assert [point[:4] for point in curve] == [(time, *row) for time, row in told.items()]
    found = fit_survival(given, "weibull")
    for time, *_, fitted in curve:
        assert fitted == pytest.approx(np.mean([found.survives(row, time) for row in given.covariates]))


class TestFrailty:
    def test_a_group_is_gamma_after_its_ends(self) -> None:
        of, ended = np.array([0.0, 0, 0, 1, 1]), np.array([1.0, 1, 0, 0, 0])
        hazard = np.array([0.5, 0.2, 0.1, 1.5, 0.5])
        told = survival_frailty.told(("A", "B"), of, ended, hazard, 0.4, 0.1, 1.3)
        assert [one.name for one in told.groups] == ["A", "B"]
        for one, ends, expected, cabinets in zip(told.groups, (2, 0), (0.8, 2.0), (3, 2), strict=True):
            posterior = stats.gamma(ends + 2.5, scale=1 / (expected + 2.5))
            assert (one.cabinets, one.ends, one.expected) == (cabinets, ends, pytest.approx(expected))
            assert one.frailty == pytest.approx(posterior.mean())
            assert (one.low, one.high) == (pytest.approx(posterior.ppf(0.025)), pytest.approx(posterior.ppf(0.975)))
        # at the edge of what may be, half of chi-square's tail
        assert told.chance == pytest.approx(stats.chi2.sf(2.6, 1) / 2)
        assert survival_frailty.told(("A", "B"), of, ended, hazard, 0.4, 0.1, -0.5).gain == 0.0
        assert survival_frailty.told(("A", "B"), of, ended, hazard, 0.4, 0.1, -0.5).chance == 1.0

    def test_the_best_variance_is_on_top_of_its_profile(self) -> None:
        for top in (0.01, 0.3, 2.0):
            found = survival_frailty.best_variance(lambda one, top=top: -((math.log(one) - math.log(top)) ** 2))
            assert found == pytest.approx(top, rel=1e-3)
        assert survival_frailty.best_variance(lambda one: -one) == survival_frailty.LEAST

    @pytest.mark.parametrize("model", ["exponential", "weibull"])
    def test_what_groups_share_is_integrated_out_group_by_group(self, model: str) -> None:
        given = table(3, 60, groups=6)
        found = fit_survival(given, model, frailty=True)
        assert found.frailty is not None
        variance = found.frailty.variance
        logs = 0.0
        for group in range(6):
            here = [row for row in range(60) if given.groups[row] == f"g{group}"]
            scale = found.scale(given.covariates[here])
            whole = (given.duration[here] / scale) ** found.shape
            hazard = found.shape / given.duration[here] * whole

            def joint(risk: float, here: list = here, whole: np.ndarray = whole, hazard: np.ndarray = hazard) -> float:  # type: ignore[type-arg]
                dens = np.where(given.ended[here], risk * hazard, 1.0) * np.exp(-risk * whole)
                return float(dens.prod() * 1e20 * stats.gamma.pdf(risk, 1 / variance, scale=variance))

            logs += math.log(integrate.quad(joint, 0, 12, limit=400)[0]) - math.log(1e20)
        assert found.loglik == pytest.approx(logs, abs=1e-3)
        assert "Groups" in found.words() or "Like cabinets" in found.words()

"""Leave-one-out by smoothed importance sampling: against ArviZ, closed forms, and a scaling that is fitted again."""

from __future__ import annotations

import numpy as np
import pytest
from formation_bodies import one_dimension
from scipy.stats import genpareto, norm

from whipcount.theory import rollcall_posterior
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.smoothed_importance import generalised_pareto, leave_one_out, reliable, smoothed_weights


@pytest.mark.parametrize("draws", [250, 1000])
def test_weights_are_those_of_arviz(draws: int) -> None:
    array_stats = pytest.importorskip("arviz_stats.base").array_stats
    random = np.random.default_rng(draws)
    ratios = random.standard_t(4, (20, draws)) * np.linspace(0.1, 2, 20)[:, None]
    weights, shape = smoothed_weights(ratios)
    for row in range(20):
        told, tail = array_stats.psislw(-ratios[row], r_eff=1.0)
        assert shape[row] == pytest.approx(float(tail), abs=1e-6)
        assert weights[row] == pytest.approx(told, abs=1e-6)


def test_the_law_of_the_tail_is_recovered() -> None:
    random = np.random.default_rng(1)
    for truth in (0.2, 0.7, 1.2):
        values = np.sort(genpareto.rvs(truth, scale=2.0, size=(1, 4000), random_state=random), axis=1)
        shape, scale = generalised_pareto(values)
        assert shape[0] == pytest.approx(truth, abs=0.08)
        assert scale[0] == pytest.approx(2.0, abs=0.2)


def test_normal_observations_left_out_in_closed_form() -> None:
    # y ~ N(m, 1) with a flat prior: without one of n, y has mean of the others and variance 1 + 1 / (n - 1)
    random = np.random.default_rng(3)
    seen = random.normal(size=30)
    draws = random.normal(seen.mean(), 1 / np.sqrt(30), 4000)
    told, shape = leave_one_out(norm.logpdf(seen[:, None], draws))
    others = (seen.sum() - seen) / 29
    assert told == pytest.approx(norm.logpdf(seen, others, np.sqrt(1 + 1 / 29)), abs=0.02)
    assert (shape < reliable(4000)).all()


def test_what_says_nothing_weighs_all_draws_alike() -> None:
    told, shape = leave_one_out(np.full((3, 200), np.log(0.5)))
    assert told == pytest.approx(np.log(0.5))
    assert (shape == -np.inf).all()


def test_an_observation_that_decides_alone_is_told() -> None:
    random = np.random.default_rng(2)
    logs = -0.5 * (random.normal(size=(1, 1000)) * 6) ** 2
    assert leave_one_out(logs)[1][0] > 0.7


class TestIdealPoints:
    def test_votes_left_out_are_worse_told_than_votes_known(self) -> None:
        calls, _ = one_dimension(members=30, motions=60)
        found = ideal_points(calls, draws=400)
        assert found.loo > -2 * found.loglik
        assert found.loo == pytest.approx(found.waic, abs=0.25 * found.loo_error)
        assert found.unsure < 0.05
        assert "Left out one at a time" in found.words()
        assert found.record()["loo"] == found.loo

    def test_one_dimension_is_preferred_to_none_that_counts(self) -> None:
        # votes by lot: no line foretells them, and the deviance of those left out is that of a coin or more
        calls, _ = one_dimension(members=25, motions=40, seed=5)
        random = np.random.default_rng(1)
        drawn = np.where(calls.votes < 2, random.integers(0, 2, calls.votes.shape), calls.votes).astype(np.int8)
        found = ideal_points(type(calls)(calls.members, calls.parties, calls.motions, drawn), draws=400)
        coin = 2 * np.log(2) * int((drawn < 2).sum())
        assert found.loo > 0.97 * coin
        assert -2 * found.loglik < found.loo

    def test_a_sample_of_votes_tells_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls, _ = one_dimension(members=30, motions=60)
        whole = ideal_points(calls, draws=400)
        monkeypatch.setattr(rollcall_posterior, "LEFT_OUT", 300)
        part = ideal_points(calls, draws=400)
        assert part.loo == pytest.approx(whole.loo, abs=0.1 * whole.loo_error)
        assert part.waic == whole.waic

"""Rare outcomes: unbiased against closed forms and a plain ensemble, with intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ensembles import compiled
from whipcount.counterfactual.engines import engine_of
from whipcount.errors import QuestionError, RunError
from whipcount.inference.nearness import Ladder
from whipcount.inference.splitting import (
    HAPPENED,
    Floats,
    Histories,
    Nearness,
    Plan,
    Proposal,
    Source,
    climb,
    histories_of,
    plan,
)
from whipcount.questions.rare import interval_of, outcome_asked, rare
from whipcount.results import OutcomeEvaluator, outcome_values
from whipcount.vocabulary import numerics

PARAMETERS = 4


def far_out(histories: Histories) -> Floats:
    """A sum of normal numbers beyond three standard deviations."""
    total = histories.z.sum(axis=1) / np.sqrt(PARAMETERS)
    return np.where(total >= 3.0, HAPPENED, total)


def many_heads(histories: Histories) -> Floats:
    """Of draws, one of each class, at least 12 below .3."""
    key, increment = numerics.run_keys(1, histories.chances)
    counters = numerics.mix(np.arange(numerics.CLASSES, dtype=np.uint64)).reshape(-1, 1)
    heads = (numerics.unit_interval(numerics.mix(counters * increment + key)) < 0.3).sum(axis=0).astype(np.float64)
    return np.where(heads >= 12, HAPPENED, heads)


TOYS = (
    (far_out, PARAMETERS, stats.norm.sf(3.0)),
    (many_heads, 0, stats.binom.sf(11, numerics.CLASSES, 0.3)),
)


@pytest.mark.parametrize(("toy", "parameters", "truth"), TOYS)
def test_estimates_are_unbiased_in_groups_of_any_size_and_dearer_than_plain_ones_never(
    toy: Nearness, parameters: int, truth: float
) -> None:
    found = plan(toy, Source.of(1, 0), 1_000, parameters)
    for size, groups in ((50, 400), (250, 100)):
        ways = [climb(toy, Source.of(2, group), size, found.proposal, found.levels) for group in range(groups)]
        estimates = np.array([one.probability for one in ways])
        error = estimates.std(ddof=1) / np.sqrt(groups)
        assert abs(estimates.mean() - truth) <= 4 * error
        work = sum(one.histories for one in ways)
        assert error**2 < truth * (1 - truth) / work
        assert max(one.histories for one in ways) == histories_of(size, len(found.levels))


def test_a_bad_plan_costs_precision_and_no_truth() -> None:
    """A proposal that looks the other way, and levels that are nowhere near."""
    truth = stats.norm.sf(3.0)
    wrong = Plan(Proposal(np.full(PARAMETERS, -0.3), np.full(PARAMETERS, 0.9)), (-1.0, 0.1, 2.5, HAPPENED), 0)
    estimates = np.array(
        [climb(far_out, Source.of(3, group), 250, wrong.proposal, wrong.levels).probability for group in range(400)]
    )
    assert abs(estimates.mean() - truth) <= 4 * estimates.std(ddof=1) / 20


def test_the_interval_covers() -> None:
    truth = stats.norm.sf(3.0)
    found = plan(far_out, Source.of(1, 0), 1_000, PARAMETERS)
    covered = 0
    for repetition in range(200):
        sources = (Source.of(100 + repetition, group) for group in range(20))
        estimates = [climb(far_out, one, 50, found.proposal, found.levels).probability for one in sources]
        _, _, low, high = interval_of(np.array(estimates))
        covered += low <= truth <= high
    assert stats.binom.cdf(covered, 200, 0.95) > 0.005


def test_weights_keep_the_prior() -> None:
    """What is drawn elsewhere and weighed has the prior's moments; no weight is above ten."""
    elsewhere = Proposal(np.array([1.5, -1.0, 0.0, 0.0]), np.array([0.6, 0.8, 1.0, 1.0]))
    z = elsewhere.draw(np.random.default_rng(4), 200_000)
    weights = elsewhere.weights(z)
    assert weights.max() <= 10.0 + 1e-9
    for values, truth in ((np.ones(len(z)), 1.0), (z[:, 0], 0.0), (z[:, 0] ** 2, 1.0), (z[:, 0] * z[:, 1], 0.0)):
        assert abs((weights * values).mean() - truth) <= 4 * (weights * values).std() / np.sqrt(len(z))


def test_moves_leave_the_prior_as_it_is_and_choices_keep_their_weights() -> None:
    source = Source.of(5, 1)
    at = source.histories(4_000, Proposal.prior(3))
    moved = at
    for _ in range(5):
        moved = source.moved(moved)
    assert stats.kstest(moved.z.ravel(), "norm").pvalue > 1e-4
    assert len(np.unique(moved.chances)) > len(at)
    assert all(len(np.unique(row)) == len(at) for row in moved.chances)  # no two histories share a draw by chance
    weights = np.array([0.0, 1.0, 2.0, 5.0])
    counts = np.mean([np.bincount(source.chosen(weights, 4), minlength=4) for _ in range(4_000)], axis=0)
    assert counts == pytest.approx(weights / 2, abs=0.05)


def test_a_run_is_as_near_as_one_if_and_only_if_the_outcome_happened() -> None:
    loaded = compiled("two-bodies")
    engine = engine_of(loaded, runs=500)
    block = engine.backend.run(3, 0, 500)
    graded = 0
    for outcome in loaded.scenario.outcomes:
        if not outcome.measure.is_binary:
            continue
        ladder = Ladder(outcome)
        grade = ladder.grade()
        outcomes = [outcome, *ladder.steps.values()]
        values = OutcomeEvaluator(engine.plan, engine.world, loaded.scenario, outcomes=outcomes).evaluate(block).values
        near = grade(values)
        happened = values[outcome.id]
        assert (near >= 0.0).all()
        assert (near <= 1.0).all()
        known = ~np.isnan(happened)
        assert np.array_equal(near[known] == 1.0, happened[known] == 1.0), outcome.id
        graded += len(np.unique(near)) > 2
    assert graded >= 5


def test_as_a_plain_ensemble_has_it() -> None:
    loaded = compiled("two-bodies")
    result = rare(loaded, "signers >= 5", 12_000, seed=4)
    plain = 8_000
    engine = engine_of(loaded, runs=plain)
    asked = outcome_asked(loaded, "signers >= 5")
    evaluator = OutcomeEvaluator(engine.plan, engine.world, loaded.scenario, outcomes=[asked])
    share = outcome_values(engine, evaluator, 9, plain)["signers"].mean()
    assert len(result.steps) > 1
    assert abs(result.probability - share) <= 4 * np.sqrt(result.error**2 + share / plain)
    assert result.low < result.probability < result.high
    assert 0.9 * 12_000 <= result.runs <= 12_000 + 20 * 25
    assert len(result.estimates) == 20
    assert "95%" in result.words("en")
    assert result.chart().title.startswith("signers")


def test_what_cannot_be_asked() -> None:
    loaded = compiled("two-bodies")
    for outcome, runs, by in (
        ("nobody_knows", 5_000, None),
        ("post_left >= 3", 5_000, None),
        ("signers >= x", 5_000, None),
        ("post_left", 10, None),
        ("post_left", 5_000, "no such measure"),
    ):
        with pytest.raises((QuestionError, RunError)) as caught:
            rare(loaded, outcome, runs, by=by)
        assert caught.value.problems[0].code == "WC465"

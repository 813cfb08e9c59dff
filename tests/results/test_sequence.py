"""The confidence sequence of a proportion: exact at every look, no wider than it has to be, honest about its cost."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from whipcount.results.sequence import ALPHA, is_within, log_evidence, sequence_interval, trials_fixed, trials_needed

BLOCK = 200  # trials between two looks
REPETITIONS = 1_000


def stopped(trials: np.ndarray, half_width: float, block: int) -> tuple[int, int]:
    """Successes and trials where somebody stops who looks after every block."""
    sums = np.cumsum(trials)
    for count in range(block, len(trials) + 1, block):
        if is_within(int(sums[count - 1]), count, half_width):
            return int(sums[count - 1]), count
    raise AssertionError("never narrow enough")


@pytest.mark.parametrize(("share", "half_width"), [(0.5, 0.04), (0.3, 0.03), (0.05, 0.02), (0.004, 0.01)])
def test_where_one_stops_it_covers_and_has_taken_what_is_needed(share: float, half_width: float) -> None:
    draws = np.random.default_rng(17)
    needed = trials_needed(share, half_width)
    covered, taken = 0, []
    for _ in range(REPETITIONS):
        successes, count = stopped(draws.random(4 * needed + 4 * BLOCK) < share, half_width, BLOCK)
        low, high = sequence_interval(successes, count, half_width)
        covered += low <= share <= high
        taken.append(count)
        assert max(high - successes / count, successes / count - low) <= half_width * (1 + 1e-9)
    assert covered >= 0.95 * REPETITIONS
    # a block is not left in the middle, and half of one is lost by that on average
    assert abs(np.mean(taken) - BLOCK / 2 - needed) <= 0.1 * needed + BLOCK / 2


def test_who_looks_always_and_stops_at_the_worst_moment_is_still_right() -> None:
    """Coverage at all looks at once, not at one: where an ordinary interval fails for most who look long enough."""
    draws = np.random.default_rng(3)
    share, half_width, looks = 0.3, 0.03, range(20, 4_000, 20)
    missed = ordinary = 0
    for _ in range(REPETITIONS):
        sums = np.cumsum(draws.random(4_000) < share)
        counts = np.array(looks)
        found = sums[counts - 1] / counts
        score = np.abs(found - share) / np.sqrt(share * (1 - share) / counts)
        ordinary += bool((score > 1.96).any())
        evidence = (log_evidence(share, int(sums[count - 1]), count, half_width) for count in looks)
        missed += max(evidence) >= -math.log(ALPHA)
    assert missed <= ALPHA * REPETITIONS
    assert ordinary > 0.3 * REPETITIONS


@pytest.mark.parametrize("trials", [1, 2, 7])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_the_evidence_is_a_martingale(share: float, trials: int) -> None:
    """Its mean over all sequences of trials is 1 if the share is true: so Ville's inequality holds for it."""
    total = sum(
        math.comb(trials, successes)
        * share**successes
        * (1 - share) ** (trials - successes)
        * math.exp(log_evidence(share, successes, trials, 0.01))
        for successes in range(trials + 1)
    )
    assert total == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("half_width", [0.05, 0.005])
@pytest.mark.parametrize("trials", [10, 100, 10_000])
def test_it_is_an_interval(trials: int, half_width: float) -> None:
    """What is not excluded lies in one piece around the share, though the mixture's weight depends on the candidate."""
    candidates = np.concatenate((np.logspace(-6, -2, 120), np.linspace(0.01, 0.99, 393), 1 - np.logspace(-2, -6, 120)))
    for successes in {0, 1, trials // 20, trials // 3, trials}:
        kept = [log_evidence(one, successes, trials, half_width) < -math.log(ALPHA) for one in candidates]
        assert len(list(itertools.groupby(kept))) <= 3
        low, high = sequence_interval(successes, trials, half_width)
        assert all(inside == (low <= one <= high) for one, inside in zip(candidates, kept, strict=True))


def test_ends_and_nothing() -> None:
    assert sequence_interval(0, 0, 0.01) == (0.0, 1.0)
    assert sequence_interval(0, 400, 0.01)[0] == 0.0
    assert sequence_interval(400, 400, 0.01)[1] == 1.0
    low, high = sequence_interval(30, 100, 0.01)
    assert sequence_interval(70, 100, 0.01) == pytest.approx((1 - high, 1 - low))
    assert not is_within(0, 0, 0.4)


@pytest.mark.parametrize("half_width", [0.02, 0.005])
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_its_price_is_known(share: float, half_width: float) -> None:
    """Nine and a fifth in place of 1.96 squared: 2.4 times the runs of an interval that is looked at once."""
    assert trials_needed(share, half_width) / trials_fixed(share, half_width) == pytest.approx(2.4, rel=0.05)

"""Voting power by sampling, where counting is out of reach: random orders and random coalitions, with errors.

Standard errors come from batch means, so that ratios (normalised Banzhaf, Coleman's) have honest ones too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rules import DecisionRule

Floats = NDArray[np.float64]

BATCHES = 32
CELLS = 1_000_000  # cells of a random matrix drawn at once


@dataclass(frozen=True)
class SampledPower:
    """Sampled indices: (key, value per member, standard error per member), and the power of the body to act."""

    indices: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    act: float
    act_error: float


def sample_power(rule: DecisionRule, samples: int, seed: int) -> SampledPower:
    """Sample `samples` orders of arrival and `samples` random coalitions; the same seed gives the same numbers."""
    random = np.random.default_rng([seed, rule.members])
    size = max(1, samples // BATCHES)
    pivots = np.stack([_pivot_shares(rule, size, random) for _ in range(BATCHES)])
    swings, acts = zip(*(_swing_shares(rule, size, random) for _ in range(BATCHES)), strict=True)
    swing, act = np.stack(swings), np.array(acts)
    # a batch without any swing or win has no ratio: it counts as even, which only large bodies with few draws meet
    normal = swing / np.maximum(swing.sum(axis=1, keepdims=True), 1e-300)
    prevent = swing / (2 * np.maximum(act, 1e-300)[:, None])
    initiate = swing / (2 * np.maximum(1 - act, 1e-300)[:, None])
    batches = {
        "shapley_shubik": pivots,
        "banzhaf": normal,
        "banzhaf_absolute": swing,
        "coleman_prevent": prevent,
        "coleman_initiate": initiate,
    }
    indices = tuple((key, *_mean_and_error(values)) for key, values in batches.items())
    return SampledPower(indices, float(act.mean()), float(act.std(ddof=1) / np.sqrt(BATCHES)))


def _mean_and_error(batches: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    error = batches.std(axis=0, ddof=1) / np.sqrt(len(batches))
    return tuple(map(float, batches.mean(axis=0))), tuple(map(float, error))


def _pivot_shares(rule: DecisionRule, samples: int, random: np.random.Generator) -> Floats:
    """How often each member is the pivot of a random order."""
    found = np.zeros(rule.members)
    step = max(1, CELLS // rule.members)
    for start in range(0, samples, step):
        orders = np.argsort(random.random((min(step, samples - start), rule.members)), axis=1)
        found += np.bincount(rule.pivots(orders), minlength=rule.members)
    return found / samples


def _swing_shares(rule: DecisionRule, samples: int, random: np.random.Generator) -> tuple[Floats, float]:
    """How often each member turns a random coalition of the others, and how often a random coalition wins."""
    found = np.zeros(rule.members)
    won = 0
    step = max(1, CELLS // rule.members)
    for start in range(0, samples, step):
        present = random.random((min(step, samples - start), rule.members)) < 0.5
        won += int(rule.wins(present).sum())
        for row in range(rule.members):
            with_member = present.copy()
            with_member[:, row] = True
            without = present.copy()
            without[:, row] = False
            found[row] += int((rule.wins(with_member) & ~rule.wins(without)).sum())
    return found / samples, won / samples

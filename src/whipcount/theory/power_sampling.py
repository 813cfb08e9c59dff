"""Voting power by sampling, where counting is out of reach: random orders, and coalitions that fit the quota.

Under a high quota hardly any coalition drawn at even odds wins. Members are therefore drawn with odds that grow with
their weight, so that about as many coalitions win as lose, and each is counted with the odds it would have had
(exponential tilting). Sums are pooled before they are divided; members of one type share what was found. Every index
stays what it can be: shares sum to 1, and nobody turns more coalitions than win.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from .power_types import types_of
from .rules import DecisionRule, weighted_majority

Floats = NDArray[np.float64]

BATCHES = 32
CELLS = 2_000_000  # cells of a random matrix held at once
STEPS = 60  # halvings by which the odds are found


@dataclass(frozen=True)
class SampledPower:
    """Sampled indices: (key, value per member, standard error per member), and the power of the body to act."""

    indices: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    act: float | None
    act_error: float | None


def sample_shapley(rule: DecisionRule, samples: int, seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The Shapley-Shubik index from random orders: how often each member is the pivot, and the standard error.

    Somebody who was never the pivot has an error too: that of one time more in two orders more (Laplace).
    """
    place = _in_order(rule)
    values, errors = _sample_shapley(rule.ordered([rule.names[row] for row in place]), samples, seed)
    return _as_given(values, place), _as_given(errors, place)


def sample_power(rule: DecisionRule, samples: int, seed: int) -> SampledPower:
    """All sampled indices; those of Banzhaf and Coleman are left out where too few coalitions win, or lose."""
    place = _in_order(rule)
    found = _sample_power(rule.ordered([rule.names[row] for row in place]), samples, seed)
    indices = tuple((key, _as_given(values, place), _as_given(errors, place)) for key, values, errors in found.indices)
    return SampledPower(indices, found.act, found.act_error)


def _in_order(rule: DecisionRule) -> list[int]:
    """The rows by weights, equals by name: what is drawn for whom must not hang on the order of the rows."""
    columns = [needed.weights for alternative in rule.alternatives for needed in alternative]
    return sorted(range(rule.members), key=lambda row: (*(-column[row] for column in columns), rule.names[row]))


def _as_given(values: Sequence[float], place: Sequence[int]) -> tuple[float, ...]:
    """Values of members in the order of their weights, in the order of the table again."""
    found = dict(zip(place, values, strict=True))
    return tuple(found[row] for row in range(len(place)))


def _sample_shapley(rule: DecisionRule, samples: int, seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    random = np.random.default_rng([seed, rule.members])
    counts = np.zeros(rule.members)
    step = max(1, CELLS // rule.members)
    for start in range(0, samples, step):
        orders = np.argsort(random.random((min(step, samples - start), rule.members)), axis=1)
        counts += np.bincount(rule.pivots(orders), minlength=rule.members)
    values, errors = np.zeros(rule.members), np.zeros(rule.members)
    for rows in types_of(rule):
        many = list(rows)
        found = counts[many].sum()
        chance = (found + 1) / (samples + 2)
        values[many] = found / samples / len(many)
        errors[many] = np.sqrt(chance * (1 - chance) / samples) / len(many)
    return tuple(values.tolist()), tuple(errors.tolist())


def _sample_power(rule: DecisionRule, samples: int, seed: int) -> SampledPower:
    shapley = ("shapley_shubik", *_sample_shapley(rule, samples, seed))
    random = np.random.default_rng([seed, rule.members, 2])
    size = max(1, samples // BATCHES)
    # a low quota is sampled through its dual, which has the same swings: a coalition wins if the others, then, do not
    easy = rule.simple and 2 * rule.first.quota < rule.first.total + 1
    drawn = weighted_majority(rule.first.weights, rule.first.total - rule.first.quota + 1) if easy else rule
    odds = _odds(drawn)
    batches = [_batch(drawn, odds, size, random) for _ in range(BATCHES)]
    wins = np.array([1 - won if easy else won for won, _, _ in batches])
    swings = np.stack([_pooled(rule, turned) for _, turned, _ in batches])
    # every batch but one has to tell something, or there is no error to give
    if ((wins > 0).sum() < 2) or ((wins < 1).sum() < 2) or ((swings.sum(axis=1) > 0).sum() < 2):
        return SampledPower((shapley,), None, None)
    least = sum(one for _, _, one in batches) / BATCHES / (size * BATCHES)  # what one draw more would have added

    def ratio(kind: str, swing: Floats, won: float) -> Floats:
        if kind == "banzhaf":
            return np.asarray(swing / swing.sum())
        if kind == "banzhaf_absolute":
            return np.asarray(np.minimum(2 * swing, 1.0))
        return np.asarray(np.minimum(swing / (won if kind == "coleman_prevent" else 1 - won), 1.0))

    indices = [shapley]
    for kind in ("banzhaf", "banzhaf_absolute", "coleman_prevent", "coleman_initiate"):
        whole = ratio(kind, swings.mean(axis=0), float(wins.mean()))
        # pooled ratios have their errors from leaving each batch out in turn (jackknife)
        rest = [np.arange(BATCHES) != one for one in range(BATCHES)]
        without = np.stack([ratio(kind, swings[one].mean(axis=0), float(wins[one].mean())) for one in rest])
        scale = {"banzhaf": swings.mean(axis=0).sum(), "banzhaf_absolute": 0.5, "coleman_prevent": wins.mean()}
        floor = least / float(scale.get(kind, 1 - wins.mean()))
        error = np.sqrt((BATCHES - 1) * without.var(axis=0) + floor**2)
        indices.append((kind, tuple(whole.tolist()), tuple(error.tolist())))
    return SampledPower(tuple(indices), float(wins.mean()), float(wins.std(ddof=1) / np.sqrt(BATCHES)))


def _pooled(rule: DecisionRule, values: Floats) -> Floats:
    """What members of one type share."""
    found = values.copy()
    for rows in types_of(rule):
        found[list(rows)] = values[list(rows)].mean()
    return found


def _odds(rule: DecisionRule) -> Floats:
    """The log odds with which each member is drawn: in proportion to its weight, as the easiest alternative needs."""
    found: Floats | None = None
    for alternative in rule.alternatives:
        score = np.zeros(rule.members)
        for needed in alternative:
            score += np.array(needed.weights, dtype=float) / needed.total
        wanted = sum(needed.quota / needed.total for needed in alternative)
        low, high = 0.0, 100.0 / float(np.max(score))
        for _ in range(STEPS):
            middle = (low + high) / 2
            reached = float(score @ expit(middle * score))
            low, high = (middle, high) if reached < wanted else (low, middle)
        odds: Floats = low * score
        if found is None or odds.sum() < found.sum():
            found = odds
    return np.asarray(found)


def _batch(rule: DecisionRule, odds: Floats, size: int, random: np.random.Generator) -> tuple[float, Floats, float]:
    """Share of coalitions that win, of those where each member is critical, and a winner's mean weight, from draws."""
    members = rule.members
    won, turned, winners = 0.0, np.zeros(members), 0
    chance, level = expit(odds), float(np.logaddexp(0, odds).sum() - members * np.log(2))
    step = max(1, CELLS // members)
    for start in range(0, size, step):
        present = random.random((min(step, size - start), members)) < chance
        present = present[rule.wins(present)]
        weight = np.exp(level - present @ odds)
        won += float(weight.sum())
        winners += len(weight)
        turned += weight @ _critical(rule, present)
    return won / size, turned / size, won / max(winners, 1)


def _critical(rule: DecisionRule, winners: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who of each winning coalition would make it lose by leaving."""
    if rule.blocked:
        found = np.zeros_like(winners)
        for row in range(rule.members):
            without = winners.copy()
            without[:, row] = False
            found[:, row] = winners[:, row] & ~rule.wins(without)
        return found
    still = np.zeros_like(winners)
    for alternative in rule.alternatives:
        reached = np.ones_like(winners)
        for needed in alternative:
            weights = np.array(needed.weights, dtype=np.int64)
            held = winners @ weights
            reached &= held[:, None] - weights >= needed.quota
        still |= reached
    return np.asarray(winners & ~still)

"""Government formation without intelligence: random proposals under the two rules that no parliament can do without.

After Golder, Golder & Siegel 2012: a government always exists, and a new one needs a majority. Parties care for office
and policy; who proposes, whom, which policy and which shares are drawn at random. What this gets right owes nothing to
strategy, so a model of formation has to do better.
"""

from __future__ import annotations

import numpy as np

from .formation_table import HALF, Floats, Opportunity

DRAWS = 400
OFFICE = 0.5  # weight of office against policy
PATIENCE = 300  # proposals made at the same time in each world, the first that passes takes office
ASTRAY = 0.05  # share of negotiations that may end in any cabinet at all, so that none has probability 0


def zero_intelligence(opportunity: Opportunity, draws: int = DRAWS, office: float = OFFICE, seed: int = 1) -> Floats:
    """The probability of every cabinet under random proposals, from `draws` simulated negotiations.

    The outgoing cabinet governs until a proposal passes: every member must gain over it, and parties with more than
    half of the seats must prefer the proposal. Where none passes, the outgoing cabinet stays (or, where nobody is
    known to be in office, the seats' largest party).
    """
    random = np.random.default_rng([seed, opportunity.date.toordinal(), opportunity.size])
    number = opportunity.size
    seats, place = opportunity.seats / opportunity.seats.sum(), opportunity.place
    before = opportunity.record.incumbent.astype(bool)
    stay = before if before.any() else np.arange(number) == int(np.argmax(seats))
    status = _worth(stay[None], _policy(stay[None], seats, place), _shares(stay[None], seats), place, office)[0]
    counts = np.zeros(opportunity.cabinets)
    bits = 1 << np.arange(number)
    for _ in range(draws):
        proposer = random.choice(number, size=PATIENCE, p=seats)
        inside = random.random((PATIENCE, number)) < 0.5
        inside[np.arange(PATIENCE), proposer] = True
        policy = random.random(PATIENCE)
        portfolios = random.exponential(size=(PATIENCE, number)) * inside
        portfolios /= portfolios.sum(axis=1, keepdims=True)
        gains = _worth(inside, policy, portfolios, place, office) > status
        agreed = (gains | ~inside).all(axis=1) & ((gains * seats).sum(axis=1) > HALF)
        chosen = inside[int(np.argmax(agreed))] if agreed.any() else stay
        counts[int((chosen * bits).sum()) - 1] += 1
    return (1 - ASTRAY) * counts / draws + ASTRAY / opportunity.cabinets


def _worth(inside: np.ndarray, policy: Floats, portfolios: Floats, place: Floats, office: float) -> Floats:
    """What each party gets out of each government: its share of office, and the nearness of policy."""
    return np.asarray(office * portfolios * inside - (1 - office) * np.abs(policy[:, None] - place))


def _policy(inside: np.ndarray, seats: Floats, place: Floats) -> Floats:
    return np.asarray((inside * seats * place).sum(axis=1) / (inside * seats).sum(axis=1))


def _shares(inside: np.ndarray, seats: Floats) -> Floats:
    return np.asarray(inside * seats / (inside * seats).sum(axis=1, keepdims=True))

"""Who will break the line: each member's chance on a coming motion, from the record of earlier ones.

A logistic regression whose covariates are log odds of past rebellion: of the member, of the party, on motions of like
title, on motions where the parties stood alike. Records are shrunk towards the party's, so that two votes prove little.
Rebellion drifts: how often a party and the house broke lines lately is told apart from how often they ever did.
Rebellions come in waves: the members of a party share a random shift of their log odds on each motion, so that one wave
is not mistaken for many independent proofs. And some motions are of a kind that the record knows nothing of: with a
chance that the later part of the record tells, a party's members break the line all alike. Everything about a motion
is computed from motions before it, in training as in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from ..errors import TableError
from .rollcall_free import Divisions, divisions
from .rollcall_similarity import line_likeness, title_likeness
from .rollcall_table import ABSENT, ABSTAIN, KINDS, Bools, Floats, Integers, RollCalls

HALF_LIFE = 80.0  # motions after which a past vote counts half
LATELY = 8.0  # motions after which a rebellion lately counts half
OWN = 8.0  # votes of the party's record that a member's own is shrunk with
PARTY = 30.0
LIKE = 0.7  # the same for votes on like motions
MOTIONS = 1.0  # the same for a party's waves on like motions
RIDGE = 30.0
# Shifts that waves are averaged over. An even grid: a large party pins its wave down so closely that the few nodes of a
# Gaussian rule would fall on either side of it.
NODES = np.linspace(-4.0, 4.0, 49)
LOG_WEIGHTS = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())
FARTHEST = 200.0  # log odds beyond which a chance is 0 or 1
EARLY = 0.6  # share of the record from which a first model foretells the rest, to see how often it knows nothing
UNLIKE = np.linspace(0.0, 0.9, 19)
FEWEST = 12  # motions of record before a motion can be learnt from
COVARIATES = (
    "record",
    "kind_of_line",
    "own_on_like_titles",
    "party_on_like_titles",
    "own_on_like_lines",
    "party_on_like_lines",
    "own_on_both",
    "own_on_this_line",
    "line_is_abstention",
    "opposed",
    "party_lately",
    "house_lately",
)


@dataclass(frozen=True)
class Coming:
    """A motion that comes: its title, the line of each party (in the order of the table's parties)."""

    title: str
    lines: tuple[int, ...]


def _odds(chance: Floats) -> Floats:
    clipped = np.clip(chance, 1e-5, 1 - 1e-5)
    return np.asarray(np.log(clipped / (1 - clipped)))


def covariates(past: RollCalls, coming: Coming) -> Floats:
    """The covariates of every member for a coming motion, shape (members, 12), from past motions only."""
    party = np.maximum(past.party_of, 0)
    lines = np.asarray(coming.lines, dtype=int)
    own_line = lines[party]
    seen, broken = past.under_line.astype(float), past.rebelled.astype(float)
    inside = (past.party_of[None] == np.arange(len(past.party_names))[:, None]).astype(float)  # (parties, members)

    def by_party(values: Floats) -> Floats:
        return np.asarray(inside @ values)

    age = 0.5 ** (np.arange(len(past.motions))[::-1] / HALF_LIFE)
    usual = (by_party(broken.sum(axis=1)) + 0.5) / (by_party(seen.sum(axis=1)) + 50.0)
    record = (broken @ age + OWN * usual[party]) / (seen @ age + OWN)
    same_line = past.lines == lines[:, None]  # (parties, motions)
    here = np.stack([inside[place] @ (broken * same_line[place]).sum(axis=1) for place in range(len(lines))])
    there = np.stack([inside[place] @ (seen * same_line[place]).sum(axis=1) for place in range(len(lines))])
    kind = (here + PARTY * usual) / (there + PARTY)
    found = [_odds(record), _odds(kind[party])]
    taken = inside @ seen
    held = (taken > 0).astype(float)  # (parties, motions)
    rates = (inside @ broken) / np.maximum(taken, 1)
    titles = title_likeness(coming.title, [motion.title for motion in past.motions])
    pattern = line_likeness(coming.lines, past.lines)
    for weight in (titles, pattern):
        own, all_own = broken @ weight, seen @ weight
        found.append(_odds((own + LIKE * record) / (all_own + LIKE)) - _odds(record))
        # the votes of a party on one motion are one wave, not many proofs: motions count here, not votes
        whole = (rates @ weight + MOTIONS * usual) / (held @ weight + MOTIONS)
        found.append((_odds(whole) - _odds(usual))[party])
    both = titles * pattern
    found.append(_odds((broken @ both + LIKE * record) / (seen @ both + LIKE)) - _odds(record))
    mine = same_line[party]
    told = ((broken * mine).sum(axis=1) + OWN * record) / ((seen * mine).sum(axis=1) + OWN)
    found.append(_odds(told) - _odds(record))
    found.append((own_line == ABSTAIN).astype(float))
    size = inside.sum(axis=1)
    against = (lines[:, None] != lines[None]) & (lines != ABSTAIN)[None] & (lines != ABSENT)[None]
    found.append(((against @ size) / max(int(size.sum()), 1))[party])
    fresh = 0.5 ** (np.arange(len(past.motions))[::-1] / LATELY)
    lately = (rates @ fresh + MOTIONS * usual) / (held @ fresh + MOTIONS)
    found.append((_odds(lately) - _odds(usual))[party])
    ever = broken.sum() / max(float(seen.sum()), 1.0)
    all_rates = broken.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    of_house = (all_rates @ fresh + MOTIONS * ever) / (fresh.sum() + MOTIONS)
    found.append(np.full(len(party), float(_odds(of_house) - _odds(ever))))
    return np.stack(found, axis=1)


@dataclass(frozen=True, eq=False)
class RebellionModel:
    """A fitted model: coefficients per standard deviation of the covariates, and where rebels go.

    leaves[line][vote]: of those who broke a line, the share that voted each way. spread: standard deviation of the log
    odds that a whole party shares on a motion, beyond what the covariates foresee. unlike: the chance that a motion is
    like nothing before, and members break the line all alike, with the chance rebel_share.
    """

    mean: Floats
    scale: Floats
    coefficients: Floats
    leaves: Floats
    spread: float
    rebel_share: float
    votes: int
    motions: int
    unlike: float = 0.0

    def waves(self, table: Floats) -> tuple[Floats, Floats]:
        """Chances of breaking the line under each wave, shape (waves, members), and the weights of the waves."""
        odds = self.log_odds(table)[None] + self.spread * NODES[:, None]
        alike = np.full((1, len(table)), self.rebel_share)
        weights = np.concatenate([(1 - self.unlike) * np.exp(LOG_WEIGHTS), [self.unlike]])
        return np.concatenate([expit(odds), alike]), weights

    def chances(self, table: Floats) -> Floats:
        """Each member's chance of breaking the line, averaged over the waves that may come."""
        waves, weights = self.waves(table)
        return np.asarray(weights @ waves)

    def log_odds(self, table: Floats) -> Floats:
        """The log odds of breaking the line on a motion without a wave."""
        return np.asarray(self.coefficients[0] + ((table - self.mean) / self.scale) @ self.coefficients[1:])


def learn(calls: RollCalls, motions: Sequence[int] | None = None) -> RebellionModel:
    """Fit to the motions of a table in order of time, each seen with the record before it (WC562 if too few)."""
    places = list(range(FEWEST, len(calls.motions))) if motions is None else list(motions)
    if not places or not calls.party_names:
        hint = f"give more than {FEWEST} motions in order of time, and the parties of members"
        raise TableError.one("WC562", "too short a record to learn rebellions from", hint)
    told = [_observed(calls, place) for place in places]
    if not any(one[1].any() for one in told):
        message = (
            f"nobody broke a line on the {len(places)} motions that are learnt from (the first {FEWEST} are their past)"
        )
        raise TableError.one("WC562", message, "a whip count needs some rebellions to learn from")
    first = round(len(told) * EARLY)
    unlike = 0.0
    if first >= FEWEST and any(one[1].any() for one in told[:first]):
        unlike = _unlike(_fitted(calls, places[:first], told[:first]), told[first:])
    return replace(_fitted(calls, places, told), unlike=unlike)


_Observed = tuple[Floats, np.ndarray, Integers]


def _observed(calls: RollCalls, place: int) -> _Observed:
    """One motion as it was before and as it went: covariates, who broke the line, and each one's block."""
    past = calls.before(place)
    coming = Coming(calls.motions[place].title, tuple(int(line) for line in calls.lines[:, place]))
    under = calls.under_line[:, place]
    block = place * len(calls.party_names) + calls.party_at[under, place]
    return covariates(past, coming)[under], calls.rebelled[under, place], block


def _unlike(model: RebellionModel, later: Sequence[_Observed]) -> float:
    """The chance of a motion like nothing before that tells the later part of the record best, vote by vote."""
    own = np.concatenate([model.chances(one[0]) for one in later])
    broken = np.concatenate([one[1] for one in later])
    mixed = np.outer(1 - UNLIKE, own) + (UNLIKE * model.rebel_share)[:, None]
    return float(UNLIKE[int(np.where(broken, np.log(mixed), np.log1p(-mixed)).sum(axis=1).argmax())])


def _fitted(calls: RollCalls, places: Sequence[int], told: Sequence[_Observed]) -> RebellionModel:
    table, rebels, block = (np.concatenate([one[part] for one in told]) for part in range(3))
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    coefficients, spread = fit_in_waves((table - mean) / scale, rebels, block, RIDGE)
    return RebellionModel(
        mean=mean,
        scale=scale,
        coefficients=coefficients,
        leaves=_leaves(calls, places),
        spread=spread,
        rebel_share=float(rebels.mean()),
        votes=len(rebels),
        motions=len(places),
    )


def waves_likelihood(
    parameters: Floats, table: Floats, happened: Floats, starts: Integers, ridge: float
) -> tuple[float, Floats]:
    """The shrunk log-likelihood of a logistic regression with a normal shift shared in each block, and its gradient.

    parameters: constant, coefficients, standard deviation of the shift; starts: first row of each block. The shift is
    averaged over a grid of nodes.
    """
    coefficients, spread = parameters[:-1], parameters[-1]
    lengths = np.diff(starts, append=len(table))
    odds = np.clip(coefficients[0] + table @ coefficients[1:], -FARTHEST, FARTHEST)
    # 1 + exp(odds + shift) by an outer product: one exponential a row and one a node, not one of each pair
    grown = 1 + np.exp(odds)[:, None] * np.exp(np.clip(spread * NODES, -FARTHEST, FARTHEST))
    count = np.add.reduceat(happened, starts)
    told = np.add.reduceat(happened * odds, starts)
    logs = (
        told[:, None] + count[:, None] * (spread * NODES) - np.add.reduceat(np.log(grown), starts, axis=0) + LOG_WEIGHTS
    )
    most = logs.max(axis=1, keepdims=True)
    weight = np.exp(logs - most)
    total = weight.sum(axis=1, keepdims=True)
    weight /= total
    kept = 1 / grown  # the chance of following the line; its complement is that of breaking it
    each = happened - 1 + np.einsum("ik,ik->i", kept, np.repeat(weight, lengths, axis=0))
    followed = np.add.reduceat(kept, starts, axis=0)
    along = float(((count - lengths)[:, None] * weight * NODES + weight * NODES * followed).sum())
    slope = np.concatenate([[each.sum()], each @ table, [along]])
    slope[1:-1] -= ridge * coefficients[1:]
    value = float((most + np.log(total)).sum() - 0.5 * ridge * coefficients[1:] @ coefficients[1:])
    return value, slope


def fit_in_waves(table: Floats, happened: np.ndarray, block: Integers, ridge: float) -> tuple[Floats, float]:
    """Fit it: coefficients (the constant first) and the standard deviation of the shift that a block shares."""
    order = np.argsort(block, kind="stable")
    rows, told = table[order], happened[order].astype(float)
    starts = np.flatnonzero(np.diff(block[order], prepend=-1))
    start = np.zeros(table.shape[1] + 2)
    start[0], start[-1] = float(_odds(np.array([told.mean()]))[0]) - 0.5, 1.0

    def cost(parameters: Floats) -> tuple[float, Floats]:
        value, slope = waves_likelihood(parameters, rows, told, starts, ridge)
        return -value, -slope

    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return np.asarray(found[:-1]), abs(float(found[-1]))


def _leaves(calls: RollCalls, places: Sequence[int]) -> Floats:
    """Where rebels went: shares by line and vote, with one pseudo-vote on each other way."""
    counts = np.zeros((len(KINDS), len(KINDS)))
    for line in KINDS:
        for vote in KINDS:
            if line != vote:
                here = (calls.member_lines == line) & (calls.votes == vote)
                counts[line, vote] = here[:, places].sum() + 1.0
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Chances:
    """Chances of every vote on a coming motion, given that a member takes part.

    waves: chances of no, yes and abstain under each wave, shape (nodes, members, 3); weights: of the nodes. line: the
    line each member is under, ABSENT where none is known. split: who is of a party without a line, and so divides as
    `divided` tells; whoever has no party votes as the house is expected to.
    """

    waves: Floats
    weights: Floats
    line: Integers
    split: Bools | None = None
    divided: Divisions | None = None

    def of(self, block: Integers) -> tuple[Floats, Floats]:
        """The chances of members who share a wave, shape (waves, members, 3), and the weights of their waves."""
        if self.divided is None or self.split is None or not self.split[block].all():
            return self.waves[:, block], self.weights
        shares = self.divided.shares[:, None]
        return np.broadcast_to(shares, (len(shares), len(block), len(KINDS))), self.divided.weights

    @property
    def mean(self) -> Floats:
        """The chances averaged over the waves, shape (members, 3)."""
        found = np.tensordot(self.weights, self.waves, axes=1)
        if self.divided is not None and self.split is not None:
            found[self.split] = self.divided.mean
        return np.asarray(found)

    @property
    def breaks(self) -> Floats:
        """Each member's chance of breaking the line; 0 for those without one."""
        mean = self.mean
        kept = np.where(self.line == ABSENT, 1.0, mean[np.arange(len(mean)), np.maximum(self.line, 0)])
        return np.asarray(1 - kept)


def vote_chances(model: RebellionModel, calls: RollCalls, coming: Coming) -> Chances:
    """Chances of every vote on a coming motion, from the record `calls` before it."""
    rebel, weights = model.waves(covariates(calls, coming))
    return chances_under(rebel, weights, model.leaves, calls, coming)


def chances_under(rebel: Floats, weights: Floats, leaves: Floats, calls: RollCalls, coming: Coming) -> Chances:
    """Chances of every vote from those of breaking the line, shape (nodes, members), and the weights of the nodes."""
    line = np.where(calls.party_of >= 0, np.asarray(coming.lines)[np.maximum(calls.party_of, 0)], ABSENT)
    split = (calls.party_of >= 0) & (line == ABSENT)
    return Chances(_spread_votes(rebel, line, leaves), weights, line, split, divisions(calls))


def _spread_votes(rebel: Floats, line: Integers, leaves: Floats) -> Floats:
    """Chances of no, yes, abstain from chances of breaking the line, shape (nodes, members) -> (nodes, members, 3)."""
    chances = np.zeros((*rebel.shape, len(KINDS)))
    for kind in KINDS:
        here = line == kind
        chances[:, here] = rebel[:, here, None] * leaves[kind]
        chances[:, here, kind] = 1 - rebel[:, here]
    free = line == ABSENT
    if free.any():
        known = chances[:, ~free].mean(axis=1) if (~free).any() else np.array([[0.5, 0.5, 0.0]])
        chances[:, free] = known[:, None]
    return chances

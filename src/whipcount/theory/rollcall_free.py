"""How the members of a party without a line divide: as parties without a line divided in the record.

A party without a line is one of which no vote has a majority. Its members are therefore not counted as the house, of
which one vote may well have most: the record's own divisions are, with a few more that are spread evenly over all that
leave nobody a majority. All members of the party share one division, so that the tally is as uncertain as it is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from .rollcall_table import ABSTAIN, KINDS, NO, YES, Floats, RollCalls

UNSEEN = 1.0  # divisions of the record that all possible ones together weigh as much as
STEP = 12  # into which a party is cut where possible divisions are listed


@dataclass(frozen=True, eq=False)
class Divisions:
    """Shares of no, yes and abstain, shape (divisions, 3), and how likely each division is."""

    shares: Floats
    weights: Floats

    @property
    def mean(self) -> Floats:
        """The expected shares of no, yes and abstain."""
        return np.asarray(self.weights @ self.shares)


def divisions(past: RollCalls) -> Divisions:
    """The divisions to expect, from those of a record.

    Where no party ever had abstention as its line, nobody is expected to abstain in a party that is divided evenly.
    """
    seen = []
    for party in range(len(past.party_names)):
        for motion in np.flatnonzero(~np.isin(past.lines[party], KINDS)):
            cast = past.votes[(past.party_at[:, motion] == party) & past.voted[:, motion], motion]
            if len(cast):
                seen.append(np.bincount(cast, minlength=len(KINDS)) / len(cast))
    kinds = KINDS if (past.lines == ABSTAIN).any() or any(one[ABSTAIN] for one in seen) else (NO, YES)
    even = _without_majority(kinds)
    shares = np.concatenate([np.array(seen).reshape(len(seen), len(KINDS)), even])
    weights = np.concatenate([np.ones(len(seen)), np.full(len(even), UNSEEN / len(even))])
    return Divisions(shares, weights / weights.sum())


def _without_majority(kinds: tuple[int, ...]) -> Floats:
    """All divisions among some kinds of vote, in steps, of which none has more than half."""
    found = []
    for parts in itertools.product(range(STEP // 2 + 1), repeat=len(kinds)):
        if sum(parts) == STEP:
            one = np.zeros(len(KINDS))
            one[list(kinds)] = np.array(parts) / STEP
            found.append(one)
    return np.array(found)

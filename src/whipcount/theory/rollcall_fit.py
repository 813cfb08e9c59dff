"""How well ideal points fit votes, in the field's terms: correct classification, APRE, GMP; of all, and by party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from whipcount.table import Column, Table, figure
from whipcount.text import say

from .rollcall_table import Bools, Floats


@dataclass(frozen=True)
class Fit:
    """The fit to the votes of all members, or of one party.

    correct: share of votes on the right side of the cutting lines. apre: aggregate proportional reduction in error, the
    errors against those of betting on the larger side of these members on each motion. gmp: geometric mean of the
    chances that the votes cast were given (Poole & Rosenthal 1997).
    """

    party: str
    members: int
    votes: int
    correct: float
    apre: float
    gmp: float


def fits_of(utility: Floats, yes: Bools, seen: Bools, parties: Sequence[str]) -> tuple[Fit, ...]:
    """The fit of latent utilities, shape (members, motions), to all votes, and to each party's."""
    party = np.array(parties)
    known = sorted({one for one in parties if one}, key=lambda name: (-int((party == name).sum()), name))
    whole = _fit(say("all"), utility, yes, seen)
    return whole, *(_fit(name, *(table[party == name] for table in (utility, yes, seen))) for name in known)


def _fit(name: str, utility: Floats, yes: Bools, seen: Bools) -> Fit:
    ayes, votes = (yes & seen).sum(axis=0), seen.sum(axis=0)
    minority = int(np.minimum(ayes, votes - ayes).sum())
    wrong, whole = int((((utility > 0) != yes) & seen).sum()), int(votes.sum())
    logs = log_ndtr(np.where(yes, utility, -utility)[seen]).sum()
    return Fit(
        party=name,
        members=len(yes),
        votes=whole,
        correct=1 - wrong / max(whole, 1),
        apre=1 - wrong / minority if minority else float("nan"),
        gmp=float(np.exp(logs / max(whole, 1))),
    )


def fit_table(fits: tuple[Fit, ...]) -> Table:
    """The fit as a table."""
    columns = (
        Column("party", "Party"),
        Column("members", "Members", right=True),
        Column("votes", "Votes", right=True),
        figure("correct", "Classified", ".3f"),
        figure("apre", "APRE", ".3f"),
        figure("gmp", "GMP", ".3f"),
    )
    rows = tuple((one.party, one.members, one.votes, one.correct, one.apre, one.gmp) for one in fits)
    return Table("fit", "Fit", columns, rows)

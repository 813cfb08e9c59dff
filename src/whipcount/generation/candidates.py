"""Which governments are worth a place on the menu of talks after an election, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whipcount.data.parliaments import Parliament
from whipcount.theory.formation import kind_of
from whipcount.theory.formation_covariates import Cabinets
from whipcount.theory.formation_model import Model, shipped
from whipcount.theory.survival_cabinets import shipped_survival

CANDIDATES = 12  # governments on the menu, unless more are asked for
MOST_CANDIDATES = 40  # beyond it a run is slow, and what is added next to impossible


@dataclass(frozen=True)
class Candidate:
    """A government that could form: members by row of the parliament, seat share, Gamson's shares of the offices.

    place: the mean of its members' positions, weighted by seats; none where nobody's is known. probability: the
    formation model's. months: the life expected of it. formed: it is the one that did form. outgoing: the parties
    that governed before.
    """

    members: tuple[int, ...]
    seats: float
    kind: str
    place: float | None
    shares: tuple[float, ...]
    probability: float
    months: float
    formed: bool
    outgoing: bool


@dataclass(frozen=True)
class Prospects:
    """The candidates, the most probable first, and each party's chance to lead: to be the largest in the cabinet."""

    candidates: tuple[Candidate, ...]
    leads: tuple[float, ...]
    covered: float  # probability of all candidates together
    months: float  # life expected of a cabinet, over the candidates


def prospects(
    parliament: Parliament,
    limit: int = CANDIDATES,
    model: Model | None = None,
    chance: np.ndarray | None = None,
) -> Prospects:
    """The `limit` most probable cabinets by the formation model (or by `chance`), and the outgoing one."""
    opportunity = parliament.opportunity()
    probability = (model or shipped()).probabilities(opportunity) if chance is None else chance
    cabinets = Cabinets(opportunity)
    rows = [int(row) for row in np.argsort(-probability, kind="stable")[: min(limit, MOST_CANDIDATES)]]
    outgoing = _row(parliament, tuple(party.name for party in parliament.parties if party.incumbent))
    if outgoing is not None and outgoing not in rows:
        rows.append(outgoing)
    formed = _row(parliament, parliament.formed or ())
    months = shipped_survival().months(cabinets.inside[rows], opportunity.seats, opportunity.place)
    found = tuple(
        Candidate(
            members=tuple(int(party) for party in np.flatnonzero(cabinets.inside[row])),
            seats=float(cabinets.share[row]),
            kind=kind_of(cabinets.share[row], cabinets.smallest[row]),
            place=_place(parliament, cabinets.inside[row]),
            shares=_gamson(parliament, cabinets.inside[row]),
            probability=float(probability[row]),
            months=float(life),
            formed=row == formed,
            outgoing=row == outgoing,
        )
        for row, life in zip(rows, months, strict=True)
    )
    weight = np.array([one.probability for one in found])
    leads = np.zeros(len(parliament.parties))
    for one in found:
        leads[one.members[0]] += one.probability  # parties stand by size: the first member is the largest
    total = float(weight.sum())
    odds = tuple(float(lead) for lead in leads / leads.sum())
    return Prospects(found, odds, total, float(months @ weight / total))


def _row(parliament: Parliament, names: tuple[str, ...]) -> int | None:
    """The row of the cabinet of these parties; none for no party."""
    bits = sum(1 << row for row, party in enumerate(parliament.parties) if party.name in names)
    return bits - 1 if bits else None


def _place(parliament: Parliament, inside: np.ndarray) -> float | None:
    known = [
        (party.seats, party.position)
        for party, member in zip(parliament.parties, inside, strict=True)
        if member and party.position is not None
    ]
    held = sum(seats for seats, _ in known)
    return sum(seats * position for seats, position in known) / held if held else None


def _gamson(parliament: Parliament, inside: np.ndarray) -> tuple[float, ...]:
    held = [party.seats for party, member in zip(parliament.parties, inside, strict=True) if member]
    return tuple(seats / sum(held) for seats in held)

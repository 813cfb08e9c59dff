"""From real votes to the ballot mechanism: how much the party line weighs, and how sharply members choose.

The mechanism's members vote yes rather than no with log odds lambda (D + 2 discipline line): D is what the motion is
worth to the member in policy, line is +1 or -1. D comes from ideal points: where members span a length of 1, a proposal
and a status quo that lie `stake` apart around a motion's cutting line differ in worth by 2 stake times the member's
distance from that line (quadratic losses). The points are estimated together with the pull of the lines: taken from
whipped votes alone they would mistake obedience for conviction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, say

from ..errors import TableError
from .rollcall_mode import scale_votes
from .rollcall_table import ABSTAIN, NO, YES, Floats, RollCalls

STAKE = 0.3  # distance between proposal and status quo on a line of length 1, where nothing else is known
ENDS = (1.0, 99.0)  # percentiles of members' points that are taken as the ends of that line
STEPS = 100
RIDGE = 1e-3


@dataclass(frozen=True)
class Calibration(Result):
    """Discipline and lambda as roll calls tell them, with standard errors by motion, and the votes they explain.

    abstentions: share of the votes cast. explained: share of votes the mechanism would get right at these values.
    """

    references: ClassVar[tuple[str, ...]] = (
        "McCarty, Poole & Rosenthal 2001, The hunt for party discipline in Congress",
        "McKelvey & Palfrey 1998, Quantal response equilibria for extensive form games",
    )
    undrawn: ClassVar[str] = "two numbers; its table gives them with their errors"

    lam: float
    lam_error: float
    discipline: float
    discipline_error: float
    stake: float
    votes: int
    motions: int
    rebellions: int
    abstentions: float
    explained: float
    loglik: float
    loglik_policy: float
    loglik_line: float
    source: str = ""

    def tables(self) -> tuple[Table, ...]:
        """The two parameters; what policy and line explain."""
        columns = (
            Column("parameter", "Parameter"),
            figure("value", "Value", ".4g"),
            figure("error", "Standard error", ".3g"),
            Column("unit", "Unit"),
        )
        rows = (
            ("ballot.discipline", self.discipline, self.discipline_error, "utility"),
            ("choice.lam", self.lam, self.lam_error, "1 / utility"),
        )
        fits = (
            Column("model", "Explained by"),
            figure("loglik", "Log-likelihood", ".1f"),
        )
        told = (
            ("policy and line", self.loglik),
            ("line alone", self.loglik_line),
            ("policy alone", self.loglik_policy),
        )
        return (
            Table("parameters", "Parameters of the ballot mechanism", columns, rows),
            Table("fits", "What explains the votes", fits, told),
        )

    def sentences(self) -> str:
        """The calibration in plain words."""
        return say(
            "From {votes} votes on {motions} motions ({rebellions} against the line): discipline "
            "{discipline} utility, lambda {lam} per unit, if a motion moves policy by {stake} of the line; a "
            "larger stake: more discipline, a smaller lambda.",
            votes=self.votes,
            motions=self.motions,
            rebellions=self.rebellions,
            discipline=number(self.discipline, digits=4),
            lam=number(self.lam, digits=1),
            stake=number(self.stake),
        )

    def record(self) -> dict[str, Any]:
        """The calibration as JSON can carry it."""
        return {
            **{grid.name: grid.records() for grid in self.tables()},
            "stake": self.stake,
            "votes": self.votes,
            "motions": self.motions,
            "rebellions": self.rebellions,
            "abstentions": self.abstentions,
            "explained": self.explained,
        }

    def yaml(self) -> str:
        """The parameters as a block for a scenario: a source, and a prior for each with its evidence."""
        where = f"{self.votes} votes on {self.motions} motions, {self.rebellions} against the line"
        spread = max(self.lam_error / self.lam, 0.05)
        source = self.source or "roll calls"
        lines = [
            "sources:",
            "  - id: roll_calls",
            f"    title: {{en: {_quoted(source)}, ru: {_quoted(source)}}}",
            "parameters:",
            "  ballot.discipline:",
            f"    prior: {{normal: [{self.discipline:.5g}, {max(self.discipline_error, 0.001):.3g}]}}",
            _evidence(where, f"fitted with a policy stake of {self.stake:g}"),
            "  choice.lam:",
            f"    prior: {{lognormal: [{self.lam:.5g}, {spread:.3g}]}}",
            _evidence(where, f"fitted with a policy stake of {self.stake:g}; lambda changes inversely with the stake"),
        ]
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", " ").replace('"', "'") + '"'


def _evidence(where: str, note: str) -> str:
    return f"    evidence: [{{source: roll_calls, where: {_quoted(where)}, kind: fact, note: {_quoted(note)}}}]"


def design(calls: RollCalls, stake: float = STAKE, dimensions: int = 2) -> tuple[Floats, np.ndarray, np.ndarray]:
    """For every yes or no vote under a yes or no line: (D, 2 line), whether it was yes, and the motion's place."""
    told = np.isin(calls.member_lines, (YES, NO)) & np.isin(calls.votes, (YES, NO))
    contested = [place for place in range(told.shape[1]) if len(np.unique(calls.votes[told[:, place], place])) > 1]
    if not contested:
        raise TableError.one("WC561", "no motion divided the members", "discipline needs votes on both sides")
    yes, seen = calls.votes[:, contested] == YES, told[:, contested]
    line = np.where(calls.member_lines[:, contested] == YES, 1.0, -1.0)
    found = scale_votes(yes, seen, dimensions, lines=line)
    low, high = np.percentile(found.points, ENDS, axis=0)
    width = float(max((high - low).max(), 1e-9))
    size = np.maximum(np.linalg.norm(found.discrimination, axis=1), 1e-9)
    # how far each member is on the yes side of each cutting line, in lengths of the line that members span
    away = (found.difficulty + found.points @ found.discrimination.T) / (size * width)
    worth = 2 * stake * np.clip(away, -1.0, 1.0)
    place = np.broadcast_to(np.array(contested), seen.shape)
    return np.column_stack([worth[seen], 2 * line[seen]]), yes[seen], place[seen]


def calibrate_ballot(calls: RollCalls, stake: float = STAKE, dimensions: int = 2) -> Calibration:
    """Fit discipline and lambda to roll calls (WC566 where the votes do not tell the two apart)."""
    if not calls.party_names:
        raise TableError.one("WC562", "no member's party is known", "discipline is to a party: give the parties")
    if not 0 < stake <= 1:
        raise TableError.one("WC512", f"a stake of {stake:g}", "the stake is a share of the line: above 0, at most 1")
    table, yes, motions = design(calls, stake, dimensions)
    place, covariance = _fit(table, yes, motions)
    _, logs = _value(place, table, yes)
    if place[0] <= 0 or not np.isfinite(covariance).all():
        hint = "give more motions, some of them with rebels on both sides"
        raise TableError.one("WC566", "policy does not explain these votes beside the party line", hint)
    discipline = place[1] / place[0]
    # spread of a ratio (delta method)
    slope = np.array([-place[1] / place[0] ** 2, 1 / place[0]])
    policy, _ = _fit(table[:, :1], yes, motions)
    line, _ = _fit(table[:, 1:], yes, motions)
    cast = calls.voted.sum()
    return Calibration(
        lam=float(place[0]),
        lam_error=float(np.sqrt(covariance[0, 0])),
        discipline=float(discipline),
        discipline_error=float(np.sqrt(max(slope @ covariance @ slope, 0.0))),
        stake=stake,
        votes=len(yes),
        motions=len(np.unique(motions)),
        rebellions=int(((table[:, 1] > 0) != yes).sum()),
        abstentions=float((calls.votes == ABSTAIN).sum() / max(cast, 1)),
        explained=float(((table @ place > 0) == yes).mean()),
        loglik=float(logs),
        loglik_policy=float(_value(policy, table[:, :1], yes)[1]),
        loglik_line=float(_value(line, table[:, 1:], yes)[1]),
        source=calls.title,
    )


def _value(place: Floats, table: Floats, yes: np.ndarray) -> tuple[Floats, float]:
    odds = table @ place
    return yes - expit(odds), float(yes @ odds - np.logaddexp(0, odds).sum())


def _fit(table: Floats, yes: np.ndarray, motions: np.ndarray) -> tuple[Floats, Floats]:
    """A logistic regression without a constant, and the covariance of its coefficients, votes clustered by motion."""
    place = np.zeros(table.shape[1])
    curvature = np.eye(len(place))
    for _ in range(STEPS):
        residual, value = _value(place, table, yes)
        weight = expit(table @ place)
        weight = weight * (1 - weight)
        curvature = (table * weight[:, None]).T @ table + RIDGE * np.eye(len(place))
        step = np.linalg.solve(curvature, table.T @ residual - RIDGE * place)
        length = 1.0
        while length > 1e-6 and _value(place + length * step, table, yes)[1] < value - 1e-9:
            length /= 2
        place = place + length * step
        if np.abs(step).max() < 1e-8:
            break
    residual, _ = _value(place, table, yes)
    scores = np.array([table[motions == one].T @ residual[motions == one] for one in np.unique(motions)])
    bread = np.linalg.inv(curvature)
    return place, np.asarray(bread @ (scores.T @ scores) @ bread)

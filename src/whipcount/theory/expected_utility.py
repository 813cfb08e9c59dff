"""Bueno de Mesquita's expected-utility model, as Scholz, Calbert & Smith (2011) specify it, for many draws at once.

Each round every actor looks at every other: would it pay to challenge them, and would it pay them to challenge me? From
the actor's own attitude to risk follow the offers it thinks it faces: to lose a confrontation, to compromise, or to
give in. It takes the one of the first kind there is that costs it least, and moves; then the next round begins.

Two points are open in print, and are options here:

- `denominator`: the votes that a probability of success is a share of. "all" takes the votes over all pairs of
  positions, as the one replication that claims agreement with the paper does; probabilities are then small. "pair"
  takes the votes cast on the two positions, so that P(i beats j) + P(j beats i) = 1.
- `compromise`: which compromise an actor takes. "lowest" takes the one with the lowest weighted position, as that
  replication's code does, which favours one end of the scale; "nearest" takes the one that asks for the least
  movement, as the paper's text says.

A third is settled: an actor to whom several offers ask for the same moves to the mean of where they would bring it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, say

from ..errors import TableError
from .expected_utility_play import DEFAULT_ROUNDS, KINDS, Compromise, Denominator, play_rounds
from .tables import Floats, PositionsTable

KIND_WORDS = {
    "confrontation": mark("loses a confrontation to"),
    "compromise": mark("compromises with"),
    "capitulation": mark("gives in to"),
}
SAME_PLACE = 1e-6  # of the distance between the outermost actors: positions this close are the same


@dataclass(frozen=True)
class Move:
    """A move of one actor in one round: by which kind of offer, towards whom, where to."""

    round: int
    actor: str
    kind: str
    partner: str
    position: float


@dataclass(frozen=True)
class ExpectedUtilityResult(Result):
    """The rounds of the expected-utility model on one dimension; the forecast is the median of the last round."""

    names: tuple[str, ...]
    dimension: str
    positions: tuple[tuple[float, ...], ...]
    medians: tuple[float, ...]
    means: tuple[float, ...]
    risk: tuple[tuple[float, ...], ...]
    moves: tuple[Move, ...]
    denominator: Denominator
    compromise: Compromise

    references: ClassVar[tuple[str, ...]] = (
        "Bueno de Mesquita, B. (1994), in Bueno de Mesquita & Stokman, European Community Decision Making, 71-104",
        "Scholz, J. B., Calbert, G. J. & Smith, G. A. (2011), Journal of Theoretical Politics 23, 510-531",
    )

    @property
    def forecast(self) -> float:
        """The weighted median of the last round."""
        return self.medians[-1]

    @property
    def settled(self) -> int | None:
        """The round from which on nobody moves; None where somebody moves in the last one."""
        moving = max((move.round for move in self.moves), default=0)
        return moving if moving < len(self.medians) - 1 or not moving else None

    @property
    def cycle(self) -> tuple[int, int] | None:
        """From which round on positions come back, and after how many rounds; None where they do not.

        What comes next depends on positions alone, so that those which came back once come back for ever.
        """
        if self.settled is not None:
            return None
        places = np.array(self.positions)
        near = SAME_PLACE * (float(np.ptp(places[0])) or 1.0)
        for first in range(len(places)):
            back = np.flatnonzero(np.abs(places[first + 1 :] - places[first]).max(axis=1) <= near)
            if len(back):
                return first, int(back[0]) + 1
        return None

    def ending_told(self) -> str:
        """Whether the rounds settle, go in a circle, or were broken off."""
        if self.settled is not None:
            return say("Nobody moves after round {round}.", round=self.settled) if self.settled else ""
        if self.cycle is not None:
            first, period = self.cycle
            turn = self.medians[first : first + period]
            return say(
                "The bargain goes in a circle on {dimension}: from round {first} on positions come back every {period} "
                "rounds, the median between {low} and {high}; its last round is no forecast.",
                dimension=self.dimension, first=first, period=period, low=number(min(turn), 3),
                high=number(max(turn), 3),
            )  # fmt: skip
        late = self.medians[len(self.medians) // 2 :]
        return say(
            "The bargain has not settled on {dimension} after {rounds} rounds: in the later half of them the median "
            "lay between {low} and {high}.",
            dimension=self.dimension, rounds=len(self.medians) - 1, low=number(min(late), 3), high=number(max(late), 3),
        )  # fmt: skip

    def tables(self) -> tuple[Table, ...]:
        columns = (
            figure("round", "round", "d"),
            figure("median", "median"),
            figure("mean", "mean"),
            *(figure(name, name, ".3f") for name in self.names),
        )
        rows = tuple(
            (number, median, mean, *places)
            for number, (median, mean, places) in enumerate(zip(self.medians, self.means, self.positions, strict=True))
        )
        named = (
            figure("round", "round", "d"),
            Column("actor", "actor"),
            Column("kind", "offer"),
            Column("partner", "to"),
            figure("position", "new position"),
        )
        moves = tuple((move.round, move.actor, move.kind, move.partner, move.position) for move in self.moves)
        return (
            Table("rounds", "Expected utility: rounds", columns, rows),
            Table("moves", "Moves", named, moves),
        )

    def sentences(self) -> str:
        first, last = number(self.medians[0], 3), number(self.medians[-1], 3)
        rounds = len(self.medians) - 1
        lines = [
            say(
                "The median on {dimension} goes from {first} to {last} in {rounds} rounds.",
                dimension=self.dimension,
                first=first,
                last=last,
                rounds=rounds,
            )
        ]
        if self.moves:
            move = self.moves[0]
            how = say(KIND_WORDS[move.kind])
            lines.append(say("First, {actor} {how} {partner}.", actor=move.actor, how=how, partner=move.partner))
        else:
            lines.append(say("Nobody moves."))
        return " ".join(filter(None, [*lines, self.ending_told()]))

    def record(self) -> dict[str, Any]:
        return {
            "dimension": self.dimension,
            "denominator": self.denominator,
            "compromise": self.compromise,
            "forecast": self.forecast,
            "settled": self.settled,
            "cycle": self.cycle,
            "median": self.medians,
            "mean": self.means,
            "names": self.names,
            "positions": self.positions,
            "risk": self.risk,
            "moves": [
                {"round": m.round, "actor": m.actor, "kind": m.kind, "partner": m.partner, "position": m.position}
                for m in self.moves
            ],
        }


def expected_utility(
    table: PositionsTable,
    dimension: str | None = None,
    rounds: int = DEFAULT_ROUNDS,
    denominator: Denominator = "all",
    compromise: Compromise = "lowest",
) -> ExpectedUtilityResult:
    """Play the expected-utility model on one dimension of a table (the first by default)."""
    check_options(rounds, denominator, compromise)
    axis = table.dimension(dimension) if dimension is not None else 0
    # the scale of this model is the distance between the outermost actors, in print and in its replications
    line = table.points[None, :, axis]
    play = play_rounds(
        line, table.powers[None], table.saliences[None, :, axis], np.ptp(line, axis=1), rounds, denominator, compromise
    )
    moves = [
        Move(number + 1, table.names[actor], KINDS[play.kinds[number, 0, actor]],
             table.names[play.partners[number, 0, actor]], float(play.positions[number + 1, 0, actor]))
        for number in range(rounds)
        for actor in np.flatnonzero(play.kinds[number, 0]).tolist()
    ]  # fmt: skip
    return ExpectedUtilityResult(
        names=table.names,
        dimension=table.dimensions[axis],
        positions=_nested(play.positions[:, 0]),
        medians=tuple(map(float, play.medians()[:, 0])),
        means=tuple(map(float, play.means()[:, 0])),
        risk=_nested(play.risk[:, 0]),
        moves=tuple(moves),
        denominator=denominator,
        compromise=compromise,
    )


def check_options(rounds: int, denominator: str, compromise: str) -> None:
    """The options of the model (WC516)."""
    if not 0 <= rounds <= 1000:
        raise TableError.one("WC516", f"{rounds} rounds", "give 0 to 1000 rounds")
    if denominator not in ("all", "pair"):
        raise TableError.one("WC516", f"denominator {denominator!r}", "give all or pair")
    if compromise not in ("lowest", "nearest"):
        raise TableError.one("WC516", f"compromise {compromise!r}", "give lowest or nearest")


def _nested(values: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in values)


def pairwise_success(
    points: Sequence[float], capability: Sequence[float], salience: Sequence[float], first: float, second: float
) -> float:
    """The chance that one position beats another in a vote of risk-neutral actors on just these two."""
    stake = np.array(capability, dtype=float) * np.array(salience, dtype=float)
    place = np.array(points, dtype=float)
    votes = stake * (np.abs(place - second) - np.abs(place - first))
    return float(np.maximum(votes, 0).sum() / np.abs(votes).sum())

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
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import TableError
from .result import Grid, Measure, Result, figure, number, say
from .tables import Floats, PositionsTable

Denominator = Literal["all", "pair"]
Compromise = Literal["lowest", "nearest"]
Integers = NDArray[np.int64]

KINDS = ("none", "confrontation", "compromise", "capitulation")
KIND_WORDS = {
    "confrontation": ("loses a confrontation to", "проигрывает в столкновении"),
    "compromise": ("compromises with", "идёт на компромисс с"),
    "capitulation": ("gives in to", "уступает"),
}
MOST_CELLS = 4_000_000
DEFAULT_ROUNDS = 10
SAME = 1e-9  # of the scale: two actors this close stand in one place, whatever the rounding of their positions says


@dataclass(frozen=True)
class Play:
    """Rounds of the model for many draws: positions (rounds + 1, draws, actors), offers taken and from whom, risk."""

    positions: Floats
    kinds: NDArray[np.int8]
    partners: Integers
    risk: Floats
    stake: Floats

    def medians(self) -> Floats:
        """Weighted medians by round and draw; the middle of the interval where they are tied."""
        return np.stack([weighted_medians(places, self.stake) for places in self.positions])

    def means(self) -> Floats:
        """Weighted means by round and draw."""
        means: Floats = (self.positions * self.stake).sum(axis=-1) / self.stake.sum(axis=-1)
        return means


def weighted_medians(places: Floats, weights: Floats) -> Floats:
    """The weighted median of each row, shape (draws, actors) to (draws,)."""
    order = np.argsort(places, axis=-1, kind="stable")
    joined = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    half = joined[:, -1:] / 2
    slack = 1e-12 * joined[:, -1:]
    low = (joined >= half - slack).argmax(axis=-1)
    high = (joined > half + slack).argmax(axis=-1)
    sorted_places = np.take_along_axis(places, order, axis=-1)
    rows = np.arange(len(places))
    middle: Floats = (sorted_places[rows, low] + sorted_places[rows, high]) / 2
    return middle


def play_rounds(
    places: Floats,
    capability: Floats,
    salience: Floats,
    width: Floats,
    rounds: int = DEFAULT_ROUNDS,
    denominator: Denominator = "all",
    compromise: Compromise = "lowest",
) -> Play:
    """Play the model; all inputs have shape (draws, actors), `width` is the length of the scale of each draw."""
    draws, actors = places.shape
    step = max(1, MOST_CELLS // (actors * actors))
    if draws > step:
        parts = [
            play_rounds(
                places[at : at + step], capability[at : at + step], salience[at : at + step], width[at : at + step],
                rounds, denominator, compromise,
            )
            for at in range(0, draws, step)
        ]  # fmt: skip
        return Play(
            np.concatenate([part.positions for part in parts], axis=1),
            np.concatenate([part.kinds for part in parts], axis=1),
            np.concatenate([part.partners for part in parts], axis=1),
            np.concatenate([part.risk for part in parts], axis=1),
            np.concatenate([part.stake for part in parts]),
        )
    stake = capability * salience
    # a scale without length has everybody in one place: nobody moves, and no distance is divided by 0
    scale = np.where(width > 0, width, 1.0)[:, None, None]
    history, kinds, partners, risks = [places], [], [], []
    for _ in range(rounds):
        here = history[-1]
        distance = np.abs(here[:, :, None] - here[:, None, :]) / scale
        distance[distance < SAME] = 0.0
        attitude = risk_attitude(distance, stake, salience, denominator)
        chosen, kind, partner = _take_offers(here, distance, attitude, stake, salience, denominator, compromise)
        history.append(chosen)
        kinds.append(kind)
        partners.append(partner)
        risks.append(attitude)
    empty = np.zeros((0, draws, actors))
    return Play(
        np.stack(history),
        np.stack(kinds) if kinds else empty.astype(np.int8),
        np.stack(partners) if partners else empty.astype(np.int64),
        np.stack(risks) if risks else empty,
        stake,
    )


def success(distance: Floats, attitude: Floats | None, stake: Floats, denominator: Denominator) -> Floats:
    """P(i's position beats j's), shape (draws, i, j): the votes for it over the votes of the chosen denominator.

    Actor k's vote between two positions is its stake times the difference of its distances, bent by its attitude to
    risk (None: neutral). Positions in one place have no contest, and probability 0.
    """
    bent = distance if attitude is None else distance ** attitude[:, :, None]
    first, second = np.triu_indices(distance.shape[1], 1)
    cast = np.zeros((len(distance), len(first)))
    for voter in range(distance.shape[1]):
        cast += stake[:, voter, None] * np.abs(bent[:, voter, first] - bent[:, voter, second])
    liked = np.einsum("rk,rki->ri", stake, bent)
    lead = liked[:, second] - liked[:, first]  # votes for the first less votes for the second
    if denominator == "all":
        out_of = np.broadcast_to(2 * cast.sum(axis=1, keepdims=True), cast.shape)
    else:
        out_of = cast
    out_of = np.where(out_of > 0, out_of, 1.0)
    found = np.zeros_like(distance)
    found[:, first, second] = (cast + lead) / 2 / out_of
    found[:, second, first] = (cast - lead) / 2 / out_of
    found[distance == 0] = 0.0
    return found


def risk_attitude(distance: Floats, stake: Floats, salience: Floats, denominator: Denominator) -> Floats:
    """Each actor's exponent of risk, from 1/2 (accepts risk) to 2 (averse): those least in danger have taken least.

    Danger is what the others expect to gain by challenging the actor, all being neutral to risk; a neutral actor
    expects 2d (1 - 2 s (1 - P)) from challenging at a distance d one with salience s.
    """
    gains = 2 * distance * (1 - 2 * salience[:, None, :] * (1 - success(distance, None, stake, denominator)))
    danger = gains.sum(axis=1)
    low, high = danger.min(axis=1, keepdims=True), danger.max(axis=1, keepdims=True)
    spread = high - low
    level = np.where(spread > 1e-12, (2 * danger - high - low) / np.where(spread > 1e-12, spread, 1.0), 0.0)
    attitude: Floats = (1 - level / 3) / (1 + level / 3)
    return attitude


def _take_offers(
    here: Floats,
    distance: Floats,
    attitude: Floats,
    stake: Floats,
    salience: Floats,
    denominator: Denominator,
    compromise: Compromise,
) -> tuple[Floats, NDArray[np.int8], Integers]:
    """Where every actor moves, by which kind of offer and whose."""
    chance = success(distance, attitude, stake, denominator)
    bend = attitude[:, :, None]
    won, lost = 2 - 4 * (0.5 - 0.5 * distance) ** bend, 2 - 4 * (0.5 + 0.5 * distance) ** bend
    kept = 2 - 4 * 0.5**bend
    # both gains as the row's actor sees them: of challenging the column's actor, and of being challenged by it
    mine = won - kept - salience[:, None, :] * (1 - chance) * (won - lost)
    theirs = won - kept - salience[:, :, None] * (1 - chance.transpose(0, 2, 1)) * (won - lost)
    apart = distance > 0
    gap = here[:, None, :] - here[:, :, None]
    confront = apart & (theirs > mine) & (mine > 0)
    yielding = apart & (theirs > 0) & (mine < 0)
    meet = yielding & (theirs > -mine)
    submit = yielding & (theirs <= -mine)
    share = np.abs(mine) / np.where(theirs == 0, 1.0, np.abs(theirs))
    met = here[:, :, None] + gap * share
    weight = np.abs(mine) + np.abs(theirs)
    weighted = (np.abs(mine) * here[:, :, None] + np.abs(theirs) * here[:, None, :]) / np.where(weight > 0, weight, 1.0)
    keys = (np.abs(gap), weighted if compromise == "lowest" else np.abs(gap) * share, np.abs(gap))
    rows, actors = np.arange(len(here))[:, None], np.arange(here.shape[1])[None, :]
    chosen, kind = here.copy(), np.zeros(here.shape, dtype=np.int8)
    partner = np.full(here.shape, -1, dtype=np.int64)
    offers = zip(
        (confront, meet, submit), keys, (here[:, None, :] + 0 * gap, met, here[:, None, :] + 0 * gap), strict=True
    )
    for code, (offered, key, places) in enumerate(offers, 1):
        best = np.where(offered, key, np.inf).argmin(axis=2)
        taken = offered.any(axis=2) & (kind == 0)
        chosen = np.where(taken, places[rows, actors, best], chosen)
        partner = np.where(taken, best, partner)
        kind[taken] = code
    return chosen, kind, partner


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

    def grids(self) -> tuple[Grid, ...]:
        columns = (
            figure("round", "round", "раунд", "d"),
            figure("median", "median", "медиана"),
            figure("mean", "mean", "среднее"),
            *(figure(name, name, name, ".3f") for name in self.names),
        )
        rows = tuple(
            (number, median, mean, *places)
            for number, (median, mean, places) in enumerate(zip(self.medians, self.means, self.positions, strict=True))
        )
        named = (
            figure("round", "round", "раунд", "d"),
            Measure("actor", "actor", "участник"),
            Measure("kind", "offer", "предложение"),
            Measure("partner", "to", "кому"),
            figure("position", "new position", "новая позиция"),
        )
        moves = tuple((move.round, move.actor, move.kind, move.partner, move.position) for move in self.moves)
        return (
            Grid("rounds", "Expected utility: rounds", "Ожидаемая полезность: раунды", columns, rows),
            Grid("moves", "Moves", "Ходы", named, moves),
        )

    def words(self, language: str = "en") -> str:
        first, last = number(self.medians[0], language, 3), number(self.medians[-1], language, 3)
        rounds = len(self.medians) - 1
        lines = [
            say(
                language,
                f"The median on {self.dimension} goes from {first} to {last} in {rounds} rounds.",
                f"Медиана ({self.dimension}) за {rounds} раундов переходит от {first} к {last}.",
            )
        ]
        if self.moves:
            move = self.moves[0]
            how = KIND_WORDS[move.kind][1 if language == "ru" else 0]
            lines.append(
                say(
                    language,
                    f"First, {move.actor} {how} {move.partner}.",
                    f"Сначала {move.actor} {how} {move.partner}.",
                )
            )
        else:
            lines.append(say(language, "Nobody moves.", "Никто не двигается."))
        return " ".join(lines)

    def record(self) -> dict[str, Any]:
        return {
            "dimension": self.dimension,
            "denominator": self.denominator,
            "compromise": self.compromise,
            "forecast": self.forecast,
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

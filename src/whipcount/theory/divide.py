"""Dividing a pie by offers: Rubinstein's (1982) alternating offers and Baron & Ferejohn's (1989) legislature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import TableError
from .result import Grid, Measure, Result, figure, number, percent, say
from .tables import Floats

STEPS = 200  # halvings of an interval, to the last bit


@dataclass(frozen=True)
class Division(Result):
    """Shares of a pie: what each gets as the one who proposes, and before it is known who will."""

    model: str
    names: tuple[str, ...]
    proposer: tuple[float, ...]
    expected: tuple[float, ...]

    references: ClassVar[tuple[str, ...]] = (
        "Rubinstein, A. (1982), Econometrica 50, 97-109",
        "Binmore, K., Shaked, A. & Sutton, J. (1989), Quarterly Journal of Economics 104, 753-770",
        "Baron, D. P. & Ferejohn, J. A. (1989), American Political Science Review 83, 1181-1206",
        "Eraslan, H. (2002), Journal of Economic Theory 103, 11-30",
    )

    def grids(self) -> tuple[Grid, ...]:
        columns = (
            Measure("name", "player", "игрок"),
            figure("proposer", "as proposer", "предлагая"),
            figure("expected", "expected", "в среднем"),
        )
        rows = tuple(zip(self.names, self.proposer, self.expected, strict=True))
        return (Grid("division", "Division", "Делёж", columns, rows),)

    def words(self, language: str = "en") -> str:
        best = max(range(len(self.names)), key=lambda row: self.proposer[row])
        share = percent(self.proposer[best], language)
        mean = number(self.expected[best], language, 4)
        return say(
            language,
            f"{self.model}: {self.names[best]}, when proposing, keeps {share}; expected share {mean}.",
            f"{self.model}: {self.names[best]}, предлагая, оставляет себе {share}; ожидаемая доля {mean}.",
        )

    def record(self) -> dict[str, Any]:
        return {"model": self.model, "names": self.names, "proposer": self.proposer, "expected": self.expected}


def rubinstein(first: float, second: float, outside: tuple[float, float] = (0.0, 0.0)) -> Division:
    """Alternating offers over a pie of size 1: the first player proposes first, discount factors below 1.

    outside: what each may take instead of going on; an option binds only above the share that bargaining gives.
    """
    for factor in (first, second):
        if not 0 <= factor < 1:
            raise TableError.one("WC516", f"a discount factor of {factor:g}", "give 0 or more, and less than 1")
    if min(outside) < 0 or sum(outside) > 1:
        raise TableError.one("WC516", f"outside options {outside[0]:g} and {outside[1]:g}", "they sum to 1 at most")
    share = (1 - second) / (1 - first * second)
    if outside[1] > 1 - share:
        share = 1 - outside[1]
    elif outside[0] > share:
        share = outside[0]
    return Division("Rubinstein", ("1", "2"), (share, 1 - share), (share, 1 - share))


def baron_ferejohn(members: int, quota: int, discount: float, recognition: Sequence[float] | None = None) -> Division:
    """The closed rule: a random member proposes a split, `quota` votes (its own included) carry it, else a new round.

    recognition: chances of being called on, even by default. The stationary equilibrium payoffs are unique (Eraslan
    2002): a proposer buys the cheapest votes; those at the margin are bought in mixture, so that they all cost alike.
    """
    if not 0 <= discount <= 1:
        raise TableError.one("WC516", f"a discount factor of {discount:g}", "give 0 to 1")
    if members < 1 or not 1 <= quota <= members:
        raise TableError.one("WC508", f"{quota} votes of {members} members", f"give a quota from 1 to {members}")
    chance = np.full(members, 1 / members) if recognition is None else np.array(recognition, dtype=float)
    if len(chance) != members or (chance < 0).any() or chance.sum() <= 0:
        raise TableError.one("WC514", "recognition chances do not fit the members", "give one of 0 or more for each")
    chance = chance / chance.sum()
    names = tuple(str(row + 1) for row in range(members))
    if quota == 1:
        return Division("Baron-Ferejohn", names, (1.0,) * members, tuple(map(float, chance)))
    price, value = _equilibrium(chance, quota, discount)
    cost = np.array([np.sort(np.delete(price, row))[: quota - 1].sum() for row in range(members)])
    return Division("Baron-Ferejohn", names, tuple(map(float, 1 - cost)), tuple(map(float, value)))


def _equilibrium(chance: Floats, quota: int, discount: float) -> tuple[Floats, Floats]:
    """Prices of votes and expected shares: the price at the margin is found where the shares sum to 1."""
    low, high = 0.0, 1.0
    price = value = np.zeros(len(chance))
    for _ in range(STEPS):
        margin = (low + high) / 2
        price, value = _at_margin(chance, quota, discount, margin)
        low, high = (margin, high) if value.sum() < 1 else (low, margin)
    return price, value


def _at_margin(chance: Floats, quota: int, discount: float, margin: float) -> tuple[Floats, Floats]:
    """Prices and shares when votes at the margin cost `margin`, and a coalition costs what its votes do."""
    low, high = 0.0, float(quota)
    price = value = np.zeros(len(chance))
    for _ in range(STEPS):
        cost = (low + high) / 2
        # above the margin: never bought, lives by proposing; below it: bought by everybody; between: at the margin
        apart = discount * chance * (1 - cost)
        bought = np.inf if discount == 1 else discount * chance * (1 - cost - margin) / (1 - discount)
        price = np.where(apart > margin, apart, np.minimum(bought, margin))
        price = np.maximum(price, 0.0)
        always = price < margin
        spent = price[always].sum() + (quota - 1 - always.sum()) * margin
        low, high = (cost, high) if spent > cost else (low, cost)
    value = price / discount if discount > 0 else chance
    return price, value

"""Dividing a pie by offers: Rubinstein's (1982) alternating offers and Baron & Ferejohn's (1989) legislature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import brentq

from whipcount.table import Column, Result, Table, figure
from whipcount.text import number, percent, say

from ..errors import TableError
from .tables import Floats

LEAST_PRICE = 1e-12


@dataclass(frozen=True)
class Division(Result):
    """Shares of a pie: what each gets as the one who proposes, and before it is known who will."""

    undrawn: ClassVar[str] = "its table gives each share"

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

    def tables(self) -> tuple[Table, ...]:
        columns = (
            Column("name", "player"),
            figure("proposer", "as proposer"),
            figure("expected", "expected"),
        )
        rows = tuple(zip(self.names, self.proposer, self.expected, strict=True))
        return (Table("division", "Division", columns, rows),)

    def sentences(self) -> str:
        best = max(range(len(self.names)), key=lambda row: self.proposer[row])
        share = percent(self.proposer[best], 1)
        mean = number(self.expected[best], 4)
        return say(
            "{model}: {names}, when proposing, keeps {share}; expected share {mean}.",
            model=self.model,
            names=self.names[best],
            share=share,
            mean=mean,
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
    if quota == 1 or discount == 0:
        return Division("Baron-Ferejohn", names, (1.0,) * members, tuple(map(float, chance)))
    # under unanimity everybody is always bought, which gives each the chance of being called on
    price = discount * chance if quota == members else _prices(chance, quota, discount)
    cost = np.array([np.sort(np.delete(price, row))[: quota - 1].sum() for row in range(members)])
    return Division("Baron-Ferejohn", names, tuple(map(float, 1 - cost)), tuple(map(float, price / discount)))


def _prices(chance: Floats, quota: int, discount: float) -> Floats:
    """What each vote costs: the price at the margin is the one at which expected shares sum to 1.

    Below it they sum to less: votes are cheap, and what is left over goes to nobody.
    """

    def missing(margin: float) -> float:
        return float(_at_margin(chance, quota, discount, margin).sum() / discount - 1)

    margin = float(brentq(missing, LEAST_PRICE, 1.0, xtol=1e-15, rtol=1e-14))
    return _at_margin(chance, quota, discount, margin)


def _at_margin(chance: Floats, quota: int, discount: float, margin: float) -> Floats:
    """Prices when votes at the margin cost `margin`, and a coalition costs what its votes do."""

    def prices(cost: float) -> Floats:
        # above the margin: never bought, lives by proposing; below it: bought by everybody; between: at the margin
        apart = discount * chance * (1 - cost)
        bought = np.inf if discount == 1 else discount * chance * (1 - cost - margin) / (1 - discount)
        return np.where(apart > margin, apart, np.clip(bought, 0.0, margin))

    def unspent(cost: float) -> float:
        price = prices(cost)
        always = price < margin
        return float(price[always].sum() + (quota - 1 - always.sum()) * margin - cost)

    # beyond the equilibrium's margin the cost that fits may be below 0: still a sign of which way to go
    return prices(float(brentq(unspent, -float(len(chance)), float(quota), xtol=1e-15, rtol=1e-14)))

"""Johnston's index: every winning coalition with critical members shares one unit evenly among them (Johnston 1978)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from .counting import winning_subsets
from .rules import DecisionRule

MOST_MEMBERS = 20  # whose coalitions are visited one by one; bodies of few types are counted by `power_types`


def johnston(rule: DecisionRule) -> tuple[Fraction, ...] | None:
    """The index of every member, exactly; None where there are too many coalitions to visit."""
    if rule.members > MOST_MEMBERS:
        return None
    won = winning_subsets(rule)
    turned = np.zeros(len(won), dtype=np.int64)
    for row in range(rule.members):
        halves = won.reshape(-1, 2, 1 << row)
        turned.reshape(-1, 2, 1 << row)[:, 1] += halves[:, 1] & ~halves[:, 0]
    shares = []
    for row in range(rule.members):
        halves = won.reshape(-1, 2, 1 << row)
        critical = halves[:, 1] & ~halves[:, 0]
        sizes = np.bincount(turned.reshape(-1, 2, 1 << row)[:, 1][critical], minlength=2)
        shares.append(sum((Fraction(int(many), size) for size, many in enumerate(sizes) if size), start=Fraction(0)))
    total = sum(shares, start=Fraction(0))
    return tuple(share / total for share in shares)

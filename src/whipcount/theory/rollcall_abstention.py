"""Abstention as a choice of its own: who abstains tells where they stand, beside how the others vote.

A member first takes a side or abstains, then votes yes or no: two probits with the member's point in common, each with
a constant and a slope of its motion (a hurdle; abstention as informative: Rosas, Shomer & Haptonstahl 2015). Unlike an
ordered category, abstaining need not stand between yes and no: an opposition may abstain as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whipcount.table import Column, Table, figure
from whipcount.text import say

from .rollcall_table import ABSENT, ABSTAIN, Bools, Integers


@dataclass(frozen=True)
class Abstention:
    """Who abstained on a motion: slope is that of taking a side, so that below 0 those on the right abstained more."""

    motion: str
    title: str
    abstained: int
    difficulty: float
    discrimination: tuple[float, ...]


def sides_taken(votes: np.ndarray, lopsided: float) -> tuple[Integers, Bools, Bools]:
    """Motions (columns of votes) on which some abstained and others did not, who took a side, and who was there.

    lopsided: the share of those present that the smaller part has to exceed.
    """
    seen, side = votes != ABSENT, (votes != ABSENT) & (votes != ABSTAIN)
    there, took = seen.sum(axis=0), side.sum(axis=0)
    motions = np.flatnonzero(np.minimum(took, there - took) > lopsided * np.maximum(there, 1))
    return motions, side[:, motions], seen[:, motions]


def abstention_table(abstentions: tuple[Abstention, ...], names: list[str]) -> Table:
    """Motions on which members abstained, those that tell most of where they stand first."""
    columns = (
        Column("motion", "Motion"),
        Column("title", "Title"),
        Column("abstained", "Abstained", right=True),
        *(figure(f"slope_{name}", say("Slope {name}", name=name), ".3f") for name in names),
    )

    order = sorted(abstentions, key=lambda one: (-float(np.linalg.norm(one.discrimination)), one.motion))
    rows = tuple((one.motion, one.title, one.abstained, *one.discrimination) for one in order)
    return Table("abstentions", "Who abstained: below 0 more of those on the right", columns, rows)

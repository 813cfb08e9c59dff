"""How many dimensions votes have: models of more and more of them, scored on votes that they did not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import log_ndtr

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, percent, say

from ..errors import TableError
from .rollcall_ideal import informative
from .rollcall_mode import scale_votes
from .rollcall_table import NO, YES, Bools, Floats, RollCalls

FOLDS = 10
MOST = 3
NAMES = {"side": mark("the larger side of the motion"), "party": mark("the larger side of the party")}
UNSEEN = 0.5  # votes on each side that are added to a share


@dataclass(frozen=True)
class HeldOut:
    """A model's scores on votes held out, and on those it saw: share classified, geometric mean probability.

    APRE is against the larger side of each motion among all votes.
    """

    name: str
    dimensions: int
    correct: float
    apre: float
    gmp: float
    seen_correct: float
    seen_gmp: float


@dataclass(frozen=True)
class Dimensions(Result):
    """Models of roll calls side by side, each scored on tenths of the votes that it did not see."""

    references: ClassVar[tuple[str, ...]] = (
        "Poole & Rosenthal 1997, Congress: a political-economic history of roll call voting",
        "Stone 1974, Cross-validatory choice and assessment of statistical predictions",
    )
    undrawn: ClassVar[str] = "a handful of numbers; its table gives them"

    models: tuple[HeldOut, ...]
    votes: int

    @property
    def best(self) -> HeldOut:
        """The model that gives the votes it did not see the highest probability."""
        return max(self.models, key=lambda one: one.gmp)

    def tables(self) -> tuple[Table, ...]:
        """The models."""
        columns = (
            Column("name", "Model", names=NAMES),
            figure("correct", "Classified", ".4f"),
            figure("apre", "APRE", ".3f"),
            figure("gmp", "GMP", ".4f"),
            figure("seen_correct", "Classified of those seen", ".4f", 2),
            figure("seen_gmp", "GMP of those seen", ".4f", 2),
        )
        rows = tuple(tuple(getattr(one, column.key) for column in columns) for one in self.models)
        return (Table("models", "Votes held out", columns, rows),)

    def sentences(self) -> str:
        """The comparison in plain words."""
        best = self.best
        return say(
            "Of votes that it did not see, the model «{name}» classifies {correct} and gives them the highest "
            "probability (GMP {gmp:.3f}), in ten tenths of {votes} votes.",
            name=say(NAMES.get(best.name, best.name)), correct=percent(best.correct, 1), gmp=best.gmp, votes=self.votes,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        return {"votes": self.votes, **{grid.name: grid.records() for grid in self.tables()}}


def held_out(
    calls: RollCalls, most: int = MOST, lopsided: float = 0.025, fewest: int = 20, seed: int = 1
) -> Dimensions:
    """Score ideal points of one to `most` dimensions, and two models without any, on votes dealt into ten tenths.

    The two bet on each motion's, or each party's, larger side among the votes seen. lopsided, fewest: as
    `rollcall_ideal.informative` takes them (WC516, WC561).
    """
    enough, kept, remarks = informative(calls, lopsided, fewest)
    inner = calls.only_motions(kept.tolist()).only_members(enough.tolist())
    yes, cast = inner.votes == YES, (inner.votes == YES) | (inner.votes == NO)
    if min(cast.shape) <= most:
        hint = f"give more members and motions, or --most {max(min(cast.shape) - 1, 1)}"
        raise TableError.one("WC561", f"{cast.shape[0]} members and {cast.shape[1]} motions are too few", hint)
    fold = np.random.default_rng(seed).integers(0, FOLDS, cast.shape)
    names = ["side", *(["party"] if inner.party_names else []), *(str(dims) for dims in range(1, most + 1))]
    told: dict[str, Floats] = {name: np.zeros(cast.shape) for name in names}
    again: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for one in range(FOLDS):
        here, seen = cast & (fold == one), cast & (fold != one)
        for name in names:
            chance = _log_chances(inner, yes, seen, name)
            told[name][here] = chance[here]
            again[name].append((float((chance[seen] > np.log(0.5)).mean()), float(np.exp(chance[seen].mean()))))
    ayes = (yes & cast).sum(axis=0)
    minority = int(np.minimum(ayes, cast.sum(axis=0) - ayes).sum())
    models = tuple(_scored(name, told[name][cast], again[name], minority) for name in names)
    return Dimensions(models, int(cast.sum())).told(remarks)


def _scored(name: str, logs: Floats, again: list[tuple[float, float]], minority: int) -> HeldOut:
    wrong = int((logs <= np.log(0.5)).sum())
    return HeldOut(
        name=name if name in NAMES else say("{number} dimensions", number=name),
        dimensions=0 if name in NAMES else int(name),
        correct=1 - wrong / len(logs),
        apre=1 - wrong / minority if minority else float("nan"),
        gmp=float(np.exp(logs.mean())),
        seen_correct=float(np.mean([one for one, _ in again])),
        seen_gmp=float(np.mean([one for _, one in again])),
    )


def _log_chances(calls: RollCalls, yes: Bools, seen: Bools, name: str) -> Floats:
    """The log chance that a model, fitted to the votes seen, gives each vote as it was cast."""
    if name not in NAMES:
        found = scale_votes(yes, seen, int(name))
        utility = found.difficulty + found.points @ found.discrimination.T
        return np.asarray(log_ndtr(np.where(yes, utility, -utility)))
    house = ((yes & seen).sum(axis=0) + UNSEEN) / (seen.sum(axis=0) + 2 * UNSEEN)
    share = np.tile(house, (len(yes), 1))
    for party in range(len(calls.party_names) if name == "party" else 0):
        inside = calls.party_at == party
        # shrunk towards the house's share, so that a party of one says little of itself
        own = ((yes & seen & inside).sum(axis=0) + 2 * UNSEEN * house) / ((seen & inside).sum(axis=0) + 2 * UNSEEN)
        share = np.where(inside, own, share)
    return np.asarray(np.log(np.where(yes, share, 1 - share)))

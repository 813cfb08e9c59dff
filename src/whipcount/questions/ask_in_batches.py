"""An answer that comes at once and gets sharper: the pairs of a question in growing batches, and which of them flip.

The batches together are the pairs of `ask`, in the order of their runs, so that the last answer is the same as its.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whipcount.counterfactual.engines import engine_of
from whipcount.counterfactual.pairs import BLOCK, NEVER, Pairs, joined
from whipcount.errors import QuestionError
from whipcount.results.interfaces import EngineMaker
from whipcount.store import Store
from whipcount.world import Calendar

from .ask import Answer, Comparison

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

FIRST = 200  # pairs of the first batch: enough to see a large effect, done in a fraction of a second
GROWTH = 4

Batch = tuple[int, int]  # first run, runs


@dataclass(frozen=True)
class Flip:
    """A pair whose outcome differs: its run, the day on which the two worlds part, whether the outcome rises."""

    run: int
    step: int
    day: dt.date
    rises: bool


def batches(runs: int, first: int = FIRST, growth: int = GROWTH, most: int = BLOCK) -> tuple[Batch, ...]:
    """Stretches of runs that grow up to a size: the small ones are there to tell something soon."""
    found: list[Batch] = []
    start, size = 0, first
    while start < runs:
        found.append((start, min(size, runs - start)))
        start += size
        size = min(size * growth, most)
    return tuple(found)


def prepare(
    loaded: LoadedScenario,
    do: Sequence[str],
    given: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    runs: int = 10_000,
    seed: int = 1,
    *,
    engine_maker: EngineMaker = engine_of,
    store: Store | None = None,
) -> Comparison:
    """A question as `ask` takes it, made ready to be answered batch by batch. Raises QuestionError as `ask` does."""
    if not do:
        raise QuestionError.one("WC414", "nothing is to be different", "choose or write what is to be changed")
    return Comparison.of(loaded, (), do, given, outcomes, runs, seed, engine_maker=engine_maker, store=store)


def ask_refining(
    loaded: LoadedScenario,
    do: Sequence[str],
    given: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    runs: int = 10_000,
    seed: int = 1,
    *,
    engine_maker: EngineMaker = engine_of,
    store: Store | None = None,
) -> Iterator[Answer]:
    """The answer of `ask` after each batch of pairs; nothing while no world has met the conditions.

    The last one is that of `ask` itself. Raises QuestionError as `ask` does.
    """
    question = prepare(loaded, do, given, outcomes, runs, seed, engine_maker=engine_maker, store=store)
    compute = question.job.begin()
    parts: list[Pairs] = []
    for batch in batches(runs):
        parts.append(compute(batch))
        pairs = joined(parts)
        if pairs.worlds or pairs.drawn >= runs:
            yield question.told(pairs)


def flips(
    loaded: LoadedScenario, pairs: Pairs, outcome: str, most: int = 8, below: int | None = None
) -> tuple[Flip, ...]:
    """Some pairs whose outcome differs, those that part first first; of each direction `most` at most.

    below: only runs of lower numbers, where only those are kept to be looked into.
    """
    calendar = Calendar.of(loaded.scenario.calendar)
    change = np.nan_to_num(pairs.within[outcome] - pairs.without[outcome])
    looked = pairs.parted != NEVER
    if below is not None:
        looked &= pairs.numbers < below
    found: list[Flip] = []
    for rises in (True, False):
        places = np.flatnonzero(((change > 0.0) if rises else (change < 0.0)) & looked)
        early = places[np.argsort(pairs.parted[places], kind="stable")][:most]
        for place in early:
            step = int(pairs.parted[place])
            found.append(Flip(int(pairs.numbers[place]), step, calendar.date_of(step), rises))
    return tuple(found)


__all__ = ["FIRST", "Batch", "Flip", "ask_refining", "batches", "flips", "prepare"]

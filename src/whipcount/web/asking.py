"""Questions of the kind `what if`, as work for the engine room: pairs of worlds in growing batches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.counterfactual.conditions import parse_given
from whipcount.counterfactual.pairs import Pairs, joined
from whipcount.questions.ask import Answer, answer_of, chosen_outcomes
from whipcount.questions.ask_in_batches import Batch, Flip, batches, flips, prepare
from whipcount.results.manifest import run_key
from whipcount.store import Store

from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.questions.ask import Comparison
    from whipcount.scenario import LoadedScenario

FLIPS = 6  # runs shown of each outcome and direction
PAIRS = (1_000, 10_000, 50_000)
SECONDS = 300.0  # of a batch; the first may have to compile the model
WORLDS = "worlds"


@dataclass(frozen=True)
class Told:
    """An answer so far, and some of the runs in which each outcome flips."""

    answer: Answer
    flips: Mapping[str, tuple[Flip, ...]]


@dataclass(frozen=True)
class Asked:
    """The pairs of a batch, and the changes as they were read."""

    pairs: Pairs
    do: tuple[str, ...]


@dataclass(frozen=True)
class AskWork:
    """A question about a crisis. folder: where unchanged worlds are kept for other questions.

    replayable: runs below it can be replayed; only such are shown where an outcome flips.
    """

    loaded: LoadedScenario
    do: tuple[str, ...]
    given: tuple[str, ...]
    runs: int
    seed: int
    folder: Path
    replayable: int

    @property
    def key(self) -> str:
        """The same for everyone who asks the same of the same crisis."""
        return key_of("ask", self.loaded, self.seed, self.runs, self.do, "given", self.given)

    @property
    def limits(self) -> WorkLimits:
        """A batch takes about a second."""
        return WorkLimits(seconds=SECONDS, brief=True)

    def orders(self) -> Sequence[Batch]:
        """The batches, small ones first."""
        return batches(self.runs)

    def size(self, order: Batch) -> int:
        """Pairs of a batch."""
        return order[1]

    def begin(self) -> Callable[[Batch], Asked]:
        """Read the question; the engines are made with the first batch. Raises QuestionError where it is wrong."""
        question = self._question()
        compute = question.job.begin()
        do = tuple(one.text for one in question.job.second)

        def answer(order: Batch) -> Asked:
            return Asked(compute(order), do)

        return answer

    def gather(self, answers: Sequence[tuple[Batch, Asked]]) -> Told | None:
        """The answer that the batches so far give. Raises QuestionError (WC411) where no world meets the conditions."""
        if not answers:
            return None
        found = sorted(answers, key=lambda pair: pair[0])
        pairs = joined([asked.pairs for _, asked in found])
        if not pairs.worlds and pairs.drawn < self.runs:
            return None
        scenario = self.loaded.scenario
        given = parse_given(self.given, scenario)
        answer = answer_of(self.loaded, pairs, chosen_outcomes(scenario, ()), found[0][1].do, given, self.seed)
        shown = {
            effect.outcome: flips(self.loaded, pairs, effect.outcome, FLIPS, self.replayable)
            for effect in answer.effects
            if pairs.drawn >= self.runs and effect.flips_up + effect.flips_down
        }
        return Told(answer, shown)

    def _question(self) -> Comparison:
        store = Store(self.folder / WORLDS, durable=False)
        return prepare(self.loaded, self.do, self.given, (), self.runs, self.seed, store=store)


@dataclass(frozen=True)
class WarmWork:
    """Makes workers ready for questions about a crisis before the first is asked."""

    loaded: LoadedScenario
    runs: int
    workers: int

    @property
    def key(self) -> str:
        """One for each crisis."""
        return key_of("warm", self.loaded, 0, self.runs)

    @property
    def limits(self) -> WorkLimits:
        """Compiling takes a while, and one worker at a time is enough for it."""
        return WorkLimits(seconds=SECONDS)

    def orders(self) -> Sequence[int]:
        """One for each worker, as far as luck goes."""
        return range(self.workers)

    def size(self, order: int) -> int:  # noqa: ARG002 - all alike
        """Each is one."""
        return 1

    def begin(self) -> Callable[[int], None]:
        """What makes an engine."""
        from whipcount.counterfactual.engines import engine_of

        def answer(order: int) -> None:  # noqa: ARG001
            engine_of(self.loaded, (), self.runs).backend.run(1, 0, 10, None)

        return answer

    def gather(self, answers: Sequence[Any]) -> None:
        """None: warming up has no answer."""


def key_of(kind: str, loaded: LoadedScenario, seed: int, runs: int, *details: object) -> str:
    """The name of a piece of work: whatever its answer depends on."""
    identity = f"{crisis_key(loaded)} {seed} {runs} {details!r}"
    return f"{kind}-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"


def crisis_key(loaded: LoadedScenario) -> str:
    """What identifies a crisis as it is run, and the program that runs it."""
    return _crisis_key(_Same(loaded))


class _Same:
    """A crisis compared by being the same object, which is how a page holds it."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded

    def __hash__(self) -> int:
        return id(self.loaded)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.loaded is self.loaded


@lru_cache(maxsize=8)
def _crisis_key(same: _Same) -> str:
    return run_key(same.loaded, runs=0, seed=0)

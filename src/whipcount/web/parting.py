"""One run in two worlds, as it was and with something changed: what is told of each day from where they part."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from whipcount.text import speak

from .asking import PAIRS, SECONDS, key_of
from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.report.story import Story, StoryDay
    from whipcount.scenario import LoadedScenario

Told = TypeVar("Told")


@dataclass(frozen=True)
class Sentence:
    """A sentence of one world; `own`: the other does not have it on that day."""

    text: str
    own: bool


@dataclass(frozen=True)
class PartingDay:
    """A day on which the worlds differ, with what is documented of it."""

    heading: str
    before: tuple[Sentence, ...]
    after: tuple[Sentence, ...]
    history: tuple[str, ...]


@dataclass(frozen=True)
class Parting:
    """The days on which the two worlds of a run differ; none where they never do. alike: days on which both tell the
    same, though they have parted."""

    run: int
    days: tuple[PartingDay, ...]
    alike: int


@dataclass(frozen=True)
class TwinWork(ABC, Generic[Told]):
    """A run in two worlds: of the crisis as it is written, and with something changed."""

    kind: ClassVar[str]
    pairs: ClassVar[int]  # the size of the ensemble that the program is made for: of a question its library is at hand

    loaded: LoadedScenario
    do: tuple[str, ...]
    seed: int
    run: int
    language: str

    @property
    def key(self) -> str:
        """The same for the same run and changes."""
        return key_of(self.kind, self.loaded, self.seed, self.run, self.do, self.language)

    @property
    def limits(self) -> WorkLimits:
        """Two runs are a matter of a moment."""
        return WorkLimits(SECONDS, brief=True)

    def orders(self) -> Sequence[int]:
        """The number of the run that is compared with its changed twin: one order."""
        return (self.run,)

    def size(self, order: int) -> int:  # noqa: ARG002 - of any work the size is asked by its order; here there is one
        """The whole."""
        return 1

    def begin(self) -> Callable[[int], Told]:
        """The function that runs it twice."""
        return self._twice

    def gather(self, answers: Sequence[tuple[int, Told]]) -> Told | None:
        """What was found."""
        return answers[0][1] if answers else None

    def _twice(self, order: int) -> Told:
        from whipcount.counterfactual.engines import engine_of, reread
        from whipcount.counterfactual.interventions import parse_interventions
        from whipcount.report.single import material_of_run

        speak(self.language)
        before, after = (
            material_of_run(reread(self.loaded, some), self.seed, order, engine_of(self.loaded, some, self.pairs))
            for some in ((), parse_interventions(self.do, self.loaded))
        )
        return self.told(before, after)

    @abstractmethod
    def told(self, before: Material, after: Material) -> Told:
        """What is told of the two."""


@dataclass(frozen=True)
class WorldWork(TwinWork[Parting]):
    """A run to be told in both worlds."""

    kind = "world"
    pairs = PAIRS[1]

    def told(self, before: Material, after: Material) -> Parting:
        """The days on which the two differ."""
        from whipcount.report.story import story_of

        return parting_of(story_of(before, self.run), story_of(after, self.run))


def parting_of(before: Story, after: Story) -> Parting:
    """The days on which two stories differ."""
    sides = [{day.first: day for day in story.days if not day.is_quiet} for story in (before, after)]
    days: list[PartingDay] = []
    alike = 0
    for first in sorted({*sides[0], *sides[1]}):
        here = [side.get(first) for side in sides]
        told = [_sentences(day) for day in here]
        if told[0] == told[1]:
            alike += bool(days and told[0])
            continue
        known = next(day for day in here if day is not None)
        columns = [tuple(Sentence(text, text not in other) for text in own) for own, other in (told, reversed(told))]
        days.append(PartingDay(known.heading, columns[0], columns[1], known.history))
    return Parting(before.run, tuple(days), alike)


def _sentences(day: StoryDay | None) -> tuple[str, ...]:
    return day.sentences if day is not None else ()

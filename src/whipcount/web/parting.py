"""One run in two worlds, as it was and with something changed: what is told of each day from where they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.text import speak

from .asking import PAIRS, SECONDS, key_of
from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.report.story import Story, StoryDay
    from whipcount.scenario import LoadedScenario


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
class WorldWork:
    """A run to be told in both worlds."""

    loaded: LoadedScenario
    do: tuple[str, ...]
    seed: int
    run: int
    language: str

    @property
    def key(self) -> str:
        """The same for the same run and changes."""
        return key_of("world", self.loaded, self.seed, self.run, self.do, self.language)

    @property
    def limits(self) -> WorkLimits:
        """Two runs are a matter of a moment."""
        return WorkLimits(SECONDS, brief=True)

    def orders(self) -> Sequence[int]:
        """The number of the run that is compared with its changed twin: one order."""
        return (self.run,)

    def size(self, order: int) -> int:  # noqa: ARG002 - there is only one
        """The whole."""
        return 1

    def begin(self) -> Callable[[int], Parting]:
        """The function that runs it twice."""
        return self._parting

    def gather(self, answers: Sequence[tuple[int, Parting]]) -> Parting | None:
        """What was found."""
        return answers[0][1] if answers else None

    def _parting(self, order: int) -> Parting:
        from whipcount.counterfactual.engines import engine_of, reread
        from whipcount.counterfactual.interventions import parse_interventions
        from whipcount.report.single import material_of_run
        from whipcount.report.story import story_of

        speak(self.language)
        changes = parse_interventions(self.do, self.loaded)
        stories = []
        for some in ((), changes):
            # as many runs as a question has: the library that answered it is at hand then
            engine = engine_of(self.loaded, some, PAIRS[1])
            material = material_of_run(reread(self.loaded, some), self.seed, order, engine)
            stories.append(story_of(material, order))
        return parting_of(*stories)


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

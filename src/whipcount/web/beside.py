"""Two histories side by side, seat by seat: two runs, two versions of the crisis, or both worlds of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whipcount.charts import theme
from whipcount.charts.benches import MARKS, colours_of, draw_benches, faction_marks, number_taken, tone_on
from whipcount.charts.names import Names

from .parting import Parting, TwinWork, parting_of

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.report.replay import SeatedBody


FEWEST = 4  # bodies that are shown, though no place differs in them


@dataclass(frozen=True)
class Card:
    """A body on a day: its number in the record, and whether anything changes in it during the run."""

    number: int
    name: str
    drawing: str
    total: int
    taken: int
    before: int
    moves: bool


def card_of(
    seated: SeatedBody, number: int, day: int, names: Names, colours: dict[str, str], marks: dict[str, int]
) -> Card:
    """A body as it is seated on a step."""
    state = seated.states[day]
    name = names.body(seated.body.id)
    taken = number_taken(seated.benches, state)
    total = sum(bench.place.size for bench in seated.benches)
    moves = any(one != seated.states[0] for one in seated.states)
    drawing = draw_benches(seated.benches, state, colours, names, f"{name}: {taken}", marks=marks)
    return Card(number, name, drawing, total, taken, number_taken(seated.benches, seated.states[0]), moves)


@dataclass(frozen=True)
class Pair:
    """A body in both histories; differs: whether any of its places ever does."""

    name: str
    left: Card
    right: Card
    differs: bool


@dataclass(frozen=True)
class Beside:
    """Both histories: pairs of bodies, what a page repaints them from, and the days on which they tell other things."""

    pairs: tuple[Pair, ...]
    record: Mapping[str, Any]
    parting: Parting

    @property
    def shown(self) -> tuple[Pair, ...]:
        """Bodies in which places differ, and some others; those that differ come first."""
        return self.pairs[: max(FEWEST, sum(pair.differs for pair in self.pairs))]

    @property
    def first(self) -> int:
        """The step on which the first place differs; the first of all, where none does."""
        return int(self.record["first"])


def beside(left: Material, right: Material, runs: tuple[int, int]) -> Beside:
    """Two runs of one crisis, or of two versions of it, step by step."""
    from whipcount.report.replay import body_record, seated_bodies
    from whipcount.report.story import story_of

    scenario, labels = left.scenario, left.labels()
    calendar, names = scenario.calendar, Names(scenario)
    steps = int((calendar.end - calendar.start).days / calendar.step_days) + 1
    colours, marks = colours_of(scenario), faction_marks(scenario)
    sides = [seated_bodies(one, run, steps) for one, run in zip((left, right), runs, strict=True)]
    other = {seated.body.id: seated for seated in sides[1]}
    shared = [(seated, other[seated.body.id]) for seated in sides[0] if seated.body.id in other]
    pairs, bodies, first = [], list[dict[str, Any]](), steps
    for both in shared:
        cards = [card_of(one, len(bodies) + at, 0, names, colours, marks) for at, one in enumerate(both)]
        bodies += [body_record(one, names, colours, marks) for one in both]
        parted = next((step for step in range(steps) if both[0].states[step] != both[1].states[step]), None)
        first = first if parted is None else min(first, parted)
        pairs.append(Pair(cards[0].name, cards[0], cards[1], parted is not None))
    record = {
        "days": [labels.full(labels.date_of(step * calendar.step_days)) for step in range(steps)],
        "bodies": bodies, "told": [], "table": [], "values": {}, "paper": theme.PAPER,
        "marks": MARKS if marks else (), "first": first % steps,
        "tones": {colour: tone_on(colour) for colour in (*colours.values(), theme.INK, theme.FAINT)},
    }  # fmt: skip
    stories = [story_of(one, run) for one, run in zip((left, right), runs, strict=True)]
    return Beside(tuple(sorted(pairs, key=lambda pair: not pair.differs)), record, parting_of(*stories))


@dataclass(frozen=True)
class BesideWork(TwinWork[Beside]):
    """A run of a crisis as it is written, and the same run with something changed: an intervention, another version."""

    kind = "beside"
    pairs = 1  # nothing to compile

    def told(self, before: Material, after: Material) -> Beside:
        """The two, seat by seat."""
        return beside(before, after, (self.run, self.run))

"""A run by day, as a page repaints it: who has which place, what lies on the table, the curves, the story."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.charts import theme
from whipcount.charts.benches import (
    MARKS,
    Bench,
    Taken,
    benches_of,
    colour_of,
    mark_of,
    taken_before,
    told_place,
    tone_on,
)
from whipcount.charts.curves import Curve, curves_of, steps_of
from whipcount.charts.readiness import reference_settlement
from whipcount.charts.seating import EXPELLED, places_of, post_changes, seat_changes

from .story import Story, StoryDay, story_of
from .transcript import introduction

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.charts.names import Names
    from whipcount.scenario.schema import Body

LEFT_PARTY = (*EXPELLED, "leave_party")
OFFERS = ("favoured", "accept", "decline", "agreement", "settled", "reneged", "breakdown", "ratify")


@dataclass(frozen=True)
class SeatedBody:
    """A body with its places, and who has each at the end of every step."""

    body: Body
    benches: tuple[Bench, ...]
    states: tuple[tuple[Taken, ...], ...]


@dataclass(frozen=True)
class TableState:
    """What lies on the table at the end of a step: the settlement nearest to agreement, answers by party, the stage."""

    settlement: str | None = None
    answers: tuple[tuple[str, str], ...] = ()
    stage: str = "closed"
    sessions: int = 0


@dataclass(frozen=True)
class Replay:
    """One run, step by step."""

    run: int
    days: tuple[str, ...]
    dates: tuple[str, ...]
    bodies: tuple[SeatedBody, ...]
    table: tuple[TableState, ...]
    curves: tuple[Curve, ...]
    about: str
    story: Story
    told: tuple[int, ...]  # by step: which day of the story tells it

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.days)

    def day_of_story(self, step: int) -> StoryDay:
        """What the story says of a step."""
        return self.story.days[self.told[step]]


def replay_of(material: Material, run: int) -> Replay:
    """One run of an ensemble, all of it."""
    labels = material.labels()
    size = material.scenario.calendar.step_days
    steps = steps_of(material)
    dates = [labels.date_of(step * size) for step in range(steps)]
    story = story_of(material, run, introduction(material, run))
    return Replay(
        run=run,
        days=tuple(labels.full(date) for date in dates),
        dates=tuple(labels.short(date) for date in dates),
        bodies=seated_bodies(material, run, steps),
        table=tuple(_table(material, run, steps)),
        curves=curves_of(material, run),
        about=reference_settlement(material) or "",
        story=story,
        told=_told(story, steps, size),
    )


def seated_bodies(material: Material, run: int, steps: int) -> tuple[SeatedBody, ...]:
    """The bodies of more than one place, and who has each at the end of every step; events are all that it needs."""
    bodies = [_seated(material, body, run, steps) for body in material.scenario.bodies]
    return tuple(body for body in bodies if sum(bench.place.size for bench in body.benches) > 1)


def _told(story: Story, steps: int, size: float) -> tuple[int, ...]:
    """By step, the number of the story's day that covers it."""
    found, number = [], 0
    for step in range(steps):
        while number + 1 < len(story.days) and story.days[number + 1].first <= math.floor(step * size):
            number += 1
        found.append(number)
    return tuple(found)


def _seated(material: Material, body: Body, run: int, steps: int) -> SeatedBody:
    """A body's places from left to right, and who has them at the end of every step."""
    benches = benches_of(places_of(material, body, run))
    numbers = {bench.place.post or bench.place.holder: number for number, bench in enumerate(benches)}
    changes: dict[int, list[tuple[str, str | None]]] = {}
    if any(bench.place.post for bench in benches):
        for change in post_changes(material, body, run):
            changes.setdefault(change.step, []).append((change.post, change.holder))
    else:
        seats = seat_changes(material, body).filter(pl.col("run") == run).sort("step", "place", maintain_order=True)
        for step, actor, occupied in seats.select("step", "actor", "occupied").iter_rows():
            changes.setdefault(step, []).append((actor, actor if occupied else None))
    party_of: dict[str, str | None] = {actor.id: actor.party for actor in material.scenario.actors}
    memberships = dict(_memberships(material, run))
    now = [taken_before(bench.place) for bench in benches]
    states = []
    for step in range(steps):
        for actor, party in memberships.get(step, ()):
            party_of[actor] = party
            now = [Taken(one.holder, party) if one.holder == actor else one for one in now]
        for key, holder in changes.get(step, ()):
            if key in numbers:
                place = benches[numbers[key]].place
                now[numbers[key]] = Taken(holder, party_of[holder] if holder else place.party)
        states.append(tuple(now))
    return SeatedBody(body, benches, tuple(states))


def _memberships(material: Material, run: int) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    """By step: who leaves a party (none) or is in it again."""
    own = {actor.id: actor.party for actor in material.scenario.actors}
    events = material.happenings(*LEFT_PARTY, "readmit").filter(pl.col("run") == run)
    steps: dict[int, list[tuple[str, str | None]]] = {}
    for step, verb, actor in events.select("step", "verb", "actor").iter_rows():
        steps.setdefault(step, []).append((actor, own.get(actor) if verb == "readmit" else None))
    yield from steps.items()


def _table(material: Material, run: int, steps: int) -> Iterator[TableState]:
    """What lies on the table, step by step."""
    events = material.happenings("session", *OFFERS).filter(pl.col("run") == run)
    by_step: dict[int, list[tuple[str, str | None, str | None]]] = {}
    for step, verb, actor, thing in events.select("step", "verb", "actor", "object").iter_rows():
        by_step.setdefault(step, []).append((verb, actor, thing))
    sides = () if material.scenario.table is None else tuple(side.party for side in material.scenario.table.sides)
    now = TableState()
    for step in range(steps):
        now = _after(now, by_step.get(step, []), sides)
        yield now


STAGES = {"agreement": "agreed", "settled": "settled", "reneged": "open", "breakdown": "broken"}


def _after(now: TableState, events: Sequence[tuple[str, str | None, str | None]], sides: Sequence[str]) -> TableState:
    """The table after a step's events."""
    settlement, stage, sessions = now.settlement, now.stage, now.sessions
    answers = dict(now.answers)
    for verb, actor, thing in events:
        if verb == "session":
            stage, sessions, answers = "open", sessions + 1, {}
        elif verb in ("favoured", "agreement", "settled") and thing:
            settlement = thing
        if verb in ("accept", "decline") and actor:
            answers[actor] = verb
        stage = STAGES.get(verb, stage)
    told = tuple((party, answers[party]) for party in sides if party in answers)
    return TableState(settlement, told, stage, sessions)


def as_record(
    replay: Replay, names: Names, colours: Mapping[str, str], marks: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The run as plain data for a page: only what changes is told again. marks: of factions, by actor."""
    marks = marks or {}
    return {
        "run": replay.run,
        "days": replay.days,
        "bodies": [body_record(seated, names, colours, marks) for seated in replay.bodies],
        "table": _changes_of([asdict(state) for state in replay.table]),
        "curves": [{"measure": curve.measure, "values": curve.values} for curve in replay.curves],
        "told": replay.told,
        "marks": MARKS if marks else (),
        "tones": {colour: tone_on(colour) for colour in (*colours.values(), theme.INK, theme.FAINT)},
    }


def body_record(
    seated: SeatedBody, names: Names, colours: Mapping[str, str], marks: Mapping[str, int]
) -> dict[str, Any]:
    """Sizes of the places, and every change: step, place, whether taken, colour, the place in words, faction's mark."""
    changes = []
    before: Sequence[Taken] | None = None
    for step, state in enumerate(seated.states):
        for number, taken in enumerate(state):
            if before is None or before[number] != taken:
                place = seated.benches[number].place
                colour = colour_of(taken, place, colours)
                told = told_place(place, taken, names)
                mark = mark_of(taken, place, marks)
                changes.append([step, number, int(taken.holder is not None), colour, told, mark])
        before = state
    return {"id": seated.body.id, "sizes": [bench.place.size for bench in seated.benches], "changes": changes}


def _changes_of(states: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """States with the step from which they hold."""
    found: list[dict[str, Any]] = []
    for step, state in enumerate(states):
        if not found or {key: found[-1][key] for key in state} != state:
            found.append({"step": step, **state})
    return found

"""Who sits where, before the crisis and after it: seats of each body, and the share of runs in which they are taken."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from whipcount.scenario.schema import Body, Scenario

from .material import Material

LEAVES = ("leave_seat",)
RETURNS = ("reseated",)


@dataclass(frozen=True)
class SeatShare:
    """A seat, or a bloc's `size` seats: whether taken at the start, and the share of runs in which it is at the end."""

    actor: str
    party: str
    size: int
    ideal: float
    before: bool
    after: float


def seats_of(material: Material, body: Body, run: int | None = None) -> tuple[SeatShare, ...]:
    """The seats of a body from left to right: by party, parties by their mean ideal point, members by their own.

    run: of this run alone; none: of all runs whose events are kept.
    """
    people = {actor.id: actor for actor in material.scenario.actors}
    first = material.scenario.dimensions[0].id
    after = _share_at_end(material, body, run)
    seats = []
    for seat in body.seats:
        person = people[seat.actor]
        ideal = person.ideal[first].centre if first in person.ideal else 0.5
        size = max(1, round(seat.weight)) if person.size > 1 else 1
        seats.append(SeatShare(person.id, person.party, size, ideal, seat.occupied, after[person.id]))
    places = _party_places(seats)
    return tuple(sorted(seats, key=lambda seat: (places[seat.party], seat.party, seat.ideal)))


def _party_places(seats: list[SeatShare]) -> dict[str, float]:
    """Mean ideal point of each party's members, by seats."""
    places = {}
    for party in {seat.party for seat in seats}:
        own = [seat for seat in seats if seat.party == party]
        places[party] = sum(seat.ideal * seat.size for seat in own) / sum(seat.size for seat in own)
    return places


def _share_at_end(material: Material, body: Body, run: int | None) -> dict[str, float]:
    """Share of runs in which each seat is occupied at the end: the last thing that happened to it decides."""
    changes = _changes(material, body)
    runs = material.logged
    if run is not None:
        changes, runs = changes.filter(pl.col("run") == run), 1
    last = (
        changes.sort("run", "step", "place", maintain_order=True).group_by("run", "actor", maintain_order=True).last()
    )
    taken: dict[str, int] = {}
    lost: dict[str, int] = {}
    for actor, occupied, number in last.group_by("actor", "occupied").len().iter_rows():
        (taken if occupied else lost)[actor] = number
    shares = {}
    for seat in body.seats:
        if seat.occupied:
            shares[seat.actor] = 1 - lost.get(seat.actor, 0) / max(runs, 1)
        else:
            shares[seat.actor] = taken.get(seat.actor, 0) / max(runs, 1)
    return shares


def _changes(material: Material, body: Body) -> pl.DataFrame:
    """Every change of a seat of this body: run, step, place in the step, actor, occupied."""
    events = material.happenings(*LEAVES, *RETURNS, "event")
    moved = (
        events.filter(pl.col("verb") != "event", pl.col("object") == body.id)
        .with_columns(pl.col("verb").is_in(list(RETURNS)).alias("occupied"))
        .select("run", "step", "place", "actor", "occupied")
    )
    frames = [moved]
    for event, actor, occupied in _dated_changes(material.scenario, body):
        frames.append(
            events.filter(pl.col("verb") == "event", pl.col("object") == event)
            .with_columns(pl.lit(actor).alias("actor"), pl.lit(occupied).alias("occupied"))
            .select("run", "step", "place", "actor", "occupied")
        )
    return pl.concat(frames)


def _dated_changes(scenario: Scenario, body: Body) -> list[tuple[str, str, bool]]:
    """Seats of this body that outside events take or give: event, actor, occupied."""
    return [
        (event.id, change.actor, change.occupied)
        for event in scenario.events
        for change in event.effects.seats
        if change.body == body.id
    ]

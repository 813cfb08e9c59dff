"""Who sits and who holds what, before the crisis and after it, and in what share of runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from whipcount.scenario.schema import Body, Scenario

from .material import Material

LEAVES = ("leave_seat",)
RETURNS = ("reseated",)
EXPELLED = ("expelled",)  # whoever is expelled loses the seats in the party's own organs
TAKEN = ("appoint", "elected", "reappoint")
LOST = ("leave_post", "stripped", "removed", "dismiss", "vacated")


@dataclass(frozen=True)
class SeatShare:
    """A seat, or a bloc's `size` seats: whether taken at the start, and the share of runs in which it is at the end."""

    actor: str
    party: str
    size: int
    ideal: float
    before: bool
    after: float


Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Place:
    """A seat or a post as it is drawn: whose, how many alike, and by party the share of runs in which it is taken.

    holder: who has it at the start, or whose seat it is. party: the ring's colour; none for what was never anybody's.
    lost: share of runs in which the first holder no longer has it.
    """

    holder: str | None
    post: str | None
    party: str | None
    size: int
    before: Shares
    after: Shares
    lost: float

    @property
    def taken_before(self) -> float:
        """1 where it is taken at the start, else 0."""
        return sum(share for _, share in self.before)

    @property
    def taken_after(self) -> float:
        """Share of runs in which it is taken at the end."""
        return sum(share for _, share in self.after)


def places_of(material: Material, body: Body, run: int | None = None) -> tuple[Place, ...]:
    """What there is to sit in or to hold in a body: the posts of a cabinet or of what has no seats, else the seats."""
    posts = any(post.body == body.id for post in material.scenario.posts)
    if posts and (body.kind == "cabinet" or not body.seats):
        return tuple(
            Place(
                holder=post.holder,
                post=post.post,
                party=post.before or next((party for party, _ in post.after), None),
                size=1,
                before=((post.before, 1.0),) if post.before else (),
                after=post.after,
                lost=1 - post.kept if post.holder else 0.0,
            )
            for post in posts_of(material, body, run)
        )
    return tuple(
        Place(
            holder=seat.actor,
            post=None,
            party=seat.party,
            size=seat.size,
            before=((seat.party, 1.0),) if seat.before else (),
            after=((seat.party, seat.after),) if seat.after > 0 else (),
            lost=1 - seat.after if seat.before else 0.0,
        )
        for seat in seats_of(material, body, run)
    )


@dataclass(frozen=True)
class PostShare:
    """A post: its holder at the start, and by party the share of runs in which one of them holds it at the end.

    kept: share of runs in which the first holder has it still (or again).
    """

    post: str
    holder: str | None
    before: str | None
    after: tuple[tuple[str, float], ...]
    kept: float

    @property
    def held(self) -> float:
        """Share of runs in which the post is held at the end."""
        return sum(share for _, share in self.after)


def posts_of(material: Material, body: Body, run: int | None = None) -> tuple[PostShare, ...]:
    """The posts of a body: those held at the start first, by party, then the vacant ones."""
    party_of = {actor.id: actor.party for actor in material.scenario.actors}
    posts = [post for post in material.scenario.posts if post.body == body.id]
    runs = material.logged if run is None else 1
    ends = _holders_at_end(material, body, run)
    found = []
    for post in posts:
        holders = ends[post.id]
        untouched = runs - sum(holders.values())  # runs in which nothing happened to it
        if untouched > 0:
            holders[post.holder] += untouched
        parties = Counter[str]()
        for holder, number in holders.items():
            if holder is not None:
                parties[party_of[holder]] += number
        before = None if post.holder is None else party_of[post.holder]
        kept = holders[post.holder] / max(runs, 1) if post.holder else 0.0
        after = tuple((party, number / max(runs, 1)) for party, number in parties.most_common())
        found.append(PostShare(post.id, post.holder, before, after, kept))
    order = [party.id for party in material.scenario.parties]
    return tuple(sorted(found, key=lambda one: order.index(one.before) if one.before else len(order)))


def _holders_at_end(material: Material, body: Body, run: int | None) -> dict[str, Counter[str | None]]:
    """By post: how many runs end with whom in it, of the runs in which something happened to it."""
    holders: dict[tuple[int, str], str | None] = {}
    for change in post_changes(material, body, run):
        holders[change.run, change.post] = change.holder
    ends: dict[str, Counter[str | None]] = {
        post.id: Counter() for post in material.scenario.posts if post.body == body.id
    }
    for (_, name), holder in holders.items():
        ends[name][holder] += 1
    return ends


@dataclass(frozen=True)
class PostChange:
    """A post passes to a holder, or to nobody, on a step of a run."""

    run: int
    step: int
    post: str
    holder: str | None


def post_changes(material: Material, body: Body, run: int | None = None) -> list[PostChange]:
    """Every change of a body's posts, in order of run and time; of one run, or of all whose events are kept."""
    posts = {post.id: post.holder for post in material.scenario.posts if post.body == body.id}
    dated = {
        (event.id, change.post): change.holder
        for event in material.scenario.events
        for change in event.effects.posts
        if change.post in posts
    }
    party_of = {actor.id: actor.party for actor in material.scenario.actors}
    events = material.happenings(*TAKEN, *LOST, "withdraw", "event")
    if run is not None:
        events = events.filter(pl.col("run") == run)
    in_cabinet = body.id == material.scenario.government.cabinet
    holding: dict[int, dict[str, str | None]] = {}
    found: list[PostChange] = []
    for number, step, verb, actor, thing in events.select("run", "step", "verb", "actor", "object").iter_rows():
        now = holding.setdefault(number, dict(posts))
        passing: list[tuple[str, str | None]] = []
        if thing in posts and verb in TAKEN:
            passing = [(thing, actor)]
        elif thing in posts and now[thing] == actor:
            passing = [(thing, None)]
        elif verb == "event":
            passing = [(post, dated[thing, post]) for post in posts if (thing, post) in dated]
        elif verb == "withdraw" and in_cabinet:
            passing = [(post, None) for post, holder in now.items() if holder and party_of[holder] == actor]
        now.update(passing)
        found += [PostChange(number, step, post, holder) for post, holder in passing]
    return found


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
    changes = seat_changes(material, body)
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


def seat_changes(material: Material, body: Body) -> pl.DataFrame:
    """Every change of a seat of this body: run, step, place in the step, actor, occupied."""
    events = material.happenings(*LEAVES, *RETURNS, *EXPELLED, "event")
    of_party = [actor.id for actor in material.scenario.actors if actor.party == body.party]
    here = pl.col("object") == body.id
    expelled = pl.col("verb").is_in(list(EXPELLED)) & pl.col("actor").is_in(of_party)
    moved = (
        events.filter((pl.col("verb").is_in([*LEAVES, *RETURNS]) & here) | expelled)
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

"""Axes of a world: which entities there are, and which belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenario.schema import Scenario


@dataclass(frozen=True)
class Axes:
    """Ids by axis, and the pairs that seats and tenures are."""

    ids: dict[str, tuple[str, ...]]
    seats: tuple[tuple[str, str], ...]
    tenures: tuple[tuple[str, str], ...]

    def index(self, axis: str, entity: str | None) -> int:
        """Row of an entity; -1 for none."""
        return self.ids[axis].index(entity) if entity is not None else -1


def axes_of(scenario: Scenario) -> Axes:
    """All axes of a scenario, in the order of the file."""
    seats = tuple((seat.actor, body.id) for body in scenario.bodies for seat in body.seats)
    tenures: list[tuple[str, str]] = []
    for post in scenario.posts:
        holders = ([post.holder] if post.holder else []) + list(post.eligible)
        tenures.extend((holder, post.id) for holder in dict.fromkeys(holders))
    ids: dict[str, tuple[str, ...]] = {
        "dimension": tuple(dimension.id for dimension in scenario.dimensions),
        "actor": tuple(actor.id for actor in scenario.actors),
        "party": tuple(party.id for party in scenario.parties),
        "faction": tuple(faction.id for faction in scenario.factions),
        "body": tuple(body.id for body in scenario.bodies),
        "seat": tuple(f"{actor}@{body}" for actor, body in seats),
        "settlement": tuple(settlement.id for settlement in scenario.settlements),
        "post": tuple(post.id for post in scenario.posts),
        "tenure": tuple(f"{actor}@{post}" for actor, post in tenures),
        "pressure": tuple(pressure.id for pressure in scenario.pressures),
        "constituency": tuple(constituency.id for constituency in scenario.constituencies),
        "event": tuple(event.id for event in scenario.events),
        "motion": tuple(motion.id for motion in scenario.motions),
        "offer": tuple(offer.id for offer in scenario.offers),
    }
    return Axes(ids, seats, tuple(tenures))


def _positions(axes: Axes, axis: str, members: Sequence[str | None]) -> NDArray[np.int64]:
    row = {entity: index for index, entity in enumerate(axes.ids[axis])}
    return np.array([row.get(member, -1) if member is not None else -1 for member in members], np.int64)


def maps_of(scenario: Scenario, axes: Axes) -> dict[tuple[str, str], NDArray[np.int64]]:
    """For pairs of axes: to which entity of the second each of the first belongs; -1 for none.

    A party's body is its principal body; a body's party is the party whose principal body it is.
    """
    party = {actor.id: actor.party for actor in scenario.actors}
    faction: dict[str, str] = {}
    for group in scenario.factions:
        for member in group.members:
            faction.setdefault(member, group.id)
    post_body = {post.id: post.body for post in scenario.posts}
    ruling = {entry.principal: entry.id for entry in scenario.parties if entry.principal}
    members: dict[tuple[str, str], list[str | None]] = {
        ("actor", "party"): [actor.party for actor in scenario.actors],
        ("actor", "faction"): [faction.get(actor.id) for actor in scenario.actors],
        ("seat", "actor"): [actor for actor, _ in axes.seats],
        ("seat", "body"): [body for _, body in axes.seats],
        ("seat", "party"): [party[actor] for actor, _ in axes.seats],
        ("seat", "faction"): [faction.get(actor) for actor, _ in axes.seats],
        ("tenure", "actor"): [actor for actor, _ in axes.tenures],
        ("tenure", "post"): [post for _, post in axes.tenures],
        ("tenure", "party"): [party[actor] for actor, _ in axes.tenures],
        ("tenure", "body"): [post_body[post] for _, post in axes.tenures],
        ("post", "body"): [post.body for post in scenario.posts],
        ("party", "body"): [entry.principal for entry in scenario.parties],
        ("body", "party"): [ruling.get(body.id) for body in scenario.bodies],
        ("faction", "party"): [group.party for group in scenario.factions],
        ("constituency", "party"): [entry.party for entry in scenario.constituencies],
        ("motion", "body"): [motion.body for motion in scenario.motions],
        ("offer", "party"): [offer.party for offer in scenario.offers],
    }
    return {pair: _positions(axes, pair[1], column) for pair, column in members.items()}

"""What the government can count on in the body whose confidence it needs, and what an election would change."""

from __future__ import annotations

from ..vocabulary import Array, Day


def seats_held(day: Day) -> Array:
    """By party: its share of the occupied seats of the body whose confidence is needed, those of who has joined it
    included; its share of organised support where no body's is."""
    support = day.given("party.support") / day.larger(day.total(day.given("party.support")), 1e-6)
    if not day.fact("government.confidence"):
        return support
    occupied = day.spread(day.given("body.confidence"), "seat") & day.sits
    weight = day.where(occupied, day.weight, 0.0)
    held = day.total(day.where(day.spread(day.member, "seat"), weight, 0.0), "party")
    for number, name in enumerate(day.ids("party")):
        came = day.total(day.where(day.spread(day.joined == float(number + 1), "seat"), weight, 0.0))
        held = held + day.where(day.only("party", name), came, 0.0)
    return held / day.larger(day.total(weight), 1e-6)


def share_for(day: Day) -> Array:
    """The share of the seats held by the parties that govern or tolerate."""
    return day.total(day.where(day.governs | day.tolerates, seats_held(day), 0.0))


def share_without(day: Day) -> Array:
    """By party: the same without the party itself."""
    return share_for(day) - day.where(day.governs | day.tolerates, seats_held(day), 0.0)


def show(day: Day, voted: Array, ayes: Array) -> None:
    """Keep what share of all votes of the body has just stood by the government.

    voted: mask of the body that has divided on its confidence. ayes: votes for it, by body.
    """
    members = day.total(day.where(day.sits, day.weight, 0.0), "body")
    share = day.pick(ayes / day.larger(members, 1e-6), day.first(voted))
    day.shown.set(share, where=day.any(voted))
    day.asked.set(True, where=day.any(voted))


def election_chance(day: Day) -> Array:
    """The chance, as everybody reckons, that a fall leads to an election; 0 where none can be called."""
    if not day.fact("election.possible"):
        return 0.0 * day.number
    return day.parameter("election.after_fall") + 0.0 * day.number

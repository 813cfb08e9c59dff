"""Who is whipped, by which party, and how far."""

from __future__ import annotations

from ..vocabulary import Array, Day


def bound_share(day: Day) -> Array:
    """By actor: the share of its members who are still in the party: of a bloc, without those who have left."""
    return day.where(day.member, 1.0 - day.departed / day.given("actor.size"), 0.0)


def whipped(day: Day, asked: Array, gains: Array | None = None) -> Array:
    """What is asked of each seat, by the party that its holder is in now: as far as its members are still in the party;
    of who has joined another party, what that one asks; of the founders of a new one, what most of them want, as far as
    `gains` tell. Those who sit alone are asked for nothing."""
    joined: Array = 0.0 * day.gap
    for number, name in enumerate(day.ids("party")):
        joined = day.where(day.joined == float(number + 1), day.row(asked, name), joined)
    if gains is not None:
        gone = day.where(day.member, 0.0, day.given("actor.size"))
        mean = day.mean(gains, gone, "party")
        sign = day.where(mean > 0.005, 1.0, day.where(mean < -0.005, -1.0, 0.0))
        founders = day.spread(day.founded, "actor") & ~day.member & (day.joined == 0.0)
        joined = day.where(founders, day.spread(sign, "actor"), joined)
    mine = bound_share(day) * day.spread(asked, "actor")
    return day.spread(day.where(day.member, mine, joined), "seat")

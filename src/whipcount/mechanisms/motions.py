"""Standing motions: what each is worth to each actor, who may table it, what the whips ask."""

from __future__ import annotations

from ..vocabulary import Array, Day
from . import formulas


def one_hot(day: Day, motion: str) -> Array:
    """Mask of the motion on its axis."""
    return day.only("motion", motion)


def is_body(day: Day, motion: str) -> Array:
    """Mask of the body that the motion is moved in."""
    return day.only("body", str(day.fact(f"motion.{motion}.body")))


def gain(day: Day, motion: str) -> Array:
    """D: each actor's gain if the motion passes over if it fails."""
    kind = day.fact(f"motion.{motion}.kind")
    now = formulas.policy_of(day, day.vector("point"))
    if kind == "settlement":
        settlement = str(day.fact(f"motion.{motion}.settlement"))
        there = formulas.policy_of(day, formulas.settlement_point(day, settlement))
        return day.parameter("forum.q") * (there - now)
    if kind == "confidence":
        return formulas.status_quo_value(day) - day.sequel
    if kind == "congress":
        return day.where(day.beaten, day.gap, -day.gap)
    return _personal(day, motion, appointing=kind == "appointment")


def _personal(day: Day, motion: str, *, appointing: bool) -> Array:
    """For a person in a post: how much nearer to oneself the new holder stands than the present one."""
    seat = day.given(f"tenure.motion.{motion}")
    post = day.spread(day.any(seat, "post"), "tenure")
    holder = day.any(day.holds & post, "actor")
    new = day.any(seat, "actor")
    worth = day.total(day.where(seat, day.given("tenure.portfolio"), 0.0))
    distance_now = _distance(day, holder)
    distance_new = _distance(day, new) if appointing else day.gap * 0.5
    filled = day.any(holder)
    return worth * day.where(filled, distance_now - distance_new, 0.5 - distance_new)


def _distance(day: Day, one_hot_actor: Array) -> Array:
    """Each actor's distance to the ideal point of one actor."""
    point = tuple(day.pick(x, day.first(one_hot_actor)) for x in day.vector("ideal"))
    return day.distance(day.vector("ideal"), point, formulas.salience(day))


def whip(day: Day, gains: Array) -> Array:
    """What the line asks of each seat: the sign of its party's mean gain; nothing where that is next to nothing, or of
    those who have left the party."""
    of_party = formulas.of_party(day, gains)
    asked = day.where(of_party > 0.005, 1.0, day.where(of_party < -0.005, -1.0, 0.0))
    asked = day.where(day.given("party.decides"), asked, 0.0)
    return formulas.whipped(day, asked, gains)


def owners(day: Day, motion: str) -> Array:
    """Parties whose congress the motion would call."""
    body = day.fact(f"motion.{motion}.body")
    return day.only("party", *(name for name in day.ids("party") if day.fact(f"party.{name}.principal") == body))

"""Continuation values: what others will answer, as agent quantal response foresees it."""

from __future__ import annotations

from ..vocabulary import Array, Day
from . import formulas


def stake(day: Day) -> Array:
    """What each actor would lose if the beaten alternative took the place of the line (negative: would gain)."""
    line = tuple(day.spread(entry, "actor") for entry in day.vector("line"))
    other = tuple(day.spread(entry, "actor") for entry in day.vector("alternative"))
    return formulas.policy_of(day, line) - formulas.policy_of(day, other)


def leaving_value(day: Day) -> Array:
    """Each actor's value of leaving the party over staying in it, the others' example apart."""
    identity = day.parameter("leave.identity") * day.given("actor.identity")
    return 0.3 * day.parameter("leave.voice") * day.gap - identity - day.parameter("leave.prospect")


def leaving_chance(day: Day) -> Array:
    """The chance that an actor who is ignored leaves the party."""
    return day.logistic(day.parameter("choice.lam") * leaving_value(day))


def cadre_share(day: Day, mask: Array | None = None, weight: Array | None = None) -> Array:
    """By party: share of its cadre for which the mask is true, times a weight by actor."""
    cadre = day.where(day.member, day.given("actor.cadre"), 0.0)
    counted = cadre if mask is None else day.where(mask, cadre, 0.0)
    if weight is not None:
        counted = counted * weight
    return day.total(counted, "party") / day.larger(day.total(cadre, "party"), 1e-6)


def majority_loss(day: Day) -> Array:
    """By party: what the content members would lose by a concession."""
    content = day.number_of(day.member & ~day.beaten & day.given("actor.person"))
    return day.mean(stake(day), content, "party")


def exits_foreseen(day: Day, opposed: Array) -> Array:
    """By party: cost of the exits to be expected where open dissent is ignored."""
    return day.parameter("sanction.split_cost") * cadre_share(day, opposed, leaving_chance(day))


def concession_chance(day: Day, opposed: Array) -> Array:
    """By party: the chance that a refusal is met by a concession and not ignored."""
    concede = -majority_loss(day) - day.parameter("sanction.concession_cost")
    ignore = -day.parameter("sanction.foresight") * exits_foreseen(day, opposed) - day.parameter("sanction.sabotage")
    return day.logistic(day.parameter("choice.lam") * (concede - ignore))

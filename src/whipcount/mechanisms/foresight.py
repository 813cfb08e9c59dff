"""Continuation values: what others will answer, as agent quantal response foresees it."""

from __future__ import annotations

from ..vocabulary import Array, Day
from . import formulas, whipping

VOICE_SCALE = 0.3  # utility of full voice at a distance of one, for voice = 1
PRESENTED = 2.0  # code of a demand that has been presented; closed ones follow it
RELIABLE = 0.95  # chance that a member of a governing party votes for the government, and others against


def stake(day: Day) -> Array:
    """What each actor would lose if the beaten alternative took the place of the line (negative: would gain)."""
    line = tuple(day.spread(entry, "actor") for entry in day.vector("line"))
    other = tuple(day.spread(entry, "actor") for entry in day.vector("alternative"))
    return formulas.policy_of(day, line) - formulas.policy_of(day, other)


def leaving_value(day: Day) -> Array:
    """Each actor's value of leaving the party over staying in it, the others' example apart."""
    identity = day.parameter("leave.identity") * day.given("actor.identity")
    return VOICE_SCALE * day.parameter("leave.voice") * day.gap - identity - day.parameter("leave.prospect")


def leaving_chance(day: Day) -> Array:
    """The chance that an actor who is ignored leaves the party."""
    return day.logistic(day.parameter("choice.lam") * leaving_value(day))


def cadre_share(day: Day, mask: Array | None = None, weight: Array | None = None) -> Array:
    """By party: share of its cadre for which the mask is true, times a weight by actor."""
    cadre = day.given("actor.cadre") * whipping.bound_share(day)
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


def occasion(day: Day) -> Array:
    """Pieces of news, today's included: what is asked today is not put again tomorrow for the same reason."""
    return day.news + day.number_of(day.spread(day.line_changed, "actor") | day.prompted)


def voice_value(day: Day) -> Array:
    """The freedom that going wins: all of it where a demand has forbidden speech, else what is not had inside."""
    silenced = day.addressed & (day.spread(day.demand, "actor") >= PRESENTED)
    free = day.where(silenced, 1.0, 1.0 - day.parameter("leave.inside"))
    return free * VOICE_SCALE * day.parameter("leave.voice") * day.gap


def going_value(day: Day) -> Array:
    """Each actor's value of the lightest way to go: out of the government, else out of a seat in an organ of the party,
    else out of the party."""
    voice = voice_value(day)
    inside = day.any(day.sits & day.given("seat.own_organ"), "actor")
    bond = day.parameter("leave.identity") * day.given("actor.identity")
    held = day.where(inside, day.parameter("leave.seat"), bond) + day.parameter("leave.prospect")
    if day.size("tenure"):
        office = day.holds & day.given("tenure.cabinet")
        portfolio = day.total(day.where(office, day.given("tenure.portfolio"), 0.0), "actor")
        post = 10.0 * day.parameter("leave.office") * day.given("actor.ambition") * portfolio
        post = post + day.parameter("leave.duty") * day.given("actor.duty")
        held = day.where(day.any(office, "actor"), post, held)
    return voice - held


def going_chance(day: Day) -> Array:
    """The chance that an actor whose threat has been refused carries it out, rather than lose face."""
    return day.logistic(day.parameter("choice.lam") * (going_value(day) + day.parameter("demand.face")))


def majority_at_risk(day: Day, against: Array) -> Array:
    """By party: what a governing party loses if these members vote against the government in the body whose confidence
    it needs: the fall of its chance to have a majority there, times what the government is worth to it."""
    nothing = 0.0 * day.share
    if not day.fact("government.confidence"):
        return nothing
    body = day.given("body.confidence")
    seats = day.spread(body, "seat") & day.sits
    weight = day.where(seats, day.weight, 0.0)
    inside = day.spread(whipping.bound_share(day), "seat") * day.where(day.spread(day.governs, "seat"), 1.0, 0.0)
    ours = 1.0 - RELIABLE + (2.0 * RELIABLE - 1.0) * inside
    without = ours * (1.0 - day.spread(day.where(against, going_chance(day), 0.0), "seat"))
    before = day.pick(day.chance_of_majority(ours, 1.0 - ours, weight, "body"), day.first(body))
    after = day.pick(day.chance_of_majority(without, 1.0 - without, weight, "body"), day.first(body))
    worth = formulas.of_party(day, formulas.status_quo_value(day) - formulas.fall_value(day))
    value = day.parameter("demand.majority") * day.larger(before - after, 0.0) * day.larger(worth, 0.0)
    return day.where(day.governs, value, nothing)


def answers_below(day: Day, group: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """By party: terms of giving way to a threat of these members to go, and of standing firm."""
    foreseen = day.parameter("sanction.split_cost") * cadre_share(day, group, going_chance(day))
    give = {
        "policy": -majority_loss(day),
        "face": -day.parameter("sanction.concession_cost") + 0.0 * foreseen,
        "weakness": day.parameter("leadership.weak") * day.blame,
    }
    return give, {"exits foreseen": -foreseen, "majority": -majority_at_risk(day, group)}


def gives_way_below(day: Day, group: Array) -> Array:
    """By party: the chance that such a threat is met by a concession."""
    give, stand = answers_below(day, group)
    difference = give["policy"] + give["face"] + give["weakness"] - stand["exits foreseen"] - stand["majority"]
    return day.logistic(day.parameter("choice.lam") * difference)

"""Formulas that several mechanisms share: values of a settlement and of no deal, for a party and for a person."""

from __future__ import annotations

from ..vocabulary import Array, Day
from . import whipping

Point = tuple[Array, ...]


def salience(day: Day) -> Point:
    """Salience of each dimension for each actor."""
    return day.given_vector("actor.salience")


def policy_of(day: Day, point: Point) -> Array:
    """Each actor's policy utility of a point, in [-1, 0]."""
    return day.policy(day.vector("ideal"), point, salience(day))


def settlement_point(day: Day, settlement: str) -> Point:
    """A settlement's place in the policy space."""
    return tuple(day.row(column, settlement) for column in day.given_vector("settlement.point"))


def of_party(day: Day, x: Array) -> Array:
    """A party's value: the weighted mean over the members of its principal body who are present.

    Where nobody of them is present, or a party has no principal body, the mean over all its members by size.
    """
    weight = day.weight * day.turnout * day.spread(whipping.bound_share(day), "seat")
    weight = day.where(day.given("seat.principal"), weight, 0.0)
    present = day.total(weight, "party")
    of_present = day.total(day.spread(x, "seat") * weight, "party") / day.larger(present, 1e-6)
    size = day.given("actor.size") * whipping.bound_share(day)
    of_all = day.total(x * size, "party") / day.larger(day.total(size, "party"), 1e-6)
    return day.where(present > 0.0, of_present, of_all)


def office_value(day: Day, share: Array) -> Array:
    """Value of a share of the portfolios to each actor, through ambition; `share` is by party."""
    return day.parameter("talks.office") * day.given("actor.ambition") * day.spread(share, "actor")


def acts_against(day: Day) -> Array:
    """By actor: open acts against the line so far: breaches, a statement, a threat that stands."""
    return day.breaches + day.number_of(day.protests) + day.number_of(day.threatens)


def policy_weight(day: Day) -> Array:
    """w: weight of policy beside office."""
    return day.parameter("talks.policy")


def fall_value(day: Day) -> Array:
    """Each actor's value of an overthrow: its policy, its offices, and a cost for those who sit in the government."""
    fall = str(day.fact("government.fall"))
    value = policy_weight(day) * policy_of(day, settlement_point(day, fall))
    value = value + office_value(day, day.given(f"party.share.{fall}"))
    sits_in_it = day.spread(day.governs, "actor") & day.member
    return value - day.where(sits_in_it, day.parameter("talks.fall_cost"), 0.0)


def gain_by_fall(day: Day) -> Array:
    """What each actor gains if somebody who may do so brings the government down: what is to be expected next over
    things as they are. Nobody's person is in danger then, as it is in an overthrow."""
    return day.sequel - status_quo_value(day)


def opposing(day: Day, inside: Array) -> Array:
    """By actor: what voting against a government is worth for its own sake, whatever comes of it: something to members
    of a party outside it, as much less than nothing to those of a party in it."""
    side = day.where(day.spread(inside, "actor"), -1.0, 1.0)
    return day.where(day.member, day.parameter("ballot.opposition") * side, 0.0)


def status_quo_value(day: Day) -> Array:
    """Each actor's value of the present government, if it lasts."""
    return policy_weight(day) * policy_of(day, day.vector("point")) + office_value(day, day.share)


def no_deal_value(day: Day) -> Array:
    """d: each actor's value of no deal, the present government with probability S_j, otherwise its fall."""
    s = day.spread(day.outlook, "actor")
    return s * status_quo_value(day) + (1.0 - s) * fall_value(day)


def settled_outlook(day: Day, settlement: str) -> Array:
    """S_y: each party's estimate of survival under a settlement, which changes breadth and defuses some danger."""
    inside = day.where(day.given(f"party.inside.{settlement}"), day.given("party.support"), 0.0)
    leaning = day.where(
        day.given("party.in_power"), day.parameter("survival.optimism"), -day.parameter("survival.optimism")
    )
    return day.logistic(
        day.odds
        + leaning
        + day.parameter("survival.breadth") * (day.total(inside) - day.broad)
        + day.parameter("survival.threat") * day.danger * day.row(day.given("settlement.defuse"), settlement)
    )


def association_cost(day: Day, settlement: str) -> Array:
    """Cost to each party of sharing power with the other side, if the settlement makes it do so.

    Who must consent and stays outside lends its name all the same, and bears the share `talks.recognition` of it.
    """
    inside, in_power = day.given(f"party.inside.{settlement}"), day.given("party.in_power")
    other_side = day.where(in_power, day.any(inside & ~in_power), day.any(inside & in_power))
    cost = day.where(in_power, day.parameter("talks.association_power"), day.parameter("talks.association"))
    borne = day.where(other_side & inside, cost, 0.0)
    if members_consent(day):  # who stays outside is not asked
        return borne
    consents = other_side & ~inside & day.given("party.at_table") & day.given("party.must_accept")
    return borne + day.where(consents, day.parameter("talks.recognition") * cost, 0.0)


def settlement_value(day: Day, settlement: str) -> Array:
    """Each actor's value of a settlement; `settled_risk` says how far its own chance of not lasting counts."""
    value = policy_weight(day) * policy_of(day, settlement_point(day, settlement))
    value = value + office_value(day, day.given(f"party.share.{settlement}"))
    value = value - day.spread(association_cost(day, settlement), "actor")
    risk = day.parameter("survival.settled_risk") * (1.0 - day.spread(settled_outlook(day, settlement), "actor"))
    return (1.0 - risk) * value + risk * fall_value(day)


def relief(day: Day, settlement: str) -> Array:
    """What a deal spares each party: the mediator's force, and its share of other pressures that the deal defuses."""
    total: Array = day.parameter("talks.forum_push") * day.number_of(day.given("party.in_power") & day.any(day.backed))
    mediator = day.fact("table.pressure")
    for pressure in day.ids("pressure"):
        level = day.row(day.level, pressure)
        if pressure == mediator:
            total = total + day.parameter("talks.mediator") * level * day.given("party.mediator_cost")
        defused = day.row(day.given("settlement.defuse"), settlement)
        total = total + day.given(f"party.cost.{pressure}") * level * defused
    if members_consent(day):  # who is not asked to join does not answer for the want of a government
        total = day.where(day.given(f"party.inside.{settlement}"), total, 0.0)
    return total


def deal_gain(day: Day, settlement: str) -> Array:
    """U_i(y) - d_i + relief: what each actor gains by this deal over no deal."""
    gain = settlement_value(day, settlement) - no_deal_value(day) + day.spread(relief(day, settlement), "actor")
    if members_consent(day):  # no deal today leaves the next round, and a chance of offices in it
        gain = gain - day.parameter("formateur.hope") * office_value(day, day.given("party.support"))
    return gain


def chosen(day: Day, settlements: tuple[str, ...], values: list[Array], one_hot: Array) -> Array:
    """The value that belongs to the settlement of a one-hot mask."""
    total: Array = values[0] * 0.0
    for settlement, value in zip(settlements, values, strict=True):
        total = day.where(day.row(one_hot, settlement), value, total)
    return total


def menu(day: Day) -> tuple[str, ...]:
    """Settlements that can be agreed at the table."""
    listed = day.fact("table.menu")
    return listed if isinstance(listed, tuple) else ()


def members_consent(day: Day) -> bool:
    """Whether a settlement needs the consent of those who would be in it, and not of all sides of the table."""
    return day.fact("table.consent") == "members"


def invested(day: Day) -> bool:
    """Whether a body divides on a government that its members have agreed on, before it takes office."""
    return members_consent(day) and bool(day.fact("government.confidence")) and day.fact("table.investiture") == "vote"


def needed(day: Day, one_hot: Array) -> Array:
    """The parties without whose consent this settlement cannot be."""
    sides = day.given("party.at_table") & day.given("party.must_accept")
    if not members_consent(day):
        return sides
    names = menu(day)
    inside = [day.number_of(day.given(f"party.inside.{name}")) for name in names]
    return sides & (chosen(day, names, inside, one_hot) > 0.0)


def nash_product(day: Day, gains: list[Array], weight: Array) -> list[Array]:
    """Logarithm of the weighted Nash product of each option: sum over parties of w_j log(gain_j).

    A gain of nothing or less counts as a very small one, so that an option which somebody would refuse comes last.
    """
    return [day.total(weight * day.log(day.larger(gain, 1e-4))) for gain in gains]


def sitting_share(day: Day, mask: Array) -> Array:
    """By body: share of the weight of occupied seats for which the mask is true."""
    weight = day.where(day.sits, day.weight, 0.0)
    return day.mean(day.number_of(mask), weight, "body")

"""How members vote, and what is expected of a division: each one's chances to come and to vote, the chance that it is
carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..vocabulary import Array, Day, Rules, rules_of

OWN_MOTION = 1.0  # utility of standing by what one has moved: more than any stake
Terms = Mapping[str, "Array | float"]


@dataclass(frozen=True)
class Votes:
    """A seat's utilities, as named terms, of voting yes, of voting no and of abstaining."""

    yes: Terms
    no: Terms
    abstain: Terms


def discipline(day: Day) -> Array:
    """Cost of acting against the line, for each actor: rises with loyalty and with centralisation.

    It holds where a seat is whipped at all: who has left a party is free of it (`whipping.whipped`).
    """
    tightening = 1.0 + day.parameter("drift.feed") * (day.centralisation - day.parameter("drift.centralisation_then"))
    return day.parameter("ballot.discipline") * day.given("actor.loyalty") * day.larger(tightening, 0.0)


def votes_on(day: Day, gain: Array, whip: Array, lead: Array | None = None, moved: Array | None = None) -> Votes:
    """What each way to vote is worth: U_yes = D/2 + discipline x conformity x whip, U_no its negative, U_abstain =
    -cost + split saved.

    gain: D, each actor's gain if the motion passes. whip: +1, -1 or 0 by seat, what the line asks. lead: pull of a
    leader towards yes, by seat, in utility. moved: +1 for seats that have put the motion to be carried, -1 to fail.
    """
    stake = day.spread(gain, "seat") * 0.5
    pull = day.spread(discipline(day) * day.given("actor.conformity"), "seat") * whip
    torn = stake * pull < 0.0
    saved = day.where(torn, day.parameter("ballot.split_saving"), 0.0)
    others = {} if lead is None else {"leader": lead}
    if moved is not None:
        others["own motion"] = OWN_MOTION * moved
    return Votes(
        yes={"stake": stake, "discipline": pull, **others},
        no={"stake": -stake, "discipline": -pull, **{name: -value for name, value in others.items()}},
        abstain={"abstention": -day.parameter("ballot.abstention"), "unity": saved},
    )


def expected_turnout(day: Day) -> Array:
    """By seat: the chance that a member of it comes, where it is occupied; what events have ordered is known."""
    comes = day.where(day.ordered == "usual", day.given("seat.attendance"), day.number_of(day.ordered == "present"))
    return day.where(day.sits, comes, 0.0)


def weight_present(day: Day) -> Array:
    """By seat: the votes of its members who are present."""
    return day.weight * day.turnout


def chance_carried(day: Day, votes: Votes, among: Array | None = None, rules: Rules | None = None) -> Array:
    """By body: the chance that a motion is carried by the body's rule, as one knows it before knowing who comes.

    What a vote adds to the margin is c for yes, d for no, and e for being present at all. Members of a bloc come and
    vote beta-binomially: with a the chance to come, m and s^2 mean and variance of what a member who is present adds,
    and correlations r of coming and q of voting, any two members covary by a^2 q s^2 + r a (1 - a) (m^2 + q s^2).

    votes: what each way of voting is worth, by seat. among: mask of seats that count. rules: if not the bodies' own.
    """
    no, yes, _ = day.probabilities(day.parameter("choice.lam"), votes.no, votes.yes, votes.abstain)
    comes = expected_turnout(day)
    weight: Array = day.weight
    if among is not None:
        weight = day.where(among, weight, 0.0)
    variance = _variance(day, yes, no, comes, weight, None)[1]
    simple = day.chance_of_majority(comes * yes, comes * no, weight, "body", variance)
    if rules is None and day.fact("bodies.simple"):
        return simple
    rules = rules or rules_of(day)
    return day.where(rules.simple, simple, _by_rule(day, rules, yes, no, comes, weight))


def perceived(day: Day, chance: Array, body: Array) -> Array:
    """By actor: what each takes the chance in the body of the mask to be, by what is known of its divisions."""
    known = day.pick(day.seen, body) / day.parameter("belief.lesson")
    error = day.parameter("belief.tally") / day.sqrt(1.0 + known)
    kept = day.clip(chance, 1e-6, 1.0 - 1e-6)
    return day.logistic(day.log(kept / (1.0 - kept)) + error * day.guess)


def _variance(
    day: Day, yes: Array, no: Array, comes: Array, weight: Array, adds: tuple[Array, Array, Array] | None
) -> tuple[Array, Array]:
    """By seat: mean and variance of what its members add to the margin."""
    together, alike = day.parameter("attendance.common"), day.parameter("ballot.common")
    if adds is None:
        mean, power = yes - no, yes + no
    else:
        c, d, e = adds
        mean = yes * c + no * d + e
        power = yes * (c + e) * (c + e) + no * (d + e) * (d + e) + (1.0 - yes - no) * e * e
    square = power - mean * mean
    own = comes * power - comes * comes * mean * mean
    shared = comes * comes * alike * square + together * comes * (1.0 - comes) * (mean * mean + alike * square)
    size = day.given("seat.size")
    return weight * comes * mean, weight * weight * (own + (size - 1.0) * shared) / size


def _by_rule(day: Day, rules: Rules, yes: Array, no: Array, comes: Array, weight: Array) -> Array:
    """Any rule, by a normal approximation to the distribution of the margin over what is needed; where nobody may be
    against, the product of the chances that each is not."""
    zero = rules.share * 0.0
    share = day.where(rules.count > 0.0, 0.0, rules.share)
    counted = rules.members | (rules.count > 0.0)
    of_cast = day.where(counted | rules.present, 0.0, share)
    decisive = (
        day.where(rules.against, of_cast, 1.0 - of_cast),
        day.where(rules.against, of_cast - 1.0, -of_cast),
        day.where(rules.present & ~counted, day.where(rules.against, share, -share), zero),
    )
    adds = tuple(day.spread(one, "seat") for one in decisive)
    mean, variance = _variance(day, yes, no, comes, weight, (adds[0], adds[1], adds[2]))
    members = day.total(day.where(day.sits, weight, 0.0), "body")
    fixed = day.where(rules.count > 0.0, rules.count, day.where(rules.members, share * members, 0.0))
    # To reach what is needed one must have more than it, or as much: a tie counts half a vote this way or that.
    edge = day.where(rules.more, -0.25, 0.25)
    margin = day.total(mean, "body") + day.where(rules.against, fixed - edge, edge - fixed)
    z = day.clip(margin / day.sqrt(day.larger(day.total(variance, "body"), 1e-6)), -9.0, 9.0)
    normal = day.logistic(z * (1.5976 + 0.07056 * z * z))
    nobody = day.exp(day.total(weight * day.log(day.larger(1.0 - comes * no, 1e-6)), "body"))
    return day.where(rules.unanimity, nobody, normal)

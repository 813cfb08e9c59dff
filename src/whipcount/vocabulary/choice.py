"""Logit choices and divisions: utilities as named terms, one draw each (McKelvey & Palfrey 1995, 1998)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .array import Array
from .operations import Operations
from .program import Decision, Option
from .rules import Rules, carried
from .tracer import Tracer

Terms = Mapping[str, "Array | float"]


@dataclass(frozen=True)
class Choice:
    """What each entity chose: a mask an option (only among those asked), and the probability of the option taken."""

    masks: Mapping[str, Array]
    probabilities: Mapping[str, Array]
    code: Array
    probability: Array

    def is_(self, option: str) -> Array:
        """Mask of those who were asked and chose this option."""
        return self.masks[option]

    def chance(self, option: str) -> Array:
        """Probability of an option."""
        return self.probabilities[option]


@dataclass(frozen=True)
class Division:
    """The result of a division, by body and by seat."""

    passed: Array
    ayes: Array
    noes: Array
    voted_yes: Array
    voted_no: Array
    abstained: Array


def term_weight(decision: str, term: str) -> str:
    """The parameter that weighs a named term of a decision where a question has asked for one; else its weight is 1."""
    return f"term.{decision}.{term}".replace(" ", "_")


def total_of(tracer: Tracer, terms: Terms) -> Array:
    """Sum of an option's terms."""
    total = tracer.lift(0.0)
    for value in terms.values():
        total = total + value
    return total


def _utility(
    tracer: Tracer, decision: str, terms: Terms, axis: str | None
) -> tuple[Array, tuple[tuple[str, Array], ...]]:
    named = tuple((name, _weighed(tracer, term_weight(decision, name), value)) for name, value in terms.items())
    total = tracer.lift(0.0)
    for name, value in named:
        if value.axis not in (None, axis):
            tracer.refuse("WC203", f"term '{name}' is on axis '{value.axis}'", f"the choice is per '{axis}'")
        total = total + value
    return total, named


def _weighed(tracer: Tracer, weight: str, value: Array | float) -> Array:
    term = tracer.lift(value)
    return term * tracer.parameter(weight) if weight in tracer.structure.parameters else term


def logit(day: Operations, lam: Array, utilities: list[Array]) -> list[Array]:
    """Probabilities of options with these utilities (McFadden 1974)."""
    if len(utilities) == 2:
        second = day.logistic(lam * (utilities[1] - utilities[0]))
        return [1.0 - second, second]
    top = utilities[0]
    for utility in utilities[1:]:
        top = day.larger(top, utility)
    weights = [day.exp(lam * (utility - top)) for utility in utilities]
    total = weights[0]
    for weight in weights[1:]:
        total = total + weight
    return [weight / total for weight in weights]


def choose(
    day: Operations,
    tracer: Tracer,
    name: str,
    who: Array,
    lam: Array,
    epoch: Array | None,
    options: Mapping[str, Terms],
    able: Array | None = None,
) -> Choice:
    """See `Day.choose`."""
    if len(options) < 2:
        tracer.refuse("WC211", f"choice '{name}' has fewer than two options", "give each option's terms by keyword")
    mechanism = tracer.current.id if tracer.current else ""
    if able is not None and (order := order_of(day, tracer, name)) is not None:
        # An act ordered for a date is done on that day, asked or not, by those who can: a choice that nobody is
        # asked for could not be fixed otherwise. The draw and its key stay what they are without the order.
        who = who | (able & order)
    names = list(options)
    decision = f"{mechanism}.{name}"
    summed = [_utility(tracer, decision, options[option], who.axis) for option in names]
    probabilities = logit(day, lam, [utility for utility, _ in summed])
    draw = day.uniform(name, who.axis, epoch)
    taken: list[Array] = []
    cumulative = tracer.lift(0.0)
    before = tracer.lift(False)
    for index, probability in enumerate(probabilities):
        if index == len(names) - 1:
            hit = ~before
        else:
            cumulative = cumulative + probability
            hit = (draw < cumulative) & ~before
        taken.append(hit)
        before = before | hit
    taken = _intervened(day, tracer, decision, who.axis, taken)
    masks = {option: mask & who for option, mask in zip(names, taken, strict=True)}
    code, chance = tracer.lift(0.0), tracer.lift(0.0)
    for index, option in enumerate(names):
        code = day.where(masks[option], float(index + 1), code)
        chance = day.where(masks[option], probabilities[index], chance)
    tracer.decided(
        Decision(
            mechanism,
            name,
            who.axis,
            who.node,
            tuple(
                Option(option, tuple((term, value.node) for term, value in terms), utility.node, probability.node)
                for option, (utility, terms), probability in zip(names, summed, probabilities, strict=True)
            ),
            draw.node,
            tuple(masks[option].node for option in names),
        )
    )
    return Choice(masks, dict(zip(names, probabilities, strict=True)), code, chance)


def order_of(day: Operations, tracer: Tracer, name: str) -> Array | None:
    """Mask of those whom an intervention orders to make this choice today; none if no intervention does."""
    table = f"ordered.{tracer.current.id if tracer.current else ''}.{name}"
    return day.today(table) > 0.0 if table in tracer.structure.tables else None


def _intervened(day: Operations, tracer: Tracer, decision: str, axis: str | None, taken: list[Array]) -> list[Array]:
    """Apply an intervention: code k > 0 fixes option k, -k forbids it (its takers get the first other option)."""
    if decision not in tracer.structure.forced:
        return taken
    order = day.today(f"forced.{decision}")
    if order.axis != axis:
        tracer.refuse("WC203", f"'{decision}' is forced per '{order.axis}'", f"it is chosen per '{axis}'")
    fixed = [day.where(order > 0.0, order == float(index + 1), mask) for index, mask in enumerate(taken)]
    result = []
    for index, mask in enumerate(fixed):
        allowed = mask & (order != -float(index + 1))
        for other, refused in enumerate(fixed):
            heir = 1 if other == 0 else 0
            if index == heir:
                allowed = allowed | (refused & (order == -float(other + 1)))
        result.append(allowed)
    return result


def divide(
    day: Operations,
    tracer: Tracer,
    name: str,
    voting: Array,
    turnout: Array,
    common: Array,
    lam: Array,
    options: Mapping[str, Terms],
    rules: Rules,
) -> Division:
    """See `Day.divide`. A bloc's members vote one by one: what they cast is Dirichlet-multinomial."""
    seats = day.spread(voting, "seat") & (turnout > 0.0)
    vote = choose(day, tracer, name, seats, lam, None, options)
    weight, size = day.weight, day.given("seat.size")
    single = size == 1.0
    here = size * turnout
    yes, no = vote.chance("yes"), vote.chance("no")
    others = day.larger(1.0 - yes, 1e-6)  # of those who do not vote yes: the same members, less the ayes
    among = common / day.larger(common + (1.0 - common) * others, 1e-6)
    ayes = day.heads(f"{name} ayes", here, yes, common, "seat")
    noes = day.heads(f"{name} noes", here - ayes, day.smaller(no / others, 1.0), among, "seat")
    yes_share = day.where(single, day.number_of(vote.is_("yes")), ayes / size)
    no_share = day.where(single, day.number_of(vote.is_("no")), noes / size)
    cast = day.where(seats, weight, 0.0)
    ayes, noes = day.total(cast * yes_share, "body"), day.total(cast * no_share, "body")
    attending = day.total(cast * turnout, "body")
    abstaining = turnout - yes_share - no_share
    voted_yes = seats & (yes_share > no_share) & (yes_share >= abstaining)
    voted_no = seats & ~voted_yes & (no_share >= abstaining)
    chair = day.any(vote.is_("yes") & day.given("seat.casting"), "body")
    vetoed = day.any(voted_no & day.given("seat.veto"), "body")
    passed = voting & carried(day, rules, ayes, noes, attending, chair) & ~vetoed
    day.record("vote", seats, day.where(voted_yes, 2.0, day.where(voted_no, 1.0, 3.0)), yes)
    day.record("division", voting, day.number_of(passed))
    day.record("ayes", voting, ayes)
    day.record("noes", voting, noes)
    return Division(passed, ayes, noes, voted_yes, voted_no, seats & ~voted_yes & ~voted_no)

"""Inputs of a world by name: what mechanisms read with `day.given(name)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..scenario.schema import Actor, Body, Leadership, Party, Scenario, Ultimatum
from ..scenario.values import UncertainRecord
from ..theory.rule_grammar import WrittenRule, parse_rule
from .axes import Axes
from .uncertain import Drawn, known_or_drawn
from .world import Calendar

TRAIT_DEFAULTS = {
    "loyalty": 1.0,
    "identity": 1.0,
    "ambition": 1.0,
    "duty": 1.0,
    "conformity": 1.0,
    "press": 0.0,
    "organisation": 0.1,
    "cadre": 0.5,
}
RESOURCES = ("press", "organisation", "cadre")


class Inputs:
    """Collects inputs: known columns, and those drawn per run."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.axis_of: dict[str, str | None] = {}
        self.static: dict[str, NDArray[Any]] = {}
        self.per_run: dict[str, Drawn] = {}

    def number(self, name: str, axis: str | None, values: Iterable[float]) -> None:
        """A column of known numbers."""
        self.axis_of[name] = axis
        self.static[name] = np.array(list(values), np.float32).reshape(-1, 1)

    def mask(self, name: str, axis: str | None, values: Iterable[bool]) -> None:
        """A column of truth values."""
        self.axis_of[name] = axis
        self.static[name] = np.array(list(values), np.bool_).reshape(-1, 1)

    def uncertain(
        self, name: str, axis: str, records: Sequence[UncertainRecord], low: float = -np.inf, high: float = np.inf
    ) -> None:
        """A column of numbers of which some may be drawn per run."""
        self.axis_of[name] = axis
        column = known_or_drawn(name, self.axes.ids[axis], records, low, high)
        if isinstance(column, Drawn):
            self.per_run[name] = column
        else:
            self.static[name] = column


def known(value: float) -> UncertainRecord:
    """A known value as a record."""
    return UncertainRecord(value=value)


def all_inputs(scenario: Scenario, axes: Axes, calendar: Calendar) -> Inputs:
    """Every input of a scenario."""
    inputs = Inputs(axes)
    for add in (
        _actors,
        _parties,
        _seats,
        _bodies,
        _settlements,
        _posts,
        _pressures,
        _constituencies,
        _events,
        _motions,
        _election,
    ):
        add(inputs, scenario)
    _history(inputs, scenario, calendar)
    return inputs


def _actors(inputs: Inputs, scenario: Scenario) -> None:
    defaults = scenario.defaults.traits
    for trait, fallback in TRAIT_DEFAULTS.items():
        records = [getattr(actor, trait) or getattr(defaults, trait) or known(fallback) for actor in scenario.actors]
        high = 1.0 if trait in RESOURCES else np.inf
        inputs.uncertain(f"actor.{trait}", "actor", records, 0.0, high)
    for dimension in inputs.axes.ids["dimension"]:
        inputs.uncertain(
            f"actor.ideal.{dimension}", "actor", [actor.ideal[dimension] for actor in scenario.actors], 0.0, 1.0
        )
        inputs.number(
            f"actor.salience.{dimension}", "actor", [_salience(a, dimension, scenario) for a in scenario.actors]
        )
    leaders = {party.leader for party in scenario.parties}
    inputs.number("actor.size", "actor", [actor.size for actor in scenario.actors])
    inputs.mask("actor.person", "actor", [actor.size == 1 for actor in scenario.actors])
    inputs.mask("actor.leader", "actor", [actor.id in leaders for actor in scenario.actors])
    government = scenario.government
    inputs.mask("actor.head", "actor", [actor.id == government.head for actor in scenario.actors])
    inputs.mask("actor.head_of_state", "actor", [actor.id == government.head_of_state for actor in scenario.actors])


def _salience(actor: Actor, dimension: str, scenario: Scenario) -> float:
    if actor.salience is None:
        return 1.0 / len(scenario.dimensions)
    return actor.salience.get(dimension, 0.0)


def _threat(scenario: Scenario, party: Party) -> Ultimatum:
    """How a party's leader may threaten: as declared, else alone, with an answer due in two beats. Any leader can."""
    return party.ultimatum or Ultimatum(quota=0.0, deadline_days=2.0 * scenario.calendar.tempo)


def _parties(inputs: Inputs, scenario: Scenario) -> None:
    parties = scenario.parties
    governing = _settlement(scenario, scenario.government.settlement).parties
    sides = {side.party: side for side in scenario.table.sides} if scenario.table else {}

    def number(name: str, value: Callable[[Any], float]) -> None:
        inputs.number(f"party.{name}", "party", [value(party) for party in parties])

    def mask(name: str, value: Callable[[Any], bool]) -> None:
        inputs.mask(f"party.{name}", "party", [value(party) for party in parties])

    number("support", lambda p: p.support)
    mask("in_power", lambda p: p.id in governing)
    mask("decides", lambda p: p.principal is not None)
    mask("at_table", lambda p: p.id in sides)
    mask("must_accept", lambda p: p.id in sides and sides[p.id].must_accept)
    number("weight", lambda p: sides[p.id].weight if p.id in sides else 0.0)
    number("mediator_cost", lambda p: sides[p.id].mediator_cost if p.id in sides else 0.0)
    threats = {party.id: _threat(scenario, party) for party in parties}
    persons = {
        party.id: {one.id for one in scenario.actors if one.party == party.id and one.size == 1} for party in parties
    }
    mask(
        "can_threaten", lambda p: p.leader is not None and p.principal is not None and bool(persons[p.id] - {p.leader})
    )
    number("deadline", lambda p: threats[p.id].deadline_days)
    mask("evasion_counts", lambda p: threats[p.id].evasion_counts)
    mask("refers", lambda p: threats[p.id].branch == "congress")
    number("quota", lambda p: threats[p.id].quota)
    mask("own_exit", lambda p: threats[p.id].own_exit)
    mask("has_congress", lambda p: p.congress is not None)
    mask("removable", lambda p: p.principal is not None and (p.leadership is None or p.leadership.removable))
    number("letters", lambda p: p.leadership.letters if p.leadership else Leadership.model_fields["letters"].default)
    number("weak", lambda p: p.leadership.weak if p.leadership else 0.0)
    lead = {body.id: body.lead_days for body in scenario.bodies}
    number("congress_lead", lambda p: lead.get(p.congress or "", 14.0))
    for pressure in scenario.pressures:
        inputs.number(f"party.cost.{pressure.id}", "party", [pressure.costs.get(party.id, 0.0) for party in parties])
    for settlement in scenario.settlements:
        shares, inside = settlement.shares, settlement.parties
        inputs.number(f"party.share.{settlement.id}", "party", [shares.get(party.id, 0.0) for party in parties])
        inputs.mask(f"party.inside.{settlement.id}", "party", [party.id in inside for party in parties])


def _settlement(scenario: Scenario, name: str) -> Any:
    return next(settlement for settlement in scenario.settlements if settlement.id == name)


def _seats(inputs: Inputs, scenario: Scenario) -> None:
    pairs = [(seat, body) for body in scenario.bodies for seat in body.seats]
    actors = {actor.id: actor for actor in scenario.actors}
    principal = {party.id: party.principal for party in scenario.parties}
    congress = {party.id: party.congress for party in scenario.parties}
    choosing = {p.id: (p.leadership.body if p.leadership else None) or p.principal for p in scenario.parties}
    inputs.number("seat.weight", "seat", [seat.weight for seat, _ in pairs])
    inputs.number("seat.size", "seat", [actors[seat.actor].size for seat, _ in pairs])
    inputs.number(
        "seat.attendance",
        "seat",
        [seat.attendance if seat.attendance is not None else body.attendance for seat, body in pairs],
    )
    inputs.mask("seat.occupied", "seat", [seat.occupied for seat, _ in pairs])
    inputs.mask("seat.chair", "seat", [body.chair == seat.actor for seat, body in pairs])
    inputs.mask("seat.casting", "seat", [_casting(body) == seat.actor for seat, body in pairs])
    inputs.mask("seat.veto", "seat", [seat.actor in parse_rule(body.rule).vetoes for seat, body in pairs])
    inputs.mask("seat.principal", "seat", [principal[actors[seat.actor].party] == body.id for seat, body in pairs])
    inputs.mask("seat.leadership", "seat", [choosing[actors[seat.actor].party] == body.id for seat, body in pairs])
    inputs.mask("seat.congress", "seat", [congress[actors[seat.actor].party] == body.id for seat, body in pairs])
    inputs.mask(
        "seat.own_organ",
        "seat",
        [body.party == actors[seat.actor].party and body.kind != "congress" for seat, body in pairs],
    )
    inputs.mask("seat.forum", "seat", [body.forum for _, body in pairs])
    inputs.mask(
        "seat.proposer",
        "seat",
        [body.proposers == "members" or seat.actor in body.proposers for seat, body in pairs],
    )
    for motion in scenario.motions:
        inputs.mask(
            f"seat.proposer.{motion.id}",
            "seat",
            [
                body.id == motion.body and (motion.proposers == "members" or seat.actor in motion.proposers)
                for seat, body in pairs
            ],
        )


def _casting(body: Body) -> str | None:
    """Who decides a tie: whom the rule names, or the chair where the body says so."""
    return parse_rule(body.rule).casting or (body.chair if body.casting_vote else None)


def rule_numbers(rule: WrittenRule) -> dict[str, float | bool]:
    """A rule as the numbers and masks that a division is decided by."""
    need = rule.need
    counted = isinstance(need.amount, int)
    return {
        "share": 0.0 if counted else float(need.amount),
        "count": float(need.amount) if counted else 0.0,
        "more": need.strict,
        "members": need.of == "all",
        "present": need.of == "present",
        "against": rule.tolerated,
        "unanimity": need.amount == 1 and not counted and need.of == "cast" and not rule.tolerated,
    }


def quorum_of(body: Body) -> float:
    """Votes that must be present: what the body says, and what its rule says of all its votes."""
    quorum = parse_rule(body.rule).quorum
    members = sum(seat.weight for seat in body.seats if seat.occupied)
    return max(body.quorum, float(quorum.quota(round(members))) if quorum else 0.0)


def _bodies(inputs: Inputs, scenario: Scenario) -> None:
    bodies = scenario.bodies
    government = scenario.government

    def mask(name: str, value: Callable[[Body], bool]) -> None:
        inputs.mask(f"body.{name}", "body", [value(body) for body in bodies])

    rules = {body.id: parse_rule(body.rule) for body in bodies}
    for name in ("share", "count"):
        inputs.number(f"body.rule_{name}", "body", [float(rule_numbers(rule)[name]) for rule in rules.values()])
    for name in ("more", "members", "present", "against", "unanimity"):
        inputs.mask(f"body.rule_{name}", "body", [bool(rule_numbers(rule)[name]) for rule in rules.values()])
    mask("forum", lambda b: b.forum)
    mask("convened", lambda b: b.convened)
    mask("congress", lambda b: b.kind == "congress")
    mask("cabinet", lambda b: b.id == government.cabinet)
    mask("confidence", lambda b: b.id == government.confidence)
    inputs.number("body.quorum", "body", [quorum_of(body) for body in bodies])
    inputs.number("body.lead", "body", [body.lead_days for body in bodies])


def _settlements(inputs: Inputs, scenario: Scenario) -> None:
    settlements = scenario.settlements
    menu = scenario.table.menu if scenario.table else ()
    for dimension in inputs.axes.ids["dimension"]:
        inputs.uncertain(
            f"settlement.point.{dimension}", "settlement", [entry.point[dimension] for entry in settlements], 0.0, 1.0
        )
    inputs.uncertain("settlement.defuse", "settlement", [entry.defuse or known(0.0) for entry in settlements], 0.0, 1.0)
    inputs.number("settlement.standing", "settlement", [entry.standing for entry in settlements])
    inputs.mask("settlement.initial", "settlement", [s.id == scenario.government.settlement for s in settlements])
    inputs.mask("settlement.fall", "settlement", [s.id == scenario.government.fall for s in settlements])
    inputs.mask("settlement.on_menu", "settlement", [s.id in menu for s in settlements])


def _post_of_head(scenario: Scenario) -> str | None:
    """The post that goes with heading the government: of those in the cabinet that its head holds, the weightiest."""
    government = scenario.government
    held = [post for post in scenario.posts if post.body == government.cabinet and post.holder == government.head]
    return max(held, key=lambda post: post.portfolio).id if government.head and held else None


def _posts(inputs: Inputs, scenario: Scenario) -> None:
    cabinet = scenario.government.cabinet
    posts = {post.id: post for post in scenario.posts}
    pairs = inputs.axes.tenures
    inputs.number("post.portfolio", "post", [post.portfolio for post in scenario.posts])
    inputs.mask("post.cabinet", "post", [post.body == cabinet for post in scenario.posts])
    of_head = _post_of_head(scenario)
    inputs.mask("post.of_head", "post", [post.id == of_head for post in scenario.posts])
    inputs.mask("tenure.held", "tenure", [posts[post].holder == actor for actor, post in pairs])
    inputs.number("tenure.portfolio", "tenure", [posts[post].portfolio for _, post in pairs])
    inputs.mask("tenure.cabinet", "tenure", [posts[post].body == cabinet for _, post in pairs])
    inputs.mask("tenure.of_head", "tenure", [post == of_head for _, post in pairs])
    party = {actor.id: actor.party for actor in scenario.actors}
    for offer in scenario.offers:
        inputs.mask(
            f"tenure.offer.{offer.id}",
            "tenure",
            [post in offer.posts and party[actor] == offer.party for actor, post in pairs],
        )


def _pressures(inputs: Inputs, scenario: Scenario) -> None:
    pressures = scenario.pressures
    inputs.uncertain("pressure.level", "pressure", [entry.level for entry in pressures], 0.0, 1.0)
    inputs.uncertain("pressure.target", "pressure", [entry.target or entry.level for entry in pressures], 0.0, 1.0)
    drawn = inputs.per_run.get("pressure.target")
    if drawn is not None:  # without a target of its own a pressure returns to the very level that was drawn
        keys = [f"pressure.{'target' if entry.target else 'level'}:{entry.id}" for entry in pressures]
        inputs.per_run["pressure.target"] = replace(drawn, keys=tuple(keys))
    inputs.number("pressure.reversion", "pressure", [entry.reversion for entry in pressures])
    inputs.number("pressure.noise", "pressure", [entry.noise for entry in pressures])
    inputs.number("pressure.threat", "pressure", [entry.threat for entry in pressures])


def _constituencies(inputs: Inputs, scenario: Scenario) -> None:
    entries = scenario.constituencies
    inputs.number("constituency.weight", "constituency", [entry.weight for entry in entries])
    inputs.uncertain("constituency.support", "constituency", [entry.support for entry in entries], 0.0, 1.0)
    inputs.mask("constituency.organised", "constituency", [entry.organised for entry in entries])


def _events(inputs: Inputs, scenario: Scenario) -> None:
    for dimension in inputs.axes.ids["dimension"]:
        changes = [event.effects.government.get(dimension) for event in scenario.events]
        inputs.mask(f"event.moves.{dimension}", "event", [value is not None for value in changes])
        inputs.number(f"event.point.{dimension}", "event", [value or 0.0 for value in changes])


def _motions(inputs: Inputs, scenario: Scenario) -> None:
    inputs.number("offer.lag", "offer", [offer.lag_days for offer in scenario.offers])
    staged = {name for motion in scenario.motions for name in (motion.if_carried, motion.if_failed)}
    inputs.mask("motion.staged", "motion", [motion.id in staged for motion in scenario.motions])
    for motion in scenario.motions:
        inputs.mask(
            f"tenure.motion.{motion.id}",
            "tenure",
            [post == motion.post and (motion.holder in (None, actor)) for actor, post in inputs.axes.tenures],
        )


def _election(inputs: Inputs, scenario: Scenario) -> None:
    """Shares of votes by party: the polls, else the seats held in the body at the start; none without an election."""
    election, names = scenario.election, inputs.axes.ids["party"]
    if election is not None and election.polls:
        inputs.uncertain("party.poll", "party", [election.polls.get(name) or known(0.0) for name in names], 0.0, 1.0)
        return
    held = dict.fromkeys(names, 0.0)
    party = {actor.id: actor.party for actor in scenario.actors}
    for body in scenario.bodies:
        for seat in body.seats if election is not None and body.id == election.body else ():
            held[party[seat.actor]] += seat.weight if seat.occupied else 0.0
    total = max(sum(held.values()), 1.0)
    inputs.number("party.poll", "party", [value / total for value in held.values()])


def _history(inputs: Inputs, scenario: Scenario, calendar: Calendar) -> None:
    weights = dict.fromkeys(inputs.axes.ids["party"], 0.0)
    ages = dict.fromkeys(inputs.axes.ids["party"], 0.0)
    actors = dict.fromkeys(inputs.axes.ids["actor"], 0.0)
    settled = dict.fromkeys(inputs.axes.ids["actor"], 0.0)
    for breach in scenario.history.breaches:
        weights[breach.party] += breach.weight
        ages[breach.party] += breach.weight * (calendar.start - breach.date).days
        for actor in breach.actors:
            actors[actor] += breach.weight
            settled[actor] += 0.0 if breach.at_issue else breach.weight
    inputs.number("party.past_breaches", "party", list(weights.values()))
    inputs.number("party.past_age", "party", [ages[p] / weights[p] if weights[p] else 0.0 for p in weights])
    inputs.number("actor.past_breaches", "actor", list(actors.values()))
    inputs.number("actor.settled_breaches", "actor", list(settled.values()))

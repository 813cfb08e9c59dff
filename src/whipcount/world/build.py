"""From a validated scenario to a world."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..mechanisms import all_mechanisms
from ..scenario.schema import Scenario
from ..theory.rule_grammar import WrittenRule, parse_rule
from ..vocabulary import Mechanism, Prior, Structure
from ..vocabulary.structure import Given
from .axes import axes_of, maps_of
from .inputs import all_inputs, rule_numbers
from .timetable import matrices_of, tables_of
from .uncertain import prior_of
from .world import Calendar, World

Fact = str | float | bool | tuple[str, ...] | None


def facts_of(scenario: Scenario) -> dict[str, Fact]:
    """Plain facts of structure, on which a mechanism may branch in Python."""
    table, government = scenario.table, scenario.government
    facts: dict[str, Fact] = {
        "table.menu": table.menu if table else (),
        "table.sessions": table.sessions_per_day if table else 0.0,
        "table.lag": table.lag_days if table else 1.0,
        "table.consent": table.consent if table else None,
        "table.investiture": table.investiture if table else None,
        "table.pressure": table.mediator_pressure if table else None,
        "government.settlement": government.settlement,
        "government.fall": government.fall,
        "government.head": government.head,
        "government.head_of_state": government.head_of_state,
        "government.candidates": tuple(entry.id for entry in scenario.settlements if entry.parties),
        "government.cabinet": government.cabinet,
        "government.confidence": government.confidence,
        "government.constructive": government.constructive and government.confidence is not None,
    }
    facts.update(_election_facts(scenario))
    for dimension in scenario.dimensions:
        effects = [event.effects for event in scenario.events]
        facts[f"events.shift_ideals.{dimension.id}"] = any(
            c.dimension == dimension.id for e in effects for c in e.ideals
        )
        facts[f"events.move_government.{dimension.id}"] = any(dimension.id in e.government for e in effects)
    for motion in scenario.motions:
        facts[f"motion.{motion.id}.kind"] = motion.kind
        matter = next((one for one in scenario.matters if one.id == motion.matter), None)
        named = (motion.settlement,) if motion.settlement else matter.options if matter else ()
        facts[f"motion.{motion.id}.options"] = motion.options or named
        every = tuple(dimension.id for dimension in scenario.dimensions)
        facts[f"motion.{motion.id}.dimensions"] = (matter.dimensions if matter else ()) or every
        facts[f"motion.{motion.id}.attach"] = motion.attach
        facts[f"motion.{motion.id}.rule"] = motion.rule is not None
        if motion.rule is not None:
            for name, value in rule_numbers(parse_rule(motion.rule)).items():
                facts[f"motion.{motion.id}.rule.{name}"] = value
        rule = parse_rule(motion.rule or next(body.rule for body in scenario.bodies if body.id == motion.body))
        facts[f"motion.{motion.id}.also"] = rule.also
        facts[f"motion.{motion.id}.if_carried"] = motion.if_carried
        facts[f"motion.{motion.id}.if_failed"] = motion.if_failed
        facts[f"motion.{motion.id}.post"] = motion.post
        facts[f"motion.{motion.id}.holder"] = motion.holder
        facts[f"motion.{motion.id}.body"] = motion.body
    for body in scenario.bodies:
        facts[f"body.{body.id}.forum"] = body.forum
    _matters(scenario, facts)
    facts["bodies.simple"] = all(_simple(parse_rule(body.rule)) for body in scenario.bodies)
    for offer in scenario.offers:
        facts[f"offer.{offer.id}.party"] = offer.party
        facts[f"offer.{offer.id}.settlement"] = offer.settlement
    for party in scenario.parties:
        facts[f"party.{party.id}.line"] = party.line or _disputed_line(scenario, party.id)
        facts[f"party.{party.id}.congress"] = party.congress
        facts[f"party.{party.id}.principal"] = party.principal
    return facts


def _election_facts(scenario: Scenario) -> dict[str, Fact]:
    election = scenario.election
    if election is None:
        return {"election.body": None, "election.possible": False}
    body = next(entry for entry in scenario.bodies if entry.id == election.body)
    return {
        "election.body": election.body,
        "election.possible": election.possible,
        "election.campaign": election.campaign_days,
        "election.method": election.method,
        "election.threshold": election.threshold,
        "election.seats": float(sum(seat.weight for seat in body.seats if seat.occupied)),
    }


def _disputed_line(scenario: Scenario, party: str) -> str | None:
    """What is in dispute, for the party whose leader leads the quarrel: that is what makes it the line."""
    roles = scenario.roles
    leads = roles is not None and party == next((one.party for one in scenario.actors if one.id == roles.leader), None)
    disputed = {one.id for one in scenario.settlements} & {roles.measure if roles else None}
    return roles.measure if roles and leads and disputed else None


def _simple(rule: WrittenRule) -> bool:
    """Whether more votes for than against decide, whatever else must hold."""
    need = rule.need
    return need.amount == Fraction(1, 2) and need.strict and need.of == "cast" and not rule.tolerated


def _matters(scenario: Scenario, facts: dict[str, Fact]) -> None:
    """The questions, their options and dimensions; one about everything where the scenario names none."""
    every = tuple(dimension.id for dimension in scenario.dimensions)
    listed = [(matter.id, matter.options, matter.dimensions or every) for matter in scenario.matters]
    if not listed:
        options = tuple(one.id for one in scenario.settlements if one.id != scenario.government.fall)
        listed = [("everything", options, every)]
    facts["matters"] = tuple(name for name, _, _ in listed)
    for name, options, dimensions in listed:
        facts[f"matter.{name}.options"] = options
        facts[f"matter.{name}.dimensions"] = tuple(one for one in every if one in dimensions)
    menu = set(scenario.table.menu) if scenario.table else set()
    facts["table.matter"] = next((name for name, options, _ in listed if menu and menu <= set(options)), None)


def _parameters(scenario: Scenario, mechanisms: Sequence[type[Mechanism]]) -> tuple[dict[str, float], dict[str, Prior]]:
    fixed: dict[str, float] = {}
    drawn: dict[str, Prior] = {}
    for mechanism in mechanisms:
        for name, param in mechanism.parameters().items():
            full = f"{mechanism.id}.{name}"
            override = scenario.parameters.get(full)
            if override is not None and override.value is not None:
                fixed[full] = override.value
                continue
            prior = prior_of(override.prior) if override is not None and override.prior is not None else param.prior
            if prior.form == "fixed":
                fixed[full] = prior.numbers[0]
            else:
                drawn[full] = prior
    return fixed, drawn


def build(
    scenario: Scenario,
    *,
    slug: str,
    account: str | None = None,
    mechanisms: Sequence[type[Mechanism]] | None = None,
) -> World:
    """The world of a scenario, with all mechanisms or those given."""
    chosen = tuple(mechanisms) if mechanisms is not None else tuple(all_mechanisms().values())
    calendar = Calendar.of(scenario.calendar)
    axes = axes_of(scenario)
    maps = maps_of(scenario, axes)
    inputs = all_inputs(scenario, axes, calendar)
    tables, table_axes = tables_of(scenario, calendar)
    matrices, matrix_axes = matrices_of(scenario, axes)
    fixed, drawn = _parameters(scenario, chosen)
    given = {
        name: Given(
            axis,
            "mask" if name in inputs.static and inputs.static[name].dtype == bool else "number",
            name in inputs.per_run,
        )
        for name, axis in inputs.axis_of.items()
    }
    structure = Structure(
        axes=axes.ids,
        maps=frozenset(maps),
        given=given,
        tables=table_axes,
        matrices=matrix_axes,
        parameters={**dict.fromkeys(fixed, False), **dict.fromkeys(drawn, True)},
        step_days=calendar.step_days,
        beat_days=calendar.beat_days,
        pace={
            f"{mechanism.id}.{name}": param.in_days(calendar.beat_days)
            for mechanism in chosen
            for name, param in mechanism.parameters().items()
        },
        facts=facts_of(scenario),
    )
    return World(
        scenario=scenario,
        slug=slug,
        account=account,
        calendar=calendar,
        mechanisms=chosen,
        structure=structure,
        maps=maps,
        static=inputs.static,
        per_run=inputs.per_run,
        tables=tables,
        matrices=matrices,
        fixed_parameters=fixed,
        drawn_parameters=drawn,
        seat_pairs=axes.seats,
        tenure_pairs=axes.tenures,
        party_of={actor.id: actor.party for actor in scenario.actors},
    )

"""From a validated scenario to a world."""

from __future__ import annotations

from collections.abc import Sequence

from ..mechanisms import all_mechanisms
from ..scenario.schema import Scenario
from ..vocabulary import Mechanism, Prior, Structure
from ..vocabulary.structure import Given
from .axes import axes_of, maps_of
from .inputs import all_inputs
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
        "government.cabinet": government.cabinet,
        "government.confidence": government.confidence,
    }
    for dimension in scenario.dimensions:
        effects = [event.effects for event in scenario.events]
        facts[f"events.shift_ideals.{dimension.id}"] = any(
            c.dimension == dimension.id for e in effects for c in e.ideals
        )
        facts[f"events.move_government.{dimension.id}"] = any(dimension.id in e.government for e in effects)
    for motion in scenario.motions:
        facts[f"motion.{motion.id}.kind"] = motion.kind
        facts[f"motion.{motion.id}.settlement"] = motion.settlement
        facts[f"motion.{motion.id}.post"] = motion.post
        facts[f"motion.{motion.id}.holder"] = motion.holder
        facts[f"motion.{motion.id}.body"] = motion.body
    for offer in scenario.offers:
        facts[f"offer.{offer.id}.party"] = offer.party
        facts[f"offer.{offer.id}.settlement"] = offer.settlement
    for party in scenario.parties:
        facts[f"party.{party.id}.congress"] = party.congress
        facts[f"party.{party.id}.principal"] = party.principal
    return facts


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

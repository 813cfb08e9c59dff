"""What is decided, under which pressure, and what is asked: settlements, talks, events, outcomes as tables."""

from __future__ import annotations

from whipcount.scenario import portrait
from whipcount.scenario.schema import Scenario
from whipcount.table import Column, Shown, Table
from whipcount.text import say

from .words import (
    id_column,
    in_words,
    name_column,
    shown_day,
    shown_point,
    shown_value,
    source_column,
    sources_in_words,
    span_in_words,
    table_of,
)


def settlements(scenario: Scenario) -> Table:
    """Settlements as points of the policy space."""
    government = scenario.government
    role = {
        government.settlement: say("in force"),
        government.fall: say("after a fall"),
    }
    menu = scenario.table.menu if scenario.table is not None else ()
    columns = (
        id_column(),
        name_column(),
        Column("point", say("point")),
        Column("parties", say("parties (share)")),
        Column("role", say("role")),
    )
    rows = [
        (
            s.id,
            in_words(s.name),
            shown_point(s.point),
            Shown(
                {party: s.shares.get(party) for party in s.parties},
                ", ".join(f"{p} {s.shares[p]:.2g}" if p in s.shares else p for p in s.parties),
            ),
            role.get(s.id) or (say("on the menu") if s.id in menu else None),
        )
        for s in scenario.settlements
    ]
    return table_of("settlements", say("Settlements"), columns, rows)


def distances(scenario: Scenario) -> Table:
    """Distances between settlements."""
    columns = (Column("settlement", ""), *(Column(s.id, s.id, ".2f", right=True) for s in scenario.settlements))
    matrix = portrait.settlement_distances(scenario)
    rows = [(s.id, *row) for s, row in zip(scenario.settlements, matrix, strict=True)]
    note = say("root of the weighted squared distance, with the mean salience of the actors")
    return table_of("distances", say("Distances between settlements"), columns, rows, note)


def pressures(scenario: Scenario) -> Table:
    """Pressures with level, target, weight and costs."""
    columns = (
        id_column(),
        name_column(),
        Column("level", say("level")),
        Column("target", say("returns to")),
        Column("threat", say("weight in danger"), "g", right=True),
        Column("costs", say("cost by party")),
        source_column(),
    )
    rows = [
        (
            p.id,
            in_words(p.name),
            shown_value(p.level),
            shown_value(p.target or p.level),
            p.threat,
            Shown(p.costs, ", ".join(f"{party} {cost:g}" for party, cost in p.costs.items())),
            sources_in_words(p),
        )
        for p in scenario.pressures
    ]
    return table_of("pressures", say("Pressures"), columns, rows)


def constituencies(scenario: Scenario) -> Table:
    """Local organisations and their support of the line."""
    columns = (
        id_column(),
        name_column(),
        Column("party", say("party")),
        Column("weight", say("weight"), "g", right=True),
        Column("support", say("support of the line")),
        Column("organised", say("organised opposition")),
        source_column(),
    )
    rows = [
        (c.id, in_words(c.name), c.party, c.weight, shown_value(c.support), c.organised, sources_in_words(c))
        for c in scenario.constituencies
    ]
    return table_of("constituencies", say("Constituencies"), columns, rows)


def table(scenario: Scenario) -> Table:
    """The negotiation: sides, mediator, menu, dates."""
    talks = scenario.table
    columns = (
        Column("party", say("side")),
        Column("weight", say("weight"), "g", right=True),
        Column("must_accept", say("must accept")),
        Column("mediator_cost", say("cost of the mediator's force"), "g", right=True),
    )
    rows = [(side.party, side.weight, side.must_accept, side.mediator_cost) for side in (talks.sides if talks else ())]
    note = ""
    if talks is not None:
        menu = ", ".join(talks.menu)
        when = span_in_words(scenario, talks.opens, talks.closes)
        note = say(
            "mediator {mediator}; menu: {menu}, no deal; {when}, {sessions_per_day:g} sessions a day, "
            "{lag_days:g} days to take effect",
            mediator=talks.mediator,
            menu=menu,
            when=when,
            sessions_per_day=talks.sessions_per_day,
            lag_days=talks.lag_days,
        )
    title = (in_words(talks.name) if talks else None) or say("Table")
    return table_of("table", title, columns, rows, note)


def events(scenario: Scenario) -> Table:
    """Events, dated or with a hazard."""
    columns = (
        id_column(),
        Column("when", say("when")),
        name_column(),
        Column("effects", say("changes"), wide=True),
        source_column(),
    )
    rows = []
    for event in scenario.events:
        effects = event.effects
        changed = [
            *(f"{s.actor}@{s.body} {'+' if s.occupied else '−'}" for s in effects.seats),
            *(f"{a.actor}@{a.body} {a.attends}" for a in effects.attendance),
            *(f"{p.post} → {p.holder or say('vacant')}" for p in effects.posts),
            *(f"{p.pressure} → {p.level if p.level is not None else p.target}" for p in effects.pressures),
            *(f"{i.actor or i.party} {i.dimension} {i.by:+g}" for i in effects.ideals),
            *(f"{say('government')} {d} → {v:g}" for d, v in effects.government.items()),
        ]
        window = f"{span_in_words(scenario, event.after, event.before)}, {event.rate_per_day} {say('a day')}"
        rows.append(
            (
                event.id,
                shown_day(scenario, event.date) or window,
                in_words(event.name),
                tuple(changed),
                sources_in_words(event),
            ),
        )
    return table_of("events", say("Events"), columns, rows)


def record(scenario: Scenario) -> Table:
    """What happened, fact by fact."""
    columns = (
        id_column(),
        Column("date", say("date")),
        Column("text", say("fact"), wide=True),
        Column("kind", say("kind")),
        Column("conflict", say("another source")),
        source_column(),
    )
    rows = [
        (f.id, shown_day(scenario, f.date), in_words(f.text), f.kind, f.conflict or None, sources_in_words(f))
        for f in sorted(scenario.record, key=lambda fact: fact.date)
    ]
    return table_of("record", say("Record"), columns, rows)


def outcomes(scenario: Scenario) -> Table:
    """What a run is asked for."""
    columns = (
        id_column(),
        name_column(),
        Column("form", say("form")),
        Column("happened", say("happened"), "g"),
        Column("use", say("use")),
        source_column(),
    )
    rows = [
        (o.id, in_words(o.name), o.measure.form.rstrip("_"), o.happened, o.use, sources_in_words(o))
        for o in scenario.outcomes
    ]
    return table_of("outcomes", say("Outcomes"), columns, rows)


def claims(scenario: Scenario) -> Table:
    """Statements of the sources, as tests."""
    columns = (
        id_column(),
        Column("kind", say("kind")),
        Column("text", say("claim"), wide=True),
        Column("do", say("intervention")),
        Column("outcome", say("outcome")),
        Column("sign", say("sign")),
        source_column(),
    )
    rows = [
        (
            c.id,
            c.kind,
            in_words(c.text),
            c.do,
            c.outcome or say("untestable"),
            c.sign,
            sources_in_words(c),
        )
        for c in scenario.claims
    ]
    return table_of("claims", say("Claims"), columns, rows)


def parameters(scenario: Scenario) -> Table:
    """Parameters that this scenario sets, with their reasons."""
    columns = (
        Column("name", say("parameter")),
        Column("value", say("value or prior")),
        Column("calibrate", say("calibrated")),
        Column("reason", say("reason"), wide=True),
    )
    rows = [
        (name, shown_value(p), p.calibrate, p.assumed or sources_in_words(p)) for name, p in scenario.parameters.items()
    ]
    return table_of("parameters", say("Parameters"), columns, rows)

"""What is decided, under which pressure, and what is asked: settlements, talks, events, outcomes as tables."""

from __future__ import annotations

from whipcount.scenario import portrait
from whipcount.scenario.schema import Scenario

from ..output import Column, Shown, Table, say
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
        government.settlement: say("in force", "действует"),
        government.fall: say("after a fall", "после падения"),
    }
    menu = scenario.table.menu if scenario.table is not None else ()
    columns = (
        id_column(),
        name_column(),
        Column("point", say("point", "точка")),
        Column("parties", say("parties (share)", "партии (доля)")),
        Column("role", say("role", "роль")),
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
            role.get(s.id) or (say("on the menu", "обсуждается") if s.id in menu else None),
        )
        for s in scenario.settlements
    ]
    return table_of("settlements", say("Settlements", "Варианты соглашения"), columns, rows)


def distances(scenario: Scenario) -> Table:
    """Distances between settlements."""
    columns = (Column("settlement", ""), *(Column(s.id, s.id, ".2f", right=True) for s in scenario.settlements))
    matrix = portrait.settlement_distances(scenario)
    rows = [(s.id, *row) for s, row in zip(scenario.settlements, matrix, strict=True)]
    note = say(
        "root of the weighted squared distance, with the mean salience of the actors",
        "корень из взвешенной суммы квадратов, со средними весами участников",
    )
    return table_of(
        "distances", say("Distances between settlements", "Расстояния между вариантами"), columns, rows, note
    )


def pressures(scenario: Scenario) -> Table:
    """Pressures with level, target, weight and costs."""
    columns = (
        id_column(),
        name_column(),
        Column("level", say("level", "уровень")),
        Column("target", say("returns to", "стремится к")),
        Column("threat", say("weight in danger", "вес в опасности"), "g", right=True),
        Column("costs", say("cost by party", "цена по партиям")),
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
    return table_of("pressures", say("Pressures", "Давления"), columns, rows)


def constituencies(scenario: Scenario) -> Table:
    """Local organisations and their support of the line."""
    columns = (
        id_column(),
        name_column(),
        Column("party", say("party", "партия")),
        Column("weight", say("weight", "вес"), "g", right=True),
        Column("support", say("support of the line", "поддержка линии")),
        Column("organised", say("organised opposition", "организованная оппозиция")),
        source_column(),
    )
    rows = [
        (c.id, in_words(c.name), c.party, c.weight, shown_value(c.support), c.organised, sources_in_words(c))
        for c in scenario.constituencies
    ]
    return table_of("constituencies", say("Constituencies", "Местные организации"), columns, rows)


def table(scenario: Scenario) -> Table:
    """The negotiation: sides, mediator, menu, dates."""
    talks = scenario.table
    columns = (
        Column("party", say("side", "сторона")),
        Column("weight", say("weight", "вес"), "g", right=True),
        Column("must_accept", say("must accept", "согласие нужно")),
        Column("mediator_cost", say("cost of the mediator's force", "цена нажима посредника"), "g", right=True),
    )
    rows = [(side.party, side.weight, side.must_accept, side.mediator_cost) for side in (talks.sides if talks else ())]
    note = ""
    if talks is not None:
        menu = ", ".join(talks.menu)
        when = span_in_words(scenario, talks.opens, talks.closes)
        note = say(
            f"mediator {talks.mediator}; menu: {menu}, no deal; {when}, "
            f"{talks.sessions_per_day:g} sessions a day, {talks.lag_days:g} days to take effect",
            f"посредник {talks.mediator}; варианты: {menu}, без соглашения; {when}, "
            f"{talks.sessions_per_day:g} заседания в день, вступает в силу через {talks.lag_days:g} дн.",
        )
    return table_of("table", in_words(talks.name) if talks else say("Table", "Переговоры"), columns, rows, note)  # type: ignore[arg-type]


def events(scenario: Scenario) -> Table:
    """Events, dated or with a hazard."""
    columns = (
        id_column(),
        Column("when", say("when", "когда")),
        name_column(),
        Column("effects", say("changes", "меняет"), wide=True),
        source_column(),
    )
    rows = []
    for event in scenario.events:
        effects = event.effects
        changed = [
            *(f"{s.actor}@{s.body} {'+' if s.occupied else '−'}" for s in effects.seats),
            *(f"{a.actor}@{a.body} {a.attends}" for a in effects.attendance),
            *(f"{p.post} → {p.holder or say('vacant', 'вакантно')}" for p in effects.posts),
            *(f"{p.pressure} → {p.level if p.level is not None else p.target}" for p in effects.pressures),
            *(f"{i.actor or i.party} {i.dimension} {i.by:+g}" for i in effects.ideals),
            *(f"{say('government', 'правительство')} {d} → {v:g}" for d, v in effects.government.items()),
        ]
        window = f"{span_in_words(scenario, event.after, event.before)}, {event.rate_per_day} {say('a day', 'в день')}"
        rows.append(
            (
                event.id,
                shown_day(scenario, event.date) or window,
                in_words(event.name),
                tuple(changed),
                sources_in_words(event),
            ),
        )
    return table_of("events", say("Events", "События"), columns, rows)


def record(scenario: Scenario) -> Table:
    """What happened, fact by fact."""
    columns = (
        id_column(),
        Column("date", say("date", "дата")),
        Column("text", say("fact", "факт"), wide=True),
        Column("kind", say("kind", "вид")),
        Column("conflict", say("another source", "другой источник")),
        source_column(),
    )
    rows = [
        (f.id, shown_day(scenario, f.date), in_words(f.text), f.kind, f.conflict or None, sources_in_words(f))
        for f in sorted(scenario.record, key=lambda fact: fact.date)
    ]
    return table_of("record", say("Record", "Хроника"), columns, rows)


def outcomes(scenario: Scenario) -> Table:
    """What a run is asked for."""
    columns = (
        id_column(),
        name_column(),
        Column("form", say("form", "вид")),
        Column("happened", say("happened", "было"), "g"),
        Column("use", say("use", "назначение")),
        source_column(),
    )
    rows = [
        (o.id, in_words(o.name), o.measure.form.rstrip("_"), o.happened, o.use, sources_in_words(o))
        for o in scenario.outcomes
    ]
    return table_of("outcomes", say("Outcomes", "Исходы"), columns, rows)


def claims(scenario: Scenario) -> Table:
    """Statements of the sources, as tests."""
    columns = (
        id_column(),
        Column("kind", say("kind", "вид")),
        Column("text", say("claim", "утверждение"), wide=True),
        Column("do", say("intervention", "вмешательство")),
        Column("outcome", say("outcome", "исход")),
        Column("sign", say("sign", "знак")),
        source_column(),
    )
    rows = [
        (
            c.id,
            c.kind,
            in_words(c.text),
            c.do,
            c.outcome or say("untestable", "непроверяемо"),
            c.sign,
            sources_in_words(c),
        )
        for c in scenario.claims
    ]
    return table_of("claims", say("Claims", "Утверждения"), columns, rows)


def parameters(scenario: Scenario) -> Table:
    """Parameters that this scenario sets, with their reasons."""
    columns = (
        Column("name", say("parameter", "параметр")),
        Column("value", say("value or prior", "значение или априорное")),
        Column("calibrate", say("calibrated", "калибруется")),
        Column("reason", say("reason", "основание"), wide=True),
    )
    rows = [
        (name, shown_value(p), p.calibrate, p.assumed or sources_in_words(p)) for name, p in scenario.parameters.items()
    ]
    return table_of("parameters", say("Parameters", "Параметры"), columns, rows)

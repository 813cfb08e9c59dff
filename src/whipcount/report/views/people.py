"""Who decides: bodies, seats, parties, factions, actors, posts as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whipcount.report.rule_words import rule_in_words
from whipcount.scenario import portrait
from whipcount.scenario.schema import Actor, Post, Scenario
from whipcount.table import Column, Shown, Table
from whipcount.text import say
from whipcount.theory.rule_grammar import parse_rule

from .words import (
    id_column,
    in_words,
    name_column,
    seat_in_words,
    shown_point,
    source_column,
    sources_in_words,
    span_in_words,
    table_of,
    value_in_words,
)


def bodies(scenario: Scenario) -> Table:
    """Bodies with rule, quorum, chair, superior and how many sit and vote there."""
    columns = (
        id_column(),
        name_column(),
        Column("kind", say("kind"), priority=3),
        Column("party", say("party"), priority=2),
        Column("rule", say("rule")),
        Column("quorum", say("quorum"), "g", right=True),
        Column("chair", say("chair"), priority=2),
        Column("superior", say("superior"), priority=3),
        Column("votes", say("votes"), "g", right=True, priority=2),
        Column("seats", say("seats"), right=True),
    )
    rows = [
        (
            body.id,
            in_words(body.name),
            Shown(body.kind, body.kind + say(" (to be called)") * (not body.convened)),
            body.party,
            Shown(parse_rule(body.rule).describe(), rule_in_words(body.rule)),
            body.quorum,
            Shown(body.chair, f"{body.chair or '–'}{say(' (casting vote)') * body.casting_vote}"),
            body.superior,
            sum(seat.weight for seat in body.seats if seat.occupied),
            sum(seat.occupied for seat in body.seats),
        )
        for body in scenario.bodies
    ]
    return table_of("bodies", say("Bodies"), columns, rows)


def members(scenario: Scenario) -> Table:
    """Who sits in each body, in the order of its roll."""
    columns = (
        Column("body", say("body")),
        Column("members", say("seats (candidates in brackets)")),
    )
    rows = [
        (
            body.id,
            Shown(
                [seat.model_dump(include={"actor", "weight", "occupied"}) for seat in body.seats],
                ", ".join(seat_in_words(seat) for seat in body.seats),
            ),
        )
        for body in scenario.bodies
    ]
    return table_of("members", say("Members"), columns, rows)


def seats(scenario: Scenario, only: str | None = None) -> Table:
    """Seats, body by body."""
    actors = {actor.id: actor for actor in scenario.actors}
    columns = (
        Column("body", say("body")),
        Column("actor", say("id")),
        name_column(),
        Column("party", say("party")),
        Column("weight", say("votes"), "g", right=True),
        Column("attendance", say("attendance"), ".2f", right=True),
        Column("occupied", say("occupied")),
        source_column(),
    )
    rows = [
        (
            body.id,
            seat.actor,
            in_words(actors[seat.actor].name),
            actors[seat.actor].party,
            seat.weight,
            body.attendance if seat.attendance is None else seat.attendance,
            seat.occupied,
            sources_in_words(seat),
        )
        for body in scenario.bodies
        if only in (None, body.id)
        for seat in body.seats
    ]
    return table_of("seats", say("Seats"), columns, rows)


def overlap(scenario: Scenario) -> Table:
    """Who sits in several bodies, and who holds posts there."""
    columns = (
        Column("actor", say("id")),
        name_column(),
        Column("party", say("party")),
        Column("bodies", say("seats in")),
        Column("posts", say("posts")),
    )
    rows = [
        (
            each.actor.id,
            in_words(each.actor.name),
            each.actor.party,
            tuple(body.id for body in each.bodies),
            tuple(post.id for post in scenario.posts if post.holder == each.actor.id),
        )
        for each in portrait.overlapping(scenario)
    ]
    return table_of("overlap", say("Overlapping membership"), columns, rows)


def parties(scenario: Scenario) -> Table:
    """Parties with the body that sets the line, and how their leader may threaten."""
    columns = (
        id_column(),
        name_column(),
        Column("principal", say("principal body")),
        Column("leader", say("leader")),
        Column("congress", say("congress"), priority=2),
        Column("support", say("support"), ".2f", right=True),
        Column("members", say("actors"), right=True),
        Column("ultimatum", say("ultimatum"), priority=3),
    )
    rows = [
        (
            party.id,
            in_words(party.name),
            party.principal,
            party.leader,
            party.congress,
            party.support,
            sum(actor.party == party.id for actor in scenario.actors),
            None
            if party.ultimatum is None
            else f"{party.ultimatum.form}, {party.ultimatum.deadline_days:g} {say('days')}, {party.ultimatum.branch}",
        )
        for party in scenario.parties
    ]
    return table_of("parties", say("Parties"), columns, rows)


def factions(scenario: Scenario) -> Table:
    """Factions with every name that the sources give them."""
    columns = (
        id_column(),
        name_column(),
        Column("party", say("party")),
        Column("aliases", say("also called"), wide=True),
        Column("members", say("members"), wide=True),
    )
    rows = [
        (f.id, in_words(f.name), f.party, tuple(in_words(alias) for alias in f.aliases), f.members)
        for f in scenario.factions
    ]
    return table_of("factions", say("Factions"), columns, rows)


def faction_members(scenario: Scenario, name: str) -> Table:
    """The members of the faction that is called so."""
    found = portrait.find_faction(scenario, name)
    actors = {actor.id: actor for actor in scenario.actors}
    columns = (
        Column("faction", say("faction")),
        Column("actor", say("id")),
        name_column(),
        Column("ideal", say("ideal point")),
        Column("bodies", say("seats in")),
        Column("posts", say("posts")),
    )
    rows = [
        (
            faction.id,
            member,
            in_words(actors[member].name),
            shown_point(actors[member].ideal),
            tuple(body.id for body in scenario.bodies if any(seat.actor == member for seat in body.seats)),
            tuple(post.id for post in scenario.posts if post.holder == member),
        )
        for faction in found
        for member in faction.members
    ]
    every_name = dict.fromkeys(each for faction in found for each in portrait.called(faction))
    title = "; ".join(str(in_words(faction.name)) for faction in found)
    return table_of("members", title, columns, rows, say("called: ") + ", ".join(every_name))


def actors(scenario: Scenario) -> Table:
    """Persons and blocs with their ideal points and sources."""
    columns = (
        id_column(),
        name_column(),
        Column("party", say("party")),
        Column("size", say("size"), right=True),
        Column("ideal", say("ideal point")),
        source_column(),
    )
    rows = [
        (a.id, in_words(a.name), a.party, a.size, shown_point(a.ideal), sources_in_words(a)) for a in scenario.actors
    ]
    return table_of("actors", say("Persons and blocs"), columns, rows)


def one_actor(scenario: Scenario, name: str) -> list[Table]:
    """Everything about one actor: traits, seats, posts."""
    actor = next(actor for actor in scenario.actors if actor.id == name)
    columns = (Column("what", say("what")), Column("value", say("value"), wide=True))
    rows: list[tuple[Any, ...]] = [
        (say("party"), actor.party),
        (say("size"), actor.size),
        (say("ideal point"), shown_point(actor.ideal)),
        (say("salience"), None if actor.salience is None else _weights(actor)),
    ]
    for trait in type(scenario.defaults.traits).model_fields:
        own = getattr(actor, trait)
        default = getattr(scenario.defaults.traits, trait)
        shown = value_in_words(own) if own is not None else value_in_words(default)
        rows.append((trait, shown if own is not None or shown is None else f"{shown} ({say('default')})"))
    rows.append((say("factions"), tuple(f.id for f in scenario.factions if name in f.members)))
    rows.append((say("source"), sources_in_words(actor)))
    if actor.assumed:
        rows.append((say("assumed"), actor.assumed))
    if actor.note:
        rows.append((say("note"), actor.note))
    seated = seats(scenario)
    own_seats = tuple(row for row in seated.rows if row[1] == name)
    held = [post for post in scenario.posts if name in (post.holder, *(spell.holder for spell in post.history))]
    return [
        table_of("actor", f"{in_words(actor.name)} ({actor.id})", columns, rows),
        Table("seats", seated.title, seated.columns, own_seats),
        _posts(scenario, held),
    ]


def _weights(actor: Actor) -> str:
    return ", ".join(f"{dimension} {weight:g}" for dimension, weight in (actor.salience or {}).items())


def posts(scenario: Scenario) -> Table:
    """Posts with holder and history."""
    return _posts(scenario, scenario.posts)


def _posts(scenario: Scenario, listed: Sequence[Post]) -> Table:
    columns = (
        id_column(),
        name_column(),
        Column("body", say("body")),
        Column("portfolio", say("value"), ".2f", right=True),
        Column("holder", say("holder")),
        Column("eligible", say("could follow")),
        Column("history", say("history"), wide=True),
        source_column(),
    )
    rows = [
        (
            post.id,
            in_words(post.name),
            post.body,
            post.portfolio,
            Shown(post.holder, post.holder or say("vacant")),
            post.eligible,
            Shown(
                [spell.model_dump(include={"holder", "since", "until"}) for spell in post.history],
                "; ".join(f"{s.holder} {span_in_words(scenario, s.since, s.until)}" for s in post.history),
            ),
            sources_in_words(post),
        )
        for post in listed
    ]
    return table_of("posts", say("Posts"), columns, rows)

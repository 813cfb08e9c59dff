"""Who somebody is and how a body decides, as the scenario has it: texts for a page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.text import mark, number, percent, say, say_as
from whipcount.text.dates import MONTHS_IN_FULL, julian

from .rule_words import rule_in_words

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.charts.names import Names
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Actor, Body, Scenario, Tenure
    from whipcount.scenario.values import EvidenceRecord, UncertainRecord
    from whipcount.text.dates import DayLabels


@dataclass(frozen=True)
class Position:
    """An ideal point on one dimension: its centre, the readings it is the mean of, and the ends' names."""

    name: str
    low: str
    high: str
    centre: float
    readings: tuple[float, ...]
    shown: str
    salience: str


@dataclass(frozen=True)
class Statement:
    """A source with the place in it and a paraphrase of what it says."""

    source: str
    note: str
    judgement: bool


@dataclass(frozen=True)
class Post:
    """A post somebody holds, held, or could be given."""

    name: str
    body: str
    spell: str
    sources: str


@dataclass(frozen=True)
class Seat:
    """A seat somebody has; `taken` is false for a seat to be taken later."""

    body: str
    key: str
    taken: bool
    votes: str
    chair: bool


@dataclass(frozen=True)
class Person:
    """A person, or a bloc of `size`."""

    key: str
    name: str
    party: str
    party_key: str
    size: int
    factions: tuple[str, ...]
    seats: tuple[Seat, ...]
    posts: tuple[Post, ...]
    positions: tuple[Position, ...]
    traits: tuple[tuple[str, str, bool], ...]
    statements: tuple[Statement, ...]
    assumed: str
    note: str


def person_of(scenario: Scenario, actor: Actor, names: Names, labels: DayLabels) -> Person:
    """Everything that the scenario says of an actor."""
    even = 1 / len(scenario.dimensions)
    salience = actor.salience or {}
    positions = []
    for dimension in scenario.dimensions:
        point = actor.ideal.get(dimension.id)
        if point is not None:
            weight = salience.get(dimension.id, 0.0 if salience else even)
            positions.append(
                Position(
                    dimension.name.in_language(),
                    dimension.low.in_language(),
                    dimension.high.in_language(),
                    point.centre,
                    point.coders or (),
                    number_of(point),
                    percent(weight),
                )
            )
    return Person(
        key=actor.id,
        name=names.who(actor.id),
        party=names.party(actor.party),
        party_key=actor.party,
        size=actor.size,
        factions=tuple(names.faction(one.id) for one in scenario.factions if actor.id in one.members),
        seats=tuple(_seats(scenario, actor, names)),
        posts=tuple(_posts(scenario, actor, names, labels)),
        positions=tuple(positions),
        traits=tuple(_traits(scenario, actor)),
        statements=statements_of(actor.evidence, names),
        assumed=actor.assumed or "",
        note=actor.note,
    )


def statements_of(evidence: Iterable[EvidenceRecord], names: Names) -> tuple[Statement, ...]:
    """Sources as a reader wants them."""
    return tuple(Statement(names.source(one.source, one.where), one.note, one.kind == "judgement") for one in evidence)


def sources_of(evidence: Iterable[EvidenceRecord], names: Names) -> str:
    """Sources in one line, each once."""
    return "; ".join(dict.fromkeys(names.source(one.source, one.where) for one in evidence))


def number_of(value: UncertainRecord) -> str:
    """A number with the readings that it is the mean of."""
    centre = number(value.centre, 2)
    if value.coders is not None and len(set(value.coders)) > 1:
        low, high = (number(end, 2) for end in (min(value.coders), max(value.coders)))
        return f"{centre} ({low}–{high})"
    return centre


def _seats(scenario: Scenario, actor: Actor, names: Names) -> Iterable[Seat]:
    for body in scenario.bodies:
        for seat in body.seats:
            if seat.actor == actor.id:
                votes = "" if seat.weight == 1 else number(seat.weight, 1)
                yield Seat(names.body(body.id), body.id, seat.occupied, votes, body.chair == actor.id)


def _posts(scenario: Scenario, actor: Actor, names: Names, labels: DayLabels) -> Iterable[Post]:
    for post in scenario.posts:
        name, body = names.about("appoint", post.id), names.body(post.body)
        spells = [spell for spell in post.history if spell.holder == actor.id]
        for spell in spells:
            yield Post(name, body, _spell(spell, labels), sources_of(spell.evidence or post.evidence, names))
        if spells:
            continue
        sources = sources_of(post.evidence, names)
        if post.holder == actor.id:
            yield Post(name, body, say("at the start"), sources)
        elif actor.id in post.eligible:
            yield Post(name, body, say("could be given it"), sources)


def _spell(spell: Tenure, labels: DayLabels) -> str:
    """ "from 26 Oct (8 Nov) to 4 (17) Nov"."""

    def shown(date: dt.date | None) -> str:
        return "" if date is None else labels.short(date)

    since, until = shown(spell.since), shown(spell.until)
    if since and until:
        return f"{since} – {until}"
    if since:
        return say("from {since}", since=since)
    return say("until {until}", until=until) if until else ""


TRAITS = {
    "loyalty": mark("loyalty"),
    "identity": mark("identity"),
    "ambition": mark("ambition"),
    "duty": mark("duty"),
    "conformity": mark("conformity"),
    "press": mark("press"),
    "organisation": mark("organisation"),
    "cadre": mark("experience"),
}


def _traits(scenario: Scenario, actor: Actor) -> Iterable[tuple[str, str, bool]]:
    """Name, value, and whether it is the actor's own and not everyone's default."""
    for trait, words in TRAITS.items():
        own, usual = getattr(actor, trait), getattr(scenario.defaults.traits, trait)
        value = own or usual
        if value is not None:
            yield say(words), number_of(value), own is not None


@dataclass(frozen=True)
class BodyPortrait:
    """A body: what sort it is and by what rules it decides."""

    key: str
    name: str
    kind: str
    rules: tuple[str, ...]
    sources: str
    assumed: str


def body_of(body: Body, names: Names) -> BodyPortrait:
    """How a body decides, in words."""
    said = rule_in_words(body.rule)
    rules = [said[0].upper() + said[1:]]
    if body.quorum:
        quorum = number(body.quorum, 0)
        rules.append(say("quorum {quorum}", quorum=quorum))
    if body.chair:
        chair = say("chair: {brief}", brief=names.brief(body.chair))
        casting = say(" (decides ties)")
        rules.append(chair + (casting if body.casting_vote else ""))
    if body.superior:
        superior = names.brief_body(body.superior)
        rules.append(say("below: {superior}", superior=superior))
    if not body.convened:
        rules.append(say("meets only if it is called"))
    kind = say(KINDS[body.kind])
    if body.party:
        kind = f"{kind}, {names.brief(body.party)}"
    return BodyPortrait(
        body.id, names.body(body.id), kind, tuple(rules), sources_of(body.evidence, names), body.assumed or ""
    )


KINDS = {
    "committee": mark("committee"),
    "executive": mark("council executive"),
    "cabinet": mark("cabinet"),
    "caucus": mark("caucus"),
    "congress": mark("congress"),
    "union": mark("trade unions"),
    "conference": mark("conference"),
}


@dataclass(frozen=True)
class PostPortrait:
    """A post: who holds it at the start, who could be given it."""

    key: str
    name: str
    body: str
    holder: str | None
    eligible: tuple[tuple[str, str], ...]
    portfolio: str
    sources: str
    assumed: str


def post_of(scenario: Scenario, key: str, names: Names) -> PostPortrait | None:
    """A post by its id."""
    for post in scenario.posts:
        if post.id == key:
            eligible = tuple((actor, names.who(actor)) for actor in post.eligible)
            share = percent(post.portfolio)
            sources = sources_of(post.evidence, names)
            name, body = names.about("appoint", post.id), names.body(post.body)
            return PostPortrait(key, name, body, post.holder, eligible, share, sources, post.assumed or "")
    return None


@dataclass(frozen=True)
class CalendarDay:
    """A day of a month: its number, that in old style, both as a date, days from the start, facts documented of it."""

    number: int
    old: int | None
    date: str
    day: int
    facts: int


@dataclass(frozen=True)
class Month:
    """A month (new style) in weeks from Monday."""

    name: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


def months_of(scenario: Scenario, labels: DayLabels) -> tuple[Month, ...]:
    """The months of the record, with how much is documented of each day."""
    counts = Counter(fact.date for fact in scenario.record)
    if not counts:
        return ()
    month = min(counts).replace(day=1)
    found = []
    while month <= max(counts):
        following = (month + dt.timedelta(days=32)).replace(day=1)
        cells: list[CalendarDay | None] = [None] * month.weekday()
        for offset in range((following - month).days):
            date = month + dt.timedelta(days=offset)
            old = julian(date).day if labels.is_old_style(date) else None
            cells.append(CalendarDay(date.day, old, labels.full(date), labels.day_of(date), counts[date]))
        cells += [None] * (-len(cells) % 7)
        weeks = tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))
        found.append(Month(f"{say_as('month', MONTHS_IN_FULL[month.month - 1])} {month.year}", weeks))
        month = following
    return tuple(found)


WEEKDAYS = (mark("Mo"), mark("Tu"), mark("We"), mark("Th"), mark("Fr"), mark("Sa"), mark("Su"))


def material_of_scenario(loaded: LoadedScenario) -> Material:
    """What a report can be made from before there are any runs."""
    import polars as pl

    from whipcount.charts.material import Material

    events = {"run": pl.Int64, "step": pl.Int64, "day": pl.Int64} | dict.fromkeys(
        ("mechanism", "verb", "actor", "object", "code"), pl.String
    )
    return Material(
        scenario=loaded.scenario,
        slug=loaded.slug,
        runs=0,
        outcomes=pl.DataFrame(schema={"name": pl.String, "probability": pl.Float64}),
        series=pl.DataFrame(schema={"day": pl.Int64, "measure": pl.String, "q50": pl.Float64}),
        events=pl.LazyFrame(schema=events | {"value": pl.Float64}),
        table=pl.DataFrame(schema={"run": pl.Int64}),
        logged=0,
        account=loaded.account,
        loaded=loaded,
    )

"""The crisis: who sits where, who stands where, what is documented, and what the accounts disagree on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from whipcount.charts.benches import (
    Bench,
    Taken,
    benches_of,
    colours_of,
    draw_benches,
    faction_chips,
    faction_marks,
    number_taken,
    party_chips,
    per_dot,
    place_key,
    taken_before,
    told_place,
)
from whipcount.charts.names import Names
from whipcount.charts.seating import Place, places_of
from whipcount.report.portraits import (
    WEEKDAYS,
    BodyPortrait,
    body_of,
    material_of_scenario,
    months_of,
    person_of,
    post_of,
    sources_of,
)
from whipcount.scenario.compare_accounts import compare_accounts
from whipcount.text import LANGUAGES, language, mark, say, speaking
from whipcount.web.rendering import address, render, subject_of

if TYPE_CHECKING:
    from whipcount.charts.chart import Chart
    from whipcount.charts.material import Material
    from whipcount.scenario.schema import Body, Scenario
    from whipcount.text.dates import DayLabels
    from whipcount.web.subject import Subject

PATH = "/"
TITLE = mark("The crisis")
ORDER = 10


def routes() -> list[Route]:
    """The first page, and the parts of it that are fetched alone."""
    return [
        Route(PATH, crisis, name="crisis"),
        Route("/crisis/chosen", chosen_part, name="chosen"),
        Route("/crisis/positions", positions_part, name="positions"),
    ]


def warm(subject: Subject) -> None:
    """Seat everybody, compare the accounts, and draw the map of positions as far as it goes without runs."""
    subject.kept(("accounts",), partial(compare_accounts, subject.loaded))
    material = material_of_scenario(subject.loaded)
    for body in subject.loaded.scenario.bodies:
        _seated(subject, material, body)
    for chosen in LANGUAGES:
        with speaking(chosen):
            subject.kept(("positions", chosen, False), partial(_map, subject, False))


def _seated(subject: Subject, material: Material, body: Body) -> tuple[tuple[Place, ...], tuple[Bench, ...]]:
    """A body's places at the start, and their dots."""

    def seat() -> tuple[tuple[Place, ...], tuple[Bench, ...]]:
        places = places_of(material, body)
        return places, benches_of(places)

    return subject.kept(("seated", body.id), seat)


@dataclass(frozen=True)
class SeatedCard:
    """A body as the page shows it: its portrait, its drawing, and the same as rows of a table."""

    portrait: BodyPortrait
    drawing: str
    rows: tuple[tuple[str, str, str], ...]
    taken: int
    total: int
    per_dot: int


def crisis(request: Request) -> Response:
    """The whole page."""
    subject = subject_of(request)
    scenario = subject.loaded.scenario
    labels, names = subject.labels(), Names(scenario)
    return render(
        request,
        "crisis.html",
        title=scenario.title.in_language(),
        summary=scenario.summary.in_language(),
        span=f"{labels.full(labels.start)} – {labels.full(labels.end)}",
        bodies=_bodies(
            request,
            subject,
        ),
        parties=party_chips(scenario, names),
        factions=faction_chips(scenario, names),
        months=months_of(scenario, labels),
        weekdays=[say(day) for day in WEEKDAYS],
        days=_days(scenario, labels),
        comparison=subject.kept(("accounts",), partial(compare_accounts, subject.loaded)),
        names_of_accounts={one.id: one.name.in_language() for one in scenario.accounts},
        account_source=partial(_account_source, scenario),
        sources=lambda evidence: sources_of(evidence, names),
        **_chosen(request),
    )


def chosen_part(request: Request) -> Response:
    """Only the panel about who is chosen."""
    return render(request, "parts/chosen.html", **_chosen(request))


async def positions_part(request: Request) -> Response:
    """The map of positions; without what factions perceive while the runs are being simulated."""
    subject = subject_of(request)
    ready = subject.is_ready
    chart = await run_in_threadpool(subject.kept, ("positions", language(), ready), partial(_map, subject, ready))
    template = "parts/positions.html"
    return render(request, template, chart=chart, waiting=not ready and not subject.progress.failed)


def _map(subject: Subject, ready: bool) -> Chart | None:
    from whipcount.charts.positions import draw

    return draw(subject.material if ready else material_of_scenario(subject.loaded))


def _chosen(request: Request) -> dict[str, Any]:
    """Who or what is chosen in the address: a person, a bloc, or a vacant post; by default who heads the government."""
    subject = subject_of(request)
    scenario = subject.loaded.scenario
    names = Names(scenario)
    post = post_of(scenario, request.query_params.get("post", ""), names)
    if post is not None and post.holder is None:
        return {"person": None, "post": post, "colours": colours_of(scenario)}
    actors = {actor.id: actor for actor in scenario.actors}
    asked = post.holder if post is not None else request.query_params.get("who")
    actor = actors.get(asked or "") or actors.get(scenario.government.head or "") or scenario.actors[0]
    return {
        "person": person_of(scenario, actor, names, subject.labels()),
        "post": None,
        "colours": colours_of(scenario),
    }


def _bodies(request: Request, subject: Subject) -> list[SeatedCard]:
    """Every body with more than one seat, as it is at the start."""
    scenario = subject.loaded.scenario
    names, colours, marks = Names(scenario), colours_of(scenario), faction_marks(scenario)
    material = material_of_scenario(subject.loaded)
    who, post = request.query_params.get("who", ""), request.query_params.get("post", "")
    cards = []
    for body in scenario.bodies:
        places, benches = _seated(subject, material, body)
        if sum(place.size for place in places) < 2:
            continue
        taken = [taken_before(place) for place in places]
        portrait = body_of(body, names)
        label = f"{portrait.name}: {number_taken(benches, taken)}"
        chosen = next((place_key(place) for place in places if _is_chosen(place, who, post)), "")
        drawing = draw_benches(benches, taken, colours, names, label, partial(_link, request), chosen, marks)
        total = sum(place.size for place in places)
        rows = _rows(
            benches,
            taken,
            names,
        )
        cards.append(SeatedCard(portrait, drawing, rows, number_taken(benches, taken), total, per_dot(places)))
    return cards


def _is_chosen(place: Place, who: str, post: str) -> bool:
    return (bool(post) and place.post == post) or (bool(who) and place.holder == who)


def _link(request: Request, place: Place) -> str:
    """The address at which a place is chosen."""
    if place.post is not None and place.holder is None:
        return address(request, "/", post=quote(place.post)) + "#chosen"
    return address(request, "/", who=place.holder) + "#chosen"


def _rows(benches: tuple[Bench, ...], taken: list[Taken], names: Names) -> tuple[tuple[str, str, str], ...]:
    """Every place in words, for readers who do not look at the drawing."""
    return tuple(
        (
            told_place(bench.place, one, names).partition(",")[0],
            names.party(one.party) if one.party else "",
            say("taken") if one.holder else say("empty"),
        )
        for bench, one in zip(benches, taken, strict=True)
    )


@dataclass(frozen=True)
class Fact:
    """A documented fact."""

    text: str
    source: str
    judgement: bool
    conflict: str
    until: str


@dataclass(frozen=True)
class Day:
    """A day of the record with its facts."""

    day: int
    date: str
    facts: tuple[Fact, ...]


def _days(scenario: Scenario, labels: DayLabels) -> list[Day]:
    """The record by day."""
    names = Names(scenario)
    by_day: dict[int, list[Fact]] = {}
    for fact in sorted(scenario.record, key=lambda fact: fact.date):
        until = labels.short(fact.until) if fact.until else ""
        told = Fact(
            fact.text.in_language(),
            sources_of(fact.evidence, names),
            fact.kind == "judgement",
            fact.conflict,
            until,
        )
        by_day.setdefault(labels.day_of(fact.date), []).append(told)
    return [Day(day, labels.full(labels.date_of(day)), tuple(facts)) for day, facts in by_day.items()]


def _account_source(scenario: Scenario, account: str) -> str:
    """Who tells an account, and in what."""
    entry = next(one for one in scenario.accounts if one.id == account)
    source = next((one for one in scenario.sources if one.id == entry.source), None)
    if source is None:
        return ""
    year = f", {source.year}" if source.year else ""
    return f"{source.author}, {source.title.in_language()}{year}".strip(", ")

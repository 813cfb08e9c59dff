"""Home: the crises that come with the program, the reader's own files, and runs that were made here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.charts.benches import benches_of, colours_of, draw_benches, number_taken, taken_before
from whipcount.charts.names import Names
from whipcount.charts.seating import places_of
from whipcount.errors import WebError, WhipcountError
from whipcount.report.portraits import material_of_scenario
from whipcount.scenario import load, names
from whipcount.text import language, mark, say, speaking
from whipcount.text.dates import DayLabels
from whipcount.web.rendering import lang_query, render, settings_of, subject_of, subjects_of
from whipcount.web.security import visitor_of
from whipcount.web.studio import Studio

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Body, Scenario
    from whipcount.web.subject import Subject

PATH = "/library"
TITLE = mark("Home")
ORDER = 5
MOST_RUNS = 8  # of the latest that are listed
LONG_AGO = 1945
EPOCHS = (
    ("recent", mark("Parliaments since the Second World War")),
    ("early", mark("War and revolution")),
    ("invented", mark("Invented, to learn on")),
)


@dataclass(frozen=True)
class Card:
    """A crisis of the library: what it is about in a line, when, and a body of it drawn."""

    name: str
    title: str
    summary: str
    span: str
    epoch: str
    drawing: str
    body: str
    facts: str


@dataclass(frozen=True)
class MadeRuns:
    """An ensemble that lies here."""

    folder: str
    title: str
    runs: int
    seed: int


def routes() -> list[Route]:
    """The page, and looking into something else."""
    return [
        Route(PATH, library, name="library"),
        Route("/library/open", open_one, methods=["POST"], name="open"),
    ]


def warm(subject: Subject) -> None:  # noqa: ARG001 - the library is the same whatever is looked into
    """Draw the cards once."""
    for chosen in ("en", "ru"):
        with speaking(chosen):
            for name in names():
                card(name, chosen)


async def library(request: Request) -> Response:
    """The whole page."""
    return await run_in_threadpool(_page, request)


def _page(request: Request) -> Response:
    cards = [card(name, language()) for name in names()]
    settings = settings_of(request)
    return render(
        request,
        "library.html",
        groups=[(key, say(title), [one for one in cards if one.epoch == key]) for key, title in EPOCHS],
        number=len(cards),
        here_slug=subject_of(request).loaded.slug,
        own=Studio(settings.studio).names(),
        runs=made_runs(settings.data_dir),
    )


@lru_cache(maxsize=128)
def card(name: str, chosen: str) -> Card:  # noqa: ARG001 - its words are of a language
    """A crisis of the library in the reader's language."""
    loaded = load(name)
    scenario = loaded.scenario
    calendar, known = scenario.calendar, Names(scenario)
    days = DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)
    body = told_by(scenario)
    drawing, caption = drawn(loaded, body, known) if body is not None else ("", "")
    told = max((source.year for source in scenario.sources if source.year), default=calendar.start.year)
    # what is said to happen after all that has been written of it has been made up
    epoch = "invented" if calendar.start.year > told else "early" if calendar.start.year < LONG_AGO else "recent"
    facts = say(
        "{people} people and blocs, {bodies} bodies, {outcomes} outcomes asked for",
        people=len(scenario.actors), bodies=len(scenario.bodies), outcomes=len(scenario.outcomes),
    )  # fmt: skip
    return Card(
        name, scenario.title.in_language(), scenario.summary.in_language(),
        f"{days.full(days.start)} – {days.full(days.end)}", epoch, drawing, caption, facts,
    )  # fmt: skip


def told_by(scenario: Scenario) -> Body | None:
    """The body that tells most of a crisis: the largest in which several parties sit."""
    party_of = {actor.id: actor.party for actor in scenario.actors}
    sizes = {actor.id: actor.size for actor in scenario.actors}

    def weight(body: Body) -> tuple[bool, int]:
        parties = {party_of.get(seat.actor) for seat in body.seats}
        return len(parties) > 1, sum(sizes.get(seat.actor, 1) for seat in body.seats)

    return max((body for body in scenario.bodies if body.seats), key=weight, default=None)


def drawn(loaded: LoadedScenario, body: Body, known: Names) -> tuple[str, str]:
    """A body as it is at the start, and what it is."""
    places = places_of(material_of_scenario(loaded), body)
    benches = benches_of(places)
    taken = [taken_before(place) for place in places]
    name = body.name.in_language()
    label = f"{name}: {number_taken(benches, taken)}"
    return draw_benches(benches, taken, colours_of(loaded.scenario), known, label), name


def made_runs(folder: Path) -> tuple[MadeRuns, ...]:
    """The latest ensembles of a folder whose manifest can be read."""
    from whipcount.results.manifest import MANIFEST, read_manifest

    def age(path: Path) -> float:
        try:
            return -path.stat().st_mtime
        except OSError:
            return 0.0

    found: list[MadeRuns] = []
    for path in sorted(folder.glob(f"*/{MANIFEST}"), key=age):
        try:
            manifest = read_manifest(path.parent)
        except (WhipcountError, OSError):
            continue  # still being made, or another program's
        found.append(MadeRuns(path.parent.name, manifest.slug, manifest.runs, manifest.seed))
    return tuple(found[:MOST_RUNS])


async def open_one(request: Request) -> Response:
    """Look into another crisis of the library, or into runs that lie here."""
    async with request.form(max_files=0, max_fields=10) as form:
        kind, name = str(form.get("kind", "")), str(form.get("name", ""))[:200]
    await run_in_threadpool(_open, request, kind, name)
    return RedirectResponse("/" + lang_query(request), 303)


def _open(request: Request, kind: str, name: str) -> None:
    from whipcount.web.pages import warm_all

    settings, subjects, visitor = settings_of(request), subjects_of(request), visitor_of(request)
    if kind == "library" and name in names():
        subjects.open_scenario(visitor, name, warm_all)
    elif kind == "runs" and name in {one.folder for one in made_runs(settings.data_dir)}:
        subjects.open_run(visitor, settings.data_dir / name, warm_all)
    else:
        raise WebError.one("WC742", f"there is nothing called {name[:80]!r} to look into", "choose one of the list")

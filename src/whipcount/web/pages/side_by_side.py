"""Side by side: two runs, a run in two versions of the crisis, or in both worlds of a question, seat by seat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.charts.benches import faction_chips, party_chips
from whipcount.charts.names import Names
from whipcount.errors import Problem, WebError
from whipcount.text import language, say
from whipcount.web.beside import Beside, BesideWork, beside
from whipcount.web.changes import Teller
from whipcount.web.engine_room import begin_job, jobs_of
from whipcount.web.jobs import JobView
from whipcount.web.rendering import render, subject_of

if TYPE_CHECKING:
    from whipcount.web.subject import Subject

PATH = "/replay/beside"
MOST_CHANGES, LONGEST = 12, 2_000
WAIT = 20.0  # seconds that a visitor waits before the page asks again


def routes() -> list[Route]:
    """The page, and beginning to run the other history."""
    return [Route(PATH, side_by_side, name="beside"), Route(f"{PATH}/begin", begin, methods=["POST"], name="beginning")]


def _run(request: Request, key: str, subject: Subject) -> int:
    """A run of the address. Raises WebError (WC702) where there is none such."""
    given = request.query_params.get(key, "") or "0"
    if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) >= subject.replayable:
        hint = f"give a whole number from 0 to {subject.replayable - 1}"
        raise WebError.one("WC702", f"{key} is {given[:20]!r}", hint)
    return int(given)


def _changes(request: Request) -> tuple[str, ...]:
    """What is changed at the right. Raises WebError (WC720) where that is too much."""
    do = tuple(one.strip() for one in request.query_params.getlist("do") if one.strip())
    if len(do) > MOST_CHANGES or any(len(one) > LONGEST for one in do):
        raise WebError.one("WC720", "too much is changed", f"at most {MOST_CHANGES} changes")
    return do


async def side_by_side(request: Request) -> Response:
    """The page: both histories, once both are there."""
    return await run_in_threadpool(_page, request)


def _page(request: Request, problems: tuple[Problem, ...] = ()) -> Response:
    subject = subject_of(request)
    if not subject.is_ready:
        return render(request, "waiting.html", progress=subject.progress)
    run, do = _run(request, "run", subject), _changes(request)
    other = _run(request, "other", subject) if "other" in request.query_params else None
    found: Beside | None = None
    view: JobView | None = None
    if do:
        view = jobs_of(request).view(BesideWork(subject.loaded, do, subject.seed, run, language()).key)
        found = view.result if view is not None else None
        problems = problems or (view.problems if view is not None else ())
    elif other is not None and other != run:
        found = subject.kept(
            ("beside", run, other, language()), lambda: beside(subject.material, subject.material, (run, other))
        )
    return render(request, "beside.html", **_shown(request, subject, run, other, do, found, view, problems))


def _shown(
    request: Request, subject: Subject, run: int, other: int | None, do: tuple[str, ...], found: Beside | None,
    view: JobView | None, problems: tuple[Problem, ...],
) -> dict[str, Any]:  # fmt: skip
    scenario, names = subject.loaded.scenario, Names(subject.loaded.scenario)
    teller = subject.kept(("teller", language()), partial(Teller, subject.loaded))
    lang = [("lang", request.query_params["lang"])] if "lang" in request.query_params else []
    versions = [
        (f"variant.{variant.id} = {name}", variant.name.in_language(), choice.text.in_language())
        for variant in scenario.variants
        for name, choice in variant.choices.items()
        if name != variant.default
    ]
    right = "; ".join(teller.told(one) for one in do) if do else ""
    if other is not None and not do:
        right = say("Run {run}", run=other)
    return {
        "run": run,
        "other": other,
        "do": do,
        "runs": subject.replayable,
        "versions": versions,
        "beside": found,
        "view": view,
        "problems": problems,
        "query": urlencode([("run", run), *(("do", one) for one in do), *lang]),
        "left_title": say("Run {run}", run=run) + (f": {say('as it was')}" if do else ""),
        "right_title": right,
        "parties": party_chips(scenario, names),
        "factions": faction_chips(scenario, names),
    }


async def begin(request: Request) -> Response:
    """Run the other history, and show both."""
    return await run_in_threadpool(_begin, request)


def _begin(request: Request) -> Response:
    subject = subject_of(request)
    run, do = _run(request, "run", subject), _changes(request)
    try:
        view = begin_job(request, BesideWork(subject.loaded, do, subject.seed, run, language()))
        jobs_of(request).wait(view.id, WAIT)
    except WebError as error:
        return _page(request, error.problems)
    lang = [("lang", request.query_params["lang"])] if "lang" in request.query_params else []
    return RedirectResponse(f"{PATH}?{urlencode([('run', run), *(('do', one) for one in do), *lang])}", 303)

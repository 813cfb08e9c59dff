"""Forecast: an unfinished crisis; the odds of what is open, as facts came in, and with facts of one's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError, WhipcountError
from whipcount.text import language, mark, number, percent
from whipcount.web import downloads
from whipcount.web.engine_room import TABLES, begin_job, jobs_of
from whipcount.web.examining import FORECAST_RUNS, MOST_FACTS, ForecastWork, Foreseen, OwnFact
from whipcount.web.findings import forecast_finding
from whipcount.web.jobs import JobView
from whipcount.web.rendering import render, settings_of, subject_of
from whipcount.web.security import visitor_of
from whipcount.web.uploads import TableShelf, Upload

if TYPE_CHECKING:
    from whipcount.questions.forecast_result import Forecast, Odds

PATH = "/forecast"
TITLE = mark("Forecast")
ORDER = 50
FIRST_DAYS = 9  # days that are known where the address names none
MOST_WRITTEN = 100_000
SIZES = (FORECAST_RUNS, 4 * FORECAST_RUNS, 16 * FORECAST_RUNS)  # histories that are run
WIDTH, HEIGHT = 160.0, 42.0


def routes() -> list[Route]:
    """The page, adding a fact, its answer as a part of it, beginning and cancelling, files."""
    return [
        Route(PATH, forecast, name="forecast"),
        Route(PATH, write, methods=["POST"], name="write_facts"),
        Route("/forecast/answer", answer, name="foreseen"),
        Route("/forecast/begin", begin, methods=["POST"], name="begin_forecast"),
        Route("/forecast/cancel", cancel, methods=["POST"], name="cancel_forecast"),
        Route("/forecast/take/{name}", take, name="take_forecast"),
    ]


@dataclass(frozen=True)
class Asked:
    """What the address asks: the last known day, facts of the reader's, the id of written ones, what else is known."""

    until: dt.date
    facts: tuple[OwnFact, ...]
    written: str
    only: bool
    runs: int = FORECAST_RUNS

    @property
    def query(self) -> str:
        """It as it stands in an address."""
        pairs = [("until", self.until.isoformat()), *(("fact", str(fact)) for fact in self.facts)]
        pairs += [("written", self.written)] if self.written else []
        pairs += [("runs", str(self.runs))] if self.runs != FORECAST_RUNS else []
        return urlencode(pairs + ([("only", "yes")] if self.only else []))


@dataclass(frozen=True)
class OddsRow:
    """An open outcome: its odds before any fact, from what is documented, and now; their way as a line."""

    name: str
    label: str
    prior: str
    documented: str
    now: str
    interval: str
    moved: str
    happened: str
    line: str
    end: tuple[float, float]


def asked_of(request: Request) -> Asked:
    """What an address asks. Raises WebError (WC740) where a fact or the day cannot be read."""
    query, calendar = request.query_params, subject_of(request).loaded.scenario.calendar
    given = query.get("until", "")
    try:
        until = dt.date.fromisoformat(given) if given else min(calendar.start + dt.timedelta(FIRST_DAYS), calendar.end)
    except ValueError:
        raise WebError.one("WC740", f"{given[:40]!r} is no day", "write it as 1917-11-16") from None
    texts = [text for text in query.getlist("fact") if text.strip()]
    if query.get("outcome"):
        texts.append(f"{query['outcome']},{query.get('happened', 'yes')},{query.get('known') or until.isoformat()}")
    if len(texts) > MOST_FACTS:
        raise WebError.one("WC740", f"{len(texts)} facts", f"give at most {MOST_FACTS} here, more in a file")
    facts = tuple(dict.fromkeys(OwnFact.read(text) for text in texts))
    runs = next((size for size in SIZES if query.get("runs", "") == str(size)), FORECAST_RUNS)
    return Asked(until, facts, query.get("written", "")[:40], query.get("only", "") == "yes", runs)


def work_of(request: Request, asked: Asked) -> ForecastWork:
    """The forecast as work. Raises WebError (WC733) where the written facts are not kept."""
    subject, settings = subject_of(request), settings_of(request)
    written = shelf_of(request).get(asked.written).content.decode() if asked.written else ""
    return ForecastWork(
        subject.loaded, asked.until, asked.facts, written, not asked.only, subject.seed, settings.limits.upload_memory,
        asked.runs,
    )  # fmt: skip


def shelf_of(request: Request) -> TableShelf:
    """Where written facts are kept."""
    return TableShelf(settings_of(request).data_dir / TABLES)


def forecast(request: Request) -> Response:
    """The page; a form as a browser sends it is first put into its one address."""
    problems: tuple[Problem, ...] = ()
    view, asked, text = None, None, ""
    try:
        asked = asked_of(request)
        if "outcome" in request.query_params or "" in request.query_params.getlist("fact"):
            return RedirectResponse(f"{PATH}?{asked.query}{_lang(request)}", 303)
        work = work_of(request, asked)
        text, view = work.written, jobs_of(request).view(work.key)
    except WhipcountError as error:
        problems = error.problems
    return _page(request, asked, view, problems, text)


def _lang(request: Request) -> str:
    return f"&{urlencode({'lang': request.query_params['lang']})}" if "lang" in request.query_params else ""


def _page(
    request: Request, asked: Asked | None, view: JobView | None, problems: tuple[Problem, ...], text: str
) -> Response:
    subject = subject_of(request)
    scenario = subject.loaded.scenario
    calendar = scenario.calendar
    labels = {one.id: one.name.in_language() for one in scenario.outcomes}
    shown = asked or Asked(min(calendar.start + dt.timedelta(FIRST_DAYS), calendar.end), (), "", False)
    facts = [
        (labels.get(fact.outcome, fact.outcome), fact, _without(shown, fact) + _lang(request)) for fact in shown.facts
    ]
    return render(
        request,
        "forecast.html",
        400 if problems and asked is None else 200,
        known=shown,
        facts=facts,
        outcomes=[(one.id, labels[one.id]) for one in scenario.outcomes if one.measure.is_binary],
        start=calendar.start,
        end=calendar.end - dt.timedelta(1),
        written=text,
        until_told=subject.labels().full(shown.until),
        **_answered(request, asked, view, problems),
    )


def _without(asked: Asked, fact: OwnFact) -> str:
    """The address without one of the facts."""
    return f"{PATH}?{replace(asked, facts=tuple(one for one in asked.facts if one != fact)).query}"


def _answered(
    request: Request, asked: Asked | None, view: JobView | None, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    """What the part of the page that tells the forecast needs."""
    foreseen: Foreseen | None = view.result if view is not None else None
    shown = foreseen.shown if foreseen is not None else None
    chart = None
    if shown is not None and view is not None and view.is_finished:
        chart = subject_of(request).kept(("forecast", view.id, language()), shown.chart)
    return {
        "asked": asked,
        "query": (asked.query + _lang(request)) if asked is not None else "",
        "view": view,
        "problems": problems or (view.problems if view is not None else ()),
        "told": shown,
        "own": foreseen is not None and foreseen.own is not None and foreseen.documented is not None,
        "words": shown.words().splitlines() if shown is not None else [],
        "finding": forecast_finding(shown) if shown is not None else "",
        **_more(request, asked),
        "rows": _rows(
            foreseen,
        )
        if foreseen is not None
        else [],
        "watch": _watch(
            shown,
        )
        if shown is not None
        else [],
        "chart": chart,
        "files": [f"{grid.name}.{kind}" for grid in shown.tables() for kind in downloads.TABLES] if shown else [],
    }


def _more(request: Request, asked: Asked | None) -> dict[str, Any]:
    """The address at which more histories are run, where more can be."""
    larger = next((size for size in SIZES if asked is not None and size > asked.runs), 0)
    if asked is None or not larger:
        return {"more_address": "", "more_runs": 0}
    return {
        "more_address": f"{PATH}?{replace(asked, runs=larger).query}{_lang(request)}#answer",
        "more_runs": larger,
    }


def _rows(foreseen: Foreseen) -> list[OddsRow]:
    """The open outcomes; those that moved most first."""
    shown = foreseen.shown
    assert shown is not None
    both = foreseen.own is not None and foreseen.documented is not None
    before = {one.name: one.probability for one in foreseen.documented.outcomes} if foreseen.documented and both else {}

    def moved(one: Odds) -> float:
        return one.probability - before.get(one.name, one.prior)

    rows = []
    for one in sorted(shown.outcomes, key=lambda one: -abs(moved(one)) if moved(one) == moved(one) else 0.0):
        points, end = _line(shown, one)
        rows.append(
            OddsRow(
                one.name,
                one.label.in_language(),
                percent(one.prior),
                percent(before[one.name]) if one.name in before else "",
                percent(one.probability),
                f"{percent(one.low)} – {percent(one.high)}",
                _points(
                    moved(one),
                ),
                {True: "yes", False: "no", None: ""}[one.happened],
                points,
                end,
            )
        )
    return rows


def _points(change: float) -> str:
    text = number(100 * change, 1)
    return f"+{text}" if change > 0 and text not in ("0", "–") else text


def _line(shown: Forecast, one: Odds) -> tuple[str, tuple[float, float]]:
    """The odds from day to day as points of a small line, and where it ends."""
    values = [one.prior, *(day.odds[one.name] for day in shown.days)]
    step = (WIDTH - 8) / max(len(values) - 1, 1)
    places = [
        (round(4 + step * number, 1), round(3 + (HEIGHT - 6) * (1 - (value if value == value else 0.0)), 1))
        for number, value in enumerate(values)
    ]
    return " ".join(f"{x},{y}" for x, y in places), places[-1]


def _watch(shown: Forecast) -> list[tuple[str, ...]]:
    """The decisions to wait for, in texts."""
    labels = {one.name: (one.label.in_language()) for one in shown.outcomes}
    return [
        (
            one.decision,
            percent(one.probability),
            labels.get(one.outcome, one.outcome),
            percent(one.if_taken),
            percent(one.if_not),
        )
        for one in shown.watch
    ]


async def write(request: Request) -> Response:
    """Keep written facts, and lead to their address."""
    async with request.form(max_fields=30, max_part_size=2 * MOST_WRITTEN) as form:
        text = str(form.get("text", "")).replace("\r\n", "\n")
    asked = asked_of(request)
    if len(text) > MOST_WRITTEN:
        problem = Problem("WC730", f"the facts have {len(text):,} letters", f"at most {MOST_WRITTEN:,} are read")
        return _page(request, asked, None, (problem,), "")
    kept = shelf_of(request).put(Upload("facts.yaml", "yaml", text.encode())) if text.strip() else ""
    return RedirectResponse(f"{PATH}?{replace(asked, written=kept).query}{_lang(request)}", 303)


def answer(request: Request) -> Response:
    """How the forecast stands, as a part of the page."""
    asked = asked_of(request)
    return _part(request, asked, jobs_of(request).view(work_of(request, asked).key))


def begin(request: Request) -> Response:
    """Begin to forecast."""
    asked = asked_of(request)
    view, problems = None, tuple[Problem, ...]()
    try:
        work = work_of(request, asked)
        if not work.orders():
            raise WebError.one("WC740", "nothing is known", "add a fact, or let what is documented be known")
        view = begin_job(request, work)
    except WebError as error:
        if "hx-request" not in request.headers:
            raise
        problems = error.problems
    return _part(request, asked, view, problems)


def cancel(request: Request) -> Response:
    """Stop forecasting."""
    asked = asked_of(request)
    return _part(request, asked, jobs_of(request).cancel(work_of(request, asked).key, visitor_of(request)))


def _part(request: Request, asked: Asked, view: JobView | None, problems: tuple[Problem, ...] = ()) -> Response:
    context = _answered(request, asked, view, problems)
    if "hx-request" not in request.headers and request.method == "POST":
        return RedirectResponse(f"{PATH}?{context['query']}", 303)
    return render(request, "parts/foreseen.html", **context)


def take(request: Request) -> Response:
    """A table or the chart of a finished forecast as a file."""
    asked, name = asked_of(request), request.path_params["name"]
    context = _answered(request, asked, jobs_of(request).view(work_of(request, asked).key))
    stem, _, kind = name.rpartition(".")
    content = None
    if context["chart"] is not None and stem == "chart" and kind in downloads.DRAWINGS:
        chart = context["chart"]
        content = chart.png() if kind == "png" else (chart.svg() if kind == "svg" else chart.html()).encode()
    elif context["told"] is not None and name in context["files"]:
        content = downloads.table(context["told"].tables(), stem, kind)
    if content is None:
        raise WebError.one("WC722", "there is no such answer (any more)", "forecast again")
    return downloads.attachment(f"forecast-{stem}", kind, content)

"""Ask: the same worlds with something changed; what it does to every outcome, soon and then sharper."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError
from whipcount.text import language, mark
from whipcount.web import downloads
from whipcount.web.asking import PAIRS, AskWork, Told
from whipcount.web.changes import Change, Teller
from whipcount.web.effect_rows import shown
from whipcount.web.engine_room import begin_job, jobs_of
from whipcount.web.findings import dated, finding_of
from whipcount.web.jobs import JobView
from whipcount.web.parting import WorldWork
from whipcount.web.rendering import render, settings_of, subject_of
from whipcount.web.security import visitor_of

if TYPE_CHECKING:
    from whipcount.web.subject import Subject

PATH = "/ask"
TITLE = mark("Ask")
ORDER = 30
MOST_CHANGES = 12
LONGEST = 2_000  # letters of one change: an added event is written out


def routes() -> list[Route]:
    """The page, its answer as a part of it, beginning and cancelling, and the answer to take away."""
    return [
        Route(PATH, ask, name="ask"),
        Route("/ask/answer", answer, name="answer"),
        Route("/ask/begin", begin, methods=["POST"], name="begin"),
        Route("/ask/cancel", cancel, methods=["POST"], name="cancel"),
        Route("/ask/take.{kind}", take, name="take"),
        Route("/ask/world", world, name="world"),
        Route("/ask/world/answer", world_answer, name="world_answer"),
        Route("/ask/world/begin", begin_world, methods=["POST"], name="begin_world"),
    ]


@dataclass(frozen=True)
class Question:
    """What the address asks."""

    do: tuple[str, ...]
    given: tuple[str, ...]
    runs: int

    @property
    def query(self) -> str:
        """The question as it stands in an address."""
        pairs = [("do", text) for text in self.do] + [("given", text) for text in self.given]
        return urlencode([*pairs, ("runs", str(self.runs))])


def question_of(request: Request) -> Question:
    """The question in an address. Raises WebError (WC720) where it is too long."""
    query = request.query_params
    do = _lines([*query.getlist("do"), *query.getlist("more")])
    given = _lines(query.getlist("given"))
    if len(do) > MOST_CHANGES or any(len(text) > LONGEST for text in (*do, *given)) or len(given) > MOST_CHANGES:
        raise WebError.one("WC720", "too many changes or conditions at once", f"give at most {MOST_CHANGES}, in short")
    runs = query.get("runs", "")
    return Question(do, given, int(runs) if runs in {str(number) for number in PAIRS} else PAIRS[1])


def _lines(texts: list[str]) -> tuple[str, ...]:
    """Lines of texts, each once, without blanks around."""
    lines = (" ".join(line.split()) for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def work_of(request: Request, question: Question) -> AskWork:
    """The question as work."""
    subject, settings = subject_of(request), settings_of(request)
    return AskWork(
        subject.loaded, question.do, question.given, question.runs, subject.seed, settings.data_dir, replayable(subject)
    )


def replayable(subject: Subject) -> int:
    """Runs below this number can be replayed."""
    return subject.results.logged if subject.results is not None else subject.settings.runs


async def ask(request: Request) -> Response:
    """The whole page; a form as a browser sends it is first put into its one address."""
    question = question_of(request)
    if "more" in request.query_params or "" in request.query_params.getlist("given"):
        kept = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
        return RedirectResponse(f"{PATH}?{question.query}" + (f"&{urlencode(kept)}" if kept else ""), 303)
    return await run_in_threadpool(_page, request, question)


def _page(request: Request, question: Question) -> Response:
    subject = subject_of(request)
    teller = subject.kept(("teller", language()), partial(Teller, subject.loaded))
    groups = subject.kept(("changes", language()), teller.groups)
    suggested = {change.text for group in groups for change in group.changes}
    view = jobs_of(request).view(work_of(request, question).key) if question.do else None
    return render(
        request,
        "ask.html",
        question=question,
        chosen=[Change(text, teller.told(text)) for text in question.do],
        groups=groups,
        more="\n".join(text for text in question.do if text not in suggested),
        outcomes=[(one.id, one.name.in_language()) for one in subject.loaded.scenario.outcomes],
        sizes=PAIRS,
        **_answered(request, question, view),
    )


def _answered(request: Request, question: Question, view: JobView | None) -> dict[str, Any]:
    """What the part of the page that tells the answer needs."""
    subject = subject_of(request)
    teller = subject.kept(("teller", language()), partial(Teller, subject.loaded))
    told: Told | None = view.result if view is not None else None
    lang = f"&lang={request.query_params['lang']}" if "lang" in request.query_params else ""
    rows = (
        shown(
            told.answer.effects,
            told.flips,
            subject.labels(),
        )
        if told is not None
        else None
    )
    return {
        "asked": bool(question.do),
        "query": question.query + lang,
        "do_query": urlencode([("do", text) for text in question.do]) + lang,
        "view": view,
        "told": told,
        "shown": rows,
        "words": dated(told.answer.words(), subject.labels()).splitlines() if told is not None else [],
        "finding": finding_of(teller, told.answer) if told is not None else "",
        "problems": view.problems if view is not None else (),
        "many": [effect.outcome for effect in told.answer.effects] if told is not None else [],
    }


def answer(request: Request) -> Response:
    """How the answer stands, as a part of the page."""
    question = question_of(request)
    view = jobs_of(request).view(work_of(request, question).key) if question.do else None
    return _part(request, question, view)


def begin(request: Request) -> Response:
    """Begin to answer; told as a part of the page, or as the page where a browser runs no scripts."""
    question = question_of(request)
    problems: tuple[Problem, ...] = ()
    view = None
    try:
        if not question.do:
            raise WebError.one("WC721", "nothing is to be different", "choose a change, or write one")
        view = begin_job(request, work_of(request, question))
    except WebError as error:
        if "hx-request" not in request.headers:
            raise
        problems = error.problems
    return _part(request, question, view, problems)


def cancel(request: Request) -> Response:
    """Stop answering, as far as this visitor goes."""
    question = question_of(request)
    view = jobs_of(request).cancel(work_of(request, question).key, visitor_of(request))
    return _part(request, question, view)


def _part(request: Request, question: Question, view: JobView | None, problems: tuple[Problem, ...] = ()) -> Response:
    context = _answered(request, question, view)
    if "hx-request" not in request.headers and request.method == "POST":
        return RedirectResponse(f"{PATH}?{context['query']}", 303)
    return render(request, "parts/answer.html", **{**context, "problems": problems or context["problems"]})


# -- one run in both worlds ------------------------------------------------------------------------------------------


def world_of(request: Request) -> tuple[Question, WorldWork]:
    """A run of the address in both worlds. Raises WebError: WC720 too long, WC721 no change, WC723 no such run."""
    question, subject = question_of(request), subject_of(request)
    given = request.query_params.get("run", "")
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise WebError.one("WC723", f"run {given[:20]!r} is no number of a run", "the links of an answer lead here")
    if not question.do:
        raise WebError.one("WC721", "nothing is to be different", "the links of an answer lead here")
    return question, WorldWork(subject.loaded, question.do, subject.seed, int(given), language())


def world(request: Request) -> Response:
    """A run as it was and as it is with the change, day by day from where they part."""
    question, work = world_of(request)
    teller = subject_of(request).kept(("teller", language()), partial(Teller, subject_of(request).loaded))
    chosen = [Change(text, teller.told(text)) for text in question.do]
    view = jobs_of(request).view(work.key)
    return render(request, "world.html", chosen=chosen, **_parted(request, question, work, view))


def _parted(
    request: Request, question: Question, work: WorldWork, view: JobView | None, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    lang = f"&lang={request.query_params['lang']}" if "lang" in request.query_params else ""
    return {
        "run": work.run,
        "query": f"run={work.run}&{question.query}{lang}",
        "back": f"{PATH}?{question.query}{lang}",
        "view": view,
        "parting": view.result if view is not None else None,
        "problems": problems or (view.problems if view is not None else ()),
        "replayable": work.run < replayable(subject_of(request)),
    }


def world_answer(request: Request) -> Response:
    """Both worlds as a part of the page."""
    question, work = world_of(request)
    return render(request, "parts/parting.html", **_parted(request, question, work, jobs_of(request).view(work.key)))


def begin_world(request: Request) -> Response:
    """Begin to run both worlds."""
    question, work = world_of(request)
    view, problems = None, tuple[Problem, ...]()
    try:
        view = begin_job(request, work)
    except WebError as error:
        if "hx-request" not in request.headers:
            raise
        problems = error.problems
    context = _parted(request, question, work, view, problems)
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/ask/world?{context['query']}", 303)
    return render(request, "parts/parting.html", **context)


async def take(request: Request) -> Response:
    """The finished answer as a file."""
    return await run_in_threadpool(_take, request)


def _take(request: Request) -> Response:
    kind, question = request.path_params["kind"], question_of(request)
    view = jobs_of(request).view(work_of(request, question).key) if question.do else None
    if view is None or view.result is None:
        raise WebError.one("WC722", "there is no such answer (any more)", "ask the question again")
    found: Told = view.result
    if kind == "json":
        content: bytes | None = json.dumps(found.answer.record(), ensure_ascii=False, default=str).encode()
    elif kind in downloads.DRAWINGS:
        chart = found.answer.chart()
        content = chart.png() if kind == "png" else (chart.svg() if kind == "svg" else chart.html()).encode()
    else:
        content = downloads.table(found.answer.tables(), "", kind)
    if content is None:
        raise WebError.one("WC722", f"answers are not given as {kind[:10]!r}", f"as {', '.join(downloads.KINDS)}")
    return downloads.attachment(f"ask-{found.answer.slug}", kind, content)

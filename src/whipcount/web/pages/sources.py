"""Sources: the works that a crisis rests on, passage by passage, with a text of the reader's own beside them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError
from whipcount.report.groundwork import (
    CLAIMS,
    FACTS,
    KINDS,
    VALUES,
    Groundwork,
    Passage,
    Resting,
    all_groundwork,
    assumed,
    groundwork,
)
from whipcount.text import LANGUAGES, language, mark, say, say_many, speaking
from whipcount.web.own_texts import MOST_BYTES, OwnTexts
from whipcount.web.rendering import address, render, settings_of, subject_of
from whipcount.web.security import FORM_BYTES

if TYPE_CHECKING:
    from whipcount.web.subject import Subject

PATH = "/sources"
TITLE = mark("Sources")
ORDER = 45
TEXTS = "texts"  # folder below the reader's own scenarios
HEADS = {CLAIMS: mark("Claims"), FACTS: mark("Facts"), VALUES: mark("Values")}
BARE = "bare"
SHOWN = {
    "": mark("everything"),
    CLAIMS: mark("passages with claims"),
    FACTS: mark("passages with facts"),
    VALUES: mark("passages with values"),
    BARE: mark("passages that nothing rests on"),
}


def routes() -> list[Route]:
    """The list and one work; bringing a text and taking it away."""
    return [
        Route(PATH, sources, name="sources"),
        Route("/sources/text", bring, methods=["POST"], name="bring_text"),
        Route("/sources/forget", forget, methods=["POST"], name="forget_text"),
    ]


def warm(subject: Subject) -> None:
    """Tell what rests on what once."""
    for chosen in LANGUAGES:
        with speaking(chosen):
            _works(subject)


def _works(subject: Subject) -> tuple[Groundwork, ...]:
    return subject.kept(("groundwork", language()), partial(all_groundwork, subject.loaded))


def sources(request: Request) -> Response:
    """All works, or the one that the address names."""
    chosen = request.query_params.get("source", "")
    return _one(request, chosen) if chosen else _all(request)


def texts_of(request: Request) -> OwnTexts:
    """Where the reader's texts are kept."""
    return OwnTexts(settings_of(request).studio / TEXTS)


def _all(request: Request) -> Response:
    subject = subject_of(request)
    works = _works(subject)
    unfounded: tuple[tuple[Resting, str], ...] = subject.kept(("assumed", language()), partial(assumed, subject.loaded))
    by_section: dict[str, list[tuple[Resting, str]]] = {}
    for one, reason in unfounded:
        by_section.setdefault(one.section, []).append((one, reason))
    return render(
        request,
        "sources.html",
        accounts=[one for one in works if one.account],
        others=[one for one in works if not one.account],
        finding=_finding(works, len(unfounded)),
        numbers=numbers,
        unfounded=by_section,
        link=partial(link_of, request, subject),
    )


def _finding(works: tuple[Groundwork, ...], unfounded: int) -> str:
    """How much rests on how many works, and how much on none."""
    resting = len({one.path for work in works for passage in work.passages for one in passage.rests})
    return say(
        "{resting} of this model rest on {works}; {unfounded} are assumed, each with its reason.",
        resting=say_many("{n} statement", "{n} statements", resting),
        works=say_many("{n} work", "{n} works", len(works)),
        unfounded=say_many("{n} value", "{n} values", unfounded),
    )


def numbers(work: Groundwork | Passage) -> str:
    """How much of each kind rests on a work or a passage: "3 claims, 12 facts, 40 values"."""
    count = work.number if isinstance(work, Groundwork) else lambda kind: len(work.of(kind))
    told = [
        say_many("{n} claim", "{n} claims", count(CLAIMS)) if count(CLAIMS) else "",
        say_many("{n} fact", "{n} facts", count(FACTS)) if count(FACTS) else "",
        say_many("{n} value", "{n} values", count(VALUES)) if count(VALUES) else "",
    ]
    return ", ".join(filter(None, told)) or say("nothing")


def _one(request: Request, chosen: str, problems: tuple[Problem, ...] = ()) -> Response:
    subject = subject_of(request)
    text = texts_of(request).read(subject.loaded.slug, chosen)
    work = groundwork(subject.loaded, chosen, text)
    if work is None:
        raise WebError.one("WC746", f"there is no source {chosen[:80]!r}", "choose one of the list")
    shown = request.query_params.get("show", "")
    passages = [one for one in work.passages if _is_shown(one, shown)]
    return render(
        request,
        "source.html",
        400 if problems else 200,
        work=work,
        passages=passages,
        finding=_found(work),
        heads={kind: say(HEADS[kind]) for kind in KINDS},
        by_section=by_section,
        shown=shown,
        choices={key: say(name) for key, name in SHOWN.items()},
        numbers=numbers,
        has_text=bool(text),
        problems=problems,
        query=urlencode(_kept(request, chosen)),
        link=partial(link_of, request, subject),
    )


def _kept(request: Request, chosen: str) -> dict[str, str]:
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return {"source": chosen, **lang}


def _is_shown(passage: Passage, shown: str) -> bool:
    if shown == BARE:
        return not passage.rests
    return bool(passage.of(shown)) if shown in KINDS else True


def _found(work: Groundwork) -> str:
    """What rests on the work, and, beside a text of the reader's, on how much of it nothing does."""
    told = say("On this work rest: {numbers}.", numbers=numbers(work))
    paragraphs = sum(bool(one.text) for one in work.passages)
    if not paragraphs:
        return told
    if not work.bare:
        return f"{told} {say('Every paragraph of your text carries something.')}"
    bare = ", ".join(f"¶ {one.where}" for one in work.bare[:12])
    more = " …" if len(work.bare) > 12 else ""
    nothing = say(
        "Nothing rests on {bare} of your {all} paragraphs: {which}.",
        bare=len(work.bare),
        all=paragraphs,
        which=bare + more,
    )
    return f"{told} {nothing}"


def by_section(rests: tuple[Resting, ...]) -> dict[str, list[Resting]]:
    """What rests on a passage, by what sort of thing it is."""
    found: dict[str, list[Resting]] = {}
    for one in rests:
        found.setdefault(one.section, []).append(one)
    return found


def link_of(request: Request, subject: Subject, one: Resting) -> str:
    """Where on these pages a thing is looked at; empty where nowhere."""
    section = one.path.split(".")[0]
    if section == "claims":
        testable = any(claim.id == one.ident and claim.outcome is not None for claim in subject.loaded.scenario.claims)
        if testable:
            return address(request, "/claims", claim=one.ident) + "#answer"
        return address(request, "/claims") + f"#claim-{one.ident}"
    if section == "record" and one.day is not None:
        return address(request, "/") + f"#day-{one.day}"
    if section == "actors":
        return address(request, "/", who=one.ident) + "#chosen"
    return address(request, "/") + f"#body-{one.ident}" if section == "bodies" else ""


async def bring(request: Request) -> Response:
    """Keep a text that was pasted or uploaded, and lead to its work."""
    chosen = request.query_params.get("source", "")
    async with request.form(max_files=1, max_fields=10, max_part_size=MOST_BYTES + FORM_BYTES) as form:
        file = form.get("file")
        named = isinstance(file, UploadFile) and bool(file.filename)
        content = await file.read() if isinstance(file, UploadFile) and named else str(form.get("text", "")).encode()
    return await run_in_threadpool(_brought, request, chosen, content)


def _brought(request: Request, chosen: str, content: bytes) -> Response:
    loaded = subject_of(request).loaded
    if chosen not in {source.id for source in loaded.scenario.sources}:
        raise WebError.one("WC746", f"there is no source {chosen[:80]!r}", "choose one of the list")
    try:
        texts_of(request).save(loaded.slug, chosen, content)
    except WebError as error:
        return _one(request, chosen, error.problems)
    return RedirectResponse(f"{PATH}?{urlencode(_kept(request, chosen))}#passages", 303)


async def forget(request: Request) -> Response:
    """Take a text away again."""
    chosen = request.query_params.get("source", "")
    await run_in_threadpool(texts_of(request).forget, subject_of(request).loaded.slug, chosen)
    return RedirectResponse(f"{PATH}?{urlencode(_kept(request, chosen))}", 303)

"""Studio: a crisis written or uploaded on the page, checked while it is written, kept in one folder, and run."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError, WhipcountError
from whipcount.scenario.scaffold import scaffold
from whipcount.text import language, mark
from whipcount.web import downloads
from whipcount.web.engine_room import TABLES, begin_job, jobs_of
from whipcount.web.jobs import JobView
from whipcount.web.rendering import lang_query, render, settings_of, subjects_of
from whipcount.web.security import FORM_BYTES, visitor_of
from whipcount.web.studio import MOST_BYTES, ExamineWork, Studio, name_of_upload
from whipcount.web.uploads import TableShelf, Upload

PATH = "/studio"
TITLE = mark("Studio")
ORDER = 70
NEW = "my-crisis"


def routes() -> list[Route]:
    """The editor, keeping and taking a file, checking a text, running a file."""
    return [
        Route(PATH, studio, name="studio"),
        Route(PATH, keep, methods=["POST"], name="keep"),
        Route("/studio/check", check, methods=["POST"], name="check_text"),
        Route("/studio/checked", checked, name="checked"),
        Route("/studio/cancel", cancel, methods=["POST"], name="cancel_check"),
        Route("/studio/take/{name}.yaml", take, name="take_scenario"),
        Route("/studio/run", run, methods=["POST"], name="run_scenario"),
    ]


def folder_of(request: Request) -> Studio:
    """The reader's own files."""
    return Studio(settings_of(request).studio)


def shelf_of(request: Request) -> TableShelf:
    """Where texts lie that are being checked."""
    return TableShelf(settings_of(request).data_dir / TABLES)


def work_of(request: Request, text: str) -> ExamineWork:
    """The check of a text as work."""
    limits = settings_of(request).limits
    return ExamineWork(text, language(), 3 * limits.upload_seconds, limits.upload_memory)


async def studio(request: Request) -> Response:
    """The editor with a file, or with a new one to start from."""
    name = request.query_params.get("file", "")
    problems: tuple[Problem, ...] = ()
    try:
        text = folder_of(request).read(name) if name else scaffold(NEW)
    except WebError as error:
        name, text, problems = "", scaffold(NEW), error.problems
    return await run_in_threadpool(_page, request, name, text, problems)


def _page(
    request: Request, name: str, text: str, problems: tuple[Problem, ...] = (), *, proposed: str = ""
) -> Response:
    view = jobs_of(request).view(work_of(request, text).key)
    return render(
        request,
        "studio.html",
        400 if problems else 200,
        file=name,
        proposed=proposed or name or NEW,
        text=text,
        own=folder_of(request).names(),
        wrong=problems,
        **_told(request, shelf_of(request).put(_kept(text)) if view is not None else "", view),
    )


def _kept(text: str) -> Upload:
    return Upload("scenario.yaml", "yaml", text.encode())


def _told(request: Request, text_id: str, view: JobView | None, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return {
        "query": urlencode({"text": text_id, **lang}),
        "text_id": text_id,
        "view": view,
        "examined": view.result if view is not None else None,
        "problems": problems or (view.problems if view is not None else ()),
    }


async def keep(request: Request) -> Response:
    """Keep what is written or uploaded, and lead to it."""
    most = MOST_BYTES + FORM_BYTES
    async with request.form(max_files=1, max_fields=10, max_part_size=most) as form:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else None
        given = file.filename or "" if isinstance(file, UploadFile) else ""
        name, text = str(form.get("name", "")).strip(), str(form.get("text", ""))
    try:
        if content is not None:
            name, text = name_of_upload(given), _decoded(content)
        await run_in_threadpool(folder_of(request).save, name, text)
    except WhipcountError as error:
        return await run_in_threadpool(_page, request, "", text, error.problems, proposed=name[:60])
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return RedirectResponse(f"{PATH}?{urlencode({'file': name, **lang})}", 303)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WebError.one("WC744", "the file is no text in UTF-8", "save it as plain text, in UTF-8") from None


async def check(request: Request) -> Response:
    """Begin to check a text as it stands in the editor."""
    async with request.form(max_files=0, max_fields=10, max_part_size=MOST_BYTES + FORM_BYTES) as form:
        text, name = str(form.get("text", "")).replace("\r\n", "\n"), str(form.get("name", ""))[:60]
    return await run_in_threadpool(_checked, request, text, name)


def _checked(request: Request, text: str, name: str) -> Response:
    view, problems, kept = None, tuple[Problem, ...](), ""
    try:
        if len(text.encode()) > MOST_BYTES:
            raise WebError.one("WC744", "the scenario is too large", f"at most {MOST_BYTES:,} bytes are read")
        kept = shelf_of(request).put(_kept(text))
        view = begin_job(request, work_of(request, text))
    except WebError as error:
        problems = error.problems
    if "hx-request" not in request.headers:  # the button, pressed: the whole page, with what was written in it
        own = name if name in folder_of(request).names() else ""
        return _page(request, own, text, problems, proposed=name)
    return render(request, "parts/examined.html", **_told(request, kept, view, problems))


def checked(request: Request) -> Response:
    """How the check of a text stands, as a part of the page."""
    kept, text = _text_of(request)
    view = jobs_of(request).view(work_of(request, text).key)
    return render(request, "parts/examined.html", **_told(request, kept, view))


def cancel(request: Request) -> Response:
    """Stop checking."""
    kept, text = _text_of(request)
    view = jobs_of(request).cancel(work_of(request, text).key, visitor_of(request))
    return render(request, "parts/examined.html", **_told(request, kept, view))


def _text_of(request: Request) -> tuple[str, str]:
    kept = request.query_params.get("text", "")[:40]
    return kept, shelf_of(request).get(kept).content.decode()


def take(request: Request) -> Response:
    """A file of one's own to take away."""
    name = request.path_params["name"]
    return downloads.attachment(name, "yaml", folder_of(request).read(name).encode())


async def run(request: Request) -> Response:
    """Look into a file of one's own; only one whose check found nothing wrong is loaded here."""
    async with request.form(max_files=0, max_fields=10) as form:
        name = str(form.get("name", ""))
    return await run_in_threadpool(_run, request, name)


def _run(request: Request, name: str) -> Response:
    from whipcount.web.pages import warm_all

    try:
        text = folder_of(request).read(name)
        view = jobs_of(request).view(work_of(request, text).key)
        if view is None or view.result is None or view.result.problems:
            raise WebError.one("WC745", f"{name!r} has not been checked, or has mistakes", "check it first")
        subjects_of(request).open_scenario(visitor_of(request), str(folder_of(request).path(name)), warm_all)
    except WebError as error:
        known = name if name in folder_of(request).names() else ""
        return _page(request, known, folder_of(request).read(known) if known else "", error.problems)
    return RedirectResponse("/" + lang_query(request), 303)

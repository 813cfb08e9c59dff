"""Studio: a crisis written or uploaded on the page, checked while it is written, kept in one folder, and run."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError, WhipcountError
from whipcount.scenario.draft import Draft, new_draft, write
from whipcount.scenario.scaffold import scaffold
from whipcount.text import language, mark
from whipcount.web import downloads
from whipcount.web.draft_forms import MOST_ROWS, acted, draft_of, draft_of_parties, lists_of
from whipcount.web.engine_room import TABLES, begin_job, jobs_of
from whipcount.web.jobs import JobView
from whipcount.web.rendering import lang_query, render, settings_of, subjects_of
from whipcount.web.security import FORM_BYTES, MOST_FIELDS, visitor_of
from whipcount.web.studio import MOST_BYTES, Examined, ExamineWork, Studio, examined, name_of_upload
from whipcount.web.uploads import TableShelf, Upload

if TYPE_CHECKING:
    from whipcount.web.subject import Subject

PATH = "/studio"
TITLE = mark("Studio")
ORDER = 70
NEW = "my-crisis"
KEEP_SECONDS, RUN_SECONDS = 2.0, 60.0  # that a check is waited for before the page says that it goes on


def routes() -> list[Route]:
    """The editor, keeping and taking a file, checking a text, running a file."""
    return [
        Route(PATH, studio, name="studio"),
        Route(PATH, keep, methods=["POST"], name="keep"),
        Route("/studio/forms", forms, methods=["POST"], name="write_forms"),
        Route("/studio/check", check, methods=["POST"], name="check_text"),
        Route("/studio/checked", checked, name="checked"),
        Route("/studio/cancel", cancel, methods=["POST"], name="cancel_check"),
        Route("/studio/take/{name}.yaml", take, name="take_scenario"),
        Route("/studio/run", run, methods=["POST"], name="run_scenario"),
    ]


def warm(subject: Subject) -> None:  # noqa: ARG001 - the forms are the same whatever is looked into
    """Load what checks and draws, so that the first newcomer need not wait for it."""
    draft = _new()
    examined(write(draft).text, draft)


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
    """The forms and the text of a file, of a table that was counted, or of a new crisis to start from."""
    return await run_in_threadpool(_studio, request)


def _studio(request: Request) -> Response:
    query = request.query_params
    name = query.get("file", "")
    try:
        if name:
            return _page(request, name, folder_of(request).read(name))
        if query.get("start") == "example":
            return _page(request, "", scaffold(NEW))
        if "table" in query:
            return _of_draft(request, draft_of_count(request))
    except WebError as error:
        return _of_draft(request, _new(), error.problems)
    return _of_draft(request, _new())


def _new() -> Draft:
    return new_draft(dt.datetime.now(tz=dt.UTC).date())


def draft_of_count(request: Request) -> Draft:
    """A crisis to begin with from a table that has been counted. Raises WebError (WC722)."""
    from whipcount.web.pages import count

    asked = count.asked_of(request.query_params)
    view = jobs_of(request).view(count.work_of(request, asked).key)
    if view is None or view.result is None:
        raise WebError.one("WC722", "there is no such answer (any more)", "count the table again")
    if not view.result.parties:
        raise WebError.one(
            "WC722", "the answer holds no seats of parties", "count a table with the columns party and seats"
        )
    return draft_of_parties(_new(), view.result.parties)


def _of_draft(request: Request, draft: Draft, wrong: tuple[Problem, ...] = (), focus: str = "") -> Response:
    """The page with forms as they were sent or begun, and the text that they write."""
    text = write(draft).text
    found = examined(text, draft)
    return _whole(request, "", text, found, None, wrong, focus=focus)


def _page(
    request: Request, name: str, text: str, problems: tuple[Problem, ...] = (), *, proposed: str = ""
) -> Response:
    """The page with a text; in forms too, as far as it is known whether they can hold it."""
    view = jobs_of(request).view(work_of(request, text).key)
    return _whole(request, name, text, view.result if view is not None else None, view, problems, proposed=proposed)


def _whole(
    request: Request,
    name: str,
    text: str,
    found: Examined | None,
    view: JobView | None,
    wrong: tuple[Problem, ...] = (),
    *,
    proposed: str = "",
    focus: str = "",
) -> Response:
    own = folder_of(request).names()
    return render(
        request,
        "studio.html",
        400 if wrong else 200,
        proposed=proposed or name or _free(own),
        own=own,
        wrong=wrong,
        text=text,
        fresh=found is None,
        **_in_forms(found, name, focus),
        **_told(request, shelf_of(request).put(_kept(text)) if view is not None else "", view, found=found),
    )


def _free(own: tuple[str, ...]) -> str:
    """A name that no file has yet."""
    return next(
        name for number in range(1, len(own) + 2) if (name := f"{NEW}-{number}" if number > 1 else NEW) not in own
    )


def _in_forms(found: Examined | None, name: str = "", focus: str = "") -> dict[str, Any]:
    """What the forms need; nothing of a text is known before it has been examined."""
    draft = found.draft if found is not None else None
    return {
        "draft": draft,
        "beyond": found.beyond if found is not None else (),
        "reading": found is None,
        "faults": {one.field: one for one in found.led} if found is not None else {},
        "file": name,
        "focus": focus,
        "most": MOST_ROWS,
        "oob": False,
        "dict": dict,
        **(lists_of(draft) if draft is not None else {}),
    }


def _kept(text: str) -> Upload:
    return Upload("scenario.yaml", "yaml", text.encode())


def _told(
    request: Request,
    text_id: str,
    view: JobView | None,
    problems: tuple[Problem, ...] = (),
    found: Examined | None = None,
) -> dict[str, Any]:
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return {
        "query": urlencode({"text": text_id, **lang}),
        "text_id": text_id,
        "view": view,
        "examined": found or (view.result if view is not None else None),
        "problems": problems or (view.problems if view is not None else ()),
    }


async def forms(request: Request) -> Response:
    """What the forms write, with its mistakes at their fields; with a row more or less where that is asked."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=FORM_BYTES) as form:
        draft, focus = acted(draft_of(form), str(form.get("act", "")))
        has_changed = str(form.get("act", "write")) not in ("", "write")
    return await run_in_threadpool(_formed, request, draft, focus, has_changed)


def _formed(request: Request, draft: Draft, focus: str, has_changed: bool) -> Response:
    if "hx-request" not in request.headers:
        return _of_draft(request, draft, focus=focus)
    text = write(draft).text
    found = examined(text, draft)
    return render(
        request,
        "parts/formed.html",
        text=text,
        fresh=False,
        whole=has_changed,
        **_in_forms(found, focus=focus),
        **_told(request, "", None, found=found),
    )


async def keep(request: Request) -> Response:
    """Keep what is written or uploaded, and lead to it."""
    most = MOST_BYTES + FORM_BYTES
    async with request.form(max_files=1, max_fields=10, max_part_size=most) as form:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else None
        given = file.filename or "" if isinstance(file, UploadFile) else ""
        name, text = str(form.get("name", "")).strip(), str(form.get("text", "")).replace("\r\n", "\n")
        then = str(form.get("then", ""))
    return await run_in_threadpool(_keep, request, name, text, (given, content), then == "run")


def _keep(request: Request, name: str, text: str, file: tuple[str, bytes | None], runs: bool) -> Response:
    given, content = file
    try:
        if content is not None:
            name, text = name_of_upload(given), _decoded(content)
        folder_of(request).save(name, text)
        with contextlib.suppress(WebError):  # where no more can be waited for, the page asks again
            view = begin_job(request, work_of(request, text.replace("\r\n", "\n")))
            jobs_of(request).wait(view.id, RUN_SECONDS if runs else KEEP_SECONDS)
    except WhipcountError as error:
        return _page(request, "", text, error.problems, proposed=name[:60])
    if runs:
        return _run(request, name)
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
    return _part(request, kept, view, problems)


def checked(request: Request) -> Response:
    """How the check of a text stands, as a part of the page."""
    kept, text = _text_of(request)
    view = jobs_of(request).view(work_of(request, text).key)
    return _part(request, kept, view)


def cancel(request: Request) -> Response:
    """Stop checking."""
    kept, text = _text_of(request)
    view = jobs_of(request).cancel(work_of(request, text).key, visitor_of(request))
    return _part(request, kept, view)


def _part(request: Request, kept: str, view: JobView | None, problems: tuple[Problem, ...] = ()) -> Response:
    """How the check of a text stands; when it is done, the forms follow."""
    found = view.result if view is not None else None
    context = {**_in_forms(found), **_told(request, kept, view, problems)}
    if found is None:
        return render(request, "parts/examined.html", **context)
    return render(request, "parts/checked.html", **context)


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

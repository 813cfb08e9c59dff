"""Count: a table of one's own, pasted or uploaded; power, coalitions, bargains, governments, votes, with charts."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError, WhipcountError
from whipcount.text import language, mark, say
from whipcount.web import downloads
from whipcount.web.counting import Counted, CountWork, Kind, example_votes, kinds
from whipcount.web.engine_room import TABLES, begin_job, jobs_of
from whipcount.web.jobs import JobView
from whipcount.web.rendering import address, render, settings_of
from whipcount.web.security import FORM_BYTES, MOST_FIELDS, visitor_of
from whipcount.web.uploads import TableShelf, Upload, accepted, pasted
from whipcount.web.workbench import COLOUR, ROLES, Grid, empty_grid, grid_of, grid_of_form, known_in, lacking

PATH = "/count"
TITLE = mark("Count")
ORDER = 60
EXAMPLE = "example"
LONGEST_OPTION = 2_000
MOST_PASTED = 200_000  # letters of a table that are put back into the form


def routes() -> list[Route]:
    """The page, taking a table, its answer as a part of the page, and files to take away."""
    return [
        Route(PATH, count, name="count"),
        Route(PATH, bring, methods=["POST"], name="bring"),
        Route("/count/answer", answer, name="counted"),
        Route("/count/begin", begin, methods=["POST"], name="begin_count"),
        Route("/count/cancel", cancel, methods=["POST"], name="cancel_count"),
        Route("/count/take/{name}", take, name="take_count"),
    ]


@dataclass(frozen=True)
class Asked:
    """What the address asks: the kind of count, the table's id, the options."""

    kind: Kind
    table: str
    options: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        """It as it stands in an address."""
        table = [("table", self.table)] if self.table else []
        return urlencode([("kind", self.kind.name), *table, *self.options])

    def option(self, name: str) -> str:
        """The value of an option, empty where it is not given."""
        return dict(self.options).get(name, "")


def asked_of(given: Any) -> Asked:
    """What an address or a form asks. Raises WebError (WC736) where an option is too long."""
    kind = kinds().get(str(given.get("kind", "")), next(iter(kinds().values())))
    options = []
    for option in kind.options:
        value = str(given.get(option.name, "")).replace("\r\n", "\n").strip()
        if len(value) > LONGEST_OPTION:
            raise WebError.one("WC736", f"{option.name} has {len(value)} letters", f"at most {LONGEST_OPTION} are read")
        if value:
            options.append((option.name, value))
    return Asked(kind, str(given.get("table", ""))[:40], tuple(options))


def work_of(request: Request, asked: Asked) -> CountWork:
    """The count as work. Raises WebError (WC733) where the table is not kept."""
    limits = settings_of(request).limits
    options = asked.options
    if asked.table == EXAMPLE and not options:
        options = tuple(asked.kind.form.settings.items())
    upload = table_of(request, asked)
    return CountWork(asked.kind.name, upload, options, language(), 1.5 * limits.upload_seconds, limits.upload_memory)


def table_of(request: Request, asked: Asked) -> Upload:
    """The table that an address names."""
    if asked.table == EXAMPLE:
        return pasted(asked.kind.form.example or example_votes(), 1_000_000)
    return shelf_of(request).get(asked.table)


def shelf_of(request: Request) -> TableShelf:
    """Where tables are kept."""
    return TableShelf(settings_of(request).data_dir / TABLES)


def count(request: Request) -> Response:
    """The page: the form, and the answer where the address names a table."""
    asked = asked_of(request.query_params)
    problems: tuple[Problem, ...] = ()
    work = None
    if asked.table:
        try:
            work = work_of(request, asked)
        except WhipcountError as error:
            problems = error.problems
    view = jobs_of(request).view(work.key) if work is not None else None
    return _page(request, asked, work.upload if work is not None else None, view, problems)


def _page(
    request: Request,
    asked: Asked,
    upload: Upload | None,
    view: JobView | None,
    problems: tuple[Problem, ...] = (),
    text: str | None = None,
    status: int = 200,
) -> Response:
    shown = upload.text if upload is not None else text
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return render(
        request,
        "count.html",
        status,
        **_kinds_for(request, asked),
        **_grid_for(request, asked, upload, view),
        asked=asked,
        upload=upload,
        text=shown if shown is not None and len(shown) <= MOST_PASTED else "",
        action=PATH + ("?" + urlencode(lang) if lang else ""),
        **_answered(request, asked, view, problems),
    )


def _kinds_for(request: Request, asked: Asked) -> dict[str, Any]:
    """The kinds of counts with their addresses: those of a parliament all take the table that is there."""
    every = list(kinds().values())
    kept = {"table": asked.table} if asked.table and asked.kind.form.parliament else {}

    def leading(kind: Kind) -> str:
        if not kind.form.parliament or (asked.table == EXAMPLE and kind.form.example != asked.kind.form.example):
            return address(request, PATH, kind=kind.name)
        shared = {one.name: value for one in kind.options if (value := asked.option(one.name))}
        return address(request, PATH, kind=kind.name, **kept, **shared) + ("#answer" if kept else "")

    return {
        "parliament_kinds": [(kind, leading(kind)) for kind in every if kind.form.parliament],
        "other_kinds": [(kind, leading(kind)) for kind in every if not kind.form.parliament],
    }


def _grid_for(request: Request, asked: Asked, upload: Upload | None, view: JobView | None) -> dict[str, Any]:
    """The parliament as a grid; none for other tables, and none before there is one, unless it is asked for."""
    grid = None
    if asked.kind.form.parliament and upload is not None:
        grid = grid_of(upload.text) if upload.text is not None else _grid_of_parties(view)
    elif asked.kind.form.parliament and "grid" in request.query_params:
        grid = empty_grid()
    whole = grid.asked() if grid is not None else None
    return {"grid": whole, "roles": ROLES, "is_colour": COLOUR.fullmatch, "known": known_in(whole) if whole else ()}


def _grid_of_parties(view: JobView | None) -> Grid | None:
    """The grid of a table that is no text, once it has been read."""
    if view is None or view.result is None or not view.result.parties:
        return None
    rows = tuple(
        (one.name, str(one.seats), "" if one.at is None else f"{one.at:g}", one.colour) for one in view.result.parties
    )
    roles = ("party", "seats", "position", "colour")
    return Grid(roles, roles, rows)


def _answered(
    request: Request, asked: Asked, view: JobView | None, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    """What the part of the page that tells the answer needs."""
    lang = f"&lang={request.query_params['lang']}" if "lang" in request.query_params else ""
    counted: Counted | None = view.result if view is not None else None
    found = view.problems if view is not None else ()
    return {
        "query": asked.query + lang,
        "table": asked.table,
        "view": view,
        "counted": counted,
        "problems": problems or tuple(_told_here(problem, asked, _lacking(request, asked)) for problem in found),
    }


def _lacking(request: Request, asked: Asked) -> str:
    """What the count needs that the parliament's table does not have."""
    text = None
    if asked.kind.form.parliament and asked.table:
        with contextlib.suppress(WebError):
            text = table_of(request, asked).text
    return lacking(asked.kind.name, grid_of(text)) if text is not None else ""


def _told_here(problem: Problem, asked: Asked, lacks: str) -> Problem:
    """A problem in words of the page: it has a grid and fields, and no options of a command.

    The line is told, but not the file that the worker made for itself.
    """
    placed = replace(problem, place=replace(problem.place, file="table")) if problem.place.file else problem
    if lacks == "position":
        return Problem(
            problem.code, say("This count needs a position of each party."),
            say("Fill in the column “position” of the grid above, from left to right: 2, 5, 8."),
        )  # fmt: skip
    if lacks == "votes":
        return Problem(
            problem.code, say("This count needs the votes of each party."),
            say("Say in the grid above which column has the votes, or paste a table of parties and votes."),
        )  # fmt: skip
    if problem.code in ("WC624", "WC736") and not asked.option("seats") and "number of seats" in problem.message:
        return Problem(problem.code, say("It is not said how many seats there are to give."),
                       say("Fill in “{field}”.", field=say("Seats to give")))  # fmt: skip
    titles = {f"--{one.name.replace('_', '-')}": say(one.option.title) for one in asked.kind.options}
    hint = re.sub(r"--[a-z-]+", lambda found: f"“{titles.get(found[0], found[0])}”", placed.hint or "")
    if problem.code == "WC542" and asked.kind.form.parliament:
        hint = say("Say in the heads of the grid above what each column is.")
    return replace(placed, hint=hint)


async def bring(request: Request) -> Response:
    """Take a table, keep it, and lead to its address."""
    most = settings_of(request).limits.upload_bytes
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=most + FORM_BYTES) as form:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else None
        return await run_in_threadpool(_brought, request, form, content)


def _brought(request: Request, form: FormData, content: bytes | None) -> Response:
    most, text = settings_of(request).limits.upload_bytes, str(form.get("text", ""))
    asked = replace(asked_of(form), table="")
    try:
        file = form.get("file")
        name = file.filename if isinstance(file, UploadFile) and file.filename else ""
        if content is not None:
            upload = accepted(name, content, most)
        else:
            upload = pasted(_typed(request, form, text), most)
        asked = replace(asked, table=shelf_of(request).put(upload))
    except WhipcountError as error:
        return _page(request, asked, None, None, error.problems, text, 400)
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    return RedirectResponse(f"{PATH}?{asked.query}" + (f"&{urlencode(lang)}" if lang else ""), 303)


def _typed(request: Request, form: FormData, text: str) -> str:
    """The table that was typed: the text where it was changed, else the grid."""
    sent = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    if not any(key.startswith("role.") for key in sent):
        return text
    before = ""
    with contextlib.suppress(WebError):
        before = table_of(request, asked_of(form)).text or ""
    changed = text.strip() and text.replace("\r\n", "\n").strip() != before.replace("\r\n", "\n").strip()
    return text if changed else grid_of_form(sent).text()


def answer(request: Request) -> Response:
    """How the count stands, as a part of the page."""
    asked = asked_of(request.query_params)
    return _part(request, asked, jobs_of(request).view(work_of(request, asked).key))


def begin(request: Request) -> Response:
    """Begin to count."""
    asked = asked_of(request.query_params)
    view, problems = None, tuple[Problem, ...]()
    try:
        view = begin_job(request, work_of(request, asked))
    except WebError as error:
        if "hx-request" not in request.headers:
            raise
        problems = error.problems
    return _part(request, asked, view, problems)


def cancel(request: Request) -> Response:
    """Stop counting."""
    asked = asked_of(request.query_params)
    return _part(request, asked, jobs_of(request).cancel(work_of(request, asked).key, visitor_of(request)))


def _part(request: Request, asked: Asked, view: JobView | None, problems: tuple[Problem, ...] = ()) -> Response:
    context = _answered(request, asked, view, problems)
    if "hx-request" not in request.headers and request.method == "POST":
        return RedirectResponse(f"{PATH}?{context['query']}", 303)
    return render(request, "parts/counted.html", **context)


def take(request: Request) -> Response:
    """A table or the chart of a finished count as a file."""
    asked, name = asked_of(request.query_params), request.path_params["name"]
    view = jobs_of(request).view(work_of(request, asked).key)
    if view is None or view.result is None:
        raise WebError.one("WC722", "there is no such answer (any more)", "count the table again")
    files: dict[str, bytes] = view.result.files
    if name not in files:
        raise WebError.one("WC722", f"the answer is not given as {name[:40]!r}", f"as {', '.join(files)}")
    stem, _, kind = name.rpartition(".")
    return downloads.attachment(f"{asked.kind.name}-{stem}", kind, files[name])

"""The explorer as an application: pages, static files, and what stands around them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from whipcount.errors import Problem, WhipcountError

from .engine_room import make_jobs, running
from .i18n import Spoken
from .logs import Log, Logged
from .pages import all_routes, warm_all
from .rendering import STATIC, render
from .security import FORM_BYTES, OPEN, Gate, Guard
from .styles import stylesheet
from .subjects import Subjects

if TYPE_CHECKING:
    from .settings import Settings


def create_app(settings: Settings, log: Log | None = None) -> Starlette:
    """The application; its ensemble is begun when it starts to serve."""
    limits = settings.limits
    log = log or Log()
    gate = Gate(settings.host, settings.port, settings.token, limits.upload_bytes + FORM_BYTES, limits.upload_seconds)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        subject = app.state.subject
        subject.start()
        threading.Thread(target=warm_all, args=(subject,), name="warm", daemon=True).start()
        async with running(settings, app.state.subjects, app.state.jobs, log):
            yield
        app.state.subjects.close()

    app = Starlette(
        routes=[
            *all_routes(),
            Route("/theme.css", stylesheet, name="theme"),
            Mount("/static", Unchanging(directory=STATIC), name="static"),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(Logged, log=log),
            Middleware(Guard, gate=gate),
            Middleware(Spoken, given=settings.language),
        ],
        exception_handlers={WhipcountError: refused, 404: unknown},
    )
    app.state.settings = settings
    app.state.subjects = Subjects(settings)
    app.state.subject = app.state.subjects.first
    app.state.jobs = make_jobs(settings, app.state.subject, log)
    return app


class Unchanging(StaticFiles):
    """Files whose addresses name their contents: a browser that has one need not ask again."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, to be kept for as long as the browser likes."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def refused(request: Request, error: Exception) -> Response:
    """A coded error as a page."""
    assert isinstance(error, WhipcountError)
    return render(request, "error.html", status_of(error), problems=error.problems)


def status_of(error: WhipcountError) -> int:
    """How an error is told to programs: not yet, too much at once, or wrong."""
    codes = {problem.code for problem in error.problems}
    return 503 if codes & {"WC700", "WC710"} else 429 if "WC711" in codes else 400


def unknown(request: Request, error: Exception) -> Response:  # noqa: ARG001 - there is nothing more to say
    """An address that is nothing here; of the open ones no more, since the pages' frame names what is looked into."""
    if request.url.path.startswith(OPEN):
        return PlainTextResponse("Not found\n", 404)
    problem = Problem("WC703", f"there is no page at {request.url.path[:200]}", "the first page leads to all others")
    return render(request, "error.html", 404, problems=[problem])

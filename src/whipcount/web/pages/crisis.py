"""The crisis: who sits where, who stands where, what is documented, and what the accounts disagree on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from whipcount.web.i18n import N_
from whipcount.web.rendering import reader_language, render, subject_of

PATH = "/"
TITLE = N_("The crisis")
ORDER = 10


def routes() -> list[Route]:
    """The first page."""
    return [Route(PATH, crisis, name="crisis")]


def crisis(request: Request) -> Response:
    """The whole page."""
    language = reader_language(request)
    scenario = subject_of(request).loaded.scenario
    return render(
        request,
        "crisis.html",
        title=scenario.title.in_language(language),
        summary=scenario.summary.in_language(language),
    )

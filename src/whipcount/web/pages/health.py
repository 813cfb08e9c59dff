"""Whether the explorer works, for whoever watches it: a few numbers, and nothing of what is looked into."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from whipcount.web.engine_room import jobs_of
from whipcount.web.rendering import subject_of


def routes() -> list[Route]:
    """One address."""
    return [Route("/health", health, name="health")]


def health(request: Request) -> Response:
    """200 while questions can be answered; 503 where no worker is left."""
    jobs = jobs_of(request)
    works = jobs.is_able
    told = {"status": "ok" if works else "failing", "runs": subject_of(request).is_ready, "jobs": jobs.health()}
    return JSONResponse(told, 200 if works else 503)

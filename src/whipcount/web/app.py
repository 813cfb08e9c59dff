"""The explorer as an application: pages, static files, and what stands around them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .pages import all_routes
from .rendering import STATIC
from .styles import stylesheet
from .subject import Subject

if TYPE_CHECKING:
    from .settings import Settings


def create_app(settings: Settings) -> Starlette:
    """The application; its ensemble is begun when it starts to serve."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.subject.start()
        yield

    app = Starlette(
        routes=[
            *all_routes(),
            Route("/theme.css", stylesheet, name="theme"),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.subject = Subject(settings)
    return app

"""The style sheet: the report's own, made from the theme, so that a page and a report of a run look alike."""

from __future__ import annotations

import hashlib
from functools import cache

import jinja2
from starlette.requests import Request
from starlette.responses import Response

from whipcount.charts import theme


@cache
def shared_styles() -> str:
    """The report's style sheet with the theme's colours and type filled in, and what they become in the dark."""
    loader = jinja2.PackageLoader("whipcount.report", "templates")
    own = jinja2.PackageLoader("whipcount.web", "templates")
    known = jinja2.Environment(loader=jinja2.ChoiceLoader([loader, own]), autoescape=False)
    return "\n".join(known.get_template(name).render(theme=theme) for name in ("report.css", "dark.css"))


@cache
def styles_version() -> str:
    """A name for this state of the style sheet, to stand in its address."""
    return hashlib.sha256(shared_styles().encode()).hexdigest()[:10]


def stylesheet(request: Request) -> Response:  # noqa: ARG001 - it is the same for everyone
    """The shared style sheet."""
    return Response(shared_styles(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000"})

"""From a page's texts and numbers to HTML in the reader's language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from whipcount.charts import theme
from whipcount.charts.chart import Chart
from whipcount.text import LANGUAGES, catalogue, count, language, number, percent, say

from .i18n import language_of
from .security import visitor_of
from .styles import styles_version
from .tongues import marked

if TYPE_CHECKING:
    from starlette.requests import Request

    from .settings import Settings
    from .subject import Subject
    from .subjects import Subjects

STATIC = Path(__file__).parent / "static"


@cache
def environment(language: str) -> jinja2.Environment:
    """The templates of the explorer, and below `report/` those that it shares with the report, in one language."""
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.PackageLoader("whipcount.web", "templates"),
                jinja2.PackageLoader("whipcount.report", "templates"),
            ]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = catalogue(language)
    extended: Any = made  # by jinja2.ext.i18n
    extended.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)
    made.globals.update(say=say, theme=theme)
    made.globals.update(static=static_address, styles_version=styles_version)
    made.filters["drawing"] = drawing
    made.filters["percent"] = lambda share: percent(share)
    made.filters["number"] = lambda value, digits=1: number(value, digits)
    made.filters["in_tongue"] = lambda text: in_tongue(text, language)
    made.filters["count"] = lambda value: count(value)
    return made


def in_tongue(text: str, page: str) -> Markup:
    """A text that may be English on a page that is not, marked as English where it is: errors of the loaders."""
    foreign = page != "en" and re.search("[A-Za-z]{2}", text) is not None and re.search("[а-яё]", text, re.I) is None
    return Markup('<span lang="en">{}</span>' if foreign else "{}").format(text)


def drawing(chart: Chart | str) -> Markup:
    """A drawing of ours, with every text in it escaped when it was drawn."""
    return Markup(chart if isinstance(chart, str) else chart.svg())


@cache
def static_address(name: str) -> str:
    """The address of a static file, with its contents in it: a changed file is a new address."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def settings_of(request: Request) -> Settings:
    """What this explorer was started with."""
    settings: Settings = request.app.state.settings
    return settings


def subject_of(request: Request) -> Subject:
    """What the visitor looks into."""
    return subjects_of(request).of(visitor_of(request))


def subjects_of(request: Request) -> Subjects:
    """Every crisis of this explorer."""
    subjects: Subjects = request.app.state.subjects
    return subjects


def lang_query(request: Request) -> str:
    """The language as the address has it, as the query of another one; empty where it has none."""
    return "?" + urlencode({"lang": request.query_params["lang"]}) if "lang" in request.query_params else ""


def reader_language(request: Request) -> str:
    """The language in which this request is answered."""
    return language_of(request, settings_of(request).language)


def address(request: Request, path: str | None = None, **changes: object) -> str:
    """An address of this explorer: another page in the same language, or this one (no path) with a changed state.

    A value of None takes its key out of the address.
    """
    query = request.query_params
    if path is None:
        path, kept = request.url.path, [(key, value) for key, value in query.multi_items() if key not in changes]
    else:
        kept = [("lang", query["lang"])] if "lang" in query and "lang" not in changes else []
    kept += [(key, str(value)) for key, value in changes.items() if value is not None]
    return path + ("?" + urlencode(kept) if kept else "")


def render(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """A page or a part of one."""
    from .pages import listed

    known = environment(language())
    text = known.get_template(template).render(
        request=request,
        language=language(),
        languages=LANGUAGES,
        pages=listed(),
        here=request.url.path,
        address=lambda path=None, **changes: address(request, path, **changes),
        subject=subject_of(request),
        lang_query=lang_query(request),
        csrf_token=getattr(request.state, "csrf_token", ""),
        **context,
    )
    if language() != "en":
        text = marked(text)
    return HTMLResponse(text, status, {"Vary": "Accept-Language, Cookie", **(headers or {})})

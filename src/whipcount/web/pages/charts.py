"""Charts: every chart of the runs, and any chart of this page made ready to stand elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from whipcount.charts import charts_by, modules_for
from whipcount.charts.material import Material
from whipcount.charts.publishing import SIZES, Publication, Scheme, fragment, heading_of, png, published
from whipcount.errors import WebError
from whipcount.text import count as counted_number
from whipcount.text import language, mark, say
from whipcount.web import downloads
from whipcount.web.engine_room import jobs_of
from whipcount.web.pages.count import asked_of, work_of
from whipcount.web.rendering import render, subject_of

if TYPE_CHECKING:
    from whipcount.charts.chart import Chart
    from whipcount.web.subject import Subject

PATH = "/charts"
TITLE = mark("Charts")
ORDER = 25
LONG = 30  # rows of a chart that is unfolded on demand: its largest gaps are drawn before it
LONGEST = 300  # letters of a title, subtitle or source
KINDS = ("png", "large", "svg", "html", "csv")
SIZE_NAMES = {"600": mark("600 pixels wide"), "1200": mark("1200 pixels wide"), "square": mark("a square")}
SCHEME_NAMES = {"light": mark("light"), "dark": mark("dark")}


def routes() -> list[Route]:
    """The charts of the runs, one kind of them, a chart to be published, and its files."""
    return [
        Route(PATH, charts, name="charts"),
        Route("/charts/drawn", drawn, name="drawn_charts"),
        Route("/charts/publish", publish, name="publish"),
        Route("/charts/take/{kind}", take, name="take_chart"),
    ]


def charts(request: Request) -> Response:
    """The page; each kind of chart is drawn when its reader comes to it."""
    subject = subject_of(request)
    if not subject.is_ready:
        return render(request, "waiting.html", progress=subject.progress)
    return render(request, "charts.html", kinds=_kinds(), runs=subject.opened.runs)


def _kinds() -> list[str]:
    return [module.__name__.rpartition(".")[2] for module in modules_for(Material)]


async def drawn(request: Request) -> Response:
    """The charts of one kind, as a part of the page."""
    kind = request.query_params.get("kind", "")
    found = await run_in_threadpool(_drawn, subject_of(request), kind)
    long = kind == "outcomes" and any(len(chart.table.rows) > LONG for chart in found)
    return render(request, "parts/drawn.html", charts=found, kind=kind, long=long)


def _drawn(subject: Subject, kind: str) -> tuple[Chart, ...]:
    """The charts of one kind. Raises WebError: WC722 there is none of that name, WC700 no runs yet."""
    if kind not in _kinds():
        raise WebError.one("WC722", f"there is no chart {kind[:40]!r}", "the page of charts lists them")
    material = subject.material
    return subject.kept(("charts", kind, language()), lambda: tuple(charts_by(kind, material)))


@dataclass(frozen=True)
class Offered:
    """A chart that may be published: itself, what its address names it by, and what it says of itself."""

    chart: Chart
    query: tuple[tuple[str, str], ...]
    title: str
    subtitle: str
    source: str
    footer: str


def _offered(request: Request) -> Offered:
    """The chart that the address names: of the runs, or of a table that was counted."""
    if "table" in request.query_params:
        return _of_table(request)
    subject, query = subject_of(request), request.query_params
    kind, name = query.get("kind", ""), query.get("chart", "")
    chart = next((one for one in _drawn(subject, kind) if one.name == name), None)
    if chart is None:
        raise WebError.one("WC722", f"there is no chart {name[:40]!r}", "the page of charts lists them")
    title, subtitle = heading_of(chart)
    footer = say(
        "whipcount {version}; {scenario}, {runs} runs, seed {seed}",
        version=version("whipcount"), scenario=subject.loaded.slug, runs=counted_number(subject.opened.runs),
        seed=subject.seed,
    )  # fmt: skip
    return Offered(
        chart, (("kind", kind), ("chart", name)), title, subtitle,
        say("Source: simulation of “{title}”", title=subject.loaded.scenario.title.in_language()), footer,
    )  # fmt: skip


def _of_table(request: Request) -> Offered:
    asked = asked_of(request.query_params)
    view = jobs_of(request).view(work_of(request, asked).key)
    if view is None or view.result is None or view.result.chart is None:
        raise WebError.one("WC722", "there is no such answer (any more)", "count the table again")
    chart: Chart = view.result.chart
    title, subtitle = heading_of(chart)
    finding = view.result.words[0] if view.result.words else ""
    if finding and len(finding) <= LONGEST // 2:
        title, subtitle = finding.rstrip("."), title  # a title says what was found
    seed = f", {say('seed {seed}', seed=asked.option('seed'))}" if asked.option("seed") else ""
    footer = f"whipcount {version('whipcount')}; {say(asked.kind.form.title)}{seed}"
    query = (("kind", asked.kind.name), ("table", asked.table), *asked.options)
    return Offered(chart, query, title, subtitle, say("Source: table of the author’s own"), footer)


def _wanted(request: Request, offered: Offered) -> Publication:
    """How it is to look: as the form says, else as the chart itself does."""
    query = request.query_params

    def text(key: str, default: str) -> str:
        return query.get(f"own_{key}", default)[:LONGEST].strip()

    size = query.get("size", "1200")
    scheme: Scheme = "dark" if query.get("scheme") == "dark" else "light"
    return Publication(
        text("title", offered.title) or offered.title,
        text("subtitle", offered.subtitle),
        text("source", offered.source),
        offered.footer,
        size if size in SIZES else "1200",
        scheme,
    )


async def publish(request: Request) -> Response:
    """The form, the chart as it will be, and its files."""
    return await run_in_threadpool(_publish, request)


def _publish(request: Request) -> Response:
    offered = _offered(request)
    wanted = _wanted(request, offered)
    drawing = _published(request, offered, wanted)
    lang = [("lang", request.query_params["lang"])] if "lang" in request.query_params else []
    own = [("own_title", wanted.title), ("own_subtitle", wanted.subtitle), ("own_source", wanted.source)]
    query = [*offered.query, *own, ("size", wanted.size), ("scheme", wanted.scheme), *lang]
    width, height = (round(float(one)) for one in re.findall(r'\b(?:width|height)="([\d.]+)"', drawing)[:2])
    return render(
        request,
        "publish.html",
        wanted=wanted,
        hidden=[*offered.query, *lang],
        drawing=drawing,
        fragment=fragment(drawing, offered.chart, wanted),
        sizes={key: say(name) for key, name in SIZE_NAMES.items()},
        schemes={key: say(name) for key, name in SCHEME_NAMES.items()},
        files=urlencode(query),
        pixels=f"{width} × {height}",
        twice=f"{2 * width} × {2 * height}",
        back="/count?" + urlencode([*offered.query, *lang]) + "#answer" if "table" in request.query_params else "",
    )


def _published(request: Request, offered: Offered, wanted: Publication) -> str:
    """The drawing; the last few are kept, since its files are asked for next."""
    key = ("published", offered.query, wanted, language())
    return subject_of(request).kept(key, partial(published, offered.chart, wanted))


async def take(request: Request) -> Response:
    """The chart as a file: PNG in one of two sizes, SVG, a piece of a page, or its numbers."""
    return await run_in_threadpool(_take, request)


def _take(request: Request) -> Response:
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise WebError.one("WC722", f"a chart is not given as {kind[:40]!r}", f"as {', '.join(KINDS)}")
    offered = _offered(request)
    wanted = _wanted(request, offered)
    name = f"{offered.chart.name}-{wanted.size}-{wanted.scheme}"
    if kind == "csv":
        return downloads.attachment(offered.chart.name, "csv", downloads.as_csv(offered.chart.table))
    drawing = _published(request, offered, wanted)
    if kind == "svg":
        return downloads.attachment(name, "svg", drawing.encode())
    if kind == "html":
        return downloads.attachment(name, "html", fragment(drawing, offered.chart, wanted).encode())
    large = kind == "large"
    return downloads.attachment(f"{name}{'-2x' if large else ''}", "png", png(drawing, 2.0 if large else 1.0))

"""The report as one HTML page with everything in it: it opens without a network and asks no host for anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.charts import all_charts, theme
from whipcount.charts.chart import Chart
from whipcount.charts.curves import curves_chart
from whipcount.charts.hemicycle import draw as draw_hemicycle
from whipcount.charts.material import Material, material_of
from whipcount.text import language, percent, say
from whipcount.text.fitting import runs

from . import pages
from .story import Story, story_of
from .transcript import introduction, kind_label, told_runs

if TYPE_CHECKING:
    import jinja2

    from whipcount.results import Results


@dataclass(frozen=True)
class ToldRun:
    """A run told in the report: what it stands for, its story, its seats, and its curves."""

    label: str
    story: Story
    seats: Chart | None
    curves: Chart | None


def write_report(results: Results, folder: Path | str) -> list[Path]:
    """Write report.html and PNG and SVG of every chart into a folder; gives the paths, the page first.

    In Russian the page is report.ru.html, and so are the charts. Raises RunError where the folder cannot be written.
    """
    return write_material(material_of(results), Path(folder))


def write_material(material: Material, folder: Path) -> list[Path]:
    """The same from a report's material."""
    from whipcount.store import make_folder, write_whole

    charts = list(all_charts(material))
    ending = "" if language() == "en" else f".{language()}"
    make_folder(folder / "charts")
    written = [folder / f"report{ending}.html"]
    write_whole(written[0], page(material, charts).encode())
    for chart in charts:
        for suffix, content in (("svg", chart.svg().encode()), ("png", chart.png())):
            path = folder / "charts" / f"{chart.name}{ending}.{suffix}"
            write_whole(path, content)
            written.append(path)
    return written


def page(material: Material, charts: Sequence[Chart]) -> str:
    """The page as text."""
    scenario = material.scenario
    return (
        environment()
        .get_template("report.html")
        .render(
            title=scenario.title.in_language(),
            summary=scenario.summary.in_language(),
            subtitle=_subtitle(material),
            points=pages.key_points(material),
            groups=pages.outcome_groups(material),
            charts=charts,
            extremes=pages.extremes(material),
            assumed=pages.assumed_rows(material),
            priors=pages.prior_rows(material),
            facts=pages.fact_rows(material),
            method=pages.method_rows(material),
            sources=pages.source_rows(material),
            told=_told(material),
            theme=theme,
            language=language(),
        )
    )


def environment() -> jinja2.Environment:
    """The templates, with everything escaped that is not a drawing of ours, in the reader's language."""
    import jinja2
    from markupsafe import Markup

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("whipcount.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def drawing(chart: Chart) -> Any:
        # ours, with every text in it escaped when it was drawn
        return Markup(chart.svg())

    made.globals["say"] = say
    made.filters["drawing"] = drawing
    made.filters["percent"] = lambda share: percent(share)
    return made


def _subtitle(material: Material) -> str:
    labels = material.labels()
    account = say(", account {account}", account=material.account) if material.account else ""
    span = f"{labels.full(labels.start)} – {labels.full(labels.end)}"
    return f"{span}; {runs(material.runs)}{account}"


def _told(material: Material) -> list[ToldRun]:
    """The three runs worth telling, each once."""
    told: dict[int, str] = {}
    for kind, run in told_runs(material).items():
        label = kind_label(kind)
        told[run] = f"{told[run]}; {label[:1].lower()}{label[1:]}" if run in told else label
    return [
        ToldRun(
            label,
            story_of(material, run, introduction(material, run)),
            draw_hemicycle(material, run),
            curves_chart(material, run),
        )
        for run, label in told.items()
    ]

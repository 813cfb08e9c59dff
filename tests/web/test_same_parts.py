"""The report of a run and the explorer draw the same things with the same parts."""

from __future__ import annotations

from site_reader import Element, Site, read

from whipcount.report.html import page
from whipcount.report.transcript import told_runs


def own_paths(drawing: Element) -> list[str]:
    return [path.attributes["d"] for path in drawing.all("path", "own")]


def test_curves_of_told_runs_are_the_replay_s(site: Site) -> None:
    material = site.subject.material
    report = read(page(material, []))
    for run in set(told_runs(material).values()):
        drawn = report.one("figure", id=f"chart-curves_run_{run}")
        shown = site.page(f"/replay?run={run}").one("svg", "curves", "wide")
        assert own_paths(drawn) == own_paths(shown) != []
        rows = drawn.one("tbody").all("tr")
        assert len(rows) == len(site.record(f"/replay?run={run}")["days"])


def test_stories_of_told_runs_are_the_replay_s(site: Site) -> None:
    material = site.subject.material
    report = read(page(material, []))
    stories = [[item.text for item in days.all("li")] for days in report.all("ol", "days")]
    for run in set(told_runs(material).values()):
        assert [item.text for item in site.page(f"/replay?run={run}").one("ol", "transcript").all("li")] in stories


def test_both_wear_the_same_style(site: Site) -> None:
    text = page(site.subject.material, [])
    shared, _, dark = site.client.get("/theme.css").text.partition("/* The explorer's own colours")
    assert shared.strip() in text
    assert dark, "the page knows the dark; the report is paper"

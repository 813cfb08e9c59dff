"""Runs of which no events were kept: nothing is told of what only events tell, and nothing is told as not happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount import run
from whipcount.charts import all_charts, chart_of
from whipcount.charts.material import Material, NotKeptError, material_of
from whipcount.cli import main
from whipcount.report.pages import key_points
from whipcount.report.transcript import told_runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("no-events") / "run"
    run("two-bodies", runs=40, seed=3, out=out, events="none")
    return out


@pytest.fixture(scope="module")
def material(folder: Path) -> Material:
    from whipcount.results import open_run

    return material_of(open_run(folder))


def test_events_that_were_not_kept_are_not_taken_for_none(material: Material) -> None:
    for ask in (lambda: material.happenings("fall"), lambda: material.story(0)):
        with pytest.raises(NotKeptError, match="WC660"):
            ask()


def test_the_report_says_so_and_gives_no_share_of_falls(material: Material) -> None:
    points = " ".join(key_points(material))
    assert "No events of these runs were kept" in points
    assert "falls in" not in points
    assert told_runs(material) == {}


def test_no_chart_hangs_on_what_is_not_there(material: Material) -> None:
    titles = " ".join(chart.title for chart in all_charts(material))
    assert titles  # outcomes and daily measures are kept
    for name in ("survival", "hemicycle", "ladder"):
        with pytest.raises(NotKeptError):
            chart_of(material, name)


@pytest.mark.parametrize("kind", ["--closest", "--typical", "--strangest", "--run=0"])
def test_no_run_is_told(folder: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcript", str(folder), kind]) == 2
    assert "WC660" in capsys.readouterr().err


def test_the_page_has_no_stories(folder: Path, tmp_path: Path) -> None:
    from whipcount.report import write_report
    from whipcount.results import open_run

    write_report(open_run(folder), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nothing new" not in page
    assert 'id="told"' not in page

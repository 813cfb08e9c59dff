"""Each result finds its chart by its class, and a chart is one file that nothing else names."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import whipcount.questions
import whipcount.tasks
import whipcount.theory
from whipcount import charts
from whipcount.charts.chart import Chart
from whipcount.charts.material import Material
from whipcount.errors import UsageError
from whipcount.results import Results
from whipcount.table import Result
from whipcount.theory.divide import rubinstein
from whipcount.theory.power import power
from whipcount.theory.rules import DecisionRule, Majority


def kinds() -> list[type[Result]]:
    """Every class of result of the solvers, questions and tasks."""
    for room in (whipcount.theory, whipcount.questions, whipcount.tasks):
        for entry in pkgutil.iter_modules(room.__path__):
            importlib.import_module(f"{room.__name__}.{entry.name}")
    found, seen = list(Result.__subclasses__()), []
    while found:
        seen.append(one := found.pop())
        found += one.__subclasses__()
    return [one for one in seen if one.__module__.startswith("whipcount.")]


def test_every_result_has_a_chart_or_says_that_it_has_none() -> None:
    assert len(kinds()) > 30
    for kind in kinds():
        assert bool(charts.modules_for(kind)) != bool(kind.undrawn), kind


def test_every_class_that_a_chart_draws_is_there() -> None:
    for entry in pkgutil.iter_modules(charts.__path__):
        for name in getattr(importlib.import_module(f"whipcount.charts.{entry.name}"), "DRAWS", ()):
            module, _, drawn = name.rpartition(".")
            assert isinstance(getattr(importlib.import_module(module), drawn), type), name


@pytest.fixture
def result() -> Result:
    names = ("A", "B", "C", "D")
    return power(DecisionRule(names, ((Majority((4, 3, 2, 1), 6),),)))


def test_a_result_draws_and_saves_itself(result: Result, tmp_path: Path) -> None:
    chart = result.chart()
    assert repr(chart) == "<Chart power: Weight and power>"
    assert chart._repr_svg_() == chart.svg()
    for ending, begins in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".html", b"<!doctype html>")):
        chart.save(tmp_path / "new" / f"power{ending}")
        assert (tmp_path / "new" / f"power{ending}").read_bytes().startswith(begins)
    with pytest.raises(UsageError, match="WC620"):
        chart.save(tmp_path / "power.gif")
    with pytest.raises(UsageError, match=r"WC628.*power"):
        result.chart("nonesuch")


def test_a_result_without_a_chart_says_so() -> None:
    with pytest.raises(UsageError, match=r"WC628.*Division.*table"):
        rubinstein(0.9, 0.8).chart()


ONE_FILE = '''"""A chart of one bar."""

from whipcount.charts import svg
from whipcount.charts.chart import Chart, table_of

DRAWS = ({draws!r},)
ORDER = 1


def draw(result):
    parts = [svg.element("rect", x=0.0, y=0.0, width=10.0, height=10.0)]
    table = table_of(("a",), (("1",),))
    return Chart("single", "One bar", "A bar.", "A bar.", table, drawing=svg.document(parts, 20, 20))
'''


def test_a_chart_is_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: Result, material: Material
) -> None:
    of_result, of_runs = f"{type(result).__module__}.{type(result).__qualname__}", "whipcount.charts.material.Material"
    for name, drawn in (("added_of_result", of_result), ("added_of_runs", of_runs)):
        (tmp_path / f"{name}.py").write_text(ONE_FILE.format(draws=drawn), encoding="utf-8")
    monkeypatch.setattr(charts, "__path__", [*charts.__path__, str(tmp_path)])
    assert result.chart().title == "One bar"
    assert result.chart("power").title == "Weight and power"
    assert charts.chart_of(material, "added_of_runs").title == "One bar"
    assert next(charts.all_charts(material)).title == "One bar"


def test_a_chart_drawn_with_altair_can_be_changed_further(material: Material) -> None:
    assert charts.chart_of(material, "outcomes").altair.to_dict()["config"]["aria"] is False
    with pytest.raises(UsageError, match=r"WC628.*by hand|WC628.*Altair"):
        _ = charts.chart_of(material, "positions").altair


def test_a_picture_that_fails_leaves_the_result(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from whipcount.cli.told import tell

    def broken(*_: Any) -> Chart:
        raise ValueError("no renderer")

    monkeypatch.setattr("whipcount.charts.power.draw", broken)
    tell(result, chart=tmp_path / "power.svg")
    told = capsys.readouterr()
    assert "WC629" in told.err
    assert "no renderer" in told.err
    assert " ".join(result.words().split()) in " ".join(told.out.split())  # lines are as long as there is room
    assert not (tmp_path / "power.svg").exists()


def test_a_run_folder_draws_its_charts_by_name(results: Results) -> None:
    assert results.chart("outcomes").name == "outcomes"
    with pytest.raises(UsageError, match=r"WC628.*readiness"):
        results.chart("nonesuch")

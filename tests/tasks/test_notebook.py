"""The notebook of every analysis: its cells run in order, and what each ends with shows itself as notebooks do."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import whipcount
from whipcount.table import Result
from whipcount.task import all_tasks

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "every-analysis.ipynb"
CELLS = [
    "".join(cell["source"])
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
# what is no analysis, or needs a folder of data
APART = {"check_files", "data_sets", "doctor", "fetch", "against_record"}


def run(cells: list[str]) -> Iterator[Any]:
    """What each cell ends with, as a notebook runs it."""
    names: dict[str, Any] = {"__name__": "__notebook__"}
    for text in cells:
        body = ast.parse(text).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        yield None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)


@pytest.mark.filterwarnings("ignore:table. positions are read")
def test_every_cell_runs_and_shows_what_it_found() -> None:
    shown = 0
    for text, value in zip(CELLS, run(CELLS), strict=True):
        if value is None:
            continue
        shown += 1
        assert len(repr(value)) < 4_000, text
        picture = getattr(value, "_repr_svg_", lambda: None)() or getattr(value, "_repr_html_", lambda: None)()
        assert picture, text
        assert "<svg" in picture or "<table" in picture, text
        if isinstance(value, Result):
            assert value.words("en").strip()
            assert json.dumps(value.record(), default=str)
    assert len(CELLS) == 25
    assert shown == 24


def test_it_asks_every_kind_of_question() -> None:
    called = set(re.findall(r"whipcount\.(\w+)", "\n".join(CELLS)))
    kinds = {task.python.partition(".")[0] for task in all_tasks()} - APART
    assert len(kinds & called) >= 16
    assert called - {"load"} <= kinds | set(whipcount.__all__)


def test_a_scenario_is_given_as_a_dictionary() -> None:
    import yaml

    crisis = whipcount.load("two-bodies")
    written = yaml.safe_load(crisis.text)
    assert whipcount.check(written).record()["actors"] == len(crisis.scenario.actors)
    with whipcount.using(backend="numpy"):
        from_name = whipcount.run("two-bodies", runs=8, seed=3).table()
        assert whipcount.run(written, runs=8, seed=3).table().equals(from_name)


def test_one_text_stands_for_a_list_and_a_text_for_a_date() -> None:
    import datetime as dt

    crisis = whipcount.load("two-bodies")
    arguments: dict[str, Any] = {"runs": 24, "seed": 5}
    with whipcount.using(backend="numpy"):
        one = whipcount.ask(crisis, do="trait.anna.loyalty = 0", outcome="talks_fail", **arguments)
        assert one.record() == whipcount.ask(
            crisis, do=["trait.anna.loyalty = 0"], outcome=["talks_fail"], **arguments
        ).record()  # fmt: skip
    text = whipcount.forecast(crisis, until="2030-03-11", least=10, runs=200)
    day = whipcount.forecast(crisis, until=dt.date(2030, 3, 11), least=10, runs=200)
    assert text.record() == day.record()


@pytest.mark.slow
def test_the_calls_work_as_short_as_they_are_written() -> None:
    crisis = whipcount.load("two-bodies")
    assert whipcount.run("two-bodies").runs == 10_000
    assert whipcount.ask("two-bodies", do="trait.anna.loyalty = 0").tables()
    assert whipcount.forecast(crisis, until="2030-03-11").tables()

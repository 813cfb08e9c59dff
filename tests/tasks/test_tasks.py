"""A task is one file: described once, found as a command, in Python, on the Count page and in the reference."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import whipcount
from whipcount.errors import UsageError, WhipcountError
from whipcount.task import all_tasks

PROJECT = Path(__file__).parent.parent.parent
SOLVER = '''
"""Share of the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from whipcount.table import Column, Result, Table, figure
from whipcount.task import NUMBERS, TABLE, Form, Option, task
from whipcount.text import percent, say


@dataclass(frozen=True)
class Largest(Result):
    """Who is largest, and its share of all above a floor."""

    name: str
    share: float

    def tables(self) -> tuple[Table, ...]:
        columns = (Column("name", "Name"), figure("share", "Share"))
        return (Table("largest", "The largest", columns, ((self.name, self.share),)),)

    def sentences(self) -> str:
        return say("{name} holds {share}.", name=self.name, share=percent(self.share))

    def record(self) -> dict[str, Any]:
        return {"name": self.name, "share": self.share}


@task("largest", "Who is largest.", "whipcount largest seats.csv", order=79, drawn=True,
      form=Form("Largest", "Who is largest?", "party,seats", "party,seats\\nA,3\\nB,1\\n"))
def largest(
    table: Annotated[Any, Option("seats", TABLE, "TABLE", argument=True)],
    floor: Annotated[int, Option("seats below which nobody counts", title="Floor", example="2")] = 0,
) -> Largest:
    """The largest party and its share."""
    from whipcount.data.seats import load_seats

    seats = load_seats(table)
    counted = {name: held for name, held in zip(seats.names, seats.seats) if held >= floor}
    name = max(counted, key=counted.get)
    return Largest(name, counted[name] / sum(counted.values()))
'''

QUESTION = '''
"""How many outcomes a scenario asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from whipcount.table import Result, Table
from whipcount.task import SCENARIO, Option, task


@dataclass(frozen=True)
class Asked(Result):
    """The number of a scenario's outcomes."""

    outcomes: int

    def tables(self) -> tuple[Table, ...]:
        return ()

    def sentences(self) -> str:
        return f"{self.outcomes} outcomes."

    def record(self) -> dict[str, Any]:
        return {"outcomes": self.outcomes}


@task("how-many", "How many outcomes a scenario asks.", order=49.5)
def how_many(scenario: Annotated[Any, Option("a scenario", SCENARIO, "SCENARIO", argument=True)]) -> Asked:
    """The number of outcomes."""
    from whipcount.scenario import load

    return Asked(len(load(scenario).scenario.outcomes))
'''

MECHANISM = '''
"""Members who sit in more than one body tire."""

from whipcount.vocabulary import Day, Mechanism, Param, State, Uniform, Verb


class Fatigue(Mechanism):
    """Who sits in several bodies tires of it, and says so once (an example without a literature)."""

    id = "fatigue"
    after = ("attendance",)
    verbs = (Verb("complaint", per="actor", doc="says in public that it is too much"),)

    rate = Param(0.3, prior=Uniform(0.2, 0.4), unit="per seat and day", doc="how fast one tires")

    fatigue = State(per="actor", doc="0 fresh .. 1 exhausted")
    complained = State(per="actor", kind="mask", doc="has said so")

    def step(self, day: Day) -> None:
        """Wear of a day, and perhaps a word about it."""
        self.fatigue.set(day.clip(self.fatigue + day.dt * self.rate * day.total(day.sits, "actor"), 0.0, 1.0))
        says_so = day.choose(
            "complain",
            who=day.given("actor.person") & ~self.complained,
            lam=day.parameter("choice.lam"),
            silent={"pride": 0.3},
            complain={"fatigue": self.fatigue},
        )
        day.record("complaint", says_so.is_("complain"), probability=says_so.chance("complain"))
        self.complained.set(True, where=says_so.is_("complain"))
'''

CHART = '''
"""The largest party as one bar."""

import altair as alt
import polars as pl

from whipcount.charts.chart import charted

DRAWS = ("whipcount.tasks.largest.Largest",)


def draw(result):
    data = pl.DataFrame({"name": [result.name], "share": [result.share]})
    drawn = alt.Chart(data).mark_bar().encode(x="share:Q", y="name:N")
    return charted(result, "one_bar", drawn, "One bar", "The largest.", "A bar.")
'''

LOOKING = """
import json, runpy, sys
import whipcount
from whipcount.cli import main
page = runpy.run_path(sys.argv[1])["page"]
from whipcount.web.counting import CountWork, kinds
from whipcount.web.explaining import decisions_of
from whipcount.web.uploads import pasted
work = CountWork("largest", pasted("party,seats\\nA,3\\nB,2\\nC,1\\n", 1000), (("floor", "2"),), "en")
counted = work._counted("count")
with whipcount.using(mechanisms=["mechanisms"]):
    runs = whipcount.run("two-bodies", runs=4, seed=1, out="runs")
    told = {
        "python": [whipcount.largest([3, 1]).share, whipcount.how_many("two-bodies").outcomes],
        "drawn": whipcount.largest([3, 1]).chart().title,
        "happens": runs.sql("select count(*) as n from events where verb = 'complaint'")["n"][0],
        "replay": sum(one.mechanism == "fatigue" for one in decisions_of("runs", 0)),
        "form": [kinds()["largest"].title, [one.name for one in kinds()["largest"].options]],
        "counted": [counted.words[0], counted.title],
        "reference": [name in page() for name in ("## largest", "## how-many", "| `one_bar` |", "| `fatigue` |")],
    }
open("told.json", "w").write(json.dumps(told))
open("seats.csv", "w").write("party,seats\\nA,3\\nB,1\\n")
sys.exit(
    main(["largest", "--help"])
    + main(["largest", "seats.csv", "--chart", "largest.svg"])
    + main(["how-many", "two-bodies", "--json"])
    + main(["plan", "two-bodies", "--mechanisms", "mechanisms"])
)
"""


def test_a_mechanism_a_solver_a_question_and_a_chart_are_a_file_each(tmp_path: Path) -> None:
    files = {"mechanisms/fatigue": MECHANISM, "tasks/largest": SOLVER, "tasks/how_many": QUESTION,
             "charts/one_bar": CHART}  # fmt: skip
    for name, text in files.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    folders = {"WHIPCOUNT_TASKS": str(tmp_path / "tasks"), "WHIPCOUNT_CHARTS": str(tmp_path / "charts")}
    done = subprocess.run(
        [sys.executable, "-c", LOOKING, str(PROJECT / "docs" / "tasks_page.py")],
        capture_output=True, text=True, cwd=tmp_path, timeout=240, env={**os.environ, **folders},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    outcomes = len(whipcount.load("two-bodies").scenario.outcomes)
    # in Python
    assert told["python"] == [0.75, outcomes]
    assert told["drawn"] == "One bar"
    assert told["happens"] > 0
    # on the pages: Count has the solver's form and chart, Replay the mechanism's decisions
    assert told["form"] == ["Largest", ["floor"]]
    assert told["counted"] == ["A holds 60%.", "One bar"]
    assert told["replay"] > 0
    # in the reference
    assert told["reference"] == [True] * 4
    # on the command line
    assert "--floor" in done.stdout
    assert "whipcount largest seats.csv" in done.stdout
    assert (tmp_path / "largest.svg").read_text().startswith("<svg")
    assert f'"outcomes": {outcomes}' in done.stdout
    assert "fatigue" in done.stdout


def test_the_page_of_reference_is_as_written() -> None:
    described = importlib.util.spec_from_file_location("tasks_page", PROJECT / "docs" / "tasks_page.py")
    assert described is not None
    assert described.loader is not None
    written = importlib.util.module_from_spec(described)
    described.loader.exec_module(written)
    assert written.PAGE.read_text(encoding="utf-8") == written.page(), "run `python docs/tasks_page.py`"


@pytest.mark.parametrize("task", all_tasks(), ids=lambda task: task.name)
def test_every_task_is_a_public_function_that_says_what_it_takes(task: Any) -> None:
    value: Any = whipcount
    for word in task.python.split("."):
        value = getattr(value, word)
    assert value.task is task
    assert all(one.name in value.__doc__ for one in task.inputs)
    assert all(one.option.help for one in task.inputs)


SEATS = {"A": 40, "B": 35, "C": 25}


@pytest.mark.parametrize(
    "table",
    [
        SEATS,
        {"party": list(SEATS), "seats": list(SEATS.values())},
        [{"party": name, "seats": held} for name, held in SEATS.items()],
        pl.DataFrame({"party": list(SEATS), "seats": list(SEATS.values())}),
    ],
    ids=["mapping", "columns", "records", "frame"],
)
def test_a_table_is_given_as_people_hold_it(table: Any, tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    path.write_text("party,seats\n" + "".join(f"{name},{held}\n" for name, held in SEATS.items()))
    assert whipcount.power(table, quota=51) == whipcount.power(str(path), quota="51")


def test_lists_are_given_as_people_write_them() -> None:
    plain = whipcount.power([4, 3, 2, 1], names=["a", "b", "c", "d"], quota=6, blocked=[("a", "b")])
    assert plain == whipcount.power(weights="4,3,2,1", names="a,b,c,d", quota="6", blocked="a+b")
    assert plain == whipcount.power([4, 3, 2, 1], names="a,b,c,d", quota=6.0, blocked=("a", "b"))
    assert plain != whipcount.power([4, 3, 2, 1], names="a,b,c,d", quota=6)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"weights": "1,two"}, "WC625"),
        ({"table": [1, 2], "quota": 9}, "WC508"),
        ({"table": [1, 2], "quota": 1.5}, "WC508"),
        ({"table": [1, 2], "quota": "nan"}, "WC625"),
        ({"table": [1, 2], "blocked": "1"}, "WC625"),
        ({"table": [1, 2], "samples": "many"}, "WC625"),
        ({"table": [1, 2], "samples": 1.5}, "WC625"),
        ({}, "WC624"),
    ],
)
def test_mistakes_have_the_codes_of_the_commands(given: dict[str, Any], code: str) -> None:
    with pytest.raises(WhipcountError) as caught:
        whipcount.power(**given)
    assert caught.value.problems[0].code == code


def test_numbers_out_of_bounds_are_refused() -> None:
    with pytest.raises(UsageError, match="WC625"):
        whipcount.rollcall.ideal("votes.csv", dimensions=9)


def test_a_word_that_is_no_input_is_a_mistake_of_python() -> None:
    with pytest.raises(TypeError, match="quotum"):
        whipcount.power([1, 2], quotum=2)

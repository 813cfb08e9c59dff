"""SQL over a run folder: every table can be asked, and nothing else can be reached."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from invented_engine import loaded_scenario, make_engine

from whipcount.cli import main
from whipcount.errors import RunError
from whipcount.results import Results, run_ensemble

RUNS = 40
ENDLESS = "select count(*) from range(100000000) a, range(100000000) b where a.range * b.range % 7 = 3"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("it's a run") / "one"  # the quote must not end a file name
    return run_ensemble(loaded_scenario(), RUNS, 3, out=folder, workers=1, engine_maker=make_engine)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select count(*) as n from runs", RUNS),
        ("from runs select count(*) as n", RUNS),
        ("with few as (select * from runs where run < 3) select count(*) as n from few", 3),
        ("select count(distinct run) as n from paths", RUNS),
        ("select count(*) as n from series", 60),
        ("select count(*) as n from (select distinct verb from events where day >= '1917-11-01')", 12),
        ("select n from (select sum(events) as n from counts) where n > 0 and n = (select count(*) from events)", None),
    ],
)
def test_questions_are_answered(results: Results, query: str, rows: int | None) -> None:
    answer = results.sql(query)
    assert answer.height == 1
    if rows is not None:
        assert answer["n"].to_list() == [rows]


def test_probabilities_come_out_as_averages(results: Results) -> None:
    answer = results.sql("select avg(party_left) as p, avg(no_deal) as q, avg(first_session) as s from runs")
    assert answer["p"][0] == pytest.approx(results.outcome("party_left").probability)
    assert answer["q"][0] == pytest.approx(results.outcome("no_deal").probability)  # runs left out are null
    assert answer["s"][0] == pytest.approx(results.outcome("first_session").mean)


def test_columns_can_be_listed(results: Results) -> None:
    assert "verb" in results.sql("describe events")["column_name"].to_list()
    assert results.sql("summarize runs").height
    for how in ("explain", "explain analyze", "explain (format json)", "Explain\n(Analyze, Format JSON)", "explain ("):
        assert results.sql(f"{how} select count(*) from runs{')' if how.endswith(' (') else ''}").height


@pytest.mark.parametrize(
    "query",
    [
        "", ";", "select 1; select 2", "drop view runs", "delete from runs", "insert into runs values (1)",
        "copy (select 1) to 'stolen.csv'", "copy runs to 'runs.parquet'", "attach 'other.db'", "install httpfs",
        "load httpfs", "set enable_external_access = true", "pragma database_list", "create table t as select 1",
        "call pragma_version()", "export database 'x'", "checkpoint", "begin", "vacuum",
        "explain copy (select 1) to 'stolen.csv'", "explain analyze copy (select 1) to '{runs}' (format parquet)",
        "EXPLAIN /* ; */ -- to\n ANALYZE copy (select 1) to '{runs}'", "explain (analyze) create table t as select 1",
        "explain (format json) insert into runs values (1)", "explain attach 'other.db'", "explain set threads = 1",
        "explain analyze explain analyze copy (select 1) to '{runs}'", "explain analyze select 1; drop view runs",
    ],
)  # fmt: skip
def test_all_but_one_question_is_refused(results: Results, query: str) -> None:
    before = (results.folder / "runs.parquet").read_bytes()
    with pytest.raises(RunError, match=r"WC33[01]"):
        results.sql(query.format(runs=results.folder / "runs.parquet"))
    assert (results.folder / "runs.parquet").read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('/etc/passwd')", "select * from '/etc/passwd'", "select * from glob('/etc/*')",
        "select * from read_csv('/etc/passwd')", "select * from read_blob('{folder}/manifest.json')",
        "select * from read_parquet('{folder}/../*/runs.parquet')", "select * from read_parquet('http://127.0.0.1/x')",
        "select * from query('copy (select 1) to ''stolen.csv''')", "select getenv('HOME')", "select * from results",
        "from enable_logging(storage := 'file', storage_path := '{folder}/log')", "select * from duckdb_secrets()",
        "from parquet_metadata('{folder}/runs.parquet')", "select * from read_parquet('{folder}/runs.parquet')",
        "select nonsense from runs", "selec 1", "select * from run", "select 1/'x'",
    ],
)  # fmt: skip
def test_nothing_else_can_be_reached(results: Results, query: str) -> None:
    with pytest.raises(RunError, match="WC33") as failure:
        results.sql(query.format(folder=results.folder))
    assert "tables are counts, events, paths, runs, series" in failure.value.problems[0].hint


def test_tables_are_unchanged_by_questions(results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    results.sql("select * from runs")
    results.verify()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "limits", "word"),
    [
        (ENDLESS, {"seconds": 0.2}, "within 0.2 seconds"),
        ("select list(range) from range(100000000)", {"megabytes": 60}, "60 MB"),
        ("select count(*) from (select distinct range from range(50000000))", {"megabytes": 60}, "60 MB"),
    ],
)
def test_a_question_has_its_limits(
    results: Results, query: str, limits: dict[str, Any], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match="WC332") as failure:
        results.sql(query, **limits)
    assert word in failure.value.problems[0].message
    assert list(tmp_path.iterdir()) == []  # nothing is spilled
    assert results.sql("select count(*) as n from runs")["n"].to_list() == [RUNS]


def test_ctrl_c_ends_a_question_like_every_command(
    results: Results, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pressed(threading.Timer):
        """The question's clock, with which somebody presses Ctrl-C a moment after the question has begun."""

        def start(self) -> None:
            super().start()
            threading.Thread(target=press, daemon=True).start()

    def press() -> None:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("whipcount.results.query.threading.Timer", Pressed)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
    try:
        code = main(["sql", str(results.folder), ENDLESS, "--seconds", "60"])
    finally:
        signal.signal(signal.SIGINT, before)
    printed, complaint = capsys.readouterr()
    assert (code, printed) == (130, ""), complaint
    assert "interrupted" in complaint
    assert "Traceback" not in complaint

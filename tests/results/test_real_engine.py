"""The recording on the real engine: an ensemble of a shipped scenario, however it is computed."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from whipcount.cli import main
from whipcount.counterfactual.engines import engine_of
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.errors import RunError
from whipcount.results import Results, chunks, ensemble, outcome_values, run_ensemble
from whipcount.results.interfaces import scenario_engine
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.scenario import load

SCENARIO = "two-bodies"
RUNS = 30
TABLES = ("table", "events", "series", "paths", "counts")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_ensemble(load(SCENARIO), RUNS, 5, out=tmp_path_factory.mktemp("real") / "run", workers=1)


def test_every_declared_outcome_is_evaluated(results: Results) -> None:
    assert [outcome.name for outcome in results.outcomes] == [
        outcome.id for outcome in load(SCENARIO).scenario.outcomes
    ]
    assert all(outcome.used <= RUNS for outcome in results.outcomes)


def test_blocks_chunks_and_workers_do_not_show(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FEW", 10)
    monkeypatch.setattr(ensemble, "SMALL", 0)
    other = run_ensemble(load(SCENARIO), RUNS, 5, block=7, workers=2)
    for name in TABLES:
        assert getattr(other, name)().equals(getattr(results, name)()), name


def test_a_run_alone_is_the_run_of_the_batch(results: Results) -> None:
    loaded = load(SCENARIO)
    engine = scenario_engine(loaded)
    evaluator = OutcomeEvaluator.of(loaded, engine.plan, engine.world)
    alone = outcome_values(engine, evaluator, 5, 1, first_run=17)
    batch = results.table().row(17, named=True)
    for name, values in alone.items():
        expected = batch[name]
        assert (values[0] != values[0]) if expected is None else values[0] == expected, name


def test_events_are_about_who_there_is(results: Results) -> None:
    scenario = results.scenario
    known = {actor.id for actor in scenario.actors} | {party.id for party in scenario.parties}
    events = results.events()
    assert set(events["actor"].drop_nulls().unique()) <= known
    assert events["step"].max() < results.manifest.steps  # type: ignore[operator]
    assert events["day"].min() == scenario.calendar.start or events["day"].min() > scenario.calendar.start  # type: ignore[operator]
    chances = events["probability"].drop_nulls()
    assert 0.0 <= chances.min() <= chances.max() <= 1.0  # type: ignore[operator]


def test_the_folder_gives_back_what_runs_it_again(results: Results, tmp_path: Path) -> None:
    again = run_ensemble(results.loaded(), 5, 5, out=tmp_path / "again", workers=1)
    assert again.table().equals(results.table().head(5))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["november-1917", "after-1918"])
def test_shipped_scenarios_run_the_same_in_any_block(name: str) -> None:
    loaded = load(name)
    one, other = (run_ensemble(loaded, 24, 2, block=block, workers=1) for block in (24, 5))
    for table in TABLES:
        assert getattr(one, table)().equals(getattr(other, table)()), table


def test_interventions_need_the_engine_that_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of changed worlds is recorded as such, and its runs are explained as they were."""
    loaded = load(SCENARIO)
    changes = parse_interventions(["event.leader_back = removed"], loaded)
    with pytest.raises(RunError) as failure:
        run_ensemble(loaded, 5, 5, interventions=changes, workers=1)
    assert failure.value.problems[0].code == "WC300"
    changed = run_ensemble(loaded, 5, 5, out=tmp_path / "run", interventions=changes, workers=1, engine_maker=engine_of)
    assert changed.manifest.interventions == ("event.leader_back = removed",)
    assert changed.events(0).filter(pl.col("object") == "leader_back").is_empty()
    pairs = []
    for source in ([str(tmp_path / "run")], [SCENARIO, "--seed", "5"]):
        for run in range(5):
            assert main(["explain", *source, "--run", str(run), "--all", "--json"]) == 0
            pairs.append(json.loads(capsys.readouterr().out)["decisions"])
    assert pairs[:5] != pairs[5:]

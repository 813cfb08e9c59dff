"""Run folders: what is in them, and that nothing but the key shows in it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from invented_engine import INDEX, MEASURES, OUTCOMES, VERBS, loaded_scenario, make_engine, outcome

from whipcount.errors import RunError
from whipcount.results import (
    OutcomeEvaluator,
    Results,
    chunks,
    ensemble,
    open_run,
    outcome_values,
    run_ensemble,
)
from whipcount.results.interfaces import Engine

RUNS = 130


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 50 runs, so that a small ensemble has several."""
    monkeypatch.setattr(chunks, "FEW", 50)


def make(folder: Path | None = None, runs: int = RUNS, **settings: object) -> Results:
    settings = {"seed": 3, "workers": 1, "engine_maker": make_engine, **settings}
    return run_ensemble(loaded_scenario(), runs, out=folder, **settings)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run folder that is the same for the same key."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("journal.jsonl", ".lock")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Results:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "FEW", 50)
        return make(tmp_path_factory.mktemp("runs") / "one")


def test_a_folder_holds_what_it_says(finished: Results) -> None:
    manifest = finished.manifest
    assert (manifest.slug, manifest.runs, manifest.seed) == ("invented", RUNS, 3)
    assert manifest.complete
    assert [chunk["runs"] for chunk in manifest.chunks] == [50, 50, 30]
    assert all(len(str(chunk["sha256"])) == 64 for chunk in manifest.chunks)
    assert set(manifest.versions) == {"whipcount", "python", "numpy"}
    assert "leave" in manifest.step_order
    assert finished.created.startswith("2")
    assert (finished.folder / "invented.yaml").read_text() == "title: invented\n"
    assert finished.scenario == loaded_scenario().scenario
    assert finished.loaded().scenario == finished.scenario
    finished.verify()


def test_tables_have_a_row_for_each_thing(finished: Results) -> None:
    table = finished.table()
    assert table["run"].to_list() == list(range(RUNS))
    assert set(table.columns) == {"run", "choice.lam", "crisis.exits"} | {str(entry["id"]) for entry in OUTCOMES}
    assert finished.parameters().columns == ["run", "choice.lam"]
    events = finished.events()
    assert events.columns == [
        "run", "step", "day", "mechanism", "verb", "actor", "object", "value", "code", "probability",
    ]  # fmt: skip
    assert finished.events(7).equals(events.filter(events["run"] == 7))
    assert finished.series().height == 20 * len(MEASURES)
    assert finished.paths(3).height == 20


def test_events_have_their_names(finished: Results) -> None:
    engine = make_engine(loaded_scenario())
    block = engine.backend.run(3, 5, 1)
    rows = finished.events(5).to_dicts()
    assert len(rows) == len(block.events.run)
    for row, verb, entity, value, step in zip(
        rows, block.events.verb, block.events.entity, block.events.value, block.events.step, strict=True
    ):
        spec = VERBS[verb]
        assert (row["verb"], row["mechanism"]) == (spec.name, spec.mechanism)
        assert (row["actor"], row["object"]) == engine.world.decode(spec.axis, int(entity))
        settlements = {1: "alone", 2: "together"} if spec.name == "line" else {}
        assert row["code"] == (spec.codes or settlements).get(int(value))
        assert row["day"] == engine.world.calendar.date_of(int(step))


def test_counts_cover_every_run(finished: Results) -> None:
    events = finished.events()
    counts = finished.counts()
    assert counts["events"].sum() == events.height
    mine = counts.filter((counts["verb"] == "reply") & (counts["actor"] == "bob") & (counts["code"] == "refuse"))
    replies = events.filter((events["verb"] == "reply") & (events["actor"] == "bob") & (events["code"] == "refuse"))
    assert mine["events"].to_list() == [replies.height]
    assert mine["runs"].to_list() == [replies["run"].n_unique()]


def test_the_series_summarises_the_paths(finished: Results) -> None:
    paths = finished.paths()
    for measure in MEASURES:
        step = measure.high / 400
        summary = finished.series(measure.label).sort("step")
        for day in (0, 7, 19):
            values = paths.filter(paths["step"] == day)[measure.label].to_numpy()
            row = summary.row(day, named=True)
            assert row["runs"] == RUNS
            assert row["mean"] == pytest.approx(values.mean(), abs=1e-6)
            for name, share in (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)):
                exact = np.quantile(values, share, method="inverted_cdf")
                assert row[name] == pytest.approx(exact, abs=0.51 * step)


@pytest.mark.parametrize("block", [1, 7, 50, 1000])
def test_the_block_size_does_not_show(finished: Results, tmp_path: Path, block: int) -> None:
    assert contents(make(tmp_path / "run", block=block).folder) == contents(finished.folder)


def test_workers_do_not_show(finished: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble, "SMALL", 0)
    seen: list[tuple[int, int]] = []
    results = make(tmp_path / "run", workers=2, progress=lambda done, runs: seen.append((done, runs)))
    assert contents(results.folder) == contents(finished.folder)
    assert seen[0] == (0, RUNS)
    assert seen[-1] == (RUNS, RUNS)
    assert seen == sorted(seen)


def test_the_chunk_size_changes_no_table(finished: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FEW", 13)
    other = make()
    for name in ("table", "events", "series", "paths", "counts"):
        assert getattr(other, name)().equals(getattr(finished, name)()), name


def test_another_seed_is_another_ensemble(finished: Results) -> None:
    other = make(seed=4)
    assert other.manifest.key != finished.manifest.key
    assert not other.events().equals(finished.events())


def test_fewer_runs_are_the_first_runs(finished: Results) -> None:
    fewer = make(runs=20)
    assert fewer.table().equals(finished.table().head(20))


def test_a_finished_folder_is_not_run_again(finished: Results) -> None:
    def refuse(*_: object) -> Engine:
        raise AssertionError("computed again")

    refuse.__module__, refuse.__qualname__ = make_engine.__module__, make_engine.__qualname__
    again = make(finished.folder, engine_maker=refuse)
    assert again.manifest == finished.manifest


def test_large_ensembles_keep_the_first_events_and_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "WHOLE_EVENTS", 100)
    monkeypatch.setattr(chunks, "FIRST_RUNS", 60)
    results = make()
    assert results.logged == 60
    assert results.events()["run"].max() == 59
    assert results.paths()["run"].n_unique() == 60
    assert results.counts()["events"].sum() > results.events().height
    assert results.series()["runs"].to_list() == [RUNS] * results.series().height
    with pytest.raises(RunError, match="WC312"):
        results.events(60)
    assert make(events="all").events()["run"].max() == RUNS - 1
    assert make(events="none").events().height == 0


def test_parameters_may_be_given_run_by_run() -> None:
    given = np.linspace(0, 1, RUNS).astype(np.float32)
    results = make(parameters={"choice.lam": given})
    assert results.table()["choice.lam"].to_list() == given.tolist()
    assert results.manifest.parameters_given == ("choice.lam",)
    with pytest.raises(RunError, match="WC300"):
        make(parameters={"choice.lam": given[:-1]})


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"block": 0}, {"workers": 0}, {"seed": -1}, {"events": "some"}])
def test_wrong_arguments_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RunError, match="WC300"):
        make(**wrong)  # type: ignore[arg-type]


def test_an_unknown_name_ends_it_before_anything_is_written(tmp_path: Path) -> None:
    loaded = loaded_scenario([outcome("asked", {"ever": {"verb": "leave_set"}})])
    with pytest.raises(RunError, match="WC301"):
        run_ensemble(loaded, 10, out=tmp_path / "run", engine_maker=make_engine)
    assert not (tmp_path / "run").exists()


def test_outcomes_stand_beside_history(finished: Results) -> None:
    table = finished.table()
    seats = finished.outcome("seats_left")
    assert (seats.binary, seats.happened, seats.source, seats.use) == (False, 2, "A:2", "calibrate")
    assert seats.mean == pytest.approx(table["seats_left"].mean())
    assert seats.mean_low < seats.mean < seats.mean_high
    assert (seats.probability, seats.estimate) == (1.0, seats.mean)
    assert seats.at_most == pytest.approx((table["seats_left"] <= 2).mean())
    left = finished.outcome("party_left")
    assert left.probability == pytest.approx(table["party_left"].mean())
    assert left.low < left.probability < left.high
    assert (left.happened, left.source) == (True, "A:2; B:1")
    assert left.label.ru == "по-русски party_left"
    session = finished.outcome("first_session")
    assert session.probability == session.used / RUNS
    assert session.used == RUNS - table["first_session"].null_count()
    assert session.source == "assumed: nobody wrote it down"
    assert finished.outcome("certain").is_extreme
    assert not left.is_extreme
    with pytest.raises(RunError, match="party_left"):
        finished.outcome("party_lift")


def test_quiet_outcomes_are_also_given_a_crisis(finished: Results) -> None:
    table = finished.table()
    quiet = finished.outcome("no_deal")
    crisis = table.filter((table["crisis.exits"] >= 3) & table["no_deal"].is_not_null())
    assert quiet.crisis_runs == crisis.height > 0
    assert quiet.crisis_probability == pytest.approx(crisis["no_deal"].mean())
    assert quiet.crisis_low <= quiet.crisis_probability <= quiet.crisis_high
    assert np.isnan(finished.outcome("party_left").crisis_probability)


def test_outcomes_in_memory_are_those_of_the_folder(finished: Results) -> None:
    loaded = loaded_scenario()
    engine = make_engine(loaded)
    evaluator = OutcomeEvaluator.of(loaded, engine.plan, engine.world)
    values = outcome_values(engine, evaluator, 3, 40, first_run=10, block=16)
    expected = finished.table()["seats_left"].to_numpy()[10:50]
    assert values["seats_left"].tolist() == expected.tolist()


def test_results_without_a_folder_live_as_long_as_they_are_used() -> None:
    results = make()
    folder = results.folder
    assert results.events().height
    del results
    assert not folder.exists()


def test_the_table_of_outcomes_is_flat(finished: Results) -> None:
    table = finished.outcome_table()
    assert table["name"].to_list() == [entry["id"] for entry in OUTCOMES]
    assert {"label_en", "label_ru", "probability", "low", "high", "happened", "source"} <= set(table.columns)


def test_results_print_themselves(finished: Results) -> None:
    assert repr(finished).startswith("<Results: invented, 130 runs, seed 3, in ")
    lines = str(finished).splitlines()
    assert len(lines) == 1 + len(OUTCOMES)
    assert "party_left" in lines[2]
    assert lines[2].endswith("happened: yes")


def test_the_manifest_has_no_clock(finished: Results) -> None:
    text = (finished.folder / "manifest.json").read_text()
    assert "created" not in json.loads(text)
    assert str(finished.folder) not in text
    assert open_run(finished.folder).manifest == finished.manifest


def test_verbs_are_those_of_the_plan() -> None:
    assert len(INDEX) == len(VERBS)

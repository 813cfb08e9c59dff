"""`calibrate` on a scenario: what it gives, its files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from whipcount.charts.calibration import draw
from whipcount.cli import main
from whipcount.counterfactual.engines import engine_of
from whipcount.errors import QuestionError
from whipcount.inference import simulator
from whipcount.questions.calibrate import Calibration, calibrate
from whipcount.results.interfaces import Engine
from whipcount.scenario import load
from whipcount.scenario.loader import LoadedScenario
from whipcount.text import speaking

SMALL = {"simulations": 600, "generations": 2, "predictive": 100, "least": 40}


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def engine(loaded: LoadedScenario) -> Engine:
    return engine_of(loaded)


@pytest.fixture(scope="module")
def kept(
    loaded: LoadedScenario, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Calibration, list[tuple[int, int]]]:
    steps: list[tuple[int, int]] = []
    out = tmp_path_factory.mktemp("calibration") / "kept"
    calibration = calibrate(
        loaded, **SMALL, out=out, engine=engine, progress=lambda done, total: steps.append((done, total))
    )
    return calibration, steps


def test_what_it_gives(kept: tuple[Calibration, list[tuple[int, int]]], loaded: LoadedScenario) -> None:
    calibration, steps = kept
    uses = {outcome.id: outcome.use for outcome in loaded.scenario.outcomes}
    assert {fit.name for fit in calibration.patterns} == {name for name, use in uses.items() if use == "calibrate"}
    assert {fit.name for fit in calibration.holdout} == {name for name, use in uses.items() if use == "holdout"}
    assert [one.name for one in calibration.parameters] == [
        name for name, entry in loaded.scenario.parameters.items() if entry.calibrate
    ]
    assert calibration.effective_size >= 40
    assert calibration.simulations == 600
    assert steps[-1] == (800, 800)
    assert calibration.held.prior[0] == calibration.held.carried[0] == 1.0
    assert list(calibration.held.prior) == sorted(calibration.held.prior, reverse=True)
    assert calibration.score.outcomes == len(calibration.holdout)
    assert "two-bodies" in str(calibration)
    assert "Смоделировано" in calibration.words("ru")


def test_its_posterior_is_a_table(kept: tuple[Calibration, list[tuple[int, int]]]) -> None:
    calibration, _ = kept
    assert calibration.folder is not None
    table = pl.read_parquet(calibration.folder / "posterior.parquet")
    assert table.columns[:3] == ["weight", "run", "missed"]
    assert table["weight"].sum() == pytest.approx(1.0)
    for one in calibration.parameters:
        assert table[one.name].is_finite().all()


def test_it_goes_on_where_it_was_left(
    kept: tuple[Calibration, list[tuple[int, int]]],
    loaded: LoadedScenario,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, _ = kept

    def stop(done: int, _: int) -> None:
        if done >= 240:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(loaded, **SMALL, out=tmp_path, engine=engine, progress=stop)
    assert sorted(path.name for path in tmp_path.glob("*.piece"))
    # what was kept is read, not computed: only the rest is simulated
    computed: list[int] = []
    original = simulator.EngineSimulator.__call__

    def counting(self: simulator.EngineSimulator, values: simulator.Values, first_run: int, runs: int, /) -> np.ndarray:
        computed.append(first_run)
        return original(self, values, first_run, runs)

    monkeypatch.setattr(simulator.EngineSimulator, "__call__", counting)
    resumed = calibrate(loaded, **SMALL, out=tmp_path, engine=engine)
    assert min(computed) == 240
    assert resumed.table().equals(whole.table())
    assert resumed.patterns == whole.patterns
    assert resumed.score == whole.score


def changed(tmp_path: Path, old: str, new: str) -> LoadedScenario:
    text = load("two-bodies").text
    assert old in text
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load(path)


def refused(loaded: LoadedScenario, **more: object) -> QuestionError:
    with pytest.raises(QuestionError) as caught:
        calibrate(loaded, **(SMALL | more))  # type: ignore[arg-type]
    return caught.value


def test_a_prior_without_width_is_refused(tmp_path: Path) -> None:
    wrong = changed(
        tmp_path,
        "leave.identity: {prior: {uniform: [0.0, 0.8]}, calibrate: true",
        "leave.identity: {value: 0.4, calibrate: true",
    )
    error = refused(wrong)
    assert [problem.code for problem in error.problems] == ["WC441"]
    assert error.problems[0].place.line > 300
    hardly = changed(tmp_path, "{uniform: [0.0, 0.8]}", "{uniform: [0.8, 0.80000000001]}")
    assert [problem.code for problem in refused(hardly).problems] == ["WC441"]


def test_no_parameters_and_no_patterns_are_refused(tmp_path: Path) -> None:
    assert refused(changed(tmp_path, "calibrate: true, ", "")).problems[0].code == "WC440"
    assert refused(changed(tmp_path, "use: calibrate", "use: report")).problems[0].code == "WC444"


def test_a_pattern_that_no_parameter_reaches_is_named(tmp_path: Path) -> None:
    wrong = changed(tmp_path, "{count: {verb: sign}, between: [3, 4]}", "{count: {verb: sign}, between: [30, 40]}")
    problem = refused(wrong).problems[0]
    assert problem.code == "WC445"
    assert "signers" in problem.message
    assert "600" in problem.message
    assert problem.place.line


def test_wrong_arguments_are_refused(loaded: LoadedScenario, engine: Engine, tmp_path: Path) -> None:
    for wrong in ({"simulations": 3}, {"least": 0}, {"weights": {"nothing": 1.0}}, {"weights": {"signers": 0.0}}):
        assert refused(loaded, engine=engine, **wrong).problems[0].code == "WC446"
    (tmp_path / "letter.txt").write_text("dear reader")
    assert refused(loaded, engine=engine, out=tmp_path).problems[0].code == "WC443"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_drawn_and_told(kept: tuple[Calibration, list[tuple[int, int]]], language: str) -> None:
    calibration, _ = kept
    with speaking(language):
        chart = draw(calibration)
    assert "leave.identity" in chart.svg()
    assert len(chart.table.rows) == len(calibration.parameters)
    record = calibration.record()
    assert {one["name"] for one in record["parameters"]} == set(calibration.posterior.space.names)
    assert [grid.name for grid in calibration.tables()] == ["parameters", "patterns", "holdout", "held"]


def test_the_command_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "two-bodies -n 200 --generations 1 --predictive 20 --least 15 --workers 1 --weight signers=2 --json"
    assert main(["calibrate", *arguments.split()]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["slug"] == "two-bodies"
    assert main(["calibrate", "two-bodies", "--weight", "signers"]) == 2
    assert "WC670" in capsys.readouterr().err

"""What was found under one structure is refused under another, by name and with what to do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from whipcount.cli import main
from whipcount.counterfactual.engines import changed_world
from whipcount.counterfactual.posteriors import STRUCTURE
from whipcount.counterfactual.treatment_arms import posterior_design
from whipcount.errors import QuestionError, RunError
from whipcount.questions.calibrate import calibrate
from whipcount.questions.forecast import forecast
from whipcount.results import open_run, run_ensemble, structure
from whipcount.results.manifest import MANIFEST, read_manifest
from whipcount.scenario import LoadedScenario, load
from whipcount.store import sealed, sha256_of

SMALL: dict[str, Any] = {"simulations": 200, "generations": 1, "predictive": 20, "least": 15}


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def calibrated(loaded: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrated")
    calibrate(loaded, out=folder, **SMALL)
    return folder


def with_other_rules(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these files of rules said something else."""
    now = structure.rules()
    monkeypatch.setattr(structure, "rules", lambda: {**now, **dict.fromkeys(names, "other")})


def rewritten(posterior: Path, folder: Path, **changes: Any) -> Path:
    """A posterior whose record of its structure says something else."""
    told = json.loads(pl.read_parquet_metadata(posterior)[STRUCTURE]) | changes
    path = folder / "posterior.parquet"
    pl.read_parquet(posterior).write_parquet(path, metadata={STRUCTURE: json.dumps(told)})
    return path


def refusal(loaded: LoadedScenario, posterior: Path) -> str:
    with pytest.raises(QuestionError) as caught:
        posterior_design(changed_world(loaded), posterior, 50, 1)
    (problem,) = caught.value.problems
    assert problem.code == "WC420"
    assert "whipcount calibrate two-bodies" in problem.hint
    return problem.message


def test_a_posterior_of_this_structure_is_taken(loaded: LoadedScenario, calibrated: Path) -> None:
    assert posterior_design(changed_world(loaded), calibrated / "posterior.parquet", 50, 1).draws


def test_what_is_only_told_makes_no_difference(loaded: LoadedScenario, calibrated: Path, tmp_path: Path) -> None:
    path = tmp_path / "two-bodies.yaml"
    path.write_text(loaded.text.replace("summary:", "# a remark\nsummary:", 1), encoding="utf-8")
    told = load(path).with_(set={"title.en": "Another title", "actors.anna.name.en": "Anne"})
    assert posterior_design(changed_world(told), calibrated / "posterior.parquet", 50, 1).draws


def test_a_posterior_of_another_scenario_file_names_the_sections(loaded: LoadedScenario, calibrated: Path) -> None:
    other = loaded.with_(set={"bodies.executive.quorum": 3})
    message = refusal(other, calibrated / "posterior.parquet")
    assert "another file of the scenario (bodies)" in message


def test_a_posterior_under_other_rules_names_them(loaded: LoadedScenario, calibrated: Path, tmp_path: Path) -> None:
    rules = {**structure.rules(), "agenda": "other"}
    message = refusal(loaded, rewritten(calibrated / "posterior.parquet", tmp_path, rules=rules, program="other"))
    assert "other rules (agenda)" in message


def test_rules_that_are_written_otherwise_and_come_to_the_same_are_the_same(
    loaded: LoadedScenario, calibrated: Path, tmp_path: Path
) -> None:
    rules = {**structure.rules(), "agenda": "other"}
    same = rewritten(calibrated / "posterior.parquet", tmp_path, rules=rules)  # and the program as it was
    assert posterior_design(changed_world(loaded), same, 50, 1).draws


def test_a_calibration_that_does_not_say_under_what_it_was_found_is_refused(
    loaded: LoadedScenario, calibrated: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.parquet"
    pl.read_parquet(calibrated / "posterior.parquet").write_parquet(old)
    assert "does not say" in refusal(loaded, old)


def test_a_posterior_of_another_scenario_or_account_is_refused(
    loaded: LoadedScenario, calibrated: Path, tmp_path: Path
) -> None:
    other = rewritten(calibrated / "posterior.parquet", tmp_path, scenario="elsewhere")
    assert "scenario elsewhere, not two-bodies" in refusal(loaded, other)
    of_account = rewritten(calibrated / "posterior.parquet", tmp_path, account="B")
    assert "account B, not none" in refusal(loaded, of_account)


def test_a_kept_calibration_is_refused_by_what_differs(
    loaded: LoadedScenario, calibrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def message(of: LoadedScenario, **changes: Any) -> str:
        with pytest.raises(QuestionError) as caught:
            calibrate(of, out=calibrated, **(SMALL | changes))
        (problem,) = caught.value.problems
        assert problem.code == "WC443"
        assert "give another" in problem.hint
        return problem.message

    assert "seed 1, not 2" in message(loaded, seed=2)
    assert "(bodies)" in message(loaded.with_(set={"bodies.executive.quorum": 3}))
    monkeypatch.setattr("whipcount.results.manifest.code_fingerprint", lambda: "other")
    assert "made by other code" in message(loaded)
    with_other_rules(monkeypatch, "agenda", "ballot")
    monkeypatch.setattr("whipcount.engine.plan.Plan.digest", "other")
    assert "other rules (agenda, ballot)" in message(loaded)


def test_a_kept_forecast_is_refused_by_what_differs(loaded: LoadedScenario, tmp_path: Path) -> None:
    forecast(loaded, dt.date(2030, 3, 11), runs=200, least=10, out=tmp_path)
    with pytest.raises(QuestionError, match=r"WC443.*until 2030-03-11, not 2030-03-12"):
        forecast(loaded, dt.date(2030, 3, 12), runs=200, least=10, out=tmp_path)
    with pytest.raises(QuestionError, match=r"WC443.*question forecast, not calibrate"):
        calibrate(loaded, out=tmp_path, **SMALL)


@pytest.fixture
def runs(loaded: LoadedScenario, tmp_path: Path) -> Path:
    run_ensemble(loaded, 40, 3, out=tmp_path / "runs", workers=1)
    return tmp_path / "runs"


def altered(folder: Path, **changes: Any) -> None:
    """A run folder whose manifest says something else."""
    fields = json.loads((folder / MANIFEST).read_bytes())
    fields.pop("checksum")
    (folder / MANIFEST).write_bytes(sealed(fields | changes, 1))
    read_manifest(folder)


def test_runs_made_by_other_rules_are_read_but_not_computed_again(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(runs), "--run", "1"]) == 0
    altered(runs, code="other")
    assert main(["explain", str(runs), "--run", "1"]) == 0  # the recorded program is the same
    altered(runs, code="other", program="other", rules={**structure.rules(), "leave": "other", "gone": "x"})
    capsys.readouterr()
    assert main(["explain", str(runs), "--run", "1"]) == 2
    told = capsys.readouterr().err
    assert "WC344" in told
    assert "other rules (gone, leave)" in told
    assert "again in another folder" in told
    assert open_run(runs).events().height


def test_a_folder_whose_scenario_is_of_another_language_is_refused_by_name(runs: Path) -> None:
    path = runs / "scenario.json"
    fields = json.loads(path.read_bytes())
    fields["whipcount"] = 1
    path.write_text(json.dumps(fields), encoding="utf-8")
    altered(runs, files={**read_manifest(runs).files, "scenario.json": sha256_of(path)})
    with pytest.raises(RunError, match=r"WC344.*another version of the language \(whipcount\)") as caught:
        open_run(runs).loaded()
    assert "run two-bodies again" in caught.value.problems[0].hint


def test_another_order_for_a_run_folder_names_the_rules(
    loaded: LoadedScenario, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whipcount.results.manifest.code_fingerprint", lambda: "other")
    now = structure.rules()
    monkeypatch.setattr("whipcount.results.ensemble.rules", lambda: {**now, "agenda": "other"})
    with pytest.raises(RunError, match=r"WC322.*other rules: agenda"):
        run_ensemble(loaded, 40, 3, out=runs, workers=1)

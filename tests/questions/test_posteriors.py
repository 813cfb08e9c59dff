"""Parameters as learnt, in `run`, `ask`, `claims` and `forecast`: a calibration's, and what the library teaches."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

import whipcount
from whipcount.cli import main
from whipcount.counterfactual import posteriors
from whipcount.counterfactual.engines import changed_world
from whipcount.counterfactual.posteriors import posterior_draws
from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import deviates
from whipcount.questions.politics import shared_parameters
from whipcount.scenario import LoadedScenario, load
from whipcount.session import hearing
from whipcount.theory.politics import Learnt
from whipcount.theory.politics_table import shipped_politics
from whipcount.vocabulary.priors import Prior


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


def at_scale(drawn: dict[str, np.ndarray], names: list[str]) -> np.ndarray:
    """Draws as deviates of the shipped priors."""
    priors = shared_parameters()
    return np.column_stack([deviates(priors[name], drawn[name].astype(float)) for name in names])


@pytest.mark.parametrize("crisis", ["two-bodies", "sweden-2021"])
def test_shipped_draws_are_those_of_the_table(crisis: str) -> None:
    """Means and covariances of 20,000 draws are the table's; a crisis of the library has what the others teach."""
    table = shipped_politics()
    drawn = dict(posterior_draws(changed_world(load(crisis)), "shipped", 20_000, 1))
    names = [name for name in table.names if name in drawn]
    places = [table.names.index(name) for name in names]
    learnt = table.without["sweden-2021"] if crisis == "sweden-2021" else table.learnt
    assert len(names) >= 15
    z = at_scale(drawn, names)
    np.testing.assert_allclose(z.mean(axis=0), learnt.mean[places], atol=0.04)
    np.testing.assert_allclose(np.cov(z.T), learnt.of_a_crisis()[np.ix_(places, places)], atol=0.06)


def test_where_nothing_is_learnt_the_draws_are_the_priors(
    loaded: LoadedScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shipped_politics()
    size = len(table.names)
    nothing = replace(table, learnt=Learnt(np.zeros(size), np.zeros((size, size)), 1.0))
    monkeypatch.setattr(posteriors, "shipped_politics", lambda: nothing)
    drawn = dict(posterior_draws(changed_world(loaded), "shipped", 5_000, 2))
    for column in at_scale(drawn, list(drawn)).T:
        assert stats.kstest(column, "norm").pvalue > 1e-4


def test_what_the_scenario_says_itself_stays() -> None:
    """November 1917 has priors of its own: some are the shipped ones written out, the others are of the case."""
    world, table = changed_world(load("november-1917")), shipped_politics()
    shipped = dict(zip(table.names, table.priors, strict=True))
    own = {name for name, (form, numbers) in shipped.items() if world.drawn_parameters[name] != Prior(form, numbers)}
    assert own
    with hearing() as told:
        drawn = posterior_draws(world, "shipped", 10, 1)
    assert set(drawn) == set(table.names) - own
    assert any(all(name in line for name in own) for line in told)


def test_a_run_has_the_parameters_that_were_learnt(loaded: LoadedScenario, tmp_path: Path) -> None:
    drawn = posterior_draws(changed_world(loaded), "shipped", 60, 3)
    results = whipcount.run(loaded, 60, 3, out=tmp_path / "run", posterior="shipped")
    for name, values in drawn.items():
        np.testing.assert_allclose(results.table()[name].to_numpy(), values, rtol=1e-6)
    assert set(results.manifest.parameters_given) == set(drawn)
    with pytest.raises(whipcount.WhipcountError, match="WC322"):  # the priors' runs are other runs
        whipcount.run(loaded, 60, 3, out=tmp_path / "run")


def test_the_command_runs_into_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = []
    for more in ([], ["--posterior", "shipped"]):
        assert main(["run", "two-bodies", "-n", "8", "--no-report", "--json", "--workers", "1", *more]) == 0
        folders.append(json.loads(capsys.readouterr().out)["folder"])
    assert folders[0] != folders[1]


def by_hand(folder: Path, **columns: float) -> Path:
    pl.DataFrame({name.replace("__", "."): [value] * 3 for name, value in columns.items()}).write_parquet(
        folder / "posterior.parquet"
    )
    return folder


def test_ask_takes_a_folder_and_goes_on_in_it(loaded: LoadedScenario, tmp_path: Path) -> None:
    """With voice worth nothing in every world, an intervention that says so changes nothing; by the priors it does."""
    folder = by_hand(tmp_path, leave__voice=0.0)
    do = ["param.leave.voice = 0"]
    kept = tmp_path / "kept"
    as_learnt = whipcount.ask(loaded, do, runs=80, posterior=str(folder), out=kept)
    assert as_learnt.parted == 0
    assert whipcount.ask(loaded, do, runs=80, posterior=str(folder), out=kept).record() == as_learnt.record()
    assert whipcount.ask(loaded, do, runs=80, out=kept).parted > 0  # other worlds, in the same folder


def test_claims_take_a_folder(loaded: LoadedScenario, tmp_path: Path) -> None:
    ledger = whipcount.claims(
        loaded, claim="past_breach", runs=40, structures=False, posterior=str(by_hand(tmp_path, leave__voice=0.5))
    )
    assert ledger.record()["posterior"] == tmp_path.name


def test_forecast_draws_its_worlds_from_what_was_learnt(loaded: LoadedScenario) -> None:
    """Before any fact weighs, its probabilities are those of runs with the same parameters."""
    found = whipcount.forecast(loaded, dt.date(2030, 3, 11), runs=200, least=20, seed=5, posterior="shipped")
    results = whipcount.run(loaded, 200, 5, posterior="shipped")
    for odds in found.outcomes:
        assert odds.prior == pytest.approx(results.outcome(odds.name).probability, abs=1e-9), odds.name


def test_what_is_no_posterior_or_anothers_is_refused(loaded: LoadedScenario, tmp_path: Path) -> None:
    world = changed_world(loaded)
    with pytest.raises(QuestionError, match="WC416"):
        posterior_draws(world, tmp_path, 10, 1)
    with pytest.raises(QuestionError, match="WC416"):
        posterior_draws(world, by_hand(tmp_path, nothing__here=1.0), 10, 1)
    with pytest.raises(QuestionError, match="WC420"):  # a calibration that does not say under which rules
        posterior_draws(world, by_hand(tmp_path, leave__voice=1.0, missed=0.0), 10, 1)

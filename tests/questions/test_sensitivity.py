"""`sensitivity`: indices where they are known, exact zeros, structures, and what it refuses."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from whipcount.charts.sensitivity import draw
from whipcount.cli import main
from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import Space
from whipcount.questions.sensitivity import Design, Sensitivity, _morris, _sampled, _sobol, sensitivity
from whipcount.scenario import load
from whipcount.scenario.loader import LoadedScenario
from whipcount.text import speaking
from whipcount.vocabulary.priors import Uniform


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


def toy() -> Design:
    return Design(Space(("a", "b", "idle"), (Uniform(0, 1),) * 3))


def test_indices_of_a_probability_are_put_right_for_chance() -> None:
    # p = .1 + .4 a + .2 b: a explains 4/5 of the variance of p, b 1/5; a run is yes or no
    design, runs = toy(), 16
    unit = _sampled(design, "sobol", 1_024, 3)
    p = 0.1 + 0.4 * unit[:, 0] + 0.2 * unit[:, 1]
    found = (np.random.default_rng(4).random((runs, len(p))) < p).astype(float)
    indices = {one.factor: one for one in _sobol(design, unit, found.mean(axis=0), found.var(axis=0, ddof=1) / runs, 1)}
    assert indices["a"].first == pytest.approx(0.8, abs=0.1)
    assert indices["b"].first == pytest.approx(0.2, abs=0.1)
    assert indices["a"].total == pytest.approx(0.8, abs=0.12)
    assert indices["b"].total == pytest.approx(0.2, abs=0.12)
    assert indices["idle"].total < 0.1
    assert indices["a"].first_half > 0


def test_switches_divide_the_unit_into_their_choices() -> None:
    design = Design(Space(("a",), (Uniform(0, 1),)), (("sanction", ("x", "y", "z")),))
    unit = np.array([[0.5, 0.0], [0.5, 0.33], [0.5, 0.34], [0.5, 0.99], [0.5, 1.0]])
    assert design.choices(unit)[:, 0].tolist() == [0, 0, 1, 2, 2]
    assert design.factors == ("a", "sanction")


def test_an_elementary_effect_of_nothing_is_nothing() -> None:
    design = toy()
    unit = _sampled(design, "morris", 6, 1)
    indices = {one.factor: one for one in _morris(design, unit, 3 * unit[:, 0], np.zeros(len(unit)), 1)}
    assert indices["idle"].total == indices["b"].total == 0
    assert indices["a"].total == pytest.approx(3.0)


@pytest.fixture(scope="module")
def told(loaded: LoadedScenario) -> Sensitivity:
    return sensitivity(
        loaded, "ultimatum_comes", points=8, replicates=4, parameters=("ultimatum.grievance", "mandate.gain_expose")
    )


def test_a_scenario_is_varied_in_parameters_and_structures(told: Sensitivity) -> None:
    assert {one.factor for one in told.indices} == {"ultimatum.grievance", "mandate.gain_expose", "sanction"}
    assert told.simulations == 8 * 5 * 4
    assert 0 <= told.chance <= 1
    assert 0 < told.mean < 1
    assert list(told.ranked()) == sorted(told.indices, key=lambda one: -one.total)
    assert "ultimatum_comes" in str(told)
    assert "случай" in told.words("ru")


def test_screening_shares_draws_along_a_trajectory(loaded: LoadedScenario) -> None:
    told = sensitivity(
        loaded, "ultimatum_comes", method="morris", points=4, replicates=6, switches=(),
        parameters=("leave.identity", "ultimatum.grievance", "drift.feed", "reply.evasion"),
    )  # fmt: skip
    # nobody can evade the first ultimatum before it comes
    assert told["reply.evasion"].total == 0
    assert told["ultimatum.grievance"].total > 0


def test_the_same_seed_gives_the_same_indices(loaded: LoadedScenario, told: Sensitivity) -> None:
    again = sensitivity(
        loaded, "ultimatum_comes", points=8, replicates=4, parameters=("ultimatum.grievance", "mandate.gain_expose")
    )
    assert again == told


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("WC460", {"outcome": "ultimatum_come"}),
        ("WC460", {"outcome": "signers", "points": 6}),
        ("WC460", {"outcome": "signers", "replicates": 1}),
        ("WC460", {"outcome": "signers", "method": "guess"}),
        ("WC461", {"outcome": "signers", "switches": ("weather",)}),
        ("WC442", {"outcome": "signers", "parameters": ("leave.wrath",)}),
    ],
)
def test_wrong_questions_are_refused(loaded: LoadedScenario, code: str, arguments: dict[str, object]) -> None:
    with pytest.raises(QuestionError) as caught:
        sensitivity(loaded, **arguments)  # type: ignore[arg-type]
    assert caught.value.problems[0].code == code


def test_without_salib_it_says_what_to_install(loaded: LoadedScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(QuestionError, match=r"WC464.*whipcount\[sensitivity\]"):
        sensitivity(loaded, "signers", points=4, replicates=2)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_drawn(told: Sensitivity, language: str) -> None:
    with speaking(language):
        chart = draw(told)
    assert "ultimatum.grievance" in chart.svg()
    assert len(chart.table.rows) == 3


def test_the_command_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "two-bodies --outcome talks_fail -n 4 --replicates 2 --parameter leave.voice --workers 1 --json"
    assert main(["sensitivity", *arguments.split()]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["factor"] for one in told["indices"]} == {"leave.voice", "sanction"}


def test_named_terms_are_factors_in_or_out(loaded: LoadedScenario) -> None:
    """Identity alone keeps members in; a term of a choice that comes later cannot move the same outcome."""
    told = sensitivity(
        loaded, "ultimatum_comes", points=16, replicates=8, parameters=["choice.lam"], switches=(),
        terms=["ultimatum.issue.grievance", "reconcile.return.centre"],
    )  # fmt: skip
    assert [index.factor for index in told.indices] == [
        "choice.lam", "term.ultimatum.issue.grievance", "term.reconcile.return.centre",
    ]  # fmt: skip
    with pytest.raises(QuestionError, match="WC404"):
        sensitivity(loaded, "ultimatum_comes", points=4, replicates=2, terms=["ultimatum.issue.anger"])


def test_a_term_that_an_outcome_cannot_answer_to_has_exactly_no_effect(loaded: LoadedScenario) -> None:
    told = sensitivity(
        loaded, "ultimatum_comes", method="morris", points=4, replicates=8, parameters=["ultimatum.cost"], switches=(),
        terms=["reconcile.return.centre"],
    )  # fmt: skip
    assert told["term.reconcile.return.centre"].total == 0.0
    assert told["ultimatum.cost"].total > 0.0

"""Why a run went as it did: choices that bear on it, companions, pivotal decisions found by running again."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

import whipcount
from whipcount import LoadedScenario, load
from whipcount.cli import main
from whipcount.counterfactual.choices import VOTES
from whipcount.counterfactual.engines import changed_world, engine_of, plan_of
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.counterfactual.world_changes import Force
from whipcount.engine import NumpyBackend, explain_run
from whipcount.errors import QuestionError
from whipcount.questions.why import Why, standing_answers, why
from whipcount.results import OutcomeEvaluator, run_ensemble

RUN = 59  # of seed 1: no congress, and one decision away from one


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def congress(crisis: LoadedScenario) -> Why:
    return why(crisis, "no_congress", run=RUN, flips=16)


def test_a_non_event_is_explained(congress: Why) -> None:
    assert congress.value == 1.0
    assert [one.decision for one in congress.bearing] == ["congress.majority calls", "congress.opposition insists"]
    assert "congress.majority calls was never put" in congress.words()
    assert "вопрос не вставал" in congress.words("ru")
    assert congress.companions
    assert congress.tried == 16
    assert congress.open >= congress.tried


def test_a_pivotal_decision_does_change_the_outcome(crisis: LoadedScenario, congress: Why) -> None:
    """The first one told is done over by hand, from its day on."""
    assert congress.pivots
    pivot = congress.pivots[0]
    world = changed_world(crisis)
    spec = next(one for one in standing_answers(explain_run(world, 1, RUN), world) if one.decision == pivot.decision)
    ids = world.structure.axes[spec.axis or ""]
    who = tuple(name for row, name in enumerate(ids) if world.decode(spec.axis, row) == (pivot.actor, pivot.object))
    order = Force("by hand", pivot.decision, spec.axis, who, spec.options.index(pivot.instead) + 1, None)
    plan = plan_of(order.apply(world))
    evaluator = OutcomeEvaluator.of(crisis, plan, plan.world)
    becomes = evaluator.evaluate(NumpyBackend(plan).run(1, RUN, 1)).values["no_congress"][0]
    assert becomes == pivot.becomes != congress.value


def test_standing_answers_do_not_overlap(crisis: LoadedScenario) -> None:
    world = changed_world(crisis)
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for one in standing_answers(explain_run(world, 1, RUN), world):
        assert one.first <= one.last
        assert one.options != VOTES or one.first == one.last
        spans.setdefault((one.decision, one.entity), []).append((one.first, one.last))
    for stretches in spans.values():
        ordered = sorted(stretches)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(ordered))


def test_numbers_and_wrong_questions(crisis: LoadedScenario) -> None:
    november = load("november-1917")
    told = why(november, "number_of_signers", run=1, flips=0)
    assert not told.binary
    assert told.words().startswith("Number")
    with pytest.raises(QuestionError, match="WC413"):
        why(crisis, "no_congres")
    with pytest.raises(QuestionError, match="WC415"):
        why(crisis, "no_congress", run=-1)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "two-bodies", "--run", "3", "--outcome", "no_congress", "--flips", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tried"] == 1
    assert told["bearing"][0]["decision"] == "congress.majority calls"


def test_runs_made_under_interventions_are_explained_under_them(crisis: LoadedScenario, tmp_path: Path) -> None:
    """A post was left in a run, and would not have been under the intervention by which the folder was made."""
    plain = run_ensemble(crisis, 40, 1, workers=1).table(["run", "post_left"])
    number = int(plain.filter(plain["post_left"] == 1)["run"][0])
    done = parse_interventions(["openers.leave.post = no"], crisis)
    settings = {"workers": 1, "interventions": done, "engine_maker": engine_of}
    kept = run_ensemble(crisis, 40, 1, out=tmp_path / "runs", **settings).table(["run", "post_left"])
    assert kept["post_left"][number] == 0
    assert why(crisis, "post_left", run=number, flips=0).value == 1.0
    assert whipcount.why(str(tmp_path / "runs"), "post_left", run=number, flips=0).value == 0.0

"""Roles: the 24 questions as outcomes; parts that nobody plays are refused; what cannot be put is said to be so."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest

import whipcount
from whipcount.errors import QuestionError, ScenarioError
from whipcount.results import run_ensemble
from whipcount.scenario import load, names
from whipcount.scenario.questionnaire import questions
from whipcount.scenario.registry import Declared, from_mechanisms
from whipcount.scenario.roles import FirstDay
from whipcount.theory.questionnaire import KEYS

# what is set, the code, what is said, what the hint says
FAULTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no such party": ({"roles.focal": "onion"}, "WC120", "no party 'onion'", "union"),
    "no such leader": ({"roles.leader": "ana"}, "WC120", "no actor 'ana'", "anna"),
    "leader of another party": ({"roles.leader": "hugo"}, "WC146", "'centre'", "focal"),
    "dissenters nobody": ({"roles.dissenters": ["opners"]}, "WC146", "nobody is called 'opners'", "openers"),
    "no dissenters": ({"roles.dissenters": []}, "WC117", "at least 1", "at odds"),
    "the leader dissents": ({"roles.dissenters": ["anna"]}, "WC146", "leader 'anna'", "another|follow"),
    "the leader's faction dissents": ({"roles.dissenters": ["stalwarts"]}, "WC146", "leader 'anna'", "follow"),
    "no such measure": ({"roles.measure": "grnd"}, "WC146", "nothing is called 'grnd'", "grand"),
    "no such question": ({"answers.q25_rain": "yes"}, "WC147", "no question 'q25_rain'", "q01|q2"),
    "neither yes nor no": ({"answers.q15_falls": "perhaps"}, "WC114", "perhaps", "yes"),
    "outside the calendar": (
        {"answers.q15_falls": {"answer": "yes", "date": "1999-01-01"}},
        "WC129",
        "1999-01-01",
        "history|calendar",
    ),
    "answers without roles": ({"roles": None}, "WC147", "no roles", "roles"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_coded_with_place_and_hint(fault: str) -> None:
    settings, code, said, hint = FAULTS[fault]
    with pytest.raises(ScenarioError) as caught:
        load("two-bodies", set=settings)
    problem = next(one for one in caught.value.problems if one.code == code)
    assert said in problem.message
    assert any(part in problem.hint for part in hint.split("|"))


def test_a_fault_has_its_line(tmp_path: Any) -> None:
    text = load("two-bodies").text.replace("dissenters: [openers]", "dissenters: [nobody_here]")
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "nobody_here" in words)
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert [(one.code, one.place.line) for one in caught.value.problems] == [("WC146", line)]


@pytest.mark.parametrize("name", names())
def test_what_comes_with_the_program_is_asked_all_questions(name: str) -> None:
    scenario = load(name).scenario
    found = questions(scenario, from_mechanisms())
    assert tuple(one.id for one in found) == KEYS
    for one in found:
        assert (one.outcome is None) == bool(one.reason)
    put = {one.id for one in found if one.outcome is not None}
    assert put == {one.id for one in scenario.outcomes if one.use == "questionnaire"}


def test_without_mechanisms_no_question_can_be_put() -> None:
    scenario = load("two-bodies").scenario
    nothing = Declared(verbs={"weather": frozenset()})
    assert all(one.outcome is None and one.reason for one in questions(scenario, nothing))


def test_without_roles_there_are_none() -> None:
    scenario = load("two-bodies", set={"roles": None, "answers": None}).scenario
    assert questions(scenario, from_mechanisms()) == ()
    with pytest.raises(QuestionError, match="WC419"):
        whipcount.questionnaire(load("two-bodies", set={"roles": None, "answers": None}), runs=1)


def test_the_answers_stand_beside() -> None:
    outcomes = {one.id: one.happened for one in load("two-bodies").scenario.outcomes}
    assert outcomes["q18_partner_leaves"] is True
    assert outcomes["q15_falls"] is False
    assert outcomes["q12_new_party"] is None


def test_what_implies_another_does_so_in_every_run(tmp_path: Any) -> None:
    """A lost vote is a vote; three resignations are one; who is put out has left; a partner's exit ends a coalition."""
    results = run_ensemble(load("two-bodies"), 150, 3, tmp_path / "run", workers=1)
    table = results.table()
    for narrow, wide in (
        ("q17_confidence_lost", "q16_confidence_vote"),
        ("q07_posts_resigned_3", "q06_post_resigned"),
        ("q11_expelled", "q09_party_left"),
        ("q18_partner_leaves", "q15_falls"),
    ):
        inside, outside = table[narrow].to_numpy(), table[wide].to_numpy()
        assert np.all(inside <= outside), (narrow, wide)
    # the scenario's own outcomes ask some of the same things
    assert np.all(table["post_left"].to_numpy() >= table["q06_post_resigned"].to_numpy())
    assert np.array_equal(table["q23_wider_body"].to_numpy(), 1 - table["no_congress"].to_numpy())


def test_a_partner_is_needed_to_leave() -> None:
    alone: dict[str, Any] = {"offers": None, "roles.measure": "alone"}
    for name in ("proportional", "grand"):
        alone |= {f"settlements.{name}.parties": ["union"], f"settlements.{name}.shares": None}
    scenario = load("two-bodies", set=alone).scenario
    reasons = {one.id: one.reason for one in questions(scenario, from_mechanisms())}
    assert "partner" in reasons["q18_partner_leaves"]
    assert reasons["q21_measure_passes"]


def test_a_coded_first_day_gives_its_row() -> None:
    first_day = load("november-1917").scenario.first_day
    assert first_day is not None
    row = first_day.row()
    assert (row["d_share"], row["d_share_hi"], row["regime"]) == (0.19, 0.33, "committee")
    assert {"dist_D", "dist_D_hi", "dist_L", "election_attractive_G"} <= row.keys()
    written = io.StringIO()
    csv.DictWriter(written, list(row)).writerow(row)
    assert FirstDay.model_validate({"d_share": 0.2}).row() == {"d_share": 0.2, "d_share_hi": 0.2}


def test_the_task_says_why_and_scores() -> None:
    asked = whipcount.questionnaire("two-bodies", runs=60, workers=1)
    assert len(asked.questions) == 24
    scored = [one for one in asked.questions if one.probability is not None and one.happened is not None]
    by_hand = [(one.probability * 60 + 0.5) / 61 for one in scored if one.probability is not None]
    logs = [np.log(p if one.happened else 1 - p) for p, one in zip(by_hand, scored, strict=True)]
    assert asked.score == pytest.approx(float(np.mean(logs)))
    assert asked.record()["questions"][0]["id"] == KEYS[0]

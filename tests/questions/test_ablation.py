"""Mechanisms made idle: nothing comes of them, all else is as it was, and what that costs forecasts is told."""

from __future__ import annotations

import numpy as np
import pytest

import whipcount
from whipcount.errors import QuestionError
from whipcount.questions.ablation import Ablation, _Idling, _worth, ablation
from whipcount.results import OutcomeEvaluator, outcome_values, scenario_engine
from whipcount.scenario import load
from whipcount.theory.questionnaire import KEYS

RUNS = 60
ALONE = {
    "q05_threat_up": "demand",
    "q06_post_resigned": "leave",
    "q12_new_party": "split",
    "q23_wider_body": "congress",
}


@pytest.fixture(scope="module")
def chances() -> np.ndarray:
    """Of two-bodies: with all mechanisms, without each that alone brings something about"""
    idling = _Idling((load("two-bodies"),), tuple(ALONE.values()), RUNS, 1)
    return idling.begin()(0)


def test_with_all_it_is_the_ordinary_run(chances: np.ndarray) -> None:
    loaded = load("two-bodies")
    engine = scenario_engine(loaded)
    values = outcome_values(engine, OutcomeEvaluator.of(loaded, engine.plan, engine.plan.world), 1, RUNS)
    for place, key in enumerate(KEYS):
        assert chances[0, place] == (values[key].sum() + 0.5) / (RUNS + 1.0)


def test_nothing_comes_of_what_is_idle(chances: np.ndarray) -> None:
    never = 0.5 / (RUNS + 1.0)
    for row, key in enumerate(ALONE, 1):
        assert chances[0, KEYS.index(key)] > never
        assert chances[row, KEYS.index(key)] == never


def test_worth_is_the_difference_of_scores() -> None:
    """Sure of the truth with it, a coin without: log 2 + log .9 on each answer, .25 - .01 by Brier."""
    answers = np.array([[1.0, 0.0, np.nan], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    told = np.where(answers == 1.0, 0.9, 0.1)
    worth = _worth("invented", told, np.full((3, 3), 0.5), answers)
    assert worth.answers == 8
    assert worth.log.mean == pytest.approx(np.log(0.9 / 0.5))
    assert worth.log.low == pytest.approx(worth.log.high)
    assert worth.brier.mean == pytest.approx(0.24)
    assert worth.largest == pytest.approx(0.4)


def test_no_such_mechanism() -> None:
    with pytest.raises(QuestionError, match=r"WC454.*'sanction'"):
        ablation((), ["sanctoin"])


def test_no_such_crisis() -> None:
    with pytest.raises(QuestionError, match=r"WC454.*'germany-1982'"):
        whipcount.ablate("sanction", crises="germany-1928", runs=20)


def test_finding_and_table_say_which_is_which() -> None:
    answers = np.array([[1.0, 0.0], [0.0, 1.0]])
    told, coin = np.where(answers == 1.0, 0.9, 0.1), np.full((2, 2), 0.5)
    worths = (
        _worth("useful", told, coin, answers),
        _worth("idle", told, told, answers),
        _worth("harmful", coin, told, answers),
    )
    found = Ablation(100, ("a", "b"), -0.1, worths)
    assert str(found.sentences()).splitlines() == [
        "Forecasts are better with: useful.",
        "Forecasts are worse with: harmful.",
        "In no crisis does anything hang on: idle.",
        "2 crises, 100 runs of each; log score with all: -0.100.",
    ]
    assert [row["mechanism"] for row in found.tables()[0].records()] == ["useful", "idle", "harmful"]


def test_it_is_a_call_too() -> None:
    assert whipcount.ablate.__doc__

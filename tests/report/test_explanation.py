"""Decisions explained: which are shown, with what numbers, and in which words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from whipcount.charts.material import Material
from whipcount.engine import Decision, explain_run
from whipcount.report.explanation import Wanted, bar, chosen_decisions, heading, print_decisions, record_of, signed
from whipcount.results import scenario_engine
from whipcount.scenario import load
from whipcount.text import speaking
from whipcount.text.dates import DayLabels

REPLY = Decision(
    step=10, mechanism="reply", decision="reply", axis="actor", entity=4, actor="elm", object="reds",
    options={"submit": {"pride": -0.3, "voice": -0.05}, "resign": {"freedom": 0.18, "seat": -0.04}},
    utilities={"submit": -0.35, "resign": 0.14}, probabilities={"submit": 0.04, "resign": 0.96}, draw=0.5,
    choice="resign",
)  # fmt: skip
VOTE = replace(
    REPLY, mechanism="ballot", decision="widen", axis="seat", object="committee",
    options={"yes": {}, "no": {}, "abstain": {}}, utilities={"yes": 0.0, "no": 0.0, "abstain": 0.0},
    probabilities={"yes": 0.4, "no": 0.4, "abstain": 0.2}, choice="yes",
)  # fmt: skip
SETTLED = replace(REPLY, mechanism="leave", decision="membership", probabilities={"submit": 0.001, "resign": 0.999})
LABELS = DayLabels(dt.date(1917, 11, 7), dt.date(1918, 3, 31), 1.0, dt.date(1918, 2, 14))


def test_open_decisions_are_shown_and_votes_left_out() -> None:
    assert chosen_decisions([REPLY, VOTE, SETTLED], Wanted()) == [REPLY]
    assert chosen_decisions([REPLY, VOTE, SETTLED], Wanted(everything=True)) == [REPLY, VOTE, SETTLED]
    assert chosen_decisions([REPLY, VOTE, SETTLED], Wanted(mechanism="ballot")) == [VOTE]
    assert chosen_decisions([REPLY, VOTE], Wanted(actor="elm")) == [REPLY, VOTE]
    assert chosen_decisions([REPLY, VOTE], Wanted(actor="fir")) == []
    assert chosen_decisions([REPLY, replace(REPLY, step=12, choice="submit")], Wanted(step=12))[0].choice == "submit"


def test_a_standing_question_is_shown_when_its_answer_changes() -> None:
    asked = [replace(REPLY, step=step, choice=choice) for step, choice in ((1, "submit"), (2, "submit"), (3, "resign"))]
    assert [one.step for one in chosen_decisions(asked, Wanted())] == [1, 3]


def test_a_decision_as_data() -> None:
    record = record_of(REPLY, LABELS)
    assert record["date"] == "1917-11-17"
    assert record["choice"] == "resign"
    assert record["options"][0] == {
        "name": "submit", "terms": {"pride": -0.3, "voice": -0.05}, "utility": -0.35, "probability": 0.04,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("4 (17) November 1917", "Elm: how to answer the ultimatum?", "freedom +0.180", "draw 0.50: resign")),
        ("ru", ("4 (17) ноября 1917", "Вязов: как ответить на ультиматум?", "свобода слова +0,180", "уйти в отставку")),
    ],
)
def test_a_decision_for_people(material: Material, language: str, words: tuple[str, ...]) -> None:
    from rich.console import Console

    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    with speaking(language):
        print_decisions(console, [REPLY], material.names(), material.labels())
    text = console.export_text()
    for word in words:
        assert word in text
    line = next(line for line in text.splitlines() if "▶" in line)
    assert "resign" in line or "уйти" in line


def test_headings_name_the_body_of_a_vote(material: Material) -> None:
    assert heading(VOTE, material.names()) == "Elm: vote for the motion? Central Committee  [ballot, widen]"


def test_bars_and_signs() -> None:
    assert bar(1.0, 4) == "████"
    assert bar(0.5, 4) == "██"
    assert bar(0.0, 4) == ""
    with speaking("ru"):
        assert signed(-0.1234) == "−0,123"


def test_real_decisions_explain_themselves() -> None:
    world = scenario_engine(load("two-bodies")).world
    decisions = explain_run(world, 3, 0)  # type: ignore[arg-type]
    assert decisions
    for one in chosen_decisions(decisions, Wanted(everything=True))[:500]:
        assert sum(one.probabilities.values()) == pytest.approx(1.0, abs=1e-3)
        for name, terms in one.options.items():
            assert sum(terms.values()) == pytest.approx(one.utilities[name], abs=1e-3)

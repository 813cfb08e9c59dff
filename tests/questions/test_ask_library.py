"""One question put to all crises: who plays which part, what is pooled, what cannot be asked, how it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import whipcount
from whipcount.cli import main
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.errors import QuestionError, UsageError
from whipcount.questions import library
from whipcount.questions.ask import ask
from whipcount.questions.ask_library import LibraryAnswer, ask_library, asked_questions
from whipcount.scenario import LoadedScenario, load
from whipcount.theory.pooling import pool
from whipcount.theory.questionnaire import KEYS

Z95 = 1.959963984540054


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def crises(loaded: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> list[LoadedScenario]:
    """Three editions of one crisis, in the last of which an event has another name: a library that takes no time."""
    other = tmp_path_factory.mktemp("library") / "third.yaml"
    other.write_text(loaded.text.replace("power_restored", "light_returns"), encoding="utf-8")
    return [loaded, loaded.with_(set={"bodies.executive.quorum": 6}), load(other)]


@pytest.fixture(scope="module")
def told(crises: list[LoadedScenario]) -> LibraryAnswer:
    return ask_library(crises, ["role.leading_party.ultimatum.issue = wait"], questions=["q04", "q03"], runs=40)


def texts(of: LoadedScenario, *do: str) -> list[str]:
    return [one.text for one in parse_interventions(do, of)]


def test_roles_are_spelled_out(loaded: LoadedScenario) -> None:
    assert texts(loaded, "role.dissenters.leave.seat = no") == ["faction.openers.leave.seat = no"]
    assert texts(loaded, "role.leader.leave.post = no") == ["actor.anna.leave.post = no"]
    assert texts(loaded, "role.leading_party.ultimatum.issue != wait") == ["party.union.ultimatum.issue != wait"]
    assert texts(loaded, "trait.role.dissenters.identity = 0") == ["trait.openers.identity = 0"]
    written = parse_interventions(["faction.openers.leave.seat = no"], loaded)
    assert parse_interventions(["role.dissenters.leave.seat = no"], loaded) == written


def test_of_several_who_play_a_role_those_count_who_can() -> None:
    """The partners of a coalition decide as parties; a leader who is no party does not."""
    sweden = load("sweden-2021")
    found = texts(sweden, "role.focal.withdrawal.stay != stay")
    assert found == [f"party.{name}.withdrawal.stay != stay" for name in sweden.scenario.roles.focal]  # type: ignore[union-attr]
    with pytest.raises(QuestionError, match="WC412"):
        texts(sweden, "role.leader.withdrawal.stay != stay")


def test_wrong_roles_are_refused(loaded: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match=r"WC403.*dissenters"):
        texts(loaded, "role.disenters.leave.seat = no")
    without = loaded.with_(set={})
    bare = without.scenario.model_copy(update={"roles": None})
    with pytest.raises(QuestionError, match=r"WC403.*no roles"):
        texts(replace(without, scenario=bare), "role.leader.leave.post = no")


def test_each_crisis_is_asked_as_alone_and_the_effects_are_pooled(
    told: LibraryAnswer, crises: list[LoadedScenario]
) -> None:
    across = told["q04"]
    alone = ask(crises[0], ["party.union.ultimatum.issue = wait"], (), ["q04_threat_down"], 40)["q04_threat_down"]
    assert across.by_crisis[0].effect == alone
    effects = [one.effect for one in across.by_crisis]
    again = pool([one.effect for one in effects], [(one.high - one.low) / (2 * Z95) for one in effects])
    assert across.pooled == again
    assert across.pooled.mean < 0  # who waits does not threaten


def test_what_cannot_be_asked_is_listed_with_the_reason(crises: list[LoadedScenario]) -> None:
    found = ask_library(crises, ["event.power_restored = removed"], questions=["q03"], runs=20)
    assert [crisis for crisis, _ in found.unable] == ["third"]
    assert "power_restored" in found.unable[0][1]
    assert len(found["q03"].by_crisis) == 2
    with pytest.raises(QuestionError, match="WC404"):  # a typing error is one in every crisis
        ask_library(crises, ["param.leave.voise = 0"], questions=["q03"], runs=20)
    with pytest.raises(QuestionError, match="WC414"):
        ask_library(crises, [], questions=["q03"])


def test_what_the_change_itself_decides_is_no_effect(
    crises: list[LoadedScenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = replace(ask(crises[0], ["param.leave.voice = 0"], (), ["q09_party_left"], 20).effects[0], fixed=True)
    monkeypatch.setattr("whipcount.questions.ask_library.ask", lambda *_, **__: SimpleNamespace(effects=(effect,)))
    found = ask_library(crises, ["param.leave.voice = 0"], questions=["q09"], runs=20)["q09"]
    assert found.pooled is None
    assert [crisis for crisis, _ in found.without] == [one.slug for one in crises]


def test_questions_go_by_their_numbers() -> None:
    assert asked_questions(["q03", "q15_falls", "q03_defiance"]) == ("q03_defiance", "q15_falls")
    assert asked_questions([]) == KEYS
    with pytest.raises(QuestionError, match="WC413"):
        asked_questions(["q99"])


def test_words_state_the_finding_first(told: LibraryAnswer) -> None:
    found = replace(told["q04"], pooled=pool([-0.20, -0.21, -0.19, -0.20], [0.01] * 4))
    clear = replace(told, questions=(found,))
    first = clear.words().splitlines()[0]
    assert first.startswith("A formal threat is made from above: less likely by 20 points over 4 crises")
    assert "worse than base rates" in clear.words().splitlines()[-1]
    assert "менее вероятно на 20" in clear.words("ru")
    unclear = replace(found, pooled=pool([-0.2, 0.2, 0.1], [0.01] * 3))
    assert "no clear effect" in replace(told, questions=(unclear,)).words().splitlines()[0]


def test_the_chart_holds_every_crisis_and_the_mean(told: LibraryAnswer) -> None:
    several = told.chart()
    assert len(several.table.rows) == 2  # of several questions, their means
    one = replace(told, questions=told.questions[:1]).chart()
    assert len(one.table.rows) == len(told.questions[0].by_crisis) + 1
    assert one.svg().startswith("<svg")


def test_the_command_and_python_say_the_same(
    crises: list[LoadedScenario], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(library, "documented", lambda: crises[:2])
    command = ["ask", "--library", "--do", "param.leave.voice = 0", "--outcome", "q09", "-n", "30", "--workers", "1"]
    assert main([*command, "--json", "--out", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    found = whipcount.ask(library=True, do="param.leave.voice = 0", outcome="q09", runs=30, workers=1)
    assert told["effects"] == json.loads(json.dumps(found.record()["effects"]))
    with pytest.raises(UsageError, match="WC625"):
        whipcount.ask("two-bodies", library=True, do="param.leave.voice = 0")
    with pytest.raises(UsageError, match="WC625"):
        whipcount.ask(do="param.leave.voice = 0")

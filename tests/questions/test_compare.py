"""Two accounts in the same worlds: which disputed matter moves what."""

from __future__ import annotations

import json

import pytest

from whipcount import LoadedScenario, load
from whipcount.cli import main
from whipcount.errors import QuestionError
from whipcount.questions.compare import compare


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


def test_accounts_are_run_in_the_same_worlds(crisis: LoadedScenario) -> None:
    found = compare(crisis, runs=120)
    assert (found.first, found.second) == ("A", "B")
    assert [matter.variant for matter in found.matters] == ["sanction"]
    assert found.whole.parted < 40  # the threatened sanction differs only once there is an ultimatum
    effects = {effect.outcome: effect.effect for effect in found.whole.effects}
    assert abs(effects["assembly_backs"]) < 0.05
    assert "sanction" in found.words()
    outcomes, matters = found.tables()
    assert len(outcomes.rows) == len(crisis.scenario.outcomes)
    assert matters.records()[0]["second"] == "congress"


def test_the_order_of_accounts_turns_the_sign(crisis: LoadedScenario) -> None:
    there, back = (compare(crisis, pair, ["no_congress"], runs=120).whole for pair in (("A", "B"), ("B", "A")))
    assert there["no_congress"].effect == -back["no_congress"].effect


def test_each_disputed_matter_is_switched_alone() -> None:
    loaded = load("november-1917")
    found = compare(loaded, outcomes=["talks_fail"], runs=10)
    assert {matter.variant for matter in found.matters} == {"sanction", "majority_aim", "opposition_scope"}


def test_two_accounts_are_needed(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match=r"WC418.*A, B"):
        compare(crisis, ["A"])
    with pytest.raises(QuestionError, match="WC403"):
        compare(crisis, ["A", "C"], runs=10)
    with pytest.raises(QuestionError, match="WC418"):
        compare(load("two-bodies"), ["A", "A"])


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "two-bodies", "-n", "20", "--outcome", "talks_fail", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accounts"] == ["A", "B"]
    assert told["outcomes"][0]["outcome"] == "talks_fail"

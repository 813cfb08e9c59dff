"""What a forecast follows from is fixed in a file that answers for itself; what changes afterwards is named."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import whipcount
from whipcount.cli import main
from whipcount.errors import QuestionError
from whipcount.questions.preregistration import Preregistration
from whipcount.scenario import load

DAY = dt.date(2030, 3, 10)
FLIPS = 40


@pytest.fixture
def registered(tmp_path: Path) -> Path:
    path = tmp_path / "two-bodies.prereg.json"
    whipcount.preregister("two-bodies", out=path, until=DAY, runs=500)
    return path


def checked(path: Path, scenario: object = "two-bodies", **more: object) -> Preregistration:
    settings = {"until": DAY, "runs": 500, **more}
    return whipcount.preregister(scenario, check=path, **settings)


def test_nothing_has_changed(registered: Path) -> None:
    found = checked(registered)
    assert not found.refuted()
    assert found.changes == ()
    assert set(found.outcomes) == {one.id for one in load("two-bodies").scenario.outcomes}


def test_it_holds_every_prior_and_what_counts_as_each_outcome(registered: Path) -> None:
    held = json.loads(registered.read_text(encoding="utf-8"))
    assert held["priors"]["leave.voice"].startswith("uniform(")
    assert held["outcomes"]["talks_fail"]["measure"]
    assert held["plan"] == {"runs": 500, "seed": 1, "facts_until": "2030-03-10"}
    assert dt.datetime.fromisoformat(held["written"]).tzinfo is not None


@pytest.mark.parametrize(
    ("changed", "kind", "what"),
    [
        ({"set": {"parameters.leave.voice": 0.4}}, "prior", "leave.voice"),
        ({"seed": 2}, "plan", "seed"),
        ({"runs": 501}, "plan", "runs"),
        ({"until": dt.date(2030, 3, 11)}, "plan", "facts_until"),
        ({"variant": ["sanction=congress"]}, "structure", "another file of the scenario (parties)"),
    ],
)
def test_what_changes_is_named(registered: Path, changed: dict[str, object], kind: str, what: str) -> None:
    found = checked(registered, **changed)
    assert found.refuted()
    assert (kind, what) in {one[:2] for one in found.changes}


def test_an_outcome_told_otherwise_is_named(registered: Path) -> None:
    crisis = load("two-bodies")
    one = next(outcome for outcome in crisis.scenario.outcomes if outcome.id == "talks_fail")
    kept = [outcome for outcome in crisis.scenario.outcomes if outcome is not one]
    told = crisis.scenario.model_copy(update={"outcomes": kept})
    changes = {change[:2] for change in checked(registered, _with(crisis, told)).changes}
    assert changes == {("outcome", "talks_fail")}


def _with(crisis: object, scenario: object) -> object:
    from dataclasses import replace

    return replace(crisis, scenario=scenario)


def test_it_is_never_renewed(registered: Path) -> None:
    before = registered.read_bytes()
    with pytest.raises(QuestionError, match="WC455"):
        whipcount.preregister("two-bodies", out=registered)
    assert registered.read_bytes() == before


def test_no_byte_of_it_can_be_changed(registered: Path) -> None:
    content = registered.read_bytes()
    for place in range(0, len(content), len(content) // FLIPS):
        registered.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(QuestionError, match="WC456"):
            checked(registered)


def test_something_else_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    for content in (b"", b"{}", b"[1]", b"\xff\xfe"):
        other.write_bytes(content)
        with pytest.raises(QuestionError, match="WC456"):
            checked(other)
    with pytest.raises(QuestionError, match="WC456"):
        checked(tmp_path / "absent.json")


def test_the_command_ends_with_3_where_something_changed(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["preregister", "two-bodies", "--check", str(registered), "--until", "2030-03-10", "--json"]
    assert main([*asked, "-n", "500"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert main([*asked, "-n", "400"]) == 3

"""The commands of the report: transcript, explain, odd, report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.cli import main
from whipcount.results import Results


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_transcript_of_a_folder_and_of_its_scenario_agree(capsys: pytest.CaptureFixture[str], results: Results) -> None:
    code, told, _ = called(capsys, "transcript", str(results.folder), "--run", "7")
    assert code == 0
    code, again, _ = called(capsys, "transcript", "two-bodies", "--seed", "3", "--run", "7")
    assert code == 0
    assert told == again
    assert "7" in told.splitlines()[0]


@pytest.mark.parametrize("kind", ["closest", "typical", "strangest"])
def test_transcript_picks_a_run(capsys: pytest.CaptureFixture[str], results: Results, kind: str) -> None:
    code, out, _ = called(capsys, "transcript", str(results.folder), f"--{kind}", "--json")
    assert code == 0
    record = json.loads(out)
    assert 0 <= record["run"] < 40
    assert record["days"][0]["sentences"] is not None


def test_transcript_picks_among_the_runs_of_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "transcript", "two-bodies", "--typical", "--json")
    assert code == 0
    assert any(day["sentences"] for day in json.loads(out)["days"])


def test_transcript_in_russian(capsys: pytest.CaptureFixture[str], results: Results) -> None:
    code, out, _ = called(capsys, "transcript", str(results.folder), "--lang", "ru")
    assert code == 0
    assert "Прогон 0" in out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--run", "1", "--typical"), "WC661"),
        (("--run", "40"), "WC660"),
        (("--seed", "5"), "WC662"),
        (("--account", "A"), "WC662"),
    ],
)
def test_transcript_refuses(
    capsys: pytest.CaptureFixture[str], results: Results, arguments: tuple[str, ...], error: str
) -> None:
    code, out, err = called(capsys, "transcript", str(results.folder), *arguments)
    assert code == 2
    assert error in err
    assert out == ""


def test_explain_of_a_folder_and_of_its_scenario_agree(capsys: pytest.CaptureFixture[str], results: Results) -> None:
    code, told, _ = called(capsys, "explain", str(results.folder), "--run", "2", "--json")
    assert code == 0
    code, again, _ = called(capsys, "explain", "two-bodies", "--seed", "3", "--run", "2", "--json")
    assert code == 0
    assert json.loads(told)["decisions"] == json.loads(again)["decisions"]


def test_explain_filters(capsys: pytest.CaptureFixture[str]) -> None:
    base = ("explain", "two-bodies", "--run", "2", "--json")
    everything = json.loads(called(capsys, *base, "--all")[1])["decisions"]
    one = everything[0]
    day = json.loads(called(capsys, *base, "--all", "--day", one["date"])[1])["decisions"]
    assert day
    assert {decision["date"] for decision in day} == {one["date"]}
    mine = json.loads(called(capsys, *base, "--all", "--actor", one["actor"])[1])["decisions"]
    assert {decision["actor"] for decision in mine} == {one["actor"]}
    kind = json.loads(called(capsys, *base, "--all", "--mechanism", one["mechanism"])[1])["decisions"]
    assert {decision["mechanism"] for decision in kind} == {one["mechanism"]}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--day", "1066-10-14"), "WC664"),
        (("--day", "soon"), "WC664"),
        (("--actor", "nobody"), "WC665"),
        (("--mechanism", "weather"), "WC666"),
    ],
)
def test_explain_refuses(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], error: str) -> None:
    code, _, err = called(capsys, "explain", "two-bodies", *arguments)
    assert code == 2
    assert error in err


def test_explain_refuses_a_run_that_is_not_there(capsys: pytest.CaptureFixture[str], results: Results) -> None:
    code, _, err = called(capsys, "explain", str(results.folder), "--run", "40")
    assert code == 2
    assert "WC663" in err


def test_odd_goes_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = called(capsys, "odd", "two-bodies", "--out", str(tmp_path / "odd.md"))
    assert code == 0
    assert out == ""
    assert (tmp_path / "odd.md").read_text(encoding="utf-8").startswith("# Model description (ODD)")


def test_report_draws_a_folder_again(capsys: pytest.CaptureFixture[str], results: Results, tmp_path: Path) -> None:
    code, out, _ = called(capsys, "report", str(results.folder), "--out", str(tmp_path / "r"), "--lang", "ru")
    assert code == 0
    assert "report.ru.html" in out
    assert (tmp_path / "r" / "report.ru.html").exists()

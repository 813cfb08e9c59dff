"""The commands that read and write scenarios: what they print, in both languages and as JSON."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from whipcount.cli import main
from whipcount.cli.output import show
from whipcount.scenario import names, scaffold
from whipcount.table import Column, Shown, Table, plain
from whipcount.text import speaking

COMMANDS = ("list", "show", "new", "check", "schema", "sources", "accounts", "export", "import")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHIPCOUNT_LANG", raising=False)
    monkeypatch.delenv("WHIPCOUNT_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "demo.yaml").write_text(scaffold("demo"), encoding="utf-8")
    return tmp_path


def out(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert "WC" not in captured.err
    return captured.out


def record(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The one JSON object that a command prints."""
    found = json.loads(out(capsys, *arguments, "--json"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(
    command: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = out(capsys, command, "--help", "--lang", language)
    assert f"  whipcount {command}" in text
    assert ("Примеры:" if language == "ru" else "Examples:") in text
    assert (any("а" <= letter <= "я" for letter in text)) is (language == "ru")


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys)
    assert all(f"\n  {command} " in text for command in COMMANDS)


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "list")
    assert [each["name"] for each in found["scenarios"]] == list(names())
    text = out(capsys, "list")
    assert all(name in text for name in names())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("scenario", ["demo.yaml", *names()])
def test_show_prints_every_section(scenario: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    from whipcount.report.views.sections import SECTIONS

    text = out(capsys, "show", scenario, *SECTIONS, "--lang", language)
    assert len(text.splitlines()) > 60
    found = record(capsys, "show", scenario, *SECTIONS, "--lang", language)
    assert set(SECTIONS) <= set(found)
    assert all(isinstance(found[section], list) for section in SECTIONS)


def test_show_bodies_tells_rule_quorum_and_superior(capsys: pytest.CaptureFixture[str]) -> None:
    bodies = record(capsys, "show", "demo.yaml", "bodies")["bodies"]
    assert bodies[0]["id"] == "committee"
    assert bodies[0]["rule"] == "more than 1/2 of votes cast"
    assert bodies[0]["quorum"] == 3
    assert {"superior", "chair", "seats", "votes"} <= set(bodies[0])
    text = out(capsys, "show", "demo.yaml", "bodies", "members")
    assert "more than half of the votes cast" in text
    assert "deputies ×12" in text


@pytest.mark.parametrize("name", ["doves", "conciliators", "примирители"])
def test_show_finds_a_faction_by_either_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "show", "demo.yaml", "--faction", name)
    assert [each["actor"] for each in found["members"]] == ["vera", "dina"]


def test_show_one_body_and_one_actor(capsys: pytest.CaptureFixture[str]) -> None:
    seats = record(capsys, "show", "demo.yaml", "--body", "cabinet")["seats"]
    assert [seat["actor"] for seat in seats] == ["anna", "vera"]
    vera = record(capsys, "show", "demo.yaml", "--actor", "vera")
    assert [seat["body"] for seat in vera["seats"]] == ["committee", "cabinet", "council"]
    assert [post["id"] for post in vera["posts"]] == ["treasury"]
    for asked in (["--body", "x"], ["--actor", "x"], ["--faction", "x"], ["sections"]):
        assert main(["show", "demo.yaml", *asked]) == 2


def test_old_style_dates_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    if "november-1917" in names():
        assert "25 October (7 November) 1917" in out(capsys, "show", "november-1917", "events")


def test_overrides_reach_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    bodies = record(capsys, "show", "demo.yaml", "bodies", "--set", "bodies.committee.quorum=2")["bodies"]
    assert bodies[0]["quorum"] == 2


def test_new_writes_what_check_accepts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(capsys, "new", "my-crisis")["file"] == "my-crisis.yaml"
    assert record(capsys, "check", "my-crisis.yaml")["ok"] is True
    (folder / "my-crisis.yaml").write_text("mine", encoding="utf-8")
    assert main(["new", "my-crisis"]) == 2
    assert (folder / "my-crisis.yaml").read_text(encoding="utf-8") == "mine"
    assert main(["new", "my-crisis", "--force"]) == 0
    assert (folder / "my-crisis.yaml").read_text(encoding="utf-8") == scaffold("my-crisis")
    assert main(["new", "../out"]) == 2


def test_check_counts_what_a_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "check", "demo.yaml")
    assert (found["actors"], found["persons"], found["seats"], found["sources"], found["assumed"]) == (6, 5, 12, 1, 4)
    assert "no mistakes" in out(capsys, "check", "demo.yaml")


def test_check_gives_problems_as_json_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "bad.yaml"
    path.write_text(scaffold("bad").replace("quorum: 3", "quorum: 30"), encoding="utf-8")
    assert main(["check", "bad.yaml", "--json"]) == 2
    captured = capsys.readouterr()
    problem = json.loads(captured.out)["problems"][0]
    assert captured.err == ""
    assert (problem["code"], problem["file"], problem["line"] > 0, bool(problem["hint"])) == (
        "WC123",
        "bad.yaml",
        True,
        True,
    )


def test_schema_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(out(capsys, "schema"))["$schema"].startswith("https://json-schema.org/")


def test_sources(capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "sources", "demo.yaml")
    assert found["assumed_values"] == 4
    assert found["sources"][0]["facts"] == 8
    statements = record(capsys, "sources", "demo.yaml", "--source", "press")["statements"]
    assert len(statements) == 8
    assert len(record(capsys, "sources", "demo.yaml", "--assumed")["assumed"]) == 4
    assert main(["sources", "demo.yaml", "--source", "pres"]) == 2


@pytest.mark.parametrize("scenario", names())
def test_accounts(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "accounts", scenario)
    assert {"disputes", "differences"} <= set(found)
    out(capsys, "accounts", scenario, "--lang", "ru")


def test_export_and_import(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(record(capsys, "export", "demo.yaml", "--to", "sheets")["files"]) == 7
    assert record(capsys, "export", "demo.yaml", "--to", "book.xlsx")["format"] == "xlsx"
    found = record(capsys, "import", "book.xlsx", "--into", "demo.yaml", "--out", "again.yaml")
    assert found["changed"] == []
    assert (folder / "again.yaml").read_bytes() == (folder / "demo.yaml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fly"], "WC601"),
        (["show"], "WC601"),
        (["show", "demo.yaml", "--wings"], "WC601"),
        (["--lang", "fr", "list"], "WC602"),
        (["show", "demo.yaml", "--variant", "x"], "WC604"),
    ],
)
def test_wrong_calls(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(code)
    assert captured.out == ""


def test_the_language_stands_anywhere_or_in_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Органы" in out(capsys, "--lang", "ru", "show", "demo.yaml", "bodies")
    assert "Органы" in out(capsys, "show", "demo.yaml", "bodies", "--lang=ru")
    monkeypatch.setenv("WHIPCOUNT_LANG", "ru_RU.UTF-8")
    assert "Органы" in out(capsys, "show", "demo.yaml", "bodies")
    assert "Bodies" in out(capsys, "show", "demo.yaml", "bodies", "--lang", "en")


def test_an_unexpected_error_is_short_unless_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("whipcount.scenario.load", fail)
    assert main(["show", "demo.yaml"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError: a fault" in said
    assert "--debug" in said
    with pytest.raises(ZeroDivisionError):
        main(["show", "demo.yaml", "--debug"])
    monkeypatch.setenv("WHIPCOUNT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["show", "demo.yaml"])


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141), (PermissionError(13, "no"), 2)]
)
def test_what_comes_from_outside_ends_quietly(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: list[str]) -> int:
        raise error

    monkeypatch.setattr("whipcount.cli._call", fail)
    monkeypatch.setattr("os.dup2", lambda *_: None)
    assert main(["list"]) == code
    assert "Traceback" not in capfd.readouterr().err


def test_a_reader_that_goes_away() -> None:
    command = f"{sys.executable} -m whipcount show {names()[0] if names() else 'demo.yaml'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_tables_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(
        "t",
        "Title",
        (Column("a", "A"), Column("b", "B", ".2f", right=True)),
        (("x", 0.123), (("y", "z"), float("nan")), (Shown(1, "one"), None)),
        note="note",
    )
    show(table, as_json=True, head=1)
    assert json.loads(capsys.readouterr().out) == {
        "head": 1,
        "t": [{"a": "x", "b": 0.123}, {"a": ["y", "z"], "b": None}, {"a": 1, "b": None}],
    }
    show(table)
    text = capsys.readouterr().out
    assert all(part in text for part in ("Title", "0.12", "y, z", "one", "–", "note"))
    assert table.columns[0].cell(True) == "yes"
    assert plain({"x": float("inf")}) == {"x": None}
    with speaking("ru"):
        assert table.columns[0].cell(True) == "да"


def test_markup_in_a_scenario_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(Table("t", "[bold]x[/bold]", (Column("a", "[red]A"),), (("[link=http://x]y[/link]",),)))
    text = capsys.readouterr().out
    assert "[bold]x[/bold]" in text
    assert "[link=http://x]y[/link]" in text


def test_output_is_plain_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    show(Table("t", "Title", (Column("a", "A"),), (("x",),)))
    assert "\x1b" not in stream.getvalue()

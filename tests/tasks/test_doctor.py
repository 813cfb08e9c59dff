"""What the program says of a machine, on machines that lack this and that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import whipcount
from whipcount.cli import main


def states() -> dict[str, str]:
    return {one.what: one.state for one in whipcount.doctor().findings}


def test_a_machine_without_a_compiler_is_told_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    found = {one.what: one for one in whipcount.doctor().findings}["C compiler"]
    assert found.state == "missing"
    assert "NumPy" in found.meaning


def test_looking_at_the_cache_does_not_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = tmp_path / "cache"
    monkeypatch.setenv("WHIPCOUNT_CACHE", str(good))
    assert states()["cache"] == "good"
    assert not good.exists()  # looking changes nothing


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = {one.what: one for one in whipcount.doctor().findings}
    assert found["SALib"].state == "missing"
    assert "whipcount[sensitivity]" in found["SALib"].meaning


def test_a_machine_without_a_browser_is_told_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("shutil.which", lambda _: None)
    found = {one.what: one for one in whipcount.doctor().findings}["browser"]
    assert found.state == "missing"
    assert "whipcount explore" in found.meaning
    assert whipcount.doctor().record()["ok"]  # everything that is computed works without one


def test_a_browser_is_named_and_one_that_comes_with_the_system_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/firefox" if name == "firefox" else None)
    browser = {one.what: one for one in whipcount.doctor().findings}["browser"]
    assert (browser.state, browser.found) == ("good", "firefox")
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert states()["browser"] == "good"


def test_little_room_on_the_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    answer = whipcount.doctor()
    assert not answer.record()["ok"]
    assert "disk" in answer.sentences()


def test_the_command_tells_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["what"] for one in told["findings"]] == [one.what for one in whipcount.doctor().findings]

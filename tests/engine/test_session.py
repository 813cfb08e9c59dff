"""What is asked of a whole process: taken from the environment, changed for a while, told once."""

from __future__ import annotations

import pytest

from whipcount import session
from whipcount.cli import main
from whipcount.engine import build_plan, make_backend
from whipcount.errors import RunError
from whipcount.scenario import load
from whipcount.world import build_world


def test_the_environment_says_what_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(session.VARIABLE, raising=False)
    assert session.current() == session.Session("auto", ())
    monkeypatch.setenv(session.VARIABLE, "numpy")
    assert session.current().backend == "numpy"
    monkeypatch.setenv(session.VARIABLE, "abacus")
    with pytest.raises(RunError) as failure:
        session.current()
    assert failure.value.problems[0].code == "WC342"


def test_what_is_asked_holds_within_its_block() -> None:
    with session.using(backend="numpy"):
        with session.using(mechanisms=["mine"]):
            assert session.current() == session.Session("numpy", ("mine",))
            assert session.for_workers() == session.current()
        assert session.current().mechanisms == ()
        plan = build_plan(build_world(load("two-bodies")))
        assert make_backend(plan, runs=10**9).name == "numpy"
    with pytest.raises(RunError), session.using(backend="abacus"):
        pass


def test_a_notice_is_told_once() -> None:
    told: list[str] = []
    with session.listening(told.append):
        for text in ("no compiler", "no compiler", "no room"):
            session.notice(text)
    assert told == ["no compiler", "no room"]
    with session.listening(told.append):
        session.notice("no room")  # another command, another reader
    assert told[2:] == ["no room"]
    with pytest.warns(UserWarning, match="nobody listens"):
        session.notice("nobody listens")


def test_the_flag_stands_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--backend", "abacus", "list"], ["list", "--backend=abacus"]):
        assert main(arguments) == 2
        assert "WC342" in capsys.readouterr().err
    assert main(["list", "--backend", "numpy"]) == 0

"""Procedures that cannot work as written: each a coded error with its line and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_runner import say

from whipcount.scenario import scaffold

TEXT = scaffold("demo")
NAMED = "name: x, assumed: x"
GOVERNMENT = "head: anna, cabinet: cabinet, confidence: council}"
CONSTRUCTIVE = (GOVERNMENT, "head: anna, cabinet: cabinet, confidence: council, constructive: true}")
TWO_PARTIES = "parties: [blue, green], shares: {blue: .6, green: .4}"
RED = ("defaults:  ", f"  - {{id: red, {NAMED}}}\ndefaults:  ")
HOUSE = ("posts:\n", f"  - {{id: house, {NAMED}}}\nposts:\n")


def added(section: str) -> tuple[str, str]:
    """A section put before the record."""
    return "record:  ", f"{section}\nrecord:  "


def motion(rest: str) -> tuple[str, str]:
    return added(f"motions:\n  - {{id: m, body: council, {rest}, {NAMED}}}")


# what is replaced by what, then the code, words of the message, words of the hint, and a part of the line named
FAULTS: dict[str, tuple[list[tuple[str, str]], str, str, str, str]] = {
    "a matter without options": (
        [added(f"matters:\n  - {{id: m, options: [], {NAMED}}}")],
        "WC117", "matters.m.options", "settlements that answer it", "id: m,",
    ),
    "a matter whose options are left out": (
        [added(f"matters:\n  - {{id: m, {NAMED}}}")], "WC111", "has no 'options'", "options", "id: m,",
    ),
    "a matter with nothing but things as they are": (
        [added(f"matters:\n  - {{id: m, options: [alone], {NAMED}}}")],
        "WC138", "no option besides things as they are ('alone')", "another answer", "id: m,",
    ),
    "a bill without options": (
        [motion("kind: measure, options: []")], "WC138", "names no options", "options", "id: m,",
    ),
    "a constructive vote without a body": (
        [(GOVERNMENT, "head: anna, cabinet: cabinet, constructive: true}")],
        "WC159", "no body that holds it", "confidence", "government:",
    ),
    "a constructive vote without a candidate": (
        [CONSTRUCTIVE, (TWO_PARTIES, "")], "WC159", "without a candidate", "parties:", "government:",
    ),
    "a constructive motion without a candidate": (
        [CONSTRUCTIVE, motion("kind: no_confidence")], "WC159", "'m' names no candidate", "constructive", "id: m,",
    ),
    "a post without a way to fill it": (
        [("holder: vera, eligible: [boris], ", "")], "WC160", "'treasury' is vacant", "holder", "id: treasury",
    ),
    "a post that stays vacant and is held": (
        [("holder: vera,", "holder: vera, vacant: true,")], "WC118", "neither a holder", "", "id: treasury",
    ),
    "a post outside the cabinet without a way to fill it": (
        [("body: cabinet, portfolio: .2, holder: vera", "body: council, portfolio: .2")],
        "WC160", "nothing here ever fills it", "vacant: true", "id: treasury",
    ),
    "an election without shares": (
        [added("election: {body: council, polls: {blue: 0, green: 0}, assumed: x}")],
        "WC145", "give nobody any", "leave `polls:` out", "election:",
    ),
    "an election with empty polls": (
        [added("election: {body: council, polls: {}, assumed: x}")], "WC145", "give nobody any", "share", "election:",
    ),
    "an election without seats": (
        [HOUSE, added("election: {body: house, polls: {blue: .5, green: .5}, assumed: x}")],
        "WC145", "nobody sits there", "seats", "election:",
    ),
    "a splinter without founders": (
        [RED, (TWO_PARTIES, "parties: [blue, red], shares: {blue: .6, red: .4}")],
        "WC161", "party 'red' has nobody", "founders", "id: joint",
    ),
    "a party without people at the table": (
        [RED, ("{party: green}]", "{party: green}, {party: red}]")],
        "WC161", "party 'red' has nobody", "actors", "id: talks",
    ),
    "roles that name nobody": (
        [added("roles: {focal: blue, leader: anna, dissenters: [nobody], assumed: x}")],
        "WC146", "nobody is called 'nobody'", "known", "roles:",
    ),
    "a demand that nobody can issue": (
        [("principal: committee, leader: anna", "principal: committee")],
        "WC162", "nobody can issue", "leader", "id: blue",
    ),
    "a demand on itself": (
        [("leader: gleb, support: .35", "leader: gleb, support: .35, ultimatum: {deadline_days: 2}")],
        "WC162", "a demand on oneself", "persons", "id: green",
    ),
    "a cycle of stages": (
        [added(f"motions:\n  - {{id: m, body: council, kind: confidence, if_failed: q, {NAMED}}}\n"
               f"  - {{id: q, body: council, kind: confidence, if_carried: m, {NAMED}}}")],
        "WC156", "leads back to itself", "if_carried", "id: m,",
    ),
    "a veto of who is not there": (
        [("chair: anna,", "chair: anna, rule: 'cast; veto: gleb',")],
        "WC163", "'gleb' does not sit in 'committee'", "a seat", "chair: anna",
    ),
    "a veto of nobody": (
        [("chair: anna,", "chair: anna, rule: 'cast; veto: glib',")],
        "WC120", "no actor 'glib'", "gleb", "chair: anna",
    ),
    "another chamber that is the same": (
        [motion("kind: confidence, rule: 'majority; also: council'")],
        "WC163", "decides already", "another body", "id: m,",
    ),
    "another chamber that does not exist": (
        [motion("kind: confidence, rule: 'majority; also: senate'")], "WC120", "no body 'senate'", "known", "id: m,",
    ),
    "a veto in a motion": (
        [motion("kind: confidence, rule: 'majority; veto: anna'")],
        "WC163", "belong to the body", "'council'", "id: m,",
    ),
    "a rule of what is not counted": (
        [motion("kind: confidence, rule: majority of states")], "WC118", "no 'states' here", "", "id: m,",
    ),
    "a motion that nobody can move": (
        [motion("kind: confidence, proposers: [gleb]")], "WC164", "nobody of its proposers sits", "members", "id: m,",
    ),
    "a leader chosen by another party's body": (
        [("leader: gleb, support: .35", "leader: gleb, support: .35, leadership: {body: committee, assumed: x}")],
        "WC137", "nobody of it sits in 'committee'", "organ", "id: green",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_procedure_that_cannot_work_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, code, message, hint, line = FAULTS[name]
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
        text = text.replace(old, new)
    monkeypatch.chdir(tmp_path)
    Path("demo.yaml").write_text(text, encoding="utf-8")
    said = say(capsys, "check", "demo.yaml")
    assert said.code == 2
    told = next(one for one in said.err.splitlines() if one.startswith(code) and message in one)
    place, _, after = told.partition(" Hint: ")
    number = int(place.removeprefix(f"{code} demo.yaml:").split(":")[0])
    assert line in text.splitlines()[number - 1]
    assert hint in after


@pytest.mark.parametrize(
    "change",
    [
        [CONSTRUCTIVE],
        [("holder: vera, eligible: [boris], ", "vacant: true, ")],
        [("holder: vera, eligible: [boris], ", ""), motion("kind: appointment, post: treasury, holder: boris")],
        [added("election: {body: council, polls: {blue: .5, green: .5}, assumed: x}")],
        [motion("kind: confidence, proposers: [vera], rule: '2/3 of all; also: committee'")],
        [("chair: anna,", "chair: anna, rule: 'cast; veto: vera; casting: anna',")],
    ],
)
def test_what_can_work_is_let_pass(
    change: list[tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXT
    for old, new in change:
        assert text.count(old) == 1
        text = text.replace(old, new)
    monkeypatch.chdir(tmp_path)
    Path("demo.yaml").write_text(text, encoding="utf-8")
    assert set(say(capsys, "check", "demo.yaml").codes) <= {"WC139"}  # a post left vacant leaves an outcome without one

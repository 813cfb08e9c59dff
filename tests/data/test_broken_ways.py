"""Each way in which tables differ, through every counting command: the clean answer, a refusal, or a word about it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from broken_ways import JSONS, TEXTS, WORKBOOKS, Rows, is_number, written

from whipcount.cli import main

SEATS = """party,seats,left_right,europe
Left,69,1.2,4.0
Greens,67,2.9,8.9
Labour,153,3.8,8.6
Centre,246,6.3,7.9
Nation,1092,9.2,1.5"""
ACTORS = """actor,power,position,salience
NL,1080,-4.5,0.8
BE,80,7.25,0.4
LU,30,4.5,0.25
DE,160,4.75,0.85
FR,160,10.5,0.65"""
PLACES = """party,seats,position,incumbent,premier
Left,30,2.2,0,0
Labour,1090,3.5,1,1
Liberals,40,6.4,1,0
Right,1100,7.5,0,0"""
VOTES = """party,votes
Yellows,1047000
Whites,316000
Reds,315900
Greens,212000
Blues,6000"""
SPELLS = """cabinet,duration,ended,majority
A,12.5,1,1
B,8.25,1,0
C,1020.1,0,1
D,3.5,1,0
E,15.5,1,1
F,6.5,1,0"""


def rolls(motions: int) -> str:
    """Votes of eight members of two parties, every third with a mind of their own."""
    voted = [
        f"M{member},{'Red' if member < 4 else 'Blue'},m{motion},{dt.date(2020, 1, 10) + dt.timedelta(motion)},"
        f"{('yes', 'no', 'abstain', 'yes')[(member * motion + motion) % 4 if member % 3 == 0 else int(member > 3)]}"
        for member in range(8)
        for motion in range(motions)
    ]
    return "\n".join(["member,party,motion,date,vote", *voted])


COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "power": (SEATS, ("power",)),
    "coalitions": (SEATS, ("coalitions",)),
    "spatial": (SEATS, ("spatial", "--positions", "left_right,europe", "--seats", "seats")),
    "bargain": (ACTORS, ("bargain", "--model", "mean,compromise,median,expected_utility")),
    "formation": (PLACES, ("formation", "--scale", "0,10")),
    "seats": (VOTES, ("seats", "--seats", "13")),
    "survival": (SPELLS, ("survival", "--covariates", "majority")),
    "rollcall": (rolls(12), ("rollcall", "unity")),
    "ideal points": (rolls(12), ("rollcall", "ideal")),
    "whip": (rolls(30), ("rollcall", "whip", "--title", "Budget", "--line", "Red=yes", "--line", "Blue=no")),
}


def answered(command: tuple[str, ...], path: Path) -> tuple[dict[str, Any] | None, list[str], str]:
    """What a command finds as JSON (None where it refuses), its remarks, and what it says on standard error."""
    words = list(command)
    words.insert(2 if words[0] == "rollcall" else 1, str(path))
    out, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        if main([*words, "--json"]):
            return None, [], said.getvalue()
    found = json.loads(out.getvalue())
    found.pop("title", None)
    return found, found.pop("remarks", []), said.getvalue()


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(COMMANDS))
def test_no_other_answer_in_silence(tmp_path: Path, name: str) -> None:
    text, command = COMMANDS[name]
    rows: Rows = [line.split(",") for line in text.split("\n")]
    clean = tmp_path / "clean.csv"
    clean.write_text(written(rows))
    right, _, said = answered(command, clean)
    assert right is not None, said
    files = {f"t{place}.csv": (way, make) for place, (way, make) in enumerate(TEXTS.items())}
    files |= {f"j{place}.json": (way, make) for place, (way, make) in enumerate(JSONS.items())}
    books = {f"w{place}.xlsx": (way, make) for place, (way, make) in enumerate(WORKBOOKS.items())}
    same_answers = 0
    for file, (way, make) in (files | books).items():
        content = make([list(row) for row in rows])
        path = tmp_path / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found, remarks, said = answered(command, path)
        if found is None:
            assert "WC" in said, f"{way}: {said}"
        elif not same(found, right):
            # where the second column holds names, a changed cell is another name
            assert remarks or not is_number(rows[2][1]), f"{way}: another answer in silence"
        else:
            same_answers += 1
    assert same_answers > 0.35 * len(files | books)

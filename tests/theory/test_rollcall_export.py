"""Votes written for other programs are the same votes when they are read back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from formation_bodies import rebellious

import whipcount
from whipcount.data.roll_call_sources import read_roll_calls
from whipcount.errors import UsageError
from whipcount.theory.rollcall_export import export_votes
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, RollCalls


@pytest.fixture
def calls() -> RollCalls:
    """Votes of all kinds; the last member sat for the second half alone."""
    given = rebellious(members=12, motions=30)
    votes = given.votes.copy()
    votes[0, ::5], votes[1, ::7] = ABSTAIN, ABSENT
    seated = np.ones(votes.shape, dtype=bool)
    seated[-1, :15], votes[-1, :15] = False, ABSENT
    return replace(given, votes=votes, seated=seated)


@pytest.mark.parametrize(
    ("form", "codes"), [("pscl", {"1": YES, "0": NO, "": ABSENT}), ("emirt", {"1": YES, "-1": NO, "0": ABSENT})]
)
def test_matrices_cell_by_cell(calls: RollCalls, tmp_path: Path, form: str, codes: dict[str, int]) -> None:
    told = export_votes(calls, form, tmp_path / "votes.csv")
    rows = list(csv.DictReader((tmp_path / "votes.csv").open()))
    assert [row["member"] for row in rows] == list(calls.members)
    assert [row["party"] for row in rows] == list(calls.parties)
    for place, motion in enumerate(calls.motions):
        for member, row in enumerate(rows):
            cell = row[motion.id]
            if not calls.sat[member, place]:
                assert cell == "9"
            else:
                vote = int(calls.votes[member, place])
                assert codes[cell] == (vote if vote in (YES, NO) else ABSENT)
    assert (told.yes, told.no) == (int((calls.votes == YES).sum()), int((calls.votes == NO).sum()))
    assert f"{told.abstentions} abstentions" in told.words("en")


def test_a_matrix_is_read_back_by_the_program_itself(calls: RollCalls, tmp_path: Path) -> None:
    export_votes(calls, "pscl", tmp_path / "votes.csv")
    back = read_roll_calls(tmp_path / "votes.csv", None, "1=yes 0=no 9=outside", None)
    order = [back.members.index(name) for name in calls.members]
    places = [[motion.id for motion in back.motions].index(motion.id) for motion in calls.motions]
    wanted = np.where(np.isin(calls.votes, (YES, NO)), calls.votes, ABSENT)
    assert (back.votes[np.ix_(order, places)] == wanted).all()
    assert [back.parties[row] for row in order] == list(calls.parties)


def test_stan_data(calls: RollCalls, tmp_path: Path) -> None:
    export_votes(calls, "stan", tmp_path / "votes.json")
    data = json.loads((tmp_path / "votes.json").read_text())
    assert set(data) == {"J", "K", "N", "jj", "kk", "y"}
    assert data["N"] == len(data["jj"]) == len(data["kk"]) == len(data["y"])
    back = np.full((data["J"], data["K"]), ABSENT)
    back[np.array(data["jj"]) - 1, np.array(data["kk"]) - 1] = np.where(np.array(data["y"]) == 1, YES, NO)
    assert (back == np.where(np.isin(calls.votes, (YES, NO)), calls.votes, ABSENT)).all()
    names = list(csv.DictReader((tmp_path / "votes-members.csv").open()))
    assert [row["member"] for row in names] == list(calls.members)
    assert len(list(csv.DictReader((tmp_path / "votes-motions.csv").open()))) == data["K"]


def test_an_unknown_program_is_refused(calls: RollCalls, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="WC625"):
        export_votes(calls, "spss", tmp_path / "votes.csv")


def test_from_a_table_through_the_task(tmp_path: Path) -> None:
    rows = [{"member": name, "party": "A", "motion": f"m{k}", "vote": "yes"} for name in "XY" for k in range(3)]
    told = whipcount.rollcall.export(rows, out=tmp_path / "out.csv", form="pscl")
    assert (told.members, told.motions, told.yes) == (2, 3, 6)


def test_a_record_too_large_to_learn_from_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.errors import TableError
    from whipcount.tasks import rollcall as tasks

    monkeypatch.setattr(tasks, "MOST_LEARNT", 100)
    with pytest.raises(TableError, match=r"WC515.*keep the last 5 motions"):
        whipcount.rollcall.whip(rebellious(members=20, motions=30), like="m1")


def test_what_lasts_is_told_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.tasks import _lasting

    told: list[str] = []
    monkeypatch.setattr("whipcount.session.notice", told.append)
    for seconds in (1.0, 12.0, 600.0, 36_000.0):
        _lasting.beforehand(seconds)
    assert told == ["this takes about 12 s", "this takes about 10 min", "this takes about 10 h"]

"""Who sat when and for whom: spells, successors, switchers, Presidents in the record; and what vote cells mean."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from whipcount.data.roll_call_sources import read_roll_calls
from whipcount.errors import TableError
from whipcount.theory.rollcall_attendance import attendance
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES
from whipcount.theory.rollcall_unity import unity

DAYS = [f"2020-01-{day:02d}" for day in range(1, 31)]


def rows(*lines: tuple[str, str, int, str]) -> list[dict[str, str]]:
    names = ("member", "party", "motion", "vote")
    return [{**dict(zip(names, map(str, line), strict=True)), "date": DAYS[line[2]]} for line in lines]


def chamber(motions: int = 20) -> list[dict[str, str]]:
    """Five of G and three of O vote always; C sits for O until motion 9, N after him."""
    lines = []
    for motion in range(motions):
        lines += [(f"G{one}", "G", motion, "yes") for one in range(5)]
        lines += [(f"O{one}", "O", motion, "no") for one in range(3)]
        lines.append(("C" if motion < 10 else "N", "O", motion, "no"))
    return rows(*lines)


class TestRowsOfVotes:
    def test_successors_follow_predecessors(self) -> None:
        calls = read_roll_calls(chamber())
        assert calls.sat.sum(axis=0).tolist() == [9] * 20
        assert "N" in calls.sitting().members
        assert "C" not in calls.sitting().members
        assert "C" in calls.sitting(dt.date(2020, 1, 5)).members
        assert attendance(calls).mean == pytest.approx([1.0] * 10, abs=1e-3)
        assert "part of the record" in "".join(calls.remarks)

    def test_absent_is_not_no_member(self) -> None:
        table = chamber()
        table[0]["vote"] = "absent"
        calls = read_roll_calls(table)
        assert calls.sat[calls.member("G0")].all()
        assert calls.sat.sum(axis=0).tolist() == [9] * 20
        assert attendance(calls).mean[calls.member("G0")] < 1

    def test_where_absences_are_no_rows_long_silence_tells(self) -> None:
        table = [row for number, row in enumerate(chamber(28)) if number % 7 or row["member"] in ("C", "N")]
        calls = read_roll_calls(table)
        assert calls.sat.sum(axis=0).tolist() == [9] * 28
        assert "--members" in "".join(calls.remarks)

    def test_but_who_seldom_came_stays_a_member(self) -> None:
        table = [row for number, row in enumerate(chamber(28)) if number % 7 or row["member"] in ("C", "N")]
        table = [row for row in table if row["member"] != "C" or row["motion"] in ("0", "9")]
        calls = read_roll_calls(table)
        assert calls.sat[calls.member("C")].all()
        assert "C; say who sat" in "".join(calls.remarks)

    def test_without_days_everybody_sits(self) -> None:
        calls = read_roll_calls([{name: cell for name, cell in row.items() if name != "date"} for row in chamber()])
        assert calls.sat.all()

    def test_switchers_are_counted_where_they_sat(self) -> None:
        lines = []
        for motion in range(11):
            lines += [(f"R{one}", "Red", motion, "yes") for one in range(4)]
            lines += [(f"B{one}", "Blue", motion, "no") for one in range(4)]
            lines.append(("S", *(("Red", motion, "yes") if motion < 6 else ("Blue", motion, "no"))))
        calls = read_roll_calls(rows(*lines))
        told = {one.party: one for one in unity(calls).parties}
        assert [told[party].rice for party in ("Red", "Blue")] == [1.0, 1.0]
        assert (told["Red"].members, told["Red"].ever, told["Blue"].members) == (4, 5, 5)
        assert not calls.rebelled.any()
        assert calls.parties[calls.member("S")] == "Blue"
        assert calls.before(3).parties[calls.member("S")] == "Red"

    def test_one_row_a_member_and_motion(self) -> None:
        with pytest.raises(TableError, match="WC565"):
            read_roll_calls(rows(("A", "X", 0, "yes"), ("A", "X", 0, "no")))
        assert read_roll_calls(rows(("A", "X", 0, "yes"), ("A", "X", 0, "yes"), ("B", "X", 0, "no"))).shape == (2, 1)

    def test_one_member_under_two_forms_of_a_name(self) -> None:
        calls = read_roll_calls(rows(("Zoe\u0308", "X", 0, "yes"), ("Zo\u00eb", "X", 1, "no")))
        assert calls.shape == (1, 2)


class TestSpells:
    def test_a_table_of_spells(self, tmp_path: Path) -> None:
        from whipcount.data.roll_calls import read_votes

        path = tmp_path / "members.csv"
        path.write_text(
            "name,party,start,end\nA,X,,2020-01-10\nA,Y,2020-01-11,\nB,X,2020-01-05,\nSilent,Y,2020-01-01,2020-01-20\n",
            encoding="utf-8",
        )
        table = rows(
            *(("A", "", motion, "yes") for motion in range(20)), *(("B", "", motion, "no") for motion in range(6, 20))
        )
        calls = read_votes(table, members=path)
        a, b, silent = (calls.member(name) for name in ("A", "B", "Silent"))
        assert calls.sat[b].tolist() == [False] * 4 + [True] * 16
        assert calls.sat[silent].all()
        assert (calls.votes[silent] == ABSENT).all()
        assert [calls.party_names[one] for one in calls.party_at[a, [0, 9, 10, 19]]] == ["X", "X", "Y", "Y"]
        assert calls.sat[silent].sum() == 20
        assert calls.votes[b, 4] == ABSENT

    def test_wrong_spells(self) -> None:
        from whipcount.data.membership import read_spells

        with pytest.raises(TableError, match="WC543"):
            read_spells([{"member": "A", "from": "2020-02-01", "to": "2020-01-01"}])
        with pytest.raises(TableError, match="WC547"):
            read_spells([{"member": "A", "body": "House"}, {"member": "B", "body": "Senate"}])
        assert len(read_spells([{"member": "A", "body": "House"}, {"member": "B", "body": "Senate"}], "house")) == 1


def voteview(folder: Path) -> Path:
    """A chamber of four: D steps down for E, a President has positions, one vote is paired."""
    folder.mkdir(exist_ok=True)
    people = ["90,President,99990,200,CHIEF,USA"] + [
        f"90,Senate,{one},{100 + 100 * (one % 2)},M{one},AA" for one in (1, 2, 3, 4, 5)
    ]
    (folder / "S090_members.csv").write_text(
        "congress,chamber,icpsr,party_code,bioname,state_abbrev\n" + "\n".join(people) + "\n", encoding="utf-8"
    )
    votes = []
    for roll in range(1, 21):
        votes += [f"90,Senate,{roll},{one},{1 if one % 2 else 6}" for one in (1, 2, 3)]
        votes.append(f"90,Senate,{roll},{4 if roll <= 8 else 5},{9 if roll == 3 else 6}")
        votes.append(f"90,Senate,{roll},99990,1")
    votes[0] = "90,Senate,1,1,2"
    (folder / "S090_votes.csv").write_text(
        "congress,chamber,rollnumber,icpsr,cast_code\n" + "\n".join(votes) + "\n", encoding="utf-8"
    )
    return folder


def test_voteview_knows_who_sat(tmp_path: Path) -> None:
    calls = read_roll_calls(voteview(tmp_path / "v"))
    assert len(calls.members) == 5
    assert not any("9999" in name or "CHIEF" in name for name in calls.members)
    assert calls.sat.sum(axis=0).tolist() == [4] * 20
    assert len(calls.sitting().members) == 4
    assert calls.announced is not None
    assert calls.announced.sum() == 1
    assert "President" in "".join(calls.remarks)
    assert (calls.cast.sum(axis=0) <= 4).all()


class TestVoteWords:
    @pytest.mark.parametrize(
        ("words", "codes"),
        [
            (("for", "against", "present", "not voting"), (YES, NO, ABSTAIN, ABSENT)),
            (("FOR", "AGAINST", "ABSTENTION", "DID_NOT_VOTE"), (YES, NO, ABSTAIN, ABSENT)),
            (("за", "против", "воздержался", "не голосовал"), (YES, NO, ABSTAIN, ABSENT)),
            (("Ja", "Nein", "Enthaltung", "abwesend"), (YES, NO, ABSTAIN, ABSENT)),
            (("pour", "contre", "abstention", "absent"), (YES, NO, ABSTAIN, ABSENT)),
            (("Sí", "No", "Abstención", "No vota"), (YES, NO, ABSTAIN, ABSENT)),
            (("+", "-", "0.", "absent"), None),
            (("+", "−", "present", "absent"), (YES, NO, ABSTAIN, ABSENT)),
            (("aye", "no", "absent", "absent"), (YES, NO, ABSENT, ABSENT)),
            (("1", "0", "1", "0"), (YES, NO, YES, NO)),
            (("1", "-1", "1", "-1"), (YES, NO, YES, NO)),
            (("1.0", "0.0", "1.0", "2.0"), (YES, NO, YES, ABSTAIN)),
            (("1", "0", "-1", "1"), None),
            (("1", "6", "9", "1"), None),
            (("yes", "maybe", "no", "no"), None),
        ],
    )
    def test_what_cells_mean(self, words: tuple[str, ...], codes: tuple[int, ...] | None) -> None:
        table = rows(*((f"M{number}", "X", 0, word) for number, word in enumerate(words)))
        if codes is None:
            with pytest.raises(TableError, match="WC563"):
                read_roll_calls(table)
        else:
            assert read_roll_calls(table).votes[:, 0].tolist() == list(codes)

    def test_a_dash_is_against_only_beside_a_plus(self) -> None:
        calls = read_roll_calls(rows(("A", "X", 0, "yes"), ("B", "X", 0, "-"), ("C", "X", 0, "no")))
        assert calls.members == ("A", "C")
        assert "left out" in "".join(calls.remarks)

    def test_a_declared_coding(self) -> None:
        table = rows(("A", "X", 0, "1"), ("B", "X", 0, "2"), ("C", "X", 0, "3"), ("D", "X", 0, "-1"))
        calls = read_roll_calls(table, votes="1=yes 2=no 3=abstain -1=absent")
        assert calls.votes[:, 0].tolist() == [YES, NO, ABSTAIN, ABSENT]
        for wrong in ("1=perhaps", "nothing"):
            with pytest.raises(TableError, match="WC563"):
                read_roll_calls(table, votes=wrong)

    def test_the_line_of_a_wrong_vote(self, tmp_path: Path) -> None:
        path = tmp_path / "votes.csv"
        path.write_text("member,party,motion,vote\nA,X,m1,yes\nB,X,m1,\n\nC,X,m1,\nD,Y,m1,maybe\n", encoding="utf-8")
        with pytest.raises(TableError, match=r"WC563 .*votes.csv:6:1"):
            read_roll_calls(path)

    def test_columns_of_other_tables_are_known(self) -> None:
        table = [
            {"vote_id": 1, "member_id": n, "position": p, "group_code": "X"} for n, p in enumerate(("FOR", "AGAINST"))
        ]
        calls = read_roll_calls(table)
        assert calls.parties == ("X", "X")
        assert np.array_equal(calls.votes[:, 0], [YES, NO])

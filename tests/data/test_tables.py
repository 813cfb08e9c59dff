"""Tables of parties, past cabinets, votes and expert positions: what they give, and how their mistakes are told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from small_tables import votes

from whipcount.data.abgeordnetenwatch import read_abgeordnetenwatch
from whipcount.data.chapel_hill import positions, read_chapel_hill, read_experts
from whipcount.data.parties import read_history, read_parties, read_places
from whipcount.data.roll_call_sources import kind_of, read_roll_calls
from whipcount.data.roll_calls import read_votes
from whipcount.data.voteview import read_voteview
from whipcount.errors import TableError
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


PARTIES = (
    "party,seats,position,incumbent,premier,family,swing\nA,40,2.5,1,1,soc,-3\nB,35,7,0,0,con,2\nC,25,5,1,0,lib,1\n"
)


class TestParties:
    def test_a_table(self, tmp_path: Path) -> None:
        told = read_parties(write(tmp_path / "p.csv", PARTIES))
        assert told.parties == ("A", "B", "C")
        assert told.seats == pytest.approx([0.4, 0.35, 0.25])
        assert told.place == pytest.approx([0.25, 0.7, 0.5])
        assert told.swing == pytest.approx([-0.03, 0.02, 0.01])
        assert told.record.incumbent.tolist() == [True, False, True]
        assert told.chosen is None

    def test_other_names_separators_and_scales(self, tmp_path: Path) -> None:
        path = write(tmp_path / "p.csv", "name;seats;left_right\nA;40;-1\nB;60;0,5\n".replace("0,5", "0.5"))
        told = read_parties(path, scale=(-1, 1), total=120)
        assert told.place == pytest.approx([0.0, 0.75])
        assert told.seats == pytest.approx([40 / 120, 0.5])

    def test_parties_without_seats_are_left_out(self, tmp_path: Path) -> None:
        told = read_parties(write(tmp_path / "p.csv", "party,seats,position\nA,40,2\nB,0,3\nC,30,4\n"))
        assert told.parties == ("A", "C")

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "WC541"),
            ("party,seats\nA,1\n", "WC542"),
            ("party,seats,position\nA,many,2\n", "WC543"),
            ("party,seats,position\nA,-4,2\nB,5,2\n", "WC505"),
            ("party,seats,position\nA,4.5,2\nB,5,2\n", "WC506"),
            ("party,seats,position\nA,4,2\nA,5,2\n", "WC503"),
            ("party,seats,position\nA,4,\nB,5,2\n", "WC509"),
            ("party,seats,position\nA,4,55\nB,5,2\n", "WC512"),
            ("party,seats,position\nA,4,5\n", "WC530"),
            ("party,seats,position\n" + "".join(f"P{n},1,5\n" for n in range(200)), "WC515"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, text: str, code: str) -> None:
        with pytest.raises(TableError, match=code):
            read_parties(write(tmp_path / "p.csv", text))

    def test_seats_over_the_total(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match="WC531"):
            read_parties(write(tmp_path / "p.csv", PARTIES), total=50)

    def test_past_cabinets(self, tmp_path: Path) -> None:
        path = write(tmp_path / "h.csv", "start,parties,premier\n1990-01-01,A + C,A\n1994-01-01,B,B\n")
        record = read_history(path, ("A", "B", "C"), dt.date(1996, 1, 1))
        assert record.incumbent.tolist() == [False, True, False]
        assert record.together[0, 2] > 2
        assert record.habits.years == 0  # seats of past parliaments are not told
        both = read_parties(write(tmp_path / "p.csv", PARTIES), history=path)
        assert both.record.incumbent.tolist() == [True, False, True]  # the table's own column goes first

    def test_several_dimensions(self, tmp_path: Path) -> None:
        table = read_places(
            write(tmp_path / "p.csv", "party,seats,economy,culture\nA,4,1,2\nB,5,3,4\n"), ("economy", "culture")
        )
        assert table.places(("economy", "culture")).tolist() == [[1, 2], [3, 4]]
        with pytest.raises(TableError, match="WC542"):
            read_places(tmp_path / "p.csv", ("religion",))


class TestVotes:
    def test_a_plain_table(self, tmp_path: Path) -> None:
        calls = read_votes(votes(tmp_path / "v.csv"))
        assert calls.shape == (16, 40)
        assert calls.party_names == ("Left", "Right")
        assert calls.motions[0].title == "Deployment abroad"
        assert {int(value) for value in set(calls.votes.ravel())} == {YES, NO, ABSTAIN}

    def test_members_who_did_not_vote_are_absent(self, tmp_path: Path) -> None:
        calls = read_votes(write(tmp_path / "v.csv", "member,motion,vote\na,1,yes\nb,2,Nein\n"))
        assert calls.votes.tolist() == [[YES, ABSENT], [ABSENT, NO]]
        assert calls.parties == ("", "")

    def test_who_changed_party_counts_with_the_one_of_most_votes(self, tmp_path: Path) -> None:
        text = "member,party,motion,vote\na,A,1,yes\na,B,2,yes\na,B,3,no\n"
        assert read_votes(write(tmp_path / "v.csv", text)).parties == ("B",)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("member,motion,vote\na,1,perhaps\n", "WC563"),
            ("member,motion,vote\na,1,yes\na,1,no\n", "WC565"),
            ("member,motion\na,1\n", "WC542"),
            ("member,motion,vote\n", "WC541"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, text: str, code: str) -> None:
        with pytest.raises(TableError, match=code):
            read_votes(write(tmp_path / "v.csv", text))

    def test_abgeordnetenwatch(self, tmp_path: Path) -> None:
        write(
            tmp_path / "votes_x.csv",
            "poll_id,mandate_id,politician name,party,vote,poll_date\n"
            "2,10,Ada,SPD,yes,2019-02-01\n2,11,Bo,,no,2019-02-01\n1,10,Ada,SPD,abstain,2019-01-01\n"
            "1,12,Ada,fraktionslos,no_show,2019-01-01\n",
        )
        write(tmp_path / "polls_x.csv", "poll_id,poll_title,poll_date\n1, First ,2019-01-01\n2,Second,2019-02-01\n")
        calls = read_abgeordnetenwatch(tmp_path)
        assert [motion.title for motion in calls.motions] == ["First", "Second"]
        assert calls.members == ("Ada [10]", "Bo", "Ada [12]")
        assert calls.parties == ("SPD", "", "")
        assert calls.votes.tolist() == [[ABSTAIN, YES], [ABSENT, NO], [ABSENT, ABSENT]]
        assert kind_of(tmp_path) == "abgeordnetenwatch"
        assert read_roll_calls(tmp_path / "votes_x.csv").shape == (3, 2)
        with pytest.raises(TableError, match=r"WC540.*poll_id,mandate_id"):
            read_abgeordnetenwatch(tmp_path / "nowhere")

    def test_voteview(self, tmp_path: Path) -> None:
        write(
            tmp_path / "S116_votes.csv",
            "congress,chamber,rollnumber,icpsr,cast_code,prob\n116,Senate,1,7,1,99\n116,Senate,1,8,6,99\n"
            "116,Senate,2,7,9,\n116,Senate,2,8,7,\n116,Senate,2,9,3,\n",
        )
        write(
            tmp_path / "S116_members.csv",
            "congress,chamber,icpsr,state_abbrev,party_code,bioname\n116,Senate,7,VT,328,SANDERS\n116,Senate,8,ME,200,COLLINS\n",
        )
        write(
            tmp_path / "S116_rollcalls.csv",
            "congress,chamber,rollnumber,date,vote_desc\n116,Senate,1,2019-01-08,An Act\n116,Senate,2,2019-01-05,\n",
        )
        calls = read_voteview(tmp_path)
        assert calls.members == ("SANDERS (VT)", "COLLINS (ME)", "9")
        assert calls.parties == ("Independent", "Republican", "")
        assert [motion.id for motion in calls.motions] == ["2", "1"]  # in order of date
        assert calls.votes.tolist() == [[ABSENT, YES], [ABSTAIN, NO], [YES, ABSENT]]
        assert kind_of(tmp_path) == "voteview"
        with pytest.raises(TableError, match="WC547"):
            read_voteview(tmp_path, chamber="House")
        with pytest.raises(TableError, match="WC540"):
            read_voteview(tmp_path / "nowhere")

    def test_no_such_kind(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match=r"WC546.*plain"):
            read_roll_calls(votes(tmp_path / "v.csv"), "gallup")
        with pytest.raises(TableError, match="WC540"):
            kind_of(tmp_path / "nowhere.csv")


class TestChapelHill:
    MEANS = (
        "country,year,party_id,party,seat,vote,lrecon,galtan,lrecon_salience,galtan_salience\n"
        "3,2014,301,CDU,40,34,5.9,6.1,7,5\n3,2019,301,CDU,35,27,5.8,6.2,6,5\n3,2019,302,SPD,22,20,3.6,3.4,6,6\n"
        "3,2019,399,None,0,0,5,5,1,1\n11,2019,1101,CON,48,42,7.1,6.9,8,7\n"
    )

    def test_means(self, tmp_path: Path) -> None:
        places = read_chapel_hill(write(tmp_path / "c.csv", self.MEANS))
        assert len(places) == 5
        table = positions(places, "GE")
        assert table.names == ("CDU", "SPD")
        assert table.power == (35.0, 22.0)
        assert table.ideal == ((5.8, 6.2), (3.6, 3.4))
        assert table.salience == ((0.6, 0.5), (0.6, 0.6))
        assert table.scale == ((0.0, 10.0), (0.0, 10.0))
        assert positions(places, "GE", 2014).names == ("CDU",)
        with pytest.raises(TableError, match=r"WC546.*GE, UK"):
            positions(places, "FR")
        with pytest.raises(TableError, match=r"WC547.*2014, 2019"):
            positions(places, "GE", 1999)

    def test_a_missing_dimension(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match=r"WC542.*eu_position"):
            read_chapel_hill(write(tmp_path / "c.csv", self.MEANS), ("eu_position",))

    def test_experts_disagree(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "e.csv", "id,party_id,party,lrecon,galtan\n1,301,CDU,5,6\n2,301,CDU,7,6\n1,302,SPD,3,\n"
        )
        places = read_experts(path)
        assert places[0].position == (6.0, 6.0)
        assert places[0].spread[0] == pytest.approx(2**0.5)
        assert places[1].position == (3.0, None)
